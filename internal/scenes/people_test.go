package scenes

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// submit sends a form as a browser does and does not follow where it is sent.
func (s *stage) submit(c *http.Client, path string, form url.Values, header ...string) (status int, location, body string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), "POST", s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	stay := *c
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, body := s.read(stay.Do(r))
	return res.StatusCode, res.Header.Get("Location"), body
}

// nobody is a browser in which no one is signed in.
func (s *stage) nobody() *http.Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// TestOwnerComesIn: the first person of a node, without scripts: the code pasted, the member made, signed in.
func TestOwnerComesIn(t *testing.T) {
	t.Parallel()
	s := open(t)
	secret, ok, err := s.People.InviteOwner(t.Context())
	if err != nil || !ok {
		t.Fatal(err)
	}
	c := s.nobody()
	code, _, body := s.submit(c, "/in/link?ui=ur", url.Values{"code": {" " + s.URL + "/in#" + secret + "\n"}})
	for _, want := range []string{`name="names"`, `name="english"`, `name="domain"`, `name="login"`, `name="password"`, `value="` + secret + `"`} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d, no %s", code, want)
		}
	}
	form := url.Values{"code": {secret}, "names": {"توقسان"}, "english": {"Toqsan"}, "member": {"Toqsan"}, "kind": {"agency"}, "domain": {"Toqsan.example"}, "zone": {"Asia/Almaty"},
		"desk": {"نیوز ڈیسک"}, "name": {"عائشہ"}, "login": {"aisha"}, "password": {"ایک لمبا پاس ورڈ"}}
	for field, bad := range map[string]string{"member": "Toqsan!", "domain": "http://x", "zone": "Mars/Phobos", "desk": "", "name": "<script>\u202e", "login": "عائشہ", "password": "short"} {
		f := url.Values{}
		for k, v := range form {
			f[k] = v
		}
		f.Set("member", "toqsan")
		f.Set(field, bad)
		code, _, body := s.submit(c, "/in/accept", f)
		if code != 422 || !regexp.MustCompile(`id="l-`+field+`"[^>]*aria-invalid`).MatchString(body) || strings.Contains(body, "<script>\u202e") || strings.Contains(body, form.Get("password")) {
			t.Errorf("%s %q: %d", field, bad, code)
		}
	}
	form.Set("member", "toqsan")
	if code, to, body := s.submit(c, "/in/accept", form); code != 303 || to != "/" {
		t.Fatalf("%d %s %s", code, to, body)
	}
	if code, body := s.get(c, "/account"); code != 200 || !strings.Contains(body, "عائشہ") || !strings.Contains(body, "توقسان") || !strings.Contains(body, "نیوز ڈیسک") {
		t.Errorf("%d %s", code, body)
	}
	m, err := s.Store.Members(t.Context())
	if err != nil || m["toqsan"].Domain != "toqsan.example" || m["toqsan"].Names["en"] != "Toqsan" || m["toqsan"].Names["ur"] != "توقسان" {
		t.Errorf("%+v %v", m, err)
	}
	if code, _, body := s.submit(s.nobody(), "/in/link", url.Values{"code": {secret}}); code != 422 || !strings.Contains(body, `role="alert"`) {
		t.Errorf("the link replayed: %d", code)
	}
}

// TestInvitationIsForwarded: shown to anyone who has it before one decides; taken by one; every other
// state has words of its own.
func TestInvitationIsForwarded(t *testing.T) {
	t.Parallel()
	s := open(t)
	admin := s.person("alfa", "", people.Administrator)
	p := people.Person{User: admin}
	invite := func() string {
		secret, _, err := s.People.Invite(t.Context(), p, s.desk("alfa").ID, []people.Role{people.Reporter})
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	secret, first, second := invite(), s.nobody(), s.nobody()
	for _, c := range []*http.Client{first, second} {
		code, _, body := s.submit(c, "/in/link?ui=en", url.Values{"code": {secret}})
		if code != 200 || !strings.Contains(body, admin.Name) || !strings.Contains(body, "Reporter") || !strings.Contains(body, "Desk") || strings.Contains(body, "no-referrer-when") {
			t.Errorf("%d %s", code, body)
		}
	}
	form := url.Values{"code": {secret}, "name": {"Дана"}, "login": {"dana"}, "password": {"a long password"}}
	if code, _, _ := s.submit(first, "/in/accept", form, "Sec-Fetch-Site", "cross-site"); code != 403 {
		t.Errorf("from another site: %d", code)
	}
	if code, to, _ := s.submit(first, "/in/accept", form); code != 303 || to != "/" {
		t.Fatalf("%d %s", code, to)
	}
	form.Set("login", "thief")
	if code, _, body := s.submit(second, "/in/accept", form); code != 422 || !strings.Contains(body, "used already") {
		t.Errorf("forwarded: %d", code)
	}
	for code, words := range map[string]string{"x": "not known", secret + "x": "not known", "": "not known", strings.Repeat("y", 4000): "not known"} {
		if status, _, body := s.submit(second, "/in/link?ui=en", url.Values{"code": {code}}); status != 422 || !strings.Contains(body, words) {
			t.Errorf("%.20q: %d", code, status)
		}
	}
	back := invite()
	if err := s.People.SetDisabled(t.Context(), people.Operator, admin.ID, true); err != nil {
		t.Fatal(err)
	}
	if status, _, body := s.submit(second, "/in/link?ui=en", url.Values{"code": {back}}); status != 422 || !strings.Contains(body, "taken back") {
		t.Errorf("taken back: %d", status)
	}
	// A secret in the address, where servers see it, is not taken.
	if status, body := s.get(second, "/in?code="+back); status != 200 || strings.Contains(body, `value="`+back) {
		t.Errorf("a secret in the address is taken: %d", status)
	}
}

// TestRoleIsTaken: the next request of pages and API knows, and one who is kept out is nobody.
func TestRoleIsTaken(t *testing.T) {
	t.Parallel()
	s := open(t)
	u := s.person("alfa", "", people.Editor)
	c := s.browser(u)
	if code, body := s.get(c, "/account?ui=en"); code != 200 || !strings.Contains(body, "Editor") {
		t.Fatalf("%d %s", code, body)
	}
	if err := s.People.TakeRole(t.Context(), people.Operator, u.ID, people.Grant{Desk: s.desk("alfa").ID, Role: people.Editor}); err != nil {
		t.Fatal(err)
	}
	if _, body := s.get(c, "/account?ui=en"); strings.Contains(body, "Editor") {
		t.Error("the role is still shown")
	}
	if code, _ := s.get(c, "/api/v1/releases"); code != 200 {
		t.Errorf("API with a session: %d", code)
	}
	if err := s.People.SetDisabled(t.Context(), people.Operator, u.ID, true); err != nil {
		t.Fatal(err)
	}
	if code, body := s.get(c, "/?ui=en"); code != 200 || strings.Contains(body, u.Name) {
		t.Errorf("kept out, and still here: %d", code)
	}
}

// TestAccount: what a person changes of her own account, and the other browser that is signed out by it.
func TestAccount(t *testing.T) {
	t.Parallel()
	s := open(t)
	u := s.person("alfa", "", people.Reporter)
	here, there := s.browser(u), s.browser(u)
	if code, to, _ := s.submit(s.nobody(), "/account/name", url.Values{"name": {"x"}}); code != 303 || !strings.HasPrefix(to, "/in") {
		t.Errorf("nobody: %d %s", code, to)
	}
	if code, to, _ := s.submit(here, "/account/name", url.Values{"name": {"Дана <b>Әлі</b>"}}); code != 303 || to != "/account?done=name" {
		t.Errorf("%d %s", code, to)
	}
	if code, body := s.get(here, "/account?ui=en&done=name"); code != 200 || !strings.Contains(body, "Дана &lt;b&gt;Әлі") || strings.Contains(body, "<b>Әлі") || !strings.Contains(body, "this browser") {
		t.Errorf("%d %s", code, body)
	}
	if code, _, body := s.submit(here, "/account/password?ui=en", url.Values{"password": {"short"}}); code != 422 || !strings.Contains(body, "at least 10") {
		t.Errorf("%d", code)
	}
	if code, to, _ := s.submit(here, "/account/password", url.Values{"password": {"a long password"}}); code != 303 || to != "/account?done=password" {
		t.Errorf("%d %s", code, to)
	}
	if _, body := s.get(there, "/?ui=en"); strings.Contains(body, "Әлі") {
		t.Error("the other browser is still signed in")
	}
	if code, _, body := s.submit(here, "/account/password?ui=en", url.Values{"old": {"wrong password"}, "password": {"another password"}}); code != 422 || !strings.Contains(body, "not your present") {
		t.Errorf("%d", code)
	}
	// Signed in again elsewhere, and ended from here.
	elsewhere := s.nobody()
	if code, _, _ := s.submit(elsewhere, "/in", url.Values{"login": {u.Login}, "password": {"a long password"}}); code != 303 {
		t.Fatalf("sign-in: %d", code)
	}
	_, body := s.get(here, "/account?ui=en")
	id := regexp.MustCompile(`name="id" value="([a-z0-9]+)"`).FindStringSubmatch(body)
	if id == nil {
		t.Fatal("no session to end")
	}
	if code, _, _ := s.submit(here, "/account/sessions", url.Values{"id": {id[1]}}); code != 303 {
		t.Errorf("%d", code)
	}
	if _, body := s.get(elsewhere, "/?ui=en"); strings.Contains(body, "Әлі") {
		t.Error("the session that was ended lives")
	}
	if code, _, _ := s.submit(here, "/out", nil); code != 303 {
		t.Errorf("%d", code)
	}
	if _, body := s.get(here, "/?ui=en"); strings.Contains(body, "Әлі") {
		t.Error("signed out, and still here")
	}
}

// TestAThousandLoginsAtOnce: those that come in come in, the others are told to wait, and a reader's
// pages go on.
func TestAThousandLoginsAtOnce(t *testing.T) {
	s := open(t)
	reader := s.as("alfa", people.ReaderRole)
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100, MaxConnsPerHost: 200}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer c.CloseIdleConnections()
	var wait sync.WaitGroup
	var told [600]atomic.Int32
	for i := range 1000 {
		wait.Go(func() {
			r, err := http.NewRequest("POST", s.URL+"/in", strings.NewReader(url.Values{"login": {fmt.Sprintf("login%d", i)}, "password": {"a long password"}}.Encode()))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.0.%d.%d", i>>8, i&255))
			res, err := c.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			told[res.StatusCode].Add(1)
		})
	}
	done := make(chan struct{})
	go func() { wait.Wait(); close(done) }()
	var slowest time.Duration
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(10 * time.Millisecond):
		}
		began := time.Now()
		if code, _ := s.get(reader, "/"); code != 200 {
			t.Errorf("a reader is answered %d", code)
		}
		slowest = max(slowest, time.Since(began))
	}
	t.Logf("wrong %d, busy %d; a reader waits at most %v", told[422].Load(), told[429].Load(), slowest)
	if told[422].Load()+told[429].Load() != 1000 || told[422].Load() == 0 || told[429].Load() == 0 {
		t.Errorf("wrong %d, busy %d", told[422].Load(), told[429].Load())
	}
	if slowest > 3*time.Second {
		t.Errorf("a reader waits %v", slowest)
	}
}

// TestLinkInABrowser: the secret goes from the address into the form by itself, stands in no address
// afterwards, and the button signs in who was told, in the place of who was signed in before.
func TestLinkInABrowser(t *testing.T) {
	t.Parallel()
	s := open(t)
	before := s.person("beta", "", people.ReaderRole)
	secret, _, err := s.People.Invite(t.Context(), people.Operator, s.desk("alfa").ID, []people.Role{people.Editor})
	if err != nil {
		t.Fatal(err)
	}
	b := s.takeTab(before)
	b.Open(360, 900, s.URL+"/in?ui=ur#"+secret)
	b.Wait(`document.readyState === 'complete' && !!document.querySelector('#l-login')`)
	if at := chromium.Eval[string](b, `location.href`); strings.Contains(at, secret) {
		t.Errorf("the secret stands in the address: %s", at)
	}
	if wide := chromium.Eval[bool](b, `document.documentElement.scrollWidth > innerWidth`); wide {
		t.Error("the page is wider than the screen")
	}
	chromium.Eval[bool](b, `(() => { const set = (n, v) => { document.querySelector('#l-' + n).value = v; };
		set('name', 'سعدیہ'); set('login', 'sadia'); set('password', 'ایک لمبا پاس ورڈ');
		document.querySelector('form[action="/in/accept"] button').click(); return true; })()`)
	b.Wait(`document.readyState === 'complete' && location.pathname === '/' && document.body.textContent.includes('سعدیہ')`)
	if us, err := s.People.Users(t.Context(), people.Operator, "alfa"); err != nil || len(us) != 1 || us[0].Login != "sadia" {
		t.Errorf("%+v %v", us, err)
	}
}
