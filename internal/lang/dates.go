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
	Value     string // ISO 8601, Gregorian: 2026, 2026-06, 2026-06-01, 2026-06-01T14:07, with a zone if one is written
	Precision string // year, month, day, minute
	Raw       string // as written
	Span
}

// Dates returns the dates that text states, in order. A day needs day, month and year, all written:
// nothing is completed by guess. Words like 'yesterday' count only when now is not zero and are reckoned
// in its location.
func Dates(t Tag, text string, now time.Time) []Date {
	l := lexiconOf(t)
	return l.dates(text, Tokens(t, text), now)
}

func (l *lexicon) dates(text string, tokens []Token, now time.Time) []Date {
	var out []Date
	last := 0 // where the last date ended
	for i := range tokens {
		if tokens[i].Start < last {
			continue
		}
		d, ok := l.dateAt(text, tokens[i:], now)
		if !ok {
			last = max(last, d.End) // what has the form of a date but is none
			continue
		}
		d.Raw = text[d.Start:d.End]
		out = append(out, d)
		last = d.End
	}
	return out
}

// window is how many tokens a date may span.
const window = 12

// reader walks the tokens of one candidate date. Its methods advance only when they succeed.
type reader struct {
	l      *lexicon
	text   string
	tokens []Token
	at     int
	end    int // where the last token read ends
}

// peek is the token to be read next, if it is near enough to the last one.
func (r *reader) peek() (*Token, bool) {
	if r.at >= len(r.tokens) || r.at >= window {
		return nil, false
	}
	t := &r.tokens[r.at]
	if r.at > 0 && !near(r.text, r.end, t.Start) {
		return nil, false
	}
	return t, true
}

func (r *reader) take(t *Token) { r.at++; r.end = t.End }

// near says whether what lies between two tokens of a date is at most a little punctuation.
func near(text string, from, to int) bool {
	if to-from > 12 {
		return false
	}
	n := 0
	for _, c := range text[max(from, 0):max(to, from)] {
		switch {
		case dropped(c):
		case c == ' ', c == 0xA0, c == 0x202F, c == ',', c == '،', c == '-', c == '‑', c == '–', c == '.', c == '\t':
			n++
		default:
			return false
		}
	}
	return n <= 3
}

// number reads a number of at most max digits, with what may hang on it (an ordinal ending, a mark for
// year, month or day): 11th, 14-ші, 2026年, 6월.
func (r *reader) number(most int) (value, digits int, tail string, ok bool) {
	t, ok := r.peek()
	if !ok || t.Fold[0] < '0' || t.Fold[0] > '9' {
		return 0, 0, "", false
	}
	w := t.Fold
	if t.Stem != w && t.Stem[len(t.Stem)-1] <= '9' { // 2026'da
		w = t.Stem
	}
	n := 0
	for n < len(w) && w[n] >= '0' && w[n] <= '9' {
		if n < 6 {
			value = value*10 + int(w[n]-'0')
		}
		n++
	}
	if tail = w[n:]; n > most || tail != "" && !r.l.calendar.ordinals[tail] && r.mark(tail) == "" {
		return 0, 0, "", false
	}
	r.take(t)
	if tail == "" {
		if next, ok := r.peek(); ok && next.Start-r.end <= 3 {
			switch c := r.l.calendar; {
			case c.ordinals[next.Fold]:
				tail = next.Fold
				r.take(next)
			case next.Start == r.end && r.mark(next.Fold) != "": // 2026 then 年
				tail = next.Fold
				r.take(next)
			}
		}
	}
	return value, n, tail, true
}

// mark tells which unit a word hung on a number stands for: "year", "month", "day" or "".
func (r *reader) mark(w string) string { return r.l.calendar.marks[w] }

// word reads one word that is in the set.
func (r *reader) word(set map[string]bool) bool {
	t, ok := r.peek()
	if !ok || !set[t.Fold] && !set[t.Stem] {
		return false
	}
	r.take(t)
	return true
}

func (r *reader) glue() {
	for r.word(r.l.calendar.glue) {
	}
}

// month reads the name of a month: 1-12 Gregorian, 101-112 solar Hijri.
func (r *reader) month() (int, bool) {
	t, ok := r.peek()
	if !ok {
		return 0, false
	}
	m := r.l.calendar.months[t.Fold]
	if m == 0 {
		m = r.l.calendar.months[t.Stem]
	}
	if m == 0 {
		return 0, false
	}
	r.take(t)
	return m, true
}

// dayWord reads a day of the month in words, the longest that fits: یکم, بیست و یکم.
func (r *reader) dayWord() (int, bool) {
	at, end := r.at, r.end
	phrase, best, bestAt, bestEnd := "", 0, 0, 0
	for range 3 {
		t, ok := r.peek()
		if !ok {
			break
		}
		if phrase != "" {
			phrase += " "
		}
		phrase += t.Fold
		r.take(t)
		if d := r.l.calendar.days[phrase]; d > 0 {
			best, bestAt, bestEnd = d, r.at, r.end
		}
	}
	if best == 0 {
		r.at, r.end = at, end
		return 0, false
	}
	r.at, r.end = bestAt, bestEnd
	return best, true
}

// day reads a day of the month in digits or words.
func (r *reader) day() (int, bool) {
	at, end := r.at, r.end
	if d, _, tail, ok := r.number(2); ok && d >= 1 && d <= 31 && r.mark(tail) != "year" && r.mark(tail) != "month" {
		return d, true
	}
	r.at, r.end = at, end
	return r.dayWord()
}

// How sure it is that four digits are a year.
const (
	bare  = iota // nothing says so
	weak         // a preposition does
	clear        // the word for year does
)

// year reads a year in four digits, with the word for it before or behind.
func (r *reader) year() (y, sure int, ok bool) {
	at, end := r.at, r.end
	c := r.l.calendar
	switch {
	case r.word(c.yearLead), r.word(c.years):
		sure = clear
	case r.word(c.yearPre):
		sure = weak
	}
	y, digits, tail, ok := r.number(4)
	if !ok || digits != 4 || r.mark(tail) == "day" || r.mark(tail) == "month" {
		r.at, r.end = at, end
		return 0, bare, false
	}
	if r.mark(tail) == "year" {
		sure = clear
	}
	if next, ok := r.peek(); ok {
		round := y%100 == 0 && tail == ""
		switch {
		case c.yearMany[next.Fold]:
			r.take(next)
			if !round {
				sure = clear
			}
		case r.word(c.years):
			sure = clear
		case r.word(c.yearPost):
			if next, ok := r.peek(); !ok || !c.yearNot[next.Fold] {
				sure = max(sure, weak)
			}
		case sure == weak && !r.ends(next):
			sure = bare
		}
	}
	if sure == weak && (y < 1900 || y > 2099) {
		sure = bare
	}
	return y, sure, true
}

// ends says whether next begins something new, so that the number before it does not count it: in 2026
// the office, but not in 2026 offices.
func (r *reader) ends(next *Token) bool {
	if r.text[r.end:next.Start] != " " || r.l.stop[next.Fold] || r.l.calendar.glue[next.Fold] || r.l.calendar.months[next.Fold] > 0 {
		return true
	}
	first, _ := utf8.DecodeRuneInString(r.text[next.Start:])
	return unicode.IsUpper(first) || isDigit(first)
}

// dateAt reads a date that begins with the first of the tokens.
func (l *lexicon) dateAt(text string, tokens []Token, now time.Time) (Date, bool) {
	c := l.calendar
	first := &tokens[0]
	starts := first.Fold[0] >= '0' && first.Fold[0] <= '9'
	if starts {
		if d, ok := numericDate(text, first.Start, c); ok {
			return withTime(text, d, c), true
		} else if d.End > 0 {
			return d, false
		}
	} else if !c.starts[first.Fold] && !c.starts[first.Stem] {
		return Date{}, false
	}
	begin := first.Start
	r := &reader{l: l, text: text, tokens: tokens}
	reset := func() { r.at, r.end = 0, 0 }
	result := func(value, precision string) (Date, bool) {
		return Date{Value: value, Precision: precision, Span: Span{begin, r.end}}, true
	}
	full := func(y, m, d int) (Date, bool) {
		v, ok := isoDay(y, m, d)
		if !ok {
			return Date{Span: Span{begin, r.end}}, false
		}
		dt, _ := result(v, "day")
		return withTime(text, dt, c), true
	}

	// Day, month, year.
	if d, ok := r.day(); ok {
		r.glue()
		if m, ok := r.month(); ok {
			r.glue()
			if y, _, ok := r.year(); ok {
				return full(y, m, d)
			}
			return Date{}, false
		}
	}
	reset()
	// Month, day, year; month, year; month and 'last'.
	if m, ok := r.month(); ok {
		r.glue()
		at, end := r.at, r.end
		if d, ok := r.day(); ok {
			r.glue()
			if y, _, ok := r.year(); ok {
				return full(y, m, d)
			}
		}
		r.at, r.end = at, end
		if y, _, ok := r.year(); ok {
			if m < 100 && y >= 1000 && y <= 2999 {
				return result(fmt.Sprintf("%04d-%02d", y, m), "month")
			}
			return Date{}, false // a solar month lies in two Gregorian ones
		}
		if r.word(c.past) {
			return l.lastMonth(result, m, now)
		}
		return Date{}, false
	}
	reset()
	if starts || c.years[first.Fold] || c.years[first.Stem] || c.yearPre[first.Fold] || c.yearLead[first.Fold] {
		// Year first: year, day, month; year, month; year alone, if a word says that it is one.
		if y, sure, ok := r.year(); ok {
			marked := sure == clear
			at, end := r.at, r.end
			r.glue()
			if d, _, tail, ok := r.number(2); ok && r.mark(tail) == "month" && marked { // 2026年6月1日
				m := d
				if d, _, tail, ok := r.number(2); ok && r.mark(tail) == "day" {
					return full(y, m, d)
				}
				if m >= 1 && m <= 12 && y >= 1000 && y <= 2999 {
					return result(fmt.Sprintf("%04d-%02d", y, m), "month")
				}
				return Date{}, false
			}
			r.at, r.end = at, end
			r.glue()
			if d, ok := r.day(); ok {
				r.glue()
				if m, ok := r.month(); ok {
					return full(y, m, d)
				}
			}
			r.at, r.end = at, end
			r.glue()
			if m, ok := r.month(); ok && marked {
				if m < 100 && y >= 1000 && y <= 2999 {
					return result(fmt.Sprintf("%04d-%02d", y, m), "month")
				}
				return Date{}, false
			}
			r.at, r.end = at, end
			// A solar year lies in two Gregorian ones: nothing.
			if sure != bare && y >= 1000 && y <= 2999 && !(c.solar && y < 1600) {
				return result(fmt.Sprintf("%04d", y), "year")
			}
		}
	}
	reset()
	return l.relativeAt(r, begin, now)
}

// isoDay is the Gregorian day of a Gregorian (1-12) or solar Hijri (101-112) date.
func isoDay(y, m, d int) (string, bool) {
	if m > 100 {
		gy, gm, gd, ok := solarHijri(y, m-100, d)
		if !ok {
			return "", false
		}
		y, m, d = gy, gm, gd
	} else if !gregorian(y, m, d) {
		return "", false
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d), true
}

// lastMonth dates 'last December' by now: the latest one that is over.
func (l *lexicon) lastMonth(result func(v, p string) (Date, bool), m int, now time.Time) (Date, bool) {
	if now.IsZero() || m > 100 || m == int(now.Month()) {
		return Date{}, false
	}
	y := now.Year()
	if m > int(now.Month()) {
		y--
	}
	return result(fmt.Sprintf("%04d-%02d", y, m), "month")
}

// relativeAt reads a phrase that dates by the day it is said, the longest that fits.
func (l *lexicon) relativeAt(r *reader, begin int, now time.Time) (Date, bool) {
	if now.IsZero() || !l.calendar.first[r.tokens[0].Fold] {
		return Date{}, false
	}
	var best *relativeDay
	end := 0
	for i := range l.calendar.relative {
		rel := &l.calendar.relative[i]
		if best != nil && len(rel.words) <= len(best.words) || len(rel.words) > len(r.tokens) {
			continue
		}
		fits := true
		for k, w := range rel.words {
			if r.tokens[k].Fold != w || k > 0 && !near(r.text, r.tokens[k-1].End, r.tokens[k].Start) {
				fits = false
				break
			}
		}
		if fits {
			best, end = rel, r.tokens[len(rel.words)-1].End
		}
	}
	if best == nil {
		return Date{}, false
	}
	d := Date{Precision: best.unit, Span: Span{begin, end}}
	switch best.unit {
	case "day":
		d.Value = now.AddDate(0, 0, best.shift).Format("2006-01-02")
	case "month":
		d.Value = time.Date(now.Year(), now.Month()+time.Month(best.shift), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	case "year":
		d.Value = fmt.Sprintf("%04d", now.Year()+best.shift)
	}
	return d, true
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

// numericDate reads 2026-06-01, 01.06.2026, 2026/06/01 or 13/06/2026 at start. A span with ok false says
// that it has the form of a date but names no certain day, so that its parts are none either.
func numericDate(text string, start int, c *calendar) (Date, bool) {
	if r, size := utf8.DecodeLastRuneInString(text[:start]); size > 0 && (r == '.' || r == '/' || r == '-') {
		if r, _ := utf8.DecodeLastRuneInString(text[:start-size]); isDigit(r) {
			return Date{}, false
		}
	}
	a, an, i := digitsAt(text, start, 4)
	if an == 0 || i >= len(text) {
		return Date{}, false
	}
	sep := text[i]
	if sep != '-' && sep != '.' && sep != '/' {
		return Date{}, false
	}
	b, bn, i := digitsAt(text, i+1, 2)
	if bn == 0 || i >= len(text) || text[i] != sep {
		return Date{}, false
	}
	d, dn, end := digitsAt(text, i+1, 4)
	if dn == 0 {
		return Date{}, false
	}
	if r, size := utf8.DecodeRuneInString(text[end:]); size > 0 && (r == '.' || r == '/' || r == '-') {
		if r, _ := utf8.DecodeRuneInString(text[end+size:]); isDigit(r) {
			return Date{}, false // four numbers: an address or version
		}
	}
	none := Date{Span: Span{start, end}}
	y, m, day := 0, 0, 0
	switch {
	case an == 4 && bn <= 2 && dn <= 2:
		y, m, day = a, b, d
	case an <= 2 && dn == 4 && (sep == '.' || a > 12 && b <= 12):
		y, m, day = d, b, a
	case an <= 2 && dn == 4 && b > 12 && a <= 12 && sep == '/':
		y, m, day = d, a, b
	case an <= 2 && dn == 4 && a == b:
		y, m, day = d, b, a
	case an <= 2 && dn == 4:
		return none, false // 05/06/2026 is May or June
	default:
		return Date{}, false
	}
	if y < 1600 && c.solar {
		m += 100
	}
	v, ok := isoDay(y, m, day)
	if !ok {
		return none, false
	}
	return Date{Value: v, Precision: "day", Span: Span{start, end}}, true
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
		for w := range c.hour {
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
	if j < len(text) && (text[j] == '+' || text[j] == '-') && (named || j == i) {
		sign := text[j]
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
