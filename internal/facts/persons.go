package facts

import (
	"embed"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
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

//go:embed offices.tsv
var officeRows string

// offices are the words for an office by its id and language.
var offices = sync.OnceValue(func() map[string]map[lang.Tag]string {
	out := map[string]map[lang.Tag]string{}
	var columns []string
	for _, line := range strings.Split(officeRows, "\n") {
		f := strings.Split(strings.TrimRight(line, "\r"), "\t")
		switch {
		case strings.HasPrefix(line, "#") || len(f) < 2:
		case columns == nil:
			columns = f
		default:
			out[f[0]] = map[lang.Tag]string{}
			for i, s := range f[1:] {
				out[f[0]][lang.Tag(columns[i+1])] = s
			}
		}
	}
	return out
})

// OfficeIn is how an office is called in language t, in English if the table has no word in t; "" for none.
func OfficeIn(id string, t lang.Tag) string {
	if s := offices()[id][t]; s != "" {
		return s
	}
	return offices()[id][lang.EN]
}

//go:embed persons
var personFiles embed.FS

// role is what a word says of names beside it.
type role uint16

const (
	titled   role = 1 << iota // an office or a title: a name of two parts stands beside it
	polite                    // Mr: a name of one part is enough
	former                    // who no longer, or not yet, holds the office
	called                    // named after somebody
	thing                     // a street, prize, ship, institute that bears somebody's name
	no                        // never part of a name
	says                      // persons do this
	stop                      // a name ends before it, in scripts without capitals
	within_                   // between a title and a name, in scripts without capitals
	org                       // a federation, a company: its president is none of a state
	father                    // son, daughter: part of a name, not its beginning
	particle                  // al, bin, van: within a name
	place                     // a district, a station that bears the name before it, and whose mayor stands behind it
)

var roles = map[string]role{"title": titled, "office": titled, "honorific": polite | titled, "former": former, "called": called, "thing": thing, "not": no, "org": org, "says": says,
	"stop": stop, "inside": within_, "father": father, "particle": particle, "place": place}

// phrase is a word or several of a table.
type phrase struct {
	fold, stem []string
	role       role
	office     string
}

// people is what one language's table says of persons' names.
type people struct {
	tag       lang.Tag
	phrases   map[string][]phrase // by the stem of the first word
	given     map[string]bool     // folds of given names
	givenStem map[string][]string // folds of given names by their stems
	surname   map[string]bool     // endings of surnames, with every case ending behind them
	weak      map[string]bool     // endings that many another word has
	strong    []string            // endings by which a surname is certain, in scripts without capitals
	patronym  map[string]bool     // endings of patronymics
	cases     []string            // as written, longest first
	initials  bool                // initial and name are enough: Б.Ганзориг
	asWritten bool                // case endings stay on: Марата Сейтова
	bareThing map[string]bool     // streets and the like without the ending by which they bear a name: in Сейітов өзені they have it
	before    bool                // a street, a prize stands before the name that it bears, not behind it
	longest   int                 // bytes of the longest ending
	han       *hanNames
}

var peoples sync.Map // code -> func() *people

func peopleOf(t lang.Tag) *people {
	base, _, _ := strings.Cut(string(t), "-")
	if base == string(lang.PRS) {
		base = string(lang.FA)
	}
	if _, err := personFiles.Open("persons/" + base + ".txt"); err != nil {
		return nil
	}
	f, _ := peoples.LoadOrStore(base, sync.OnceValue(func() *people {
		text, err := personFiles.ReadFile("persons/" + base + ".txt")
		if err != nil {
			panic(err)
		}
		return newPeople(lang.Tag(base), string(text))
	}))
	return f.(func() *people)()
}

// newPeople reads a table. A fault in it is a defect that stops the program; a test loads every one.
func newPeople(t lang.Tag, text string) *people {
	p := &people{tag: t, phrases: map[string][]phrase{}, given: map[string]bool{}, givenStem: map[string][]string{}, surname: map[string]bool{}, weak: map[string]bool{},
		patronym: map[string]bool{}, bareThing: map[string]bool{}}
	var surname, weak, patronym []string
	notGiven := map[string]bool{}
	section, office := "", ""
	word := func(where, f string) {
		switch section {
		case "given":
			for _, k := range lang.Tokens(t, f) {
				p.given[k.Fold] = true
				p.givenStem[k.Stem] = append(p.givenStem[k.Stem], k.Fold)
			}
		case "not-given":
			for _, k := range lang.Tokens(t, f) {
				notGiven[k.Fold] = true
			}
		case "surname":
			surname = append(surname, p.ending(f))
		case "weak-surname":
			weak = append(weak, p.ending(f))
		case "patronymic":
			patronym = append(patronym, p.ending(f))
		case "case":
			p.cases = append(p.cases, f)
		case "options":
			p.initials = p.initials || f == "initials"
			p.asWritten = p.asWritten || f == "as-written"
			p.before = p.before || f == "things-before"
		case "surnames", "second", "sound", "notname":
			if p.han == nil {
				p.han = newHanNames()
			}
			p.han.add(section, f)
		default:
			r, ok := roles[section]
			if !ok {
				panic(where + ": no section " + section)
			}
			if r == titled && section == "office" && offices()[office] == nil {
				panic(where + ": no office " + office)
			}
			ph := phrase{role: r, office: office}
			for _, k := range lang.Tokens(t, strings.ReplaceAll(f, "_", " ")) {
				ph.fold, ph.stem = append(ph.fold, k.Fold), append(ph.stem, k.Stem)
			}
			if len(ph.fold) == 0 {
				panic(where + ": no word: " + f)
			}
			p.phrases[ph.stem[0]] = append(p.phrases[ph.stem[0]], ph)
		}
	}
	read := func(name, text string) {
		for n, line := range strings.Split(text, "\n") {
			line, _, _ = strings.Cut(line, "#")
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "[") {
				section, office, _ = strings.Cut(strings.Trim(line, "[]"), " ")
				continue
			}
			for _, f := range strings.Fields(line) {
				if section == "inherit" {
					continue
				}
				word(fmt.Sprintf("facts: persons/%s:%d", name, n+1), f)
			}
		}
	}
	read(string(t)+".txt", text)
	if given, err := personFiles.ReadFile("persons/given-" + strings.ToLower(t.Script()) + ".txt"); err == nil {
		section = "given"
		read("given-"+t.Script(), string(given))
	}
	for f := range notGiven {
		delete(p.given, f)
	}
	for s, folds := range p.givenStem {
		p.givenStem[s] = slices.DeleteFunc(folds, func(f string) bool { return notGiven[f] })
	}
	for _, of := range p.phrases {
		for _, ph := range of {
			if w := ph.fold[0]; ph.role == thing && len(ph.fold) == 1 && p.hasEnding(w) {
				p.bareThing[w] = true
			}
		}
	}
	behind := []string{""}
	for _, c := range p.cases {
		behind = append(behind, p.ending(c))
	}
	for _, c := range behind {
		for _, s := range surname {
			p.surname[s+c] = true
			p.longest = max(p.longest, len(s+c))
		}
		for _, s := range weak {
			p.weak[s+c] = true
			p.longest = max(p.longest, len(s+c))
		}
		for _, s := range patronym {
			p.patronym[s+c] = true
			p.longest = max(p.longest, len(s+c))
		}
	}
	p.strong = surname
	slices.SortFunc(p.cases, func(a, b string) int { return len(b) - len(a) })
	return p
}

// hasEnding reports whether the table has a thing's word with an ending too: the last letter may have changed (kubok, kubogi).
func (p *people) hasEnding(bare string) bool {
	_, size := utf8.DecodeLastRuneInString(bare)
	for _, of := range p.phrases {
		for _, ph := range of {
			if w := ph.fold[0]; ph.role == thing && len(ph.fold) == 1 && len(w) > len(bare) && len(w) <= len(bare)+6 && strings.HasPrefix(w, bare[:len(bare)-size]) {
				return true
			}
		}
	}
	return false
}

// ending folds an ending as it is behind a consonant.
func (p *people) ending(s string) string {
	lead := map[string]string{"Cyrl": "б", "Arab": "ب", "Latn": "b"}[lang.Tag(p.tag).Script()]
	if r, _ := utf8.DecodeRuneInString(s); unicode.Is(unicode.Cyrillic, r) {
		lead = "б"
	}
	return strings.TrimPrefix(lang.Fold(p.tag, lead+s), lang.Fold(p.tag, lead))
}

// ends reports whether a word has one of these endings and at least two letters before it.
func (p *people) ends(set map[string]bool, fold string) bool {
	for i := range fold {
		if i > 0 && len(fold)-i <= p.longest && set[fold[i:]] && utf8.RuneCountInString(fold[:i]) >= 2 {
			return true
		}
	}
	return false
}

// mark is what the table says of a token: the roles of the phrases that hold it, and of a title where it ends.
type mark struct {
	role   role
	start  int // of a title: its first token
	office string
	end    bool // the title's last token
}

// marks reads the phrases of the table in tokens; of two that begin at one token the longer counts.
func (p *people) marks(tokens []lang.Token) []mark {
	out := make([]mark, len(tokens))
	until := 0
	for i := range tokens {
		n := 0
		var best []phrase
		for _, ph := range p.phrases[tokens[i].Stem] {
			if len(ph.fold) < n || !p.fits(ph, tokens[i:]) {
				continue
			}
			if len(ph.fold) > n {
				n, best = len(ph.fold), best[:0]
			}
			best = append(best, ph)
		}
		if i+n <= until { // within a longer one
			continue
		}
		for _, ph := range best {
			for k := i; k < i+n; k++ {
				out[k].role |= ph.role
			}
			if ph.role&titled != 0 {
				for k := i; k < i+n; k++ {
					out[k].end = false
				}
				last := &out[i+n-1]
				if last.end, last.start = true, i; ph.office != "" {
					last.office = ph.office
				}
			}
		}
		if n > 1 {
			until = i + n
		}
	}
	return out
}

func (p *people) fits(ph phrase, tokens []lang.Token) bool {
	if len(tokens) < len(ph.fold) {
		return false
	}
	for i, f := range ph.fold {
		got := tokens[i]
		if got.Fold == f {
			continue
		}
		_, size := utf8.DecodeLastRuneInString(f)
		if p.tag == lang.AR && article(got.Fold) == article(f) {
			continue
		}
		if got.Stem != ph.stem[i] || p.tag == lang.AR || p.tag.Script() == "Arab" && utf8.RuneCountInString(f) < 4 || len(f)-size < 3 || !strings.HasPrefix(got.Fold, f[:len(f)-size]) {
			return false
		}
	}
	return true
}

// article is an Arabic word without the article and the words of one letter that are written together with it.
func article(fold string) string {
	for _, lead := range []string{"وال", "فال", "بال", "كال", "لل", "ال"} {
		if rest, ok := strings.CutPrefix(fold, lead); ok && len(rest) > 4 {
			return rest
		}
	}
	return fold
}

// isGiven reports whether a word is a given name, and whether it is without an ending.
func (p *people) isGiven(k lang.Token) (given, bare bool) {
	if p.given[k.Fold] {
		return true, true
	}
	if p.tag == lang.AR { // stems of Arabic are too short to tell one name from another word
		_, size := utf8.DecodeRuneInString(k.Fold)
		return len(k.Fold) > size+5 && strings.Contains("ولب", k.Fold[:size]) && p.given[k.Fold[size:]], true
	}
	for _, f := range p.givenStem[k.Stem] {
		_, size := utf8.DecodeLastRuneInString(f)
		if len(f)-size >= 3 && len(k.Fold) >= len(f) && strings.HasPrefix(k.Fold, f[:len(f)-size]) {
			return true, false
		}
	}
	return false, false
}

// Persons returns whom a text in language t names, each once, in the order of first appearance: who stands there with an
// office, a title, a patronymic, initials, or with a known given name beside a surname's ending or a verb of saying.
// What may be a street, a prize, a ship or a body that bears somebody's name is left out, and so is whatever is not certain.
func Persons(t lang.Tag, text string) []Person {
	text = head(text, maxRead)
	return personsIn(t, text, lang.Tokens(t, text))
}

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
	small  map[string]bool // folds of words in small letters, made when first asked for
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
			given, _ := r.isGiven(k)
			if m.To-m.From > 1 {
				return true
			}
			if to-from > 1 && from+m.From == to-1 && r.ends(r.surname, k.Fold) { // Ганиев is not Гана
				continue
			}
			if r.people.tag == lang.AR && article(lang.Fold(r.tag, m.Name.In(r.tag))) != article(k.Fold) { // by its stem only
				continue
			}
			if !given {
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

// part is one part of a name in a script with capitals.
type part struct {
	from, to                              int // tokens
	initial, given, bare, surname, father bool
	weak                                  bool
}

// cased finds persons by their capitals.
func (r *reading) cased() {
	for i := 0; i < len(r.tokens); {
		if !r.capital(i) || r.breaks(i) {
			i++
			continue
		}
		parts := r.run(i)
		r.judge(parts)
		i = parts[len(parts)-1].to
	}
}

// capital reports whether a token is written as a name is: a capital and small letters, or an initial with its full stop.
func (r *reading) capital(i int) bool {
	w := r.raw(i)
	first, n := utf8.DecodeRuneInString(w)
	if !unicode.IsUpper(first) {
		return false
	}
	small := false
	for at, c := range w[n:] {
		if unicode.IsLower(c) {
			small = true
		} else if unicode.IsDigit(c) || unicode.IsUpper(c) && small && !slices.Contains(innerCapitals, strings.TrimRight(w[:n+at], "'’")) {
			return false
		}
	}
	return small || r.initial(i)
}

// innerCapitals are what a name may begin with before another capital.
var innerCapitals = []string{"Mc", "Mac", "Mak", "Мак", "De", "La", "Di", "Van", "Fitz", "Al", "El", "Le", "Ibn", "Ле", "Де", "Ван", "Аль"}

// initial: one capital, or one with a small letter (Sh., Ш.), with a full stop, and no end of a sentence.
func (r *reading) initial(i int) bool {
	w := r.raw(i)
	first, n := utf8.DecodeRuneInString(w)
	if !unicode.IsUpper(first) || !strings.HasPrefix(r.text[r.tokens[i].End:], ".") {
		return false
	}
	rest := w[n:]
	return rest == "" || slices.Contains([]string{"h", "o", "u", "a", "ж", "h'"}, rest)
}

// breaks reports whether a token is a word of the table that is no part of a name; a given name may be one of them as well.
func (r *reading) breaks(i int) bool {
	m := r.marks[i].role
	if m&(titled|thing|called|says|former) != 0 {
		return true
	}
	given, bare := r.isGiven(r.tokens[i])
	return m&no != 0 && !(given && bare)
}

// run collects the parts of a name from token i on.
func (r *reading) run(i int) []part {
	var parts []part
	add := func(from, to int) {
		p := part{from: from, to: to, initial: r.initial(from) && to == from+1}
		if !p.initial {
			k := r.tokens[to-1]
			p.given, p.bare = r.isGiven(r.tokens[from])
			fold := r.uncut(k)
			p.father = r.isFather(to-1) || r.ends(r.patronym, fold)
			p.surname = !p.father && r.ends(r.surname, fold)
			p.weak = !p.father && r.ends(r.weak, fold)
		}
		parts = append(parts, p)
	}
	to := i + 1
	from := i
	for to < len(r.tokens) && len(parts) < 8 {
		gap := r.gap(to - 1)
		if r.tokens[to].Start-r.tokens[to-1].End > 4 {
			break
		}
		roles := r.marks[to].role
		switch {
		case (gap == "-" || gap == "\u2010" || gap == "\u2011") && !r.initial(to-1): // Nur-Ali, Mamed-zade; not Halkett-ə
			if !r.capital(to) && slices.Contains(r.cases, r.raw(to)) {
				add(from, to)
				return parts
			}
			to++
			continue
		case r.initial(to-1) && (gap == "." || gap == ". " || gap == ".\u00a0") && r.capital(to) && !r.breaks(to):
		case strings.Trim(gap, " \u00a0\u202f") != "":
			add(from, to)
			return parts
		case roles&particle != 0 && to+1 < len(r.tokens) && r.spaced(to) && r.capital(to+1):
			add(from, to)
			from = to
			to += 2
			continue
		case r.isFather(to):
		case !r.capital(to) || r.breaks(to):
			add(from, to)
			return parts
		}
		add(from, to)
		from, to = to, to+1
	}
	add(from, to)
	return parts
}

// isFather reports whether token i is the word behind a father's name: oʻgʻli, қызы. Behind a genitive it is somebody's son.
func (r *reading) isFather(i int) bool {
	if r.marks[i].role&father == 0 || i == 0 || !r.exact(i, father) {
		return false
	}
	if c, _ := utf8.DecodeRuneInString(r.raw(i)); unicode.IsUpper(c) {
		return false
	}
	return !r.inflected(i - 1)
}

// exact reports whether token i is a word of this role as the table writes it.
func (r *reading) exact(i int, is role) bool {
	return slices.ContainsFunc(r.phrases[r.tokens[i].Stem], func(p phrase) bool { return p.role == is && len(p.fold) == 1 && p.fold[0] == r.tokens[i].Fold })
}

// inflected reports whether token i ends like a case: behind an apostrophe, or with one of the table's endings.
func (r *reading) inflected(i int) bool {
	raw := r.raw(i)
	return r.uncut(r.tokens[i]) != r.tokens[i].Fold || slices.ContainsFunc(r.cases, func(c string) bool { return strings.HasSuffix(raw, c) && len(raw) > len(c)+2 }) && !r.whole(r.tokens[i].Fold)
}

// uncut is the folded word without what stands behind an apostrophe.
func (r *reading) uncut(k lang.Token) string {
	if r.people.tag != lang.TR && r.people.tag != lang.EN {
		return k.Fold
	}
	raw := r.text[k.Start:k.End]
	if i := strings.IndexAny(raw, "'’"); i > 2 {
		return lang.Fold(r.tag, raw[:i])
	}
	return k.Fold
}

// candidate is a run of parts that may be a person's name, with what stands beside it.
type candidate struct {
	parts                                         []part
	from, to                                      int  // tokens
	moved, cut                                    bool // parts before, behind were left out
	direct, title, apposed                        int  // the title right before, the nearest one before, the one behind a comma; -1 for none
	given, surname, weak, patronym, initial, bare bool // of one of its parts
	full                                          int  // parts that are no initials
}

// judge tells of the person whom a run of parts names, if it is certain that it does.
func (r *reading) judge(run []part) {
	first := run[0].from
	c := candidate{direct: r.title(first - 1), apposed: -1}
	if !r.extent(&c, run) {
		return
	}
	for i, p := range c.parts {
		c.given = c.given || p.given
		c.bare = c.bare || p.given && p.bare
		c.surname = c.surname || p.surname && (i > 0 || len(c.parts) == 1 || c.parts[1].initial || c.parts[1].given)
		c.weak = p.weak && i > 0
		c.patronym = c.patronym || p.father
		c.initial = c.initial || p.initial
		if !p.initial {
			c.full++
		}
	}
	if c.title = c.direct; c.title < 0 && (r.before || r.people.tag == lang.EN) {
		c.title = r.distant(first)
	}
	if c.title < 0 {
		c.apposed = r.behind(c.to)
	}
	if !r.certain(&c) || r.bears(&c) || r.known(c.from, c.to) {
		return
	}
	office := ""
	switch {
	case c.title >= 0:
		office = r.office(c.title, c.from)
	case c.apposed >= 0:
		office = r.office(c.apposed, -1)
	}
	last := c.parts[len(c.parts)-1]
	name := r.text[r.tokens[c.from].Start:r.tokens[c.to-1].End]
	if last.initial {
		name += "."
	}
	var stems []string
	for _, p := range c.parts {
		if p.initial {
			stems = append(stems, r.tokens[p.from].Fold+".")
		} else {
			stems = append(stems, r.tokens[p.to-1].Stem)
		}
	}
	r.tell(r.trim(name, last), office, stems, c.bare)
}

// extent is where in a run a name begins and ends: at a given name or the surname before it, and behind the first surname that
// is not its beginning and the patronymic behind that. false if that cannot be told.
func (r *reading) extent(c *candidate, parts []part) bool {
	first := parts[0].from
	opening := first == 0 || strings.ContainsAny(r.gap(first-1), ".!?\n:")
	if g := slices.IndexFunc(parts, func(p part) bool { return p.given }); g > 0 && !parts[0].initial && !parts[g-1].initial && !parts[g].father {
		s := g
		if parts[g-1].surname || g+1 < len(parts) && parts[g+1].father && !parts[g+1].given && (g > 1 || !opening) {
			s = g - 1
		}
		if s > 0 && !opening && c.direct < 0 && !r.known(parts[0].from, parts[s].from) {
			return false
		}
		parts, c.moved = parts[s:], s > 0
	}
	if parts[0].father && !parts[0].given && len(parts) < 3 {
		return false
	}
	end := len(parts)
	for i := 1; i < len(parts); i++ {
		if parts[i].surname {
			for end = i + 1; end < len(parts) && (parts[end].father || parts[end].initial); end++ {
			}
			break
		}
	}
	if parts[0].surname && len(parts) > 1 && parts[1].initial {
		for end = 1; end < len(parts) && parts[end].initial; end++ {
		}
	}
	for i := 2; i < end; i++ {
		if parts[i].given && !parts[i-1].initial && !(i+1 < len(parts) && parts[i+1].father) {
			end = i // somebody else begins
			break
		}
	}
	c.parts, c.cut = parts[:end], end < len(parts)
	c.from, c.to = parts[0].from, parts[end-1].to
	return end <= 5
}

// certain reports whether what is known of a candidate is enough to call it a person's name.
func (r *reading) certain(c *candidate) bool {
	n := len(c.parts)
	last := c.parts[n-1]
	spoken := c.title >= 0 || c.apposed >= 0 || r.saying(c.from, c.to)
	right := c.direct >= 0 && !c.moved && !c.cut // all of it stands right behind a title
	polite := c.direct >= 0 && r.marks[c.direct].role&polite != 0
	ending := !r.asWritten && r.people.tag != lang.EN && !last.initial && r.inflected(last.to-1)
	switch {
	case c.full == 0:
		return false
	case c.patronym && n >= 3, c.patronym && n == 2 && !slices.ContainsFunc(c.parts, func(p part) bool { return r.isFather(p.to - 1) }):
		return true
	case c.given && n >= 2 && (c.surname || c.weak && n <= 3):
		return true
	case c.given && (n == 2 || n == 3 && !ending) && spoken && !c.cut && !r.shouted(c.from, c.to):
		return true
	case c.initial && c.full <= 2 && r.native(c.parts):
		return c.surname || r.initials || !c.cut && (c.direct >= 0 || r.saying(c.from, c.to))
	case c.surname && n == 2 && (c.direct >= 0 || c.apposed >= 0 || r.saying(c.from, c.to)):
		return true
	case right && (n == 1 && (polite || c.surname) || n == 2 && !ending && r.native(c.parts) && (!r.asWritten || c.weak) && (!polite || r.people.tag == lang.EN)):
		return !r.shouted(c.from, c.to) && !r.common(c.parts)
	}
	return false
}

// native reports whether a name is written in the script of the text's language: a firm's often is not.
func (r *reading) native(parts []part) bool {
	c, _ := utf8.DecodeRuneInString(r.raw(parts[0].from))
	return r.tag.Script() == "Latn" == unicode.Is(unicode.Latin, c)
}

// title is the token before a name if a title ends there, else -1.
func (r *reading) title(before int) int {
	if before < 0 || !r.marks[before].end {
		return -1
	}
	if gap := r.gap(before); strings.Trim(gap, " \u00a0\u202f") != "" && !(gap == ". " && utf8.RuneCountInString(r.raw(before)) <= 4) {
		return -1
	}
	return before
}

// distant is the title from which a name is parted by what it is the title of: 'minister of water of Altinsu Marat Seitov'.
func (r *reading) distant(first int) int {
	for i := first - 1; i >= 0 && i >= first-7; i-- {
		gap := r.gap(i)
		if strings.ContainsAny(gap, ".!?;:()\n—–") || strings.Contains(gap, ",") && i < first-1 {
			return -1
		}
		if r.marks[i].role&(says|called) != 0 {
			return -1
		}
		if r.marks[i].end {
			return i
		}
	}
	return -1
}

// behind is the title that stands behind a name and a comma: 'Marat Seitov, the minister of water'.
func (r *reading) behind(to int) int {
	if to >= len(r.tokens) {
		return -1
	}
	if gap := r.gap(to - 1); gap != ", " && gap != " (" && gap != " – " && gap != " — " && gap != "، " {
		return -1
	}
	for i := to; i < len(r.tokens) && i < to+5; i++ {
		if i > to && strings.ContainsAny(r.gap(i-1), ",.!?;:()\n—–،") || r.marks[i].role&says != 0 {
			return -1
		}
		if r.marks[i].end {
			return i
		}
	}
	return -1
}

// saying reports whether a verb of saying stands beside tokens[from:to].
func (r *reading) saying(from, to int) bool {
	return from > 0 && r.marks[from-1].role&says != 0 && r.spaced(from-1) || to < len(r.tokens) && r.marks[to].role&says != 0 && r.spaced(to-1)
}

// bears reports whether something else bears the name: a street, a prize, an institute.
func (r *reading) bears(c *candidate) bool {
	from, to, direct, title, bare := c.from, c.to, c.direct, c.title, c.bare
	if r.quoted(r.tokens[from].Start, r.tokens[to-1].End) {
		return true
	}
	if to < len(r.tokens) {
		gap := r.gap(to - 1)
		if strings.HasPrefix(strings.TrimLeft(gap, " "), "&") {
			return true
		}
		if cut := r.uncut(r.tokens[to-1]) != r.tokens[to-1].Fold; r.spaced(to-1) && (r.marks[to].role&called != 0 || r.marks[to].role&(thing|place) != 0 && !cut && (r.capital(to) || !r.before && !r.bareThing[r.tokens[to].Fold])) {
			return true
		}
		if c, _ := utf8.DecodeRuneInString(r.raw(to)); gap == "-" && unicode.IsUpper(c) {
			return true
		}
	}
	start := from
	if direct >= 0 {
		start = r.marks[direct].start
	}
	for i := start - 1; i >= 0 && i >= start-2; i-- {
		if gap := strings.Trim(r.gap(i), " \u00a0\u202f."); gap != "" && gap != "«" && gap != "“" && gap != "\"" {
			break
		}
		if r.marks[i].role&called != 0 {
			return true
		}
		if r.marks[i].role&thing != 0 && i == start-1 && (title < 0 || direct >= 0 || !bare) {
			return true
		}
		if r.marks[i].role&titled != 0 && direct < 0 {
			break
		}
	}
	return false
}

// office is the id of the title that ends at token i, "" where somebody else's is meant or what it is the title of is no
// state: of a federation of football there is a president too. name is where the name begins, or -1.
func (r *reading) office(i, name int) string {
	m := r.marks[i]
	for k := m.start - 1; k >= 0 && k >= m.start-3; k-- {
		if gap := r.gap(k); strings.Trim(gap, " \u00a0\u202f-\u2010\u2011") != "" {
			break
		}
		if r.marks[k].role&former != 0 || k >= m.start-2 && r.marks[k].role&org != 0 || k == m.start-1 && r.marks[k].role&thing != 0 {
			return ""
		}
	}
	for k := i + 1; k < name || name < 0 && k < len(r.tokens) && k < i+4; k++ {
		if name < 0 && strings.ContainsAny(r.gap(k-1), ",.;:!?()\n،؛") {
			break
		}
		if r.marks[k].role&(former|org|thing) != 0 {
			return ""
		}
	}
	return m.office
}

// shouted reports whether the line around tokens[from:to] is written in capitals like a title, so that they tell nothing.
func (r *reading) shouted(from, to int) bool {
	words, capitals := 0, 0
	count := func(i int) {
		w := r.raw(i)
		if c, _ := utf8.DecodeRuneInString(w); utf8.RuneCountInString(w) > 3 && unicode.IsLetter(c) && (r.marks[i].role&titled == 0 || unicode.IsLower(c)) {
			words++
			if unicode.IsUpper(c) {
				capitals++
			}
		}
	}
	for i := from - 1; i >= 0 && i > from-12 && !strings.Contains(r.gap(i), "\n"); i-- {
		count(i)
	}
	for i := to; i < len(r.tokens) && i < to+12 && !strings.Contains(r.gap(i-1), "\n"); i++ {
		count(i)
	}
	return words > 0 && capitals*4 > words*3
}

// common reports whether a part of a name is a word that is no name: one that the text writes with a small letter too, or
// one that the table of described things has.
func (r *reading) common(parts []part) bool {
	for _, p := range parts {
		if p.initial || p.given {
			continue
		}
		k := r.tokens[p.from]
		if len(names.Concepts(r.tag, k.Stem)) > 0 {
			return true
		}
		if r.small == nil {
			r.small = map[string]bool{}
			for _, k := range r.tokens {
				if c, _ := utf8.DecodeRuneInString(r.text[k.Start:]); unicode.IsLower(c) {
					r.small[k.Fold] = true
				}
			}
		}
		if r.small[k.Fold] {
			return true
		}
	}
	return false
}

// trim takes a case ending off a surname that is known by its own ending.
func (r *reading) trim(name string, last part) string {
	if r.asWritten {
		return name
	}
	if r.people.tag == lang.TR || r.people.tag == lang.EN {
		word := r.raw(last.to - 1)
		if i := strings.IndexAny(word, "'’"); i > 2 {
			return name[:len(name)-len(word)+i]
		}
		return name
	}
	if !last.surname && !last.father || r.whole(r.tokens[last.to-1].Fold) {
		return name
	}
	for _, c := range r.cases {
		if rest, ok := strings.CutSuffix(name, c); ok {
			if at := strings.LastIndexAny(rest, " -\u00a0.") + 1; r.whole(lang.Fold(r.tag, rest[at:])) {
				return rest
			}
		}
	}
	return name
}

// whole reports whether a word ends with a surname's or patronymic's own ending, no case behind it.
func (p *people) whole(fold string) bool {
	return slices.ContainsFunc(p.strong, func(s string) bool { return strings.HasSuffix(fold, s) && len(fold) > len(s) })
}
