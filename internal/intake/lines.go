package intake

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// line is one visible line of a document.
type line struct {
	text   string
	gap    bool       // a blank line, or the edge of a block, stands before it
	level  int        // of its heading element, 1-6; 0 when it is none
	inMain bool       // the extractor takes it for the article's content; always true in raw text
	item   bool       // of a list
	link   bool       // all of it is a link
	bold   bool       // all of it is in bold type, or the page calls it a title
	small  bool       // all of it is in small type or in italics
	size   int        // of its type in pixels; 0 where the page does not say it by the element
	middle bool       // it stands in the middle of the page's width
	wrap   string     // of the inline element that holds all of it, as tag, class and style; "" without one that has these
	label  bool       // it names what stands beside it in a form
	rule   bool       // a rule across the page, or more blank lines than between paragraphs, stand before it
	box    string     // the element a paragraph stands in, as tag and class; "" for what is no paragraph
	node   *html.Node // the innermost block element around it; nil outside pages
	row    bool       // of a table of data
	head   bool       // the headline of an article in an element of its own
	number string     // of a headline, taken off
	when   string     // of such a one, the time that the element states in machine form
}

// cleanLine gives s as one line of plain text: white space single, no control characters, nothing
// that reverses or hides text. It also counts the bidirectional controls found. Marks that only set
// the direction of neighbours (U+200E, U+200F, U+061C) and joiners stay: texts are written with them.
func cleanLine(s string) (string, int) {
	hidden, plain := 0, true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' || c == 0x7f || c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			plain = false
			break
		}
	}
	if plain {
		return s, 0
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case lang.Turns(r):
			if hidden++; lang.Forces(r) {
				continue
			}
		case r == ' ' || r == '\t' || r == '\u00a0' || unicode.IsSpace(r):
			space = true
			continue
		case r < ' ' || r >= 0x7f && r < 0xa0, // controls
			r == '\u200b' || r == '\u2060' || r == '\ufeff' || r == '\u00ad', // invisible
			r >= '\ufff9' && r <= '\ufffb' || r == '\ufffe' || r == '\uffff',
			r >= 0xe0000 && r <= 0xe007f, // tag characters spell text that nobody sees
			r >= '\u2061' && r <= '\u2064' || r >= '\u206a' && r <= '\u206f':
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String(), hidden
}

// splitLines cuts a text at line and paragraph ends.
func splitLines(text string) (lines []line, hidden int, err error) {
	gap, blank, apart := false, 0, 0 // blank lines before the next one; how many lines stand behind three and more
	one, two := 0, []int(nil)        // how many lines stand behind one blank line, and which behind two
	for len(text) > 0 {
		end := strings.IndexAny(text, "\n\r\f\v\u0085\u2028\u2029")
		raw := text
		if end >= 0 {
			_, size := utf8.DecodeRuneInString(text[end:])
			raw, text = text[:end], text[end+size:]
		} else {
			text = ""
		}
		s, n := cleanLine(raw)
		hidden += n
		if s == "" {
			gap = true
			blank++
			continue
		}
		if len(lines) >= maxLines {
			return nil, 0, fault.E(fault.TooLarge, "There are more than %d lines in it.", maxLines)
		}
		lines = append(lines, line{text: s, gap: gap, inMain: true, item: bullet(s), rule: blank >= 3 && len(lines) > 0, middle: indented(raw) >= 8, size: indented(raw)})
		switch {
		case blank >= 3:
			apart++
		case blank == 2 && len(lines) > 1:
			two = append(two, len(lines)-1)
		case blank == 1:
			one++
		}
		gap, blank = false, 0
	}
	if one >= 4*len(two) && apart == 0 { // twice the space that parts paragraphs parts texts
		for _, i := range two {
			lines[i].rule = true
		}
	}
	if apart*4 > len(lines) { // so much space says nothing where it stands between all lines
		for i := range lines {
			lines[i].rule = false
		}
	}
	return lines, hidden, nil
}

// indented is how many blanks a line begins with; headlines that are typed in the middle have eight and more.
func indented(raw string) (n int) {
	for _, r := range raw {
		switch r {
		case ' ', '\u00a0':
			n++
		case '\t', '\u3000':
			n += 4
		default:
			return n
		}
	}
	return n
}

func bullet(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("•▪●◦‣·*-–—", r) && strings.HasPrefix(s[n:], " ")
}

// unwrap joins the lines of a text whose paragraphs were broken at a fixed width of 45 to 110 letters: into nine in ten of the lines that
// another one follows, without a blank line between, the first word of that one would not have fitted; slack says to which part of the width
// that is counted. On a page lines of one element are joined, as converters of PDF and mail leave them.
func unwrap(lines []line, slack int) []line {
	letters, width, followed := make([]int, len(lines)), 0, 0
	broken := func(i int) bool { return false }
	headed := func(i int) bool { // a slug and a headline, one above the other
		return i+1 < len(lines) && (i == 0 || lines[i].gap) && !broken(i+1) && !endsSentence(lines[i].text) && !endsSentence(lines[i+1].text) && !endsClosed(lines[i+1].text)
	}
	broken = func(i int) bool { // between a line and the next
		return i+1 < len(lines) && !lines[i+1].gap && !lines[i+1].item && lines[i].level == 0 && lines[i+1].level == 0 && lines[i].node == lines[i+1].node
	}
	for i, l := range lines {
		if letters[i] = utf8.RuneCountInString(l.text); broken(i) && !headed(i) {
			width = max(width, letters[i])
			followed++
		}
	}
	if width < 45 || width > 110 || followed < 3 && (followed < 2 || (lines[0].node != nil || width < 60 || width > 80) && !midSentence(lines, broken)) {
		return lines // two breaks say enough where they stand at a usual width of letters, or in sentences
	}
	full := func(i int) bool {
		word, _, _ := strings.Cut(lines[i+1].text, " ")
		return letters[i]+1+utf8.RuneCountInString(word) > width-width/slack
	}
	at := 0
	for i := range lines {
		if broken(i) && !headed(i) && full(i) {
			at++
		}
	}
	if at*10 < followed*9 {
		return lines
	}
	out := make([]line, 0, len(lines))
	var text strings.Builder // of one paragraph, which may be the whole document
	for from, to := 0, 1; from < len(lines); from, to = to, to+1 {
		l := lines[from]
		if broken(from) && !headed(from) && full(from) {
			text.Reset()
			text.WriteString(l.text)
			for ; broken(to-1) && full(to-1); to++ {
				text.WriteString(" " + lines[to].text)
			}
			l.text = text.String()
		}
		out = append(out, l)
	}
	return out
}

// midSentence says whether all breaks that broken tells stand within sentences of two lines.
func midSentence(lines []line, broken func(i int) bool) bool {
	for i := range lines {
		if broken(i) && (lines[i].bold || endsSentence(lines[i].text) || strings.HasSuffix(lines[i].text, ":") || !endsSentence(lines[i+1].text) && !broken(i+1)) {
			return false
		}
	}
	return true
}

// marked reads the marks by which raw texts show headings and bold type: # before a line, a row of = or - below it, ** on either side of it.
// What is left of a line is its text; the row is a line of its own.
func marked(lines []line) []line {
	if len(lines) > 0 {
		lines[0].gap = true
	}
	for i := range lines {
		l := &lines[i]
		if rest := strings.TrimLeft(l.text, "#"); len(rest) < len(l.text) && len(l.text)-len(rest) <= 6 && strings.HasPrefix(rest, " ") {
			l.level, l.text = len(l.text)-len(rest), strings.TrimRight(rest[1:], "# ")
		}
		if n := len(l.text) - 1; shorter(l.text, 80) && (l.text[0] == '[' && strings.IndexByte(l.text, ']') == n || l.text[0] == '(' && strings.IndexByte(l.text, ')') == n || l.text[0] == '<' && strings.IndexByte(l.text, '>') == n) {
			l.small = true
		}
		for _, mark := range []string{"**", "__", "*", "_"} {
			if inner, ok := strings.CutPrefix(l.text, mark); ok {
				if inner, ok = strings.CutSuffix(inner, mark); ok && !strings.Contains(inner, mark) && strings.TrimSpace(inner) == inner && strings.ContainsFunc(inner, unicode.IsLetter) {
					l.text, l.bold, l.small = inner, l.bold || mark != "_", mark == "_" // messengers show *so* in bold type
				}
				break
			}
		}
		if i > 0 && !l.gap && len(l.text) >= 3 && lines[i-1].gap && shorter(lines[i-1].text, 220) {
			if c := l.text[0]; (c == '=' || c == '-') && strings.Trim(l.text, string(c)) == "" {
				lines[i-1].level = map[byte]int{'=': 1, '-': 2}[c]
			}
		}
	}
	return lines
}

// inCapitals counts as headings the lines of a raw text that are written in capitals: two lines and more that stand alone, not the text itself. A text
// that rows of signs part is parted by these: its subheadings may be written so too.
func inCapitals(lines []line) {
	var heads []int
	for i, l := range lines {
		if row(l.text) {
			return
		}
		if l.gap && i+1 < len(lines) && l.level == 0 && !l.item && !slug(l.text) && words(l.text) >= 3 && opensArticle(l.text) && strings.ContainsFunc(l.text, unicode.IsUpper) && l.text == strings.ToUpper(l.text) {
			heads = append(heads, i)
		}
	}
	if len(heads) < 2 || len(heads)*2 > len(lines) {
		return
	}
	for _, i := range heads {
		lines[i].level = 1
	}
}

// typed counts as bold the short lines that stand in the middle of a text of which most does not, and as slugs of a wire those of capitals and
// figures right above a headline.
func typed(lines []line) []line {
	middle, depth := 0, 0 // depth is that of the first
	for i := range lines {
		if l := &lines[i]; l.middle {
			middle++
			if depth == 0 {
				depth = l.size
			}
		}
	}
	for i := range lines {
		if l := &lines[i]; l.middle && middle*2 < len(lines) && shorter(l.text, 160) && !endsSentence(l.text) && !l.item {
			if l.bold = true; l.size*5 < depth*3 {
				l.level = 5
			}
		}
		if l := &lines[i]; slug(l.text) && l.gap && i+1 < len(lines) && !lines[i+1].gap && opensArticle(lines[i+1].text) {
			l.small, lines[i+1].bold, lines[i+1].gap = true, true, true
		}
	}
	for i := range lines {
		lines[i].size = 0
	}
	return lines
}

// headed counts as headings the lines of a raw text that are marked as its first line is: a number, counted from one, or signs before it and behind it
// (== The ferry ==). Each stands alone or behind a row of signs, and above a text. What marks them is taken off, and numbers are listed.
func headed(lines []line) {
	mark := ""
	var heads []int
	var inner []string
	for i, l := range lines {
		m, text := markOf(l.text)
		if i == 0 {
			mark = m
		}
		if mark == "" {
			return
		}
		if l.level > 1 || l.bold { // a subheading
			continue
		}
		if l.level == 1 {
			return
		}
		if m != mark || i > 0 && !l.gap || i+1 >= len(lines) || !lines[i+1].gap && (i == 0 || !row(lines[i-1].text)) {
			continue
		}
		if number := numberBefore.FindStringSubmatch(l.text); number != nil && lang.Fold(lang.EN, number[1]) != strconv.Itoa(len(heads)+1) {
			continue
		}
		if !opensArticle(text) || len(heads) > 0 && i == heads[len(heads)-1]+1 {
			return // a list
		}
		heads, inner = append(heads, i), append(inner, text)
	}
	if len(heads) < 2 || len(heads) > maxParts {
		return
	}
	for n, i := range heads {
		l := &lines[i]
		if numberBefore.MatchString(l.text) {
			l.number = strings.TrimSpace(strings.TrimSuffix(l.text, inner[n]))
		}
		l.text, l.level = inner[n], 1
	}
}

// markOf is what marks a line as a heading, and the line without it; "" for a line that nothing marks.
func markOf(s string) (mark, text string) {
	if m := numberBefore.FindString(s); m != "" {
		return "number", s[len(m):]
	}
	const signs = "=~-–—*_+:|>#■►▶◆"
	text = strings.TrimLeft(s, signs)
	before := s[:len(s)-len(text)]
	bare := strings.TrimRight(text, signs)
	after := text[len(bare):]
	if bare = strings.TrimSpace(bare); before == "" || bare == "" || bullet(s) && after == "" {
		return "", s
	}
	return before + " " + after, bare
}

var numberBefore = regexp.MustCompile(`^[\[(]?(\p{Nd}{1,3})[\]).] `)

// slug says whether a line is one of a wire: three to eight words without a small letter, two of them with figures.
func slug(s string) bool {
	n, figures := 0, 0
	for w := range strings.FieldsSeq(s) {
		n++
		figures += int(is(hasDigit(w)))
	}
	return n >= 3 && n <= 8 && figures >= 2 && !endsSentence(s) && !strings.ContainsFunc(s, unicode.IsLower)
}

// readText reads a raw text.
func readText(doc Document, now time.Time) ([]Article, error) {
	ls, hidden, err := splitLines(rawText(doc))
	if err != nil {
		return nil, err
	}
	if len(ls) == 0 {
		return nil, noText("empty")
	}
	ls = unwrap(typed(marked(ls)), 20)
	headed(ls)
	inCapitals(ls)
	p := page{lines: ls, hidden: hidden, declared: doc.Declared, known: doc.Known}
	return p.articles(now)
}

// rawText is the decoded text of a document; character references that a careless copy left in it
// are resolved.
func rawText(doc Document) string {
	text := decode(doc.Bytes, doc.ContentType, false)
	if references.MatchString(text) {
		text = html.UnescapeString(text)
	}
	return text
}

var references = regexp.MustCompile(`&(?:nbsp|amp|quot|apos|laquo|raquo|mdash|ndash|[lr][sd]quo|hellip|zwnj|#\d{2,5}|#x[0-9a-fA-F]{2,5});`)

func noText(why string) error {
	return fault.E(fault.Invalid, "There is no text of an article in it: %s.", why)
}

// terminal are the marks a sentence ends in, closers what may follow one.
const (
	terminal = ".!?…۔؟。！？"
	closers  = "\"'»”’“‘)]）」』›*"
)

// endsSentence says whether s ends as a sentence does.
func endsSentence(s string) bool {
	s = strings.TrimRight(s, closers+" \u200e\u200f")
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(terminal, r)
}

// words counts the words of s; in scripts that do not space them, two characters make one.
func words(s string) int {
	n, wide := 0, 0
	for _, f := range strings.Fields(s) {
		hasLetter := false
		for _, r := range f {
			if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
				wide++
			} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
				hasLetter = true
			}
		}
		if hasLetter {
			n++
		}
	}
	return n + wide/2
}

// shorter says whether s is at most n letters of an alphabet long, without counting a long one to its
// end. A Chinese character says as much as three letters, a Korean syllable as two.
func shorter(s string, n int) bool {
	if len(s) > n*utf8.UTFMax {
		return false
	}
	for _, r := range s {
		if n--; r >= 0x1100 {
			switch {
			case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
				n -= 2
			case unicode.Is(unicode.Hangul, r):
				n--
			}
		}
		if n < 0 {
			return false
		}
	}
	return true
}

// foldLine is the form in which lines are compared with the tables: lower case, one apostrophe, one
// form of the Arabic letters that keyboards mix up, no marks, no decoration around it.
func foldLine(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch r {
		case 'ʻ', 'ʼ', '‘', '’', '`', '´', 'ʹ', '′':
			r = '\''
		case 'ي', 'ى', 'ې':
			r = 'ی'
		case 'ك':
			r = 'ک'
		case 'ة', 'ۀ', 'ھ':
			r = 'ه'
		case 'ہ', 'ۂ', 'ۃ':
			r = 'ه'
		case 'أ', 'إ', 'ٱ':
			r = 'ا'
		case 'İ', 'I', 'ı':
			r = 'i' // Turkish and other readings of I meet
		case 'ё', 'Ё':
			r = 'е'
		case '：':
			r = ':'
		case '\u200c', ' ', '\u00a0':
			space = true
			continue
		case '\u200d', '\u200e', '\u200f', '\u0640':
			continue
		}
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.So, r) || r == '\ufe0f' {
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Trim(b.String(), " •▪●►▶»«›‹|*#<>→←↑↓-–—·_=+~[](){}\"“”,;")
}
