package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
)

// stuck is a queue on a full disk: a job is due, and nobody can claim it.
type stuck struct {
	jobs.Queue
	claims atomic.Int32
}

func (s *stuck) Claim(context.Context, time.Time, int) ([]jobs.Job, error) {
	s.claims.Add(1)
	return nil, errors.New("the disk is full")
}

func (s *stuck) NextDue(context.Context) (time.Time, error) { return time.Now().Add(-time.Hour), nil }

// TestClaimThatFailsIsNotAStorm: a queue that cannot be written is asked once a second, not as fast as it answers.
func TestClaimThatFailsIsNotAStorm(t *testing.T) {
	t.Parallel()
	q := &stuck{}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	jobs.NewRunner(q, nil, time.Now, slog.New(slog.DiscardHandler)).Run(ctx)
	if n := q.claims.Load(); n > 2 {
		t.Errorf("%d attempts in 300 ms", n)
	}
}

// TestAttemptsLastADay: what the operator mends within a day is done without her.
func TestAttemptsLastADay(t *testing.T) {
	t.Parallel()
	var all time.Duration
	for n := 1; n < jobs.Attempts; n++ {
		all += jobs.Backoff(n)
	}
	if all < 18*time.Hour || all > 30*time.Hour {
		t.Errorf("given up after %s", all)
	}
}

// TestStoppedJobsAreGivenBack: a node that is stopped while it works leaves its jobs, those that were
// begun and those that were only claimed, to the next start at once, not when a lease runs out.
func TestStoppedJobsAreGivenBack(t *testing.T) {
	t.Parallel()
	quiet := slog.New(slog.DiscardHandler)
	s, err := store.Open(context.Background(), testkit.Folder(t), time.Now, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const all = 7 // more than run at once
	err = s.Write(context.Background(), func(t *store.Tx) error {
		for range all {
			if err := t.Enqueue(jobs.Job{Kind: "slow"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	begun := make(chan struct{}, all)
	slow := func(ctx context.Context, _ jobs.Job) error {
		begun <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		jobs.NewRunner(s.Jobs(), map[jobs.Kind]jobs.Handler{"slow": slow}, time.Now, quiet).Run(ctx)
	}()
	for range 4 {
		<-begun
	}
	time.Sleep(50 * time.Millisecond) // it claims those that must wait for a free worker
	stop()
	<-ended
	again, err := s.Jobs().Claim(context.Background(), time.Now(), all+1)
	if err != nil || len(again) != all {
		t.Fatalf("%d of %d jobs are there for the next start, %v", len(again), all, err)
	}
	if dead, err := s.DeadJobs(context.Background(), 10); err != nil || len(dead) != 0 {
		t.Error("dead letters:", dead, err)
	}
}
