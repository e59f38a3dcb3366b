package desk_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
)

// BenchmarkSavePart is a keystroke kept, while 20 releases a second are published beside and ten drafts a
// second are sent, or nothing happens. The drafts have five languages of 4,000 letters.
func BenchmarkSavePart(b *testing.B) {
	for _, load := range []bool{false, true} {
		b.Run(fmt.Sprintf("publishing=%v", load), func(b *testing.B) {
			r := newRoom(b, 0)
			body := strings.Repeat("Су деңгейі екі метрге көтерілді. ", 125)
			langs := []lang.Tag{lang.KK, lang.RU, lang.EN, lang.UR, lang.FA}
			draft := func() *desk.Draft {
				d, err := r.Begin(ctx, r.p["aida"], "news", langs)
				r.must(err)
				for _, l := range langs {
					d = r.save("aida", d, l, "A headline", body)
				}
				return d
			}
			run, stop := context.WithCancel(ctx)
			var wg sync.WaitGroup
			every := func(d time.Duration, do func()) {
				wg.Go(func() {
					for t := time.NewTicker(d); ; {
						select {
						case <-run.Done():
							t.Stop()
							return
						case <-t.C:
							do()
						}
					}
				})
			}
			if load {
				in := testkit.Input(map[lang.Tag][2]string{lang.KK: {"Су", body}, lang.RU: {"Вода", body}, lang.EN: {"Water", body}})
				every(50*time.Millisecond, func() {
					if _, err := r.Publish.Create(ctx, testkit.Viewer("alfa"), in); err != nil {
						b.Error(err)
					}
				})
				every(100*time.Millisecond, func() {
					d := draft()
					if _, err := r.Send(ctx, r.p["dana"], d.ID, d.Revision); err != nil {
						b.Error(err)
					}
				})
			}
			const writers = 8
			each := make([][]time.Duration, writers)
			var typing sync.WaitGroup
			b.ResetTimer()
			for w := range writers {
				d := draft()
				typing.Go(func() {
					for i := range b.N/writers + 1 {
						p := *d.Part(langs[i%len(langs)])
						p.Body += " x"
						start := time.Now()
						next, other, err := r.SavePart(ctx, r.p["aida"], d.ID, p)
						each[w] = append(each[w], time.Since(start))
						if err != nil || other != nil {
							b.Error(err, other)
							return
						}
						d = next
						time.Sleep(20 * time.Millisecond) // eight people who type without a pause
					}
				})
			}
			typing.Wait()
			b.StopTimer()
			stop()
			wg.Wait()
			all := slices.Sorted(slices.Values(slices.Concat(each...)))
			b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(all[len(all)-1].Microseconds())/1000, "max-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}
