package stories

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/wire"
)

// Candidate is a story with which a report may be joined.
type Candidate struct {
	Report  browse.Entry // the one of it that is nearest, or was found
	Reports int          // of it that the viewer may read; at most maxCounting are counted
	Reasons              // none where it was searched for
}

// Bounds of candidates.
const (
	maxNear     = 8
	maxFound    = 12
	maxCounting = 30
)

// Near lists the stories whose reports are nearest to a report that the viewer may read, the best first: of what is in the
// window. What lies in no window has none.
func (s *Service) Near(ctx context.Context, v access.Viewer, id string) (out []Candidate, err error) {
	defer fault.Wrap(&err, "find near stories")
	at, err := s.position(ctx, v, id)
	if err != nil {
		return nil, err
	}
	linker, err := s.lookedThrough(ctx)
	if err != nil || linker == nil {
		return nil, err
	}
	docs, err := s.store.StoryDocs(ctx, []int64{at})
	if err != nil {
		return nil, err
	}
	own, err := s.store.StoryAt(ctx, at, store.MaxTogether)
	if err != nil {
		return nil, err
	}
	passed := map[int64]bool{at: true} // reports of stories that are told or not to be told
	for _, p := range own {
		passed[p] = true
	}
	for _, doc := range docs[:min(len(docs), maxItems)] {
		t, err := s.text(ctx, doc)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		traits := story.ReadTraits(t.tag, t.words, report(t, nil).At)
		for _, n := range linker.Nearest(nearest, linkID(doc), traits) {
			other, err := strconv.ParseInt(n.ID, 10, 64)
			if err != nil {
				return nil, err
			}
			p, _ := store.SplitDocID(other)
			if passed[p] || len(out) == maxNear {
				continue
			}
			passed[p] = true
			c, all, err := s.candidate(ctx, v, p)
			if err != nil {
				return nil, err
			}
			if c.Reports == 0 {
				continue
			}
			for _, q := range all {
				passed[q] = true
			}
			why, err := s.readable(ctx, linker.Because(traits, linkID(doc), n.ID), linkID(doc), t.tag, n.ID)
			if err != nil {
				return nil, err
			}
			c.Reasons = Reasons{t.tag, why}
			out = append(out, c)
		}
		if len(out) == maxNear {
			break
		}
	}
	return out, nil
}

// lookedThrough is the linker; nil while it is being read for the jobs.
func (s *Service) lookedThrough(ctx context.Context) (*story.Linker, error) {
	s.linking.mu.Lock()
	linker := s.linking.linker
	s.linking.mu.Unlock()
	if linker != nil || !s.placing.TryLock() {
		return linker, nil
	}
	defer s.placing.Unlock()
	return s.window(ctx)
}

// candidate is the story of a report at a position; without reports where the viewer may not read it.
func (s *Service) candidate(ctx context.Context, v access.Viewer, at int64) (c Candidate, all []int64, err error) {
	if all, err = s.store.StoryAt(ctx, at, maxCounting); err != nil {
		return c, nil, err
	}
	events, err := s.store.EventsAt(ctx, []int64{at})
	if err != nil {
		return c, nil, err
	}
	e, ok, err := s.entry(ctx, v, events[at])
	if err != nil || !ok {
		return c, nil, err
	}
	e.Item = -1
	c.Report = e
	if _, others, err := s.heads(ctx, v, all); err != nil {
		return c, nil, err
	} else if slices.Contains(others, at) {
		c.Reports = len(others)
	} else { // it is in none yet
		c.Reports = len(others) + 1
	}
	return c, all, nil
}

// Find searches for reports by words of theirs or by an address: of a page of this node, or a uri. What is in the story of
// the report with the id is left out.
func (s *Service) Find(ctx context.Context, v access.Viewer, id, words string) (out []Candidate, err error) {
	defer fault.Wrap(&err, "search for a story")
	at, err := s.position(ctx, v, id)
	if err != nil {
		return nil, err
	}
	own, err := s.store.StoryAt(ctx, at, store.MaxTogether)
	if err != nil {
		return nil, err
	}
	passed := map[int64]bool{at: true}
	for _, p := range own {
		passed[p] = true
	}
	var found []browse.Entry
	if e, err := s.addressed(ctx, v, words); err != nil {
		return nil, err
	} else if readable(e) {
		found = append(found, e)
	} else {
		page, err := s.browse.List(ctx, v, browse.Query{Text: words, Limit: maxFound + 8})
		if err != nil {
			return nil, err
		}
		found = page.Entries
	}
	for _, e := range found {
		if !readable(e) || len(out) == maxFound {
			continue
		}
		var p int64
		if e.Capture != nil {
			p = e.Capture.Position
		} else if p, err = s.store.ReleasePosition(ctx, e.Release.ID); err != nil {
			return nil, err
		}
		if passed[p] {
			continue
		}
		c, all, err := s.candidate(ctx, v, p)
		if err != nil {
			return nil, err
		}
		if c.Reports == 0 {
			continue
		}
		passed[p] = true
		for _, q := range all {
			passed[q] = true
		}
		out = append(out, c)
	}
	return out, nil
}

// addressed is the entry at an address; none where there is none.
func (s *Service) addressed(ctx context.Context, v access.Viewer, address string) (e browse.Entry, err error) {
	address = strings.TrimSpace(address)
	none := func(e browse.Entry, err error) (browse.Entry, error) {
		if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Invalid) {
			return browse.Entry{}, nil
		}
		return e, err
	}
	if strings.HasPrefix(address, "urn:") {
		return none(s.browse.ByURI(ctx, v, address))
	}
	u, err := url.Parse(address)
	if err != nil || len(address) > 2000 {
		return e, nil
	}
	place, id, ok := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if !ok {
		return e, nil
	}
	switch place {
	case "items":
		return none(s.browse.Item(ctx, v, wire.ItemID(id)))
	case "releases", "captures", "stories":
		if c, err := wire.ParseCaptureID(id); err == nil {
			return none(s.browse.Capture(ctx, v, c))
		}
		return none(s.browse.Release(ctx, v, wire.ReleaseID(id)))
	}
	return e, nil
}

// Plan is what joining two reports would do, as far as the viewer may read it.
type Plan struct {
	Here, There []Report   // the reports of either story
	Against     []Decision // what stands that puts the two apart
	Seen        string
}

// Plan tells what joining would do; without another report, only what the report's story is. It is refused with a Conflict
// where the two are in one story already.
func (s *Service) Plan(ctx context.Context, v access.Viewer, id, other string) (p Plan, err error) {
	defer fault.Wrap(&err, "look at two stories")
	if p.Seen, err = s.seen(ctx); err != nil {
		return Plan{}, err
	}
	a, err := s.position(ctx, v, id)
	if err != nil {
		return Plan{}, err
	}
	both := []int64{a}
	if other != "" {
		b, err := s.position(ctx, v, other)
		if err != nil {
			return Plan{}, err
		}
		both = append(both, b)
	}
	var of [2][]int64
	for i, at := range both {
		all, err := s.store.StoryAt(ctx, at, maxReports)
		if err != nil {
			return Plan{}, err
		}
		if len(all) == 0 { // not placed yet
			all = []int64{at}
		}
		one, positions, err := s.read(ctx, v, all)
		if err != nil {
			return Plan{}, err
		}
		if of[i] = positions; i == 0 {
			p.Here = one.Reports
		} else {
			p.There = one.Reports
		}
	}
	for _, x := range of[0] {
		for _, y := range of[1] {
			if x == y {
				return Plan{}, fault.E(fault.Conflict, "These reports are in one story already.")
			}
		}
	}
	if other == "" {
		return p, nil
	}
	if apart, err := s.store.StoriesApart(ctx, a, both[1]); err != nil || !apart {
		return p, err
	}
	all, err := s.decidedOn(ctx, v, append(of[0], of[1]...))
	if err != nil {
		return Plan{}, err
	}
	here, there := ids(p.Here), ids(p.There)
	for _, d := range all {
		r, o := idOf(d.Report), idOf(d.Other)
		if d.Undone == nil && d.Kind != store.DecidedJoin && (here[r] && there[o] || there[r] && here[o]) {
			p.Against = append(p.Against, d)
		}
	}
	return p, nil
}

func ids(all []Report) map[string]bool {
	out := map[string]bool{}
	for _, r := range all {
		out[idOf(r.Entry)] = true
	}
	return out
}
