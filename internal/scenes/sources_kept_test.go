package scenes

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// TestWhatCouldNotBeRead: an administrator finds it with place and reason, has it read again, writes its text and drops another; what was done stands in
// the audit list, and others see nothing of it. The settings of a source are changed on its page, which fits every screen.
func TestWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	s := openAs(t, intranet)
	u := s.person("alfa", "", people.Administrator, people.Editor)
	admin := s.browser(u)
	bringer := access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Intake, access.Admin}}
	var ids []string
	for _, d := range []intake.Document{{Name: "bridge.xml", URL: "https://valley.example/bridge.xml", ContentType: "application/xml", Bytes: []byte("<nitf>\n<body><body.content><p>The bridge of the valley was opened on Monday.</p></body>\n</nitf>")},
		{Name: "a.zip", Bytes: []byte("PK\x03\x04 something")},
		{Name: "later.json", ContentType: "application/json", Bytes: []byte(`{"uri":"urn:l:1","embargoedUntil":"2999-01-01T00:00:00Z","headlines":[{"value":"Secretword"}],"bodies":[{"value":"Secretword is told."}]}`)}} {
		r, err := s.Receive.Import(t.Context(), bringer, []intake.Document{d})
		if err != nil || len(r[0].Quarantined) != 1 {
			t.Fatal(r, err)
		}
		ids = append(ids, r[0].Quarantined[0].ID)
	}
	for _, stranger := range []*http.Client{{}, s.as("alfa", people.Editor), s.as("beta", people.Editor)} {
		for _, path := range []string{"/people/quarantine", "/people/quarantine/" + ids[0]} {
			if code, _ := s.get(stranger, path); code != 404 {
				t.Errorf("a stranger gets %d", code)
			}
		}
	}
	if code, body := s.get(admin, "/people/sources?ui=en"); code != 200 || !strings.Contains(body, "In quarantine: 3") {
		t.Errorf("%d\n%s", code, body)
	}
	code, body := s.get(admin, "/people/quarantine?ui=en")
	if code != 200 || strings.Contains(body, "Secretword") || !strings.Contains(body, "line 2") || !strings.Contains(body, "bridge.xml") || !strings.Contains(body, "https://valley.example/bridge.xml") || !strings.Contains(body, "Under embargo until") {
		t.Errorf("%d\n%s", code, body)
	}
	at := "/people/quarantine/" + ids[0]
	if code, body = s.get(admin, "/people/quarantine/"+ids[2]+"?ui=en"); code != 200 || strings.Contains(body, "Secretword") || strings.Contains(body, `id="k-body"`) {
		t.Errorf("what is under embargo: %d", code)
	}
	if code, _ = s.get(admin, "/raw/"+ids[2]); code != 404 {
		t.Errorf("its bytes: %d", code)
	}
	src, err := s.Sources.Add(t.Context(), bringer, source.Source{Address: "http://127.0.0.1:9/list", Kind: source.List, Pattern: "/news/*"}, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(u))
	for name, path := range map[string]string{"kept": "/people/quarantine", "keptone": at, "source": "/people/sources/" + string(src.ID), "sources": "/people/sources"} {
		for _, look := range []struct {
			ui, theme string
			width     int64
		}{{"en", "light", 1280}, {"en", "dark", 360}, {"fa", "light", 360}, {"ur", "dark", 1280}} {
			b.Media("", "prefers-color-scheme", look.theme)
			b.Open(look.width, 900, s.URL+path+"?ui="+look.ui)
			if chromium.Eval[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
				t.Errorf("%s %s at %d is wider than the screen", name, look.ui, look.width)
			}
			if *deskShots != "" {
				b.Picture(filepath.Join(*deskShots, fmt.Sprintf("%s-%s-%d-%s.png", name, look.ui, look.width, look.theme)))
			}
		}
	}
	if code, body = s.post(admin, at+"/retry?ui=en", nil); code != 200 || !strings.Contains(body, "still cannot be read") {
		t.Errorf("read again: %d", code)
	}
	if code, body = s.post(admin, at+"/mend?ui=en", url.Values{"body": {" "}}); code != 422 || !strings.Contains(body, `id="e-body"`) {
		t.Errorf("mended with nothing: %d", code)
	}
	if code, body = s.post(admin, at+"/mend?ui=en", url.Values{"headline": {"Bridge of the valley opened"}, "body": {"The bridge of the valley was opened on Monday.\r\nGuests came."}, "lang": {"en"}, "date": {"2026-03-02"}}); code != 200 || !strings.Contains(body, "saved and on the wire") {
		t.Errorf("mended: %d\n%s", code, body)
	}
	if !strings.Contains(wireOf(s, admin), "Bridge of the valley opened") {
		t.Error("it is not on the wire")
	}
	if code, body = s.get(admin, "/people/quarantine/"+ids[1]+"/drop?ui=en"); code != 200 || !strings.Contains(body, "its bytes are removed") {
		t.Errorf("dropping asks: %d", code)
	}
	if code, body = s.post(admin, "/people/quarantine/"+ids[1]+"/drop?ui=en", nil); code != 200 || strings.Contains(body, "a.zip") {
		t.Errorf("dropped: %d", code)
	}
	page := "/people/sources/" + string(src.ID)
	if code, body = s.post(admin, page+"?ui=en", url.Values{"name": {"Valley office"}, "every": {"0"}, "pattern": {"/news/*"}}); code != 422 || !strings.Contains(body, `id="e-every"`) {
		t.Errorf("an interval of nothing: %d", code)
	}
	if code, body = s.post(admin, page+"?ui=en", url.Values{"name": {"Valley office"}, "every": {"30"}, "pattern": {"/press/*"}, "lang": {"kk"}}); code != 200 || !strings.Contains(body, "Saved.") || !strings.Contains(body, "/press/*") {
		t.Errorf("changed: %d\n%s", code, body)
	}
	_, body = s.get(admin, "/people/audit?ui=en")
	for _, did := range []string{"Had a document in quarantine read again", "Wrote the text of a document in quarantine", "Dropped a document in quarantine", "Added a source", "Changed a source"} {
		if strings.Count(body, did) < 2 { // once stands in the filter
			t.Errorf("the audit list does not say: %s", did)
		}
	}
}
