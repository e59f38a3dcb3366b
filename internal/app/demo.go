package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app/sample"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/wire"
)

// Demo is a node filled with the sample exchange: what lies in the past is released at once with its
// own times, the rest arrives while one watches.
type Demo struct {
	*Node
	Tokens    []DemoToken
	Links     []DemoLink // one for each member
	Releases  int
	Languages int

	start   time.Time
	pending []sample.Step

	mu      sync.Mutex
	shown   map[string]wire.ReleaseID    // released sample by its key
	opening map[wire.ReleaseID]time.Time // under embargo, with further issuers' word to follow
}

// DemoToken lets a visitor be one of the members.
type DemoToken struct {
	Member    wire.Member
	Languages []lang.Tag
	Secret    string // every scope
}

// OpenDemo makes the demo in a folder. A folder that holds a node already is opened as it is.
func OpenDemo(ctx context.Context, c Config) (_ *Demo, err error) {
	d := &Demo{shown: map[string]wire.ReleaseID{}, opening: map[wire.ReleaseID]time.Time{}, start: time.Now()}
	var past atomic.Pointer[time.Time] // while the past is written, the node's clock is there
	now := func() time.Time {
		if t := past.Load(); t != nil {
			return *t
		}
		return time.Now()
	}
	c.Now, c.story = now, story{d}
	if d.Node, err = Open(ctx, c); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	members, err := d.Store.Members(ctx)
	if err != nil {
		return nil, err
	}
	if len(members) == 0 {
		for _, m := range sample.Members() {
			if err := d.Store.AddMember(ctx, m); err != nil {
				return nil, err
			}
		}
		langs := map[lang.Tag]bool{}
		for _, s := range sample.Steps(sample.Releases(), sample.Captures()...) {
			for _, it := range s.Release.Items {
				langs[it.Language] = true
			}
			if s.At > 0 {
				d.pending = append(d.pending, s)
				continue
			}
			at := d.start.Add(s.At)
			past.Store(&at)
			if err := d.play(ctx, s); err != nil {
				return nil, err
			}
		}
		past.Store(nil)
		d.Releases, d.Languages = len(d.shown), len(langs)
	}
	known, err := d.Store.Members(ctx)
	if err != nil {
		return nil, err
	}
	if d.Links, err = d.cast(ctx); err != nil {
		return nil, err
	}
	if err := d.takeBorder(ctx); err != nil {
		return nil, err
	}
	for _, id := range sample.Plain() {
		secret, err := d.Store.CreateToken(ctx, id, access.Scopes, "demo")
		if err != nil {
			return nil, err
		}
		d.Tokens = append(d.Tokens, DemoToken{Member: known[id], Languages: sample.Languages(id), Secret: secret})
	}
	return d, nil
}

// play does one step in the voice of the member who leads the release.
func (d *Demo) play(ctx context.Context, s sample.Step) error {
	if done, err := d.bring(ctx, s); done || err != nil {
		return err
	}
	v := access.Viewer{Member: s.Release.Issuers[0], Scopes: access.Scopes}
	if s.Event == nil {
		in := publish.Input{Issuers: s.Release.Issuers, Audience: s.Release.Audience, Urgency: s.Release.Urgency, Items: s.Release.Items, Follow: pictures(s)}
		if s.Release.Opens != 0 {
			in.EmbargoedUntil = d.start.Add(s.Release.Opens)
		}
		r, err := d.Publish.Create(ctx, v, in)
		if err != nil {
			return err
		}
		d.note(s.Release.Key, r.ID)
		if r.State == wire.Embargoed {
			d.mu.Lock()
			d.opening[r.ID] = r.EmbargoedUntil
			d.mu.Unlock()
		}
		return d.confirm(ctx, r)
	}
	id, ok := d.released(s.Release.Key)
	if !ok {
		return nil // its release was not shown
	}
	r, _, err := d.Store.Release(ctx, id)
	if err != nil {
		return err
	}
	switch s.Event.Kind {
	case sample.Update:
		r, err = d.Publish.Update(ctx, v, id, s.Event.Changes(r), pictures(s))
	case sample.Correct:
		r, err = d.Publish.Correct(ctx, v, id, s.Event.Changes(r), s.Event.Reason, nil)
	case sample.Withdraw:
		r, err = d.Publish.Withdraw(ctx, v, id, s.Event.Reason, nil)
	}
	if err != nil {
		return err
	}
	return d.confirm(ctx, r)
}

// confirmOpened does so when an embargo has ended, a moment after it.
func (d *Demo) confirmOpened(ctx context.Context, id wire.ReleaseID, at time.Time) {
	for wait := time.Until(at) + 4*time.Second; ; wait = 2 * time.Second {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		r, _, err := d.Store.Release(ctx, id)
		if err != nil || r.State != wire.Embargoed {
			if err == nil {
				err = d.confirm(ctx, r)
			}
			if err != nil && ctx.Err() == nil {
				d.Log.Info("a release of the demo was not confirmed", "release", id, "reason", err)
			}
			return
		}
	}
}

// confirm gives the word of the further issuers, whose desks have agreed beforehand. What is under embargo is confirmed after it has opened.
func (d *Demo) confirm(ctx context.Context, r *wire.Release) error {
	if r.State != wire.Released {
		return nil
	}
	for _, m := range r.Unconfirmed() {
		if _, err := d.Publish.Concur(ctx, access.Viewer{Member: m, Scopes: access.Scopes}, r.ID, r.Revision, nil); err != nil {
			return err
		}
	}
	return nil
}

// Play lets the rest of the sample arrive at its times, until ctx ends. A visitor may have changed
// or withdrawn what a step builds on; such a step is passed over.
func (d *Demo) Play(ctx context.Context) {
	d.mu.Lock()
	for id, at := range d.opening {
		go d.confirmOpened(ctx, id, at)
	}
	d.mu.Unlock()
	for _, s := range d.pending {
		t := time.NewTimer(time.Until(d.start.Add(s.At)))
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
		if err := d.play(ctx, s); err != nil && ctx.Err() == nil {
			d.Log.Info("a step of the demo was passed over", "release", s.Release.Key, "reason", err)
		}
	}
}
