package names

import (
	"cmp"
	"embed"
	"slices"
	"sort"
	"strings"
	"sync"
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
)

// Mention is a place in a text where a thing is named.
type Mention struct {
	Name     Name
	From, To int // tokens, To exclusive
}

// entry is one form in the gazetteer of a language: its words as they are keyed stand in gazetteer.words.
type entry struct {
	first uint32 // hash of the first word's stem
	at    uint32
	name  uint16
	n     uint8 // words
	any   bool  // found without a capital too
}

// gazetteer holds the names of one language packed: a few dozen kilobytes, made when a text in that
// language is first read.
type gazetteer struct {
	entries  []entry // by first, then the longest first
	words    string  // "fold\x00stem\x00" of every word, no stem where the word is its own
	names    []Name
	concepts []concept // by hash
	ids      []uint16
	not      map[string]bool // words that begin no name, as they are keyed
	tag      lang.Tag
	prefixes bool // words begin with what is no part of them, so that a stem must do
	grown    bool // words grow at their end by more than endings: Korean writes 러시아군 and 공격했다 as one
}

type concept struct {
	hash uint32
	at   uint32
	n    uint8
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
	g := &gazetteer{}
	if code == "und" {
		return g
	}
	t := lang.Tag(code)
	g.tag, g.prefixes, g.grown = t, t == lang.AR, t == lang.KO
	codes := []string{code}
	if code == "prs" {
		codes = append(codes, "fa")
	}
	g.not = map[string]bool{}
	skip, capital := map[string]bool{}, map[string]bool{}
	index := map[Name]uint16{}
	var words strings.Builder
	add := func(kind Kind, id, form string, ours bool) {
		form = strings.TrimSpace(form)
		tokens := lang.Tokens(t, form)
		if skip[form] || len(tokens) == 0 || len(tokens) > 16 {
			return
		}
		if !ours && tooShort(kind, t, utf8.RuneCountInString(form), len(tokens)) {
			return
		}
		n := Name{kind, id}
		at, ok := index[n]
		if !ok {
			at = uint16(len(g.names))
			index[n] = at
			g.names = append(g.names, n)
		}
		common := kind == Format || kind == Office || kind == Ordinal || kind == Topic || lower(form)
		g.entries = append(g.entries, entry{hashed(tokens[0].Stem), uint32(words.Len()), at, uint8(len(tokens)), common && !capital[form]})
		for _, k := range tokens {
			words.WriteString(k.Fold + "\x00")
			if k.Stem != k.Fold {
				words.WriteString(k.Stem)
			}
			words.WriteByte(0)
		}
	}
	listed(others, func(kind, _, code string, forms []string) {
		if (kind == "skip" || kind == "capital" || kind == "word") && slices.Contains(codes, code) {
			for _, s := range forms {
				if kind == "word" {
					g.not[lang.Fold(t, s)] = true
					continue
				}
				skip[s] = skip[s] || kind == "skip"
				capital[s] = true
			}
		}
	})
	for _, table := range []struct {
		text string
		ours bool
	}{{others, true}, {countries, false}, {cities, false}, {peoples, true}, {world, true}, {topics, true}} {
		listed(table.text, func(kind, id, code string, forms []string) {
			if kind == "skip" || kind == "capital" || kind == "word" || !slices.Contains(codes, code) {
				return
			}
			for _, s := range forms {
				for _, s := range bothNames(s) {
					add(Kind(kind), id, s, table.ours)
				}
			}
		})
	}
	g.words = words.String()
	sort.SliceStable(g.entries, func(i, k int) bool { // sort's, not slices': twenty kilobytes of the binary less
		a, b := g.entries[i], g.entries[k]
		return a.first < b.first || a.first == b.first && a.n > b.n
	})
	g.entries = slices.Clip(g.entries)
	for _, c := range codes {
		if c != "prs" {
			table, err := conceptFiles.ReadFile("concepts/" + c + ".tsv")
			if err != nil {
				panic(err) // there is one for every language of ours
			}
			g.readConcepts(t, string(table))
		}
	}
	return g
}

// listed tells every row of a table. One with a heading has a column for each language and in it forms parted by |; in another one
// a row is kind, id, language and forms.
func listed(table string, use func(kind, id, code string, forms []string)) {
	var columns []string
	for line := range strings.Lines(table) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		switch {
		case strings.HasPrefix(line, "#") || len(f) < 3:
		case f[0] == "kind":
			columns = f
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

func (g *gazetteer) readConcepts(t lang.Tag, table string) {
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
		g.concepts = append(g.concepts, concept{h, uint32(len(g.ids)), uint8(len(ids))})
		g.ids = append(g.ids, ids...)
	}
	sort.Slice(g.concepts, func(i, k int) bool { return g.concepts[i].hash < g.concepts[k].hash })
	g.concepts, g.ids = slices.Clip(g.concepts), slices.Clip(g.ids)
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
	if ids := g.signs(stem); ids != nil || !g.grown {
		return ids
	}
	for begin := stem; len(begin) > leastGrown; {
		_, last := utf8.DecodeLastRuneInString(begin)
		begin = begin[:len(begin)-last]
		if ids := g.signs(begin); ids != nil && len(begin) >= leastGrown {
			return ids
		}
	}
	for end := stem; len(end) > leastGrown; {
		_, first := utf8.DecodeRuneInString(end)
		end = end[first:]
		if ids := g.signs(end); ids != nil && len(end) >= leastGrown {
			return ids
		}
	}
	return nil
}

// signs are those of one stem.
func (g *gazetteer) signs(stem string) []uint16 {
	h := hashed(stem)
	i, ok := slices.BinarySearchFunc(g.concepts, h, func(c concept, h uint32) int { return cmp.Compare(c.hash, h) })
	if !ok {
		return nil
	}
	c := g.concepts[i]
	return g.ids[c.at : c.at+uint32(c.n)]
}

// Mentions returns where a text in language t, whose tokens these are, names what the tables know: the longest
// name that begins at a token, not overlapping, in order. Where one form is the name of several things, each
// is a mention. It takes time linear in the text.
func Mentions(t lang.Tag, text string, tokens []lang.Token) []Mention {
	g := gazetteerOf(t)
	var out []Mention
	for i := 0; i < len(tokens); {
		found := len(out)
		var n int
		out, n = g.longest(out, text, tokens[i:], i)
		if n == 0 && g.prefixes {
			if bare := without(tokens[i:]); bare != nil {
				out, n = g.longest(out, text, bare, i)
				out = slices.DeleteFunc(out, func(m Mention) bool {
					return m.From == i && m.Name.Kind != Country && m.Name.Kind != Place && m.Name.Kind != Body
				})
				if len(out) == found {
					n = 0
				}
			}
		}
		if n == 0 && g.grown {
			out = g.begins(out, tokens[i], i)
		}
		i += max(n, 1)
	}
	return out
}

// longest finds the longest name with which tokens begin, the first of which is number i of the text, and of how many words it is.
func (g *gazetteer) longest(out []Mention, text string, tokens []lang.Token, i int) ([]Mention, int) {
	h := hashed(tokens[0].Stem)
	at, _ := slices.BinarySearchFunc(g.entries, h, func(e entry, h uint32) int { return cmp.Compare(e.first, h) })
	n, shares := 0, 0
	found := len(out)
	for ; at < len(g.entries) && g.entries[at].first == h && int(g.entries[at].n) >= n; at++ {
		e := g.entries[at]
		if !e.any && (g.not[tokens[0].Fold] || lower(text[tokens[0].Start:])) {
			continue
		}
		s, ok := g.fits(e, tokens)
		if !ok || int(e.n) == n && s < shares {
			continue
		}
		if int(e.n) > n || s > shares {
			out = out[:found]
		}
		n, shares = int(e.n), s
		if m := (Mention{g.names[e.name], i, i + n}); !slices.Contains(out[found:], m) {
			out = append(out, m)
		}
	}
	return out, n
}

// without is what remains of some tokens when the first loses what Arabic writes as one with a name: and, in, to. nil if it begins
// with none of these, or if too little remains for a name.
func without(tokens []lang.Token) []lang.Token {
	whole := tokens[0].Fold
	word := whole
	for _, p := range [...]string{"و", "ب", "ل"} {
		if word = strings.TrimPrefix(word, p); word != whole {
			break
		}
	}
	if word == whole || utf8.RuneCountInString(word) < 4 {
		return nil
	}
	out := slices.Clone(tokens[:min(len(tokens), 8)])
	out[0].Fold, out[0].Stem = word, lang.Stem(lang.AR, word)
	return out
}

// leastGrown is how many bytes of a grown word must be a word of the tables: two syllables of Hangul.
const leastGrown = 6

// begins finds the longest names of one word that a word begins with.
func (g *gazetteer) begins(out []Mention, word lang.Token, i int) []Mention {
	stem := word.Stem
	for end := len(stem) - 3; end >= leastGrown; end -= 3 {
		if !utf8.RuneStart(stem[end]) {
			return out
		}
		found := len(out)
		h := hashed(stem[:end])
		at, _ := slices.BinarySearchFunc(g.entries, h, func(e entry, h uint32) int { return cmp.Compare(e.first, h) })
		for ; at < len(g.entries) && g.entries[at].first == h; at++ {
			e := g.entries[at]
			if whole, of, _ := g.word(int(e.at)); e.n == 1 && of == stem[:end] && strings.HasPrefix(word.Fold, whole) {
				if m := (Mention{g.names[e.name], i, i + 1}); !slices.Contains(out[found:], m) {
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
		h := hashed(stem[from:])
		at, _ := slices.BinarySearchFunc(g.entries, h, func(e entry, h uint32) int { return cmp.Compare(e.first, h) })
		for ; at < len(g.entries) && g.entries[at].first == h; at++ {
			e, n := g.entries[at], g.names[g.entries[at].name]
			if _, of, _ := g.word(int(e.at)); e.n != 1 || of != stem[from:] {
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
	end := at + strings.IndexByte(g.words[at:], 0)
	fold = g.words[at:end]
	at, end = end+1, end+1+strings.IndexByte(g.words[end+1:], 0)
	if stem = g.words[at:end]; stem == "" {
		stem = fold
	}
	return fold, stem, end + 1
}

// fits reports whether tokens go on with the words of a form, whatever their endings, and how much of the first
// word is the form's own.
func (g *gazetteer) fits(e entry, tokens []lang.Token) (shares int, ok bool) {
	if len(tokens) < int(e.n) {
		return 0, false
	}
	at := int(e.at)
	for i := range int(e.n) {
		var fold, stem string
		fold, stem, at = g.word(at)
		if tokens[i].Stem != stem || !formOf(g.tag, tokens[i].Fold, fold) {
			return 0, false
		}
		if !e.any && (!inflected(g.tag, tokens[i].Fold, fold) || e.n == 1 && surname(g.tag, tokens[i].Fold, fold)) {
			return 0, false
		}
		if i == 0 {
			shares = shared(tokens[i].Fold, fold)
		}
	}
	return shares, true
}
