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
	words    string  // "fold\x00stem\x00" of every word
	names    []Name
	concepts []concept // by hash
	ids      []uint16
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
	skip, capital := map[string]bool{}, map[string]bool{}
	index := map[Name]uint16{}
	var words strings.Builder
	add := func(kind Kind, id, form string, ours bool) {
		form = strings.TrimSpace(form)
		tokens := lang.Tokens(t, form)
		if skip[form] || len(tokens) == 0 || len(tokens) > 16 {
			return
		}
		letters := utf8.RuneCountInString(form)
		if !ours && (t.Script() == "Arab" && len(tokens) == 1 && letters <= 5 || letters <= 3 && kind == Place && t.Script() != "Hans" && t.Script() != "Kore") {
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
			words.WriteString(k.Fold + "\x00" + k.Stem + "\x00")
		}
	}
	for _, line := range strings.Split(others, "\n") {
		if f := strings.Split(strings.TrimRight(line, "\r"), "\t"); len(f) > 3 && slices.Contains(codes, f[2]) && (f[0] == "skip" || f[0] == "capital") {
			for _, s := range f[3:] {
				skip[s] = skip[s] || f[0] == "skip"
				capital[s] = true
			}
		}
	}
	for _, table := range []struct {
		text string
		ours bool
	}{{others, true}, {countries, false}, {cities, false}, {peoples, true}} {
		for _, line := range strings.Split(table.text, "\n") {
			f := strings.Split(strings.TrimRight(line, "\r"), "\t")
			if strings.HasPrefix(line, "#") || len(f) < 4 || !slices.Contains(codes, f[2]) || f[0] == "skip" || f[0] == "capital" {
				continue
			}
			for _, s := range f[3:] {
				for _, s := range bothNames(s) {
					add(Kind(f[0]), f[1], s, table.ours)
				}
			}
		}
	}
	for _, table := range []string{world, topics} {
		columns := []int{}
		for _, line := range strings.Split(table, "\n") {
			f := strings.Split(strings.TrimRight(line, "\r"), "\t")
			if strings.HasPrefix(line, "#") || len(f) < 3 {
				continue
			}
			if f[0] == "kind" { // the heading says which column is which language's
				for i, c := range f {
					if i > 1 && slices.Contains(codes, c) {
						columns = append(columns, i)
					}
				}
				continue
			}
			for _, i := range columns {
				if i < len(f) && f[i] != "" {
					for _, s := range strings.Split(f[i], "|") {
						add(Kind(f[0]), f[1], s, true)
					}
				}
			}
		}
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
			h = hashed(word)
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
// same in every language; none for most words. Chinese words are given as they are written.
func Concepts(t lang.Tag, stem string) []uint16 {
	g := gazetteerOf(t)
	for {
		h := hashed(stem)
		if i, ok := slices.BinarySearchFunc(g.concepts, h, func(c concept, h uint32) int { return cmp.Compare(c.hash, h) }); ok {
			c := g.concepts[i]
			return g.ids[c.at : c.at+uint32(c.n)]
		}
		_, last := utf8.DecodeLastRuneInString(stem)
		if stem = stem[:len(stem)-last]; !g.grown || len(stem) < leastGrown {
			return nil
		}
	}
}

// Mentions returns where a text in language t, whose tokens these are, names what the tables know: the longest
// name that begins at a token, not overlapping, in order. Where one form is the name of several things, each
// is a mention. It takes time linear in the text.
func Mentions(t lang.Tag, text string, tokens []lang.Token) []Mention {
	g := gazetteerOf(t)
	var out []Mention
	for i := 0; i < len(tokens); {
		h := hashed(tokens[i].Stem)
		at, _ := slices.BinarySearchFunc(g.entries, h, func(e entry, h uint32) int { return cmp.Compare(e.first, h) })
		n, shares := 0, 0
		found := len(out)
		for ; at < len(g.entries) && g.entries[at].first == h && int(g.entries[at].n) >= n; at++ {
			e := g.entries[at]
			if !e.any && lower(text[tokens[i].Start:]) {
				continue
			}
			s, ok := g.fits(e, tokens[i:])
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
		if n == 0 && g.grown {
			out = g.begins(out, tokens[i].Stem, i)
		}
		i += max(n, 1)
	}
	return out
}

// leastGrown is how many bytes of a grown word must be a word of the tables: two syllables of Hangul.
const leastGrown = 6

// begins finds the longest names of one word that a stem begins with.
func (g *gazetteer) begins(out []Mention, stem string, i int) []Mention {
	for end := len(stem) - 3; end >= leastGrown; end -= 3 {
		if !utf8.RuneStart(stem[end]) {
			return out
		}
		found := len(out)
		h := hashed(stem[:end])
		at, _ := slices.BinarySearchFunc(g.entries, h, func(e entry, h uint32) int { return cmp.Compare(e.first, h) })
		for ; at < len(g.entries) && g.entries[at].first == h; at++ {
			e := g.entries[at]
			if _, rest, _ := strings.Cut(g.words[e.at:], "\x00"); e.n == 1 && strings.HasPrefix(rest, stem[:end]+"\x00") {
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

// fits reports whether tokens go on with the words of a form, whatever their endings, and how much of the first
// word is the form's own.
func (g *gazetteer) fits(e entry, tokens []lang.Token) (shares int, ok bool) {
	if len(tokens) < int(e.n) {
		return 0, false
	}
	rest := g.words[e.at:]
	for i := range int(e.n) {
		var fold, stem string
		fold, rest, _ = strings.Cut(rest, "\x00")
		stem, rest, _ = strings.Cut(rest, "\x00")
		if tokens[i].Stem != stem || !g.prefixes && !close(tokens[i].Fold, fold) {
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
