package story

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// invented makes traits as a news text of 300 words has them: some of them common, most rare, by Zipf's law.
func invented(r *rand.Rand, z map[TraitKind]*rand.Zipf, t lang.Tag) Traits {
	out := Traits{Lang: t}
	seen := map[uint32]bool{}
	for kind, n := range map[TraitKind]int{Number: 6, Day: 1, Sound: 150, Far: 25, Entity: 12, Concept: 60, Word: 110, Voiced: 25} {
		for range n {
			key := fmt.Sprint(z[kind].Uint64())
			if kind == Word {
				key += string(t)
			}
			if h := traitHash(kind, key); !seen[h] {
				seen[h] = true
				times := float32(1) // as often as in press texts
				if kind == Sound && r.IntN(2) == 0 {
					times = 0.5
				} else {
					for r.IntN(10) < 3 {
						times++
					}
				}
				out.Traits = append(out.Traits, Trait{Hash: h, Kind: kind, Weight: weighed(kind, times)})
			}
		}
	}
	slices.SortFunc(out.Traits, func(a, b Trait) int { return int(int64(a.Hash) - int64(b.Hash)) })
	return out
}

func zipfs(r *rand.Rand) map[TraitKind]*rand.Zipf {
	out := map[TraitKind]*rand.Zipf{}
	for kind, n := range map[TraitKind]uint64{Number: 20000, Day: 3000, Sound: 300000, Far: 9000, Entity: 1200, Concept: 1500, Word: 200000, Voiced: 4000} {
		out[kind] = rand.NewZipf(r, 1.07, 12, n)
	}
	return out
}

// BenchmarkPlace places texts one by one among many others in eight languages, with the processor time of one
// and the memory of all:
//
//	go test -run - -bench Place -benchtime 1000x -documents 100000 ./internal/story
func BenchmarkPlace(b *testing.B) {
	many := *documents
	r := rand.New(rand.NewPCG(1, 2))
	z := zipfs(r)
	langs := []lang.Tag{lang.KK, lang.UZ, lang.RU, lang.TR, lang.AZ, lang.FA, lang.UR, lang.EN}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	text := func(i int) Text {
		return Text{ID: fmt.Sprint(i), At: start.Add(time.Duration(i) * 26 * time.Second), Traits: invented(r, z, langs[r.IntN(len(langs))])}
	}
	l := NewLinker()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	entered := processor()
	for i := 0; i < many; i += 1000 {
		var batch []Text
		for j := range 1000 {
			batch = append(batch, text(i+j))
		}
		if err := l.Enter(batch...); err != nil {
			b.Fatal(err)
		}
	}
	entered = processor() - entered
	var next []Text
	for i := range b.N {
		next = append(next, text(many+i))
	}
	b.ResetTimer()
	spent := processor()
	for i := range next {
		if _, err := l.Place(3, next[i]); err != nil {
			b.Fatal(err)
		}
	}
	spent = processor() - spent
	b.StopTimer()
	next = nil
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(spent.Microseconds())/1000/float64(b.N), "cpu-ms/text")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB")
	b.ReportMetric(entered.Seconds(), "s-to-enter")
	runtime.KeepAlive(l)
}

// BenchmarkReadTraits reads the traits of a press report.
func BenchmarkReadTraits(b *testing.B) {
	text := ""
	for range 6 {
		text += series[2].of(5, 1, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)) + "\n"
	}
	ReadTraits(lang.KK, text, time.Time{})
	b.SetBytes(int64(len(text)))
	spent := processor()
	for b.Loop() {
		ReadTraits(lang.KK, text, time.Time{})
	}
	b.ReportMetric(float64((processor()-spent).Microseconds())/1000/float64(b.N), "cpu-ms/text")
}
