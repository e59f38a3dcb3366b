package search

import (
	"strings"

	"jarchi.dev/jarchi/internal/lang"
)

// hit is a place where a term stands: tokens from to end (exclusive).
type hit struct {
	from, end, term int
	exact           bool // in the very form that was typed
}

// hits are the places of the query's positive terms in analysed text, in order, each term at most once
// at each place. The work is linear in the text but for phrases, which are compared where they begin.
func (q Query) hits(lex []lexical) []hit {
	var out []hit
	for i, l := range lex {
		first := len(out)
		add := func(term, n int, exact bool) {
			for k := first; k < len(out); k++ {
				if h := &out[k]; h.term == term {
					h.end = max(h.end, i+n)
					h.exact = h.exact || exact
					return
				}
			}
			out = append(out, hit{from: i, end: i + n, term: term, exact: exact})
		}
		at := func(r ref) {
			t := &q.terms[r.term]
			if f := t.forms[r.form]; t.standsAt(f, lex[i:]) {
				add(r.term, len(f), sameAsTyped(f, lex[i:]))
			}
		}
		for _, r := range q.byStem[l.stem] {
			at(r)
		}
		for _, r := range q.byFold[l.fold] {
			at(r)
		}
		for _, r := range q.prefixes {
			at(r)
		}
	}
	return out
}

// standsAt reports whether the form stands at the beginning of lex.
func (t *term) standsAt(f form, lex []lexical) bool {
	if len(f) > len(lex) {
		return false
	}
	for i, want := range f {
		got := lex[i]
		switch {
		case got.stem == want.stem, got.fold == want.fold:
		case t.Kind == Prefix && i == len(f)-1 && (strings.HasPrefix(got.fold, want.fold) || strings.HasPrefix(got.stem, want.fold)):
		default:
			return false
		}
	}
	return true
}

func sameAsTyped(f form, lex []lexical) bool {
	for i, want := range f {
		if lex[i].fold != want.fold {
			return false
		}
	}
	return true
}

// Fragment is a piece of text, marked if a word of the query stands in it.
type Fragment struct {
	Text string
	Hit  bool
}

// Highlight cuts text in language t into fragments; together they are the text as it is. A word is
// marked where its stem or folded form is one of the query's, a phrase only where all of it stands.
func (q Query) Highlight(t lang.Tag, text string) []Fragment {
	if text == "" {
		return nil
	}
	lex, spans := analyse(t, text)
	return fragments(text, lang.Span{Start: 0, End: len(text)}, spans, q.hits(lex))
}

// fragments cuts the part of text at the hits; hits that overlap become one. Spans never overlap and
// rise, and so do the hits' beginnings.
func fragments(text string, part lang.Span, spans []lang.Span, hits []hit) []Fragment {
	var out []Fragment
	at := part.Start
	put := func(to int, marked bool) {
		if to > at {
			out = append(out, Fragment{Text: text[at:to], Hit: marked})
			at = to
		}
	}
	for i := 0; i < len(hits); {
		start, end := spans[hits[i].from].Start, spans[hits[i].end-1].End
		for i++; i < len(hits) && spans[hits[i].from].Start < end; i++ {
			end = max(end, spans[hits[i].end-1].End)
		}
		if end <= part.Start || start >= part.End {
			continue
		}
		put(max(start, part.Start), false)
		put(min(end, part.End), true)
	}
	put(part.End, false)
	return out
}
