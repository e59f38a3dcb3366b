package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
)

// TestSeals: documents are sealed by and by, across starts, a closed partition becomes one segment; what is erased leaves the lists, and phrases
// are found at each moment, also of documents that an earlier Jarchi put in.
func TestSeals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	s.SetPartitionSize(100)
	for range 10 {
		err := s.Write(ctx, func(tx *store.Tx) error {
			for range 35 {
				at, err := tx.NextPosition()
				if err != nil {
					return err
				}
				body := "river apple"
				if at%5 == 0 {
					body = fmt.Sprintf("apple river w%d w%d", at%7, at)
				}
				if err := tx.Index(at, store.IndexDoc{Ordinal: int(at % 3), Doc: search.Doc{Body: body}, Marks: "xa0"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	db := direct(t, dir)
	if _, err := db.Exec(`delete from word_pair where id % 3 = 0; insert into word_pair (id, bits) select id, '\xff' from lexeme
		where not exists (select 1 from word_pair where word_pair.id = lexeme.id)`); err != nil { // as migration 26 does
		t.Fatal(err)
	}
	want := 70
	look := func() {
		t.Helper()
		for _, limit := range []int{1, 20, 1000} {
			ids, err := s.Match(ctx, `"apple river"`, 0, 1<<60, limit)
			if err != nil || len(ids) != min(want, limit) || !slices.IsSortedFunc(ids, func(a, b int64) int { return int(b - a) }) {
				t.Fatalf("of %d at most %d were found: %d (%v)", want, limit, len(ids), err)
			}
		}
		if ids, err := s.Match(ctx, `"apple river" AND "w200"`, 0, 1<<60, 5); err != nil || len(ids) != 1 {
			t.Fatalf("%v (%v)", ids, err)
		}
	}
	look()
	for range 5 {
		if err := s.Seal(ctx, 3); err != nil {
			t.Fatal(err)
		}
		look()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	s.SetPartitionSize(100)
	seal := func() {
		t.Helper()
		if err := s.Seal(ctx, 1000); err != nil {
			t.Fatal(err)
		}
		look()
	}
	seal()
	var filters, segments, partitions int
	if err := db.QueryRow("select (select count(*) from word_pair), (select count(*) from pair_segment), (select count(*) from search_partition)").Scan(&filters, &segments, &partitions); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Unsettled(ctx); err != nil || left != 0 || filters > 16 || partitions < 3 || segments > partitions+6 {
		t.Fatalf("%d filters, %d segments of %d partitions, %d unsettled (%v)", filters, segments, partitions, left, err)
	}
	listed, err := s.Listed(ctx)
	if err != nil || !listed[50] || !listed[200] || len(listed) < 330 {
		t.Fatalf("%d positions are in lists (%v)", len(listed), err)
	}
	err = s.Write(ctx, func(tx *store.Tx) error {
		tx.Unindex(50, 50%3)
		tx.Unindex(150, 150%3)
		return tx.Index(200, store.IndexDoc{Ordinal: 200 % 3, Doc: search.Doc{Body: "apple river w200"}, Marks: "xa0"})
	})
	if err != nil {
		t.Fatal(err)
	}
	want -= 2
	look()
	seal()
	if listed, err = s.Listed(ctx); err != nil || listed[50] || listed[150] || listed[200] || !listed[199] {
		t.Errorf("what went is in lists still (%v)", err)
	}
	if err := db.QueryRow("select count(*) from pair_gone").Scan(&filters); err != nil || filters != 0 {
		t.Errorf("%d positions are still to be taken out (%v)", filters, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSealsYield: a step gives up at once where a writer is in its way, and is done when he is gone.
func TestSealsYield(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	err := s.Write(ctx, func(tx *store.Tx) error {
		for range 20 {
			at, err := tx.NextPosition()
			if err == nil {
				err = tx.Index(at, store.IndexDoc{Doc: search.Doc{Body: "river apple"}, Marks: "xa0"})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	db := direct(t, dir)
	sealed := func() (n int) {
		if err := db.QueryRow("select count(*) from pair_segment").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	w, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Rollback()
	if _, err := w.Exec("delete from word_pair where id = (select max(id) - 64 * 10 from word_pair)"); err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := s.Seal(soon, 1); err != nil || sealed() != 0 {
		t.Errorf("beside a writer: %d segments, %v", sealed(), err)
	}
	if err := w.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Seal(soon, 1); err != nil || sealed() != 1 {
		t.Errorf("without him: %d segments, %v", sealed(), err)
	}
}
