package facts

import (
	"slices"
	"strconv"
	"strings"

	"jarchi.dev/jarchi/internal/lang"
)

// fates are what a number of people beside a word of the tables says of them.
var fates = []string{"dead", "hurt", "missing", "held", "saved", "moved"}

// Bounds of what is read of tolls.
const (
	tollReach = 4  // words between a number and what became of those it counts; in Chinese characters
	tollWords = 12 // a number in words is read of no longer headline: it is often of a part of those in figures
	tollNamed = 3  // so many of the dead may be named without being counted
	tollLeads = 3  // sentences of the body of which one has the other number
)

// toll is a number of people, and what became of them.
type toll struct {
	placed
	fate string
}

// tolls: how many the headline says died, were hurt, missing, held, saved or moved, in whatever words it counts them or in none
// (Blast kills 12), where nothing in the body bears the number while one of its first sentences has another for the same
// fate.
func (a *against) tolls() {
	l, w := lexiconOf(a.t), wordsOf(a.t)
	if l == nil || w == nil {
		return
	}
	fated := a.fated(l, a.hTokens)
	if len(fated) == 0 {
		return
	}
	hn, _ := a.read(a.headline, a.hTokens)
	if len(a.hTokens) <= tollWords {
		hn = a.inWords(w, a.headline, a.hTokens, hn)
	}
	hHits := slices.DeleteFunc(w.find(a.hTokens), func(h hit) bool { // нас барав is no age
		return h.mark == "age" && slices.ContainsFunc(fated, func(f hit) bool { return f.at <= h.at && f.at+f.n > h.at })
	})
	hs := slices.DeleteFunc(a.tollsOf(w, a.headline, a.hTokens, hn, fated, true), func(h toll) bool { return !a.meant(h.placed, hHits, nil) })
	if len(hs) == 0 {
		return
	}
	bs, bd := a.read(a.body, a.bTokens)
	if len(bs) > mostFigures {
		return
	}
	numbers := a.inWords(w, a.body, a.bTokens, bs)
	all := a.tollsOf(w, a.body, a.bTokens, numbers, a.fated(l, a.bTokens), false)
	bHits := w.find(a.bTokens)
	have := figures{}
	for _, h := range hs {
		v, _ := strconv.ParseFloat(h.Value, 64)
		values, best := map[string]bool{}, -1
		for i, b := range all {
			if b.fate != h.fate {
				continue
			}
			values[b.Value] = true
			x, _ := strconv.ParseFloat(b.Value, 64)
			if best < 0 && plain(a.body, b.Span) && slices.Contains(a.sentences[:min(tollLeads, len(a.sentences))], a.sentenceAt(b.Start)) &&
				(x > v || !a.roughly(bHits, b.Span)) && // at least 10 are 12 too
				!slices.ContainsFunc(hs, func(o toll) bool { return o.Value == b.Value }) { // the headline's other number
				best = i
			}
		}
		if best < 0 || len(values) > 3 {
			continue
		}
		if have.times == nil {
			have = a.figuresOf(w, bs, bd)
		}
		including := slices.ContainsFunc(hHits, func(x hit) bool { return x.mark == "with" }) // the gunman, of whom the text may tell apart
		if x, _ := strconv.ParseFloat(all[best].Value, 64); v > x && v-x <= tollNamed && (including || a.named(all, numbers, h.fate, bHits)) {
			continue
		}
		have.apart = map[int]bool{}
		for _, b := range all {
			have.apart[b.Start] = b.fate != h.fate
		}
		if !have.bear(h.placed, v) {
			a.doubt(NumberDiffers, h.Span, a.sentenceAt(all[best].Start))
		}
	}
}

// named says whether the body may tell of some without counting them: five children and their mother, the driver and four others, or a sentence of the same fate
// without a number.
func (a *against) named(all []toll, numbers []placed, fate string, hits []hit) bool {
	around := func(from, to int) bool { // a number among some words
		from, to = max(from, 0), min(to, len(a.bTokens))
		return from < to && slices.ContainsFunc(numbers, func(n placed) bool { return n.Start < a.bTokens[to-1].End && n.End > a.bTokens[from].Start })
	}
	for _, f := range a.fated(lexiconOf(a.t), a.bTokens) {
		if f.mark != fate {
			continue
		}
		s := a.sentenceAt(a.bTokens[f.at].Start)
		if !slices.ContainsFunc(all, func(b toll) bool { return b.fate == fate && a.sentenceAt(b.Start) == s }) {
			return true
		}
		first := f.at
		for first > 0 && a.sentenceAt(a.bTokens[first-1].Start) == s {
			first--
		}
		for _, h := range hits {
			if h.mark == "and" && a.sentenceAt(a.bTokens[h.at].Start) == s && (!around(h.at+h.n, h.at+h.n+3) || !around(first, h.at)) {
				return true
			}
		}
	}
	return false
}

// fated are the places of the words that tell a fate.
func (a *against) fated(l *lexicon, tokens []lang.Token) []hit {
	return slices.DeleteFunc(l.find(tokens), func(h hit) bool { return h.kind != "" || !slices.Contains(fates, h.mark) })
}

// uncounted says whether no number counts what stands at tokens[i].
func (a *against) uncounted(l *lexicon, tokens []lang.Token, i int) bool {
	return lang.Stop(a.t, tokens[i].Fold) || slices.ContainsFunc(l.find(tokens[i:i+1]), func(h hit) bool { return h.kind == "" && h.mark == "uncounted" })
}

// inWords are the numbers of a text with those that it has in words; one and two say little, and Chinese has numerals.
func (a *against) inWords(w *lexicon, text string, tokens []lang.Token, numbers []placed) []placed {
	if a.t == lang.ZH {
		return numbers
	}
	hits := w.find(tokens)
	vague := func(n placed) bool { // dozens are no twelve
		return slices.ContainsFunc(hits, func(h hit) bool {
			return h.mark == "vague" && tokens[h.at].Start < n.End && n.Start < tokens[h.at+h.n-1].End
		})
	}
	out := slices.DeleteFunc(slices.Clone(numbers), vague)
	for _, n := range worded(hits, tokens, numbers) {
		if vague(n) {
			continue
		}
		if v, _ := strconv.ParseFloat(n.Value, 64); v > 2 && !slices.ContainsFunc(numbers, func(o placed) bool {
			return o.Start < n.End && n.Start < o.End && (digits(o.raw) || o.End-o.Start >= n.End-n.Start)
		}) {
			out = slices.DeleteFunc(out, func(o placed) bool { return o.Start < n.End && n.Start < o.End }) // the five of fifteen
			first := len(within(tokens, lang.Span{End: n.Start}))
			n.Unit = unitOf(a.t, text, n.Start, n.End, tokens[:first], tokens[first+len(within(tokens, n.Span)):])
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(x, y placed) int { return x.Start - y.Start })
	return out
}

// roughly says whether a word of approximation stands before a number of the body.
func (a *against) roughly(hits []hit, s lang.Span) bool {
	return slices.ContainsFunc(hits, func(x hit) bool {
		return x.mark == "about" && a.bTokens[x.at].Start < s.End && strings.Count(a.body[min(s.Start, a.bTokens[x.at].Start):s.Start], " ") <= 3
	})
}

// tollsOf are the numbers of a text that have a fate: the nearest word of one within the same clause, with no other number
// and no 'and' between. Of two as near, it is the one behind in languages whose verb stands last, and none in the others. With
// bare only those count that stand with a word for people or with none.
func (a *against) tollsOf(w *lexicon, text string, tokens []lang.Token, numbers []placed, fated []hit, bare bool) (out []toll) {
	if len(fated) == 0 {
		return nil
	}
	ands := map[int]bool{}
	for _, h := range w.find(tokens) {
		if h.mark == "and" {
			ands[h.at] = true
		}
	}
	number := func(i int) int {
		return slices.IndexFunc(numbers, func(n placed) bool { return n.Start < tokens[i].End && n.End > tokens[i].Start })
	}
	free := func(from, to, own int) bool { // tokens[from:to] lie between, of one clause
		for i := from; i < to; i++ {
			if n := number(i); ands[i] || n >= 0 && n != own {
				return false
			}
		}
		begin, end := 0, len(text)
		if from > 0 {
			begin = tokens[from-1].End
		}
		if to < len(tokens) {
			end = tokens[to].Start
		}
		return !strings.ContainsAny(text[begin:max(begin, end)], ",;:.،؛。，；：、()\n") || begin >= end
	}
	for k, n := range numbers {
		if n.Unit != "" && n.Unit != "people" || n.Value == "0" || strings.Contains(n.Value, ".") || year(n.Value) {
			continue
		}
		first := 0
		for first < len(tokens) && tokens[first].End <= n.Start {
			first++
		}
		last := first
		for last+1 < len(tokens) && tokens[last+1].Start < n.End {
			last++
		}
		if first == len(tokens) {
			continue
		}
		best, gap, tie := "", tollReach+1, false
		for _, f := range fated {
			d, behind := 0, f.at > last
			switch {
			case behind:
				d = f.at - last - 1
			case f.at+f.n <= first:
				d = first - f.at - f.n
			default: // 34伤 in one token
				best, gap, tie = f.mark, -1, false
				continue
			}
			if d > gap || behind && !free(last+1, f.at, k) || !behind && !free(f.at+f.n, first, k) {
				continue
			}
			if d == gap && best != f.mark {
				if !behind || !verbLast(a.t) {
					tie = true
					continue
				}
			}
			best, gap, tie = f.mark, d, false
		}
		if best == "" || tie {
			continue
		}
		if bare && n.Unit == "" && n.noun != "" && last+1 < len(tokens) { // what it counts is no word for people: sheep
			next := tokens[last+1]
			if !a.uncounted(lexiconOf(a.t), tokens, last+1) && !slices.ContainsFunc(fated, func(f hit) bool { return f.at == last+1 }) && !strings.ContainsAny(text[n.End:next.Start], ",;:—–-") {
				continue
			}
		}
		out = append(out, toll{n, best})
	}
	return out
}

// verbLast says whether the verb stands last in a sentence.
func verbLast(t lang.Tag) bool {
	switch t {
	case lang.EN, lang.RU, lang.AR, lang.ZH:
		return false
	}
	return true
}
