package lang

import (
	"cmp"
	"slices"
	"strings"
)

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
	typed := lettersOf(word)
	for _, t := range append(Known(), Und) { // Und stands for every language without tables
		if t.FoldsAs() != t {
			continue
		}
		l := lexiconOf(t)
		if t == Und || typed == 0 || typed&l.scriptsOf(t) != 0 {
			add(t, word)
			if typed&has(latn) != 0 && l.stemmer.dotless {
				// Capitals of foreign words, COVID, are read with the language's own dotless i.
				add(t, dotless.Replace(word))
				add(t, dotted.Replace(word))
			}
		}
	}
	return forms
}

// scriptSet is which scripts letters are of, a bit each; those without tables of any language of ours are one.
type scriptSet uint8

func has(s script) scriptSet {
	switch s {
	case none:
		return 0
	case latn, cyrl, arabic:
		return 1 << s
	}
	return 1
}

// lettersOf tells which scripts the word's letters are of; digits alone are of none.
func lettersOf(word string) (in scriptSet) {
	for _, r := range word {
		in |= has(scriptOf(r))
	}
	return in
}

// scriptsOf are the scripts that a language's words are typed in: its usual one, and those of [scripts] in its folder.
func (l *lexicon) scriptsOf(t Tag) (in scriptSet) {
	for _, code := range append(l.scripts, t.Script()) {
		in |= has(script(slices.Index(scriptCodes[:], code)))
	}
	return in
}

// FoldsAs is the language whose letters and stems a tag shares: that of its folder of tables (uz of uz-Cyrl), or the one that its folder inherits from (fa of
// prs); most often itself.
func (t Tag) FoldsAs() Tag {
	if l := lexiconOf(t); l.code == t.base() && served[Tag(cmp.Or(l.as, l.code))] {
		return Tag(cmp.Or(l.as, l.code))
	}
	return t
}
