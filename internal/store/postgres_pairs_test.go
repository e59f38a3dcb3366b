package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/search"
)

// Tests ask for pairs from the fifth document on.
func init() { phrasesFirst, pairsFirst = 4, 8 }

// TestPairFilter: what stands side by side is in the filter, and little else.
func TestPairFilter(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 60, 500, 3000} {
		words := make([]string, n)
		for i := range words {
			words[i] = fmt.Sprint("w", rnd.IntN(100))
		}
		filter := pairFilter(IndexDoc{Doc: search.Doc{Body: strings.Join(words, " ")}})
		if bits := len(filter) * 8; bits&(bits-1) != 0 || bits < leastBits || bits > mostBits {
			t.Fatalf("%d words: a filter of %d bits", n, bits)
		}
		has := func(a, b string) bool {
			for _, h := range pairOf(a, b) {
				at := int(h) & (len(filter)*8 - 1)
				if filter[at/8]>>(at%8)&1 == 0 {
					return false
				}
			}
			return true
		}
		for i := 1; i < n; i++ {
			if !has(words[i-1], words[i]) {
				t.Fatalf("%q %q is not there", words[i-1], words[i])
			}
		}
		wrong := 0
		for i := range 1000 {
			if has(fmt.Sprint("x", i), "y") {
				wrong++
			}
		}
		if wrong > 60 {
			t.Errorf("%d words: %d in a thousand pairs seem to be there", n, wrong)
		}
	}
}
