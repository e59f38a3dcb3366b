package lang

import (
	"syscall"
	"testing"
	"time"
)

// BenchmarkDetectSentences tells how many sentences of news a second are detected, by processor time, so that what
// else the machine does counts little.
func BenchmarkDetectSentences(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"Latn", "Koʻksoy suv omboridagi sath bu yil bahorda ikki metrga koʻtarildi, deb xabar berdi Suv idorasi matbuot xizmati dushanba kuni."},
		{"Cyrl", "Көксай су қоймасындағы деңгей биыл көктемде екі метрге көтерілді, деп хабарлады су ведомствосының баспасөз қызметі дүйсенбіде."},
		{"Arab", "اداره آب روز دوشنبه اعلام کرد که سطح آب سد کوک‌سای در بهار امسال دو متر بالا رفته است و کشاورزان از آن خشنودند."},
	} {
		b.Run(c.name, func(b *testing.B) {
			Detect(c.text, "") // loads the model
			b.SetBytes(int64(len(c.text)))
			begin := processorTime(b)
			for b.Loop() {
				Detect(c.text, "")
			}
			b.ReportMetric(float64(b.N)/(processorTime(b)-begin).Seconds(), "sentences/s")
		})
	}
}

// processorTime is what this process has used so far.
func processorTime(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
