package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Page caches in kibibytes: a budget for the process, outside Go's heap.
const (
	readers     = 4
	writerCache = 16 << 10
	readerCache = 8 << 10
)

// Store is the open database of one data folder.
type Store struct {
	dir   string
	now   func() time.Time
	log   *slog.Logger
	lock  *os.File
	guard *tlog.Guard
	w     *sql.DB // one connection; only the committer uses it
	r     *pool
	ckpt  *sql.DB // one connection, for WAL checkpoints alone

	ops       chan *op
	quit      chan struct{} // closed to end the writer
	ended     chan struct{} // closed when it has ended
	stopped   sync.WaitGroup
	closing   sync.Once
	gone      atomic.Bool // something left the index: its last traces are to be scrubbed
	languages sync.Map    // language marks that are in the index
	truncate  atomic.Bool // something was erased: the write-ahead log must be emptied too

	mu     sync.Mutex
	heads  map[string]LogHead // what the guard file knows and may be served
	wake   chan struct{}      // closed and replaced after each commit that made events
	broken error              // the guard could not be advanced: nothing more is published

	partitions    atomic.Pointer[[]*partition] // of the index, by their first positions; never none
	partitionSize int64

	prints    printIndex
	textsGone func(docs []int64) // may be nil
	setback   setback
	contents  contents
	members   keptMembers
}

// Open opens the database in dir, making folder and database when they are not there.
// The error of a folder that is locked, full, read-only or damaged says which and where.
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
		heads: map[string]LogHead{}, wake: make(chan struct{}), partitionSize: partitionSize, prints: printIndex{round: printRound}}
	defer func() {
		if err != nil {
			s.closeFiles()
		}
	}()
	file := filepath.Join(dir, "jarchi.db")
	if err := private(file); err != nil {
		return nil, folderFault(dir, err)
	}
	common := []string{"busy_timeout(10000)", "synchronous(FULL)", "secure_delete(ON)", "foreign_keys(ON)", "temp_store(MEMORY)"}
	s.w, err = openDB(file, 1, true, append(common, "journal_mode(WAL)", "wal_autocheckpoint(0)", fmt.Sprintf("cache_size(-%d)", writerCache)))
	if err != nil {
		return nil, dbFault(file, err)
	}
	if err := s.w.PingContext(ctx); err != nil {
		return nil, dbFault(file, err)
	}
	if err := s.migrate(ctx); err != nil {
		return nil, dbFault(file, err)
	}
	if err := s.endLeases(ctx); err != nil {
		return nil, dbFault(file, err)
	}
	r, err := openDB(file, readers, false, append(common, "query_only(ON)", fmt.Sprintf("cache_size(-%d)", readerCache)))
	if err != nil {
		return nil, dbFault(file, err)
	}
	s.r = &pool{DB: r}
	// Its wait for readers holds the writer up, so it is short; there is a next time in a second.
	// The driver would let the first of two busy_timeouts win.
	s.ckpt, err = openDB(file, 1, false, append([]string{"busy_timeout(250)", "cache_size(-512)"}, common[1:]...))
	if err != nil {
		return nil, dbFault(file, err)
	}
	if s.guard, err = tlog.OpenGuard(filepath.Join(dir, "guard")); err != nil {
		return nil, err
	}
	if err := errors.Join(s.loadHeads(ctx), s.loadPartitions(ctx), s.loadLanguages(ctx)); err != nil {
		return nil, err
	}
	c, err := s.writerConn(ctx)
	if err != nil {
		return nil, err
	}
	s.truncate.Store(true) // a killed process may have left erased words in the write-ahead log
	s.stopped.Add(2)
	go s.commitLoop(c)
	go s.checkpointLoop()
	return s, nil
}

// private makes the database file, if it is not there, readable by its owner alone: it holds the keys
// of the logs. SQLite gives the files beside it the same rights.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

func openDB(file string, conns int, immediate bool, pragmas []string) (*sql.DB, error) {
	v := url.Values{}
	for _, p := range pragmas {
		v.Add("_pragma", p)
	}
	if immediate {
		v.Set("_txlock", "immediate")
	}
	vfs, err := vfsFor(file)
	if err != nil {
		return nil, err
	}
	if vfs != "" {
		v.Set("vfs", vfs)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+v.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

func (s *Store) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.w, dir)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
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

// SQLite's primary result codes (sqlite.org/rescode.html).
const (
	codeBusy, codeNoMem, codeReadOnly, codeInterrupt, codeIOErr, codeCorrupt, codeFull, codeCantOpen, codeNotADB = 5, 7, 8, 9, 10, 11, 13, 14, 26

	codeNoRoomShared = 10 | 19<<8 // an extended one: on a full disk the file -shm cannot grow
)

// dbFault turns a database error into one that names the place. What is a fault already stays as it is.
func dbFault(file string, err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		code := se.Code() & 0xff
		if se.Code() == codeNoRoomShared {
			code = codeFull
		}
		switch code {
		case codeFull:
			return fault.E(fault.Unavailable, "The disk that holds %s is full. Nothing was lost; make room and try again.", file).Because(err)
		case codeReadOnly, codeCantOpen:
			return fault.E(fault.Unavailable, "The database %s cannot be written. Check the rights on the folder and that the disk is not mounted read-only.", file).Because(err)
		case codeBusy:
			return fault.E(fault.Unavailable, "The database %s is locked by another process.", file).Because(err)
		case codeIOErr:
			return fault.E(fault.Unavailable, "The disk that holds %s reports an error. Nothing more is written until it is mended.", file).Because(err)
		case codeCorrupt, codeNotADB:
			return fault.E(fault.Corrupt, "The database %s is damaged or is not a Jarchi database. Restore it from the back-up.", file).Because(err)
		}
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fault.E(fault.Unavailable, "The disk that holds %s is full. Nothing was lost; make room and try again.", file).Because(err)
	}
	return err
}

// Dir is the data folder.
func (s *Store) Dir() string { return s.dir }

// Close finishes what waits, folds the write-ahead log into the database and lets the folder go.
// A second Close does nothing.
func (s *Store) Close() (err error) {
	s.closing.Do(func() {
		close(s.quit)
		s.stopped.Wait()
		_, err = s.ckpt.Exec("pragma wal_checkpoint(truncate)")
		s.closeFiles()
	})
	return err
}

func (s *Store) closeFiles() {
	if s.r != nil {
		s.r.Close()
	}
	for _, db := range []*sql.DB{s.ckpt, s.w} {
		if db != nil {
			db.Close()
		}
	}
	if s.guard != nil {
		s.guard.Close()
	}
	s.lock.Close()
}

// checkpointLoop folds the write-ahead log into the database on a connection of its own, so that no
// publication pays for it. After an erasure it empties the log file: the words stand in it as well.
func (s *Store) checkpointLoop() {
	defer s.stopped.Done()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-t.C:
		}
		empty := s.truncate.Swap(false) // first, so that an erasure that is committed meanwhile is seen
		var busy, frames, done int
		err := s.ckpt.QueryRow("pragma wal_checkpoint(passive)").Scan(&busy, &frames, &done)
		switch {
		case err == nil && frames-done > readFrames:
			// Somebody reads an older state for long, like a back-up. To wait for her would be in vain and
			// hold the writer up each time.
		case empty:
			if s.emptyWAL(context.Background()) == nil {
				continue
			}
		case err == nil && frames > walFrames:
			// Under a steady load the writer never finds the log wholly folded in, and it would grow for
			// ever. Nearly all is done: have the writer start at its beginning again.
			s.ckpt.Exec("pragma wal_checkpoint(restart)")
		}
		if empty {
			s.truncate.Store(true)
		}
	}
}

// walFrames is how long the write-ahead log may get before it is started again: 128 MB of pages.
const walFrames = 32 << 10

// readFrames of the write-ahead log that cannot be folded in show that an old state is being read: 1 MB.
const readFrames = 256

// emptyWAL cuts the write-ahead log to nothing; it fails while a long read holds an older state.
func (s *Store) emptyWAL(ctx context.Context) error {
	var busy, a, b int
	if err := s.ckpt.QueryRowContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &a, &b); err != nil {
		return err
	}
	if busy != 0 {
		return fault.E(fault.Busy, "A long read holds the write-ahead log.")
	}
	return nil
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
