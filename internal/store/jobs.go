package store

import (
	"context"
	"crypto/rand"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
)

// Enqueue adds a job within the transaction of the fact that causes it; without a RunAt it is due at
// once. With a Dedup that a waiting job has already, that job's time becomes the earlier of the two; a
// dead letter that has it is given a new life.
func (t *Tx) Enqueue(j jobs.Job) error {
	if j.RunAt.IsZero() {
		j.RunAt = t.s.now()
	}
	_, err := t.exec(`insert into job (kind, args, dedup, run_at, lease_until, lease, attempt, dead, last_error, created) values ($1, $2, $3, $4, 0, '', 0, 0, '', $5)
		on conflict (dedup) where dedup <> '' do update set run_at = case when job.dead <> 0 or excluded.run_at < job.run_at then excluded.run_at else job.run_at end,
			attempt = case when job.dead <> 0 then 0 else job.attempt end, dead = 0`,
		string(j.Kind), j.Args, j.Dedup, micros(j.RunAt), micros(t.s.now()))
	t.events = true // wakes the runner
	return err
}

// Dequeue removes a waiting job by its dedup key; it is no error if there is none.
func (t *Tx) Dequeue(dedup string) error {
	_, err := t.exec("delete from job where dedup = $1 and dedup <> ''", dedup)
	return err
}

// Jobs is the store as a jobs.Queue.
func (s *Store) Jobs() jobs.Queue { return queue{s} }

type queue struct{ s *Store }

// mine leaves out what only the first node does.
func (q queue) mine() string {
	if q.s.e.first() {
		return ""
	}
	return " and kind not in ('" + string(JobPrints) + "', '" + string(JobStories) + "', '" + string(JobIndex) + "')"
}

func (q queue) Claim(ctx context.Context, now time.Time, limit int) (out []jobs.Job, err error) {
	due, err := q.NextDue(ctx)
	if err != nil || due.IsZero() || due.After(now) {
		return nil, err // an idle queue costs no write
	}
	err = q.s.Write(ctx, func(t *Tx) error {
		out = nil
		rows, err := t.query(`update job set lease_until = $1, lease = $2, attempt = attempt + 1 where id in
			(select id from job where dead = 0 and run_at <= $3 and lease_until <= $3`+q.mine()+` order by run_at, id limit +$4)
			returning id, kind, args, dedup, run_at, attempt, lease`, micros(now.Add(jobs.LeaseTime)), q.s.node+"/"+rand.Text(), micros(now), limit)
		if err != nil {
			return err
		}
		for rows.Next() {
			var j jobs.Job
			var at int64
			if err := rows.Scan(&j.ID, &j.Kind, &j.Args, &j.Dedup, &at, &j.Attempt, &j.Lease); err != nil {
				rows.Close()
				return err
			}
			j.RunAt = fromMicros(at)
			out = append(out, j)
		}
		return closeRows(rows)
	})
	return out, err
}

func (q queue) Renew(ctx context.Context, j jobs.Job, now time.Time) (ok bool, err error) {
	err = q.s.Write(ctx, func(t *Tx) error {
		res, err := t.exec("update job set lease_until = $1 where id = $2 and lease = $3", micros(now.Add(jobs.LeaseTime)), j.ID, j.Lease)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n == 1
		return err
	})
	return ok, err
}

func (q queue) Finish(ctx context.Context, j jobs.Job) error {
	return q.s.Write(ctx, func(t *Tx) error {
		_, err := t.exec("delete from job where id = $1 and lease = $2", j.ID, j.Lease)
		return err
	})
}

func (q queue) Fail(ctx context.Context, j jobs.Job, reason string, runAt time.Time, dead bool) error {
	if len(reason) > 2000 {
		reason = reason[:2000]
	}
	return q.s.Write(ctx, func(t *Tx) error {
		_, err := t.exec("update job set lease_until = 0, lease = '', run_at = $1, dead = $2, last_error = $3 where id = $4 and lease = $5",
			micros(runAt), dead, reason, j.ID, j.Lease)
		return err
	})
}

func (q queue) NextDue(ctx context.Context) (time.Time, error) {
	var at *int64
	err := q.s.r.QueryRowContext(ctx, "select min(case when run_at > lease_until then run_at else lease_until end) from job where dead = 0"+q.mine()).Scan(&at)
	if err != nil || at == nil {
		return time.Time{}, err
	}
	return time.UnixMicro(*at).UTC(), nil // also 0: a job without a time is due, not missing
}

// DeadJob is a job that kept failing.
type DeadJob struct {
	jobs.Job
	Error string
}

// DeadJobs lists the dead letters, newest first.
func (s *Store) DeadJobs(ctx context.Context, limit int) ([]DeadJob, error) {
	rows, err := s.r.QueryContext(ctx, "select id, kind, args, dedup, run_at, attempt, last_error from job where dead <> 0 order by id desc limit +$1", limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []DeadJob
	for rows.Next() {
		var d DeadJob
		var at int64
		if err := rows.Scan(&d.ID, &d.Kind, &d.Args, &d.Dedup, &at, &d.Attempt, &d.Error); err != nil {
			return nil, err
		}
		d.RunAt = fromMicros(at)
		out = append(out, d)
	}
	return out, rows.Err()
}

// RetryJob gives a dead letter a new life; NotFound when there is none with this id. noted is written in the same transaction.
func (s *Store) RetryJob(ctx context.Context, id int64, noted ...func(*Tx) error) error {
	return s.deadJob(ctx, id, noted, "update job set dead = 0, attempt = 0, run_at = $2, lease_until = 0 where id = $1 and dead <> 0", micros(s.now()))
}

// deadJob does something with a job that was given up, and notes it.
func (s *Store) deadJob(ctx context.Context, id int64, noted []func(*Tx) error, query string, more ...any) error {
	return s.Write(ctx, func(t *Tx) error {
		t.events = true // who works is woken
		if err := t.one(fault.E(fault.NotFound, "There is no job %d that was given up.", id), query, append([]any{id}, more...)...); err != nil {
			return err
		}
		for _, note := range noted {
			if err := note(t); err != nil {
				return err
			}
		}
		return nil
	})
}
