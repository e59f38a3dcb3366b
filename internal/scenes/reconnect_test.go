package scenes

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
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
	done := make(chan struct{})
	followed := make(chan struct{})
	go func() { // 20 releases a second until the cuts are done
		defer close(done)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-followed:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			r, err := s.Publish.Create(ctx, testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprintf("Number %d of the count", i), "A text."}}))
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			made[string(r.ID)] = true
			mu.Unlock()
		}
	}()
	rng := rand.New(rand.NewPCG(1, 2))
	for cuts < clientCuts && ctx.Err() == nil {
		follow(1 + rng.Int64N(1400))
	}
	close(followed)
	<-done
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
	t.Logf("stream: %d releases, %d cuts: %d missed, %d repeated", len(made), cuts, missed, repeated)

	// The list, newest first, by cursors, while more is released; what there was at the beginning must all come, once.
	more, enough := context.WithCancel(ctx)
	released := make(chan struct{})
	go func() {
		defer close(released)
		for i := 0; more.Err() == nil; i++ {
			if _, err := s.Publish.Create(ctx, testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprintf("Meanwhile %d", i), "A text."}})); err != nil && ctx.Err() == nil {
				t.Error(err)
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
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
	enough()
	<-released
	for id := range made {
		if listed[id] != 1 {
			t.Errorf("list, cut %d times: %s came %d times", cut, id, listed[id])
		}
	}
	t.Logf("list: %d releases, %d cuts", len(listed), cut)
}
