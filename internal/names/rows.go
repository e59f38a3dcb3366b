package names

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// source is one table of names.
type source struct {
	text *string
	ours bool // somebody chose its forms one by one, so that short ones count
}

// sources are all tables, in this order: of the forms of a name the first is the one shown.
var sources = [...]source{{&others, true}, {&countries, false}, {&world, true}, {&cities, false}, {&peoples, true}, {&topics, true}}

// row is one form of a name in one language.
type row struct {
	name  Name
	tag   lang.Tag
	text  string
	ours  bool
	typed bool // who types it is led to what the name is called elsewhere
	told  bool // a text that has it is told to name the thing
}

// held are the rows of one language that hold back what would mislead (names.tsv says what each does).
type held struct {
	skip, capital, text, between, home, given, exact, state map[string]bool
	word                                                    map[string]bool // keyed
}

func newHeld() (h held) {
	for _, m := range h.all() {
		*m = map[string]bool{}
	}
	return h
}

// all are the rows of each kind, in the order of heldKinds.
func (h *held) all() [9]*map[string]bool {
	return [...]*map[string]bool{&h.skip, &h.capital, &h.text, &h.between, &h.home, &h.given, &h.exact, &h.state, &h.word}
}

var heldKinds = [...]string{"skip", "capital", "text", "between", "home", "given", "exact", "state", "word"}

// heldRows are the rows that hold back, by language, the ids of small towns, and the forms and words that are other words of some language when they
// are typed without a capital: in whatever language somebody means them.
var heldRows = sync.OnceValue(func() (rows struct {
	in                    map[lang.Tag]held
	small, capital, words map[string]bool
}) {
	rows.in, rows.small, rows.capital, rows.words = map[lang.Tag]held{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	listed(others, nil, func(kind, _, code string, forms []string) {
		if !holds(kind) {
			return
		}
		t := lang.Tag(code)
		if _, ok := rows.in[t]; !ok {
			rows.in[t] = newHeld()
		}
		h := rows.in[t]
		into := rows.small
		if i := slices.Index(heldKinds[:], kind); i >= 0 {
			into = *h.all()[i]
		}
		for _, s := range forms {
			if kind == "word" {
				rows.words[strings.ToLower(s)] = true
				s = lang.Fold(t, s)
			}
			into[s] = true
			rows.capital[s] = rows.capital[s] || kind == "capital"
		}
	})
	return rows
})

// holds reports whether a row of this kind names nothing and holds back others.
func holds(kind string) bool {
	return kind == "small" || slices.Contains(heldKinds[:], kind)
}

// heldIn are the rows that hold back in some languages.
func heldIn(codes ...string) held {
	out := newHeld()
	for _, code := range codes {
		h := heldRows().in[lang.Tag(code)]
		for i, from := range h.all() {
			for s := range *from {
				(*out.all()[i])[s] = true
			}
		}
	}
	return out
}

// codesOf are the columns that a language reads: Dari has Persian's words besides its own.
func codesOf(code string) []string {
	if code == "prs" {
		return []string{"prs", "fa"}
	}
	return []string{code}
}

// eachRow reads every row of the tables in some languages, nil for all, each form by itself, in the order of the tables.
func eachRow(codes []string, use func(row)) {
	for _, s := range sources {
		names := s.text == &others || s.text == &countries || s.text == &cities
		listed(*s.text, codes, func(kind, id, code string, forms []string) {
			if holds(kind) {
				return
			}
			r := row{name: Name{Kind(kind), id}, tag: lang.Tag(code), ours: s.ours}
			switch r.name.Kind {
			case Place, Body:
				r.typed, r.told = true, true
			case Country: // of the other tables a country's row has what is said of it and its people
				r.typed, r.told = names, names
			case Region, Format, Office:
				r.typed = true
			}
			if r.name.Kind == none {
				r.told = true // found, and left out of what is told
			}
			for _, of := range forms {
				for _, r.text = range bothNames(of) {
					use(r)
				}
			}
		})
	}
}

// spelled is a form of a name as people are shown it.
type spelled struct {
	text string
	tag  uint8 // place in languages
	only bool  // shown, but not looked for
}

// all are the names of all tables, and what those are called that somebody may type or be told.
type all struct {
	names []Name
	index map[Name]uint16
	forms [][]spelled // by name; by language, each in the order of the tables
}

var load = sync.OnceValue(func() all {
	a := all{index: map[Name]uint16{}}
	has := map[lang.Tag]held{}
	for _, t := range languages {
		has[t] = heldIn(codesOf(string(t))...)
	}
	eachRow(nil, func(r row) {
		at, ok := a.index[r.name]
		if !ok {
			at = uint16(len(a.names))
			a.index[r.name] = at
			a.names, a.forms = append(a.names, r.name), append(a.forms, nil)
		}
		if !r.typed {
			return
		}
		s := spelled{text: r.text, tag: uint8(slices.Index(languages, r.tag))}
		s.only = has[r.tag].skip[r.text] || has[r.tag].text[r.text] || has[r.tag].home[r.text] && r.name.Kind == Place || !r.ours && tooShort(r.name.Kind, r.tag, r.text)
		if i := slices.IndexFunc(a.forms[at], func(o spelled) bool { return o.tag == s.tag && o.text == s.text }); i >= 0 {
			a.forms[at][i].only = a.forms[at][i].only && s.only
			return
		}
		a.forms[at] = append(a.forms[at], s)
	})
	for i, of := range a.forms {
		slices.SortStableFunc(of, func(x, y spelled) int { return int(x.tag) - int(y.tag) })
		a.forms[i] = slices.Clip(of)
	}
	return a
})

// of are the forms of a name in a language that are looked for.
func (a all) of(n Name, t lang.Tag) (out []string) {
	at, ok := a.index[n]
	if !ok {
		return nil
	}
	tag := uint8(slices.Index(languages, t))
	for _, s := range a.forms[at] {
		if s.tag == tag && !s.only {
			out = append(out, s.text)
		}
	}
	return out
}

// shown is the first form of a name in a language, "" for none.
func (a all) shown(n Name, t lang.Tag) string {
	if at, ok := a.index[n]; ok {
		tag := uint8(slices.Index(languages, t))
		for _, s := range a.forms[at] {
			if s.tag == tag {
				return s.text
			}
		}
	}
	return ""
}

// tooShort reports whether a form that nobody chose one by one is likely to be another word too.
func tooShort(k Kind, t lang.Tag, form string) bool {
	letters := utf8.RuneCountInString(form)
	return t.Script() == "Arab" && letters <= 5 && len(lang.Tokens(t, form)) == 1 || letters <= 3 && k == Place && t.Script() != "Hans" && t.Script() != "Kore"
}

// In is the name in language t, else in English, else "".
func (n Name) In(t lang.Tag) string {
	a := load()
	if s := a.shown(n, t); s != "" {
		return s
	}
	if base, _, ok := strings.Cut(string(t), "-"); ok {
		if s := a.shown(n, lang.Tag(base)); s != "" {
			return s
		}
	}
	return a.shown(n, lang.EN)
}
