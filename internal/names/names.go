// Package names knows the names of countries, places and bodies in all languages of the wire, so that a reader is told of
// what a text speaks that she cannot read, and a search finds what another language calls otherwise. Names are claims: the
// tables list forms without ranking peoples or borders. The files can be edited by a linguist.
package names

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

//go:embed countries.tsv
var countries string

//go:embed names.tsv
var others string

// Kind is what a name names.
type Kind string

const (
	Country Kind = "country"
	Place   Kind = "place"
	Body    Kind = "body"
)

// Name is one thing that has names.
type Name struct {
	Kind Kind
	ID   string // of a country its ISO 3166-1 code
}

// languages are those of the tables, in the order in which names are told.
var languages = []lang.Tag{lang.KK, lang.UZ, lang.RU, lang.TR, lang.AZ, lang.FA, lang.UR, lang.EN, lang.KY, lang.TG, lang.TK, lang.AR, lang.ZH, lang.KO, lang.MN, lang.PRS}

// lower reports whether a text begins with a small letter.
func lower(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(r)
}

// close: a word has all but the last two letters of a form, of one of up to five letters all but the last, and of two short ones the
// shorter is all in the longer; a stem alone may be two words' own.
func close(a, b string) bool {
	n := shared(a, b)
	if short := min(len(a), len(b)); short <= 4 && n < short {
		return false
	}
	_, size := utf8.DecodeLastRuneInString(b)
	if len(b) <= 5*size {
		return n >= len(b)-size
	}
	return n >= len(b)-2*size
}

// formOf reports whether a word can be a form of another one that has the same stem. English tables give a word's forms, and a Persian
// noun keeps its letters: part is no party, and در, in, no دره, valley. An Urdu one that is short changes its last letter but does
// not lose it.
func formOf(t lang.Tag, word, of string) bool {
	switch base(t) {
	case "ar":
		return inflected(t, word, of)
	case "en", "fa", "prs":
		return strings.HasPrefix(word, of)
	case "ur":
		return close(word, of) && (len(word) >= len(of) || utf8.RuneCountInString(of) > 5)
	}
	return close(word, of)
}

// inflected reports whether a word can be a form of a proper name. In Russian and Mongolian a name loses a last vowel or й, ь to an
// ending, that of an adjective whole (Саудовская); one in -ы or -и only to that of a plural: Дело is nothing of Дели. One that ends in
// a consonant keeps it, behind a vowel that may fall out: Египта is of Египет, Суды not of Судан. In Turkic languages a last consonant
// may soften, and no vowel goes: Bakan is nothing of Bakü. An Urdu name may end in another vowel. Persian, English and Korean names stay whole.
// An Arabic word may begin with what is no part of the name.
func inflected(t lang.Tag, word, name string) bool {
	n := shared(word, name)
	lost, ending := name[n:], word[n:]
	if lost == "" {
		return true
	}
	switch base(t) {
	case "ru", "mn":
		last, size := utf8.DecodeLastRuneInString(name)
		switch {
		case !strings.ContainsRune("аеёиоуыэюяйьөү", last):
			return len(lost) == 2*size && strings.HasPrefix(word[len(name)-len(lost):], string(last))
		case lost == "ы" || lost == "и":
			return slices.Contains([]string{"", "ов", "ам", "ах", "ами", "ей", "ийн", "ыг", "ын"}, ending)
		case lost == "ая" || lost == "ое" || lost == "ый" || lost == "ий" || lost == "ые" || lost == "ие":
			return true
		}
		return len(lost) == size
	case "ar":
		if name = strings.TrimPrefix(name, "ال"); utf8.RuneCountInString(name) > longName {
			return strings.Contains(word, name[:len(name)-2])
		}
		return bare(word) == name
	case "zh":
		return true // no endings
	case "en", "fa", "prs", "ko":
		return false
	case "ur":
		return lost == "ا" || lost == "ه" || lost == "ہ" || lost == "ۃ"
	case "tr", "az", "kk", "ky", "uz", "tk":
		soft, _ := utf8.DecodeRuneInString(ending)
		return utf8.RuneCountInString(lost) == 1 && strings.Contains("кпқkpqtç", lost) && strings.ContainsRune("гбғgğbdc", soft)
	}
	return utf8.RuneCountInString(lost) <= 1
}

// longName is from how many letters on an Arabic name is believed within a word.
const longName = 6

// bare is an Arabic word without what is written as one with it before it: and, so, in, to, as, the.
func bare(word string) string {
	for range 2 {
		r, size := utf8.DecodeRuneInString(word)
		if strings.HasPrefix(word, "ال") || !strings.ContainsRune("وفبلك", r) || utf8.RuneCountInString(word) < 5 {
			break
		}
		word = word[size:]
	}
	return strings.TrimPrefix(strings.TrimPrefix(word, "ال"), "ل")
}

// surnames are endings that make a surname or a given name of what may be a country's name: Ганиев is nobody of Ghana, and
// Qobuljon not of Kabul. They are keyed in their language before they are compared.
var surnames = []string{"ов", "ев", "ёв", "иев", "ov", "ev", "iev", "yev", "ow", "ew", "ýew", "iýew", "jon", "жон", "ҷон", "bek", "бек"}

// surname reports whether a word is not the name but somebody called after something like it. A plural has -ов for an ending of
// its own: Нидерландов.
func surname(t lang.Tag, word, name string) bool {
	n := shared(word, name)
	if lost := name[n:]; lost == "ы" || lost == "и" {
		return false
	}
	return slices.ContainsFunc(surnamesIn(base(t)), func(k string) bool { return strings.HasPrefix(word[n:], k) })
}

var keyedSurnames sync.Map // code of a language -> []string

// surnamesIn are those endings as words of a language are keyed.
func surnamesIn(code string) []string {
	if had, ok := keyedSurnames.Load(code); ok {
		return had.([]string)
	}
	var keys []string
	for _, s := range surnames {
		if k := lang.Fold(lang.Tag(code), s); k != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	had, _ := keyedSurnames.LoadOrStore(code, keys)
	return had.([]string)
}

// shared is how many bytes two words have in common at their beginning, in whole letters.
func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && (n < len(a) && !utf8.RuneStart(a[n]) || n < len(b) && !utf8.RuneStart(b[n])) {
		n--
	}
	return n
}
