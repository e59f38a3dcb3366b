package scenes

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

var shots = flag.String("shots", "", "directory that TestPictures writes pictures of the signed-in pages to")

// TestPictures photographs the demo's pages as an editor sees them, for people to look at, when asked to: into the
// directory of -shots, or with go test's -artifacts among the artifacts of the test.
func TestPictures(t *testing.T) {
	to := *shots
	if to == "" && flag.Lookup("test.artifacts").Value.String() == "true" {
		to = t.ArtifactDir()
	}
	if to == "" {
		t.Skip("not asked for pictures; give -artifacts or -shots DIR to look at the pages")
	}
	s := openDemo(t)
	u := s.person("sabzwadi", "", people.Editor, people.Verifier, people.Administrator)
	c := s.browser(u)
	draft := s.begunDraft(c, "ur")
	at, _, _ := s.press(c, s.deskForm(c, draft, draftOf(draft)).set("ur.headline", "توقسان بلاق یکم جون سے کوکسائی ذخیرے سے 24 کروڑ مکعب میٹر پانی چھوڑے گا", "ur.body", "پانی تین اضلاع میں تقسیم ہوگا۔\n\nپانی 45 دن ملے گا۔", "add", "en"), "do", "add")
	s.press(c, s.deskForm(c, at, draftOf(draft)).set("en.headline", "Toqsanbulaq to release 240 million cubic metres of water", "en.body", "Three districts receive it."), "do", "save")
	water := ""
	for _, p := range s.kinds(c, "/?q=%D0%9A%D3%A9%D0%BA%D1%81%D0%B0%D0%B9%D0%B4%D0%B0%D0%BD") {
		if strings.HasPrefix(p, "/items/") || strings.HasPrefix(p, "/releases/") && water == "" {
			water = p
		}
	}
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(u))
	b.Open(1280, 900, s.URL+"/help/components?ui=ur") // every font is there from now on: one that comes late waits for the next page
	for name, path := range map[string]string{"wire": "/", "release": water, "compose": draftOf(draft) + "?lang=ur", "record": "/corrections", "components": "/help/components", "desk": "/desk", "house": "/people/house", "sources": "/people/sources", "deliveries": "/people/deliveries", "people": "/people", "pane": "/?open=" + strings.TrimPrefix(water, "/")} {
		for _, look := range []struct {
			ui, theme string
			width     int64
		}{{"en", "light", 360}, {"en", "light", 1280}, {"ur", "light", 360}, {"ur", "light", 1280}, {"en", "dark", 1280}, {"ur", "dark", 360}} {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			b.Media("", "prefers-color-scheme", look.theme)
			b.Open(look.width, 900, s.URL+path+sep+"ui="+look.ui)
			b.Picture(filepath.Join(to, fmt.Sprintf("%s-%s-%d-%s.png", name, look.ui, look.width, look.theme)))
		}
	}
}
