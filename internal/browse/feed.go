package browse

import (
	"context"
	"math"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Feed is one page of what a feed has. A feed is asked for its newest entries again and again, so what changed further down stands in its
// first page too.
type Feed struct {
	Page
	Changed []Entry // on the first page: what was corrected, updated, withdrawn or erased lately and stands on another page, or on none; the last change first
}

// Bounds of Feed.Changed.
const (
	changedFor  = 30 * 24 * time.Hour
	changedMost = 50
	partsOfPage = 10 // pages of the list that one page of a feed may be put together from
)

// Feed answers a query for a feed, newest first. Relevance is not looked at. What a query with words once found and was withdrawn since is found by no
// words any more: every withdrawal that the filters leave is in Changed, so that whoever got the words hears of it.
func (s *Service) Feed(ctx context.Context, v access.Viewer, q Query) (_ Feed, err error) {
	defer fault.Wrap(&err, "feed")
	q.Relevance = false
	if q.Limit == 0 {
		q.Limit = defaultLimit
	}
	first, want := q.Cursor == "", q.Limit
	var f Feed
	held := 0
	for range partsOfPage {
		q.Limit = want - len(f.Entries)
		p, err := s.List(ctx, v, q)
		if err != nil {
			return Feed{}, err
		}
		f.Understood, f.Next, f.Back = p.Understood, p.Next, p.Back
		f.Entries = append(f.Entries, p.Entries...)
		for _, e := range p.Entries {
			held += e.weight()
		}
		if p.Next == "" || len(f.Entries) >= want || held >= s.pageBytes {
			break
		}
		q.Cursor = p.Next
	}
	if first && q.Kind != "capture" && q.Source == "" {
		f.Changed, err = s.changed(ctx, v, q, f.Entries)
	}
	return f, err
}

// changed looks for what happened lately to releases that stand not among the entries.
func (s *Service) changed(ctx context.Context, v access.Viewer, q Query, entries []Entry) ([]Entry, error) {
	words, err := search.Parse(q.Text, s.languages(q)...)
	if err != nil {
		return nil, err
	}
	words = words.Widen(known)
	filters, err := filterMarks(v, q)
	if err != nil {
		return nil, err
	}
	var rows []store.EventRow
	// Updates come in chains; they may not crowd out what was wrong.
	for _, kinds := range [][]wire.EventKind{{wire.EventCorrected, wire.EventWithdrawn, wire.EventErased}, {wire.EventUpdated}} {
		part, err := s.store.Register(ctx, kinds, q.Member, v.Member, 0, math.MaxInt64, changedMost)
		if err != nil {
			return nil, err
		}
		rows = append(rows, part...)
	}
	slices.SortFunc(rows, func(a, b store.EventRow) int { return int(b.Position - a.Position) })
	now := s.now()
	rows = slices.DeleteFunc(rows, func(r store.EventRow) bool { return r.At.Before(now.Add(-changedFor)) })
	seen := map[wire.ReleaseID]bool{}
	for _, e := range entries {
		if e.Release != nil {
			seen[e.Release.ID] = true
		}
	}
	var out []Entry
	held := 0
	for _, row := range rows {
		id := wire.ReleaseID(row.Ref)
		if seen[id] || len(out) == changedMost || held >= s.pageBytes/4 {
			continue
		}
		seen[id] = true
		r, place, err := s.store.Release(ctx, id)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		if access.Event(v, r, row.At, now) != access.All || access.Release(v, r, now) != access.All {
			continue
		}
		at := openedAt(r)
		e := Entry{Level: access.All, Release: access.Reduce(r, access.All), At: at, Item: -1, position: place.Position}
		gone := r.State == wire.Withdrawn || r.State == wire.Erased
		if q.Language != "" && r.Text(q.Language) == nil || !q.within(at) {
			continue
		}
		if !gone && !words.Empty() {
			ids, err := s.store.Match(ctx, words.FTS5(filters), store.DocID(place.Position, 0), store.DocID(place.Position+1, 0), wire.MaxItems)
			if err != nil {
				return nil, err
			}
			var ordinals []int
			for _, id := range ids {
				_, n := store.SplitDocID(id)
				ordinals = append(ordinals, n)
			}
			slices.Sort(ordinals)
			if len(ordinals) == 0 || ordinals[len(ordinals)-1] >= len(r.Items) {
				continue
			}
			e.Item = q.shown(words, e.Release, ordinals)
		}
		held += e.weight()
		out = append(out, e)
	}
	return out, nil
}
