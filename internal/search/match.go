package search

import (
	"strings"

	"jarchi.dev/jarchi/internal/lang"
)

// hit is a place where a term stands: tokens from to end (exclusive).
type hit struct {
	from, end, term int
	exact           bool // in the very form that was typed
	other           bool // in another language's form of the name only
}

// hits are the places of the query's positive terms in analysed text, in order, each term at most once
// at each place. The work is linear in the text but for phrases, which are compared where they begin.
func (q Query) hits(lex []lexical) []hit {
	var out []hit
	for i := range lex {
		out = q.hitsAt(out, lex[i:], i)
	}
	return out
}

// hitsAt appends the hits that begin with the first word of lex, which is the text's word number at.
func (q Query) hitsAt(out []hit, lex []lexical, at int) []hit {
	first := len(out)
	for _, refs := range [...][]ref{q.byStem[lex[0].stem], q.byFold[lex[0].fold], q.prefixes} {
	next:
		for _, r := range refs {
			t := &q.terms[r.term]
			f := q.at(r)
			if !t.standsAt(f, lex) {
				continue
			}
			end, exact := at+len(f), !r.other && sameAsTyped(f, lex)
			for k := first; k < len(out); k++ {
				if h := &out[k]; h.term == r.term {
					h.end, h.exact, h.other = max(h.end, end), h.exact || exact, h.other && r.other
					continue next
				}
			}
			out = append(out, hit{from: at, end: end, term: r.term, exact: exact, other: r.other})
		}
	}
	return out
}

// find is hits of a text that is not analysed yet, and how many words it has. It analyses only where by
// the fingerprints of the pieces a hit may begin.
func (q Query) find(t lang.Tag, text string) (out []hit, words int) {
	for p := nextPiece(text, 0); p.Start < p.End; p = nextPiece(text, p.End) {
		n, begins := q.glance(t, text[p.Start:p.End])
		if begins {
			lex := wordsFrom(t, text, p.Start, n+q.longest-1)
			for k := range n {
				out = q.hitsAt(out, lex[k:], words+k)
			}
		}
		words += n
	}
	return out, words
}

// wordsFrom are the words of the pieces from one on, till there are so many.
func wordsFrom(t lang.Tag, text string, i, want int) []lexical {
	lex := make([]lexical, 0, want+1)
	for p := nextPiece(text, i); p.Start < p.End && len(lex) < want; p = nextPiece(text, p.End) {
		for _, w := range words(t, text[p.Start:p.End], hashOf(t, text[p.Start:p.End])) {
			lex = append(lex, w.lexical)
		}
	}
	return lex
}

// glance tells how many words a piece has and whether a hit may begin in it.
func (q Query) glance(t lang.Tag, text string) (n int, begins bool) {
	hash := hashOf(t, text)
	p, ok := knownPrint(hash)
	if !ok {
		ws := words(t, text, hash)
		if len(ws) > 1 {
			for _, w := range ws {
				begins = begins || q.begins.has(printOf(w))
			}
			return len(ws), begins
		}
		p = 0
		if len(ws) == 1 {
			p = printOf(ws[0])
		}
		p.keep(hash)
	}
	if p == 0 {
		return 0, false
	}
	return 1, q.begins.has(p)
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
