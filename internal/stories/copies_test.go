package stories_test

import (
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
	var e browse.Entry
	var err error
	if capture != "" {
		e, err = n.Browse.Capture(ctx, v, capture)
	} else {
		e, err = n.Browse.Release(ctx, v, release)
		e.Item = 0
	}
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil
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
