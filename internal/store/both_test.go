package store_test

import (
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit/postgres"
	"jarchi.dev/jarchi/internal/testkit/sqlite"
)

// onBoth plays a test on both engines: open and tryOpen open on the one that it is played on.
func onBoth(t *testing.T, play func(t *testing.T)) {
	t.Parallel()
	t.Run("sqlite", play)
	t.Run("postgres", play)
}

// databases are those of folders, while tests are played on PostgreSQL.
var databases sync.Map

// place names the database of a folder in a test that is played on PostgreSQL.
func place(t testing.TB, dir string) {
	t.Helper()
	switch {
	case store.HasNode(dir):
	case strings.Contains(t.Name()+"/", "/postgres/"), os.Getenv("JARCHI_TEST_ENGINE") == "postgres":
		onPostgres(t, dir)
	default:
		sqlite.Begin(t, dir, prepare)
	}
}

// onFile gives a new folder a database in its own file, whatever the test is played on.
func onFile(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	sqlite.Begin(t, dir, prepare)
	return dir
}

// onFileAlone skips a test of what only a database in the folder's own file has, where every test is played on PostgreSQL.
func onFileAlone(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("JARCHI_TEST_ENGINE") == "postgres" {
		t.Skip("on SQLite only: " + what)
	}
}

func prepare(dir string) error {
	s, err := store.Open(ctx, dir, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return s.Close()
}

// onPostgres gives a folder a database, unless it has one.
func onPostgres(t testing.TB, dir string) {
	t.Helper()
	if _, ok := databases.Load(dir); ok {
		return
	}
	url := postgres.New(t, func(url string) error {
		dir := t.TempDir()
		if err := store.SetDatabase(ctx, dir, url); err != nil {
			return err
		}
		return prepare(dir)
	})
	databases.Store(dir, url)
	if err := store.SetDatabase(ctx, dir, url); err != nil {
		t.Fatal(err)
	}
}

// direct opens the database of a folder past the store.
func direct(t testing.TB, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "jarchi.db")+"?_pragma=busy_timeout(10000)") // the store beside writes when it will
	if url, ok := databases.Load(dir); ok {
		db, err = store.OpenPostgres(url.(string))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
