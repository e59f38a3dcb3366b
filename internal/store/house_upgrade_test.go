package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

// TestUpgrade: what would run on an older database is told and tried, with the rows that it goes through, and nothing is changed; a newer one is refused.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	const before = 18 // migrations that the database has had
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, "jarchi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(ctx, before); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b", "c"} {
		if _, err := db.Exec("insert into raw (hash, name, content_type, length, arrived, bytes) values ($1, '', '', 1, 1, 'x')", strings.Repeat(id, 64)); err != nil {
			t.Fatal(err)
		}
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
	for range 2 { // nothing is changed by looking
		if u := look(); len(u.Steps) != int(store.Schema())-before || u.Steps[0].Number != before+1 || u.Steps[0].Rows != 3 || !strings.Contains(u.Steps[0].String(), "3 rows") {
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
	if _, err := db.Exec("drop index raw_arrived"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(ctx); err != nil {
		t.Fatal(err)
	}
	if u := look(); len(u.Steps) != 0 || u.Older() || u.Schema != store.Schema() {
		t.Errorf("%+v", u)
	}
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
