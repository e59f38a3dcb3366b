package intake

import (
	"net/url"

	"golang.org/x/net/html"
)

// What speaks for articles and what for chapters of one, and the sum from which on they are articles.
const (
	separateArticles = 3

	cardArticle  = 4  // they are article elements
	cardInside   = -3 // they stand in one
	cardOwn      = 3  // each has a date, a dateline or an author of its own
	cardLinked   = 3  // each headline is a link to a page of its own
	cardBoth     = 3  // both of these
	cardLead     = 2  // each ends in a lead to the rest
	cardSubs     = -4 // their headlines have the form of subheadings
	cardLong     = 1  // these are as long as headlines
	cardShort    = -2 // or as short as subheadings, with nothing of their own
	cardChange   = 2  // they share few words; less than none of it where they share many
	cardTongues  = 3  // each is in another language
	cardRuled    = 2  // a rule stands between any two
	cardLede     = -3 // a text stands above the first, to which they belong
	cardSpoken   = -3 // the headline above speaks of what they speak of
	cardUnspoken = 1  // it does not: it is the name of the page
	cardNamed    = 2  // the page is named as the first of them, and no other one speaks of that
	cardTool     = 4  // a line that is no text stands in each of them: Share
	cardLoose    = -2 // nothing but their headlines parts them
	cardTop      = 5  // no headline stands above: one article would have none
)

// separate says whether elements are articles and no chapters of one.
func (p *page) separate(cards []card, over over, prose []bool, d dater) bool {
	most := func(part float64, is func(c *card) bool) bool {
		k := 0.0
		for i := range cards {
			if is(&cards[i]) {
				k++
			}
		}
		return k >= part*float64(len(cards))
	}
	head := func(c *card) string { return p.lines[c.head].text }
	heads := map[string]bool{}
	for i := range cards {
		heads[foldLine(head(&cards[i]))] = true
	}
	long := most(0.7, func(c *card) bool { return breadth(head(c)) >= 28 })
	if len(heads) < len(cards) || cards[0].loose && !long {
		return false // what stands above each of them is no headline
	}
	stamped := p.stamped(cards, prose)
	for i := range cards {
		cards[i].read(p, prose, d)
		cards[i].dated = cards[i].dated || stamped
	}
	parts, inside := 0.0, false
	for i := 1; i < len(cards); i++ {
		parts += change(cards[i].stems, cards[i-1].stems)
	}
	for e := p.lines[cards[0].from].node; e != nil; e = e.Parent {
		inside = inside || e.Data == "article" && e != cards[0].node && (cards[0].node == nil || within(cards[0].node, e))
	}
	tool := p.tool(cards, prose)
	own := most(0.7, func(c *card) bool { return c.dated }) || most(0.7, func(c *card) bool { return c.placed })
	if !own && !tool && cards[0].plain {
		return false
	}
	linked := p.linked(cards)
	sum := cardChange*max(-1, min(1, 2*parts)) + // where nothing else leads over, short texts say enough
		cardArticle*is(cards[0].node != nil && cards[0].node.Data == "article") +
		cardInside*is(inside) +
		cardOwn*is(own) + cardLinked*is(linked) + cardBoth*is(own && linked) +
		cardLead*is(most(0.5, func(c *card) bool { return c.leadTo })) +
		cardSubs*is(!(own && linked) && most(1.0/3, func(c *card) bool { return subheading(head(c)) })) +
		cardTongues*is(tongues(cards)) + cardRuled*is(cards[0].ruled) +
		cardLoose*is(cards[0].loose) + cardTool*is(tool) + cardLede*is(len(over.lede) > 0 && !p.outside(cards[0], over))
	switch {
	case long:
		sum += cardLong
	case !own && !linked && !most(0.4, func(c *card) bool { return breadth(head(c)) >= 28 }):
		sum += cardShort
	}
	of, title, speaks, others := stemSet(over.title), stemSet(head(&cards[0])), 0, 0
	for i, c := range cards {
		speaks += int(is(meet(of, c.stems) > 0))
		others += int(is(i > 0 && meet(title, c.stems) > 1))
	}
	named := others == 0 && (!p.crowned && agrees(head(&cards[0]), p.headline) || agrees(head(&cards[0]), over.title))
	sum += cardNamed * is(named)
	switch {
	case named && agrees(head(&cards[0]), over.title):
	case over.named && agrees(head(&cards[0]), over.title): // it does not stand above
	case speaks*2 >= len(cards) && speaks >= 2:
		sum += cardSpoken
	case over.title == "" && !over.told && len(over.lede) == 0:
		sum += cardTop
	case over.title != "" && len(over.lede) == 0 && speaks == 0:
		sum += cardUnspoken
	}
	return sum >= separateArticles
}

// outside says whether what stands above is an article of its own, in an element that does not hold the others.
func (p *page) outside(first card, over over) bool {
	for e := p.lines[over.lede[0]].node; e != nil; e = e.Parent {
		if e.Data == "main" || e.Data == "article" {
			return !within(p.lines[first.from].node, e)
		}
	}
	return false
}

// stamped says whether each element has a line with a year or a count in it, in the same words: Seen 1204 times | 4 June 2026.
func (p *page) stamped(cards []card, prose []bool) bool {
	in := map[string]int{}
	for n, c := range cards {
		for i := c.from; i < c.to; i++ {
			if l := p.lines[i]; i != c.head && !prose[i] && digits(l.text) >= 6 && words(l.text) <= 14 && !endsSentence(l.text) {
				if k := lettersOf(l.text); in[k] == n {
					in[k]++
				}
			}
		}
	}
	for _, n := range in {
		if n == len(cards) {
			return true
		}
	}
	return false
}

// tool says whether a line of a few words that is no text stands in each element, but for the headline: Share, Print.
func (p *page) tool(cards []card, prose []bool) bool {
	in := map[string]int{}
	for n, c := range cards {
		for i := c.from; i < c.to; i++ {
			if l := p.lines[i]; i != c.head && !prose[i] && l.level == 0 && words(l.text) <= 10 && !endsSentence(l.text) {
				if k := foldLine(l.text); in[k] == n {
					in[k]++
				}
			}
		}
	}
	for _, n := range in {
		if n == len(cards) {
			return true
		}
	}
	return false
}

// linked says whether the headlines lead to pages, each to another one, of one site: links of an article's parts lead to as many sites.
func (p *page) linked(cards []card) bool {
	pages, site, n := map[string]bool{}, "", 0
	for _, c := range cards {
		if !p.lines[c.head].link {
			continue
		}
		to, err := url.Parse(linkIn(p.lines[c.head].node))
		if err != nil || to.Path == "" && to.RawQuery == "" || pages[to.String()] || n > 0 && to.Host != site {
			return false
		}
		pages[to.String()], site = true, to.Host
		n++
	}
	return float64(n) >= 0.7*float64(len(cards))
}

// linkIn is where the first link in an element leads, or the one around it.
func linkIn(n *html.Node) string {
	for e := n; e != nil; e = e.Parent {
		if e.Data == "a" && e.Type == html.ElementNode {
			return attr(e, "href")
		}
	}
	for e := range n.Descendants() {
		if e.Data == "a" && e.Type == html.ElementNode {
			return attr(e, "href")
		}
	}
	return ""
}

// tongues says whether the elements are marked as of different languages.
func tongues(cards []card) bool {
	in := map[string]bool{}
	for _, c := range cards {
		if c.node == nil {
			return false
		}
		if l := attr(c.node, "lang"); l != "" {
			in[l] = true
		}
	}
	return len(in) > 1 && len(in) == len(cards)
}
