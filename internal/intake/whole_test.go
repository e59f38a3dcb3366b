package intake

import (
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// piece is one article of a shape that tempts to take it apart: an interview, an article with subheadings, a law, a report
// with several datelines, a live report, a list with headings.
type piece struct {
	lang   lang.Tag
	kind   string
	blocks []block
}

const isSubhead, isQuestion, isNoLead = "subhead", "question", "no lead"

func wholes(t testing.TB, dir string) (out []piece) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	sort.Strings(files)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for row := range strings.Lines(string(raw)) {
			key, rest, _ := strings.Cut(strings.TrimSpace(row), ": ")
			if key == "kind" {
				out = append(out, piece{lang: lang.Tag(strings.TrimSuffix(filepath.Base(f), ".txt")), kind: rest})
				continue
			}
			w := &out[len(out)-1]
			w.blocks = append(w.blocks, block{rest, map[string]string{"H": isHead, "P": isBody, "S": isSubhead, "Q": isQuestion}[key]})
		}
	}
	return out
}

// pageOf puts a whole article into a template, with furniture of the vocabulary between its parts; behind it, if next is given, another
// article behind a lead of the kind how: isSeenLead, isFreshLead, isSeen (furniture only) or isNoLead.
func (v vocabulary) pageOf(r *rand.Rand, w piece, template, how string, next *story) *generated {
	g := &generated{template: template, first: story{head: w.blocks[0].text}, subhead: []string{"h1", "h2", "h3", "h4", "p><b", "p><strong", "p"}[r.IntN(7)]}
	furn := func() {
		set := r.IntN(3)
		list := v.furniture[set]
		g.blocks = append(g.blocks, block{v.fill(r, list[r.IntN(len(list))]), []string{isSeen, isFresh, isLater}[set]})
	}
	for i, b := range w.blocks {
		if i > 2 && r.IntN(6) == 0 && template != "text" {
			furn()
		}
		g.blocks = append(g.blocks, b)
		if b.role != isHead {
			g.first.paras = append(g.first.paras, b.text)
		} else if r.IntN(2) == 0 {
			g.blocks = append(g.blocks, block{v.published[r.IntN(2)] + " 12.06.2026 14:30", isField})
		}
	}
	if next != nil {
		g.second = next
		if r.IntN(3) == 0 {
			g.next = "h1"
		}
		g.apart = r.IntN(4) == 0
		switch how {
		case isSeenLead:
			g.blocks = append(g.blocks, block{v.lead[0], isSeenLead})
		case isFreshLead:
			g.blocks = append(g.blocks, block{v.lead[1], isFreshLead})
			g.held = 1
		case isSeen:
			furn()
		}
		g.blocks = append(g.blocks, block{next.head, isSecondHead})
		if r.IntN(5) == 0 {
			g.blocks = append(g.blocks, block{[]string{v.published[r.IntN(2)] + " 12.06.2026 14:30", v.byline[r.IntN(2)]}[r.IntN(2)], isField})
		}
		if r.IntN(3) == 0 {
			next.paras = slices.Clone(next.paras)
			next.paras[0] = joinDateline(v.fill(r, v.dateline[r.IntN(2)]), next.paras[0], v.lang)
		}
		for _, p := range next.paras {
			g.blocks = append(g.blocks, block{p, isSecond})
		}
	}
	for range 1 + r.IntN(3) {
		furn()
	}
	g.page(v, r)
	return g
}

// Single articles of shapes that tempt to take them apart stay whole.
func TestWholeArticles(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("hundreds of pages are measured without the race detector only")
	}
	t.Parallel()
	split, of := map[string]int{}, map[string]int{}
	for _, w := range wholes(t, "whole") {
		v := vocabularyOf(t, w.lang)
		for n, template := range siteTemplates {
			for i := range 2 {
				r := rand.New(rand.NewPCG(uint64(n), uint64(i)<<16+uint64(w.kind[0])<<8+uint64(w.lang[0])))
				g := v.pageOf(r, w, template, "", nil)
				articles, err := Read(g.doc, testNow)
				if err != nil {
					t.Fatal(err)
				}
				for _, key := range []string{w.kind, string(w.lang), "all"} {
					of[key]++
					if len(articles) > 1 {
						split[key]++
					}
				}
				if len(articles) > 1 && testing.Verbose() {
					t.Logf("%s %s %s: %q", w.lang, w.kind, template, articles[1].Headline)
				}
			}
		}
	}
	for _, key := range slices.Sorted(keysOf(of)) {
		t.Logf("%s: %d of %d taken apart", key, split[key], of[key])
	}
	if split["all"]*100 > of["all"] {
		t.Error("more than one in a hundred is taken apart")
	}
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func vocabularyOf(t testing.TB, tag lang.Tag) vocabulary {
	for _, v := range vocabularies(t) {
		if v.lang == tag {
			return v
		}
	}
	t.Fatalf("no vocabulary of %s", tag)
	return vocabulary{}
}

// later site: a file of testdata/unseen, written when the weights were fixed.
type laterSite struct {
	lang         lang.Tag
	leads, frame []string
	stories      []story
	single       piece
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
		s := laterSite{lang: lang.Tag(strings.TrimSuffix(filepath.Base(f), ".txt"))}
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
				s.single = piece{lang: s.lang, kind: "single", blocks: []block{{list[0], isHead}}}
				for _, p := range list[1:] {
					role := isBody
					if head, ok := strings.CutPrefix(p, "# "); ok {
						p, role = head, isSubhead
					}
					s.single.blocks = append(s.single.blocks, block{p, role})
				}
			}
		}
		out = append(out, s)
	}
	return out
}

var laterLayouts = map[string][]string{"unseen": {"blog", "portal", "paper", "text"}, "unseen2": {"sections", "breaks", "rules", "text"}}

// laterPage writes the blocks of one page in a layout.
func laterPage(layout string, tag lang.Tag, blocks []block) Document {
	var b strings.Builder
	e := html.EscapeString
	if layout == "text" {
		for _, x := range blocks {
			b.WriteString(x.text + "\n\n")
		}
		return Document{Name: layout, ContentType: "text/plain; charset=utf-8", Bytes: []byte(b.String())}
	}
	fmt.Fprintf(&b, "<!DOCTYPE html><html lang=%q><head><meta charset=utf-8><title>%s</title></head><body>\n", tag, e(blocks[0].text))
	b.WriteString(map[string]string{"blog": "<main>", "portal": "<div class=wrap><div class=col>", "paper": "<table><tr><td>", "sections": "<main><section>",
		"breaks": "<div id=c>", "rules": "<div class=news><div class=feed>"}[layout])
	for _, x := range blocks {
		head, next, line := "<h1>%s</h1>", "<h3>%s</h3>", "<p>%s</p>"
		switch layout {
		case "blog":
			head, next = "<article class=post><h2><a href=/a>%s</a></h2>", "</article><article class=post><h2><a href=/b>%s</a></h2>"
		case "paper":
			head, next, line = "<p><b>%s</b></p>", "<p><strong>%s</strong></p>", "%s<br>"
		case "sections":
			next = "</section><section><h1>%s</h1>"
		case "breaks":
			head, next, line = "<b>%s</b><br><br>", "<b>%s</b><br><br>", "%s<br><br>"
		case "rules":
			head, next = "<h4>%s</h4>", "<hr><h4>%s</h4>"
		}
		switch x.role {
		case isHead:
			fmt.Fprintf(&b, head+"\n", e(x.text))
		case isSecondHead:
			fmt.Fprintf(&b, next+"\n", e(x.text))
		case isSubhead:
			fmt.Fprintf(&b, map[string]string{"blog": "<h3>%s</h3>", "portal": "<h3>%s</h3>", "paper": "<p><b>%s</b></p>", "sections": "<h2>%s</h2>",
				"breaks": "<b>%s</b><br>", "rules": "<h5>%s</h5>"}[layout]+"\n", e(x.text))
		case isField:
			fmt.Fprintf(&b, "<div><span>%s</span></div>\n", e(x.text))
		default:
			fmt.Fprintf(&b, line+"\n", e(x.text))
		}
	}
	b.WriteString(map[string]string{"blog": "</article></main>", "portal": "</div></div>", "paper": "</td></tr></table>", "sections": "</section></main>", "breaks": "</div>", "rules": "</div></div>"}[layout] + "</body></html>")
	return Document{Name: layout, ContentType: "text/html; charset=utf-8", Bytes: []byte(b.String())}
}

// The figures of docs/languages.md on pages of sites, languages and leads that were written when the weights were fixed: two
// articles behind other leads or none, and single articles with and without subheadings.
func TestLaterSites(t *testing.T) {
	t.Parallel()
	for _, dir := range slices.Sorted(keysOf(laterLayouts)) {
		t.Run(dir, func(t *testing.T) { measureLater(t, dir, laterLayouts[dir]) })
	}
}

func measureLater(t *testing.T, dir string, layouts []string) {
	type count struct {
		pages, both, split int
		leaked             float64
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
	n := 0
	for _, s := range laterSites(t, dir) {
		for i, a := range s.stories {
			for j, b := range s.stories {
				if i == j {
					continue
				}
				for k, lead := range append(slices.Clone(s.leads), "") {
					n++
					layout := layouts[n%len(layouts)]
					blocks := []block{{a.head, isHead}}
					for _, p := range a.paras {
						blocks = append(blocks, block{p, isBody})
					}
					if lead != "" {
						blocks = append(blocks, block{lead, isField})
					}
					blocks = append(blocks, block{b.head, isSecondHead})
					for _, p := range b.paras {
						blocks = append(blocks, block{p, isSecond})
					}
					articles, err := Read(laterPage(layout, s.lang, append(blocks, block{s.frame[0], isField}, block{s.frame[1], isField})), testNow)
					if err != nil {
						t.Fatal(err)
					}
					leaked, found := 0, 0
					for _, p := range b.paras {
						if has(articles[0].Paragraphs, p) {
							leaked++
						}
						if len(articles) > 1 && has(articles[1].Paragraphs, p) {
							found++
						}
					}
					both := found == len(b.paras) && same(articles[1].Headline, b.head) && same(articles[0].Headline, a.head)
					kind := []string{"a lead", "a lead", "a lead with an end mark", "a row of signs", "no lead"}[k]
					for _, c := range at("two articles", "two behind "+kind, "two in "+layout, "two in "+string(s.lang)) {
						c.pages++
						c.leaked += float64(leaked) / float64(len(b.paras))
						if both {
							c.both++
						}
					}
					if !both && testing.Verbose() && os.Getenv("JARCHI_SHOW") != "" {
						t.Logf("%s %s, %s: %d articles, %d leaked: %s", s.lang, layout, kind, len(articles), leaked, b.head)
					}
				}
			}
		}
		all := []piece{s.single}
		for _, x := range s.stories {
			p := piece{kind: "story", blocks: []block{{x.head, isHead}}}
			for _, y := range x.paras {
				p.blocks = append(p.blocks, block{y, isBody})
			}
			all = append(all, p)
		}
		for _, p := range all {
			for _, layout := range layouts {
				for frame := range 2 { // a line of the frame in the middle
					blocks := slices.Clone(p.blocks)
					if frame == 1 {
						blocks = slices.Insert(blocks, 3, block{s.frame[2], isField})
					}
					articles, err := Read(laterPage(layout, s.lang, append(blocks, block{s.frame[0], isField})), testNow)
					if err != nil {
						t.Fatal(err)
					}
					for _, c := range at("one article", "one "+p.kind, "one in "+layout) {
						c.pages++
						if len(articles) > 1 {
							c.split++
						}
					}
				}
			}
		}
	}
	for _, k := range slices.Sorted(keysOf(counts)) {
		c := counts[k]
		t.Logf("%-32s %3d pages: leaked %5.1f %%, both found %5.1f %%, taken apart %d", k, c.pages, 100*c.leaked/float64(c.pages), percent(c.both, c.pages), c.split)
	}
	if c := counts["one article"]; c.split*100 > c.pages {
		t.Errorf("%d of %d single articles taken apart", c.split, c.pages)
	}
}
