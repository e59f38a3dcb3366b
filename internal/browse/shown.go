package browse

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/wire"
)

// shown is the item to show of several that a query found: one that has its words letter by letter if there is any,
// else one that has them in the form that was typed, else one with names as its language has them. Of several the one in
// the language that its reader knows best, else the first.
func (q Query) shown(words search.Query, r *wire.Release, ordinals []int) int {
	if len(ordinals) == 1 {
		return ordinals[0]
	}
	best, most := ordinals[0], -1.0
	rank := func(i int) int {
		if n := slices.Index(q.Reading, r.Items[i].Language); n >= 0 {
			return n
		}
		return len(q.Reading)
	}
	choose := func(measure func(t lang.Tag, headline string, body []string) float64) bool {
		for _, i := range ordinals {
			if i >= len(r.Items) || r.Items[i].Current() == nil {
				continue
			}
			c := r.Items[i].Current().Content
			if m := measure(r.Items[i].Language, c.Headline, c.Body); m > most || m == most && rank(i) < rank(best) {
				best, most = i, m
			}
		}
		return most > 0
	}
	terms := words.Terms()
	if choose(func(_ lang.Tag, headline string, body []string) float64 { return literally(terms, headline, body) }) {
		return best
	}
	best, most = ordinals[0], -1
	choose(func(t lang.Tag, headline string, body []string) float64 {
		if !words.Typed(t, headline, body) {
			return 0
		}
		return 1 + words.Exactness(t, headline, body)
	})
	return best
}

// literally counts the terms that stand in a text letter by letter, capital or small.
func literally(terms []search.Term, headline string, body []string) (n float64) {
	text := strings.ToLower(headline + "\n" + strings.Join(body, "\n"))
	for _, k := range terms {
		if k.Not || k.Raw == "" {
			continue
		}
		word := strings.ToLower(k.Raw)
		for at := 0; ; {
			i := strings.Index(text[at:], word)
			if i < 0 {
				break
			}
			from, to := at+i, at+i+len(word)
			before, _ := utf8.DecodeLastRuneInString(text[:from])
			after, _ := utf8.DecodeRuneInString(text[to:])
			if !inWord(before) && (k.Kind == search.Prefix || !inWord(after)) {
				n++
				break
			}
			at = to
		}
	}
	return n
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
