package house

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// hangingFiles answer as they are told, and for ever not where they are told nothing.
type hangingFiles struct {
	tell atomic.Pointer[error]
	hang chan struct{}
}

func (f *hangingFiles) say(err error) { f.tell.Store(&err) }

func (f *hangingFiles) Remove(context.Context, string, func(string) (bool, error)) error { return nil }

func (f *hangingFiles) Look(context.Context) error {
	if err := f.tell.Load(); err != nil {
		return *err
	}
	<-f.hang
	return nil
}

// TestFilesThatHang: a file system that does not come back to who asks counts as lost, is asked once, and is well again when it comes back; what changes is logged once.
func TestFilesThatHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		f := &hangingFiles{hang: make(chan struct{})}
		s := New(Options{Files: f, Log: slog.New(slog.NewTextHandler(&log, nil))})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { s.watchFiles(ctx); close(done) }()
		began := time.Now()
		time.Sleep(time.Hour)
		synctest.Wait()
		since, trouble := s.files.state()
		if since.IsZero() || since.Sub(began) > time.Minute || !strings.Contains(trouble, "does not answer") {
			t.Error(since, trouble)
		}
		f.say(nil)
		close(f.hang)
		time.Sleep(time.Second)
		if since, trouble := s.files.state(); !since.IsZero() || trouble != "" {
			t.Error("it came back:", since, trouble)
		}
		f.say(fault.E(fault.Unavailable, "The folder of files x cannot be written: read-only file system.").Because(fs.ErrPermission))
		time.Sleep(10 * time.Minute)
		if since, trouble := s.files.state(); since.IsZero() || !strings.Contains(trouble, "read-only") {
			t.Error(since, trouble)
		}
		f.say(errors.New("what nobody has words for"))
		time.Sleep(time.Minute)
		if since, _ := s.files.state(); since.IsZero() || time.Since(since) < 10*time.Minute {
			t.Error("another reason begins anew:", since)
		}
		stop()
		<-done
		if n := strings.Count(log.String(), "level=ERROR"); n != 3 || strings.Count(log.String(), "level=INFO") != 1 {
			t.Error(log.String())
		}
	})
}

// TestFilesAreUrgent: lost files need somebody, with how long they have been.
func TestFilesAreUrgent(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.sawFiles(fault.E(fault.Unavailable, "The folder is not there."))
	n.pass(3 * time.Minute)
	n.sawFiles(fault.E(fault.Unavailable, "The folder is not there."))
	st := n.state(t)
	if !slices.Equal(codes(st), []string{NeedFiles}) || !st.Needs[0].Urgent || st.Needs[0].For != 3*time.Minute || st.Storage.FilesTrouble != "The folder is not there." {
		t.Errorf("%+v", st)
	}
	n.sawFiles(nil)
	if st := n.state(t); len(st.Needs) > 0 {
		t.Errorf("%+v", st.Needs)
	}
}
