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
		if u := look(); len(u.Steps) == 0 || u.Steps[len(u.Steps)-1].Number != store.Schema() || u.Steps[0].Number != before+1 || u.Steps[0].Rows != 3 || !strings.Contains(u.Steps[0].String(), "3 rows") {
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

// TestUpgradeElsewhere: the same for a database in PostgreSQL; nothing of it is changed, and nothing is left of the copy.
func TestUpgradeElsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	url, _ := databases.Load(dir)
	look := func(dir, address string) store.Upgrade {
		t.Helper()
		u, err := store.UpgradeOf(ctx, dir, address)
		if err != nil || u.Elsewhere == "" || strings.Contains(u.Elsewhere, "@") || !u.Tried && !u.Older() {
			t.Errorf("%+v, %v", u, err)
		}
		return u
	}
	if u := look(dir, ""); len(u.Steps) != 0 || u.Older() || u.Schema != store.Schema() || u.Bytes == 0 {
		t.Errorf("%+v", u)
	}
	db := direct(t, dir)
	if _, err := db.Exec("update goose_db_version set version_id = -1 where version_id = $1", store.Schema()); err != nil {
		t.Fatal(err)
	}
	for at, address := range map[string]string{dir: "", t.TempDir(): url.(string)} {
		if u := look(at, address); len(u.Steps) != 1 || u.Steps[0].Number != store.Schema() || u.Older() {
			t.Errorf("%+v", u)
		}
	}
	var left int
	if err := db.QueryRow("select count(*) from information_schema.schemata where schema_name like 'jarchi!_check!_%' escape '!'").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d copies are left: %v", left, err)
	}
	if _, err := db.Exec("update goose_db_version set version_id = 99999 where version_id = -1"); err != nil {
		t.Fatal(err)
	}
	if u := look(dir, ""); !u.Older() || u.Schema != 99999 {
		t.Errorf("%+v", u)
	}
}
