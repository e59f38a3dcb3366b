//go:build bench

package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

var ctx = context.Background()

const itemSize = 4000 // bytes of a body

func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// folder is where the databases are built; they are kept when JARCHI_BENCH names a folder.
func folder(t *testing.T, name string) string {
	if dir := os.Getenv("JARCHI_BENCH"); dir != "" {
		return filepath.Join(dir, name)
	}
	return filepath.Join(t.TempDir(), name)
}

// besides opens as many further nodes on the PostgreSQL database of the first as JARCHI_NODES says there are, in this process: as many stores with their own
// connections, locks and guard files as there would be on as many machines, but one scheduler and one heap.
func besides(t *testing.T, first *testkit.Node) []*testkit.Node {
	t.Helper()
	all := []*testkit.Node{first}
	for i := 2; i <= setting("JARCHI_NODES", 1); i++ {
		all = append(all, open(t, fmt.Sprintf("%s-node%d", first.Dir, i)))
	}
	return all
}

func open(t *testing.T, dir string) *testkit.Node {
	t.Helper()
	if database := os.Getenv("JARCHI_DATABASE"); database != "" { // PostgreSQL instead of the file
		if err := store.SetDatabase(ctx, dir, database); err != nil {
			t.Fatal(err)
		}
	}
	n := testkit.OpenAt(t, dir, time.Now)
	members, err := n.Store.Members(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(members) == 0 {
		if err := n.Store.AddMember(ctx, wire.Member{ID: "bench", Kind: wire.Agency, Domain: "bench.example", Zone: "UTC"}); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

var viewer = access.Viewer{Member: "bench", Scopes: access.Scopes}

// fill brings the node to at least total items of itemSize bytes, by importing ready ninjs items, and
// returns the rate over the last 20,000.
func fill(t *testing.T, n *testkit.Node, total int) float64 {
	t.Helper()
	have, err := n.Store.LastPosition(ctx)
	if err != nil {
		t.Fatal(err)
	}
	v := NewVocabulary(uint64(have) + 7)
	var rate float64
	type batch struct{ docs []intake.Document }
	batches := make(chan batch, 2)
	go func() {
		defer close(batches)
		for have < int64(total) {
			var b batch
			for range 500 {
				tag := Languages[int(have)%len(Languages)]
				h, body := v.Text(tag, itemSize)
				item := ninjs.Item{URI: fmt.Sprintf("urn:bench:%d", have), Standard: ninjs.Standard31(), Type: ninjs.TypeText, Language: string(tag),
					Headlines: []ninjs.Text{{Value: h}}, Bodies: []ninjs.Body{{ContentType: "text/plain", Value: strings.Join(body, "\n\n")}}}
				bytes, err := item.Marshal()
				if err != nil {
					panic(err)
				}
				b.docs = append(b.docs, intake.Document{Name: "bench.json", ContentType: "application/json", Bytes: bytes})
				have++
			}
			batches <- b
		}
	}()
	start, done := time.Now(), 0
	var wg sync.WaitGroup
	turn := make(chan struct{}, 2) // one is read while the other is written
	for b := range batches {
		turn <- struct{}{}
		wg.Add(1)
		go func() {
			defer func() { <-turn; wg.Done() }()
			if _, err := n.Receive.Import(ctx, viewer, b.docs); err != nil {
				t.Error(err)
			}
		}()
		if done += len(b.docs); done%20_000 == 0 {
			rate = 20_000 / time.Since(start).Seconds()
			segments, err := n.Store.Segments(ctx)
			t.Logf("%d items stored, %.0f items/s, index in %d segments %v", done, rate, segments, err)
			start = time.Now()
		}
	}
	wg.Wait()
	return rate
}

type latencies []time.Duration

func (l latencies) at(q float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(l))
	return s[min(int(q*float64(len(s))), len(s)-1)]
}

func (l latencies) String() string {
	return fmt.Sprintf("p50 %.1f ms, p99 %.1f ms, max %.1f ms (%d)", ms(l.at(.5)), ms(l.at(.99)), ms(l.at(1)), len(l))
}

// cpuTime is what the process has used of all cores.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// serverTime is what the database's server has used of all cores, if JARCHI_SERVER is the process number of its postmaster.
func serverTime() (sum time.Duration) {
	pid := os.Getenv("JARCHI_SERVER")
	if pid == "" {
		return 0
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		b, _ := os.ReadFile(name)
		_, rest, _ := strings.Cut(string(b), ") ") // state, parent, …; the times are the 12th to 15th of these, the last two of children that ended
		f := strings.Fields(rest)
		if len(f) < 15 || f[1] != pid && name != "/proc/"+pid+"/stat" {
			continue
		}
		for i, ticks := range f[11:15] {
			if n, err := strconv.Atoi(ticks); err == nil && (i < 2 || f[1] != pid) {
				sum += time.Duration(n) * 10 * time.Millisecond
			}
		}
	}
	return sum
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// fsync measures an append of 32 KB with fsync in the folder: every latency is read beside it.
func fsync(t *testing.T, dir string) latencies {
	f, err := os.CreateTemp(dir, "fsync")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var l latencies
	buf := make([]byte, 32<<10)
	for range 300 {
		start := time.Now()
		if _, err := f.Write(buf); err != nil {
			t.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
		l = append(l, time.Since(start))
	}
	return l
}

// TestPublish: release to locally signed checkpoint, at a steady rate with arrivals by chance. With JARCHI_NODES=2 two nodes on one PostgreSQL database
// publish by turns; with JARCHI_LEADS=1 the first of them publishes all.
func TestPublish(t *testing.T) {
	dir := folder(t, "wire")
	n := open(t, dir)
	fill(t, n, setting("JARCHI_ITEMS", 100_000))
	nodes := besides(t, n)
	publishers := nodes
	if setting("JARCHI_LEADS", 0) > 0 {
		publishers = nodes[:1]
	}
	t.Log("fsync of 32 KB:", fsync(t, dir), "nodes:", len(nodes), "that publish:", len(publishers))
	for _, load := range []struct {
		rate float64
		time time.Duration
	}{{20, time.Duration(setting("JARCHI_SECONDS", 300)) * time.Second}, {200, time.Duration(min(setting("JARCHI_SECONDS", 60), 60)) * time.Second}} {
		cpu, server := cpuTime(), serverTime()
		l := publishAt(t, publishers, load.rate, load.time)
		cpu, server = cpuTime()-cpu, serverTime()-server
		segments, err := n.Store.Segments(ctx)
		t.Logf("%.0f/s for %s: %s; CPU a release %.2f ms, of the database's server %.2f ms; index in %d segments %v", load.rate, load.time, l,
			ms(cpu)/float64(max(len(l), 1)), ms(server)/float64(max(len(l), 1)), segments, err)
	}
	t.Log("fsync of 32 KB afterwards:", fsync(t, dir))
}

func publishAt(t *testing.T, nodes []*testkit.Node, rate float64, d time.Duration) latencies {
	v := NewVocabulary(99)
	inputs := make([]publish.Input, 256)
	for i := range inputs {
		tag := Languages[i%len(Languages)]
		h, body := v.Text(tag, itemSize)
		inputs[i] = publish.Input{Items: []wire.NewItem{{Language: tag, Content: wire.Content{Headline: h, Body: body}}}}
	}
	var mu sync.Mutex
	var l latencies
	var wg sync.WaitGroup
	next, end := time.Now(), time.Now().Add(d)
	for i := 0; next.Before(end); i++ {
		time.Sleep(time.Until(next))
		next = next.Add(time.Duration(v.rnd.ExpFloat64() / rate * float64(time.Second)))
		wg.Add(1)
		go func() {
			defer wg.Done()
			start := time.Now()
			_, err := nodes[i%len(nodes)].Publish.Create(ctx, viewer, inputs[i%len(inputs)])
			took := time.Since(start)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			l = append(l, took)
		}()
	}
	wg.Wait()
	return l
}

// TestImport: ready items with analysis, on top of what is stored.
func TestImport(t *testing.T) {
	n := open(t, folder(t, "wire"))
	stored := setting("JARCHI_ITEMS", 100_000)
	fill(t, n, stored)
	t.Logf("%d stored, then 20,000 more: %.0f items/s", stored, fill(t, n, stored+20_000))
}

// class is a kind of query.
type class struct {
	name string
	make func() string
}

// published is the mix of queries that is measured.
func published(v *Vocabulary) []class {
	word := func(low, high int) string {
		return v.Word(lang.KK, low+v.rnd.IntN(high-low))
	}
	return []class{
		{"rare word", func() string { return word(20_000, 60_000) }},
		{"middling word", func() string { return word(500, 3_000) }},
		{"common word", func() string { return word(10, 200) }},
		{"ten commonest", func() string { return word(0, 10) }},
		{"three common, AND", func() string { return word(10, 200) + " " + word(10, 200) + " " + word(10, 200) }},
		{"three common, OR", func() string { return word(10, 200) + " OR " + word(10, 200) + " OR " + word(10, 200) }},
		{"common, NOT common", func() string { return word(10, 200) + " -" + word(10, 200) }},
		{"phrase of two common", func() string { return `"` + word(0, 30) + " " + word(0, 30) + `"` }},
		{"prefix of three letters", func() string { return string([]rune(word(0, 3_000))[:3]) + "*" }},
	}
}

// settled waits until what an import leaves to be done in quiet is done, at most ten minutes.
func settled(t *testing.T, n *testkit.Node) {
	start, cpu, server := time.Now(), cpuTime(), serverTime()
	for range 1200 {
		left, err := n.Store.Unsettled(ctx)
		if segments, serr := n.Store.Segments(ctx); err != nil || serr != nil || left == 0 && segments <= 50 {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	segments, err := n.Store.Segments(ctx)
	t.Logf("index in %d segments %v; settled after %.0f s, CPU %.1f s, of the server %.1f s, resident %s", segments, err, time.Since(start).Seconds(),
		(cpuTime() - cpu).Seconds(), (serverTime() - server).Seconds(), resident())
}

// TestSearch: the published mix of queries.
func TestSearch(t *testing.T) {
	n := open(t, folder(t, "wire"))
	stored := setting("JARCHI_ITEMS", 500_000)
	fill(t, n, stored)
	classes := published(NewVocabulary(5))
	settled(t, n)
	for range 20 { // a node that has answered before has its tables of languages in memory
		if _, err := n.Browse.List(ctx, viewer, browse.Query{Text: classes[0].make()}); err != nil {
			t.Fatal(err)
		}
	}
	for _, relevance := range []bool{false, true} {
		queries := setting("JARCHI_QUERIES", 200)
		if relevance {
			queries = setting("JARCHI_RANKED", queries/3)
		}
		for _, filtered := range []bool{false, true} {
			var all latencies
			var allCPU, allServer time.Duration
			for _, c := range classes {
				if !strings.Contains(c.name, os.Getenv("JARCHI_CLASS")) {
					continue
				}
				var l latencies
				cpu, server := cpuTime(), serverTime()
				for range queries {
					q := browse.Query{Text: c.make(), Relevance: relevance}
					if filtered {
						q.Language, q.Kind = lang.KK, "capture"
					}
					start := time.Now()
					if _, err := n.Browse.List(ctx, viewer, q); err != nil {
						t.Fatal(err)
					}
					l = append(l, time.Since(start))
				}
				cpu, server = cpuTime()-cpu, serverTime()-server
				allCPU += cpu
				allServer += server
				t.Logf("relevance %v, filters %v, %-26s %s, CPU %.1f ms, of the server %.1f ms", relevance, filtered, c.name, l, ms(cpu)/float64(max(len(l), 1)), ms(server)/float64(max(len(l), 1)))
				all = append(all, l...)
			}
			t.Logf("relevance %v, filters %v, %-26s %s, CPU %.1f ms, of the server %.1f ms", relevance, filtered, "ALL", all, ms(allCPU)/float64(max(len(all), 1)), ms(allServer)/float64(max(len(all), 1)))
		}
	}
}

// TestSameTop: a folder with its own file and one with the same items in PostgreSQL, JARCHI_BENCH and JARCHI_OTHER, show the same first ten for the published
// mix, in both orders, with filters and without.
func TestSameTop(t *testing.T) {
	other := os.Getenv("JARCHI_OTHER")
	if other == "" {
		t.Skip("JARCHI_OTHER names the second folder")
	}
	nodes := []*testkit.Node{testkit.OpenAt(t, folder(t, "wire"), time.Now), testkit.OpenAt(t, filepath.Join(other, "wire"), time.Now)}
	var stored [2]int64
	for i, n := range nodes {
		n.Browse.Depth.Patience = time.Minute // how far a search looks back is no matter of time here
		var err error
		if stored[i], err = n.Store.LastPosition(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if stored[0] != stored[1] {
		t.Fatalf("%d and %d positions are stored", stored[0], stored[1])
	}
	compared, entries, differ := 0, 0, 0
	for _, relevance := range []bool{false, true} {
		for _, filtered := range []bool{false, true} {
			for _, c := range published(NewVocabulary(uint64(setting("JARCHI_SEED", 11)))) {
				if !strings.Contains(c.name, os.Getenv("JARCHI_CLASS")) {
					continue
				}
				for range setting("JARCHI_QUERIES", 10) {
					q := browse.Query{Text: c.make(), Relevance: relevance, Limit: 10}
					if filtered {
						q.Language, q.Kind = lang.KK, "capture"
					}
					var tops [2][]string
					for i, n := range nodes {
						page, err := n.Browse.List(ctx, viewer, q)
						if err != nil {
							t.Fatal(err)
						}
						tops[i] = append(tops[i], fmt.Sprint(page.Counted, page.Matches, page.More))
						for _, e := range page.Entries {
							tops[i] = append(tops[i], string(e.Capture.ID)+" "+e.Capture.Headline)
						}
					}
					compared++
					entries += len(tops[0]) - 1
					if !slices.Equal(tops[0], tops[1]) {
						differ++
						t.Errorf("%s, relevance %v, filters %v:\n%s\n\n%s", q.Text, relevance, filtered, strings.Join(tops[0], "\n"), strings.Join(tops[1], "\n"))
					}
				}
			}
		}
	}
	t.Logf("%d positions stored; of %d queries with %d entries in all %d differ", stored[0], compared, entries, differ)
}

// TestMemory: resident memory after a minute of publishing, searching and paging.
func TestMemory(t *testing.T) {
	n := open(t, folder(t, "wire"))
	fill(t, n, setting("JARCHI_ITEMS", 100_000))
	v := NewVocabulary(3)
	stop := time.Now().Add(time.Minute)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; time.Now().Before(stop); i++ {
				n.Browse.List(ctx, viewer, browse.Query{Text: v.Word(Languages[i%3], (i*37)%2000), Relevance: i%4 == 0})
				time.Sleep(20 * time.Millisecond)
			}
		}()
	}
	publishAt(t, []*testkit.Node{n}, 20, time.Minute)
	wg.Wait()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("resident %s, Go heap %d MB", resident(), m.HeapAlloc>>20)
}

func resident() string {
	b, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(b), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "unknown"
}
