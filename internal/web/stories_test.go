package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/wire"
)

// told answers with one story, under its id and another one.
type told struct {
	one stories.Story
	err error
}

func (s told) Heads(context.Context, access.Viewer, string, int, []lang.Tag) (stories.Page, error) {
	if s.one.ID == "" {
		return stories.Page{}, s.err
	}
	return stories.Page{Stories: []stories.Story{s.one}, Next: "further"}, s.err
}

func (s told) Story(_ context.Context, _ access.Viewer, id string) (stories.Story, error) {
	if id != s.one.ID && id != "another" {
		return stories.Story{}, fault.E(fault.NotFound, "There is no such story.")
	}
	return s.one, s.err
}

func (s told) Of(context.Context, access.Viewer, browse.Entry) (string, error) {
	return s.one.ID, s.err
}

func (told) Near(context.Context, access.Viewer, string) ([]stories.Candidate, error) {
	return nil, nil
}
func (told) Find(context.Context, access.Viewer, string, string) ([]stories.Candidate, error) {
	return nil, nil
}
func (told) Plan(context.Context, access.Viewer, string, string) (stories.Plan, error) {
	return stories.Plan{}, nil
}
func (told) Join(context.Context, stories.Who, stories.Saying) (d stories.Decision, err error) {
	return d, nil
}
func (told) Part(context.Context, stories.Who, stories.Saying) (d stories.Decision, err error) {
	return d, nil
}
func (told) Undo(context.Context, stories.Who, string, string) (d stories.Decision, err error) {
	return d, nil
}
func (told) Decision(context.Context, access.Viewer, string) (d stories.Decision, err error) {
	return d, nil
}
func (told) Decided(context.Context, access.Viewer, browse.Entry) ([]stories.Decision, error) {
	return nil, nil
}

// TestStoriesOnPages: the list, one story, the link to it on an item, who used whose words, which numbers differ; and
// what stays away where nothing is known.
func TestStoriesOnPages(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	item := func(id string, tag lang.Tag, headline, body string) wire.Item {
		return wire.Item{ID: wire.ItemID(id), Type: wire.Text, Language: tag, Versions: []wire.Version{{N: 1, Content: wire.Content{Headline: headline, Body: []string{body}}}}}
	}
	first := &wire.Release{ID: "release", State: wire.Released, Issuers: []wire.MemberID{"toqsanbulaq"}, OpenedAt: now.Add(-time.Hour), Audience: wire.Audience{Class: wire.Public},
		Items: []wire.Item{item("eighty", lang.EN, "Eighty <boats> & a bridge", "The bridge is 240 metres long. It cost 9 million dollars, the council said on Monday in the town."),
			item("kazakh", lang.KK, "Сексен қайық", "Көпірдің ұзындығы 240 метр.")}}
	capture := &wire.Capture{ID: "c-1", Language: lang.EN, SourceURL: "https://portal.example/1", Headline: "A bridge",
		Body: []string{"The bridge is 250 metres long. It cost 9 million dollars, the council said on Monday in the town."}}
	one := stories.Story{ID: "release", More: true,
		Reports: []stories.Report{{Entry: browse.Entry{Level: access.All, Release: first, Item: -1}, Time: first.OpenedAt}, {Entry: browse.Entry{Level: access.All, Capture: capture, Item: -1}, Time: now}},
		Uses:    []stories.Use{{From: 1, Of: 0, Kind: story.Cut, Stated: "the <b>Agency</b>", FromItem: -1}}}
	handler := func(s Stories) http.Handler {
		h, err := New(Options{Reader: x, People: crew{}, Stories: s, Now: func() time.Time { return now }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := handler(told{one: one})
	has := func(path string, want ...string) {
		t.Helper()
		w := get(t, h, path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		for _, s := range want {
			if !strings.Contains(w.Body.String(), s) {
				t.Errorf("%s lacks %q", path, s)
			}
		}
	}
	has("/stories?ui=en", "Reports: 2", `<a href="/stories/release" title="Eighty &lt;boats&gt; &amp; a bridge">Eighty &lt;boats&gt; &amp; a bridge</a>`, "portal.example", "First to report", `href="/stories?cursor=further"`, `href="/stories" aria-current="page"`)
	has("/stories/release?ui=en", "First to report", "Eighty &lt;boats&gt; &amp; a bridge", `href="/items/eighty"`, `href="/captures/c-1"`, "Shortened copy", "the &lt;b&gt;Agency&lt;/b&gt;", "Numbers that differ",
		"<strong>240</strong>", "<strong>250</strong>", "Figures that became others", "<bdi>250", "further reports")
	if body := get(t, h, "/stories/release?ui=en").Body.String(); strings.Contains(body, "<strong>9") {
		t.Error("a number that both give alike is told to differ")
	}
	if w := get(t, h, "/stories/another"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/stories/release" {
		t.Errorf("another report's id: %d %s", w.Code, w.Header().Get("Location"))
	}
	for path, code := range map[string]int{"/stories/none": 404, "/stories/" + strings.Repeat("x", 400): 404, "/stories?cursor=" + strings.Repeat("x", 600): 422} {
		if w := get(t, h, path); w.Code != code {
			t.Errorf("%s: %d", path, w.Code)
		}
	}

	page, err := x.List(context.Background(), access.Viewer{Local: true}, browse.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range page.Entries {
		path := ""
		if e.Capture != nil {
			path = "/captures/" + string(e.Capture.ID)
		} else if e.Level == access.All && e.Release.State == wire.Released && len(e.Release.Items) > 0 && len(e.Release.Items[0].Versions) > 0 {
			path = "/items/" + string(e.Release.Items[0].ID)
		}
		if path == "" {
			continue
		}
		if body := get(t, h, path).Body.String(); !strings.Contains(body, `<a href="/stories/release">`) {
			t.Errorf("%s has no link to its story", path)
		}
		for name, s := range map[string]Stories{"in none": told{}, "not known": told{one: one, err: errors.New("broken")}, "nobody to ask": nil} {
			if body := get(t, handler(s), path).Body.String(); strings.Contains(body, `id="story"`) || !strings.Contains(body, `id="item"`) {
				t.Errorf("%s, %s: %.300s", path, name, body)
			}
		}
		break
	}
	if body := get(t, handler(told{}), "/stories?ui=en").Body.String(); !strings.Contains(body, "There is no event yet") {
		t.Error("an empty list says nothing")
	}
	if w := get(t, handler(nil), "/stories"); w.Code != http.StatusNotFound {
		t.Errorf("without stories: %d", w.Code)
	}
	if body := get(t, handler(nil), "/?ui=en").Body.String(); strings.Contains(body, `href="/stories"`) {
		t.Error("the rail leads to a place that is not there")
	}
}
