package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math"
	"testing"

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
	if _, err := db.Exec(`create table v (id bigint, n bigint, f double precision, s text, b bytea); create table w (x text)`); err != nil { // several at once
		t.Fatal(err)
	}
	ints := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, -1, math.MaxInt64, math.MinInt64}))
	floats := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1)}))
	row := 0
	rapid.Check(t, func(r *rapid.T) {
		n, f, b := ints.Draw(r, "n"), floats.Draw(r, "f"), rapid.SliceOf(rapid.Byte()).Draw(r, "b")
		s := rapid.StringMatching("[^\x00]*").Draw(r, "s")
		null := rapid.Bool().Draw(r, "null")
		args := []any{n, f, s, b}
		if null {
			args = []any{nil, nil, nil, nil}
		}
		if b == nil {
			args[3] = nil
		}
		row++
		if _, err := db.Exec("insert into v (id, n, f, s, b) values ($1, $2, $3, $4, $5)", append([]any{row}, args...)...); err != nil {
			r.Fatal(err)
		}
		var gotN sql.Null[int64]
		var gotF sql.Null[float64]
		var gotS sql.Null[string]
		var gotB []byte
		if err := db.QueryRow("select n, f, s, b from v where id = any($1::bigint[])", []int64{-1, int64(row)}).Scan(&gotN, &gotF, &gotS, &gotB); err != nil {
			r.Fatal(err)
		}
		if gotN.Valid == null || gotF.Valid == null || gotS.Valid == null || (gotB == nil) != (args[3] == nil) {
			r.Fatalf("null %t, and %v %v %v %v came", null, gotN, gotF, gotS, gotB)
		}
		if !null && (gotN.V != n || gotF.V != f || gotS.V != s || !bytes.Equal(gotB, b)) {
			r.Fatalf("%v came as %v %v %v %v", args, gotN.V, gotF.V, gotS.V, gotB)
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

// TestPostgresStatements: a connection forgets its prepared statements when they are too many, or when one does not fit its table any more,
// and those that database/sql holds go on.
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
	}
	var n int
	if err := held.QueryRow(2).Scan(&n); err != nil || n != 3 {
		t.Error(n, err)
	}
	if err := db.QueryRow("select count(*) from pg_prepared_statements").Scan(&n); err != nil || n > store.KnownStatements/2 {
		t.Error(n, "statements are kept", err)
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
	db := pgDatabase(t)
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
	ctx, cancel := context.WithCancel(t.Context())
	waiting, done := make(chan struct{}), make(chan error)
	go func() {
		close(waiting)
		_, err := db.ExecContext(ctx, "select pg_sleep(60)")
		done <- err
	}()
	<-waiting
	cancel()
	if err := <-done; err == nil {
		t.Error("it was not told")
	}
	pid()
}
