package stories

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/wire"
)

// Copy is one text that shares words with another that was asked about.
type Copy struct {
	Entry       browse.Entry // the whole of it, through access; of a release Item is the one with the words
	Uses        bool         // the text asked about uses this one; otherwise this one uses it
	Kind        story.Kind
	Share       float64  // how much of the text asked about stands in this one too, 0 to 1
	Stated      string   // the words in which one of the two names the other as its source; empty: the order rests on time
	Passages    []string // of the text asked about, in its order, at most maxPassages
	AllPassages int
}

// Bounds of an answer.
const (
	maxCopies   = 20 // of each direction
	maxPassages = 5
)

// Copies lists what shares words with a text: an item of a release (e.Item) or a capture, e being what browse answered
// this viewer. First what the text uses, the largest share first, then who uses it, the earliest first. What the
// viewer may not read whole is not counted either.
func (s *Service) Copies(ctx context.Context, v access.Viewer, e browse.Entry) (_ []Copy, err error) {
	defer fault.Wrap(&err, "copies")
	var doc int64
	var here text
	switch {
	case e.Level != access.All:
		return nil, nil
	case e.Capture != nil:
		doc, here = store.DocID(e.Capture.Position, 0), ofCapture(e.Capture)
	case e.Release == nil || e.Item < 0 || e.Item >= len(e.Release.Items) || e.Release.State != wire.Released:
		return nil, nil
	default:
		position, err := s.store.ReleasePosition(ctx, e.Release.ID)
		if err != nil {
			return nil, err
		}
		doc, here = store.DocID(position, e.Item), ofItem(e.Release, e.Item)
	}
	used, err := s.store.ReuseOf(ctx, doc, maxCopies)
	if err != nil || len(used) == 0 {
		return nil, err
	}
	members, err := s.browse.Members(ctx)
	if err != nil {
		return nil, err
	}
	sketch, places := story.DrawPlaces(here.tag, here.words)
	var out []Copy
	for _, u := range used {
		c := Copy{Kind: u.Kind, Share: u.LaterShare}
		later := u.Later == doc
		other := u.Earlier
		if !later {
			other, c.Share = u.Later, u.OlderShare
		}
		there, err := s.text(ctx, other)
		if err == nil {
			c.Entry, err = s.entry(ctx, v, there)
		}
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Entry.Level != access.All {
			continue
		}
		turned := false
		mine, others := report(here, members), report(there, members)
		if later {
			turned, _, c.Stated = story.Arrow(mine, others)
		} else {
			turned, _, c.Stated = story.Arrow(others, mine)
		}
		c.Uses = later != turned
		for _, p := range story.Align(sketch, story.Draw(there.tag, there.words)) {
			if c.AllPassages++; len(c.Passages) < maxPassages {
				c.Passages = append(c.Passages, here.words[places[p.From].Start:places[p.To-1].End])
			}
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b Copy) int {
		switch {
		case a.Uses != b.Uses:
			if a.Uses {
				return -1
			}
			return 1
		case a.Uses:
			return cmp.Compare(b.Share, a.Share)
		}
		return a.Entry.At.Compare(b.Entry.At)
	})
	return out, nil
}

// entry is a text as this viewer may have it.
func (s *Service) entry(ctx context.Context, v access.Viewer, t text) (browse.Entry, error) {
	if t.capture != nil {
		return s.browse.Capture(ctx, v, t.capture.ID)
	}
	return s.browse.Item(ctx, v, t.release.Items[t.item].ID)
}

// report is what tells which of two texts came first.
func report(t text, members map[wire.MemberID]wire.Member) (r story.Report) {
	if t.capture == nil {
		r.At = t.release.OpenedAt
		for _, id := range t.release.Issuers {
			m := members[id]
			r.Names = append(r.Names, m.Domain)
			for _, n := range m.Names {
				r.Names = append(r.Names, n)
			}
		}
		return r
	}
	c := t.capture
	r.At = c.ArrivedAt
	if c.Date != nil && c.Date.Precision == "minute" {
		if at, err := time.Parse(time.RFC3339, c.Date.Value); err == nil {
			r.At = at
		}
	}
	if u, err := url.Parse(c.SourceURL); err == nil && u.Hostname() != "" {
		r.Names = append(r.Names, u.Hostname())
	}
	for _, a := range c.Attribution {
		if a.Relation == "published-by" {
			r.Names = append(r.Names, a.Source)
		} else {
			r.Says = append(r.Says, a.Source)
		}
	}
	return r
}
