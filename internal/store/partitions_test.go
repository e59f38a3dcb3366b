package store_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
)

// TestPartitions: however many partitions the index is in, through restarts and while they are merged, a
// query finds what one table would, newest first, within any window.
func TestPartitions(t *testing.T) {
	t.Parallel()
	onFileAlone(t, "segments of the index of words, and their merging")
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 3))
			dir := t.TempDir()
			size := 1 + rnd.Int64N(20)
			reopen := func(s *store.Store) *store.Store {
				if s != nil {
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
				}
				s = open(t, dir)
				s.SetPartitionSize(size)
				return s
			}
			s := reopen(nil)
			has := map[int64]string{} // row to its one word
			top := int64(0)
			for range 40 {
				if err := s.Write(ctx, func(tx *store.Tx) error {
					for range 1 + rnd.IntN(4) {
						at := 1 + rnd.Int64N(top+1)
						if rnd.IntN(3) > 0 {
							top++
							at = top
						}
						id := store.DocID(at, rnd.IntN(2))
						_, ordinal := store.SplitDocID(id)
						if rnd.IntN(6) == 0 {
							delete(has, id)
							if err := tx.Unindex(at, ordinal); err != nil {
								return err
							}
							continue
						}
						has[id] = fmt.Sprint("word", rnd.IntN(3))
						d := store.IndexDoc{Ordinal: ordinal, Doc: search.Doc{Headline: "head", Body: has[id]}, Marks: "xa0"}
						if err := tx.Index(at, d); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				if rnd.IntN(15) == 0 {
					s = reopen(s)
				}
				word, limit := fmt.Sprint("word", rnd.IntN(3)), 1+rnd.IntN(30)
				from, below := store.DocID(rnd.Int64N(top+1), 0), store.DocID(rnd.Int64N(2*top+1), 0)
				var want []int64
				for id, w := range has {
					if w == word && id >= from && id < below {
						want = append(want, id)
					}
				}
				slices.Sort(want)
				slices.Reverse(want)
				want = want[:min(len(want), limit)]
				if got, err := s.Match(ctx, `"`+word+`"`, from, below, limit); err != nil || !slices.Equal(got, want) {
					t.Fatalf("%s from %d below %d, at most %d: %v, want %v (%v)", word, from, below, limit, got, want, err)
				}
				// The same in steps, one at a time.
				var got []int64
				for reached := below; reached > from && len(got) < limit; {
					more, low, err := s.MatchBack(ctx, `"`+word+`"`, from, reached, limit-len(got), rnd.Int64N(4), func() bool { return true })
					if err != nil || low >= reached {
						t.Fatalf("%s from %d below %d reached %d (%v)", word, from, reached, low, err)
					}
					got, reached = append(got, more...), low
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%s in steps from %d below %d, at most %d: %v, want %v", word, from, below, limit, got, want)
				}
			}
			deadline := time.Now().Add(30 * time.Second)
			for {
				n, err := s.Unsettled(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("%d closed partitions were not merged", n)
				}
				time.Sleep(10 * time.Millisecond)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			_, tables := soundPartitions(t, dir)
			if len(tables) < 2 {
				t.Errorf("there is one partition of %d positions for %d", size, top)
			}
		})
	}
}

// partitions are the index's tables, of the oldest positions first.
func partitions(t *testing.T, db *sql.DB) []string {
	t.Helper()
	return store.Names(t, db, "select name from search_partition order by first")
}

// soundPartitions is the database of a folder, and the index's tables in it, each of which FTS5 finds sound.
func soundPartitions(t *testing.T, dir string) (*sql.DB, []string) {
	t.Helper()
	db := direct(t, dir)
	tables := partitions(t, db)
	for _, table := range tables {
		if _, err := db.Exec(fmt.Sprintf("insert into %s (%[1]s) values ('integrity-check')", table)); err != nil {
			t.Errorf("%s: %v", table, err)
		}
	}
	return db, tables
}

// TestPartitionBeginsBehindAll: a folder whose newest partition is over-full, as one that had none or was
// killed before the next began, begins the next one behind all that it holds, whatever is written first.
func TestPartitionBeginsBehindAll(t *testing.T) { onBoth(t, testPartitionBeginsBehindAll) }

func testPartitionBeginsBehindAll(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	for _, first := range []int64{3, 15, 30, 31} {
		dir := t.TempDir()
		s := open(t, dir)
		change := func(do func(tx *store.Tx) error) {
			t.Helper()
			if err := s.Write(ctx, do); err != nil {
				t.Fatalf("the first written at %d: %v", first, err)
			}
		}
		put := func(at int64, word string) {
			t.Helper()
			change(func(tx *store.Tx) error {
				return tx.Index(at, store.IndexDoc{Doc: search.Doc{Headline: "head", Body: word}, Marks: "xa0"})
			})
		}
		for at := range int64(30) {
			put(at+1, "apple")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir)
		s.SetPartitionSize(10)
		put(first, "apple")
		if ids, err := s.Match(ctx, `"apple"`, 0, 1<<40, 100); err != nil || len(ids) != int(max(first, 30)) {
			t.Errorf("the first written at %d: %d are found, %v", first, len(ids), err)
		}
		put(20, "pear")
		change(func(tx *store.Tx) error { return tx.Unindex(21, 0) })
		put(32, "plum")
		if ids, err := s.Match(ctx, `"apple" OR "pear" OR "plum"`, 0, 1<<40, 100); err != nil || len(ids) != int(max(first, 30)) {
			t.Errorf("the first written at %d: %d are found at the end, %v", first, len(ids), err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
