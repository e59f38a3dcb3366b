package intake

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Articles that stand in elements of their own: a list of posts, the rows of a view, the releases of a day. What is looked at are elements of
// one kind at one place of the tree, each a headline above a text. They may be chapters of one article too, so signs are counted for both.

// card is an element that may be an article: a headline above text.
type card struct {
	node          *html.Node // nil of one that stands in no element of its own
	from, to      int        // its lines
	head          int        // the line of its headline
	prose, paras  int        // bytes and number of its sentences
	dated, placed bool
	ruled         bool // it stands in no element of its own, but between rules
	loose         bool // it stands in none, without a date below the headline or a rule
	leadTo        bool // it ends in a lead to the rest
	inner         bool // further headings of its level stand in an element within it
	plain         bool // its headline stands out by nothing
	stems         map[uint64]bool
}

// cardElements are the elements that hold one of several articles.
var cardElements = map[string]bool{"article": true, "section": true, "div": true, "li": true, "td": true, "tr": true, "dd": true, "details": true}

// holdsCard says whether an element may hold one of several articles: elements of a site's own making (x-card) do.
func holdsCard(n *html.Node) bool { return cardElements[n.Data] || strings.Contains(n.Data, "-") }

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
	looked := map[*html.Node]bool{}
	for i := range p.lines {
		for n := p.lines[i].node; n != nil && !looked[n]; n = n.Parent {
			looked[n] = true
			if !holdsCard(n) || n.Parent == nil {
				continue
			}
			c, ok := p.card(n, spans[n], prose)
			if !ok {
				continue
			}
			key, depth := placeIn(n)
			key += fmt.Sprint(p.lines[c.head].level)
			if c.inner {
				key += fmt.Sprint(i) // the name of a part of the page, or one more article below
			}
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
	for _, list := range p.runs(spans, known, prose, d) {
		order = append(order, &group{cards: list})
	}
	total := 0
	for i, l := range p.lines {
		total += len(l.text) * int(is(prose[i]))
	}
	for _, g := range order {
		slices.SortFunc(g.cards, func(a, b card) int { return a.from - b.from })
		if len(g.cards) < 2 || len(g.cards) > maxArticles {
			continue
		}
		told := 0
		for _, c := range g.cards {
			told += c.prose
		}
		g.cards = slices.DeleteFunc(g.cards, func(c card) bool { // a name is not believed of what holds half of the page
			return c.node != nil && aside(c.node, known, believed) && (told*2 < total || commented(c.node))
		})
		if len(g.cards) < 2 {
			continue
		}
		over := p.over(g.cards[0].from, prose, known)
		if !p.separate(g.cards, over, prose, d) {
			continue
		}
		if !p.teasers(g.cards, over) {
			p.begin(g.cards, over, prose)
			return
		}
		for _, c := range g.cards {
			for i := c.from; i < c.to; i++ {
				p.lines[i].inMain = false
			}
		}
	}
	last := 0
	for i, l := range p.lines {
		if l.inMain {
			last = i
		}
	}
	for _, g := range order {
		if len(g.cards) != 1 || g.cards[0].node == nil {
			continue
		}
		if c := g.cards[0]; c.from > last && p.further(c, prose, d) {
			if over := p.over(c.from, prose, known); len(over.lede) >= 2 {
				p.begin(g.cards, over, prose)
				return
			}
		}
	}
}

// further says whether an element behind the content is one more article: a heading as long as headlines are, a date right below or above it and no
// other one, two paragraphs; not what readers wrote.
func (p *page) further(c card, prose []bool, d dater) bool {
	head := &p.lines[c.head]
	if c.paras < 2 || c.prose < 200 || breadth(head.text) < 28 || !head.opens() || subheading(head.text) || commented(head.node) {
		return false
	}
	if head.level == 0 && head.link {
		return false
	}
	if head.level == 0 && !head.bold { // its words must say it
		c.read(p, prose, d)
		before := map[uint64]bool{}
		for i := range p.lines[:c.from] {
			if prose[i] && p.lines[i].inMain {
				for _, k := range stemsOf(p.lines[i].text) {
					before[k] = true
				}
			}
		}
		if meet(stemSet(head.text), c.stems) == 0 || change(c.stems, before) <= 0 {
			return false
		}
	}
	dates, beside := 0, false
	for i := c.from; i < c.to; i++ {
		if commented(p.lines[i].node) || p.lines[i].level > 0 && p.lines[i].level <= head.level && i != c.head && !(c.inner && !p.lines[i].link && breadth(p.lines[i].text) < 28) {
			return false
		}
		if class, _ := rules.classify(p.lines[i].text, d.read); class == classPublished || class == classDateOnly {
			dates++
			beside = beside || i > c.head && i <= c.head+3 && !prose[i-1] || i < c.head
		}
	}
	return beside && dates == 1 || dates == 0 && (head.level > 0 || head.bold) && !aside(c.node, map[*html.Node]bool{}, believed) // nobody writes so much on other things below an article
}

// runs are the articles that stand in no elements of their own, one behind another: each from a headline to the next one that stands at a place of its kind and
// looks like it. Chapters do so too.
func (p *page) runs(spans map[*html.Node][2]int, known map[*html.Node]bool, prose []bool, d dater) (out [][]card) {
	heads := map[string][]int{}
	var order []string
	for i, l := range p.lines {
		if l.node == nil || l.node.Parent == nil || l.level == 0 && !l.bold || !headsCard(l) || aside(boxOf(l.node), known, believed) {
			continue
		}
		k, _ := placeIn(l.node)
		k += fmt.Sprint(l.level)
		if heads[k] == nil {
			order = append(order, k)
		}
		heads[k] = append(heads[k], i)
	}
	for _, k := range order {
		list := heads[k]
		if len(list) < 2 || len(list) > maxArticles {
			continue
		}
		in := p.lines[list[0]].node.Parent
		for in.Parent != nil && !within(p.lines[list[len(list)-1]].node, in) {
			in = in.Parent
		}
		var cards []card
		dated, ruled := 0, 1
		for n, at := range list {
			c := card{from: at, to: spans[in][1], head: at}
			if n+1 < len(list) {
				c.to = list[n+1]
			}
			if c.to-c.from > maxCardLines || !p.told(&c, prose) {
				if n == 0 && len(list) > 2 {
					continue // the name of the page
				}
				cards = nil
				break
			}
			if len(cards) > 0 && p.lines[at].rule {
				ruled++
			}
			for i := at + 1; i < min(c.to, at+3) && !prose[i]; i++ {
				if class, _ := rules.classify(p.lines[i].text, d.read); class == classPublished || class == classDateOnly {
					dated++
					break
				}
			}
			cards = append(cards, c)
		}
		for i := range cards {
			cards[i].ruled = ruled == len(cards)
			cards[i].loose = ruled < len(cards) && dated < len(cards)
		}
		if len(cards) >= 2 {
			out = append(out, cards)
		}
	}
	return out
}

func believed(*html.Node) bool { return true }

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
	plain, sure := -1, false
	for i := c.from; i < min(c.to, c.from+4); i++ {
		l := &p.lines[i]
		if !prose[i] && slices.Contains(prose[i+1:min(c.to, i+4)], true) && opensArticle(l.text) && breadth(l.text) >= 28 {
			if right := prose[i+1] && l.node == p.lines[i+1].node; !sure && (right || !p.again(l.text)) {
				plain, sure = i, right // in one element with the text, or the last one before it
			}
		}
		if headsCard(*l) && !(l.link && l.level == 0 && (isStamp(l.text) || p.again(l.text))) {
			if c.head < 0 || l.level > 0 || l.bold && !p.lines[c.head].bold {
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
	if c.head < 0 && plain >= 0 {
		c.head, c.plain = plain, true
	}
	if c.head < 0 {
		return c, false
	}
	return c, p.told(&c, prose)
}

// again says whether a line stands on the page more than once: whose posts they are.
func (p *page) again(text string) bool {
	if p.times == nil {
		p.times = make(map[string]int, len(p.lines))
		for _, l := range p.lines {
			p.times[l.text]++
		}
	}
	return p.times[text] > 1
}

// headsCard says whether a line stands out as the headline of a card may.
func headsCard(l line) bool {
	return (l.level > 0 || l.bold || l.link) && words(l.text) >= 2 && (!endsBody(l.text) || l.opens()) && shorter(l.text, 250) && strings.ContainsFunc(l.text, unicode.IsLetter)
}

// told counts the sentences below the headline of a card, and says whether they are enough and no heading of the same level is among them.
func (p *page) told(c *card, prose []bool) bool {
	for i := c.from; i < c.to; i++ {
		switch l := &p.lines[i]; {
		case i == c.head:
		case prose[i]:
			c.prose += len(l.text)
			c.paras++
		case l.level > 0 && l.level <= p.lines[c.head].level:
			if in := p.lines[c.head].node.Parent; c.node == nil || in == l.node.Parent || !within(l.node, in) {
				return false
			}
			c.inner = true
		}
	}
	return c.paras > 0 && c.prose >= 60
}

// read looks at what the lines of an element say.
func (c *card) read(p *page, prose []bool, d dater) {
	c.stems, c.dated = map[uint64]bool{}, published(c.node) != ""
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

// over is what stands above the first of several elements: the headline and the sentences of the content.
type over struct {
	title string
	lede  []int
	told  bool // sentences stand there, of the content or not
	named bool // the headline stands only in the fields of the page
}

// over looks at the lines before one. Without a heading in the content, what the page's fields name as its headline stands above, if it is
// long enough to be one and no name.
func (p *page) over(to int, prose []bool, known map[*html.Node]bool) (o over) {
	level := 7
	for i, l := range p.lines[:to] {
		switch {
		case prose[i]:
			if o.told = o.told || !aside(l.node, known, believed); l.inMain {
				o.lede = append(o.lede, i)
			}
		case l.level > 0 && l.level <= level && (l.level == 1 || !aside(l.node, known, believed)):
			o.title, level = l.text, l.level
		case level == 7 && !l.link && (l.bold && headsCard(l) || l.inMain && o.title == "" && opensArticle(l.text)) && !trail(l.text) && !aside(l.node, known, believed):
			o.title = l.text
		}
	}
	if o.title == "" && !p.crowned && breadth(p.headline) >= 28 {
		o.title, o.named = p.headline, true
	}
	return o
}

// begin marks the lines at which the articles of a page begin, their headlines and text as its content, and what stands above, between and
// behind them as no text.
func (p *page) begin(cards []card, over over, prose []bool) {
	p.begins = map[int]bool{}
	named := len(over.lede) < 2 // the headline of the page is taken out of the first
	if named {
		p.header(cards)
	}
	last := 0
	for n, c := range cards {
		if p.begins[c.from] = true; n == 0 && named {
			delete(p.begins, c.from)
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
		kinds := map[string]bool{} // the elements that paragraphs of it stand in
		first, end := c.to, c.head // the first and the last of these
		for i := c.head + 1; i < c.to; i++ {
			if prose[i] {
				kinds[boxed(p.lines[i].node)] = true
				first, end = min(first, i), i
			}
		}
		for i := end + 1; i < c.to; i++ {
			if l := &p.lines[i]; !l.link && endsSentence(l.text) && kinds[boxed(l.node)] { // a short one
				end = i
			}
		}
		for i := c.head + 1; i < c.to; i++ {
			if l := p.lines[i]; !l.link && endsSentence(l.text) && kinds[boxed(l.node)] || taken < all && (prose[i] || c.node != nil && !l.link && words(l.text) >= 3 && (l.node.Data == "p" || l.item) || l.row) ||
				!l.link && (l.level > p.lines[c.head].level || c.inner && l.level > 0 || l.level == 0 && l.bold && l.node.Data == "p") && i+1 < c.to && prose[i+1] && words(l.text) >= 2 && !isStamp(l.text) {
				p.lines[i].inMain = true
			}
			if l := &p.lines[i]; i > first && i < end && !l.link && utf8.RuneCountInString(lettersOf(l.text)) > 2 && !isStamp(l.text) && !p.beside(*l) {
				l.inMain = true // what stands between its sentences is of it
			}
		}
		p.listBehind(end, c.to)
	}
	p.repeated(cards, prose)
	p.lists()
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

// listBehind takes the list that ends an article: items of one list that are no links, two and more, right behind its last sentence or a short line below that.
func (p *page) listBehind(last, end int) {
	from := last + 1
	if from < end && listOf(&p.lines[from]) == nil && p.lines[from].inMain {
		from++
	}
	if from >= end || listOf(&p.lines[from]) == nil {
		return
	}
	to, list := from, listOf(&p.lines[from])
	for to < end && listOf(&p.lines[to]) == list && !p.lines[to].link && !isStamp(p.lines[to].text) && !p.beside(p.lines[to]) {
		to++
	}
	if to-from < 2 || to < end && listOf(&p.lines[to]) == list {
		return
	}
	for i := from; i < to; i++ {
		p.lines[i].inMain = true
	}
}

// repeated takes out of articles in elements of their own what is no text: the lines that all of them have, but for their figures, and dates
// alone at either end.
func (p *page) repeated(cards []card, prose []bool) {
	in := map[string]int{}
	for n, c := range cards {
		for i := c.from; i < c.to; i++ {
			if l := &p.lines[i]; i != c.head && !prose[i] {
				if k := lettersOf(foldLine(l.text)); in[k] == n {
					in[k]++
				}
			}
		}
	}
	for _, c := range cards {
		for i := c.from; i < c.to; i++ {
			l := &p.lines[i]
			if i == c.head || prose[i] {
				continue
			}
			same := len(cards) > 1 && !endsSentence(l.text) && in[lettersOf(foldLine(l.text))] == len(cards) && (l.level == 0 && !l.bold || digits(l.text) >= 3)
			if same || l.level == 0 && isStamp(l.text) && (i <= c.head+2 || i >= c.to-2) {
				l.inMain = false
			}
		}
	}
}

// published is the time that an element states for its article: the one it marks as such, else the only one. "" when there is none.
func published(n *html.Node) string {
	if n == nil {
		return ""
	}
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
func (p *page) teasers(cards []card, over over) bool {
	text, short := 0, 0
	for _, i := range over.lede {
		text += len(p.lines[i].text)
	}
	for _, c := range cards {
		if c.paras == 1 && c.prose*2 < text {
			short++
		}
	}
	return len(over.lede) >= 2 && short*10 >= len(cards)*8
}

// header takes away what the page's fields say of the page as a whole, unless they speak of its first article.
func (p *page) header(cards []card) {
	if agrees(p.lines[cards[0].head].text, p.headline) {
		return
	}
	p.headline, p.dates, p.bylines = "", nil, nil
}
