package facts

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

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
type role uint32

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
	lead                      // sayyid: begins a name before a given name
	descent                   // bin: of somebody descended from somebody, whatever the given name
	speech                    // persons do this and little else does: said, wrote
	owned                     // what somebody has, by whose name it is followed: words, a house, a father
	agent                     // behind whoever does something: Urdu نے
	at                        // the, in: a place, a firm or a team stands behind it, where nothing else tells of a person
	object                    // behind somebody to whom or with whom something is done, whose title may be who does it: Turkish ile, Kyrgyz менен
	place                     // a district, a station that bears the name before it, and whose mayor stands behind it
	kin                       // a wife, an aide: behind it, or in Urdu before it, stands an office that is not that of whoever is named
)

var roles = map[string]role{"title": titled, "office": titled, "honorific": polite | titled, "former": former, "called": called, "thing": thing, "not": no, "org": org, "says": says,
	"stop": stop, "inside": within_, "father": father, "particle": particle, "place": place, "at": at, "lead": lead, "descent": descent | particle, "agent": agent | stop, "speech": says | speech, "of": owned, "object-word": object, "kin": kin}

// phrase is a word or several of a table.
type phrase struct {
	fold, stem []string
	role       role
	office     string
}

// people is what one language's table says of persons' names.
type people struct {
	tag        lang.Tag
	phrases    map[string][]phrase // by the stem of the first word
	given      map[string]bool     // folds of given names
	givenStem  map[string][]string // folds of given names by their stems
	surname    map[string]bool     // endings of surnames, with every case ending behind them
	weak       map[string]bool     // endings that many another word has
	strong     []string            // endings by which a surname is certain, in scripts without capitals
	patronym   map[string]bool     // endings of patronymics
	cases      []string            // as written, longest first
	objects    []string            // of the cases those of somebody to whom or with whom something is done
	ownedCases []string            // endings of what somebody owns and something is done to
	maybe      map[string]bool     // folds of given names that are other words too
	unsure     map[string]bool     // folds of given names that take more to be one: hope, spring
	surnames   map[string]bool     // folds of surnames that are hardly anything else, in scripts without capitals
	patterns   []namePattern       // of given names
	exactly    map[string]string   // folds of titles that are an office only as they stand there: الرئيس, the President
	initials   bool                // initial and name are enough: Б.Ганзориг
	asWritten  bool                // case endings stay on: Марата Сейтова
	bareThing  map[string]bool     // streets and the like without the ending by which they bear a name: in Сейітов өзені they have it
	before     bool                // a street, a prize stands before the name that it bears, not behind it
	longest    int                 // bytes of the longest ending
	han        *hanNames
}

var peoples sync.Map // code -> func() *people

func peopleOf(t lang.Tag) *people {
	base := string(t.FoldsAs())
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
		patronym: map[string]bool{}, bareThing: map[string]bool{}, maybe: map[string]bool{}, unsure: map[string]bool{}, surnames: map[string]bool{}, exactly: map[string]string{}}
	var surname, weak, patronym []string
	section, office := "", ""
	word := func(where, f string) {
		switch section {
		case "given":
			for _, k := range lang.Tokens(t, f) {
				p.given[k.Fold] = true
				p.givenStem[k.Stem] = append(p.givenStem[k.Stem], k.Fold)
			}
		case "weak-given":
			for _, k := range lang.Tokens(t, f) {
				p.unsure[k.Fold] = true
				p.given[k.Fold] = true
			}
		case "not-given":
			for _, k := range lang.Tokens(t, f) {
				p.maybe[k.Fold] = true
			}
		case "given-pattern":
			p.patterns = append(p.patterns, newPattern(t, f))
		case "families":
			for _, k := range lang.Tokens(t, f) {
				p.surnames[k.Fold] = true
			}
		case "surname":
			surname = append(surname, p.ending(f))
		case "weak-surname":
			weak = append(weak, p.ending(f))
		case "patronymic":
			patronym = append(patronym, p.ending(f))
		case "case":
			p.cases = append(p.cases, f)
		case "object-case":
			p.objects = append(p.objects, f)
		case "owned-case":
			p.ownedCases = append(p.ownedCases, f)
		case "options":
			p.initials = p.initials || f == "initials"
			p.asWritten = p.asWritten || f == "as-written"
			p.before = p.before || f == "things-before"
		case "office-as-written":
			if offices()[office] == nil {
				panic(where + ": no office " + office)
			}
			p.exactly[lang.Fold(t, f)] = office
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
				word(fmt.Sprintf("facts: persons/%s:%d", name, n+1), f)
			}
		}
	}
	read(string(t)+".txt", text)
	if given, err := personFiles.ReadFile("persons/given-" + strings.ToLower(t.Script()) + ".txt"); err == nil {
		section = "given"
		read("given-"+t.Script(), string(given))
	}
	for f := range p.maybe {
		delete(p.given, f)
	}
	for s, folds := range p.givenStem {
		p.givenStem[s] = slices.DeleteFunc(folds, func(f string) bool { return p.maybe[f] })
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

// isBare reports whether a thing's word is without the ending by which it bears a name, whatever its case: kupa, kupayı, and not
// kupasını.
func (p *people) isBare(fold string) bool {
	if len(p.bareThing) == 0 || p.bareThing[fold] {
		return p.bareThing[fold]
	}
	bare := false
	for i := range fold {
		bare = bare || i > 0 && p.bareThing[fold[:i]]
	}
	if !bare {
		return false
	}
	for _, of := range p.phrases {
		for _, ph := range of {
			if ph.role&thing != 0 && len(ph.fold) == 1 && !p.bareThing[ph.fold[0]] && strings.HasPrefix(fold, ph.fold[0]) {
				return false
			}
		}
	}
	return true
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
		never := slices.ContainsFunc(p.phrases[tokens[i].Stem], func(ph phrase) bool { // после is 'after' and no form of посол
			return ph.role == no && len(ph.fold) == 1 && ph.fold[0] == tokens[i].Fold
		})
		for _, ph := range p.phrases[tokens[i].Stem] {
			if len(ph.fold) < n || !p.fits(ph, tokens[i:]) || never && len(ph.fold) == 1 && ph.fold[0] != tokens[i].Fold {
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
				} else if last.office == "" && n == 1 {
					last.office = p.exactly[tokens[i].Fold]
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
		if p.tag == lang.EN && (strings.HasSuffix(got.Fold, "ed") || strings.HasSuffix(got.Fold, "ing")) && ph.role&says == 0 { // planted is no plant
			return false
		}
		_, size := utf8.DecodeLastRuneInString(f)
		if p.tag == lang.AR && ph.role&stop != 0 && utf8.RuneCountInString(f) <= 3 && strings.HasPrefix(got.Fold, "ال") { // العلي is no على
			return false
		}
		if p.tag == lang.AR && (article(got.Fold) == article(f) || i == 0 && ph.role&(says|stop|titled) != 0 && len(f) > 4 && (got.Fold == "و"+f || got.Fold == "ف"+f)) {
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
	if p.made(k.Fold) {
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

// namePattern is how a given name is made: before and behind anything of three letters or more, or of another given name.
type namePattern struct {
	before, behind string
	given          bool
}

func newPattern(t lang.Tag, s string) namePattern {
	given := strings.Contains(s, "+")
	before, behind, _ := strings.Cut(strings.ReplaceAll(s, "+", "*"), "*")
	return namePattern{lang.Fold(t, before), lang.Fold(t, behind), given}
}

// made reports whether a word is made as given names are: عبدالرحیم, سیف‌الله, محمدرضا.
func (p *people) made(fold string) bool {
	if p.maybe[fold] {
		return false
	}
	for _, m := range p.patterns {
		rest, before := strings.CutPrefix(fold, m.before)
		rest, behind := strings.CutSuffix(rest, m.behind)
		if before && behind && utf8.RuneCountInString(rest) > 2 && (!m.given || p.given[rest]) {
			return true
		}
	}
	return false
}

// whole reports whether a word ends with a surname's or patronymic's own ending, no case behind it.
func (p *people) whole(fold string) bool {
	return slices.ContainsFunc(p.strong, func(s string) bool { return strings.HasSuffix(fold, s) && len(fold) > len(s) })
}
