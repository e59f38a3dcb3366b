package store_test

import (
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// TestRetriedDuringATry: what somebody asks to be sent again while its last try is on its way is sent again when that has failed, and not when it arrived.
func TestRetriedDuringATry(t *testing.T) {
	onBoth(t, func(t *testing.T) {
		s := open(t, t.TempDir())
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.AddMember(ctx, member("alfa")))
		entry := func() people.Entry {
			return people.Entry{ID: people.NewID(), At: time.Now(), Member: "alfa", Action: people.DeliveryAdded}
		}
		must(s.AddSubscription(ctx, subscription.Subscription{ID: "one", Member: "alfa", Channel: subscription.Webhook, Format: subscription.Ninjs, Target: "https://a.example/", Name: "A", State: subscription.Active, Secret: "whsec_x"}, entry()))
		now := time.Now()
		claim := func() []store.Claimed {
			t.Helper()
			cs, err := s.ClaimDeliveries(ctx, now.Add(time.Hour), time.Minute, 10, 10)
			must(err)
			return cs
		}
		for item, failed := range map[wire.ItemID]bool{"i": true, "k": false} {
			at, err := s.Delivered(ctx)
			must(err)
			_, err = s.Distribute(ctx, at, at+1, []subscription.Delivery{{Subscription: "one", Message: "m" + string(item), Position: at + 1, Kind: subscription.Released, Ref: "r", Item: item, Due: now}})
			must(err)
			cs := claim()
			if len(cs) != 1 {
				t.Fatalf("%d claimed", len(cs))
			}
			must(s.RetryDelivery(ctx, "one", cs[0].Deliveries[0].ID, entry()))
			r := store.Result{At: now, Again: now.Add(time.Minute), Status: 200}
			if failed {
				r.Over, r.Status, r.Trouble = true, 500, subscription.Trouble{Code: subscription.Slow}
			}
			must(s.EndDelivery(ctx, cs[0], r))
			if cs = claim(); len(cs) > 0 != failed {
				t.Errorf("it failed: %v, and is claimed again: %v", failed, cs)
			}
			for _, c := range cs {
				must(s.EndDelivery(ctx, c, store.Result{At: now, Status: 200}))
			}
		}
	})
}
