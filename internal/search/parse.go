package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// Parse reads a query. It refuses, with a fault of kind Invalid, only what is longer than MaxLetters
// or has more than MaxTerms terms; whatever has no word in it is dropped. Words are read under the given
// languages, or under every one we serve if none is given.
func Parse(s string, in ...lang.Tag) (Query, error) {
	if len(in) == 0 {
		in = append(lang.Known(), lang.Und)
	}
	if n := utf8.RuneCountInString(s); n > MaxLetters {
		return Query{}, fault.Field("q", "The search has %d letters; at most %d are taken.", n, MaxLetters)
	}
	q := Query{in: in}
	or := false
	for _, w := range split(lang.Join(s)) {
		if w.or {
			or = true
			continue
		}
		t, ok := w.term(in)
		if ok {
			// OR joins two positive terms; beside a negated one it says nothing that could be answered.
			t.Or = or && !t.Not && len(q.terms) > 0 && !q.terms[len(q.terms)-1].Not
			q.terms = append(q.terms, t)
		}
		or = false
	}
	if len(q.terms) > MaxTerms {
		return Query{}, fault.Field("q", "The search has %d words; at most %d are taken.", len(q.terms), MaxTerms)
	}
	for i := range q.terms {
		for n := 2; n <= mostParts && n <= len(q.terms)-i; n++ {
			writtenAsOne(q.terms[i:i+n], in)
		}
	}
	q.index()
	return q, nil
}

// joiner is the zero width non-joiner, which parts of one word in Arabic script are written with, or a blank, or nothing.
const joiner = "\u200c"

// mostParts is of how many parts a word may be that is looked for in every way to write it: می‌خواسته‌اند.
const mostParts = 3

// writtenAsOne has words beside each other found where they are written as one too, if their script has a joiner.
func writtenAsOne(parts []term, in []lang.Tag) {
	raws := make([]string, len(parts))
	for i, t := range parts {
		if t.Kind != Word || t.Not || t.Quoted || i > 0 && t.Or || strings.ContainsFunc(t.Raw, func(r rune) bool { return !unicode.Is(unicode.Arabic, r) && string(r) != joiner }) {
			return
		}
		raws[i] = t.Raw
	}
	whole := strings.Join(raws, joiner)
	if strings.Count(whole, joiner) >= mostParts {
		return
	}
	one := forms(whole, in)
	one = slices.DeleteFunc(one, func(f form) bool { return len(f) > 1 })
	for _, w := range partly(whole) { // as one by some of its parts: a phrase
		one = append(one, forms(w, in)...)
	}
	for i := range parts {
		parts[i].add(one)
	}
}

// partly is a word of three parts with a blank in the place of one of its joiners.
func partly(word string) (out []string) {
	if strings.Count(word, joiner) < 2 {
		return nil
	}
	first, last := strings.Index(word, joiner), strings.LastIndex(word, joiner)
	return []string{word[:first] + " " + word[first+len(joiner):], word[:last] + " " + word[last+len(joiner):]}
}

// add adds readings that the term has not yet, as far as there is room.
func (t *term) add(more []form) {
	for _, f := range more {
		if len(t.forms) < MaxForms && !slices.ContainsFunc(t.forms, func(g form) bool { return slices.Equal(f, g) }) {
			t.forms = append(t.forms, f)
		}
	}
}

// written is one term as it stands in the query.
type written struct {
	text      string
	not, star bool
	quoted    bool
	or        bool // the word OR itself
}

// term reads what is written; ok is false if there is no word in it.
func (w written) term(in []lang.Tag) (t term, ok bool) {
	t = term{Term: Term{Raw: w.text, Kind: Word, Not: w.not, Quoted: w.quoted}, forms: forms(w.text, in)}
	if len(t.forms) == 0 {
		return t, false
	}
	switch {
	case w.star && longEnough(t.forms):
		t.Kind = Prefix
		t.forms = append(t.forms, dotted(t.forms)...)
	case slices.ContainsFunc(t.forms, func(f form) bool { return len(f) > 1 }):
		t.Kind = Phrase
	}
	for _, f := range t.forms {
		if s := f.stems(); !slices.Contains(t.Stems, s) {
			t.Stems = append(t.Stems, s)
		}
	}
	if t.Kind == Word && strings.Contains(w.text, joiner) {
		t.add(forms(strings.ReplaceAll(w.text, joiner, " "), in))
		for _, p := range partly(w.text) {
			t.add(forms(p, in))
		}
	}
	return t, true
}

// dotted are the forms of a prefix as stems of Kazakh, Turkish and Azerbaijani begin, which write ı as i (dotless-stems in
// docs/languages.md): words are in the index by their stems.
func dotted(fs []form) (out []form) {
	for _, f := range fs {
		last := f[len(f)-1]
		if as := strings.ReplaceAll(last.fold, "ı", "i"); as != last.fold {
			f = slices.Clone(f)
			f[len(f)-1].fold = as
			out = append(out, f)
		}
	}
	return out
}

// longEnough: a prefix that is shorter under any of its readings would walk half the index.
func longEnough(fs []form) bool {
	for _, f := range fs {
		if utf8.RuneCountInString(f[len(f)-1].fold) < PrefixLength {
			return false
		}
	}
	return true
}

// closing maps an opening quotation mark to those that may close it. The plain mark and the marks of
// the other families never close one another, so that a quotation inside a quotation stays whole.
var closing = map[rune]string{
	'"': `"`, '“': "”“\"", '”': "”“\"", '„': "“”\"", '«': "»", '»': "«", '＂': `＂"`, '「': "」", '『': "』", '《': "》",
}

// split cuts a query into what is written in it. It runs through s once.
func split(s string) []written {
	rs := make([]rune, 0, len(s))
	for _, r := range s {
		if r == utf8.RuneError || lang.Turns(r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			continue
		}
		rs = append(rs, r)
	}
	var out []written
	for i := 0; i < len(rs); {
		if between(rs[i]) {
			i++
			continue
		}
		w := written{}
		for i < len(rs) && (rs[i] == '-' || rs[i] == '−') {
			w.not = true
			i++
		}
		if i == len(rs) || between(rs[i]) { // a dash by itself
			continue
		}
		if ends, ok := closing[rs[i]]; ok {
			i++
			w.quoted = true
			start := i
			for i < len(rs) && !strings.ContainsRune(ends, rs[i]) {
				i++
			}
			w.text = strings.Join(strings.Fields(string(rs[start:i])), " ")
			if i < len(rs) {
				i++
			}
			out = append(out, w)
			continue
		}
		start := i
		for i < len(rs) && closing[rs[i]] == "" && (!between(rs[i]) || decimal(rs, i)) {
			i++
		}
		w.text = string(rs[start:i])
		if w.text == "OR" && !w.not {
			w.or = true
		}
		if t := strings.TrimRight(w.text, "*"); t != w.text {
			w.text, w.star = t, true
		}
		out = append(out, w)
	}
	return out
}

// between reports whether r stands between terms. Hyphens, apostrophes, dots and colons may stand
// inside a word (2.5, 14:07) and are the analyser's to judge.
func between(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(",;!?()[]{}<>|/\\،؛؟。、，；！？（）", r)
}

// decimal reports whether rs[i] is a comma between two digits.
func decimal(rs []rune, i int) bool {
	return (rs[i] == ',' || rs[i] == '،') && i > 0 && i+1 < len(rs) && unicode.IsDigit(rs[i-1]) && unicode.IsDigit(rs[i+1])
}
