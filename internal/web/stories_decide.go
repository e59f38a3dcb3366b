package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	known "jarchi.dev/jarchi/internal/names"
	"jarchi.dev/jarchi/internal/stories"
)

// What editors decide about stories: forms beside each report, a page that joins, and what was decided, for everyone who
// may read the reports.

// whyView is why a report was put to another one.
type whyView struct {
	With  reportView
	Kinds []whyKind
}

type whyKind struct {
	Label  string
	Values []template.HTML
}

// decisionView is what was decided.
type decisionView struct {
	ID, What      string
	Seen          string // for taking it back
	Who           memberView
	Time          twoTimes
	Reason        string
	Undone        bool
	UndoneBy      memberView
	UndoneAt      twoTimes
	Report, Other reportView
	ReportStory   string // the address of its story, if it is in one with others
	OtherStory    string
	May           bool
	Done, Join    string // of the decision's own page
	Link          string // to its own page
	WriterID      string
}

// candidateView is a story to choose.
type candidateView struct {
	reportView
	ID      string
	Reports int
	Kinds   []whyKind
	Chosen  bool
}

type joinPage struct {
	page
	ID       string
	Report   reportView
	Back     string
	Words    string
	Sought   bool
	Near     []candidateView
	Found    []candidateView
	Problem  string
	Reason   string
	Seen     string
	MaxWords int
}

type askPage struct {
	page
	ID, Other, Reason, Seen string
	Here, There             []reportView
	Against                 []decisionView
	Problem                 string
	Back                    string
}

type decidedPage struct {
	page
	Decision decisionView
	Problem  string
}

// Bounds of what is typed here.
const (
	maxSought     = 200 // letters
	whyValues     = 8   // of a kind
	whysOfReport  = 3
	decisionsMost = 20
)

func idOf(e browse.Entry) string {
	if e.Capture != nil {
		return string(e.Capture.ID)
	}
	return string(e.Release.ID)
}

func (q *request) mayDecide() bool { return !q.person.Nobody() && stories.MayDecide(q.viewer) }

// whyKinds are reasons in the reader's language, in the order of the pages.
func (q *request) whyKinds(r stories.Reasons) (out []whyKind) {
	ofDays := map[string]bool{} // numbers that are parts of days which are told
	for _, x := range r.All {
		if t, err := time.Parse(time.DateOnly, x.Value); err == nil && x.Kind == "date" {
			ofDays[strconv.Itoa(t.Day())], ofDays[strconv.Itoa(t.Year())] = true, true
		}
	}
	for _, kind := range []string{"event", "date", "number", "entity", "name", "topic", "word", "embedding"} {
		w := whyKind{Label: q.text("stories.why." + kind)}
		for _, x := range r.All {
			if x.Kind != kind || len(w.Values) == whyValues || kind == "number" && ofDays[latinFigures(r.Language, x.Value)] {
				continue
			}
			v := in(r.Language, firstWords(x.Value, 60))
			switch kind {
			case "event":
				class, n, _ := strings.Cut(x.Value, ":")
				v = in(q.ui, q.text("stories.event."+class))
				if n, err := strconv.ParseInt(n, 10, 64); err == nil && n > 0 {
					v += " " + in(q.ui, number(q.ui, n))
				}
			case "date":
				if t, err := time.Parse(time.DateOnly, x.Value); err == nil {
					v = in(q.ui, longDate(q.ui, t.Year(), t.Month(), t.Day()))
				}
			case "entity":
				k, id, _ := strings.Cut(x.Value, ":")
				name := known.Name{Kind: known.Kind(k), ID: id}.In(q.ui)
				if name == "" {
					continue
				}
				v = in(q.ui, name)
			}
			if !slices.Contains(w.Values, v) {
				w.Values = append(w.Values, v)
			}
		}
		if len(w.Values) > 0 {
			out = append(out, w)
		}
	}
	return out
}

// latinFigures is a number as it is compared: in Latin figures, without an ending.
func latinFigures(t lang.Tag, s string) string {
	if k := lang.Tokens(t, s); len(k) > 0 {
		return k[0].Fold
	}
	return s
}

// decisions are what was decided, as a page shows it.
func (q *request) decisions(all []stories.Decision) (out []decisionView) {
	for _, d := range all[:min(len(all), decisionsMost)] {
		out = append(out, q.decision(d))
	}
	return out
}

func (q *request) decision(d stories.Decision) decisionView {
	v := decisionView{ID: d.ID, Seen: d.Seen, What: q.text("stories.did." + string(d.Kind)), Who: q.member(d.Member), Time: q.times(d.At, nil), Reason: clean(d.Reason), May: q.mayDecide(),
		Report: q.reportView(stories.Report{Entry: d.Report, Time: d.Report.At}), Other: q.reportView(stories.Report{Entry: d.Other, Time: d.Other.At}),
		Link: "/stories/decided/" + url.PathEscape(d.ID), WriterID: string(q.person.ID)}
	if d.Undone != nil {
		v.Undone, v.UndoneBy, v.UndoneAt = true, q.member(d.Undone.Member), q.times(d.Undone.At, nil)
	}
	return v
}

// reportAt reads the report that an id of the address names.
func (q *request) reportAt(id string) (browse.Entry, error) {
	path := "releases/" + id
	if strings.Contains(id, "-") {
		path = "captures/" + id
	}
	e, err := q.entryAt(path)
	if kind := fault.KindOf(err); err != nil && kind == fault.Invalid {
		err = fault.E(fault.NotFound, "There is no such report.")
	}
	return e, err
}

// whole reports whether an entry's words may be read.
func reportable(e browse.Entry) bool {
	return e.Capture != nil || e.Release != nil && len(e.Release.Items) > 0 && len(e.Release.Items[0].Versions) > 0
}

// joinStory is the page on which an editor chooses the story to which a report belongs.
func (q *request) joinStory() error { return q.chooseStory(http.StatusOK, "", "") }

func (q *request) chooseStory(status int, problem, reason string) error {
	id := q.r.PathValue("id")
	if id == "" {
		id = q.r.PostFormValue("report")
	}
	e, err := q.reportAt(id)
	if err != nil {
		return err
	}
	if !reportable(e) {
		return fault.E(fault.NotFound, "There is no such report.")
	}
	if !q.mayDecide() {
		return fault.E(fault.NotAllowed, "Only editors and verifiers say which reports belong together.")
	}
	d := joinPage{page: q.newPage(q.text("stories.join"), "stories"), ID: id, Report: q.reportView(stories.Report{Entry: e, Time: e.At}), Problem: problem, Reason: reason, MaxWords: maxSought,
		Words: firstWords(q.r.URL.Query().Get("q"), maxSought)}
	if d.Back = d.Report.Href; q.storyHref(e) != "" {
		d.Back = q.storyHref(e)
	}
	plan, err := q.Stories.Plan(q.r.Context(), q.viewer, id, "")
	if err != nil {
		return err
	}
	d.Seen = plan.Seen
	chosen := q.r.PostFormValue("other")
	near, err := q.Stories.Near(q.r.Context(), q.viewer, id)
	if err != nil {
		return err
	}
	d.Near = q.candidates(near, chosen)
	if strings.TrimSpace(d.Words) != "" {
		found, err := q.Stories.Find(q.r.Context(), q.viewer, id, d.Words)
		switch {
		case fault.KindOf(err) == fault.Invalid && err != nil: // words that cannot be searched for
		case err != nil:
			return err
		}
		d.Sought, d.Found = true, q.candidates(found, chosen)
	}
	return q.render(status, "storyjoin", d)
}

func (q *request) candidates(all []stories.Candidate, chosen string) (out []candidateView) {
	for _, c := range all {
		id := idOf(c.Report)
		out = append(out, candidateView{q.reportView(stories.Report{Entry: c.Report, Time: c.Report.At}), id, c.Reports, q.whyKinds(c.Reasons), id == chosen})
	}
	return out
}

// storyHref is the address of an entry's story, "" if it is in none with others.
func (q *request) storyHref(e browse.Entry) string {
	id, err := q.Stories.Of(q.r.Context(), q.viewer, e)
	if err != nil {
		q.Log.WarnContext(q.r.Context(), "the story of an item could not be read", "error", err)
		return ""
	}
	if id == "" {
		return ""
	}
	return "/stories/" + url.PathEscape(id)
}

// joinStories takes the form of a joining. Where it would move more than one report, or goes against what an editor
// decided, it asks once.
func (q *request) joinStories() error {
	x := stories.Saying{Report: q.r.PostFormValue("report"), Other: q.r.PostFormValue("other"), Reason: q.r.PostFormValue("reason"), Seen: q.r.PostFormValue("seen")}
	how := q.r.PostFormValue("how")
	if x.Other == "" {
		return q.chooseStory(http.StatusUnprocessableEntity, q.text("stories.join.choose"), x.Reason)
	}
	if how != "all" && how != "alone" {
		plan, err := q.Stories.Plan(q.r.Context(), q.viewer, x.Report, x.Other)
		if fault.KindOf(err) == fault.Conflict && err != nil {
			return q.chooseStory(http.StatusConflict, q.text("stories.already"), x.Reason)
		}
		if err != nil {
			return err
		}
		if len(plan.Here) > 1 || len(plan.Against) > 0 {
			return q.askJoin(http.StatusOK, x, plan, "")
		}
		how = "all"
	}
	x.Alone = how == "alone"
	d, err := q.Stories.Join(q.r.Context(), stories.Who{Viewer: q.viewer, By: q.person.ID}, x)
	switch {
	case fault.KindOf(err) == fault.Conflict && err != nil:
		plan, perr := q.Stories.Plan(q.r.Context(), q.viewer, x.Report, x.Other)
		if perr != nil { // they are one by now
			return q.chooseStory(http.StatusConflict, q.text("stories.already"), x.Reason)
		}
		x.Seen = plan.Seen
		return q.askJoin(http.StatusConflict, x, plan, q.text("stories.meanwhile"))
	case longReason(err):
		return q.chooseStory(http.StatusUnprocessableEntity, q.tooLong(stories.MaxReason), x.Reason)
	case err != nil:
		return err
	}
	return q.seeOther("/stories/decided/" + url.PathEscape(d.ID))
}

func (q *request) askJoin(status int, x stories.Saying, plan stories.Plan, problem string) error {
	d := askPage{page: q.newPage(q.text("stories.join"), "stories"), ID: x.Report, Other: x.Other, Reason: clean(x.Reason), Seen: plan.Seen, Problem: problem,
		Back: "/stories/join/" + url.PathEscape(x.Report)}
	for _, r := range plan.Here {
		d.Here = append(d.Here, q.reportView(r))
	}
	for _, r := range plan.There {
		d.There = append(d.There, q.reportView(r))
	}
	d.Against = q.decisions(plan.Against)
	return q.render(status, "storyask", d)
}

// longReason reports whether a reason was refused for its length, the one thing about it that a person can do wrong.
func longReason(err error) bool {
	f := (*fault.Error)(nil)
	return errors.As(err, &f) && f.Kind == fault.Invalid && f.Field == "reason"
}

// partStory takes the form by which a report leaves its story.
func (q *request) partStory() error {
	x := stories.Saying{Report: q.r.PostFormValue("report"), Reason: q.r.PostFormValue("reason"), Seen: q.r.PostFormValue("seen")}
	d, err := q.Stories.Part(q.r.Context(), stories.Who{Viewer: q.viewer, By: q.person.ID}, x)
	problem := ""
	switch {
	case err == nil:
		return q.seeOther("/stories/decided/" + url.PathEscape(d.ID))
	case fault.KindOf(err) == fault.Conflict:
		problem = q.text("stories.meanwhile")
	case longReason(err):
		problem = q.tooLong(stories.MaxReason)
	default:
		return err
	}
	s, serr := q.Stories.Story(q.r.Context(), q.viewer, x.Report)
	if serr == nil {
		return q.showStory(fault.KindOf(err).HTTPStatus(), s, problem, x)
	}
	if fault.KindOf(serr) != fault.NotFound || fault.KindOf(err) != fault.Conflict {
		return serr
	}
	last, derr := q.lastDecision(x.Report)
	if derr != nil {
		return err
	}
	return q.showDecision(http.StatusConflict, last, problem) // somebody else took it out
}

// lastDecision is what was decided last about a report; NotFound where nothing was that she may read.
func (q *request) lastDecision(report string) (stories.Decision, error) {
	e, err := q.reportAt(report)
	if err != nil {
		return stories.Decision{}, err
	}
	all, err := q.Stories.Decided(q.r.Context(), q.viewer, e)
	if err == nil && len(all) == 0 {
		err = fault.E(fault.NotFound, "Nothing was decided about this report.")
	}
	if err != nil {
		return stories.Decision{}, err
	}
	return q.Stories.Decision(q.r.Context(), q.viewer, all[0].ID)
}

// undoStory takes the form that takes a decision back.
func (q *request) undoStory() error {
	d, err := q.Stories.Undo(q.r.Context(), stories.Who{Viewer: q.viewer, By: q.person.ID}, q.r.PostFormValue("decision"), q.r.PostFormValue("seen"))
	if fault.KindOf(err) == fault.Conflict && err != nil {
		if d, derr := q.Stories.Decision(q.r.Context(), q.viewer, q.r.PostFormValue("decision")); derr == nil {
			return q.showDecision(http.StatusConflict, d, q.text("stories.meanwhile"))
		}
	}
	if err != nil {
		return err
	}
	return q.seeOther("/stories/decided/" + url.PathEscape(d.ID))
}

// decidedStory is the page of one decision: what was done, by whom, and how it is taken back.
func (q *request) decidedStory() error {
	d, err := q.Stories.Decision(q.r.Context(), q.viewer, q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.showDecision(http.StatusOK, d, "")
}

func (q *request) showDecision(status int, d stories.Decision, problem string) error {
	v := q.decision(d)
	v.ReportStory, v.OtherStory = q.storyHref(d.Report), q.storyHref(d.Other)
	v.Done = q.text("stories.done." + string(d.Kind))
	if d.Undone != nil {
		v.Done = q.text("stories.undo.done")
	}
	if d.Kind == stories.Parted && d.Undone == nil && v.May {
		v.Join = "/stories/join/" + url.PathEscape(idOf(d.Report))
	}
	return q.render(status, "storydecided", decidedPage{page: q.newPage(q.text("stories.decision"), "stories"), Decision: v, Problem: problem})
}
