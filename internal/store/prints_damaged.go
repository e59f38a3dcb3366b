package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/story"
)

// What is kept of a text to find its copies and its story can be damaged, by a disk or by hand, or be of an older form.
// It is drawn again from the words, which are kept with a hash; nothing else waits for it.

// Damaged notes in the log that what is kept of a document cannot be read and is passed over.
func (s *Store) Damaged(ctx context.Context, what string, doc int64) {
	s.log.ErrorContext(ctx, "what is kept of a text is damaged and is passed over", "what", what, "document", doc)
}

// redraw drops a sketch that cannot be read and has it drawn again.
func (t *Tx) redraw(id uint32, doc int64) error {
	if err := t.dropSketch(id, doc); err != nil {
		return err
	}
	if _, err := t.exec("delete from reuse where doc = $1", doc); err != nil {
		return err
	}
	if _, err := t.exec("insert into print_due (doc) values ($1) on conflict (doc) do nothing", doc); err != nil {
		return err
	}
	return t.planPrints()
}

// What one step of reformPrints takes out: some milliseconds of writing, also where there are half a million texts.
const (
	reformTexts   = 256
	reformBuckets = 64 // each holds a share of all texts
)

// reformPrints has all texts drawn again, the earliest first, where a former version of the program drew them otherwise: sketches of two forms cannot be
// compared. All are of one form always, so the oldest tells of all. It takes steps, a transaction each, and rests between them as other long work does; nothing is
// drawn meanwhile. The sketches go last, the oldest first: stopped anywhere, what is left says that it is to go on. After the last step all texts are due.
func (s *Store) reformPrints(ctx context.Context) error {
	for from, next := 0, 0; from < story.Buckets; from = next {
		if old, err := s.reformStep(ctx, func(t *Tx) (err error) {
			ids, err := t.numbers("select bucket from print_bucket where bucket >= $1 order by bucket limit +$2", from, reformBuckets)
			if err != nil {
				return err
			}
			next = story.Buckets
			if len(ids) == reformBuckets {
				next = int(ids[len(ids)-1]) + 1
			}
			if _, err := t.exec("delete from print_bucket where bucket >= $1 and bucket < $2", from, next); err != nil {
				return err
			}
			_, err = t.exec("delete from setting where name = 'prints'")
			return err
		}); err != nil || !old {
			return err
		}
	}
	for {
		if old, err := s.reformStep(ctx, func(t *Tx) error {
			docs, err := t.numbers("select doc from sketch order by id limit +$1", reformTexts)
			if err != nil || len(docs) == 0 {
				return err
			}
			args := make([]any, len(docs))
			for i, doc := range docs {
				args[i] = doc
			}
			in, args := among(args)
			for _, statement := range []string{"insert into print_due (doc) select doc from sketch where doc in (" + in + ") on conflict (doc) do nothing",
				"delete from reuse where doc in (" + in + ")", "delete from sketch where doc in (" + in + ")"} {
				if _, err := t.exec(statement, args...); err != nil {
					return err
				}
			}
			return t.planPrints()
		}); err != nil || !old {
			return err
		}
	}
}

// PlanPrints has reformPrints begin soon where there is anything for it: at a start, and not only when a text comes.
func (s *Store) PlanPrints(ctx context.Context) error {
	if old, err := oldPrints(ctx, s.r); err != nil || !old {
		return err
	}
	return s.Write(ctx, func(t *Tx) error { return t.planPrints() })
}

// planPrints has what is due drawn.
func (t *Tx) planPrints() error {
	return t.Enqueue(jobs.Job{Kind: JobPrints, Dedup: string(JobPrints), RunAt: t.s.now().Add(printPause)})
}

// reformStep writes a step of reformPrints and rests, if there is something of a former form.
func (s *Store) reformStep(ctx context.Context, step func(*Tx) error) (old bool, err error) {
	if old, err = oldPrints(ctx, s.r); err != nil || !old {
		return false, err
	}
	start := time.Now()
	if err := s.Write(ctx, func(t *Tx) error {
		if !s.e.first() {
			return errNotFirst
		}
		return step(t)
	}); err != nil {
		return false, err
	}
	return true, s.Rest(ctx, start)
}

// Rest waits as long as what began at start has taken, and up to twenty times as long while much is being published: where much is
// to be done, whoever reads and publishes is not to wait for it.
func (s *Store) Rest(ctx context.Context, start time.Time) error {
	select {
	case <-time.After(time.Duration(float64(time.Since(start)) * (1 + 19*s.Busy()))):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// oldPrints reports whether the sketches are of a former form.
func oldPrints(ctx context.Context, q asking) (bool, error) {
	var units []byte
	err := q.QueryRowContext(ctx, "select units from sketch order by id limit 1").Scan(&units)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil && story.Outdated(units), err
}

// dropSketch drops a sketch whose prints are not known: its postings are looked for in every bucket.
func (t *Tx) dropSketch(id uint32, doc int64) error {
	if _, err := t.exec("delete from sketch where doc = $1", doc); err != nil {
		return err
	}
	if err := t.leftPrints(id); err != nil {
		return err
	}
	without := func(p story.Postings) (story.Postings, bool) {
		n := len(p)
		p = slices.DeleteFunc(p, func(posting uint64) bool { return story.DocOf(posting) == id })
		return p, len(p) < n
	}
	t.prints = append(t.prints, func(x *printIndex) {
		for i := range x.waiting {
			x.waiting[i], _ = without(x.waiting[i])
		}
	})
	for from := 0; from < story.Buckets; from += bucketsAtOnce {
		rows, err := t.query("select bucket, postings from print_bucket where bucket >= $1 and bucket < $2", from, from+bucketsAtOnce)
		if err != nil {
			return err
		}
		changed := map[int]story.Postings{}
		for rows.Next() {
			var n int
			var b []byte
			if err := rows.Scan(&n, &b); err != nil {
				rows.Close()
				return err
			}
			if p, was := without(story.PostingsOf(b)); was {
				changed[n] = p
			}
		}
		if err := closeRows(rows); err != nil {
			return err
		}
		for n, p := range changed {
			if err := t.putBucket(n, p); err != nil {
				return err
			}
		}
	}
	return nil
}
