package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
)

// TestBothFindTheSame: whatever documents come, change and go, both engines find the same for any expression that
// internal/search could write, newest first, in every window and however many partitions there are.
func TestBothFindTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 9))
			dir := t.TempDir()
			onPostgres(t, dir)
			stores := []*store.Store{open(t, t.TempDir()), open(t, dir)}
			for _, s := range stores {
				s.SetPartitionSize(40)
			}
			var sealing sync.WaitGroup
			written := make(chan bool)
			if seed == 0 { // pairs come into lists while there is writing
				sealing.Go(func() {
					for done := false; !done; {
						select {
						case <-written:
							done = true
						case <-time.After(time.Millisecond):
						}
						if err := stores[1].Seal(ctx, 100); err != nil {
							t.Error(err)
						}
					}
				})
			}
			vocabulary := strings.Fields("apple river xylo xray stone кала калап қала دریا دریاچه o2 stones applet 2026 mount")
			word := func() string { return vocabulary[min(rnd.IntN(len(vocabulary)), rnd.IntN(len(vocabulary)))] }
			text := func(n int) string {
				var b strings.Builder
				for range n {
					b.WriteString(word() + " ")
					if rnd.IntN(12) == 0 {
						b.WriteString("\ue000 ")
					}
				}
				return strings.TrimSpace(b.String())
			}
			for at := int64(1); at <= 200; at++ {
				n := rnd.IntN(12)
				switch rnd.IntN(60) {
				case 0:
					n = 17_000 // more places than PostgreSQL keeps
				case 1:
					n = 900
				}
				d := store.IndexDoc{Ordinal: rnd.IntN(2), Doc: search.Doc{Headline: text(rnd.IntN(4)), Body: text(n)}, Marks: []string{"xa0", "xa0 xlkk", "xlkk xray"}[rnd.IntN(3)]}
				other, back := int64(rnd.IntN(int(at))), rnd.IntN(4)
				for _, s := range stores {
					err := s.Write(ctx, func(tx *store.Tx) error {
						if back == 0 {
							tx.Unindex(other, 0)
						}
						if back == 1 && other > 0 {
							tx.Index(other, d)
						}
						return tx.Index(at, d)
					})
					if err != nil {
						t.Fatal(err)
					}
				}
				if seed > 0 && rnd.IntN(20) == 0 { // pairs are in lists, or not yet
					if err := stores[1].Seal(ctx, rnd.IntN(6)); err != nil {
						t.Fatal(err)
					}
				}
				if rnd.IntN(40) == 0 { // words wait before the index, or do not
					if _, err := direct(t, dir).Exec("select gin_clean_pending_list((name || '_words')::regclass) from search_partition"); err != nil {
						t.Fatal(err)
					}
				}
			}
			var expr func(depth int) string
			expr = func(depth int) string {
				if depth > 0 {
					switch rnd.IntN(5) {
					case 0:
						return "(" + expr(depth-1) + ") AND (" + expr(depth-1) + ")"
					case 1:
						return "(" + expr(depth-1) + " OR " + expr(depth-1) + ")"
					case 2:
						return "(" + expr(depth-1) + ") NOT " + expr(depth-1)
					case 3:
						return "{headline body} : (" + expr(depth-1) + ")"
					}
				}
				phrase := word()
				for range rnd.IntN(3) {
					phrase += " " + word()
				}
				phrase = `"` + phrase + `"`
				if rnd.IntN(4) == 0 {
					phrase = `"` + string([]rune(word())[:1+rnd.IntN(2)]) + `" *`
				}
				return []string{"", "", "", "{marks} : ", "{headline body} : "}[rnd.IntN(5)] + phrase
			}
			close(written)
			sealing.Wait()
			var known bool // every document's pairs are known
			if err := direct(t, dir).QueryRow(`select not exists (select 1 from lexeme l where not exists (select 1 from word_pair w where w.id = l.id)
				and not exists (select 1 from pair_segment s where l.id >= s.first * 64 and l.id < s.below * 64))`).Scan(&known); err != nil || !known {
				t.Error("there are documents without pairs", err)
			}
			found := 0
			for range 400 {
				e, from, below, limit := expr(3), int64(0), int64(1)<<60, 1+rnd.IntN(300)
				if rnd.IntN(3) == 0 {
					from, below = store.DocID(int64(rnd.IntN(150)), 0), store.DocID(int64(50+rnd.IntN(170)), 0)
				}
				var got [2][]int64
				for i, s := range stores {
					var err error
					if got[i], err = s.Match(ctx, e, from, below, limit); err != nil {
						t.Fatalf("%s: %v", e, err)
					}
				}
				if !slices.Equal(got[0], got[1]) {
					t.Fatalf("%s from %d below %d, at most %d:\n%v\n%v", e, from, below, limit, got[0], got[1])
				}
				found += len(got[0])
			}
			if found < 400 {
				t.Errorf("only %d were found in all", found)
			}
		})
	}
}
