package browse

import (
	"context"
	"maps"
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Many readers follow the wire at once, and nearly all of them want its newest events. These are read
// once for all of them and kept as rows; what each may see of them is decided reader by reader, in
// memory. What they are about is kept in its newest state: every change that could alter a decision
// is an event, which ends the snapshot.
type tail struct {
	mu  sync.Mutex // held by whoever reads the next snapshot
	now atomic.Pointer[events]
}

const (
	tailLength = 1024 // events kept
	tailGap    = 8192 // events that may have come since the last reading, in an import for example, and are still read in one go
	eventBatch = 500  // events read at once
)

// events are consecutive events, and what they are about, without bodies.
type events struct {
	changed  <-chan struct{} // closed when there are newer ones; taken before they were read
	gone     uint64          // how often words went, taken before: that a capture's did is no event
	from     int64           // every event after this position, up to the last row, is here
	rows     []eventRow
	releases map[wire.ReleaseID]*wire.Release
	captures map[wire.CaptureID]*wire.Capture
}

// eventRow is an event with its id, which is the same for whoever hears of it.
type eventRow struct {
	store.EventRow
	id string
}

func (e *events) after(position int64) []eventRow {
	return e.rows[sort.Search(len(e.rows), func(i int) bool { return e.rows[i].Position > position }):]
}

func (e *events) to() int64 {
	if n := len(e.rows); n > 0 {
		return e.rows[n-1].Position
	}
	return e.from
}

// eventsFrom gives events after a position: from memory when they reach back to it, otherwise from
// the database, then without captures for whom they are not. last is true when there were no more at
// the time.
func (s *Service) eventsFrom(ctx context.Context, v access.Viewer, position int64) (_ *events, last bool, err error) {
	e, err := s.newestEvents(ctx)
	if err != nil {
		return nil, false, err
	}
	if position >= e.from {
		return e, true, nil
	}
	e = &events{from: position}
	captures := access.Capture(v, &wire.Capture{}, s.now()) != access.Nothing
	if err := s.readOn(ctx, e, eventBatch, captures); err != nil {
		return nil, false, err
	}
	return e, len(e.rows) < eventBatch, nil
}

// newestEvents is the snapshot of now.
func (s *Service) newestEvents(ctx context.Context) (*events, error) {
	fresh := func() *events {
		e := s.tail.now.Load()
		if e == nil {
			return nil
		}
		select {
		case <-e.changed:
			return nil
		default:
		}
		if e.gone != s.store.Gone() {
			return nil
		}
		return e
	}
	if e := fresh(); e != nil {
		return e, nil
	}
	s.tail.mu.Lock()
	defer s.tail.mu.Unlock()
	if e := fresh(); e != nil {
		return e, nil
	}
	next := &events{changed: s.store.Changed(), gone: s.store.Gone()}
	last, err := s.store.LastPosition(ctx)
	if err != nil {
		return nil, err
	}
	if old := s.tail.now.Load(); old != nil && last-old.to() <= tailGap {
		next.from, next.rows = old.from, slices.Clip(old.rows)
		next.releases, next.captures = make(map[wire.ReleaseID]*wire.Release, len(old.releases)), make(map[wire.CaptureID]*wire.Capture, len(old.captures))
		for _, row := range old.rows { // only what the rows that stay are about
			if row.Kind == wire.EventCaptured {
				next.captures[wire.CaptureID(row.Ref)] = old.captures[wire.CaptureID(row.Ref)]
			} else {
				next.releases[wire.ReleaseID(row.Ref)] = old.releases[wire.ReleaseID(row.Ref)]
			}
		}
		if next.gone != old.gone {
			ids := slices.Collect(maps.Keys(next.captures))
			clear(next.captures)
			for part := range slices.Chunk(ids, loadAtOnce) {
				if err := s.readCaptures(ctx, next, part); err != nil {
					return nil, err
				}
			}
		}
	} else {
		next.from = last // nobody followed for a while: begin here, older ones come from the database
	}
	kept := len(next.rows)
	for {
		had := len(next.rows)
		if err := s.readOn(ctx, next, eventBatch, true); err != nil {
			return nil, err
		}
		if len(next.rows)-had < eventBatch {
			break
		}
	}
	// Readers stand at the last snapshot's end: what is new to them all stays, however much it is.
	if over := len(next.rows) - max(tailLength, len(next.rows)-kept); over > 0 {
		next.from = next.rows[over-1].Position
		next.rows = slices.Clone(next.rows[over:])
	}
	s.tail.now.Store(next)
	return next, nil
}

// readOn adds at most limit further events, and reads anew what they are about.
func (s *Service) readOn(ctx context.Context, e *events, limit int, withCaptures bool) error {
	rows, err := s.store.EventsAfter(ctx, e.to(), limit)
	if err != nil {
		return err
	}
	var rids []wire.ReleaseID
	var cids []wire.CaptureID
	for _, row := range rows {
		if row.Kind == wire.EventCaptured {
			if withCaptures {
				cids = append(cids, wire.CaptureID(row.Ref))
			}
		} else if id := wire.ReleaseID(row.Ref); !slices.Contains(rids, id) {
			rids = append(rids, id)
		}
	}
	if e.releases == nil {
		e.releases, e.captures = map[wire.ReleaseID]*wire.Release{}, map[wire.CaptureID]*wire.Capture{}
	}
	for part := range slices.Chunk(rids, loadAtOnce) { // the store reads them with bodies: a few at a time
		releases, err := s.store.Releases(ctx, part)
		if err != nil {
			return err
		}
		for id, r := range releases {
			for i := range r.Items {
				for j := range r.Items[i].Versions {
					r.Items[i].Versions[j].Content.Body = nil
				}
			}
			e.releases[id] = r
		}
	}
	if err := s.readCaptures(ctx, e, cids); err != nil {
		return err
	}
	for _, row := range rows {
		e.rows = append(e.rows, eventRow{row, s.curs.seal(forEvents, row.Position)})
	}
	return nil
}

// readCaptures reads captures as they are now.
func (s *Service) readCaptures(ctx context.Context, e *events, ids []wire.CaptureID) error {
	captures, err := s.store.Captures(ctx, ids)
	if err != nil {
		return err
	}
	for id, c := range captures {
		c.Body, c.Removed = nil, nil
		e.captures[id] = c
	}
	return nil
}
