package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// Bounds of a query.
const (
	MaxLetters   = 400 // letters typed
	MaxTerms     = 16  // words, phrases and prefixes
	MaxForms     = 48  // stems, or stem sequences, that one term is widened to
	PrefixLength = 3   // letters from which on a prefix is one; the index keeps prefixes of this length
)

// TermKind is how a term is to be found.
type TermKind string

const (
	Word   TermKind = "word"
	Phrase TermKind = "phrase"
	Prefix TermKind = "prefix"
)

// Term is one term of a query as it was understood, for people.
type Term struct {
	Raw   string // as typed, without quotation marks, minus and star
	Kind  TermKind
	Not   bool     // documents with it are left out
	Or    bool     // an alternative to the term before it
	Stems []string // distinct; a phrase's stems joined by spaces

	Quoted bool    // typed in quotation marks
	Also   []Named // what it, or the name that it begins, is called elsewhere, if that is looked for too; one a language
}

// Query is a parsed query. The zero Query is empty and finds everything. It is safe for concurrent use.
type Query struct {
	terms    []term
	in       []lang.Tag       // languages that words are read in
	byStem   map[string][]ref // first lexeme of a form
	byFold   map[string][]ref // first word of a form as typed, folded
	prefixes []ref            // one-word prefixes
	longest  int              // words of the longest form
	begins   *prints          // what a hit may begin with
}

// term is a Term with the forms it is looked for in.
type term struct {
	Term
	forms []form
	other []form // of the name that this and the next terms are, in other languages
	span  int    // how many terms that name is; 0 if it is none
}

// form is a term read under one language: one word, or several for a phrase.
type form []lexical

type lexical struct{ stem, fold string }

// ref points at one form of one term.
type ref struct {
	term, form int
	other      bool // one of the other languages' forms
}

func (q Query) at(r ref) form {
	if r.other {
		return q.terms[r.term].other[r.form]
	}
	return q.terms[r.term].forms[r.form]
}

// Empty reports whether the query has no term at all.
func (q Query) Empty() bool { return len(q.terms) == 0 }

// Terms is what was understood, in the order typed.
func (q Query) Terms() []Term {
	ts := make([]Term, len(q.terms))
	for i, t := range q.terms {
		ts[i] = t.Term
		ts[i].Stems, ts[i].Also = slices.Clone(t.Stems), slices.Clone(t.Also)
	}
	return ts
}

// separator stands between paragraphs in the index so that phrases do not cross them. It is a
// private-use rune, which lexeme never lets through.
const separator = "\ue000"

// maxLexeme bounds a lexeme in bytes; what is longer is cut alike in the index and in queries.
const maxLexeme = 120

// lexeme makes s fit for the index: only a-z, 0-9 and runes beyond ASCII, no separator, bounded. What
// is left may be empty.
func lexeme(s string) string {
	clean := len(s) <= maxLexeme && utf8.ValidString(s)
	for i := 0; clean && i < len(s); i++ {
		c := s[i]
		clean = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf && c != separator[0]
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		if r < utf8.RuneSelf && (r < 'a' || r > 'z') && (r < '0' || r > '9') || r == '\ue000' || r == utf8.RuneError {
			continue
		}
		if b.Len()+utf8.RuneLen(r) > maxLexeme {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// forms reads raw under the languages; distinct readings only, at most MaxForms.
func forms(raw string, in []lang.Tag) []form {
	var out []form
	seen := map[string]bool{}
	for _, t := range in {
		lex, _ := analyse(t, raw)
		if len(lex) == 0 {
			continue
		}
		var key strings.Builder
		for _, l := range lex {
			key.WriteString(l.stem + " " + l.fold + " ")
		}
		if !seen[key.String()] && len(out) < MaxForms {
			seen[key.String()] = true
			out = append(out, form(lex))
		}
	}
	return out
}

// stems of the form, as the index holds them one after the other.
func (f form) stems() string {
	ws := make([]string, len(f))
	for i, l := range f {
		ws[i] = l.stem
	}
	return strings.Join(ws, " ")
}

// index prepares the look-up tables once the terms are known.
func (q *Query) index() {
	q.byStem, q.byFold, q.begins = map[string][]ref{}, map[string][]ref{}, new(prints)
	q.prefixes, q.longest = nil, 0
	for i, t := range q.terms {
		if t.Not {
			continue
		}
		add := func(f form, r ref) {
			q.longest = max(q.longest, len(f))
			q.byStem[f[0].stem] = append(q.byStem[f[0].stem], r)
			q.byFold[f[0].fold] = append(q.byFold[f[0].fold], r)
			q.begins.add(wordPrint(f[0].stem))
			q.begins.add(wordPrint(f[0].fold))
		}
		for j, f := range t.forms {
			if t.Kind == Prefix && len(f) == 1 {
				q.prefixes = append(q.prefixes, ref{term: i, form: j})
				q.begins.add(lettersPrint(f[0].fold))
			}
			add(f, ref{term: i, form: j})
		}
		for j, f := range t.other { // behind its own, which are looked at first
			add(f, ref{term: i, form: j, other: true})
		}
	}
}
