package lang

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Months of calendars other than the Gregorian are counted from these: 109 is Azar, 202 Safar.
const (
	solarMonths = 100
	lunarMonths = 200
)

// calendar is what a language says about dates. All words are folded; phrases are words joined by a space.
type calendar struct {
	months      map[string]int    // 1-12 Gregorian, 101-112 solar Hijri, 201-212 lunar Hijri; in every case form
	short       map[string]bool   // months written short: a full stop may follow
	homonyms    map[string]bool   // months that are another word as well: a day beside them is not enough without a year
	days        map[string]int    // words and ordinals for days of the month
	weekdays    map[string]int    // 1 Monday to 7 Sunday
	bracketed   map[string]int    // days of the week written short, known in brackets only
	years       map[string]bool   // words for year that settle it
	yearPre     map[string]bool   // prepositions
	partly      map[string]bool   // beside what is a day in words elsewhere: the first half
	yearsLead   map[string]bool   // words for years, before the first of some
	yearPost    map[string]bool   // postpositions
	yearLead    map[string]bool   // words for year that stand before it only
	yearsMany   map[string]bool   // words for years, behind the last of some
	yearMany    map[string]bool   // words for year that may count years: behind a round number they say nothing
	yearNot     map[string]bool   // what behind [after a year] undoes it
	glue        map[string]bool   // words inside a date: of, ماه
	between     map[string]bool   // words between the first and the last day: to, по, تا
	both        map[string]bool   // words between two days that are both meant: and, и
	ordinals    map[string]bool   // what may hang on a number: ші, th, ye
	endings     map[string]bool   // ordinal and case endings of a number, behind a hyphen or an apostrophe
	marks       map[string]string // what hangs on a number: 年 year, 月 month, 日 day
	eras        map[string]string // behind a year: gregorian, solar, lunar, none (before our era)
	counts      map[string]bool   // words and signs that take the number behind them: №, page, version
	from        map[string]bool   // endings of the first day of a range
	decades     map[string]bool   // what hangs on a number that is a decade
	uncounted   map[string]bool   // words that no number counts: what stands before them may be a year
	relative    []relativeDay     // phrases
	first       map[string]bool   // the first words of the phrases
	past        map[string]bool   // "last" beside the name of a month
	present     map[string]bool   // behind a month: this year's
	monthsFrom  map[string]bool   // months whose ending says from
	counted     map[string]bool   // words that a number counts: people, человек
	yearEnds    map[string]bool   // endings that a number has behind an apostrophe if it is a year
	hyphened    bool              // a hyphen hangs months and the word for year on their numbers; spaces around it are a slip
	key         func(string) string
	marksOfTime map[string]string // what hangs on the figures of a time: 时 hour, 分 minute
	leads       []half            // halves of the day as written before a time: 下午
	zones       []eraWord         // names of time zones as written, and how far from UTC they are
	hour        []string          // words between a day and a time, as written
	halves      []half            // what stands behind a time of day, as written in small letters
	erasWritten []eraWord
	starts      map[string]bool   // words a date may begin with
	solar       bool              // a year 13xx or 14xx in figures is solar Hijri
	spaced      bool              // 2025. 9. 1. is a date
	glued       bool              // figures stand behind letters in one word
	lunar       map[int]lunarYear // the calendar by which lunar Hijri days are reckoned; none: they are not
}

// relativeDay is a phrase that dates by the day it is said.
type relativeDay struct {
	words []string
	unit  string // day, month, year; none: it only looks like one (اليوم التالي, the next day)
	shift int
}

// letters says whether the phrase is letters, each with a full stop: с. г. They stand behind a day or month only.
func (r *relativeDay) letters() bool {
	for _, w := range r.words {
		if c, size := utf8.DecodeRuneInString(w); size != len(w) || c >= 0x1100 {
			return false
		}
	}
	return len(r.words) > 1
}

// half is a word behind a time of day: am before noon, pm after it, none where it does not settle which.
type half struct{ word, half string }

// eraWord is a word for an era as it is written.
type eraWord struct{ word, era string }

// lunarYear is a year of the calendar of Umm al-Qura.
type lunarYear struct {
	first  time.Time
	months string // 0: 30 days, 9: 29 days
}

func newCalendar(a *alphabet, base, own tables) *calendar {
	c := &calendar{months: map[string]int{}, short: map[string]bool{}, homonyms: map[string]bool{}, days: map[string]int{}, weekdays: map[string]int{}, bracketed: map[string]int{}, present: map[string]bool{},
		years: map[string]bool{}, yearPre: map[string]bool{}, partly: map[string]bool{}, yearPost: map[string]bool{}, yearLead: map[string]bool{}, yearsLead: map[string]bool{}, yearMany: map[string]bool{},
		yearNot: map[string]bool{}, glue: map[string]bool{}, between: map[string]bool{}, both: map[string]bool{}, ordinals: map[string]bool{},
		endings: map[string]bool{}, marks: map[string]string{}, eras: map[string]string{}, counts: map[string]bool{}, uncounted: map[string]bool{}, from: map[string]bool{}, decades: map[string]bool{}, first: map[string]bool{},
		past: map[string]bool{}, monthsFrom: map[string]bool{}, counted: map[string]bool{}, yearsMany: map[string]bool{}, yearEnds: map[string]bool{}, marksOfTime: map[string]string{}, starts: map[string]bool{}, lunar: map[int]lunarYear{}}
	key := func(w string) string { return string(clip(a.word(nil, w), 0)) }
	c.key = key
	phrase := func(words ...string) string { // fields, in which '_' stands for a space
		var keys []string
		for _, f := range words {
			for _, w := range strings.Split(f, "_") {
				if k := key(w); k != "" {
					keys = append(keys, k)
				}
			}
		}
		return strings.Join(keys, " ")
	}
	number := func(sec, s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			panic("lang: [" + sec + "] wants a number first, not " + s)
		}
		return n
	}
	var foreign []string // English short months: without a year they may be any word of another language
	inflected := append([]string{""}, own.words("case endings")...)
	for n, t := range []tables{base, own} {
		cases := inflected[:1]
		if n > 0 {
			cases = inflected
		}
		for sec, shift := range map[string]int{"months": 0, "short months": 0, "solar months": solarMonths, "lunar months": lunarMonths} {
			for _, row := range t.rows(sec) {
				for _, w := range row[1:] {
					for _, e := range cases {
						k := phrase(w + e)
						if m, had := c.months[k]; had && n > 0 && e != "" && m != shift+number(sec, row[0]) {
							continue // an ending makes no other month of a name
						}
						c.months[k] = shift + number(sec, row[0])
						if slices.ContainsFunc(own.words("from a day"), func(f string) bool { return e != "" && strings.HasSuffix(e, f) }) {
							c.monthsFrom[k] = true
						}
						if n == 0 && sec == "short months" {
							foreign = append(foreign, k)
						} else if n > 0 {
							foreign = slices.DeleteFunc(foreign, func(f string) bool { return f == k })
						}
						if e == "" && sec == "short months" {
							c.short[k] = true
						}
					}
				}
			}
			c.solar = c.solar || sec == "solar months" && len(t.rows(sec)) > 0
		}
		for _, row := range t.rows("days of the month") {
			for _, e := range cases {
				c.days[phrase(row[1:]...)] = number("days of the month", row[0])
				if e != "" {
					c.days[phrase(strings.Join(row[1:], "_")+e)] = number("days of the month", row[0])
				}
			}
		}
		for _, row := range t.rows("weekdays") {
			for _, w := range row[1:] {
				for _, e := range cases {
					if k := phrase(w + e); c.weekdays[k] == 0 || e == "" {
						c.weekdays[k] = number("weekdays", row[0])
					}
				}
			}
		}
		for i, w := range t.words("weekdays in brackets") { // from Monday on
			c.bracketed[phrase(w)] = i + 1
		}
		for name, set := range map[string]map[string]bool{"year": c.years, "year first": c.yearLead, "years first": c.yearsLead, "year or count": c.yearMany, "no year before": c.yearNot, "before a year": c.yearPre, "counted in words": c.partly, "after a year": c.yearPost,
			"inside a date": c.glue, "between days": c.between, "both days": c.both, "ordinal endings": c.ordinals, "last": c.past, "also another word": c.homonyms, "takes a number": c.counts, "not counted": c.uncounted, "from a day": c.from, "decade endings": c.decades,
			"counted": c.counted, "years": c.yearsMany, "of this year": c.present, "endings of a year": c.yearEnds} {
			for _, w := range t.words(name) {
				set[phrase(w)] = true
			}
		}
		for _, o := range append([]string{""}, t.words("ordinal endings")...) {
			for _, e := range slices.Concat(cases, t.words("endings of figures")) {
				if k := phrase(o + e); k != "" {
					c.endings[k] = true
				}
			}
		}
		for _, row := range t.rows("marks") { // unit, words
			for _, w := range row[1:] {
				for _, e := range inflected {
					c.marks[phrase(w+e)] = row[0]
				}
			}
		}
		for _, row := range t.rows("eras") { // era, words
			for _, w := range row[1:] {
				c.eras[phrase(w)] = row[0]
				c.erasWritten = append(c.erasWritten, eraWord{strings.ReplaceAll(w, "_", " "), row[0]})
			}
		}
		c.hour = append(c.hour, t.words("before a time")...)
		for _, row := range t.rows("behind a time") { // before, after, none
			for _, w := range row[1:] {
				c.halves = append(c.halves, half{strings.ReplaceAll(w, "_", " "), row[0]})
			}
		}
		for _, row := range t.rows("half before a time") { // before, after, none
			for _, w := range row[1:] {
				c.leads = append(c.leads, half{strings.ReplaceAll(w, "_", " "), row[0]})
			}
		}
		for _, row := range t.rows("zones") { // offset, names
			for _, w := range row[1:] {
				c.zones = append(c.zones, eraWord{strings.ReplaceAll(w, "_", " "), row[0]})
			}
		}
		for _, row := range t.rows("marks of a time") { // hour or minute, words
			for _, w := range row[1:] {
				c.marksOfTime[w] = row[0]
			}
		}
		for _, w := range t.words("options-dates") {
			c.spaced = c.spaced || w == "spaced-dots"
			c.glued = c.glued || w == "glued-figures"
			c.hyphened = c.hyphened || w == "hyphened"
		}
		for _, row := range t.rows("umm al-qura") {
			first, err := time.Parse(time.DateOnly, row[1])
			if err != nil || len(row[2]) != 12 {
				panic("lang: [umm al-qura] wants a year, its first day and twelve months: " + strings.Join(row, " "))
			}
			c.lunar[number("umm al-qura", row[0])] = lunarYear{first, row[2]}
		}
		for _, row := range t.rows("relative") { // unit, shift, phrase
			r := relativeDay{unit: row[0], shift: number("relative", row[1]), words: strings.Fields(phrase(row[2:]...))}
			if r.unit != "day" && r.unit != "month" && r.unit != "year" && r.unit != "none" || len(r.words) == 0 {
				panic("lang: [relative] wants day, month, year or none, a number and a phrase: " + strings.Join(row, " "))
			}
			c.relative = append(c.relative, r)
			c.first[r.words[0]] = true
		}
	}
	for _, k := range foreign {
		c.homonyms[k] = true
	}
	sort.SliceStable(c.relative, func(i, k int) bool { return len(c.relative[i].words) > len(c.relative[k].words) }) // the longest first
	for _, set := range []map[string]bool{c.yearPre, c.yearLead, c.yearsLead, c.first} {
		for p := range set {
			w, _, _ := strings.Cut(p, " ")
			c.starts[w] = true
		}
	}
	for _, set := range []map[string]int{c.months, c.days, c.weekdays} {
		for p := range set {
			w, _, _ := strings.Cut(p, " ")
			c.starts[w] = true
		}
	}
	return c
}

// gregorian checks a day of the Gregorian calendar. Days before its year 1583 were written in another one.
func gregorian(y, m, d int) bool {
	if y < 1583 || y > 2999 || m < 1 || m > 12 || d < 1 || d > 31 {
		return false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t.Day() == d
}

// lunarHijri turns a day of the calendar of Umm al-Qura into the Gregorian one. ok is false if there is no
// such day, or no table for its year.
func (c *calendar) lunarHijri(y, m, d int) (gy, gm, gd int, ok bool) {
	year, ok := c.lunar[y]
	if !ok || m < 1 || m > 12 || d < 1 {
		return 0, 0, 0, false
	}
	days := d - 1
	for i := range m {
		length := 30
		if year.months[i] == '9' {
			length = 29
		}
		if i == m-1 {
			ok = d <= length
		} else {
			days += length
		}
	}
	t := year.first.AddDate(0, 0, days)
	return t.Year(), int(t.Month()), t.Day(), ok
}

// solarMonth is the year and month of the Iranian and Afghan calendar in which a day lies.
func solarMonth(now time.Time) (y, m int) {
	y, m = now.Year()-622, 9 // it begins in the November before
	for {
		ny, nm := y, m+1
		if nm > 12 {
			ny, nm = y+1, 1
		}
		gy, gm, gd, ok := solarHijri(ny, nm, 1)
		if !ok || now.Before(time.Date(gy, time.Month(gm), gd, 0, 0, 0, 0, now.Location())) {
			return y, m
		}
		y, m = ny, nm
	}
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
