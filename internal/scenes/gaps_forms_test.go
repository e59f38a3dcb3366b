package scenes

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// TestEveryPasswordHasItsLogin: a password manager finds the login beside each password field.
func TestEveryPasswordHasItsLogin(t *testing.T) {
	t.Parallel()
	s := open(t)
	p, c := s.gapsPerson("alfa", "aliya", people.Editor)
	join, _, err := s.People.Invite(t.Context(), people.Operator, s.desk("alfa").ID, []people.Role{people.Editor})
	if err != nil {
		t.Fatal(err)
	}
	back, _, err := s.People.InviteBack(t.Context(), people.Operator, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, in := s.get(http.DefaultClient, "/in")
	_, account := s.get(c, "/account")
	_, joins := s.post(http.DefaultClient, "/in/link", url.Values{"code": {join}})
	_, returns := s.post(http.DefaultClient, "/in/link", url.Values{"code": {back}})
	for name, page := range map[string]string{"in": in, "account": account, "join": joins, "return": returns} {
		doc, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode || n.Data != "form" {
				continue
			}
			passwords, logins := 0, 0
			for x := range n.Descendants() {
				if x.Data != "input" {
					continue
				}
				kind, _ := formAttr(x, "type")
				complete, _ := formAttr(x, "autocomplete")
				value, _ := formAttr(x, "value")
				switch {
				case kind == "password" && (complete == "new-password" || complete == "current-password"):
					passwords++
				case kind == "password":
					t.Errorf("%s: a password field completes %q", name, complete)
				case complete == "username":
					logins++
					if _, hidden := formAttr(x, "hidden"); hidden && value != "aliya" {
						t.Errorf("%s: the login is %q", name, value)
					}
				}
			}
			found = found || passwords > 0
			if passwords > 0 && logins != 1 {
				t.Errorf("%s: a form with passwords has %d logins", name, logins)
			}
		}
		if !found {
			t.Errorf("%s has no password", name)
		}
	}
}

// TestThePhonesBarNamesThePlace: at 360 px the bar holds the place's name, the light and the search, on every place and
// in every language, and nothing of it is pressed out.
func TestThePhonesBarNamesThePlace(t *testing.T) {
	t.Parallel()
	s := open(t)
	u := s.person("alfa", "", people.Editor, people.Administrator)
	c := s.browser(u)
	draft := draftOf(s.begunDraft(c, "ru"))
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(u))
	for _, ui := range []string{"en", "ru", "kk", "uz", "tr", "az", "fa", "ur"} {
		base := words(t, "base", ui)
		for path, name := range map[string]string{"/": base["place.wire"], "/desk": base["place.desk"], draft: base["place.desk"], draft + "/review": base["place.desk"], "/desk/taken": base["place.desk"],
			"/corrections": base["place.record"], "/settings": base["place.settings"], "/account": base["place.account"], "/people": words(t, "staff", ui)["staff.title"],
			"/people/desks/new": words(t, "staff", ui)["staff.title"], "/people/audit": words(t, "staff", ui)["staff.title"], "/in": base["place.signin"], "/help/components": base["place.settings"]} {
			if ui != "en" && path != "/desk" && path != "/corrections" && path != "/account" && path != "/people" {
				continue
			}
			b.Open(360, 800, s.URL+path+"?ui="+ui)
			got := chromium.Eval[string](b, `(() => { const box = e => e.getBoundingClientRect(), brand = document.querySelector('.brand'), bar = box(document.querySelector('.bar')), field = box(document.querySelector('#q')), light = box(document.querySelector('.lamp'));
				if (box(brand).height > 44 || box(brand).top < bar.top || box(brand).bottom > bar.bottom) return 'the name is ' + box(brand).height + ' high';
				if (bar.height !== 48 || field.width < 120) return 'bar ' + bar.height + ', field ' + field.width;
				if (!light.width || light.top < bar.top || light.bottom > bar.bottom) return 'no light in the bar';
				return brand.innerText.trim(); })()`)
			if got != name || name == "" {
				t.Errorf("%s in %s: %q, want %q", path, ui, got, name)
			}
		}
	}
}
