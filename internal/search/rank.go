package search

import (
	"strings"

	"jarchi.dev/jarchi/internal/lang"
)

// Weights of relevance: BM25's saturation and length normalisation with fixed usual lengths instead
// of averages over the archive, so that a document's score depends on nothing but the document and is
// the same on every engine and node.
const (
	headlineWeight = 5.0
	headlineK      = 0.3
	headlineWords  = 12.0
	bodyK          = 1.2
	bodyWords      = 300.0
	otherWeight    = 0.75 // of a name as another language has it
	prefixWeight   = 0.5  // of an occurrence that only begins as typed
	bestTerm       = headlineWeight*(headlineK+1) + bodyK + 1
)

// Score is how much the document, known by its lexemes alone, is about the query: 0 up to 1. A word in
// the headline counts above any number in the body, more and denser above fewer, a name as it was typed above the same in another language,
// and a whole word, wherever it stands, above longer ones that begin with it. Of terms joined by OR the best counts. Negated terms do not.
func (q Query) Score(d Doc) float64 {
	if len(q.byStem) == 0 {
		return 0
	}
	whole := make([]bool, len(q.terms)) // of prefixes, those that stand as whole words
	head, headOther, headLen := q.occurrences(d.Headline, whole)
	body, bodyOther, bodyLen := q.occurrences(d.Body, whole)
	value := func(head, body float64) float64 {
		return headlineWeight*saturate(head, headlineK, headLen/headlineWords) + saturate(body, bodyK, bodyLen/bodyWords)
	}
	sum, clauses, best := 0.0, 0, 0.0
	for i := 0; i < len(q.terms); i++ {
		t := &q.terms[i]
		if t.Not {
			continue
		}
		if !t.Or {
			sum, best = sum+best, 0
			clauses++
		}
		own := value(head[i], body[i])
		other := value(headOther[i], bodyOther[i])
		for k := i + 1; k < i+t.span; k++ { // a name of several words
			own += value(head[k], body[k])
			other += value(headOther[i], bodyOther[i])
			clauses++
		}
		if own = max(own, other); t.Kind == Prefix {
			if own /= 2; whole[i] {
				own += bestTerm / 2
			}
		}
		best = max(best, own)
		i += max(t.span, 1) - 1
	}
	return (sum + best) / float64(clauses) / bestTerm
}

func saturate(n, k, relativeLength float64) float64 {
	return n * (k + 1) / (n + k*(0.5+0.5*relativeLength))
}

// occurrences counts each term's places in lexemes separated by one space, those of its name's other forms,
// and the lexemes. It notes which terms stand as whole words.
func (q Query) occurrences(lexemes string, whole []bool) (n, other []float64, all float64) {
	n, other = make([]float64, len(q.terms)), make([]float64, len(q.terms))
	last := make([]int, len(q.terms)) // place of a term's last count, from 1
	places := 0
	for rest := lexemes; rest != ""; {
		w, after, _ := strings.Cut(rest, " ")
		places++
		for _, r := range q.byStem[w] {
			if t := &q.terms[r.term]; last[r.term] != places {
				if weight := t.weightAt(q.at(r), rest); weight > 0 {
					last[r.term] = places
					whole[r.term] = whole[r.term] || weight == 1
					if r.other {
						other[r.term] += otherWeight
					} else {
						n[r.term] += weight
					}
				}
			}
		}
		for _, r := range q.prefixes {
			if last[r.term] != places && strings.HasPrefix(w, q.terms[r.term].forms[r.form][0].fold) {
				n[r.term] += prefixWeight
				last[r.term] = places
			}
		}
		rest = after
	}
	return n, other, float64(places)
}

// weightAt is 1 if the form's stems stand at the beginning of the lexemes, less if the last only
// begins as typed, 0 otherwise.
func (t *term) weightAt(f form, lexemes string) float64 {
	for i, want := range f {
		var w string
		w, lexemes, _ = strings.Cut(lexemes, " ")
		switch {
		case w == want.stem:
		case t.Kind == Prefix && i == len(f)-1 && strings.HasPrefix(w, want.fold):
			return prefixWeight
		default:
			return 0
		}
	}
	return 1
}

// Exactness is the share of the positive terms, OR-ed ones taken together, that stand in headline or
// body in the very form that was typed (folded: case, script and spelling do not matter, endings do).
// For a prefix that is the whole word. It analyses the text; Exact says the same of what the index holds.
func (q Query) Exactness(t lang.Tag, headline string, body []string) float64 {
	found := q.clauses()
	look := func(text string) {
		hits, _ := q.find(t, text)
		for _, h := range hits {
			if h.exact {
				found.note(h.term)
			}
		}
	}
	look(headline)
	for i := 0; i < len(body) && found.n < found.all; i++ {
		look(body[i])
	}
	return found.share()
}

// Exact is the Exactness of a document by what the index holds of it; 0 if the index does not know the words' endings.
func (q Query) Exact(d Doc) float64 {
	if d.Endings == "" {
		return 0
	}
	found := q.clauses()
	var lasts [256]bool // of the words that a form begins with, each by its length and last byte
	key := func(n int, last byte) byte { return byte(n)*7 + last }
	for w, refs := range q.byFold {
		for _, r := range refs {
			if w != "" && !r.other {
				lasts[key(len(w), w[len(w)-1])] = true
			}
		}
	}
	var buf [2 * maxLexeme]byte
	endings := d.Endings
	for _, text := range [...]string{d.Headline, d.Body} {
		for text != "" && found.n < found.all {
			var stem, ending string
			if stem, text, _ = strings.Cut(text, " "); stem == separator || stem == "" {
				continue
			}
			ending, endings = cutEnding(endings)
			last := stem[len(stem)-1]
			if ending != "" {
				last = ending[len(ending)-1]
			}
			if n := len(stem) + len(ending); !strings.HasPrefix(ending, "-") && !lasts[key(n, last)] {
				continue
			}
			for _, r := range q.byFold[string(appendFold(buf[:0], stem, ending))] {
				if !r.other && goesOn(q.at(r)[1:], text, endings) {
					found.note(r.term)
				}
			}
		}
	}
	return found.share()
}

// goesOn reports whether the words that lexemes and endings are of begin with those of a form. Endings may go on where lexemes end: at the end of a headline.
func goesOn(f form, lexemes, endings string) bool {
	var buf [2 * maxLexeme]byte
	for _, want := range f {
		var stem, ending string
		stem, lexemes, _ = strings.Cut(lexemes, " ")
		ending, endings = cutEnding(endings)
		if stem == "" || stem == separator || string(appendFold(buf[:0], stem, ending)) != want.fold {
			return false
		}
	}
	return true
}

// cutEnding takes the first ending off.
func cutEnding(endings string) (first, rest string) {
	if endings == "" {
		return "", ""
	}
	if i := strings.IndexByte(endings[1:], ' '); i >= 0 {
		return endings[1 : i+1], endings[i+1:]
	}
	return endings[1:], ""
}

// clauses are the positive terms, those joined by OR taken together, and which were found.
type clauses struct {
	of     []int // of each term, from 1; 0: to be left out
	found  []bool
	n, all int
}

func (q Query) clauses() *clauses {
	c := &clauses{of: make([]int, len(q.terms))}
	for i, k := range q.terms {
		if !k.Not {
			if !k.Or {
				c.all++
			}
			c.of[i] = c.all
		}
	}
	c.found = make([]bool, c.all+1)
	return c
}

func (c *clauses) note(term int) {
	if k := c.of[term]; !c.found[k] {
		c.found[k] = true
		c.n++
	}
}

func (c *clauses) share() float64 {
	if c.all == 0 {
		return 0
	}
	return float64(c.n) / float64(c.all)
}

// Rank joins the two into one order: the typed form stands above other forms of the word, and among
// equals the score decides.
func Rank(score, exactness float64) float64 { return exactness + score }
