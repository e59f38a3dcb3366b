package exposition_test

import (
	"fmt"
	"math"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"jarchi.dev/jarchi/internal/house/exposition"
)

// each hands on what it is told.
type each []exposition.Metric

func (e each) Collect(emit func(exposition.Metric)) {
	for _, m := range e {
		emit(m)
	}
}

// TestText is written as the format's page shows it.
func TestText(t *testing.T) {
	t.Parallel()
	requests := exposition.NewCounter("requests_total", "Requests.", "place", "class")
	requests.Inc("wire", "2xx")
	requests.Inc("wire", "2xx")
	requests.Inc(`a "quoted"\`+"\n"+"\xff", "5xx")
	took := exposition.NewHistogram("took_seconds", "How long.\nIn seconds \\.", []float64{.1, 1}, "place")
	for _, s := range []float64{.05, .1, .5, 2} {
		took.Observe(s, "wire")
	}
	none := exposition.NewCounter("none_total", "Nothing.")
	odd := exposition.NewDesc("odd", "Odd.", "x")
	got := string(exposition.Text(took, requests, none, each{exposition.Gauge(odd, math.Inf(1), "b"), exposition.Gauge(odd, 1.5e10, "a"), exposition.Gauge(odd, math.NaN(), "c")}))
	want := `# HELP none_total Nothing.
# TYPE none_total counter
none_total 0
# HELP odd Odd.
# TYPE odd gauge
odd{x="a"} 1.5e+10
odd{x="b"} +Inf
odd{x="c"} NaN
# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{place="a \"quoted\"\\\n�",class="5xx"} 1
requests_total{place="wire",class="2xx"} 2
# HELP took_seconds How long.\nIn seconds \\.
# TYPE took_seconds histogram
took_seconds_bucket{place="wire",le="0.1"} 2
took_seconds_bucket{place="wire",le="1"} 3
took_seconds_bucket{place="wire",le="+Inf"} 4
took_seconds_sum{place="wire"} 2.65
took_seconds_count{place="wire"} 4
`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestProcess: every line can be read, and what is watched is there.
func TestProcess(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	exposition.Handler(exposition.Process{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if got := w.Header().Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Error(got)
	}
	line := regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]+"\})? [0-9.e+]+)$`)
	seen := map[string]bool{}
	for l := range strings.Lines(w.Body.String()) {
		l = strings.TrimSuffix(l, "\n")
		if !line.MatchString(l) {
			t.Errorf("%q", l)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(l, "# TYPE "), " ")
		seen[name] = true
	}
	for _, name := range []string{"go_goroutines", "go_memstats_heap_alloc_bytes", "process_cpu_seconds_total", "process_start_time_seconds", "process_max_fds"} {
		if !seen[name] {
			t.Error("there is no", name)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	c, h := exposition.NewCounter("c_total", "C.", "n"), exposition.NewHistogram("h", "H.", []float64{1}, "n")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 500 {
				c.Inc(fmt.Sprint(i % 2))
				h.Observe(1, fmt.Sprint(i%2))
			}
			exposition.Text(c, h)
		})
	}
	wg.Wait()
	if got := string(exposition.Text(c, h)); strings.Count(got, " 2000\n") != 10 {
		t.Error(got)
	}
}
