package house

import (
	"context"
	"slices"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

// StuckAfter is how long the writer may leave an empty change waiting before it counts as stuck: far longer than any group of changes takes.
const StuckAfter = 60 * time.Second

// pulse is how the writer answers: an empty change is handed to it again and again, and writes nothing.
type pulse struct {
	mu    sync.Mutex
	asked time.Time     // when the change was handed over that is being waited for; zero: none is
	took  time.Duration // that the last one waited
	last  time.Time     // when the last one came back
}

// Writer is how the one writer of the database answers.
type Writer struct {
	Wait  time.Duration `json:"waitNanoseconds" doc:"How long a change waited for it, when that was last tried"`
	Stuck bool          `json:"stuck" doc:"A change has waited for a minute"`
}

func (p *pulse) begin(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = now
}

func (p *pulse) end(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.took, p.last, p.asked = now.Sub(p.asked), now, time.Time{}
}

func (p *pulse) state(now time.Time) Writer {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := Writer{Wait: p.took}
	if !p.asked.IsZero() {
		w.Wait = max(w.Wait, now.Sub(p.asked))
	}
	w.Stuck = !p.asked.IsZero() && now.Sub(p.asked) > StuckAfter
	return w
}

// Run looks at the disk, the files, the writer and the clock until ctx ends.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { s.watchWriter(ctx) })
	if s.Files != nil {
		wg.Go(func() { s.watchFiles(ctx) })
	}
	var previous, counted time.Time // counted has a monotonic part
	for t := time.NewTicker(pause); ; {
		s.look()
		now, count := s.Clock(), time.Now()
		if !previous.IsZero() {
			s.clock.tick(now, count.Sub(counted), previous)
		}
		previous, counted = now, count
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
	}
}

func (s *Service) watchWriter(ctx context.Context) {
	for {
		s.pulse.begin(time.Now())
		_ = s.Rows.Write(ctx, func(*store.Tx) error { return nil }) // one that is refused came back too
		if ctx.Err() != nil {
			return
		}
		s.pulse.end(time.Now())
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause * 2):
		}
	}
}

// Alive is nil while the process can do its work at all: it answers, and its writer takes changes. What restarting the process cannot
// mend is no reason; that is what Ready tells.
func (s *Service) Alive() error {
	if w := s.pulse.state(time.Now()); w.Stuck {
		return fault.E(fault.Unavailable, "The writer of the database has not taken a change for %s.", w.Wait.Round(time.Second))
	}
	return nil
}

// Ready lists every reason why requests should not be sent here now; empty: none. It asks the database, which migrated when it was opened.
func (s *Service) Ready(ctx context.Context) (reasons []string) {
	add := func(err error) {
		if err != nil {
			text, _ := fault.Public(err)
			if !slices.Contains(reasons, text) { // two questions to a database that is gone have one answer
				reasons = append(reasons, text)
			}
		}
	}
	add(s.Alive())
	add(s.Rows.Ping(ctx))
	add(s.Room())
	schema, event, clock, err := s.Rows.Newest(ctx)
	switch {
	case err != nil:
		add(err)
	case schema != store.Schema():
		add(fault.E(fault.Unavailable, "The database has the schema %d, and this program is made for %d.", schema, store.Schema()))
	default:
		now := s.Now()
		s.clock.newest(event, now)
		s.clock.server(clock, now)
	}
	if c := s.clock.state(); c.Wrong {
		add(fault.E(fault.Unavailable, "The clock of this machine is wrong: %s.", c.Words()))
	}
	return reasons
}
