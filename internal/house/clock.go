package house

import (
	"slices"
	"sync"
	"time"
)

// The clock that schedules go by, which is this machine's or that of the database's server, is compared with what the node meets anyway: the Date of answers that it gets (RFC 9110, 6.6.1), the newest
// event of its own database, the server of that database, and itself, since a clock that is set runs away from one that only counts. Nothing is asked for that.

// ClockAlarm is how far off a clock may be before it is told: embargoes and schedules go by it.
const ClockAlarm = 30 * time.Second

const (
	clockHosts = 64             // remembered, the latest of each
	clockFew   = 3              // hosts that must agree: one of them may be wrong itself
	clockAge   = 24 * time.Hour // after which what a host said counts no more
	clockJump  = 10 * time.Second
	jumpTold   = time.Hour
)

// Clock is what is known of the clock.
type Clock struct {
	Offset time.Duration `json:"offsetNanoseconds" doc:"How far this machine is ahead of others (negative: behind), as the median of the hosts that answered"`
	Hosts  int           `json:"hosts" doc:"From how many; below three the offset is 0"`
	Ahead  time.Duration `json:"eventsAheadNanoseconds" doc:"How far the newest event of the database lies in the future; 0: it does not"`
	Server time.Duration `json:"serverNanoseconds" doc:"How far this machine is ahead of the database's server; 0 where that is this machine"`
	Jumped time.Duration `json:"jumpedNanoseconds" doc:"By how much the clock was set within the last hour; 0: it was not"`
	Wrong  bool          `json:"wrong" doc:"It is off by more than 30 seconds, or was set by as much"`
}

type clock struct {
	mu     sync.Mutex
	hosts  map[string]offset
	ahead  time.Duration
	behind time.Duration // the database's server, of this machine
	jumped time.Duration
	jumpAt time.Time
	last   time.Time // with a monotonic part
}

type offset struct {
	by   time.Duration
	seen time.Time
}

// SawDate notes what another host took for the time in an answer that came at this machine's at. Whoever reads answers for other reasons tells
// it; a Date of whole seconds and the way here make it a second or two too early.
func (s *Service) SawDate(host string, date, at time.Time) {
	if date.IsZero() || host == "" {
		return
	}
	c := &s.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.hosts[host]; !known && len(c.hosts) >= clockHosts {
		oldest := ""
		for h, o := range c.hosts {
			if oldest == "" || o.seen.Before(c.hosts[oldest].seen) {
				oldest = h
			}
		}
		delete(c.hosts, oldest)
	}
	c.hosts[host] = offset{at.Sub(date), at}
}

// newest compares with the newest event of the database.
func (c *clock) newest(event, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = 0
	if !event.IsZero() && event.After(now) {
		c.ahead = event.Sub(now)
	}
}

// server compares with the clock of the database's server, if that is another machine's.
func (c *clock) server(there, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.behind = 0
	if !there.IsZero() {
		c.behind = now.Sub(there)
	}
}

// tick compares the clock with one that only counts: in between passed counted time, and the wall clock says it is now.
func (c *clock) tick(wall time.Time, counted time.Duration, previous time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if previous.IsZero() {
		return
	}
	jump := wall.Round(0).Sub(previous.Round(0)) - counted
	if jump > clockJump || jump < -clockJump {
		c.jumped, c.jumpAt = jump, wall
	}
	c.last = wall
}

func (c *clock) state() (out Clock) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var by []time.Duration
	latest := time.Time{}
	for _, o := range c.hosts {
		if o.seen.After(latest) {
			latest = o.seen
		}
	}
	for _, o := range c.hosts {
		if latest.Sub(o.seen) < clockAge {
			by = append(by, o.by)
		}
	}
	if out.Hosts = len(by); len(by) >= clockFew {
		slices.Sort(by)
		out.Offset = by[len(by)/2]
	}
	out.Ahead, out.Server = c.ahead, c.behind
	if !c.jumpAt.IsZero() && c.last.Sub(c.jumpAt) < jumpTold && !c.jumpAt.After(c.last) {
		out.Jumped = c.jumped
	}
	out.Wrong = out.Offset.Abs() > ClockAlarm || out.Server.Abs() > ClockAlarm || out.Ahead > ClockAlarm || out.Jumped.Abs() > ClockAlarm
	return out
}
