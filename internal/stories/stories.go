// Package stories keeps what tells which texts on this node belong together: after a text came, was changed or opened, a
// job draws its prints and notes which earlier ones it uses, and another finds which report the same event. It answers who
// copied whom, and what is told of an event in all languages, through internal/access. What the comparisons are made of is
// internal/story.
package stories

import (
	"context"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/wire"
)

// Service draws prints, places texts in stories, and answers who uses whom and what belongs together.
type Service struct {
	store   *store.Store
	browse  *browse.Service
	one     sync.Mutex // one job of each kind at a time
	placing sync.Mutex
	linking linking
	now     func() time.Time

	Meaning *Meaning // nil: no engine
}

// New makes the service; now is the wall clock. The store is not in use yet.
func New(s *store.Store, b *browse.Service, now func() time.Time) *Service {
	n := &Service{store: s, browse: b, now: now}
	s.OnTextsGone(n.linking.textsGone)
	s.OnTold(n.toldElsewhere)
	return n
}

// Handlers are the jobs that follow from what came.
func (s *Service) Handlers() map[jobs.Kind]jobs.Handler {
	return map[jobs.Kind]jobs.Handler{store.JobPrints: s.draw, store.JobStories: s.place}
}

const (
	batch = 32 // sketches written at once
	most  = 16 // earlier texts that are noted for one
)

// draw makes the sketches that are due. Each batch is on disk before the next begins; a job that is stopped or repeated
// goes on with what is left.
func (s *Service) draw(ctx context.Context, j jobs.Job) (err error) {
	defer fault.Wrap(&err, "draw prints")
	s.one.Lock()
	defer s.one.Unlock()
	if err := s.store.LoadPrints(ctx); err != nil {
		return err
	}
	for {
		start := time.Now()
		due, err := s.store.DuePrints(ctx, batch)
		if err != nil {
			return err
		}
		var done []store.Sketched
		for _, d := range due {
			k, err := s.sketched(ctx, d, done)
			if err != nil {
				return err
			}
			done = append(done, k)
		}
		if err := s.store.PutSketches(ctx, done, j); err != nil || len(due) < batch {
			return err
		}
		if err := s.store.Rest(ctx, start); err != nil {
			return err
		}
	}
}

// sketch draws one document and compares it with what is kept and with those of its batch, which are not kept yet.
func (s *Service) sketch(ctx context.Context, d store.DuePrint, before []store.Sketched) (store.Sketched, error) {
	k := store.Sketched{DuePrint: d}
	t, err := s.text(ctx, d.Doc)
	if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Corrupt) { // it is gone, or nobody can read it
		return k, nil
	}
	if err != nil || t.words == "" {
		return k, err
	}
	k.Sketch, k.Card = drawText(t.tag, t.words), cardOf(t)
	hashes := story.Hashes(k.Sketch.Prints())
	near, err := s.store.NearPrints(ctx, d.Doc, hashes)
	if err != nil {
		return k, err
	}
	for _, b := range before {
		if c := story.Sharing(b.Doc, b.Sketch, hashes); c.Shared > 0 && b.Doc < d.Doc {
			near = append(near, c)
		}
	}
	at, _ := store.SplitDocID(d.Doc)
	for _, r := range story.Compare(k.Sketch, story.Candidates(near, len(hashes))) {
		// The languages of one release are no copies of each other, even where two are scripts of one language.
		if p, _ := store.SplitDocID(r.Doc); p != at && len(k.Of) < most {
			k.Of = append(k.Of, r)
		}
	}
	return k, nil
}

// text is what a document says, and of whom.
type text struct {
	tag     lang.Tag
	words   string
	release *wire.Release
	item    int
	capture *wire.Capture
}

// text reads a document that is readable now; NotFound for any other.
func (s *Service) text(ctx context.Context, doc int64) (text, error) {
	gone := fault.E(fault.NotFound, "There is no such text.")
	position, ordinal := store.SplitDocID(doc)
	events, err := s.store.EventsAt(ctx, []int64{position})
	if err != nil {
		return text{}, err
	}
	e, ok := events[position]
	switch {
	case !ok:
		return text{}, gone
	case e.Kind == wire.EventCaptured:
		c, err := s.store.Capture(ctx, wire.CaptureID(e.Ref))
		if err != nil {
			return text{}, err
		}
		return ofCapture(c), nil
	}
	r, place, err := s.store.Release(ctx, wire.ReleaseID(e.Ref))
	if err != nil {
		return text{}, err
	}
	if r.State != wire.Released || place.Position != position || ordinal >= len(r.Items) {
		return text{}, gone
	}
	return ofItem(r, ordinal), nil
}

func ofCapture(c *wire.Capture) text {
	return text{tag: c.Language, words: joined(c.Headline, c.Body), capture: c, item: -1}
}

func ofItem(r *wire.Release, i int) text {
	it := &r.Items[i]
	if len(it.Versions) == 0 {
		return text{tag: it.Language, release: r, item: i}
	}
	c := it.Current().Content
	return text{tag: it.Language, words: joined(c.Headline, c.Body), release: r, item: i}
}

func joined(headline string, body []string) string {
	return headline + "\n" + strings.Join(body, "\n")
}
