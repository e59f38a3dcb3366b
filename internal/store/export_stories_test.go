package store

import (
	"context"
	"time"
)

// PlaceReport enters a report as the job of stories does when it finds it linked to another one; other 0: to none.
func (s *Store) PlaceReport(ctx context.Context, position, other int64, because string) error {
	return s.Write(ctx, func(t *Tx) error {
		doc := DocID(position, 0)
		if _, err := t.exec("delete from story_text where doc = $1", doc); err != nil {
			return err
		}
		if err := t.placeText(position, PlacedText{DuePrint: DuePrint{Doc: doc}, At: time.Unix(position, 0), Traits: []byte{1}}); err != nil || other == 0 {
			return err
		}
		return t.link(StoryLink{Position: position, Other: other, Because: []byte(because)})
	})
}

// LeaveReport takes a report's text away, as its withdrawal does.
func (s *Store) LeaveReport(ctx context.Context, position int64) error {
	return s.Write(ctx, func(t *Tx) error {
		if _, err := t.exec("delete from story_text where doc = $1", DocID(position, 0)); err != nil {
			return err
		}
		return t.leaveStory(position)
	})
}

// Arrange works stories out again from decisions and links; if fresh, as though nothing were known of them.
func (s *Store) Arrange(ctx context.Context, fresh bool, positions ...int64) error {
	return s.Write(ctx, func(t *Tx) error {
		for _, p := range positions {
			if !fresh {
				break
			}
			if _, err := t.exec("update story_report set story = position, together = 0 where position = $1", p); err != nil {
				return err
			}
		}
		return t.arrange(positions...)
	})
}

// Said is one word of a decision that stands.
type Said struct{ Decision, Low, High, Word int64 }

// SaidBetween lists what stands decided of reports in a range.
func (s *Store) SaidBetween(ctx context.Context, from, to int64) ([]Said, error) {
	return list(ctx, s, func(scan func(...any) error) (w Said, err error) {
		err = scan(&w.Decision, &w.Low, &w.High, &w.Word)
		return w, err
	}, "select p.decision, p.low, p.high, p.word from story_pair p join story_decision d on d.id = p.decision where p.low between $1 and $2 and p.word in (1, -1) and d.undone = 0", from, to)
}
