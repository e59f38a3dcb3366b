//go:build bench

package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/wire"
)

// threadTime is the processor time of the thread that asks, which has to be locked to its goroutine.
func threadTime() time.Duration {
	var u syscall.Rusage
	const thread = 1 // RUSAGE_THREAD
	if syscall.Getrusage(thread, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cost is what answers took: the time of the thread that makes them, so that neither other processes nor the
// node's own jobs stand in it, and what they allocated.
type cost struct {
	n             int
	cpu           time.Duration
	allocs, bytes uint64
}

func (c *cost) measure(f func()) {
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	cpu := threadTime()
	f()
	c.cpu += threadTime() - cpu
	runtime.ReadMemStats(&b)
	c.allocs, c.bytes = c.allocs+b.Mallocs-a.Mallocs, c.bytes+b.TotalAlloc-a.TotalAlloc
}

func (c cost) String() string {
	n := max(uint64(c.n), 1)
	return fmt.Sprintf("%6.0f µs %6d allocations %5d KB", float64(c.cpu.Microseconds())/float64(n), c.allocs/n, c.bytes/n>>10)
}

// reader asks a node's handler for pages, without a network.
type reader struct {
	t       *testing.T
	n       *app.Node
	host    string
	session string // "" for nobody
}

func (r reader) get(language, path string) int {
	r.t.Helper()
	asked, leave := context.WithCancel(ctx) // as a connection's
	defer leave()
	q := httptest.NewRequestWithContext(asked, "GET", path, nil)
	q.Host, q.RemoteAddr = r.host, "127.0.0.1:9"
	q.Header.Set("Accept-Language", language)
	q.Header.Set("Accept-Encoding", "gzip")
	if r.session != "" {
		_, port, _ := strings.Cut(r.host, ":")
		q.AddCookie(&http.Cookie{Name: "jarchi-" + port, Value: r.session})
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w := &counted{header: http.Header{}}
	r.n.Handler().ServeHTTP(w, q)
	if w.status != 200 {
		r.t.Fatalf("%s: %d", path, w.status)
	}
	return w.bytes
}

// counted is an answer of which only the length is kept.
type counted struct {
	header        http.Header
	status, bytes int
}

func (w *counted) Header() http.Header         { return w.header }
func (w *counted) WriteHeader(status int)      { w.status = status }
func (w *counted) Write(b []byte) (int, error) { w.bytes += len(b); return len(b), nil }

// TestPageCost: what the wire's page and a release's cost in processor time and allocations: the first ones of a
// process, then each alone, kept and made anew, then both in turn while a release arrives with every ten of them.
// JARCHI_COST is a part of the name of what is to be measured.
func TestPageCost(t *testing.T) {
	n, url := serve(t)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	host := strings.TrimPrefix(url, "http://")
	page, err := n.Browse.List(ctx, viewer, browse.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var old []string
	for _, e := range page.Entries {
		if e.Capture != nil {
			old = append(old, "/captures/"+string(e.Capture.ID))
		} else {
			old = append(old, "/releases/"+string(e.Release.ID))
		}
	}
	nobody := reader{t, n, host, ""}

	var first [4]cost // 1, 2 to 16, 17 to 100, 101 to 400
	for i := range 400 {
		c := &first[3]
		switch {
		case i == 0:
			c = &first[0]
		case i < 16:
			c = &first[1]
		case i < 100:
			c = &first[2]
		}
		c.n++
		c.measure(func() {
			if i%2 == 0 {
				nobody.get(interfaces[i/2%len(interfaces)], "/")
			} else {
				nobody.get(interfaces[i/2%len(interfaces)], old[i/2%len(old)])
			}
		})
	}
	for i, name := range []string{"the first page", "pages 2 to 16", "pages 17 to 100", "pages 101 to 400"} {
		t.Logf("%-52s %s", name, first[i])
	}

	v := NewVocabulary(uint64(time.Now().UnixNano()))
	release := func(i int) string {
		tag := Languages[i%len(Languages)]
		h, body := v.Text(tag, itemSize)
		r, err := n.Publish.Create(ctx, viewer, publish.Input{Audience: wire.Audience{Class: wire.Public}, Items: []wire.NewItem{{Language: tag, Content: wire.Content{Headline: h, Body: body}}}})
		if err != nil {
			t.Fatal(err)
		}
		return "/releases/" + string(r.ID)
	}
	var paths []string
	for i := range 40 {
		paths = append(paths, release(i))
	}
	desk, err := n.People.MakeDesk(ctx, people.Desk{Member: "bench", Names: map[lang.Tag]string{lang.EN: "Desk"}})
	if err != nil {
		t.Fatal(err)
	}
	user, err := n.People.MakeUser(ctx, people.User{Member: "bench", Login: fmt.Sprintf("bench-%d", time.Now().UnixNano()), Name: "Person", Grants: []people.Grant{{Desk: desk.ID, Role: people.Editor}}})
	if err != nil {
		t.Fatal(err)
	}
	session, err := n.People.OpenSession(ctx, user.ID, "bench")
	if err != nil {
		t.Fatal(err)
	}
	member := reader{t, n, host, session}

	pages := setting("JARCHI_PAGES", 400)
	for _, who := range []struct {
		name string
		reader
	}{{"nobody", nobody}, {"signed in", member}} {
		for _, language := range []string{"en", "ur"} {
			for _, what := range []struct {
				name string
				path func(i int) string
			}{
				{"wire", func(int) string { return "/" }},
				{"wire, list made anew", func(i int) string { // which nobody else asked for
					return "/?since=" + time.Date(2020, 1, 1, 0, 0, i, 0, time.UTC).Format(time.RFC3339)
				}},
				{"release", func(i int) string { return paths[0] }},
				{"release, made anew", func(i int) string { return paths[i%len(paths)] + "?" + fmt.Sprint(i) }},
				{"rows", func(int) string { return "/?fragment=rows" }},
			} {
				name := what.name + ", " + language + ", " + who.name
				if !strings.Contains(name, os.Getenv("JARCHI_COST")) {
					continue
				}
				for i := range 10 {
					who.get(language, what.path(i+1000))
				}
				c := cost{n: pages}
				c.measure(func() {
					for i := range pages {
						who.get(language, what.path(i))
					}
				})
				t.Logf("%-52s %s", name, c)
			}
		}
	}

	for _, who := range []struct {
		name string
		reader
	}{{"nobody", nobody}, {"signed in", member}} {
		if !strings.Contains("20 releases/s, "+who.name, os.Getenv("JARCHI_COST")) {
			continue
		}
		var wirePage, releasePage cost
		for i := range pages {
			if i%5 == 0 { // 200 pages and 20 releases a second
				paths[i/5%len(paths)] = release(i)
				time.Sleep(50 * time.Millisecond)
			}
			language := interfaces[i%len(interfaces)]
			wirePage.n++
			wirePage.measure(func() { who.get(language, "/") })
			releasePage.n++
			releasePage.measure(func() { who.get(language, paths[i%len(paths)]) })
		}
		t.Logf("%-52s %s", "wire, 20 releases/s, "+who.name, wirePage)
		t.Logf("%-52s %s", "release, 20 releases/s, "+who.name, releasePage)
	}
	t.Log(held())
}
