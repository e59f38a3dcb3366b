package scenes

import (
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

const gapsPassword = "one sentence to come in by"

// gapsPerson is somebody with a password, in a browser in which she is signed in.
func (s *stage) gapsPerson(member wire.MemberID, login string, roles ...people.Role) (people.Person, *http.Client) {
	s.t.Helper()
	d := s.desk(member)
	secret, _, err := s.People.Invite(s.t.Context(), people.Operator, d.ID, roles)
	if err != nil {
		s.t.Fatal(err)
	}
	session, err := s.People.Accept(s.t.Context(), secret, people.Acceptance{Name: "Writer " + login, Login: login, Password: gapsPassword}, people.Device{Address: netip.MustParseAddr("127.0.0.1")})
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := s.People.Person(s.t.Context(), session)
	if err != nil {
		s.t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	at, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	jar.SetCookies(at, []*http.Cookie{{Name: "jarchi-" + at.Port(), Value: session, Path: "/"}})
	return p, &http.Client{Jar: jar}
}

// gapsOut ends the session of a browser on the node; the browser knows nothing of it.
func (s *stage) gapsOut(c *http.Client) {
	s.t.Helper()
	at, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, k := range c.Jar.Cookies(at) {
		if k.Name == "jarchi-"+at.Port() {
			if err := s.People.SignOut(s.t.Context(), k.Value); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// gapsSheet is the form of a page whose action ends so.
func gapsSheet(t *testing.T, page, action string) *deskSheet {
	t.Helper()
	for _, f := range deskForms(t, page) {
		if strings.HasSuffix(f.action, action) {
			return f
		}
	}
	t.Fatalf("there is no form %s in: %s", action, mainText(page))
	return nil
}

// TestWhatWasWrittenOutlivesTheSession sends forms without scripts after the session ended.
func TestWhatWasWrittenOutlivesTheSession(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, c := s.gapsPerson("alfa", "aliya", people.Editor, people.Administrator)
	_, other := s.gapsPerson("alfa", "berik", people.Editor)
	s.gapsOut(other)
	const headline, body = "Вода \"в каналах\" <b>с июня</b>", "Первая строка.\n\nВторая строка & ещё одна."
	at, _, page := s.press(c, s.deskForm(c, "/desk?ui=en", "/desk/new").set("lang", "ru"), "", "")
	at, _, _ = strings.Cut(at, "?")
	f := gapsSheet(t, page, at).set("ru.headline", headline, "ru.body", body)
	f.files["ru.upload"] = []byte("\x89PNG\r\n\x1a\n a picture")
	s.gapsOut(c)

	where, code, page := s.press(c, f, "do", "review")
	if code != http.StatusUnauthorized || where != at || strings.Contains(page, "<b>с июня") {
		t.Fatalf("the form of a session that ended: %d at %s", code, where)
	}
	in := gapsSheet(t, page, "/in")
	if !in.upload || strings.ReplaceAll(in.fields.Get("carried.ru.body"), "\r", "") != body || len(deskForms(t, page)) != 2 { // and the search
		t.Fatalf("what was written is not in the sign-in page: %v", in.fields)
	}
	if got, _ := s.get(c, at); got != 200 {
		t.Fatalf("the sign-in page: %d", got)
	}

	// A wrong password, somebody else, another place.
	_, code, page = s.press(c, in.set("login", "aliya", "password", "not this one at all"), "", "")
	in = gapsSheet(t, page, "/in")
	if code != 422 || in.fields.Get("carried.ru.headline") != headline {
		t.Fatalf("after a wrong password: %d %v", code, in.fields)
	}
	_, code, page = s.press(other, in.set("login", "berik", "password", gapsPassword), "", "")
	if code != 422 || gapsSheet(t, page, "/in").fields.Get("carried.ru.headline") != headline {
		t.Errorf("somebody else: %d %s", code, mainText(page))
	}
	if _, page := s.get(other, "/"); strings.Contains(page, `href="/account"`) {
		t.Error("somebody else was signed in by it")
	}
	for _, elsewhere := range []string{"https://evil.example/desk/drafts/x", "//evil.example/", "/out", "/account/password", "/desk/drafts/../../account/name", "/people/person/x/disable", "\\x"} {
		x := gapsSheet(t, page, "/in").set("carried-at", elsewhere, "login", "aliya", "password", gapsPassword)
		if where, code, _ := s.press(&http.Client{Jar: c.Jar}, x, "", ""); where != "/" || code != 200 {
			t.Errorf("carried to %s: %d at %s", elsewhere, code, where)
		}
	}
	s.gapsOut(c)
	if _, code, _ := s.pressAs(c, in.set("login", "aliya", "password", gapsPassword), "", "", map[string]string{"Sec-Fetch-Site": "cross-site"}); code != 403 {
		t.Errorf("from another site: %d", code)
	}

	where, code, page = s.press(c, in, "", "")
	if code != 200 || !strings.HasPrefix(where, at+"?") || !strings.Contains(page, "what you had written is saved. Files have") {
		t.Fatalf("signed in again: %d at %s: %s", code, where, mainText(page))
	}
	if f := gapsSheet(t, page, at); f.fields.Get("ru.headline") != headline || f.fields.Get("ru.body") != body {
		t.Errorf("the text came back as %q %q", f.fields.Get("ru.headline"), f.fields.Get("ru.body"))
	}

	// What only asks or changes is shown again, and not done.
	r := s.released("alfa", 1, wire.NewItem{Language: lang.RU, Content: wire.Content{Headline: "Мост открыт", Body: []string{"Мост открыт в полдень."}}})
	again := func(f *deskSheet, says ...string) string {
		t.Helper()
		s.gapsOut(c)
		_, code, page := s.press(c, f, "", "")
		if code != 401 {
			t.Fatalf("%s: %d %s", f.action, code, mainText(page))
		}
		where, code, page := s.press(c, gapsSheet(t, page, "/in").set("login", "aliya", "password", gapsPassword), "", "")
		if where != "/in" || code != 200 {
			t.Fatalf("%s goes on: %d at %s %s", f.action, code, where, mainText(page))
		}
		for _, w := range append(says, "nothing has been sent yet") {
			if !strings.Contains(page, w) {
				t.Errorf("%s: no %q in %s", f.action, w, mainText(page))
			}
		}
		return page
	}
	withdraw := "/desk/releases/" + string(r.ID) + "/withdraw"
	again(s.deskForm(c, withdraw, withdraw).set("reason", "The figure was wrong"), "The figure was wrong")
	if e, _, err := s.Store.Release(t.Context(), r.ID); err != nil || e.State != wire.Released {
		t.Errorf("withdrawn by signing in: %v %v", e.State, err)
	}
	again(s.deskForm(c, "/account", "/account/name").set("name", "Another name"), `value="Another name"`)
	again(s.deskForm(c, "/people/desks/new", "/people/desks").set("names.en", "Night desk", "phone", "8 700 1"), `value="Night desk"`, `value="8 700 1"`)
	again(s.deskForm(c, "/people/tokens", "/people/tokens").set("label", "Import at night"), `value="Import at night"`)
	if page := again(s.deskForm(c, "/account", "/account/name").set("name", `"><script>alert(1)</script>`)); strings.Contains(page, "<script>alert") {
		t.Error("markup in what was written is markup")
	}

	// A draft that is gone: the words are shown.
	f = s.deskForm(c, at, at).set("ru.headline", "Написано слишком поздно")
	if where, _, _ := s.press(c, s.deskForm(c, at, at), "do", "discard"); !strings.HasPrefix(where, "/desk?") {
		t.Fatal(where)
	}
	s.gapsOut(c)
	_, _, page = s.press(c, f, "do", "save")
	_, code, page = s.press(c, gapsSheet(t, page, "/in").set("login", "aliya", "password", gapsPassword), "", "")
	if code != 404 || !strings.Contains(page, "Написано слишком поздно") || !strings.Contains(page, "readonly") {
		t.Errorf("a draft that is gone: %d %s", code, mainText(page))
	}

	// Too much, and forms that nobody's page made.
	s.gapsOut(c)
	f.fields.Set("ru.body", strings.Repeat("x", 3<<20))
	if _, code, _ := s.press(c, f, "do", "save"); code != 413 {
		t.Errorf("three megabytes: %d", code)
	}
	f.fields.Set("ru.body", "short")
	for range 1200 {
		f.fields.Add("ru.subject", "x")
	}
	if _, code, _ := s.press(c, f, "do", "save"); code != 413 {
		t.Errorf("1,200 fields: %d", code)
	}
	if where, code, page := s.press(&http.Client{}, &deskSheet{action: at, fields: url.Values{"ru.headline": {"nobody's words"}}}, "do", "save"); code != 200 || !strings.HasPrefix(where, "/in?back=") || strings.Contains(page, "nobody's words") {
		t.Errorf("a form without its writer: %d at %s", code, where)
	}
}
