package search

import (
	"hash/maphash"
	"strings"
	"sync/atomic"

	"jarchi.dev/jarchi/internal/lang"
)

// What stands between two spaces has its words whatever stands around it: the analyser joins nothing
// across white space. So what was analysed lately is kept, and a text is mostly looked up: a page of
// hits has nine thousand words, few of them new, and folding and stemming one takes ten times as long.

// piece is an analysed piece of text between spaces. Immutable.
type piece struct {
	tag   lang.Tag
	text  string
	words []word
}

type word struct {
	lexical
	lang.Span // within the piece
}

const (
	keptPieces = 1 << 14 // about 3 MB
	keptLength = 48      // bytes; a longer piece is not kept
)

// kept holds a piece at the place that its hash gives, where it stays until another comes there.
var (
	kept     [keptPieces]atomic.Pointer[piece]
	keptSeed = maphash.MakeSeed()
)

// analyse reads text under one language. The index, queries and highlighting all read through it, so
// they agree about what a word is. Tokens without a lexeme are left out.
func analyse(t lang.Tag, text string) ([]lexical, []lang.Span) {
	lex := make([]lexical, 0, len(text)/8+1)
	spans := make([]lang.Span, 0, len(text)/8+1)
	inLanguage := maphash.String(keptSeed, string(t))
	for i := 0; i < len(text); {
		if outside(text[i]) {
			i++
			continue
		}
		start := i
		for i < len(text) && !space(text[i]) {
			i++
		}
		end := i
		for outside(text[end-1]) {
			end--
		}
		for _, w := range words(t, inLanguage, text[start:end]) {
			lex = append(lex, w.lexical)
			spans = append(spans, lang.Span{Start: start + w.Start, End: start + w.End})
		}
	}
	return lex, spans
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// outside reports whether c changes nothing for the words beside it when it stands at the edge of a piece.
func outside(c byte) bool { return space(c) || strings.IndexByte(`.,;:!?()"`, c) >= 0 }

// words are the words of a piece.
func words(t lang.Tag, inLanguage uint64, text string) []word {
	if len(text) > keptLength {
		return analyseWords(t, text)
	}
	place := &kept[(maphash.String(keptSeed, text)+inLanguage)%keptPieces]
	if p := place.Load(); p != nil && p.text == text && p.tag == t {
		return p.words
	}
	text = strings.Clone(text) // which is a part of a whole body
	ws := analyseWords(t, text)
	place.Store(&piece{tag: t, text: text, words: ws})
	return ws
}

func analyseWords(t lang.Tag, text string) []word {
	toks := lang.Tokens(t, text)
	ws := make([]word, 0, len(toks))
	for _, k := range toks {
		w := word{lexical{stem: lexeme(k.Stem), fold: lexeme(k.Fold)}, k.Span}
		if w.stem == "" {
			w.stem = w.fold
		}
		if w.stem != "" {
			ws = append(ws, w)
		}
	}
	return ws
}
