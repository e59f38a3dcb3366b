package intake

import (
	"html"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// firstLines are the documents of the parallel news set as they stand: the first line the headline, whether it ends as a sentence does or not, every sentence a
// paragraph.
func firstLines(t testing.TB, tag lang.Tag) (out []story) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(sharedPath(t, "data", "ntrex-dev"), string(tag)+".tsv"))
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for row := range strings.Lines(string(raw)) {
		id, s, _ := strings.Cut(strings.TrimRight(row, "\n"), "\t")
		s, _ = cleanLine(s)
		if id != last {
			out, last = append(out, story{head: s}), id
		} else if of := &out[len(out)-1]; len(of.paras) < 7 {
			of.paras = append(of.paras, s)
		}
	}
	whole := out[:0]
	for _, s := range out {
		if len(s.paras) == 7 {
			whole = append(whole, s)
		}
	}
	return whole
}

// plainLayouts are the ways in which pages that nobody styled put one article below the other: before each, its headline, before and behind its text, between
// two.
var plainLayouts = map[string]struct{ open, head, date, para, close, between string }{
	"h2":              {head: "<h2>%</h2>", date: "<div class=date>%</div>", para: "<p>%</p>"},
	"article h1":      {"<article>", "<h1>%</h1>", "<time>%</time>", "<p>%</p>", "</article>", ""},
	"td b br":         {"<tr><td>", "<b>%</b><br><br>", "", "%<br><br>", "</td></tr>", ""},
	"p strong":        {head: "<p><strong>%</strong></p>", para: "<p>%</p>"},
	"font":            {head: "<center><font size=5>%</font></center>", date: "<p>%</p>", para: "<p>%</p>", between: "<hr>"},
	"boxes":           {"<div>", "<div class=t>%</div><div>", "", "<div>%</div>", "</div></div>", ""},
	"post":            {"<div class=post>", "<h1 class=post-title>%</h1>", "<span class=meta>%</span>", "<p>%</p>", "</div>", ""},
	"li h3 a":         {"<li>", "<h3><a href=/n>%</a></h3>", "<small>%</small>", "<p>%</p>", "</li>", ""},
	"dt":              {head: "<dt>%</dt>", para: "<dd>%</dd>"},
	"section h4 br":   {"<section>", "<h4>%</h4><div>", "", "%<br><br>", "</div></section>", ""},
	"text":            {head: "%\n\n", para: "%\n\n", between: "\n"},
	"text with dates": {head: "%\n", date: "%\n\n", para: "%\n\n"},
	"text with stars": {head: "%\n\n", para: "%\n\n", between: "* * *\n\n"},
}

var plainDates = map[lang.Tag]string{lang.EN: "12 March 2025", lang.RU: "12 марта 2025", lang.KK: "12 наурыз 2025", lang.UZ: "12 mart 2025", lang.TR: "12 Mart 2025", lang.FA: "۲۲ اسفند ۱۴۰۳",
	lang.UR: "12 مارچ 2025", lang.AR: "12 مارس 2025", lang.ZH: "2025年3月12日", lang.KO: "2025년 3월 12일", lang.MN: "2025 оны 3 сарын 12"}

// plainPage puts articles on a page.
func plainPage(layout, date string, articles ...story) []byte {
	l := plainLayouts[layout]
	text := strings.HasPrefix(layout, "text")
	put := func(form, s string) string {
		if !text {
			s = html.EscapeString(s)
		}
		return strings.Replace(form, "%", s, 1)
	}
	var parts []string
	for _, a := range articles {
		s := l.open + put(l.head, a.head) + put(l.date, date)
		for _, p := range a.paras {
			s += put(l.para, p)
		}
		parts = append(parts, s+l.close)
	}
	page := strings.Join(parts, l.between)
	if text {
		return []byte(page)
	}
	switch l.open {
	case "<tr><td>":
		page = "<table>" + page + "</table>"
	case "<li>":
		page = "<ul>" + page + "</ul>"
	}
	if layout == "dt" {
		page = "<dl>" + page + "</dl>"
	}
	return []byte("<html><head><meta charset=utf-8></head><body><div><a href=/>Index</a> <a href=/a>All</a> <a href=/b>Desk</a></div>" + page + "<div>© 2025 <a href=/b>Desk</a></div></body></html>")
}

// TestHeadlinesAsTheyStand: two articles on one page whose headlines may end as sentences do (Tsunami toll soars above 800.), in eleven languages and thirteen
// plain layouts. An article leaked where one has paragraphs of both, and is found with its headline and six paragraphs of seven.
func TestHeadlinesAsTheyStand(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("hundreds of pages are measured without the race detector only")
	}
	t.Parallel()
	each := 17
	if testing.Verbose() {
		each = 1
	}
	type tally struct{ two, leaked, found, one, apart, headed int }
	all, by, byLang := tally{}, map[string]*tally{}, map[lang.Tag]*tally{}
	folded := func(s string) string { return strings.Join(strings.Fields(s), "") }
	n := 0
	for _, tag := range slices.Sorted(maps.Keys(plainDates)) {
		date := plainDates[tag]
		docs := firstLines(t, tag)
		byLang[tag] = &tally{}
		for _, layout := range slices.Sorted(maps.Keys(plainLayouts)) {
			if by[layout] == nil {
				by[layout] = &tally{}
			}
			for i := range docs {
				if n++; n%each != 0 {
					continue
				}
				pair := []story{docs[i], docs[(i+len(docs)/2)%len(docs)]}
				read := func(of ...story) []Article {
					got, err := Read(Document{Name: "p", Bytes: plainPage(layout, date, of...)}, testNow)
					if err != nil {
						t.Errorf("%s %s: %v", tag, layout, err)
					}
					return got
				}
				leaked, found := 0, 0
				got := read(pair...)
				for _, a := range got {
					body := folded(strings.Join(a.Paragraphs, ""))
					var has [2]int
					for k, s := range pair {
						for _, p := range s.paras {
							if strings.Contains(body, folded(p)) {
								has[k]++
							}
						}
						if has[k] >= 6 && folded(a.Headline) == folded(s.head) {
							found++
						}
					}
					if has[0] > 0 && has[1] > 0 {
						leaked = 1
					}
				}
				single := read(pair[0])
				for _, c := range []*tally{&all, by[layout], byLang[tag]} {
					c.two++
					c.leaked += leaked
					c.one++
					if found >= 2 {
						c.found++
					}
					if len(single) > 1 {
						c.apart++
					} else if len(single) == 1 && folded(single[0].Headline) == folded(pair[0].head) {
						c.headed++
					}
				}
			}
		}
	}
	show := func(key string, c *tally) {
		t.Logf("%-16s %4d pages with two: leaked %.1f %%, both found %.1f %%; %4d with one: taken apart %d, headline %.1f %%", key, c.two, percent(c.leaked, c.two), percent(c.found, c.two), c.one, c.apart, percent(c.headed, c.one))
	}
	for tag, c := range byLang {
		show(string(tag), c)
	}
	for layout, c := range by {
		show(layout, c)
	}
	show("all", &all)
	if percent(all.leaked, all.two) > 2 || percent(all.found, all.two) < 97 || percent(all.apart, all.one) > 1 {
		t.Error("more leaks or is taken apart than may be")
	}
}
