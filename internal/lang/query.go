package lang

import "strings"

// Form is one reading of a typed word: the keys it has as a word of language Tag.
type Form struct {
	Tag        Tag
	Fold, Stem string
}

const maxForms = 32

// longestQuery is how many bytes of a typed word are read; a key has 64 at most.
const longestQuery = 512

var (
	dotless = strings.NewReplacer("i", "ı", "İ", "ı")
	dotted  = strings.NewReplacer("I", "i", "ı", "i")
)

// QueryStems returns the distinct forms that one typed word may have under every language written in
// its script, and under no particular one; at most 32, in the order of Known.
func QueryStems(word string) []Form {
	if len(word) > longestQuery {
		word = strings.ToValidUTF8(word[:longestQuery], "")
	}
	latin, cyrillic, arab, other := lettersOf(word)
	var forms []Form
	seen := map[[2]string]bool{}
	add := func(t Tag, w string) {
		tokens := Tokens(t, w)
		if len(tokens) == 0 || len(forms) == maxForms {
			return
		}
		f := Form{t, tokens[0].Fold, tokens[0].Stem}
		if k := [2]string{f.Fold, f.Stem}; !seen[k] {
			seen[k] = true
			forms = append(forms, f)
		}
	}
	for _, t := range append(Known(), Und) { // Und stands for every language without tables
		if t == UZCyrl || t == PRS { // fold as uz and fa do
			continue
		}
		fits := other
		switch t {
		case KK, AZ, UZ:
			fits = latin || cyrillic
		case TK, TR, EN:
			fits = latin
		case KY, TG, RU, MN:
			fits = cyrillic
		case FA, UR, AR:
			fits = arab
		case Und:
			fits = true
		}
		if fits || !(latin || cyrillic || arab || other) {
			add(t, word)
			if latin && (t == KK || t == TR || t == AZ) {
				// Capitals of foreign words, COVID, are read with the language's own dotless i.
				add(t, dotless.Replace(word))
				add(t, dotted.Replace(word))
			}
		}
	}
	return forms
}

// lettersOf tells which scripts the word's letters are of; digits alone are of none.
func lettersOf(word string) (latin, cyrillic, arab, other bool) {
	for _, r := range word {
		switch scriptOf(r) {
		case latn:
			latin = true
		case cyrl:
			cyrillic = true
		case arabic:
			arab = true
		case none:
		default:
			other = true
		}
	}
	return
}
