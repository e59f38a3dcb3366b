package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
)

//go:embed migrations/*.sql migrations/postgres/*.sql
var migrations embed.FS

// readers is how many connections read.
const readers = 4

// Store is the open database of one data folder.
type Store struct {
	dir   string
	node  string // what this process calls itself among several nodes; empty where there is no other
	clock clock
	now   func() time.Time // clock, or a test's
	log   *slog.Logger
	lock  *os.File
	guard *tlog.Guard
	e     engine
	w     *sql.DB // one connection; only the committer uses it
	r     *pool

	ops       chan *op
	quit      chan struct{} // closed to end the writer
	ended     chan struct{} // closed when it has ended
	stopped   sync.WaitGroup
	closing   sync.Once
	languages sync.Map // language marks that are in the index

	mu       sync.Mutex
	heads    map[string]LogHead // what the guard file knows and may be served
	position int64              // of the newest event, as it was when this node read it
	epochs   map[string]int64   // of what other nodes may change, as it was when this node read it
	wake     chan struct{}      // closed and replaced after each commit that made events
	broken   error              // the guard could not be advanced: nothing more is published

	partitions    atomic.Pointer[[]*partition] // of the index, by their first positions; never none
	leaving       *partition                   // that one of them is made anew of: the writer's
	partitionSize int64

	prints    printIndex
	textsGone func(docs []int64) // may be nil
	told      atomic.Pointer[func(gone, moved []int64, all bool)]
	guarding  sync.Mutex // held while the guard file is advanced
	adding    sync.Mutex // and while partitions are added to those that are known
	setback   setback
	load      load
	contents  contents
	members   keptMembers
}

// Open opens the database in dir, or the one that SetDatabase named, making folder and tables when they are not there.
// now is Clock where it is nil. The error of a folder or database that is locked, full, read-only, damaged or out of reach says which and where.
func Open(ctx context.Context, dir string, now func() time.Time, log *slog.Logger) (_ *Store, err error) {
	defer fault.Wrap(&err, "open the data folder %s", dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, folderFault(dir, err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, now: now, log: log, lock: lock, ops: make(chan *op, 256), quit: make(chan struct{}), ended: make(chan struct{}),
		heads: map[string]LogHead{}, epochs: map[string]int64{}, wake: make(chan struct{}), prints: printIndex{round: printRound}}
	if now == nil {
		s.now = s.clock.now
	}
	defer func() {
		if err != nil {
			s.closeFiles()
		}
	}()
	if s.e, s.partitionSize, err = engineOf(dir); err != nil {
		return nil, err
	}
	if err := s.e.open(ctx, s); err != nil {
		return nil, s.e.fault(err)
	}
	if s.guard, err = tlog.OpenGuard(filepath.Join(dir, "guard")); err != nil {
		return nil, err
	}
	if err := errors.Join(s.loadHeads(ctx), s.loadPartitions(ctx), s.loadLeaving(ctx), s.loadLanguages(ctx)); err != nil {
		return nil, err
	}
	c, err := s.writerConn(ctx)
	if err != nil {
		return nil, err
	}
	s.stopped.Add(2)
	go s.commitLoop(c)
	go func() {
		defer s.stopped.Done()
		s.e.run(s)
	}()
	return s, nil
}

// lockFolder takes the folder for this process; the lock goes with the process, however it ends.
func lockFolder(dir string) (*os.File, error) {
	name := filepath.Join(dir, "lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, folderFault(dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fault.E(fault.Unavailable, "Another process has the data folder %s open. Stop it, or reach it with --url and --token.", dir).Because(err)
	}
	return f, nil
}

func folderFault(dir string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.E(fault.Unavailable, "The data folder %s cannot be written. Give this user the right to, or choose another with --data.", dir).Because(err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.E(fault.Unavailable, "The disk that holds %s is full.", dir).Because(err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return fault.E(fault.Unavailable, "%s is not a folder.", dir).Because(err)
	}
	return fault.E(fault.Unavailable, "The data folder %s cannot be opened.", dir).Because(err)
}

// Dir is the data folder.
func (s *Store) Dir() string { return s.dir }

// Close finishes what waits, folds the write-ahead log into the database and lets the folder go.
// A second Close does nothing.
func (s *Store) Close() (err error) {
	s.closing.Do(func() {
		close(s.quit)
		s.stopped.Wait()
		err = s.closeFiles()
	})
	return err
}

func (s *Store) closeFiles() (err error) {
	if s.e != nil {
		err = s.e.close(s)
	}
	if s.guard != nil {
		s.guard.Close()
	}
	s.lock.Close()
	return err
}

// Micros and their inverse: how times are kept. The zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(m int64) time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(m).UTC()
}
