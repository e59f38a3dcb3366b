package scenes

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

var staffShots = flag.String("staffshots", "", "directory that TestAdministrationInABrowser writes pictures of its pages to")

// owner is a browser of an owner of the node, who is of a member.
func (s *stage) owner(member wire.MemberID) (*http.Client, people.User) {
	s.t.Helper()
	d := s.desk(member)
	u, err := s.People.MakeUser(s.t.Context(), people.User{Member: member, Login: "owner-" + string(member), Name: "Owner of " + string(member), Owner: true, Grants: []people.Grant{{Desk: d.ID, Role: people.Editor}}})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.browser(u), u
}

var (
	secretOnPage = regexp.MustCompile(`<code id="secret"[^>]*>([^<]+)</code>`)
	onceOnPage   = regexp.MustCompile(`name="once" value="([a-z0-9]+)"`)
)

// TestAdministratorInvites: a person is invited, comes in, gets a role and loses it: her very next
// request is refused. All of it stands in the list of what was done.
func TestAdministratorInvites(t *testing.T) {
	t.Parallel()
	s := open(t)
	boss := s.person("alfa", "", people.Administrator)
	admin, desk := s.browser(boss), s.desk("alfa").ID
	if code, body := s.get(admin, "/people/invite?ui=en"); code != 200 || !strings.Contains(body, `value="reporter"`) || !strings.Contains(body, string(desk)) {
		t.Fatalf("%d %.300s", code, body)
	}
	if code, _, body := s.submit(admin, "/people/invite", url.Values{"desk": {string(desk)}}); code != 422 || !strings.Contains(body, `id="e-role"`) {
		t.Errorf("no role: %d", code)
	}
	if code, _, body := s.submit(admin, "/people/invite", url.Values{"desk": {"nowhere"}, "role": {"reader"}}); code != 422 || !strings.Contains(body, `id="e-desk"`) {
		t.Errorf("no desk: %d", code)
	}
	code, _, body := s.submit(admin, "/people/invite", url.Values{"desk": {string(desk)}, "role": {"reader"}})
	link := secretOnPage.FindStringSubmatch(body)
	if code != 200 || link == nil || !strings.HasPrefix(link[1], s.URL+"/in#") {
		t.Fatalf("%d %s", code, body)
	}
	_, secret, _ := strings.Cut(link[1], "#")
	if _, body := s.get(admin, "/people"); strings.Contains(body, secret) || !strings.Contains(body, "/people/invitations/") {
		t.Error("the open invitation is not in the list, or its secret is")
	}
	dana := s.nobody()
	if code, to, _ := s.submit(dana, "/in/accept", url.Values{"code": {secret}, "name": {"Дана Әлі"}, "login": {"dana"}, "password": {"a long password"}}); code != 303 || to != "/" {
		t.Fatalf("%d %s", code, to)
	}
	_, body = s.get(admin, "/people")
	if strings.Contains(body, "/people/invitations/") {
		t.Error("a used invitation is still open")
	}
	at := regexp.MustCompile(`href="(/people/person/[a-z0-9]+)"><bdi>Дана Әлі`).FindStringSubmatch(body)
	if at == nil {
		t.Fatal(body)
	}
	page := at[1]
	if code, _ := s.get(dana, "/people"); code != 404 {
		t.Errorf("a reader: %d", code)
	}
	grant := url.Values{"desk": {string(desk)}, "role": {"administrator"}}
	if code, to, _ := s.submit(admin, page+"/give", grant); code != 303 || to != page+"?done=given" {
		t.Errorf("%d %s", code, to)
	}
	if code, body := s.get(dana, "/people?ui=en"); code != 200 || !strings.Contains(body, boss.Name) {
		t.Errorf("an administrator: %d", code)
	}
	if code, body := s.get(admin, page+"/take?"+grant.Encode()+"&ui=en"); code != 200 || !strings.Contains(body, "very next click") {
		t.Errorf("%d", code)
	}
	if code, to, _ := s.submit(admin, page+"/take", grant); code != 303 || to != page+"?done=taken" {
		t.Errorf("%d %s", code, to)
	}
	for _, path := range []string{"/people", page, "/people/desks", "/people/tokens", "/people/audit"} {
		if code, _ := s.get(dana, path); code != 404 {
			t.Errorf("%s after the role was taken: %d", path, code)
		}
	}
	if code, to, _ := s.submit(admin, page+"/take", grant); code != 303 || to != page+"?done=taken" {
		t.Errorf("taken again: %d %s", code, to)
	}
	// Her own right to administer stays, as does her access.
	for path, form := range map[string]url.Values{"/take": grant, "/disable": nil} {
		if code, _, body := s.submit(admin, "/people/person/"+string(boss.ID)+path+"?ui=en", form); code != 403 || !strings.Contains(body, "Another administrator") {
			t.Errorf("%s: %d", path, code)
		}
	}
	// A link to sign in again, an access closed and opened.
	code, _, body = s.submit(admin, page+"/link", nil)
	link = secretOnPage.FindStringSubmatch(body)
	if code != 200 || link == nil {
		t.Fatalf("%d %s", code, body)
	}
	_, back, _ := strings.Cut(link[1], "#")
	if code, body := s.get(admin, page+"/disable?ui=en"); code != 200 || !strings.Contains(body, "signed out everywhere") {
		t.Errorf("%d", code)
	}
	if code, _, _ := s.submit(admin, page+"/disable", nil); code != 303 {
		t.Errorf("%d", code)
	}
	if _, body := s.get(dana, "/account"); strings.Contains(body, "Дана") {
		t.Error("kept out, and still here")
	}
	if code, _, _ := s.submit(s.nobody(), "/in/accept", url.Values{"code": {back}, "password": {"another password"}}); code != 422 {
		t.Errorf("the link of one who is kept out: %d", code)
	}
	if code, _, body := s.submit(admin, page+"/link?ui=en", nil); code != 409 || !strings.Contains(body, "access of this person is closed") {
		t.Errorf("%d", code)
	}
	if code, to, _ := s.submit(admin, page+"/enable", nil); code != 303 || to != page+"?done=enabled" {
		t.Errorf("%d %s", code, to)
	}
	// What was done, in words.
	_, body = s.get(admin, "/people/audit?ui=en")
	for _, want := range []string{"Gave a role", "Administrator", "Took a role away", "Made an invitation", "Took an invitation", "Closed an access", "Opened an access again", "Дана Әлі", "Desk"} {
		if !strings.Contains(body, want) {
			t.Errorf("the list has no %q", want)
		}
	}
	for q, want := range map[string]int{"who=DANA&action=accepted": 1, "who=DANA&action=role-given": 1, "action=user-disabled": 1, "action=desk-made": 0, "day=2001-01-01": 0, "action=never+heard+of": 0} {
		if code, body := s.get(admin, "/people/audit?"+q); code != 200 || strings.Count(body, "staff-when") != want {
			t.Errorf("%s: %d, %d rows, want %d", q, code, strings.Count(body, "staff-when"), want)
		}
	}
	// Page after page, each entry once; an unknown action is shown as its word.
	for i := range 120 {
		if err := s.People.Note(t.Context(), people.Person{User: boss}, "something new", fmt.Sprintf("object-%03d", i), ""); err != nil {
			t.Fatal(err)
		}
	}
	seen := 0
	for path := "/people/audit?ui=en&who=" + boss.Login + "&action=something+new"; path != ""; {
		_, body := s.get(admin, path)
		for i := range 120 {
			if strings.Contains(body, fmt.Sprintf(`<bdi dir="ltr">object-%03d</bdi>`, i)) {
				seen++
			}
		}
		if strings.Count(body, "staff-when") > 50 || !strings.Contains(body, `<code dir="ltr">something new</code>`) {
			t.Errorf("%s: %d rows", path, strings.Count(body, "staff-when"))
		}
		path = ""
		if next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body); next != nil {
			path = html.UnescapeString(next[1])
		}
	}
	if seen != 120 {
		t.Errorf("%d entries on the pages, want 120", seen)
	}
	for _, q := range []string{"who=nobody-at-all", "day=yesterday", "day=2026-13-45"} {
		if code, body := s.get(admin, "/people/audit?"+q); code != 422 || !strings.Contains(body, "field-error") {
			t.Errorf("%s: %d", q, code)
		}
	}
	for _, q := range []string{"from=x", "from=99999999999999999999-a", "from=-1-a", "page=-3", "action=%00", "day=2001-01-01"} {
		if code, _ := s.get(admin, "/people/audit?"+q); code != 200 {
			t.Errorf("%s: %d", q, code)
		}
	}
}

// TestAdministrationIsNotThere: for who is nobody, a reader, or an administrator of another member there
// is nothing at these addresses, whatever is asked or sent.
func TestAdministrationIsNotThere(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	boss, u := s.person("alfa", "", people.Administrator), s.person("alfa", "", people.ReaderRole)
	p, desk := people.Person{User: boss}, s.desk("alfa").ID
	_, i, err := s.People.Invite(ctx, p, desk, []people.Role{people.Editor})
	if err != nil {
		t.Fatal(err)
	}
	_, k, err := s.People.CreateToken(ctx, p, "alfa", []access.Scope{access.Read}, "site")
	if err != nil {
		t.Fatal(err)
	}
	person := "/people/person/" + string(u.ID)
	asked := []string{person, person + "/take?desk=" + string(desk) + "&role=reader", person + "/disable", "/people/desks/" + string(desk), "/people/members/alfa",
		"/people?member=alfa", "/people/invite?member=alfa", "/people/desks?member=alfa", "/people/desks/new?member=alfa", "/people/tokens?member=alfa", "/people/audit?member=alfa", "/people/audit?member=*",
		"/people/invitations/" + i.ID + "/end?member=alfa", "/people/tokens/" + k.ID + "/revoke?member=alfa", "/people/tokens/" + k.ID + "?member=alfa", "/people/tokens/" + k.ID + "/revoke", "/people/members", "/people/members/new"}
	names := url.Values{"member": {"alfa"}, "names.en": {"Taken over"}, "approvals": {"0"}, "zone": {"UTC"}, "desk": {string(desk)}, "role": {"administrator"}, "scope": {"admin"}, "label": {"x"}, "id": {"gamma"}, "kind": {"agency"}, "domain": {"gamma.example"}}
	sent := []string{person + "/give", person + "/take", person + "/disable", person + "/enable", person + "/link", "/people/invite", "/people/invitations/" + i.ID + "/end",
		"/people/desks", "/people/desks/" + string(desk), "/people/members", "/people/members/alfa", "/people/tokens", "/people/tokens/" + k.ID + "/revoke", "/people/tokens/" + k.ID + "/limit", "/people/tokens/" + k.ID + "/rotate"}
	others := map[string]*http.Client{"nobody": s.nobody(), "a reader": s.browser(u), "an editor": s.as("alfa", people.Editor), "an administrator of another member": s.as("beta", people.Administrator)}
	for who, c := range others {
		for _, path := range asked {
			code, body := s.get(c, path)
			if path == "/people/audit?member=*" || path == "/people/tokens/"+k.ID+"/revoke" || code == 404 {
				if code != 404 {
					t.Errorf("%s: GET %s: %d", who, path, code)
				}
				continue
			}
			t.Errorf("%s: GET %s: %d %.100s", who, path, code, body)
		}
		for _, path := range sent {
			if code, _, _ := s.submit(c, path, names); code != 404 {
				t.Errorf("%s: POST %s: %d", who, path, code)
			}
		}
	}
	for who, c := range others {
		_, body := s.get(c, "/")
		if has := strings.Contains(body, `href="/people"`); has != (who == "an administrator of another member") {
			t.Errorf("%s: a link to the people: %v", who, has)
		}
	}
	if got, err := s.People.User(ctx, u.ID); err != nil || got.Disabled || len(got.Grants) != 1 {
		t.Errorf("%+v %v", got, err)
	}
	if d, err := s.People.Desk(ctx, desk); err != nil || d.Name() != "Desk" {
		t.Errorf("%+v %v", d, err)
	}
	if ms, err := s.Store.Members(ctx); err != nil || len(ms) != 2 {
		t.Errorf("%v %v", ms, err)
	}
	ks, err := s.People.Tokens(ctx, p, "alfa")
	if err != nil || len(ks) != 1 || ks[0].Revoked {
		t.Errorf("%+v %v", ks, err)
	}
}

// TestAdministrationIsSentTwice: a form sent again makes nothing twice, one from another site nothing at all.
func TestAdministrationIsSentTwice(t *testing.T) {
	t.Parallel()
	s := open(t)
	boss := s.person("alfa", "", people.Administrator)
	admin, desk, p := s.browser(boss), s.desk("alfa").ID, people.Person{User: boss}
	once := func(path string) string {
		_, body := s.get(admin, path)
		m := onceOnPage.FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("%s has no key", path)
		}
		return m[1]
	}
	u := s.person("alfa", "", people.ReaderRole)
	person := "/people/person/" + string(u.ID)
	for _, c := range []struct {
		page, path  string
		form        url.Values
		code, again int
	}{
		{"/people/invite", "/people/invite", url.Values{"desk": {string(desk)}, "role": {"reader"}}, 200, 409},
		{person, person + "/link", url.Values{}, 200, 409},
		{"/people/tokens", "/people/tokens", url.Values{"label": {"site"}, "scope": {"read", "read"}}, 200, 409},
		{"/people/desks/new", "/people/desks", url.Values{"names.en": {"Night desk"}, "approvals": {"1"}}, 303, 303},
	} {
		c.form.Set("once", once(c.page))
		if code, _, _ := s.submit(admin, c.path, c.form, "Sec-Fetch-Site", "cross-site"); code != 403 {
			t.Errorf("%s from another site: %d", c.path, code)
		}
		if code, _, body := s.submit(admin, c.path, c.form); code != c.code {
			t.Errorf("%s: %d %s", c.path, code, body)
		}
		if code, _, body := s.submit(admin, c.path, c.form); code != c.again || strings.Contains(body, `id="secret"`) {
			t.Errorf("%s again: %d", c.path, code)
		}
	}
	for _, path := range []string{person + "/give", person + "/take", person + "/disable", "/people/desks/" + string(desk), "/people/members/alfa"} {
		if code, _, _ := s.submit(admin, path, url.Values{"desk": {string(desk)}, "role": {"reader"}}, "Sec-Fetch-Site", "cross-site"); code != 403 {
			t.Errorf("%s from another site: %d", path, code)
		}
	}
	open, err := s.People.Invitations(t.Context(), p, "alfa")
	if err != nil || len(open) != 2 {
		t.Errorf("%d invitations, %v", len(open), err)
	}
	ks, err := s.People.Tokens(t.Context(), p, "alfa")
	if err != nil || len(ks) != 1 || len(ks[0].Scopes) != 1 {
		t.Fatalf("%+v %v", ks, err)
	}
	if ds, err := s.People.Desks(t.Context(), "alfa"); err != nil || len(ds) != 2 {
		t.Errorf("%d desks, %v", len(ds), err)
	}
	// What ends, ends once; the second time says the same.
	for range 2 {
		if code, to, _ := s.submit(admin, "/people/tokens/"+ks[0].ID+"/revoke", nil); code != 303 || to != "/people/tokens?done=revoked" {
			t.Errorf("%d %s", code, to)
		}
		if code, to, _ := s.submit(admin, "/people/invitations/"+open[0].ID+"/end", nil); code != 303 || to != "/people?done=ended" {
			t.Errorf("%d %s", code, to)
		}
	}
}

// TestOwnerMakesAMember: with names in every language and script, its desk, and its first administrator.
func TestOwnerMakesAMember(t *testing.T) {
	t.Parallel()
	s := open(t)
	c, _ := s.owner("alfa")
	form := url.Values{"id": {"nildasht"}, "kind": {"agency"}, "domain": {"Nildasht.example"}, "zone": {"Asia/Tehran"}, "names.fa": {"خبرگزاری نیل‌دشت"}, "names.en": {"Nildasht News Agency"},
		"short.fa": {"نیل‌دشت"}, "names.uz-Cyrl": {"Нилдашт"}, "other": {"kk-Arab"}, "other.name": {"نىلداشت"}, "names.xx": {"never"}}
	for field, bad := range map[string]string{"id": "Nil Dasht!", "kind": "ministry", "domain": "https://x", "zone": "Mars/Phobos", "short.fa": strings.Repeat("ن", 19), "names.en": strings.Repeat("n", 201), "other": "not a language"} {
		f := url.Values{}
		for k, v := range form {
			f[k] = v
		}
		f.Set(field, bad)
		code, _, body := s.submit(c, "/people/members", f)
		if code != 422 || !regexp.MustCompile(`name="`+field+`"[^>]*aria-invalid`).MatchString(body) || !strings.Contains(body, `href="#f-`+field+`"`) || !strings.Contains(body, "خبرگزاری") {
			t.Errorf("%s: %d", field, code)
		}
	}
	if code, _, _ := s.submit(c, "/people/members", url.Values{"id": {"alfa"}, "kind": {"agency"}, "domain": {"x.example"}, "zone": {"UTC"}, "names.en": {"A"}}); code != 409 {
		t.Errorf("a name that is taken: %d", code)
	}
	if code, to, body := s.submit(c, "/people/members", form); code != 303 || to != "/people/desks?done=member&member=nildasht" {
		t.Fatalf("%d %s %s", code, to, body)
	}
	ms, err := s.Store.Members(t.Context())
	m := ms["nildasht"]
	if err != nil || m.Domain != "nildasht.example" || m.Names["kk-Arab"] != "نىلداشت" || m.Names["uz-Cyrl"] != "Нилдашт" || m.Short["fa"] != "نیل‌دشت" || m.Names["xx"] != "" {
		t.Errorf("%+v %v", m, err)
	}
	if code, body := s.get(c, "/people/members/nildasht?ui=en"); code != 200 || !strings.Contains(body, "نىلداشت") || !strings.Contains(body, "every proof would break") || strings.Contains(body, `name="domain"`) {
		t.Errorf("%d", code)
	}
	// Changed: a name goes, another comes, and what no field shows stays.
	if code, _, _ := s.submit(c, "/people/members/nildasht", url.Values{"names.en": {""}, "names.ru": {"Нильдашт"}, "zone": {"UTC"}, "id": {"other"}, "domain": {"other.example"}, "kind": {"secretariat"}}); code != 303 {
		t.Errorf("%d", code)
	}
	ms, _ = s.Store.Members(t.Context())
	if m := ms["nildasht"]; m.Names["en"] != "" || m.Names["ru"] != "Нильдашт" || m.Names["kk-Arab"] == "" || m.Zone != "UTC" || m.Domain != "nildasht.example" || m.Kind != wire.Agency {
		t.Errorf("%+v", m)
	}
	if code, to, _ := s.submit(c, "/people/desks?member=nildasht", url.Values{"names.fa": {"میز خبر"}, "approvals": {"2"}, "phone": {"+98 00 000"}}); code != 303 || to != "/people/desks?done=desk&member=nildasht" {
		t.Errorf("%d %s", code, to)
	}
	ds, err := s.People.Desks(t.Context(), "nildasht")
	if err != nil || len(ds) != 1 || ds[0].Approvals != 2 {
		t.Fatalf("%+v %v", ds, err)
	}
	for field, bad := range map[string]string{"approvals": "3", "phone": strings.Repeat("1", 41), "names.en": strings.Repeat("x", 81)} {
		f := url.Values{"names.en": {"Desk"}, "approvals": {"1"}}
		f.Set(field, bad)
		if code, _, body := s.submit(c, "/people/desks/"+string(ds[0].ID), f); code != 422 || !strings.Contains(body, `href="#f-`+field+`"`) || !strings.Contains(body, "field-error") {
			t.Errorf("%s: %d", field, code)
		}
	}
	if code, _, body := s.submit(c, "/people/invite?member=nildasht", url.Values{"desk": {string(ds[0].ID)}, "role": {"administrator"}}); code != 200 || !secretOnPage.MatchString(body) {
		t.Errorf("%d", code)
	}
	// The only administrator of a member stays, also for an owner.
	only := s.person("beta", "", people.Administrator)
	for _, path := range []string{"/disable", "/take"} {
		code, _, body := s.submit(c, "/people/person/"+string(only.ID)+path+"?ui=en", url.Values{"desk": {string(s.desk("beta").ID)}, "role": {"administrator"}})
		if code != 409 || !strings.Contains(body, "last administrator") {
			t.Errorf("%s: %d", path, code)
		}
	}
	// Over an owner only an owner has a say.
	_, second := s.owner("beta")
	if code, body := s.get(s.browser(only), "/people/person/"+string(second.ID)+"?ui=en"); code != 200 || strings.Contains(body, "/disable") || !strings.Contains(body, "Only another owner") {
		t.Errorf("%d", code)
	}
	if code, _, _ := s.submit(s.browser(only), "/people/person/"+string(second.ID)+"/disable", nil); code != 403 {
		t.Errorf("an administrator keeps an owner out: %d", code)
	}
	if code, _, _ := s.submit(c, "/people/person/"+string(second.ID)+"/disable", nil); code != 303 {
		t.Errorf("an owner keeps another out: %d", code)
	}
	if code, body := s.get(c, "/people/audit?member=*&ui=en"); code != 200 || !strings.Contains(body, "Added a member") || !strings.Contains(body, "Closed an access") {
		t.Errorf("%d", code)
	}
}

// TestHostileNames: markup and names in two directions through every field, then every page read.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	s := open(t)
	c, boss := s.owner("alfa")
	home := s.desk("alfa").ID
	const bad = "\u202e\"><img src=x onerror=alert(1)>دانا \u200f<b>O'z</b>\u2066"
	keep := func(n int) string { return string([]rune(bad)[:min(n, len([]rune(bad)))]) }
	ok := func(code int, body string) {
		t.Helper()
		if code >= 500 {
			t.Errorf("%d %s", code, body)
		}
	}
	for _, f := range []struct {
		path string
		form url.Values
	}{
		{"/people/desks", url.Values{"names.en": {bad}, "names.fa": {bad}, "approvals": {"1"}, "phone": {keep(30)}}},
		{"/people/members/alfa", url.Values{"names.en": {bad}, "names.ur": {bad}, "short.en": {keep(18)}, "zone": {"UTC"}}},
		{"/people/members", url.Values{"id": {"gamma"}, "kind": {"agency"}, "domain": {"gamma.example"}, "zone": {"UTC"}, "names.en": {bad}, "other": {"ps"}, "other.name": {bad}, "other.short": {keep(18)}}},
		{"/people/tokens", url.Values{"label": {bad}, "scope": {"read"}}},
		{"/account/name", url.Values{"name": {"<i>\"x\"</i> دانا"}}},
		{"/people/invite", url.Values{"desk": {string(home)}, "role": {"reader"}}},
		// and those that are refused, which show what was written
		{"/people/members", url.Values{"id": {bad}, "kind": {bad}, "domain": {bad}, "zone": {bad}, "names.en": {bad}, "other": {bad}, "other.name": {bad}}},
		{"/people/desks", url.Values{"names.en": {strings.Repeat(bad, 9)}, "approvals": {bad}, "phone": {bad + bad + bad}}},
		{"/people/tokens", url.Values{"label": {strings.Repeat(bad, 9)}, "scope": {bad}}},
		{"/people/person/" + string(boss.ID) + "/give", url.Values{"desk": {bad}, "role": {bad}}},
		{"/people/invite", url.Values{"desk": {bad}, "role": {bad}, "member": {"alfa"}}},
	} {
		code, _, body := s.submit(c, f.path, f.form)
		ok(code, body)
		s.harmless(f.path, body)
	}
	err := s.Store.ChangePeople(t.Context(), func(tx people.Tx) error {
		for i, action := range append(slices.Clone(people.Actions), desk.DraftSent, desk.DraftBegun, bad) {
			if err := tx.AddEntry(people.Entry{ID: fmt.Sprint(i, bad), At: s.Now(), Member: "alfa", Actor: people.UserID(bad), Action: action, Object: bad, Detail: bad + " · " + bad + " → " + bad, Count: 3}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ds, err := s.People.Desks(t.Context(), "alfa")
	if err != nil || len(ds) != 2 {
		t.Fatalf("%d desks %v", len(ds), err)
	}
	ks, err := s.People.Tokens(t.Context(), people.Person{User: boss}, "alfa")
	if err != nil || len(ks) != 1 {
		t.Fatalf("%+v %v", ks, err)
	}
	is, err := s.People.Invitations(t.Context(), people.Person{User: boss}, "alfa")
	if err != nil || len(is) != 1 {
		t.Fatalf("%+v %v", is, err)
	}
	q := url.QueryEscape(bad)
	person := "/people/person/" + string(boss.ID)
	for _, ui := range []string{"en", "fa"} {
		for _, path := range []string{"/people", "/people?find=" + q, "/people/invite", "/people/desks", "/people/desks/new", "/people/desks/" + string(ds[1].ID), "/people/members", "/people/members/new",
			"/people/members/alfa", "/people/members/gamma", "/people/tokens", "/people/tokens/" + ks[0].ID + "/revoke", "/people/audit", "/people/audit?member=*", "/people/audit?who=" + q + "&action=" + q + "&day=" + q,
			person, person + "/disable", person + "/take?desk=" + string(ds[0].ID) + "&role=editor", person + "/take?desk=" + q + "&role=" + q, "/people/invitations/" + is[0].ID + "/end", "/people?done=" + q, "/people/person/" + q, "/account", "/"} {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			code, body := s.get(c, path+sep+"ui="+ui)
			ok(code, body)
			s.harmless(path, body)
		}
	}
}

// harmless fails if a page has markup from outside or a hidden mark that turns what stands around it.
func (s *stage) harmless(path, body string) {
	s.t.Helper()
	for _, bad := range []string{"<img", "<b>", "<i>", "alert(1)>", "\u202e", "\u2066"} {
		if strings.Contains(body, bad) {
			at := strings.Index(body, bad)
			s.t.Errorf("%s has %q: %.200q", path, bad, body[max(0, at-100):])
		}
	}
	if text := html.UnescapeString(body); strings.ContainsAny(text, "\u202e\u2066") {
		s.t.Errorf("%s has a hidden mark", path)
	}
}

// TestAThousandPeople: the page of a member of a thousand people stays small and quick, and finds one of them.
func TestAThousandPeople(t *testing.T) {
	t.Parallel()
	s := open(t)
	boss := s.person("alfa", "", people.Administrator)
	desk := s.desk("alfa")
	err := s.Store.ChangePeople(t.Context(), func(tx people.Tx) error {
		for i := range 1000 {
			u := people.User{ID: people.UserID(people.NewID()), Member: "alfa", Login: fmt.Sprintf("press-%04d", i), Name: fmt.Sprintf("Қызметкер %d", i), Created: s.Now()}
			for _, r := range people.Roles {
				u.Grants = append(u.Grants, people.Grant{Desk: desk.ID, Role: r})
			}
			if err := tx.AddUser(u, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := s.browser(boss)
	seen := 0
	for path := "/people?ui=ru"; path != ""; {
		code, body := s.get(c, path)
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		w.Write([]byte(body))
		w.Close()
		if code != 200 || z.Len() > 60<<10 || len(body) > 200<<10 {
			t.Fatalf("%s: %d, %d bytes, %d compressed", path, code, len(body), z.Len())
		}
		seen += strings.Count(body, "/people/person/")
		next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body)
		if path = ""; next != nil {
			path = html.UnescapeString(next[1])
		}
	}
	if seen != 1001 {
		t.Errorf("%d people on the pages", seen)
	}
	if _, body := s.get(c, "/people?find="+url.QueryEscape("КЫЗМЕТКЕР 77")); strings.Count(body, "/people/person/") > 50 {
		t.Error("the search is not bounded")
	}
	if _, body := s.get(c, "/people?find=PRESS-0777"); strings.Count(body, "/people/person/") != 1 {
		t.Error("one is not found by her login")
	}
	for _, page := range []string{"999999", "-1", "x"} {
		if code, body := s.get(c, "/people?page="+page); code != 200 || strings.Count(body, "/people/person/") == 0 {
			t.Errorf("page %s: %d", page, code)
		}
	}
}

// TestAdministrationInABrowser: on a phone and on a desk, in both directions, no page is wider than its
// window or complains, and what is shown once is copied by its button.
func TestAdministrationInABrowser(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, boss := s.owner("alfa")
	at := s.desk("alfa")
	long := s.person("alfa", "", people.Roles...)
	p := people.Person{User: boss}
	if err := s.People.ChangeMember(t.Context(), p, wire.Member{ID: "alfa", Zone: "UTC", Names: map[lang.Tag]string{lang.EN: "Secretariat of the Conference for Water, Roads and Clear Public Speech", lang.UR: "پانی، سڑکوں اور واضح عوامی گفتگو کی کانفرنس کا سیکرٹریٹ"}}); err != nil {
		t.Fatal(err)
	}
	_, k, err := s.People.CreateToken(t.Context(), p, "alfa", access.Scopes, "Content system of the web site, at the second machine in the basement")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.People.Invite(t.Context(), p, at.ID, people.Roles); err != nil {
		t.Fatal(err)
	}
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(boss))
	b.Clipboard(s.URL)
	person := "/people/person/" + string(long.ID)
	for _, ui := range []string{"en", "ur"} {
		for _, width := range []int64{360, 800, 1280} {
			for name, path := range map[string]string{"people": "/people", "person": person, "disable": person + "/disable", "invite": "/people/invite", "desks": "/people/desks", "desk": "/people/desks/" + string(at.ID),
				"members": "/people/members", "member": "/people/members/alfa", "tokens": "/people/tokens", "revoke": "/people/tokens/" + k.ID + "/revoke", "audit": "/people/audit"} {
				b.Open(width, 900, s.URL+path+"?ui="+ui)
				b.Settle()
				if wide := chromium.Eval[string](b, `[...document.querySelectorAll('main, main *')].filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline' && !e.closest('.hidden, thead') && e.clientWidth > 1 && !e.matches('input, select, option')).map(e => e.tagName + '.' + e.className).join(' ')`); wide != "" {
					t.Errorf("%s %s at %d: wider than its room: %s", path, ui, width, wide)
				}
				if *staffShots != "" {
					b.Picture(filepath.Join(*staffShots, fmt.Sprintf("%s-%s-%d.png", name, ui, width)))
				}
			}
		}
	}
	b.Open(360, 900, s.URL+"/people/invite?ui=en")
	b.Run(`document.querySelector('[value=reader]').click(); document.querySelector('main form').requestSubmit()`)
	b.Wait(`document.querySelector('#secret') && !document.querySelector('[data-copy-from]').hidden`)
	b.Run(`document.querySelector('[data-copy-from]').click()`)
	b.Wait(`document.querySelector('#copied').textContent === 'Copied.'`)
	if got, want := chromium.Eval[string](b, `navigator.clipboard.readText()`), chromium.Eval[string](b, `document.querySelector('#secret').textContent`); got != want || !strings.HasPrefix(got, s.URL+"/in#") {
		t.Errorf("the clipboard holds %q, not %q", got, want)
	}
	if c := b.Complaints(); len(c) > 0 {
		t.Errorf("the browser complains: %q", c)
	}
}
