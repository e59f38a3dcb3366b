package scenes

import (
	"net/http"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/people"
)

// The line of facts beside a release is of what was released, whatever an earlier preview of its draft said.
func TestFactsOfADraftStayInIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	c := s.as("alfa", people.Editor)
	at := s.begunDraft(c, "kk")
	draft := draftOf(at)
	for _, x := range []struct{ body, says, lacks string }{
		{"Ертең Анкарада жиын өтеді. Оған 7350 тонна бидай жеткізіледі.", "7,350", "1,200"},
		{"Ертең жиын өтеді. Оған 1200 тонна бидай жеткізіледі.", "1,200", "7,350"},
	} {
		if _, code, page := s.press(c, s.deskForm(c, at, draft).set("kk.headline", "Бидай келеді", "kk.body", x.body), "do", "save"); code != 200 {
			t.Fatalf("%d %s", code, mainText(page))
		}
		if _, page := s.get(c, draft+"/preview?ui=en"); !strings.Contains(page, x.says) || strings.Contains(page, x.lacks) {
			t.Errorf("the preview tells no %s: %s", x.says, mainText(page))
		}
	}
	to, code, page := s.press(c, s.deskForm(c, draft+"/review", draft+"/do"), "do", "send")
	if code != 200 {
		t.Fatalf("%d %s", code, mainText(page))
	}
	to, _, _ = strings.Cut(to, "?")
	for _, path := range []string{"/", to} {
		if _, page := s.get(http.DefaultClient, path+"?ui=en"); !strings.Contains(page, "1,200") || strings.Contains(page, "7,350") || strings.Contains(page, "Ankara") {
			t.Errorf("%s: %s", path, mainText(page))
		}
	}
}
