package store

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
)

// TestPingKnowsOfAFullDisk: a commit that found no room makes the node unready; a mistake of a caller
// and a change that published nothing alter nothing in that; it is ready again after a publication,
// and by itself once the disk takes what is written.
func TestPingKnowsOfAFullDisk(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var clock atomic.Int64
	clock.Store(time.Now().UnixNano())
	s, err := Open(ctx, t.TempDir(), func() time.Time { return time.Unix(0, clock.Load()) }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const small, large = 1, 1_000_000
	write := func(pages, bytes int) error {
		return s.Write(ctx, func(t *Tx) error {
			// SQLite's own bound answers as a full disk does.
			if _, err := t.exec(fmt.Sprintf("pragma max_page_count = %d", pages)); err != nil {
				return err
			}
			return t.Enqueue(jobs.Job{Kind: "a", Args: strings.Repeat("a", bytes), RunAt: s.now().Add(time.Hour)})
		})
	}
	unready := func(when string) {
		t.Helper()
		if err := s.Ping(ctx); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "full") || !strings.Contains(err.Error(), s.Dir()) {
			t.Errorf("%s: %v", when, err)
		}
	}
	ready := func(when string) {
		t.Helper()
		if err := s.Ping(ctx); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	ready("at first")
	mistake := func() error {
		return s.Write(ctx, func(*Tx) error { return fault.E(fault.Invalid, "No.") })
	}
	if mistake() == nil {
		t.Fatal("no error")
	}
	ready("after a mistake")

	if err := write(small, 1<<20); fault.KindOf(err) != fault.Unavailable {
		t.Fatal(err)
	}
	unready("on a full disk")
	if mistake() == nil {
		t.Fatal("no error")
	}
	if err := s.Write(ctx, func(*Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	unready("after what says nothing of the disk")
	if err := write(large, 10); err != nil {
		t.Fatal(err)
	}
	ready("after a change that was committed")

	if write(small, 1<<20) == nil {
		t.Fatal("no error")
	}
	unready("on a full disk again")
	clock.Add(int64(time.Second))
	ready("with room again, and nothing published since")
	ready("and so it stays")
}
