package store_test

import (
	"context"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/store"
)

// TestWriteAfterClose: who comes too late is told, and does not wait for a writer that is gone.
func TestWriteAfterClose(t *testing.T) { onBoth(t, testWriteAfterClose) }

func testWriteAfterClose(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for range 50 { // the queue has room: which way select goes is chance
		if err := s.Write(ctx, func(*store.Tx) error { return nil }); fault.KindOf(err) != fault.Unavailable || ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}

// TestDeadJobIsRevived: what enqueues a job anew means it to be done, also if the last one is a dead letter.
func TestDeadJobIsRevived(t *testing.T) { onBoth(t, testDeadJobIsRevived) }

func testDeadJobIsRevived(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	q, now := s.Jobs(), time.Now()
	put := func(at time.Time) {
		t.Helper()
		if err := s.Write(ctx, func(t *store.Tx) error { return t.Enqueue(jobs.Job{Kind: "a", Dedup: "one", RunAt: at}) }); err != nil {
			t.Fatal(err)
		}
	}
	put(now)
	js, err := q.Claim(ctx, now, 1)
	if err != nil || len(js) != 1 {
		t.Fatal(js, err)
	}
	if err := q.Fail(ctx, js[0], "boom", now, true); err != nil {
		t.Fatal(err)
	}
	put(now.Add(time.Hour))
	if js, err := q.Claim(ctx, now, 1); err != nil || len(js) != 0 {
		t.Errorf("before its time: %v, %v", js, err)
	}
	if js, err := q.Claim(ctx, now.Add(time.Hour), 1); err != nil || len(js) != 1 || js[0].Attempt != 1 {
		t.Errorf("a dead letter kept a new job out: %v, %v", js, err)
	}
}

// TestJobOfAKilledProcess is taken up as soon as the folder is opened again, not when its lease ends; and
// who held it no longer does.
func TestJobOfAKilledProcess(t *testing.T) { onBoth(t, testJobOfAKilledProcess) }

func testJobOfAKilledProcess(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	s := open(t, dir)
	if err := s.Write(ctx, func(t *store.Tx) error { return t.Enqueue(jobs.Job{Kind: "a", RunAt: now}) }); err != nil {
		t.Fatal(err)
	}
	held, err := s.Jobs().Claim(ctx, now, 1)
	if err != nil || len(held) != 1 {
		t.Fatal(held, err)
	}
	if js, err := s.Jobs().Claim(ctx, now, 1); err != nil || len(js) != 0 {
		t.Fatalf("claimed twice: %v, %v", js, err)
	}
	s.Close() // the job is neither finished nor failed, as after a kill
	s = open(t, dir)
	js, err := s.Jobs().Claim(ctx, now, 1)
	if err != nil || len(js) != 1 || js[0].Attempt != 2 {
		t.Fatalf("%v, %v", js, err)
	}
	if ok, err := s.Jobs().Renew(ctx, held[0], now); err != nil || ok {
		t.Errorf("the old lease still holds: %v, %v", ok, err)
	}
}

// TestJobWithoutTime runs at once.
func TestJobWithoutTime(t *testing.T) { onBoth(t, testJobWithoutTime) }

func testJobWithoutTime(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	if err := s.Write(ctx, func(t *store.Tx) error { return t.Enqueue(jobs.Job{Kind: "a"}) }); err != nil {
		t.Fatal(err)
	}
	if js, err := s.Jobs().Claim(ctx, time.Now(), 1); err != nil || len(js) != 1 {
		t.Error(js, err)
	}
}

// TestMemberGivenUp: who makes a member may give up waiting; it is not there then, and can be made another time.
func TestMemberGivenUp(t *testing.T) { onBoth(t, testMemberGivenUp) }

func testMemberGivenUp(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	held, gone := make(chan struct{}), make(chan struct{})
	go s.Write(ctx, func(*store.Tx) error { close(held); <-gone; return nil })
	<-held
	waiting, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	err := s.AddMember(waiting, member("alfa"))
	close(gone)
	if fault.KindOf(err) != fault.Unavailable {
		t.Fatal(err)
	}
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	if err := leaf(s, "alfa"); err != nil {
		t.Fatal(err)
	}
	checkLog(t, s, "alfa-public")
}
