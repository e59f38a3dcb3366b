package scenes

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// TestATokenIsLookedAfter: an administrator sees what a token did, bounds it, and gives it a new secret beside which the old one works.
func TestATokenIsLookedAfter(t *testing.T) {
	t.Parallel()
	s := open(t)
	admin := s.as("alfa", people.Administrator)
	secretOf := regexp.MustCompile(`jt_[\w-]+`)
	_, body := s.post(admin, "/people/tokens?ui=en", url.Values{"label": {"Content system"}, "scope": {"read"}, "once": {"a"}})
	first := secretOf.FindString(body)
	call := func(secret string) int {
		req, err := http.NewRequest("GET", s.URL+"/api/v1/items", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+secret)
		res, _ := s.read(http.DefaultClient.Do(req))
		return res.StatusCode
	}
	if code := call(first); code != 200 {
		t.Fatal(code)
	}
	k, err := s.Store.Token(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Store.AddTokenUse(t.Context(), s.Now(), []people.TokenUse{{Token: k.ID, Calls: 4711, Refused: 3, Sent: 2e6, Last: s.Now()}}); err != nil {
		t.Fatal(err)
	}
	at := "/people/tokens/" + k.ID
	if code, body := s.get(admin, "/people/tokens?ui=en"); code != 200 || !strings.Contains(body, `href="`+at+`"`) || !strings.Contains(body, "Calls: 4,711") {
		t.Errorf("the list: %d\n%s", code, body)
	}
	if code, body := s.get(admin, at+"?ui=en"); code != 200 || !strings.Contains(body, "2\u00A0MB") || !strings.Contains(body, "Calls a minute: 30,000") || strings.Contains(body, "jt_") {
		t.Errorf("its page: %d\n%s", code, body)
	}
	for _, bad := range []url.Values{{"perMinute": {"x"}, "burst": {"1"}}, {"perMinute": {"-2"}, "burst": {"1"}}, {"perMinute": {"1"}, "burst": {"100001"}}} {
		if code, body := s.post(admin, at+"/limit?ui=en", bad); code != 422 || !strings.Contains(body, `aria-invalid="true"`) {
			t.Errorf("%v: %d", bad, code)
		}
	}
	if code, body := s.post(admin, at+"/limit?ui=en", url.Values{"perMinute": {"1"}, "burst": {"1"}}); code != 200 || !strings.Contains(body, "The limit is changed") || !strings.Contains(body, "Calls a minute: 1 ") {
		t.Errorf("limited: %d\n%s", code, body)
	}
	if a, b := call(first), call(first); a != 200 || b != 429 {
		t.Errorf("with a limit of one: %d, %d", a, b)
	}
	s.post(admin, at+"/limit", url.Values{"perMinute": {"−1"}, "burst": {"0"}})
	code, body := s.post(admin, at+"/rotate?ui=en", url.Values{"keep": {"24"}, "once": {"b"}})
	second := secretOf.FindString(body)
	if code != 200 || second == "" || second == first || !strings.Contains(body, "Old secret works until") {
		t.Fatalf("a new secret: %d\n%s", code, body)
	}
	if call(first) != 200 || call(second) != 200 {
		t.Error("one of two secrets does not work")
	}
	if code, _ := s.post(admin, at+"/rotate?ui=en", url.Values{"keep": {"24"}, "once": {"b"}}); code != 409 || call(first) != 200 {
		t.Errorf("the same form again: %d", code)
	}
	if code, _ := s.post(admin, at+"/rotate", url.Values{"keep": {"9999"}}); code != 404 {
		t.Errorf("for ever: %d", code)
	}
	s.post(admin, at+"/rotate?ui=en", url.Values{"keep": {"0"}, "once": {"c"}})
	if call(first) != 401 || call(second) != 401 {
		t.Error("a secret goes on working")
	}
	if _, body := s.get(admin, "/people/audit?ui=en"); !strings.Contains(body, "Changed a token’s secret") || !strings.Contains(body, "Changed a token’s limit") {
		t.Errorf("the audit list:\n%s", body)
	}
	if *shots != "" {
		s.tokenPictures(t, at)
	}
}

// tokenPictures are pictures of the pages of tokens.
func (s *stage) tokenPictures(t *testing.T, at string) {
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(s.person("alfa", "", people.Administrator)))
	for name, path := range map[string]string{"tokens": "/people/tokens", "token": at} {
		for _, look := range []struct {
			ui, theme string
			width     int64
		}{{"en", "light", 360}, {"en", "light", 1280}, {"ur", "light", 360}, {"fa", "dark", 1280}} {
			b.Media("", "prefers-color-scheme", look.theme)
			b.Open(look.width, 900, s.URL+path+"?ui="+look.ui)
			b.Picture(filepath.Join(*shots, fmt.Sprintf("%s-%s-%d-%s.png", name, look.ui, look.width, look.theme)))
		}
	}
}
