package store_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"jarchi.dev/jarchi/internal/store"
)

// TestAnotherProgramReads: a node that runs holds its lock on the database file. Without it another program that reads the database as every SQLite does, like
// sqlite3, takes itself for the last one when it ends, and removes the write-ahead log; the node goes on writing to what has no name any more, and all of that is
// lost when it stops. The other program is played by the lock that it would take then (sqlite.org/src, os_unix.c: PENDING_BYTE).
func TestAnotherProgramReads(t *testing.T) {
	const tries = "JARCHI_TEST_LOCKS"
	if file := os.Getenv(tries); file != "" {
		f, err := os.OpenFile(file, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		const shared = 0x40000000 + 2
		err = syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: shared, Len: 510})
		if !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EACCES) {
			t.Errorf("nobody holds the database: %v", err)
		}
		return
	}
	onFileAlone(t, "PostgreSQL has no file that others read")
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	look := func(when string) {
		t.Helper()
		other := exec.Command(os.Args[0], "-test.run=^TestAnotherProgramReads$")
		other.Env = append(os.Environ(), tries+"="+filepath.Join(dir, "jarchi.db"))
		if out, err := other.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", when, err, out)
		}
	}
	look("after the start")
	if err := leaf(s, "alfa"); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(ctx, func(t *store.Tx) error { return t.ClearWords("01JZZZZZZZZZZZZZZZZZZZZZZZ", true) }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Housekeeping(ctx); err != nil {
		t.Fatal(err)
	}
	look("after some work")
}
