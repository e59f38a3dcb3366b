package store_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
)

// TestGoneWordsLeaveTheIndex: whatever was put in, replaced and taken out, in whatever company, no
// word that only documents taken out had is left in the file.
func TestGoneWordsLeaveTheIndex(t *testing.T) {
	t.Parallel()
	rounds := 10
	if testing.Short() {
		rounds = 3
	}
	for seed := range rounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(uint64(seed), 1))
			dir := t.TempDir()
			s := open(t, dir)
			doc := func(own string) store.IndexDoc {
				var b strings.Builder
				for range 1 + rnd.IntN([]int{5, 100, 500, 3000}[rnd.IntN(4)]) {
					if rnd.IntN(3) == 0 {
						fmt.Fprintf(&b, "%s%d ", own, rnd.IntN(1+rnd.IntN(60)))
					} else {
						fmt.Fprintf(&b, "shared%d ", rnd.IntN(400))
					}
				}
				return store.IndexDoc{Doc: search.Doc{Headline: own + "head", Body: strings.TrimSpace(b.String())}, Marks: "xa0 xlen"}
			}
			change := func(do func(tx *store.Tx)) {
				t.Helper()
				if err := s.Write(ctx, func(tx *store.Tx) error { do(tx); return nil }); err != nil {
					t.Fatal(err)
				}
			}
			const docs = 60
			for i := range docs {
				change(func(tx *store.Tx) { tx.Index(int64(i+1), doc("stays")) })
				switch rnd.IntN(3) {
				case 0: // comes and goes
					change(func(tx *store.Tx) { tx.Index(int64(1000+i), doc("goner")) })
				case 1: // replaced, once or twice
					change(func(tx *store.Tx) { tx.Index(int64(1000+i), doc("goner")) })
					for range 1 + rnd.IntN(2) {
						change(func(tx *store.Tx) {
							tx.Unindex(int64(1000+i), 0)
							tx.Index(int64(1000+i), doc("goner"))
						})
					}
				}
			}
			change(func(tx *store.Tx) {
				for i := range docs {
					tx.Unindex(int64(1000+i), 0)
					if rnd.IntN(2) == 0 {
						tx.Index(int64(1000+i), store.IndexDoc{Marks: "xa0"})
					}
				}
			})
			if ids, err := s.Match(ctx, `"goner" * OR "gonerhead"`, 0, 1<<60, 10); err != nil || len(ids) != 0 {
				t.Errorf("still found: %v, %v", ids, err)
			}
			for range 1000 {
				if n, err := s.Scrubbing(ctx); err != nil {
					t.Fatal(err)
				} else if n == 0 {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			if ids, err := s.Match(ctx, `"stayshead"`, 0, 1<<60, 100); err != nil || len(ids) != docs {
				t.Errorf("%d of the others are found, %v", len(ids), err)
			}
			s.Close()
			db, err := sql.Open("sqlite", filepath.Join(dir, "jarchi.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("insert into search (search) values ('integrity-check')"); err != nil {
				t.Error(err)
			}
			for _, name := range []string{"jarchi.db", "jarchi.db-wal"} {
				b, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				if at := bytes.Index(b, []byte("goner")); at >= 0 {
					t.Errorf("%s: %d left, one near %q", name, bytes.Count(b, []byte("goner")), b[max(at-20, 0):min(at+40, len(b))])
				}
			}
		})
	}
}
