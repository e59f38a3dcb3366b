package delivery

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestHubOfTwoNodes: one callback asks the hubs of two nodes for one feed, both verify it and carry it out at once, and it is one subscriber, who has every change posted once,
// whichever node published it; what he asks of one node ends it at both.
func TestHubOfTwoNodes(t *testing.T) {
	t.Parallel()
	dir := testkit.OnPostgres(t)
	nodes := []*stage{openAt(t, dir), openAt(t, testkit.Beside(t, dir))}
	meet := func(n *int, mu *sync.Mutex, all chan struct{}) { // the first waits for the second
		mu.Lock()
		if *n++; *n == 2 {
			close(all)
		}
		mu.Unlock()
		select {
		case <-all:
		case <-t.Context().Done():
		}
	}
	var mu sync.Mutex
	var asked, confirming int
	got := map[string]int{} // posts by their bodies
	verified, confirmed := make(chan struct{}), make(chan struct{})
	callback := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			got[string(body)]++
			return
		}
		meet(&asked, &mu, verified)
		io.WriteString(w, r.URL.Query().Get("hub.challenge"))
	})
	posts := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(got)
	}
	const base = "https://wire.press.example/"
	var changes atomic.Int64
	for _, s := range nodes {
		s.Base = base
		s.Topic = func(_ context.Context, address string) (Topic, error) {
			select {
			case <-verified:
				meet(&confirming, &mu, confirmed) // both have seen that there is no subscriber
			default:
			}
			return Topic{Self: address, ContentType: "application/atom+xml", Body: fmt.Append(nil, "feed after ", changes.Load())}, nil
		}
	}
	subscribers := func(n int) {
		t.Helper()
		until(t, "all requests ended", func() bool {
			none, err := nodes[0].store.AskHub(t.Context(), store.HubAsked{ID: "none", Fields: []byte("{}")}, time.Now(), 1)
			return err == nil && none && nodes[0].store.EndHubAsked(t.Context(), "none") == nil
		})
		if all, err := nodes[0].store.HubSubscriptions(t.Context()); err != nil || len(all) != n {
			t.Fatal(len(all), "subscribers", err)
		}
	}
	r := HubRequest{Mode: "subscribe", Topic: base + "feeds/all.atom", Callback: callback, Secret: "a word"}
	for i, s := range nodes {
		s.run() // the first has its own request by then
		if err := s.Hub(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		until(t, "the callback is asked", func() bool { mu.Lock(); defer mu.Unlock(); return asked > i })
	}
	subscribers(1)
	for i := range 4 {
		changes.Add(1)
		nodes[i%2].release(map[lang.Tag][2]string{lang.EN: {fmt.Sprint("Bridge ", i, " is open"), "It was opened on Monday."}})
		until(t, "the feed is posted", func() bool { return posts() > i })
	}
	until(t, "nothing waits", func() bool {
		all, err := nodes[0].store.HubSubscriptions(t.Context())
		return err == nil && all[0].Waiting == 0
	})
	mu.Lock()
	for body, n := range got {
		if n != 1 || len(got) != 4 {
			t.Errorf("%q was posted %d times, %d feeds", body, n, len(got))
		}
	}
	mu.Unlock()
	r.Mode = "unsubscribe"
	if err := nodes[1].Hub(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	subscribers(0)
}
