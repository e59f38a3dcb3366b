package stories_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// copies is what a viewer is told of a release's first item or of a capture.
func (n *node) copies(t testing.TB, v access.Viewer, release wire.ReleaseID, capture wire.CaptureID) []stories.Copy {
	t.Helper()
	return n.allCopies(t, v, release, capture).All
}

func (n *node) allCopies(t testing.TB, v access.Viewer, release wire.ReleaseID, capture wire.CaptureID) stories.Copies {
	t.Helper()
	var e browse.Entry
	var err error
	if capture != "" {
		e, err = n.Browse.Capture(ctx, v, capture)
	} else {
		e, err = n.Browse.Release(ctx, v, release)
		e.Item = 0
	}
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return stories.Copies{}
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := n.stories.Copies(ctx, v, e)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestCopies: who used whom is told both ways, with passages, to those who may read both.
func TestCopies(t *testing.T) {
	t.Parallel()
	n := open(t)
	alfa, anyone := testkit.Viewer("alfa"), access.Viewer{}
	r := n.release(t, "alfa", riverNews, nil)
	partners := n.release(t, "alfa", roadNews, func(in *publish.Input) {
		in.Audience = wire.Audience{Class: wire.Partners, Partners: []wire.MemberID{"beta"}}
	})
	n.settle(t)
	half, _, _ := strings.Cut(riverNews, " The level")
	c := n.capture(t, "portal", "Gates are opened\n\n"+half+"\n\nReaders of the portal write that their gardens have been dry for a month, and ask when the water will come to the streets behind the market.")
	again := n.release(t, "beta", roadNews, nil)
	n.settle(t)

	got := n.copies(t, alfa, r.ID, "")
	if len(got) != 1 || got[0].Uses || got[0].Entry.Capture == nil || got[0].Entry.Capture.ID != c || got[0].Stated != "" || got[0].AllPassages != 1 ||
		!strings.HasPrefix(got[0].Passages[0], "The council of the two rivers") || !strings.HasSuffix(got[0].Passages[0], "before the sowing") || got[0].Share < .5 || got[0].Share > .8 {
		t.Errorf("of the release: %+v", got)
	}
	if got := n.copies(t, anyone, r.ID, ""); len(got) != 0 {
		t.Errorf("a stranger is told of a capture: %+v", got)
	}
	got = n.copies(t, alfa, "", c)
	if len(got) != 1 || !got[0].Uses || got[0].Entry.Release.ID != r.ID || got[0].Entry.Item != 0 {
		t.Errorf("of the capture: %+v", got)
	}

	// What is for named partners alone is not told of to others.
	if got := n.copies(t, testkit.Viewer("beta"), again.ID, ""); len(got) != 1 || !got[0].Uses || got[0].Kind != story.Copy || got[0].Entry.Release.ID != partners.ID {
		t.Errorf("to the partner: %+v", got)
	}
	if got := n.copies(t, anyone, again.ID, ""); len(got) != 0 {
		t.Errorf("a stranger is told of a release for partners: %+v", got)
	}

	if _, err := n.Publish.Withdraw(ctx, alfa, r.ID, "It was wrong.", nil); err != nil {
		t.Fatal(err)
	}
	if got := n.copies(t, alfa, "", c); len(got) != 0 {
		t.Errorf("after the withdrawal: %+v", got)
	}
	if got := n.copies(t, alfa, r.ID, ""); len(got) != 0 {
		t.Errorf("of what was withdrawn: %+v", got)
	}
}

// TestArrow: a stated source turns the arrow that time gave.
func TestArrow(t *testing.T) {
	t.Parallel()
	noon := testkit.Start
	agency := story.Report{At: noon, Names: []string{"beta.example", "Member beta"}}
	portal := story.Report{At: noon.Add(time.Hour), Names: []string{"www.portal.example"}}
	says := func(r story.Report, source string) story.Report { r.Says = []string{source}; return r }
	for name, c := range map[string]struct {
		later, earlier story.Report
		turned, stated bool
	}{
		"by time":                      {portal, agency, false, false},
		"came first, published later":  {agency, portal, true, false},
		"the later names the earlier":  {says(portal, "Agency Member Beta, Koksoy"), agency, false, true},
		"the earlier names the later":  {agency, says(portal, "beta.example"), true, true},
		"each names the other":         {says(portal, "member BETA"), says(agency, "portal.example"), false, false},
		"somebody else":                {says(portal, "Member betamax"), agency, false, false},
		"the earlier names the portal": {portal, says(agency, "https://portal.example/news"), true, true},
	} {
		turned, stated, words := story.Arrow(c.later, c.earlier)
		if turned != c.turned || stated != c.stated || stated != (words != "") {
			t.Errorf("%s: turned %v, stated %v %q", name, turned, stated, words)
		}
	}
}

// TestCopiesOfMany: of many users the first eight are told and the others counted; what a reader may not have neither
// counts nor takes the place of what she may have; a text's own passages go with its words.
func TestCopiesOfMany(t *testing.T) {
	t.Parallel()
	n := open(t)
	alfa, anyone := testkit.Viewer("alfa"), access.Viewer{}
	if err := n.Store.AddMember(ctx, testkit.Member("gamma", wire.PressService)); err != nil {
		t.Fatal(err)
	}
	r := n.release(t, "alfa", riverNews, nil)
	n.settle(t)
	var captures []wire.CaptureID
	for i := range 22 {
		captures = append(captures, n.capture(t, fmt.Sprintf("portal%d", i), fmt.Sprintf("A headline of alfa\n\n%s %d.", riverNews, i)))
	}
	for range 12 {
		n.release(t, "alfa", riverNews, func(in *publish.Input) {
			in.Audience = wire.Audience{Class: wire.Partners, Partners: []wire.MemberID{"gamma"}}
		})
	}
	again := n.release(t, "beta", riverNews, nil)
	n.settle(t)

	got := n.allCopies(t, anyone, r.ID, "")
	if len(got.All) != 1 || got.More != 0 || got.All[0].Entry.Release.ID != again.ID || got.All[0].Entry.Release.Items[0].ID != again.Items[0].ID || len(got.All[0].Passages) != 1 ||
		got.All[0].Entry.Release.Items[0].Current().Content.Headline != "A headline of beta" {
		t.Errorf("to anyone: %+v", got)
	}
	if got := n.allCopies(t, testkit.Viewer("beta"), r.ID, ""); len(got.All) != 8 || got.More != 22+1-8 || got.Most || got.All[0].Entry.Capture.ID != captures[0] || got.All[0].Entry.Capture.Headline != "A headline of alfa" {
		t.Errorf("to one who is not among the partners: %d and %d more", len(got.All), got.More)
	}
	if got := n.allCopies(t, testkit.Viewer("gamma"), r.ID, ""); len(got.All) != 8 || got.More != 22+12+1-8 {
		t.Errorf("to the partner: %d and %d more", len(got.All), got.More)
	}
	if got := n.allCopies(t, anyone, again.ID, ""); len(got.All) != 1 || !got.All[0].Uses || got.All[0].Entry.Release.ID != r.ID || len(got.All[0].Passages) != 1 {
		t.Errorf("of the last, to anyone: %+v", got)
	}

	change := wire.Content{Headline: "Bridge finished", Body: []string{roadNews}}
	if _, err := n.Publish.Correct(ctx, alfa, r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: change}}, "It was another matter.", nil); err != nil {
		t.Fatal(err)
	}
	for _, settled := range []bool{false, true} {
		if settled {
			n.settle(t)
		}
		for _, c := range append(n.copies(t, alfa, r.ID, ""), n.copies(t, anyone, r.ID, "")...) {
			if len(c.Passages) != 0 || c.AllPassages != 0 {
				t.Errorf("settled %v: a passage of new words: %+v", settled, c)
			}
		}
	}
	if got := n.copies(t, anyone, again.ID, ""); len(got) != 1 || len(got[0].Passages) != 1 || !strings.Contains(got[0].Passages[0], "The council of the two rivers") ||
		got[0].Entry.Release.Items[0].Current().Content.Headline != "Bridge finished" {
		t.Errorf("of the last, after the correction: %+v", got)
	}
}

// TestCrash: a text that crashes whatever draws it has no prints and is not tried again; the others have theirs.
func TestCrash(t *testing.T) {
	t.Parallel()
	n := open(t)
	first := n.release(t, "alfa", riverNews, nil)
	bad := n.release(t, "alfa", roadNews+stories.Crashing, nil)
	second := n.release(t, "beta", riverNews, nil)
	n.settle(t)
	if rows := n.rows(t); rows["sketches"] != 2 || rows["due"] != 0 {
		t.Errorf("%v", rows)
	}
	if got := n.copies(t, access.Viewer{}, second.ID, ""); len(got) != 1 || got[0].Entry.Release.ID != first.ID {
		t.Errorf("%+v", got)
	}
	if got := n.copies(t, access.Viewer{}, bad.ID, ""); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestNamesGoWithTheirText: what is kept of a text to name it in lists is in no file once the text is erased.
func TestNamesGoWithTheirText(t *testing.T) {
	t.Parallel()
	testkit.OnFile(t, "what erased words leave in the file")
	n := open(t)
	const name = "Quondambridge stands"
	r := n.release(t, "alfa", riverNews, func(in *publish.Input) { in.Items[0].Content.Headline = name })
	n.release(t, "beta", riverNews, nil)
	n.settle(t)
	if len(testkit.FilesWith(t, n.Dir, name)) == 0 {
		t.Fatal("the name is nowhere")
	}
	if _, err := n.Publish.Erase(ctx, testkit.Viewer("alfa"), r.ID, nil); err != nil {
		t.Fatal(err)
	}
	n.settle(t)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) { // the log is emptied behind the erasure
		files := testkit.FilesWith(t, n.Dir, name)
		if len(files) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the name stands in %v", files)
		}
	}
}
