package intake

import (
	"hash/maphash"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// change is how much likelier the words that two blocks share are in two texts than in one, from -1 to 1.
func change(a, b map[uint64]bool) float64 {
	n := float64(min(len(a), len(b)))
	if n < 5 {
		return 0
	}
	shared := min(meet(a, b), n)
	llr := shared*math.Log(apart/together) + (n-shared)*math.Log((1-apart)/(1-together))
	return max(-1, min(1, llr/8))
}

// The shares of the words of the smaller of two blocks that the other holds: two texts, and two parts of one.
const apart, together = 0.06, 0.2

func meet(a, b map[uint64]bool) (n float64) {
	for k := range a {
		if b[k] {
			n++
		}
	}
	return n
}

var seed = maphash.MakeSeed()

// stemsOf are the first five letters of the longer words of a line that are not frequent in every text, enough to meet in spite of
// endings; in Chinese, the pairs of characters. As hashes.
func stemsOf(s string) (out []uint64) {
	add := func(k string) {
		if !rules.frequent[k] {
			out = append(out, maphash.String(seed, k))
		}
	}
	for _, w := range strings.FieldsFunc(foldLine(s[:cut(s, 1500)]), func(r rune) bool {
		return strings.ContainsRune(" .,:;!?()«»\"“”،؛۔؟–—-，。、：；「」《》", r)
	}) {
		r := []rune(w)
		switch {
		case unicode.In(r[0], unicode.Han, unicode.Hiragana, unicode.Katakana):
			for i := 0; i+2 <= len(r); i++ {
				add(string(r[i : i+2]))
			}
		case len(r) >= 4 || unicode.Is(unicode.Hangul, r[0]) && len(r) >= 2:
			add(stemKey(r))
		}
	}
	return out
}

func stemSet(s string) map[uint64]bool { return setOf(stemsOf(s)) }

func setOf(list []uint64) map[uint64]bool {
	out := make(map[uint64]bool, len(list))
	for _, k := range list {
		out[k] = true
	}
	return out
}

// stemKey is the first five letters of a word; of an Arabic one, behind the article.
func stemKey(r []rune) string {
	for _, article := range []string{"ال", "وال", "بال", "فال", "کال", "لل"} {
		if n := utf8.RuneCountInString(article); len(r) >= n+3 && string(r[:n]) == article {
			r = r[n:]
			break
		}
	}
	return string(r[:min(len(r), 5)])
}
