package scenes

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

// TestASearchIsSavedAfterALostSession: the form goes on after signing in and leads back to where it stood; to nobody else's
// searches, and not without the person whose page it was. With scripts the same happens on a key.
func TestASearchIsSavedAfterALostSession(t *testing.T) {
	t.Parallel()
	s := open(t)
	p, c := s.gapsPerson("alfa", "aliya", people.Editor)
	other, elsewhere := s.gapsPerson("alfa", "berik", people.Editor)
	r := s.released("alfa", 1, wire.NewItem{Language: lang.RU, Content: wire.Content{Headline: "Мост открыт", Body: []string{"Мост открыт в полдень."}}})
	kept := func(who people.Person) (searches, items []string) {
		t.Helper()
		searches, err := s.Store.SavedSearches(t.Context(), who.ID)
		if err == nil {
			items, err = s.Store.SavedItems(t.Context(), who.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		return searches, items
	}

	const at = "/?lang=ru&q=%D0%BC%D0%BE%D1%81%D1%82&ui=en"
	f := s.deskForm(c, at, "/saved")
	s.gapsOut(c)
	_, code, page := s.press(c, f, "", "")
	if code != http.StatusUnauthorized {
		t.Fatalf("%d %s", code, mainText(page))
	}
	in := gapsSheet(t, page, "/in").set("login", "berik", "password", gapsPassword)
	if _, code, _ := s.press(elsewhere, in, "", ""); code != http.StatusUnprocessableEntity {
		t.Errorf("somebody else: %d", code)
	}
	where, code, page := s.press(c, in.set("login", "aliya", "password", gapsPassword), "", "")
	if code != 200 || !strings.HasPrefix(where, "/?lang=ru") || !strings.Contains(page, "мост · Русский") {
		t.Errorf("signed in again: %d at %s: %s", code, where, mainText(page))
	}
	if got, _ := kept(p); !slices.Equal(got, []string{"lang=ru&q=%D0%BC%D0%BE%D1%81%D1%82"}) {
		t.Errorf("saved: %q", got)
	}
	if got, _ := kept(other); len(got) > 0 {
		t.Errorf("saved for somebody else: %q", got)
	}

	// A stranger who sends the form is led to the page where one signs in.
	if where, code, _ := s.press(&http.Client{}, &deskSheet{action: "/saved", fields: url.Values{"search": {"q=x"}}}, "", ""); code != 200 || !strings.HasPrefix(where, "/in?back=") {
		t.Errorf("a stranger: %d at %s", code, where)
	}

	// In a browser, by its key, on an item of the list.
	b := chromium.Open(t)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range c.Jar.Cookies(u) {
		b.Cookie(s.URL, k)
	}
	b.Open(1280, 800, s.URL+"/?ui=ur")
	b.Wait(`document.getElementById('light').classList.contains('is-on')`)
	b.Key("KeyJ")
	s.gapsOut(c)
	b.Key("KeyS")
	b.Wait(`location.pathname === '/saved' && document.getElementById('password')`)
	b.Run(`document.getElementById('login').value = 'aliya'; document.getElementById('password').value = '` + gapsPassword + `'; document.querySelector('form[action="/in"] button').click();`)
	b.Wait(`location.pathname === '/' && document.querySelector('.kept')`)
	if _, items := kept(p); !slices.Equal(items, []string{"releases/" + string(r.ID)}) && !slices.Equal(items, []string{"items/" + string(r.Items[0].ID)}) {
		t.Errorf("the item was not saved: %q", items)
	}
}
