package sources

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/source"
)

// TestManyFeeds: feeds of as many hosts, a fifth of them broken in ten ways, are all asked on time, none holds another up, what is new comes in, and
// memory stays what it is. Each feed shows one item more every other time that it is asked.
func TestManyFeeds(t *testing.T) {
	s := open(t, 4*time.Second)
	faults := []http.HandlerFunc{hang, endless(" ", 50*time.Millisecond), endless(strings.Repeat("<item>", 1000), 0), bomb, broken, status(500), status(404), status(302, "Location", "/feed"),
		xmlSays("<rss><channel>" + strings.Repeat("<a>", 100_000)), xmlSays(strings.Repeat("words ", 10_000))}
	var shown, asked atomic.Int64
	var over atomic.Bool
	bad := map[source.ID]bool{}
	interval := min(time.Minute, manyFor/2)
	for i := range manyFeeds {
		var mine atomic.Int64
		address := site(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/robots.txt":
				w.WriteHeader(404)
			case i%5 == 0:
				faults[i/5%len(faults)](w, r)
			case r.URL.Path == "/feed":
				asked.Add(1)
				n := mine.Load()
				if !over.Load() {
					n = mine.Add(1)
				}
				if n%2 == 1 && !over.Load() {
					shown.Add(1)
				}
				var items []string
				for k := (n + 1) / 2; k > 0 && len(items) < 20; k-- {
					items = append(items, plainItem(fmt.Sprint(i, "-", k)))
				}
				xmlSays(rss(items...))(w, r)
			default:
				io.WriteString(w, page("District opens road "+r.URL.Path, r.URL.Path))
			}
		})
		// The schedule of a test is shorter than a person may set it.
		src := source.Source{ID: source.ID(fmt.Sprint("s", i)), Member: keeper.Member, Address: address + "/feed", Kind: source.Feed, Interval: interval, Added: time.Now().Add(time.Duration(rand.Int64N(int64(interval))))}
		if err := s.store.AddSource(t.Context(), src, people.Entry{ID: people.NewID(), At: time.Now(), Member: keeper.Member, Action: people.SourceAdded}); err != nil {
			t.Fatal(err)
		}
		bad[src.ID] = i%5 == 0
	}
	var before syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		t.Fatal(err)
	}
	stop := s.run()
	var lags []time.Duration
	var heaps []uint64
	for end := time.Now().Add(manyFor); time.Now().Before(end); time.Sleep(manyFor / 60) {
		now := time.Now()
		list, err := s.store.Sources(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		worst := time.Duration(0)
		for _, r := range list {
			if !bad[r.ID] {
				worst = max(worst, r.Lag(now))
			}
		}
		lags = append(lags, worst)
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heaps = append(heaps, m.HeapAlloc>>20)
	}
	over.Store(true)
	s.until("s1", func(source.Watched) bool {
		list, err := s.store.Sources(t.Context(), "")
		return err == nil && !slices.ContainsFunc(list, func(r source.Watched) bool { return r.LastPoll.IsZero() || r.Waiting > 0 && !bad[r.ID] })
	})
	stop()
	var after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		t.Fatal(err)
	}
	list, err := s.store.Sources(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var items int64
	for _, r := range list {
		items += r.Items
		switch {
		case bad[r.ID] && r.Trouble.Code == "":
			t.Errorf("%s has no trouble", r.ID)
		case !bad[r.ID] && (r.Trouble.Code != "" || r.Failed > 0):
			t.Errorf("%s: %+v, %d failed", r.ID, r.Trouble, r.Failed)
		}
	}
	if items < shown.Load()-int64(manyFeeds) || items > shown.Load() {
		t.Errorf("%d items came in of %d", items, shown.Load())
	}
	sorted := slices.Sorted(slices.Values(lags))
	if late := sorted[len(sorted)*9/10]; manyFor >= time.Minute && late > 5*time.Second { // a short run under load measures the load
		t.Errorf("in one moment of ten a feed was more than %v late", late)
	}
	used := func(u syscall.Rusage) time.Duration { return time.Duration(u.Utime.Nano() + u.Stime.Nano()) }
	t.Logf("%d feeds for %v: %d polls of good ones, %d items; the latest at a moment: median %v, 9 of 10 %v, most %v; heap first %d MB, most %d MB, last %d MB; resident most %d MB; processor %v, the servers included",
		manyFeeds, manyFor, asked.Load(), items, sorted[len(sorted)/2].Round(time.Millisecond), sorted[len(sorted)*9/10].Round(time.Millisecond), sorted[len(sorted)-1].Round(time.Millisecond),
		heaps[0], slices.Max(heaps), heaps[len(heaps)-1], after.Maxrss>>10, (used(after) - used(before)).Round(time.Millisecond))
}
