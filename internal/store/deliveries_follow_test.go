package store_test

import (
	"slices"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestUpdatesOfCorrections: an update that comes before its receiver has the correction stands for that: it goes first, while the delivery is paused too, and is
// sent when one that gave it up runs again. Other updates are not.
func TestUpdatesOfCorrections(t *testing.T) {
	onBoth(t, func(t *testing.T) {
		t.Parallel()
		s := open(t, t.TempDir())
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.AddMember(ctx, testkit.Member("alfa", wire.Agency)))
		must(s.AddSubscription(ctx, subscription.Subscription{ID: "one", Member: "alfa", Channel: subscription.Webhook, Format: subscription.Ninjs, Target: "https://a.example/", Name: "A", State: subscription.Active, Secret: "whsec_x"},
			people.Entry{ID: people.NewID(), At: time.Now(), Member: "alfa", Action: people.DeliveryAdded}))
		now, position := time.Now(), int64(0)
		at, err := s.Delivered(ctx)
		must(err)
		tell := func(kind subscription.Kind, ref string) {
			t.Helper()
			position++
			_, err := s.Distribute(ctx, at+position-1, at+position, []subscription.Delivery{{Subscription: "one", Message: "m", Position: position, Kind: kind, Ref: ref, Item: "i", Due: now}})
			must(err)
		}
		end := func(want subscription.Kind, ref string, r store.Result) {
			t.Helper()
			cs, err := s.ClaimDeliveries(ctx, time.Now().Add(time.Second), time.Minute, 10, 10)
			if err != nil || len(cs) != 1 || cs[0].Deliveries[0].Kind != want || cs[0].Deliveries[0].Ref != ref {
				t.Fatalf("%+v, %v", cs, err)
			}
			r.At = now
			must(s.EndDelivery(ctx, cs[0], r))
		}
		state := func(to subscription.State) {
			t.Helper()
			_, err := s.ChangeSubscription(ctx, "alfa", "one", people.Entry{}, func(x *subscription.Subscription) error { x.State = to; return nil })
			must(err)
		}
		lost := store.Result{Over: true, Trouble: subscription.Trouble{Code: subscription.Slow}}
		tell(subscription.Released, "r")
		end(subscription.Released, "r", store.Result{})
		tell(subscription.Corrected, "r")
		tell(subscription.Updated, "r")
		state(subscription.Paused)
		end(subscription.Updated, "r", lost)
		tell(subscription.Released, "q")
		state(subscription.Active)
		end(subscription.Updated, "r", store.Result{})
		tell(subscription.Updated, "r")
		end(subscription.Released, "q", lost)
		end(subscription.Updated, "r", lost)
		state(subscription.Paused)
		state(subscription.Active)
		if cs, err := s.ClaimDeliveries(ctx, time.Now().Add(time.Second), time.Minute, 10, 10); err != nil || len(cs) != 0 {
			t.Errorf("%+v, %v", cs, err)
		}
		// More than are taken up in one change.
		refs := []string{"u", "v", "w"}
		for _, ref := range refs {
			tell(subscription.Released, ref)
			end(subscription.Released, ref, store.Result{})
			tell(subscription.Corrected, ref)
			end(subscription.Corrected, ref, lost)
		}
		state(subscription.Paused)
		state(subscription.Active)
		for _, ref := range refs {
			end(subscription.Corrected, ref, store.Result{})
		}
	})
}

// TestTriesOfBefore: the log of a delivery that was begun again and again shows its tries in their order, also of one moment, and keeps the newest of those before.
func TestTriesOfBefore(t *testing.T) {
	onBoth(t, func(t *testing.T) {
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
		must(s.AddSubscription(ctx, subscription.Subscription{ID: "one", Member: "alfa", Channel: subscription.Webhook, Format: subscription.Ninjs, Target: "https://a.example/", Name: "A", State: subscription.Active, Secret: "whsec_x"}, entry()))
		now := time.Now()
		at, err := s.Delivered(ctx)
		must(err)
		_, err = s.Distribute(ctx, at, at+1, []subscription.Delivery{{Subscription: "one", Message: "m", Position: 1, Kind: subscription.Released, Ref: "r", Item: "i", Due: now}})
		must(err)
		var id int64
		status := 500
		tried := func(more bool) {
			t.Helper()
			cs, err := s.ClaimDeliveries(ctx, time.Now().Add(time.Second), time.Minute, 10, 10)
			if err != nil || len(cs) != 1 {
				t.Fatal(cs, err)
			}
			id = cs[0].Deliveries[0].ID
			status++
			must(s.EndDelivery(ctx, cs[0], store.Result{At: now, Again: now, Status: status, Over: !more, Trouble: subscription.Trouble{Code: subscription.Slow}}))
		}
		said := func(want ...int) {
			t.Helper()
			tries, err := s.DeliveryTries(ctx, []int64{id})
			must(err)
			var got []int
			for _, y := range tries[id] {
				got = append(got, y.Status)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		}
		again := func() {
			t.Helper()
			must(s.RetryDelivery(ctx, "one", id, entry()))
		}
		tried(true)
		tried(false)
		again()
		again() // before it was tried
		tried(true)
		tried(true)
		tried(false)
		said(501, 502, 503, 504, 505)
		again()
		said(502, 503, 504, 505)
		tried(false)
		said(502, 503, 504, 505, 506)
		again()
		said(503, 504, 505, 506)
	})
}
