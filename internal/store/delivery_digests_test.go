package store_test

import (
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestDigests: what waits for one moment is claimed and ended together; what is withdrawn meanwhile is overtaken, and told at once to who has it; whoever keeps subscriptions in memory learns what has changed.
func TestDigests(t *testing.T) { onBoth(t, testDigests) }

func testDigests(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.AddMember(ctx, testkit.Member("alfa", wire.Agency)))
	entry := func() people.Entry {
		return people.Entry{ID: people.NewID(), At: time.Now(), Member: "alfa", Action: people.DeliveryAdded}
	}
	x := subscription.Subscription{ID: "one", Member: "alfa", Channel: subscription.Mail, Format: subscription.Words, Target: "a@b.example", Name: "A", State: subscription.Active, Rhythm: subscription.Rhythm{Every: subscription.Daily, Hour: 7, Zone: "UTC"}}
	must(s.AddSubscription(ctx, x, entry()))
	alert := x
	alert.ID, alert.Alert, alert.Person, alert.Rhythm = "two", true, "her", subscription.Rhythm{}
	must(s.AddSubscription(ctx, alert, entry()))
	must(s.PutHubSubscription(ctx, subscription.Subscription{ID: "three", Channel: subscription.WebSub, Target: "https://c.example/", Topic: "https://press.example/feeds/all.atom", State: subscription.Active, Lease: time.Now().Add(time.Hour)}))
	if all, err := s.HubSubscriptions(ctx); err != nil || len(all) != 1 || all[0].Topic != "https://press.example/feeds/all.atom" {
		t.Error(all, err)
	}
	if all, err := s.AlertsOf(ctx, "her"); err != nil || len(all) != 1 || all[0].ID != "two" {
		t.Error(all, err)
	}
	if all, err := s.AlertsOf(ctx, "he%"); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
	version, removed, err := s.SubscriptionVersions(ctx)
	all, err2 := s.SubscriptionsChanged(ctx, -1)
	if err != nil || err2 != nil || version != 3 || removed != 0 || len(all) != 3 {
		t.Fatal(version, removed, len(all), err, err2)
	}

	now := time.Now()
	moment := now.Add(time.Hour).Truncate(time.Microsecond)
	d := func(position int64, kind subscription.Kind, ref string, digest time.Time) subscription.Delivery {
		due := digest
		if due.IsZero() {
			due = now
		}
		return subscription.Delivery{Subscription: "one", Message: people.NewID(), Position: position, Kind: kind, Ref: ref, Due: due, Digest: digest}
	}
	tell := func(ds ...subscription.Delivery) {
		t.Helper()
		at, err := s.Delivered(ctx)
		must(err)
		ok, err := s.Distribute(ctx, at, at+1, ds)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	claim := func(at time.Time, want int) store.Claimed {
		t.Helper()
		cs, err := s.ClaimDeliveries(ctx, at, time.Minute, 10, 10)
		if err != nil || len(cs) != min(want, 1) || want > 0 && len(cs[0].Deliveries) != want {
			t.Fatalf("%+v, %v", cs, err)
		}
		if want == 0 {
			return store.Claimed{}
		}
		return cs[0]
	}
	tell(d(1, subscription.Released, "a", moment), d(2, subscription.Released, "b", moment), d(3, subscription.Released, "c", moment), d(4, subscription.Corrected, "d", moment))
	claim(now.Add(time.Minute), 0)
	tell(d(5, subscription.Withdrawn, "b", time.Time{}), d(5, subscription.Withdrawn, "b", moment)) // nobody has it
	c := claim(moment, 3)
	if c.Deliveries[0].Ref != "d" || c.Deliveries[1].Ref != "a" || !c.Deliveries[0].Digest.Equal(moment) || !c.Deliveries[2].Fresh {
		t.Errorf("%+v", c.Deliveries)
	}
	must(s.EndDelivery(ctx, c, store.Result{At: moment, Status: 250, Mark: "letter", Left: map[int64]subscription.Outcome{c.Deliveries[2].ID: subscription.Counted}}))
	claim(moment.Add(time.Hour), 0)
	next := moment.Add(24 * time.Hour)
	tell(d(6, subscription.Withdrawn, "a", time.Time{}), d(6, subscription.Withdrawn, "a", next), d(7, subscription.Withdrawn, "c", time.Time{}), d(7, subscription.Withdrawn, "c", next)) // c was only counted
	c = claim(moment.Add(time.Minute), 1)
	if c.Deliveries[0].Ref != "a" || !c.Deliveries[0].Digest.IsZero() || c.Mark != "letter" {
		t.Errorf("%+v", c)
	}
	must(s.EndDelivery(ctx, c, store.Result{At: moment, Status: 250}))
	c = claim(next, 1)
	must(s.EndDelivery(ctx, c, store.Result{At: next, Status: 250, State: subscription.Stopped}))
	if at, err := s.LetterMade(ctx, "one", 1); err != nil || !at.IsZero() { // all were of digests, or of what is gone
		t.Error(at, err)
	}

	if changed, err := s.SubscriptionsChanged(ctx, version); err != nil || len(changed) != 1 || changed[0].State != subscription.Stopped {
		t.Errorf("%+v %v", changed, err)
	}
	must(s.RemoveSubscription(ctx, "", "three", people.Entry{}))
	if _, removed, err := s.SubscriptionVersions(ctx); err != nil || removed != 1 {
		t.Error(removed, err)
	}
}
