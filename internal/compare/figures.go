package compare

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// Figure is a number or date as a text has it. The zero Figure is none.
type Figure struct {
	Raw   string // as it stands there, with its multiplier: "24 million"
	Value string // what it means: "24000000", "2026-06-01"
	Date  bool
}

// Change is a sentence in which a figure changed. Old or New of a figure that came in or was left out is
// the zero Figure.
type Change struct {
	OldSentence, NewSentence string
	Old, New                 Figure
}

// most is how much of a text is read for figures, and how many changes are told.
const (
	most        = 128 << 10
	mostChanges = 100
	mostFigures = 1000
)

// Figures returns the sentences of two versions in language t in which a number or date changed, in the
// order of the new text. Sentences that came in or were left out whole are no changes of a figure.
func Figures(t lang.Tag, old, new string) []Change {
	a, b := sentences(t, cut(old)), sentences(t, cut(new))
	u := &units{ids: map[string]int32{}}
	ids := func(s []string) []int32 {
		out := make([]int32, len(s))
		for i := range s {
			s[i] = strings.TrimSpace(s[i])
			out[i] = u.id(s[i], s[i] == "")
		}
		return out
	}
	ia, ib := ids(a), ids(b)
	var out []Change
	hunk := func(a, b []string) {
		for _, p := range counterparts(t, a, b) {
			out = append(out, changed(t, p[0], p[1])...)
		}
	}
	i, j := 0, 0
	for _, p := range align(ia, ib, u.light) {
		hunk(a[i:p[0]], b[j:p[1]])
		i, j = p[0]+1, p[1]+1
	}
	hunk(a[i:], b[j:])
	return out[:min(len(out), mostChanges)]
}

// cut bounds a text, between two letters.
func cut(s string) string {
	if len(s) <= most {
		return s
	}
	n := most
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// counterparts pairs the sentences that stand for each other between two that stayed: all, in their order,
// if there are as many; else those that share most of their words.
func counterparts(t lang.Tag, a, b []string) (out [][2]string) {
	if len(a) == len(b) {
		for i := range a {
			out = append(out, [2]string{a[i], b[i]})
		}
		return out
	}
	if len(a)*len(b) > 2500 {
		return nil
	}
	stems := func(s string) map[string]bool {
		m := map[string]bool{}
		for _, k := range lang.Tokens(t, s) {
			m[k.Stem] = true
		}
		return m
	}
	wb := make([]map[string]bool, len(b))
	for j := range b {
		wb[j] = stems(b[j])
	}
	next := 0
	for _, s := range a {
		w := stems(s)
		best, at := 0, -1
		for j := next; j < len(b); j++ {
			n := 0
			for k := range w {
				if wb[j][k] {
					n++
				}
			}
			if 2*n >= max(len(w), len(wb[j])) && n > best {
				best, at = n, j
			}
		}
		if at >= 0 {
			out = append(out, [2]string{s, b[at]})
			next = at + 1
		}
	}
	return out
}

// changed compares the figures of two sentences: those that both have are no matter of order.
func changed(t lang.Tag, old, new string) (out []Change) {
	if old == new {
		return nil
	}
	a, b := inSentence(t, old), inSentence(t, new)
	a, b = without(a, b), without(b, a)
	for _, date := range []bool{false, true} {
		pick := func(fs []placed) (out []Figure) {
			for _, f := range fs {
				if f.Date == date {
					out = append(out, f.Figure)
				}
			}
			return out
		}
		x, y := pick(a), pick(b)
		for i := range max(len(x), len(y)) {
			c := Change{OldSentence: old, NewSentence: new}
			if i < len(x) {
				c.Old = x[i]
			}
			if i < len(y) {
				c.New = y[i]
			}
			out = append(out, c)
		}
	}
	return out
}

// without is what a has more than b, value by value.
func without(a, b []placed) (out []placed) {
	has := map[Figure]int{}
	for _, f := range b {
		has[Figure{Value: f.Value, Date: f.Date}]++
	}
	for _, f := range a {
		k := Figure{Value: f.Value, Date: f.Date}
		if has[k]--; has[k] < 0 {
			out = append(out, f)
		}
	}
	return out
}

// placed is a figure and where it stands.
type placed struct {
	Figure
	start, end int
}

// inSentence reads dates, and numbers that are not part of one.
func inSentence(t lang.Tag, s string) (out []placed) {
	dates := lang.Dates(t, s, time.Time{})
	for _, d := range dates {
		out = append(out, placed{Figure{d.Raw, d.Value, true}, d.Start, d.End})
	}
	at := 0
	for _, n := range lang.Numbers(t, s) {
		for at < len(dates) && dates[at].End <= n.Start {
			at++
		}
		if at < len(dates) && n.End > dates[at].Start {
			continue
		}
		out = append(out, placed{Figure{n.Raw, n.Value, false}, n.Start, n.End})
	}
	slices.SortStableFunc(out, func(a, b placed) int { return a.start - b.start })
	return out
}

// Text is one language version: its paragraphs, the headline first.
type Text struct {
	Lang       lang.Tag
	Paragraphs []string
}

// Place is a figure in a language version and the sentence that has it.
type Place struct {
	Figure
	Paragraph int // 0 is the headline
	Sentence  string
}

// Disagreement is a figure or date of one version against what the other has in its place.
type Disagreement struct{ A, B Place }

// Across returns figures and dates that two language versions do not share: each time one of a against
// the one that stands in the same place of b. It is silent wherever it is in doubt: small numbers, which
// one language writes in words; years, times of day, days without a year; a figure that has no
// counterpart. A figure that the other version has anywhere is shared.
func Across(a, b Text) []Disagreement {
	x, y := read(a), read(b)
	ua, ub := y.lacks(x), x.lacks(y)
	if len(ua) == 0 || len(ub) == 0 {
		return nil
	}
	var out []Disagreement
	told := map[[2]Figure]bool{}
	tell := func(p, q figure) {
		k := [2]Figure{{Value: p.Value, Date: p.Date}, {Value: q.Value, Date: q.Date}}
		if !told[k] && len(out) < mostChanges && alike(p.Figure, q.Figure) {
			told[k] = true
			out = append(out, Disagreement{p.Place, q.Place})
		}
	}
	// In the same sentence of the same paragraph, where both have as many; else in the same paragraph;
	// else where each whole text has one.
	cell := func(f figure) [3]int {
		kind := 0
		if f.Date {
			kind = 1
		}
		if len(a.Paragraphs) != len(b.Paragraphs) && f.Paragraph > 0 {
			return [3]int{-1, 0, kind}
		}
		if x.sentences[f.Paragraph] != y.sentences[f.Paragraph] {
			return [3]int{f.Paragraph, 0, kind}
		}
		return [3]int{f.Paragraph, f.sentence, kind}
	}
	cells := map[[3]int][2][]figure{}
	var order [][3]int
	for side, us := range [2][]figure{ua, ub} {
		for _, f := range us {
			c := cell(f)
			if _, ok := cells[c]; !ok {
				order = append(order, c)
			}
			v := cells[c]
			v[side] = append(v[side], f)
			cells[c] = v
		}
	}
	for _, c := range order {
		v := cells[c]
		if len(v[0]) != len(v[1]) || c[0] < 0 && len(v[0]) > 1 {
			continue
		}
		for i := range v[0] {
			tell(v[0][i], v[1][i])
		}
	}
	return out
}

// alike says whether one figure may stand for the other: dates for dates, numbers of about one size.
func alike(a, b Figure) bool {
	if a.Date || b.Date {
		return a.Date && b.Date
	}
	p, err1 := strconv.ParseFloat(a.Value, 64)
	q, err2 := strconv.ParseFloat(b.Value, 64)
	return err1 == nil && err2 == nil && p > 0 && q > 0 && max(p, q)/min(p, q) <= 1001
}

type figure struct {
	Place
	sentence int
	sure     bool // worth an alarm when the other version lacks it
}

type reading struct {
	figures   []figure
	sentences []int           // how many a paragraph has
	has       map[string]bool // values of numbers, parts of dates
	dates     []string
}

func read(t Text) *reading {
	r := &reading{has: map[string]bool{}}
	left := most
	for n, p := range t.Paragraphs {
		p = cut(p)
		if left -= len(p); left < 0 {
			p = ""
		}
		parts := sentences(t.Lang, p)
		r.sentences = append(r.sentences, len(parts))
		for k, s := range parts {
			if len(r.figures) >= mostFigures {
				break
			}
			fs := inSentence(t.Lang, s)
			for _, f := range fs[:min(len(fs), mostFigures)] {
				r.figures = append(r.figures, figure{Place{f.Figure, n, strings.TrimSpace(s)}, k, sure(t.Lang, s, f)})
				if f.Date {
					r.dates = append(r.dates, f.Value)
					for _, part := range strings.FieldsFunc(f.Value, func(r rune) bool { return r < '0' || r > '9' }) {
						r.has[strings.TrimLeft(part, "0")] = true
					}
				} else {
					r.has[f.Value] = true
				}
			}
		}
	}
	return r
}

// lacks returns the sure figures of o that r does not have, each value once.
func (r *reading) lacks(o *reading) (out []figure) {
	seen := map[string]bool{}
	for _, f := range o.figures {
		if !f.sure || seen[f.Value] || !f.Date && r.has[f.Value] || f.Date && r.dated(f.Value) {
			continue
		}
		seen[f.Value] = true
		out = append(out, f)
	}
	return out
}

// dated says whether r has a date that is the same as far as both go.
func (r *reading) dated(v string) bool {
	for _, d := range r.dates {
		if strings.HasPrefix(d, v) || strings.HasPrefix(v, d) {
			return true
		}
	}
	return false
}

// sure leaves out what languages write in different ways.
func sure(t lang.Tag, s string, f placed) bool {
	if f.Date {
		return len(f.Value) == len("2026-06-01") // minutes may be in two zones; months and years are named more loosely
	}
	v, err := strconv.ParseFloat(f.Value, 64)
	if err != nil || v < 13 && !strings.Contains(f.Value, ".") {
		return false
	}
	digitsOnly := !strings.ContainsAny(f.Value, ".") && len(f.Value) <= 4
	if digitsOnly && (v >= 1300 && v < 1500 || v >= 1900 && v < 2100) && utf8.RuneCountInString(f.Raw) == 4 {
		return false // a year
	}
	if clock(s, f) {
		return false
	}
	return v > 31 || strings.Contains(f.Value, ".") || !inMonth(t, s, f)
}

// clock says whether the figure may be an hour or minute: 14:05, 12.30.
func clock(s string, f placed) bool {
	if f.start > 0 && s[f.start-1] == ':' || f.end < len(s) && s[f.end] == ':' {
		return true
	}
	whole, frac, ok := strings.Cut(strings.Map(digit, f.Raw), ".")
	if !ok || len(frac) != 2 || len(whole) > 2 {
		return false
	}
	h, err1 := strconv.Atoi(whole)
	m, err2 := strconv.Atoi(frac)
	return err1 == nil && err2 == nil && h < 24 && m < 60
}

// digit makes a Western digit of an Eastern one.
func digit(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0'
	case r >= '۰' && r <= '۹':
		return r - '۰' + '0'
	}
	return r
}

// inMonth says whether a number up to 31 is a day whose year is not written: with a year beside it, it
// would read as a date.
func inMonth(t lang.Tag, s string, f placed) bool {
	before, after := s[:f.start], s[f.end:]
	if n := len(after); n > 48 {
		after = strings.ToValidUTF8(after[:48], "")
	}
	if n := len(before); n > 48 {
		before = strings.ToValidUTF8(before[n-48:], "")
	}
	last := func(s string) string { // the last word of it
		w := strings.Fields(s)
		if len(w) == 0 {
			return ""
		}
		return w[len(w)-1]
	}
	first := strings.Fields(f.Raw + after)
	for n := 1; n <= min(len(first), 3); n++ {
		p := strings.TrimRight(strings.Join(first[:n], " "), ".,;:!?؟۔،)»”")
		for _, year := range []string{"2026", "1405"} {
			for _, try := range []string{p + " " + year, year + " " + p, last(before) + " " + p + ", " + year} {
				if ds := lang.Dates(t, try, time.Time{}); len(ds) > 0 && ds[0].Precision == "day" {
					return true
				}
			}
		}
	}
	return false
}
