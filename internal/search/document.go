package search

import (
	"strings"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// Doc is what the index holds of one document: lexemes separated by one space.
type Doc struct {
	Headline, Body string

	// Endings are what the words have that the lexemes are of, beyond these: for every lexeme of headline and body but the separators a
	// space, '-' for each letter that is to be taken off its end, and the letters that follow. Empty where that is not known.
	Endings string
}

// Document is the index's view of a headline and paragraphs in language t: one lexeme a token, the
// stem. Between paragraphs stands a lexeme that no query can produce, so that phrases do not cross them.
func Document(t lang.Tag, headline string, body []string) Doc {
	var h, b, e strings.Builder
	writeLexemes(&h, &e, t, headline, "")
	gap := ""
	for _, p := range body {
		if writeLexemes(&b, &e, t, p, gap) {
			gap = " " + separator + " "
		}
	}
	return Doc{Headline: h.String(), Body: b.String(), Endings: e.String()}
}

// writeLexemes writes gap and the lexemes of text, and their endings; false, and nothing written, if it has none.
func writeLexemes(b, endings *strings.Builder, t lang.Tag, text, gap string) bool {
	lex, _ := analyse(t, text)
	for i, l := range lex {
		if i > 0 {
			gap = " "
		}
		b.WriteString(gap)
		b.WriteString(l.stem)
		writeEnding(endings, l)
	}
	return len(lex) > 0
}

func writeEnding(b *strings.Builder, l lexical) {
	same := 0
	for i, r := range l.stem {
		if !strings.HasPrefix(l.fold[i:], string(r)) {
			break
		}
		same = i + utf8.RuneLen(r)
	}
	b.WriteByte(' ')
	for range utf8.RuneCountInString(l.stem[same:]) {
		b.WriteByte('-')
	}
	b.WriteString(l.fold[same:])
}

// appendFold appends the word that a lexeme and its ending are of, folded.
func appendFold(b []byte, stem, ending string) []byte {
	for strings.HasPrefix(ending, "-") {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem, ending = stem[:len(stem)-size], ending[1:]
	}
	return append(append(b, stem...), ending...)
}
