package delivery

import (
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/subscription"
)

// TestCaptureWithdrawn: what came from outside and was handed on is taken back where its sender takes it back, with nothing of its words, at those who got it alone, also where they are paused.
func TestCaptureWithdrawn(t *testing.T) {
	t.Parallel()
	s, h := openMail(t)
	stop := s.run()
	one, two, late := newReceiver(t), newReceiver(t), newReceiver(t)
	x, _ := s.add(one, subscription.Subscription{})
	s.add(two, subscription.Subscription{Format: subscription.NewsML})
	s.add(late, subscription.Subscription{Filter: subscription.Filter{Kind: "release"}})
	m := s.confirmed(h, byMail("desk@paper.example", lang.UR))
	editor := access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Read, access.ReadClosed, access.Intake}}
	bring := func(version int, more string) string {
		text := fmt.Sprintf(`{"uri":"urn:outside:7","version":"%d","type":"text","language":"en","headline":"The Dam-9 is said to leak","body_text":"Water was seen below the Dam-9 on Monday morning, people of the district said, and engineers went there."%s}`, version, more)
		got, err := s.node.Receive.Import(t.Context(), editor, []intake.Document{{Name: "d.json", ContentType: "application/json", Bytes: []byte(text)}})
		if err != nil || len(got) != 1 || len(got[0].Captures) == 0 {
			t.Fatalf("%+v, %v", got, err)
		}
		return string(got[0].Captures[0])
	}
	id := bring(1, "")
	it := one.until(1)[0].item(t)
	two.until(1)
	h.until(2)
	if it.PubStatus != ninjs.Usable || len(it.Headlines) == 0 {
		t.Errorf("%+v", it)
	}
	s.state(x.ID, func(x subscription.Subscription) bool { return x.Waiting == 0 })
	if _, err := s.Pause(t.Context(), keeper, x.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	stop()
	bring(2, `,"pubStatus":"canceled"`)
	s.run()
	got := one.until(2)[1]
	gone := got.item(t)
	if got.Event != "withdrawn" || gone.PubStatus != ninjs.Canceled || gone.URI != it.URI || strings.Contains(string(got.Body), "Dam-9") {
		t.Errorf("%s %s", got.Event, got.Body)
	}
	if b := string(two.until(2)[1].Body); !strings.Contains(b, "stat:canceled") || strings.Contains(b, "Dam-9") {
		t.Error(b)
	}
	letter := h.until(3)
	if !strings.HasPrefix(letter.text, notice.Say(notice.WithdrawnHead, lang.UR)) || strings.Contains(letter.raw+letter.text+letter.subject, "Dam-9") || letter.head.Get("In-Reply-To") == "" {
		t.Error(letter.raw, letter.text)
	}
	late.silent(0)
	lines, _, err := s.Lines(t.Context(), keeper, m.ID, 0)
	if err != nil || lines[0].Ref != id || !lines[0].OfCapture() || lines[0].Kind != subscription.Withdrawn {
		t.Errorf("%+v %v", lines, err)
	}
}
