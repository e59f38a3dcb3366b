package intake

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/lang"
)

// second asks for a second opinion where the extractor's cannot be the article: it took short lines only, or most of what it took are
// links, or lines as short as those of menus, although the page has sentences; or it took a third of the sentences and less of the element that holds them.
func (p *page) second() {
	main, links, sentences, short := 0, 0, 0, true
	for _, l := range p.lines {
		if !l.inMain {
			continue
		}
		main += len(l.text)
		short = short && !bodyLike(l.text)
		switch {
		case l.link:
			links += len(l.text)
		case sentenceLine(l):
			sentences += len(l.text)
		}
	}
	found := dense(p.lines)
	share, taken := 0, 0
	for _, i := range found {
		if l := p.lines[i]; sentenceLine(l) {
			share += len(l.text)
			taken += len(l.text) * int(is(l.inMain))
		}
	}
	if links*2 < main && !short && (sentences == 0 || share < 3*sentences || taken*10 < sentences*9) {
		return
	}
	if share == 0 || share*10 < sentences*6 || links*2 < main && share < 2*main {
		return
	}
	p.take(found)
}

// sentenceLine says whether a line of a page reads as text: a sentence of some length outside links.
func sentenceLine(l line) bool {
	return !l.link && (endsSentence(l.text) || endsClosed(l.text)) && !shorter(l.text, 40)
}

// sentenceWeights is how much text that reads as sentences each element holds, and the page.
func sentenceWeights(lines []line) (all map[*html.Node]int, total int) {
	all = map[*html.Node]int{}
	for _, l := range lines {
		if l.node == nil || !sentenceLine(l) {
			continue
		}
		n := min(len(l.text), 4000)
		total += n
		for e := l.node; e != nil; e = e.Parent {
			all[e] += n
		}
	}
	return all, total
}

// asides is whether a line stands in a part of the page that says of itself that it is none of the text, and has not most of its sentences.
func asides(lines []line) func(l line) bool {
	all, total := sentenceWeights(lines)
	known := map[*html.Node]bool{}
	return func(l line) bool { return aside(l.node, known, func(n *html.Node) bool { return all[n]*10 < total*4 }) }
}

// dense finds the lines of a page that are its article from the shape of the tree alone: the smallest element that
// holds most of the text that reads as sentences, without the parts of it that say of themselves that they are menus,
// asides or comments. It gives the places of the lines; nil when the page has no such text.
func dense(lines []line) []int {
	beside := asides(lines)
	weight := map[*html.Node]int{}
	var at *html.Node
	for _, l := range lines {
		if l.node == nil || !sentenceLine(l) || beside(l) {
			continue
		}
		for e := l.node; e != nil; e = e.Parent {
			weight[e] += min(len(l.text), 4000)
			at = e
		}
	}
	if at == nil {
		return nil
	}
	for {
		var next *html.Node
		for c := at.FirstChild; c != nil; c = c.NextSibling {
			if weight[c]*10 >= weight[at]*7 {
				next = c
			}
		}
		if next == nil || next.Data == "p" {
			break
		}
		at = next
	}
	var out []int
	for i, l := range lines {
		if l.node == nil || l.link || !within(l.node, at) || beside(l) {
			continue
		}
		if sentenceLine(l) || l.level > 1 && i+1 < len(lines) && sentenceLine(lines[i+1]) || l.node.Data == "p" && words(l.text) >= 3 || l.item && words(l.text) >= 3 || l.row {
			out = append(out, i)
		}
	}
	return out
}

// leaveAside takes lines out of the content that stand in parts of the page which say of themselves that they are
// comments, banners or the like.
func (p *page) leaveAside() {
	for i, l := range p.lines {
		if l.inMain && l.node != nil && p.beside(l) {
			p.lines[i].inMain = false
		}
	}
}

// siblings takes further articles of the page into the content, which the extractor left out: elements of the same kind, beside the
// one that holds the content, each a headline above two paragraphs and more.
func (p *page) siblings() {
	weight, total := map[*html.Node]int{}, 0
	for _, l := range p.lines {
		if !l.inMain || l.node == nil || !sentenceLine(l) {
			continue
		}
		n := min(len(l.text), 4000)
		total += n
		for e := l.node; e != nil; e = e.Parent {
			weight[e] += n
		}
	}
	var at *html.Node // the smallest element with nearly all of the content
	for e := range weight {
		if weight[e]*10 >= total*9 && (at == nil || within(e, at)) {
			at = e
		}
	}
	known := map[*html.Node]bool{}
	for up := 0; at != nil && at.Data != "body" && up < 3; at, up = at.Parent, up+1 {
		if at.Data == "p" || at.Data == "td" || at.Parent == nil {
			continue
		}
		behind := map[*html.Node]bool{}
		for e := at.NextSibling; e != nil; e = e.NextSibling {
			behind[e] = e.Data == at.Data && attr(e, "class") == attr(at, "class") && !aside(e, known, func(*html.Node) bool { return true })
		}
		if len(behind) == 0 {
			continue
		}
		var box *html.Node
		from := 0
		take := func(to int) { // lines[from:to] stand in box
			prose, paragraphs := 0, 0
			for _, l := range p.lines[from:to] {
				if sentenceLine(l) {
					prose += len(l.text)
					paragraphs++
				}
			}
			head := from // a date may stand above it
			for head < from+2 && head+1 < to && !p.lines[head].opens() && isStamp(p.lines[head].text) {
				head++
			}
			if paragraphs < 2 || prose < 400 || !p.lines[head].opens() {
				return
			}
			for i := from; i < to; i++ {
				p.lines[i].inMain = true
			}
		}
		for i := 0; i <= len(p.lines); i++ {
			var in *html.Node
			if i < len(p.lines) {
				if in = p.lines[i].node; in != nil {
					for in.Parent != nil && in.Parent != at.Parent {
						in = in.Parent
					}
				}
			}
			if i < len(p.lines) && in == box {
				continue
			}
			if behind[box] {
				take(i)
			}
			box, from = in, i
		}
	}
}

// holes takes what the extractor left out in the middle of the content: sentences between or in one block with sentences of it, and
// headings right above them.
func (p *page) holes() {
	first, last := -1, -1
	for i, l := range p.lines {
		if l.inMain {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	known := map[*html.Node]bool{}
	small := func(*html.Node) bool { return true }
	for i := last - 1; i >= max(0, first-1); i-- {
		l, next := &p.lines[i], p.lines[i+1]
		if l.inMain || l.node == nil || next.node == nil || aside(l.node, known, small) {
			continue
		}
		beside := next.inMain && sentenceLine(next)
		switch {
		case i > first && next.inMain && next.node == l.node && p.lines[i-1].inMain && p.lines[i-1].node == l.node && !l.link: // one element is one text
			l.inMain = true
		case sentenceLine(*l):
			l.inMain = beside && (next.node == l.node || i > first && (next.node.Parent == l.node.Parent && next.node.Data == l.node.Data || l.bold && !l.link && opensArticle(l.text)))
		case i > first && (l.bold || underlined(l.node)) && !l.link && (words(l.text) >= 2 || sentenceLine(p.lines[i-1])) && beside && (next.node.Parent == l.node.Parent || l.node.Data == "td") && next.node.Data == l.node.Data && p.lines[i-1].inMain:
			l.inMain = !hasDigit(l.text)
		case i > first && l.opens() && (l.level > 0 || l.bold && !l.link || i > 0 && !within(p.lines[i-1].node, l.node.Parent)):
			for _, b := range p.lines[i+1 : min(len(p.lines), i+6)] {
				l.inMain = l.inMain || b.inMain && sentenceLine(b)
			}
		}
	}
}

// parts takes the subheadings that the extractor left out: lines of one kind, two and more, each of them right above a sentence of the content or a list, no two the same, one and
// more in an element as the paragraphs are or of words of what stands below; or a single one in bold type.
func (p *page) parts() {
	type kind struct {
		lines      []int
		no, speaks bool
		texts      map[string]bool
	}
	kinds, first := map[string]*kind{}, len(p.lines)
	known := map[*html.Node]bool{}
	for i, l := range p.lines {
		if l.inMain && sentenceLine(l) {
			first = min(first, i)
		}
		if l.node == nil || attr(l.node, "class") == "" && l.wrap == "" && ordinary[l.node.Data] {
			continue
		}
		of := kinds[boxed(l.node)+" "+l.wrap]
		if of == nil {
			of = &kind{texts: map[string]bool{}}
			kinds[boxed(l.node)+" "+l.wrap] = of
		}
		if of.no = of.no || len(of.lines) > maxParts; of.no {
			continue
		}
		if of.no = i <= first || i+1 >= len(p.lines) || of.texts[l.text]; of.no {
			continue
		}
		next := &p.lines[i+1]
		if of.no = l.link || l.item || l.row || l.level > 0 || l.small && tinyType(l.node) || words(l.text) > 8 || !shorter(l.text, 60) || endsSentence(l.text) || hasDigit(l.text) || !next.inMain || !sentenceLine(*next) && !next.item ||
			!sameFlow(next.node, l.node) || figure(l.node) || boxed(l.node) != boxed(next.node) && aside(l.node, known, believed); of.no {
			continue
		}
		of.texts[l.text] = true
		of.lines = append(of.lines, i)
		of.speaks = of.speaks || boxed(l.node) == boxed(next.node) || names(l.text, setOf(stemsOf(next.text)))
	}
	for _, of := range kinds {
		if of.no || len(of.lines) == 0 || !(of.speaks && len(of.lines) > 1) && !(len(of.lines) == 1 && p.lone(of.lines[0])) {
			continue
		}
		for _, i := range of.lines {
			p.lines[i].inMain = true
		}
	}
}

// lone says whether a line that no other one looks like stands in bold type between two lines of the content, the next one a sentence.
func (p *page) lone(i int) bool {
	return p.lines[i].bold && p.lines[i-1].inMain && p.lines[i-1].level == 0 && sentenceLine(p.lines[i+1])
}

// figure says whether an element is a figure or stands in one.
func figure(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.Data == "figure" || n.Data == "figcaption" {
			return true
		}
	}
	return false
}

// broken takes the sentences that the extractor left out of an element whose text breaks alone part: right before or behind a line of it that is
// content, or with content in elements within it between.
func (p *page) broken() {
	take := func(from, step int) {
		var in []*html.Node // the elements whose own lines were content, each within the one before, with nothing but content since
		for i := from; i >= 0 && i < len(p.lines); i += step {
			l := &p.lines[i]
			if l.node == nil || l.node.Data == "body" {
				in = in[:0]
				continue
			}
			around := len(in) // how many of them hold the line
			for around > 0 && !within(l.node, in[around-1]) {
				around--
			}
			in = in[:around]
			own := around > 0 && in[around-1] == l.node
			switch {
			case l.inMain && !own:
				in = append(in, l.node)
			case l.inMain:
			case own && endsSentence(l.text) && !l.link && words(l.text) >= 4 && !p.beside(*l):
				l.inMain = true
			case l.link: // else it is a subheading or an item, which may be left out
				in = in[:0]
			}
		}
	}
	take(0, 1)
	take(len(p.lines)-1, -1)
}

// goesOn takes the sentences that the extractor left out further behind one of the content, in the same element as it and shown as it is.
func (p *page) goesOn() {
	last := -1
	for i := range p.lines {
		l := &p.lines[i]
		if l.node == nil || !sentenceLine(*l) {
			continue
		}
		if !l.inMain && last >= 0 && i-last <= 12 && attr(l.node, "class") != "" && boxed(l.node) == boxed(p.lines[last].node) && boxOf(l.node) == boxOf(p.lines[last].node) && !p.beside(*l) {
			l.inMain = true
		}
		if l.inMain {
			last = i
		}
	}
}

// short takes the short sentences that the extractor left out right behind one of the content, where they stand in elements of the same kind.
func (p *page) short() {
	known := map[*html.Node]bool{}
	for i := 1; i < len(p.lines); i++ {
		if l, before := &p.lines[i], &p.lines[i-1]; !l.inMain && before.inMain && !l.link && l.level == 0 && endsSentence(l.text) && endsSentence(before.text) && l.node != nil && before.node != nil &&
			(l.node.Parent == before.node.Parent && boxed(l.node) == boxed(before.node) || samePlace(l.node, before.node)) && !aside(l.node, known, believed) {
			l.inMain = true
		}
	}
}

// lede takes the sentences between the headline and the content that the extractor left out: they open the text, in an element of their own. One
// sentence alone says what it is about, and what ends in brackets is a caption with its credit.
func (p *page) lede() {
	said := func(l line) bool { return sentenceLine(l) && l.level == 0 && !(l.bold && l.opens()) }
	first := slices.IndexFunc(p.lines, func(l line) bool { return l.inMain && said(l) })
	for i := first - 1; i >= max(0, first-5); i-- {
		if l := p.lines[i]; l.level == 1 || p.headline != "" && foldLine(l.text) == foldLine(p.headline) {
			for k := i + 1; k < first; k++ {
				if l := &p.lines[k]; sentenceLine(*l) && !l.link && !l.small && !p.beside(*l) && !strings.HasSuffix(l.text, ")") && len(lang.Sentences(p.declared, l.text)) >= 2 {
					l.inMain = true
				}
			}
			return
		}
	}
}

// sameFlow says whether two elements, or the list that the first is an item of, stand beside each other, but for elements around one of them alone, or at places
// of one kind, or the second stands in the first.
func sameFlow(a, b *html.Node) bool {
	if a.Data == "li" {
		a = a.Parent
	}
	return a == b.Parent || boxOf(a) == boxOf(b) || samePlace(a, b)
}

// headlines takes the lines that the extractor left out between texts that it took, and that are shown as the headline of the page is: they open further articles.
func (p *page) headlines() {
	want := foldLine(p.headline)
	at := slices.IndexFunc(p.lines, func(l line) bool {
		return l.node != nil && len(l.text) < 4*len(p.headline)+8 && foldLine(l.text) == want
	})
	if want == "" || at < 0 {
		return
	}
	head := &p.lines[at]
	of := func(l *line) string {
		if l.level > 0 { // of whatever level
			return fmt.Sprint("heading ", attr(l.node, "class"), l.link)
		}
		return fmt.Sprint(boxed(l.node), l.wrap, l.bold, l.link, l.small)
	}
	kind := of(head)
	told := func(l *line) bool { return l.inMain && sentenceLine(*l) }
	if slices.ContainsFunc(p.lines, func(l line) bool { return told(&l) && of(&l) == kind }) {
		return
	}
	for i := at + 2; i < len(p.lines); i++ {
		if l := &p.lines[i]; !l.head && l.node != nil && of(l) == kind && l.opens() && breadth(l.text) >= 18 && slices.ContainsFunc(p.lines[i+1:min(len(p.lines), i+4)], func(l line) bool { return told(&l) }) {
			l.inMain, l.head = true, l.level == 0
		}
	}
}

// samePlace says whether two elements stand at places of one kind.
func samePlace(a, b *html.Node) bool {
	of, _ := placeIn(a)
	is, _ := placeIn(b)
	return of == is
}

// crown is the headline of a page whose fields name none: a line right above the first sentences that can be one. What stands out comes first, then
// what is as long as headlines are. It is -1 where there is none.
func (p *page) crown() int {
	said := func(l line) bool { return sentenceLine(l) && l.level == 0 && !(l.bold && l.opens()) }
	first := slices.IndexFunc(p.lines, func(l line) bool { return l.inMain && said(l) })
	known, best, most := map[*html.Node]bool{}, -1, 0
	for i := first - 1; i >= max(0, first-6) && !said(p.lines[i]); i-- {
		l := &p.lines[i]
		pictured := l.node != nil && l.node.Data == "figcaption" // below a picture stands the headline only where no other line can be one
		if !l.opens() || l.node == nil || l.link && menu(l) || aside(boxOf(l.node), known, believed) && !(pictured && !aside(l.node.Parent, known, believed)) || isStamp(l.text) || trail(l.text) {
			continue
		}
		if class, _ := rules.classify(l.text, func(string) dateRead { return dateRead{} }); class != classText { // a label, a date, a tool
			continue
		}
		stands := 0
		switch {
		case pictured:
			stands = int(is(breadth(l.text) >= 28))
		case l.level > 0:
			stands = 4
		case l.bold:
			stands = 3
		case l.small || l.item && l.link:
		case breadth(l.text) >= 28:
			stands = 2
		case breadth(l.text) >= 18:
			stands = 1
		}
		if stands > most {
			best, most = i, stands
		}
	}
	if best < 0 && first >= 0 && first+1 < len(p.lines) && p.setApart(first) {
		return first
	}
	if best > 0 && strings.HasPrefix(p.lines[best-1].text, p.lines[best].text) { // the title of the page with its site behind it: read as in a raw text
		return -1
	}
	return best
}

// trail says whether a line may be a way through a site or a note of rights: its parts stand apart by signs, which are not those of a quotation.
func trail(s string) bool {
	return strings.ContainsAny(s, "|©") || strings.Contains(s, " / ") || strings.Count(s, "/") > 1 || strings.Count(s, "»") > strings.Count(s, "«")
}

// menu says whether a line is of several links, as the ways through a site are.
func menu(l *line) bool {
	links, looked := 0, 0
	for e := range l.node.Descendants() {
		if looked++; looked > 500 {
			break
		}
		if e.Type == html.ElementNode && e.Data == "a" {
			if s := textOf(e); strings.Contains(l.text, s) && s != l.text {
				links++
			}
			if links > 1 {
				return true
			}
		}
	}
	return false
}

// setApart says whether the first sentence of a page is shown in another way than the text behind it, and is no longer than headlines are: it is one that ends
// as a sentence does.
func (p *page) setApart(first int) bool {
	l, next := &p.lines[first], &p.lines[first+1]
	for i := first + 1; i < min(len(p.lines), first+4); i++ { // its date may stand between
		if p.lines[i].inMain && sentenceLine(p.lines[i]) {
			next = &p.lines[i]
			break
		}
	}
	return next.inMain && distinct(l, next)
}

// ledes are parts of what pages call the paragraph that leads into a text.
var ledes = []string{"lead", "lede", "intro", "summary", "excerpt", "descr", "anons", "standfirst", "preview"}

// distinct says whether a line that would be a headline but for its full stop is shown in another way than the text below it.
func distinct(l, next *line) bool {
	if l.node == nil || next.node == nil || l.node == next.node || !stopped(l.text) {
		return false
	}
	class := strings.ToLower(attr(l.node, "class"))
	return (l.node.Data != next.node.Data || attr(l.node, "class") != attr(next.node, "class")) && !slices.ContainsFunc(ledes, func(s string) bool { return strings.Contains(class, s) })
}

// boxOf is the element around a line and what holds that line alone: what these are called does not say that the line is none of the text.
func boxOf(n *html.Node) *html.Node {
	if n.Data == "figcaption" {
		return n
	}
	for n = n.Parent; n != nil && n.Parent != nil; n = n.Parent {
		holds := 0
		for e := n.FirstChild; e != nil; e = e.NextSibling {
			if holds += int(is(e.Type == html.ElementNode || strings.TrimSpace(e.Data) != "")); holds > 1 {
				return n
			}
		}
	}
	return n
}

// lists takes the items of a list, and the lines shown as the sentences before and behind them are, which the extractor left out although the text goes on
// before and behind them.
func (p *page) lists() {
	left := func(i int) bool {
		l := &p.lines[i]
		return !l.inMain && !l.link && l.node != nil && !l.row && !p.beside(*l)
	}
	for from := 1; from < len(p.lines); from++ {
		list := listOf(&p.lines[from])
		if list == nil || listOf(&p.lines[from-1]) == list {
			continue
		}
		to, taken, open := from, 0, 0
		for ; to < len(p.lines) && listOf(&p.lines[to]) == list; to++ {
			taken += int(is(p.lines[to].inMain))
			open += int(is(left(to)))
		}
		head := from - 1 // a short line that leads to the list may have been left out with it
		if !p.lines[head].inMain && head > 0 && p.lines[head-1].inMain && left(head) && shorter(p.lines[head].text, 60) && !hasDigit(p.lines[head].text) {
			head--
		}
		// An item that was taken, text on either side, or the element that holds the last paragraph too says whose list it is.
		if open > 0 && to-from <= 60 && p.lines[head].inMain && (taken > 0 || to < len(p.lines) && p.lines[to].inMain || p.endsWith(list, from, to)) && taken+open == to-from {
			for i := head; i < to; i++ {
				p.lines[i].inMain = true
			}
		}
	}
	last := -1 // the sentence of the content before
	for i := range p.lines {
		l := &p.lines[i]
		if !l.inMain || l.node == nil || !sentenceLine(*l) {
			continue
		}
		if last >= 0 && l.node == p.lines[last].node || last >= 0 && i-last <= 20 && boxed(l.node) == boxed(p.lines[last].node) && boxOf(l.node) == boxOf(p.lines[last].node) {
			for k := last + 1; k < i; k++ {
				if in := p.lines[k].node; left(k) && (breadth(p.lines[k].text) < 28 || !opensArticle(p.lines[k].text)) && (in == l.node || in != nil && boxed(in) == boxed(l.node) && boxOf(in) == boxOf(l.node)) {
					p.lines[k].inMain = true
				}
			}
		}
		last = i
	}
}

// endsWith says whether a list of two items and more, of two words and more each, without a name of its own, stands beside the paragraph before it.
func (p *page) endsWith(list *html.Node, from, to int) bool {
	last := p.lines[from-1]
	if to-from < 2 || attr(list, "class") != "" || attr(list, "id") != "" || last.node == nil || last.node != list.Parent && !sameFlow(last.node, list) || !sentenceLine(last) && !strings.HasSuffix(last.text, ":") {
		return false
	}
	for _, l := range p.lines[from:to] {
		if words(l.text) < 2 || isStamp(l.text) {
			return false
		}
	}
	return true
}

// listOf is the list that a line is an item of, whose items are a line each; nil for other lines.
func listOf(l *line) *html.Node {
	if !l.item || l.node == nil || l.node.Data != "li" || l.node.Parent == nil {
		return nil
	}
	return l.node.Parent
}

// underlined says whether all of an element is underlined, as subheadings are in texts of an office.
func underlined(n *html.Node) bool {
	return n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.Data == "u"
}

func within(n, in *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == in {
			return true
		}
	}
	return false
}

// aside says whether an element stands in a part of the page that says of itself that it is none of the article and
// is small enough to be believed. known remembers the answers.
func aside(n *html.Node, known map[*html.Node]bool, small func(*html.Node) bool) bool {
	if n == nil {
		return false
	}
	if is, ok := known[n]; ok {
		return is
	}
	is := false
	switch n.Data {
	case "nav", "aside", "footer", "form", "button", "figcaption":
		is = small(n)
	case "html", "body", "article", "main":
	default:
		is = containsAny(partName(n), asideNames) && small(n)
	}
	is = is || aside(n.Parent, known, small)
	known[n] = is
	return is
}

// partName is what a page calls an element. That an entry was promoted to the front page (Drupal) says nothing of what it is.
func partName(n *html.Node) string {
	return strings.ReplaceAll(strings.ToLower(attr(n, "class")+" "+attr(n, "id")), "-promoted", "")
}

// commented says whether an element stands among the comments of readers.
func commented(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.Data != "body" && n.Data != "html" && containsAny(partName(n), []string{"comment", "disqus"}) {
			return true
		}
	}
	return false
}

// asideNames are parts of the names that pages give to what is no article.
var asideNames = []string{"comment", "sidebar", "related", "recommend", "newsletter", "subscri", "cookie", "consent", "gdpr", "promo", "breadcrumb", "disqus",
	"footer", "popular", "trending", "most-read", "mostread", "navbar", "menu", "advert", "banner", "widget", "caption", "author-bio", "paywall", "sponsor"}

// evidence lets the text of the article that the page's own fields state (schema.org articleBody) decide
// at the edges: a paragraph that stands in it is of the article; short matter before its first
// or behind its last line is not. A field that holds only a beginning, or another text, decides nothing.
func (p *page) evidence(stated string) {
	body := squeeze(foldLine(stated))
	if len(body) < 300 {
		return
	}
	in := make([]bool, len(p.lines))
	seen := map[string]bool{}
	covered, main, taken := 0, 0, 0
	first, last := -1, -1
	for i, l := range p.lines {
		k := ""
		if !shorter(l.text, 25) {
			k = squeeze(foldLine(l.text))
		}
		if l.inMain {
			main += len(l.text)
		}
		if k == "" || seen[k] || !strings.Contains(body, strings.TrimRight(k, " .…")) {
			continue
		}
		seen[k], in[i] = true, true
		covered += len(k)
		if l.inMain {
			taken += len(l.text)
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	if covered*10 < len(body)*8 || taken*10 < main*6 {
		return
	}
	before, after := 0, 0
	for i, l := range p.lines {
		switch {
		case l.inMain && i < first:
			before += len(l.text)
		case l.inMain && i > last:
			after += len(l.text)
		}
	}
	for i, l := range p.lines {
		switch {
		case in[i] && !l.link:
			p.lines[i].inMain = true
		case i < first && l.level == 0 && before < 600, i > last && after < 600: // a second article behind it is longer
			p.lines[i].inMain = false
		}
	}
}
