package story

import (
	"flag"
	"math/rand/v2"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

var documents = flag.Int("documents", 20_000, "texts that BenchmarkReuse keeps before it measures")

// processor is the processor time this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// synthetic gives texts of n words, used as often as words are.
func synthetic(r *rand.Rand, n int) func() string {
	words := rand.NewZipf(r, 1.1, 10, 200_000)
	return func() string {
		b := make([]byte, 0, 8*n)
		for i := range n {
			b = append(b, 'w')
			b = strconv.AppendUint(b, words.Uint64()*2654435761%1_000_003, 36)
			b = append(b, " .\n"[min(2, max(0, i%18-15))])
		}
		return string(b)
	}
}

// BenchmarkReuse keeps many texts and then looks up one copy in ten and new ones: processor time and memory.
//
//	go test ./internal/story -run '^$' -bench Reuse -benchtime 1x -documents 1000000
func BenchmarkReuse(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	next := synthetic(r, 300)
	m := NewMemory(4 << 30)
	var copies []string
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := processor()
	var making time.Duration
	for i := range *documents {
		s := processor()
		text := next()
		if i%(*documents/100) == 0 {
			copies = append(copies, text)
		}
		making += processor() - s
		if _, err := m.Add(strconv.Itoa(i), text); err != nil {
			b.Fatal(err)
		}
	}
	adding := processor() - start - making
	runtime.GC()
	runtime.ReadMemStats(&after)
	var sketches []Sketch
	for i := range 1000 {
		text := next()
		if i%10 == 0 {
			text = copies[i/10] + "\n" + text
		}
		sketches = append(sketches, Draw("", text))
	}
	b.ResetTimer()
	start = processor()
	n, named := 0, 0
	for range b.N {
		for _, s := range sketches {
			named += len(Compare(s, m.near(Hashes(s.Prints()))))
			n++
		}
	}
	b.ReportMetric(float64(*documents)/adding.Seconds(), "added/s")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(*documents), "B/document")
	b.ReportMetric(float64((processor()-start).Microseconds())/float64(n), "µs/look-up")
	b.ReportMetric(float64(named)/float64(n), "named/text")
	b.Logf("%d documents, %d of 1000 named", *documents, named/b.N)
}

// BenchmarkPrints is what a text of 300 words costs before it is looked up.
func BenchmarkPrints(b *testing.B) {
	text := synthetic(rand.New(rand.NewPCG(1, 2)), 300)()
	b.SetBytes(int64(len(text)))
	b.Run("Draw", func(b *testing.B) {
		for range b.N {
			Draw("", text)
		}
	})
	s := Draw("", text)
	b.Run("Prints", func(b *testing.B) {
		for range b.N {
			s.Prints()
		}
	})
	b.ReportMetric(float64(len(s.Prints())), "prints")
}
