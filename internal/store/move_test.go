package store_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit/postgres"
)

// TestMove: a node goes to PostgreSQL and back; logs go on where they were, everything is found, ids are given on, and nothing is taken into a
// database that is not empty.
func TestMove(t *testing.T) {
	t.Parallel()
	quiet := slog.New(slog.DiscardHandler)
	dir, address := onFile(t), postgres.New(t, nil)
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	docs := 0
	use := func(s *store.Store) { // something of each kind
		t.Helper()
		for range 30 {
			docs++
			err := s.Write(ctx, func(tx *store.Tx) error {
				at, err := tx.NextPosition()
				if err != nil {
					return err
				}
				d := store.IndexDoc{Doc: search.Doc{Headline: fmt.Sprintf("head%d", at), Body: "apple river " + fmt.Sprint("w", at%7)}, Marks: "xa0"}
				if err := tx.Index(at, d); err != nil {
					return err
				}
				raw := store.RawRow{Hash: fmt.Sprintf("%064d", at), Name: "a\x00b\xff", Arrived: time.Now()}
				if at%2 == 0 {
					raw.Bytes, raw.Length = []byte{}, 0
				}
				return tx.PutRaw(raw)
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := leaf(s, "alfa"); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.Enqueue(jobs.Job{Kind: "a", RunAt: time.Now().Add(time.Hour)}) }); err != nil {
			t.Fatal(err)
		}
	}
	found := func(s *store.Store) (n int) {
		t.Helper()
		ids, err := s.Match(ctx, `"apple river"`, 0, 1<<60, 1000)
		if err != nil {
			t.Fatal(err)
		}
		return len(ids)
	}
	use(s)
	was := head(t, s, "alfa-public")
	s.Close()

	m, err := store.Move(ctx, dir, address, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if m.Docs != 30 || m.Searches < 20 || m.Rows < 100 || !slices.ContainsFunc(m.Logs, func(l store.LogHead) bool { return l.Name == "alfa-public" && l.Head == was.Head }) {
		t.Errorf("moved %+v", m)
	}
	if _, err := os.Stat(filepath.Join(dir, m.Left)); err != nil {
		t.Error(err)
	}
	s = open(t, dir)
	if h, err := s.Housekeeping(ctx); err != nil || h.Engine != "PostgreSQL" {
		t.Fatalf("%+v, %v", h, err)
	}
	if h := head(t, s, "alfa-public"); h.Head != was.Head {
		t.Errorf("the log is %v, was %v", h.Head, was.Head)
	}
	use(s)
	if n := found(s); n != docs {
		t.Errorf("%d of %d are found", n, docs)
	}
	checkLog(t, s, "alfa-public")
	s.Close()
	if _, err := store.Move(ctx, dir, address, quiet); fault.KindOf(err) != fault.Conflict {
		t.Errorf("moved to PostgreSQL twice: %v", err)
	}

	if m, err = store.Move(ctx, dir, "", quiet); err != nil {
		t.Fatal(err)
	}
	if m.Docs != 60 {
		t.Errorf("moved back %+v", m)
	}
	s = open(t, dir)
	use(s)
	if n := found(s); n != docs {
		t.Errorf("%d of %d are found", n, docs)
	}
	checkLog(t, s, "alfa-public")
	s.Close()
	if _, err := store.Move(ctx, dir, address, quiet); fault.KindOf(err) != fault.Conflict {
		t.Errorf("moved over what is there: %v", err)
	}
	s = open(t, dir) // as it was
	if n := found(s); n != docs {
		t.Errorf("%d of %d are found", n, docs)
	}
}
