package facts

import (
	"slices"
	"strings"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// Person is somebody whom a text names. What is told of somebody is what stands beside the name in this one text: nothing
// is collected from text to text.
type Person struct {
	Name   string // in the text's own spelling
	Office string // an id of offices.tsv; "" where the text gives none that the table knows
}

// mostPersons are told of a text.
const mostPersons = 12

// personsIn returns whom a text in language t names, each once, in the order of first appearance: who stands there with an
// office, a title, a patronymic, initials, or with a known given name beside a surname's ending or a verb of saying.
// What may be a street, a prize, a ship or a body that bears somebody's name is left out, and so is whatever is not certain.
func personsIn(t lang.Tag, text string, tokens []lang.Token) []Person {
	p := peopleOf(t)
	if p == nil || len(tokens) == 0 {
		return nil
	}
	r := &reading{people: p, tag: t, text: text, tokens: tokens, marks: p.marks(tokens)}
	switch t.Script() {
	case "Arab":
		r.uncased()
	case "Hans":
		r.chinese()
	case "Kore":
		r.korean()
	default:
		r.cased()
	}
	out := make([]Person, len(r.found))
	for i, f := range r.found {
		out[i] = f.Person
	}
	return out
}

// reading is one text being read for persons.
type reading struct {
	*people
	tag    lang.Tag
	text   string
	tokens []lang.Token
	marks  []mark
	found  []found
	last   int              // behind the last word of the last person
	doer   int              // behind the last word of the last person who may be who does something
	places map[string][]int // where each word stands, by its fold
	small  map[string]bool  // folds of words in small letters, made when first asked for
}

// found is a person with the stems of the name's parts.
type found struct {
	Person
	stems []string
	bare  bool // without case endings, as far as is known
}

// tell takes a person up; somebody already told of is told once, in the form without an ending.
func (r *reading) tell(name, office string, stems []string, bare bool) {
	for i := range r.found {
		f := &r.found[i]
		if !contains(f.stems, stems) && !contains(stems, f.stems) {
			continue
		}
		if f.Office == "" {
			f.Office = office
		}
		if len(stems) > len(f.stems) || len(stems) == len(f.stems) && bare && !f.bare {
			f.Name, f.stems, f.bare = strings.Clone(name), stems, bare
		}
		return
	}
	if len(r.found) < mostPersons {
		r.found = append(r.found, found{Person{strings.Clone(name), office}, stems, bare})
	}
}

// contains reports whether all of b are in a.
func contains(a, b []string) bool {
	for _, s := range b {
		if !slices.Contains(a, s) {
			return false
		}
	}
	return true
}

// gap is what stands between two tokens.
func (r *reading) gap(i int) string { return r.text[r.tokens[i].End:r.tokens[i+1].Start] }

// spaced reports whether only space stands between tokens i and i+1.
func (r *reading) spaced(i int) bool {
	return i >= 0 && i+1 < len(r.tokens) && strings.Trim(r.gap(i), " \u00a0\u202f\u200c") == ""
}

func (r *reading) raw(i int) string { return r.text[r.tokens[i].Start:r.tokens[i].End] }

// known reports whether the gazetteer knows one of tokens[from:to] as a country, place or body.
func (r *reading) known(from, to int) bool {
	for _, m := range names.Mentions(r.tag, r.text, r.tokens[from:to]) {
		if m.Name.Kind != names.Office && m.Name.Kind != names.Ordinal && m.Name.Kind != names.Topic && m.Name.Kind != names.Format {
			k := r.tokens[from+m.From]
			given, bare := r.isGiven(k)
			if m.To-m.From > 1 {
				return true
			}
			if to-from > 1 && from+m.From == to-1 && r.ends(r.surname, k.Fold) { // Ганиев is not Гана
				continue
			}
			if r.people.tag == lang.AR && article(lang.Fold(r.tag, m.Name.In(r.tag))) != article(k.Fold) { // by its stem only
				continue
			}
			if !given || !bare {
				return true
			}
		}
	}
	return false
}

// endsKnown reports whether a name that the gazetteer knows ends right before token i.
func (r *reading) endsKnown(i int) bool {
	from := max(0, i-8)
	return slices.ContainsFunc(names.Mentions(r.tag, r.text, r.tokens[from:i]), func(m names.Mention) bool { return from+m.To == i })
}

// quoted reports whether text[start:end] is all that stands between two marks of quotation: a ship, a book, a firm.
func (r *reading) quoted(start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(r.text[:start])
	after, _ := utf8.DecodeRuneInString(r.text[end:])
	return strings.ContainsRune("«“„\"‘《「『”", before) && strings.ContainsRune("»”“\"’》」』", after)
}
