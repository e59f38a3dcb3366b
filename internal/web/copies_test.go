package web

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/story"
)

// copied answers for every text with the same copies.
type copied struct {
	all stories.Copies
	err error
}

func (c copied) Copies(context.Context, access.Viewer, browse.Entry) (stories.Copies, error) {
	return c.all, c.err
}

// TestCopiesOnThePage: who uses whom, how much, and on what the order rests; and a page without it where it is not known.
func TestCopiesOnThePage(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	page, err := x.List(context.Background(), access.Viewer{Local: true}, browse.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var release, capture browse.Entry
	for _, e := range page.Entries {
		if e.Level == access.All && e.Capture != nil {
			capture = e
		}
		if e.Level == access.All && e.Release != nil && e.Release.State == "released" && release.Release == nil {
			release = e
			release.Item = 0
		}
	}
	all := stories.Copies{More: 5, All: []stories.Copy{
		{Entry: release, Uses: true, Kind: story.Cut, Share: .456, Stated: "the <b>Agency</b>", Passages: []string{"eight words & more <i>here</i>"}, AllPassages: 3},
	}}
	for range 10 {
		all.All = append(all.All, stories.Copy{Entry: capture, Kind: story.Quote, Share: .02})
	}
	handler := func(c Copies) func(string) string {
		h, err := New(Options{Reader: x, People: crew{}, Copies: c, Now: func() time.Time { return now }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return func(path string) string { return get(t, h, path).Body.String() }
	}
	for _, path := range []string{"/captures/" + string(capture.Capture.ID), "/items/" + string(release.Release.Items[0].ID)} {
		body := handler(copied{all: all})(path)
		for _, want := range []string{"This text uses", "Used by", "Shortened copy", "Quotation", "Share of this text: 46%", "Share of this text: 2%", "Named as the source", "the &lt;b&gt;Agency&lt;/b&gt;",
			"In order of time", "Passages in common: 3", "Further passages: 2", "eight words &amp; more &lt;i&gt;here&lt;/i&gt;", `href="/captures/` + string(capture.Capture.ID) + `"`, "Further texts: 7<"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
		if n := strings.Count(body, `class="copy"`); n != 1+copiesShown {
			t.Errorf("%s tells of %d", path, n)
		}
		most := all
		most.Most = true
		if body := handler(copied{all: most})(path); !strings.Contains(body, "Further texts, at least: 7<") {
			t.Errorf("%s does not say that there may be more", path)
		}
		for name, c := range map[string]Copies{"none": copied{}, "not known": copied{err: errors.New("broken")}, "nobody to ask": nil} {
			if body := handler(c)(path); strings.Contains(body, `id="copies"`) || !strings.Contains(body, `id="item"`) {
				t.Errorf("%s, %s: %.300s", path, name, body)
			}
		}
	}
}
