package stories

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/wire"
)

// Copy is one text that shares words with another that was asked about.
type Copy struct {
	Entry       browse.Entry // its head: ids, issuers, language, hour; headline, or the first words instead of a body; of a release Item is the one with the words
	Uses        bool         // the text asked about uses this one; otherwise this one uses it
	Kind        story.Kind
	Share       float64  // how much of the text asked about stands in this one too, 0 to 1
	Stated      string   // the words in which one of the two names the other as its source; empty: the order rests on time
	Passages    []string // of the text asked about, in its order: the longest, of each at most maxPassage bytes; none if the other used earlier words of it
	AllPassages int
}

// Copies is who shares words with a text.
type Copies struct {
	All  []Copy
	More int  // others that the viewer may read
	Most bool // there may be more than these, which were not counted
}

// Bounds of an answer.
const (
	maxCopies  = 8       // of each direction that are told; with the directions that a stated source turned it may be some more
	maxCounted = 100     // of each direction that are counted
	maxPassage = 4 << 10 // bytes
)

// Copies lists what shares words with a text: an item of a release (e.Item) or a capture, e being what browse answered
// this viewer. First what the text uses, the largest share first, then who uses it, the earliest first. What the
// viewer may not read whole is not counted either. No other text is read, and nothing is compared: what is told was
// noted when the later text came, and the text asked about is drawn once to find its passages.
func (s *Service) Copies(ctx context.Context, v access.Viewer, e browse.Entry) (out Copies, err error) {
	defer fault.Wrap(&err, "copies")
	var doc int64
	var here text
	switch {
	case e.Level != access.All:
		return out, nil
	case e.Capture != nil:
		doc, here = store.DocID(e.Capture.Position, 0), ofCapture(e.Capture)
	case e.Release == nil || e.Item < 0 || e.Item >= len(e.Release.Items) || e.Release.State != wire.Released:
		return out, nil
	default:
		position, err := s.store.ReleasePosition(ctx, e.Release.ID)
		if err != nil {
			return out, err
		}
		doc, here = store.DocID(position, e.Item), ofItem(e.Release, e.Item)
	}
	var told []store.Used
	passages := false
	for _, uses := range []bool{true, false} {
		all, err := s.store.ReuseOf(ctx, v, doc, uses, maxCounted)
		if err != nil {
			return Copies{}, err
		}
		n := 0
		for _, u := range all {
			switch {
			case u.Capture != nil && !s.browse.WholeCapture(v, u.Capture), u.Release != nil && !s.browse.Whole(v, u.Release):
			case n == maxCopies:
				out.More++
			default:
				n++
				passages = passages || len(u.Passages) > 0
				told = append(told, u)
			}
		}
		out.Most = out.Most || len(all) == maxCounted
	}
	if len(told) == 0 {
		return Copies{}, nil
	}
	members, err := s.browse.Members(ctx)
	if err != nil {
		return Copies{}, err
	}
	var places []lang.Span
	if passages {
		if places, err = s.places(ctx, doc, here); err != nil {
			return Copies{}, err
		}
	}
	mine := report(here, members)
	for _, u := range told {
		var k card
		if err := json.Unmarshal(u.Card, &k); err != nil {
			s.store.Damaged(ctx, "card", u.Other)
			continue
		}
		k.onto(&u)
		c := Copy{Kind: u.Kind, Share: u.Share, AllPassages: u.AllPassages, Entry: browse.Entry{Level: access.All, Release: u.Release, Capture: u.Capture, Item: -1}}
		if u.Capture != nil {
			c.Entry.At = u.Capture.ArrivedAt
		} else {
			c.Entry.At, c.Entry.Item = u.Release.OpenedAt, 0
		}
		turned, others := false, report(text{release: u.Release, capture: u.Capture}, members)
		if u.Uses {
			turned, _, c.Stated = story.Arrow(mine, others)
		} else {
			turned, _, c.Stated = story.Arrow(others, mine)
		}
		c.Uses = u.Uses != turned
		for _, p := range u.Passages {
			if p.To <= len(places) {
				c.Passages = append(c.Passages, first(here.words[places[p.From].Start:places[p.To-1].End], maxPassage))
			}
		}
		if len(c.Passages) == 0 {
			c.AllPassages = 0
		}
		out.All = append(out.All, c)
	}
	slices.SortStableFunc(out.All, func(a, b Copy) int {
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

// places tells where the units of a document's sketch stand in its words; nothing if what is kept was drawn of other
// words, or otherwise.
func (s *Service) places(ctx context.Context, doc int64, here text) ([]lang.Span, error) {
	kept, err := s.store.Sketch(ctx, doc)
	if err != nil {
		return nil, err
	}
	sketch, places := story.DrawPlaces(here.tag, here.words)
	if !bytes.Equal(kept.Bytes(), sketch.Bytes()) {
		return nil, nil
	}
	return places, nil
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
