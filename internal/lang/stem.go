package lang

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// suffixGroup is one slot of a language's inflection: at most one of its suffixes is taken off.
type suffixGroup struct {
	suffixes map[string]int // folded, with what must stand before it; how many bytes of it are taken off
	longest  int            // bytes of the longest
	last     [256]bool      // last bytes of the suffixes, to look no further for most words
	leave    int            // letters that must remain
}

// stemmer takes inflection off folded words. Immutable.
type stemmer struct {
	prefixes  []suffixGroup // taken off the front
	groups    []suffixGroup // from the end of the word inwards
	final     []suffixGroup // once, when nothing else comes off
	protected map[string]string
	vowels    [lowLimit]bool
	soften    map[rune]rune // last letter of the stem, brought to the form it has before a consonant
	rounds    int           // how often the groups are gone through
	dotless   bool          // stems write ı as i
}

// newStemmer reads [suffix NAME [LEAVE]] groups in their order, outermost first, [prefix NAME [LEAVE]],
// [vary], [soften], [protected] and [stems].
func newStemmer(a *alphabet, t tables) *stemmer {
	s := &stemmer{protected: map[string]string{}, soften: map[rune]rune{}, rounds: maxRounds}
	for _, w := range t.words("options") {
		switch w {
		case "one-pass":
			s.rounds = 1
		case "dotless-stems":
			s.dotless = true
		}
	}
	for _, w := range t.words("vowels") {
		for _, r := range string(a.word(nil, w)) {
			if r < lowLimit {
				s.vowels[r] = true
			}
		}
	}
	vary := map[rune][]string{}
	for _, row := range t.rows("vary") {
		r, _ := utf8.DecodeRuneInString(row[0])
		vary[r] = row[1:]
	}
	for _, sec := range t {
		f := strings.Fields(sec.name)
		if len(f) < 2 || f[0] != "suffix" && f[0] != "prefix" && f[0] != "final" {
			continue
		}
		g := suffixGroup{suffixes: map[string]int{}, leave: 3}
		if len(f) > 2 {
			n, err := strconv.Atoi(f[len(f)-1])
			if err != nil {
				panic("lang: [" + sec.name + "] wants a number of letters")
			}
			g.leave = n
		}
		for _, row := range sec.rows {
			for _, w := range row {
				for _, x := range expand(strings.Trim(w, "-"), vary) {
					// Suffixes are folded behind a consonant: they never start a word. "A+B" takes B off behind A.
					before, suffix, ok := strings.Cut(x, "+")
					if !ok {
						before, suffix = "", x
					}
					consonant := "т"
					if r, _ := utf8.DecodeRuneInString(x); scriptOf(r) == latn {
						consonant = "t"
					}
					lead := string(a.word(nil, consonant))
					all := strings.TrimPrefix(string(a.word(nil, consonant+before+suffix)), lead)
					k := all
					if k == "" {
						continue
					}
					taken := len(k) - len(strings.TrimPrefix(string(a.word(nil, consonant+before)), lead))
					g.suffixes[k] = max(taken, g.suffixes[k])
					g.longest = max(g.longest, len(k))
					if f[0] == "prefix" {
						g.last[k[0]] = true
					} else {
						g.last[k[len(k)-1]] = true
					}
				}
			}
		}
		switch f[0] {
		case "prefix":
			s.prefixes = append(s.prefixes, g)
		case "suffix":
			s.groups = append(s.groups, g)
		default:
			s.final = append(s.final, g)
		}
	}
	for _, row := range t.rows("soften") {
		from, _ := utf8.DecodeRuneInString(string(a.word(nil, row[0])))
		to, _ := utf8.DecodeRuneInString(string(a.word(nil, row[1])))
		s.soften[from] = to
	}
	for _, w := range t.words("protected") {
		k := string(a.word(nil, w))
		s.protected[k] = k
	}
	for _, sec := range []string{"months", "solar months"} {
		for _, row := range t.rows(sec) { // whole words, however they end
			k := string(a.word(nil, row[1]))
			s.protected[k] = k
		}
	}
	for _, row := range t.rows("stems") { // stem, then the forms that have it
		k := string(a.word(nil, row[0]))
		for _, w := range row {
			s.protected[string(a.word(nil, w))] = k
		}
	}
	return s
}

// expand writes out a suffix in which capitals stand for the letters listed in [vary].
func expand(pattern string, vary map[rune][]string) []string {
	out := []string{""}
	for _, r := range pattern {
		choices, ok := vary[r]
		if !ok {
			choices = []string{string(r)}
		}
		var next []string
		for _, o := range out {
			for _, c := range choices {
				if c == "-" { // may be absent
					c = ""
				}
				next = append(next, o+c)
			}
		}
		out = next
	}
	return out
}

// maxRounds is how often the slots are gone through. A word and its inflected forms must come to one
// stem also when the bare word happens to end like an inflected one, so the slots are gone through again
// until nothing more comes off.
const maxRounds = 4

// stem appends the stem of the folded word w to dst.
func (s *stemmer) stem(dst, w []byte) []byte {
	start := len(dst)
	dst = s.cut(dst, w)
	if !s.dotless {
		return dst
	}
	out := dst[:start]
	for i := start; i < len(dst); i++ {
		if dst[i] == 0xC4 && i+1 < len(dst) && dst[i+1] == 0xB1 { // ı
			out = append(out, 'i')
			i++
			continue
		}
		out = append(out, dst[i])
	}
	return out
}

// cut appends w without its inflection to dst.
func (s *stemmer) cut(dst, w []byte) []byte {
	if to, ok := s.protected[string(w)]; ok {
		return append(dst, to...)
	}
	if len(s.groups)+len(s.prefixes) == 0 || len(w) == 0 || w[len(w)-1] <= '9' {
		return append(dst, w...)
	}
	for i := range s.prefixes {
		g := &s.prefixes[i]
		if !g.last[w[0]] {
			continue
		}
		for n := min(g.longest, len(w)-1); n > 0; n-- {
			if _, ok := g.suffixes[string(w[:n])]; ok && s.stands(w[n:], g.leave) {
				w = w[n:]
				break
			}
		}
	}
	if to, ok := s.protected[string(w)]; ok {
		return append(dst, to...)
	}
	for range s.rounds {
		before := len(w)
		if to, ok := s.known(w); ok {
			return append(dst, to...)
		}
		for i := range s.groups {
			cut, known := s.take(&s.groups[i], w)
			w = w[:len(w)-cut]
			if known != "" {
				return append(dst, known...)
			}
		}
		if len(w) == before {
			break
		}
	}
	for i := range s.final {
		cut, known := s.take(&s.final[i], w)
		w = w[:len(w)-cut]
		if known != "" {
			return append(dst, known...)
		}
	}
	dst = append(dst, w...)
	if len(s.soften) > 0 {
		r, size := utf8.DecodeLastRune(w)
		if to, ok := s.soften[r]; ok {
			dst = utf8.AppendRune(dst[:len(dst)-size], to)
		}
	}
	return dst
}

// known is what a stem of the table stands for that one suffix, of whatever group, leaves of w.
func (s *stemmer) known(w []byte) (string, bool) {
	if len(s.protected) == 0 {
		return "", false
	}
	for i := range s.groups {
		g := &s.groups[i]
		if !g.last[w[len(w)-1]] {
			continue
		}
		for n := min(g.longest, len(w)-1); n > 0; n-- {
			if taken, ok := g.suffixes[string(w[len(w)-n:])]; ok {
				if to, ok := s.protected[string(w[:len(w)-taken])]; ok {
					return to, true
				}
			}
		}
	}
	return "", false
}

// take finds how many bytes the group takes off the end of w: a suffix that leaves a stem of the table
// (then known is what it stands for) before any other, else the longest that leaves enough.
func (s *stemmer) take(g *suffixGroup, w []byte) (cut int, known string) {
	if !g.last[w[len(w)-1]] {
		return 0, ""
	}
	for n := min(g.longest, len(w)-1); n > 0; n-- {
		taken, ok := g.suffixes[string(w[len(w)-n:])]
		if !ok {
			continue
		}
		stem := w[:len(w)-taken]
		if to, ok := s.protected[string(stem)]; ok {
			return taken, to
		}
		if cut == 0 && s.stands(stem, g.leave) {
			cut = taken
		}
	}
	return cut, ""
}

// stands says whether b can be a stem: at least leave letters, one of them a vowel where the language
// writes them.
func (s *stemmer) stands(b []byte, leave int) bool {
	n, vowel := 0, false
	for i := 0; i < len(b); {
		r, size := rune(b[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(b[i:])
		}
		n++
		if r < lowLimit && s.vowels[r] {
			vowel = true
		}
		i += size
		if n >= leave && vowel {
			return true
		}
	}
	return n >= leave && (vowel || !s.written())
}

// written says whether the language writes its vowels at all; its table then lists them.
func (s *stemmer) written() bool { return s.vowels['a'] || s.vowels['а'] }

// Stem returns the folded word without its inflection, by the suffix tables of language t; the folded
// word itself for a language without tables. word should be one word; of several the first counts.
func Stem(t Tag, word string) string {
	tokens := Tokens(t, word)
	if len(tokens) == 0 {
		return ""
	}
	return tokens[0].Stem
}
