package scenes

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// TestPicturesOfStories photographs the list of stories, one story, the page that joins and what was decided, as an editor
// sees them, when asked to (-shots DIR).
func TestPicturesOfStories(t *testing.T) {
	if *shots == "" {
		t.Skip("not asked for pictures; give -shots DIR to look at the pages")
	}
	s := openDemo(t)
	first := s.reports("alfa", lang.EN, windEN)
	second := s.reports("beta", lang.TR, windTR)
	third := s.reports("alfa", lang.RU, windRU)
	s.reports("beta", lang.EN, [2]string{"Energy ministers of four countries", windEN[1] + " A ministers' declaration on 1,250 megawatts of wind power was signed in the evening."})
	u := s.person("sabzwadi", "", people.Editor)
	c := s.browser(u)
	story := "/stories/" + string(first.ID)
	_, page := s.get(c, story+"?ui=en")
	form := hidden(t, page, "/stories/part", string(second.ID))
	form.Set("reason", "This is the meeting of last year")
	s.post(c, "/stories/part", form)
	_, page = s.get(c, story+"?ui=en")
	decided := regexp.MustCompile(`/stories/decided/\w+`).FindString(page)
	if decided == "" {
		t.Fatal(mainText(page))
	}
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(u))
	b.Open(1280, 900, s.URL+"/help/components?ui=ur")
	for name, path := range map[string]string{"list": "/stories", "story": story, "join": "/stories/join/" + string(third.ID) + "?q=" + url.QueryEscape("Koksoy"), "decided": decided, "item": "/items/" + string(second.Items[0].ID)} {
		for _, look := range []struct {
			ui, theme string
			width     int64
		}{{"en", "light", 360}, {"en", "dark", 1280}, {"ur", "light", 1280}, {"ur", "dark", 360}, {"fa", "light", 360}} {
			at, err := url.Parse(s.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			q := at.Query()
			q.Set("ui", look.ui)
			at.RawQuery = q.Encode()
			b.Media("", "prefers-color-scheme", look.theme)
			b.Open(look.width, 2200, at.String())
			b.Run(`for (const d of document.querySelectorAll(".main details")) d.open = true`)
			b.Picture(filepath.Join(*shots, fmt.Sprintf("stories-%s-%s-%d-%s.png", name, look.ui, look.width, look.theme)))
		}
	}
}
