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
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// vocabulary is one language's file of testdata/sites: what generated pages are made of. Of what comes in pairs
// the first was written with the rules in view, the second as other sites would.
type vocabulary struct {
	lang                                                lang.Tag
	places, agencies                                    []string
	topics                                              [][]string // headline, paragraphs
	furniture                                           [3][]string
	lead, more, credit, byline, published, mt, dateline [2]string
	chains                                              []statedChain
}

type statedChain struct {
	text string
	want []string // "relation part of the source"
}

const (
	seenBefore = iota
	fresh
	later // written when the rules were done
)

func vocabularies(t testing.TB) []vocabulary {
	t.Helper()
	files, err := filepath.Glob("testdata/sites/*.txt")
	if err != nil || len(files) != 15 {
		t.Fatalf("%d files of vocabulary, %v", len(files), err)
	}
	sort.Strings(files)
	var out []vocabulary
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		v := readVocabulary(string(raw), lang.Tag(strings.TrimSuffix(filepath.Base(f), ".txt")))
		if out = append(out, v); v.lang == lang.UZ {
			out = append(out, readVocabulary(uzbekCyrillic(string(raw)), lang.UZCyrl))
		}
	}
	return out
}

func readVocabulary(raw string, tag lang.Tag) vocabulary {
	v := vocabulary{lang: tag}
	pair := func(s string) [2]string {
		a, b, _ := strings.Cut(s, " || ")
		return [2]string{strings.TrimSpace(a), strings.TrimSpace(b)}
	}
	for row := range strings.Lines(raw) {
		key, rest, _ := strings.Cut(strings.TrimSpace(row), ": ")
		list := strings.Split(rest, " | ")
		switch key {
		case "places":
			v.places = list
		case "agencies":
			v.agencies = list
		case "topic":
			v.topics = append(v.topics, list)
		case "seen":
			v.furniture[seenBefore] = list
		case "fresh":
			v.furniture[fresh] = list
		case "later":
			v.furniture[later] = list
		case "lead":
			v.lead = pair(rest)
		case "more":
			v.more = pair(rest)
		case "credit":
			v.credit = pair(rest)
		case "byline":
			v.byline = pair(rest)
		case "published":
			v.published = pair(rest)
		case "mt":
			v.mt = pair(rest)
		case "dateline":
			v.dateline = pair(rest)
		case "chain":
			text, want, _ := strings.Cut(rest, " => ")
			v.chains = append(v.chains, statedChain{text, strings.Split(want, "; ")})
		}
	}
	return v
}

// uzbekCyrillic writes the values of an Uzbek file in Cyrillic; keys, marks of places and signs stay.
func uzbekCyrillic(raw string) string {
	letters := strings.NewReplacer("{p}", "{p}", "{n}", "{n}", "{a}", "{a}", "Telegram", "Telegram", "Ctrl+Enter", "Ctrl+Enter", "cookie", "cookie", "Instagram", "Instagram", "original", "original", "quoted-by", "quoted-by", " e", " э",
		"oʻ", "ў", "Oʻ", "Ў", "gʻ", "ғ", "Gʻ", "Ғ", "sh", "ш", "Sh", "Ш", "ch", "ч", "Ch", "Ч", "yo", "ё", "Yo", "Ё", "yu", "ю", "Yu", "Ю", "ya", "я", "Ya", "Я", "ye", "е",
		"ʼ", "ъ", "a", "а", "b", "б", "d", "д", "e", "е", "f", "ф", "g", "г", "h", "ҳ", "i", "и", "j", "ж", "k", "к", "l", "л", "m", "м", "n", "н", "o", "о", "p", "п", "q", "қ", "r", "р", "s", "с", "t", "т", "u", "у", "v", "в", "x", "х", "y", "й", "z", "з",
		"A", "А", "B", "Б", "D", "Д", "E", "Э", "F", "Ф", "G", "Г", "H", "Ҳ", "I", "И", "J", "Ж", "K", "К", "L", "Л", "M", "М", "N", "Н", "O", "О", "P", "П", "Q", "Қ", "R", "Р", "S", "С", "T", "Т", "U", "У", "V", "В", "X", "Х", "Y", "Й", "Z", "З")
	var out strings.Builder
	for row := range strings.Lines(raw) {
		key, rest, _ := strings.Cut(row, ": ")
		out.WriteString(key + ": " + letters.Replace(rest))
	}
	return out.String()
}

// story is an article before it is put on a page.
type story struct {
	head  string
	paras []string
}

func (v vocabulary) fill(r *rand.Rand, s string) string {
	s = strings.ReplaceAll(s, "{p}", v.places[r.IntN(len(v.places))])
	s = strings.ReplaceAll(s, "{a}", v.agencies[r.IntN(len(v.agencies))])
	return strings.ReplaceAll(s, "{n}", fmt.Sprint(2+r.IntN(96)))
}

func (v vocabulary) story(r *rand.Rand, topic int) story {
	t := v.topics[topic%len(v.topics)]
	s := story{head: v.fill(r, t[0])}
	for _, p := range t[1:] {
		s.paras = append(s.paras, v.fill(r, p))
	}
	return s
}

// translated are the documents of the parallel news set in one language: real sentences, which are not copied here.
func translated(t testing.TB, tag lang.Tag) []story {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(sharedPath(t, "data", "ntrex-dev"), string(tag)+".tsv"))
	if err != nil {
		return nil
	}
	docs := map[string][]string{}
	var order []string
	for row := range strings.Lines(string(raw)) {
		id, s, _ := strings.Cut(strings.TrimRight(row, "\n"), "\t")
		if docs[id] == nil {
			order = append(order, id)
		}
		s, _ = cleanLine(s)
		docs[id] = append(docs[id], s)
	}
	var out []story
	for _, id := range order {
		d := docs[id]
		if len(d) < 7 || endsSentence(d[0]) || !headlineLike(d[0]) { // those whose first line is a headline
			continue
		}
		s := story{head: d[0]}
		for i := 1; i < min(len(d), 17); i += 2 {
			p := d[i]
			if i+1 < len(d) {
				p += " " + d[i+1]
			}
			s.paras = append(s.paras, p)
		}
		out = append(out, s)
	}
	return out
}

// block is one piece of a generated page and what it is.
type block struct {
	text, role string
}

const (
	isHead, isBody, isSeen, isFresh, isField, isSecondHead, isSecond, isLink, isComment, isSeenLead, isFreshLead, isLater = "head", "body", "seen", "fresh", "field", "head2", "body2", "link", "comment", "lead", "lead of others", "later"
)

// generated is a page and what must come of it.
type generated struct {
	template string
	doc      Document
	blocks   []block
	first    story
	second   *story
	credit   string
	byline   string
	held     int    // seenBefore or fresh: which of the pairs was used
	subhead  string // the element of subheadings
	next     string // the element of the second headline; "" for any
	apart    bool   // the second article stands in an element of its own
}

var siteTemplates = []string{"clean", "table", "soup", "inside", "noise", "comments", "cookies", "text"}

// page puts the blocks into one of the templates.
func (g *generated) page(v vocabulary, r *rand.Rand) {
	var b strings.Builder
	e := html.EscapeString
	if g.template == "text" {
		for _, x := range g.blocks {
			b.WriteString(x.text + "\n")
			if r.IntN(4) == 0 && x.role == isBody {
				b.WriteString("\n")
			}
		}
		g.doc = Document{Name: g.template, ContentType: "text/plain; charset=utf-8", Bytes: []byte(b.String())}
		return
	}
	dir := "ltr"
	if v.lang == lang.FA || v.lang == lang.UR || v.lang == lang.AR {
		dir = "rtl"
	}
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=%q dir=%q><head><meta charset=utf-8><title>%s | %s</title><script>var a=1;</script></head><body>\n", v.lang, dir, e(g.first.head), e(v.agencies[0]))
	menu := func() {
		b.WriteString("<div class=\"top\"><ul>")
		for _, t := range v.topics {
			fmt.Fprintf(&b, "<li><a href=\"/s/%d\">%s</a></li>", r.IntN(99), e(firstWords(t[1], 1)))
		}
		b.WriteString("</ul></div>\n")
	}
	switch g.template {
	case "table":
		b.WriteString("<table width=100%><tr><td>")
		menu()
		b.WriteString("</td></tr><tr><td>")
		for _, x := range g.blocks {
			switch x.role {
			case isHead:
				fmt.Fprintf(&b, "<h1>%s</h1>\n", e(x.text))
			case isSecondHead, isSubhead, isQuestion:
				fmt.Fprintf(&b, "<b>%s</b><br>\n", e(x.text))
			case isLink:
				fmt.Fprintf(&b, "<a href=\"/n/%d\">%s</a><br>\n", r.IntN(999), e(x.text))
			default:
				fmt.Fprintf(&b, "%s<br><br>\n", e(x.text))
			}
		}
		b.WriteString("</td></tr></table>")
	case "soup":
		menu()
		b.WriteString("<div><div><div class=\"a1\">")
		for i, x := range g.blocks {
			switch x.role {
			case isHead:
				fmt.Fprintf(&b, "<div class=\"x%d\"><h1>%s</h1></div>\n", i, e(x.text))
			case isLink:
				fmt.Fprintf(&b, "<div><a href=\"/n/%d\">%s</a></div>\n", r.IntN(999), e(x.text))
			default:
				fmt.Fprintf(&b, "<div><div>%s</div></div>\n", e(x.text))
			}
		}
		b.WriteString("</div></div></div>")
	default:
		menu()
		if g.template == "cookies" {
			b.WriteString("<div id=\"cookie-banner\" class=\"consent\">")
			for _, x := range g.blocks {
				if x.role == isSeen || x.role == isFresh || x.role == isLater {
					fmt.Fprintf(&b, "<p>%s</p>", e(x.text))
				}
			}
			b.WriteString("<button>OK</button></div>\n")
		}
		body := "div class=\"news-text\""
		if g.template == "clean" {
			body = "article"
		}
		fmt.Fprintf(&b, "<%s>\n", body)
		comments := false
		for _, x := range g.blocks {
			outside := g.template == "clean" || g.template == "cookies"
			switch x.role {
			case isHead:
				fmt.Fprintf(&b, "<h1>%s</h1>\n", e(x.text))
			case isSecondHead:
				tag := []string{"p", "h2", "h3", "p><b"}[r.IntN(4)]
				if g.next != "" {
					tag = g.next
				}
				if g.apart {
					fmt.Fprintf(&b, "</%s>\n<%s>\n", strings.Fields(body)[0], body)
				}
				end := tag
				if tag == "p><b" {
					end = "b></p"
				}
				fmt.Fprintf(&b, "<%s>%s</%s>\n", tag, e(x.text), end)
			case isSubhead, isQuestion:
				fmt.Fprintf(&b, "<%s>%s</%s>\n", g.subhead, e(x.text), strings.Replace(g.subhead, "p><", "", 1)+strings.Repeat("></p", strings.Count(g.subhead, "><")))
			case isLink:
				fmt.Fprintf(&b, "<p><a href=\"/n/%d\">%s</a></p>\n", r.IntN(999), e(x.text))
			case isSeen, isFresh, isLater:
				switch {
				case outside:
				case g.template == "noise":
					fmt.Fprintf(&b, "<div class=\"w-%d\"><span>%s</span></div>\n", r.IntN(99), e(x.text))
				default:
					fmt.Fprintf(&b, "<p>%s</p>\n", e(x.text))
				}
			case isComment:
				if !comments {
					b.WriteString("</div><div id=\"comments\" class=\"comments-list\">\n")
				}
				comments = true
				fmt.Fprintf(&b, "<div class=\"comment\"><p>%s</p></div>\n", e(x.text))
			default:
				fmt.Fprintf(&b, "<p>%s</p>\n", e(x.text))
			}
			if g.template == "noise" && r.IntN(5) == 0 {
				b.WriteString("<div style=\"display:none\">undefined</div><script>ga('send')</script><p>&nbsp;</p>\n")
			}
		}
		fmt.Fprintf(&b, "</%s>\n", strings.Fields(body)[0])
		if g.template == "clean" {
			b.WriteString("<footer>")
			for _, x := range g.blocks {
				if x.role == isSeen || x.role == isFresh || x.role == isLater {
					fmt.Fprintf(&b, "<div>%s</div>", e(x.text))
				}
			}
			b.WriteString("</footer>")
		}
	}
	b.WriteString("\n</body></html>")
	g.doc = Document{Name: g.template, ContentType: "text/html; charset=utf-8", Bytes: []byte(b.String())}
}

func firstWords(s string, n int) string {
	if f := strings.Fields(s); len(f) > n {
		return strings.Join(f[:n], " ")
	}
	r := []rune(s)
	return string(r[:min(len(r), 2*n)])
}

// generate makes the page number i of a template; second puts a whole second article behind a lead to it.
func (v vocabulary) generate(i int, template string, second bool, docs []story) *generated {
	r := rand.New(rand.NewPCG(uint64(i), uint64(len(template))<<32+uint64(template[0])<<8+uint64(v.lang[0])<<16+uint64(v.lang[1])))
	g := &generated{template: template, held: i % 2}
	topic := r.IntN(4)
	other := (topic + 1 + r.IntN(3)) % 4
	g.first = v.story(r, topic)
	next := v.story(r, other)
	if len(docs) > 2 {
		at := r.IntN(len(docs))
		g.first, next = docs[at], docs[(at+1+r.IntN(len(docs)-1))%len(docs)]
	}
	g.first.paras, next.paras = slices.Clone(g.first.paras), slices.Clone(next.paras)
	if r.IntN(2) == 0 {
		g.first.paras[0] = joinDateline(v.fill(r, v.dateline[r.IntN(2)]), g.first.paras[0], v.lang)
	}
	date := v.published[g.held] + " 12.06.2026 14:30"
	add := func(text, role string) { g.blocks = append(g.blocks, block{text, role}) }
	furn := func(n int) {
		for range n {
			set := r.IntN(3)
			list := v.furniture[set]
			add(v.fill(r, list[r.IntN(len(list))]), []string{isSeen, isFresh, isLater}[set])
		}
	}
	if template != "text" {
		furn(1)
	}
	add(g.first.head, isHead)
	if r.IntN(2) == 0 {
		add(date, isField)
	}
	if r.IntN(3) == 0 {
		g.byline = v.byline[g.held]
		add(g.byline, isField)
	}
	if r.IntN(3) == 0 {
		g.credit = v.fill(r, v.credit[g.held])
		add(g.credit, isField)
	}
	inside := template == "inside" || template == "noise" || template == "text" || template == "table" || template == "soup"
	for k, p := range g.first.paras {
		add(p, isBody)
		if inside && k+1 < len(g.first.paras) && k > 0 && r.IntN(2) == 0 {
			furn(1 + r.IntN(2))
		}
		if k == 1 && inside && !second && template != "text" && r.IntN(3) == 0 { // links to other articles in the middle
			add(v.lead[g.held], []string{isSeenLead, isFreshLead}[g.held])
			add(v.story(r, other).head, isLink)
			add(v.story(r, other+1).head, isLink)
		}
	}
	if second {
		if r.IntN(3) > 0 {
			furn(1)
		}
		add(v.lead[g.held], []string{isSeenLead, isFreshLead}[g.held])
		g.second = &next
		if r.IntN(2) == 0 {
			next.paras[0] = joinDateline(v.fill(r, v.dateline[r.IntN(2)]), next.paras[0], v.lang)
		}
		add(next.head, isSecondHead)
		if r.IntN(3) == 0 {
			add(date, isField)
		}
		for _, p := range next.paras {
			add(p, isSecond)
		}
	}
	furn(2 + r.IntN(4))
	if template == "comments" {
		for _, p := range next.paras[:2] {
			add(p, isComment)
		}
	}
	g.page(v, r)
	return g
}

func joinDateline(line, para string, tag lang.Tag) string {
	if tag == lang.ZH {
		return line + " " + para
	}
	return line + " " + para
}

// tally counts what came of the pages of one kind.
type tally struct {
	pages, failed                    int
	p, r                             float64
	bodyLines, bodyLost              int
	furniture, kept                  [3]int
	both                             [2]int
	seconds                          [2]int
	leak                             [2]float64
	split                            int
	head                             int
	examples                         []string
	examplesLost, examplesKept, exSp []string
}

func (c *tally) f1() float64 {
	p, r := c.p/float64(c.pages), c.r/float64(c.pages)
	return 2 * p * r / (p + r)
}

func same(a, b string) bool { return a == b || squeeze(foldLine(a)) == squeeze(foldLine(b)) }

func (c *tally) take(v vocabulary, g *generated, articles []Article, err error) {
	c.pages++
	if err != nil {
		c.failed++
		c.examples = append(c.examples, fmt.Sprintf("%s %s: %v", v.lang, g.template, err))
		return
	}
	a := articles[0]
	if same(a.Headline, g.first.head) {
		c.head++
	}
	split := characters(v.lang)
	p, r := shingleScore(split(strings.Join(g.first.paras, "\n")), split(strings.Join(a.Paragraphs, "\n")))
	c.p, c.r = c.p+p, c.r+r
	in := func(text string, list []string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return same(s, text) })
	}
	var all []string
	for _, x := range articles {
		all = append(append(all, x.Headline), x.Paragraphs...)
	}
	var second []string
	for _, b := range g.blocks {
		switch b.role {
		case isBody:
			c.bodyLines++
			if !in(b.text, all) {
				c.bodyLost++
				c.examplesLost = append(c.examplesLost, fmt.Sprintf("%s %s: %s", v.lang, g.template, b.text))
			}
		case isSecond:
			second = append(second, b.text)
		case isSeen, isFresh, isLater, isSeenLead, isFreshLead:
			set := seenBefore
			if b.role == isFresh || b.role == isFreshLead {
				set = fresh
			}
			if b.role == isLater {
				set = later
			}
			c.furniture[set]++
			if in(b.text, all) {
				c.kept[set]++
				c.examplesKept = append(c.examplesKept, fmt.Sprintf("%d %s: %s", set, v.lang, b.text))
			}
		}
	}
	if g.second == nil {
		if len(articles) > 1 {
			c.split++
			c.exSp = append(c.exSp, fmt.Sprintf("%s %s: %q", v.lang, g.template, articles[1].Headline))
		}
		return
	}
	c.seconds[g.held]++
	leaked := 0
	for _, s := range second {
		if in(s, a.Paragraphs) {
			leaked++
		}
	}
	c.leak[g.held] += float64(leaked) / float64(len(second))
	if len(articles) >= 2 && same(articles[1].Headline, g.second.head) {
		found := 0
		for _, s := range second {
			if in(s, articles[1].Paragraphs) {
				found++
			}
		}
		if found*10 >= len(second)*9 {
			c.both[g.held]++
		}
	} else if leaked > 0 {
		c.exSp = append(c.exSp, fmt.Sprintf("%s %s held %d: %q / %q", v.lang, g.template, g.held, g.second.head, second[0]))
	}
}

// characters makes words of the characters of scripts without spaces, for the measure only.
func characters(tag lang.Tag) func(string) string {
	if tag != lang.ZH {
		return func(s string) string { return s }
	}
	return func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteRune(r)
			b.WriteByte(' ')
		}
		return b.String()
	}
}

func percent(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

// The figures of docs/reading-pages.md on generated pages: 16 languages, 8 templates, 208 pages each, with one article and with two;
// JARCHI_SHOW=1 names what went wrong.
func TestGeneratedPages(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("thousands of pages are measured without the race detector only")
	}
	t.Parallel()
	measurePages(t, func(lang.Tag) []story { return nil })
}

// The same with the sentences of the parallel news set.
func TestNewsSetOnPages(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("thousands of pages are measured without the race detector only")
	}
	t.Parallel()
	measurePages(t, func(tag lang.Tag) []story { return translated(t, tag) })
}

func measurePages(t *testing.T, docs func(lang.Tag) []story) {
	start := time.Now()
	one, two, byTemplate := map[lang.Tag]*tally{}, map[lang.Tag]*tally{}, map[string]*tally{}
	total := [2]*tally{{}, {}}
	each := 1
	if testing.Verbose() { // the whole set is a measure, a part of it a test: every language, every template, not each with each
		each = 13
	}
	for vi, v := range vocabularies(t) {
		d := docs(v.lang)
		one[v.lang], two[v.lang] = &tally{}, &tally{}
		for ti, name := range siteTemplates {
			if each == 1 && (vi+ti)%2 == 1 {
				continue
			}
			for i := range each {
				for n, pair := range []*tally{one[v.lang], two[v.lang]} {
					if n == 1 && name == "comments" {
						continue // the second article would be the comments
					}
					key := fmt.Sprint(name, " ", n+1)
					if byTemplate[key] == nil {
						byTemplate[key] = &tally{}
					}
					g := v.generate(i, name, n == 1, d)
					articles, err := Read(g.doc, testNow)
					for _, c := range []*tally{pair, byTemplate[key], total[n]} {
						c.take(v, g, articles, err)
					}
				}
			}
		}
	}
	show := func(key string, c *tally) {
		s := fmt.Sprintf("%-12s %4d pages F1 %.3f (P %.3f R %.3f) headline %.1f failed %d; body lines lost %.2f %%; furniture kept %.2f %% seen, %.2f %% fresh, %.2f %% later",
			key, c.pages, c.f1(), c.p/float64(c.pages), c.r/float64(c.pages), percent(c.head, c.pages), c.failed, percent(c.bodyLost, c.bodyLines), percent(c.kept[0], c.furniture[0]), percent(c.kept[1], c.furniture[1]), percent(c.kept[2], c.furniture[2]))
		if n := c.seconds[0] + c.seconds[1]; n > 0 {
			s += fmt.Sprintf("; second leaked %.1f %% seen, %.1f %% fresh; both found %.1f %% seen, %.1f %% fresh", 100*c.leak[0]/float64(max(1, c.seconds[0])), 100*c.leak[1]/float64(max(1, c.seconds[1])), percent(c.both[0], c.seconds[0]), percent(c.both[1], c.seconds[1]))
		} else {
			s += fmt.Sprintf("; taken apart %d", c.split)
		}
		t.Log(s)
	}
	for _, m := range []map[lang.Tag]*tally{one, two} {
		for _, v := range vocabularies(t) {
			show(string(v.lang), m[v.lang])
		}
	}
	for _, n := range []string{" 1", " 2"} {
		for _, name := range siteTemplates {
			if c := byTemplate[name+n]; c != nil {
				show(name+n, c)
			}
		}
	}
	show("one article", total[0])
	show("two articles", total[1])
	if one, two := total[0], total[1]; percent(one.bodyLost, one.bodyLines) > 0.2 || percent(one.kept[0], one.furniture[0]) > 1 || percent(one.split, one.pages) > 1 ||
		two.leak[0] > 0.03*float64(two.seconds[0]) || percent(two.both[0], two.seconds[0]) < 95 ||
		testing.Verbose() && (two.leak[1] > 0.03*float64(two.seconds[1]) || percent(two.both[1], two.seconds[1]) < 95 || percent(two.kept[1], two.furniture[1]) > 1) {
		t.Error("more is lost, kept, taken apart or leaked than may be")
	}
	if os.Getenv("JARCHI_SHOW") != "" {
		for n, c := range total {
			for what, list := range map[string][]string{"failed": c.examples, "lost": c.examplesLost, "kept": c.examplesKept, "split": c.exSp} {
				slices.Sort(list)
				count := map[string]int{}
				for _, s := range list {
					count[s]++
				}
				for _, s := range slices.Compact(list) {
					t.Logf("%d %s %dx %s", n+1, what, count[s], s)
				}
			}
		}
	}
	t.Logf("%v", time.Since(start).Round(time.Second))
}
