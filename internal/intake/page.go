package intake

import (
	"strings"
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
	dates    []string // publication dates in machine form, best first
	site     string   // the name of the site
	siteText string   // where that name stands
	bylines  []string // authors named in the fields
	html     bool
	known    map[LineKey]bool // lines that the site repeats
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
	lines := make([]seen, 0, len(p.lines)+1)
	texts := 0
	for _, l := range p.lines {
		s := seen{line: l}
		s.class, s.rest = rules.classify(l.text, d.read)
		if s.class == classText && l.link && l.level == 0 && !l.item && !endsSentence(l.text) && words(l.text) >= 3 && words(l.text) <= 25 {
			s.class, s.rest = classRelated, l.text // another article's headline, standing alone
		}
		if s.class == classText && len(p.known) > 0 && l.level != 1 && shorter(l.text, 300) && p.known[lineKey(l.text)] && foldLine(l.text) != foldLine(p.headline) {
			s.class = classFurniture
		}
		if s.class == classText && l.level == 0 && (p.html || len(lines) > 0) && !l.row && rules.frameWords(l.text) {
			s.class = classFurniture
		}
		if s.class == classText && l.inMain && !(l.link && l.level == 0 && !endsSentence(l.text)) { // a page of nothing but links is a menu
			texts++
		}
		if l.row && l.inMain && (s.class == classDateOnly || s.class == classFurniture && onlyNumber(l.text)) {
			s.class = classText // figures are what a table is for
		}
		lines = append(lines, s)
	}
	linkLists(lines)
	p.clusters(lines)
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
	return out, nil
}

// clusters finds the lines of a site's frame that no rule knows by the company they keep: short lines that are no sentences,
// in a run with lines of the frame, or several behind the end of the text. One such line alone is left: it may be a subheading, or
// the beginning of a sentence that was cut off.
func (p *page) clusters(lines []seen) {
	isBody := func(l seen) bool {
		return l.class == classText && l.inMain && (endsSentence(l.text) || endsClosed(l.text) || !shorter(l.text, 80))
	}
	from := -1 // the last line of the text before the run
	for to := 0; to <= len(lines); to++ {
		if to < len(lines) && !isBody(lines[to]) {
			continue
		}
		if from >= 0 {
			p.cluster(lines, from+1, to)
		}
		from = to
	}
}

func (p *page) cluster(lines []seen, from, to int) {
	short := func(l seen) bool {
		return l.class == classText && l.inMain && l.level == 0 && !l.item && !l.row && words(l.text) <= 6 && shorter(l.text, 50) &&
			!strings.HasSuffix(l.text, ":") && dateline(l.text) == "" && foldLine(l.text) != foldLine(p.headline)
	}
	frame, shorts, lead := 0, 0, false
	for _, l := range lines[from:to] {
		switch l.class {
		case classFurniture, classViews, classKeywords, classUpdated, classMore:
			frame++
		case classText:
			if short(l) {
				shorts++
			}
		}
	}
	last := to == len(lines) // behind the whole text
	if frame == 0 && !(last && shorts >= 2) {
		return
	}
	for i := from; i < to; i++ {
		l := &lines[i]
		if lead = lead || l.class == classRelated; lead {
			return // what follows are other articles
		}
		if !short(*l) || last && isAgency(l.text) && words(l.text) > 1 && words(l.text) <= 3 { // a signature
			continue
		}
		if next := i + 1; !last && next == to && words(l.text) >= 3 && (!p.html || words(l.text) >= 5 || l.bold) {
			continue // a subheading, or the headline of the next article
		}
		if !last && i+2 == to && headlineLike(lines[to-1].text) && lines[to-1].class == classText {
			continue // may lead to that article
		}
		l.class, l.odd = classFurniture, true
	}
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
		if l := lines[i]; l.class == classRelated && l.link && l.rest != "" && lines[i-1].class == classText && lines[i-1].inMain && leadLike(lines, 0, i-1) {
			lines[i-1].class, lines[i-1].rest = classRelated, ""
		}
	}
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

// maxCandidates bounds the lines of a page that are looked at as headlines of further articles.
const maxCandidates = 2000

// split cuts the lines of a page into one run per article. A new article begins at a line that looks
// like a headline when enough speaks for it: a lead to another article or the end marks of one
// before it, a cut-off text before it, a dateline, a date or a byline of its own after it, a main
// heading, words that go with what follows and not with what stood before.
func split(p *page, lines []seen) [][]seen {
	var out [][]seen
	begin, body := 0, 0 // of the current article: its first line, the characters of its text
	lastText := -1
	texts, tried := 0, 0
	for i := range lines {
		l := &lines[i]
		if l.class != classText || !l.inMain {
			continue
		}
		candidate := body >= 120 && texts >= 2 && tried < maxCandidates && headlineLike(l.text)
		if candidate {
			tried++
		}
		if candidate && weight(lines, begin, lastText, i) >= 2 {
			if leadLike(lines, begin, lastText) {
				lines[lastText].class, lines[lastText].rest = classRelated, ""
			}
			if out = append(out, lines[begin:i]); len(out) > maxArticles {
				return out // refused anyway
			}
			begin, body, texts = i, 0, 0
		}
		body += min(len(l.text), 4000)
		texts++
		lastText = i
	}
	return append(out, lines[begin:])
}

// weight is how much speaks for a new article at lines[at]; 2 is enough.
func weight(lines []seen, begin, before, at int) int {
	var next int // the first text line of the body after it
	own := false // a date or byline of its own stands between
	for next = at + 1; next < len(lines); next++ {
		l := lines[next]
		if l.class == classText && l.inMain {
			break
		}
		if l.inMain && (l.class == classPublished || l.class == classDateOnly || l.class == classByline) {
			own = true
		}
	}
	if next >= len(lines) || !bodyLike(lines[next].text) {
		return 0
	}
	lead, end, cutOff, frame := false, false, false, 0
	odd := false
	for _, l := range lines[before+1 : at] {
		odd = odd || l.odd
		switch {
		case l.class == classFurniture:
			frame++
		case l.class == classRelated && l.rest == "":
			lead = true
		case l.class == classSource, l.class == classKeywords, l.class == classViews, l.class == classPublished, l.class == classMore:
			end = true
		}
	}
	cutOff = before >= begin && truncated(lines[before].text, lines[before].item)
	hasDateline := dateline(lines[next].text) != ""
	unknown := !lead && !shorter(lines[at].text, 30) && (odd || leadLike(lines, begin, before))
	if !lead && !unknown && hasDateline && before > begin && leadLike(lines, begin, before-1) {
		unknown = true // two lines of the frame, one of them the lead
	}
	if !lead && !end && !own && !hasDateline && lines[at].level != 1 && !unknown && frame == 0 {
		return 0
	}
	after, earlier, shared := kinship(lines, begin, at)
	if unknown && (hasDateline || own || shared < sameText/2 || shared < sameText && after > earlier) || frame > 0 && shared < sameText/2 && after > earlier {
		return 2
	}
	fits := after >= 0.3 && after > earlier+0.15 || lead && shared < sameText && after >= earlier || lead && shared < sameText/2

	heading := lines[at].level == 1 && (own || shared < sameText) // many sites use main headings for sections

	n := 0
	for _, c := range []struct {
		holds  bool
		weighs int
	}{{lead, 1}, {end, 1}, {cutOff, 1}, {hasDateline, 1}, {own, 1}, {heading, 1}, {fits, 1}} {
		if c.holds {
			n += c.weighs
		}
	}
	// A subheading fits what follows and may stand after a line without a full stop; what makes a new
	// article is a break before it, or a beginning of its own after it.
	switch {
	case lead || end:
		return n
	case heading || hasDateline && own:
		return n
	case hasDateline && (fits || cutOff || shared < sameText):
		return max(n, 2)
	case own && fits:
		return n
	}
	return 0
}

// leadLike says whether the line is one that may lead to other articles, in words that no table has: a few words that are
// no sentence, standing alone behind a whole sentence.
func leadLike(lines []seen, begin, at int) bool {
	if at <= begin || lines[at].item || lines[at].row || words(lines[at].text) > 8 || !shorter(lines[at].text, 80) {
		return false
	}
	if s := lines[at].text; endsSentence(s) || endsClosed(s) || dateline(s) != "" {
		return false
	}
	for i := at - 1; i >= begin; i-- {
		if l := lines[i]; l.class == classText && l.inMain {
			return endsSentence(l.text) || endsClosed(l.text)
		}
	}
	return false
}

// sameText is the share of words that two parts of one text have in common at least; measured on
// news texts in sixteen languages: halves of one text 0.24 in the middle, two texts 0.09.
const sameText = 0.15

// kinship is the share of the headline's words that the next paragraphs, and those before, hold, and
// the share of words that these paragraphs have in common.
func kinship(lines []seen, begin, at int) (after, earlier, shared float64) {
	near := func(from, to, step, most int) map[string]bool {
		found := map[string]bool{}
		for i := from; i != to && most > 0; i += step {
			if l := lines[i]; l.class == classText && l.inMain && bodyLike(l.text) {
				for s := range stems(l.text) {
					found[s] = true
				}
				most--
			}
		}
		return found
	}
	head := stems(lines[at].text)
	next, past := near(at+1, min(len(lines), at+40), 1, 5), near(at-1, max(begin, at-60)-1, -1, 12)
	return common(head, next) / float64(max(1, len(head))), common(head, past) / float64(max(1, len(head))),
		common(next, past) / float64(max(1, min(len(next), len(past))))
}

func common(a, b map[string]bool) (n float64) {
	for s := range a {
		if b[s] {
			n++
		}
	}
	return n
}

// stems are the first five letters of the longer words of a line, enough to meet in spite of
// endings; in Chinese, the pairs of characters.
func stems(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(foldLine(s[:cut(s, 1500)]), func(r rune) bool {
		return strings.ContainsRune(" .,:;!?()«»\"“”،؛۔؟–—-，。、：；「」《》", r)
	}) {
		r := []rune(w)
		switch {
		case unicode.Is(unicode.Han, r[0]):
			for i := 0; i+2 <= len(r); i++ {
				out[string(r[i:i+2])] = true
			}
		case len(r) >= 4 || unicode.Is(unicode.Hangul, r[0]) && len(r) >= 2:
			out[string(r[:min(len(r), 5)])] = true
		}
	}
	return out
}

// headlineLike says whether a line can be a headline: one line, not a sentence of a body.
func headlineLike(s string) bool {
	if !shorter(s, 220) || words(s) < 3 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, " \u200e\u200f"))
	return !strings.ContainsRune(".۔。:;,،؛…", r) && !bullet(s)
}

// bodyLike says whether a line reads as a paragraph.
func bodyLike(s string) bool {
	return !shorter(s, 120) || !shorter(s, 40) && endsSentence(s)
}
