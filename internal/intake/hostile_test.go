package intake

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"jarchi.dev/jarchi/internal/fault"
)

func cp1251(s string) string {
	out, err := charmap.Windows1251.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return out
}

func utf16le(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// sound checks what must hold for every output, whatever came in.
func sound(t testing.TB, doc Document, articles []Article, err error) {
	t.Helper()
	if err != nil {
		switch k := fault.KindOf(err); k {
		case fault.Invalid, fault.Unsupported, fault.TooLarge:
		default:
			t.Fatalf("kind %s: %v", k, err)
		}
		if text, _ := fault.Public(err); text == "" {
			t.Fatalf("no sentence: %v", err)
		}
		return
	}
	if len(articles) == 0 || len(articles) > maxArticles {
		t.Fatalf("%d articles", len(articles))
	}
	size := 0
	for i, a := range articles {
		if a.N != i+1 || len(a.Paragraphs) == 0 {
			t.Fatalf("article %d: N %d, %d paragraphs", i, a.N, len(a.Paragraphs))
		}
		for _, list := range [][]string{{a.Headline, a.Dateline}, a.Paragraphs, a.Credits, a.Bylines, a.Removed} {
			for _, s := range list {
				size += len(s)
				if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\n\r\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") {
					t.Fatalf("unclean text %q", s)
				}
			}
		}
		rank := map[string]int{Original: 1, QuotedBy: 2, TranslatedBy: 3, PublishedBy: 4}
		last := 0
		for _, at := range a.Attribution {
			if rank[at.Relation] < last || at.Source == "" || at.Relation == "" {
				t.Fatalf("chain %+v", a.Attribution)
			}
			last = rank[at.Relation]
		}
		if a.Date != nil {
			if _, err := time.Parse(time.DateOnly, a.Date.Value[:min(10, len(a.Date.Value))]); err != nil {
				t.Fatalf("date %+v", a.Date)
			}
		}
		if c := a.Detection.Confidence; c < 0 || c > 1 {
			t.Fatalf("confidence %v", c)
		}
		item := a.Ninjs(doc)
		if err := item.Validate(); err != nil {
			t.Fatalf("item: %v", err)
		}
	}
	if text, kind := doc.text(); kind {
		nothingLost(t, text, articles)
	}
	if size > 8*len(doc.Bytes)+4096 {
		t.Fatalf("%d bytes of text from %d bytes", size, len(doc.Bytes))
	}
}

// text is the decoded text of a document that is read as raw text.
func (d Document) text() (string, bool) {
	k, err := sniff(d)
	return rawText(d), err == nil && k == kindText
}

// nothingLost checks that every line of a raw text stands in a field, in the body or among the
// removed lines of an article.
func nothingLost(t testing.TB, text string, articles []Article) {
	t.Helper()
	lines, _, err := splitLines(text)
	if err != nil || len(lines) > maxRemoved {
		return
	}
	var all strings.Builder
	for _, a := range articles {
		all.WriteString(a.Headline + "\n")
		for _, list := range [][]string{a.Paragraphs, a.Credits, a.Bylines, a.Removed} {
			all.WriteString(strings.Join(list, "\n") + "\n")
		}
	}
	out := all.String()
	for _, l := range lines {
		if strings.Contains(out, l.text) {
			continue
		}
		rest := l.text // a stamp or the name of the site was cut off a headline
		for _, a := range articles {
			for _, part := range append([]string{a.Headline}, a.Removed...) {
				if part != "" {
					rest = strings.TrimSpace(strings.Replace(rest, part, "", 1))
				}
			}
		}
		if strings.ContainsFunc(rest, unicode.IsLetter) {
			t.Fatalf("lost: %q of %q", rest, l.text)
		}
	}
}

// mutate damages a document in one of the ways that transport, editors and attackers do.
func mutate(r *rand.Rand, b []byte, all [][]byte) []byte {
	out := bytes.Clone(b)
	for range 1 + r.IntN(3) {
		if len(out) == 0 {
			return out
		}
		at := r.IntN(len(out))
		switch r.IntN(12) {
		case 0: // bits
			for range 1 + r.IntN(20) {
				out[r.IntN(len(out))] ^= 1 << r.IntN(8)
			}
		case 1: // cut off
			out = out[:at]
		case 2: // a hole
			out = append(out[:at:at], out[min(len(out), at+r.IntN(400)):]...)
		case 3: // spliced with another
			o := all[r.IntN(len(all))]
			out = append(out[:at:at], o[r.IntN(len(o)):]...)
		case 4: // doubled
			out = append(out, out...)
		case 5: // wrong charset: read as Latin-1 and written as UTF-8
			w, _ := charmap.ISO8859_1.NewDecoder().Bytes(out)
			out = w
		case 6: // written in an old charset
			if w, err := charmap.Windows1251.NewEncoder().Bytes(bytes.ToValidUTF8(out, nil)); err == nil {
				out = w
			}
		case 7: // NUL bytes
			for range 1 + r.IntN(8) {
				i := r.IntN(len(out))
				out = append(out[:i:i], append([]byte{0}, out[i:]...)...)
			}
		case 8: // markup
			m := []string{"<div>", "</p><script>", "<!--", "<br>", "]]>", "<html>", "{\"uri\":", "&#0;", "<title>", "<h1>"}[r.IntN(10)]
			out = append(out[:at:at], append([]byte(m), out[at:]...)...)
		case 9: // direction tricks
			m := []string{"\u202e", "\u2066", "\u200f", "\ufeff", "\u2028", "\U000e0041"}[r.IntN(6)]
			out = append(out[:at:at], append([]byte(m), out[at:]...)...)
		case 10: // no line ends
			out = bytes.ReplaceAll(out, []byte("\n"), []byte(" "))
		case 11: // nothing but line ends
			out = bytes.ReplaceAll(out, []byte(" "), []byte("\n"))
		}
	}
	return out
}

func TestMutationsOfTheFiveReports(t *testing.T) {
	t.Parallel()
	var all [][]byte
	for _, n := range sampleNames {
		all = append(all, sharedSample(t, n))
	}
	count := 3_000
	if soak {
		count = 100_000
	}
	if testing.Short() || raceEnabled {
		count = 600
	}
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		t.Run(fmt.Sprint(w), func(t *testing.T) {
			t.Parallel()
			for i := w; i < count; i += workers {
				r := rand.New(rand.NewPCG(uint64(i), 1))
				from := all[i%len(all)]
				if i%5 != 0 { // mostly a piece of one: as good a test, and faster
					at := r.IntN(len(from))
					from = from[at:min(len(from), at+1200)]
				}
				doc := Document{Name: fmt.Sprint(i), Bytes: mutate(r, from, all)}
				if r.IntN(4) == 0 {
					doc.ContentType = []string{"text/html", "text/plain; charset=windows-1256", "text/html; charset=utf-16", "application/json"}[r.IntN(4)]
				}
				start := time.Now()
				articles, err := Read(doc, testNow)
				sound(t, doc, articles, err)
				if d := time.Since(start); d > 5*time.Second {
					t.Fatalf("mutation %d took %v", i, d)
				}
			}
		})
	}
}

func TestHostileDocuments(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("30 MB documents are read without the race detector only")
	}
	const mb = 1 << 20
	fill := func(unit string, n int) []byte { return bytes.Repeat([]byte(unit), n/len(unit)) }
	for _, c := range []struct {
		name, contentType string
		make              func() []byte // one at a time: together they would hide what one needs
	}{
		{"30 MB of div", "", func() []byte { return fill("<div>", 30*mb) }},
		{"3 MB of closed div", "", func() []byte { return fill("<div></div>", 3*mb) }},
		{"3 MB of bold", "text/html", func() []byte { return fill("<b><i>", 3*mb) }},
		{"30 MB of paragraphs", "", func() []byte { return fill("<p>Text of a paragraph.", 30*mb) }},
		{"30 MB in one line", "", func() []byte { return fill("water ", 30*mb) }},
		{"3 MB without a space", "", func() []byte { return fill("x", 3*mb) }},
		{"3 MB of dots", "", func() []byte { return fill(". ", 3*mb) }},
		{"3 MB of line ends", "", func() []byte { return fill("\n", 3*mb) }},
		{"30 MB of short lines", "", func() []byte { return fill("a\n", 30*mb) }},
		{"3 MB of one attribute", "", func() []byte { return append([]byte("<html><p x='"), fill("y", 3*mb)...) }},
		{"30 MB of attributes", "", func() []byte { return append([]byte("<html><p "), fill("a ", 30*mb)...) }},
		{"3 MB of tags with many", "text/html", func() []byte { return fill("<p "+strings.Repeat("a ", 5000)+">x", 3*mb) }},
		{"3 MB of an open comment", "", func() []byte { return append([]byte("<html><!--"), fill("-", 3*mb)...) }},
		{"3 MB of an open script", "", func() []byte { return append([]byte("<html><script>"), fill("<", 3*mb)...) }},
		{"3 MB of <", "text/html", func() []byte { return fill("<", 3*mb) }},
		{"3 MB of &", "text/html", func() []byte { return fill("&amp", 3*mb) }},
		{"3 MB of Cyrillic 1251", "", func() []byte { return fill("\xef\xf0\xe8\xe2\xe5\xf2 ", 3*mb) }},
		{"3 MB of articles", "", func() []byte {
			return fill("Dam on the Koksay opens\nASTANA, June 1 (Xinhua) -- The dam on the Koksay opens in June, said the ministry of water.\nSource: X\n", 3*mb)
		}},
		{"3 MB of quotes", "", func() []byte { return append([]byte(`{"uri":"`), fill(`\"`, 3*mb)...) }},
		{"headlines and paragraphs", "", func() []byte {
			return fill("Water goes to three districts\nThe water of the dam goes to three districts, the ministry said on Monday, and it will go on for weeks and weeks.\nRead also:\n", 3*mb)
		}},
		{"deep nesting", "", func() []byte {
			return []byte("<html><body>" + strings.Repeat("<div>", 200_000) + "Deep text of the page." + strings.Repeat("</div>", 200_000))
		}},
		{"deep lists", "", func() []byte {
			return []byte("<html><body>" + strings.Repeat("<ul><li>", 20_000) + "Deep text of the page.")
		}},
		{"misnested formatting", "", func() []byte {
			return []byte("<html><body>" + strings.Repeat("<a><b><p>", 3_000) + "Text of the page that is long enough." + strings.Repeat("</a></b>", 3_000))
		}},
		{"tables in tables", "", func() []byte {
			return []byte("<html>" + strings.Repeat("<table><tr><td>", 400) + "Deep text of the page.")
		}},
		{"headline of a megabyte", "", func() []byte {
			return append(append([]byte("<html><h1>"), fill("word ", mb)...), []byte("</h1><p>The body of the page is short but it is there.</p>")...)
		}},
		{"title of a megabyte", "", func() []byte {
			return append(append([]byte("<html><title>"), fill("word - ", mb)...), []byte("</title><p>The body of the page is short but it is there.</p>")...)
		}},
		{"JSON-LD nested", "", func() []byte {
			return []byte(`<html><script type="application/ld+json">` + strings.Repeat(`{"@graph":[`, 9_000) + `</script><p>The body of the page is short but it is there.</p>`)
		}},
		{"dates without end", "", func() []byte { return fill("2026-06-01 ", mb) }},
		{"lines of dates", "", func() []byte { return fill("2026-06-01 10:00\n", mb) }},
		{"lines of labels", "", func() []byte { return fill("Foto: A. B.\nSource: X\nRead also:\n", mb) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := Document{Bytes: c.make(), ContentType: c.contentType}
			var before runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			peak := watchHeap()
			start, used := time.Now(), cpu(t)
			articles, err := Read(doc, testNow)
			took := min(time.Since(start), cpu(t)-used) // others may use the machine, and other tests the process
			high := peak()
			sound(t, Document{Bytes: doc.Bytes}, articles, err)
			if took > 15*time.Second {
				t.Errorf("took %v", took)
			}
			if high > before.HeapInuse+600*mb {
				t.Errorf("heap rose to %d MB", high/mb)
			}
			t.Logf("%v, %d MB, %d articles, %v", took.Round(time.Millisecond), high/mb, len(articles), err)
		})
	}
}

// watchHeap samples the heap until the returned function is called, which gives the highest value.
func watchHeap() func() uint64 {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var high uint64
		var m runtime.MemStats
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			runtime.ReadMemStats(&m)
			high = max(high, m.HeapInuse)
			select {
			case <-stop:
				done <- high
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 { close(stop); return <-done }
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		doc  Document
		kind fault.Kind
		say  string
	}{
		"nothing":             {Document{}, fault.Invalid, "empty"},
		"white space":         {Document{Bytes: []byte(" \n\t\u00a0 \n")}, fault.Invalid, "empty"},
		"a mark alone":        {Document{Bytes: []byte("\ufeff")}, fault.Invalid, "empty"},
		"binary":              {Document{Bytes: []byte("\x00\x01\x02\x03\x04\x05\x06\x07abc\x00\x01\x02")}, fault.Invalid, "binary"},
		"PDF":                 {Document{Bytes: []byte("%PDF-1.7 ...")}, fault.Unsupported, "PDF"},
		"picture by its type": {Document{Bytes: []byte("GIF? no"), ContentType: "image/gif"}, fault.Unsupported, "image"},
		"XML of other kinds":  {Document{Bytes: []byte(`<?xml version="1.0"?><rss><channel/></rss>`)}, fault.Unsupported, "newsItem"},
		"too large":           {Document{Bytes: make([]byte, MaxBytes+1)}, fault.TooLarge, "32 MB"},
		"all furniture": {Document{Bytes: []byte("Поделиться\nПросмотров: 12\nВойти\nОтмена Отправить\nerror:\n1126\nНашли ошибку? Выделите её и нажмите Ctrl+Enter\n© 2026\n")},
			fault.Invalid, "all furniture"},
		"a page that is all furniture": {Document{Bytes: []byte("<html><head><title>Jarchi</title></head><body><ul><li>Home</li><li>Search</li><li>Login</li></ul><p>Loading...</p><p>All rights reserved</p></body></html>")},
			fault.Invalid, "all furniture"},
		"a page without text": {Document{Bytes: []byte("<html><body><script>var a</script><img src=x></body></html>")}, fault.Invalid, "no text"},
	} {
		_, err := Read(c.doc, testNow)
		text, _ := "", ""
		if err != nil {
			text, _ = fault.Public(err)
		}
		if fault.KindOf(err) != c.kind || !strings.Contains(text, c.say) {
			t.Errorf("%s: %v, want %s with %q", name, err, c.kind, c.say)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, x := range fixtures {
		f.Add([]byte(zwnj.Replace(x.src)), x.contentType)
	}
	for _, form := range unclosed {
		f.Add([]byte(unclosedPage(form)), "text/html")
	}
	f.Add([]byte(`{"uri":"urn:x:1","body_html":"<p>x</p>"}`), "application/json")
	f.Fuzz(func(t *testing.T, b []byte, contentType string) {
		doc := Document{Name: "f", ContentType: contentType, Bytes: b}
		articles, err := Read(doc, testNow)
		sound(t, doc, articles, err)
	})
}
