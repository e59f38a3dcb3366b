package sources

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/testkit"
)

// counted is a site that counts how often it is asked for what, and how many ask at once.
type counted struct {
	mu        sync.Mutex
	asked     map[string]int
	now, most int
}

func (c *counted) serve(feed string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.asked[r.URL.Path]++
		c.now++
		c.most = max(c.most, c.now)
		c.mu.Unlock()
		time.Sleep(3 * time.Millisecond)
		switch {
		case r.URL.Path == "/robots.txt":
			w.WriteHeader(404)
		case strings.HasPrefix(r.URL.Path, "/p/"):
			n := strings.TrimPrefix(r.URL.Path, "/p/")
			io.WriteString(w, page("District "+n+" opens a new road to the town", r.Host+n))
		default:
			io.WriteString(w, feed)
		}
		c.mu.Lock()
		c.now--
		c.mu.Unlock()
	}
}

// watching tells which addresses a node asks.
type watching struct {
	Client
	asks func(address string)
}

func (w watching) Ask(ctx context.Context, q outbound.Question) (outbound.Answer, error) {
	w.asks(q.Address)
	return w.Client.Ask(ctx, q)
}

// TestSourcesOfTwoNodes: two nodes on one database ask the same hosts, read the same folder and the same mailbox. Whatever there is comes in once, no host is
// asked by both at a time, and both have a share of the work.
func TestSourcesOfTwoNodes(t *testing.T) {
	t.Parallel()
	dir := testkit.OnPostgres(t)
	a := openAt(t, dir, 5*time.Second)
	b := openAt(t, testkit.Beside(t, dir), 5*time.Second)
	box, folder := mailbox(t), t.TempDir()
	taken := make([]map[string]bool, 2) // hosts, by the node that asked them
	var mu sync.Mutex
	for i, s := range []*stage{a, b} {
		s.roots, s.machine = box.ca, true
		s.secret = func(string) (string, error) { return "open sesame", nil }
		taken[i] = map[string]bool{}
		under := s.client
		s.client = watching{under, func(address string) {
			mu.Lock()
			defer mu.Unlock()
			taken[i][source.Host(address)] = true
		}}
	}
	const hosts, items, letters, files = 8, 3, 4, 5
	sites := make([]*counted, hosts)
	var all []source.ID
	for i := range sites {
		sites[i] = &counted{asked: map[string]int{}}
		var rows []string
		for k := range items {
			rows = append(rows, plainItem(fmt.Sprint(k)))
		}
		at := site(t, sites[i].serve(rss(rows...)))
		all = append(all, a.add(at+"/one").ID, b.add(at+"/two").ID)
	}
	for i := range letters {
		box.arrives(t, fmt.Sprintf("From: a@nurtau.example\nMessage-ID: <%d@nurtau.example>\nSubject: Bridge %d opened\n\nThe office opened bridge %d on Tuesday morning, its spokesman said.\n", i, i, i))
	}
	for i := range files {
		old := time.Now().Add(-time.Minute)
		name := filepath.Join(folder, fmt.Sprintf("%d.txt", i))
		if err := os.WriteFile(name, fmt.Appendf(nil, "Quay %d opened\n\nThe office opened quay %d on Tuesday morning, its spokesman said.\n", i, i), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, old, old); err != nil {
			t.Fatal(err)
		}
	}
	inbox := a.put(source.Source{Address: "imaps://desk@127.0.0.1:" + box.port + "/INBOX", Kind: source.Mail, Secret: "env:RIGHT"})
	watched := b.put(source.Source{Address: "file://" + folder, Kind: source.Folder})
	a.run()
	b.run()
	for _, id := range all {
		b.until(id, func(r source.Watched) bool { return polled(r) && r.Errors == 0 })
	}
	a.until(inbox.ID, func(r source.Watched) bool { return r.Items == letters })
	a.until(watched.ID, func(r source.Watched) bool { return r.Items == files })
	a.until(inbox.ID, polled)
	for i, s := range sites {
		s.mu.Lock()
		if s.most > 1 {
			t.Errorf("site %d was asked for %d things at once", i, s.most)
		}
		for path, n := range s.asked {
			if n > 1 {
				t.Errorf("site %d was asked %d times for %s", i, n, path)
			}
		}
		if len(s.asked) != items+3 {
			t.Errorf("site %d: %v", i, s.asked)
		}
		s.mu.Unlock()
	}
	if n := len(a.captures(inbox.ID)); n != letters {
		t.Errorf("%d letters of %d", n, letters)
	}
	if n := len(a.captures(watched.ID)); n != files {
		t.Errorf("%d files of %d", n, files)
	}
	mu.Lock()
	defer mu.Unlock()
	t.Log("hosts asked by each:", len(taken[0]), len(taken[1]))
	if len(taken[0]) == 0 || len(taken[1]) == 0 {
		t.Error("one node does all")
	}
}

// TestKilledNodeHandsOverItsVisits: a node is killed while it asks a host. When its turn has run off another asks, and takes everything in once.
func TestKilledNodeHandsOverItsVisits(t *testing.T) {
	const told = "JARCHI_TEST_VISITING"
	if dir := os.Getenv(told); dir != "" {
		openAt(t, dir, time.Minute).Run(context.Background())
		return
	}
	t.Parallel()
	dir := testkit.OnPostgres(t)
	a := openAt(t, dir, 5*time.Second)
	began, let := make(chan bool), make(chan bool)
	var once sync.Once
	at := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/robots.txt":
			w.WriteHeader(404)
		case r.URL.Path == "/p/7":
			io.WriteString(w, page("District 7 opens a new road to the town", "7"))
		default:
			once.Do(func() {
				close(began)
				select {
				case <-let:
				case <-r.Context().Done():
				}
			})
			io.WriteString(w, rss(plainItem("7")))
		}
	})
	src := a.add(at + "/feed")
	child := exec.Command(os.Args[0], "-test.run=^TestKilledNodeHandsOverItsVisits$")
	child.Env = append(os.Environ(), told+"="+testkit.Beside(t, dir))
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-began:
	case <-time.After(time.Minute):
		t.Error("the other node does not begin")
	}
	child.Process.Kill()
	child.Wait()
	close(let)
	if _, ok, err := a.store.ClaimVisit(t.Context(), time.Now(), lease, true); ok || err != nil {
		t.Error("the host is free at once", err)
	}
	a.now = func() time.Time { return time.Now().Add(lease + time.Second) }
	a.run()
	a.until(src.ID, func(r source.Watched) bool { return polled(r) && r.Items == 1 })
	if n := len(a.captures(src.ID)); n != 1 {
		t.Errorf("%d captures", n)
	}
}
