package delivery

import (
	"context"
	"fmt"
	"math"
	"sync"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/subscription"
)

// MostNew is how far what is new for a search is counted.
const MostNew = 99

// alerts keeps what was counted for whom until something happens, so that a page costs nothing while nothing does.
type alerts struct {
	mu  sync.Mutex
	all map[people.UserID]counted
}

type counted struct {
	at   string // position, rights and searches for which it holds
	news map[string]int
}

// alertsKept bounds the people of whom it is known.
const alertsKept = 2048

// Alerts tells how much is new on the wire for each saved search of which a person wants to be told, as she may read now; more than MostNew means that there
// is more. Nobody is told of nothing.
func (s *Service) Alerts(ctx context.Context, p people.Person) (_ map[string]int, err error) {
	defer fault.Wrap(&err, "alerts")
	if p.Nobody() {
		return nil, nil
	}
	since, err := s.store.SearchAlerts(ctx, p.ID)
	if err != nil || len(since) == 0 {
		return nil, err
	}
	position, err := s.store.LastPosition(ctx)
	if err != nil {
		return nil, err
	}
	v := p.Viewer()
	at := fmt.Sprint(position, v, since, s.store.Gone())
	s.alerts.mu.Lock()
	known, ok := s.alerts.all[p.ID]
	s.alerts.mu.Unlock()
	if ok && known.at == at {
		return known.news, nil
	}
	news := make(map[string]int, len(since))
	for args, from := range since {
		f, err := subscription.ParseFilter(args)
		if err != nil { // kept by an earlier build
			continue
		}
		found, err := s.matching(ctx, v, queryOf(f), from+1, math.MaxInt64>>8, MostNew+1)
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			continue
		}
		news[args] = len(found)
	}
	s.alerts.mu.Lock()
	defer s.alerts.mu.Unlock()
	if s.alerts.all == nil || len(s.alerts.all) >= alertsKept {
		s.alerts.all = map[people.UserID]counted{}
	}
	s.alerts.all[p.ID] = counted{at, news}
	return news, nil
}

// Tell has a person told of what is new for a search that she keeps, from now on; or not any more.
func (s *Service) Tell(ctx context.Context, p people.Person, args string, tell bool) error {
	return s.store.SetSearchAlert(ctx, p.ID, args, tell)
}

// Seen notes that a person has looked at what is new for a search.
func (s *Service) Seen(ctx context.Context, p people.Person, args string) error {
	return s.store.SeenSearch(ctx, p.ID, args)
}
