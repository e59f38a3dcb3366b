package browse_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
)

// Pages of very long releases end early, and a walk still meets every release once.
func TestPagesAreBoundedInBytes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	const count = 35
	for i := range count {
		in := testkit.Input(map[lang.Tag][2]string{lang.RU: {fmt.Sprint("Плотина ", i), strings.Repeat("Плотина открыта. ", 20)}})
		if _, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), in); err != nil {
			t.Fatal(err)
		}
	}
	n.Browse.SetPageBytes(1)
	for _, text := range []string{"", "плотина"} {
		seen, pages := map[string]bool{}, 0
		for q := (browse.Query{Text: text, Limit: 100}); ; {
			page, err := n.Browse.List(ctx, access.Viewer{}, q)
			if err != nil {
				t.Fatal(err)
			}
			if pages++; len(page.Entries) > 10 {
				t.Errorf("a page of %d", len(page.Entries))
			}
			for _, e := range page.Entries {
				if seen[string(e.Release.ID)] {
					t.Errorf("%s twice", e.Release.ID)
				}
				seen[string(e.Release.ID)] = true
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if len(seen) != count || pages != 4 {
			t.Errorf("%q: %d releases on %d pages", text, len(seen), pages)
		}
	}
	// By relevance the newest that fit are ranked.
	page, err := n.Browse.List(ctx, access.Viewer{}, browse.Query{Text: "плотина", Limit: 100, Relevance: true})
	if err != nil || len(page.Entries) != 10 {
		t.Errorf("%d %v", len(page.Entries), err)
	}
}
