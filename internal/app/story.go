package app

import (
	"context"
	"slices"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app/sample"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/web"
	"jarchi.dev/jarchi/internal/wire"
)

// The samples that the cards of the demo speak of, by their keys.
const (
	storyWater  = "water"
	storyBorder = "border"
)

// story is the demo as its pages ask for it.
type story struct{ d *Demo }

func (s story) Story() web.Story {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	st := web.Story{Start: s.d.start, Water: s.d.shown[storyWater], Border: s.d.shown[storyBorder]}
	for _, l := range s.d.Links {
		if slices.Contains(sample.Plain(), l.Member.ID) {
			st.Guests = append(st.Guests, web.Guest{Member: l.Member.ID, Link: "/in#" + l.Secret})
		}
	}
	return st
}

// Withdraw plays what the samples leave to the visitor: the border item is withdrawn by who released it.
// Whoever comes second, or finds it withdrawn by hand, changes nothing.
func (s story) Withdraw(ctx context.Context) error {
	for _, r := range sample.Releases() {
		if r.Key != storyBorder {
			continue
		}
		for i := range r.Events {
			if e := &r.Events[i]; e.Manual && e.Kind == sample.Withdraw {
				if err := s.d.play(ctx, sample.Step{Release: r, Event: e}); err != nil && fault.KindOf(err) != fault.Conflict {
					return err
				}
			}
		}
	}
	return nil
}

// note keeps under which id a sample is on the wire.
func (d *Demo) note(key string, id wire.ReleaseID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown[key] = id
}

func (d *Demo) released(key string) (wire.ReleaseID, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id, ok := d.shown[key]
	return id, ok
}

// takeBorder lets the night desk of another member use the border item, so that its withdrawal has
// somebody to ask.
func (d *Demo) takeBorder(ctx context.Context) error {
	id, ok := d.released(storyBorder)
	if !ok {
		return nil
	}
	const taker wire.MemberID = "sabzwadi"
	desks, err := d.People.Desks(ctx, taker)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(desks, func(k people.Desk) bool { return k.Names[lang.EN] == nightDesk[lang.EN] })
	if i < 0 {
		return nil
	}
	v := access.Viewer{Member: taker, Scopes: people.Editor.Scopes()}
	e, err := d.Browse.Release(ctx, v, id)
	if err != nil {
		return err
	}
	if e, err = d.Browse.Item(ctx, v, e.Release.Items[0].ID); err != nil {
		return err
	}
	_, err = d.Takes.Take(ctx, e, take.Taker{Member: taker, Desk: desks[i].ID}, lang.UR)
	return err
}
