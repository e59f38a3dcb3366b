package store_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
)

var printed = flag.Int("printed", 2000, "documents whose prints BenchmarkNearPrints keeps before it measures")

// processor is the processor time this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// written is how many bytes this process has had written to files.
func written() (n int64) {
	b, err := os.ReadFile("/proc/self/io")
	if err == nil {
		_, at, _ := strings.Cut(string(b), "wchar: ")
		fmt.Sscan(at, &n)
	}
	return n
}

// BenchmarkNearPrints keeps the prints of many texts of 300 words, used as often as words are, and looks up others, one
// in ten of which copies one: processor time and wall time of a look-up, bytes written and processor time of an entry.
//
//	go test ./internal/store -run '^$' -bench NearPrints -benchtime 1x -printed 100000 -timeout 60m
func BenchmarkNearPrints(b *testing.B) {
	dir := b.TempDir()
	s := open(b, dir)
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 10, 200_000)
	text := func() string {
		var t strings.Builder
		for range 300 {
			fmt.Fprintf(&t, "w%x ", zipf.Uint64()*2654435761%1_000_003)
		}
		return t.String()
	}
	if err := s.LoadPrints(ctx); err != nil {
		b.Fatal(err)
	}
	const batch = 500
	var copied []string
	var spent time.Duration
	var out int64
	for from := 0; from < *printed; from += batch {
		if err := s.Write(ctx, func(tx *store.Tx) error {
			for i := range batch {
				if err := tx.Index(int64(from+i+1), store.IndexDoc{Doc: search.Doc{Body: "x"}}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		due, err := s.DuePrints(ctx, batch)
		if err != nil || len(due) != batch {
			b.Fatal(len(due), err)
		}
		var all []store.Sketched
		for i := range batch {
			t := text()
			if (from+i)%(*printed/100) == 0 {
				copied = append(copied, t)
			}
			all = append(all, store.Sketched{DuePrint: due[i], Sketch: story.Draw(lang.EN, t)})
		}
		start, before := processor(), written()
		if err := s.PutSketches(ctx, all, jobs.Job{}); err != nil {
			b.Fatal(err)
		}
		spent += processor() - start
		out += written() - before
	}
	var looked [][]uint64
	for i := range 1000 {
		t := text()
		if i%10 == 0 {
			t = copied[i/10] + t
		}
		looked = append(looked, story.Hashes(story.Draw(lang.EN, t).Prints()))
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ResetTimer()
	start := processor()
	var wall []time.Duration
	found := 0
	for range b.N {
		for _, hashes := range looked {
			at := time.Now()
			cs, err := s.NearPrints(ctx, store.DocID(1<<40, 0), hashes)
			if err != nil {
				b.Fatal(err)
			}
			wall = append(wall, time.Since(at))
			found += len(cs)
		}
	}
	used := processor() - start
	slices.Sort(wall)
	info, err := os.Stat(filepath.Join(dir, "jarchi.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(used.Microseconds())/float64(len(wall)), "cpu-µs/look-up")
	b.ReportMetric(float64(wall[len(wall)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(wall[len(wall)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(spent.Microseconds())/float64(*printed), "cpu-µs/entry")
	b.ReportMetric(float64(out)/float64(*printed)/1024, "KB-written/entry")
	b.ReportMetric(float64(info.Size())/float64(*printed), "B/document")
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB-heap")
	b.ReportMetric(float64(found)/float64(len(wall)), "found/text")
}
