// Package testkit opens what tests need: a node's services over a data folder of the test's own, a
// clock that the test moves, members and viewers. It is for tests only; nothing else imports it.
package testkit

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit/postgres"
	"jarchi.dev/jarchi/internal/testkit/sqlite"
	"jarchi.dev/jarchi/internal/wire"
)

// Clock is a clock that stands until it is moved.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Move moves the clock.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	c.t = c.t.Add(d)
	c.mu.Unlock()
}

// Start is where every test's clock starts.
var Start = time.Date(2026, 3, 12, 9, 5, 0, 0, time.UTC)

// Node is the services of one node over a folder of the test's own.
type Node struct {
	Dir     string
	Clock   *Clock // nil when opened with another
	Store   *store.Store
	Browse  *browse.Service
	Publish *publish.Service
	Receive *receive.Service
	Close   func()
}

// Open opens a node in a new folder, with the members Alfa and Beta.
func Open(t testing.TB) *Node {
	t.Helper()
	clock := &Clock{t: Start}
	n := OpenAt(t, t.TempDir(), clock.Now)
	n.Clock = clock
	for _, m := range []wire.Member{Member("alfa", wire.PressService), Member("beta", wire.Agency)} {
		if err := n.Store.AddMember(context.Background(), m); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// OpenAt opens a folder that may have been used before; it is closed when the test ends.
func OpenAt(t testing.TB, dir string, now func() time.Time) *Node {
	t.Helper()
	n := &Node{Dir: dir}
	place(t, dir)
	var err error
	if n.Store, err = store.Open(context.Background(), dir, now, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	n.Close = sync.OnceFunc(func() { n.Store.Close() })
	t.Cleanup(n.Close)
	blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	if n.Browse, err = browse.New(n.Store, blobs, make([]byte, 32), now); err != nil {
		t.Fatal(err)
	}
	n.Publish = publish.New(n.Store, now)
	n.Receive = receive.New(n.Store, blobs, now)
	return n
}

// OnBoth plays a test on both engines: what Open and OpenAt open in it is on the one that it is played on. With JARCHI_TEST_ENGINE=postgres
// every test is played on PostgreSQL alone.
func OnBoth(t *testing.T, play func(t *testing.T)) {
	t.Parallel()
	t.Run("sqlite", play)
	t.Run("postgres", play)
}

// Folder is a new data folder whose database is up to date already: to open it is cheap.
func Folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	place(t, dir)
	return dir
}

// OnPostgres is a new data folder whose database is a new one on PostgreSQL, whatever engine the test is played on.
func OnPostgres(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	onPostgres(t, dir)
	return dir
}

// Beside is the data folder of a further node on the database of another's; their files lie in one place. It is to be opened while the other is open.
func Beside(t testing.TB, of string) string {
	t.Helper()
	dir := t.TempDir()
	address, err := os.ReadFile(filepath.Join(of, "database"))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.SetDatabase(context.Background(), dir, strings.TrimSpace(string(address))); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(of, "blobs"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(of, "blobs"), filepath.Join(dir, "blobs")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// OnFile skips a test of what only a database in the folder's own file has, where every test is played on PostgreSQL.
func OnFile(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("JARCHI_TEST_ENGINE") == "postgres" {
		t.Skip("on SQLite only: " + what)
	}
}

// SQL opens the database of a folder past the store.
func SQL(t testing.TB, dir string) *sql.DB {
	t.Helper()
	driver, name := "sqlite", filepath.Join(dir, "jarchi.db")
	if address, err := os.ReadFile(filepath.Join(dir, "database")); err == nil {
		driver, name = "pgx", strings.TrimSpace(string(address))
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func prepare(dir string) error {
	s, err := store.Open(context.Background(), dir, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return s.Close()
}

func onPostgres(t testing.TB, dir string) {
	t.Helper()
	address := postgres.New(t, func(address string) error {
		dir := t.TempDir()
		if err := store.SetDatabase(context.Background(), dir, address); err != nil {
			return err
		}
		return prepare(dir)
	})
	if err := store.SetDatabase(context.Background(), dir, address); err != nil {
		t.Fatal(err)
	}
}

// place gives a new folder a database: in a test that is played on PostgreSQL one there, else a file.
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

// Member is an invented organisation.
func Member(id wire.MemberID, kind wire.MemberKind) wire.Member {
	return wire.Member{ID: id, Kind: kind, Domain: string(id) + ".example", Zone: "Etc/GMT-5", Names: map[lang.Tag]string{lang.EN: "Member " + string(id)}}
}

// Viewer is one of a member with every scope.
func Viewer(id wire.MemberID) access.Viewer { return access.Viewer{Member: id, Scopes: access.Scopes} }

// Input is a public release in one or more languages; headline and body by language.
func Input(texts map[lang.Tag][2]string) publish.Input {
	var in publish.Input
	for _, tag := range lang.Known() {
		if x, ok := texts[tag]; ok {
			in.Items = append(in.Items, wire.NewItem{Language: tag, Content: wire.Content{Headline: x[0], Body: []string{x[1]}}})
		}
	}
	return in
}

// FilesWith says which files under a folder hold which of some words.
func FilesWith(t testing.TB, dir string, words ...string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		for _, w := range words {
			if bytes.Contains(b, []byte(w)) {
				found = append(found, filepath.Base(p)+": "+w)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
