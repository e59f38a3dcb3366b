package search

import (
	"iter"
	"slices"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// Named is a form of a name in one language.
type Named struct {
	Tag  lang.Tag
	Text string
}

// Others reads typed words: if the first n are a form of a name, it yields the forms of that name in every
// language, those that matter most first.
type Others func(words []string) (n int, forms iter.Seq2[lang.Tag, string])

// Known is what is known of names that somebody typed.
type Known struct {
	Others Others
	Within func(word string) []string // the names in a word written without blanks and what stands beside them; nil for one without
}

// shortestStem is from how many letters on a stem of another language means something.
const shortestStem = 3

// Widen is the query with the names in it looked for in the other languages too: a document meets a name if
// it has the typed words, or, of another form of the name, all words beside each other. A term has at most
// MaxForms forms, its own first. Only words that are asked for are widened, a Chinese one of several characters as well: not quoted words,
// prefixes, nor what is to be left out. A name inside a longer run of characters (中国哈萨克斯坦合作) is one of several words of it. Forms are taken of the languages that the query is read in.
func (q Query) Widen(known Known) Query {
	q.terms = slices.Clone(q.terms)
	for i := 0; i < len(q.terms); i++ {
		words := q.namesAt(i)
		if len(words) == 0 {
			continue
		}
		n, forms := known.Others(words)
		if n > 0 {
			q.widen(i, n, forms)
			i += n - 1
		} else if !q.alternative(i) && q.part(i, known.Within(words[0])) {
			i--
		}
	}
	q.index()
	return q
}

// namesAt are the words from term i on that may together be one name: of several each must be there, so
// none is one of two alternatives.
func (q Query) namesAt(i int) (words []string) {
	for k := i; k < len(q.terms); k++ {
		t := &q.terms[k]
		if t.Kind == Prefix || t.Not || t.Quoted || k > i && q.alternative(k) {
			break
		}
		words = append(words, t.Raw)
		if q.alternative(k) {
			break
		}
	}
	return words
}

// alternative reports whether term k is one of two, of which one is enough.
func (q Query) alternative(k int) bool {
	return q.terms[k].Or || k+1 < len(q.terms) && q.terms[k+1].Or
}

// part puts several terms in the place of term i, all of which must be there, or in a script that writes words as one the whole of them; false
// if there is no room.
func (q *Query) part(i int, words []string) bool {
	if len(words) == 0 || len(q.terms)+len(words)-1 > MaxTerms {
		return false
	}
	var parts []term
	for _, w := range words {
		t, ok := written{text: w}.term(q.in)
		if !ok {
			return false
		}
		for _, whole := range q.terms[i].forms {
			if len(whole) == 1 {
				t.add([]form{whole})
			}
		}
		parts = append(parts, t)
	}
	q.terms = slices.Replace(q.terms, i, i+1, parts...)
	return true
}

// widen adds forms to the name that terms from i on are.
func (q Query) widen(i, n int, forms iter.Seq2[lang.Tag, string]) {
	t := &q.terms[i]
	t.span, t.other, t.Also = n, nil, nil
	room := MaxForms
	if n == 1 {
		room -= len(t.forms)
	}
	typed := func(f form) bool { // what has it has all the typed words
		if t.Kind == Phrase && n == 1 {
			return slices.ContainsFunc(t.forms, f.has)
		}
		for _, t := range q.terms[i : i+n] {
			if !slices.ContainsFunc(f, func(w lexical) bool { return slices.Contains(t.Stems, w.stem) }) {
				return false
			}
		}
		return true
	}
	var all []form
	var whose []Named
	for tag, text := range forms {
		if !slices.ContainsFunc(q.in, func(in lang.Tag) bool { return in.FoldsAs() == tag.FoldsAs() }) {
			continue
		}
		lex, _ := analyse(tag, text)
		f := form(lex)
		if len(f) == 0 || len(f) == 1 && len(f[0].stem) < shortestStem*utf8.UTFMax/2 && utf8.RuneCountInString(f[0].stem) < shortestStem || typed(f) {
			continue
		}
		all, whose = append(all, f), append(whose, Named{tag, text})
	}
	for k, f := range all {
		if len(t.other) == room {
			break
		}
		if slices.ContainsFunc(all, func(g form) bool { return len(g) < len(f) && f.has(g) }) || // what has f has g
			slices.ContainsFunc(all[:k], func(g form) bool { return len(g) == len(f) && f.has(g) }) {
			continue
		}
		t.other = append(t.other, f)
		if a := whose[k]; !slices.ContainsFunc(t.Also, func(b Named) bool { return a.Tag == b.Tag || a.Text == b.Text }) {
			t.Also = append(t.Also, a)
		}
	}
}

// has reports whether the stems of g stand in f one after the other.
func (f form) has(g form) bool {
	for i := 0; i+len(g) <= len(f); i++ {
		if slices.EqualFunc(f[i:i+len(g)], g, func(a, b lexical) bool { return a.stem == b.stem }) {
			return true
		}
	}
	return false
}

// Typed reports whether of a document that the query finds a word stands in headline or body as such, not
// only as another language has the name.
func (q Query) Typed(t lang.Tag, headline string, body []string) bool {
	if !slices.ContainsFunc(q.terms, func(t term) bool { return len(t.other) > 0 }) {
		return !q.Empty()
	}
	typed := func(text string) bool {
		hits, _ := q.find(t, text)
		return slices.ContainsFunc(hits, func(h hit) bool { return !h.other })
	}
	return typed(headline) || slices.ContainsFunc(body, typed)
}
