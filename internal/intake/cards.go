package intake

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// Articles that stand in elements of their own: a list of posts, the rows of a view, the releases of a day. What is looked at are elements of
// one kind at one place of the tree, each a headline above a text. They may be chapters of one article too, so signs are counted for both.

// card is an element that may be an article: a headline above text.
type card struct {
	node           *html.Node
	from, to       int // its lines
	head           int // the line of its headline
	prose, paras   int // bytes and number of its sentences
	dated, placed  bool
	linked, leadTo bool // its headline is a link; it ends in a lead to the rest
	stems          map[uint64]bool
}

// cardElements are the elements that hold one of several articles.
var cardElements = map[string]bool{"article": true, "section": true, "div": true, "li": true, "td": true, "tr": true, "dd": true, "details": true}

// cards finds the articles in elements of their own and marks where they begin; nil when the page has none, or they are chapters of one.
func (p *page) cards(d dater) {
	if !p.html || p.live {
		return // the posts of a live report are one
	}
	type group struct {
		depth int
		cards []card
	}
	groups := map[string]*group{}
	var order []*group
	prose := make([]bool, len(p.lines))
	for i, l := range p.lines {
		prose[i] = sentenceLine(l)
	}
	spans, known := lineSpans(p.lines), map[*html.Node]bool{}
	believed := func(*html.Node) bool { return true }
	looked := map[*html.Node]bool{}
	for i := range p.lines {
		for n := p.lines[i].node; n != nil && !looked[n]; n = n.Parent {
			looked[n] = true
			if !cardElements[n.Data] || n.Parent == nil || aside(n, known, believed) {
				continue
			}
			c, ok := p.card(n, spans[n], prose)
			if !ok {
				continue
			}
			key, depth := placeIn(n)
			key += fmt.Sprint(p.lines[c.head].level)
			g := groups[key]
			if g == nil {
				g = &group{depth: depth}
				groups[key] = g
				order = append(order, g)
			}
			g.cards = append(g.cards, c)
		}
	}
	slices.SortStableFunc(order, func(a, b *group) int { return a.depth - b.depth })
	for _, g := range order {
		slices.SortFunc(g.cards, func(a, b card) int { return a.from - b.from })
		if len(g.cards) >= 2 && len(g.cards) <= maxArticles && p.separate(g.cards, prose, d) {
			if !p.teasers(g.cards) {
				p.begin(g.cards, prose)
				return
			}
			for _, c := range g.cards {
				for i := c.from; i < c.to; i++ {
					p.lines[i].inMain = false
				}
			}
		}
	}
}

// lineSpans are the first line of each element and the one behind its last.
func lineSpans(lines []line) map[*html.Node][2]int {
	spans := map[*html.Node][2]int{}
	for i, l := range lines {
		for n := l.node; n != nil; n = n.Parent {
			s, ok := spans[n]
			if !ok {
				s[0] = i
			}
			s[1] = i + 1
			spans[n] = s
		}
	}
	return spans
}

// placeIn says where an element stands and of which kind it is: its name, the first of its classes without figures and those of two
// elements around it, and its depth.
func placeIn(n *html.Node) (key string, depth int) {
	var b strings.Builder
	for e, up := n, 0; e != nil; e, up = e.Parent, up+1 {
		if depth++; up < 3 {
			class, _, _ := strings.Cut(strings.TrimSpace(attr(e, "class")), " ")
			if up == 0 && e.Data == "article" {
				class = "" // the newest one may have a class of its own
			}
			b.WriteString(e.Data + "." + strings.Map(func(r rune) rune {
				if unicode.IsDigit(r) {
					return -1
				}
				return r
			}, class) + " ")
		}
	}
	b.WriteString(string(rune(depth)))
	return b.String(), depth
}

// maxCardLines bounds the elements that are looked at: of all there are, the lines of each are.
const maxCardLines = 500

// card reads an element as an article: within its first four lines a headline, before it at most short lines, behind it sentences and no
// heading of the same level.
func (p *page) card(n *html.Node, span [2]int, prose []bool) (c card, ok bool) {
	c = card{node: n, from: span[0], to: span[1], head: -1}
	if c.to-c.from < 2 || c.to-c.from > maxCardLines {
		return c, false
	}
	for i := c.from; i < min(c.to, c.from+4); i++ {
		l := &p.lines[i]
		if (l.level > 0 || l.bold || l.link) && words(l.text) >= 2 && !endsBody(l.text) && shorter(l.text, 220) && strings.ContainsFunc(l.text, unicode.IsLetter) {
			if c.head < 0 || l.level > 0 {
				c.head = i
			}
			if l.level > 0 {
				break
			}
			continue
		}
		if prose[i] {
			break
		}
	}
	if c.head < 0 {
		return c, false
	}
	for i := c.from; i < c.to; i++ {
		switch l := &p.lines[i]; {
		case i == c.head:
		case prose[i]:
			c.prose += len(l.text)
			c.paras++
		case l.level > 0 && l.level <= p.lines[c.head].level:
			return c, false
		}
	}
	c.linked = p.lines[c.head].link
	return c, c.paras > 0 && c.prose >= 60
}

// read looks at what the lines of an element say.
func (c *card) read(p *page, prose []bool, d dater) {
	c.stems = map[uint64]bool{}
	n := 0
	for i := c.from; i < c.to; i++ {
		l := &p.lines[i]
		switch {
		case i == c.head:
		case prose[i]:
			if n++; n == 1 {
				c.placed = dateline(l.text) != ""
			}
			if n <= 12 {
				for _, k := range stemsOf(l.text) {
					c.stems[k] = true
				}
			}
		default:
			switch class, _ := rules.classify(l.text, d.read); class {
			case classPublished, classDateOnly, classByline, classSource:
				c.dated = true
			case classMore:
				c.leadTo = true
			}
		}
	}
}

// endsBody says whether a line ends as a paragraph of a text does, not as a headline.
func endsBody(s string) bool { return endsSentence(s) && (!shorter(s, 120) || !opensArticle(s)) }

// What speaks for articles and what for chapters of one, and the sum from which on they are articles.
const separateArticles = 3

// separate says whether elements are articles and no chapters of one.
func (p *page) separate(cards []card, prose []bool, d dater) bool {
	for i := range cards {
		cards[i].read(p, prose, d)
	}
	n := float64(len(cards))
	share := func(is func(c *card) bool) float64 {
		k := 0.0
		for i := range cards {
			if is(&cards[i]) {
				k++
			}
		}
		return k / n
	}
	sum := 0.0
	if cards[0].node.Data == "article" {
		sum += 4
	}
	for e := cards[0].node.Parent; e != nil; e = e.Parent {
		if e.Data == "article" {
			sum -= 3
			break
		}
	}
	own := max(share(func(c *card) bool { return c.dated }), share(func(c *card) bool { return c.placed }))
	if own >= 0.7 {
		sum += 3
	}
	if share(func(c *card) bool { return c.linked }) >= 0.7 {
		sum += 3
	}
	if share(func(c *card) bool { return c.leadTo }) >= 0.5 {
		sum += 2
	}
	long, subs := 0.0, 0.0
	for _, c := range cards {
		text := p.lines[c.head].text
		if subheading(text) {
			subs++
		}
		if breadth(text) >= 28 {
			long++
		}
	}
	if subs*3 >= n {
		sum -= 4
	}
	switch {
	case long >= 0.7*n:
		sum++
	case long < 0.4*n:
		sum -= 2
	}
	parts := 0.0
	for i := 1; i < len(cards); i++ {
		parts += change(cards[i].stems, cards[i-1].stems)
	}
	sum += 2 * max(-1, min(1, 2*parts)) // where nothing else leads over, short texts say enough
	if p.tongues(cards) {
		sum += 3
	}
	// What stands above the first: a text that the parts belong to, and its headline, which speaks of what they speak of.
	title, lede := p.above(cards)
	if len(lede) > 0 {
		sum -= 3
	}
	if title != "" {
		of := stemSet(title)
		speaks := 0
		for _, c := range cards {
			if meet(of, c.stems) > 0 {
				speaks++
			}
		}
		switch {
		case speaks*2 >= len(cards) && speaks >= 2:
			sum -= 3
		case speaks == 0:
			sum++ // the name of the page, not of what it says
		}
	}
	return sum >= separateArticles
}

// tongues says whether the elements are marked as of different languages.
func (p *page) tongues(cards []card) bool {
	in := map[string]bool{}
	for _, c := range cards {
		if l := attr(c.node, "lang"); l != "" {
			in[l] = true
		}
	}
	return len(in) > 1 && len(in) == len(cards)
}

// above are the headline and the sentences of the content that stand before the first of the elements.
func (p *page) above(cards []card) (title string, lede []int) {
	for i, l := range p.lines[:cards[0].from] {
		switch {
		case l.level == 1:
			title = l.text
		case l.inMain && sentenceLine(l):
			lede = append(lede, i)
		}
	}
	return title, lede
}

// begin marks the lines at which the articles of a page begin, their headlines and text as its content, and what stands above, between and
// behind them as no text.
func (p *page) begin(cards []card, prose []bool) {
	p.begins = map[int]bool{}
	_, lede := p.above(cards)
	if len(lede) < 2 {
		p.header(cards)
	}
	last := 0
	for n, c := range cards {
		if p.begins[c.from] = true; n == 0 && len(lede) < 2 {
			delete(p.begins, c.from) // the headline of the page is taken out of the first
			last = 0
		} else if n == 0 {
			last = c.from
		}
		for i := last; i < c.from; i++ {
			p.lines[i].inMain = false
		}
		last = c.to
		taken, all := 0, 0
		for i := c.from; i < c.to; i++ {
			if prose[i] {
				if all++; p.lines[i].inMain {
					taken++
				}
			}
			if i < c.head {
				p.lines[i].inMain = false
			}
		}
		p.lines[c.head].inMain, p.lines[c.head].head, p.lines[c.head].when = true, true, published(c.node)
		for i := c.head + 1; i < c.to && taken < all; i++ {
			if l := p.lines[i]; prose[i] || !l.link && words(l.text) >= 3 && (l.node.Data == "p" || l.item) || l.row {
				p.lines[i].inMain = true
			}
		}
	}
	behind := 0
	for i := last; i < len(p.lines); i++ {
		if p.lines[i].inMain && prose[i] {
			behind++
		}
	}
	for i := last; i < len(p.lines) && behind < 2; i++ {
		p.lines[i].inMain = false
	}
	p.firstCard, p.lastCard = cards[0].from, last
}

// published is the time that an element states for its article: the one it marks as such, else the only one. "" when there is none.
func published(n *html.Node) string {
	var marked, all []string
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if v := attr(n, "datetime"); n.Data == "time" && v != "" && len(all) < 20 {
			all = append(all, v)
			if attr(n, "itemprop") == "datePublished" || hasAttr(n, "pubdate") || slices.Contains(strings.Fields(attr(n, "class")), "published") {
				marked = append(marked, v)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	switch {
	case len(marked) > 0:
		return marked[0]
	case len(all) == 1:
		return all[0]
	}
	return ""
}

// teasers says whether elements are only the beginnings of other articles: each of them one paragraph, behind an article that is far
// longer than any of them.
func (p *page) teasers(cards []card) bool {
	_, lede := p.above(cards)
	text, short := 0, 0
	for _, i := range lede {
		text += len(p.lines[i].text)
	}
	for _, c := range cards {
		if c.paras == 1 && c.prose*2 < text {
			short++
		}
	}
	return len(lede) >= 2 && short*10 >= len(cards)*8
}

// header takes away what the page's fields say of the page as a whole, unless they speak of its first article.
func (p *page) header(cards []card) {
	if agrees(p.lines[cards[0].head].text, p.headline) {
		return
	}
	p.headline, p.dates, p.bylines = "", nil, nil
}
