package scenes

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/app/sample"
	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/wire"
)

// TestLanguagesOfTheSampleAgree: every two language versions of every release of the demo say the same
// figures and dates, but for a fault that is corrected in the course of the demo.
func TestLanguagesOfTheSampleAgree(t *testing.T) {
	t.Parallel()
	text := func(n wire.NewItem) compare.Text {
		return compare.Text{Lang: n.Language, Paragraphs: append([]string{n.Content.Headline}, n.Content.Body...)}
	}
	pairs := 0
	apart := func(items []wire.NewItem) (out []string) {
		for i := range items {
			for j := i + 1; j < len(items); j++ {
				pairs++
				for _, d := range compare.Across(text(items[i]), text(items[j])) {
					out = append(out, fmt.Sprintf("%s and %s: %v\n  %s\n  %s", items[i].Language, items[j].Language, d, d.A.Sentence, d.B.Sentence))
				}
			}
		}
		return out
	}
	for _, r := range sample.Releases() {
		mended := false
		for _, e := range r.Events {
			mended = mended || e.Kind == sample.Correct
		}
		items := slices.Clone(r.Items)
		if ds := apart(items); len(ds) > 0 && !mended { // what is corrected later may be wrong before
			t.Errorf("%s: %s", r.Key, strings.Join(ds, "\n"))
		}
		for _, e := range r.Events {
			for _, n := range e.Items {
				at := slices.IndexFunc(items, func(o wire.NewItem) bool { return o.Language == n.Language })
				if at < 0 {
					items = append(items, n)
				} else {
					items[at] = n
				}
			}
			if ds := apart(e.Items); len(ds) > 0 {
				t.Errorf("%s after its %s: %s", r.Key, e.Kind, strings.Join(ds, "\n"))
			}
		}
		if mended {
			if ds := apart(items); len(ds) > 0 {
				t.Errorf("%s at its end: %s", r.Key, strings.Join(ds, "\n"))
			}
		}
	}
	if pairs < 50 {
		t.Errorf("only %d pairs of languages in the sample", pairs)
	}
	t.Logf("%d pairs of languages", pairs)
}
