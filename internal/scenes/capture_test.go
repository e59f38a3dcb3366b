package scenes

import (
	"net/url"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestEditorCorrectsALanguage: the page says how a language was recognised; an editor says better, a reporter
// has no form and is refused.
func TestEditorCorrectsALanguage(t *testing.T) {
	t.Parallel()
	s := open(t)
	const member = "toqsanbulaq"
	editor, reporter := s.as(member, people.Editor), s.as(member, people.Reporter)
	got, err := s.Receive.Import(t.Context(), testkit.Viewer(member), []intake.Document{{Name: "page.txt", ContentType: "text/plain; charset=utf-8",
		Bytes: []byte("Rasmiy xabar\n\nDaryolar boʻyicha kelishuvlarning loyihasi koʻrib chiqildi va tasdiqlandi.\n")}})
	if err != nil || len(got[0].Captures) != 1 {
		t.Fatal(got, err)
	}
	page := "/captures/" + string(got[0].Captures[0])
	if _, body := s.get(reporter, page); !strings.Contains(body, "recognised by machine") || strings.Contains(body, "Correct the language") {
		t.Error("a reporter's page does not say how the language was recognised, or has the form")
	}
	if _, body := s.get(editor, page); !strings.Contains(body, "Correct the language") {
		t.Error("an editor's page has no form")
	}
	if code, _ := s.post(reporter, page+"/language", url.Values{"lang": {"tk"}}); code < 400 {
		t.Errorf("a reporter's word was taken: %d", code)
	}
	if code, body := s.post(editor, page+"/language", url.Values{"lang": {"xx-evil<script>"}}); code != 422 || strings.Contains(body, "<script>") {
		t.Errorf("a language that is none: %d", code)
	}
	if code, body := s.post(editor, page+"/language", url.Values{"lang": {"tk"}}); code != 200 || !strings.Contains(body, "corrected by an editor") || !strings.Contains(body, `lang="tk"`) {
		t.Errorf("the editor's word is not there: %d", code)
	}
	admin := s.as(member, people.Administrator)
	for path, want := range map[string]int{"/people/audit?ui=en": 1, "/people/audit?ui=en&action=language-corrected": 1, "/people/audit?ui=en&action=" + people.DeskMade: 0} {
		_, body := s.get(admin, path)
		if n := strings.Count(body, `<a href="`+page+`">`); n != want || want == 1 && (!strings.Contains(body, "Corrected the language of a text from outside") || !strings.Contains(body, `<bdi lang="tk">`)) {
			t.Errorf("%s has %d lines of it, want %d: %s", path, n, want, mainText(body))
		}
	}
}
