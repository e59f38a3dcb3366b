//go:build !race

package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// TestRenewedPartitions: while partitions are made anew, and a further form overtakes that, every text is found by one key or the other, whatever is put in, replaced,
// erased and closed meanwhile; in the end all are found by the present ones, and neither an erased word nor a table of a former partition is left in the file.
func TestRenewedPartitions(t *testing.T) {
	t.Parallel()
	onFileAlone(t, "partitions that are made anew")
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 5))
			dir := t.TempDir()
			size := 10 + rnd.Int64N(40)
			s := open(t, dir)
			s.SetPartitionSize(size)
			reopen := func() {
				t.Helper()
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = open(t, dir)
				s.SetPartitionSize(size)
			}
			form := 0
			doc := func(id int64, form int, erased bool) store.IndexDoc { // one word that it is found by, and those that others have too
				_, ordinal := store.SplitDocID(id)
				var b strings.Builder
				fmt.Fprintf(&b, "form%dof%d", form, id)
				for i := range 30 + id%200 {
					fmt.Fprintf(&b, " f%dword%d", form, (id*i)%97)
				}
				if erased {
					fmt.Fprintf(&b, " goner%d", id%5)
				}
				return store.IndexDoc{Ordinal: ordinal, Doc: search.Doc{Headline: "head", Body: b.String()}, Marks: "xa0"}
			}
			has := map[int64]bool{} // whether it is to be erased
			write := func(do func(tx *store.Tx) error) {
				t.Helper()
				if err := s.Write(ctx, do); err != nil {
					t.Fatal(err)
				}
			}
			top := int64(0)
			change := func() {
				t.Helper()
				write(func(tx *store.Tx) error {
					for range 1 + rnd.IntN(3) {
						at := 1 + rnd.Int64N(top+1)
						if rnd.IntN(3) > 0 {
							top++
							at = top
						}
						id := store.DocID(at, rnd.IntN(2))
						_, ordinal := store.SplitDocID(id)
						if has[id] || rnd.IntN(8) == 0 {
							delete(has, id)
							if err := tx.ClearWords(wire.NewReleaseID(), false); err != nil {
								return err
							}
							if err := tx.Unindex(at, ordinal); err != nil {
								return err
							}
							continue
						}
						has[id] = rnd.IntN(3) == 0
						if err := tx.Index(at, doc(id, form, has[id])); err != nil {
							return err
						}
					}
					return nil
				})
			}
			begin := func() {
				t.Helper()
				r := map[string]any{}
				value, err := s.Setting(ctx, "index", func() []byte { return []byte("{}") })
				if err == nil {
					err = json.Unmarshal(value, &r)
				}
				if err != nil {
					t.Fatal(err)
				}
				r["Form"] = "another"
				value, _ = json.Marshal(r)
				write(func(tx *store.Tx) error { return tx.SetSetting("index", value) })
				if err := s.PlanRenewal(ctx); err != nil {
					t.Fatal(err)
				}
				form++
			}
			// step reports whether there is more to do.
			step := func() bool {
				t.Helper()
				old, err := s.OldDocs(ctx, 1+rnd.IntN(9))
				if err != nil {
					t.Fatal(err)
				}
				if old == nil {
					return false
				}
				anew := func(d store.OldDoc) *store.IndexDoc {
					n := doc(d.ID, form, strings.Contains(d.Doc.Body, "goner"))
					return &n
				}
				if err := s.Renew(ctx, old, anew); err != nil {
					t.Fatal(err)
				}
				return true
			}
			look := func(forms ...int) {
				t.Helper()
				ids, err := s.Match(ctx, `"head"`, 0, 1<<60, 10000)
				if err != nil || len(ids) != len(has) {
					t.Fatalf("%d are found, of %d: %v", len(ids), len(has), err)
				}
				for id := range has {
					var or []string
					for _, f := range forms {
						or = append(or, fmt.Sprintf(`"form%dof%d"`, f, id))
					}
					if ids, err := s.Match(ctx, strings.Join(or, " OR "), 0, 1<<60, 10); err != nil || !slices.Equal(ids, []int64{id}) {
						t.Fatalf("%d: %v, %v", id, ids, err)
					}
					if rnd.IntN(4) > 0 && len(forms) > 1 {
						break
					}
				}
			}
			inFile := func(words ...string) {
				t.Helper()
				file, err := os.ReadFile(filepath.Join(dir, "jarchi.db"))
				if err != nil {
					t.Fatal(err)
				}
				for _, word := range words {
					if i := bytes.Index(file, []byte(word)); i >= 0 {
						t.Errorf("page %d still has a word: %q", i/4096+1, file[i:min(i+40, len(file))])
					}
				}
			}
			// erase takes out all that is to be erased, and looks whether it is gone when the store says so.
			erase := func() {
				t.Helper()
				write(func(tx *store.Tx) error {
					for id, erased := range has {
						if !erased {
							continue
						}
						position, ordinal := store.SplitDocID(id)
						if err := tx.Unindex(position, ordinal); err != nil {
							return err
						}
					}
					return tx.ClearWords(wire.NewReleaseID(), false)
				})
				maps.DeleteFunc(has, func(_ int64, erased bool) bool { return erased })
				for i := 0; ; i++ {
					if more, err := s.Scrubbing(ctx); err != nil {
						t.Fatal(err)
					} else if !more {
						break
					}
					if time.Sleep(5 * time.Millisecond); i > 30 { // where a partition is emptied it is when that is done
						step()
					}
				}
				reopen()
				inFile("goner")
			}
			for range 50 {
				change()
			}
			begin()
			for i := 0; step(); i++ {
				if rnd.IntN(4) == 0 {
					change()
				}
				look(form, form-1, form-2)
				switch {
				case rnd.IntN(12) == 0:
					reopen()
				case rnd.IntN(25) == 0:
					erase()
				}
				if i == 20+int(seed) && form == 1 {
					begin()
				}
			}
			look(form)
			erase()
			look(form)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			db, tables := soundPartitions(t, dir)
			if made := store.Names(t, db, "select name from sqlite_master where sql like 'create virtual%' order by name"); len(made) != len(tables) {
				t.Errorf("there are %v for %v", made, tables)
			}
			var former int
			if err := db.QueryRow("select count(*) from lexeme_former").Scan(&former); err != nil || former > 0 {
				t.Errorf("%d words of former partitions are kept: %v", former, err)
			}
			inFile("goner", "form0of", "f0word")
		})
	}
}
