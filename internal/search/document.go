package search

import (
	"strings"

	"jarchi.dev/jarchi/internal/lang"
)

// Doc is what the index holds of one document: lexemes separated by one space.
type Doc struct{ Headline, Body string }

// Document is the index's view of a headline and paragraphs in language t: one lexeme a token, the
// stem. Between paragraphs stands a lexeme that no query can produce, so that phrases do not cross them.
func Document(t lang.Tag, headline string, body []string) Doc {
	var h, b strings.Builder
	writeLexemes(&h, t, headline, "")
	gap := ""
	for _, p := range body {
		if writeLexemes(&b, t, p, gap) {
			gap = " " + separator + " "
		}
	}
	return Doc{Headline: h.String(), Body: b.String()}
}

// writeLexemes writes gap and the lexemes of text; false, and nothing written, if it has none.
func writeLexemes(b *strings.Builder, t lang.Tag, text, gap string) bool {
	lex, _ := analyse(t, text)
	for i, l := range lex {
		if i > 0 {
			gap = " "
		}
		b.WriteString(gap)
		b.WriteString(l.stem)
	}
	return len(lex) > 0
}
