package scenes

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

// TestASearchLooksBackStepByStep: a search that would take long answers with what it has found so far, says how far
// back that is and goes on; with scripts by itself, without them at a button.
func TestASearchLooksBackStepByStep(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.members()
	for i := range 24 {
		words := "Rain and snow."
		if i == 2 || i == 9 {
			words = "Rain alone."
		}
		s.released("nildasht", 4, wire.NewItem{Language: lang.EN, Content: wire.Content{Headline: fmt.Sprint("Weather ", i), Body: []string{words}}})
	}
	s.Browse.Depth = browse.Depth{Step: 4} // no patience at all
	next := regexp.MustCompile(`rel="next" href="([^"]*)"`)
	query := func(ui, q string) string { return "/?" + url.Values{"ui": {ui}, "q": {q}}.Encode() }

	address, found := query("en", "rain -snow"), ""
	for n := 1; address != ""; n++ {
		code, page := s.get(http.DefaultClient, address)
		back := strings.Contains(page, "data-back")
		if code != 200 || n > 8 || back != strings.Contains(page, words(t, "wire", "en")["wire.further"]) {
			t.Fatalf("page %d: %d, goes on: %v", n, code, back)
		}
		for _, i := range []int{9, 2} {
			if strings.Contains(page, fmt.Sprint("Weather ", i)) {
				found += fmt.Sprint(i, " ")
			}
		}
		if back && strings.Contains(page, `id="empty"`) && !strings.Contains(page, `id="empty" hidden`) {
			t.Errorf("page %d says that nothing was found before all was looked at", n)
		}
		address = ""
		if m := next.FindStringSubmatch(page); m != nil {
			address = html.UnescapeString(m[1])
		}
		if n == 1 && (found != "" || address == "") {
			t.Errorf("the first page found %q and goes on to %q", found, address)
		}
	}
	if found != "9 2 " {
		t.Errorf("found %q", found)
	}

	b := chromium.Open(t)
	for _, ui := range []string{"en", "ur"} {
		b.Do(chromium.Go(s.URL + query(ui, "rain -snow")))
		b.Wait(`document.querySelectorAll('#rows .row').length === 2 && !document.querySelector('.more')`)
		b.Do(chromium.Go(s.URL + query(ui, "hail -snow")))
		b.Wait(`!document.querySelector('.more') && document.querySelector('#empty')?.checkVisibility()`)
	}
}
