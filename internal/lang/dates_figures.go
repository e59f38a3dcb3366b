package lang

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

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
	apart := false // 17 . 07 . 2025
	for k := range 3 {
		most := 4
		if k == 1 {
			most = 2
		}
		v[k], n[k], i = digitsAt(text, i, most)
		if n[k] == 0 {
			if y, m, d, end, ok := basicDay(text, start); ok && k == 0 {
				return Date{Value: fmt.Sprintf("%04d-%02d-%02d", y, m, d), Precision: "day", Rule: "figures", Span: Span{start, end}}, true
			}
			return Date{}, false
		}
		if k == 2 {
			break
		}
		if spaced := strings.HasPrefix(text[i:], " . "); k == 0 && spaced || k == 1 && apart {
			if !spaced {
				return Date{}, false
			}
			apart, sep = true, '.'
			i += 3
			continue
		}
		for strings.HasPrefix(text[i:], "\u200e") || strings.HasPrefix(text[i:], "\u200f") {
			i += len("\u200e")
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

// basicDay reads the day of a time in the basic format of ISO 8601, 20250717T140500Z. Without its time it is a number.
func basicDay(text string, start int) (y, m, d, end int, ok bool) {
	v, n, end := digitsAt(text, start, 8)
	if n != 8 || end-start != 8 || len(text) < end+5 || text[end] != 'T' {
		return 0, 0, 0, 0, false
	}
	if _, n, e := digitsAt(text, end+1, 6); n != 4 && n != 6 || e < len(text) && text[e] != 'Z' && text[e] != '+' && text[e] != '-' {
		return 0, 0, 0, 0, false
	}
	y, m, d = v/10000, v/100%100, v%100
	return y, m, d, end, gregorian(y, m, d) && y >= 1900 && y <= 2099
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

// withTime adds the time of day that stands beside a day: ", 14:07", "T14:07:00Z", " - 14:07 UTC+5", "下午2时5分" behind
// it, or "14:07, " before it, though not before last, where the date before ends. Two times beside one day tell none. end
// is where to look on.
func withTime(text string, d Date, c *calendar, last int) (dated Date, end int) {
	named := d.Value >= "2019" // MSK was four hours until 2014, KST eight and a half until 2018
	before, from := timeBefore(text, d.Start, c, last, named)
	after, behind := timeBehind(text, d.End, c, named)
	switch {
	case after != "" && before == "":
		d.Value, d.End = d.Value+"T"+after, behind
	case before != "" && after == "":
		d.Value, d.Start = d.Value+"T"+before, from
	case after != "": // nor may the second be told of a day that follows
		return d, behind
	default:
		return d, d.End
	}
	d.Precision = "minute"
	return d, d.End
}

// blank leaps over at most three spaces, commas and direction marks from i on.
func blank(text string, i int) int {
	for n := 0; n < 3 && i < len(text); n++ {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r != ' ' && r != 0xA0 && r != 0x202F && r != 0x2009 && r != ',' && r != 0x60C && r != 0xFF0C && !dropped(r) {
			break
		}
		i += size
	}
	return i
}

// parts are the signs between a day and its time on pages: 17.07.2025 | 14:05.
const parts = "|-–—/·•"

// timeBehind reads a time behind a day that ends at i.
func timeBehind(text string, i int, c *calendar, named bool) (value string, end int) {
	day, strict := i, false
	if i < len(text) && (text[i] == 'T' || text[i] == 't') {
		i++
	} else {
		if c.spaced && strings.HasPrefix(text[i:], ". ") {
			i++ // 2025.08.31. 18:40
		}
		i = blank(text, i)
		if r, size := utf8.DecodeRuneInString(text[i:]); i > day && strings.ContainsRune(parts, r) && r != utf8.RuneError {
			if k := blank(text, i+size); k > i+size {
				i, strict = k, true
			}
		} else if r == '/' {
			i, strict = i+1, true // 1 yanvar 2025/14:05
		}
		for n := 0; n < 3; n++ { // the word for year, a day of the week, a word before the time
			from, to := i, 0
			if r, size := utf8.DecodeRuneInString(text[i:]); r == '(' || r == '（' {
				if to = c.weekdayAt(text, i+size); to == 0 {
					if _, to = wordAt(text, i+size); c.bracketed[c.key(text[i+size:to])] == 0 { // 2025년 11월 22일(토)
						break
					}
				}
				if r, size = utf8.DecodeRuneInString(text[to:]); r != ')' && r != '）' {
					break
				}
				to += size
			} else if to = c.weekdayAt(text, i); to == 0 {
				if _, to = wordAt(text, i); i == day {
					break
				}
				switch w := text[i:to]; {
				case to == i:
				case to < len(text) && text[to] == ' ' && slices.Contains(c.hour, w):
					strict = false
				case n < 2 && (c.years[c.key(w)] || c.glue[c.key(w)]):
					if to < len(text) && text[to] == '.' {
						to++
					}
				default:
					to = i
				}
			}
			if i = blank(text, to); to == from {
				break
			}
		}
		if i == day {
			r, _ := utf8.DecodeLastRuneInString(text[:day])
			if _, digit := digit(r); digit || !unicode.IsLetter(r) {
				return "", day // 2025年7月17日14:05, but not 202514:05
			}
		}
	}
	return timeAt(text, i, c, strict, named)
}

// wordAt is the word that stands at i, in tables' letters a key may be made of, and where it ends.
func wordAt(text string, i int) (word string, end int) {
	for end = i; end < len(text) && end-i < maxKey; {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !wordRune(r) && (r != 0x200C || end == i) || isDigit(r) || ideograph(r) && end > i {
			break
		}
		if end += size; ideograph(r) {
			break
		}
	}
	return text[i:end], end
}

// weekdayAt is where a day of the week that stands at i ends, or 0.
func (c *calendar) weekdayAt(text string, i int) (end int) {
	p := ""
	for range 3 {
		w, to := wordAt(text, i)
		if w == "" {
			break
		}
		if p = strings.TrimPrefix(p+" "+c.key(w), " "); c.weekdays[p] > 0 {
			end = to
		}
		if i = to; i < len(text) && text[i] == ' ' {
			i++
		}
	}
	return end
}

// hourBefore says whether text ends with a word for the hour, behind which a full stop parts hours from minutes: saat
// 14.30. A short word is a preposition, and what follows it may be a price: at 10.25.
func (c *calendar) hourBefore(text string) bool {
	text = strings.TrimRight(text, " \u00a0")
	return slices.ContainsFunc(c.hour, func(w string) bool {
		before, ok := strings.CutSuffix(text, w)
		return ok && utf8.RuneCountInString(w) >= 4 && (before == "" || strings.HasSuffix(before, " "))
	})
}

// timeAt reads a time of day at i. A strict one has two figures for its hour, or says which half of the day it is of.
// Named says whether names of zones are believed.
func timeAt(text string, i int, c *calendar, strict, named bool) (value string, end int) {
	half, led := "", false
	for _, l := range c.leads {
		if strings.HasPrefix(text[i:], l.word) {
			half, led, i = l.half, true, blank(text, i+len(l.word))
			break
		}
	}
	h, hn, j := digitsAt(text, i, 2)
	m, seconds := 0, false
	if basic, n, e := digitsAt(text, i, 6); n == 4 || n == 6 { // T1405, T140500
		if i == 0 || text[i-1] != 'T' {
			return "", 0
		}
		if n == 6 {
			basic /= 100
		}
		if h, m, j = basic/100, basic%100, e; h > 23 || m > 59 {
			return "", 0
		}
	} else if hn == 0 || h > 23 {
		return "", 0
	} else if j < len(text) && (text[j] == ':' || text[j] == '.' && c.hourBefore(text[:i])) {
		mn := 0
		if m, mn, j = digitsAt(text, j+1, 2); mn != 2 || m > 59 {
			return "", 0
		}
		if j < len(text) && text[j] == ':' {
			if s, sn, k := digitsAt(text, j+1, 2); sn == 2 && s < 60 {
				j, seconds = k, true
				if j < len(text) && text[j] == '.' {
					if _, n, k := digitsAt(text, j+1, 9); n > 0 {
						j = k
					}
				}
			}
		}
	} else if k := c.marked(text, j, "hour"); k > 0 { // 14时05分; an hour alone is no minute
		mn, e := 0, 0
		if m, mn, e = digitsAt(text, blank(text, k), 2); mn == 0 || m > 59 {
			return "", 0
		}
		if j = c.marked(text, e, "minute"); j == 0 {
			return "", 0
		}
	} else {
		return "", 0
	}
	// 5:30 pm; a word for the time of day that does not settle the half of the day leaves the day alone.
	rest := strings.TrimLeft(text[j:min(len(text), j+24)], " \u00a0")
	for _, b := range c.halves {
		if led {
			break
		}
		if lower := strings.ToLower(rest); len(lower) != len(rest) || !strings.HasPrefix(lower, b.word) {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(rest[len(b.word):]); r != utf8.RuneError && wordRune(r) {
			continue
		}
		half, led = b.half, true
		j += strings.Index(text[j:], rest[:len(b.word)]) + len(b.word)
		break
	}
	if led {
		if half == "none" || h > 12 || h == 0 {
			return "", 0
		}
		if h %= 12; half == "after" {
			h += 12
		}
	} else if strict && hn < 2 {
		return "", 0
	}
	if seconds && strings.HasPrefix(text[j:], " -") && fourFigures(text, j+2) {
		j++ // the -0500 of mail
	}
	if j < len(text) && text[j] == '-' && !seconds && (i == 0 || text[i-1]|0x20 != 't') {
		return fmt.Sprintf("%02d:%02d", h, m), j // 09:00-11:00 is from nine to eleven
	}
	zone, end := c.zoneAt(text, j, named)
	return fmt.Sprintf("%02d:%02d%s", h, m, zone), end
}

// marked is where a mark of a time that stands at i ends, or 0.
func (c *calendar) marked(text string, i int, kind string) int {
	for w, k := range c.marksOfTime {
		if k == kind && strings.HasPrefix(text[i:], w) {
			return i + len(w)
		}
	}
	return 0
}

// timeBefore reads a time before a day that begins at i, and where it begins: 14:05, 17 July 2025.
func timeBefore(text string, i int, c *calendar, last int, named bool) (value string, start int) {
	from := max(last, i-48) // no time and zone are longer
	for from < i && !utf8.RuneStart(text[from]) {
		from++
	}
	for at := from; at < i; at++ {
		if r, _ := utf8.DecodeRuneInString(text[at:]); !utf8.RuneStart(text[at]) || !isDigit(r) || at > 0 && !blankBefore(text[:at], c) {
			continue
		}
		v, end := timeAt(text, at, c, true, named)
		if v == "" || end > i {
			continue
		}
		e := end
		e = blank(text, e)
		if r, size := utf8.DecodeRuneInString(text[e:]); strings.ContainsRune(parts, r) && r != utf8.RuneError && e > end {
			e = blank(text, e+size)
		}
		if e == i && e > end {
			return v, at
		}
		at = end - 1
	}
	return "", 0
}

// blankBefore says whether a time may stand behind this text: not the second of two (10:00-14:05, from 10:00 to 14:05),
// nor a score or any number that goes on from another.
func blankBefore(text string, c *calendar) bool {
	if r, _ := utf8.DecodeLastRuneInString(text); r != ' ' && r != 0xA0 && r != '\n' && r != '\t' && r != '(' && r != '|' && r != 0x200F && r != 0x200E {
		return false
	}
	text = text[max(0, len(text)-64):]
	text = strings.TrimRight(text, " \u00a0\n\t(|,;\u200e\u200f")
	r, size := utf8.DecodeLastRuneInString(text)
	if size == 0 {
		return true
	}
	if strings.ContainsRune("-–—~/", r) {
		if r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text[:len(text)-size], " ")); isDigit(r) {
			return false
		}
	}
	from := len(text)
	for from > 0 && len(text)-from < 40 {
		r, size := utf8.DecodeLastRuneInString(text[:from])
		if !wordRune(r) {
			break
		}
		from -= size
	}
	w := c.key(text[from:])
	return w == "" || !c.between[w] && !c.both[w] && !c.counts[w]
}

// zoneAt reads Z, UTC, GMT, +05:00, UTC+5 or a name of the tables, also in brackets, at i.
func (c *calendar) zoneAt(text string, i int, named bool) (zone string, end int) {
	if zone, end = zoneAt(text, i); zone != "" {
		return zone, end
	}
	j := i
	for j < len(text) && j < i+2 && (text[j] == ' ' || text[j] == '(') {
		j++
	}
	for _, z := range c.zones {
		if k := j + len(z.word); (named || z.era == "Z") && j > i && strings.HasPrefix(text[j:], z.word) {
			r, _ := utf8.DecodeRuneInString(text[k:])
			if text[j-1] == '(' && r == ')' {
				return z.era, k + 1
			}
			if text[j-1] == ' ' && (k == len(text) || !wordRune(r) && r != '+' && r != '-') {
				return z.era, k
			}
		}
	}
	return "", i
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
