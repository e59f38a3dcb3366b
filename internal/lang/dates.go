package lang

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Date is a day, month, year or minute that a text names.
type Date struct {
	Value     string // ISO 8601, Gregorian: 2026, 2026-06, 2026-06-01, 2026-06-01T14:07, with a zone if one is written; --06-01 (XML Schema's gMonthDay) is a day without a year
	Precision string // year, month, day, minute; monthday for a day without a year
	Raw       string // as written
	Rule      string // which pattern read it: the order of D day, M month, Y year, R range; figures, relative
	Calendar  string // the calendar it is written in if not the Gregorian one: persian, islamic-umalqura (as in CLDR)
	Span
}

// Dates returns the dates that text states, in order. A day needs day, month and year, all written:
// nothing is completed by guess. Words like 'yesterday' and 'this year' count only when now is not zero and are
// reckoned in its location. Of a range both ends are returned, the first with what the last says for both.
func Dates(t Tag, text string, now time.Time) []Date {
	l := lexiconOf(t)
	return l.dates(text, Tokens(t, text), now)
}

// DatesAndDays returns what Dates does, and between them the days of which the text says no year, as --07-17. tokens
// are those that Tokens returns for the text: whoever has them need not have them made again.
func DatesAndDays(t Tag, text string, tokens []Token, now time.Time) []Date {
	return lexiconOf(t).allDates(text, tokens, now)
}

func (l *lexicon) dates(text string, tokens []Token, now time.Time) []Date {
	all := l.allDates(text, tokens, now)
	out := all[:0]
	for _, d := range all {
		if d.Precision != "monthday" {
			out = append(out, d)
		}
	}
	return out
}

func (l *lexicon) allDates(text string, tokens []Token, now time.Time) []Date {
	var out []Date
	if l.calendar.glued {
		tokens = l.apart(text, tokens)
	}
	last := 0 // where the last date ended
	for i := range tokens {
		if tokens[i].Start < last {
			continue
		}
		ds, end := l.dateAt(text, tokens, i, now)
		for _, d := range ds {
			d.Raw = text[d.Start:d.End]
			out = append(out, d)
		}
		last = max(last, end)
	}
	return out
}

// apart splits words in which figures stand behind letters: 2025년9월1일, و14.
func (l *lexicon) apart(text string, tokens []Token) []Token {
	var out []Token
	for i, t := range tokens {
		from, letters := t.Start, false
		for k, r := range text[t.Start:t.End] {
			digit := isDigit(r)
			if digit && letters {
				if out == nil {
					out = append(out, tokens[:i]...)
				}
				out = append(out, l.part(text, from, t.Start+k))
				from = t.Start + k
			}
			letters = !digit
		}
		if from > t.Start {
			t = l.part(text, from, t.End)
		}
		if out != nil {
			out = append(out, t)
		}
	}
	if out == nil {
		return tokens
	}
	return out
}

// part is a piece of a token as one of its own.
func (l *lexicon) part(text string, from, to int) Token {
	fold := string(clip(l.alphabet.word(nil, head(text[from:to])), 0))
	if fold == "" {
		fold = "-" // never empty; stands in no table
	}
	return Token{Span{from, to}, fold, fold}
}

// window is how many tokens a date may span.
const window = 16

// joint is what lies between two parts of a date.
type joint int

const (
	tight  joint = iota // nothing
	space               // a space
	hyphen              // a hyphen or dash without spaces
	dash                // a dash, tilde or hyphen between spaces, or a dash without
	comma
	dot      // a full stop without a space
	dotSpace // a full stop and a space
	slash
	colon
	other
)

// between says what lies between two tokens.
func between(text string, from, to int) joint {
	if to < from || to-from > 16 {
		return other
	}
	g, spaces := tight, 0
	if quoted(text, from, false) { // «17» июля
		_, size := utf8.DecodeRuneInString(text[from:])
		from += size
	}
	if quoted(text, to, true) {
		_, size := utf8.DecodeLastRuneInString(text[:to])
		to -= size
	}
	for _, r := range text[from:max(from, to)] {
		n := other
		switch r {
		case ' ', 0xA0, 0x202F, 0x2009, 0x3000, '\t':
			if spaces++; spaces > 3 {
				return other
			}
			continue
		case '-', 0x2010, 0x2011:
			n = hyphen
		case 0x2012, 0x2013, 0x2014, '~', 0x301C, 0xFF5E, 0x2212:
			n = dash
		case ',', 0x60C, 0xFF0C:
			n = comma
		case '.':
			n = dot
		case '/':
			n = slash
		case ':', 0xFF1A:
			n = colon
		default:
			if dropped(r) || apostrophe(r) {
				continue
			}
		}
		if g != tight || n == other {
			return other
		}
		g = n
	}
	switch {
	case spaces == 0:
	case g == tight:
		g = space
	case g == hyphen:
		g = dash
	case g == dot:
		g = dotSpace
	}
	return g
}

// quoted says whether one or two figures in quotation marks begin (ahead) or end at i.
func quoted(text string, i int, ahead bool) bool {
	const open, shut = "«“\"", "»”\""
	step, near, far := utf8.DecodeLastRuneInString, shut, open
	if ahead {
		step, near, far = utf8.DecodeRuneInString, open, shut
		if r, _ := utf8.DecodeLastRuneInString(text[:i]); !strings.ContainsRune(near, r) {
			return false
		}
	} else if r, _ := utf8.DecodeRuneInString(text[i:]); !strings.ContainsRune(near, r) {
		return false
	}
	for n := 0; n <= 2; n++ { // at most two figures, then the other mark
		rest := text[:i]
		if ahead {
			rest = text[i:]
		}
		r, size := step(rest)
		if !isDigit(r) {
			return n > 0 && strings.ContainsRune(far, r)
		}
		if i -= size; ahead {
			i += 2 * size
		}
	}
	return false
}

// How sure it is that four digits are a year.
const (
	bare  = iota // nothing says so
	weak         // a preposition does
	clear        // the word for year does
)

// symbol is a part of a date: D a day, M a month, Y a year, R what stands between the ends of a range.
type symbol struct {
	kind       byte
	v          int   // M: with its calendar
	gap        joint // before it, from the symbol before
	start, end int   // bytes; with the words that belong to it
	figure     int   // where its figures or name end
	ordinal    bool  // D: 11th
	unit       bool  // D, M: 1日, 9月
	short      bool  // M: written short
	homonym    bool  // M: another word as well
	sure       int   // Y
	era        string
	led        bool // Y: a word stands before it
	told       bool // Y: this year, last year
	open       bool // Y: what follows may be counted by it
	both       bool // R: and
	from       bool // D: its ending says from
}

// lexer turns tokens into symbols.
type lexer struct {
	l       *lexicon
	c       *calendar
	text    string
	tokens  []Token
	at      int
	end     int    // where the last token read ends
	weekday int    // 1 Monday to 7 Sunday, seen beside the date
	era     string // hung on the year just read
	tail    string // hung on the number just read
	now     time.Time
}

func (x *lexer) peek() (*Token, joint) {
	if x.at >= len(x.tokens) || x.at >= window {
		return nil, other
	}
	t := &x.tokens[x.at]
	if x.at == 0 {
		return t, tight
	}
	return t, between(x.text, x.end, t.Start)
}

func (x *lexer) take(t *Token) { x.at++; x.end = t.End }

// phrase reads the longest phrase of at most n words that the set knows. Its words are parted by a space, or a
// hyphen, or nothing.
func (x *lexer) phrase(n int, known func(string) bool) (words string, ok bool) {
	at, end := x.at, x.end
	bestAt, bestEnd := 0, 0
	p := ""
	for range n {
		t, g := x.peek()
		if t == nil || p != "" && g > hyphen {
			break
		}
		if p != "" {
			p += " "
		}
		p += t.Fold
		x.take(t)
		if known(p) {
			words, bestAt, bestEnd, ok = p, x.at, x.end, true
		}
	}
	if !ok {
		x.at, x.end = at, end
		return "", false
	}
	x.at, x.end = bestAt, bestEnd
	return words, true
}

func in[V any](m map[string]V) func(string) bool {
	return func(s string) bool { _, ok := m[s]; return ok }
}

// han is the value of a Chinese numeral.
func han(r rune) (v int, ok bool) {
	switch r {
	case '〇', '零', '○', 'Ｏ':
		return 0, true
	case '十':
		return 10, true
	case '廿':
		return 20, true
	case '卅':
		return 30, true
	}
	if i := strings.IndexRune("一二三四五六七八九", r); i >= 0 {
		return i/3 + 1, true
	}
	return 0, false
}

// hanNumber reads Chinese numerals at i: four digits as in 二〇二五, or a number up to 31 as in 十七.
func hanNumber(text string, i int) (v, digits, end int) {
	first, plain, tens := i, 0, 0
	positional := true
	for i < len(text) && digits < 5 {
		r, size := utf8.DecodeRuneInString(text[i:])
		n, ok := han(r)
		if !ok {
			break
		}
		positional = positional && n < 10
		switch {
		case n == 10 && plain > 0:
			tens, plain = plain*10, 0
		case n >= 10:
			tens += n
		case positional:
			plain = plain*10 + n
		default:
			plain = n
		}
		digits++
		i += size
	}
	if i == first {
		return 0, 0, first
	}
	if positional && digits > 1 {
		return plain, digits, i
	}
	return tens + plain, min(digits, 2), i
}

// number reads a number of at most four digits with what hangs on it: 11th, 14-ші, 2026年, 6월, 9 дүгээр сарын.
func (x *lexer) number() (v, digits int, ordinal bool, unit string, ok bool) {
	t, _ := x.peek()
	if t == nil {
		return
	}
	at, end := x.at, x.end
	if r, _ := utf8.DecodeRuneInString(x.text[t.Start:]); !isDigit(r) {
		if !ideograph(r) && r != '〇' {
			return
		}
		to := 0
		if v, digits, to = hanNumber(x.text, t.Start); digits == 0 {
			return
		}
		for x.at < len(x.tokens) && x.tokens[x.at].Start < to {
			x.at++
		}
		x.end = to
		next, g := x.peek()
		if next == nil || g != tight || x.c.marks[next.Fold] == "" {
			x.at, x.end = at, end
			return 0, 0, false, "", false // Chinese numerals without their mark are words
		}
		x.take(next)
		return v, digits, false, x.c.marks[next.Fold], true
	}
	tail := ""
	raw := x.text[t.Start:t.End]
	for _, r := range raw {
		d, is := digit(r)
		if !is {
			if r == '.' || r == ',' || r == 0x66B || r == 0x66C {
				return 0, 0, false, "", false // thousands or a fraction
			}
			if tail = t.Fold[min(digits, len(t.Fold)):]; apostrophe(r) || dropped(r) {
				if tail != "" && !x.c.endings[tail] && x.c.marks[tail] == "" && t.Stem != t.Fold && t.Stem[len(t.Stem)-1] <= '9' {
					tail, ordinal = "", true // 2026'da
				}
			}
			break
		}
		if digits++; digits > 4 {
			return 0, 0, false, "", false
		}
		v = v*10 + d
	}
	if tail != "" {
		switch {
		case x.c.marks[tail] != "":
			unit = x.c.marks[tail]
		case digits == 4 && x.c.eras[tail] != "":
			x.era = x.c.eras[tail] // 2025م
		case digits == 4 && (x.c.years[tail] || x.c.glue[tail]): // 2025ж., 2025г.
			if x.c.years[tail] {
				unit = "year"
			}
		case x.c.endings[tail]:
			ordinal = true
		default:
			return 0, 0, false, "", false
		}
	}
	x.take(t)
	x.tail = tail
	for range 2 {
		next, g := x.peek()
		if next == nil || unit != "" {
			break
		}
		switch {
		case x.c.marks[next.Fold] != "" && g <= space:
			unit, x.tail = x.c.marks[next.Fold], next.Fold
			x.take(next)
		case !ordinal && (g == hyphen || g == tight) && x.c.endings[next.Fold] && x.c.months[next.Fold] == 0,
			!ordinal && g == space && len(next.Fold) > 1 && x.c.ordinals[next.Fold]:
			ordinal, x.tail = true, next.Fold
			x.take(next)
		}
	}
	return v, digits, ordinal, unit, true
}

// skip passes over words inside a date and days of the week, also in brackets.
func (x *lexer) skip() {
	for {
		t, g := x.peek()
		if t == nil {
			return
		}
		switch {
		case x.c.glue[t.Fold] && (g == space || g == tight || g == hyphen):
			x.take(t)
			if x.end < len(x.text) && x.text[x.end] == '.' && t.End-t.Start <= 4 { // г., ж.
				x.end++
			}
			continue
		case g == space || g == comma || g == tight || g == other && bracketed(x.text, x.end, t.Start):
			at, end := x.at, x.end
			if p, ok := x.phrase(3, in(x.c.weekdays)); ok && x.c.months[p] == 0 {
				if x.followed(at > 0 && g == other) {
					x.weekday = x.c.weekdays[p]
					continue
				}
			}
			x.at, x.end = at, end
		}
		return
	}
}

// followed moves behind the closing bracket of a day of the week in brackets. It is false if there is none.
func (x *lexer) followed(bracket bool) bool {
	if !bracket {
		return true
	}
	r, size := utf8.DecodeRuneInString(x.text[x.end:])
	if r != ')' && r != '）' {
		return false
	}
	x.end += size
	return true
}

func bracketed(text string, from, to int) bool {
	s := strings.TrimSpace(text[from:max(from, to)])
	return s == "(" || s == "（"
}

// thisYear reads a phrase that names the year by the day it is said.
func (x *lexer) thisYear() (year int, ok bool) {
	t, _ := x.peek()
	if t == nil || x.now.IsZero() || !x.c.first[t.Fold] {
		return 0, false
	}
	at, end := x.at, x.end
	for i := range x.c.relative {
		rel := &x.c.relative[i]
		if rel.unit != "year" {
			continue
		}
		n := 0
		for n < len(rel.words) {
			t, g := x.peek()
			if t == nil || n > 0 && g > space || t.Fold != rel.words[n] {
				break
			}
			x.take(t)
			n++
		}
		if n == len(rel.words) {
			return x.now.Year() + rel.shift, true
		}
		x.at, x.end = at, end
	}
	return 0, false
}

// next reads one symbol.
func (x *lexer) next(first bool) (s symbol, ok bool) {
	at, end := x.at, x.end
	if !first {
		x.skip()
	}
	t, g := x.peek()
	if t == nil {
		x.at, x.end = at, end
		return s, false
	}
	s = symbol{gap: g, start: t.Start}
	if x.at > at && g == tight {
		s.gap = space
	}
	done := func() (symbol, bool) {
		s.end = x.end
		return s, true
	}
	if y, is := x.thisYear(); is {
		s.kind, s.v, s.sure, s.told, s.figure = 'Y', y, clear, true, x.end
		return done()
	}
	c := x.c
	from, fromEnd := x.at, x.end
	switch {
	case c.yearLead[t.Fold]:
		s.sure, s.led = clear, true
		x.take(t)
	case c.yearPre[t.Fold]:
		s.sure, s.led = weak, true
		x.take(t)
	}
	if s.led {
		if n, g := x.peek(); n != nil && g <= space {
			if v, digits, ordinal, unit, is := x.number(); is && digits == 4 && (unit == "" || unit == "year") {
				s.v, s.ordinal = v, ordinal
				return x.year(s, unit)
			}
		}
		x.at, x.end, s.sure, s.led = from, fromEnd, bare, false
	}
	if v, digits, ordinal, unit, is := x.number(); is {
		s.v, s.ordinal, s.figure = v, ordinal, x.end
		switch {
		case digits == 4 && (unit == "" || unit == "year"):
			return x.year(s, unit)
		case digits <= 2 && unit == "month" && v >= 1 && v <= 12:
			s.kind, s.unit = 'M', true
			return done()
		case digits <= 2 && (unit == "" || unit == "day") && v >= 1 && v <= 31:
			s.kind, s.unit, s.from = 'D', unit == "day", c.from[x.tail]
			return done()
		}
		x.at, x.end = at, end
		return s, false
	}
	if p, is := x.phrase(3, func(p string) bool { return c.months[p] > 0 }); is {
		s.kind, s.v, s.figure, s.short, s.homonym = 'M', c.months[p], x.end, c.short[p], c.homonyms[p]
		raw := x.text[s.start:x.end]
		if r, _ := utf8.DecodeRuneInString(raw); s.homonym && x.l.code == "en" {
			s.homonym = !unicode.IsUpper(r) // May, but not may
		}
		if rest := x.text[x.end:]; strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, " (") { // أيلول/سبتمبر, تموز (يوليو)
			at, end := x.at, x.end
			x.end += strings.IndexAny(rest, "/(") + 1
			_, same := x.phrase(3, func(p string) bool { return c.months[p] == s.v })
			if !same || rest[0] == ' ' && !x.followed(true) {
				x.at, x.end = at, end
			}
		}
		return done()
	}
	if p, is := x.phrase(5, in(c.days)); is {
		s.kind, s.v, s.ordinal, s.figure = 'D', c.days[p], true, x.end
		return done()
	}
	if !first && (c.between[t.Fold] || c.both[t.Fold]) && (g == space || g == tight || g == dash && x.text[x.end] == '-') {
		s.kind, s.both = 'R', c.both[t.Fold]
		x.take(t)
		return done()
	}
	x.at, x.end = at, end
	return s, false
}

// year reads what stands behind four digits that may be a year.
func (x *lexer) year(s symbol, unit string) (symbol, bool) {
	c := x.c
	s.kind, s.figure, s.end, s.era = 'Y', x.end, x.end, x.era
	x.era = ""
	if unit == "year" {
		s.sure = clear
		if len(x.tail) <= 4 && c.years[x.tail] && x.end < len(x.text) && x.text[x.end] == '.' {
			x.end++ // 2025ж. 5
		}
	}
	for n := 0; n < 3; n++ {
		t, g := x.peek()
		if t == nil || g > hyphen {
			break
		}
		if era := c.eras[t.Fold]; era != "" {
			if s.era == "" || s.era == "lunar" { // هجری شمسی
				s.era = era
			}
			x.take(t)
			if utf8.RuneCountInString(t.Fold) > 1 { // one letter may be a unit as well
				s.sure = clear
			}
			continue
		}
		if n > 0 && s.era == "" {
			break
		}
		switch {
		case c.yearMany[t.Fold]:
			x.take(t)
			if s.v%100 != 0 || s.ordinal {
				s.sure = clear
			} else {
				s.open = true
			}
			s.end = x.end
			return s, true
		case c.years[t.Fold]:
			x.take(t)
			if x.end < len(x.text) && x.text[x.end] == '.' && x.end-t.Start <= 4 {
				x.end++ // 2025 ж. 17
			}
			s.sure = clear
			continue
		}
		break
	}
	s.end = x.end
	if c.decades[x.tail] && s.v%10 == 0 {
		return s, false // 1980-е
	}
	if t, g := x.peek(); t != nil && g == tight && c.yearNot[t.Fold] {
		return s, false // 1980年代
	}
	if t, g := x.peek(); t != nil && s.sure != clear {
		switch {
		case g == space && c.yearPost[t.Fold]:
			x.take(t)
			s.end = x.end
			if next, _ := x.peek(); next == nil || !c.yearNot[next.Fold] {
				s.sure = max(s.sure, weak)
			}
		case x.l.figures.powers[t.Fold] > 0 && g <= hyphen:
			return s, false
		case g <= hyphen && !x.ends(t):
			s.open = true
			if s.sure == weak {
				s.sure = bare
			}
		}
	}
	if r, _ := utf8.DecodeRuneInString(x.text[s.end:]); strings.ContainsRune("%٪$€₽₸£¥°", r) && r != utf8.RuneError {
		return s, false
	}
	if s.sure == weak && (s.v < 1900 || s.v > 2099) {
		s.sure = bare
	}
	return s, s.era != "none"
}

// ends says whether next begins something new, so that the number before it does not count it: in 2026
// the office, but not in 2026 offices.
func (x *lexer) ends(next *Token) bool {
	if x.text[x.end:next.Start] != " " || x.l.stop[next.Fold] || x.c.glue[next.Fold] || x.c.months[next.Fold] > 0 || x.c.weekdays[next.Fold] > 0 || x.c.yearPre[next.Fold] ||
		x.c.uncounted[next.Fold] {
		return true
	}
	for _, w := range x.c.hour {
		if x.text[next.Start:next.End] == w {
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(x.text[next.Start:])
	return unicode.IsUpper(first) || isDigit(first)
}

// patterns are the orders in which a date may be written, the longest first. R may also be a hyphen.
var patterns = []string{"YMDRMD", "YDMRDM", "DMRDMY", "MDRMDY", "YMDRD", "YDRDM", "DRDMY", "MDRDY", "DMY", "MDY", "YDM", "YMD", "DRDM", "MDRD", "DM", "MD", "MY", "YM", "Y"}

// dateAt reads what begins with token i: no date, one, or the two ends of a range, and where to look on.
func (l *lexicon) dateAt(text string, tokens []Token, i int, now time.Time) ([]Date, int) {
	c := l.calendar
	first := &tokens[i]
	figure := first.Fold[0] >= '0' && first.Fold[0] <= '9'
	if figure {
		if d, ok := numericDate(text, first.Start, c); ok {
			if l.counted(text, tokens, i) {
				return nil, d.End
			}
			return []Date{withTime(text, d, c)}, max(withTime(text, d, c).End, d.End)
		} else if d.End > 0 {
			return nil, d.End
		}
	} else if r, _ := utf8.DecodeRuneInString(first.Fold); !c.starts[first.Fold] && !ideograph(r) {
		return nil, 0
	}
	x := &lexer{l: l, c: c, text: text, tokens: tokens[i:], now: now}
	var store [8]symbol
	symbols := store[:0]
	if !figure && c.weekdays[first.Fold] > 0 && c.months[first.Fold] == 0 { // a date may begin with its day of the week
		x.skip()
	}
	begin := x.at == 0
	for len(symbols) < 7 {
		s, ok := x.next(begin)
		if !ok {
			break
		}
		begin = false
		symbols = append(symbols, s)
	}
	if len(symbols) > 0 {
		trusted := !l.counted(text, tokens, i)
		for _, p := range patterns {
			ds, end, ok := l.match(x, p, symbols, trusted)
			if ok {
				return ds, end
			}
		}
	}
	return l.relativeAt(text, tokens[i:], now)
}

// counted says whether the number of token i belongs to the word or sign before it (№ 5, page 5, version 1.2.2026)
// or goes on from another number (2-1, 3:2).
func (l *lexicon) counted(text string, tokens []Token, i int) bool {
	start := tokens[i].Start
	r, size := utf8.DecodeLastRuneInString(text[:start])
	if size > 0 && strings.ContainsRune("№#§$€₽₸£¥+*=<>", r) {
		return true
	}
	if size > 0 && strings.ContainsRune("-–.,:/−", r) {
		if d, _ := utf8.DecodeLastRuneInString(text[:start-size]); isDigit(d) {
			return true
		}
	}
	if s := strings.TrimRight(text[max(0, start-8):start], " \u00a0\u202f."); s != "" {
		if r, _ := utf8.DecodeLastRuneInString(s); strings.ContainsRune("№#§$€₽₸£¥", r) {
			return true
		}
	}
	if i == 0 {
		return false
	}
	if g := between(text, tokens[i-1].End, start); g != space && g != dotSpace && g != tight && g != dot && g != colon {
		return false
	}
	return l.calendar.counts[tokens[i-1].Fold]
}

// match tries one pattern on the first of the symbols. ok without a date says that it has the form of a date but
// is none, so that its parts are none either.
func (l *lexicon) match(x *lexer, pattern string, symbols []symbol, trusted bool) (ds []Date, end int, ok bool) {
	var d, m [2]*symbol
	var y *symbol
	nd, nm := 0, 0
	k := 0
	ranged, both := strings.Contains(pattern, "R"), false
	for i := 0; i < len(pattern); i++ {
		want := pattern[i]
		if want == 'R' {
			if k < len(symbols) && symbols[k].kind == 'R' {
				both = symbols[k].both
				k++
				if k >= len(symbols) || symbols[k].gap > space {
					return nil, 0, false
				}
				continue
			}
			if k >= len(symbols) || symbols[k].gap != hyphen && symbols[k].gap != dash && !(k > 0 && symbols[k-1].from) {
				return nil, 0, false
			}
			continue
		}
		if k >= len(symbols) || symbols[k].kind != want {
			return nil, 0, false
		}
		s := &symbols[k]
		if i > 0 && pattern[i-1] != 'R' && !fits(&symbols[k-1], s) {
			return nil, 0, false
		}
		switch want {
		case 'D':
			d[nd] = s
			nd++
		case 'M':
			m[nm] = s
			nm++
		case 'Y':
			y = s
		}
		k++
	}
	start := symbols[0].start
	lastSymbol := &symbols[k-1]
	end = lastSymbol.end
	if nd > 0 && pattern[0] == 'D' && !trusted {
		return nil, 0, false
	}
	if y != nil && pattern[0] == 'Y' && !trusted && y.sure != clear {
		return nil, 0, false
	}
	none := func() ([]Date, int, bool) { return nil, end, true }
	c := l.calendar
	if m[1] == nil {
		m[1] = m[0]
	}
	// What says that four digits are a year.
	if y != nil {
		follows := pattern[len(pattern)-1] == 'Y'
		usual := y.v >= 1900 && y.v <= 2099 || m[0] != nil && m[0].v > solarMonths
		switch {
		case y.sure == clear:
		case pattern == "Y" || pattern == "YM":
			if pattern == "YM" || y.sure == bare {
				return nil, 0, false
			}
		case pattern[0] == 'Y' && (y.sure == bare && !usual || !d0named(pattern, y)):
			return nil, 0, false
		case follows && y.open && (y.v%100 == 0 || !usual || y.gap == comma && pattern != "MDY"):
			return nil, end, nd > 0 // the number counts what follows
		case !usual && y.gap != space && y.gap != tight:
			return none()
		}
	}
	if m[0] != nil && m[0].homonym && y == nil {
		return nil, 0, false
	}
	if m[0] != nil && m[0].homonym && l.code == "en" && (nd == 0 || y == nil) {
		return nil, 0, false
	}
	full := func(d, m, y *symbol, from, to int) (Date, bool) {
		v, cal, ok := c.isoDay(y.v, m.v, d.v, y.era)
		return Date{Value: v, Precision: "day", Rule: pattern, Calendar: cal, Span: Span{from, to}}, ok
	}
	switch {
	case pattern == "Y":
		// A solar or lunar year lies in two Gregorian ones: nothing.
		if y.era != "" && y.era != "gregorian" || y.v < 1000 || y.v > 2999 || c.solar && y.v < 1600 {
			return nil, 0, false
		}
		if c.lunar[1400].months != "" && y.v < 1600 {
			return nil, 0, false
		}
		return []Date{{Value: fmt.Sprintf("%04d", y.v), Precision: "year", Rule: pattern, Span: Span{start, end}}}, end, true
	case nd == 0: // a month of a year
		if m[0].v > solarMonths || y.v < 1583 || y.v > 2999 || y.era != "" && y.era != "gregorian" {
			return none() // a solar month lies in two Gregorian ones
		}
		return []Date{{Value: fmt.Sprintf("%04d-%02d", y.v, m[0].v), Precision: "month", Rule: pattern, Span: Span{start, end}}}, end, true
	case y == nil:
		return l.dayOnly(x, pattern, d, m, start, end)
	case !ranged:
		dt, ok := full(d[0], m[0], y, start, end)
		if !ok {
			return none()
		}
		dt = withTime(x.text, dt, c)
		return []Date{dt}, dt.End, true
	}
	// A range: the first day takes month and year of the last.
	if m[0] == m[1] && d[0].v >= d[1].v || both && m[0] != m[1] {
		return nil, 0, false
	}
	if m[0] != m[1] && (m[0].v > m[1].v || m[0].v/100 != m[1].v/100) { // 28 December to 3 January 2026: the first has another year
		if pattern[0] == 'Y' {
			return nil, 0, false
		}
		b, ok := full(d[1], m[1], y, d[1].start, end)
		if pattern == "MDRMDY" {
			b.Start = m[1].start
		}
		if !ok {
			return none()
		}
		return []Date{b}, end, true
	}
	firstEnd, secondStart := d[0].figure, d[1].start
	switch pattern {
	case "DMRDMY":
		firstEnd = m[0].end
	case "MDRMDY", "YMDRMD":
		secondStart = m[1].start
	case "YDMRDM":
		firstEnd = m[0].end
	}
	a, okA := full(d[0], m[0], y, start, firstEnd)
	b, okB := full(d[1], m[1], y, secondStart, end)
	if !okA || !okB {
		return none()
	}
	b = withTime(x.text, b, c)
	return []Date{a, b}, b.End, true
}

// d0named says whether a year that nothing marks may lead its pattern: only before a month in words and its day.
func d0named(pattern string, y *symbol) bool {
	return pattern == "YMD" || y.sure >= weak || y.ordinal
}

// fits says whether b may stand behind a in one date.
func fits(a, b *symbol) bool {
	switch string([]byte{a.kind, b.kind}) {
	case "DM":
		return b.gap == space || b.gap == tight || b.gap == hyphen || b.gap == dot || b.gap == comma && a.ordinal && !b.unit
	case "MD":
		return b.gap == space || b.gap == tight || b.gap == hyphen || b.gap == dotSpace && a.short || b.gap == dot
	case "MY":
		return b.gap == space || b.gap == tight || b.gap == hyphen || b.gap == comma || b.gap == dot || b.gap == dotSpace && a.short
	case "DY":
		return b.gap == space || b.gap == comma || b.gap == tight
	case "YD":
		return (b.gap == space || b.gap == comma || b.gap == hyphen) && (a.sure > bare || a.ordinal)
	case "YM":
		return b.gap == space || b.gap == tight || b.gap == comma && a.sure == clear || b.gap == hyphen
	}
	return false
}

// isoDay is the Gregorian day of a date of any calendar, and which one that is if not the Gregorian.
func (c *calendar) isoDay(y, m, d int, era string) (value, name string, ok bool) {
	switch {
	case m > lunarMonths:
		if era == "gregorian" || era == "solar" {
			return "", "", false
		}
		y, m, d, ok = c.lunarHijri(y, m-lunarMonths, d)
		name = "islamic-umalqura"
	case m > solarMonths:
		if era == "gregorian" {
			return "", "", false
		}
		y, m, d, ok = solarHijri(y, m-solarMonths, d)
		name = "persian"
	default:
		ok = gregorian(y, m, d) && (era == "" || era == "gregorian")
	}
	if !ok {
		return "", "", false
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d), name, true
}

// dayOnly is a day of which no year is written: with the day of the week and a known now it is the nearest one
// if that falls on this weekday; else it stays without a year.
func (l *lexicon) dayOnly(x *lexer, pattern string, d, m [2]*symbol, start, end int) ([]Date, int, bool) {
	if m[0].v > solarMonths || d[0].gap == hyphen && pattern[0] == 'M' {
		return nil, 0, false
	}
	last := 0
	if strings.Contains(pattern, "R") {
		last = 1
		if d[0].v >= d[1].v {
			return nil, 0, false
		}
	}
	for i := 0; i <= last; i++ {
		rest := x.text[d[i].figure:] // in February 4:1 was the score
		if r, size := utf8.DecodeRuneInString(rest); i == last && pattern[len(pattern)-1] == 'D' && strings.ContainsRune(":-–/.,", r) && size < len(rest) {
			if r, _ := utf8.DecodeRuneInString(rest[size:]); isDigit(r) {
				return nil, 0, false
			}
		}
		if !gregorian(2024, m[i].v, d[i].v) {
			return nil, end, true
		}
	}
	if last == 0 && x.weekday > 0 && !x.now.IsZero() {
		for _, y := range []int{x.now.Year(), x.now.Year() - 1, x.now.Year() + 1} {
			t := time.Date(y, time.Month(m[0].v), d[0].v, 0, 0, 0, 0, time.UTC)
			if away := t.Sub(x.now).Hours() / 24; away > -183 && away < 183 && gregorian(y, m[0].v, d[0].v) {
				if (int(t.Weekday())+6)%7+1 != x.weekday {
					return nil, end, true
				}
				dt := withTime(x.text, Date{Value: t.Format(time.DateOnly), Precision: "day", Rule: pattern + " weekday", Span: Span{start, end}}, l.calendar)
				return []Date{dt}, dt.End, true
			}
		}
	}
	var out []Date
	for i := 0; i <= last; i++ {
		dt := Date{Value: fmt.Sprintf("--%02d-%02d", m[i].v, d[i].v), Precision: "monthday", Rule: pattern, Span: Span{start, end}}
		if last == 1 && i == 0 {
			dt.End = d[0].figure
		}
		if i == 1 {
			dt.Start = d[1].start
		}
		out = append(out, dt)
	}
	return out, end, true
}

// lastMonth dates 'last December' by now: the latest one that is over.
func lastMonth(m int, now time.Time) (string, bool) {
	if now.IsZero() || m > solarMonths || m == int(now.Month()) {
		return "", false
	}
	y := now.Year()
	if m > int(now.Month()) {
		y--
	}
	return fmt.Sprintf("%04d-%02d", y, m), true
}

// relativeAt reads a phrase that dates by the day it is said, the longest that fits.
func (l *lexicon) relativeAt(text string, tokens []Token, now time.Time) ([]Date, int) {
	c := l.calendar
	first := &tokens[0]
	if now.IsZero() {
		return nil, 0
	}
	if m := c.months[first.Fold]; m > 0 && len(tokens) > 1 && c.past[tokens[1].Fold] && between(text, first.End, tokens[1].Start) == space {
		if v, ok := lastMonth(m, now); ok {
			end := tokens[1].End
			return []Date{{Value: v, Precision: "month", Rule: "relative", Span: Span{first.Start, end}}}, end
		}
		return nil, tokens[1].End
	}
	if !c.first[first.Fold] {
		return nil, 0
	}
	for i := range c.relative {
		rel := &c.relative[i]
		if len(rel.words) > len(tokens) {
			continue
		}
		fits := true
		for k, w := range rel.words {
			if tokens[k].Fold != w || k > 0 && between(text, tokens[k-1].End, tokens[k].Start) > space {
				fits = false
				break
			}
		}
		if !fits {
			continue
		}
		end := tokens[len(rel.words)-1].End
		d := Date{Precision: rel.unit, Rule: "relative", Span: Span{first.Start, end}}
		switch rel.unit {
		case "day":
			d.Value = now.AddDate(0, 0, rel.shift).Format("2006-01-02")
		case "month":
			d.Value = time.Date(now.Year(), now.Month()+time.Month(rel.shift), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		case "year":
			d.Value = fmt.Sprintf("%04d", now.Year()+rel.shift)
		}
		return []Date{d}, end
	}
	return nil, 0
}

// digitsAt reads at most most digits at i; more are an error (n 0).
func digitsAt(text string, i, most int) (value, n, end int) {
	end = i
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		d, ok := digit(r)
		if !ok {
			break
		}
		if n++; n > most {
			return 0, 0, end
		}
		value = value*10 + d
		end += size
	}
	return value, n, end
}

// solarYears are the years that figures of a solar calendar mean in the news; lunar years of our day follow them.
const solarFrom, solarTo = 1300, 1420

// numericDate reads 2026-06-01, 01.06.2026, 2026/06/01 or 13/06/2026 at start. A span with ok false says
// that it has the form of a date but names no certain day, so that its parts are none either.
func numericDate(text string, start int, c *calendar) (Date, bool) {
	if r, size := utf8.DecodeLastRuneInString(text[:start]); size > 0 && (r == '.' || r == '/' || r == '-' || r == ',') {
		if r, _ := utf8.DecodeLastRuneInString(text[:start-size]); isDigit(r) {
			return Date{}, false
		}
	}
	var v, n [3]int
	var sep byte
	i := start
	for k := range 3 {
		most := 4
		if k == 1 {
			most = 2
		}
		v[k], n[k], i = digitsAt(text, i, most)
		if n[k] == 0 {
			return Date{}, false
		}
		if k == 2 {
			break
		}
		if i >= len(text) || text[i] != '-' && text[i] != '.' && text[i] != '/' || k == 1 && text[i] != sep {
			return Date{}, false
		}
		sep = text[i]
		if i++; c.spaced && sep == '.' && i < len(text) && text[i] == ' ' && n[0] == 4 {
			i++
		}
	}
	end := i
	if r, size := utf8.DecodeRuneInString(text[end:]); size > 0 && (r == '.' || r == '/' || r == '-' || r == ',' || r == ':') {
		if r, _ := utf8.DecodeRuneInString(text[end+size:]); isDigit(r) {
			return Date{}, false // four numbers: an address or version
		}
	}
	none := Date{Span: Span{start, end}}
	y, m, d := v[0], v[1], v[2]
	era := eraBehind(text[end:], c)
	moon := era == "lunar" && len(c.lunar) > 0
	sun := c.solar && (n[0] == 4 && y >= solarFrom && y <= solarTo || n[2] == 4 && d >= solarFrom && d <= solarTo) && era != "lunar" && era != "gregorian"
	switch {
	case n[0] == 4 && n[1] <= 2 && n[2] <= 2:
	case n[0] <= 2 && n[2] == 4 && (sep == '.' || sun || moon || y > 12 && m <= 12 || y == m):
		y, d = d, y
	case n[0] <= 2 && n[2] == 4 && m > 12 && y <= 12 && sep == '/':
		y, m, d = d, y, m
	case n[0] <= 2 && n[2] == 4:
		return none, false // 05/06/2026 is May or June
	default:
		return Date{}, false
	}
	if m < 1 || m > 12 {
		return none, false
	}
	switch {
	case moon:
		m += lunarMonths
	case sun:
		m += solarMonths
	case era != "" && era != "gregorian":
		return none, false
	}
	value, name, ok := c.isoDay(y, m, d, era)
	if !ok {
		return none, false
	}
	return Date{Value: value, Precision: "day", Rule: "figures", Calendar: name, Span: Span{start, end}}, true
}

// eraBehind is the era written behind a date in figures: 1447/02/16 هـ.
func eraBehind(rest string, c *calendar) string {
	rest = strings.TrimLeft(rest[:min(len(rest), 24)], " \u00a0")
	best, era := 0, ""
	for _, e := range c.erasWritten {
		if strings.HasPrefix(rest, e.word) && len(e.word) > best {
			if r, _ := utf8.DecodeRuneInString(rest[len(e.word):]); r == utf8.RuneError || !wordRune(r) {
				best, era = len(e.word), e.era
			}
		}
	}
	return era
}

// withTime adds a time of day written right behind a day: ", 14:07", "T14:07:00Z", " 14:07 UTC+5".
func withTime(text string, d Date, c *calendar) Date {
	i := d.End
	if i < len(text) && (text[i] == 'T' || text[i] == 't') {
		i++
	} else {
		for n := 0; n < 3 && i < len(text) && (text[i] == ' ' || text[i] == ','); n++ {
			i++
		}
		for _, w := range c.hour {
			if strings.HasPrefix(text[i:], w+" ") {
				i += len(w) + 1
				break
			}
		}
		if i == d.End {
			return d
		}
	}
	h, hn, j := digitsAt(text, i, 2)
	if hn == 0 || h > 23 || j >= len(text) || text[j] != ':' {
		return d
	}
	m, mn, j := digitsAt(text, j+1, 2)
	if mn != 2 || m > 59 {
		return d
	}
	if j < len(text) && text[j] == ':' {
		if s, sn, k := digitsAt(text, j+1, 2); sn == 2 && s < 60 {
			j = k
			if j < len(text) && text[j] == '.' {
				if _, n, k := digitsAt(text, j+1, 9); n > 0 {
					j = k
				}
			}
		}
	}
	// 5:30 pm; a word for the time of day that does not settle the half of the day leaves the day alone.
	rest := strings.TrimLeft(text[j:min(len(text), j+24)], " \u00a0")
	for _, half := range c.halves {
		if lower := strings.ToLower(rest); len(lower) != len(rest) || !strings.HasPrefix(lower, half.word) {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(rest[len(half.word):]); r != utf8.RuneError && wordRune(r) {
			continue
		}
		if half.half == "none" || h > 12 || h == 0 {
			return d
		}
		if h %= 12; half.half == "after" {
			h += 12
		}
		j += strings.Index(text[j:], rest[:len(half.word)]) + len(half.word)
		break
	}
	zone, end := zoneAt(text, j)
	d.Value += fmt.Sprintf("T%02d:%02d%s", h, m, zone)
	d.Precision = "minute"
	d.End = end
	return d
}

// zoneAt reads Z, UTC, GMT, +05:00 or UTC+5 at i.
func zoneAt(text string, i int) (zone string, end int) {
	end = i
	j := i
	if j < len(text) && text[j] == ' ' {
		j++
	}
	named := false
	switch rest := text[j:]; {
	case strings.HasPrefix(rest, "UTC"), strings.HasPrefix(rest, "GMT"):
		j += 3
		named = true
	case strings.HasPrefix(rest, "Z") && j == i:
		return "Z", j + 1
	}
	if j < len(text) && (text[j] == '+' || text[j] == '-') && (named || j == i || text[j] == '+' && fourFigures(text, j+1)) {
		sign := text[j]
		if v, _, k := digitsAt(text, j+1, 4); fourFigures(text, j+1) && v/100 <= 14 && v%100 < 60 {
			return fmt.Sprintf("%c%02d:%02d", sign, v/100, v%100), k
		}
		if h, n, k := digitsAt(text, j+1, 2); n > 0 && h <= 14 {
			m := 0
			if k < len(text) && text[k] == ':' {
				if v, n, e := digitsAt(text, k+1, 2); n == 2 && v < 60 {
					m, k = v, e
				}
			} else if v, n, e := digitsAt(text, k, 2); n == 2 && v < 60 {
				m, k = v, e
			}
			return fmt.Sprintf("%c%02d:%02d", sign, h, m), k
		}
	}
	if named {
		return "Z", j
	}
	return "", end
}

// fourFigures says whether just four figures stand at i: the +0300 of mail.
func fourFigures(text string, i int) bool {
	_, n, end := digitsAt(text, i, 4)
	return n == 4 && end-i == 4 && (end == len(text) || text[end] != '.' && text[end] != ',')
}
