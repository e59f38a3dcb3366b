package names

import (
	"cmp"
	"embed"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

//go:embed cities.tsv
var cities string

//go:embed peoples.tsv
var peoples string

//go:embed world.tsv
var world string

//go:embed topics.tsv
var topics string

//go:embed concepts
var conceptFiles embed.FS

// Further kinds, of the gazetteer by which texts in sixteen languages are compared.
const (
	Region  Kind = "region"  // a place that is no city and no country
	Format  Kind = "format"  // what kind of event: a summit, a ministers' meeting
	Office  Kind = "office"  // who somebody is: president, foreign minister
	Ordinal Kind = "ordinal" // the how-manieth; its ID is the number
	Topic   Kind = "topic"   // what it is about, or what happens

	none Kind = "none" // words that begin like a name and tell of something else
)

// Mention is a place in a text where a thing is named.
type Mention struct {
	Name     Name
	From, To int // tokens, To exclusive

	home, given bool // what is to be seen before it is believed: see the rows of these kinds
}

// entry is one form in the gazetteer of a language: its words as they are keyed stand in gazetteer.words.
type entry struct {
	first uint32 // hash of the first word's stem
	at    uint32
	name  uint16 // place in all.names
	marks uint16
}

// What is to be known of a form. The lowest bits say how many words it has.
const (
	wordBits = 4

	loose   = 1 << (wordBits + iota) // found without a capital too
	told                             // names the thing itself, not its people
	wide                             // a region, which may have the name of a city in its own
	typed                            // who types it is led to the thing
	letters                          // an abbreviation: all its letters stand in every case
	capital                          // typed without its capital it is another word
	small                            // begins with a small letter itself
	brief                            // of few letters
	first                            // up to shortForm letters, the first of which is a capital; then the second, the third
)

func (e entry) words() int          { return int(e.marks & (1<<wordBits - 1)) }
func (e entry) is(mark uint16) bool { return e.marks&mark != 0 }

// capitals reports whether a text begins with the capitals of a short form: US is a country, Used is not.
func (e entry) capitals(text string) bool {
	for i := range shortForm {
		r, size := utf8.DecodeRuneInString(text)
		if e.is(first<<i) && unicode.IsLower(r) {
			return false
		}
		text = text[size:]
	}
	return true
}

// gazetteer holds the names of one language packed: a few dozen kilobytes, made when a text in that
// language is first read or somebody first types a name.
type gazetteer struct {
	entries  []entry         // by first, then the longest first
	text     string          // "fold\x00stem\x00" of every word, no stem where the word is its own
	not      map[string]bool // words that begin no name, as they are keyed
	between  map[string]bool // what joins names in a run of characters
	states   map[string]bool // what follows the name of a town of those states and a comma
	home     map[uint32]bool // forms believed only beside their country, by entry.at; then those that are given names too
	given    map[uint32]bool
	exact    map[uint32]string // forms that must be written like this
	tag      lang.Tag
	inflects *inflection
	grown    bool // words grow at their end by more than endings: Korean writes 러시아군 and 공격했다 as one
	signs    func() concepts
}

// joiner stands between two words of the Arabic script that are written as one.
const joiner = "\u200c"

// concepts are the signs that words describe, by the hash of their stems.
type concepts struct {
	of  []concept
	ids []uint16
}

// concept is a stem and where its signs stand, how many in the highest eight bits.
type concept struct {
	hash uint32
	at   uint32
}

var gazetteers sync.Map // code of a language -> func() *gazetteer

// hashed is FNV-1a.
func hashed(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

func base(t lang.Tag) string {
	code, _, _ := strings.Cut(string(t), "-")
	return code
}

func gazetteerOf(t lang.Tag) *gazetteer {
	code := base(t)
	f, ok := gazetteers.Load(code)
	if !ok && !slices.Contains(lang.Known(), lang.Tag(code)) {
		code = "und"
		f, ok = gazetteers.Load(code)
	}
	if !ok {
		f, _ = gazetteers.LoadOrStore(code, sync.OnceValue(func() *gazetteer { return newGazetteer(code) }))
	}
	return f.(func() *gazetteer)()
}

func newGazetteer(code string) *gazetteer {
	g := &gazetteer{inflects: &inflection{}, signs: func() concepts { return concepts{} }, home: map[uint32]bool{}, given: map[uint32]bool{}, exact: map[uint32]string{}}
	if code == "und" {
		return g
	}
	t := lang.Tag(code)
	g.tag, g.inflects, g.grown = t, inflectionOf(t), t == lang.KO
	codes := codesOf(code)
	hold := heldIn(codes...)
	g.not, g.between, g.states = hold.word, hold.between, hold.state
	index, towns, anywhere := load().index, heldRows().small, heldRows().capital
	type form struct {
		name uint16
		text string
	}
	had := map[form]int{}
	var words strings.Builder
	add := func(r row) {
		if hold.skip[r.text] {
			return
		}
		tokens := lang.Tokens(t, r.text)
		if len(tokens) == 0 || len(tokens) >= 1<<wordBits || !r.ours && tooShort(r.name.Kind, t, r.text) {
			return
		}
		var marks uint16
		mark := func(m uint16, is bool) {
			if is {
				marks |= m
			}
		}
		mark(told, r.told)
		mark(wide, r.name.Kind == Region)
		mark(typed, r.typed && !hold.text[r.text] && !(hold.home[r.text] && r.name.Kind == Place))
		f := form{index[r.name], r.text}
		if at, ok := had[f]; ok {
			g.entries[at].marks |= marks
			return
		}
		had[f] = len(g.entries)
		k := r.name.Kind
		mark(loose, (k == Format || k == Office || k == Ordinal || k == Topic || lower(r.text)) && !hold.capital[r.text])
		mark(capital, anywhere[r.text] || k == Place && towns[r.name.ID] && !lower(r.text))
		mark(letters, len(tokens) == 1 && abbreviated(r.text))
		mark(small, lower(r.text))
		n := utf8.RuneCountInString(r.text)
		mark(brief, n <= shortName)
		if n <= shortForm {
			for i, c := range []rune(r.text) {
				mark(first<<i, unicode.IsUpper(c))
			}
		}
		at := uint32(words.Len())
		if (k == Place || k == Region) && hold.home[r.text] {
			g.home[at] = true
		}
		if (k == Place || k == Country) && hold.given[r.text] {
			g.given[at] = true
		}
		if hold.exact[r.text] {
			g.exact[at] = r.text
		}
		g.entries = append(g.entries, entry{hashed(tokens[0].Stem), at, f.name, marks | uint16(len(tokens))})
		for _, k := range tokens {
			words.WriteString(k.Fold + "\x00")
			if k.Stem != k.Fold {
				words.WriteString(k.Stem)
			}
			words.WriteByte(0)
		}
	}
	eachRow(codes, func(r row) {
		add(r)
		if first, second, both := strings.Cut(r.text, " "); both && r.told && r.name.Kind != Body && t.Script() == "Arab" && t != lang.AR && !strings.Contains(second, " ") {
			r.text = first + joiner + second // written as one
			r.typed = false                  // which search does by itself
			add(r)
		}
		if bare, ok := strings.CutSuffix(r.text, g.inflects.dropped); ok && g.inflects.dropped != "" && r.told {
			r.text = bare
			add(r)
		}
	})
	g.text = words.String()
	sort.SliceStable(g.entries, func(i, k int) bool { // sort's, not slices': twenty kilobytes of the binary less
		a, b := g.entries[i], g.entries[k]
		return a.first < b.first || a.first == b.first && a.words() > b.words()
	})
	g.entries = slices.Clip(g.entries)
	g.signs = sync.OnceValue(func() (c concepts) {
		for _, code := range codes {
			if code != "prs" {
				table, err := conceptFiles.ReadFile("concepts/" + code + ".tsv")
				if err != nil {
					panic(err) // there is one for every language of ours
				}
				c.read(t, string(table))
			}
		}
		return c
	})
	return g
}

// abbreviated reports whether a form is one of initial letters: ЕС, AQSh.
func abbreviated(form string) bool {
	capitals, others := 0, 0
	for _, r := range form {
		if unicode.IsUpper(r) {
			capitals++
		} else {
			others++
		}
	}
	return capitals > 2 && others < 2 || capitals > 0 && others == 0
}

// listed tells every row of a table in some languages, nil for all. One with a heading has a column for each language and in it forms parted by |; in another one
// a row is kind, id, language and forms.
func listed(table string, codes []string, use func(kind, id, code string, forms []string)) {
	wanted := func(code string) bool { return codes == nil || slices.Contains(codes, code) }
	var columns []string
	for line := range strings.Lines(table) {
		if columns != nil && codes != nil { // the columns that are wanted, and no others
			row := strings.TrimRight(line, "\r\n")
			kind, row, _ := strings.Cut(row, "\t")
			id, row, _ := strings.Cut(row, "\t")
			for _, code := range columns[2:] {
				var forms string
				forms, row, _ = strings.Cut(row, "\t")
				if forms != "" && kind[0] != '#' && wanted(code) {
					use(kind, id, code, strings.Split(forms, "|"))
				}
			}
			continue
		}
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		switch {
		case strings.HasPrefix(line, "#") || len(f) < 3:
		case f[0] == "kind":
			columns = f
		case columns == nil && len(f) > 3 && !wanted(f[2]):
		case columns == nil && len(f) > 3:
			use(f[0], f[1], f[2], f[3:])
		default:
			for i := 2; i < len(f) && i < len(columns); i++ {
				if f[i] != "" {
					use(f[0], f[1], columns[i], strings.Split(f[i], "|"))
				}
			}
		}
	}
}

// bothNames: 'Myanmar (Burma)' is two names.
func bothNames(s string) []string {
	first, second, both := strings.Cut(strings.TrimSuffix(s, ")"), " (")
	if both {
		return []string{first, second}
	}
	return []string{first}
}

// read reads a table of concepts.
func (c *concepts) read(t lang.Tag, table string) {
	byStem := map[uint32][]uint16{}
	for _, line := range strings.Split(table, "\n") {
		word, ids, ok := strings.Cut(line, "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		h := uint32(0)
		if t == lang.ZH {
			h = hashed(lang.Fold(t, word))
		} else if tokens := lang.Tokens(t, word); len(tokens) == 1 && !lang.Stop(t, tokens[0].Stem) { // a feather is written as 'on'
			h = hashed(tokens[0].Stem)
		} else {
			continue
		}
		for _, id := range strings.Fields(ids) {
			if n := conceptOf(id); !slices.Contains(byStem[h], n) {
				byStem[h] = append(byStem[h], n)
			}
		}
	}
	for h, ids := range byStem {
		if len(ids) > mostConcepts {
			continue
		}
		c.of = append(c.of, concept{h, uint32(len(c.ids)) | uint32(len(ids))<<24})
		c.ids = append(c.ids, ids...)
	}
	sort.Slice(c.of, func(i, k int) bool { return c.of[i].hash < c.of[k].hash })
	c.of, c.ids = slices.Clip(c.of), slices.Clip(c.ids)
}

// mostConcepts is for how many signs a stem may stand.
const mostConcepts = 12

// conceptOf numbers the ids of the concept tables: code points of signs, months (M1), weekdays (Dmon) and units (Ukilometer).
func conceptOf(id string) uint16 {
	if id[0] == 'U' {
		return 0x4000 | 0x3000 | uint16(hashed(id)&0xfff) // where no sign is: the signs before 2800 end at 0x27bf
	}
	if id[0] == 'M' || id[0] == 'D' && len(id) == 4 && id[1] >= 'a' {
		n := uint16(0)
		for _, c := range []byte(id) {
			n = n*31 + uint16(c)
		}
		return 0x8000 | n
	}
	n := 0
	for _, c := range []byte(id) {
		n *= 16
		if c <= '9' {
			n += int(c - '0')
		} else {
			n += int(c-'A') + 10
		}
	}
	if n >= 0x1f300 {
		return uint16(n - 0x1f300)
	}
	return 0x4000 | uint16(n&0x3fff)
}

// Concepts returns the signs that the word with this stem describes in language t, as numbers that are the
// same in every language; none for most words. Chinese words are given as they are keyed. Of a Korean compound the
// longest known word counts with which it begins, or else the one with which it ends.
func Concepts(t lang.Tag, stem string) []uint16 {
	g := gazetteerOf(t)
	all := g.signs()
	if ids := all.signs(stem); ids != nil || !g.grown {
		return ids
	}
	for begin := stem; len(begin) > leastGrown; {
		_, last := utf8.DecodeLastRuneInString(begin)
		begin = begin[:len(begin)-last]
		if ids := all.signs(begin); ids != nil && len(begin) >= leastGrown {
			return ids
		}
	}
	for end := stem; len(end) > leastGrown; {
		_, first := utf8.DecodeRuneInString(end)
		end = end[first:]
		if ids := all.signs(end); ids != nil && len(end) >= leastGrown {
			return ids
		}
	}
	return nil
}

// signs are those of one stem.
func (c concepts) signs(stem string) []uint16 {
	h := hashed(stem)
	i, ok := slices.BinarySearchFunc(c.of, h, func(c concept, h uint32) int { return cmp.Compare(c.hash, h) })
	if !ok {
		return nil
	}
	at := c.of[i].at & 0xffffff
	return c.ids[at : at+c.of[i].at>>24]
}

// Mentions returns where a text in language t, whose tokens these are, names what the tables know: the longest
// name that begins at a token, not overlapping, in order. Where one form is the name of several things, each
// is a mention. It takes time linear in the text.
func Mentions(t lang.Tag, text string, tokens []lang.Token) []Mention {
	return gazetteerOf(t).mentions(text, tokens, 0)
}

// Told returns the countries, places and bodies that a text in language t names, each once, in the order in which they first appear:
// by the names of the things themselves, as 'American' is a country's word and no country. Of a form that a country shares with a city
// the country is meant; one that is several things' own tells none. A region is told where its name has that of a city in it: Tashkent Region
// is not Tashkent.
func Told(t lang.Tag, text string, tokens []lang.Token) (out []Name) {
	g := gazetteerOf(t)
	add := func(found []Mention) {
		if n, ok := meant(found); ok && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	eachPlace(g.mentions(text, tokens, told|wide), func(found []Mention) {
		m := found[0]
		if found = slices.DeleteFunc(found, func(m Mention) bool { return m.Name.Kind == Region }); len(found) > 0 {
			add(found)
			return
		}
		within := g.written(text, tokens[m.From:m.To], told)
		if slices.ContainsFunc(within, func(m Mention) bool { return m.Name.Kind == Place }) {
			add([]Mention{m})
			return
		}
		eachPlace(within, add)
	})
	return out
}

// eachPlace tells of the mentions that begin at one token together.
func eachPlace(found []Mention, use func([]Mention)) {
	for i := 0; i < len(found); {
		k := i + 1
		for k < len(found) && found[k].From == found[i].From {
			k++
		}
		use(slices.Clone(found[i:k]))
		i = k
	}
}

// meant is the one thing that a form is told to name.
func meant(of []Mention) (Name, bool) {
	if len(of) == 1 {
		return of[0].Name, true
	}
	var country Name
	for _, m := range of {
		if m.Name.Kind == Country {
			if country.ID != "" {
				return Name{}, false
			}
			country = m.Name
		}
	}
	return country, country.ID != ""
}

// mentions finds what has a mark; 0 finds all.
func (g *gazetteer) mentions(text string, tokens []lang.Token, mark uint16) []Mention {
	return g.believed(g.written(text, tokens, mark), text, tokens, mark)
}

// written finds what is written like a name.
func (g *gazetteer) written(text string, tokens []lang.Token, mark uint16) []Mention {
	var out []Mention
	for i := 0; i < len(tokens); {
		found := len(out)
		var n int
		out, n = g.longest(out, text, tokens[i:], i, mark)
		if n == 0 {
			if bare := g.without(tokens[i:]); bare != nil {
				out, n = g.longest(out, text, bare, i, mark)
				out = slices.DeleteFunc(out, func(m Mention) bool {
					return m.From == i && m.Name.Kind != Country && m.Name.Kind != Place && m.Name.Kind != Body
				})
				if len(out) == found {
					n = 0
				}
			}
		}
		if n == 0 && !g.inflects.whole {
			if k := g.initials(text, tokens[i]); k.Fold != "" && (mark == 0 || !slices.ContainsFunc(g.inflects.people, func(p string) bool { return strings.HasPrefix(text[k.End:], p) })) {
				out, n = g.longest(out, text, []lang.Token{k}, i, mark)
			}
		}
		if n == 0 && g.grown {
			out = g.begins(out, tokens[i], i, mark)
		}
		i += max(n, 1)
	}
	return out
}

// believed leaves out what only looks like a name: words that tell of something else (a turkey dinner), a form that several places share where the
// text does not name the country, a given name before a surname (Paris Hilton), and a town of another country (Lebanon, Ohio).
func (g *gazetteer) believed(found []Mention, text string, tokens []lang.Token, mark uint16) []Mention {
	if len(g.states) > 0 {
		found = slices.DeleteFunc(found, func(m Mention) bool {
			return (m.Name.Kind == Country || m.Name.Kind == Place) && !slices.Contains([]string{"US", "CA"}, CountryOf(m.Name.ID)) && g.inState(text, tokens[m.To-1:])
		})
	}
	if !slices.ContainsFunc(found, func(m Mention) bool { return m.home || m.given || m.Name.Kind == none }) {
		return found
	}
	var countries []string
	if slices.ContainsFunc(found, func(m Mention) bool { return m.home }) {
		all := found
		if mark != 0 { // by its people's word too
			all = g.mentions(text, tokens, 0)
		}
		for _, m := range all {
			if m.Name.Kind == Country {
				countries = append(countries, m.Name.ID)
			}
		}
	}
	found = slices.DeleteFunc(found, func(m Mention) bool {
		return m.Name.Kind == none || m.home && !slices.Contains(countries, liesIn(m.Name)) || m.given && g.person(text, tokens, m)
	})
	for i := range found {
		found[i].home, found[i].given = false, false
	}
	return found
}

// liesIn is the country of a city, or of a region whose id begins with it.
func liesIn(n Name) string {
	if country, _, ok := strings.Cut(n.ID, "-"); ok && n.Kind == Region {
		return strings.ToUpper(country)
	}
	return CountryOf(n.ID)
}

// inState reports whether a comma and a state follow the first of these tokens.
func (g *gazetteer) inState(text string, tokens []lang.Token) bool {
	if len(tokens) < 2 || text[tokens[0].End:tokens[1].Start] != ", " {
		return false
	}
	return slices.ContainsFunc(tokens[1:min(len(tokens), 3)], func(k lang.Token) bool { return g.states[text[tokens[1].Start:k.End]] })
}

// person reports whether a name that is a given name too stands before what is a surname by all that can be seen: it is no form with an ending, nor
// behind a short word such as a preposition, the next word has a capital and tells nothing else, and the one behind that has none, as in a
// headline in which all words have.
func (g *gazetteer) person(text string, tokens []lang.Token, m Mention) bool {
	capital := func(i int) bool {
		r, _ := utf8.DecodeRuneInString(text[tokens[i].Start:])
		return unicode.IsUpper(r)
	}
	gap := func(i int) string { return text[tokens[i].End:tokens[i+1].Start] } // behind token i
	next := m.To
	if next >= len(tokens) || gap(next-1) != " " || !capital(next) || utf8.RuneCountInString(tokens[next].Fold) <= shortForm {
		return false
	}
	if m.From > 0 && gap(m.From-1) == " " && utf8.RuneCountInString(tokens[m.From-1].Fold) <= longestPreposition {
		return false
	}
	if next+1 < len(tokens) && gap(next) == " " && capital(next+1) {
		return false
	}
	k := tokens[next]
	if _, n := g.longest(nil, text, tokens[next:], next, 0); n > 0 {
		return false
	}
	return !lang.Ordinary(g.tag, k.Fold, k.Stem) && g.signs().signs(k.Stem) == nil
}

// longestPreposition is of how many letters a word before a name may be one that says where.
const longestPreposition = 4

// at are the entries whose first word has this stem, the longest first.
func (g *gazetteer) at(stem string) []entry {
	h := hashed(stem)
	from, _ := slices.BinarySearchFunc(g.entries, h, func(e entry, h uint32) int { return cmp.Compare(e.first, h) })
	to := from
	for to < len(g.entries) && g.entries[to].first == h {
		to++
	}
	return g.entries[from:to]
}

// longest finds the longest name with which tokens begin, the first of which is number i of the text, and of how many words it is.
func (g *gazetteer) longest(out []Mention, text string, tokens []lang.Token, i int, mark uint16) ([]Mention, int) {
	n, shares := 0, 0
	found := len(out)
	names := load().names
	for _, e := range g.at(tokens[0].Stem) {
		if e.words() < n {
			break
		}
		if mark != 0 && !e.is(mark) || !e.is(loose) && (g.not[tokens[0].Fold] || lower(text[tokens[0].Start:])) {
			continue
		}
		s, ok := g.fits(e, tokens)
		if as, is := g.exact[e.at]; is && ok {
			_, behind, has := strings.Cut(text[tokens[0].Start:tokens[e.words()-1].End], as)
			r, _ := utf8.DecodeRuneInString(behind)
			ok = has && !unicode.IsLetter(r)
		}
		if !ok || e.words() > 1 && parted(text, tokens[:e.words()]) || !e.capitals(text[tokens[0].Start:]) || e.words() == n && s < shares {
			continue
		}
		if e.words() > n || s > shares {
			out = out[:found]
		}
		n, shares = e.words(), s
		m := Mention{Name: names[e.name], From: i, To: i + n, home: g.home[e.at]}
		if g.given[e.at] {
			fold, _, _ := g.word(int(e.at))
			m.given = fold == tokens[0].Fold
		}
		if !slices.Contains(out[found:], m) {
			out = append(out, m)
		}
	}
	return out, n
}

// parted reports whether tokens are parts of a foreign person's name in Chinese: 保罗·马纳福特 has no Rome (罗马) in it.
func parted(text string, tokens []lang.Token) bool {
	return strings.Contains(text[tokens[0].Start:tokens[len(tokens)-1].Start], "·")
}

// without is what remains of some tokens when the first loses what is written as one with a name before it. nil if it begins
// with none of these, or if too little remains for a name.
func (g *gazetteer) without(tokens []lang.Token) []lang.Token {
	if len(g.inflects.taken) == 0 {
		return nil
	}
	word := g.inflects.without(tokens[0].Fold)
	if utf8.RuneCountInString(word) < 4 {
		return nil
	}
	out := slices.Clone(tokens[:min(len(tokens), 8)])
	out[0].Fold, out[0].Stem = word, lang.Stem(g.tag, word)
	return out
}

// initials are the capitals with which a word begins that goes on in small letters, two at least: an abbreviation, and the ending that some languages
// write as one with it (BMTning).
func (g *gazetteer) initials(text string, word lang.Token) (out lang.Token) {
	raw := text[word.Start:word.End]
	ending := strings.TrimLeftFunc(raw, unicode.IsUpper)
	head := raw[:len(raw)-len(ending)]
	if ending == "" || utf8.RuneCountInString(head) < 2 || utf8.RuneCountInString(ending) > longestEnding || strings.ContainsFunc(ending, func(r rune) bool { return !unicode.IsLower(r) }) {
		return lang.Token{}
	}
	out = word
	out.End = word.Start + len(head)
	out.Fold = lang.Fold(g.tag, head)
	out.Stem = lang.Stem(g.tag, out.Fold)
	return out
}

// longestEnding is of how many letters an ending of an abbreviation is.
const longestEnding = 6

// leastGrown is how many bytes of a grown word must be a word of the tables: two syllables of Hangul.
const leastGrown = 6

// begins finds the longest names of one word that a word begins with.
func (g *gazetteer) begins(out []Mention, word lang.Token, i int, mark uint16) []Mention {
	stem := word.Stem
	for end := len(stem) - 3; end >= leastGrown; end -= 3 {
		if !utf8.RuneStart(stem[end]) {
			return out
		}
		found := len(out)
		for _, e := range g.at(stem[:end]) {
			if whole, of, _ := g.word(int(e.at)); e.words() == 1 && (mark == 0 || e.is(mark)) && of == stem[:end] && strings.HasPrefix(word.Fold, whole) {
				if m := (Mention{Name: load().names[e.name], From: i, To: i + 1, home: g.home[e.at]}); !slices.Contains(out[found:], m) {
					out = append(out, m)
				}
			}
		}
		if len(out) > found {
			return out
		}
	}
	return out
}

// Endings returns what the longest word of the tables says that a compound ends with: Korean writes 연방정부, federal government,
// as one. Of what has a capital elsewhere nothing is told, as the end of many a word sounds like a country. None for the words of
// other languages.
func Endings(t lang.Tag, stem string) []Name {
	g := gazetteerOf(t)
	if !g.grown {
		return nil
	}
	for from := 3; len(stem)-from >= leastGrown; from += 3 {
		if !utf8.RuneStart(stem[from]) {
			return nil
		}
		var out []Name
		for _, e := range g.at(stem[from:]) {
			n := load().names[e.name]
			if _, of, _ := g.word(int(e.at)); e.words() != 1 || of != stem[from:] {
				continue
			}
			if (n.Kind == Topic || n.Kind == Format || n.Kind == Office) && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// word is the word that begins at a place of the words, its stem, and where the next one begins.
func (g *gazetteer) word(at int) (fold, stem string, next int) {
	end := at + strings.IndexByte(g.text[at:], 0)
	fold = g.text[at:end]
	at, end = end+1, end+1+strings.IndexByte(g.text[end+1:], 0)
	if stem = g.text[at:end]; stem == "" {
		stem = fold
	}
	return fold, stem, end + 1
}

// fits reports whether tokens go on with the words of a form, whatever their endings, and how much of the first
// word is the form's own.
func (g *gazetteer) fits(e entry, tokens []lang.Token) (shares int, ok bool) {
	if len(tokens) < e.words() {
		return 0, false
	}
	at := int(e.at)
	for i := range e.words() {
		var fold, stem string
		fold, stem, at = g.word(at)
		if tokens[i].Stem != stem || !g.inflects.formOf(tokens[i].Fold, fold) && !(e.is(loose) && g.inflects.vowels != nil && g.inflects.inflected(tokens[i].Fold, fold)) { // посла; a name of a country has its own rule
			return 0, false
		}
		if !e.is(loose) && (!g.inflects.inflected(tokens[i].Fold, fold) || e.words() == 1 && g.inflects.surname(tokens[i].Fold, fold)) {
			return 0, false
		}
		if i == 0 {
			if shares = shared(tokens[i].Fold, fold); e.is(letters) && shares < len(fold) {
				return 0, false // EU is not EEU
			}
		}
	}
	return shares, true
}
