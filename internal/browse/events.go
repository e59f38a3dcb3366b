package browse

import (
	"context"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// LiveEvent is something that happened, as this viewer may know it. Release and Capture are in their
// state of now, not of then, and come without bodies.
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
// see, and the id to go on from, which also passes over what she may not see: it goes no further than
// the caller. An empty id is now; the id given for it is another one each time, so that two of them
// cannot tell whether something unseen happened in between.
func (s *Service) Events(ctx context.Context, v access.Viewer, after string, limit int) (_ []LiveEvent, next string, err error) {
	defer fault.Wrap(&err, "events")
	if after == "" {
		e, err := s.newestEvents(ctx)
		if err != nil {
			return nil, "", err
		}
		return nil, s.curs.fresh(forEvents, e.to()), nil
	}
	c, err := s.curs.open(forEvents, after, 1)
	if err != nil {
		return nil, "", err
	}
	position, at := c[0], ""
	var out []LiveEvent
	for len(out) < limit {
		part, last, err := s.eventsFrom(ctx, v, position)
		if err != nil {
			return nil, "", err
		}
		now := s.now()
		for _, row := range part.after(position) {
			position, at = row.Position, row.id
			e := LiveEvent{ID: row.id, Kind: row.Kind, At: row.At}
			if row.Kind == wire.EventCaptured {
				if e.Capture = part.captures[wire.CaptureID(row.Ref)]; e.Capture == nil {
					continue
				}
				e.Level = access.Capture(v, e.Capture, now)
			} else {
				r := part.releases[wire.ReleaseID(row.Ref)]
				if r == nil {
					continue
				}
				e.Level = access.Event(v, r, row.At, now)
				e.Release = access.Reduce(r, e.Level)
				if e.Level == access.All {
					e.Items = slices.Clone(row.Items)
				}
			}
			if e.Level == access.Nothing {
				continue
			}
			if out = append(out, e); len(out) == limit {
				return out, e.ID, nil
			}
		}
		if last {
			break
		}
	}
	if at == "" { // nothing happened since
		at = s.curs.seal(forEvents, position)
	}
	return out, at, nil
}

// Gone counts withdrawals and erasures: words that somebody keeps are good until it grows.
func (s *Service) Gone() uint64 { return s.store.Gone() }

// Changed returns a channel that is closed at the next event on this node. Take it before reading.
func (s *Service) Changed() <-chan struct{} { return s.store.Changed() }
