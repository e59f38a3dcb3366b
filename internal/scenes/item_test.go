package scenes

import (
	"testing"

	"jarchi.dev/jarchi/internal/app/sample"
	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/wire"
)

// TestLanguagesOfTheSampleAgree: every two language versions of every release of the demo say the same
// figures and dates, at the start and after each event.
func TestLanguagesOfTheSampleAgree(t *testing.T) {
	t.Parallel()
	text := func(n wire.NewItem) compare.Text {
		return compare.Text{Lang: n.Language, Paragraphs: append([]string{n.Content.Headline}, n.Content.Body...)}
	}
	pairs := 0
	all := func(key string, items []wire.NewItem) {
		for i := range items {
			for j := i + 1; j < len(items); j++ {
				pairs++
				for _, d := range compare.Across(text(items[i]), text(items[j])) {
					t.Errorf("%s, %s and %s: %v\n  %s\n  %s", key, items[i].Language, items[j].Language, d, d.A.Sentence, d.B.Sentence)
				}
			}
		}
	}
	for _, r := range sample.Releases() {
		all(r.Key, r.Items)
		for _, e := range r.Events {
			all(r.Key+" "+string(e.Kind), e.Items)
		}
	}
	if pairs < 50 {
		t.Errorf("only %d pairs of languages in the sample", pairs)
	}
	t.Logf("%d pairs of languages", pairs)
}
