package house

import (
	"context"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// DefaultFilesEach is between two looks at the files: soon enough that somebody hears of it, and cheap where a server is paid by request.
const DefaultFilesEach = 30 * time.Second

// filesTime is how long one look at the files may take.
const filesTime = 25 * time.Second

// files is whether the files outside the database can be kept and read.
type files struct {
	mu      sync.Mutex
	lost    time.Time // since when not; zero: they can, as far as is known
	trouble string    // why, for the operator
}

func (f *files) state() (lost time.Time, trouble string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lost, f.trouble
}

// FilesLost is since when files cannot be kept or read where they lie; the zero time: they can, as far as is known.
func (s *Service) FilesLost() time.Time {
	lost, _ := s.files.state()
	return lost
}

// errSilentFiles is for a file system that does not come back to who asks, as that of a server that is gone.
var errSilentFiles = fault.E(fault.Unavailable, "The place of files does not answer: look at the server from which its folder is mounted.")

// watchFiles looks at the files until ctx ends. One look at a time: a file system that hangs holds whoever asks it.
func (s *Service) watchFiles(ctx context.Context) {
	for {
		done := make(chan error, 1)
		go func() {
			look, stop := context.WithTimeout(ctx, filesTime)
			defer stop()
			done <- s.Files.Look(look)
		}()
		silent := time.NewTimer(filesTime + filesTime/5)
	wait:
		for {
			select {
			case <-ctx.Done():
				silent.Stop()
				return
			case <-silent.C:
				s.sawFiles(errSilentFiles)
			case err := <-done:
				silent.Stop()
				if ctx.Err() == nil {
					s.sawFiles(err)
				}
				break wait
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.FilesEach):
		}
	}
}

// sawFiles notes what a look at the files found. The log is told when that changes.
func (s *Service) sawFiles(err error) {
	trouble := ""
	if err != nil {
		trouble, _ = fault.Public(err)
	}
	f := &s.files
	f.mu.Lock()
	was, since := f.trouble, f.lost
	f.trouble = trouble
	switch {
	case err == nil:
		f.lost = time.Time{}
	case since.IsZero():
		f.lost = s.Now().UTC()
	}
	f.mu.Unlock()
	switch {
	case err != nil && trouble != was:
		s.Log.Error("files cannot be kept or read where they lie; texts go on", "error", err)
	case err == nil && !since.IsZero():
		s.Log.Info("files can be kept and read again", "lost", s.Now().Sub(since).Round(time.Second))
	}
}
