package facts

import (
	"strings"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// uncased finds persons in the Arabic script, which has no capitals: a known given name, behind a title or before a verb
// of saying, and the words up to one that ends a name.
func (r *reading) uncased() {
	for i := 0; i < len(r.tokens); i++ {
		if r.marks[i].role&(stop|says|thing|no|called) != 0 || r.marks[i].role&titled != 0 && !r.marks[i].end {
			continue
		}
		given, bare := r.isGiven(r.tokens[i])
		polite := i > 0 && r.marks[i-1].end && r.marks[i-1].role&polite != 0 && r.spaced(i-1)
		if !given && !polite || r.marks[i].role&titled != 0 {
			continue
		}
		to, ended, sure := r.reach(i)
		title := r.ahead(i)
		apposed := -1
		if title < 0 {
			apposed = r.behind(to)
		}
		n, unknown := to-i, 0
		for k := i; k < to; k++ {
			if given, _ := r.isGiven(r.tokens[k]); !given && r.marks[k].role&particle == 0 {
				unknown++
				if w := r.raw(k); utf8.RuneCountInString(w) < 3 || w[0] < utf8.RuneSelf || strings.Contains(w, " ") {
					unknown = 9
				}
			}
		}
		switch {
		case n > 4 || unknown > 1 || r.raw(i)[0] < utf8.RuneSelf:
			continue
		case r.tokens[i].Stem != r.tokens[i].Fold && !bare && r.people.tag != lang.AR:
			continue
		case given && n >= 2 && sure:
		case given && n >= 2 && ended && (title >= 0 || apposed >= 0 || r.speaks(i, to)):
		case polite && ended && (given && n == 1 || !given && n == 1 && r.speaks(i, to)):
		default:
			continue
		}
		start := i
		if title >= 0 {
			start = r.marks[title].start
		}
		if r.quoted(r.tokens[i].Start, r.tokens[to-1].End) || r.beside(start, i, to) || r.known(i, to) {
			i = to - 1
			continue
		}
		office := ""
		switch {
		case title >= 0:
			office = r.office(title, i)
		case apposed >= 0:
			office = r.office(apposed, -1)
		}
		name := r.text[r.tokens[i].Start:r.tokens[to-1].End]
		if r.people.tag == lang.AR && !r.given[r.tokens[i].Fold] { // 'and', 'to', 'by' are written together with the name
			_, size := utf8.DecodeRuneInString(name)
			if rest := lang.Tokens(r.tag, name[size:]); len(rest) > 0 && r.given[rest[0].Fold] {
				name = name[size:]
			}
		}
		var stems []string
		for k := i; k < to; k++ {
			stems = append(stems, r.tokens[k].Stem)
		}
		r.tell(name, office, stems, true)
		i = to - 1
	}
}

// reach is where the name that begins at token i ends; ended: a word or sign that ends a name stands there, sure: the last
// word has a surname's ending.
func (r *reading) reach(i int) (to int, ended, sure bool) {
	for to = i + 1; to < len(r.tokens) && to < i+6; to++ {
		if !r.spaced(to - 1) {
			return to, true, false
		}
		m := r.marks[to].role
		if m&(stop|says|called) != 0 || m&titled != 0 {
			return to, true, false
		}
		if m&(thing|no) != 0 {
			return to, m&no == 0, false
		}
		if c := r.raw(to)[0]; c < 'A' { // a number
			return to, true, false
		}
		for _, s := range r.strong {
			if f := r.tokens[to].Fold; strings.HasSuffix(f, s) && utf8.RuneCountInString(f) > utf8.RuneCountInString(s)+1 {
				return to + 1, to+1 == len(r.tokens) || !r.spaced(to) || r.marks[to+1].role&(stop|says) != 0, true
			}
		}
		if to > i+1 && r.people.tag != lang.AR && r.plain(to) { // Arabic writes prepositions and words as one
			return to, true, false
		}
	}
	return to, to == len(r.tokens), false
}

// plain reports whether token i is a word of the language that is no part of a name: not one that is a given name too or ends as
// surnames do, with an i.
func (r *reading) plain(i int) bool {
	k := r.tokens[i]
	if given, _ := r.isGiven(k); given || !lang.Ordinary(r.people.tag, k.Fold, k.Stem) {
		return false
	}
	return !strings.HasSuffix(r.raw(i), "ی")
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
		if r.marks[i].role&called != 0 || r.marks[i].role&thing != 0 && i == start-1 {
			return true
		}
	}
	if from-1 >= start && r.marks[from-1].role&(called) != 0 {
		return true
	}
	if start == from && from > 0 && r.marks[from-1].role&thing != 0 && r.spaced(from-1) {
		return true
	}
	return to < len(r.tokens) && r.spaced(to-1) && (r.marks[to].role&called != 0 || r.marks[to].role&thing != 0 && !r.before)
}

// hanNames are the surnames of Chinese or Korean, the syllables of given names, and what looks like a name and is none.
type hanNames struct {
	surname, second, sound map[string]bool
	not                    map[string]bool
}

func newHanNames() *hanNames {
	return &hanNames{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

func (h *hanNames) add(section, f string) {
	set := map[string]map[string]bool{"surnames": h.surname, "second": h.second, "sound": h.sound, "notname": h.not}[section]
	if section == "second" || section == "sound" {
		for _, c := range f {
			set[string(c)] = true
		}
		return
	}
	set[f] = true
}

// chinese finds persons in Chinese: a surname and one or two characters between a title and a word that ends a name, or
// before a title; and foreign names, whose parts are joined by a dot.
func (r *reading) chinese() {
	next := func(i int) bool { return i+1 < len(r.tokens) && r.tokens[i+1].Start == r.tokens[i].End }
	joined := func(i int) bool { // a dot between
		return i+1 < len(r.tokens) && i >= 0 && strings.Contains("·•‧・", r.gap(i)) && r.gap(i) != ""
	}
	for i := 0; i < len(r.tokens); i++ {
		if joined(i) { // 马拉特·塞托夫
			from := i
			for from > 0 && next(from-1) && r.han.sound[r.raw(from-1)] && !r.marks[from-1].end && r.han.sound[r.raw(from)] && i-from < 7 {
				from--
			}
			to := i + 1
			for to+1 < len(r.tokens) && (next(to) || joined(to)) && r.han.sound[r.raw(to+1)] && r.marks[to+1].role&(stop|says|thing|called|titled) == 0 {
				to++
			}
			to++
			begins := from == 0 || !next(from-1) || r.marks[from-1].role&(stop|says|titled|called|thing|no) != 0 || r.endsKnown(from)
			ends := to == len(r.tokens) || !next(to-1) || r.marks[to].role&(stop|says|titled|called|thing|no) != 0
			if begins && ends && to-from >= 3 && r.han.sound[r.raw(i)] && r.han.sound[r.raw(i+1)] {
				r.han2(from, to)
			}
			i = to - 1
			continue
		}
		if !r.han.surname[r.raw(i)] && !(next(i) && r.han.surname[r.raw(i)+r.raw(i+1)]) || r.marks[i].role&(titled|no|called) != 0 {
			continue
		}
		first := 1
		if next(i) && r.han.surname[r.raw(i)+r.raw(i+1)] {
			first = 2
		}
		behind := i > 0 && r.marks[i-1].end && next(i-1)
		starts := behind || i == 0 || !next(i-1) || r.marks[i-1].role&(stop|says) != 0
		for _, n := range []int{first + 2, first + 1} {
			to := i + n
			if to > len(r.tokens) {
				continue
			}
			whole := true
			for k := i; k+1 < to; k++ {
				whole = whole && next(k) && r.marks[k+1].role&(titled|called|no|stop|says|within_) == 0
			}
			name := ""
			if whole {
				name = r.text[r.tokens[i].Start:r.tokens[to-1].End]
			}
			if !whole || r.han.not[name] || r.han.not[firstRunes(name, 2)] {
				continue
			}
			ended := to == len(r.tokens) || !next(to-1) && !joined(to-1) || next(to-1) && r.marks[to].role&(stop|says) != 0
			before := to < len(r.tokens) && next(to-1) && r.marks[to].role&titled != 0 && r.starting(to)
			if behind && ended || starts && before && !behind {
				r.han2(i, to)
				i = to - 1
				break
			}
		}
	}
}

// starting reports whether a title begins at token i.
func (r *reading) starting(i int) bool {
	for k := i; k < len(r.tokens) && k < i+8; k++ {
		if r.marks[k].end {
			return r.marks[k].start == i
		}
	}
	return false
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// han2 tells of the person named by tokens[from:to], unless something bears that name.
func (r *reading) han2(from, to int) {
	title := -1
	if from > 0 && r.marks[from-1].end && r.tokens[from-1].End == r.tokens[from].Start {
		title = from - 1
	} else if to < len(r.tokens) && r.marks[to].role&titled != 0 && r.tokens[to].Start == r.tokens[to-1].End {
		for k := to; k < len(r.tokens) && k < to+8; k++ {
			if r.marks[k].end && r.marks[k].start == to {
				title = k
			}
		}
	}
	last := to
	if title >= to {
		last = title + 1
	}
	for k := last; k < len(r.tokens) && k < last+2 && r.tokens[k].Start == r.tokens[k-1].End; k++ {
		if r.marks[k].role&(called|thing) != 0 {
			return
		}
		if r.marks[k].role&(stop|says) != 0 {
			break
		}
	}
	start := from
	if title >= 0 && title < from {
		start = r.marks[title].start
	}
	if start > 0 && r.tokens[start-1].End == r.tokens[start].Start && r.marks[start-1].role&called != 0 || r.quoted(r.tokens[from].Start, r.tokens[to-1].End) || r.known(from, to) {
		return
	}
	office := ""
	if title >= 0 {
		if office = r.marks[title].office; title < from {
			office = r.office(title, from)
		}
	}
	name := r.text[r.tokens[from].Start:r.tokens[to-1].End]
	r.tell(name, office, []string{name}, true)
}

// korean finds persons in Korean: a surname of one syllable and two more as given names have them, a title behind it.
func (r *reading) korean() {
	for i := range r.tokens {
		if i+1 >= len(r.tokens) || r.marks[i].role&(titled|no|thing|called) != 0 {
			continue
		}
		name := r.raw(i)
		if n := utf8.RuneCountInString(name); n < 3 || n > 4 || r.han.not[name] || !r.koreanName(name) {
			// A foreign name: a known given name and one word more.
			if given, _ := r.isGiven(r.tokens[i]); given && i+2 < len(r.tokens) && r.spaced(i) && r.spaced(i+1) && r.marks[i+1].role&(titled|no|thing|called) == 0 {
				if title := r.following(i + 2); title >= 0 && !r.known(i, i+2) && (i == 0 || r.marks[i-1].role&(called|thing) == 0) && !r.after(title+1) {
					r.tell(r.text[r.tokens[i].Start:r.tokens[i+1].End], r.office(title, i), []string{r.tokens[i].Fold, r.tokens[i+1].Fold}, true)
				}
			}
			continue
		}
		title := r.following(i + 1)
		if title < 0 || r.after(title+1) || r.known(i, i+1) {
			continue
		}
		r.tell(name, r.office(title, i), []string{name}, true)
	}
}

// koreanName: a surname, and given syllables.
func (r *reading) koreanName(s string) bool {
	syllables := []rune(s)
	first := 1
	if r.han.surname[string(syllables[:2])] && len(syllables) == 4 {
		first = 2
	}
	if !r.han.surname[string(syllables[:first])] || len(syllables)-first != 2 {
		return false
	}
	for _, c := range syllables[first:] {
		if !r.han.second[string(c)] {
			return false
		}
	}
	switch last := syllables[len(syllables)-1]; last { // endings and particles, more often than names
	case '한', '의', '이', '인', '가', '도', '로', '만':
		return false
	case '은':
		return strings.ContainsRune("지하성다예시소채나고영정혜보", syllables[first])
	}
	return true
}

// following is where a title ends that stands at token i, or behind one to three words that say of what it is the title;
// -1 for none.
func (r *reading) following(i int) int {
	for k := i; k < len(r.tokens) && k < i+4; k++ {
		if !r.spaced(k-1) || r.marks[k].role&(stop|says) != 0 {
			return -1
		}
		if r.marks[k].end && r.marks[k].start <= k {
			return k
		}
		// Between a name and its title stand the names of offices and places only.
		if r.marks[k].role&(within_|titled|former) == 0 && !ministry(r.tokens[k].Fold) && len(names.Mentions(r.tag, r.text, r.tokens[k:k+1])) == 0 {
			return -1
		}
	}
	return -1
}

// ministry: 교통부, 환경청.
func ministry(s string) bool {
	return utf8.RuneCountInString(s) > 2 && (strings.HasSuffix(s, "부") || strings.HasSuffix(s, "청") || strings.HasSuffix(s, "처"))
}

// after reports whether something that bears a name stands at token i.
func (r *reading) after(i int) bool {
	return i < len(r.tokens) && r.spaced(i-1) && r.marks[i].role&(thing|called) != 0
}
