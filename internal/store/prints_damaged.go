package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

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
	return t.Enqueue(jobs.Job{Kind: JobPrints, Dedup: string(JobPrints), RunAt: t.s.now().Add(printPause)})
}

// reformPrints has all texts drawn again, the earliest first, where a former version of the program drew them otherwise:
// sketches of two forms cannot be compared. All are of one form always, so the oldest tells of all.
func (t *Tx) reformPrints() error {
	var units []byte
	err := t.row("select units from sketch order by id limit 1", nil, &units)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !story.Outdated(units) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"insert into print_due (doc) select doc from sketch where 1 = 1 on conflict (doc) do nothing",
		"delete from sketch", "delete from print_bucket", "delete from reuse", "delete from setting where name = 'prints'",
	} {
		if _, err := t.exec(statement); err != nil {
			return err
		}
	}
	return t.Enqueue(jobs.Job{Kind: JobPrints, Dedup: string(JobPrints), RunAt: t.s.now().Add(printPause)})
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
