package facts

import (
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jarchi.dev/jarchi/internal/lang"
)

//go:embed figures.tsv
var figureRows string

// figureWords are the rows of figures.tsv by language: patterns with the mark number (and their value), about, share,
// time, age or and. A fault in the table is a defect that stops the program.
var figureWords = sync.OnceValue(func() map[lang.Tag]*lexicon {
	out := map[lang.Tag]*lexicon{}
	for _, line := range strings.Split(figureRows, "\n") {
		f := strings.Split(line, "\t")
		if strings.HasPrefix(line, "#") || len(f) != 3 {
			continue
		}
		t, p := lang.Tag(f[0]), pattern{mark: f[1]}
		if v, err := strconv.ParseFloat(f[1], 64); err == nil {
			p = pattern{mark: "number", value: v}
		} else if part, ok := strings.CutPrefix(f[1], "1/"); ok {
			v, err := strconv.ParseFloat(part, 64)
			if err != nil || v < 2 {
				panic("facts: figures.tsv: no share: " + f[1])
			}
			p = pattern{mark: "share", value: 1 / v}
		}
		if out[t] == nil {
			out[t] = &lexicon{byFirst: map[string][]pattern{}, byPrefix: map[rune][]pattern{}}
			if t == lang.AR {
				out[t].leads = "و" // four and thirty
			}
		}
		for _, w := range strings.Fields(f[2]) {
			if !out[t].add(t, p, w) {
				panic("facts: figures.tsv: no word: " + w)
			}
		}
	}
	return out
})

// wordsOf is what figures.tsv says of a language; nil for one of which it says nothing: its numbers are not judged.
func wordsOf(t lang.Tag) *lexicon {
	return figureWords()[t.FoldsAs()]
}

// figure is a number of the body with the unit or the thing it counts.
type figure struct {
	v          float64
	unit, noun string
	at         int // where it begins; -1 for a part of a date
}

// figures are what a body has to bear a number with.
type figures struct {
	numbers []figure        // in order, dates taken apart, number words put together
	words   []float64       // number words one by one: they bear, but add up to nothing
	listed  int             // the most things one sentence lists
	lines   int             // lines that begin as those of a list
	share   bool            // most, twice
	parts   []float64       // a half, a third
	apart   map[int]bool    // where numbers begin that tell of other people: the hurt taken off the dead are nobody
	times   map[string]bool // stems of words for units of time
	ranges  [][2]figure     // from, to
}

func (a *against) figuresOf(w *lexicon, bs []placed, dates []lang.Date) figures {
	f := figures{times: map[string]bool{}}
	for i, b := range bs {
		v, err := strconv.ParseFloat(b.Value, 64)
		if err != nil {
			continue
		}
		f.numbers = append(f.numbers, figure{v, b.Unit, b.noun, b.Start})
		if i > 0 && b.Start-bs[i-1].End < 40 && (bs[i-1].Unit == b.Unit || bs[i-1].Unit == "" && b.Start-bs[i-1].End < 12) { // 30 to 40 degrees
			if last, err := strconv.ParseFloat(bs[i-1].Value, 64); err == nil && last < v {
				f.ranges = append(f.ranges, [2]figure{{v: last, at: bs[i-1].Start}, {v: v, at: b.Start}})
			}
		}
	}
	for _, d := range dates {
		for _, part := range strings.FieldsFunc(d.Value, func(r rune) bool { return r < '0' || r > '9' }) {
			if v, err := strconv.ParseFloat(part, 64); err == nil {
				f.numbers = append(f.numbers, figure{v: v, unit: "date", at: -1})
			}
		}
	}
	ands := make([]bool, len(a.bTokens))
	hits := w.find(a.bTokens)
	for _, h := range hits {
		switch h.mark {
		case "number":
			f.words = append(f.words, h.value)
		case "share":
			if h.value > 0 {
				f.parts = append(f.parts, h.value)
			} else {
				f.share = true
			}
		case "time":
			f.times[a.bTokens[h.at].Stem] = true
		case "and":
			ands[h.at] = true
		}
	}
	for _, n := range worded(hits, a.bTokens, bs) {
		if v, err := strconv.ParseFloat(n.Value, 64); err == nil && v > 1 && !slices.ContainsFunc(f.numbers, func(x figure) bool { return x.at == n.Start && x.v == v }) {
			f.numbers = append(f.numbers, figure{v: v, at: n.Start})
		}
	}
	for _, h := range w.find(a.hTokens) {
		if h.mark == "time" {
			f.times[a.hTokens[h.at].Stem] = true
		}
	}
	k := 0
	for _, s := range a.sentences {
		n := 1
		for _, r := range a.body[s.Start:s.End] {
			if strings.ContainsRune(",،、;؛", r) {
				n++
			}
		}
		for ; k < len(a.bTokens) && a.bTokens[k].Start < s.End; k++ {
			if ands[k] {
				n++
			}
		}
		f.listed = max(f.listed, n)
	}
	for _, line := range strings.Split(a.body, "\n") {
		if line = strings.TrimSpace(line); line != "" && strings.ContainsRune("-–—•*0123456789۰۱۲۳۴۵۶۷۸۹", []rune(line)[0]) {
			f.lines++
		}
	}
	return f
}

// worded are the numbers that a text has in words, put together: thirty four, сто двадцать; without what belongs to a number in
// figures, as the million of 42 million does.
func worded(hits []hit, tokens []lang.Token, numbers []placed) (out []placed) {
	ands := map[int]bool{}
	for _, h := range hits {
		if h.mark == "and" {
			ands[h.at] = true
		}
	}
	total, current, first, end := 0.0, 0.0, 0, -1
	flush := func() {
		if total+current > 0 {
			p := placed{Quantity: Quantity{Value: strconv.FormatFloat(total+current, 'f', -1, 64)}, Span: lang.Span{Start: tokens[first].Start, End: tokens[end-1].End}}
			if end < len(tokens) {
				p.noun = tokens[end].Stem
			}
			out = append(out, p)
		}
		total, current = 0, 0
	}
	next := 0
	for _, h := range hits {
		if h.mark != "number" {
			continue
		}
		at := tokens[h.at].Start
		for next < len(numbers) && numbers[next].End <= at {
			next++
		}
		if next < len(numbers) && numbers[next].Start <= at && digits(numbers[next].raw) || h.at < end {
			continue
		}
		if end < 0 || h.at > end && !(h.at == end+1 && ands[end]) {
			flush()
			first = h.at
		}
		switch {
		case h.value >= 1000:
			total += max(current, 1) * h.value
			current = 0
		case h.value == 100 && current > 0 && current < 10:
			current *= 100
		default:
			current += h.value
		}
		end = h.at + h.n
	}
	flush()
	return out
}

// factors are by what numbers of one family of units differ: kilometres and metres, hectares and square kilometres.
var factors = map[string][]float64{
	"km": {1000, 1.609}, "m": {1000, 100}, "t": {1000, 10, 100}, "mw": {1000}, "gw": {1000, 1e6}, "kwh": {1000, 1e6}, "ha": {100, 10000}, "km2": {100, 1e6},
	"m3": {1000, 1e6, 1e9}, "m3s": {3600, 86400, 1000}, "m3h": {3600, 24, 1000}, "kmh": {3.6}, "ms": {3.6}, "mag": nil, "c": nil, "pct": {10}, "pp": nil, "people": nil,
	"days": timeFactors, "hours": timeFactors,
}

var timeFactors = []float64{60, 24, 7, 12, 30, 10, 365, 3600, 1440}

// bear says whether the body bears the number v of the headline: a figure of it rounds to v at the headline's own
// precision, or v to a rounder figure of the body; or one in another unit does once converted; or sums, differences,
// products or shares of its figures do, or what it lists comes to v. Where that is open, it is borne.
func (f figures) bear(h placed, v float64) bool {
	fine := grain(h.Value)
	ok := func(x float64) bool { return rounds(x, v, fine) }
	reckoned := func(x float64) bool { return ok(x) && math.Abs(x-v) <= v/20 } // 24 times two is no 40
	timed := h.Unit == "" && f.times[h.noun]
	if f.share && h.Unit == "pct" || (f.share || len(f.parts) > 0) && (h.Unit == "hours" || h.Unit == "days" || timed) {
		return true
	}
	if h.Unit == "pct" {
		for _, part := range f.parts {
			for k := part; k < 1.01; k += part { // two thirds
				if math.Abs(v-100*k) <= 2 {
					return true
				}
			}
		}
	}
	for _, x := range f.words {
		if ok(x) {
			return true
		}
	}
	for _, r := range f.ranges {
		if r[0].v <= v && v <= r[1].v && !f.apart[r[0].at] && !f.apart[r[1].at] {
			return true
		}
	}
	if whole := v == math.Trunc(v); whole && (h.Unit == "" || h.Unit == "people") && v <= 12 && (v <= float64(f.listed) || int(v) == f.lines) {
		return true
	}
	by, known := factors[h.Unit]
	if !known && h.Unit != "" { // money
		by = []float64{100, 10}
	}
	if timed {
		by = timeFactors
	}
	for i, x := range f.numbers {
		if ok(x.v) || rounds(v, x.v, grain(strconv.FormatFloat(x.v, 'f', -1, 64))) {
			return true
		}
		if h.Unit == "" || x.unit != h.Unit {
			for _, k := range by {
				if ok(x.v*k) || ok(x.v/k) {
					return true
				}
			}
		}
		sum := x.v
		for k := i + 1; k < len(f.numbers) && k < i+10; k++ {
			if sum += f.numbers[k].v; reckoned(sum) {
				return true
			}
		}
		for n, y := range f.numbers[:i] {
			low, high := min(x.v, y.v), max(x.v, y.v)
			switch {
			case reckoned(low + high):
				return true
			case f.apart[x.at] || f.apart[y.at]:
			case reckoned(high - low), reckoned(high - low + 1), reckoned(low * high):
				return true
			case h.Unit == "pct" && low > 0 && (reckoned(low/high*100) || reckoned(100-low/high*100) || reckoned(high/low*100-100) || reckoned(high/low*100)):
				return true
			case low > 0 && reckoned(high/low):
				return true
			}
			for _, z := range f.numbers[:n] {
				if reckoned(low + high + z.v) {
					return true
				}
			}
		}
		if h.Unit == "pct" && ok(100-x.v) {
			return true
		}
	}
	return false
}

// grain is what the last figure of a canonical decimal counts: 0.1 of 2.5, 100,000 of 2500000.
func grain(value string) float64 {
	if _, part, ok := strings.Cut(value, "."); ok {
		return math.Pow10(-len(part))
	}
	g := 1.0
	for value = strings.TrimLeft(value, "0"); len(value) > 1 && value[len(value)-1] == '0'; value = value[:len(value)-1] {
		g *= 10
	}
	return g
}

// rounds says whether x may be written as v where only multiples of fine are: to the nearest, or cut off.
func rounds(x, v, fine float64) bool {
	e := 1e-9 * max(1, math.Abs(v))
	return x > v-fine/2-e && x < v+fine-e || math.Abs(x-v) <= e
}
