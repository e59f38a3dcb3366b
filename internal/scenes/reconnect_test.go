package scenes

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestAClientThatIsCutOff: a reader of the stream who is cut at random bytes, and goes on with the id of the last event that came whole, and
// a reader of the list, cut likewise, who asks for the same page again, get every release once. -tags soak cuts 1,000 times.
func TestAClientThatIsCutOff(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.desk("alfa")
	token, err := s.Store.CreateToken(t.Context(), "alfa", access.Scopes, "cut off")
	if err != nil {
		t.Fatal(err)
	}
	get := func(ctx context.Context, path string, header ...string) *http.Response {
		req, err := http.NewRequestWithContext(ctx, "GET", s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil // cut
		}
		if res.StatusCode != 200 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		return res
	}
	ctx, stop := context.WithTimeout(t.Context(), clientTime)
	defer stop()

	// A place to begin, before anything is released.
	last, seen, cuts := "", map[string]int{}, 0
	follow := func(most int64) {
		c, cut := context.WithTimeout(ctx, 3*time.Second)
		defer cut()
		var header []string
		if last != "" {
			header = []string{"Last-Event-ID", last}
		}
		res := get(c, "/api/v1/stream", header...)
		if res == nil || res.StatusCode != 200 {
			return
		}
		defer res.Body.Close()
		lines := bufio.NewReader(io.LimitReader(res.Body, most))
		id, data := "", ""
		for {
			line, err := lines.ReadString('\n')
			if err != nil { // what has no end was not said
				cuts++
				return
			}
			switch line = strings.TrimSuffix(line, "\n"); {
			case strings.HasPrefix(line, "id: "):
				id = line[4:]
			case strings.HasPrefix(line, "data: "):
				data = line[6:]
			case line == "":
				if data != "" {
					var r struct{ ID string }
					if err := json.Unmarshal([]byte(data), &r); err != nil {
						t.Error(err)
					}
					seen[r.ID]++
				}
				if id != "" {
					last = id
				}
				if id != "" && most == 1<<20 && len(seen) == 0 { // the place to begin
					return
				}
				id, data = "", ""
			}
		}
	}
	follow(1 << 20)
	if last == "" {
		t.Fatal("no place to begin")
	}

	var mu sync.Mutex
	made := map[string]bool{}
	// releasing hands in 20 releases a second, by the clock and not one after the other, until the channel is closed, and says how many a second were released.
	releasing := func(name string, enough <-chan struct{}) (rate float64) {
		var all sync.WaitGroup
		var n atomic.Int64
		began := time.Now()
		for i := 0; ; i++ {
			select {
			case <-enough:
			case <-ctx.Done():
			case <-time.After(time.Until(began.Add(time.Duration(i) * 50 * time.Millisecond))):
				all.Go(func() {
					r, err := s.Publish.Create(t.Context(), testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprintf("%s %d of the count", name, i), "A text."}}))
					if err != nil {
						t.Error(err)
						return
					}
					n.Add(1)
					mu.Lock()
					made[string(r.ID)] = true
					mu.Unlock()
				})
				continue
			}
			all.Wait()
			return float64(n.Load()) / time.Since(began).Seconds()
		}
	}
	done := make(chan float64)
	followed := make(chan struct{})
	go func() { done <- releasing("Number", followed) }()
	rng := rand.New(rand.NewPCG(1, 2))
	for cuts < clientCuts && ctx.Err() == nil {
		follow(1 + rng.Int64N(1400))
	}
	close(followed)
	rate := <-done
	for end := time.Now().Add(20 * time.Second); len(seen) < len(made) && time.Now().Before(end); {
		follow(4000)
	}
	missed, repeated := 0, 0
	for id := range made {
		if seen[id] == 0 {
			missed++
		}
	}
	for _, n := range seen {
		if n > 1 {
			repeated++
		}
	}
	if missed+repeated > 0 || len(seen) != len(made) || len(made) == 0 {
		t.Errorf("stream: %d releases, %d cuts: %d missed, %d repeated, %d seen", len(made), cuts, missed, repeated, len(seen))
	}
	t.Logf("stream: %d releases, %.1f a second, %d cuts: %d missed, %d repeated", len(made), rate, cuts, missed, repeated)

	// The list, newest first, by cursors, while more is released; what there was at the beginning must all come, once.
	before := maps.Clone(made)
	enough := make(chan struct{})
	go func() { done <- releasing("Meanwhile", enough) }()
	listed, cursor, cut := map[string]int{}, "", 0
	for ctx.Err() == nil {
		var page struct {
			Releases []struct{ ID string }
			Next     string
		}
		res := get(ctx, "/api/v1/releases?limit=5&cursor="+url.QueryEscape(cursor))
		if res == nil {
			break
		}
		b, err := io.ReadAll(io.LimitReader(res.Body, rng.Int64N(6000)))
		res.Body.Close()
		if err != nil || json.Unmarshal(b, &page) != nil { // not whole: the same page again
			cut++
			continue
		}
		for _, r := range page.Releases {
			listed[r.ID]++
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	close(enough)
	rate = <-done
	for id := range before {
		if listed[id] != 1 {
			t.Errorf("list, cut %d times: %s came %d times", cut, id, listed[id])
		}
	}
	t.Logf("list: %d releases, %.1f a second meanwhile, %d cuts", len(listed), rate, cut)
}
