package store

import (
	"sync"
	"time"
)

// clock is what schedules, embargoes and leases go by. On a file it is the machine's. Nodes of one PostgreSQL database go by that of the database's server, each as it
// last heard of it and as counted since: what a machine's clock is set to meanwhile, rightly or wrongly, opens nothing early and takes no job from another.
type clock struct {
	mu      sync.Mutex
	at      time.Time // of the server
	counted time.Time // of this machine, with a monotonic part, at that moment
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counted.IsZero() {
		return time.Now()
	}
	return c.at.Add(time.Since(c.counted))
}

// hear takes what the server said between two moments of this machine. When the answer came it was at least so late there, and later at most by what the answer
// took: within that nothing changes, and an answer that was long on its way tells little. The first one is taken for the least, so that nothing opens early.
func (c *clock) hear(server, asked, came time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := server
	if !c.counted.IsZero() {
		at = c.at.Add(came.Sub(c.counted))
	}
	if latest := server.Add(came.Sub(asked)); at.After(latest) {
		at = latest
	}
	if at.Before(server) {
		at = server
	}
	c.at, c.counted = at, came
}

// Clock is the time that schedules and embargoes go by, never a test's.
func (s *Store) Clock() time.Time { return s.clock.now() }

// Now is Clock, or what Open was given in its place.
func (s *Store) Now() time.Time { return s.now() }
