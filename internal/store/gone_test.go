//go:build !race

package store_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// window is how many bytes a compressed document would be known by, but for its end, which others may share.
const window = 24

// packedDocs are the kept documents from an id on, as they stand in the file.
func packedDocs(t *testing.T, dir string, from int64) (out [][]byte) {
	t.Helper()
	rows, err := direct(t, dir).Query("select doc from lexeme where id >= $1", from)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var doc []byte
		if err := rows.Scan(&doc); err != nil {
			t.Fatal(err)
		}
		out = append(out, doc)
	}
	return out
}

// TestGoneWordsLeaveTheIndex: whatever was put in, replaced and taken out, in whatever company, no
// word that only documents taken out had is left in the index.
func TestGoneWordsLeaveTheIndex(t *testing.T) {
	t.Parallel()
	onFileAlone(t, "segments of the index of words, and their merging")
	rounds := goneRounds
	if testing.Short() {
		rounds = 3
	}
	for seed := range rounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(uint64(seed), 1))
			dir := t.TempDir()
			s := open(t, dir)
			if seed%2 == 1 {
				s.SetPartitionSize(1 + int64(rnd.IntN(40)))
			}
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
			gone := packedDocs(t, dir, 1000<<6)
			if len(gone) < docs/3 {
				t.Errorf("only %d documents are to go", len(gone))
			}
			change(func(tx *store.Tx) {
				if err := tx.ClearWords(wire.NewReleaseID(), true); err != nil {
					t.Error(err)
				}
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
				if more, err := s.Scrubbing(ctx); err != nil {
					t.Fatal(err)
				} else if !more {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			if ids, err := s.Match(ctx, `"stayshead"`, 0, 1<<60, 100); err != nil || len(ids) != docs {
				t.Errorf("%d of the others are found, %v", len(ids), err)
			}
			s.Close()
			db, tables := soundPartitions(t, dir)
			var sound string
			if err := db.QueryRow("pragma integrity_check").Scan(&sound); err != nil || sound != "ok" {
				t.Errorf("the database is %s, %v", sound, err)
			}
			// Every byte of the file: the words, and the documents as they were kept, compressed.
			file, err := os.ReadFile(filepath.Join(dir, "jarchi.db"))
			if err != nil {
				t.Fatal(err)
			}
			if i := bytes.Index(file, []byte("goner")); i >= 0 {
				t.Errorf("page %d still has a word: %q", i/4096+1, file[i:min(i+40, len(file))])
			}
			for _, doc := range gone {
				for at := 0; at == 0 || at+2*window <= len(doc); at += window {
					if i := bytes.Index(file, doc[at:min(at+window, len(doc))]); i >= 0 {
						t.Errorf("page %d still has a part of a document of %d bytes", i/4096+1, len(doc))
						break
					}
				}
			}
			for _, table := range tables {
				for _, q := range []string{"select count(*) from %s_data where instr(block, cast('goner' as blob)) > 0",
					"select count(*) from %s_idx where instr(term, cast('goner' as blob)) > 0"} {
					var n int
					if err := db.QueryRow(fmt.Sprintf(q, table)).Scan(&n); err != nil || n > 0 {
						t.Errorf("%s: %s: %d, %v", table, q, n, err)
					}
				}
			}
		})
	}
}
