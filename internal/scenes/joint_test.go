package scenes

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestAJointStatement: whom the lead names as a further issuer is told at its desk; until an editor there confirms, every page says in
// every language that it has not. Afterwards its name stands, with the place in its own log; nobody else can give its word.
func TestAJointStatement(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.desk("kumushdaryo")
	second := s.as("sabzwadi", people.Editor)
	reader := s.as("sabzwadi", people.ReaderRole)
	lead, other := s.as("kumushdaryo", people.Editor), s.as("nildasht", people.Editor)
	r, err := s.Publish.Create(t.Context(), testkit.Viewer("kumushdaryo"), publish.Input{Issuers: []wire.MemberID{"kumushdaryo", "sabzwadi"}, Audience: wire.Audience{Class: wire.Public},
		Items: []wire.NewItem{{Language: lang.EN, Content: wire.Content{Headline: "Two agencies agree on a joint desk", Body: []string{"Both say so."}}}}})
	if err != nil {
		t.Fatal(err)
	}
	page, confirm := "/releases/"+string(r.ID), "/desk/releases/"+string(r.ID)+"/confirm"
	words := func(ui string) map[string]string {
		b, err := os.ReadFile("../web/strings/joint/" + ui + ".json")
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		if err := json.Unmarshal(b, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	says := func(c *http.Client, path string, want bool, text string) {
		t.Helper()
		if code, body := s.get(c, path); code != 200 || strings.Contains(html.UnescapeString(body), text) != want {
			t.Errorf("%s: %d; %q is there: %v, want %v", path, code, text, !want, want)
		}
	}
	form := func(revision int) url.Values { return url.Values{"revision": {fmt.Sprint(revision)}} }
	uis := []string{"en", "ru", "kk", "uz", "tr", "az", "fa", "ur"}
	for _, ui := range uis {
		w := words(ui)
		for _, c := range []*http.Client{http.DefaultClient, lead, other, reader, second} {
			says(c, page+"?ui="+ui, true, w["joint.bar"])
			says(c, page+"?ui="+ui, true, "("+w["joint.named"]+")")
			says(c, page+"?ui="+ui, c == second, w["joint.do"])
		}
		says(second, "/desk?ui="+ui, true, w["joint.waiting"])
		for _, c := range []*http.Client{lead, other, reader} {
			says(c, "/desk?ui="+ui, false, w["joint.waiting"])
		}
	}

	// Not by the lead, by somebody else, by a reader, by nobody, nor of other words.
	for _, c := range []*http.Client{lead, other, reader, http.DefaultClient} {
		s.post(c, confirm, form(r.Revision))
	}
	for _, f := range []url.Values{form(r.Revision + 1), form(0), {}, {"revision": {"<b>"}}} {
		s.post(second, confirm, f)
	}
	says(http.DefaultClient, page+"?ui=en", true, words("en")["joint.bar"])

	if code, at, _ := s.submit(second, confirm, form(r.Revision)); code != http.StatusSeeOther || at != page {
		t.Fatalf("%d to %s", code, at)
	}
	for _, ui := range uis {
		w := words(ui)
		for _, c := range []*http.Client{http.DefaultClient, second} {
			says(c, page+"?ui="+ui, false, w["joint.bar"])
			says(c, page+"?ui="+ui, false, w["joint.do"])
			says(c, page+"?ui="+ui, true, w["joint.confirmed"])
			says(c, page+"?ui="+ui, true, "sabzwadi-public 0")
		}
	}
	says(second, "/desk?ui=en", false, words("en")["joint.waiting"])
	if code, at, _ := s.submit(second, confirm, form(r.Revision)); code != http.StatusSeeOther || at != page { // pressed twice
		t.Errorf("%d to %s", code, at)
	}
	says(s.as("sabzwadi", people.Administrator), "/people/audit?ui=en", true, "Confirmed a joint release")
}
