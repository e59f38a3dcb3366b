package store_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
)

// TestUpgrade: what would run on an older database is told and tried, with the rows that it goes through, and nothing is changed; a newer one is refused.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	err := s.Write(ctx, func(tx *store.Tx) error {
		for _, id := range []string{"a", "b", "c"} {
			if err := tx.PutRaw(store.RawRow{Hash: strings.Repeat(id, 64), Length: 1, Arrived: time.Now(), Bytes: []byte("x")}); err != nil {
				return err
			}
			if err := tx.AddEntry(people.Entry{ID: id, At: time.Now(), Action: "x", Count: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	look := func() store.Upgrade {
		t.Helper()
		b, _, err := store.ReadBeside(ctx, dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		u, err := b.Upgrade(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	if u := look(); len(u.Steps) != 0 || u.Older() || u.Schema != store.Schema() {
		t.Errorf("%+v", u)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "jarchi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{"drop index raw_arrived", "drop index quarantine_arrived", "drop index quarantine_raw", "drop index session_used", "drop index draft_sent", "delete from goose_db_version where version_id = 19"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // nothing is changed by looking
		if u := look(); len(u.Steps) != 1 || u.Steps[0].Number != 19 || u.Steps[0].Rows != 3 || !strings.Contains(u.Steps[0].String(), "3 rows") {
			t.Errorf("%+v", u)
		}
	}
	if _, err := db.Exec("create index raw_arrived on raw (length)"); err != nil {
		t.Fatal(err)
	}
	b, _, err := store.ReadBeside(ctx, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Upgrade(ctx); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a migration that does not fit: %v", err)
	}
	b.Close()
	if _, err := db.Exec("insert into goose_db_version (version_id, is_applied) values (99999, 1)"); err != nil {
		t.Fatal(err)
	}
	if u := look(); !u.Older() || u.Schema != 99999 {
		t.Errorf("%+v", u)
	}
	db.Close()
	if _, err := tryOpen(dir); fault.KindOf(err) != fault.Unsupported || !strings.Contains(err.Error(), "newer Jarchi") {
		t.Errorf("opened: %v", err)
	}
}
