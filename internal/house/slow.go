package house

import (
	"slices"
	"sync"
	"time"
)

// What is slow: a statement of the store above store.SlowStatement, and a page or call above SlowPage.
const SlowPage = 500 * time.Millisecond

// Slow is what took long at one place.
type Slow struct {
	Name  string        `json:"name" doc:"The function of the store, or the address's pattern: never what was asked for, or who asked"`
	Page  bool          `json:"page" doc:"A page or call; otherwise a statement of the database"`
	Count int           `json:"count"`
	Worst time.Duration `json:"worstNanoseconds"`
	Last  time.Time     `json:"lastAt"`
}

// slowKept bounds how many are remembered, slowShown how many places are told.
const (
	slowKept  = 512
	slowShown = 20
)

// slow is a ring of what took long.
type slow struct {
	mu    sync.Mutex
	ring  [slowKept]slowOne
	next  int
	pages int64
	asked int64
}

type slowOne struct {
	name string
	page bool
	took time.Duration
	at   time.Time
}

// Statement notes a statement that took long; name is the function that asked.
func (s *Service) Statement(name string, took time.Duration) { s.slow.add(name, false, took, s.Now()) }

// Page notes a page or call; one that was quick is not kept. Pattern is the address as it was registered, never as it was asked for.
func (s *Service) Page(pattern string, took time.Duration) {
	if took >= SlowPage {
		s.slow.add(pattern, true, took, s.Now())
	}
}

func (l *slow) add(name string, page bool, took time.Duration, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring[l.next] = slowOne{name, page, took, at}
	l.next = (l.next + 1) % slowKept
	if page {
		l.pages++
	} else {
		l.asked++
	}
}

// since tells the slowest places since a time, the worst first.
func (l *slow) since(from time.Time) []Slow {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []Slow{}
	for _, x := range l.ring {
		if x.name == "" || x.at.Before(from) {
			continue
		}
		i := slices.IndexFunc(out, func(y Slow) bool { return y.Name == x.name && y.Page == x.page })
		if i < 0 {
			out = append(out, Slow{Name: x.name, Page: x.page})
			i = len(out) - 1
		}
		y := &out[i]
		y.Count++
		y.Worst = max(y.Worst, x.took)
		if x.at.After(y.Last) {
			y.Last = x.at.UTC()
		}
	}
	slices.SortFunc(out, func(a, b Slow) int { return int(b.Worst - a.Worst) })
	return out[:min(len(out), slowShown)]
}

func (l *slow) counts() (pages, statements int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pages, l.asked
}
