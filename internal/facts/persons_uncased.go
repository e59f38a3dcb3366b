package facts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// mostPlaces of a word are looked at.
const mostPlaces = 64

// uncased finds persons in the Arabic script, which has no capitals. A name of two words or more is told where a known given
// name, a family's name or a particle of descent is in it and the text shows where it begins and ends; where the text names the
// same surname again alone; and behind or before a title that leaves nothing else to be named.
func (r *reading) uncased() {
	r.places = map[string][]int{}
	for i, k := range r.tokens {
		if at := r.places[k.Fold]; len(at) < mostPlaces {
			r.places[k.Fold] = append(at, i)
		}
	}
	for i := 0; i < len(r.tokens); i++ {
		if m := r.marks[i]; m.role&(says|thing|called) != 0 || m.role&(stop|no) != 0 && m.role&lead == 0 || m.role&titled != 0 && (!m.end || m.role&lead == 0) {
			continue
		}
		n := r.uncasedName(i)
		if n.to == 0 {
			continue
		}
		title := r.ahead(i)
		if title >= 0 && r.beyond(title, i, n.to) {
			title = -1
		}
		apposed := -1
		if title < 0 {
			apposed = r.behind(n.to)
		}
		if !r.borne(n, title, apposed) {
			if n.given && n.words > 1 && !r.unsure[r.tokens[i].Fold] { // nothing begins within it
				i = n.to - 1
			}
			continue
		}
		start := i
		if title >= 0 {
			start = r.marks[title].start
		}
		if r.quoted(r.tokens[i].Start, r.tokens[n.to-1].End) || r.beside(start, i, n.to) || r.known(i, n.to) {
			i = n.to - 1
			continue
		}
		office := ""
		switch {
		case title >= 0:
			office = r.office(title, i)
		case apposed >= 0:
			office = r.office(apposed, -1)
		}
		name := r.text[r.tokens[i].Start:r.tokens[n.to-1].End]
		if r.people.tag == lang.AR && !r.given[r.tokens[i].Fold] { // 'and', 'to', 'by' are written together with the name
			_, size := utf8.DecodeRuneInString(name)
			if rest := lang.Tokens(r.tag, name[size:]); len(rest) > 0 && r.given[rest[0].Fold] {
				name = name[size:]
			}
		}
		var stems []string
		for k := i; k < n.to; k++ {
			stems = append(stems, r.tokens[k].Stem)
		}
		r.tell(name, office, stems, true)
		r.doer = n.to
		i = n.to - 1
	}
}

// uncasedName is what may be a name: tokens[from:to], to 0 for none.
type uncasedName struct {
	from, to int
	words    int  // parts: abd al-, a particle and its word are one
	given    bool // begins with a known given name
	ended    bool // a word or sign that ends a name stands behind it
	open     bool // what ends it is but a word of the language, which a surname may be too
	sure     bool // by a surname's ending or a particle of descent
	family   bool // the last word is a surname by what it is made of, or no word of the language
	foreign  int  // words that are in no table: 9 where one cannot be part of a name
}

// forename is how many tokens a given name at token i takes, 0 for none: abd al-Rahman, Salah al-Din and, behind two words such as
// sayyid at most, any.
func (r *reading) forename(i int) (n int, bare bool) {
	for ; n < 2 && i+1 < len(r.tokens) && r.spaced(i) && r.marks[i].role&lead != 0 && r.marks[i].role&(says|thing|called) == 0; n++ {
		i++
	}
	if i >= len(r.tokens) || r.marks[i].role&(says|thing|called) != 0 {
		return 0, false
	}
	if i+1 < len(r.tokens) && r.spaced(i) {
		f, next := r.tokens[i].Fold, r.tokens[i+1].Fold
		if f == "عبد" && strings.HasPrefix(next, "ال") || next == "الدین" && (r.given[f] || r.maybe[f]) {
			return n + 2, true
		}
	}
	given, bare := r.isGiven(r.tokens[i])
	if !given && n > 0 { // sayyid may be a given name too
		n, i = 0, i-n
		given, bare = r.isGiven(r.tokens[i])
	}
	if !given {
		return 0, false
	}
	return n + 1, bare
}

// uncasedName reads a name that begins at token i.
func (r *reading) uncasedName(i int) (n uncasedName) {
	first, bare := r.forename(i)
	n = uncasedName{from: i, given: first > 0}
	if first > 0 && !bare && r.people.tag != lang.AR && r.tokens[i].Stem != r.tokens[i].Fold {
		return n
	}
	if first == 0 && r.people.tag == lang.AR && r.maybe[r.tokens[i].Fold] && i > 0 && r.marks[i-1].end && r.spaced(i-1) { // behind a title مُنى is hardly anything else
		first, n.given = 1, true
	}
	if first == 0 {
		if r.marks[i].role&(stop|no|particle) != 0 || r.odd(i) || r.people.tag == lang.AR && strings.HasPrefix(r.tokens[i].Fold, "ال") {
			return n
		}
		if i+1 < len(r.tokens) && r.spaced(i) && r.givenAt(i+1) { // the name begins there
			return n
		}
		first, n.foreign = 1, 1
	}
	n.words = 1
	to := i + first
	for ; to < len(r.tokens) && to < i+8; to++ {
		m := r.marks[to].role
		if !r.spaced(to-1) || m&(stop|says|called) != 0 || m&titled != 0 && !r.surnames[r.tokens[to].Fold] || r.figure(to) {
			n.ended = true
			break
		}
		if m&(thing|no) != 0 {
			n.ended = m&no == 0
			break
		}
		if m&particle != 0 && to+1 < len(r.tokens) && r.spaced(to) && r.marks[to+1].role&(stop|says|titled|thing|called|no) == 0 { // bin Zayid, Al Nahyan
			if n.words > 1 || m&descent != 0 && (n.given || r.givenAt(to+1)) {
				n.sure = true
			}
			n.words++
			if to++; r.tokens[to].Fold == "عبد" && to+1 < len(r.tokens) && r.spaced(to) {
				to++
			}
			continue
		}
		if n.words > 3 || n.sure && !r.givenAt(to) && !r.nisba(to) {
			n.ended = n.sure
			break
		}
		if n.words > 1 && r.people.tag == lang.FA && to+1 < len(r.tokens) && r.spaced(to) && !r.formed(to) && !r.givenAt(to) &&
			(strings.HasPrefix(r.tokens[to+1].Fold, "کرد") || strings.HasPrefix(r.tokens[to+1].Fold, "شد")) { // thanks were given: a verb of two words
			n.ended, n.open = true, true
			break
		}
		if n.words > 1 && (r.unsure[r.tokens[to].Fold] || n.given && r.people.tag != lang.AR && r.formed(to-1) && !r.formed(to) && !r.givenAt(to)) {
			n.ended, n.open = true, true
			break
		}
		if k, _ := r.forename(to); k > 0 && !r.strongAt(to) {
			if n.words > 1 && n.given && r.people.tag == lang.FA && r.formed(to-1) && to+1 < len(r.tokens) && r.spaced(to) && r.formed(to+1) { // somebody else begins, and where is not certain
				n.to = 0
				return n
			}
			n.words++
			to += k - 1
			continue
		}
		if r.strongAt(to) {
			n.sure, n.words = n.sure || n.given, n.words+1
			to++
			n.ended = to == len(r.tokens) || !r.spaced(to-1) || r.marks[to].role&(stop|says) != 0 || n.sure
			n.family = true
			break
		}
		if n.words > 1 && (r.plain(to) || r.people.tag == lang.AR && (r.nisba(to-1) || r.surnames[r.tokens[to-1].Fold])) {
			n.ended, n.open = true, true
			break
		}
		n.words++
		if n.foreign++; r.odd(to) {
			n.foreign = 9
		}
	}
	if to == len(r.tokens) {
		n.ended = true
	}
	n.to = to
	if r.people.tag == lang.AR && n.given && n.words == 4 && to-i == 4 && r.bareGiven(i+1, to) { // two persons as likely as one: who met whom
		n.to = 0
		return n
	}
	if n.words < 2 && n.to-n.from < 2 && !(i > 0 && r.marks[i-1].end && r.marks[i-1].role&polite != 0 && r.spaced(i-1)) || n.foreign > 2 {
		n.to = 0
		return n
	}
	n.family = n.family || n.words > 1 && r.familyAt(n.to-1)
	return n
}

// bareGiven reports whether each of tokens[from:to] is a given name, with nothing that joins it to another.
func (r *reading) bareGiven(from, to int) bool {
	for i := from; i < to; i++ {
		if !r.given[r.tokens[i].Fold] && !r.maybe[r.tokens[i].Fold] {
			return false
		}
	}
	return true
}

// figure reports whether token i is a number.
func (r *reading) figure(i int) bool {
	c, _ := utf8.DecodeRuneInString(r.raw(i))
	return unicode.IsNumber(c)
}

// odd reports whether a word cannot be part of a name: too short, of other letters, of several words.
func (r *reading) odd(i int) bool {
	w := r.raw(i)
	least := 3
	if len(names.Mentions(r.tag, r.text, r.tokens[i:i+1])) == 0 && r.people.tag != lang.AR && !lang.Ordinary(r.people.tag, r.tokens[i].Fold, r.tokens[i].Stem) {
		least = 2
	}
	return utf8.RuneCountInString(w) < least || w[0] < utf8.RuneSelf || r.figure(i) || strings.Contains(w, " ")
}

func (r *reading) givenAt(i int) bool {
	n, _ := r.forename(i)
	return n > 0
}

// strongAt reports whether token i ends as surnames alone do.
func (r *reading) strongAt(i int) bool {
	f := r.tokens[i].Fold
	return slices.ContainsFunc(r.strong, func(s string) bool {
		return strings.HasSuffix(f, s) && utf8.RuneCountInString(f) > utf8.RuneCountInString(s)+1
	})
}

// nisba: an Arabic word with the article and the ending of descent, al-Nuri.
func (r *reading) nisba(i int) bool {
	f := r.tokens[i].Fold
	return r.people.tag == lang.AR && strings.HasPrefix(f, "ال") && strings.HasSuffix(f, "ی") && utf8.RuneCountInString(f) > 5
}

// familyAt reports whether token i is a surname by what it is made of: of the table, a given name with or without the ending of descent,
// or no word of the language.
func (r *reading) familyAt(i int) bool {
	k := r.tokens[i]
	if r.surnames[k.Fold] || r.givenAt(i) || r.maybe[k.Fold] || r.strongAt(i) || r.nisba(i) {
		return true
	}
	if i > 0 && r.marks[i-1].role&particle != 0 {
		return true
	}
	return r.descended(k.Fold) || !lang.Ordinary(r.people.tag, k.Fold, k.Stem)
}

// formed reports whether token i is a surname by its form or by the table.
func (r *reading) formed(i int) bool {
	f := r.tokens[i].Fold
	return r.strongAt(i) || r.nisba(i) || r.surnames[f] || r.descended(f)
}

// descended reports whether a word is a given name with an ending of descent: کریمی, رضایی.
func (r *reading) descended(fold string) bool {
	for _, end := range []string{"ی", "یی", "وی", "یان", "لو"} {
		if base, ok := strings.CutSuffix(fold, end); ok && r.people.tag != lang.AR && (r.given[base] || r.maybe[base] || end == "وی" && (r.given[base+"ی"] || r.given[base+"ا"])) {
			return true
		}
	}
	return false
}

// borne reports whether there is evidence enough that somebody is named.
func (r *reading) borne(n uncasedName, title, apposed int) bool {
	polite := n.from > 0 && r.marks[n.from-1].end && r.marks[n.from-1].role&polite != 0 && r.spaced(n.from-1)
	last := n.to - 1
	if n.words < 2 && n.to-n.from < 2 {
		return polite && n.ended && (n.given || r.speaks(n.from, n.to) && n.foreign < 2)
	}
	if n.given && n.foreign < 2 || n.sure {
		f := r.tokens[last].Fold
		made := n.sure || r.formed(last)
		switch {
		case slices.ContainsFunc(r.found, func(f found) bool { return f.stems[len(f.stems)-1] == r.tokens[n.from].Stem }): // a surname told of before
			return false
		case !n.ended || r.people.tag == lang.AR && strings.HasPrefix(f, "و") && !r.givenAt(last):
			return false
		case title >= 0 || apposed >= 0:
			return true
		case r.unsure[r.tokens[n.from].Fold] && !made && (!r.givenAt(last) || r.unsure[f]):
			return false
		case r.speaks(n.from, n.to) || r.again(n, false):
			return true
		}
		if r.people.tag == lang.FA && n.words == 2 && !n.open && n.to < len(r.tokens) && strings.HasSuffix(f, "ی") && r.spaced(last) && r.tokens[n.to].Fold != "را" { // a book: an i without a preposition behind it
			n.family = true
		}
		if !made && r.people.tag != lang.AR && (n.to == len(r.tokens) || strings.ContainsAny(r.gap(last), ".!؟۔\n")) { // a verb
			return false
		}
		return n.family && (!n.open || made) && (r.opens(n.from) || r.people.tag == lang.UR)
	}
	if !n.ended || n.foreign > 2 {
		return false
	}
	plain := 0
	for k := n.from; k < n.to; k++ {
		if !r.maybe[r.tokens[k].Fold] && !r.surnames[r.tokens[k].Fold] && lang.Ordinary(r.people.tag, r.tokens[k].Fold, r.tokens[k].Stem) {
			plain++
		}
	}
	switch {
	case plain > 1 || plain > 0 && (n.open || !polite && title != n.from-1) || r.alien(n):
		return false
	case plain == 0 && !n.open && r.strongAt(last) && !strings.HasSuffix(r.tokens[last].Fold, "یان") && !strings.HasSuffix(r.tokens[last].Fold, "فر") && r.opens(n.from):
		return true
	case r.maybe[r.tokens[n.from].Fold] && n.family && !n.open && r.surnames[r.tokens[last].Fold] && r.opens(n.from):
		return true
	case polite:
		return !n.open
	case title == n.from-1 && title >= 0 && !n.open && (r.alone(title) || r.endsKnown(n.from)):
		return true
	case title >= 0 && title < n.from-1 && r.endsKnown(n.from):
		return true
	case apposed >= 0 && r.begins(n.from) && r.ofKnown(n.to, apposed):
		return true
	}
	return plain == 0 && (title >= 0 || r.opens(n.from) && (r.people.tag != lang.AR || n.from > 0 && r.marks[n.from-1].role&says != 0)) && r.again(n, true)
}

// again reports whether the last word of a name stands again later in the text without the word before it: behind a title, as who
// says something or, of a name that begins with a known given name, anywhere.
func (r *reading) again(n uncasedName, spoken bool) bool {
	if !n.family {
		return false
	}
	for _, at := range r.places[r.tokens[n.to-1].Fold] {
		if at < n.to || r.tokens[at-1].Fold == r.tokens[n.to-2].Fold || r.marks[at].role&(stop|says|thing|no) != 0 {
			continue
		}
		if !spoken || r.told(at) || r.marks[at-1].end && r.spaced(at-1) && r.marks[at-1].role&polite != 0 {
			return true
		}
	}
	return false
}

// alien reports whether a word of a name that no table has cannot be part of one: its first word stands elsewhere in the text without the
// second, and is a surname; or it has what Arabic writes together with words.
func (r *reading) alien(n uncasedName) bool {
	first := r.tokens[n.from].Fold
	for _, at := range r.places[first] {
		if at+1 == len(r.tokens) || r.tokens[at+1].Fold != r.tokens[n.from+1].Fold {
			return true
		}
	}
	second := r.tokens[n.to-1].Fold
	return utf8.RuneCountInString(first) < 3 || r.people.tag == lang.AR && (strings.ContainsRune("بلوفیتس", []rune(first)[0]) && !r.maybe[first] || strings.HasPrefix(second, "و") ||
		strings.HasPrefix(second, "ال") && !r.nisba(n.to-1) && !r.surnames[second])
}

// told reports whether a verb of speaking stands before token i or behind it, a postposition between.
func (r *reading) told(i int) bool {
	if i > 0 && r.spaced(i-1) && r.marks[i-1].role&speech != 0 && r.people.tag == lang.AR {
		return true
	}
	for k := i + 1; k < len(r.tokens) && k < i+3 && r.spaced(k-1); k++ {
		if r.marks[k].role&speech != 0 {
			return r.people.tag != lang.AR
		}
		if r.marks[k].role&stop == 0 {
			return false
		}
	}
	return false
}

// opens reports whether a name may begin at token i by what stands before it: nothing, a sign, a verb, a word that ends names, a title.
func (r *reading) opens(i int) bool {
	if i > 1 && r.spaced(i-2) && r.tokens[i-2].Fold == "این" && r.people.tag == lang.FA {
		return true
	}
	return i == 0 || !r.spaced(i-1) || r.marks[i-1].role&(stop|says|owned) != 0 || r.marks[i-1].end || lang.Stop(r.people.tag, r.tokens[i-1].Fold) ||
		r.people.tag == lang.AR && (strings.HasPrefix(r.tokens[i-1].Fold, "ال") || strings.HasPrefix(r.tokens[i-1].Fold, "ی") && utf8.RuneCountInString(r.raw(i-1)) > 3) // with its article it is nobody's; a verb
}

// begins reports whether token i begins a sentence or a clause.
func (r *reading) begins(i int) bool { return i == 0 || !r.spaced(i-1) }

// alone reports whether the title that ends at token i is one behind which only a name can stand: in Urdu its place stands before it, in Arabic
// its article leaves no room.
func (r *reading) alone(i int) bool {
	switch r.people.tag {
	case lang.UR:
		return true
	case lang.AR:
		return r.marks[i].office != "" && (strings.HasPrefix(r.tokens[r.marks[i].start].Fold, "ال") || strings.HasPrefix(r.tokens[i].Fold, "ال"))
	}
	return false
}

// ofKnown reports whether a title from token i to token title, or right behind it, is of a country, place or body of the tables.
func (r *reading) ofKnown(i, title int) bool {
	return slices.ContainsFunc(names.Mentions(r.tag, r.text, r.tokens[i:min(len(r.tokens), title+4)]), func(m names.Mention) bool {
		return m.Name.Kind == names.Country || m.Name.Kind == names.Place || m.Name.Kind == names.Body
	})
}

// plain reports whether token i is a word of the language that is no part of a name: not one that is a given name too or ends as
// surnames do, with an i.
func (r *reading) plain(i int) bool {
	k := r.tokens[i]
	if r.givenAt(i) || r.surnames[k.Fold] || r.maybe[k.Fold] || !lang.Ordinary(r.people.tag, k.Fold, k.Stem) {
		return false
	}
	return !strings.HasSuffix(r.raw(i), "ی")
}

// beyond reports whether a title before a name is somebody else's: behind 'and', and in Persian of a name with را, where nobody else
// stands in the sentence who does it.
func (r *reading) beyond(title, from, to int) bool {
	if title == from-2 && r.tokens[from-1].Fold == "و" {
		return true
	}
	if raw := r.raw(from); r.people.tag == lang.AR && strings.HasPrefix(raw, "و") && !r.given[r.tokens[from].Fold] {
		if rest := lang.Tokens(r.tag, strings.TrimPrefix(raw, "و")); len(rest) > 0 && r.given[rest[0].Fold] {
			return true
		}
	}
	if r.people.tag != lang.FA || to >= len(r.tokens) || !r.spaced(to-1) || r.tokens[to].Fold != "را" {
		return false
	}
	start := r.marks[title].start
	for i := start - 1; i >= 0; i-- {
		if strings.ContainsAny(r.gap(i), ".!?؟؛:\n") || r.marks[i].role&(says|speech) != 0 {
			break
		}
		if r.marks[i].end || r.doer > 0 && i == r.doer-1 {
			return false
		}
	}
	return true
}

// ahead is the title before a name, right before it or parted by what it is the title of; -1 for none.
func (r *reading) ahead(i int) int {
	for k := i - 1; k >= 0 && k >= i-6; k-- {
		gap := strings.Trim(r.gap(k), " \u00a0\u202f\u200c")
		if gap != "" && !(k < i-1 || gap == "،" || gap == ",") || k < i-1 && gap != "" {
			return -1
		}
		m := r.marks[k]
		if m.end {
			return k
		}
		if m.role&(says|called) != 0 || m.role&stop != 0 && m.role&within_ == 0 {
			return -1
		}
	}
	return -1
}

// speaks reports whether a verb of saying stands behind a name, a postposition between, or before it.
func (r *reading) speaks(from, to int) bool {
	if from > 0 && r.marks[from-1].role&says != 0 {
		return true
	}
	for k := to; k < len(r.tokens) && k < to+2; k++ {
		if r.marks[k].role&says != 0 {
			return true
		}
		if r.marks[k].role&stop == 0 {
			return false
		}
	}
	return false
}

// beside reports whether a street, a prize, an institute stands before a name or its title, or behind the name.
func (r *reading) beside(start, from, to int) bool {
	for i := start - 1; i >= 0 && i >= start-2 && r.spaced(i); i-- {
		if r.marks[i].role&called != 0 {
			return true
		}
	}
	if from-1 >= start && r.marks[from-1].role&(called|thing) != 0 {
		return true
	}
	if !r.before && to+1 < len(r.tokens) && r.spaced(to-1) && r.spaced(to) && r.marks[to].role == 0 && r.marks[to+1].role&thing != 0 { // a name, a word and a mill
		return true
	}
	if start > 0 && r.marks[start-1].role&thing != 0 && r.spaced(start-1) && !(to < len(r.tokens) && r.marks[to].role&agent != 0) {
		return true
	}
	return to < len(r.tokens) && r.spaced(to-1) && (r.marks[to].role&called != 0 || r.marks[to].role&thing != 0 && !r.before)
}
