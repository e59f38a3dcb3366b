package story

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"jarchi.dev/jarchi/internal/lang"
)

//go:embed eventkey_ministers.txt
var ministerRows string

// phrase is the words of a form; the last one may have any ending.
type phrase struct {
	words []string // as they are keyed
	open  bool
}

// portfolio is what ministers are ministers of.
type portfolio struct {
	id    string
	forms []phrase
}

// ministerWords is a language's way to say whose ministers meet.
type ministerWords struct {
	before, behind []phrase // words for ministers whose portfolio stands before them, and behind
	link           []phrase
	one            []phrase // a minister, written together with the portfolio before the word
	of             []portfolio
}

var ministerTables = sync.OnceValue(func() map[string]*ministerWords {
	out := map[string]*ministerWords{}
	for line := range strings.Lines(ministerRows) {
		code, row, _ := strings.Cut(strings.TrimSpace(line), " ")
		what, forms, ok := strings.Cut(row, " ")
		if !ok || code == "#" {
			continue
		}
		w := out[code]
		if w == nil {
			w = &ministerWords{}
			out[code] = w
		}
		var phrases []phrase
		for form := range strings.FieldsSeq(forms) {
			form, open := strings.CutSuffix(form, "*")
			p := phrase{open: open}
			for _, k := range lang.Tokens(lang.Tag(code), strings.ReplaceAll(form, "_", " ")) {
				p.words = append(p.words, k.Fold)
			}
			p.words = inSyllables(lang.Tag(code), p.words)
			phrases = append(phrases, p)
		}
		switch what {
		case "before":
			w.before = phrases
		case "behind":
			w.behind = phrases
		case "one":
			w.one = phrases
		case "link":
			w.link = phrases
		default:
			w.of = append(w.of, portfolio{what, phrases})
		}
	}
	return out
})

// ministersOf tells whose ministers, more than one of them, a sentence speaks of: foreign, defence. One minister who travels
// or speaks says nothing of whose meeting it is.
func ministersOf(t lang.Tag, tokens []lang.Token) (of []string) {
	w := ministerTables()[family(t)]
	if w == nil {
		return nil
	}
	words := make([]string, len(tokens))
	for i, k := range tokens {
		words[i] = k.Fold
	}
	words = inSyllables(t, words)
	for i := range words {
		for _, p := range w.before {
			if p.at(words, i) > 0 {
				of = w.chain(of, words, i, true)
			}
		}
		for _, p := range w.behind {
			if n := p.at(words, i); n > 0 {
				of = w.chain(of, words, i+n, false)
			}
		}
	}
	return of
}

// chain adds the portfolios that stand one behind another, with links between, from place i on or, backwards, up to it.
func (w *ministerWords) chain(of []string, words []string, i int, back bool) []string {
	longest := func(forms []phrase) (n int) {
		for _, p := range forms {
			if back {
				if size := len(p.words); size <= i && p.at(words, i-size) > 0 {
					n = max(n, size)
				}
			} else {
				n = max(n, p.at(words, i))
			}
		}
		return n
	}
	for range 8 {
		n, id := longest(w.link), ""
		for _, p := range w.of {
			if m := longest(p.forms); m > n {
				n, id = m, p.id
			}
		}
		if n == 0 {
			break
		}
		if id != "" && !slices.Contains(of, id) {
			of = append(of, id)
		}
		if back {
			i -= n
		} else {
			i += n
		}
	}
	return of
}

// inSyllables: 국방 장관 회의, 국방장관 회의 and 국방장관회의 are one, so that Korean is read by syllables.
func inSyllables(t lang.Tag, words []string) []string {
	if t != lang.KO {
		return words
	}
	return strings.Split(strings.Join(words, ""), "")
}

// at is how many words the phrase takes at place i; 0 if it does not stand there.
func (p phrase) at(words []string, i int) int {
	if len(words)-i < len(p.words) {
		return 0
	}
	for n, part := range p.words {
		if word := words[i+n]; word != part && !(p.open && n == len(p.words)-1 && strings.HasPrefix(word, part)) {
			return 0
		}
	}
	return len(p.words)
}

// othersMeet reports whether two texts tell of meetings of other ministers. Where each names those of the other too, they
// may be two sides of one event.
func (e Event) othersMeet(o Event) bool {
	return len(e.Ministers) > 0 && len(o.Ministers) > 0 && !overlap(e.Ministers, o.Ministers) &&
		!(overlap(e.AllMinisters, o.Ministers) && overlap(o.AllMinisters, e.Ministers))
}
