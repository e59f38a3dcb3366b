// Package names knows the names of countries, places and bodies in all languages of the wire, so that a reader is told of
// what a text speaks that she cannot read, and a search finds what another language calls otherwise. Names are claims: the
// tables list forms without ranking peoples or borders. The files can be edited by a linguist.
package names

import (
	_ "embed"
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
