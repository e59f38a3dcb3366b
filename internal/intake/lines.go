package intake

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/fault"
)

// line is one visible line of a document.
type line struct {
	text   string
	gap    bool       // a blank line, or the edge of a block, stands before it
	level  int        // of its heading element, 1-6; 0 when it is none
	inMain bool       // the extractor takes it for the article's content; always true in raw text
	item   bool       // of a list
	link   bool       // all of it is a link
	bold   bool       // all of it is in bold type
	box    string     // the element a paragraph stands in, as tag and class; "" for what is no paragraph
	node   *html.Node // the innermost block element around it; nil outside pages
	row    bool       // of a table of data
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
		case r == '\u061c' || r == '\u200e' || r == '\u200f':
			hidden++
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			hidden++
			continue
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
	gap := false
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
			continue
		}
		if len(lines) >= maxLines {
			return nil, 0, fault.E(fault.TooLarge, "There are more than %d lines in it.", maxLines)
		}
		lines = append(lines, line{text: s, gap: gap, inMain: true, item: bullet(s)})
		gap = false
	}
	return unwrap(lines), hidden, nil
}

func bullet(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("•▪●◦‣·*-–—", r) && strings.HasPrefix(s[n:], " ")
}

// unwrap joins the lines of a text whose paragraphs were broken at a fixed width: blocks of lines of
// 45 to 100 characters between blank lines, most of them ending in mid-sentence.
func unwrap(lines []line) []line {
	var lengths []int
	joined, open := 0, 0
	for i, l := range lines {
		lengths = append(lengths, utf8.RuneCountInString(l.text))
		if i+1 < len(lines) && !lines[i+1].gap {
			joined++
			if !endsSentence(l.text) {
				open++
			}
		}
	}
	if len(lines) < 6 || joined*10 < len(lines)*6 || open*10 < joined*7 {
		return lines
	}
	slices.Sort(lengths)
	if median := lengths[len(lengths)/2]; median < 45 || median > 100 || lengths[len(lengths)-1] > 110 {
		return lines
	}
	width := lengths[len(lengths)*9/10]
	out := lines[:0]
	broken := false // the line before was cut at the width
	for _, l := range lines {
		n := utf8.RuneCountInString(l.text)
		if broken && !l.gap && !l.item {
			last := &out[len(out)-1]
			last.text += " " + l.text
		} else {
			out = append(out, l)
		}
		broken = n*10 >= width*7
	}
	return out
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
