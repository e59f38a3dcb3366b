package search

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
	"unicode/utf8"

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
	for p := nextPiece(text, 0); p.Start < p.End; p = nextPiece(text, p.End) {
		for _, w := range words(t, text[p.Start:p.End], hashOf(t, text[p.Start:p.End])) {
			lex = append(lex, w.lexical)
			spans = append(spans, lang.Span{Start: p.Start + w.Start, End: p.Start + w.End})
		}
	}
	return lex, spans
}

// nextPiece finds the first piece at or after i, without what stands outside at its edges; an empty span
// means there is none.
func nextPiece(text string, i int) lang.Span {
	for i < len(text) && outside[text[i]] {
		i++
	}
	start := i
	for i < len(text) && !space(text[i]) {
		i++
	}
	for i > start && outside[text[i-1]] {
		i--
	}
	return lang.Span{Start: start, End: i}
}

// outside are the bytes that change nothing for the words beside them when they stand at the edge of a piece.
var outside = func() (is [256]bool) {
	for _, c := range []byte(" \n\t\r.,;:!?()\"") {
		is[c] = true
	}
	return is
}()

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func hashOf(t lang.Tag, text string) uint64 {
	h := maphash.String(keptSeed, text)
	for i := range len(t) {
		h = h*31 + uint64(t[i])
	}
	return h
}

// words are the words of a piece with this hash.
func words(t lang.Tag, text string, hash uint64) []word {
	if len(text) > keptLength {
		return analyseWords(t, text)
	}
	place := &kept[hash%keptPieces]
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
		w := word{lexical{stem: lexeme(stemOf(t, text[k.Start:k.End], k)), fold: lexeme(k.Fold)}, k.Span}
		if w.stem == "" {
			w.stem = w.fold
		}
		if w.stem != "" {
			ws = append(ws, w)
		}
	}
	return ws
}

// stemOf is a token's stem. Where an apostrophe parts endings from names (Turkish, AB'nin), a foreign word with
// an apostrophe inside (Koʻksoy, maʼlumot) would be left with its first letters and meet everything that has
// them: what leaves a stem too short to mean anything must be an ending, else the word is read without its
// apostrophe.
func stemOf(t lang.Tag, text string, k lang.Token) string {
	if utf8.RuneCountInString(k.Stem) >= shortestStem {
		return k.Stem
	}
	i := strings.IndexAny(text, apostrophes)
	if i < 0 {
		return k.Stem
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	name, rest := text[:i], text[i+size:]
	if utf8.RuneCountInString(name) >= shortestStem || name == "" || rest == "" || isEnding(t, rest) {
		return k.Stem
	}
	if s := lang.Stem(t, name+rest); s != "" {
		return s
	}
	return k.Stem
}

const apostrophes = "'`´ʹʻʼʽʾʿˈ‘’‛′＇ꞌ"

// isEnding reports whether a language takes s off the end of a word: of one of these, which end in a
// consonant and in vowels of either harmony.
func isEnding(t lang.Tag, s string) bool {
	for _, w := range [...]string{"yol", "göl", "masa"} {
		if lang.Stem(t, w+s) == lang.Stem(t, w) {
			return true
		}
	}
	return false
}
