package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/story"
)

// Stories. A document that comes into the index of words is noted as due in the same transaction, and a job finds which
// others report the same event. A document that leaves the index, or whose words do, loses what was kept of them in the
// transaction that takes it out, and whoever holds it in memory is told. A release is one report, in all its languages;
// it stays in its story while it has a text, also with new words.

// JobStories places the texts that are due.
const JobStories jobs.Kind = "story.place"

// OnTextsGone has f told, after each commit, which documents lost the words that they had. It is called by the writer,
// which waits for it. Call it before the store is in use.
func (s *Store) OnTextsGone(f func(docs []int64)) { s.textsGone = f }

// noteStories drops what is kept of the texts that leave the index of words or are replaced, and notes as due what comes
// with words.
func (t *Tx) noteStories(order []int64, newest map[int64]*IndexDoc) error {
	due := false
	for _, doc := range order {
		if !t.isNew(doc) {
			if _, err := t.exec("delete from story_due where doc = $1", doc); err != nil {
				return err
			}
			if _, err := t.exec("delete from story_text where doc = $1", doc); err != nil {
				return err
			}
			t.gone = append(t.gone, doc)
		}
		if newest[doc] != nil && newest[doc].Body != "" {
			if _, err := t.exec("insert into story_due (doc) values ($1)", doc); err != nil {
				return err
			}
			due = true
		}
	}
	for i, doc := range order {
		position, _ := SplitDocID(doc)
		if i > 0 && order[i-1]>>ordinalBits == position || t.isNew(doc) {
			continue
		}
		if err := t.leaveStory(position); err != nil {
			return err
		}
	}
	if !due {
		return nil
	}
	return t.Enqueue(jobs.Job{Kind: JobStories, Dedup: string(JobStories), RunAt: t.s.now().Add(printPause)})
}

// leaveStory takes a report that has no text any more out of its story, and drops what was told of words that it had. Its
// row stays while links or decisions name it.
func (t *Tx) leaveStory(position int64) error {
	var story int64
	err := t.row("select story from story_report where position = $1", []any{position}, &story)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := t.exec("update story_link set because = x'' where position = $1 or other = $1", position); err != nil {
		return err
	}
	var text, named bool
	if err := t.row(`select exists (select 1 from story_text where doc between $1 and $2) or exists (select 1 from story_due where doc between $1 and $2)`,
		[]any{DocID(position, 0), DocID(position+1, 0) - 1}, &text); err != nil || text {
		return err
	}
	if err := t.forgetReasons(position); err != nil {
		return err
	}
	if err := t.row(`select exists (select 1 from story_link where position = $1 or other = $1) or exists (select 1 from story_pair where low = $1 or high = $1)`,
		[]any{position}, &named); err != nil {
		return err
	}
	leave := "delete from story_report where position = $1"
	if named {
		leave = "update story_report set gone = 1, together = 0 where position = $1"
	}
	if _, err := t.exec(leave, position); err != nil {
		return err
	}
	return t.settleStory(story)
}

// settleStory gives a story the number of its first report, and notes whether it has several.
func (t *Tx) settleStory(story int64) error {
	var first, reports int64
	if err := t.row("select coalesce(min(position), 0), coalesce(sum(1 - gone), 0) from story_report where story = $1", []any{story}, &first, &reports); err != nil {
		return err
	}
	_, err := t.exec("update story_report set story = $1, together = (1 - gone) * $2 where story = $3", first, min(max(reports-1, 0), 1), story)
	return err
}

// DueTexts lists the documents that are to be placed, the earliest first, at most limit.
func (s *Store) DueTexts(ctx context.Context, limit int) ([]DuePrint, error) {
	return list(ctx, s, func(scan func(...any) error) (d DuePrint, err error) { err = scan(&d.ID, &d.Doc); return d, err },
		"select id, doc from story_due order by doc limit +$1", limit)
}

// PlacedText is a document that was due. Without traits it is not kept.
type PlacedText struct {
	DuePrint
	At     time.Time
	Traits []byte
	Vector []byte // empty where no engine was asked
}

// MaxTogether is how many reports of a story are looked at when another is placed.
const MaxTogether = 100

// PutPlaced writes what was read of documents that were due, and what they were linked to. It returns the documents that
// are due no more, because they left meanwhile or have other words: they are passed over, and the links of their reports
// too. If no other is due, the job ends in the same transaction. One caller at a time.
func (s *Store) PutPlaced(ctx context.Context, all []PlacedText, links []StoryLink, job jobs.Job) (passed []int64, err error) {
	defer fault.Wrap(&err, "put stories")
	err = s.Write(ctx, func(t *Tx) error {
		passed = nil
		if !t.s.e.first() {
			return errNotFirst
		}
		stale := map[int64]bool{} // reports
		for _, k := range all {
			res, err := t.exec("delete from story_due where id = $1", k.ID)
			if err != nil {
				return err
			}
			due, err := res.RowsAffected()
			if err != nil {
				return err
			}
			position, _ := SplitDocID(k.Doc)
			switch {
			case due == 0:
				passed, stale[position] = append(passed, k.Doc), true
			case len(k.Traits) == 0:
				err = t.leaveStory(position)
			default:
				err = t.placeText(position, k)
			}
			if err != nil {
				return err
			}
		}
		for _, l := range links {
			if stale[l.Position] || stale[l.Other] {
				continue
			}
			if err := t.link(l); err != nil {
				return err
			}
		}
		var more bool
		if err := t.row("select exists (select 1 from story_due)", nil, &more); err != nil || more {
			return err
		}
		_, err := t.exec("delete from job where id = $1 and lease = $2", job.ID, job.Lease)
		return err
	})
	return passed, err
}

// placeText keeps what was read of a text; its report is a story of its own until it is linked.
func (t *Tx) placeText(position int64, k PlacedText) error {
	if _, err := t.exec("insert into story_text (doc, at, traits, vector) values ($1, $2, $3, $4)", k.Doc, k.At.Unix(), k.Traits, append([]byte{}, k.Vector...)); err != nil {
		return err
	}
	res, err := t.exec("update story_report set gone = 0 where position = $1 and gone = 1", position)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return errors.Join(err, t.arrange(position))
	}
	_, err = t.exec("insert into story_report (position, story, together) values ($1, $1, 0) on conflict (position) do nothing", position)
	return err
}

// PutTraits writes anew by what documents are compared; one that is kept no more is passed over. One caller at a time.
func (s *Store) PutTraits(ctx context.Context, all []StoryText) (err error) {
	defer fault.Wrap(&err, "put stories")
	return s.Write(ctx, func(t *Tx) error {
		if !t.s.e.first() {
			return errNotFirst
		}
		for _, k := range all {
			if _, err := t.exec("update story_text set traits = $1 where doc = $2", k.Traits, k.Doc); err != nil {
				return err
			}
		}
		return nil
	})
}

// StoryText is what is kept of a text to compare others with it.
type StoryText struct {
	Doc    int64
	At     time.Time
	Traits []byte
	Vector []byte
	Story  int64 // only those of one story have the same
}

// StoryTexts hands over the newest documents that are kept, at most limit, oldest first, one by one. One that was
// published longer than a window before the newest of all is left out.
func (s *Store) StoryTexts(ctx context.Context, limit int, window time.Duration, each func(StoryText) error) (err error) {
	defer fault.Wrap(&err, "read stories")
	rows, err := s.r.QueryContext(ctx, `select doc, at, traits, vector, coalesce((select story from story_report where position = doc / 64), doc / 64) from (select doc, at, traits, vector from story_text order by doc desc limit +$1) k
		where at >= (select max(at) from (select at from story_text order by doc desc limit +$1) n) - $2 order by doc`, limit, int64(window/time.Second))
	if err != nil {
		return err
	}
	for rows.Next() {
		var k StoryText
		var at int64
		err := rows.Scan(&k.Doc, &at, &k.Traits, &k.Vector, &k.Story)
		if err == nil {
			k.At = time.Unix(at, 0).UTC()
			err = each(k)
		}
		if err != nil {
			rows.Close()
			return err
		}
	}
	return closeRows(rows)
}

// StoryAt lists the positions of the reports of a report's story, itself among them, in order: the first most of them.
// It is empty if the report is in none.
func (s *Store) StoryAt(ctx context.Context, position int64, most int) ([]int64, error) {
	return s.positions(ctx, "select position from story_report where story = (select story from story_report where position = $1) and gone = 0 order by position limit +$2", position, most)
}

// TogetherBefore lists reports that are in a story with others, the newest before a position first, at most limit.
func (s *Store) TogetherBefore(ctx context.Context, position int64, limit int) ([]int64, error) {
	return s.positions(ctx, "select position from story_report where together = 1 and position < $1 order by position desc limit +$2", position, limit)
}

func (s *Store) positions(ctx context.Context, query string, args ...any) ([]int64, error) {
	return list(ctx, s, func(scan func(...any) error) (p int64, err error) { err = scan(&p); return p, err }, query, args...)
}

// TextUse is that a text uses the words of an earlier one.
type TextUse struct {
	Later, Earlier int64 // documents
	Kind           story.Kind
}

// UsesOf lists which texts of other reports the texts of a report use, at most limit.
func (s *Store) UsesOf(ctx context.Context, position int64, limit int) ([]TextUse, error) {
	return list(ctx, s, func(scan func(...any) error) (u TextUse, err error) {
		err = scan(&u.Later, &u.Earlier, &u.Kind)
		return u, err
	},
		"select doc, earlier, kind from reuse where doc between $1 and $2 order by doc, earlier limit +$3", DocID(position, 0), DocID(position+1, 0)-1, limit)
}
