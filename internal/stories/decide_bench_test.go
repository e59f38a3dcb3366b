package stories_test

import (
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// BenchmarkDecisions measures what an editor's decision costs, by processor time: putting a report of a story apart and taking that back,
// and what the next report costs to place (publication and all) with none and with many decisions kept.
//
//	go test ./internal/stories -run '^$' -bench Decisions -benchtime 1x
func BenchmarkDecisions(b *testing.B) {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	const reports, decisions = 40, 200
	for b.Loop() {
		n := open(b)
		n.noise(b)
		w := stories.Who{Viewer: testkit.Viewer("alfa"), By: "u"}
		tags := []lang.Tag{lang.RU, lang.EN, lang.TR}
		var all []*wire.Release
		for i := range reports {
			all = append(all, n.report(b, []wire.MemberID{"alfa", "beta"}[i%2], nil, tags[i%3]))
		}
		n.settle(b)
		place := func() time.Duration {
			from := used()
			for i := range 20 {
				n.report(b, "beta", nil, tags[i%3])
				n.settle(b)
			}
			return (used() - from) / 20
		}
		none := place()
		var part, undo time.Duration
		decided, undone := 0, 0
		for i := range decisions {
			from := used()
			d, err := n.stories.Part(ctx, w, stories.Saying{Report: string(all[i%reports].ID), Other: string(all[(i+1)%reports].ID)})
			if fault.KindOf(err) == fault.Conflict {
				continue // they are apart already
			} else if err != nil {
				b.Fatal(err)
			}
			part += used() - from
			decided++
			if i%10 > 0 { // one in ten stands
				undone++
				from = used()
				if _, err := n.stories.Undo(ctx, w, d.ID, ""); err != nil {
					b.Fatal(err)
				}
				undo += used() - from
			}
		}
		many := place()
		ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		b.ReportMetric(ms(part)/float64(decided), "ms/decision")
		b.ReportMetric(ms(undo)/float64(undone), "ms/undo")
		b.ReportMetric(ms(none), "ms/report-without")
		b.ReportMetric(ms(many), "ms/report-with")
		b.ReportMetric(float64(decided), "decisions")
	}
}
