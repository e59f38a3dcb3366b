package lang

import (
	"strconv"
	"strings"
	"time"
)

// calendar is what a language says about dates. All words are folded.
type calendar struct {
	months   map[string]int // 1-12 Gregorian, 101-112 solar Hijri
	days     map[string]int // words and ordinals for days of the month
	years    map[string]bool
	yearPre  map[string]bool
	yearPost map[string]bool
	yearLead map[string]bool   // words for year that stand before it only
	yearMany map[string]bool   // words for year that may count years: behind a round number they say nothing
	yearNot  map[string]bool   // what behind [after a year] undoes it
	glue     map[string]bool   // words inside a date: of, ماه
	ordinals map[string]bool   // what may hang on a number: ші, th, ye
	relative []relativeDay     // phrases
	first    map[string]bool   // the first words of the phrases
	past     map[string]bool   // "last" beside the name of a month
	marks    map[string]string // what hangs on a number: 年 year, 月 month, 日 day
	hour     map[string]bool   // words between a day and a time, as written
	starts   map[string]bool   // words a date may begin with
	solar    bool              // a three-digit or 13xx-14xx year is solar Hijri
}

// relativeDay is a phrase that dates by the day it is said.
type relativeDay struct {
	words []string
	unit  string // day, month, year
	shift int
}

func newCalendar(a *alphabet, base, own tables) *calendar {
	c := &calendar{months: map[string]int{}, days: map[string]int{}, years: map[string]bool{}, yearPre: map[string]bool{}, yearPost: map[string]bool{},
		yearLead: map[string]bool{}, yearMany: map[string]bool{}, yearNot: map[string]bool{},
		glue: map[string]bool{}, ordinals: map[string]bool{}, first: map[string]bool{}, past: map[string]bool{}, marks: map[string]string{}, hour: map[string]bool{}, starts: map[string]bool{}}
	key := func(w string) string { return string(clip(a.word(nil, w), 0)) }
	number := func(sec, s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			panic("lang: [" + sec + "] wants a number first, not " + s)
		}
		return n
	}
	for _, t := range []tables{base, own} {
		for _, row := range t.rows("months") {
			for _, w := range row[1:] {
				c.months[key(w)] = number("months", row[0])
			}
		}
		for _, row := range t.rows("solar months") {
			c.solar = true
			for _, w := range row[1:] {
				c.months[key(w)] = 100 + number("solar months", row[0])
			}
		}
		for _, row := range t.rows("days of the month") {
			var words []string
			for _, w := range row[1:] {
				words = append(words, key(w))
			}
			c.days[strings.Join(words, " ")] = number("days of the month", row[0])
		}
		for name, set := range map[string]map[string]bool{"year": c.years, "year first": c.yearLead, "year or count": c.yearMany, "no year before": c.yearNot, "before a year": c.yearPre, "after a year": c.yearPost,
			"inside a date": c.glue, "ordinal endings": c.ordinals, "last": c.past} {
			for _, w := range t.words(name) {
				set[key(w)] = true
			}
		}
		for _, row := range t.rows("marks") { // unit, words
			for _, w := range row[1:] {
				c.marks[key(w)] = row[0]
			}
		}
		for _, w := range t.words("before a time") {
			c.hour[w] = true
		}
		for _, row := range t.rows("relative") { // unit, shift, phrase
			r := relativeDay{unit: row[0], shift: number("relative", row[1])}
			for _, w := range row[2:] {
				r.words = append(r.words, key(w))
			}
			if r.unit != "day" && r.unit != "month" && r.unit != "year" || len(r.words) == 0 {
				panic("lang: [relative] wants day, month or year, a number and a phrase: " + strings.Join(row, " "))
			}
			c.relative = append(c.relative, r)
			c.first[r.words[0]] = true
		}
	}
	for _, set := range []map[string]bool{c.years, c.yearPre, c.yearLead, c.first} {
		for w := range set {
			c.starts[w] = true
		}
	}
	for w := range c.months {
		c.starts[w] = true
	}
	for phrase := range c.days {
		w, _, _ := strings.Cut(phrase, " ")
		c.starts[w] = true
	}
	return c
}

// gregorian checks a day of the Gregorian calendar.
func gregorian(y, m, d int) bool {
	if y < 1000 || y > 2999 || m < 1 || m > 12 || d < 1 || d > 31 {
		return false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t.Day() == d
}

// solarHijri turns a day of the Iranian and Afghan calendar into the Gregorian one. ok is false if
// there is no such day. Valid for the years 1178 to 1633, where the 33-year cycle holds
// (Borkowski, The Persian calendar for 3000 years, 1996).
func solarHijri(y, m, d int) (gy, gm, gd int, ok bool) {
	if y < 1178 || y > 1633 || m < 1 || m > 12 || d < 1 {
		return 0, 0, 0, false
	}
	leap := func(y int) bool {
		switch y % 33 {
		case 1, 5, 9, 13, 17, 22, 26, 30:
			return true
		}
		return false
	}
	length := 31
	if m > 6 {
		length = 30
	}
	if m == 12 && !leap(y) {
		length = 29
	}
	if d > length {
		return 0, 0, 0, false
	}
	// 1 Farvardin 1178 was 21 March 1799.
	days := d - 1
	for i := 1; i < m; i++ {
		if i <= 6 {
			days += 31
		} else {
			days += 30
		}
	}
	for i := 1178; i < y; i++ {
		days += 365
		if leap(i) {
			days++
		}
	}
	t := time.Date(1799, time.March, 21, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days)
	return t.Year(), int(t.Month()), t.Day(), true
}

// addStems lets inflected names of months be found by their stems.
func (c *calendar) addStems(s *stemmer) {
	stems := map[string]int{}
	for w, m := range c.months {
		stems[string(s.stem(nil, []byte(w)))] = m
	}
	for w, m := range stems {
		if _, had := c.months[w]; !had && len(w) > 2 {
			c.months[w] = m
			c.starts[w] = true
		}
	}
}
