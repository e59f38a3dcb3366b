//go:build !race

package delivery

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestOutputsForEveryoneAtEveryMoment: what is delivered in whose right, at every moment of every release's life, in every format: nothing that its owner may not read whole,
// nothing of a desk or an embargo, no word of what is gone.
func TestOutputsForEveryoneAtEveryMoment(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var clock atomic.Int64
	clock.Store(accesstest.CreateTime.UnixMicro())
	n := testkit.OpenAt(t, t.TempDir(), func() time.Time { return time.UnixMicro(clock.Load()).UTC() })
	for _, m := range []wire.MemberID{accesstest.Lead, accesstest.CoIssuer, accesstest.Partner, accesstest.Other} {
		if err := n.Store.AddMember(ctx, testkit.Member(m, wire.PressService)); err != nil {
			t.Fatal(err)
		}
	}
	s := New(n.Store, n.Browse, nil, Options{Now: func() time.Time { return time.UnixMicro(clock.Load()).UTC() }, Log: quiet})
	lead := testkit.Viewer(accesstest.Lead)
	for _, subject := range accesstest.Subjects() {
		for _, m := range subject.Moments() {
			clock.Store(accesstest.CreateTime.UnixMicro())
			in := publish.Input{Issuers: []wire.MemberID{accesstest.Lead, accesstest.CoIssuer}, Audience: subject.Audience, Urgency: 4, Items: subject.Items(m), Draft: true}
			if subject.Embargo {
				in.EmbargoedUntil = accesstest.EmbargoTime
			}
			r, err := n.Publish.Create(ctx, lead, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range m.Steps {
				clock.Store(step.Time.UnixMicro())
				if r, err = play(ctx, n, lead, subject, step.Step, r); err != nil {
					t.Fatal(subject.Name, m.Name, step.Step, err)
				}
			}
			clock.Store(m.Now.UnixMicro())
			for _, v := range accesstest.Viewers() {
				s.outputs(t, v, subject, m, r)
			}
		}
	}
}

func (s *Service) outputs(t *testing.T, v accesstest.Viewer, subject accesstest.Subject, m accesstest.Moment, r *wire.Release) {
	want := accesstest.Want(v, subject, m)
	out := r.State == wire.Released || (r.State == wire.Withdrawn || r.State == wire.Erased) && !r.OpenedAt.IsZero()
	gone := r.State == wire.Withdrawn || r.State == wire.Erased
	for _, kind := range []subscription.Kind{subscription.Released, subscription.Corrected, subscription.Withdrawn} {
		for _, format := range everyFormat {
			d := subscription.Delivery{Kind: kind, Ref: string(r.ID)}
			if format.PerItem(subscription.Webhook) {
				d.Item = r.Items[0].ID
			}
			msg, ok, err := s.message(context.Background(), subscription.Subscription{Channel: subscription.Webhook, Format: format}, v.Viewer, d)
			if err != nil {
				t.Fatal(subject.Name, m.Name, v.Name, err)
			}
			if may := out && (want == access.All || kind.Gone()) && gone == kind.Gone(); ok != may {
				t.Errorf("%s %s: %s, %s, for %s: %v, want %v", format, kind, subject.Name, m.Name, v.Name, ok, may)
			}
			if leaks := subject.Leaks(m, want, string(msg.Body)); len(leaks) > 0 {
				t.Errorf("%s %s: %s, %s, for %s: shows %q", format, kind, subject.Name, m.Name, v.Name, leaks)
			}
		}
	}
}

// everyFormat is what message writes.
var everyFormat = []subscription.Format{subscription.Ninjs, subscription.NewsML, subscription.Envelope, subscription.Words}

func play(ctx context.Context, n *testkit.Node, v access.Viewer, s accesstest.Subject, what accesstest.Step, r *wire.Release) (*wire.Release, error) {
	switch what {
	case accesstest.Approve:
		return n.Publish.Approve(ctx, v, r.ID, s.Approver(), nil)
	case accesstest.Schedule:
		return n.Publish.Schedule(ctx, v, r.ID, accesstest.PublishTime, nil)
	case accesstest.Publish:
		return n.Publish.Publish(ctx, v, r.ID, nil)
	case accesstest.Open:
		if err := n.Publish.Handlers()[publish.JobOpen](ctx, jobs.Job{Kind: publish.JobOpen, Args: string(r.ID)}); err != nil {
			return nil, err
		}
		r, _, err := n.Store.Release(ctx, r.ID)
		return r, err
	case accesstest.Update:
		return n.Publish.Update(ctx, v, r.ID, s.Changes(what, r), nil)
	case accesstest.Correct:
		return n.Publish.Correct(ctx, v, r.ID, s.Changes(what, r), s.Reason(what), nil)
	case accesstest.Withdraw:
		return n.Publish.Withdraw(ctx, v, r.ID, s.Reason(what), nil)
	}
	return n.Publish.Erase(ctx, v, r.ID, nil)
}

// TestStopped: a node that is stopped again and again delivers everything all the same.
func TestStopped(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := newReceiver(t)
	x, _ := s.add(r, subscription.Subscription{})
	var uris []string
	for range 12 {
		uris = append(uris, string(s.release(road()).Items[0].URI))
	}
	missing := func() int {
		for _, c := range r.got() {
			it := c.item(t)
			uris = slices.DeleteFunc(uris, func(u string) bool { return u == it.URI })
		}
		return len(uris)
	}
	for stops := 0; missing() > 0 || s.get(x.ID).Waiting > 0; stops++ {
		if stops > 500 {
			t.Fatalf("it comes to no end: %d are missing", missing())
		}
		stop := s.run()
		time.Sleep(10 * time.Millisecond)
		stop()
	}
}
