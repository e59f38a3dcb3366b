package story

import (
	"slices"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// Each row of the table is of a language of ours and of a kind that is read, and each language says where an event is.
func TestEventWords(t *testing.T) {
	t.Parallel()
	says := []string{"before", "behind", "joined", "end", "dental"}
	for tag, kinds := range eventWords() {
		if !slices.Contains(lang.Known(), tag) {
			t.Errorf("%s is no language of ours", tag)
		}
		for kind, words := range kinds {
			if !slices.Contains(append(says, "home", "city", "th", "the"), kind) || len(words) == 0 {
				t.Errorf("%s %s %q is read by nobody", tag, kind, words)
			}
		}
	}
	for _, tag := range sixteen {
		if !slices.ContainsFunc(says, func(kind string) bool { return len(eventWords()[tag][kind]) > 0 }) {
			t.Errorf("%s has no way to say where", tag)
		}
	}
}
