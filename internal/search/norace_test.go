//go:build !race

package search

import (
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

const raceEnabled = false

// Hostile text costs time in proportion to its length. Under the race detector times say nothing.
func TestHostileTextIsLinear(t *testing.T) {
	t.Parallel()
	q, err := Parse(`"a a a a a a a a" a* aaa* "b a" -c` + ` 中中中中中 b`)
	if err != nil {
		t.Fatal(err)
	}
	for name, unit := range map[string]string{"one letter": "a ", "no spaces": "a", "marks": "\u0301", "apostrophes": "a'", "ideographs": "中", "invalid": "\xff", "sentence ends": ". ", "hyphens": "a-"} {
		text := strings.Repeat(unit, 100_000/len(unit))
		start := time.Now()
		d := Document(lang.KK, text[:1000], []string{text})
		q.Score(d)
		q.Exactness(lang.KK, "", []string{text})
		if joined(q.Highlight(lang.KK, text)) != text {
			t.Errorf("%s: highlighting changed the text", name)
		}
		q.Snippet(lang.KK, []string{text}, 30)
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: %v for 100 kB", name, took)
		}
	}
}
