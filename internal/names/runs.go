package names

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// Within reads a word that somebody typed without blanks, as Chinese and Korean are written: the names in it and what stands beside
// them, in order. nil if it is no such word or has no name in it, or nothing but one.
func Within(word string) []string {
	switch {
	case strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return gazetteerOf(lang.ZH).within(word)
	case strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }):
		return gazetteerOf(lang.KO).compound(word)
	}
	return nil
}

// within are the names in a run of Chinese characters and what is between them, without the characters that only join names.
func (g *gazetteer) within(run string) (parts []string) {
	tokens := lang.Tokens(g.tag, run)
	at, found := 0, false
	gap := func(to int) {
		if beside := strings.TrimSpace(run[at:to]); strings.ContainsFunc(beside, func(r rune) bool { return !g.between[string(r)] }) {
			parts = append(parts, beside)
		}
	}
	for _, m := range g.mentions(run, tokens, typed) {
		from, to := tokens[m.From].Start, tokens[m.To-1].End
		if from < at { // another thing of the same name
			continue
		}
		gap(from)
		parts = append(parts, run[from:to])
		at, found = to, true
	}
	if !found {
		return nil
	}
	gap(len(run))
	if len(parts) == 1 && parts[0] == run {
		return nil
	}
	return parts
}

// leastBeside is of how many syllables what stands beside a name in a Korean word is a word of its own: 한국어 is a language and no
// country.
const leastBeside = 2

// compound are the names with which a Korean word begins, and the rest.
func (g *gazetteer) compound(word string) (parts []string) {
	rest := word
	for rest != "" {
		tokens := lang.Tokens(g.tag, rest)
		if len(tokens) != 1 {
			return nil
		}
		n := 0
		for end := len(rest); end >= leastGrown && n == 0; {
			for _, e := range g.at(lang.Stem(g.tag, rest[:end])) {
				if fold, _, _ := g.word(int(e.at)); e.words() == 1 && e.is(typed) && fold == rest[:end] {
					n = end
				}
			}
			_, size := utf8.DecodeLastRuneInString(rest[:end])
			end -= size
		}
		if n == 0 || n < len(rest) && utf8.RuneCountInString(rest[n:]) < leastBeside {
			break
		}
		parts, rest = append(parts, rest[:n]), rest[n:]
	}
	if rest != "" {
		parts = append(parts, rest)
	}
	if len(parts) < 2 {
		return nil
	}
	return parts
}
