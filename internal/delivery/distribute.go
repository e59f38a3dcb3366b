package delivery

import (
	"context"
	"maps"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

const (
	eventsAtOnce = 64 // are told in one transaction
	mostFailures = 60 // in a row, a second each, until one subscription that cannot be asked no longer holds up the others
)

// distributing tells the subscriptions what happens, until ctx ends.
func (s *Service) distributing(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		changed := s.store.Changed()
		more, err := s.distribute(ctx, failures >= mostFailures)
		if failures++; err == nil {
			failures = 0
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Error("what happened could not be told to the subscriptions; it is tried again", "error", err)
			changed = nil // wait the second
		}
		if more && err == nil {
			continue
		}
		t := time.NewTimer(time.Second) // another node may have written
		select {
		case <-ctx.Done():
		case <-changed:
		case <-t.C:
		}
		t.Stop()
	}
}

// distribute tells the next events; more is true when there may be further ones. With leave a subscription whose filter cannot be asked is left out;
// otherwise nothing is told until it can.
func (s *Service) distribute(ctx context.Context, leave bool) (more bool, err error) {
	if !s.store.First() { // one node tells what happened
		return false, nil
	}
	from, err := s.store.Delivered(ctx)
	if err != nil {
		return false, err
	}
	events, err := s.store.EventsAfter(ctx, from, eventsAtOnce)
	if err != nil || len(events) == 0 {
		return false, err
	}
	if s.subscribed, err = s.refresh(ctx, s.subscribed); err != nil {
		return false, err
	}
	var ds []subscription.Delivery
	if len(s.subscribed.byID) > 0 {
		if ds, err = s.plan(ctx, events, s.subscribed, leave); err != nil {
			return false, err
		}
	}
	_, err = s.store.Distribute(ctx, from, events[len(events)-1].Position, ds)
	return true, err
}

// plan is what of some events, in their order, is to be delivered to whom; leave is as for distribute.
func (s *Service) plan(ctx context.Context, events []store.EventRow, ix *index, leave bool) ([]subscription.Delivery, error) {
	byID := ix.byID
	releases, places, err := s.about(ctx, events)
	if err != nil {
		return nil, err
	}
	matters, err := s.matters(ctx, ix, events, releases)
	if err != nil {
		return nil, err
	}
	wanted := make([][]subscription.ID, len(events)) // who asks for what each event is about
	spoken := s.spoken()
	for _, g := range ix.groups {
		if g.under != spoken {
			s.readWords(g, spoken)
		}
		if !g.may(matters) {
			continue
		}
		v, ok, err := s.reader(ctx, ix, g)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if err := s.ask(ctx, g, v, events, places, wanted); err != nil {
			if ctx.Err() != nil || !leave && fault.KindOf(err) != fault.Invalid { // a filter of an earlier build may be invalid now, and stays so
				return nil, err
			}
			s.Log.Error("the filter of a subscription cannot be asked", "subscription", g.subs[0], "error", err)
		}
	}
	var out []subscription.Delivery
	alerts := map[subscription.ID]int{}   // letters that these events make
	topics := map[subscription.ID]int64{} // the last event that may have changed the feed of each subscriber of the hub: it is sent once for all of them
	for i, ev := range events {
		kind, ok := kinds[ev.Kind]
		if !ok {
			continue
		}
		told := map[store.Held]bool{}
		var failed error
		tell := func(x subscription.Subscription, item wire.ItemID) {
			key := store.Held{Subscription: x.ID, Item: item}
			if told[key] || ev.Position <= x.From || !x.Follows() || !x.Runs() && !kind.First() {
				return
			}
			told[key] = true
			d := subscription.Delivery{Subscription: x.ID, Message: newMessage(), Position: ev.Position, Kind: kind, Ref: ev.Ref, Item: item, Due: s.Now()}
			moment, err := s.gathers(ctx, x, kind, alerts)
			if err != nil {
				failed = err
				return
			}
			if !moment.IsZero() {
				if kind.Gone() { // at once, and in the digest
					out = append(out, d)
					d.Message = newMessage()
				}
				d.Digest, d.Due = moment, moment
			}
			out = append(out, d)
		}
		if ev.Kind == wire.EventCaptured {
			for _, id := range wanted[i] {
				tell(byID[id], "")
			}
			if failed != nil {
				return nil, failed
			}
			continue
		}
		r := releases[wire.ReleaseID(ev.Ref)]
		if r == nil || r.OpenedAt.IsZero() || ev.At.Before(r.OpenedAt) {
			continue // what happened under embargo is told to nobody; its opening tells the release as it is then
		}
		if kind != subscription.Released {
			held, err := s.store.Holders(ctx, ev.Ref)
			if err != nil {
				return nil, err
			}
			for _, h := range held {
				if x, ok := byID[h.Subscription]; ok && (kind.Gone() || h.Item == "" || slices.Contains(ev.Items, h.Item)) {
					tell(x, h.Item)
				}
			}
		}
		if failed != nil {
			return nil, failed
		}
		for _, id := range topicsOf(r, kind, ix.hubs, byID, wanted[i]) {
			topics[id] = ev.Position
		}
		if kind.Gone() {
			continue
		}
		for _, id := range wanted[i] {
			x := byID[id]
			if x.Channel == subscription.WebSub {
				continue
			}
			if !x.Format.PerItem(x.Channel) {
				tell(x, "")
				continue
			}
			for _, it := range r.Items {
				if (x.Filter.Language == "" || it.Language == x.Filter.Language) && (kind == subscription.Released || slices.Contains(ev.Items, it.ID)) {
					tell(x, it.ID)
				}
			}
		}
		if failed != nil {
			return nil, failed
		}
	}
	for _, id := range slices.Sorted(maps.Keys(topics)) {
		out = append(out, subscription.Delivery{Subscription: id, Message: newMessage(), Position: topics[id], Kind: subscription.Updated, Ref: topicRef, Due: s.Now()})
	}
	return out, nil
}

// kinds are the events that are told; of an embargo nobody is.
var kinds = map[wire.EventKind]subscription.Kind{wire.EventReleased: subscription.Released, wire.EventUpdated: subscription.Updated, wire.EventCorrected: subscription.Corrected,
	wire.EventWithdrawn: subscription.Withdrawn, wire.EventErased: subscription.Erased, wire.EventCaptured: subscription.Captured}

// about reads the releases that events are about, and where in the list what each event is about stands; 0 is nowhere.
func (s *Service) about(ctx context.Context, events []store.EventRow) (map[wire.ReleaseID]*wire.Release, []int64, error) {
	releases, listed := map[wire.ReleaseID]*wire.Release{}, map[wire.ReleaseID]int64{}
	places := make([]int64, len(events))
	for i, ev := range events {
		if ev.Kind == wire.EventCaptured {
			places[i] = ev.Position
			continue
		}
		id := wire.ReleaseID(ev.Ref)
		if _, ok := listed[id]; !ok {
			r, place, err := s.store.Release(ctx, id)
			if err != nil && !isNone(err) {
				return nil, nil, err
			}
			releases[id], listed[id] = r, place.Position
		}
		places[i] = listed[id]
	}
	return releases, places, nil
}

// ask notes for which of the events one filter finds what they are about. What is new lies close together and is asked for at once, what is older one by one.
func (s *Service) ask(ctx context.Context, g *asking, v access.Viewer, events []store.EventRow, places []int64, wanted [][]subscription.ID) error {
	oldest, newest := events[0].Position, events[len(events)-1].Position
	found, err := s.matching(ctx, v, g.query, oldest, newest+1, len(events))
	if err != nil {
		return err
	}
	for i, p := range places {
		matches := slices.Contains(found, p)
		if k := kinds[events[i].Kind]; p > 0 && p < oldest && !k.Gone() {
			one, err := s.matching(ctx, v, g.query, p, p+1, 1)
			if err != nil {
				return err
			}
			matches = len(one) > 0
		}
		if !matches {
			continue
		}
		wanted[i] = append(wanted[i], g.subs...)
	}
	return nil
}
