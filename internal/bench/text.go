// Package bench measures what a node reaches: publishing, searching, taking in, starting, memory.
// 'make bench' runs it and prints the rows of docs/performance.md. It holds no part of a node.
package bench

import (
	"math/rand/v2"
	"strings"

	"jarchi.dev/jarchi/internal/lang"
)

// Vocabulary makes invented words in three scripts, used as often as Zipf's law says, so that an index
// over them behaves like one over news.
type Vocabulary struct {
	words map[lang.Tag][]string
	zipf  *rand.Zipf
	rnd   *rand.Rand
}

const vocabulary = 60_000 // words a language

var syllables = map[lang.Tag][]string{
	lang.KK: strings.Fields("қа ма ру де сі жо тұ бе ки ла ша өн ғы ны пе то ұр ің ал ор"),
	lang.UZ: strings.Fields("qa mo ru de si jo tu be ki la sho oʻn gʻi ni pe to ur ing al or"),
	lang.FA: strings.Fields("کا ما رو ده سی جو تو به کی لا شا ان گی نی په تو ور ین ال ار"),
}

// Languages of the invented texts.
var Languages = []lang.Tag{lang.KK, lang.UZ, lang.FA}

// NewVocabulary makes the same words for the same seed.
func NewVocabulary(seed uint64) *Vocabulary {
	rnd := rand.New(rand.NewPCG(seed, 1))
	v := &Vocabulary{words: map[lang.Tag][]string{}, rnd: rnd}
	for _, t := range Languages {
		s := syllables[t]
		ws := make([]string, vocabulary)
		for i := range ws { // the number of the word in base len(s), at least two syllables
			var b strings.Builder
			for n := i + len(s); n > 0; n /= len(s) {
				b.WriteString(s[n%len(s)])
			}
			ws[i] = b.String()
		}
		v.words[t] = ws
	}
	v.zipf = rand.NewZipf(rnd, 1.1, 8, vocabulary-1)
	return v
}

// Word is the word of a rank, 0 the commonest.
func (v *Vocabulary) Word(t lang.Tag, rank int) string { return v.words[t][rank] }

// Text is a headline of eight words and a body of about size bytes in paragraphs of sixty.
func (v *Vocabulary) Text(t lang.Tag, size int) (headline string, body []string) {
	ws := v.words[t]
	pick := func() string { return ws[v.zipf.Uint64()] }
	var h strings.Builder
	for i := range 8 {
		if i > 0 {
			h.WriteByte(' ')
		}
		h.WriteString(pick())
	}
	for total := 0; total < size; {
		var p strings.Builder
		for i := 0; i < 60 && total+p.Len() < size; i++ {
			if i > 0 {
				p.WriteByte(' ')
			}
			p.WriteString(pick())
			if i%12 == 11 {
				p.WriteByte('.')
			}
		}
		total += p.Len()
		body = append(body, p.String())
	}
	return h.String(), body
}
