package names

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

//go:embed inflected.txt
var inflectedRows string

// inflection is how names of a language change with their endings; inflected.txt says what each list is.
type inflection struct {
	tag                      lang.Tag
	whole, free              bool
	last, vowels, plural     []string
	pluralEndings, adjective []string
	soften                   []string
	article, contracted      string
	dropped                  string
	attached, taken, people  []string
	surnames                 []string // keyed
}

// inflectionOf reads the table for a language.
func inflectionOf(t lang.Tag) *inflection {
	f := &inflection{tag: t}
	for line := range strings.Lines(inflectedRows) {
		w := strings.Fields(line)
		if len(w) < 3 || w[0] == "#" || w[0] != "*" && !slices.Contains(strings.Split(w[0], ","), string(t)) {
			continue
		}
		words := w[2:]
		switch w[1] {
		case "whole":
			f.whole = true
		case "free":
			f.free = true
		case "last":
			f.last = words
		case "soften":
			f.soften = words
		case "vowels":
			f.vowels = words
		case "plural":
			f.plural = words
		case "plural-ending":
			f.pluralEndings = words
		case "adjective":
			f.adjective = words
		case "article":
			f.article = words[0]
		case "contracted":
			f.contracted = words[0]
		case "attached":
			f.attached = words
		case "taken":
			f.taken = words
		case "dropped":
			f.dropped = words[0]
		case "people":
			f.people = words
		case "surname":
			for _, s := range words {
				if k := lang.Fold(t, s); k != "" && !slices.Contains(f.surnames, k) {
					f.surnames = append(f.surnames, k)
				}
			}
		default:
			panic("names: inflected.txt: no such change: " + w[1])
		}
	}
	return f
}

// formOf reports whether a word can be a form of another one that has the same stem. Where names stay whole, words do: English tables give a word's
// forms, and a Persian noun keeps its letters: part is no party, and در, in, no دره, valley. An Urdu one that is short changes its last letter but does
// not lose it.
func (f *inflection) formOf(word, of string) bool {
	switch {
	case f.article != "":
		return f.inflected(word, of)
	case f.whole && f.tag != lang.KO:
		return strings.HasPrefix(word, of)
	case f.last != nil:
		return close(word, of) && (len(word) >= len(of) || utf8.RuneCountInString(of) > 5)
	}
	return close(word, of)
}

// inflected reports whether a word can be a form of a proper name: Bakan is nothing of Bakü, Дело of Дели, nor Суды of Судан.
func (f *inflection) inflected(word, name string) bool {
	n := shared(word, name)
	lost, ending := name[n:], word[n:]
	switch {
	case lost == "" || f.free:
		return true
	case f.whole:
		return false
	case f.article != "":
		if name = strings.TrimPrefix(name, f.article); utf8.RuneCountInString(name) > longName {
			_, size := utf8.DecodeLastRuneInString(name)
			return strings.Contains(word, name[:len(name)-size])
		}
		return f.bare(word) == name
	case f.last != nil:
		return slices.Contains(f.last, lost)
	case f.soften != nil:
		_, size := utf8.DecodeRuneInString(ending)
		return slices.Contains(f.soften, lost+ending[:size])
	case f.vowels != nil:
		last, size := utf8.DecodeLastRuneInString(name)
		switch {
		case !slices.Contains(f.vowels, string(last)):
			return len(lost) == 2*size && strings.HasPrefix(word[len(name)-len(lost):], string(last))
		case slices.Contains(f.plural, lost):
			return ending == "" || slices.Contains(f.pluralEndings, ending)
		}
		return len(lost) == size || slices.Contains(f.adjective, lost)
	}
	return utf8.RuneCountInString(lost) <= 1
}

// longName is from how many letters on an Arabic name is believed within a word.
const longName = 6

// bare is a word without what is written as one with it before it: and, so, in, to, as, the.
func (f *inflection) bare(word string) string {
	for range 2 {
		_, size := utf8.DecodeRuneInString(word)
		if strings.HasPrefix(word, f.article) || !slices.Contains(f.attached, word[:size]) || utf8.RuneCountInString(word) < 5 {
			break
		}
		word = word[size:]
	}
	_, behind := utf8.DecodeRuneInString(f.contracted)
	return strings.TrimPrefix(strings.TrimPrefix(word, f.article), f.contracted[:behind])
}

// without is a word that loses what is written as one with a name: and, in, to. "" if it begins with none of these.
func (f *inflection) without(word string) string {
	if rest, ok := strings.CutPrefix(word, f.contracted); ok && f.contracted != "" {
		return f.article + rest
	}
	for _, p := range f.taken {
		if rest, ok := strings.CutPrefix(word, p); ok {
			return rest
		}
	}
	return ""
}

// surname reports whether a word is not the name but somebody called after something like it. A plural has -ов for an ending of
// its own: Нидерландов.
func (f *inflection) surname(word, name string) bool {
	n := shared(word, name)
	return !slices.Contains(f.plural, name[n:]) && slices.ContainsFunc(f.surnames, func(k string) bool { return strings.HasPrefix(word[n:], k) })
}
