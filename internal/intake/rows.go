package intake

import (
	"strings"

	"golang.org/x/net/html"
)

// dataRow takes a row of a table of data, cells of a few words, as one line; false for rows that lay
// out the page.
func (w *lineWalker) dataRow(tr *html.Node) bool {
	var b strings.Builder
	cells, blocks, links, ok := 0, 0, 0, true
	var take func(n *html.Node, inLink bool, depth int)
	take = func(n *html.Node, inLink bool, depth int) {
		switch {
		case !ok || depth > 8 || b.Len() > 400:
			ok = false
		case n.Type == html.TextNode:
			s := flatten.Replace(n.Data)
			b.WriteString(s)
			if inLink {
				links += len(strings.TrimSpace(s))
			}
		case n.Type == html.ElementNode && !hiddenElements[n.Data] && !concealed(n):
			if ok = inline[n.Data] || n.Data == "p" || n.Data == "div"; !ok {
				return
			}
			if blocks += int(is(n.Data == "p")); blocks >= 3 {
				ok = false // paragraphs
				return
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				take(c, inLink || n.Data == "a", depth+1)
			}
			if !inline[n.Data] {
				b.WriteByte(' ')
			}
		}
	}
	for c := tr.FirstChild; c != nil && ok; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if c.Data != "td" && c.Data != "th" {
			return false
		}
		cells++
		blocks = 0
		for d := c.FirstChild; d != nil && ok; d = d.NextSibling {
			take(d, false, 0)
		}
		b.WriteByte(' ')
	}
	s, hidden := cleanLine(b.String())
	if !ok || cells < 2 || len(s) > 400 || alone(tr) {
		return false
	}
	w.flush()
	if w.gap = true; s == "" || len(w.lines) >= maxLines {
		w.full = w.full || s != ""
		return true
	}
	w.hidden += hidden
	w.lines = append(w.lines, line{text: s, gap: true, item: true, link: links*10 >= len(s)*9, row: true, node: tr})
	return true
}

// formRow takes a row of a form, as boards of notices show each of them: labels in header cells, each with its value beside it, above a cell with
// the text. The value of the first label can be the headline.
func (w *lineWalker) formRow(tr *html.Node) bool {
	cells, table := cellsOf(tr), tr.Parent
	for table != nil && table.Data != "table" {
		table = table.Parent
	}
	if table == nil || !inPairs(cells) || !formOf(table) {
		return false
	}
	top := true // no row of labels stands above
	for e := range table.Descendants() {
		if e == tr {
			break
		}
		top = top && !(e.Data == "tr" && inPairs(cellsOf(e)))
	}
	for i, c := range cells {
		w.flush()
		from := len(w.lines)
		w.walk(c, false)
		w.flush()
		for k := from; k < len(w.lines); k++ {
			w.lines[k].bold = top && i == 1
			w.lines[k].label = !w.lines[k].bold
		}
	}
	return true
}

// cellsOf are the cells of a row, at most twelve.
func cellsOf(tr *html.Node) (cells []*html.Node) {
	for c := range tr.ChildNodes() {
		if (c.Data == "td" || c.Data == "th") && len(cells) < 12 {
			cells = append(cells, c)
		}
	}
	return cells
}

// inPairs says whether the cells are labels and values, one beside the other.
func inPairs(cells []*html.Node) bool {
	for i, c := range cells {
		if (c.Data == "th") != (i%2 == 0) {
			return false
		}
	}
	return len(cells) >= 2 && len(cells)%2 == 0
}

// formOf says whether a table has at most twelve rows, one of them a single cell with a text.
func formOf(table *html.Node) bool {
	rows, text := 0, false
	for e := range table.Descendants() {
		if e.Data != "tr" || e.Type != html.ElementNode {
			continue
		}
		if rows++; rows > 12 {
			return false
		}
		if cells := cellsOf(e); len(cells) == 1 && cells[0].Data == "td" && !text {
			text = len(strings.TrimSpace(beginningOf(cells[0], 300))) > 200
		}
	}
	return text
}

// alone says whether a row is the only one of its table: such a table lays out the page.
func alone(tr *html.Node) bool {
	for _, next := range []func(*html.Node) *html.Node{func(n *html.Node) *html.Node { return n.PrevSibling }, func(n *html.Node) *html.Node { return n.NextSibling }} {
		for _, n := range []*html.Node{tr, tr.Parent} {
			for n != nil && n.Data != "table" {
				if n = next(n); n != nil && (n.Data == "tr" || n.Data == "thead" || n.Data == "tbody") {
					return false
				}
			}
		}
	}
	return true
}
