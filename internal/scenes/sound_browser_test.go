package scenes

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

// TestSoundIsSwitchedOn: no sound at first; switched on, one for a flash and one for the withdrawal of what her desk took, and
// none for anything else. It can be tried.
func TestSoundIsSwitchedOn(t *testing.T) {
	t.Parallel()
	s := open(t)
	u := s.person("beta", "", people.Editor)
	c := s.browser(u)
	s.desk("alfa")
	story := func(headline string) wire.NewItem {
		return wire.NewItem{Language: lang.EN, Content: wire.Content{Headline: headline, Body: []string{headline + "."}}}
	}
	bridge := s.released("alfa", 4, story("The bridge is open"))
	if code, body := s.post(c, "/take/"+string(bridge.Items[0].ID), url.Values{}); code != http.StatusOK {
		t.Fatalf("taking: %d %s", code, mainText(body))
	}
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(u))
	b.Before(`window.tones = 0; { const start = OscillatorNode.prototype.start; OscillatorNode.prototype.start = function (...a) { window.tones++; return start.apply(this, a); }; }`)
	heard := func() int { return chromium.Eval[int](b, `window.tones`) }
	live := `document.getElementById('light').classList.contains('is-on')`

	b.Open(1280, 800, s.URL+"/?ui=en")
	b.Wait(live)
	s.released("alfa", 1, story("A flash"))
	b.Wait(`document.querySelector('.row-flash') || !document.getElementById('fresh').hidden`)
	if n := heard(); n != 0 {
		t.Errorf("%d sounds before anything was switched on", n)
	}

	b.Open(1280, 800, s.URL+"/settings?ui=en")
	b.Run(`document.querySelector('[data-try-sound]').click()`)
	if n := heard(); n != 1 {
		t.Errorf("trying it: %d sounds", n)
	}
	b.Run(`document.querySelector('[name=sound]').click(); document.querySelector('form[action="/settings"] button[type=submit]').click();`)
	b.Wait(`location.search === '?saved=1' && document.querySelector('[name=sound]').checked && 'sound' in document.documentElement.dataset`)
	b.Wait(live)
	s.released("alfa", 4, story("Market opens"))
	s.released("alfa", 1, story("A second flash"))
	b.Wait(`window.tones > 0`)
	if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer("alfa"), bridge.ID, "the date is not confirmed", nil); err != nil {
		t.Fatal(err)
	}
	b.Wait(`!document.getElementById('stops').hidden && window.tones > 1`)
	if n := heard(); n != 2 {
		t.Errorf("%d sounds for a flash and a withdrawal", n)
	}
	for _, w := range b.Complaints() {
		if !strings.Contains(w, "AudioContext") { // nobody pressed anything on this page
			t.Error(w)
		}
	}
}
