package store

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// setback is the last commit that the disk refused, until publishing is known to be possible again.
type setback struct {
	err    error
	tested time.Time // when the disk was last tried
}

// Ping tells whether the database answers and publishing is possible. After a commit that disk or database
// refused it says so until something was published, or until it finds by itself, at most once a
// second, that what is written is taken.
func (s *Store) Ping(ctx context.Context) error {
	s.mu.Lock()
	broken, last := s.broken, s.setback
	test := last.err != nil && s.now().Sub(last.tested) >= time.Second
	if test {
		s.setback.tested = s.now()
	}
	s.mu.Unlock()
	switch {
	case broken != nil:
		return broken
	case test:
		if err := s.testDisk(ctx); err != nil {
			return err
		}
	case last.err != nil:
		return last.err
	}
	var one int
	return s.e.fault(s.r.QueryRowContext(ctx, "select 1").Scan(&one))
}

// refused remembers a commit that failed because of the disk, or of the database; other failures say nothing of them.
func (s *Store) refused(err error) {
	if !s.ofDisk(err) && !s.e.lost(err) {
		return
	}
	s.mu.Lock()
	s.setback = setback{s.e.fault(err), s.now()}
	s.mu.Unlock()
}

// wrote forgets the setback.
func (s *Store) wrote() {
	s.mu.Lock()
	s.setback = setback{}
	s.mu.Unlock()
}

// testBytes is more than a release with its index rows takes. A smaller test would pass in the room
// that a failed commit left in the write-ahead log.
const testBytes = 1 << 20

// testDisk writes a file and the database, and forgets the setback when both are on disk.
func (s *Store) testDisk(ctx context.Context) (err error) {
	name := filepath.Join(s.dir, "probe")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return folderFault(s.dir, err)
	}
	b := make([]byte, testBytes)
	rand.Read(b) // what a file system cannot compress; never fails (crypto/rand, Go 1.24 and later)
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close(), os.Remove(name)); err != nil {
		return folderFault(s.dir, err)
	}
	err = s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(s.e.touch())
		return err
	})
	if err == nil {
		s.wrote()
	}
	return err
}

// ofDisk reports whether an error means that the disk is full, read-only or broken.
func (s *Store) ofDisk(err error) bool {
	if s.e.refusal(err) {
		return true
	}
	for _, e := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
