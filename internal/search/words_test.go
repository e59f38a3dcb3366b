package search

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// Pieces that a text may be made of to try the analyser.
var parts = []string{" ", " ", " ", "\n", "\t", "\u00a0", "\u200c", "\u200d", "\u00ad", "\u2028", "\xd2", "\xff", "\x00", ".", ",", ":", ";", "!", "?", "(", ")", `"`, "'", "ʻ", "ʼ", "’", "-", "–", "«", "»", "٫", "٬", "،",
	"1", "5", "240", "000", "۱۴۰۵", "٣", "5,6", "1.000.000", "11.07.2025", "14:07", "km", "U.S.", "А.", "т.б.",
	"oʻzbek", "O'zbekistonning", "gʻ", "Қозоғистон", "елшінің", "форумға", "форум", "жылғы", "reservoir's", "İstanbul'da", "ISTANBUL", "ışık", "تركيه", "پاکستان", "می\u200cشود", "کتاب\u200cها", "中国", "東京タワー", "e\u0301", "\u0301", "COVID-19", "x"}

func mixed(rnd *rand.Rand, n int) string {
	var b strings.Builder
	for range 1 + rnd.IntN(n) {
		b.WriteString(parts[rnd.IntN(len(parts))])
	}
	return b.String()
}

// TestAnalysedInPieces: read piece by piece, and from what is kept, a text has the words that it has
// when the analyser reads it whole.
func TestAnalysedInPieces(t *testing.T) {
	t.Parallel()
	tags := append(lang.Known(), lang.Und)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		text, tag := mixed(rnd, 12), tags[rnd.IntN(len(tags))]
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

// TestFoundWithoutAnalysis: the hits are those of the text analysed whole.
func TestFoundWithoutAnalysis(t *testing.T) {
	t.Parallel()
	tags := append(lang.Known(), lang.Und)
	rnd := rand.New(rand.NewPCG(3, 4))
	typed := []string{`форум`, `"форум аясында"`, `қоз*`, `"240 km"`, `"форум форум форум"`, `reservoir OR 1405`, `"oʻzbek 5"`, `-x`, `ıst* x`, `"COVID-19"`, `中国 "елшінің жыл*"`}
	found := 0
	for range 400 {
		s := typed[rnd.IntN(len(typed))]
		if rnd.IntN(3) == 0 {
			s = `"` + mixed(rnd, 6) + `" ` + mixed(rnd, 4) + "*"
		}
		q, err := Parse(s)
		if err != nil || q.Empty() {
			continue
		}
		for range 50 {
			text, tag := mixed(rnd, 40), tags[rnd.IntN(len(tags))]
			lex, _ := analyse(tag, text)
			want := q.hits(lex)
			got, n := q.find(tag, text)
			if n != len(lex) || !slices.Equal(got, want) {
				t.Fatalf("%s in %s %q:\n%d words, %v\n%d words, %v", s, tag, text, n, got, len(lex), want)
			}
			found += len(got)
		}
	}
	if found < 1000 {
		t.Errorf("only %d hits were compared", found)
	}
}
