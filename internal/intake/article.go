package intake

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

const maxRemoved = 2000 // lines listed an article: a page of a hundred thousand links needs no list of them

// article makes one article of a run of lines; false when there is no text in it.
func (p *page) article(lines []seen, first bool, d dater) (Article, bool) {
	var a Article
	b := builder{a: &a, p: p, d: d}
	lines = slices.Clone(lines)
	for i := range lines {
		if lines[i].when != "" {
			b.times = append(b.times, lines[i].when)
		}
		if lines[i].number != "" {
			b.remove(lines[i].number)
		}
	}
	b.machineNotes(lines)
	list := false                          // of what else there is to read
	for i := len(lines) - 1; i >= 0; i-- { // behind the text
		l := &lines[i]
		if l.class == classRelated && l.inMain && !list && slices.Contains(rules.more, strings.TrimRight(foldLine(l.text), ":.!…")) {
			l.class = classMore
		}
		list = list || words(l.text) >= 4
		if l.class == classText && l.inMain && (endsSentence(l.text) || bodyLike(l.text)) {
			break
		} else if (l.class == classText || l.class == classFurniture) && l.inMain && l.level == 0 && rules.goesOn(l.text) {
			l.class = classMore
		}
	}
	if first {
		a.Headline, lines = p.takeHeadline(lines, &b)
	} else {
		a.Headline, lines = b.headlineOf(lines)
	}
	b.body(lines)
	if len(a.Paragraphs) == 0 {
		return a, false
	}
	a.Dateline = dateline(a.Paragraphs[0])
	b.date(first)
	a.Truncated = b.cutOff()
	b.chain(first)
	if first && len(a.Bylines) == 0 {
		a.Bylines = p.bylines
	}
	a.Detection = detect(a, p.declared)
	return a, true
}

// detect tells the language of an article.
func detect(a Article, declared lang.Tag) lang.Detection {
	var b strings.Builder
	b.WriteString(a.Headline)
	for _, s := range a.Paragraphs {
		if b.Len() > 32<<10 {
			break
		}
		b.WriteByte('\n')
		b.WriteString(s[:cut(s, 16<<10)])
	}
	return lang.Detect(b.String(), declared)
}

// builder gathers an article's fields from its lines.
type builder struct {
	a       *Article
	p       *page
	d       dater
	labeled *Date    // by a line that says it is the publication date
	bare    *Date    // by a line that is only a date, above the text
	tail    *Date    // by one below it
	stamped *Date    // before the headline
	times   []string // machine form, of an article in an element of its own
	stated  []Attribution
	more    bool // a lead to the rest of the text followed it
	lastWas line
}

func (b *builder) remove(s string) {
	switch n := len(b.a.Removed); {
	case n < maxRemoved:
		b.a.Removed = append(b.a.Removed, s)
	case n == maxRemoved:
		b.a.Removed = append(b.a.Removed, "…")
	}
}

// headlineOf takes the headline off a run of lines of a text: the first line, if it can be one.
func (b *builder) headlineOf(lines []seen) (string, []seen) {
	i := firstText(lines, 0)
	if i < 0 {
		return "", lines
	}
	text := lines[i].text
	date, stamp, rest, stamped := b.d.stamp(text)
	if stamped {
		text = rest
	}
	j := firstText(lines, i+1)
	if j >= 0 { // the title of the page and the headline, one above the other
		if tail, ok := siteTail(text, lines[j].text); ok && j-i <= 3 && firstText(lines, j+1) >= 0 {
			whole := lines[i].text
			text = lines[j].text
			if tail != "" && b.p.site == "" {
				b.p.site, b.p.siteText = tail, whole
			}
			out := slices.Clone(lines)
			out[i].class, out[i].rest = classFurniture, "" // listed as removed in its place
			out = slices.Delete(out, j, j+1)
			if stamped {
				b.stamped = &date
			}
			return text, out
		}
	}
	next := j >= 0 && (!shorter(lines[j].text, 60) || endsSentence(lines[j].text) || lines[i].level > 0 || lines[j].gap)
	can := headlineLike(text) && !opensBody(text) && next || lines[i].head
	if !can && j >= 0 && words(text) >= 2 && shorter(text, 100) { // a short heading, or one with a full stop, above a dateline
		can = lines[i].level > 0 || opensBody(lines[j].text) && !opensBody(text) && !endsSentence(text)
	}
	if !can && j >= 0 && stopped(text) { // with a full stop, above a date, in bold, or in a bulletin whose texts are parted by rules
		can = lines[i].bold || lines[i].rule || b.p.ruled || slices.ContainsFunc(lines[i+1:j], func(l seen) bool {
			return l.class == classPublished || l.class == classDateOnly || l.class == classByline
		})
	}
	if !can {
		return "", lines
	}
	out := slices.Clone(lines)
	if stamped {
		b.stamped = &date
		out[i].text, out[i].class, out[i].rest = stamp, classFurniture, ""
	} else {
		out = slices.Delete(out, i, i+1)
	}
	if name, head, ok := markedTail(text); ok && b.p.site == "" {
		b.p.site, b.p.siteText = name, text
		b.remove(strings.TrimSpace(text[len(head):]))
		text = head
	}
	return text, out
}

func firstText(lines []seen, from int) int {
	for i := from; i < len(lines); i++ {
		if lines[i].class == classText && lines[i].inMain {
			return i
		}
	}
	return -1
}

// siteTail says whether title is the headline, with nothing or a site's name behind it.
func siteTail(title, headline string) (site string, ok bool) {
	t, h := foldLine(title), foldLine(headline)
	if utf8.RuneCountInString(h) < 15 || !strings.HasPrefix(t, h) {
		return "", false
	}
	if t == h {
		return "", true
	}
	i := strings.LastIndexAny(title, "-–—|•·»:«/")
	if i < len(headline)/2 || !strings.HasPrefix(t[len(h):], " ") && !strings.ContainsAny(t[len(h):min(len(t), len(h)+2)], "-|:/") {
		return "", false
	}
	// The tail may hold a separator itself; it begins with the first one after the headline.
	for j, r := range title {
		if strings.ContainsRune("-–—|•·»:/", r) && strings.HasPrefix(foldLine(title[:j]), h) {
			tail := strings.Trim(title[j:], " -–—|•·»:«/")
			return tail, tail != "" && shorter(tail, 80)
		}
	}
	return "", false
}

// markedTail finds a site's name behind a headline by its mark alone, where marks are hardly part of
// headlines; a site's name is no longer than the headline.
func markedTail(s string) (site, head string, ok bool) {
	for _, mark := range []string{" | ", " :: ", " » ", " « ", " • "} {
		if i := strings.Index(s, mark); i > 0 {
			tail := strings.Trim(s[strings.LastIndex(s, mark)+len(mark):], " |»«:•")
			if head = strings.TrimSpace(s[:i]); words(head) >= 3 && words(tail) <= min(6, words(head)) && tail != "" {
				return tail, head, true
			}
		}
	}
	return "", s, false
}

// body sorts the lines into paragraphs and fields.
func (b *builder) body(lines []seen) {
	last := -1
	for i, l := range lines {
		if l.class == classText && l.inMain {
			last = i
		}
	}
	begun := false
	for i, l := range lines[:max(last, 0)] { // between paragraphs a date is a heading of the text
		begun = begun || l.class == classText && l.inMain && (bodyLike(l.text) || !b.p.html) // who wrote it stands above the date in words that no table has
		if begun && l.class == classDateOnly && l.inMain {
			lines[i].class = classText
		}
	}
	links := false // a list of other articles is running
	for i, l := range lines {
		if l.class == classText && l.inMain {
			if links && linkLike(l) {
				b.remove(l.text)
				continue
			}
			if b.a.Headline != "" && i <= 12 && foldLine(l.text) == foldLine(b.a.Headline) {
				b.remove(l.text) // the headline a second time
				continue
			}
			links = false
			b.a.Paragraphs = append(b.a.Paragraphs, l.text)
			b.lastWas = l.line
			b.more = false
			continue
		}
		near := l.inMain || b.p.html && i <= last+5 // below that stand other articles
		b.field(l, near, i > last)
		links = l.class == classRelated && l.rest == "" && l.inMain || links && l.class != classText
	}
}

// field puts a line that is not text where it belongs; what belongs nowhere is removed.
func (b *builder) field(l seen, near, after bool) {
	if !near {
		b.remove(l.text)
		return
	}
	switch l.class {
	case classCredit:
		b.a.Credits = appendNew(b.a.Credits, l.text)
		return
	case classByline:
		b.a.Bylines = appendNew(b.a.Bylines, l.text)
		return
	case classTranslator:
		b.a.Bylines = appendNew(b.a.Bylines, l.text)
		b.stated = append(b.stated, Attribution{TranslatedBy, l.rest, l.text})
		b.a.MachineTranslated = b.a.MachineTranslated || containsAny(foldLine(l.rest), rules.machine) // Translated by: Google Translate
		return
	case classPublished:
		if r := b.d.read(l.rest); r.ok && b.labeled == nil {
			b.labeled = &r.date
		}
	case classDateOnly:
		switch r := b.d.read(l.text); {
		case !r.ok:
		case !after && b.bare == nil:
			b.bare = &r.date
		case after && l.inMain:
			b.tail = &r.date
		}
	case classSource:
		b.stated = append(b.stated, Attribution{PublishedBy, strings.Trim(l.rest, " ."), l.text})
	case classMore:
		if after && l.inMain {
			b.more = true
		}
	}
	b.remove(l.text)
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) || len(list) >= 50 {
		return list
	}
	return append(list, s)
}

// linkLike says whether a line under a lead to other articles is one of them: short and no sentence.
func linkLike(l seen) bool {
	return shorter(l.text, 220) && !endsSentence(l.text) && l.level == 0 && !strings.HasSuffix(l.text, ":")
}

// machineNotes finds the page's own statements that a machine translated the text: a short line at
// either end that speaks of translation, of a machine, and of itself or of nothing else.
func (b *builder) machineNotes(lines []seen) {
	texts, count, last := 0, 0, -1
	for i, l := range lines {
		if l.class == classText && l.inMain {
			count++
			last = i
		}
	}
	for i := range lines {
		l := &lines[i]
		if l.class != classText && !l.odd || !l.inMain && !(b.p.html && i <= last+15) {
			continue
		}
		if l.inMain && l.class == classText {
			texts++
		}
		if (texts <= 3 || texts > count-5) && machineNote(l.text) {
			l.class = classFurniture
			b.a.MachineTranslated = true
		}
	}
}

func machineNote(s string) bool {
	if !shorter(s, 220) {
		return false
	}
	f := " " + foldLine(s) + " "
	if !containsAny(f, rules.machine) || !containsAny(f, rules.translation) {
		return false
	}
	return words(s) <= 8 || containsAny(f, rules.thisText) && words(s) <= 30
}

// date chooses among the dates found: the fields, the line that says so, the stamp, a line above the
// text that is only a date, the dateline, such a line below the text. A date inside the text is
// never the publication date.
func (b *builder) date(first bool) {
	var machine *Date
	if first {
		for _, raw := range b.p.dates {
			if machine = b.d.machineDate(raw); machine != nil {
				break
			}
		}
	}
	for i := 0; i < len(b.times) && machine == nil; i++ {
		machine = b.d.machineDate(b.times[i])
	}
	var inDateline *Date
	if b.a.Dateline != "" {
		if r := b.d.read(b.a.Dateline); r.ok {
			inDateline = &r.date
		}
	}
	for _, d := range []*Date{machine, b.labeled, b.stamped, b.bare, inDateline, b.tail} {
		if d != nil {
			b.a.Date = d
			return
		}
	}
}

// cutOff says whether the text ends before its end.
func (b *builder) cutOff() bool {
	if b.more || truncated(b.lastWas.text, b.lastWas.item) {
		return true
	}
	// A short last line without a mark: cut off, if all before it end as sentences do and it is not
	// a name or a title.
	last := b.lastWas.text
	if i := strings.LastIndexAny(last, terminal); i > 0 {
		_, n := utf8.DecodeRuneInString(last[i:])
		if rest := strings.TrimSpace(last[i+n:]); rest != "" && rules.goesOn(rest) {
			return true // the way to the rest stands in the last line itself
		}
	}
	if endsSentence(last) || endsClosed(last) || b.lastWas.item || b.lastWas.level > 0 || shorter(last, 20) || words(last) < 4 || titleCase(last) || strings.ContainsAny(last, "@/|") {
		return false
	}
	whole := 0
	for _, p := range b.a.Paragraphs[:len(b.a.Paragraphs)-1] {
		if endsSentence(p) || endsClosed(p) {
			whole++
		}
	}
	return whole >= 2 && whole*10 >= (len(b.a.Paragraphs)-1)*8
}

// endsClosed says whether s ends with a quotation or a bracket that was closed.
func endsClosed(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, " \u200e\u200f"))
	return strings.ContainsRune(closers, r) && !unbalanced(s)
}

// unbalanced says whether the last quotation mark or bracket of s opens.
func unbalanced(s string) bool {
	open, shut := strings.LastIndexAny(s, "«“(["), strings.LastIndexAny(s, "»”)]")
	return open > shut
}

// titleCase says whether most words of s begin with capitals, as in names.
func titleCase(s string) bool {
	upper, n := 0, 0
	for _, w := range strings.Fields(s) {
		r := first(w)
		if unicode.IsLetter(r) {
			n++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	return upper*10 >= n*6
}

// truncated says whether s, the last line of a text, is cut off: in mid-number ('3.'), in
// mid-sentence, or with an ellipsis.
func truncated(s string, item bool) bool {
	s = strings.TrimRight(s, " \u200e\u200f")
	if s == "" {
		return false
	}
	if strings.HasSuffix(s, "...") || strings.HasSuffix(s, "…") || strings.HasSuffix(s, "[…]") || strings.HasSuffix(s, "[...]") {
		return true
	}
	if body, dot := strings.CutSuffix(s, "."); dot {
		digits := body[len(strings.TrimRightFunc(body, unicode.IsDigit)):]
		n := utf8.RuneCountInString(digits)
		before := strings.TrimSuffix(body, digits)
		prior, _ := utf8.DecodeLastRuneInString(before)
		// Many a sentence ends with a number of two digits, a toll or a day; of one digit hardly any.
		return n == 1 && (prior == ' ' || unicode.Is(unicode.Han, prior)) && words(s) > 6
	}
	if endsSentence(s) {
		return false
	}
	if endsClosed(s) {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	// A line of a list, a signature or a short last word may well end without a mark.
	return !item && !bullet(s) && !strings.Contains(s, "://") && !strings.Contains(s, "www.") && (!shorter(s, 60) || strings.ContainsRune(",،:;؛–—-", r) && words(s) > 3)
}
