package lang

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

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
		case '/', 0x60D:
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
	from       bool // D, M: its ending says from
	hung       bool // a hyphen stands between day and month: 17-июль
	ended      bool // Y: its ending counts nothing
	people     bool // Y: what it counts stands behind it
	plural     bool // Y: years
	mark       bool // Y: a mark as 年 says that it is one, or how many

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
	last    int    // where the date before ended
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

func numeral(r rune) bool { _, ok := han(r); return ok || r == '半' || r == '两' }

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

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
					ordinal = true // 2026'da
					x.tail = tail
					tail = ""
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
	if tail != "" || !ordinal {
		x.tail = tail
	}
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
			if day := x.c.bracketed[t.Fold]; day > 0 && at > 0 && g == other {
				if x.take(t); x.followed(true) {
					x.weekday = day
					continue
				}
				x.at, x.end = at, end
			}
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
	if t, _ := x.peek(); t != nil && x.at > 0 && !x.now.IsZero() && x.c.present[t.Fold] && x.c.months[x.tokens[x.at-1].Fold] > 0 { // يوليو الجاري
		x.take(t)
		return x.now.Year(), true
	}
	shift, ok := x.relative("year")
	if year = x.now.Year(); ok && x.c.solar {
		year, _ = solarMonth(x.now)
	}
	return year + shift, ok
}

// relative reads a phrase that names a year or month by the day it is said: last year, с. г.
func (x *lexer) relative(unit string) (shift int, ok bool) {
	t, _ := x.peek()
	if t == nil || x.now.IsZero() || !x.c.first[t.Fold] {
		return 0, false
	}
	at, end := x.at, x.end
	for i := range x.c.relative {
		rel := &x.c.relative[i]
		if rel.unit != unit {
			continue
		}
		n, letters := 0, rel.letters()
		for n < len(rel.words) {
			t, g := x.peek()
			if t == nil || n > 0 && (letters && g != dot && g != dotSpace || !letters && g > space) || t.Fold != rel.words[n] {
				break
			}
			x.take(t)
			n++
		}
		if n == len(rel.words) {
			if letters && strings.HasPrefix(x.text[x.end:], ".") {
				x.end++
			}
			return rel.shift, true
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
	s = symbol{gap: g, start: t.Start, hung: x.c.hyphened}
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
	case c.yearsLead[t.Fold]:
		s.sure, s.led, s.plural = clear, true, true
		x.take(t)
	default:
		if _, is := x.phrase(3, in(c.yearPre)); is {
			s.sure, s.led = weak, true
		}
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
			bracket := !first && g == other && bracketed(x.text, fromEnd, s.start)
			s, ok = x.year(s, unit)
			if bracket && ok && s.sure == clear && x.followed(true) {
				s.gap, s.end = space, x.end // 9 May (2025)
			}
			return s, ok
		case digits <= 2 && unit == "month" && v >= 1 && v <= 12:
			s.kind, s.unit, s.from = 'M', true, c.from[x.tail]
			return done()
		case digits <= 2 && (unit == "" || unit == "day") && v >= 1 && v <= 31:
			s.kind, s.unit, s.from = 'D', unit == "day", c.from[x.tail]
			return done()
		case !first && (unit == "month" || unit == "day") && s.gap <= space:
			s.kind = 'X'
			return done()
		}
		x.at, x.end = at, end
		return s, false
	}
	if p, is := x.phrase(3, func(p string) bool { return c.months[p] > 0 }); is {
		s.kind, s.v, s.figure, s.short, s.homonym = 'M', c.months[p], x.end, c.short[p], c.homonyms[p]
		s.from = c.monthsFrom[p]
		if s.short && strings.HasPrefix(x.text[x.end:], ".") {
			if rest := strings.TrimLeft(x.text[x.end+1:min(len(x.text), x.end+12)], " \u00a0\u2009\u202f"); rest != "" && strings.ContainsRune(",-–—", firstRune(rest)) {
				x.end++ // 3 янв. – 2 февр. 2025
			}
		}
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
		if n, g := x.peek(); n != nil && g <= hyphen && c.part(n) {
			x.at, x.end = at, end
			return s, false
		}
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

// part reports whether a word is one of those that ordinals count: the first half of June is no first of June.
func (c *calendar) part(t *Token) bool { return c.partly[t.Fold] || c.partly[t.Stem] }

// year reads what stands behind four digits that may be a year.
func (x *lexer) year(s symbol, unit string) (symbol, bool) {
	c := x.c
	s.kind, s.figure, s.end, s.era = 'Y', x.end, x.end, x.era
	x.era = ""
	if unit == "year" {
		s.sure, s.mark = clear, c.marks[x.tail] == "year"
		if len(x.tail) <= 4 && c.years[x.tail] && x.end < len(x.text) && x.text[x.end] == '.' {
			x.end++ // 2025ж. 5
		}
	}
	for _, e := range c.erasWritten { // 2026ء: a sign that is no letter of a word
		if c.eras[""] == e.era && strings.HasSuffix(x.text[:x.end], e.word) {
			s.era, s.sure = e.era, clear
			break
		}
	}
	for n := 0; n < 3; n++ {
		t, g := x.peek()
		if t == nil || g > hyphen && !(g == dash && (c.years[t.Fold] || c.yearMany[t.Fold]) && c.hyphened) {
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
			if t, g := x.peek(); t != nil && g == space && c.yearNot[t.Fold] {
				return s, false // 2003 жыл бұрын
			}
			return s, true
		case c.yearsMany[t.Fold]:
			x.take(t)
			s.sure, s.plural, s.end = clear, true, x.end
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
	if s.sure == bare && c.yearEnds[x.tail] && s.ordinal && s.v%10 != 0 { // 2024'te; 2000'den may be more than two thousand
		if t, _ := x.peek(); t == nil || !c.yearNot[t.Fold] {
			s.sure, s.ended = weak, true
		}
	}
	if c.decades[x.tail] && s.v%10 == 0 {
		return s, false // 1980-е
	}
	if t, g := x.peek(); t != nil && c.yearNot[t.Fold] && (g == tight || g == space && s.mark) {
		if r, _ := utf8.DecodeRuneInString(x.text[t.End:]); !s.mark || !isDigit(r) && !numeral(r) { // 2024年前9个月
			return s, false // 1980年代, 1945년 전
		}
	}
	if t, g := x.peek(); t != nil && g == space && c.counted[t.Fold] && s.era == "" && s.sure != clear {
		s.people = true
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
		case g <= hyphen && !s.ended && !x.ends(t):
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
