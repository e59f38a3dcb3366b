package intake

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cpu is the processor time that the process has used.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Skip(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// The figures of docs/reading-pages.md: processor time of reading the pages of the article-extraction set, whole and alone in its
// process: go test -run TestSpeedOfPages -v ./internal/intake.
func TestSpeedOfPages(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("speed is measured without the race detector only")
	}
	pages := extractions(t)
	read := func() {
		for _, x := range pages {
			if _, err := Read(Document{Name: x.name, ContentType: "text/html", Bytes: x.page}, testNow); err != nil {
				t.Fatal(err)
			}
		}
	}
	if testing.Verbose() { // the speed is read by people: without what the first time costs
		read()
	}
	runtime.GC()
	peak := watchHeap()
	start := cpu(t)
	read()
	used := cpu(t) - start
	high := peak()
	perSecond := float64(len(pages)) / used.Seconds()
	t.Logf("%d pages in %v of processor time: %.0f a second of one core; heap at most %d MB, %d MB of them the pages", len(pages), used.Round(time.Millisecond), perSecond, high>>20, func() (n int) {
		for _, x := range pages {
			n += len(x.page)
		}
		return n >> 20
	}())
	if high > 400<<20 {
		t.Errorf("heap %d MB", high>>20)
	}
}

// Documents made to be hard give a sane answer in bounded time.
func TestHardPages(t *testing.T) {
	t.Parallel()
	para := func(i int) string {
		return fmt.Sprintf("The hall of town %d opened a bridge over the river today, and %d people came to see how it was done.", i, 3*i+20)
	}
	article := func(i int) string {
		return fmt.Sprintf("<p>Read also:</p><h2>Town %s opens its bridge to %d guests</h2><p>Koksay, June %d (Jarchi) -- %s</p><p>%s</p>", strings.Repeat("x", i+1), i, i+1, para(i), para(i+50))
	}
	var ten strings.Builder
	ten.WriteString("<html><body><h1>Town opens a fair of bridges</h1><p>" + para(70) + "</p><p>" + para(71) + "</p>")
	for i := range 9 {
		ten.WriteString(article(i))
	}
	for name, c := range map[string]struct {
		page     []byte
		articles int // 0: refused
	}{
		"200,000 nested elements": {[]byte("<html><body><h1>Bridge opens</h1>" + strings.Repeat("<div>", 200_000) + "<p>" + para(1) + "</p><p>" + para(2) + "</p>" + strings.Repeat("</div>", 200_000)), 1},
		"200,000 elements":        {[]byte("<html><body><h1>Bridge opens</h1><p>" + para(1) + "</p>" + strings.Repeat("<div><span></span></div>", 100_000) + "<p>" + para(2) + "</p>"), 1},
		"ten articles":            {[]byte(ten.String()), 10},
		"all furniture":           {[]byte("<html><body>" + strings.Repeat("<p>Share</p><p>Subscribe to our newsletter</p><p>Post Views: 12</p><p>Leave a comment</p>", 500)), 0},
		"a megabyte of one word":  {bytes.Repeat([]byte("а"), 500_000), 1},
		"40,000 menu lines":       {[]byte("<html><body><ul>" + strings.Repeat("<li><a href=/x>Regional news of today</a></li>", 40_000) + "</ul><h1>Bridge opens</h1><p>" + para(1) + "</p><p>" + para(2) + "</p><p>" + para(3) + "</p>"), 1},
		"a wide table":            {[]byte("<html><body><h1>Bridge opens</h1><p>" + para(1) + "</p><table>" + strings.Repeat("<tr><td>Koksay</td><td>12</td></tr>", 10_000) + "</table><p>" + para(2) + "</p>"), 1},
	} {
		start := cpu(t)
		doc := Document{Name: name, Bytes: c.page}
		articles, err := Read(doc, testNow)
		sound(t, doc, articles, err)
		if used := cpu(t) - start; used > 20*time.Second {
			t.Errorf("%s: %v of processor time", name, used)
		}
		if c.articles == 0 && err == nil || c.articles > 0 && (err != nil || len(articles) != c.articles) {
			t.Errorf("%s: %d articles, %v; want %d", name, len(articles), err, c.articles)
		}
	}
}
