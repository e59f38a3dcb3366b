package source

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
)

var now = time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC)

func TestCheck(t *testing.T) {
	t.Parallel()
	s := Source{Address: " https://news.example/rss#x ", Language: "kk-KZ"}
	if err := s.Check(); err != nil || s.Address != "https://news.example/rss" || s.Kind != Feed || s.Interval != DefaultInterval || s.Language != "kk" {
		t.Errorf("%+v, %v", s, err)
	}
	for field, bad := range map[string]Source{
		"url":      {Address: "news.example/rss"},
		"name":     {Address: "https://a.example/", Name: "a\nb"},
		"rights":   {Address: "https://a.example/", Rights: strings.Repeat("a", 2001)},
		"kind":     {Address: "https://a.example/", Kind: "fax"},
		"interval": {Address: "https://a.example/", Interval: time.Second},
		"language": {Address: "https://a.example/", Language: "??"},
	} {
		_, got := fault.Public(bad.Check())
		if got != field {
			t.Errorf("%+v is blamed on %q, not %q", bad, got, field)
		}
	}
	for _, a := range []string{"ftp://a.example/", "https://u:p@a.example/", "https://", "file:///etc/passwd", "https:a", strings.Repeat("a", 3000)} {
		if err := (&Source{Address: a}).Check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", a, err)
		}
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, c := range Codes {
		if s := (Trouble{Code: c}).Sentence(); !strings.HasSuffix(s, ".") || c != Internal && s == sentences[Internal] {
			t.Errorf("%s: %q", c, s)
		}
	}
	if s := (Trouble{Code: Damaged, Line: 12, Status: 0}).Sentence(); s != "A part of the feed is damaged (line 12)." {
		t.Error(s)
	}
	if (Trouble{}).Sentence() != "" {
		t.Error("no trouble has a sentence")
	}
}

// TestNext: a source is asked again within a tenth of its interval; one that fails waits longer each time, and no longer than six hours.
func TestNext(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		interval := time.Duration(rapid.Int64Range(int64(MinInterval), int64(MaxInterval)).Draw(t, "interval"))
		errors := rapid.IntRange(0, 1000).Draw(t, "errors")
		wait := Next(interval, errors, now).Sub(now)
		want := interval
		for i := 1; i < errors && want < MaxBackoff; i++ {
			want *= 2
		}
		if errors > 1 {
			want = min(want, max(MaxBackoff, interval))
		}
		if wait < want-want/10 || wait > want+want/10 {
			t.Fatalf("%v after %d errors at %v; want %v", wait, errors, interval, want)
		}
	})
}

func TestSilent(t *testing.T) {
	t.Parallel()
	at := func(hours ...float64) (out []time.Time) {
		for _, h := range hours {
			out = append(out, now.Add(-time.Duration(h*float64(time.Hour))))
		}
		return out
	}
	for name, c := range map[string]struct {
		r     Rhythm
		quiet time.Duration
		want  bool
	}{
		"every two hours, three days":               {FromDates(at(16, 14, 4, 2, 0)), 72 * time.Hour, true},
		"every two hours with a weekend, two days":  {FromDates(at(70, 68, 66, 4, 2, 0)), 48 * time.Hour, false},
		"every two hours with a weekend, five days": {FromDates(at(70, 68, 66, 4, 2, 0)), 120 * time.Hour, true},
		"every five minutes, five hours":            {FromDates(at(0.3, 0.2, 0.1, 0)), 5 * time.Hour, false},
		"every five minutes, seven hours":           {FromDates(at(0.3, 0.2, 0.1, 0)), 7 * time.Hour, true},
		"once a week, two weeks":                    {FromDates(at(504, 336, 168, 0)), 336 * time.Hour, false},
		"once a week, four weeks":                   {FromDates(at(504, 336, 168, 0)), 672 * time.Hour, true},
		"too few":                                   {FromDates(at(2, 0)), 1000 * time.Hour, false},
	} {
		if _, got := (State{Rhythm: c.r, LastItem: now.Add(-c.quiet)}).Silent(now); got != c.want {
			t.Errorf("%s: %v, %+v", name, got, c.r)
		}
	}
	r := Rhythm{}
	for range 100 {
		r = r.Came(time.Hour, 1)
	}
	if r.Usual != time.Hour || r.Gaps != 100 || r.Came(10*time.Hour, 5).Usual != 72*time.Minute || r.Came(-time.Hour, 1) != r {
		t.Errorf("%+v", r)
	}
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"https://news.example/a", "http://www.News.example/a/", "https://news.example:443/a?utm_source=rss&utm_medium=x#top", "https://news.example/a?fbclid=1"},
		{"https://news.example/a?id=1&b=2", "https://news.example/a?b=2&id=1"},
	} {
		for _, a := range same {
			if Canonical(a) != Canonical(same[0]) {
				t.Errorf("%s is not %s: %s, %s", a, same[0], Canonical(a), Canonical(same[0]))
			}
		}
	}
	for _, other := range []string{"https://news.example/b", "https://news.example/a?id=1", "https://news.example:8080/a", "https://m.news.example/a", "https://news.example/A"} {
		if Canonical(other) == Canonical("https://news.example/a") {
			t.Errorf("%s is taken for another", other)
		}
	}
	for address, want := range map[string]string{"https://A.example:443/": "a.example", "http://a.example:443/": "a.example:443", "http://[::1]:8080/": "[::1]:8080", "http://[::1]/": "::1", "ftp://a/": "", "::": "", "https://a.example./": "a.example"} {
		if got := Host(address); got != want {
			t.Errorf("%s: %q", address, got)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	a := Entry{ID: "1", Link: "https://a.example/1", Title: "T", Text: "<p>One <b>two</b></p>"}
	b := a
	b.Published, b.Link, b.Text = "later", "https://a.example/1?utm_campaign=x", "<div>One   two</div>"
	if a.Key() != b.Key() || a.LinkKey() != b.LinkKey() || a.Digest() != b.Digest() {
		t.Error("one item counts as two")
	}
	b.Title = "T, corrected"
	if a.Key() != b.Key() || a.Digest() == b.Digest() {
		t.Error("a change is not seen")
	}
	if (Entry{Link: "x"}).Key() == (Entry{ID: "x"}).Key() || (Entry{Title: "x"}).Key() == (Entry{Title: "y"}).Key() || (Entry{}).LinkKey() != (Key{}) {
		t.Error("keys meet")
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"<p>It opens.</p>": true, "It opens!»": true, "پل گشایش یافت۔": true, "&ldquo;It opens.&rdquo;": true, "It opens...": false, "It opens…": false, "It opens [&hellip;]": false, "It opens": false, "": false, "…": false} {
		if got := (Entry{Text: text}).Ends(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"Mon, 01 Jun 2026 10:00:00 GMT": "2026-06-01T10:00:00Z", "Mon, 1 Jun 2026 10:00:00 +0500": "2026-06-01T05:00:00Z", "Mon, 01 Jun 2026 10:00 EST": "2026-06-01T15:00:00Z", "01 Jun 26 10:00:00 +0300": "2026-06-01T07:00:00Z",
		"Monday, 01 June 2026 10:00:00 MSK": "2026-06-01T07:00:00Z", "2026-06-01T10:00:00+05:00": "2026-06-01T05:00:00Z", "2026-06-01T10:00:00.123Z": "2026-06-01T10:00:00.123Z", "2026-06-01 10:00:00": "2026-06-01T10:00:00Z",
		"2026-06-01": "2026-06-01 day", "01.06.2026 10:00": "2026-06-01T10:00:00Z", "Mon, 01 Jun 2026 10:00:00 +0500 (PKT)": "2026-06-01T05:00:00Z", "1404/03/11": "2025-06-01 day", "11 خرداد 1404": "2025-06-01 day",
		"Thu, 01 Jan 1970 00:00:00 GMT": "", "Mon, 01 Jun 2599 10:00:00 GMT": "", "0000-00-00T00:00:00Z": "", "Mon, 01 Jun 2026 10:00:00 XYZ": "", "": "", "now": "", "Fri, 05 Jun 2026 10:00:00 GMT": "", "Wed, 03 Jun 2026 10:00:00 GMT": "2026-06-03T10:00:00Z",
	} {
		at, day, ok := Date(raw, now)
		got := ""
		if ok {
			got = at.Format(time.RFC3339Nano)
			if day {
				got = at.Format(time.DateOnly) + " day"
			}
		}
		if got != want {
			t.Errorf("%q: %s, want %s", raw, got, want)
		}
	}
}

func TestRobots(t *testing.T) {
	t.Parallel()
	const text = "\ufeff# hello\nUser-agent: *\nDisallow: /private\nAllow: /private/open\nDisallow: /*.pdf$\nDisallow: /search?*q=\nCrawl-delay: 2.5\n\nUser-agent: other\nuser-agent: JARCHI/1.0\nDisallow: /only\nAllow: /\nDisallow: /%D0%B0\nCrawl-delay: 600\nSitemap: https://a.example/s.xml\n"
	all, own := ReadRobots([]byte(text), "nobody"), ReadRobots([]byte(text), "jarchi")
	if all.Delay != 2500*time.Millisecond || own.Delay != time.Minute {
		t.Errorf("delays %v, %v", all.Delay, own.Delay)
	}
	for path, want := range map[string][2]bool{
		"": {true, true}, "/": {true, true}, "/private": {false, true}, "/private/a": {false, true}, "/private/open/a": {true, true}, "/a.pdf": {false, true}, "/a.pdf?x": {true, true}, "/a.pdf.html": {true, true},
		"/search?x=1&q=2": {false, true}, "/search": {true, true}, "/only/a": {true, false}, "/а": {true, false}, "/%d0%b0/b": {true, false}, "/robots.txt": {true, true},
	} {
		if got := [2]bool{all.Allows("https://a.example" + path), own.Allows("https://a.example" + path)}; got != want {
			t.Errorf("%q: %v", path, got)
		}
	}
	if !ReadRobots([]byte("<html>Not found</html>"), "jarchi").Allows("https://a.example/") || !ReadRobots(nil, "jarchi").Allows("https://a.example/") || ReadRobots([]byte("user-agent: *\ndisallow: /"), "jarchi").Allows("https://a.example/x") {
		t.Error("what says nothing allows everything, and / forbids it")
	}
	// a pattern of nothing but stars must not take long
	slow := ReadRobots([]byte("user-agent: *\ndisallow: /"+strings.Repeat("*a", 1000)+"b$"), "jarchi")
	if !slow.Allows("https://a.example/" + strings.Repeat("a", 2000)) {
		t.Error("it is forbidden")
	}
}

func FuzzRobots(f *testing.F) {
	for _, s := range []string{"", "user-agent: *\ndisallow: /*a*$\nallow: /b", "user-agent: jarchi\ncrawl-delay: 1e300\n", "disallow: /", "user-agent:\x00\ndisallow: %zz\n"} {
		f.Add(s, "/a/b?c")
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		a := ReadRobots([]byte(text), "jarchi")
		if a.Delay < 0 || a.Delay > maxDelay || len(a.Rules) > maxRules {
			t.Fatalf("%+v", a)
		}
		a.Allows("https://a.example/" + path)
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"Mon, 01 Jun 2026 10:00:00 GMT", "1404/03/11", "2026-06-01", "abc 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if at, _, ok := Date(raw, now); ok && !possible(at, now) {
			t.Fatalf("%q is %v", raw, at)
		}
	})
}
