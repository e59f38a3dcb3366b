package browse

import (
	"context"
	"math"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/wire"
)

// RegisterQuery asks for a part of the public register. The zero RegisterQuery is its newest 50 lines.
type RegisterQuery struct {
	Member wire.MemberID  // an issuer; empty: all
	Kind   wire.EventKind // EventCorrected or EventWithdrawn; empty: both
	Old    bool           // a correction's items come with the words that it replaced, in the version before
	Since  time.Time      // what happened before is left out, and not looked for
	Limit  int            // 1-50; 0: 50
	Cursor string         // from the page before, of the same member and kind
}

const registerPage = 50

// Register is the public register of corrections and withdrawals, newest first.
func (s *Service) Register(ctx context.Context, v access.Viewer, q RegisterQuery) (_ []RegisterEntry, next string, err error) {
	defer fault.Wrap(&err, "register")
	if q.Limit == 0 {
		q.Limit = registerPage
	}
	kinds := []wire.EventKind{wire.EventCorrected, wire.EventWithdrawn}
	if q.Kind != "" {
		if !slices.Contains(kinds, q.Kind) {
			return nil, "", fault.Field("kind", "The kind is corrected or withdrawn.")
		}
		kinds = []wire.EventKind{q.Kind}
	}
	if q.Member != "" {
		if _, err := wire.ParseMemberID(string(q.Member)); err != nil {
			return nil, "", err
		}
	}
	place := Query{Member: q.Member, Kind: string(q.Kind), Cursor: q.Cursor}
	before := int64(math.MaxInt64)
	if q.Cursor != "" {
		c, err := s.curs.openPlace(forRegister, place, 1)
		if err != nil {
			return nil, "", err
		}
		before = c[0]
	}
	from, err := s.since(ctx, q.Since)
	if err != nil {
		return nil, "", err
	}
	var out []RegisterEntry
	for len(out) < q.Limit {
		rows, err := s.store.Register(ctx, kinds, q.Member, v.Member, from, before, registerPage)
		if err != nil {
			return nil, "", err
		}
		ids := make([]wire.ReleaseID, len(rows))
		for i, r := range rows {
			ids[i] = wire.ReleaseID(r.Ref)
		}
		releases, err := s.store.Releases(ctx, ids)
		if err != nil {
			return nil, "", err
		}
		for _, row := range rows {
			if row.At.Before(q.Since) {
				return out, "", nil
			}
			before = row.Position
			r := releases[wire.ReleaseID(row.Ref)]
			if r == nil || access.Release(v, r, s.now()) != access.All {
				continue
			}
			e := RegisterEntry{Kind: row.Kind, At: row.At, Reason: r.Reason, From: s.curs.sealPlace(forRegister, Query{}, row.Position+1)}
			if row.Kind == wire.EventCorrected {
				e.Reason = reasonAt(r, row.At)
				if q.Old && r.State != wire.Withdrawn && r.State != wire.Erased {
					if err := s.replaced(ctx, r, row.At); err != nil {
						return nil, "", err
					}
				}
			}
			e.Release = access.Reduce(r, access.All)
			if out = append(out, e); len(out) == q.Limit {
				return out, s.curs.sealPlace(forRegister, place, before), nil
			}
		}
		if len(rows) < registerPage {
			break
		}
	}
	return out, "", nil
}

// edge is a position before which nothing happened at or after a time.
type edge struct {
	since time.Time
	from  int64
}

// since is a position before which nothing happened at or after a time. To find one, thousands of events are looked at,
// and every list asks for that of a day ago: one that is right for a time is right for all times after it, and is kept
// for a minute of them.
func (s *Service) since(ctx context.Context, at time.Time) (int64, error) {
	if e := s.edge.Load(); e != nil && !at.Before(e.since) && at.Sub(e.since) < time.Minute {
		return e.from, nil
	}
	from, _, err := s.store.PositionsIn(ctx, at, time.Time{})
	if err == nil && from > 0 {
		s.edge.Store(&edge{at, from})
	}
	return from, err
}

// replaced reads the words of the versions that the corrections of a time made, and of those before them.
func (s *Service) replaced(ctx context.Context, r *wire.Release, at time.Time) error {
	for i := range r.Items {
		it := &r.Items[i]
		for n := 1; n < len(it.Versions); n++ {
			if v := it.Versions[n]; v.Kind != wire.CorrectKind || !v.At.Equal(at) {
				continue
			}
			for _, v := range []*wire.Version{&it.Versions[n-1], &it.Versions[n]} {
				row, err := s.store.Version(ctx, it.ID, v.N)
				if err != nil {
					return err
				}
				if row.Bytes == nil {
					continue
				}
				then, err := ninjs.Parse(row.Bytes)
				if err != nil {
					return fault.E(fault.Corrupt, "The bytes of version %d of item %s are damaged.", v.N, it.ID).Because(err)
				}
				v.Content = then.Content()
			}
		}
	}
	return nil
}

func reasonAt(r *wire.Release, at time.Time) string {
	for _, it := range r.Items {
		for _, v := range it.Versions {
			if v.Kind == wire.CorrectKind && v.At.Equal(at) {
				return v.Reason
			}
		}
	}
	return ""
}
