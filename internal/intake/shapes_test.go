package intake

import (
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// Pages of shapes that nobody wrote: each part of how a page shows its articles is drawn by itself, so that no rule is made for one of them. The texts are
// those of the sets that were written by hand; what stands around them is of words that no language has.

// shape is how a page shows its articles; traits are what was drawn, for the table of what is read badly.
type shape struct {
	r      *rand.Rand
	site   laterSite
	traits []string
	frames []string // lines of the frame that it put in

	naming      string
	headForm    string
	para        string
	around      string
	parting     string
	meta, tail  string
	sub         string
	headLink    bool
	wraps       int // elements around the text
	each        int // elements around each paragraph
	headWraps   int
	level       int
	lower       bool // further headlines are a level lower than the first
	names       map[string]string
	plain       bool // a raw text
	pageTitle   string
	frameAround string
}

// draw takes one of the choices and notes it as a trait.
func (s *shape) draw(trait string, choices ...string) string {
	v := choices[s.r.IntN(len(choices))]
	s.traits = append(s.traits, trait+": "+v)
	return v
}

// word is a word that no language has: one of the site's texts with its letters turned round.
func (s *shape) word() string {
	for {
		all := strings.Fields(s.site.stories[s.r.IntN(len(s.site.stories))].paras[0])
		w := []rune(strings.Trim(all[s.r.IntN(len(all))], ".,:;!?()\"'«»“”„。、，「」؟،۔"))
		if len(w) < 3 || strings.ContainsFunc(string(w), func(r rune) bool { return !isLetterOrMark(r) }) {
			if len(w) < 8 {
				continue
			}
			w = w[:4] // of a script without blanks
		}
		if w = w[:min(len(w), 12)]; w[0] >= 0x3000 {
			w = w[:3]
		}
		slices.Reverse(w)
		return string(w)
	}
}

func (s *shape) words(n int) string {
	var all []string
	for range n {
		all = append(all, s.word())
	}
	return strings.Join(all, " ")
}

// frame makes a line of the frame.
func (s *shape) frame(text string) string {
	s.frames = append(s.frames, text)
	return html.EscapeString(text)
}

// class is what the page calls an element, the same for elements of one purpose.
func (s *shape) class(purpose string) string {
	if s.naming == "none" {
		return ""
	}
	if s.names[purpose] == "" {
		var name string
		switch s.naming {
		case "telling":
			name = map[string]string{"head": "news-title", "body": "news-text", "around": "news-item", "para": "text", "sub": "subtitle", "meta": "news-date", "tail": "news-tools", "list": "news-list", "wrap": "inner", "box": "info-box"}[purpose]
		case "hashed":
			name = fmt.Sprintf("css-%x", s.r.Uint32())
		case "misleading":
			name = []string{"widget", "promo", "content", "box-caption", "menu-item", "main", "banner-text", "sidebar-x", "item", "subscribe-body", "related", "block"}[s.r.IntN(12)]
		case "misleading head":
			if name = "block" + purpose; purpose == "head" {
				name = []string{"widget-title", "caption", "footer-top", "menu", "label", "note"}[s.r.IntN(6)]
			}
		}
		s.names[purpose] = name
	}
	return fmt.Sprintf(" class=%q", s.names[purpose])
}

func newShape(r *rand.Rand, site laterSite) *shape {
	s := &shape{r: r, site: site, names: map[string]string{}}
	s.plain = r.IntN(10) == 0
	if s.plain {
		s.headForm = s.draw("raw head", "plain", "# ", "**", "underlined", "capitals", "numbered", "middle", "dashed")
		s.para = s.draw("raw text", "blank lines", "single lines", "wrapped", "indented")
		s.parting = s.draw("raw parting", "nothing", "***", "-----", "three blank lines", "lead")
		s.meta = s.draw("raw meta", "nothing", "nothing", "date below", "byline below")
		s.sub = s.draw("raw sub", "plain", "marked", "bold")
		return s
	}
	s.naming = s.draw("naming", "none", "telling", "hashed", "misleading", "misleading head")
	s.headForm = s.draw("head", "heading", "heading", "heading", "p b", "div class", "td", "dt", "strong br", "size", "li b", "legend", "caption", "figcaption", "span in div", "custom", "plain")
	s.para = s.draw("para", "p", "p", "p", "div", "br", "br br", "td", "li", "newlines", "span block", "pre")
	s.around = s.draw("around", "nothing", "div", "article", "section", "li", "tr", "details", "table", "fieldset", "custom", "aside behind")
	switch s.headForm {
	case "legend":
		s.around = "fieldset"
	case "caption":
		s.around = "table"
	}
	s.parting = s.draw("parting", "nothing", "nothing", "hr", "signs", "lead", "picture")
	s.meta = s.draw("meta", "nothing", "nothing", "date below", "date above", "byline below", "date and byline", "time")
	s.tail = s.draw("tail", "nothing", "nothing", "share", "tags", "more link", "numbers")
	s.sub = s.draw("sub", "heading", "b", "strong", "em", "u", "span class", "div class", "span bold")
	s.headLink = s.draw("headline is", "no link", "no link", "no link", "a link") == "a link"
	s.wraps, s.each, s.headWraps = r.IntN(6), max(0, r.IntN(6)-3), max(0, r.IntN(4)-1)
	s.traits = append(s.traits, fmt.Sprintf("wraps: %d", s.wraps), fmt.Sprintf("wraps of each paragraph: %d", s.each))
	s.level = 1 + r.IntN(6)
	if s.headForm == "heading" {
		s.lower = s.draw("further headlines", "alike", "alike", "alike", "a level lower") != "alike"
	}
	s.pageTitle = s.draw("title", "headline", "headline and site", "site", "none")
	s.frameAround = s.draw("frame", "none", "bare", "named", "nameless")
	return s
}

func isLetterOrMark(r rune) bool {
	return foldLine(string(r)) != "" && !strings.ContainsRune("-'’\"0123456789", r)
}

// headline shows one, the n-th of the page.
func (s *shape) headline(text string, n int) string {
	text = html.EscapeString(text)
	inner := text
	if s.headLink {
		inner = fmt.Sprintf("<a href=/n/%d>%s</a>", 100+n, text)
	}
	var out string
	level := s.level
	if s.lower && n > 0 {
		level = min(6, level+1)
	}
	switch s.headForm {
	case "heading":
		out = fmt.Sprintf("<h%d%s>%s</h%d>", level, s.class("head"), inner, level)
	case "p b":
		out = "<p><b>" + inner + "</b></p>"
	case "div class":
		if s.naming == "none" {
			out = "<div class=kx-top>" + inner + "</div>"
		} else {
			out = "<div" + s.class("head") + ">" + inner + "</div>"
		}
	case "td":
		out = "<table><tr><td" + s.class("head") + "><b>" + inner + "</b></td></tr></table>"
	case "dt":
		out = "<dl><dt>" + inner + "</dt></dl>"
	case "strong br":
		out = "<strong>" + inner + "</strong><br>"
	case "size":
		out = []string{`<p style="font-size:22px">` + inner + "</p>", `<div><span style="font-size: 18pt">` + inner + "</span></div>", "<p><font size=5>" + inner + "</font></p>"}[s.level%3]
	case "li b":
		out = "<ul><li><b>" + inner + "</b></li></ul>"
	case "legend":
		return "<legend>" + inner + "</legend>"
	case "caption":
		return "<caption>" + inner + "</caption>"
	case "figcaption":
		out = "<figure><img src=/i/" + fmt.Sprint(n) + ".jpg><figcaption" + s.class("head") + ">" + inner + "</figcaption></figure>"
	case "span in div":
		out = "<div><span" + s.class("head") + ">" + inner + "</span></div>"
	case "custom":
		out = "<x-heading" + s.class("head") + ">" + inner + "</x-heading>"
	case "plain":
		if out = s.inPara(inner); s.para == "td" {
			out = "<table>" + out + "</table>"
		}
	}
	for range s.headWraps {
		out = "<div" + s.class("headwrap") + ">" + out + "</div>"
	}
	return out
}

// inPara shows a text as a paragraph is shown.
func (s *shape) inPara(inner string) string {
	var out string
	switch s.para {
	case "p":
		out = "<p" + s.class("para") + ">" + inner + "</p>\n"
	case "div":
		out = "<div" + s.class("para") + ">" + inner + "</div>\n"
	case "br":
		return inner + "<br>\n"
	case "br br":
		return inner + "<br><br>\n"
	case "td":
		return "<tr><td" + s.class("para") + ">" + inner + "</td></tr>\n"
	case "li":
		return "<li" + s.class("para") + ">" + inner + "</li>\n"
	case "newlines", "pre":
		return inner + "\n\n"
	case "span block":
		out = `<span style="display:block"` + s.class("para") + ">" + inner + "</span>\n"
	}
	for range s.each {
		out = "<div>" + out + "</div>"
	}
	return out
}

// text shows the blocks of an article behind its headline.
func (s *shape) text(blocks []block) string {
	var b strings.Builder
	blocky := s.para == "p" || s.para == "div" || s.para == "br" || s.para == "br br" || s.para == "span block"
	put := func(x string) { // an element among paragraphs
		switch {
		case blocky:
			b.WriteString(x + "\n")
		case s.para == "newlines", s.para == "pre":
			b.WriteString(x + "\n\n")
		default:
			b.WriteString(s.inPara(x))
		}
	}
	for i, x := range blocks {
		text := html.EscapeString(x.text)
		switch x.role {
		case isSubhead:
			level := min(6, s.level+1)
			switch s.sub {
			case "heading":
				put(fmt.Sprintf("<h%d>%s</h%d>", level, text, level))
			case "span class":
				b.WriteString(s.inPara("<span class=zw>" + text + "</span>"))
			case "div class":
				put("<div class=zw-part>" + text + "</div>")
			case "span bold":
				b.WriteString(s.inPara(`<span style="font-weight:bold">` + text + "</span>"))
			default:
				b.WriteString(s.inPara("<" + s.sub + ">" + text + "</" + s.sub + ">"))
			}
		case isItem:
			item := "<li>" + text + "</li>"
			if i == 0 || blocks[i-1].role != isItem {
				item = "<ul>" + item
			}
			if i+1 == len(blocks) || blocks[i+1].role != isItem {
				item += "</ul>"
			}
			if blocky {
				b.WriteString(item)
			} else {
				b.WriteString(s.inPara("• " + text))
			}
		case isQuote:
			put("<blockquote>" + text + "</blockquote>")
		case isBoxHead:
			put("<div" + s.class("box") + "><b>" + text + "</b></div>")
		case "caption":
			put("<figure><img src=/p/7.jpg><figcaption>" + text + "</figcaption></figure>")
		case "table":
			put("<table>" + text + "</table>")
		case "related":
			put("<ul><li><a href=/n/9>" + s.frame(x.text) + "</a></li><li><a href=/n/10>" + s.frame(s.words(5)) + "</a></li></ul>")
		default:
			b.WriteString(s.inPara(text))
		}
	}
	out := b.String()
	switch s.para {
	case "td":
		out = "<table>" + out + "</table>"
	case "li":
		out = "<ul" + s.class("list") + ">" + out + "</ul>"
	case "newlines":
		out = `<div style="white-space:pre-line">` + out + "</div>"
	case "pre":
		out = "<pre>" + out + "</pre>"
	}
	for range s.wraps {
		out = "<div" + s.class("body") + ">" + out + "</div>"
	}
	return out
}

var shapeDates = []string{"04.06.2026 09:00", "03.06.2026 18:30", "2026-06-02 11:15", "01/06/2026 08:05", "31.05.2026 17:40", "30.05.2026 10:10"}

// article shows the n-th of the page.
func (s *shape) article(blocks []block, n int) string {
	head, text := s.headline(blocks[0].text, n), s.text(blocks[1:])
	small := func(t string) string { return "<div" + s.class("meta") + ">" + t + "</div>" }
	switch date := shapeDates[n]; s.meta {
	case "date below":
		text = small(s.frame(date)) + text
	case "date above":
		if s.headForm != "legend" && s.headForm != "caption" {
			head = small(s.frame(date)) + head
		} else {
			text = small(s.frame(date)) + text
		}
	case "byline below":
		text = small(html.EscapeString(s.words(2))) + text
	case "date and byline":
		text = "<p><i>" + html.EscapeString(s.words(2)) + "</i></p>" + small(s.frame(date)) + text
	case "time":
		text = "<time datetime=2026-06-0" + fmt.Sprint(1+n) + "T09:00>" + s.frame(date) + "</time>" + text
	}
	switch s.tail {
	case "share":
		if s.names["share"] == "" {
			s.names["share"] = s.word() + " / " + s.word() + " / " + s.word()
		}
		text += "<div" + s.class("tail") + ">" + s.frame(s.names["share"]) + "</div>"
	case "tags":
		text += "<div" + s.class("tail") + "><a href=/t/1>" + s.frame(s.word()) + "</a> <a href=/t/2>" + s.frame(s.word()) + "</a></div>"
	case "more link":
		if s.names["more"] == "" {
			s.names["more"] = s.words(2)
		}
		text += "<p><a href=/n/" + fmt.Sprint(100+n) + ">" + s.frame(s.names["more"]) + "</a></p>"
	case "numbers":
		text += "<div" + s.class("tail") + ">" + s.frame(fmt.Sprint(1000+s.r.IntN(9000), " ", 10+s.r.IntN(90))) + "</div>"
	}
	attr := s.class("around")
	switch s.around {
	case "div", "article", "section":
		return "<" + s.around + attr + ">" + head + text + "</" + s.around + ">"
	case "li":
		return "<li" + attr + ">" + head + text + "</li>"
	case "tr":
		return "<tr" + attr + "><td>" + head + text + "</td></tr>"
	case "details":
		return "<details open" + attr + ">" + "<summary>" + head + "</summary>" + text + "</details>"
	case "table":
		if s.headForm == "caption" {
			return "<table" + attr + ">" + head + "<tr><td>" + text + "</td></tr></table>"
		}
		return "<table" + attr + "><tr><td>" + head + "</td></tr><tr><td>" + text + "</td></tr></table>"
	case "fieldset":
		return "<fieldset" + attr + ">" + head + text + "</fieldset>"
	case "custom":
		return "<x-story" + attr + ">" + head + text + "</x-story>"
	case "aside behind":
		if n > 0 {
			return "<div class=side-part>" + head + text + "</div>"
		}
		return "<main>" + head + text + "</main>"
	}
	return head + text
}

// page shows articles on one page.
func (s *shape) page(articles [][]block) Document {
	if s.plain {
		return s.raw(articles)
	}
	var b strings.Builder
	for n, blocks := range articles {
		if n > 0 {
			part := ""
			switch s.parting {
			case "hr":
				part = "<hr>"
			case "signs":
				part = "<p>* * *</p>"
			case "lead":
				part = "<p>" + s.frame(s.words(3)) + "</p>"
			case "picture":
				part = "<figure><img src=/i/8.jpg><figcaption>" + html.EscapeString(s.words(4)) + "</figcaption></figure>"
			}
			switch {
			case part == "":
			case s.around == "li":
				part = "<li>" + part + "</li>"
			case s.around == "tr":
				part = "<tr><td>" + part + "</td></tr>"
			}
			b.WriteString(part)
		}
		b.WriteString(s.article(blocks, n))
	}
	out := b.String()
	switch s.around {
	case "li":
		out = "<ul" + s.class("list") + ">" + out + "</ul>"
	case "tr":
		out = "<table" + s.class("list") + ">" + out + "</table>"
	}
	name := s.words(2)
	if s.frameAround != "none" {
		tag := func(named, other string) (string, string) {
			switch s.frameAround {
			case "named":
				return "<" + named + ">", "</" + named + ">"
			case "bare":
				return "<div class=" + other + ">", "</div>"
			}
			return "<div>", "</div>"
		}
		open, shut := tag("header", "top")
		top := open + "<a href=/>" + s.frame(name) + "</a>" + shut
		open, shut = tag("nav", "menu")
		top += open + "<ul>"
		for range 3 + s.r.IntN(4) {
			top += "<li><a href=/s>" + s.frame(s.words(1+s.r.IntN(2))) + "</a></li>"
		}
		top += "</ul>" + shut
		if s.r.IntN(2) == 0 {
			top += "<div>" + s.frame(s.word()+" / "+s.word()+" / "+s.word()) + "</div>"
		}
		foot := ""
		if s.r.IntN(2) == 0 {
			open, shut = tag("aside", "side")
			foot += open + "<ul>"
			for range 4 {
				foot += "<li><a href=/m>" + s.frame(s.words(6)) + "</a></li>"
			}
			foot += "</ul>" + shut
		}
		open, shut = tag("footer", "foot")
		foot += open + "<p>" + s.frame("© 2026 "+name) + "</p><p>" + s.frame(s.words(4)) + "</p>" + shut
		out = top + out + foot
	}
	title := ""
	switch s.pageTitle {
	case "headline":
		title = articles[0][0].text
	case "headline and site":
		title = articles[0][0].text + " | " + name
	case "site":
		title = name
	}
	if title != "" {
		title = "<title>" + html.EscapeString(title) + "</title>"
	}
	out = fmt.Sprintf("<!DOCTYPE html><html lang=%q><head><meta charset=utf-8>%s</head><body>\n%s</body></html>", s.site.lang, title, out)
	return Document{Name: "shape", ContentType: "text/html; charset=utf-8", Bytes: []byte(out)}
}

func (s *shape) raw(articles [][]block) Document {
	var b strings.Builder
	line := func(t string) {
		switch s.para {
		case "blank lines":
			b.WriteString(t + "\n\n")
		case "single lines":
			b.WriteString(t + "\n")
		case "wrapped":
			b.WriteString(wrapped(t, 70) + "\n\n")
		case "indented":
			b.WriteString("    " + t + "\n")
		}
	}
	for n, blocks := range articles {
		if n > 0 {
			switch s.parting {
			case "***":
				b.WriteString("\n* * *\n\n")
			case "-----":
				b.WriteString("\n----------\n\n")
			case "three blank lines":
				b.WriteString("\n\n\n\n")
			case "lead":
				b.WriteString("\n")
				line(s.frame(s.words(3)))
			}
		}
		head := blocks[0].text
		switch s.headForm {
		case "# ":
			head = "# " + head
		case "**":
			head = "**" + head + "**"
		case "underlined":
			head += "\n" + strings.Repeat("=", utf8.RuneCountInString(head))
		case "capitals":
			head = strings.ToUpper(head)
		case "numbered":
			head = fmt.Sprintf("%d. %s", n+1, head)
		case "middle":
			head = strings.Repeat(" ", 14) + head
		case "dashed":
			head = "== " + head + " =="
		}
		b.WriteString("\n" + head + "\n\n")
		switch s.meta {
		case "date below":
			line(shapeDates[n])
		case "byline below":
			line(s.words(2))
		}
		for _, x := range blocks[1:] {
			switch t := x.text; {
			case x.role == isSubhead && s.sub == "marked":
				line("## " + t)
			case x.role == isSubhead && s.sub == "bold":
				line("*" + t + "*")
			case x.role == isItem:
				line("- " + t)
			default:
				line(t)
			}
		}
	}
	return Document{Name: "shape", ContentType: "text/plain; charset=utf-8", Bytes: []byte(strings.TrimLeft(b.String(), "\n"))}
}

// shapeCount is what was read of pages of one trait.
type shapeCount struct {
	pages, all        int     // pages with several articles, and those of which every one was found
	leaked            float64 // lines of further articles that stand in one before
	singles, split    int
	unnamed           int // with another headline, or none
	frames, kept      int
	lines, lost       int
	linesOne, lostOne int
}

// measureShapes reads so many pages of random shapes.
func measureShapes(t *testing.T, sites []laterSite, seed uint64, from, to int) map[string]*shapeCount {
	t.Helper()
	counts := map[string]*shapeCount{}
	for n := from; n < to; n++ {
		r := rand.New(rand.NewPCG(seed, uint64(n)))
		site := sites[r.IntN(len(sites))]
		s := newShape(r, site)
		var pieces [][]block
		number := 1
		if r.IntN(2) == 0 {
			number = 2 + []int{0, 0, 0, 1, 1, 2, 4}[r.IntN(7)]
		}
		order := r.Perm(len(site.stories))
		number = min(number, len(order))
		s.traits = append(s.traits, fmt.Sprintf("articles: %d", number))
		if number == 1 {
			all := slices.Clone(site.singles)
			for _, x := range site.stories {
				all = append(all, piece{blocks: x.blocks(isHead, isBody)})
			}
			blocks := slices.Clone(all[r.IntN(len(all))].blocks)
			if !s.plain && r.IntN(3) == 0 {
				blocks = slices.Insert(blocks, 2, block{s.words(5), "caption"})
			}
			if !s.plain && r.IntN(4) == 0 {
				blocks = append(blocks, block{s.words(6), "related"})
			}
			pieces = append(pieces, blocks)
		} else {
			for _, i := range order[:number] {
				pieces = append(pieces, site.stories[i].blocks(isHead, isBody))
			}
		}
		doc := s.page(pieces)
		articles, err := Read(doc, testNow)
		c := &shapeCount{frames: len(s.frames)}
		if err != nil {
			articles = []Article{{}}
		}
		var all []string
		for _, x := range articles {
			all = append(append(all, x.Headline), x.Paragraphs...)
		}
		has := func(list []string, s string) bool {
			k := squeeze(foldLine(s))
			return slices.ContainsFunc(list, func(x string) bool { return strings.Contains(squeeze(foldLine(x)), k) })
		}
		exact := func(list []string, s string) bool {
			return slices.ContainsFunc(list, func(x string) bool { return same(strings.TrimLeft(x, "•- "), s) })
		}
		var shown []string
		for _, f := range s.frames {
			if exact(all, f) {
				c.kept++
				shown = append(shown, "kept: "+f)
			}
		}
		whole, leaked, own := len(articles) == len(pieces), 0, 0
		for k, blocks := range pieces {
			for _, x := range blocks[1:] {
				if x.role == "caption" || x.role == "related" {
					continue
				}
				c.lines++
				if !has(all, x.text) {
					c.lost++
					shown = append(shown, "lost: "+x.text)
				}
				if whole = whole && k < len(articles) && has(articles[k].Paragraphs, x.text); k > 0 {
					own++
					for _, before := range articles[:min(k, len(articles))] {
						if has(before.Paragraphs, x.text) {
							leaked++
							break
						}
					}
				}
			}
			if number > 1 {
				whole = whole && k < len(articles) && has([]string{articles[k].Headline}, blocks[0].text)
			}
		}
		if number == 1 {
			c.singles, c.split = 1, int(is(len(articles) > 1))
			c.linesOne, c.lostOne = c.lines, c.lost
			if !has([]string{articles[0].Headline}, pieces[0][0].text) {
				c.unnamed = 1
				shown = append(shown, "headline: "+articles[0].Headline)
			}
			if len(articles) > 1 {
				shown = append(shown, "taken apart at: "+articles[1].Headline)
			}
		} else {
			c.pages, c.all, c.leaked = 1, int(is(whole)), float64(leaked)/float64(own)
			if !whole {
				shown = append(shown, fmt.Sprintf("%d articles for %d, %d of %d leaked", len(articles), number, leaked, own))
			}
		}
		if want := os.Getenv("JARCHI_SHAPE"); want == fmt.Sprint(n) {
			t.Logf("%s", doc.Bytes)
			for _, a := range articles {
				t.Logf("= %s", a.Headline)
				for _, x := range a.Paragraphs {
					t.Logf("    %s", x)
				}
				t.Logf("  removed: %q", a.Removed)
			}
			t.Logf("%v", err)
		}
		if os.Getenv("JARCHI_SHOW") != "" && len(shown) > 0 {
			t.Logf("page %d %s [%s]\n        %s", n, site.lang, strings.Join(s.traits, "; "), strings.Join(shown, "\n        "))
		}
		for _, k := range append(s.traits, "all", map[bool]string{true: "all raw", false: "all pages"}[s.plain]) {
			x := counts[k]
			if x == nil {
				x = &shapeCount{}
				counts[k] = x
			}
			x.pages, x.all, x.leaked, x.singles, x.split = x.pages+c.pages, x.all+c.all, x.leaked+c.leaked, x.singles+c.singles, x.split+c.split
			x.frames, x.kept, x.lines, x.lost = x.frames+c.frames, x.kept+c.kept, x.lines+c.lines, x.lost+c.lost
			x.unnamed += c.unnamed
			x.linesOne, x.lostOne = x.linesOne+c.linesOne, x.lostOne+c.lostOne
		}
	}
	return counts
}

// Pages of shapes that nobody wrote are read: how well stands in docs/reading-pages.md. JARCHI_SHAPES=seed,pages measures others.
func TestRandomShapes(t *testing.T) {
	t.Parallel()
	var sites []laterSite
	for _, dir := range slices.Sorted(keysOf(laterLayouts)) {
		sites = append(sites, laterSites(t, dir)...)
	}
	seed, pages := uint64(1), 100
	if v := os.Getenv("JARCHI_SHAPES"); v != "" {
		if _, err := fmt.Sscanf(v, "%d,%d", &seed, &pages); err != nil {
			t.Fatal(err)
		}
	}
	counts := measureShapes(t, sites, seed, 0, pages)
	for _, k := range slices.Sorted(keysOf(counts)) {
		c := counts[k]
		t.Logf("%-36s %4d with several: leaked %5.1f %%, all found %5.1f %%; %4d with one: taken apart %2d, headline %4.1f %%, text lost %5.2f %%; frame kept %5.1f %%, text lost %5.2f %%", k, c.pages, 100*c.leaked/float64(max(1, c.pages)), percent(c.all, c.pages),
			c.singles, c.split, percent(c.unnamed, c.singles), percent(c.lostOne, c.linesOne), percent(c.kept, c.frames), percent(c.lost, c.lines))
	}
	if c := counts["all"]; os.Getenv("JARCHI_SHAPES") == "" && (c.leaked > 0.03*float64(c.pages) || percent(c.all, c.pages) < 95 || c.split > 0 || c.unnamed > 1 || percent(c.kept, c.frames) > 1 || percent(c.lost, c.lines) > 0.2) {
		t.Errorf("%+v", *c)
	}
}
