package browse

import (
	"context"
	"math"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// DeskFeed is what a desk released or changed since, newest first, for readers of closed matter of its own member: nobody else learns which desk a release is of. For them it is NotFound, as is a desk
// that does not exist. Of the query, language, days, limit and cursor are looked at.
func (s *Service) DeskFeed(ctx context.Context, v access.Viewer, id people.DeskID, q Query) (_ people.Desk, _ Feed, err error) {
	defer fault.Wrap(&err, "feed of desk %.64s", id)
	none := fault.E(fault.NotFound, "There is no such desk.")
	d, err := s.store.Desk(ctx, id)
	if err != nil {
		return d, Feed{}, err
	}
	if v.Member == "" || d.Member != v.Member || !v.Has(access.ReadClosed) {
		return d, Feed{}, none
	}
	if q.Limit == 0 {
		q.Limit = defaultLimit
	}
	place := Query{Text: string(id), Language: q.Language, Since: q.Since, Before: q.Before, Cursor: q.Cursor}
	below := int64(math.MaxInt64)
	if q.Cursor != "" {
		c, err := s.curs.openPlace(forDesk, place, 1)
		if err != nil {
			return d, Feed{}, err
		}
		below = c[0]
	}
	var f Feed
	for held := 0; ; {
		ids, positions, err := s.store.DeskReleases(ctx, id, below, loadAtOnce)
		if err != nil {
			return d, Feed{}, err
		}
		releases, err := s.store.Releases(ctx, ids)
		if err != nil {
			return d, Feed{}, err
		}
		now := s.now()
		for i, rid := range ids {
			if len(f.Entries) == q.Limit || held >= s.pageBytes {
				f.Next = s.curs.sealPlace(forDesk, place, below)
				return d, f, nil
			}
			below = positions[i]
			r := releases[rid]
			if r == nil || !r.State.Out() || access.Release(v, r, now) != access.All || q.Language != "" && r.Text(q.Language) == nil {
				continue
			}
			e := Entry{Level: access.All, Release: access.Reduce(r, access.All), At: openedAt(r), Item: -1, position: positions[i]}
			if !q.within(e.At) {
				continue
			}
			held += e.weight()
			f.Entries = append(f.Entries, e)
		}
		if len(ids) < loadAtOnce {
			return d, f, nil
		}
	}
}

// openedAt is since when a release can be read by its audience, or since when it is sealed.
func openedAt(r *wire.Release) (at time.Time) {
	if at = r.OpenedAt; at.IsZero() {
		at = r.ReleasedAt
	}
	return at
}
