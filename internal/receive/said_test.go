package receive

import (
	"testing"

	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/wire"
)

// TestSaid: what a feed says completes a page and never contradicts it.
func TestSaid(t *testing.T) {
	t.Parallel()
	minute := &intake.Date{Value: "2026-03-01T22:10Z", Precision: "minute", Raw: "x"}
	for name, c := range map[string]struct {
		page, feed *intake.Date
		want       string
	}{
		"the page says nothing":             {nil, minute, "2026-03-01T22:10Z"},
		"the feed says nothing":             {minute, nil, "2026-03-01T22:10Z"},
		"the page says the same day":        {&intake.Date{Value: "2026-03-01", Precision: "day"}, minute, "2026-03-01T22:10Z"},
		"the page says the day of its zone": {&intake.Date{Value: "2026-03-02", Precision: "day"}, minute, "2026-03-01T22:10Z"},
		"the page says another day":         {&intake.Date{Value: "2026-02-11", Precision: "day"}, minute, "2026-02-11"},
		"the page says another minute":      {&intake.Date{Value: "2026-03-01T09:00Z", Precision: "minute"}, minute, "2026-03-01T09:00Z"},
		"the page says a year":              {&intake.Date{Value: "2026", Precision: "year"}, minute, "2026"},
		"the feed says a day":               {&intake.Date{Value: "2026-03-01", Precision: "day", Raw: "page"}, &intake.Date{Value: "2026-03-02", Precision: "day"}, "2026-03-01"},
	} {
		as := []intake.Article{{Headline: "Road opens", Date: c.page}}
		(&Said{Title: "Road opens", Date: c.feed}).complete(as)
		if as[0].Date == nil || as[0].Date.Value != c.want {
			t.Errorf("%s: %+v", name, as[0].Date)
		}
	}
	as := []intake.Article{{Headline: "Weather of the week"}, {Headline: "Road to the town opens", Bylines: []string{"By B"}, Attribution: []intake.Attribution{{Relation: intake.PublishedBy, Source: "Herald"}}}, {}}
	said := &Said{Title: "The road to the town opens", Authors: []string{"A"}, Date: minute, Cut: true, Fed: &wire.Fed{Name: "Valley", Title: "The road to the town opens"}}
	said.complete(as)
	if as[0].Date != nil || as[0].Truncated || as[1].Date == nil || !as[1].Truncated || as[1].Bylines[0] != "By B" || len(as[1].Attribution) != 1 || as[0].Attribution[0].Source != "Valley" || said.Fed.Title == "" {
		t.Errorf("%+v", as)
	}
	one := []intake.Article{{}}
	if said.complete(one); one[0].Headline != "The road to the town opens" || one[0].Bylines[0] != "A" || said.Fed.Title != "" {
		t.Errorf("a page without a headline: %+v %+v", one[0], said.Fed)
	}
	var nothing *Said
	nothing.complete(one)
}
