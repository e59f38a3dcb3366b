package sources

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/wire"
)

// bad is one kind of fault, played by a server of its own, and what must come of it.
type bad struct {
	name   string
	feed   http.HandlerFunc // of /feed
	page   http.HandlerFunc // of /p/…; nil: a good page
	robots http.HandlerFunc // nil: there is none

	code    source.Code // "": none
	status  int
	line    int   // 0: not looked at
	items   int   // captures
	failed  int64 // items in quarantine
	waiting int64 // items that are tried again later
	check   func(t *testing.T, r source.Watched, cs []*wire.Capture)
}

func says(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		io.WriteString(w, body)
	}
}

func xmlSays(body string) http.HandlerFunc { return says("application/rss+xml", body) }

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func hang(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// endless sends bytes until nobody takes them.
func endless(piece string, pause time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, piece); err != nil {
				return
			}
			if pause > 0 {
				w.(http.Flusher).Flush()
				time.Sleep(pause)
			}
		}
	}
}

// squeezed is 200 MB of nothing.
var squeezed = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for range 200 {
		z.Write(zeros)
	}
	z.Close()
	return b.Bytes()
})

func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	w.Write(squeezed())
}

// broken sends less than it promised.
func broken(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100000")
	io.WriteString(w, rss(plainItem("1")))
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func utf16BOM(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func encoded(t *testing.T, m *charmap.Charmap, s string) string {
	t.Helper()
	out, err := m.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// In feeds without pages the text is the feed's own.
const (
	ruTitle = "В районе открыли новую дорогу к городу"
	ruText  = "Дорогу к городу открыли утром в понедельник, сообщила администрация района. Работы шли два года и стоили меньше, чем было намечено."
	faTitle = "جاده تازه شهر گشایش یافت"
	faText  = "جاده تازه شهر بامداد دوشنبه گشایش یافت و فرماندار گفت که کار آن دو سال به درازا کشید."
)

func own(title, text string) string {
	return item("<title>" + title + "</title><description>" + text + "</description><guid>x</guid>")
}

func headline(want string) func(*testing.T, source.Watched, []*wire.Capture) {
	return func(t *testing.T, _ source.Watched, cs []*wire.Capture) {
		if len(cs) == 0 || cs[0].Headline != want {
			t.Errorf("the headline is not %q: %+v", want, cs)
		}
	}
}

func ofFeed(t *testing.T, _ source.Watched, cs []*wire.Capture) {
	for _, c := range cs {
		if c.Fed == nil || !c.Fed.TextOfFeed {
			t.Errorf("%q does not say that it is the feed's own text", c.Headline)
		}
	}
}

func withText(n string) string {
	return item("<title>District " + n + " opens a new road to the town</title><link>/p/" + n + "</link><description>The office of district " + n + " opened a new road to the town on Monday morning, its spokesman said.</description>")
}

func battery(t *testing.T) []bad {
	many := func(n int) string {
		var items []string
		for i := range n {
			items = append(items, plainItem(fmt.Sprint(i)))
		}
		return rss(items...)
	}
	good := plainItem("1")
	return []bad{
		// The way there.
		{name: "no answer at all", feed: hang, code: source.Slow},
		{name: "an answer that trickles without end", feed: endless(" ", 20*time.Millisecond), code: source.Slow},
		{name: "an answer without end", feed: endless(strings.Repeat("<item>", 1000), 0), code: source.TooLarge},
		{name: "a length beyond measure", feed: func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "99999999999") }, code: source.TooLarge},
		{name: "a bomb in gzip", feed: bomb, code: source.TooLarge},
		{name: "gzip that is none", feed: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, rss(good))
		}, code: source.Unreachable},
		{name: "an encoding nobody asked for", feed: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			io.WriteString(w, rss(good))
		}, code: source.Encoding},
		{name: "less than was promised", feed: broken, code: source.Unreachable},
		{name: "cut before the first byte", feed: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, code: source.Unreachable},
		{name: "headers without end", feed: func(w http.ResponseWriter, _ *http.Request) {
			for i := range 3000 {
				w.Header().Set(fmt.Sprint("X-", i), strings.Repeat("a", 100))
			}
		}, code: source.Unreachable},
		{name: "a circle", feed: status(302, "Location", "/feed"), code: source.Loop},
		{name: "a redirect without a place", feed: status(302), code: source.Odd, status: 302},
		{name: "a redirect into a private network", feed: status(302, "Location", "http://10.0.0.1/feed"), code: source.Forbidden},
		{name: "a redirect to the cloud's metadata", feed: status(302, "Location", "http://169.254.169.254/latest/"), code: source.Forbidden},
		{name: "a redirect to loopback in IPv6", feed: status(302, "Location", "http://[::1]:80/"), code: source.Forbidden},
		{name: "a redirect to a file", feed: status(302, "Location", "file:///etc/passwd"), code: source.NoAddress},
		{name: "moved for good", feed: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				http.Redirect(w, r, "/feed?new", http.StatusMovedPermanently)
				return
			}
			xmlSays(rss(good))(w, r)
		}, items: 1, check: func(t *testing.T, r source.Watched, _ []*wire.Capture) {
			if !strings.HasSuffix(r.Moved, "/feed?new") {
				t.Errorf("moved to %q", r.Moved)
			}
		}},
		{name: "not found", feed: status(404), code: source.Gone, status: 404},
		{name: "gone", feed: status(410), code: source.Gone, status: 410},
		{name: "a password is asked for", feed: status(401), code: source.Refused, status: 401},
		{name: "forbidden", feed: status(403), code: source.Refused, status: 403},
		{name: "for legal reasons", feed: status(451), code: source.Refused, status: 451},
		{name: "too many requests", feed: status(429, "Retry-After", "7200"), code: source.Overload, status: 429, check: func(t *testing.T, r source.Watched, _ []*wire.Capture) {
			if r.Due.Sub(r.LastPoll) < 7190*time.Second {
				t.Errorf("it is asked again after %v", r.Due.Sub(r.LastPoll))
			}
		}},
		{name: "not now, until a date", feed: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", time.Now().Add(3*time.Hour).UTC().Format(http.TimeFormat))
			w.WriteHeader(503)
		}, code: source.Overload, status: 503, check: func(t *testing.T, r source.Watched, _ []*wire.Capture) {
			if r.Due.Sub(r.LastPoll) < 170*time.Minute {
				t.Errorf("it is asked again after %v", r.Due.Sub(r.LastPoll))
			}
		}},
		{name: "a wait of a thousand years", feed: status(429, "Retry-After", "31536000000"), code: source.Overload, status: 429, check: func(t *testing.T, r source.Watched, _ []*wire.Capture) {
			if r.Due.Sub(r.LastPoll) > 25*time.Hour {
				t.Errorf("it is asked again after %v", r.Due.Sub(r.LastPoll))
			}
		}},
		{name: "a fault of the server", feed: status(500), code: source.Broken, status: 500},
		{name: "a bad gateway", feed: status(502), code: source.Broken, status: 502},
		{name: "a teapot", feed: status(418), code: source.Odd, status: 418},
		{name: "no content", feed: status(204), code: source.Empty},
		{name: "robots.txt forbids the feed", feed: xmlSays(rss(good)), robots: says("text/plain", "User-agent: *\nDisallow: /feed\n"), code: source.Robots},
		{name: "robots.txt allows us alone", feed: xmlSays(rss(good)), robots: says("text/plain", "User-agent: *\nDisallow: /\n\nUser-agent: Jarchi\nDisallow:\n"), items: 1},
		{name: "robots.txt is broken", feed: xmlSays(rss(good)), robots: status(503), code: source.RobotsBroken, status: 503},
		{name: "robots.txt has no end", feed: xmlSays(rss(good)), robots: endless("Disallow: /a\n", 0), code: source.RobotsBroken},
		{name: "robots.txt is a web page", feed: xmlSays(rss(good)), robots: says("text/html", page("Not found", "0")), items: 1},

		// The document.
		{name: "nothing", feed: xmlSays(""), code: source.Empty},
		{name: "white space", feed: xmlSays(" \n\n\t "), code: source.Empty},
		{name: "a web page that names its feed", feed: says("text/html", `<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>News`), code: source.WebPage, check: func(t *testing.T, r source.Watched, _ []*wire.Capture) {
			if !strings.HasSuffix(r.Trouble.At, "/feed.xml") {
				t.Errorf("its feed is not named: %+v", r.Trouble)
			}
		}},
		{name: "a web page said to be a feed", feed: xmlSays("<html><body><p>The site is being rebuilt.<br></body>"), code: source.WebPage},
		{name: "words", feed: xmlSays("Service temporarily unavailable"), code: source.NotAFeed},
		{name: "a picture", feed: xmlSays("\x89PNG\r\n\x1a\n\x00\x00\x00\x00"), code: source.NotAFeed},
		{name: "another kind of XML", feed: xmlSays(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), code: source.NotAFeed},
		{name: "another kind of JSON", feed: says("application/json", `{"ok":true}`), code: source.NotAFeed},
		{name: "a list of sitemaps", feed: xmlSays(`<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>http://a.example/1.xml</loc></sitemap></sitemapindex>`), code: source.Index},
		{name: "cut off before the first item", feed: xmlSays("<?xml version='1.0'?>\n<rss><channel>\n<title>Dis"), code: source.CutOff, line: 3},
		{name: "cut off within the second item", feed: xmlSays("<rss><channel>\n" + good + "\n<item><title>Ano"), code: source.CutOff, line: 3, items: 1},
		{name: "an item with tags that do not meet", feed: xmlSays("<rss><channel>\n" + good + "\n<item><title>a</b></title></item>\n" + plainItem("2") + "</channel></rss>"), code: source.Damaged, line: 3, items: 2, failed: 1},
		{name: "a sign of less in a title", feed: xmlSays("<rss><channel>\n" + good + "\n<item><title>5 < 6</title></item>\n" + plainItem("2") + "\n" + plainItem("3") + "</channel></rss>"), code: source.Damaged, line: 3, items: 3},
		{name: "a bare ampersand", feed: xmlSays(rss(own("Road & rail meet in the town", faText))), items: 1, check: headline("Road & rail meet in the town")},
		{name: "entities that nobody declared", feed: xmlSays(rss(own("The road&nbsp;opens &mdash; at last &nonsense; today", faText))), items: 1},
		{name: "entities of entities", feed: xmlSays(`<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><rss><channel>` + own("The road opens &c; today", ruText) + "</channel></rss>"), items: 1,
			check: func(t *testing.T, _ source.Watched, cs []*wire.Capture) {
				if len(cs) > 0 && strings.Contains(cs[0].Headline, "aaaa") {
					t.Error("the entities were taken for what they say")
				}
			}},
		{name: "an entity from a file", feed: xmlSays(`<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>` + own("The road opens &x; today", ruText) + "</channel></rss>"), items: 1,
			check: func(t *testing.T, _ source.Watched, cs []*wire.Capture) {
				if len(cs) > 0 && strings.Contains(cs[0].Headline, "root:") {
					t.Error("a file was read")
				}
			}},
		{name: "elements within elements without end", feed: xmlSays("<rss><channel>\n" + strings.Repeat("<a>", 500_000)), code: source.TooDeep, line: 2},
		{name: "deep within one item", feed: xmlSays("<rss><channel>\n<item>" + strings.Repeat("<a>", 100_000) + "\n" + good + "</channel></rss>"), code: source.TooDeep, line: 2, items: 1},
		{name: "control characters", feed: xmlSays(rss(own("The \x00road \x08opens", faText))), items: 1},
		{name: "a prefix that nobody declared", feed: xmlSays(rss(item("<title>The road opens to all</title><guid>1</guid><content:encoded>&lt;p&gt;" + ruText + "&lt;/p&gt;</content:encoded>"))), items: 1},
		{name: "a warning of the server's program before it", feed: xmlSays("<br />\n<b>Warning</b>: no such file\n" + rss(good)), code: source.NotAFeed},
		{name: "words before it", feed: xmlSays("Warning: no such file\n" + rss(good)), items: 1},
		{name: "a mark and empty lines before it", feed: xmlSays("\ufeff\n\n" + rss(good)), items: 1},
		{name: "JSON that is cut off", feed: says("application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1",`), code: source.CutOff},
		{name: "JSON that is damaged", feed: says("application/feed+json", "{\"version\":\"https://jsonfeed.org/version/1.1\",\n\"items\":[{\"id\":\"1\",}]}"), code: source.Damaged, line: 2},
		{name: "an item of JSON of the wrong kind", feed: says("application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"title":"The road opens to all","content_text":"`+ruText+`"},{"id":"2","title":7}]}`), code: source.Damaged, items: 1},
		{name: "JSON as deep as a well", feed: says("application/feed+json", `{"items":`+strings.Repeat("[", 100_000)), code: source.Damaged},

		// Charsets.
		{name: "windows-1251", feed: says("text/xml", encoded(t, charmap.Windows1251, `<?xml version="1.0" encoding="windows-1251"?><rss><channel>`+own(ruTitle, ruText)+"</channel></rss>")), items: 1, check: headline(ruTitle)},
		{name: "windows-1251 in the header alone", feed: says("text/xml; charset=windows-1251", encoded(t, charmap.Windows1251, "<rss><channel>"+own(ruTitle, ruText)+"</channel></rss>")), items: 1, check: headline(ruTitle)},
		{name: "windows-1251 that says UTF-8", feed: says("text/xml; charset=utf-8", encoded(t, charmap.Windows1251, `<?xml version="1.0" encoding="utf-8"?><rss><channel>`+own(ruTitle, ruText)+"</channel></rss>")), items: 1, check: headline(ruTitle)},
		{name: "UTF-8 that says windows-1251", feed: says("text/xml; charset=windows-1251", `<?xml version="1.0" encoding="windows-1251"?><rss><channel>`+own(ruTitle, ruText)+"</channel></rss>"), items: 1, check: headline(ruTitle)},
		{name: "windows-1256", feed: says("text/xml", encoded(t, charmap.Windows1256, strings.NewReplacer("ی", "ي").Replace(`<?xml version="1.0" encoding="windows-1256"?><rss><channel>`+own(faTitle, faText)+"</channel></rss>"))), items: 1},
		{name: "UTF-16 with its mark", feed: says("text/xml", utf16BOM(`<?xml version="1.0" encoding="utf-16"?><rss><channel>`+own(ruTitle, ruText)+"</channel></rss>")), items: 1, check: headline(ruTitle)},
		{name: "UTF-8 that says UTF-16", feed: says("text/xml; charset=utf-16", `<?xml version="1.0" encoding="utf-16"?><rss><channel>`+own(ruTitle, ruText)+"</channel></rss>"), items: 1, check: headline(ruTitle)},
		{name: "a charset that there is none", feed: says("text/xml; charset=klingon", `<?xml version="1.0" encoding="klingon"?><rss><channel>`+own(ruTitle, ruText)+"</channel></rss>"), items: 1, check: headline(ruTitle)},
		{name: "bytes that are no letters", feed: says("text/xml; charset=utf-8", rss(own(ruTitle+" \xff\xfe", ruText))), items: 1},

		// Items.
		{name: "no item", feed: xmlSays(rss()), items: 0},
		{name: "a date in 1404", feed: xmlSays(rss(item("<title>Road opens to the town</title><description>" + faText + "</description><pubDate>1404/06/09</pubDate>"))), items: 1, check: dated("2025-08-31")},
		{name: "a date in 2599", feed: xmlSays(rss(item("<title>Road opens to the town</title><description>" + faText + "</description><pubDate>Mon, 01 Jun 2599 10:00:00 GMT</pubDate>"))), items: 1, check: dated("")},
		{name: "a date of the year 1", feed: xmlSays(rss(item("<title>Road opens to the town</title><description>" + faText + "</description><pubDate>0001-01-01T00:00:00Z</pubDate>"))), items: 1, check: dated("")},
		{name: "a date that is none", feed: xmlSays(rss(item("<title>Road opens to the town</title><description>" + faText + "</description><pubDate>yesterday</pubDate>"))), items: 1, check: dated("")},
		{name: "the wrong day of the week", feed: xmlSays(rss(item("<title>Road opens to the town</title><description>" + faText + "</description><pubDate>Fri, 1 Jun 2026 10:00:00 +0500</pubDate>"))), items: 1, check: dated("2026-06-01T05:00Z")},
		{name: "an item without a link", feed: xmlSays(rss(own("Road opens to the town", ruText))), items: 1, check: ofFeed},
		{name: "an item of a title alone", feed: xmlSays(rss(item("<title>Road opens to the town</title>"))), failed: 1},
		{name: "an empty item", feed: xmlSays(rss("<item/>", "<item><title/></item>", good)), items: 1},
		{name: "one id twice", feed: xmlSays(rss(good, good)), items: 1},
		{name: "one link under two ids", feed: xmlSays(rss(good, item("<title>The same</title><link>/p/1?utm_source=rss#top</link><guid>other</guid>"))), items: 1},
		{name: "one text at two links", feed: xmlSays(rss(good, item("<title>District 1 opens a new road to the town</title><link>/p/1?print</link><guid>other</guid>"))), items: 1},
		{name: "a thousand items twenty times", feed: xmlSays(many(20_000)), items: firstItems},
		{name: "an item that is a script", feed: xmlSays(rss(item("<title>Road opens to the town</title><link>javascript:alert(1)</link><description>&lt;script&gt;alert(1)&lt;/script&gt;" + ruText + "</description>"))), items: 1, check: func(t *testing.T, _ source.Watched, cs []*wire.Capture) {
			if len(cs) > 0 && strings.Contains(strings.Join(cs[0].Body, " "), "alert") {
				t.Error("a script came in as text")
			}
		}},
		{name: "a title of a novel", feed: xmlSays(rss(own(strings.Repeat("Road ", 5000), ruText))), failed: 1},

		// Pages.
		{name: "the page is not there, the feed has a text", feed: xmlSays(rss(withText("1"))), page: status(404), items: 1, check: ofFeed},
		{name: "the page is not there, the feed has no text", feed: xmlSays(rss(good)), page: status(404), failed: 1},
		{name: "the page is forbidden by robots.txt", feed: xmlSays(rss(withText("1"))), robots: says("text/plain", "User-agent: *\nDisallow: /p/\n"), items: 1, check: ofFeed},
		{name: "the page's server has a fault", feed: xmlSays(rss(withText("1"))), page: status(500), waiting: 1},
		{name: "the page's server has no time", feed: xmlSays(rss(withText("1"))), page: status(429, "Retry-After", "60"), waiting: 1},
		{name: "the page never comes", feed: xmlSays(rss(withText("1"))), page: hang, waiting: 1},
		{name: "the page has no end", feed: xmlSays(rss(withText("1"))), page: endless(strings.Repeat("<p>And so on.</p>", 1000), 0), items: 1, check: ofFeed},
		{name: "the page is a bomb", feed: xmlSays(rss(withText("1"))), page: bomb, items: 1, check: ofFeed},
		{name: "the page is in a private network", feed: xmlSays(rss(item("<title>Road opens to the town</title><link>http://10.0.0.1/p</link><description>" + ruText + "</description>"))), items: 1, check: ofFeed},
		{name: "the page is a PDF", feed: xmlSays(rss(withText("1"))), page: says("application/pdf", "%PDF-1.7 ..."), items: 1, check: ofFeed},
		{name: "the page is nothing but furniture", feed: xmlSays(rss(withText("1"))), page: says("text/html", "<html><body><nav><a href='/'>Home</a></nav></body></html>"), items: 1, check: ofFeed},
		{name: "the page is nothing but furniture, the feed has no text", feed: xmlSays(rss(good)), page: says("text/html", "<html><body><nav><a href='/'>Home</a></nav></body></html>"), failed: 1},
		{name: "one page of three is broken", feed: xmlSays(rss(good, plainItem("2"), plainItem("3"))), page: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/p/2" {
				w.WriteHeader(404)
				return
			}
			io.WriteString(w, page("District opens road "+r.URL.Path, r.Host+r.URL.Path))
		}, items: 2, failed: 1},
	}
}

func dated(want string) func(*testing.T, source.Watched, []*wire.Capture) {
	return func(t *testing.T, _ source.Watched, cs []*wire.Capture) {
		got := ""
		if len(cs) > 0 && cs[0].Date != nil {
			got = cs[0].Date.Value
		}
		if got != want {
			t.Errorf("the date is %q, not %q", got, want)
		}
	}
}

// TestBattery: every kind of fault is told as what it is, costs what it damages and nothing else, and holds nobody else up.
func TestBattery(t *testing.T) {
	t.Parallel()
	t.Logf("%d kinds of fault, each played by a server", len(battery(t)))
	squeezed() // before anybody waits for it
	s := open(t, 3*time.Second)
	list := battery(t)
	ids := make([]source.ID, len(list))
	names := map[string]bool{}
	for i, b := range list {
		if names[b.name] {
			t.Fatalf("two faults are called %q", b.name)
		}
		names[b.name] = true
		address := site(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/robots.txt" && b.robots != nil:
				b.robots(w, r)
			case r.URL.Path == "/robots.txt":
				w.WriteHeader(404)
			case r.URL.Path == "/feed":
				b.feed(w, r)
			case b.page != nil:
				b.page(w, r)
			default:
				io.WriteString(w, page("District opens road "+r.URL.Path, r.Host+r.URL.Path))
			}
		})
		ids[i] = s.add(address + "/feed").ID
	}
	good := s.add(site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/feed" {
			xmlSays(rss(plainItem("1"), plainItem("2")))(w, r)
			return
		}
		io.WriteString(w, page("District opens road "+r.URL.Path, r.Host+r.URL.Path))
	}) + "/feed")
	s.run()
	if r := s.until(good.ID, func(r source.Watched) bool { return polled(r) && r.Items == 2 }); r.Trouble.Code != "" {
		t.Errorf("the source that has no fault: %+v", r.Trouble)
	}
	for i, b := range list {
		t.Run(b.name, func(t *testing.T) {
			s := &stage{s.Service, t}
			r := s.until(ids[i], func(r source.Watched) bool {
				return !r.LastPoll.IsZero() && r.Waiting <= b.waiting && r.Items+r.Failed >= int64(b.items)+b.failed
			})
			cs := s.captures(ids[i])
			if r.Trouble.Code != b.code || b.status > 0 && r.Trouble.Status != b.status || b.line > 0 && r.Trouble.Line != b.line {
				t.Errorf("the trouble is %+v, not %s %d line %d", r.Trouble, b.code, b.status, b.line)
			}
			if b.code != "" && r.Trouble.Sentence() == "" {
				t.Error("it has no sentence")
			}
			if len(cs) != b.items || r.Items != int64(b.items) || r.Failed != b.failed || r.Waiting != b.waiting {
				t.Errorf("%d captures (%d counted), %d in quarantine, %d waiting; not %d, %d, %d", len(cs), r.Items, r.Failed, r.Waiting, b.items, b.failed, b.waiting)
			}
			if wrong := b.code != "" && b.items == 0; (r.Errors > 0) != wrong {
				t.Errorf("%d failures in a row", r.Errors)
			}
			if !r.Due.After(r.LastPoll) {
				t.Error("it is not asked again")
			}
			if b.check != nil {
				b.check(t, r, cs)
			}
			quarantined, err := s.store.QuarantineOf(t.Context(), keeper.Member, 1000)
			if err != nil {
				t.Fatal(err)
			}
			kept := 0
			for _, q := range quarantined {
				if q.Source != ids[i] && !strings.HasPrefix(q.Address, r.Address) { // an item, or the feed itself
					continue
				}
				if raw, err := s.store.Raw(t.Context(), q.ID); err != nil || raw.Length == 0 || q.Reason == "" {
					t.Errorf("%+v: its bytes are not kept, or not why: %v", q, err)
				}
				if q.Item == (b.failed > 0) {
					kept++
				}
			}
			if unread := slices.Contains([]source.Code{source.NotAFeed, source.WebPage, source.CutOff, source.Damaged, source.TooDeep}, b.code); unread && b.items == 0 && kept == 0 || int64(kept) < b.failed {
				t.Errorf("%d are in quarantine", kept)
			}
		})
	}
}

// TestQuarantine: what could not be read stands in quarantine with its place and the reason, once, however often it is asked for.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	s := open(t, time.Second)
	var n int
	src := s.add(site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/feed" {
			w.WriteHeader(404)
			return
		}
		n++
		fmt.Fprintf(w, "<rss>\n<channel><title>%s", bytes.Repeat([]byte("x"), n))
	}) + "/feed")
	s.run()
	for i := range 3 {
		s.until(src.ID, func(r source.Watched) bool { return r.Errors == i+1 })
		if err := s.Poll(t.Context(), keeper, src.ID); err != nil {
			t.Fatal(err)
		}
	}
	q, err := s.store.Quarantine(t.Context(), 10)
	if err != nil || len(q) != 1 || !strings.Contains(q[0].Place, "line 2") || !strings.Contains(q[0].Reason, "ends before its end") || q[0].Name != "feed" || q[0].Source != src.ID || q[0].Item {
		t.Errorf("%+v, %v", q, err)
	}
}
