package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// page is a document as lines, and what its machine-readable fields say. Raw texts and web pages
// both become one and are read by the same rules from here on.
type page struct {
	lines    []line
	hidden   int
	declared lang.Tag
	headline string   // of the first article, from the fields; "" when they have none
	crowned  bool     // the headline stands in none of them, see crown
	dates    []string // publication dates in machine form, best first
	site     string   // the name of the site
	siteText string   // where that name stands
	bylines  []string // authors named in the fields
	html     bool
	live     bool // its fields call it a live report

	unmarked bool // of a raw text: it marks its headings, and up to five short lines stand alone without a mark
	ruled    bool // of a raw text: a rule or more space than between paragraphs parts its texts

	begins              map[int]bool     // the lines at which articles in elements of their own begin, see cards
	firstCard, lastCard int              // the first line of these and the one behind the last
	beside              func(line) bool  // see asides; of what is read as a tree
	times               map[string]int   // how often each line stands on it; see again
	known               map[LineKey]bool // lines that the site repeats
}

// seen is a line with what it is.
type seen struct {
	line
	class class
	rest  string // after the label
	odd   bool   // taken for furniture by the company it keeps
}

// articles applies the line rules.
func (p *page) articles(now time.Time) ([]Article, error) {
	d := newDater(p.language, now)
	p.cards(d)
	lines, texts := p.classes(d)
	if texts == 0 {
		return nil, noText("all furniture")
	}
	var out []Article
	for n, seg := range split(p, lines) {
		a, ok := p.article(seg, n == 0, d)
		if !ok { // nothing but furniture: it belongs to the article before
			if len(out) > 0 {
				out[len(out)-1].Removed = append(out[len(out)-1].Removed, a.Removed...)
				continue
			}
			if n == 0 && len(seg) == len(lines) {
				return nil, noText("all furniture")
			}
			continue
		}
		out = append(out, a)
		if len(out) > maxArticles {
			break
		}
	}
	if len(out) > 0 {
		out[0].HiddenMarks = p.hidden
	}
	unnumber(out)
	return out, nil
}

var ownNumber = regexp.MustCompile(`^(\p{Nd}{1,2})(?:[.)] |[．、] ?)`)

// unnumber takes the numbers off the headlines of a page that numbers its articles from one on: they are the page's.
func unnumber(articles []Article) {
	for i, a := range articles {
		m := ownNumber.FindStringSubmatch(a.Headline)
		if m == nil || len(articles) < 2 || words(a.Headline[len(m[0]):]) < 2 || lang.Fold(lang.EN, m[1]) != strconv.Itoa(i+1) {
			return
		}
	}
	for i := range articles {
		a := &articles[i]
		m := ownNumber.FindString(a.Headline)
		a.Headline = strings.TrimSpace(a.Headline[len(m):])
		a.Removed = append(a.Removed, strings.TrimSpace(m))
	}
}

// classes says what each line is, and how many are text.
func (p *page) classes(d dater) (lines []seen, texts int) {
	lines = make([]seen, 0, len(p.lines)+1)
	for _, l := range p.lines {
		s := seen{line: l}
		s.class, s.rest = rules.classify(l.text, d.read)
		if s.class == classText && !l.head && l.link && l.level == 0 && !l.item && !endsSentence(l.text) && words(l.text) >= 3 && words(l.text) <= 25 {
			s.class, s.rest = classRelated, l.text // another article's headline, standing alone
		}
		if s.class == classText && len(p.known) > 0 && l.level != 1 && shorter(l.text, 300) && p.known[lineKey(l.text)] && foldLine(l.text) != foldLine(p.headline) {
			s.class = classFurniture
		}
		if s.class == classText && p.html && len(lines) > 0 && !l.item && !l.row && l.level == 0 && isStamp(l.text) && yearIn.MatchString(l.text) {
			if above := &lines[len(lines)-1]; above.level > 0 || above.bold {
				s.class = classFurniture // a date in a language that no table has
			}
		}
		if s.class == classText && !p.html && l.small && slug(l.text) {
			s.class = classFurniture
		}
		if s.class == classText && l.level == 0 && (p.html || len(lines) > 0) && !l.row && rules.frameWords(l.text) {
			s.class = classFurniture
		}
		if s.class == classText && l.level == 0 && l.node != nil && heading(l.node) && l.text[0] == '[' {
			s.class = classFurniture // a tool of the heading
		}
		if l.head {
			s.class, s.rest = classText, "" // whatever its words
		}
		if s.class == classText && l.inMain && !(l.link && l.level == 0 && !endsSentence(l.text)) { // a page of nothing but links is a menu
			texts++
		}
		if l.label && s.class == classText {
			s.class = classFurniture
		}
		if l.row && l.inMain && (s.class == classDateOnly || s.class == classFurniture && onlyNumber(l.text)) {
			s.class = classText // figures are what a table is for
		}
		lines = append(lines, s)
	}
	p.datedHeads(lines)
	p.signedHeads(lines)
	p.ruledHeads(lines)
	p.letterheads(lines)
	p.colophon(lines)
	p.edges(lines)
	p.counters(lines)
	linkLists(lines)
	p.clusters(lines)
	return lines, texts
}

// datedHeads marks the headlines of a raw text in which each has nothing but a date right below it, without a blank line between, the first line too: they open
// articles whatever their form. Where most stand above a line that could be a headline itself, they may say whose releases they are.
func (p *page) datedHeads(lines []seen) {
	if p.html {
		return
	}
	var heads []int
	texts, above := map[string]bool{}, 0
	for i := range lines {
		if l := &lines[i]; l.class == classText && (i == 0 || l.gap) && i+2 < len(lines) && words(l.text) >= 2 && shorter(l.text, 250) && !l.item && !lines[i+1].gap && lines[i+1].class == classDateOnly &&
			lines[i+2].gap && lines[i+2].class == classText && !texts[l.text] {
			heads = append(heads, i)
			texts[l.text] = true
			above += int(is(bodyLike(lines[i+2].text)))
		} else if len(heads) == 0 {
			return
		}
	}
	if len(heads) < 2 || above*2 < len(heads) {
		return
	}
	p.openAt(lines, heads)
}

// openAt marks the headlines of the articles of a raw text. As many rows of signs as there are places between them say that these are all.
func (p *page) openAt(lines []seen, heads []int) {
	p.begins = map[int]bool{}
	rows := 0
	for i := range lines {
		rows += int(is(row(lines[i].text)))
	}
	if rows == len(heads)-1 {
		p.lastCard = len(lines)
	}
	for k, i := range heads {
		if lines[i].head = true; k > 0 {
			p.begins[i] = true
		}
	}
}

// signedHeads marks the headlines of a raw text in which a line of up to four words, whoever wrote it, stands between each of them and its text, the first line too, always with
// the same space around it.
func (p *page) signedHeads(lines []seen) {
	if p.html || p.begins != nil {
		return
	}
	var heads []int
	for i := range lines[:max(0, len(lines)-2)] {
		head, name, text := &lines[i], &lines[i+1], &lines[i+2]
		if head.class == classText && (i == 0 || head.gap && breadth(head.text) >= 28) && !head.item && opensArticle(head.text) &&
			name.class == classText && name.level == 0 && !name.item && words(name.text) <= 4 && shorter(name.text, 40) && !hasDigit(name.text) && !endsSentence(name.text) && !strings.HasSuffix(name.text, ":") &&
			text.class == classText && sentenceLine(text.line) && name.gap == lines[1].gap && text.gap == lines[2].gap {
			heads = append(heads, i)
		} else if len(heads) == 0 {
			return
		}
	}
	if len(heads) < 2 {
		return
	}
	for _, i := range heads {
		lines[i+1].class = classFurniture
	}
	p.openAt(lines, heads)
}

// ruledHeads marks the headlines of a raw text that rows of signs part: behind each row, as at the beginning, stands alone a line that is as long as headlines are and has
// not the form of a subheading, with at most a date between it and its text.
func (p *page) ruledHeads(lines []seen) {
	if p.html || p.begins != nil {
		return
	}
	var heads []int
	for i := range lines {
		if i > 0 && !row(lines[i-1].text) {
			continue
		}
		head, next := &lines[i], i+1
		if next < len(lines) && lines[next].class == classDateOnly {
			next++
		}
		if head.class != classText || head.item || !opensArticle(head.text) || subheading(head.text) || breadth(head.text) < 28 || next >= len(lines) || !lines[i+1].gap || lines[next].class != classText || !sentenceLine(lines[next].line) {
			return
		}
		heads = append(heads, i)
	}
	if len(heads) < 2 || len(heads) > maxArticles {
		return
	}
	p.openAt(lines, heads)
}

// letterheads finds what an office puts above each of its releases in a raw text: short lines right below one another, with a date or with others
// that stand again further on, at its beginning above a line that can be a headline.
func (p *page) letterheads(lines []seen) {
	if p.html {
		return
	}
	short := func(l *seen) bool {
		return l.class == classText && l.level == 0 && !l.item && !l.row && words(l.text) <= 10 && shorter(l.text, 80) && !endsSentence(l.text)
	}
	stamped := func(l *seen) bool { // a date, in whatever language
		return l.class == classDateOnly || short(l) && digits(l.text) >= 6 && yearIn.MatchString(l.text)
	}
	times := map[string]int{}
	for i := range lines {
		if short(&lines[i]) {
			times[lines[i].text]++
		}
	}
	for from := 0; from < len(lines); {
		to, dated, again := from+1, stamped(&lines[from]), times[lines[from].text] > 1
		for ; to < len(lines) && !lines[to].gap; to++ {
			dated, again = dated || stamped(&lines[to]), again && (times[lines[to].text] > 1 || lines[to].class != classText)
		}
		is := to-from >= 2 && to-from <= 5 && dated && !lines[from].head && to+1 < len(lines) && lines[to].class == classText && headlineLike(lines[to].text) && sentenceLine(lines[to+1].line)
		for i := from; i < to; i++ {
			is = is && (short(&lines[i]) || lines[i].class != classText)
		}
		for i := from; i < to && is && (again || from == 0); i++ {
			if lines[i].class == classText {
				lines[i].class = classFurniture
			}
		}
		from = to
	}
}

// colophon finds whose a site is: the last line of the page, with a year, in an element of which there is no other or in small type.
func (p *page) colophon(lines []seen) {
	at := len(lines) - 1
	if !p.html || at < 3 {
		return
	}
	l := &lines[at]
	if l.class != classText || l.level > 0 || l.item || l.row || l.node == nil || !shorter(l.text, 160) || !yearIn.MatchString(l.text) {
		return
	}
	place, _ := placeIn(l.node)
	for i := range lines[:at] {
		if other, _ := placeIn(lines[i].node); other == place && !l.small {
			return
		}
	}
	l.class = classFurniture
}

// edges finds the ways through a site above the text, three names and more parted by slashes or arrows, and the lines behind a note of rights at the end of a page.
func (p *page) edges(lines []seen) {
	if !p.html {
		return
	}
	plain := func(l *seen) bool {
		return l.class == classText && !l.head && l.level == 0 && !l.item && !l.row && words(l.text) <= 12 && shorter(l.text, 120) && !endsSentence(l.text)
	}
	for i := range lines {
		l := &lines[i]
		if sentenceLine(l.line) {
			break
		}
		for _, mark := range []string{" / ", " > ", " » ", " › ", " → "} {
			if plain(l) && strings.Count(l.text, mark) >= 2 {
				l.class = classFurniture
			}
		}
	}
	for i := len(lines) - 1; i > 0 && i >= len(lines)-4; i-- {
		if strings.HasPrefix(lines[i].text, "©") && lines[i].class != classText {
			for k := i + 1; k < len(lines); k++ {
				if plain(&lines[k]) {
					lines[k].class = classFurniture
				}
			}
			return
		}
		if !plain(&lines[i]) && lines[i].class == classText {
			return
		}
	}
}

var yearIn = regexp.MustCompile(`(?:^|\PN)(?:20\pN\pN|۱۴\pN\pN|14\pN\pN|٢٠\pN\pN|۲۰\pN\pN|１４\pN\pN|２０\pN\pN)(?:\PN|$)`)

// counters finds the lines of a few words that stand on a page again, with figures (so often was each article seen) or as links (Print).
func (p *page) counters(lines []seen) {
	at := map[string][]int{}
	for i, l := range lines {
		if p.html && (l.class == classText || l.class == classRelated) && l.level == 0 && !l.row && (l.link && l.item || !l.bold && digits(l.text) >= 3) && words(l.text) <= 5 && shorter(l.text, 40) && !endsSentence(l.text) && !strings.HasSuffix(l.text, ":") {
			k := lettersOf(l.text)
			at[k] = append(at[k], i)
		}
	}
	for k, list := range at {
		if len(list) < 2 || len(list) > 10 || utf8.RuneCountInString(k) < 3 || !parted(lines, list) { // more, or right below one another, are the figures of a list
			continue
		}
		for _, i := range list {
			lines[i].class = classViews
		}
	}
}

// parted says whether a sentence or a link stands between each line of a list and the next.
func parted(lines []seen, list []int) bool {
	for n := 1; n < len(list); n++ {
		if !slices.ContainsFunc(lines[list[n-1]:list[n]], func(l seen) bool { return l.line.link || sentenceLine(l.line) }) {
			return false
		}
	}
	return true
}

// lettersOf is what is the same in lines that differ in their figures.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return r
	}, s)
}

func digits(s string) (n int) {
	for _, r := range s {
		n += int(is(unicode.IsDigit(r)))
	}
	return n
}

// clusters finds the lines of a site's frame that no rule knows by the company they keep: short lines that are no sentences,
// in a run with lines of the frame, or several behind the end of the text. One such line alone is left: it may be a subheading, or
// the beginning of a sentence that was cut off.
func (p *page) clusters(lines []seen) {
	kinds := map[shownAs]int{} // of the lines of the text: once a page, as it may have as many kinds as lines
	for i := range lines {
		if l := &lines[i]; l.class == classText && l.inMain {
			kinds[kindOf(l)]++
		}
	}
	isBody := func(l seen) bool {
		return l.class == classText && l.inMain &&
			(endsSentence(l.text) && !(p.html && asks(l.text)) || endsClosed(l.text) && !((bracketed(l.text) || l.small) && shorter(l.text, 50)) || !shorter(l.text, 80))
	}
	marks, alone := 0, 0 // of a raw text: lines marked as headings, and short ones of their own that are not
	for i := range lines {
		if l := &lines[i]; l.node == nil && (l.level > 0 || l.bold) {
			marks++
		} else if p.standsAlone(lines, i) {
			alone++
		}
	}
	p.unmarked = marks > 0 && alone <= 5 && !(len(lines) > 0 && slug(lines[0].text)) // of a wire, slugs mark headlines alone
	subheads := subheadings(lines, isBody)
	from := -1 // the last line of the text before the run
	for to := 0; to <= len(lines); to++ {
		if to < len(lines) && !isBody(lines[to]) {
			continue
		}
		if from >= 0 {
			p.cluster(lines, from+1, to, kinds, subheads)
		}
		from = to
	}
}

func (p *page) cluster(lines []seen, from, to int, kinds map[shownAs]int, subheads map[shownAs]bool) {
	last := to == len(lines) // behind the whole text
	most, width := 6, 50
	if last && to-from <= 4 { // a longer run may be a list
		most, width = 10, 80
	}
	few := func(l seen, most, width int) bool {
		return l.class == classText && l.inMain && !l.head && l.level == 0 && !l.item && !l.row && words(l.text) <= most && shorter(l.text, width) &&
			(last || !asks(l.text)) && !strings.HasSuffix(l.text, ":") && dateline(l.text) == "" && foldLine(l.text) != foldLine(p.headline)
	}
	short := func(l seen) bool { return few(l, most, width) }
	furniture := func(l *seen) { // of a line of the text
		kinds[kindOf(l)]--
		l.class, l.odd = classFurniture, true
	}
	behind := sync.OnceValue(func() map[uint64]bool { return openingStems(lines[to:]) })
	frame, shorts, lead := 0, 0, false
	for i := range lines[from:to] {
		l := &lines[from+i]
		// What a page shows so no more than five times is no part of how it sets its text.
		set := kinds[kindOf(l)] <= 5 && !subheads[kindOf(l)] && from > 0 && setOff(&lines[from-1], l, lines[to:]) || p.unmarked && p.standsAlone(lines, from+i)
		if !last && set && few(*l, 10, 70) && !l.bold && from > 0 && !heads(l.text, behind()) {
			furniture(l)
		}
		switch l.class {
		case classFurniture, classViews, classKeywords, classUpdated, classMore:
			frame++
		case classText:
			if short(*l) {
				shorts++
			}
		}
	}
	if frame == 0 && !(last && shorts >= 2) {
		return
	}
	top := to - 1 // the headline of what follows, if it has one; its date and byline stand behind it
	for top > from && lines[top].class != classText && slices.Contains([]class{classPublished, classDateOnly, classByline, classTranslator, classCredit}, lines[top].class) {
		top--
	}
	for i := from; i < to; i++ {
		l := &lines[i]
		if lead = lead || l.class == classRelated; lead {
			return // what follows are other articles
		}
		if !short(*l) || last && lines[i-1].class != classFurniture && isAgency(l.text) && words(l.text) > 1 && words(l.text) <= 3 { // a signature
			continue
		}
		if !last && (subheads[kindOf(l)] || i == top && (words(l.text) >= 3 && (!p.html || words(l.text) >= 5 || l.bold || heads(l.text, behind())))) {
			continue // a subheading, or the headline of the next article
		}
		if kind := kindOf(l); !last && from > 0 && (kind.class != "" || kind.wrap != "") && kind == kindOf(&lines[from-1]) && kind == kindOf(&lines[to]) {
			continue // shown as the sentences on either side are, in a way that the page has chosen for them
		}
		if !last && p.html && l.bold && words(l.text) >= 5 && opensArticle(l.text) {
			continue // a headline in bold, above lines of its own
		}
		if !last && i+1 == top && headlineLike(lines[top].text) && lines[top].class == classText {
			continue // may lead to that article
		}
		furniture(l)
	}
}

// subheadings are the ways in which a page shows its subheadings: lines that each stand between two paragraphs, no two of them the same. Where two
// and more are shown so, one of them is made of words of the paragraph below; or nothing of the frame, nothing with figures, in small type or behind
// the text is shown so: then one is enough, as the words of an article weigh more than a line of the frame. A line of another kind may stand between
// such a line and its paragraph as often as there is none.
func subheadings(lines []seen, isBody func(seen) bool) map[shownAs]bool {
	type way struct {
		texts                map[string]bool
		heads, beside, frame bool
		apart                int // with one line of another kind between it and its paragraph
	}
	ways := map[shownAs]*way{}
	for i := range lines {
		l := &lines[i]
		if l.level > 0 || l.class != classText && l.class != classFurniture && l.class != classViews {
			continue
		}
		w := ways[kindOf(l)]
		if w == nil {
			w = &way{texts: map[string]bool{}}
			ways[kindOf(l)] = w
		}
		if w.frame = w.frame || l.class != classText || !l.inMain; w.frame && w.beside || l.class != classText || !l.inMain {
			continue
		}
		above := func(n int) bool { return i+n < len(lines) && (isBody(lines[i+n]) || lines[i+n].item) }
		apart := !above(1) && above(2) && kindOf(&lines[i+1]) != kindOf(l)
		if w.beside = w.beside || isBody(*l) || !above(1) && !apart || w.texts[l.text] || len(w.texts) > maxParts; w.beside {
			continue
		}
		if apart {
			w.apart++
			continue
		}
		w.texts[l.text] = true
		w.heads = w.heads || names(l.text, openingStems(lines[i+1:])) || l.wrap != "" && attr(l.node, "class") != "" && boxed(l.node) == boxed(lines[i+1].node)
		w.frame = w.frame || i == 0 || !isBody(lines[i-1]) && lines[i-1].class != classFurniture || l.node == nil || hasDigit(l.text) || asks(l.text) || words(l.text) > 6 || tinyType(l.node)
	}
	of, lone := map[shownAs]bool{}, []shownAs{}
	for k, w := range ways {
		switch {
		case w.beside || len(w.texts) == 0:
		case w.heads && len(w.texts) >= 2 && w.apart <= len(w.texts):
			of[k] = true
		case !w.frame && w.apart <= len(w.texts):
			lone = append(lone, k)
		}
	}
	if len(lone) <= 5 { // no page sets its subheadings in more ways
		for _, k := range lone {
			of[k] = true
		}
	}
	return of
}

// asks says whether a line is a question of a few words: Found a mistake?
func asks(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune("?؟？", r) && words(s) <= 6 && shorter(s, 50)
}

// bracketed says whether a line ends with a number in brackets, as tools do: Gallery (6 pictures), Download (48 KB).
func bracketed(s string) bool {
	open := strings.LastIndexAny(s, "(（[")
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, " \u200e\u200f"))
	return open > 0 && strings.ContainsRune(")）]", r) && hasDigit(s[open:]) && !unicode.IsDigit(first(s))
}

// shownAs is how a page shows a line: in small or bold type, in which element.
type shownAs struct {
	small, bold      bool
	tag, class, wrap string
}

func kindOf(l *seen) shownAs {
	if l.node == nil {
		return shownAs{small: l.small, bold: l.bold}
	}
	class := attr(l.node, "class")
	if in := l.node.Parent; class == "" && in != nil && in.FirstChild == l.node && in.LastChild == l.node { // the only one in its box
		class = "in " + attr(in, "class")
	}
	return shownAs{l.small, l.bold, l.node.Data, class, l.wrap}
}

// setOff says whether a page shows a short line otherwise than the text before and behind it: in small type, in italics, in an element of
// another kind.
func setOff(before, l *seen, behind []seen) bool {
	if l.small || before.small {
		return l.small && !before.small
	}
	return before.node != nil && l.node != nil && kindOf(l) != kindOf(before) && (len(behind) == 0 || kindOf(&behind[0]) == kindOf(before))
}

// standsAlone says whether a line of a raw text is a short one without an end mark between blank lines. Where the text marks its headings, such
// a line is none.
func (p *page) standsAlone(lines []seen, i int) bool {
	l := &lines[i]
	return !p.html && l.class == classText && l.level == 0 && !l.bold && !l.small && !l.item && l.gap && !(i > 0 && row(lines[i-1].text) && opensArticle(l.text)) && i+1 < len(lines) && lines[i+1].gap && shorter(l.text, 50) && !endsSentence(l.text) && !enclosed(l.text)
}

// enclosed says whether a line of a raw text stands between signs that set it off as a subheading: ~ The gate ~, -- The gate --.
func enclosed(s string) bool {
	return len(s) > 4 && s[0] == s[len(s)-1] && strings.IndexByte("~-=:", s[0]) >= 0 && strings.ContainsFunc(s, unicode.IsLetter)
}

// openingStems are the stems of the two lines that a heading would stand above.
func openingStems(behind []seen) map[uint64]bool {
	in := map[uint64]bool{}
	for _, l := range behind[:min(2, len(behind))] {
		for _, k := range stemsOf(l.text) {
			in[k] = true
		}
	}
	return in
}

// heads says whether half of the words of a line stand in the lines behind it, as those of a heading do.
func heads(s string, behind map[uint64]bool) bool {
	return len(stemSet(s)) >= 2 && names(s, behind)
}

// names says whether half of the words of a line stand in what is behind it; of one among several of its kind one word is enough.
func names(s string, behind map[uint64]bool) bool {
	of := stemSet(s)
	return len(of) >= 1 && meet(of, behind)*2 >= float64(len(of))
}

// linkLists finds the lists of other articles in a text: two and more items in a row that are nothing but links, each as
// long as a headline, and that no line introduces with a colon.
func linkLists(lines []seen) {
	for i := 0; i < len(lines); i++ {
		run := i
		for run < len(lines) && lines[run].class == classText && lines[run].item && lines[run].link && !lines[run].row && words(lines[run].text) >= 3 {
			run++
		}
		if run-i >= 2 && (i == 0 || !strings.HasSuffix(strings.TrimRight(lines[i-1].text, " "), ":")) {
			for j := i; j < run; j++ {
				lines[j].class, lines[j].rest = classRelated, lines[j].text
			}
		}
		i = max(i, run-1)
	}
	for i := 1; i < len(lines); i++ { // what stands right above links to other articles leads to them
		if l := lines[i]; l.class == classRelated && l.link && l.rest != "" && lines[i-1].class == classText && lines[i-1].inMain && !lines[i-1].head && leadLike(lines, 0, i-1) && !toolBelow(lines, i) {
			lines[i-1].class, lines[i-1].rest = classRelated, ""
		}
	}
}

// toolBelow says whether a link that stands alone below a headline is a tool of that article, as Print is: text follows and the line above
// stands out.
func toolBelow(lines []seen, at int) bool {
	if l := lines[at-1]; l.level == 0 && !l.bold || words(l.text) < 4 || !shorter(lines[at].text, 40) {
		return false
	}
	for _, l := range lines[at+1 : min(len(lines), at+4)] {
		if l.class == classRelated && l.link {
			return false
		}
		if l.class == classText && l.inMain {
			return bodyLike(l.text)
		}
	}
	return false
}

// language is the page's as a whole, by the beginning of its text: good enough to read dates in.
func (p *page) language() lang.Tag {
	var all strings.Builder
	for _, l := range p.lines {
		if l.inMain && all.Len() < 2<<10 {
			all.WriteString(l.text[:cut(l.text, 1<<10)])
			all.WriteByte('\n')
		}
	}
	return lang.Detect(all.String(), p.declared).Tag
}
