package delivery

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// place is a folder of a server: it keeps what it is given, as outbound.Drop does.
type place struct {
	mu    sync.Mutex
	files map[string]string
	fails []error // of the next calls
	after bool    // they fail after the file was written
}

func (p *place) Name() string { return "sftp://wire@files.example/in" }

func (p *place) Try(ctx context.Context) error { return p.Put(ctx, "", nil, true, nil) }

func (p *place) Put(_ context.Context, name string, b []byte, mine bool, begin func() error) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.fails) > 0 {
		err, p.fails = p.fails[0], p.fails[1:]
		if !p.after {
			return err
		}
	}
	if name == "" {
		return err
	}
	if _, there := p.files[name]; there && !mine {
		return fault.E(fault.Conflict, "There.").Because(outbound.ErrTaken)
	} else if !there {
		if err := begin(); err != nil {
			return err
		}
	}
	p.files[name] = string(b)
	return err
}

func (p *place) says(after bool, errs ...error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.after, p.fails = after, errs
}

func (p *place) read(name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.files[name]
}

// TestSFTP: a text is a file on the operator's server, what becomes of it takes its place, also where an answer was lost; a file of somebody else's stays; another host key stops the delivery with a
// sentence that says what to do, until the operator has looked.
func TestSFTP(t *testing.T) {
	t.Parallel()
	s := open(t)
	p := &place{files: map[string]string{}}
	to := subscription.Subscription{Channel: subscription.SFTP, Target: p.Name()}
	if _, _, err := s.Add(t.Context(), keeper, to, ""); fault.KindOf(err) != fault.Invalid {
		t.Error("a server that the operator has not named", err)
	}
	s.Drops = map[wire.MemberID][]Drop{"alfa": {p}}
	elsewhere := to
	elsewhere.Target = "sftp://wire@elsewhere.example/in"
	if _, _, err := s.Add(t.Context(), keeper, elsewhere, ""); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	x, secret, err := s.Add(t.Context(), keeper, to, "")
	if err != nil || secret != "" || x.State != subscription.Active {
		t.Fatal(x, err)
	}
	if _, _, err := s.Add(t.Context(), keeper, to, ""); fault.KindOf(err) != fault.Invalid {
		t.Error("two into one folder", err)
	}
	stop := s.run()
	r := s.release(road())
	name := string(r.Items[0].ID) + ".json"
	until(t, "the file", func() bool { return strings.Contains(p.read(name), "opens a road") })
	p.says(true, errors.New("the answer was lost"))
	s.correct(r, lang.EN, "District opens two roads")
	until(t, "the correction", func() bool { return strings.Contains(p.read(name), "two roads") && s.get(x.ID).Waiting == 0 })
	p.says(true, errors.New("the answer was lost"))
	again := s.release(road())
	until(t, "a further file", func() bool { return p.read(string(again.Items[0].ID)+".json") != "" && s.get(x.ID).Waiting == 0 })
	if got := s.get(x.ID); got.Trouble.Code != "" || got.Failures != 0 {
		t.Errorf("%+v", got.Fares)
	}

	p.says(false, fault.E(fault.Conflict, "There.").Because(outbound.ErrTaken))
	s.release(road())
	s.state(x.ID, func(x subscription.Subscription) bool { return x.Trouble.Code == subscription.Taken && x.Waiting == 0 })
	if s.get(x.ID).State != subscription.Active {
		t.Error("a file of somebody else's stops it")
	}
	p.says(false, fault.E(fault.Conflict, "Another key.").Because(outbound.ErrHostKey))
	s.release(road())
	s.state(x.ID, func(x subscription.Subscription) bool { return x.State == subscription.Stopped })
	if got := s.get(x.ID).Trouble; got.Code != subscription.HostKey || !strings.Contains(got.Sentence(), "jarchi delivery sftp") {
		t.Errorf("%+v", got)
	}
	// What becomes of what is there is told when the operator has looked, though it was given up meanwhile; and the log keeps the tries of before.
	p.says(false, fault.E(fault.Conflict, "Another key.").Because(outbound.ErrHostKey))
	s.correct(again, lang.EN, "District opens three roads")
	lines := func() []Line {
		out, _, err := s.Lines(t.Context(), keeper, x.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	until(t, "the correction is given up", func() bool { l := lines()[0]; return l.Kind.First() && l.Outcome == subscription.GivenUp })
	if _, err := s.Pause(t.Context(), keeper, x.ID, false, ""); err != nil {
		t.Fatal(err)
	}
	until(t, "the correction after all", func() bool { return strings.Contains(p.read(string(again.Items[0].ID)+".json"), "three roads") })
	until(t, "its line", func() bool {
		l := lines()[0]
		return l.Outcome == subscription.Done && len(l.Tried) == 2 && l.Tried[0].Trouble.Code == subscription.HostKey
	})
	p.says(false, fault.E(fault.Unavailable, "No room.").Because(outbound.ErrUnwritable))
	s.release(road())
	s.state(x.ID, func(x subscription.Subscription) bool {
		return x.Trouble.Code == subscription.Unwritable && x.Waiting == 1
	})
	if tr, _, err := s.Test(t.Context(), keeper, x.ID); err != nil || tr.Code != "" {
		t.Error(tr, err)
	}
	stop()
	s.Drops = nil
	if tr, _, err := s.Test(t.Context(), keeper, x.ID); err != nil || tr.Code != subscription.Unset {
		t.Error(tr, err)
	}
}
