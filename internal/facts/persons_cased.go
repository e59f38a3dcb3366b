package facts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

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
	return m&no != 0 && !(given && bare) && !r.fatherBefore(i)
}

// fatherBefore reports whether token i, which is another word too (нам a party, пүрэв Thursday), is whose child somebody is: within a
// sentence, with a given name behind it.
func (r *reading) fatherBefore(i int) bool {
	if !r.initials || i == 0 || i+1 >= len(r.tokens) || !r.spaced(i-1) || !r.spaced(i) || !r.capital(i) || !r.capital(i+1) || r.capital(i-1) && !r.marks[i-1].end {
		return false
	}
	given, _ := r.isGiven(r.tokens[i+1])
	return given && r.marks[i+1].role&(no|thing) == 0 && r.fathers(part{from: i, to: i + 1})
}

// run collects the parts of a name from token i on.
func (r *reading) run(i int) []part {
	var parts []part
	add := func(from, to int) {
		p := part{from: from, to: to, initial: r.initial(from) && to == from+1}
		if !p.initial {
			k := r.tokens[to-1]
			if p.given, p.bare = r.isGiven(r.tokens[from]); p.given && !p.bare && r.known(from, from+1) { // Кения and no Кен
				p.given = false
			}
			fold := r.uncut(k)
			p.father = r.isFather(to-1) || r.ends(r.patronym, fold)
			p.surname = !p.father && r.ends(r.surname, fold)
			p.weak = !p.father && (r.ends(r.weak, fold) || to > from+1 && r.weak[fold]) // Бат-Эрдэнэ
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
		case !r.capital(to) || r.breaks(to) || r.uncut(r.tokens[to-1]) != r.tokens[to-1].Fold: // James'e Lakers: whoever has an ending has no more parts
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

// fathers reports whether a part of a name is whose child somebody is, as Mongolian writes it: Ухнаагийн Хүрэлсүх.
func (r *reading) fathers(p part) bool {
	if !r.initials || p.initial || r.known(p.from, p.to) {
		return false
	}
	raw := r.raw(p.to - 1)
	return slices.ContainsFunc([]string{"ын", "ийн", "ны", "ний"}, func(s string) bool {
		return strings.HasSuffix(raw, s) && utf8.RuneCountInString(raw) > utf8.RuneCountInString(s)+2
	})
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
		if c, _ := utf8.DecodeRuneInString(strings.TrimLeft(raw[i:], "'’")); !unicode.IsUpper(c) { // not Dell'Acqua
			return lang.Fold(r.tag, raw[:i])
		}
	}
	return k.Fold
}

// candidate is a run of parts that may be a person's name, with what stands beside it.
type candidate struct {
	parts                                         []part
	from, to                                      int  // tokens
	moved, cut                                    bool // parts before, behind were left out
	placed                                        bool // behind it stands the place where
	direct, title, apposed                        int  // the title right before, the nearest one before, the one behind a comma; -1 for none
	given, surname, weak, patronym, initial, bare bool // of one of its parts
	full                                          int  // parts that are no initials
}

// judge tells of the person whom a run of parts names, if it is certain that it does.
func (r *reading) judge(run []part) {
	if r.before && r.title(run[0].from-1) >= 0 { // президент России Сейтов
		from := run[0].from
		for k := len(run) - 1; k > 0; k-- {
			to := run[k].from
			if last, _ := utf8.DecodeLastRuneInString(r.raw(to - 1)); r.people.tag == lang.RU && !strings.ContainsRune("аяыиуюео", last) { // Даниил is no genitive of Дания
				continue
			}
			if !run[k-1].given && !run[k-1].surname && slices.ContainsFunc(names.Mentions(r.tag, r.text, r.tokens[from:to]), func(m names.Mention) bool {
				return m.From == 0 && m.To == to-from && (m.Name.Kind == names.Country || m.Name.Kind == names.Place)
			}) {
				run = run[k:]
				break
			}
		}
	}
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
		c.title = r.distant(first, c.from, c.to)
	}
	if c.title < 0 {
		c.apposed = r.behind(c.to)
	}
	theirs := c.title < 0 || r.titleOf(c.title, c.from, c.to)
	if !r.certain(&c) || r.bears(&c) || r.known(c.from, c.to) {
		return
	}
	office := ""
	switch {
	case c.title >= 0:
		if theirs {
			office = r.office(c.title, c.from)
		}
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
	r.last = c.to
	if !r.done(c.to - 1) {
		r.doer = c.to
	}
}

// titleOf reports whether the title that ends at token title is that of the person named by tokens[from:to]. It is not where something
// is done to him or with him and nobody else stands in the sentence who does it: in 'the minister Marat Seitov (accusative)
// received' the minister received him. In Russian a title and its name stand in one case.
func (r *reading) titleOf(title, from, to int) bool {
	if r.people.tag == lang.RU {
		return r.agree(title, from, to)
	}
	if !r.done(to - 1) {
		return true
	}
	start := r.marks[title].start
	if start > 0 && r.spaced(start-1) && r.marks[start-1].role&owned != 0 { // Tajik: with the minister
		return true
	}
	for i := start - 1; i >= 0; i-- {
		if strings.ContainsAny(r.gap(i), ".!?;:\n") || r.marks[i].role&says != 0 {
			return false
		}
		if i == r.doer-1 || r.marks[i].end && r.exact(i, titled) { // the president received the minister Marat Seitov
			return true
		}
	}
	return false
}

// done reports whether something is done to whom the word at token i names, or with him, by its case or by the word behind it.
func (r *reading) done(i int) bool {
	if i+1 < len(r.tokens) && r.spaced(i) && r.marks[i+1].role&object != 0 { // 'with': 'and', where somebody else follows
		return i+2 >= len(r.tokens) || !r.spaced(i+1) || !r.capital(i+2) && r.marks[i+2].role&titled == 0
	}
	raw := r.raw(i)
	if r.people.tag == lang.TR {
		at := strings.IndexAny(raw, "'’")
		if at < 0 {
			return false
		}
		return slices.Contains(r.objects, strings.TrimLeft(raw[at:], "'’")) || r.owning(i)
	}
	if given, bare := r.isGiven(r.tokens[i]); given && bare || r.whole(r.tokens[i].Fold) {
		return false
	}
	if slices.ContainsFunc(r.objects, func(s string) bool {
		return strings.HasSuffix(raw, s) && utf8.RuneCountInString(raw) > utf8.RuneCountInString(s)+2
	}) {
		return true
	}
	return r.owning(i)
}

// owning reports whether a word behind token i, of which what that names may be the owner, has the case of something that is done
// something to: 'listened to Marat Seitov's report'.
func (r *reading) owning(i int) bool {
	if !r.inflected(i) || i+1 >= len(r.tokens) || !r.spaced(i) || r.capital(i+1) || r.marks[i+1].role&titled != 0 {
		return false
	}
	raw := r.raw(i + 1)
	return slices.ContainsFunc(r.ownedCases, func(s string) bool { return strings.HasSuffix(raw, s) })
}

// oblique are the endings of Russian surnames in ov, ev, in that neither a man's nor a woman's has in the nominative.
var oblique = []string{"ову", "овым", "ове", "овой", "еву", "евым", "еве", "евой", "ину", "иным", "иной", "скому", "ским", "ского", "ской", "скую"}

// agree reports whether a Russian title and a name behind it may stand in one case.
func (r *reading) agree(title, from, to int) bool {
	start := r.marks[title].start
	if start < title && r.gap(start) == "-" { // премьер-министра
		start++
	}
	head, last := r.raw(start), r.raw(to-1)
	turned := slices.ContainsFunc([]string{"а", "у", "ом", "ем"}, func(s string) bool { return strings.HasSuffix(head, s) }) && !strings.EqualFold(head, "глава")
	end, _ := utf8.DecodeLastRuneInString(head)
	given, bare := r.isGiven(r.tokens[from])
	given = given && !(to == from+1 && r.ends(r.surname, r.tokens[from].Fold)) // Алиев is no Али
	bare = bare && r.gap(from) != "-"                                          // Касым-Жомарта
	if turned {
		if strings.HasSuffix(head, "а") && slices.ContainsFunc([]string{"ову", "еву", "скую"}, func(s string) bool { return strings.HasSuffix(last, s) }) {
			return false
		}
		c, _ := utf8.DecodeLastRuneInString(r.raw(from))
		d, _ := utf8.DecodeLastRuneInString(last)
		if given && bare && strings.ContainsRune("бвгджзклмнпрстфхцчш", c) && !strings.ContainsRune("аяоеуюйэ", d) { // of the minister Тимур Ли: he is somebody else
			return false
		}
		return !given || !bare || !slices.ContainsFunc([]string{"ов", "ев", "ёв", "ин", "ский", "ова", "ева", "ина", "ская"}, func(s string) bool { return strings.HasSuffix(last, s) })
	}
	return strings.ContainsRune("яюеёоиыэ", end) || !(given && !bare) && !slices.ContainsFunc(oblique, func(s string) bool { return strings.HasSuffix(last, s) })
}

// extent is where in a run a name begins and ends: at a given name or the surname before it, and behind the first surname that
// is not its beginning and the patronymic behind that. false if that cannot be told.
func (r *reading) extent(c *candidate, parts []part) bool {
	first := parts[0].from
	opening := first == 0 || strings.ContainsAny(r.gap(first-1), ".!?\n:")
	eastern := r.people.tag == lang.EN && c.direct >= 0 && len(parts) == 2 && !r.known(first, first+1) // Ambassador Lin Wei
	if g := slices.IndexFunc(parts, func(p part) bool { return p.given }); g > 0 && !eastern && !parts[0].initial && !parts[g-1].initial && !parts[g].father {
		s := g
		if r.fathers(parts[g-1]) || !r.known(parts[g-1].from, parts[g-1].to) && (parts[g-1].surname || g+1 < len(parts) && parts[g+1].father && !parts[g+1].given && (g > 1 || !opening)) { // not the country of a minister
			s = g - 1
		}
		if s > 0 && !opening && c.direct < 0 && !r.known(parts[0].from, parts[s].from) {
			return false
		}
		if s == g-1 && parts[s].surname && len(parts) > g+1 && parts[g+1].surname && !parts[g+1].father { // two surnames beside one given name: two persons
			return false
		}
		parts, c.moved = parts[s:], s > 0
	}
	if parts[0].father && !parts[0].given && len(parts) < 3 {
		return false
	}
	for n := len(parts); c.direct >= 0 && n > 1 && !parts[n-1].given && !parts[n-1].initial && !parts[n-1].surname && r.inflected(parts[n-1].to-1) && r.known(parts[n-1].from, parts[n-1].to); n-- {
		parts, c.placed = parts[:n-1], true // President Erdoğan in Ankara
	}
	if n := len(parts); n == 3 && parts[0].given && !parts[2].given && !parts[2].initial && r.uncut(r.tokens[parts[2].to-1]) != r.tokens[parts[2].to-1].Fold && r.known(parts[2].from, parts[2].to) {
		parts = parts[:2] // Mehmet Yılmaz Ankara'da
	}
	if len(parts) == 3 && r.fathers(parts[0]) && r.known(parts[2].from, parts[2].to) {
		parts = parts[:2] // Доржийн Болд Казахстаны
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
	right := (c.direct >= 0 || c.title >= 0 && r.endsKnown(c.from)) && !c.moved && !c.cut // all of it stands right behind a title, or behind its country
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
	case c.given && c.parts[0].given && n == 2 && !c.cut && !last.initial && !r.common(c.parts) && !r.shouted(c.from, c.to) && (r.byItself(c) || !c.moved && !ending && c.bare && r.inside(c.from)):
		return true
	case c.initial && c.full <= 2 && r.native(c.parts):
		return c.surname || r.initials || !c.cut && (c.direct >= 0 || r.saying(c.from, c.to))
	case n == 2 && !c.cut && r.fathers(c.parts[0]) && !last.father && !ending && (c.direct >= 0 || r.saying(c.from, c.to)): // Батын Эрдэнэ; the name itself may be a word too
		return !r.shouted(c.from, c.to) && !r.common(c.parts[:1])
	case n == 2 && !c.cut && (c.parts[0].given || last.given) && r.fathers(c.parts[0]) && !last.initial && c.from > 0 && r.spaced(c.from-1): // somebody's child, by a known name: whose own may be a word too
		return !r.shouted(c.from, c.to)
	case r.initials && right && n == 1 && (last.weak || last.given && last.bare): // a Mongolian minister is called by his own name alone
		return !r.shouted(c.from, c.to) && !r.common(c.parts)
	case c.surname && n == 2 && (right || c.direct >= 0 || c.apposed >= 0 || r.saying(c.from, c.to)):
		return true
	case right && n == 1 && r.bearer(c, ending):
		return !r.shouted(c.from, c.to) && !r.common(c.parts)
	case right && (n == 1 && (polite || c.surname) || n == 2 && !ending && r.native(c.parts) && (!r.asWritten || c.weak) && (!polite || r.people.tag == lang.EN)):
		return !r.shouted(c.from, c.to) && !r.common(c.parts)
	}
	return false
}

// ofState are the offices behind which one word names who holds it: a company's director may stand before its name.
var ofState = []string{"president", "vicepresident", "primeminister", "deputyprimeminister", "foreignminister", "minister", "deputyminister", "speaker", "governor", "senator"}

// bearer reports whether one word right behind an office (President Erdoğan) is its bearer: it ends as surnames do, does or says something, or the text
// calls him so without the office too.
func (r *reading) bearer(c *candidate, ending bool) bool {
	p := c.parts[0]
	word := r.tokens[p.to-1]
	if !slices.Contains(ofState, r.marks[c.title].office) || p.initial || p.given && p.bare || ending || !r.native(c.parts) || utf8.RuneCountInString(word.Fold) < 3 {
		return false
	}
	if r.people.tag == lang.TG && strings.HasSuffix(r.raw(p.to-1), "и") { // izafet: a name ends in ӣ
		return false
	}
	if r.ends(r.weak, r.uncut(word)) {
		return true
	}
	if last, _ := utf8.DecodeLastRuneInString(r.raw(p.to - 1)); word.Stem != word.Fold && strings.ContainsRune("ıiuüыиіуү", last) && !r.before && r.people.tag != lang.EN { // the president's administration, in izafet
		return false
	}
	pause := c.to < len(r.tokens) && strings.HasPrefix(r.gap(c.to-1), ":")
	return r.saying(c.from, c.to) || r.byItself(c) || pause || c.placed
}

// inside reports whether token i stands within a sentence, behind a word in small letters that stands before no place.
func (r *reading) inside(i int) bool {
	if i == 0 || !r.spaced(i-1) || r.marks[i-1].role&at != 0 {
		return false
	}
	c, _ := utf8.DecodeRuneInString(r.raw(i - 1))
	return unicode.IsLower(c)
}

// byItself reports whether the text speaks of the last part of a name by itself too, as it does of people: Marat Tolen, and
// later Tolen said; not of Victoria Falls, which stay whole.
func (r *reading) byItself(c *candidate) bool {
	last := c.parts[len(c.parts)-1]
	stem := r.tokens[last.to-1].Stem
	if utf8.RuneCountInString(stem) < 3 {
		return false
	}
	for i, k := range r.tokens {
		if k.Stem != stem || i >= c.from && i < c.to || !r.capital(i) || r.marks[i].role&(no|thing|place) != 0 {
			continue
		}
		opens := i > 0 && (i == 1 || strings.ContainsAny(r.gap(i-2), ".!?\n")) // Later Tolen said: only a given name says otherwise
		if opens {
			given, _ := r.isGiven(r.tokens[i-1])
			opens = !given
		}
		if (i == 0 || opens || !r.capital(i-1) || !r.spaced(i-1)) && (i+1 == len(r.tokens) || !r.spaced(i) || !r.capital(i+1) && r.marks[i+1].role&(thing|place) == 0) {
			return true
		}
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

// distant is the title from which a name is parted by what it is the title of: 'minister of water of Altinsu Marat Seitov'. What the bearer of a title does to
// somebody, or does with him, makes it nobody else's: 'the president received Marat Seitov'.
func (r *reading) distant(first, from, to int) int {
	if from > 0 && r.spaced(from-1) && (r.marks[from-1].role&owned != 0 || lang.Stop(r.tag, r.tokens[from-1].Fold)) { // the minister's letter to Marat Seitov
		return -1
	}
	if first > 0 && strings.Contains(r.gap(first-1), ",") { // the mayor, Marat Seitov, said; not: on behalf of the mayor, Marat Seitov said
		if !r.marks[first-1].end || to < len(r.tokens) && r.spaced(to-1) {
			return -1
		}
		return first - 1
	}
	for i := first - 1; i >= 0 && i >= first-7; i-- {
		gap := r.gap(i)
		if strings.ContainsAny(gap, ".!?;:()\n—–") || strings.Contains(gap, ",") && i < first-1 {
			return -1
		}
		if r.marks[i].role&(says|called) != 0 || i == r.last-1 { // or somebody else's name
			return -1
		}
		if r.marks[i].end {
			if r.parted(i+1, first) || r.tag == lang.EN && i+1 < first && r.marks[i+1].role&owned == 0 { // minister of, ambassador to
				return -1
			}
			return i
		}
	}
	return -1
}

// parted reports whether an act or an 'and' stands among tokens[from:to].
func (r *reading) parted(from, to int) bool {
	if l := lexiconOf(r.tag); l != nil && slices.ContainsFunc(l.find(r.tokens[from:to]), func(h hit) bool { return h.kind != "" }) {
		return true
	}
	w := wordsOf(r.tag)
	return w != nil && slices.ContainsFunc(w.find(r.tokens[from:to]), func(h hit) bool { return h.mark == "and" })
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
		if cut := r.uncut(r.tokens[to-1]) != r.tokens[to-1].Fold; r.spaced(to-1) && (r.marks[to].role&called != 0 || r.marks[to].role&(thing|place) != 0 && !cut && (r.capital(to) || !r.before && !r.isBare(r.tokens[to].Fold))) {
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
		if r.marks[i].role&called != 0 && (i == 0 || !r.spaced(i-1) || !r.marks[i-1].end) { // in the name of the president, by whose title it stands
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
	if m.start > 0 && r.spaced(m.start-1) && r.marks[m.start-1].role&kin != 0 && r.people.tag != lang.UR {
		return "" // the wife of the president: it may be the one or the other
	}
	if r.exactly[r.tokens[i].Fold] == m.office && m.start == i && name == i+1 && !(i == 0 || !r.spaced(i-1) || r.marks[i-1].role&stop != 0 || lang.Stop(r.tag, r.tokens[i-1].Fold)) {
		return "" // behind a verb it may be who does it to whom is named: the President appointed Leila Mansour
	}
	for k := m.start - 1; k >= 0 && k >= m.start-3; k-- {
		if gap := r.gap(k); strings.Trim(gap, " \u00a0\u202f-\u2010\u2011") != "" && !(strings.Trim(gap, " \u00a0\u202f") == "." && r.marks[k].role&former != 0) { // и. о.
			break
		}
		if r.marks[k].end && k < m.start-1 && r.people.tag == lang.EN && (r.marks[m.start-1].role&owned != 0 || r.marks[m.start-1].role&at != 0) {
			return "" // the spokesman for the minister: it may be the one or the other
		}
		if r.marks[k].end && k == m.start-1 && r.marks[k].role&polite == 0 && (r.people.tag == lang.TG || r.people.tag == lang.FA || r.people.tag == lang.AR) {
			return "" // the president's adviser
		}
		if r.marks[k].role&former != 0 || k >= m.start-2 && r.marks[k].role&org != 0 || k == m.start-1 && r.marks[k].role&thing != 0 {
			return ""
		}
	}
	for k := i + 1; k < name || name < 0 && k < len(r.tokens) && k < i+4; k++ {
		if name < 0 && strings.ContainsAny(r.gap(k-1), ",.;:!?()\n،؛") {
			break
		}
		if r.marks[k].role&(former|org|thing|kin) != 0 {
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
		named := i > 0 && r.marks[i-1].end || i > 1 && r.marks[i-2].end // somebody's name
		if c, _ := utf8.DecodeRuneInString(w); !(named && r.capital(i)) && utf8.RuneCountInString(w) > 3 && unicode.IsLetter(c) && (r.marks[i].role&titled == 0 || unicode.IsLower(c)) {
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
		stem := utf8.RuneCountInString(k.Stem)
		if len(names.Concepts(r.tag, k.Stem)) > 0 && !((p.surname || stem < 3) && utf8.RuneCountInString(k.Fold) > stem+2) { // Тасаев is nothing of тас
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
