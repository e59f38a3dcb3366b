package intake

import (
	"cmp"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// later site: a file of testdata/unseen, written when the weights were fixed.
type laterSite struct {
	lang         lang.Tag
	leads, frame []string
	parts        map[string]string // lines of the frame with a place of their own in a layout: {crumb}, {views}
	stories      []story
	singles      []piece
}

// blockOf reads a paragraph of a set: # a subheading, * an item of a list, > a quotation, ! a box with its heading before =, + a row of a table.
func blockOf(p string, role string) []block {
	switch sign, rest, _ := strings.Cut(p, " "); sign {
	case "#":
		return []block{{rest, isSubhead}}
	case "*":
		return []block{{rest, isItem}}
	case ">":
		return []block{{rest, isQuote}}
	case "!":
		head, text, _ := strings.Cut(rest, " = ")
		return []block{{head, isBoxHead}, {text, isBox}}
	case "+":
		head, text, _ := strings.Cut(rest, " = ")
		return []block{{head, isRowHead}, {text, isRow}}
	}
	return []block{{p, role}}
}

// What an article of the sets has besides headlines, subheadings and paragraphs.
const (
	isItem, isQuote  = "item", "quote"
	isBoxHead, isBox = "box head", "box"
	isRowHead, isRow = "row head", "row"
)

func (s story) blocks(head, body string) []block {
	out := []block{{s.head, head}}
	for _, p := range s.paras {
		out = append(out, blockOf(p, body)...)
	}
	return out
}

// lines of an article without its headline.
func (s story) lines() (out []string) {
	for _, b := range s.blocks("", "")[1:] {
		out = append(out, b.text)
	}
	return out
}

func laterSites(t testing.TB, dir string) (out []laterSite) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		s := laterSite{lang: lang.Tag(strings.TrimSuffix(filepath.Base(f), ".txt")), parts: map[string]string{}}
		for row := range strings.Lines(string(raw)) {
			key, rest, _ := strings.Cut(strings.TrimSpace(row), ": ")
			list := strings.Split(rest, " | ")
			switch key {
			case "leads":
				s.leads = list
			case "frame":
				s.frame = list
			case "story":
				s.stories = append(s.stories, story{list[0], list[1:]})
			case "single":
				s.singles = append(s.singles, piece{lang: s.lang, kind: "single", blocks: story{list[0], list[1:]}.blocks(isHead, isBody)})
			default:
				s.parts[key] = rest
			}
		}
		out = append(out, s)
	}
	return out
}

// laterLayout is how a site shows an article: what stands before and behind all, headlines, subheadings, paragraphs and lines of the
// frame; %s is the text, {lines} the text broken into lines, {name} a part of the site's frame, {other} the headline of another
// article. A layout of plain text has no open.
type laterLayout struct {
	name, open, head, next, sub, line, field, shut string
	item, quote, box                               string // of a box heading and text; empty as everybody writes them
	mixed                                          bool   // the second article is in another language
	first                                          string // the first paragraph of an article, if it is shown otherwise
}

func layoutOf(name, open, head, next, sub, line, field, shut string) laterLayout {
	return laterLayout{name: name, open: open, head: head, next: next, sub: sub, line: line, field: field, shut: shut}
}

var laterLayouts = map[string][]laterLayout{
	"unseen": {
		layoutOf("blog", "<main>", "<article class=post><h2><a href=/a>%s</a></h2>", "</article><article class=post><h2><a href=/b>%s</a></h2>", "<h3>%s</h3>", "<p>%s</p>", "<div><span>%s</span></div>", "</article></main>"),
		layoutOf("portal", "<div class=wrap><div class=col>", "<h1>%s</h1>", "<h3>%s</h3>", "<h3>%s</h3>", "<p>%s</p>", "<div><span>%s</span></div>", "</div></div>"),
		layoutOf("paper", "<table><tr><td>", "<p><b>%s</b></p>", "<p><strong>%s</strong></p>", "<p><b>%s</b></p>", "%s<br>", "<div><span>%s</span></div>", "</td></tr></table>"),
		{name: "text"},
	},
	"unseen2": {
		layoutOf("sections", "<main><section>", "<h1>%s</h1>", "</section><section><h1>%s</h1>", "<h2>%s</h2>", "<p>%s</p>", "<div><span>%s</span></div>", "</section></main>"),
		layoutOf("breaks", "<div id=c>", "<b>%s</b><br><br>", "<b>%s</b><br><br>", "<b>%s</b><br>", "%s<br><br>", "<div><span>%s</span></div>", "</div>"),
		layoutOf("rules", "<div class=news><div class=feed>", "<h4>%s</h4>", "<hr><h4>%s</h4>", "<h5>%s</h5>", "<p>%s</p>", "<div><span>%s</span></div>", "</div></div>"),
		{name: "text"},
	},
	"unseen3": {
		layoutOf("cards", "<ul class=stream>", "<li><div class=card><h3 class=t><a href=/1>%s</a></h3>", "</div></li><li><div class=card><h3 class=t><a href=/2>%s</a></h3>", "<h4>%s</h4>", "<p>%s</p>", "<div class=note>%s</div>", "</div></li></ul>"),
		layoutOf("times", "<main>", "<header><h1>%s</h1><time datetime=2026-06-12T10:00>12.06.2026 10:00</time></header>", "<header><h2>%s</h2><time datetime=2026-06-12T11:30>12.06.2026 11:30</time></header>", "<h3>%s</h3>", "<p>%s</p>", "<p><small>%s</small></p>", "</main>"),
		layoutOf("terms", "<dl>", "<dt>%s</dt><dd>", "</dd><dt>%s</dt><dd>", "<h5>%s</h5>", "<p>%s</p>", "<p><i>%s</i></p>", "</dd></dl>"),
		layoutOf("styled", "<table width=600><tr><td><table>", "<tr><td><span style=\"font-weight:bold;font-size:20px\">%s</span></td></tr>", "<tr><td><span style=\"font-weight:bold;font-size:20px\">%s</span></td></tr>",
			"<tr><td><span style=\"font-weight:bold\">%s</span></td></tr>", "<tr><td>%s</td></tr>", "<tr><td><font size=1>%s</font></td></tr>", "</table></td></tr></table>"),
		layoutOf("titles", "<div class=page>", "<div class=title>%s</div>", "<div class=title>%s</div>", "<div class=subtitle>%s</div>", "<div class=txt>%s</div>", "<div class=tools>%s</div>", "</div>"),
		{name: "mail", head: "%s\n{=}\n\n", next: "%s\n{=}\n\n", sub: "%s\n{-}\n\n", line: "{wrapped}\n\n", field: "%s\n\n"},
		{name: "marked", head: "# %s\n\n", next: "# %s\n\n", sub: "## %s\n\n", line: "%s\n\n", field: "*%s*\n\n"},
	},
	"unseen4": {
		layoutOf("loop", "<main><h1 class=page-title>Valley Post</h1>", "<article class=\"post-1 post\"><header><h2><a href=/1>%s</a></h2><time datetime=2026-06-04T09:00>09:00</time></header>",
			"</article><article class=\"post-2 post\"><header><h2><a href=/2>%s</a></h2><time datetime=2026-06-04T08:00>08:00</time></header>", "<h3>%s</h3>", "<p>%s</p>", "<div class=share>%s</div>", "</article></main>"),
		layoutOf("view", "<div class=view><h1>Valley Post</h1><div class=rows>", "<div class=\"row row-1\"><span class=date>04.06.2026</span><h3>%s</h3><div class=body>", "</div></div><div class=\"row row-2\"><span class=date>03.06.2026</span><h3>%s</h3><div class=body>",
			"<h4>%s</h4>", "<p>%s</p>", "<p class=tool>%s</p>", "</div></div></div></div>"),
		layoutOf("cells", "<table><tr><td><h1>Valley Post</h1></td></tr>", "<tr><td>1</td><td><b>%s</b><br>", "</td></tr><tr><td>2</td><td><b>%s</b><br>", "<i>%s</i><br>", "%s<br><br>", "<font size=1>%s</font><br>", "</td></tr></table>"),
		layoutOf("parts", "<main><h1>Valley Post</h1>", "<section><h2>%s</h2>", "</section><section><h2>%s</h2>", "<h3>%s</h3>", "<p>%s</p>", "<aside>%s</aside>", "</section></main>"),
		layoutOf("folds", "<div class=page>", "<details open><summary>%s</summary>", "</details><details open><summary>%s</summary>", "<p><b>%s</b></p>", "<p>%s</p>", "<p class=hint>%s</p>", "</details></div>"),
		layoutOf("dates below", "<div class=text>", "<h2>%s</h2><p class=when>04.06.2026, 09:00</p>", "<h2>%s</h2><p class=when>03.06.2026, 18:30</p>", "<h3>%s</h3>", "<p>%s</p>", "<p class=tool>%s</p>", "</div>"),
		{name: "letter", head: "**%s**\n\n", next: "**%s**\n\n", sub: "*%s*\n\n", line: "{wrapped}\n\n", field: "%s\n\n"},
	},
}

// laterPage writes the blocks of one page in a layout; further are the parts of the frame that it put in.
func laterPage(l laterLayout, s laterSite, blocks []block) (d Document, further []string) {
	tag := s.lang
	var b strings.Builder
	parts := func(form string) string {
		for name, text := range s.parts {
			if strings.Contains(form, "{"+name+"}") {
				form = strings.ReplaceAll(form, "{"+name+"}", html.EscapeString(text))
				further = append(further, text)
			}
		}
		if strings.Contains(form, "{heads}") {
			var list strings.Builder
			for i, b := range blocks {
				if b.role == isHead || b.role == isSecondHead {
					fmt.Fprintf(&list, "<li><a href=\"#n%d\">%s</a></li>", i, html.EscapeString(b.text))
				}
			}
			form = strings.ReplaceAll(form, "{heads}", list.String())
		}
		if strings.Contains(form, "{other}") {
			for _, x := range s.stories {
				if !slices.ContainsFunc(blocks, func(b block) bool { return b.text == x.head }) {
					form = strings.ReplaceAll(form, "{other}", html.EscapeString(x.head))
					further = append(further, x.head)
					break
				}
			}
		}
		return form
	}
	plain := l.open == ""
	if !plain {
		fmt.Fprintf(&b, "<!DOCTYPE html><html lang=%q><head><meta charset=utf-8><title>%s</title></head><body>\n%s", tag, html.EscapeString(blocks[0].text), parts(l.open))
	}
	item, quote, box := cmp.Or(l.item, "<li>%s</li>"), cmp.Or(l.quote, "<blockquote>%s</blockquote>"), cmp.Or(l.box, `<div class="box"><h4>%s</h4><p>%s</p></div>`)
	boxHead, boxText, _ := strings.Cut(box, "%s")
	boxMiddle, boxShut, _ := strings.Cut(boxText, "%s")
	for i, x := range blocks {
		form := map[string]string{isHead: l.head, isSecondHead: l.next, isSubhead: l.sub, isField: l.field, isItem: item, isQuote: quote, isBoxHead: boxHead + "%s", isBox: boxMiddle + "%s" + boxShut}[x.role]
		if l.first != "" && i > 0 && (blocks[i-1].role == isHead || blocks[i-1].role == isSecondHead) {
			form = l.first
		}
		if x.role == isRowHead || x.role == isRow {
			form = rowForm(plain, x.role, i > 1 && blocks[i-2].role == isRowHead, i+1 < len(blocks) && blocks[i+1].role == isRowHead)
		}
		if x.role == isItem && l.item == "" {
			if i == 0 || blocks[i-1].role != isItem {
				form = "<ul>" + form
			}
			if i+1 == len(blocks) || blocks[i+1].role != isItem {
				form += "</ul>"
			}
		}
		if form == "" {
			form = l.line
		}
		if form == "" {
			form = "%s\n"
		}
		text := x.text
		if !plain {
			text = html.EscapeString(text)
		}
		n := utf8.RuneCountInString(text)
		b.WriteString(strings.NewReplacer("%s", text, "{lines}", strings.ReplaceAll(wrapped(text, 64), "\n", "<br/>\n"), "{=}", strings.Repeat("=", n), "{-}", strings.Repeat("-", n), "{wrapped}", wrapped(text, 72)).Replace(parts(form)) + "\n")
	}
	if plain {
		return Document{Name: l.name, ContentType: "text/plain; charset=utf-8", Bytes: []byte(b.String())}, further
	}
	b.WriteString(parts(l.shut) + "</body></html>")
	return Document{Name: l.name, ContentType: "text/html; charset=utf-8", Bytes: []byte(b.String())}, further
}

// third is a story that is neither of two.
func third(i, j int) int {
	for k := range 3 {
		if k != i && k != j {
			return k
		}
	}
	return 0
}

// rowForm is one of two cells of a row: in a table of all such rows, or on one line of a plain text.
func rowForm(plain bool, role string, after, before bool) string {
	switch {
	case plain && role == isRowHead:
		return "%s:"
	case plain:
		return "%s\n"
	case role == isRowHead && !after:
		return "<table><tr><td>%s</td>"
	case role == isRowHead:
		return "<tr><td>%s</td>"
	case before:
		return "<td>%s</td></tr>"
	}
	return "<td>%s</td></tr></table>"
}

// wrapped breaks a text into lines of so many letters.
func wrapped(s string, width int) string {
	var b strings.Builder
	at := 0
	for _, w := range strings.Fields(s) {
		n := utf8.RuneCountInString(w)
		switch {
		case at == 0:
		case at+1+n > width:
			b.WriteByte('\n')
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(w)
		at += n
	}
	return b.String()
}

// The figures of docs/reading-pages.md on pages of sites, languages and leads that were written when the weights were fixed: two
// articles behind other leads or none, and single articles with and without subheadings.
func TestLaterSites(t *testing.T) {
	t.Parallel()
	for _, dir := range slices.Sorted(keysOf(laterLayouts)) {
		t.Run(dir, func(t *testing.T) { measureLater(t, dir, laterLayouts[dir]) })
	}
}

func measureLater(t *testing.T, dir string, layouts []laterLayout) {
	type count struct {
		pages, both, split        int
		frames, kept, lines, lost int
		leaked                    float64
	}
	counts := map[string]*count{}
	at := func(keys ...string) (out []*count) {
		for _, k := range keys {
			if counts[k] == nil {
				counts[k] = &count{}
			}
			out = append(out, counts[k])
		}
		return out
	}
	has := func(list []string, s string) bool {
		return slices.ContainsFunc(list, func(x string) bool { return same(x, s) })
	}
	shown := func(list []string, s string) bool { // alone or on a line with others
		return slices.ContainsFunc(list, func(x string) bool { return strings.Contains(squeeze(foldLine(x)), squeeze(foldLine(s))) })
	}
	n, singles, sample := 0, 0, 3
	switch dir { // so that every layout has its turn, behind every lead
	case "unseen5":
		sample = 11
	case "unseen6":
		sample = 7
	case "unseen7":
		sample = 17
	case "unseen8":
		sample = 2
	case "unseen9":
		sample = 17
	}
	sites := laterSites(t, dir)
	for si, s := range sites {
		for i, a := range s.stories {
			for j, b := range s.stories {
				if i == j {
					continue
				}
				for k, lead := range append(slices.Clone(s.leads), "") {
					b := b
					n++
					if !testing.Verbose() && n%sample != 0 { // the whole set is a measure, a part of it a test
						continue
					}
					layout := layouts[n%len(layouts)]
					if layout.mixed {
						b = sites[(si+1)%len(sites)].stories[j]
					}
					blocks := a.blocks(isHead, isBody)
					second := []story{b}
					if dir >= "unseen9" && n%3 == 0 {
						second = append(second, s.stories[third(i, j)])
					}
					if lead != "" {
						blocks = append(blocks, block{lead, isField})
					}
					for _, x := range second {
						blocks = append(blocks, x.blocks(isSecondHead, isSecond)...)
					}
					frames := []string{s.frame[0], s.frame[1]}
					if len(s.frame) > 3 { // longer lists are gone through; one line stands in the middle
						frames = []string{s.frame[n%len(s.frame)], s.frame[(n+5)%len(s.frame)], s.frame[(n+7)%len(s.frame)]}
						blocks = slices.Insert(blocks, 3, block{frames[2], isField})
					}
					page, further := laterPage(layout, s, append(blocks, block{frames[0], isField}, block{frames[1], isField}))
					articles, err := Read(page, testNow)
					if err != nil {
						t.Fatal(err)
					}
					var all []string
					for _, x := range articles {
						all = append(append(all, x.Headline), x.Paragraphs...)
					}
					leaked, texts := 0, a.lines()
					both := same(articles[0].Headline, a.head)
					for i, x := range second { // what stands in an article before its own
						both = both && len(articles) > i+1 && same(articles[i+1].Headline, x.head)
						for _, p := range x.lines() {
							if slices.ContainsFunc(articles[:min(i+1, len(articles))], func(a Article) bool { return has(a.Paragraphs, p) }) {
								leaked++
							}
							both = both && has(articles[i+1].Paragraphs, p)
						}
						texts = append(texts, x.lines()...)
					}
					behind := len(texts) - len(a.lines())
					kind := []string{"a lead", "a lead", "a lead with an end mark", "a row of signs", "no lead"}[k]
					for _, c := range at("two articles", "two behind "+kind, "two in "+layout.name, "two in "+string(s.lang)) {
						c.pages++
						for _, f := range frames {
							if c.frames++; has(all, f) {
								c.kept++
							}
						}
						for _, f := range further {
							if c.frames++; shown(all, f) {
								c.kept++
							}
						}
						for _, p := range texts {
							if c.lines++; !has(all, p) {
								c.lost++
							}
						}
						c.leaked += float64(leaked) / float64(behind)
						if both {
							c.both++
						}
					}
					if !both && testing.Verbose() && os.Getenv("JARCHI_SHOW") != "" {
						t.Logf("%s %s, %s: %d articles, %d leaked: %s", s.lang, layout.name, kind, len(articles), leaked, b.head)
					}
					for _, f := range frames {
						if testing.Verbose() && os.Getenv("JARCHI_SHOW") != "" && has(all, f) {
							t.Logf("%s %s kept: %s", s.lang, layout.name, f)
						}
					}
					for _, f := range further {
						if testing.Verbose() && os.Getenv("JARCHI_SHOW") != "" && shown(all, f) {
							t.Logf("%s %s kept: %s", s.lang, layout.name, f)
						}
					}
					for _, p := range texts {
						if testing.Verbose() && os.Getenv("JARCHI_SHOW") != "" && !has(all, p) {
							t.Logf("%s %s lost: %s", s.lang, layout.name, p)
						}
					}
				}
			}
		}
		all := slices.Clone(s.singles)
		for _, x := range s.stories {
			all = append(all, piece{kind: "story", blocks: x.blocks(isHead, isBody)})
		}
		for _, p := range all {
			for _, layout := range layouts {
				for frame := range 2 { // a line of the frame in the middle
					if singles++; !testing.Verbose() && singles%sample != 0 {
						continue
					}
					blocks := slices.Clone(p.blocks)
					if frame == 1 {
						blocks = slices.Insert(blocks, 3, block{s.frame[2], isField})
					}
					frames := []string{s.frame[0]}
					if dir >= "unseen7" {
						frames = []string{s.frame[singles%len(s.frame)], s.frame[(singles+5)%len(s.frame)]}
						blocks = append(blocks, block{frames[1], isField})
					}
					page, further := laterPage(layout, s, append(blocks, block{frames[0], isField}))
					articles, err := Read(page, testNow)
					if err != nil {
						t.Fatal(err)
					}
					var lines []string
					for _, x := range articles {
						lines = append(append(lines, x.Headline), x.Paragraphs...)
					}
					for _, f := range slices.Concat(frames, further) {
						if testing.Verbose() && os.Getenv("JARCHI_SHOW") != "" && shown(lines, f) {
							t.Logf("%s %s, one, kept: %s", s.lang, layout.name, f)
						}
					}
					for _, b := range p.blocks[1:] {
						if testing.Verbose() && os.Getenv("JARCHI_SHOW") != "" && !shown(lines, b.text) {
							t.Logf("%s %s, one, lost: %s", s.lang, layout.name, b.text)
						}
					}
					if testing.Verbose() && os.Getenv("JARCHI_SHOW") != "" && len(articles) > 1 {
						t.Logf("%s %s, one, taken apart at: %s", s.lang, layout.name, articles[1].Headline)
					}
					for _, c := range at("one article", "one "+p.kind, "one in "+layout.name) {
						c.pages++
						if len(articles) > 1 {
							c.split++
						}
						for _, f := range frames {
							if c.frames++; has(lines, f) {
								c.kept++
							}
						}
						for _, f := range further {
							if c.frames++; shown(lines, f) {
								c.kept++
							}
						}
						for _, b := range p.blocks[1:] {
							if c.lines++; !shown(lines, b.text) {
								c.lost++
							}
						}
					}
				}
			}
		}
	}
	for _, k := range slices.Sorted(keysOf(counts)) {
		c := counts[k]
		if strings.HasPrefix(k, "one") {
			t.Logf("%-36s %3d pages: taken apart %d; lines of the frame kept %4.1f %%, of text lost %.2f %%", k, c.pages, c.split, percent(c.kept, c.frames), percent(c.lost, c.lines))
			continue
		}
		t.Logf("%-36s %3d pages: leaked %5.1f %%, both found %5.1f %%; lines of the frame kept %4.1f %%, of text lost %.2f %%", k, c.pages, 100*c.leaked/float64(c.pages), percent(c.both, c.pages),
			percent(c.kept, c.frames), percent(c.lost, c.lines))
	}
	if c := counts["one article"]; c.split*100 > c.pages {
		t.Errorf("%d of %d single articles taken apart", c.split, c.pages)
	}
	leaks, both, lost := 0.04, 95.0, 0.2
	if dir == "unseen7" { // whole texts below an article whose headline is short are lost
		leaks, both, lost = 0.04, 92, 1.5
	}
	if dir == "unseen9" { // releases of an office, contents above articles, short texts in a language of syllables
		leaks, both, lost = 0.1, 85, 2
	}
	if dir == "unseen8" { // subheadings beside lines of the frame are lost
		leaks, both, lost = 0.05, 95, 1
	}
	if c := counts["two articles"]; c.leaked > leaks*float64(c.pages) || percent(c.both, c.pages) < both || percent(c.lost, c.lines) > lost {
		t.Errorf("of %d pages %.1f leaked and both were found on %d; %d of %d lines were lost", c.pages, c.leaked, c.both, c.lost, c.lines)
	}
}
