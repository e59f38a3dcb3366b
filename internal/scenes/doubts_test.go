package scenes

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/people"
)

// TestHeadlineIsReadAgainstItsTextBeforeRelease: the editor is told before it leaves, and may let it leave.
func TestHeadlineIsReadAgainstItsTextBeforeRelease(t *testing.T) {
	t.Parallel()
	s := open(t)
	c := s.as("alfa", people.Editor)
	at := s.begunDraft(c, "en")
	draft := draftOf(at)
	rest := "Farmers along the lower river have waited for news since the spring. The two services measure the river together every morning."
	for _, x := range []struct {
		number string
		told   bool
	}{{"42 million", true}, {"24 million", false}} {
		s.press(c, s.deskForm(c, at, draft).set("en.headline", "Altinsu sends 24 million cubic metres of water", "en.body", rest+"\n\nThe service of Altinsu sends "+x.number+" cubic metres of water from Monday."), "do", "save")
		code, page := s.get(c, draft+"/review?ui=en")
		if told := strings.Contains(page, "The headline and the text differ"); code != 200 || told != x.told {
			t.Errorf("%s: %d, told %v:\n%s", x.number, code, told, mainText(page))
		}
	}
}
