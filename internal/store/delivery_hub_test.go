package store_test

import (
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/subscription"
)

// TestOneSubscriberOfACallback: what two nodes keep at once about one callback and feed is one subscriber, and the later renews it.
func TestOneSubscriberOfACallback(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	x := subscription.Subscription{Channel: subscription.WebSub, Target: "https://c.example/", Topic: "https://press.example/feeds/all.atom", State: subscription.Active, Lease: time.Now().Add(time.Hour)}
	var wg sync.WaitGroup
	for _, id := range []subscription.ID{"one", "two", "three"} {
		wg.Go(func() {
			x := x
			x.ID = id
			if err := s.PutHubSubscription(t.Context(), x); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	x.ID, x.Lease, x.Secret = "four", time.Now().Add(48*time.Hour), "a word"
	other := x
	other.ID, other.Topic = "five", "https://press.example/feeds/all.rss"
	for _, x := range []subscription.Subscription{x, other} {
		if err := s.PutHubSubscription(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.HubSubscriptions(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%d subscribers, %v", len(all), err)
	}
	for _, have := range all {
		if have.Topic == x.Topic && (have.ID == "four" || have.Secret != "a word" || time.Until(have.Lease) < 47*time.Hour) {
			t.Errorf("%+v", have)
		}
	}
}
