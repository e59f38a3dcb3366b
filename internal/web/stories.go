package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/facts"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/wire"
)

// Stories tells which reports are about one event, as far as a viewer may read them.
type Stories interface {
	Heads(ctx context.Context, v access.Viewer, cursor string, limit int, reading []lang.Tag) (stories.Page, error)
	Story(ctx context.Context, v access.Viewer, id string) (stories.Story, error)
	Of(ctx context.Context, v access.Viewer, e browse.Entry) (id string, err error)

	Near(ctx context.Context, v access.Viewer, id string) ([]stories.Candidate, error)
	Find(ctx context.Context, v access.Viewer, id, words string) ([]stories.Candidate, error)
	Plan(ctx context.Context, v access.Viewer, id, other string) (stories.Plan, error)
	Join(ctx context.Context, w stories.Who, x stories.Saying) (stories.Decision, error)
	Part(ctx context.Context, w stories.Who, x stories.Saying) (stories.Decision, error)
	Undo(ctx context.Context, w stories.Who, id, seen string) (stories.Decision, error)
	Decision(ctx context.Context, v access.Viewer, id string) (stories.Decision, error)
	Decided(ctx context.Context, v access.Viewer, e browse.Entry) ([]stories.Decision, error)
}

// reportView is one report of an event: a release in the language that is best for this reader, or a capture.
type reportView struct {
	Who       string
	WhoLang   lang.Tag
	Outside   string // the word for a capture
	Headline  template.HTML
	Lang      lang.Tag
	Dir, Href string
	Time      twoTimes
	Langs     []langMark
	FactsLine template.HTML
	First     bool
	Uses      []storyUse
	ID        string
	Why       []whyView
	Part      bool   // the form that takes it out is open, as it was filled in
	Reason    string // in it
}

// storyUse is whose words a report uses, and which figures became others.
type storyUse struct {
	Kind, Who, Href string
	WhoLang         lang.Tag
	Stated          string
	Figures         []figureView
}

// unitView is a unit with which several reports give one number each.
type unitView struct {
	Unit string
	Says []unitSays
}

type unitSays struct {
	Value, Who string
	WhoLang    lang.Tag
	Href       string
}

type storyRow struct {
	reportView  // the one that is best for this reader
	Story       string
	Reports     int
	More        bool
	Who         []whoView
	Rest        int
	Begun, Last twoTimes
	AllLangs    []langMark
	FirstWho    string
	FirstLang   lang.Tag
}

type whoView struct {
	Name string
	Lang lang.Tag
}

type storiesPage struct {
	page
	Rows []storyRow
	Next string
	Late bool // not the first page
}

type storyPage struct {
	page
	Headline template.HTML
	Lang     lang.Tag
	Dir      string
	Reports  []reportView
	Differs  []unitView
	More     bool

	May       bool // say which reports belong together
	Seen      string
	Decisions []decisionView
	Problem   string
}

// Bounds of a page.
const (
	storiesShown  = 20
	namesOfStory  = 4
	langsOfStory  = 12
	figuresOfUse  = 4
	unitsOfStory  = 6
	saysOfUnit    = 12
	storiesCursor = 500
)

func (q *request) storyList() error {
	cursor := q.r.URL.Query().Get("cursor")
	if len(cursor) > storiesCursor {
		return fault.Field("cursor", "This part of the address is too long.")
	}
	p, err := q.Stories.Heads(q.r.Context(), q.viewer, cursor, storiesShown, q.reading)
	if err != nil {
		return err
	}
	d := storiesPage{page: q.newPage(q.text("place.stories"), "stories"), Late: cursor != ""}
	for _, s := range p.Stories {
		d.Rows = append(d.Rows, q.storyRow(s))
	}
	if p.Next != "" {
		d.Next = "/stories?" + url.Values{"cursor": {p.Next}}.Encode()
	}
	return q.render(http.StatusOK, "stories", d)
}

func (q *request) story() error {
	s, err := q.Stories.Story(q.r.Context(), q.viewer, q.r.PathValue("id"))
	if err != nil && fault.KindOf(err) == fault.NotFound { // an editor may have taken apart what somebody has open
		if last, derr := q.lastDecision(q.r.PathValue("id")); derr == nil {
			return q.showDecision(http.StatusNotFound, last, q.text("stories.own"))
		}
	}
	if err != nil {
		return err
	}
	if s.ID != q.r.PathValue("id") {
		return q.seeOther("/stories/" + url.PathEscape(s.ID))
	}
	return q.showStory(http.StatusOK, s, "", stories.Saying{})
}

// showStory shows a story; tried is what was to be decided about it and met a problem.
func (q *request) showStory(status int, s stories.Story, problem string, tried stories.Saying) error {
	best := q.reportView(s.Reports[q.bestReport(s)])
	d := storyPage{page: q.newPage(q.text("stories.story"), "stories"), Headline: best.Headline, Lang: best.Lang, Dir: best.Dir, More: s.More,
		May: q.mayDecide(), Seen: s.Seen, Decisions: q.decisions(s.Decisions), Problem: problem}
	for i, r := range s.Reports {
		v := q.reportView(r)
		v.First = i == 0
		if v.ID == tried.Report {
			v.Part, v.Reason = true, clean(tried.Reason)
		}
		d.Reports = append(d.Reports, v)
	}
	for _, b := range s.Because {
		if kinds, v := q.whyKinds(b.Reasons), &d.Reports[b.Report]; len(kinds) > 0 && len(v.Why) < whysOfReport {
			v.Why = append(v.Why, whyView{d.Reports[b.With], kinds})
		}
	}
	for _, u := range s.Uses {
		of := d.Reports[u.Of]
		w := storyUse{Kind: q.text("copies." + string(u.Kind)), Who: of.Who, WhoLang: of.WhoLang, Href: of.Href, Stated: firstWords(u.Stated, 200)}
		a, b := textAt(s.Reports[u.Of], u.OfItem), textAt(s.Reports[u.From], u.FromItem)
		if a.Language == b.Language { // where words were taken over, a figure that became another is told by its sentence
			w.Figures = figureViews(a.Language, compare.Figures(a.Language, whole(a.Current().Content), whole(b.Current().Content)), figuresOfUse)
		}
		d.Reports[u.From].Uses = append(d.Reports[u.From].Uses, w)
	}
	d.Differs = q.unitsThatDiffer(s.Reports, d.Reports)
	return q.render(status, "story", d)
}

// bestReport is the earliest report in the first of the reader's languages that any is in, else the first to report.
func (q *request) bestReport(s stories.Story) int {
	for _, t := range q.reading {
		for i, r := range s.Reports {
			if r.Capture != nil && r.Capture.Language == t || r.Release != nil && slices.ContainsFunc(r.Release.Items, func(it wire.Item) bool { return it.Type == wire.Text && it.Language == t }) {
				return i
			}
		}
	}
	return 0
}

func (q *request) storyRow(s stories.Story) storyRow {
	w := storyRow{reportView: q.reportView(s.Reports[s.Best]), Story: "/stories/" + url.PathEscape(s.ID), Reports: len(s.Reports), More: s.More}
	for i, r := range s.Reports {
		v := q.reportView(r)
		if i == 0 {
			w.FirstWho, w.FirstLang, w.Begun = v.Who, v.WhoLang, v.Time
		}
		w.Last = v.Time
		if who := (whoView{v.Who, v.WhoLang}); !slices.Contains(w.Who, who) {
			w.Who = append(w.Who, who)
		}
		for _, m := range v.Langs {
			if len(w.AllLangs) < langsOfStory && !slices.ContainsFunc(w.AllLangs, func(o langMark) bool { return o.Code == m.Code }) {
				w.AllLangs = append(w.AllLangs, langMark{Code: m.Code, Title: lang.Tag(m.Code).Autonym()})
			}
		}
	}
	if len(w.Who) > namesOfStory {
		w.Rest = len(w.Who) - namesOfStory
		w.Who = w.Who[:namesOfStory]
	}
	return w
}

// textAt is an item of a report; of a capture its text as one.
func textAt(r stories.Report, i int) *wire.Item {
	if c := r.Capture; c != nil {
		return &wire.Item{Type: wire.Text, Language: c.Language, Versions: []wire.Version{{N: 1, Content: wire.Content{Headline: c.Headline, Body: c.Body}}}}
	}
	return &r.Release.Items[min(max(i, 0), len(r.Release.Items)-1)]
}

func (q *request) reportView(r stories.Report) reportView {
	if c := r.Capture; c != nil {
		v := reportView{ID: string(c.ID), Who: source(c), Outside: q.text("state.outside"), Href: "/captures/" + string(c.ID), Lang: c.Language, Dir: dirOf(c.Language), Time: q.times(r.Time, nil),
			Langs: []langMark{q.capturedMark(c)}, Headline: rich(c.Headline)}
		if clean(c.Headline) == "" {
			v.Headline = rich(firstOf(c.Body, 90))
		}
		return v
	}
	m := q.member(r.Release.Lead())
	it := textAt(r, best(r.Release, q.reading))
	v := reportView{ID: string(r.Release.ID), Who: clean(m.Full), WhoLang: m.FullLang, Href: "/items/" + string(it.ID), Lang: it.Language, Dir: dirOf(it.Language), Time: q.times(r.Time, m.Zone),
		Langs: q.langMarks(r.Release, m.Official), FactsLine: q.factsLine(r.Release)}
	if len(it.Versions) > 0 {
		c := it.Current().Content
		if v.Headline = rich(c.Headline); clean(c.Headline) == "" {
			v.Headline = rich(firstOf(c.Body, 90))
		}
	}
	return v
}

// unitsThatDiffer lists the units with which at least two reports give exactly one number each, and not the same. It says
// nothing of numbers without a unit, and of a report that gives several with one: there it is in doubt which to compare.
func (q *request) unitsThatDiffer(reports []stories.Report, views []reportView) (out []unitView) {
	said := map[string][][]string{} // by unit, of each report
	var units []string
	for i, r := range reports {
		it := textAt(r, 0)
		if r.Release != nil {
			it = textAt(r, best(r.Release, q.reading))
		}
		if it.Type != wire.Text || len(it.Versions) == 0 {
			continue
		}
		for _, n := range readFacts(it).Quantities {
			if n.Unit == "" {
				continue
			}
			if said[n.Unit] == nil {
				said[n.Unit] = make([][]string, len(reports))
				units = append(units, n.Unit)
			}
			if !slices.Contains(said[n.Unit][i], n.Value) {
				said[n.Unit][i] = append(said[n.Unit][i], n.Value)
			}
		}
	}
	for _, unit := range units {
		w := unitView{Unit: "%"}
		if unit != "pct" {
			w.Unit = facts.UnitIn(unit, q.ui)
		}
		different := false
		first := ""
		for i, values := range said[unit] {
			if len(values) != 1 {
				continue
			}
			if first == "" {
				first = values[0]
			}
			different = different || values[0] != first
			if len(w.Says) < saysOfUnit {
				w.Says = append(w.Says, unitSays{q.decimal(values[0]), views[i].Who, views[i].WhoLang, views[i].Href})
			}
		}
		if different && len(out) < unitsOfStory {
			out = append(out, w)
		}
	}
	return out
}

// storyView is what an item's page says of its story.
type storyView struct {
	Href      string // empty: it is in none with others
	Join      string // where an editor says to which it belongs
	Decisions []decisionView
}

// storyOf links the story of what is shown. A page goes out without it if it cannot be read.
func (q *request) storyOf(v *itemView, e browse.Entry) {
	if q.Stories == nil || e.Release != nil && (e.Release.ID == "" || e.Release.State != wire.Released || e.Level != access.All) { // a draft is looked at as it will be
		return
	}
	s := storyView{Href: q.storyHref(e)}
	if all, err := q.Stories.Decided(q.r.Context(), q.viewer, e); err != nil {
		q.Log.WarnContext(q.r.Context(), "what was decided about an item could not be read", "error", err)
	} else {
		s.Decisions = q.decisions(all)
	}
	if q.mayDecide() {
		s.Join = "/stories/join/" + url.PathEscape(idOf(e))
	}
	if s.Href != "" || s.Join != "" || len(s.Decisions) > 0 {
		v.Story = &s
	}
}
