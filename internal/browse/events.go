package browse

import (
	"context"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// LiveEvent is something that happened, as this viewer may know it.
type LiveEvent struct {
	ID      string // opaque; resumes after this event
	Kind    wire.EventKind
	At      time.Time
	Level   access.Level
	Release *wire.Release
	Capture *wire.Capture
	Items   []wire.ItemID // those that have a new version
}

// Events reads what happened after an event's id, oldest first, at most limit of what the viewer may
// see, and the id to go on from, which also passes over what she may not see. An empty id is now.
func (s *Service) Events(ctx context.Context, v access.Viewer, after string, limit int) (_ []LiveEvent, next string, err error) {
	defer fault.Wrap(&err, "events")
	if after == "" {
		p, err := s.store.LastPosition(ctx)
		return nil, s.curs.seal(forEvents, p), err
	}
	c, err := s.curs.open(forEvents, after, 1)
	if err != nil {
		return nil, "", err
	}
	position := c[0]
	var out []LiveEvent
	for len(out) < limit {
		rows, err := s.store.EventsAfter(ctx, position, limit)
		if err != nil {
			return nil, "", err
		}
		var rids []wire.ReleaseID
		var cids []wire.CaptureID
		for _, row := range rows {
			if row.Kind == wire.EventCaptured {
				cids = append(cids, wire.CaptureID(row.Ref))
			} else {
				rids = append(rids, wire.ReleaseID(row.Ref))
			}
		}
		releases, err := s.store.Releases(ctx, rids)
		if err != nil {
			return nil, "", err
		}
		captures, err := s.store.Captures(ctx, cids)
		if err != nil {
			return nil, "", err
		}
		now := s.now()
		for _, row := range rows {
			position = row.Position
			e := LiveEvent{ID: s.curs.seal(forEvents, position), Kind: row.Kind, At: row.At, Items: row.Items}
			if row.Kind == wire.EventCaptured {
				if e.Capture = captures[wire.CaptureID(row.Ref)]; e.Capture == nil {
					continue
				}
				e.Level = access.Capture(v, e.Capture, now)
			} else {
				r := releases[wire.ReleaseID(row.Ref)]
				if r == nil {
					continue
				}
				e.Level = access.Release(v, r, now)
				e.Release = access.Reduce(r, e.Level)
				if e.Level != access.All {
					e.Items = nil
				}
			}
			if e.Level == access.Nothing {
				continue
			}
			if out = append(out, e); len(out) == limit {
				return out, s.curs.seal(forEvents, position), nil
			}
		}
		if len(rows) < limit {
			break
		}
	}
	return out, s.curs.seal(forEvents, position), nil
}

// Changed returns a channel that is closed at the next event on this node. Take it before reading.
func (s *Service) Changed() <-chan struct{} { return s.store.Changed() }
