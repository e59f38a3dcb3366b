package scenes

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/people"
)

// Nobody throws away what she has not seen: two people have a draft open, one of them writes, and the other
// is shown it before she may discard it.
func TestWhatAnotherWroteIsNotDiscardedUnseen(t *testing.T) {
	t.Parallel()
	s := open(t)
	one, two := s.as("alfa", people.Editor), s.as("alfa", people.Editor)
	at := s.begunDraft(one, "kk")
	draft := draftOf(at)
	stale := s.deskForm(one, at, draft)
	if _, code, page := s.press(two, s.deskForm(two, at, draft).set("kk.headline", "Жаңа тақырып"), "do", "save"); code != 200 {
		t.Fatalf("%d %s", code, mainText(page))
	}
	to, code, page := s.press(one, stale, "do", "discard")
	if code != 200 || !strings.HasPrefix(to, draft) || !strings.Contains(page, "Жаңа тақырып") || !strings.Contains(page, "It changed since you opened the page.") {
		t.Fatalf("%d %s %s", code, to, mainText(page))
	}
	if to, code, page = s.press(one, s.deskForm(one, to, draft), "do", "discard"); code != 200 || to != "/desk?did=discarded" {
		t.Errorf("%d %s %s", code, to, mainText(page))
	}
}
