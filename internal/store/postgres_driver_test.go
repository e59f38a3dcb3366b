package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit/postgres"
)

func pgDatabase(t *testing.T) *sql.DB {
	t.Helper()
	db, err := store.OpenPostgres(postgres.New(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestPostgresValues: what is written comes back, in every type of column that there is, with null and with what lies at the edges.
func TestPostgresValues(t *testing.T) {
	t.Parallel()
	db := pgDatabase(t)
	if _, err := db.Exec(`create table v (id bigint, n bigint, f double precision, s text, b bytea, at timestamptz, clock timestamp); create table w (x text)`); err != nil { // several at once
		t.Fatal(err)
	}
	var text string
	if err := db.QueryRow("select $1::text", "a\x00\xffb").Scan(&text); err != nil || text != "a\ufffd\ufffdb" {
		t.Errorf("%q, %v", text, err)
	}
	ints := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, -1, math.MaxInt64, math.MinInt64}))
	floats := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN()}))
	row := 0
	rapid.Check(t, func(r *rapid.T) {
		n, f, b := ints.Draw(r, "n"), floats.Draw(r, "f"), rapid.SliceOf(rapid.Byte()).Draw(r, "b")
		s := rapid.String().Draw(r, "s")
		at := time.UnixMicro(rapid.Int64Range(-1<<50, 1<<53).Draw(r, "at")).In(time.FixedZone("", rapid.IntRange(-12, 14).Draw(r, "zone")*3600))
		null := rapid.Bool().Draw(r, "null")
		args := []any{n, f, s, b, at}
		if null {
			args = []any{nil, nil, nil, nil, nil}
		}
		if b == nil {
			args[3] = nil
		}
		row++
		if _, err := db.Exec("insert into v (id, n, f, s, b, at, clock) values ($1, $2, $3, $4, $5, $6, $6::timestamptz at time zone 'UTC')", append([]any{row}, args...)...); err != nil {
			r.Fatal(err)
		}
		var gotN sql.Null[int64]
		var gotF sql.Null[float64]
		var gotS sql.Null[string]
		var gotB []byte
		var gotAt, gotClock sql.Null[time.Time]
		if err := db.QueryRow("select n, f, s, b, at, clock from v where id = any($1::bigint[])", []int64{-1, int64(row)}).Scan(&gotN, &gotF, &gotS, &gotB, &gotAt, &gotClock); err != nil {
			r.Fatal(err)
		}
		if gotN.Valid == null || gotF.Valid == null || gotS.Valid == null || gotAt.Valid == null || gotClock.Valid == null || (gotB == nil) != (args[3] == nil) {
			r.Fatalf("null %t, and %v %v %v %v came", null, gotN, gotF, gotS, gotB)
		}
		s = strings.ReplaceAll(s, "\x00", "\ufffd") // PostgreSQL takes none
		if !null && (gotN.V != n || gotF.V != f && !(math.IsNaN(f) && math.IsNaN(gotF.V)) || gotS.V != s || !bytes.Equal(gotB, b) || !gotAt.V.Equal(at) || !gotClock.V.Equal(at)) {
			r.Fatalf("%v came as %v %v %v %v %v %v", args, gotN.V, gotF.V, gotS.V, gotB, gotAt.V, gotClock.V)
		}
	})
	var small, large, sum int64
	var yes, no bool
	var half float64
	err := db.QueryRow("select -7::int2, -70000::int4, sum(x), true, false, 0.5::real from (values (4::bigint), (5)) v(x)").Scan(&small, &large, &sum, &yes, &no, &half)
	if err != nil || small != -7 || large != -70000 || sum != 9 || !yes || no || half != 0.5 {
		t.Error(small, large, sum, yes, no, half, err)
	}
}

// TestPostgresStatements: a connection forgets those of its prepared statements that were not used for longest when they are too many, and all when one does not fit its table any
// more; those that database/sql holds go on.
func TestPostgresStatements(t *testing.T) {
	t.Parallel()
	db := pgDatabase(t)
	db.SetMaxOpenConns(1)
	held, err := db.Prepare("select $1::bigint + 1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range store.KnownStatements + 8 {
		var n int
		if err := db.QueryRow(fmt.Sprintf("select $1::bigint + %d", i), 1).Scan(&n); err != nil || n != i+1 {
			t.Fatal(i, n, err)
		}
		if err := held.QueryRow(i).Scan(&n); err != nil || n != i+1 {
			t.Fatal(i, n, err)
		}
	}
	var n, first int
	if err := db.QueryRow("select count(*), count(*) filter (where name = 's1') from pg_prepared_statements").Scan(&n, &first); err != nil || n > store.KnownStatements || n < store.KnownStatements/2 || first != 1 {
		t.Error(n, "statements are kept, of the one that is used", first, err)
	}
	for _, q := range []string{"create table c (a bigint)", "insert into c values (1)"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	width := func() (int, error) {
		rows, err := db.Query("select * from c")
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		names, err := rows.Columns()
		return len(names), err
	}
	if n, err := width(); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := db.Exec("alter table c add column b bigint"); err != nil {
		t.Fatal(err)
	}
	if _, err := width(); err == nil {
		t.Error("the server answers with columns that it did not tell of")
	}
	if n, err := width(); n != 2 || err != nil {
		t.Error(n, err)
	}
}

// TestPostgresEnds: an error, a transaction that failed and one that is given up leave a connection that goes on; a context that ends in the midst
// of a statement ends the connection, and another takes its place.
func TestPostgresEnds(t *testing.T) {
	t.Parallel()
	address := postgres.New(t, nil)
	db, err := store.OpenPostgres(address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	pid := func() (n int) {
		if err := db.QueryRow("select pg_backend_pid()").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := pid()
	rows, err := db.Query("select 1 / x from (values (1::bigint), (0)) v(x)")
	if err == nil {
		for rows.Next() {
		}
		err = rows.Err()
	}
	if err == nil {
		t.Error("a division by zero went well")
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("select 1 / $1::bigint", 0); err == nil {
		t.Error("a division by zero went well")
	}
	if err := tx.Commit(); err == nil {
		t.Error("a transaction was committed that had failed")
	}
	if tx, err = db.Begin(); err != nil {
		t.Fatal(err)
	}
	rows, err = tx.Query("select generate_series(1, 100000)") // not read to its end
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
	if second := pid(); second != first {
		t.Error("there was no need for another connection")
	}
	other, err := store.OpenPostgres(address)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	of := func(what string) (n int) {
		if err := other.QueryRow("select count(*) from pg_stat_activity where pid = $1 and "+what, first).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := db.ExecContext(ctx, "select pg_sleep(60)")
		done <- err
	}()
	within(t, 30*time.Second, "it sleeps", func() bool { return of("state = 'active' and wait_event = 'PgSleep'") == 1 })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error("it was not told:", err)
	}
	if pid() == first {
		t.Error("the connection goes on that was given up")
	}
	within(t, 30*time.Second, "the server has ended it", func() bool { return of("true") == 0 })
}

// TestPostgresBusy: a connection on which rows are still read is not used again.
func TestPostgresBusy(t *testing.T) {
	t.Parallel()
	db := pgDatabase(t)
	db.SetMaxOpenConns(1)
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Raw(func(d any) error {
		_, err := d.(driver.QueryerContext).QueryContext(t.Context(), "select generate_series(1, 100000)", nil) // nobody closes them
		return err
	}); err != nil {
		t.Fatal(err)
	}
	c.Close()
	var n int
	if err := db.QueryRow("select 1").Scan(&n); err != nil {
		t.Error(err)
	}
}
