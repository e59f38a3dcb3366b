package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/jobs"
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
