package intake

import (
	"bytes"
	"cmp"
	"io"
	"regexp"
	"strings"
	"time"

	trafilatura "github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/fault"
)

// Bounds of the pages that are parsed into a tree. Beyond them a page is read as a stream of tags:
// its text is still found, its content is not told from its furniture by structure.
const (
	maxTags     = 60_000
	maxTagBytes = 4 << 20  // in tags altogether
	maxTag      = 16 << 10 // in one tag; a longer one loses its attributes
	maxLDJSON   = 512 << 10
)

// readHTML reads a web page.
func readHTML(doc Document, now time.Time) ([]Article, error) {
	src := decode(doc.Bytes, doc.ContentType, true)
	pruned, treeable := prune(src)
	if treeable {
		root, err := parse(pruned)
		if err == nil {
			p, err := readTree(root, doc)
			if err != nil {
				return nil, err
			}
			return p.articles(now)
		}
	}
	text, err := plainText(src)
	if err != nil {
		return nil, err
	}
	lines, hidden, err := splitLines(text)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, noText("empty")
	}
	p := page{lines: lines, hidden: hidden, declared: doc.Declared, known: doc.Known}
	articles, err := p.articles(now)
	for i := range articles {
		articles[i].Notes = []string{noteNoTree}
	}
	return articles, err
}

// noteNoTree stands with the articles of a page that was read as plain text.
const noteNoTree = "The page has more than 60,000 tags, 4 MB of them, or elements in more than 500 others: it was read as plain text, and what belongs to its frame was told by words alone."

// parse parses a page; nesting beyond 512 elements is an error.
func parse(src string) (root *html.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fault.E(fault.Invalid, "The page could not be parsed.")
		}
	}()
	return html.Parse(strings.NewReader(src))
}

// hiddenElements hold no text that a reader sees.
var hiddenElements = map[string]bool{
	"script": true, "style": true, "noscript": true, "template": true, "svg": true, "iframe": true, "object": true,
	"embed": true, "canvas": true, "math": true, "select": true, "textarea": true, "audio": true, "video": true, "noembed": true, "noframes": true, "xmp": true,
}

// breaksOut are the elements of HTML that end an SVG which nobody closed, as the standard has browsers do it (HTML, 13.2.6.5, foreign
// content). Their end tags do so too: an element around the SVG ends, and the SVG with it.
var breaksOut = map[string]bool{
	"b": true, "big": true, "blockquote": true, "body": true, "br": true, "center": true, "code": true, "dd": true, "div": true, "dl": true, "dt": true, "em": true, "embed": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "head": true, "hr": true, "i": true, "img": true, "li": true, "listing": true, "menu": true, "meta": true,
	"nobr": true, "ol": true, "p": true, "pre": true, "ruby": true, "s": true, "small": true, "span": true, "strong": true, "strike": true, "sub": true, "sup": true, "table": true,
	"tt": true, "u": true, "ul": true, "var": true,
	// and those whose end tags alone can be meant here
	"article": true, "aside": true, "button": true, "figure": true, "footer": true, "header": true, "html": true, "label": true, "main": true, "nav": true, "section": true, "td": true, "th": true, "tr": true,
}

// skipping is a hidden element that is being passed over; "" is none.
type skipping struct {
	name         string
	nested, html int // how many further svg, and elements in it that hold HTML, are open
}

// over takes the next tag and says whether the element ends before it: left, when it is not a tag of the element any more.
func (s *skipping) over(tt html.TokenType, n string) (ended, left bool) {
	switch {
	case s.name != "svg":
		return tt == html.EndTagToken && n == s.name, false
	case n == "svg" && tt == html.StartTagToken:
		s.nested++
	case n == "svg" && tt == html.EndTagToken:
		s.nested--
		return s.nested < 0, false
	case n == "foreignobject" || n == "desc" || n == "title":
		switch tt {
		case html.StartTagToken:
			s.html++
		case html.EndTagToken:
			s.html = max(0, s.html-1)
		}
	case s.html == 0 && breaksOut[n]:
		return true, true
	}
	return false, false
}

// prune copies a page without scripts, styles, comments and the like, keeping JSON-LD, and says
// whether what is left is small enough for a tree.
func prune(src string) (string, bool) {
	var out strings.Builder
	out.Grow(min(len(src), 1<<20))
	z := html.NewTokenizer(strings.NewReader(src))
	z.SetMaxBuf(MaxBytes + 1)
	tags, tagBytes := 0, 0
	var skip skipping
	ld := false
	for {
		tt := z.Next()
		if tt == html.ErrorToken {
			return out.String(), z.Err() == io.EOF
		}
		raw := z.Raw()
		switch tt {
		case html.CommentToken, html.DoctypeToken:
			continue
		case html.TextToken:
			if skip.name == "" || ld && len(raw) <= maxLDJSON {
				out.Write(raw)
			}
			continue
		}
		if tags++; tags > maxTags {
			return "", false
		}
		written := len(raw)
		name, _ := z.TagName()
		n := string(name)
		if skip.name != "" {
			ended, left := skip.over(tt, n)
			if ended {
				if ld {
					out.WriteString("</script>")
				}
				skip, ld = skipping{}, false
			}
			if !left {
				continue
			}
		}
		switch {
		case tt == html.StartTagToken && (n == "script" || n == "style" || n == "svg" || n == "template"):
			skip.name = n
			if n == "script" && bytes.Contains(bytes.ToLower(raw[:min(len(raw), 400)]), []byte("application/ld+json")) {
				ld = true
				out.WriteString(`<script type="application/ld+json">`)
			}
			continue
		case len(raw) > maxTag:
			out.WriteString("<" + n + ">")
			written = len(n) + 2
		default:
			out.Write(raw)
		}
		if tagBytes += written; tagBytes > maxTagBytes {
			return "", false
		}
	}
}

// plainText is the text of markup of any size and shape, block elements on lines of their own.
func plainText(src string) (string, error) {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(src))
	z.SetMaxBuf(MaxBytes + 1)
	var skip skipping
	for {
		switch tt := z.Next(); tt {
		case html.ErrorToken:
			if err := z.Err(); err != io.EOF {
				return "", fault.E(fault.Invalid, "The markup could not be read.").Because(err)
			}
			return out.String(), nil
		case html.TextToken:
			if skip.name == "" {
				// Line ends in the source are white space; only elements break lines.
				out.WriteString(flatten.Replace(string(z.Text())))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			n := string(name)
			if skip.name != "" {
				ended, left := skip.over(tt, n)
				if ended {
					skip = skipping{}
				}
				if !left {
					continue
				}
			}
			switch {
			case tt == html.StartTagToken && (hiddenElements[n] || n == "title"):
				skip.name = n
			case !inline[n] && !strings.HasSuffix(out.String()[max(0, out.Len()-1):], "\n"):
				out.WriteByte('\n')
			}
		}
	}
}

var flatten = strings.NewReplacer("\n", " ", "\r", " ", "\u2028", " ", "\u2029", " ", "\u0085", " ", "\f", " ", "\v", " ")

// inline elements do not break a line.
var inline = map[string]bool{
	"a": true, "abbr": true, "acronym": true, "b": true, "bdi": true, "bdo": true, "big": true, "cite": true, "code": true, "data": true,
	"del": true, "dfn": true, "em": true, "font": true, "i": true, "img": true, "ins": true, "kbd": true, "label": true, "mark": true, "q": true, "rp": true, "rt": true,
	"ruby": true, "s": true, "samp": true, "small": true, "span": true, "strike": true, "strong": true, "sub": true, "sup": true, "time": true,
	"tt": true, "u": true, "var": true, "wbr": true, "nobr": true, "o:p": true, "st1:place": true, "picture": true, "source": true,
}

// readTree makes a page of a parsed tree: its visible lines in order, those of the article's content
// marked, and what the fields say.
func readTree(root *html.Node, doc Document) (*page, error) {
	m := readMeta(root)
	p := &page{declared: doc.Declared, known: doc.Known, html: true, live: m.live, dates: m.dates, site: m.site, siteText: m.siteText, bylines: m.authors}
	if p.declared == "" {
		p.declared = m.language
	}
	var err error
	if p.lines, p.hidden, err = visible(root); err != nil {
		return nil, err
	}
	if len(p.lines) == 0 {
		return nil, noText("the page shows no text")
	}
	unbelieved(p.lines)
	if joined(root) <= maxJoined {
		p.mark(content(root))
		p.second()
	} else {
		p.take(dense(p.lines))
	}
	p.beside = asides(p.lines)
	p.leaveAside()
	p.siblings()
	p.broken()
	p.holes()
	p.short()
	p.goesOn()
	p.lists()
	p.parts()
	p.evidence(m.ld.body)
	p.lines = unwrap(p.lines, 5) // letters of a proportional type
	standOut(p.lines)
	if p.headline = m.headline(p); p.headline == "" {
		if at := p.crown(); at >= 0 {
			p.headline, p.crowned, p.lines[at].inMain = p.lines[at].text, true, true
		}
	}
	p.lede()
	p.headlines()
	return p, nil
}

// maxJoined bounds what the extractor copies on a page: it puts the text of all p elements behind one another by appending to a string, up to
// five times, so that many of them cost the square of their number. The page of the article-extraction set that has it copy most stands at 10 MB.
// Beyond it a page is read by the shape of its tree alone (dense).
const maxJoined = 300 << 20

// joined is how many bytes one such joining copies.
func joined(root *html.Node) int {
	copied, length := 0, 0
	var text func(n *html.Node) int
	text = func(n *html.Node) (size int) {
		if n.Type == html.TextNode {
			size = len(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			size += text(c)
		}
		if n.Type == html.ElementNode && n.Data == "p" {
			length += size
			copied += length
		}
		return size
	}
	text(root)
	return copied
}

// take marks the lines of the page that are its article; all of them if there are none.
func (p *page) take(found []int) {
	for i := range p.lines {
		p.lines[i].inMain = len(found) == 0
	}
	for _, i := range found {
		p.lines[i].inMain = true
	}
}

// content is what the extractor takes for the article, as lines; nil when it finds none.
func content(root *html.Node) (lines []line) {
	defer func() {
		if recover() != nil {
			lines = nil // the page is then read as a whole
		}
	}()
	result, err := trafilatura.ExtractDocument(root, trafilatura.Options{
		ExcludeComments: true,
		HtmlDateMode:    trafilatura.Disabled, // dates are read by our own rules
	})
	if err != nil || result == nil || result.ContentNode == nil {
		return nil
	}
	lines, _, _ = visible(result.ContentNode)
	return lines
}

// lineWalker collects visible lines.
type lineWalker struct {
	lines  []line
	hidden int
	buf    strings.Builder
	gap    bool
	level  int
	item   bool
	box    string
	links  int // bytes of the line inside links
	inLink bool
	strong int // bytes of the line in bold type
	inBold bool
	small  int // bytes of the line in small type
	size   int // of the type, in pixels; 0 where nothing says it
	first  int // of that of the line's beginning
	middle bool
	wrap   string // how the inline elements around the line's beginning are called and coloured
	inside int    // bytes of the line inside such
	tiny   bool
	rule   bool
	full   bool
	node   *html.Node // the innermost block element
}

func visible(root *html.Node) ([]line, int, error) {
	w := lineWalker{first: -1}
	w.walk(root, false)
	w.flush()
	if w.full {
		return nil, 0, fault.E(fault.TooLarge, "There are more than %d lines on the page.", maxLines)
	}
	sized(w.lines)
	unlisted(w.lines)
	return w.lines, w.hidden, nil
}

func (w *lineWalker) flush() {
	raw, links, strong, small := w.buf.Len(), w.links, w.strong, w.small
	s, n := cleanLine(w.buf.String())
	w.buf.Reset()
	size, wrap := max(0, w.first), w.wrap
	if w.inside*10 < raw*9 {
		wrap = ""
	}
	w.wrap, w.inside = "", 0
	w.links, w.strong, w.small, w.first = 0, 0, 0, -1
	w.hidden += n
	if s == "" {
		return
	}
	if len(w.lines) >= maxLines {
		w.full = true
		return
	}
	l := line{text: s, gap: w.gap, level: w.level, item: w.item || bullet(s), link: links*10 >= raw*9, bold: strong*10 >= raw*9, small: small*10 >= raw*9, size: size, middle: w.middle, wrap: wrap, rule: w.rule}
	if l.node = w.node; links*2 < raw {
		l.box = w.box
	}
	w.lines = append(w.lines, l)
	w.gap, w.rule = false, false
}

// write puts a text of an element behind what the line has, and counts how it is shown.
func (w *lineWalker) write(in *html.Node, text string) {
	w.buf.WriteString(text)
	if w.first < 0 && strings.TrimSpace(text) != "" {
		w.first, w.wrap = w.size, wrapping(in)
	}
	if w.wrap != "" && wrapping(in) == w.wrap {
		w.inside += len(text)
	}
	if w.inLink {
		w.links += len(text)
	}
	if w.inBold {
		w.strong += len(text)
	}
	if w.tiny {
		w.small += len(text)
	}
}

// stamp says whether an element is the date behind a headline on one line: inline, the last of its block, in other type, with figures.
func (w *lineWalker) stamp(n *html.Node) bool {
	if !inline[n.Data] || n.Data == "a" || w.level == 0 && (w.strong == 0 || w.strong*10 < w.buf.Len()*9) || words(w.buf.String()) < 3 {
		return false
	}
	for next := n.NextSibling; next != nil; next = next.NextSibling {
		if next.Type != html.TextNode || strings.TrimSpace(next.Data) != "" {
			return false
		}
	}
	text, parts := "", 0
	for e := range n.Descendants() {
		if e.Type == html.TextNode {
			text += e.Data
		}
		parts++
		if bold, _ := typeOf(e); bold || len(text) > 120 || parts > 20 {
			return false
		}
	}
	return (digits(text) >= 6 || timeOfDay.MatchString(text)) && words(text) <= 10
}

var timeOfDay = regexp.MustCompile(`\p{Nd}{1,2}:\p{Nd}\p{Nd}`)

// walk goes down the tree; the parser bounds its depth.
func (w *lineWalker) walk(n *html.Node, pre bool) {
	switch n.Type {
	case html.TextNode:
		if !pre {
			w.write(n.Parent, flatten.Replace(n.Data))
			return
		}
		for i, part := range strings.Split(n.Data, "\n") {
			if i > 0 {
				w.flush()
				w.gap = w.gap || strings.TrimSpace(part) == ""
			}
			w.write(n.Parent, part)
		}
		return
	case html.ElementNode:
		if hiddenElements[n.Data] || n.Data == "head" && n.Parent != nil && n.Parent.Data == "html" || concealed(n) {
			return
		}
		if n.Data == "br" {
			w.flush()
			return
		}
	case html.CommentNode, html.DoctypeNode:
		return
	}
	if n.Data == "tr" && (w.formRow(n) || w.dataRow(n)) {
		return
	}
	block := n.Type == html.ElementNode && !inline[n.Data]
	if n.Type == html.ElementNode {
		blocked, kept := laidOut(n)
		block, pre = block || blocked, pre || kept
	}
	level, item, box, inLink, node := w.level, w.item, w.box, w.inLink, w.node
	inBold, tiny, size, middle := w.inBold, w.tiny, w.size, w.middle
	w.inLink = inLink || n.Data == "a"
	stamp := n.Type == html.ElementNode && w.buf.Len() > 0 && w.stamp(n)
	if n.Type == html.ElementNode && w.buf.Len() > 0 && asideDate(n) {
		w.flush()
	}
	if w.level > 0 && w.buf.Len() > 0 && n.Type == html.ElementNode && inline[n.Data] && bracketedTool(n) {
		w.flush()
		stamp = true
	}
	if stamp {
		w.flush()
		w.level, w.inBold = 0, false
	}
	if n.Type == html.ElementNode {
		bold, small := typeOf(n)
		w.inBold, w.tiny = inBold || bold, tiny || small
		w.rule = w.rule || n.Data == "hr"
		w.size = cmp.Or(sizeOf(n), w.size)
		if !inline[n.Data] {
			w.middle = centred(n, w.middle)
		}
	}
	if block {
		w.flush()
		w.gap, w.node = true, n
		if heading(n) {
			w.level = int(n.Data[1] - '0')
		}
		w.item = w.item || n.Data == "li"
		pre = pre || n.Data == "pre"
		if w.box = ""; n.Data == "p" && n.Parent != nil {
			w.box = n.Parent.Data + " " + attr(n.Parent, "class")
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c, pre)
	}
	if block || stamp {
		w.flush()
		w.gap = w.gap || block
	}
	w.inBold, w.tiny, w.size, w.middle = inBold, tiny, size, middle
	w.level, w.item, w.box, w.inLink, w.node = level, item, box, inLink, node
}

func heading(n *html.Node) bool {
	return len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6'
}

// concealed says whether an element is not shown: such text on a page is no part of it.
func concealed(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return n.Data != "html" && n.Data != "body"
		case "style":
			s := strings.ReplaceAll(strings.ToLower(a.Val[:min(len(a.Val), 400)]), " ", "")
			if strings.Contains(s, "display:none") {
				return n.Data != "html" && n.Data != "body"
			}
		}
	}
	return false
}

// squeeze is a line without white space: extractors differ in how they treat it.
func squeeze(s string) string {
	return strings.Join(strings.Fields(s), "")
}

// mark marks the lines of the content among the lines of the page. Where the extractor found nothing,
// or something that does not stand on the page line by line, it works with what it gave.
func (p *page) mark(content []line) {
	if len(content) == 0 {
		for i := range p.lines {
			p.lines[i].inMain = true
		}
		return
	}
	at := make(map[string][]int, len(p.lines)) // squeezed line -> its places on the page
	for i, l := range p.lines {
		k := squeeze(l.text)
		at[k] = append(at[k], i)
	}
	// The content's lines stand on the page in the same order; a line that occurs several times (a
	// link to the article in a menu) is the one that follows the last one found.
	total, lost, pos := 0, 0, -1
	var missing []string
	for _, l := range content {
		k := squeeze(l.text)
		total += len(k)
		places := at[k]
		if len(places) == 0 {
			missing = append(missing, k)
			continue
		}
		best := places[0]
		for _, i := range places {
			if i > pos {
				best = i
				break
			}
		}
		p.lines[best].inMain = true
		if best > pos && len(k) > 40 {
			pos = best
		}
	}
	if len(missing) > 0 { // lines that the extractor joined or cut
		blob := strings.Join(missing, "\n")
		if len(blob) <= 1<<20 && len(p.lines) <= 5000 {
			for i := range p.lines {
				if k := squeeze(p.lines[i].text); !p.lines[i].inMain && len(k) >= 12 && strings.Contains(blob, k) {
					p.lines[i].inMain = true
					blob = strings.Replace(blob, k, "", 1)
				}
			}
		}
		lost = len(blob)
	}
	if lost*5 <= total {
		p.fillIn()
	}
	if lost*5 > total && whole(p.lines) < 2*total { // the extractor gave up and took nearly everything
		for i := range p.lines {
			p.lines[i].inMain = true
		}
		return
	}
	if lost*5 > total { // the page's lines and the content do not meet: take the content as it is
		kept := make(map[string]bool, len(content))
		for i := range content {
			content[i].inMain = true
			kept[squeeze(content[i].text)] = true
		}
		for _, l := range p.lines {
			if l.inMain = false; !kept[squeeze(l.text)] {
				content = append(content, l)
			}
		}
		p.lines = content
	}
}

// fillIn marks the paragraphs that the extractor left out although they stand in the same kind of
// element as most of what it took: pages that cut an article into several boxes.
func (p *page) fillIn() {
	inBox, all := map[string]int{}, 0
	for _, l := range p.lines {
		if l.inMain {
			all += len(l.text)
			if l.box != "" {
				inBox[l.box] += len(l.text)
			}
		}
	}
	before, after := -1, -1 // a quotation between two lines of the content is of it, and so is a heading above one
	for i, l := range p.lines {
		if l.inMain {
			if before < 0 {
				before = i
			}
			after = i
		}
	}
	for i, l := range p.lines {
		if i > before && i < after && before >= 0 && !l.inMain && (quoted(l.node) || l.level > 0 && !l.link && followed(p.lines[i+1:])) {
			p.lines[i].inMain = true
		}
	}
	for i, l := range p.lines {
		if !l.inMain && l.box != "" && inBox[l.box]*10 >= all*4 && (endsSentence(l.text) || endsClosed(l.text)) && !shorter(l.text, 40) {
			p.lines[i].inMain = true
		}
	}
}

// followed says whether the content goes on within the next three lines.
func followed(lines []line) bool {
	for _, l := range lines[:min(3, len(lines))] {
		if l.inMain {
			return true
		}
	}
	return false
}

// quoted says whether an element stands in a quotation.
func quoted(n *html.Node) bool {
	for up := 0; n != nil && up < 4; n, up = n.Parent, up+1 {
		if n.Data == "blockquote" {
			return true
		}
	}
	return false
}

func whole(lines []line) (n int) {
	for _, l := range lines {
		n += len(l.text)
	}
	return n
}
