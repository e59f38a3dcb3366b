//go:build bench

package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/wire"
)

// held is the process's memory, and how much of it is Go's.
func held() string {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return fmt.Sprintf("resident %s, of it Go's heap %d MB (%d MB in use), stacks %d MB, Go altogether %d MB", resident(), (m.HeapSys-m.HeapReleased)>>20, m.HeapInuse>>20, m.StackSys>>20, (m.Sys-m.HeapReleased)>>20)
}

// interfaces are the languages that readers ask for, in turn.
var interfaces = []string{"en", "ru", "kk", "uz", "tr", "az", "fa", "ur"}

// serve opens a whole node over a folder with JARCHI_ITEMS items.
func serve(t *testing.T) (*app.Node, string) {
	t.Helper()
	dir := folder(t, "wire")
	n := open(t, dir)
	fill(t, n, setting("JARCHI_ITEMS", 100_000))
	n.Close()
	var handler atomic.Value
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.Load().(http.Handler).ServeHTTP(w, r) }))
	node, err := app.Open(ctx, app.Config{Dir: dir, PublicURL: srv.URL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	handler.Store(node.Handler())
	node.Start()
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close(); node.Close() })
	return node, srv.URL
}

// releaseAt publishes at a steady rate and notes when each was clicked.
func releaseAt(ctx context.Context, t *testing.T, n *app.Node, rate float64) (clicks map[string]time.Time, took latencies) {
	v := NewVocabulary(uint64(time.Now().UnixNano()))
	clicks = map[string]time.Time{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for next := time.Now(); ctx.Err() == nil; {
		time.Sleep(time.Until(next))
		next = next.Add(time.Duration(v.rnd.ExpFloat64() / rate * float64(time.Second)))
		tag := Languages[len(clicks)%len(Languages)]
		h, body := v.Text(tag, itemSize)
		wg.Add(1)
		go func() {
			defer wg.Done()
			start := time.Now()
			r, err := n.Publish.Create(context.Background(), viewer, publish.Input{Audience: wire.Audience{Class: wire.Public}, Items: []wire.NewItem{{Language: tag, Content: wire.Content{Headline: h, Body: body}}}})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			clicks[string(r.ID)] = start
			took = append(took, time.Since(start))
		}()
	}
	wg.Wait()
	return clicks, took
}

// TestLive: from the click that releases to the event at each of many readers, who fetch the new rows as
// the page's script does. The readers are a process of their own, so that memory is the node's alone.
func TestLive(t *testing.T) {
	n, url := serve(t)
	readers, seconds := setting("JARCHI_READERS", 500), setting("JARCHI_SECONDS", 60)
	for _, fetch := range []string{"", "1"} {
		c := exec.Command(os.Args[0], "-test.run=^TestReaders$", "-test.timeout=20m")
		c.Env = append(os.Environ(), "JARCHI_FOLLOW="+url, "JARCHI_READERS="+strconv.Itoa(readers), "JARCHI_FETCH="+fetch)
		stop, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		c.Stderr = os.Stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() && lines.Text() != "ready" {
		}
		cpu := cpuTime()
		during, cancel := context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
		clicks, took := releaseAt(during, t, n, 20)
		cancel()
		time.Sleep(time.Second)
		memory := held()
		cpu = cpuTime() - cpu
		stop.Close()
		var l, pages latencies
		for lines.Scan() {
			f := strings.Fields(lines.Text())
			if len(f) != 2 {
				continue
			}
			at, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				continue
			}
			if f[0] == "rows" {
				pages = append(pages, time.Duration(at))
			} else if click, ok := clicks[f[0]]; ok {
				l = append(l, time.Unix(0, at).Sub(click))
			}
		}
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
		t.Logf("%d readers, 20 releases/s for %d s, rows fetched %q: click to event %s; of %d expected; release itself %s; rows %s; CPU %.0f ms a second; %s",
			readers, seconds, fetch, l, len(clicks)*readers, took, pages, ms(cpu)/float64(seconds+1), memory)
	}
}

// TestReaders is the readers' side of TestLive.
func TestReaders(t *testing.T) {
	url := os.Getenv("JARCHI_FOLLOW")
	if url == "" {
		t.Skip("part of TestLive")
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2000, DisableCompression: true}}
	all, cancel := context.WithCancel(ctx)
	var mu sync.Mutex
	var out bytes.Buffer
	note := func(what string, n int64) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(&out, what, n)
	}
	var ready, done sync.WaitGroup
	for i := range setting("JARCHI_READERS", 500) {
		ready.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			get := func(path string) (*http.Response, error) {
				r, err := http.NewRequestWithContext(all, "GET", url+path, nil)
				if err != nil {
					return nil, err
				}
				r.Header.Set("Accept-Language", interfaces[i%len(interfaces)])
				r.Header.Set("Accept-Encoding", "gzip")
				return client.Do(r)
			}
			res, err := get("/api/v1/stream")
			if err != nil {
				t.Error(err)
				ready.Done()
				return
			}
			defer res.Body.Close()
			var waiting atomic.Bool
			var asked time.Time
			lines := bufio.NewReader(res.Body)
			first := true
			for {
				line, err := lines.ReadString('\n')
				if first {
					ready.Done()
					first = false
				}
				if err != nil {
					return
				}
				_, rest, ok := strings.Cut(line, `"id":"`)
				if !strings.HasPrefix(line, "data:") || !ok {
					continue
				}
				id, _, _ := strings.Cut(rest, `"`)
				note(id, time.Now().UnixNano())
				if os.Getenv("JARCHI_FETCH") == "" || !waiting.CompareAndSwap(false, true) {
					continue
				}
				time.AfterFunc(max(500*time.Millisecond, time.Until(asked.Add(2*time.Second)))+rand.N(800*time.Millisecond), func() {
					start := time.Now()
					asked = start
					defer waiting.Store(false)
					res, err := get("/?fragment=rows")
					if err != nil {
						return
					}
					io.Copy(io.Discard, res.Body)
					res.Body.Close()
					if res.StatusCode == 200 {
						note("rows", int64(time.Since(start)))
					}
				})
			}
		}()
	}
	ready.Wait()
	fmt.Println("\nready")
	io.Copy(io.Discard, os.Stdin)
	cancel()
	done.Wait()
	mu.Lock()
	defer mu.Unlock()
	io.Copy(os.Stdout, &out)
}

// TestPages: the wire's page and a release's, 200 requests a second by chance, in eight languages; once in
// quiet, once while 20 releases arrive each second.
func TestPages(t *testing.T) {
	n, url := serve(t)
	go n.Warm(t.Context()) // as Serve does
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 500}}
	few, stop := context.WithTimeout(ctx, 2*time.Second)
	clicks, _ := releaseAt(few, t, n, 20)
	stop()
	paths := []string{}
	for id := range clicks {
		paths = append(paths, "/releases/"+id)
	}
	for _, busy := range []bool{false, true} {
		during, cancel := context.WithTimeout(ctx, time.Duration(setting("JARCHI_SECONDS", 30))*time.Second)
		var released sync.WaitGroup
		if busy {
			released.Add(1)
			go func() { defer released.Done(); releaseAt(during, t, n, 20) }()
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		cpu, began := cpuTime(), time.Now()
		var mu sync.Mutex
		var wirePage, releasePage latencies
		var wg sync.WaitGroup
		bytes := 0
		for i, next := 0, time.Now(); during.Err() == nil; i++ {
			time.Sleep(time.Until(next))
			next = next.Add(time.Duration(rand.ExpFloat64() / 200 * float64(time.Second)))
			path := "/"
			if i%2 == 1 {
				path = paths[i/2%len(paths)]
			}
			wg.Add(1)
			go func() {
				defer wg.Done()
				r, _ := http.NewRequest("GET", url+path, nil)
				r.Header.Set("Accept-Language", interfaces[i/2%len(interfaces)])
				r.Header.Set("Accept-Encoding", "gzip") // and left as it comes, which is cheaper for this side
				start := time.Now()
				res, err := client.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				size, _ := io.Copy(io.Discard, res.Body)
				res.Body.Close()
				took := time.Since(start)
				mu.Lock()
				defer mu.Unlock()
				if res.StatusCode != 200 {
					t.Errorf("%s: %d", path, res.StatusCode)
				}
				if path == "/" {
					wirePage = append(wirePage, took)
					bytes = max(bytes, int(size))
				} else {
					releasePage = append(releasePage, took)
				}
			}()
		}
		cancel()
		wg.Wait()
		released.Wait()
		runtime.ReadMemStats(&after)
		s := time.Since(began).Seconds()
		t.Logf("200 pages/s, releases arriving %v: wire %s (at most %d KB), release %s; CPU, with the readers', %.0f ms a second, %.1f collections, %.0f MB allocated; %s", busy, wirePage, bytes>>10, releasePage,
			ms(cpuTime()-cpu)/s, float64(after.NumGC-before.NumGC)/s, float64((after.TotalAlloc-before.TotalAlloc)>>20)/s, held())
	}
}

// TestCost: what pages and events cost in processor time, one after another and without a network, so that
// it can be read on a machine that does other things as well. JARCHI_COST names the pages to look at.
func TestCost(t *testing.T) {
	n, _ := serve(t)
	viewers := []string{"", "gzip"}
	v := NewVocabulary(11)
	text := func(tag lang.Tag) wire.NewItem {
		h, body := v.Text(tag, itemSize)
		return wire.NewItem{Language: tag, Content: wire.Content{Headline: h, Body: body}}
	}
	public := wire.Audience{Class: wire.Public}
	one, err := n.Publish.Create(ctx, viewer, publish.Input{Audience: public, Items: []wire.NewItem{text(lang.KK)}})
	if err != nil {
		t.Fatal(err)
	}
	many, err := n.Publish.Create(ctx, viewer, publish.Input{Audience: public, Items: []wire.NewItem{text(lang.KK), text(lang.UZ), text(lang.FA)}})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 { // versions that differ in a few words
		body := many.Items[0].Current().Content
		body.Body = append([]string{v.Word(lang.KK, v.rnd.IntN(1000)) + " " + body.Body[0]}, body.Body[1:]...)
		if many, err = n.Publish.Update(ctx, viewer, many.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{many.Items[0].ID: body}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, path string }{
		{"wire", "/"}, {"wire's rows", "/?fragment=rows"}, {"wire, made anew", "/?fresh"},
		{"release, one language and version", "/releases/" + string(one.ID)}, {"release, three languages, six versions", "/releases/" + string(many.ID)},
	} {
		if want := os.Getenv("JARCHI_COST"); want != "" && want != c.name {
			continue
		}
		for _, encoding := range viewers {
			get := func(i int) int {
				r := httptest.NewRequest("GET", c.path, nil)
				if strings.HasSuffix(c.path, "fresh") { // a cursor-free list that nobody else asked for
					r = httptest.NewRequest("GET", "/?since="+time.Date(2020, 1, 1, 0, 0, i, 0, time.UTC).Format(time.RFC3339), nil)
				}
				r.Host, r.RemoteAddr = "127.0.0.1", "127.0.0.1:9"
				r.Header.Set("Accept-Language", interfaces[i%len(interfaces)])
				r.Header.Set("Accept-Encoding", encoding)
				w := httptest.NewRecorder()
				n.Handler().ServeHTTP(w, r)
				if w.Code != 200 {
					t.Fatalf("%s: %d", c.path, w.Code)
				}
				return w.Body.Len()
			}
			for i := range 16 {
				get(i)
			}
			times, size, cpu, end := latencies{}, 0, cpuTime(), time.Now().Add(time.Duration(setting("JARCHI_SECONDS", 5))*time.Second)
			for i := 0; time.Now().Before(end); i++ {
				start := time.Now()
				size = max(size, get(i))
				times = append(times, time.Since(start))
			}
			t.Logf("%-40s %-4s CPU %.2f ms, %s, at most %d KB", c.name, encoding, ms(cpuTime()-cpu)/float64(len(times)), times, size>>10)
		}
	}
}
