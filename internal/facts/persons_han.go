package facts

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/names"
)

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
	fold := func(i int) string { return r.tokens[i].Fold } // traditional characters as simplified ones
	next := func(i int) bool { return i+1 < len(r.tokens) && r.tokens[i+1].Start == r.tokens[i].End }
	han := func(i int) bool {
		first, _ := utf8.DecodeRuneInString(fold(i))
		return unicode.Is(unicode.Han, first)
	}
	joined := func(i int) bool { // a dot between
		return i+1 < len(r.tokens) && i >= 0 && strings.Contains("·•‧・", r.gap(i)) && r.gap(i) != ""
	}
	for i := 0; i < len(r.tokens); i++ {
		if to := r.presides(i); to > 0 {
			r.han2(i, to)
			i = to - 1
			continue
		}
		if joined(i) { // 马拉特·塞托夫
			from := i
			for from > 0 && next(from-1) && r.han.sound[fold(from-1)] && !r.marks[from-1].end && r.han.sound[fold(from)] && i-from < 7 {
				from--
			}
			to := i + 1
			for to+1 < len(r.tokens) && (next(to) || joined(to)) && r.han.sound[fold(to+1)] && r.marks[to+1].role&(stop|says|thing|called|titled) == 0 {
				to++
			}
			to++
			begins := from == 0 || !next(from-1) || r.marks[from-1].role&(stop|says|titled|called|thing|no) != 0 || r.endsKnown(from)
			ends := to == len(r.tokens) || !next(to-1) || r.marks[to].role&(stop|says|titled|called|thing|no) != 0
			if begins && ends && to-from >= 3 && r.han.sound[fold(i)] && r.han.sound[fold(i+1)] {
				r.han2(from, to)
			}
			i = to - 1
			continue
		}
		if !r.han.surname[fold(i)] && !(next(i) && r.han.surname[fold(i)+fold(i+1)]) || r.marks[i].role&(titled|no|called) != 0 {
			continue
		}
		first := 1
		if next(i) && r.han.surname[fold(i)+fold(i+1)] {
			first = 2
		}
		behind := i > 0 && r.marks[i-1].end && next(i-1)
		starts := behind || i == 0 || !next(i-1) || r.marks[i-1].role&(stop|says) != 0
		for _, n := range []int{first + 2, first + 1} {
			to := i + n
			if to > len(r.tokens) {
				continue
			}
			whole, given := true, n == first+2
			for k := i; k+1 < to; k++ {
				given = given && (k+1 < i+first || r.han.second[fold(k+1)])
				whole = whole && next(k) && han(k+1) && r.marks[k+1].role&(titled|called|no|stop|says|within_) == 0
			}
			name := ""
			if whole {
				for k := i; k < to; k++ {
					name += fold(k)
				}
			}
			if !whole || r.han.not[name] || r.han.not[firstRunes(name, 2)] {
				continue
			}
			ended := to == len(r.tokens) || !next(to-1) && !joined(to-1) || next(to-1) && (!han(to) || r.marks[to].role&(stop|says) != 0) // 王毅8日
			before := to < len(r.tokens) && next(to-1) && r.marks[to].role&titled != 0 && r.starting(to)
			met := given && ended && i > 0 && next(i-1) && !behind && r.marks[i-1].role&(stop|says) != 0 // received somebody
			if behind && (ended || given) || met || starts && before && !behind {
				r.han2(i, to)
				i = to - 1
				break
			}
		}
	}
}

// presides is where a foreign name ends that stands at token i right behind the office of a country (哈萨克斯坦总统托卡耶夫); 0 if none does.
// Of one part it is believed, since nothing but a name stands there in the characters of foreign names alone.
func (r *reading) presides(i int) int {
	if i == 0 || !r.marks[i-1].end || r.marks[i-1].office == "" || r.tokens[i-1].End != r.tokens[i].Start || !r.endsKnown(r.marks[i-1].start) {
		return 0
	}
	on := func(k int) bool { return k == i || r.gap(k-1) == "" || strings.Contains("·•‧・-", r.gap(k-1)) }
	to := i
	for to < len(r.tokens) && to < i+14 && r.han.sound[r.tokens[to].Fold] && on(to) {
		to++
	}
	if to < len(r.tokens) && r.tokens[to-1].Fold == "夫" && r.tokens[to].Fold == "人" { // his wife
		return 0
	}
	if to > i+2 && r.tokens[to-1].Fold == "本" { // 本周, 本人
		to--
	}
	most := to
	for ; to > i+1; to-- {
		if to == len(r.tokens) || !on(to) || r.marks[to].role&(stop|says) != 0 || to == most && to > i+2 && r.marks[to].role&(titled|thing|called) == 0 && r.tokens[to].Fold != "之" {
			return to
		}
	}
	return 0
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
			r.koreanBehind(i)
			// A foreign name: a known given name and one word more.
			if given, _ := r.isGiven(r.tokens[i]); given && i+2 < len(r.tokens) && r.spaced(i) && r.spaced(i+1) && r.marks[i+1].role&(titled|no|thing|called) == 0 {
				if title := r.following(i + 2); title >= 0 && !r.known(i, i+2) && (i == 0 || r.marks[i-1].role&(called|thing) == 0) && !r.after(title+1) {
					r.tell(r.text[r.tokens[i].Start:r.tokens[i+1].End], r.koreanOffice(title, i), []string{r.tokens[i].Fold, r.tokens[i+1].Fold}, true)
				}
			}
			continue
		}
		title := r.following(i + 1)
		if title < 0 {
			r.koreanBehind(i)
			continue
		}
		if r.after(title+1) || r.known(i, i+1) {
			continue
		}
		r.tell(name, r.koreanOffice(title, i), []string{name}, true)
	}
}

// koreanOffice is the office of the title that ends at token title, behind a name at token i; none where an acting one's word stands behind it.
func (r *reading) koreanOffice(title, i int) string {
	if title+1 < len(r.tokens) && r.spaced(title) && r.marks[title+1].role&former != 0 {
		return ""
	}
	return r.office(title, i)
}

// koreanBehind tells of the person named at token i right behind a title of his, with or without a particle: 장관 김철수가.
func (r *reading) koreanBehind(i int) {
	if i == 0 || !r.spaced(i-1) || !r.marks[i-1].end || r.particled(r.raw(i-1)) != r.raw(i-1) && !r.exact(i-1, titled) { // behind 'the minister' as who does something stands another's name
		return
	}
	if before := r.marks[i-1].start - 1; before >= 0 && r.spaced(before) && utf8.RuneCountInString(r.raw(before)) < 5 && r.koreanName(r.raw(before)) {
		return // the title of whoever stands before it
	}
	name := r.particled(r.raw(i))
	if name == r.raw(i) && r.spaced(i) && r.marks[i+1].role&titled == 0 { // neither a particle nor another title
		return
	}
	if utf8.RuneCountInString(name) < 3 || utf8.RuneCountInString(name) > 4 || r.han.not[name] || !r.koreanName(name) || r.known(i, i+1) || r.after(i+1) {
		return
	}
	r.tell(name, r.office(i-1, i), []string{name}, true)
}

// particled is a Korean name of three syllables without the particle behind it.
func (r *reading) particled(w string) string {
	for _, p := range r.cases {
		if rest, ok := strings.CutSuffix(w, p); ok && utf8.RuneCountInString(rest) >= 2 {
			return rest
		}
	}
	return w
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
		if r.marks[k].end {
			for k+1 < len(r.tokens) && r.spaced(k) && r.exact(k, titled) && r.marks[k+1].end { // the president's adviser
				k++
			}
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
