// Package jobs runs work that follows from facts: a job is enqueued in the transaction of the fact
// that causes it, runs at least once at its time, backs off when it fails, and is kept as a dead
// letter, visible, when it keeps failing. Handlers are therefore idempotent. The queue itself is rows
// of the same database, behind Queue.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Kind names what is to be done; a handler is registered for each.
type Kind string

// Job is one piece of work. Args are ids only, never words of a release.
type Job struct {
	ID      int64
	Kind    Kind
	Args    string
	Dedup   string    // not empty: at most one waiting job has it
	RunAt   time.Time // not before
	Attempt int       // how often it was begun
	Lease   string    // who has it
}

// Attempts before a job is a dead letter: with the back-off below 18 to 24 hours.
const Attempts = 20

// LeaseTime is how long a job belongs to who claimed it; a runner renews it while the handler works.
const LeaseTime = 30 * time.Second

// Queue is the table of jobs.
type Queue interface {
	// Claim takes at most limit due jobs for LeaseTime, oldest first, raising their attempt.
	Claim(ctx context.Context, now time.Time, limit int) ([]Job, error)
	// Renew prolongs a lease; false if it was lost meanwhile.
	Renew(ctx context.Context, j Job, now time.Time) (bool, error)
	// Finish removes a job that is done, unless its lease was lost.
	Finish(ctx context.Context, j Job) error
	// Fail puts a job back to run at a later time, or makes it a dead letter.
	Fail(ctx context.Context, j Job, reason string, runAt time.Time, dead bool) error
	// NextDue is when the next job wants to run; the zero time if none waits.
	NextDue(ctx context.Context) (time.Time, error)
}

// Handler does one job. An error has it tried again.
type Handler func(ctx context.Context, j Job) error

// Runner works through a queue.
type Runner struct {
	queue    Queue
	handlers map[Kind]Handler
	now      func() time.Time
	log      *slog.Logger
	bell     chan struct{}
}

// NewRunner makes a runner; every kind that is enqueued needs a handler.
func NewRunner(q Queue, handlers map[Kind]Handler, now func() time.Time, log *slog.Logger) *Runner {
	return &Runner{queue: q, handlers: handlers, now: now, log: log, bell: make(chan struct{}, 1)}
}

// Ring wakes the runner: a job was enqueued.
func (r *Runner) Ring() {
	select {
	case r.bell <- struct{}{}:
	default:
	}
}

// Run works until ctx ends, with at most four jobs at once, and returns when those have ended.
func (r *Runner) Run(ctx context.Context) {
	const workers = 4
	free := make(chan struct{}, workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		claimed := 0
		if ctx.Err() != nil {
			return
		}
		// Who stops waiting does not know what it was given: a claim that was begun is awaited.
		jobs, err := r.queue.Claim(context.WithoutCancel(ctx), r.now(), workers)
		if err != nil && ctx.Err() == nil {
			r.log.Error("jobs cannot be claimed", "error", err)
		}
		for i, j := range jobs {
			select {
			case free <- struct{}{}:
			case <-ctx.Done():
				for _, j := range jobs[i:] {
					r.giveBack(ctx, j)
				}
				return
			}
			claimed++
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer func() { <-free; r.Ring() }()
				r.do(ctx, j)
			}()
		}
		if claimed > 0 {
			continue
		}
		wait := time.Second // another node may have enqueued, or a lease may have run out
		if due, nerr := r.queue.NextDue(ctx); err == nil && nerr == nil && !due.IsZero() {
			wait = min(wait, max(due.Sub(r.now()), 0)+time.Millisecond)
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-r.bell:
		case <-t.C:
		}
		t.Stop()
	}
}

func (r *Runner) do(ctx context.Context, j Job) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go r.keep(ctx, cancel, j)
	err := r.handle(ctx, j)
	if err == nil {
		if err := r.queue.Finish(context.WithoutCancel(ctx), j); err != nil {
			r.log.Error("a finished job stays in the queue and will run again", "job", j.ID, "kind", j.Kind, "error", err)
		}
		return
	}
	if ctx.Err() != nil && j.Attempt < Attempts {
		r.giveBack(ctx, j)
		return
	}
	dead := j.Attempt >= Attempts
	r.log.Warn("job failed", "job", j.ID, "kind", j.Kind, "attempt", j.Attempt, "dead", dead, "error", err)
	next := r.now()
	if !dead { // one that is given up is due no more: what is told of it is when it was tried last
		next = next.Add(Backoff(j.Attempt))
	}
	if err := r.queue.Fail(context.WithoutCancel(ctx), j, err.Error(), next, dead); err != nil {
		r.log.Error("a failed job could not be put back; its lease runs out", "job", j.ID, "error", err)
	}
}

// giveBack leaves a job that was stopped from outside to whoever runs next, at once: what opens at a
// stated minute must not wait for a lease to run out after a restart. A job whose lease was lost is
// another's already, and stays so.
func (r *Runner) giveBack(ctx context.Context, j Job) {
	if err := r.queue.Fail(context.WithoutCancel(ctx), j, "It was stopped before its end.", r.now(), false); err != nil {
		r.log.Error("a job that was stopped could not be put back; its lease runs out", "job", j.ID, "kind", j.Kind, "error", err)
	}
}

func (r *Runner) handle(ctx context.Context, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.E(fault.Internal, "The job crashed: %v", p).Because(fmt.Errorf("%s", debug.Stack()))
		}
	}()
	h := r.handlers[j.Kind]
	if h == nil {
		return fault.E(fault.Internal, "There is no handler for jobs of the kind %q.", j.Kind)
	}
	return h(ctx, j)
}

// keep renews the lease while the handler works; if it was lost, the handler is told to stop.
func (r *Runner) keep(ctx context.Context, cancel context.CancelFunc, j Job) {
	t := time.NewTicker(LeaseTime / 3)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if ok, err := r.queue.Renew(ctx, j, r.now()); err == nil && !ok {
				cancel()
				return
			}
		}
	}
}

// Backoff is how long to wait after the nth failed attempt: 1 s, doubling to 4 h, less up to a
// quarter by chance so that what failed together does not return together.
func Backoff(attempt int) time.Duration {
	d := time.Second << min(max(attempt-1, 0), 14)
	d = min(d, 4*time.Hour)
	return d - time.Duration(rand.Int64N(int64(d)/4))
}
