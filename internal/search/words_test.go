package search

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestAnalysedInPieces: read piece by piece, and from what is kept, a text has the words that it has
// when the analyser reads it whole.
func TestAnalysedInPieces(t *testing.T) {
	t.Parallel()
	parts := []string{" ", " ", " ", "\n", "\t", "\u00a0", "\u200c", "\u200d", "\u00ad", "\u2028", "\xd2", "\xff", "\x00", ".", ",", ":", ";", "!", "?", "(", ")", `"`, "'", "ʻ", "ʼ", "’", "-", "–", "«", "»", "٫", "٬", "،",
		"1", "5", "240", "000", "۱۴۰۵", "٣", "5,6", "1.000.000", "11.07.2025", "14:07", "km", "U.S.", "А.", "т.б.",
		"oʻzbek", "O'zbekistonning", "gʻ", "Қозоғистон", "елшінің", "форумға", "форум", "жылғы", "reservoir's", "İstanbul'da", "ISTANBUL", "ışık", "تركيه", "پاکستان", "می\u200cشود", "کتاب\u200cها", "中国", "東京タワー", "e\u0301", "\u0301", "COVID-19", "x"}
	tags := append(lang.Known(), lang.Und)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		for range 1 + rnd.IntN(12) {
			b.WriteString(parts[rnd.IntN(len(parts))])
		}
		text, tag := b.String(), tags[rnd.IntN(len(tags))]
		whole := analyseWords(tag, text)
		lex, spans := analyse(tag, text)
		ws := make([]word, len(lex))
		for i := range lex {
			ws[i] = word{lex[i], spans[i]}
		}
		if !slices.Equal(ws, whole) {
			t.Fatalf("%s %q:\nin pieces %v\nwhole     %v", tag, text, ws, whole)
		}
	}
}
