package scenes

import (
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/people"
)

// TestTheBoardSaysHowFarEachTextIs: of every draft on the board, however many there are, whether headline and body are written.
func TestTheBoardSaysHowFarEachTextIs(t *testing.T) {
	t.Parallel()
	s := open(t)
	c := s.as("alfa", people.Editor)
	for i := range 45 {
		at := draftOf(s.begunDraft(c, "ru"))
		f := s.deskForm(c, at, at)
		switch i % 3 {
		case 0:
			f.set("ru.headline", fmt.Sprintf("Новость %d", i), "ru.body", `Слова: "Body":"" и ещё.`)
		case 1:
			f.set("ru.headline", fmt.Sprintf("Новость %d", i))
		case 2:
			f.set("ru.body", "Без заголовка.")
		}
		if _, code, page := s.press(c, f, "do", "save"); code != 200 {
			t.Fatalf("%d %s", code, mainText(page))
		}
	}
	desk := words(t, "desk", "en")
	_, page := s.get(c, "/desk?ui=en")
	for _, key := range []string{"desk.part.whole", "desk.part.nobody", "desk.part.nohead"} {
		if n := strings.Count(page, ">"+desk[key]+"<"); n != 15 {
			t.Errorf("%q stands %d times: %s", desk[key], n, mainText(page)[:1500])
		}
	}
}
