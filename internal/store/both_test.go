package store_test

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit/postgres"
)

// onBoth plays a test on both engines: open and tryOpen open on the one that it is played on.
func onBoth(t *testing.T, play func(t *testing.T)) {
	t.Parallel()
	t.Run("sqlite", play)
	t.Run("postgres", play)
}

// databases are those of folders, while tests are played on PostgreSQL.
var databases sync.Map

// engineFor are the options with which a folder is opened in a test.
func engineFor(t testing.TB, dir string) []store.Option {
	if !strings.Contains(t.Name()+"/", "/postgres/") {
		return nil
	}
	url, ok := databases.Load(dir)
	if !ok {
		url = postgres.New(t, func(url string) error {
			s, err := store.Open(ctx, t.TempDir(), time.Now, slog.New(slog.DiscardHandler), store.Database(url))
			if err != nil {
				return err
			}
			return s.Close()
		})
		databases.Store(dir, url)
	}
	return []store.Option{store.Database(url.(string))}
}

// direct opens the database of a folder past the store.
func direct(t testing.TB, dir string) *sql.DB {
	t.Helper()
	driver, name := "sqlite", filepath.Join(dir, "jarchi.db")
	if url, ok := databases.Load(dir); ok {
		driver, name = "pgx", url.(string)
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
