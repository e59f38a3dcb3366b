package web

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
)

// TestANameInChinese: a word of several characters is told with what it is called elsewhere, and stays a word when the query is written again.
func TestANameInChinese(t *testing.T) {
	t.Parallel()
	read, err := readShipped()
	if err != nil {
		t.Fatal(err)
	}
	q := &request{server: &server{shipped: read}, prefs: prefs{ui: lang.EN}}
	typed := search.Term{Raw: "土耳其", Kind: search.Phrase, Also: []search.Named{{Tag: lang.EN, Text: "Türkiye"}, {Tag: lang.RU, Text: "Турция"}}}
	if got := string(q.how(typed, "/?q=x")); !strings.Contains(got, "Türkiye") || !strings.Contains(got, "Турция") || strings.HasPrefix(got, " ·") || !strings.Contains(got, `href="/?q=x"`) {
		t.Error(got)
	}
	other := search.Term{Raw: "水库", Kind: search.Phrase}
	if got := string(q.how(other, "/?q=x")); strings.Contains(got, "href") {
		t.Error(got)
	}
	for quote, want := range map[int]string{-1: `土耳其 "水库"`, 0: `"土耳其" "水库"`} {
		if got := written([]search.Term{typed, other}, -1, quote); got != want {
			t.Errorf("%q", got)
		}
	}
}
