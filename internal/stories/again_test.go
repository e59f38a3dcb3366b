package stories_test

import (
	"testing"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestDecidedAtAnAddress: what an editor decided about a page holds for it when it comes again with other words: parted it stays apart, also where it is now a copy
// of what it was parted from, and joined it stays where she put it, whatever the other reports there say.
func TestDecidedAtAnAddress(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.noise(t)
	alfa := testkit.Viewer("alfa")
	w := stories.Who{Viewer: alfa, By: "u"}
	bring := func(name, text string) wire.CaptureID {
		t.Helper()
		got, err := n.Receive.Import(ctx, testkit.Viewer("beta"), []intake.Document{{Name: name + ".txt", URL: "https://" + name + ".example/1", Bytes: []byte(text)}})
		if err != nil || len(got[0].Captures) != 1 {
			t.Fatal(got, err)
		}
		return got[0].Captures[0]
	}
	together := func(a, b string) bool {
		t.Helper()
		x, err := n.stories.Story(ctx, alfa, a)
		if fault.KindOf(err) == fault.NotFound { // it stands alone
			return false
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range x.Reports {
			if r.Release != nil && string(r.Release.ID) == b || r.Capture != nil && string(r.Capture.ID) == b {
				return true
			}
		}
		return false
	}
	text := summit[lang.EN][0] + "\n\n" + summit[lang.EN][1]
	other := "Honey fair closes in Issyk\n\nBeekeepers of eleven villages sold nine tonnes of honey at the fair of Issyk, which closed on Sunday with a concert of the children's choir and a prize for the oldest hive."
	ru, tr, en := n.report(t, "alfa", nil, lang.RU), n.report(t, "beta", nil, lang.TR), n.report(t, "beta", nil, lang.EN)
	parted, joined := bring("portal", text+" It was raining."), bring("fair", other)
	n.settle(t)
	if !together(string(parted), string(ru.ID)) || !together(string(tr.ID), string(ru.ID)) || !together(string(en.ID), string(ru.ID)) || together(string(joined), string(ru.ID)) {
		t.Fatal("the machine finds other stories than this test expects")
	}
	if _, err := n.stories.Part(ctx, w, stories.Saying{Report: string(parted), Other: string(ru.ID)}); err != nil {
		t.Fatal(err)
	}
	if _, err := n.stories.Join(ctx, w, stories.Saying{Report: string(joined), Other: string(ru.ID)}); err != nil {
		t.Fatal(err)
	}
	again, fair := bring("portal", text), bring("fair", other+"\n\nThe next one is in May.")
	n.settle(t)
	if together(string(again), string(ru.ID)) {
		t.Error("the page that was parted is in the story again")
	}
	if !together(string(fair), string(ru.ID)) {
		t.Error("the page that was joined is not in the story any more")
	}
}
