package blob

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Bounds of what is kept on the disk of files that are read from a bucket.
const (
	spoolKept = 256 << 20       // bytes of files that nobody reads just now
	spoolMost = 2 << 30         // bytes of all
	spoolTime = 5 * time.Minute // of a file that nobody reads
)

// spool holds files that were fetched and checked, for readers that jump about in them, as players of sound and video do.
// They have no names on the disk: what a crash leaves of them is nothing.
type spool struct {
	dir string

	mu    sync.Mutex
	files map[string]*spooled
	bytes int64
	timed bool // later will come
}

type spooled struct {
	ready   chan struct{} // closed when fetched or failed
	err     error
	f       *os.File
	size    int64
	readers int
	dropped bool // goes with its last reader
	used    time.Time
}

// open returns the file of a hash, fetched by fetch unless it is here already. Who comes while it is fetched waits for
// it; if that fails, each tries by himself.
func (s *spool) open(ctx context.Context, hash string, fetch func(*os.File) (int64, error)) (io.ReadSeekCloser, error) {
	for {
		s.mu.Lock()
		e := s.files[hash]
		mine := e == nil
		if mine {
			if s.bytes > spoolMost {
				s.mu.Unlock()
				return nil, fault.E(fault.Busy, "Too many files are being read at once. Try again in a minute.")
			}
			e = &spooled{ready: make(chan struct{})}
			s.files[hash] = e
		}
		e.readers++
		s.mu.Unlock()
		if mine {
			f, size, err := s.fetch(fetch)
			s.mu.Lock()
			e.f, e.size, e.err = f, size, err
			s.bytes += size
			if err != nil && !e.dropped {
				s.drop(hash, e)
			}
			s.mu.Unlock()
			close(e.ready)
		}
		select {
		case <-e.ready:
		case <-ctx.Done():
			s.done(e)
			return nil, ctx.Err()
		}
		if e.err == nil {
			return &spoolReader{SectionReader: io.NewSectionReader(e.f, 0, e.size), done: sync.OnceFunc(func() { s.done(e) })}, nil
		}
		s.done(e)
		if mine {
			return nil, e.err
		}
	}
}

func (s *spool) fetch(fetch func(*os.File) (int64, error)) (*os.File, int64, error) {
	full := func(err error) error {
		return fault.E(fault.Unavailable, "The folder %s, where files are put while they are read, cannot be written.", s.dir).Because(err)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, 0, full(err)
	}
	f, err := os.CreateTemp(s.dir, "s3-*")
	if err != nil {
		return nil, 0, full(err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, 0, full(err)
	}
	n, err := fetch(f)
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, n, nil
}

// done is called by each reader at its end.
func (s *spool) done(e *spooled) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.readers--
	e.used = time.Now()
	if e.dropped {
		s.close(e)
		return
	}
	s.tidy(e.used)
	if !s.timed && len(s.files) > 0 {
		s.timed = true
		time.AfterFunc(spoolTime, s.later)
	}
}

// later lets go what was not read for a while, and comes again while anything is left.
func (s *spool) later() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tidy(time.Now())
	if s.timed = len(s.files) > 0; s.timed {
		time.AfterFunc(spoolTime, s.later)
	}
}

// tidy lets go what nobody has read for a while, and the longest unread of what is too much. The lock is held.
func (s *spool) tidy(now time.Time) {
	for {
		var kept int64
		var oldest *spooled
		var name string
		for hash, e := range s.files {
			if e.readers > 0 {
				continue
			}
			kept += e.size
			if oldest == nil || e.used.Before(oldest.used) {
				oldest, name = e, hash
			}
		}
		if oldest == nil || kept <= spoolKept && now.Sub(oldest.used) < spoolTime {
			return
		}
		s.drop(name, oldest)
	}
}

// drop forgets a file; the lock is held.
func (s *spool) drop(hash string, e *spooled) {
	delete(s.files, hash)
	e.dropped = true
	s.close(e)
}

func (s *spool) close(e *spooled) {
	if e.readers == 0 && e.f != nil {
		e.f.Close()
		s.bytes -= e.size
		e.f = nil
	}
}

// forget drops a file that was removed; who reads it reads on to its end.
func (s *spool) forget(hash string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.files[hash]; e != nil {
		s.drop(hash, e)
	}
}

func (s *spool) forgetAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for hash, e := range s.files {
		s.drop(hash, e)
	}
}

type spoolReader struct {
	*io.SectionReader
	done func()
}

func (r *spoolReader) Close() error {
	r.done()
	return nil
}
