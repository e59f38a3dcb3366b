package web

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	watch "jarchi.dev/jarchi/internal/source"
)

// Every trouble that a source can have has a sentence.
func TestTroublesHaveWords(t *testing.T) {
	t.Parallel()
	en := readStrings(t, lang.EN)
	for _, c := range watch.Codes {
		if en["sources.trouble."+string(c)] == "" {
			t.Errorf("no sentence for %s", c)
		}
	}
}
