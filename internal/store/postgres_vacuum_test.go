package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// TestWhenToVacuum: soon after an erasure, three times later, at once after a start what was not done, and otherwise never.
func TestWhenToVacuum(t *testing.T) {
	t.Parallel()
	const none, later, first, whole = 0, 1, 2, 3
	const m = time.Minute
	never := -time.Microsecond
	for _, c := range []struct {
		name                         string
		erased, vacuumed, now, began time.Duration
		want                         int
	}{
		{"of a former program", never, never, 100 * m, 0, whole},
		{"nothing was erased", never, 10 * m, 10000 * m, 0, none},
		{"just erased", 100 * m, 50 * m, 100 * m, 0, first},
		{"erased again within a minute", 100 * m, 100*m - time.Second, 100*m + time.Second, 0, none},
		{"done", 100 * m, 101 * m, 105 * m, 0, none},
		{"ten minutes later", 100 * m, 101 * m, 110 * m, 0, later},
		{"done then", 100 * m, 110 * m, 150 * m, 0, none},
		{"an hour after that", 100 * m, 110 * m, 170 * m, 0, later},
		{"six hours after that", 100 * m, 170 * m, 531 * m, 0, later},
		{"all done", 100 * m, 531 * m, 100000 * m, 0, none},
		{"stopped for a week, all rounds but the first in one", 100 * m, 101 * m, 10000 * m, 0, later},
		{"stopped before the first", 100 * m, 50 * m, 10000 * m, 0, first},
		{"the server began anew since", 100 * m, 101 * m, 115 * m, 105 * m, whole},
		{"the server began anew, nothing due", 100 * m, 101 * m, 105 * m, 104 * m, none},
		{"the server began anew before the first", 100 * m, 50 * m, 115 * m, 105 * m, whole},
	} {
		if got := store.VacuumDueAfter(c.erased, c.vacuumed, c.now, c.began); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// TestAStartVacuumsNothing: a node that is started again asks PostgreSQL for nothing when nothing is due; for the tables with dead rows alone when a later round is.
func TestAStartVacuumsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	due := func() []string {
		t.Helper()
		tables, err := s.VacuumDue(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return tables
	}
	again := func() {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir)
	}
	db := direct(t, dir)
	passed := func(of string, ago time.Duration) {
		t.Helper()
		if _, err := db.Exec(fmt.Sprintf("insert into counter (name, value) values ('%s', (extract(epoch from now()) * 1000000)::bigint - %d) on conflict (name) do update set value = excluded.value", of, ago.Microseconds())); err != nil {
			t.Fatal(err)
		}
	}
	passed("vacuumed at", 2*time.Hour)
	write := func(f func(tx *store.Tx) error) {
		t.Helper()
		if err := s.Write(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *store.Tx) error {
		return tx.Index(1, store.IndexDoc{Doc: search.Doc{Headline: "quaggaword", Body: "of the plain"}, Marks: "xa0"})
	})
	again()
	if got := due(); len(got) > 0 {
		t.Error("after a start:", got)
	}
	write(func(tx *store.Tx) error { return tx.ClearDraft("none") })
	again()
	if got := due(); !slices.Contains(got, "draft_part") {
		t.Error("an erasure before the start is vacuumed after it:", got)
	}
	if got := due(); len(got) > 0 {
		t.Error("twice:", got)
	}
	// Words that another node, or this one before it was started, has just erased, of which the server knows nothing.
	write(func(tx *store.Tx) error {
		if err := tx.ClearWords(wire.NewReleaseID(), false); err != nil {
			return err
		}
		return tx.Unindex(1, 0)
	})
	passed("vacuumed at", 2*time.Hour)
	again()
	if _, err := db.Exec("select pg_stat_reset()"); err != nil {
		t.Fatal(err)
	}
	if got := due(); !slices.Contains(got, "search") {
		t.Error("the table that erased words left is not vacuumed by another node:", got)
	}
	var kept int
	if err := db.QueryRow("select count(*) from counter where name like 'left %'").Scan(&kept); err != nil || kept > 0 {
		t.Error("vacuumed, and noted still:", kept, err)
	}
	// A later round: what has dead rows.
	if _, err := db.Exec("insert into audit (id, at, member, person, action, object, detail, count) select g::text, 0, '', '', '', '', '', 1 from generate_series(1, 50) g; update audit set detail = 'x'"); err != nil {
		t.Fatal(err)
	}
	const known = "select count(*) from pg_stat_user_tables where relname = 'audit' and n_dead_tup > 0"
	for until, n := time.Now().Add(30*time.Second), 0; n == 0; time.Sleep(20 * time.Millisecond) {
		if err := db.QueryRow(known).Scan(&n); err != nil || time.Now().After(until) {
			t.Fatal(n, err)
		}
	}
	if got, err := s.VacuumLater(ctx); err != nil || !slices.Contains(got, "audit") || slices.Contains(got, "search") || slices.Contains(got, "desk") {
		t.Error("later:", got, err)
	}
}
