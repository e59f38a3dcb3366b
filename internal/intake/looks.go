package intake

import (
	"cmp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// How a page shows its lines: what type an element sets, and what of that tells a headline from a text.

// sized counts as bold what is set in larger type than the text, a quarter and more, or in the middle where the text is not, and as small
// what is set in smaller type.
func sized(lines []line) {
	in, text, prose, middle := map[int]int{}, 0, 0, 0
	for _, l := range lines {
		if sentenceLine(l) {
			in[l.size] += len(l.text)
			prose += len(l.text)
			middle += len(l.text) * int(is(l.middle))
		}
	}
	for size, n := range in {
		if n > in[text] || n == in[text] && size < text {
			text = size
		}
	}
	if len(in) == 0 {
		return
	}
	text = cmp.Or(text, plainSize)
	for i := range lines {
		if l := &lines[i]; l.middle && middle*3 < prose && l.level == 0 && !l.item {
			l.bold = true
		}
		if l := &lines[i]; l.size > 0 && l.level == 0 {
			l.bold, l.small = l.bold || l.size*4 >= text*5, l.small || l.size*8 <= text*7
		}
	}
}

// unlisted counts as no items the lines of an item that holds two sentences and more as lines of their own: it is the element of an article.
func unlisted(lines []line) {
	in := make([]*html.Node, len(lines))
	prose := map[*html.Node]int{}
	for i, l := range lines {
		if !l.item || l.row || bullet(l.text) {
			continue
		}
		n := l.node
		for n != nil && n.Data != "li" {
			n = n.Parent
		}
		in[i] = n
		prose[n] += int(is(sentenceLine(l)))
	}
	for i, n := range in {
		if n != nil && prose[n] >= 2 {
			lines[i].item = false
		}
	}
}

// standOut counts as bold the lines of a kind of their own, by the names that a page gives to elements: two and more of it, all as long as
// headlines, each above a text, none of them a sentence; or at most half of them, where each opens an element of which the text is the rest.
func standOut(lines []line) {
	kinds := map[string][]int{}
	key := func(l line) string {
		if l.node == nil {
			return ""
		}
		if k := boxed(l.node) + " " + l.wrap; attr(l.node, "class") != "" || l.wrap != "" && !ownType[l.wrap] || !ordinary[l.node.Data] {
			return k
		}
		return ""
	}
	for i, l := range lines {
		if k := key(l); k != "" {
			kinds[k] = append(kinds[k], i)
		}
	}
	for k, list := range kinds {
		ok, long, stops, texts := len(list) >= 2 && len(list) <= maxParts, 0, 0, map[string]bool{}
		for _, i := range list {
			l := lines[i]
			ok = ok && !texts[l.text] // whose they are, or a tool
			texts[l.text] = true
			stop := !opensArticle(l.text)
			stops += int(is(stop))
			if ok = ok && l.level == 0 && !l.row && (!stop || stopped(l.text) && opensBox(l.node)) && breadth(l.text) >= 18 && !isStamp(l.text); !ok {
				break
			}
			long += int(is(breadth(l.text) >= 28))
			next := i + 1
			for box := opensBox(l.node); next < len(lines) && (next <= i+3 || box && next <= i+8 && within(lines[next].node, l.node.Parent)) && !sentenceLine(lines[next]) && key(lines[next]) != k; {
				next++
			}
			ok = next < len(lines) && sentenceLine(lines[next])
		}
		for _, i := range list {
			lines[i].bold = lines[i].bold || ok && long*10 >= len(list)*7 && stops*2 <= len(list)
		}
	}
}

// opensBox says whether an element with a class of its own is the first of several in the one around it.
func opensBox(n *html.Node) bool {
	if attr(n, "class") == "" {
		return false
	}
	for e := n.PrevSibling; e != nil; e = e.PrevSibling {
		if e.Type == html.ElementNode || strings.TrimSpace(e.Data) != "" {
			return false
		}
	}
	for e := n.NextSibling; e != nil; e = e.NextSibling {
		if e.Type == html.ElementNode {
			return true
		}
	}
	return false
}

// ordinary elements hold paragraphs: that a line stands in one says nothing of it.
var ordinary = map[string]bool{"article": true, "blockquote": true, "body": true, "dd": true, "div": true, "li": true, "main": true, "p": true, "pre": true, "section": true, "td": true, "th": true}

// plainSize is the size of type in pixels where nothing says it.
const plainSize = 16

// typeOf says whether an element sets its text in bold type, or calls it a title, and whether in small type.
func typeOf(n *html.Node) (bold, small bool) {
	switch n.Data {
	case "b", "strong", "dt", "summary", "caption", "legend":
		return true, false
	case "small", "i", "em":
		return false, true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "style":
			if _, weight, ok := strings.Cut(strings.ToLower(a.Val[:min(len(a.Val), 400)]), "font-weight:"); ok {
				weight = strings.TrimSpace(weight)
				bold = strings.HasPrefix(weight, "bold") || len(weight) > 2 && weight[0] >= '6' && weight[0] <= '9' && weight[1:3] == "00"
			}
		case "class":
			for name := range strings.FieldsSeq(strings.ToLower(a.Val[:min(len(a.Val), 200)])) {
				bold = bold || titles(name)
			}
		case "size":
			small = n.Data == "font" && (a.Val == "1" || strings.HasPrefix(a.Val, "-"))
		}
	}
	return bold, small
}

// laidOut says whether a style makes a block of an element, and whether line ends in its text count.
func laidOut(n *html.Node) (block, pre bool) {
	for _, a := range n.Attr {
		if a.Key != "style" {
			continue
		}
		if !strings.Contains(a.Val, "isplay") && !strings.Contains(a.Val, "hite-space") {
			return false, false
		}
		s := strings.ToLower(a.Val[:min(len(a.Val), 400)])
		if _, v, ok := strings.Cut(s, "display:"); ok && inline[n.Data] {
			v = strings.TrimSpace(v)
			block = strings.HasPrefix(v, "block") || strings.HasPrefix(v, "flex") || strings.HasPrefix(v, "table") || strings.HasPrefix(v, "list-item")
		}
		if _, v, ok := strings.Cut(s, "white-space:"); ok {
			pre = strings.HasPrefix(strings.TrimSpace(v), "pre")
		}
	}
	return block, pre
}

// tinyType says whether an element, or what stands in it, sets its text in small type; italics are none.
func tinyType(n *html.Node) bool {
	for e, up := n, 0; e != nil && up < 3; e, up = e.FirstChild, up+1 {
		if e.Type != html.ElementNode {
			continue
		}
		if _, small := typeOf(e); small && e.Data != "i" && e.Data != "em" {
			return true
		}
	}
	return false
}

// centred says whether an element sets its text in the middle; is is what the one around it does.
func centred(n *html.Node, is bool) bool {
	if n.Data == "center" {
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "align":
			is = n.Data != "table" && strings.EqualFold(a.Val, "center")
		case "style":
			if _, v, ok := strings.Cut(strings.ToLower(a.Val[:min(len(a.Val), 400)]), "text-align:"); ok {
				is = strings.HasPrefix(strings.TrimSpace(v), "center")
			}
		}
	}
	return is
}

// wrapping says how an inline element is called and coloured; of those that set a type of their own the name is enough. "" for others.
func wrapping(n *html.Node) string {
	if n == nil || n.Data != "span" && n.Data != "font" && !ownType[n.Data] {
		return ""
	}
	if look := attr(n, "class") + attr(n, "style") + attr(n, "color") + attr(n, "size"); look != "" {
		return n.Data + " " + look[:min(len(look), 100)]
	}
	if ownType[n.Data] {
		return n.Data
	}
	return ""
}

// ownType are the inline elements, those for bold type besides, that set what they hold otherwise than the text.
var ownType = map[string]bool{"em": true, "i": true, "small": true, "u": true}

// sizeOf is the size of type that an element sets, in pixels; 0 if it sets none.
func sizeOf(n *html.Node) int {
	for _, a := range n.Attr {
		if n.Data == "font" && a.Key == "size" {
			v, err := strconv.Atoi(a.Val)
			if err != nil {
				return 0
			}
			if strings.HasPrefix(a.Val, "+") || v < 0 {
				v += 3
			}
			return []int{10, 13, 16, 18, 24, 32, 48}[min(max(v, 1), 7)-1]
		}
		if a.Key != "style" {
			continue
		}
		_, v, ok := strings.Cut(strings.ToLower(a.Val[:min(len(a.Val), 400)]), "font-size:")
		if !ok {
			continue
		}
		v = strings.TrimSpace(v)
		digits := len(v) - len(strings.TrimLeft(v, "0123456789."))
		of, err := strconv.ParseFloat(v[:digits], 64)
		switch unit := v[digits:]; {
		case err != nil || of > 200:
		case strings.HasPrefix(unit, "px"):
			return int(of)
		case strings.HasPrefix(unit, "pt"):
			return int(of * 4 / 3)
		}
	}
	return 0
}

// titles says whether a name that a page gives to an element is that of a title: entry-title, contentheading; not that of a page or of a part.
func titles(name string) bool {
	last := name[strings.LastIndexAny(name, "-_")+1:]
	return (last == "title" || last == "headline" || last == "heading" || name == "contentheading") &&
		!containsAny(name, []string{"sub", "page", "site", "section", "block", "widget"})
}
