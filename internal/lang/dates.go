package lang

import (
	"fmt"
	"strings"
	"time"
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
		ds, end := l.dateAt(text, tokens, i, last, now)
		for _, d := range ds {
			d.Raw = text[d.Start:d.End]
			out = append(out, d)
		}
		last = max(last, end)
	}
	return out
}

// patterns are the orders in which a date may be written, the longest first. R may also be a hyphen.
var patterns = []string{"YMDRMD", "YDMRDM", "DMRDMY", "MDRMDY", "YRY", "YMRM", "YDRM", "MRMY", "YMDRD", "YDRDM", "DRDMY", "MDRDY", "DMY", "MDY", "YDM", "YMD", "DRDM", "MDRD", "DM", "MD", "MY", "YM", "Y"}

// dateAt reads what begins with token i: no date, one, or the two ends of a range, and where to look on. What lies
// before last belongs to another date.
func (l *lexicon) dateAt(text string, tokens []Token, i, last int, now time.Time) ([]Date, int) {
	c := l.calendar
	first := &tokens[i]
	figure := first.Fold[0] >= '0' && first.Fold[0] <= '9'
	if figure {
		if d, ok := numericDate(text, first.Start, c); ok {
			if l.counted(text, tokens, i) {
				return nil, d.End
			}
			d, end := withTime(text, d, c, last)
			return []Date{d}, end
		} else if d.End > 0 {
			return nil, d.End
		}
	} else if r, _ := utf8.DecodeRuneInString(first.Fold); !c.starts[first.Fold] && !numeral(r) {
		return nil, 0
	}
	x := &lexer{l: l, c: c, text: text, tokens: tokens[i:], now: now, last: last}
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
		if s.kind == 'X' { // 2025年13月: the form of a date, and none
			return nil, s.end
		}
		symbols = append(symbols, s)
	}
	if len(symbols) > 0 && symbols[0].kind == 'D' && !figure && i > 0 && c.part(&tokens[i-1]) {
		return nil, 0 // النصف الأول من يونيو
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
	if len(symbols) == 1 && symbols[0].kind == 'D' {
		if ds, ok := x.dayOf(&symbols[0], i, tokens); ok {
			return ds, x.end
		}
	}
	return l.relativeAt(text, tokens[i:], now)
}

// dayOf reads the month behind a day that is named by the day it is said: the 17th of this month. There is no date if that month has no such day.
func (x *lexer) dayOf(day *symbol, i int, tokens []Token) (dates []Date, ok bool) {
	at := x.at
	shift, ok := x.relative("month")
	sure := day.ordinal || day.unit // killed 17 this month
	if !ok {
		x.skip()
		sure = sure || x.at > at
		shift, ok = x.relative("month")
	}
	if !ok || !sure || x.l.counted(x.text, tokens, i) {
		return nil, false
	}
	if t, ok := x.c.dayOfMonth(x.now, shift, day.v); ok {
		dates = []Date{{Value: t.Format(time.DateOnly), Precision: "day", Rule: "relative", Span: Span{day.start, x.end}}}
	}
	return dates, true
}

// dayOfMonth is a day of now's month or of one so many before or after, of the calendar that the language counts in. It is false if the month has no such day.
func (c *calendar) dayOfMonth(now time.Time, shift, day int) (t time.Time, ok bool) {
	if c.solar {
		y, m := solarMonth(now)
		m += shift + 12*y - 1
		gy, gm, gd, ok := solarHijri(m/12, m%12+1, day)
		return time.Date(gy, time.Month(gm), gd, 0, 0, 0, 0, time.UTC), ok
	}
	month := time.Date(now.Year(), now.Month()+time.Month(shift), 1, 0, 0, 0, 0, time.UTC)
	t = month.AddDate(0, 0, day-1)
	return t, day > 0 && t.Month() == month.Month()
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
	var y, from *symbol // from: the first year of a range
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
			y, from = s, y
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
	if pattern == "Y" && y.mark && !trusted || pattern == "MDY" && l.code == "en" && m[0].homonym && y.gap != comma {
		return nil, 0, false // 建城1945年; you may 3 of 2003 ask
	}
	if y != nil && (y.plural && pattern != "YRY" || y.people && nd == 0) {
		return nil, 0, false // 1980 годы is a decade, in March 2025 people a crowd
	}
	none := func() ([]Date, int, bool) { return nil, end, true }
	if nd == 0 && ranged || pattern == "YDRM" {
		return l.longRange(pattern, d[0], m, from, y, start, end)
	}
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
			if pattern == "YM" && !y.ended || y.sure == bare {
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
		if c.lunar[1400].months != "" && y.v < 1600 || y.mark && y.v%100 == 0 { // 2000年 may be two thousand years
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
		dt, end = withTime(x.text, dt, c, x.last)
		return []Date{dt}, end, true
	}
	// A range: the first day takes month and year of the last.
	if m[0] == m[1] && d[0].v >= d[1].v || both && m[0] != m[1] && m[0].v > m[1].v {
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
	b, end = withTime(x.text, b, c, x.last)
	return []Date{a, b}, end, true
}

// longRange is a range of months of one year, or of years: January to March 2025, 2025年1-3月, 2023–2024 годы.
func (l *lexicon) longRange(pattern string, d *symbol, m [2]*symbol, from, y *symbol, start, end int) ([]Date, int, bool) {
	year := func(y *symbol) bool { return y.v >= 1583 && y.v <= 2999 && (y.era == "" || y.era == "gregorian") }
	date := func(v, precision string, from, to int) Date {
		return Date{Value: v, Precision: precision, Rule: pattern, Span: Span{from, to}}
	}
	if pattern == "YRY" {
		named := y.sure == clear && from.sure != clear || from.plural && y.sure != clear && !y.people // the word for years stands behind or before
		if !named || from.v >= y.v || !year(from) || !year(y) || l.calendar.solar && from.v < 1600 {
			return nil, 0, false
		}
		return []Date{date(fmt.Sprintf("%04d", from.v), "year", start, from.figure), date(fmt.Sprintf("%04d", y.v), "year", y.start, end)}, end, true
	}
	if pattern == "YDRM" { // the month's mark stands behind the second only
		if !m[0].unit || d.unit || d.ordinal {
			return nil, 0, false
		}
		m[0], m[1] = d, m[0]
	}
	if y.sure == bare && pattern[0] == 'Y' || m[0].v >= m[1].v || m[1].v > 12 || !year(y) || y.open && pattern[0] == 'M' && (y.v%100 == 0 || y.v < 1900 || y.v > 2099) ||
		l.code == "en" && (m[0].homonym || m[1].homonym) {
		return nil, 0, false
	}
	value := func(m *symbol) string { return fmt.Sprintf("%04d-%02d", y.v, m.v) }
	return []Date{date(value(m[0]), "month", start, m[0].figure), date(value(m[1]), "month", m[1].start, end)}, end, true
}

// d0named says whether a year that nothing marks may lead its pattern: only before a month in words and its day.
func d0named(pattern string, y *symbol) bool {
	return pattern == "YMD" || y.sure >= weak || y.ordinal
}

// fits says whether b may stand behind a in one date.
func fits(a, b *symbol) bool {
	switch string([]byte{a.kind, b.kind}) {
	case "DM":
		return b.gap == space || b.gap == tight || (b.gap == hyphen || b.gap == slash || b.gap == dash && b.hung) && !b.unit || b.gap == dot || b.gap == comma && a.ordinal && !b.unit
	case "MD":
		return b.gap == space || b.gap == tight || b.gap == hyphen || b.gap == dotSpace && a.short || b.gap == dot
	case "MY":
		return b.gap == space || b.gap == tight || b.gap == hyphen || b.gap == comma || b.gap == dot || b.gap == slash || b.gap == dotSpace && a.short
	case "DY":
		return b.gap == space || b.gap == comma || b.gap == tight
	case "YD":
		return (b.gap == space || b.gap == comma || b.gap == hyphen || b.gap == tight && a.mark) && (a.sure > bare || a.ordinal)
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
	solar := m[0].v > solarMonths && m[0].v <= lunarMonths && x.weekday > 0 && !x.now.IsZero() && !strings.Contains(pattern, "R")
	if m[0].v > solarMonths && !solar || d[0].gap == hyphen && pattern[0] == 'M' {
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
		if !solar && !gregorian(2024, m[i].v, d[i].v) {
			return nil, end, true
		}
	}
	if last == 0 && x.weekday > 0 && !x.now.IsZero() {
		year := x.now.Year()
		if solar {
			year -= 621
		}
		for _, y := range []int{year, year - 1, year + 1} {
			value, name, ok := l.calendar.isoDay(y, m[0].v, d[0].v, "")
			t, err := time.Parse(time.DateOnly, value)
			if away := t.Sub(x.now).Hours() / 24; ok && err == nil && away > -183 && away < 183 {
				if (int(t.Weekday())+6)%7+1 != x.weekday {
					return nil, end, true
				}
				dt, end := withTime(x.text, Date{Value: value, Calendar: name, Precision: "day", Rule: pattern + " weekday", Span: Span{start, end}}, l.calendar, x.last)
				return []Date{dt}, end, true
			}
		}
		if solar {
			return nil, 0, false
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
		if len(rel.words) > len(tokens) || rel.letters() {
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
		if rel.unit == "none" {
			return nil, end
		}
		d := Date{Precision: rel.unit, Rule: "relative", Span: Span{first.Start, end}}
		switch rel.unit {
		case "day":
			d.Value = now.AddDate(0, 0, rel.shift).Format("2006-01-02")
		case "month":
			month, _ := c.dayOfMonth(now, rel.shift, 1)
			d.Value = month.Format("2006-01")
			x := &lexer{l: l, c: c, text: text, tokens: tokens[len(rel.words):], end: end}
			v, _, ordinal, unit, ok := x.number()
			if ok && unit == "" && !ordinal { // shu oyning 17-kuni
				if t, g := x.peek(); t != nil && g <= hyphen && c.glue[t.Fold] {
					unit = "day"
				}
			}
			if ok && (unit == "day" || unit == "" && ordinal) && between(text, end, x.tokens[0].Start) <= space { // 本月12日, bu ayın 17'sinde
				day, ok := c.dayOfMonth(now, rel.shift, v)
				if !ok {
					return nil, x.end
				}
				d.Value, d.Precision, d.End, end = day.Format(time.DateOnly), "day", x.end, x.end
			}
			if c.solar && d.Precision == "month" {
				return nil, end // it lies in two months of ours
			}
		case "year":
			if d.Value = fmt.Sprintf("%04d", now.Year()+rel.shift); c.solar {
				return nil, end
			}
		}
		return []Date{d}, end
	}
	return nil, 0
}
