package sample

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

func TestDrafts(t *testing.T) {
	t.Parallel()
	for _, m := range Members() {
		parts := Draft(m.ID)
		if len(parts) == 0 {
			t.Errorf("nobody writes at %s", m.ID)
		}
		for _, p := range parts {
			if got := lang.Detect(p.Headline+"\n"+p.Body, "").Tag; got != p.Language {
				t.Errorf("%s: a text in %s is taken for %s", m.ID, p.Language, got)
			}
		}
	}
}
