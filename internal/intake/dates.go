package intake

import (
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/source"
)

// dateRead is a date found in a line.
type dateRead struct {
	ok    bool
	only  bool // the line says nothing else
	start int  // byte offset of the date
	date  Date
	end   int
}

// dater reads dates in the languages of one page: its own, and the two that the words of sites'
// frames are often in. The page's is found out when the first date is to be read.
type dater struct {
	tags func() []lang.Tag
	now  time.Time
}

func newDater(page func() lang.Tag, now time.Time) dater {
	return dater{now: now, tags: sync.OnceValue(func() []lang.Tag {
		tags := []lang.Tag{page(), lang.EN, lang.RU}
		if tags[0] == lang.Und || tags[0] == lang.EN {
			tags = tags[1:]
		}
		return tags
	})}
}

// read finds the first date in s that is at least a day and can be a publication date: not later
// than the day after now. Relative words are not read: the page does not say relative to what.
func (d dater) read(s string) dateRead {
	if !shorter(s, 400) || !hasDigit(s) {
		return dateRead{}
	}
	for _, t := range d.tags() {
		for _, f := range lang.Dates(t, s, time.Time{}) {
			if f.Precision != "day" && f.Precision != "minute" || f.Start < 0 || f.End > len(s) || f.Start > f.End {
				continue
			}
			if !d.possible(f.Value) {
				continue
			}
			return dateRead{ok: true, start: f.Start, end: f.End, only: onlyDate(s[:f.Start] + " " + s[f.End:]),
				date: Date{Value: f.Value, Precision: f.Precision, Raw: s[f.Start:f.End]}}
		}
	}
	return dateRead{}
}

// possible says whether value can be the day something was published.
func (d dater) possible(value string) bool {
	if len(value) < 10 {
		return false
	}
	day, err := time.Parse(time.DateOnly, value[:10])
	return err == nil && day.Year() >= 1900 && (d.now.IsZero() || day.Before(d.now.Add(48*time.Hour)))
}

// onlyDate says whether what stands around a date are clock times, zones, days of the week and at
// most one other word (a rubric).
func onlyDate(rest string) bool {
	others := 0
	for _, w := range strings.FieldsFunc(foldLine(rest), func(r rune) bool {
		return !unicode.IsLetter(r) && r != '\'' && r != '.' && !unicode.Is(unicode.M, r)
	}) {
		w = strings.Trim(w, ".'")
		if w == "" || rules.dateWords[w] || rules.labels[w] == classPublished {
			continue
		}
		if utf8.RuneCountInString(w) > 1 {
			others++
		}
	}
	return others <= 1
}

// stamp is the date a machine put before a headline: 'date 2026-01-08 Headline', '17.07.2025 Headline'.
// It is in figures only, so that a headline that begins with a date in words stays whole.
func (d dater) stamp(s string) (date Date, stamp, rest string, ok bool) {
	head := s
	if !shorter(head, 60) {
		head = head[:cut(head, 120)]
	}
	labelled := 0
	f := foldLine(head)
	for _, l := range rules.labelList {
		if rules.labels[l] == classPublished && strings.HasPrefix(f, l) {
			labelled = len(strings.Fields(l))
			break
		}
	}
	begin := 0
	for range labelled {
		i := strings.IndexAny(s[begin:], " :")
		if i < 0 {
			return Date{}, "", "", false
		}
		begin += i + 1
	}
	begin += len(s[begin:]) - len(strings.TrimLeft(s[begin:], " :"))
	r := d.read(s[begin:min(len(s), begin+cut(s[begin:], 60))])
	if !r.ok || r.start > 1 || strings.ContainsFunc(strings.TrimFunc(r.date.Raw, unicode.IsSpace), func(c rune) bool {
		return unicode.IsLetter(c) && c != 'T' && c != 'Z'
	}) {
		return Date{}, "", "", false
	}
	end := begin + r.end
	rest = strings.TrimLeft(s[end:], " ,|:–—-")
	if words(rest) < 3 {
		return Date{}, "", "", false
	}
	return r.date, strings.TrimSpace(s[:end]), rest, true
}

// cut is the largest offset up to n that does not split a character of s.
func cut(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

// machineDate reads the value of a field that machines write: RFC 3339 or ISO 8601. Midnight is no
// time of day but the mark of a field that has none.
func (d dater) machineDate(raw string) *Date {
	s := strings.TrimSpace(raw)
	if len(s) < 10 || len(s) > 40 {
		return nil
	}
	if n := strings.LastIndexByte(s, ' '); strings.Contains(s, ":") && !strings.Contains(s, " 00:00") && strings.Trim(s[n+1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" { // a zone in letters
		now := d.now
		if now.IsZero() {
			now = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		if at, day, ok := source.Date(s, now); ok && !day {
			return &Date{Value: at.Format("2006-01-02T15:04Z07:00"), Precision: "minute", Raw: raw}
		}
	}
	for _, f := range []struct{ layout, give string }{
		{time.RFC3339, "2006-01-02T15:04Z07:00"}, {"2006-01-02T15:04:05-0700", "2006-01-02T15:04Z07:00"}, {"2006-01-02T15:04Z07:00", "2006-01-02T15:04Z07:00"},
		{"2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00"}, {"2006-01-02 15:04:05 -0700", "2006-01-02T15:04Z07:00"},
		{"2006-01-02T15:04:05", "2006-01-02T15:04"}, {"2006-01-02 15:04:05", "2006-01-02T15:04"}, {"2006-01-02T15:04", "2006-01-02T15:04"}, {"2006-01-02 15:04", "2006-01-02T15:04"},
		{time.DateOnly, time.DateOnly}, {time.RFC1123Z, "2006-01-02T15:04Z07:00"}, {time.RFC1123, "2006-01-02T15:04"}, // a zone that nobody knows

	} {
		t, err := time.Parse(f.layout, s)
		if err != nil {
			continue
		}
		out := &Date{Value: t.Format(f.give), Precision: "minute", Raw: raw}
		if f.layout == time.DateOnly || t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
			out.Value, out.Precision = t.Format(time.DateOnly), "day"
		}
		if !d.possible(out.Value) {
			return nil
		}
		return out
	}
	if r := d.read(s); r.ok && r.only {
		return &Date{Value: r.date.Value, Precision: r.date.Precision, Raw: raw}
	}
	return nil
}
