package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// TestLinesOfManyKinds: where each short line is shown in a way of its own, what of it is the frame's is found in a time that grows as the page does.
func TestLinesOfManyKinds(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("speed is measured without the race detector only")
	}
	const pairs = 30_000
	element := func(class string) *html.Node {
		return &html.Node{Type: html.ElementNode, Data: "p", Attr: []html.Attribute{{Key: "class", Val: class}}}
	}
	text := func(n *html.Node, s string) seen {
		return seen{class: classText, line: line{text: s, node: n, inMain: true}}
	}
	sentence := text(element(""), "The council of the town met again to speak of roads.")
	for name, c := range map[string]struct {
		html  bool
		lines func() []seen
		odd   int
	}{
		"a class for each": {true, func() (out []seen) {
			for i := range pairs {
				out = append(out, sentence, text(element(fmt.Sprint("a", i)), "Zebra"))
			}
			return append(out, sentence)
		}, pairs},
		"the same class": {true, func() (out []seen) {
			for range 6 {
				out = append(out, sentence, text(element("a"), "Zebra"))
			}
			return append(out, sentence)
		}, 0},
		"raw, in italics, above a long line": {false, func() (out []seen) {
			out = append(out, sentence, sentence)
			for range pairs {
				l := text(nil, "Zebra quokka")
				l.small = true
				out = append(out, l)
			}
			return append(out, text(nil, strings.Repeat("The council of the town met again to speak of roads. ", 50)))
		}, 0},
	} {
		lines := c.lines()
		start, used := time.Now(), cpu(t)
		(&page{html: c.html}).clusters(lines)
		took := min(time.Since(start), cpu(t)-used) // others may use the machine, and other tests the process
		odd := 0
		for _, l := range lines {
			if l.odd {
				odd++
			}
		}
		if odd != c.odd {
			t.Errorf("%s: %d lines are of the frame, want %d", name, odd, c.odd)
		}
		t.Logf("%s: %v", name, took.Round(time.Millisecond))
		if took > 4*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

// TestLongTextsOfOneLine: a text that is one paragraph broken at one width, and a title as long as a page, cost what their length says.
func TestLongTextsOfOneLine(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("speed is measured without the race detector only")
	}
	var broken []line
	for range 60_000 {
		broken = append(broken, line{text: "The council of the town met once more in the old hall to"})
	}
	start, used := time.Now(), cpu(t)
	if out := unwrap(broken, 20); len(out) != 1 || len(out[0].text) != 60_000*(len(broken[0].text)+1)-1 {
		t.Errorf("%d paragraphs", len(out))
	}
	if took := min(time.Since(start), cpu(t)-used); took > 3*time.Second {
		t.Error("the paragraph took", took)
	}
	p := &page{}
	for range 10_000 {
		p.lines = append(p.lines, line{text: "The council met.", inMain: true})
	}
	start, used = time.Now(), cpu(t)
	(&meta{}).withoutSite(strings.Repeat("The council met. ", 20_000)+"- Wire", p)
	if took := min(time.Since(start), cpu(t)-used); took > 3*time.Second {
		t.Error("the title took", took)
	}
}

// A page of so many paragraphs that the extractor would copy their text time and again is not given to it, and is read whole all the same.
func TestManyParagraphs(t *testing.T) {
	t.Parallel()
	page := func(n int) string {
		var b strings.Builder
		b.WriteString("<html><body><ul class=menu><li><a href=/>Home</a></ul><h1>Town counts its bridges</h1>")
		for i := range n {
			fmt.Fprintf(&b, "<p>Bridge %d of the town was counted on this day by the council.", i)
		}
		return b.String() + "<footer><p>All rights reserved</footer>"
	}
	cost := func(n int) int {
		root, err := parse(page(n))
		if err != nil {
			t.Fatal(err)
		}
		return joined(root)
	}
	if few, many := cost(400), cost(4000); many < 80*few || few > maxJoined/50 {
		t.Errorf("400 paragraphs are joined by copying %d bytes, 4000 by %d", few, many)
	}
	const n = 5000
	if c := cost(n); c <= maxJoined {
		t.Fatalf("%d paragraphs are given to the extractor: %d bytes", n, c)
	}
	articles, err := Read(Document{Bytes: []byte(page(n)), ContentType: "text/html"}, testNow)
	if err != nil || len(articles) != 1 || articles[0].Headline != "Town counts its bridges" || len(articles[0].Paragraphs) != n || len(articles[0].Removed) != 2 {
		t.Errorf("%d articles, %v", len(articles), err)
	}
}

// A page of more tags than a tree is made of is read as plain text, and says so.
func TestPageWithoutTreeIsNoted(t *testing.T) {
	t.Parallel()
	page := "<html><body><h1>The town council builds a bridge</h1>" + strings.Repeat("<b></b>", maxTags/2+1) +
		"<p>The council of the river towns met on Monday and agreed to build a bridge near the old mill.</p><p>Work begins in spring. It takes two years.</p></body></html>"
	articles, err := Read(Document{ContentType: "text/html", Bytes: []byte(page)}, testNow)
	if err != nil || len(articles) != 1 || len(articles[0].Paragraphs) == 0 {
		t.Fatal(articles, err)
	}
	if a := articles[0]; len(a.Notes) != 1 || !slices.Equal(a.Analysis().Notes, a.Notes) {
		t.Errorf("%q", a.Notes)
	}
	articles, err = Read(Document{ContentType: "text/html", Bytes: []byte(strings.Replace(page, "<b></b>", "", 200))}, testNow)
	if err != nil || len(articles[0].Notes) != 0 {
		t.Error(articles[0].Notes, err)
	}
}

// Text before and behind an element within another one, broken by br, is read.
func TestTextAroundAnElement(t *testing.T) {
	t.Parallel()
	lines := "The council of the river towns met on Monday and agreed<br>to build a bridge near the old mill, where the ferry ran<br>until the ice of last winter took it away in one night.<br>"
	articles, err := Read(Document{ContentType: "text/html", Bytes: []byte("<html><body><h1>The town council builds a bridge</h1><div>" + lines + "<p>Work begins in spring.</p>" + lines + "</div></body></html>")}, testNow)
	if err != nil || len(articles) != 1 || len(articles[0].Paragraphs) != 3 || !strings.HasSuffix(articles[0].Paragraphs[2], "agreed to build a bridge near the old mill, where the ferry ran until the ice of last winter took it away in one night.") {
		t.Fatalf("%v, %v", articles, err)
	}
}

// The date behind a headline on its line is none of it; a year that belongs to it is.
func TestDateBehindHeadline(t *testing.T) {
	t.Parallel()
	const text = "<p>The mill on the lower weir turned again on Tuesday after nine years.</p><p>Its stones were cut anew by hand, the council said.</p>"
	for head, want := range map[string]string{
		"<h1>Mill turns again <span class=date>12.06.2026 10:15</span></h1>":        "Mill turns again",
		"<div><b>Mill turns again</b> <small>12 June 2026</small></div>":            "Mill turns again",
		"<h1>Plan of the mill for the years <small>2026</small></h1>":               "Plan of the mill for the years 2026",
		"<h1>Plan of the mill for the <span class=y>year 2026</span></h1>":          "Plan of the mill for the year 2026",
		"<h1>Mill turns <span class=date>12.06.2026 10:15</span> <i>again</i></h1>": "Mill turns 12.06.2026 10:15 again",
	} {
		articles, err := Read(Document{ContentType: "text/html", Bytes: []byte("<html><head><title>" + want + "</title></head><body><main>" + head + text + "</main></body></html>")}, testNow)
		if err != nil || len(articles) != 1 || articles[0].Headline != want || len(articles[0].Paragraphs) != 2 {
			t.Errorf("%s: %+v, %v", head, articles, err)
		}
	}
}

// TestSubheadingsOfAKind: lines of a few words in elements of a kind of their own that each stand above a paragraph are of the text, captions and what is the same each time are not.
func TestSubheadingsOfAKind(t *testing.T) {
	t.Parallel()
	page := func(a, b, c string) string {
		return "<html><head><title>The mill of Koksay grinds again</title></head><body><h1>The mill of Koksay grinds again</h1><div><p>The mill of Koksay stood still for thirty-eight years. Since May it grinds again, twice a day.</p>" +
			a + "<p>The gate had rotted below the waterline. Carpenters floated the new one in at spring tide.</p>" +
			b + "<p>One stone was sound. The other came from a mill on the mainland that closed in spring.</p>" +
			c + "<p>Visitors come by boat from April on. The path floods at high water, and boots are lent at the door.</p></div></body></html>"
	}
	for form, want := range map[string]int{"<div class=zw>%</div>": 7, "<section class=s><span class=zw>%</span></section>": 7, "<figure><img src=a.jpg><figcaption>%</figcaption></figure>": 4} {
		put := func(s string) string { return strings.Replace(form, "%", s, 1) }
		got, err := Read(Document{Name: "p", Bytes: []byte(page(put("The gate"), put("Stones"), put("Visitors")))}, testNow)
		if err != nil || len(got) != 1 || len(got[0].Paragraphs) != want {
			t.Errorf("%s: %v, %+v", form, err, got)
		}
	}
	again := "<div class=zw>The gate</div>"
	if got, err := Read(Document{Name: "p", Bytes: []byte(page(again, again, again))}, testNow); err != nil || len(got) != 1 || len(got[0].Paragraphs) != 4 {
		t.Errorf("the same each time: %v, %+v", err, got)
	}
	nested := page("", "<div><b>In figures</b></div>", "")
	nested = strings.NewReplacer("<p>", "", "</p>", "<br><br>").Replace(nested)
	if got, err := Read(Document{Name: "p", Bytes: []byte(nested)}, testNow); err != nil || len(got) != 1 || !strings.Contains(strings.Join(got[0].Paragraphs, " "), "boots are lent") {
		t.Errorf("behind an element within: %v, %+v", err, got)
	}
}

// TestEdgesOfAPage: the way through the site, who wrote a text in words that no table has, the date below and what stands behind the note of rights are no text; a list without
// links that ends the article is.
func TestEdgesOfAPage(t *testing.T) {
	t.Parallel()
	page := "<html><head><title>The mill of Koksay grinds again</title></head><body><div>Bench / Shelf / Mills</div><h1>The mill of Koksay grinds again</h1><p><i>wo retniM</i></p><div>04.06.2026 09:00</div><div>" +
		"<p>The mill of Koksay stood still for thirty-eight years. Since May it grinds again, twice a day.</p><p>The gate had rotted below the waterline. Carpenters floated the new one in at spring tide.</p>" +
		"<p>Visitors come by boat from April on, and find in the yard what they need.</p><ul><li>Boots for the path</li><li>A coin for the box</li></ul></div><div><p>© 2026 Koksay Bench</p><p>Quay seven behind bridge</p></div></body></html>"
	got, err := Read(Document{Name: "p", Bytes: []byte(page)}, testNow)
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	all := strings.Join(got[0].Paragraphs, "\n")
	for _, s := range []string{"Shelf", "09:00", "Quay seven", "2026"} {
		if strings.Contains(all, s) {
			t.Errorf("%q is text:\n%s", s, all)
		}
	}
	if !strings.Contains(all, "A coin for the box") || !strings.Contains(strings.Join(got[0].Removed, "\n"), "Bench / Shelf / Mills") {
		t.Errorf("%s\nremoved: %q", all, got[0].Removed)
	}
}
