package delivery

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestManyLanguages: releases in many languages that wait together are all told.
func TestManyLanguages(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := newReceiver(t)
	s.add(r, subscription.Subscription{Format: subscription.Envelope})
	texts := map[lang.Tag][2]string{}
	for _, tag := range strings.Fields("en ru kk uz tr az fa ur ar ky tk tg de fr es it pl nl sv fi") {
		texts[lang.Tag(tag)] = [2]string{"Water in " + tag, "The level rose by two metres."}
	}
	const releases = 8
	for range releases {
		s.release(texts)
	}
	s.run()
	r.until(releases)
	r.silent(releases)
}

// TestAskingFails: where the search fails for a moment nothing is told, and nothing missed.
func TestAskingFails(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := newReceiver(t)
	s.add(r, subscription.Subscription{})
	var asked atomic.Int64
	inner := s.matching
	s.matching = func(ctx context.Context, v access.Viewer, q browse.Query, from, below int64, limit int) ([]int64, error) {
		if asked.Add(1) == 1 {
			return nil, fault.E(fault.Unavailable, "not now")
		}
		return inner(ctx, v, q, from, below, limit)
	}
	s.release(road())
	s.run()
	r.until(1)
	r.silent(1)
}

// crashing is a client that crashes on what has certain words.
type crashing struct {
	Client
	words string
	tried atomic.Int64
}

func (c *crashing) Send(ctx context.Context, s outbound.Sending) (outbound.Sent, error) {
	if strings.Contains(string(s.Body), c.words) {
		c.tried.Add(1)
		panic("crash")
	}
	return c.Client.Send(ctx, s)
}

// TestOneFaultHoldsNobody: what this node cannot send is tried again later, and what comes after it is not held up; the receiver is not blamed.
func TestOneFaultHoldsNobody(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := newReceiver(t)
	x, _ := s.add(r, subscription.Subscription{})
	c := &crashing{Client: s.client, words: road()[lang.EN][0]}
	s.client = c
	s.release(road())
	s.release(map[lang.Tag][2]string{lang.EN: {"A bridge is closed", "It is mended until Friday."}})
	s.run()
	r.until(1)
	s.state(x.ID, func(x subscription.Subscription) bool { return c.tried.Load() >= 2 })
	if x := s.get(x.ID); x.State != subscription.Active || x.Failures != 0 {
		t.Errorf("%+v", x)
	}
	lines, _, err := s.Lines(t.Context(), keeper, x.ID, 0)
	if err != nil || !slices.ContainsFunc(lines, func(l Line) bool { return l.Last.Code == subscription.Internal }) {
		t.Errorf("%+v, %v", lines, err)
	}
}

// TestEcho: what a receiver says stands in the log, unless it is what he was sent.
func TestEcho(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, echo := range map[string]func(body string) string{
		"as it is":     func(b string) string { return "cannot read " + b[strings.Index(b, "Toqsanbulaq rel"):] },
		"as JSON":      func(string) string { return `{"not":"` + escaped("Toqsanbulaq releases water") + `"}` },
		"as HTML":      func(string) string { return "no &#84;oqsanbulaq&nbsp;releases" },
		"as a query":   func(string) string { return "title=Toqsanbulaq%20releases%20wa" },
		"its own word": func(string) string { return "representationType is not known here" },
	} {
		r := newReceiver(t)
		x, _ := s.add(r, subscription.Subscription{Filter: subscription.Filter{Language: lang.EN}})
		r.answers(func(w http.ResponseWriter, _ *http.Request, c call) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, echo(string(c.Body)))
		})
		stop := s.run()
		s.release(water())
		s.state(x.ID, func(x subscription.Subscription) bool { return x.Failures > 0 })
		stop()
		lines, _, err := s.Lines(t.Context(), keeper, x.ID, 0)
		if err != nil || len(lines) < 2 || lines[0].Last.Code != subscription.Refused || (lines[0].Last.Says != "") != (name == "its own word") {
			t.Errorf("%s: %+v, %v", name, lines, err)
		}
		if err := s.Remove(t.Context(), keeper, x.ID, ""); err != nil {
			t.Fatal(err)
		}
	}
}

func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}

// TestAsTheAPIGivesIt: an item that is delivered says the same as everywhere: what a machine made, what happened to it.
func TestAsTheAPIGivesIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := newReceiver(t)
	s.add(r, subscription.Subscription{Filter: subscription.Filter{Language: lang.KK}})
	in := testkit.Input(water())
	for i := range in.Items {
		if in.Items[i].Language == lang.KK {
			in.Items[i].Translation = wire.Machine
		}
	}
	made, err := s.node.Publish.Create(t.Context(), keeper, in)
	if err != nil {
		t.Fatal(err)
	}
	s.run()
	if it := r.until(1)[0].item(t); it.DigitalSourceType == nil || it.DigitalSourceType.Name != "trainedAlgorithmicMedia" || len(it.Associations) != 1 {
		t.Errorf("%+v", it)
	}
	s.withdraw(made)
	if c := r.until(2)[1]; !strings.Contains(string(c.Body), `"role":"signal","value":"withdrawal"`) {
		t.Errorf("%s", c.Body)
	}
}
