package store_test

import (
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestDeliveries: a lane has one delivery at a time, what goes first before what is new; what was begun counts as something that the receiver may have, and
// what is gone is told to him alone.
func TestDeliveries(t *testing.T) {
	onBoth(t, testDeliveries)
}

func testDeliveries(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	if err := s.AddMember(ctx, testkit.Member("alfa", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	entry := people.Entry{ID: people.NewID(), At: time.Now(), Member: "alfa", Action: people.DeliveryAdded}
	add := func(id subscription.ID, state subscription.State) {
		e := entry
		e.ID = people.NewID()
		must(s.AddSubscription(ctx, subscription.Subscription{ID: id, Member: "alfa", Channel: subscription.Webhook, Format: subscription.Ninjs, Target: "https://a.example/", Name: "A", State: state, Secret: "whsec_x"}, e))
	}
	add("one", subscription.Active)
	add("two", subscription.Paused)
	now := time.Now()
	d := func(sub subscription.ID, position int64, kind subscription.Kind, ref string) subscription.Delivery {
		return subscription.Delivery{Subscription: sub, Message: "msg", Position: position, Kind: kind, Ref: ref, Item: "i", Due: now}
	}
	at, err := s.Delivered(ctx)
	must(err)
	ok, err := s.Distribute(ctx, at, at+3, []subscription.Delivery{d("one", 1, subscription.Released, "r"), d("one", 2, subscription.Released, "q"), d("one", 3, subscription.Withdrawn, "never"), d("two", 1, subscription.Released, "r"), d("none", 1, subscription.Released, "r")})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if ok, err := s.Distribute(ctx, at, at+3, nil); err != nil || ok {
		t.Error("told twice", ok, err)
	}
	claim := func(want int) []store.Claimed {
		t.Helper()
		cs, err := s.ClaimDeliveries(ctx, time.Now().Add(time.Second), time.Minute, 10, 10) // what is sent again is due at the time of that
		if err != nil || len(cs) != want {
			t.Fatalf("%+v, %v", cs, err)
		}
		return cs
	}
	c := claim(1)[0]
	if c.ID != "one" || len(c.Deliveries) != 1 || c.Deliveries[0].Ref != "r" || c.Deliveries[0].Tries != 1 || c.Secret != "whsec_x" {
		t.Errorf("%+v", c)
	}
	claim(0) // one at a time
	// While r is on its way it is withdrawn; it comes back failed, and is overtaken.
	if _, err := s.Distribute(ctx, at+3, at+4, []subscription.Delivery{d("one", 4, subscription.Withdrawn, "r"), d("two", 4, subscription.Withdrawn, "r")}); err != nil {
		t.Fatal(err)
	}
	must(s.EndDelivery(ctx, c, store.Result{At: now, Trouble: subscription.Trouble{Code: subscription.Slow}, Again: now, Fares: subscription.Fares{Failures: 1}}))
	c = claim(1)[0]
	if c.Deliveries[0].Kind != subscription.Withdrawn || c.Failures != 1 {
		t.Errorf("the withdrawal is not first: %+v", c)
	}
	must(s.GiveDeliveryBack(ctx, c))
	c = claim(1)[0]
	if c.Deliveries[0].Tries != 1 {
		t.Errorf("%+v", c.Deliveries)
	}
	must(s.EndDelivery(ctx, c, store.Result{At: now, Status: 200, Mark: "77"}))
	held, err := s.Holders(ctx, "r")
	if err != nil || len(held) != 1 || held[0] != (store.Held{Subscription: "one", Item: "i", Mark: "77"}) {
		t.Errorf("%+v, %v", held, err)
	}
	c = claim(1)[0]
	must(s.EndDelivery(ctx, c, store.Result{At: now, Barred: true}))
	if held, err := s.Holders(ctx, "q"); err != nil || len(held) != 0 {
		t.Errorf("what was not sent is held: %+v, %v", held, err)
	}
	claim(0)
	lines, err := s.Deliveries(ctx, "one", 0, 10)
	if err != nil || len(lines) != 3 || lines[0].Outcome != subscription.Done || lines[1].Outcome != subscription.Barred || lines[2].Outcome != subscription.Overtook {
		t.Fatalf("%+v, %v", lines, err)
	}
	tries, err := s.DeliveryTries(ctx, []int64{lines[0].ID, lines[2].ID})
	if err != nil || len(tries[lines[0].ID]) != 1 || tries[lines[0].ID][0].Status != 200 || tries[lines[2].ID][0].Trouble.Code != subscription.Slow {
		t.Errorf("%+v, %v", tries, err)
	}
	if err := s.RetryDelivery(ctx, "one", lines[2].ID, entryOf(entry)); fault.KindOf(err) != fault.NotFound {
		t.Error("what was overtaken is sent again", err)
	}
	must(s.RetryDelivery(ctx, "one", lines[0].ID, entryOf(entry)))
	c = claim(1)[0]
	if c.Deliveries[0].ID != lines[0].ID || c.Mark != "77" {
		t.Errorf("%+v", c)
	}
	// What was handed over once is held, also when a further delivery of it finds nothing to tell, or a stopped node may have sent it.
	must(s.EndDelivery(ctx, c, store.Result{At: now, Barred: true}))
	if held, err := s.Holders(ctx, "r"); err != nil || len(held) != 1 {
		t.Errorf("nobody holds what was handed over: %+v, %v", held, err)
	}
	if _, err := s.Distribute(ctx, at+4, at+5, []subscription.Delivery{d("one", 5, subscription.Released, "p")}); err != nil {
		t.Fatal(err)
	}
	must(s.GiveDeliveryBack(ctx, claim(1)[0]))
	must(s.EndDelivery(ctx, claim(1)[0], store.Result{At: now, Barred: true}))
	if held, err := s.Holders(ctx, "p"); err != nil || len(held) != 1 {
		t.Errorf("nobody holds what may have been sent: %+v, %v", held, err)
	}
	if _, err := s.Distribute(ctx, at+5, at+6, []subscription.Delivery{d("one", 6, subscription.Released, "o")}); err != nil {
		t.Fatal(err)
	}
	if again, err := s.DeliveriesSince(ctx, "one", now.Add(-time.Hour), 10); err != nil || len(again) != 5 {
		t.Errorf("%+v, %v", again, err)
	}
	must(s.NoteDelivery(ctx, subscription.Delivery{Subscription: "two", Message: "m", Kind: subscription.Test, Outcome: subscription.Done}, store.Result{At: now, Status: 204}))
	if far, err := s.TidyDeliveries(ctx, now.Add(time.Hour), 0); err != nil || len(far) != 1 || far[0] != "one" {
		t.Errorf("%v, %v", far, err)
	}
	if lines, err := s.Deliveries(ctx, "two", 0, 10); err != nil || len(lines) != 0 {
		t.Errorf("%+v, %v", lines, err)
	}
	x, err := s.ChangeSubscription(ctx, "alfa", "two", people.Entry{}, func(x *subscription.Subscription) error { x.Name = "B"; return nil })
	if err != nil || x.Name != "B" {
		t.Error(x, err)
	}
	// It is ended while something is on its way: why stays said, however that ends.
	c = claim(1)[0]
	if _, err := s.ChangeSubscription(ctx, "alfa", "one", people.Entry{}, func(x *subscription.Subscription) error {
		x.State, x.Trouble = subscription.Ended, subscription.Trouble{Code: subscription.Left}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	must(s.EndDelivery(ctx, c, store.Result{At: now, Status: 200, Fares: subscription.Fares{LastGood: now}}))
	if x, err := s.Subscription(ctx, "alfa", "one"); err != nil || x.State != subscription.Ended || x.Trouble.Code != subscription.Left {
		t.Errorf("%+v, %v", x, err)
	}
	must(s.RemoveSubscription(ctx, "alfa", "one", entryOf(entry)))
	if _, err := s.Subscription(ctx, "beta", "two"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if all, err := s.Subscriptions(ctx, "alfa"); err != nil || len(all) != 1 || all[0].Name != "B" {
		t.Errorf("%+v, %v", all, err)
	}
}

func entryOf(e people.Entry) people.Entry { e.ID = people.NewID(); return e }
