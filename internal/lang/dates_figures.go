package lang

import (
	"fmt"
	"strings"
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
