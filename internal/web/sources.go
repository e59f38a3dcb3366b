package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	watch "jarchi.dev/jarchi/internal/source"
	polling "jarchi.dev/jarchi/internal/sources"
	"jarchi.dev/jarchi/internal/wire"
)

// Sources: the feeds of other sites that the node asks for a member. The place of administrators.

type sourceRow struct {
	Name, Address, Path string
	Newest, Asked       template.HTML // empty: never
	Items, Queue        string
	Quarantine          string // empty: nothing is there
	Alarm               bool
	Says                []string // what is to be said of it, most urgent first
	Why                 *sourceTrouble
	Moved               string
	Paused              bool
	Remove              string
	Page                string // of the source
}

type sourceTrouble struct{ Text, Status, Line, At string }

type sourcesPage struct {
	staffPage
	Rows                 []sourceRow
	Pages                pages
	Address, Name, Every string
	Pattern              string
	Kinds                []option
	Kept                 string // how much is in quarantine; empty: nothing
}

// keeper is the administrator as the sources know her: office has made sure that she administers this member.
func (o *office) keeper() access.Viewer {
	return access.Viewer{Member: o.of, Scopes: []access.Scope{access.Admin, access.Intake}}
}

var sourcesDone = map[string]string{"added": "sources.done.added", "polled": "sources.done.polled", "paused": "sources.done.paused", "resumed": "sources.done.resumed", "changed": "sources.done.changed", "removed": "sources.done.removed"}

func (o *office) sources() error { return o.showSources(nil) }

func (o *office) showSources(problem error) error {
	list, err := o.Sources.List(o.r.Context(), o.keeper())
	if err != nil {
		return err
	}
	d := sourcesPage{staffPage: o.staffPage(o.text("sources.title"), "sources"), Address: o.typed("url"), Name: o.typed("name"), Every: o.typed("every")}
	d.Choose = o.choices(false)
	d.Pattern = o.typed("pattern")
	for _, k := range []watch.Kind{watch.Feed, watch.List, watch.Page} { // the others are for whoever runs the node
		d.Kinds = append(d.Kinds, option{Value: string(k), Label: o.text("sources.kind." + string(k)), Selected: o.typed("kind") == string(k)})
	}
	if d.Every == "" {
		d.Every = strconv.Itoa(int(watch.DefaultInterval / time.Minute))
	}
	if key, ok := sourcesDone[o.r.URL.Query().Get("done")]; ok && o.r.Method != http.MethodPost {
		d.Saved = o.text(key)
	}
	for _, w := range list {
		row := o.sourceRow(w)
		d.Rows = append(d.Rows, row)
	}
	kept, err := o.Quarantine.Quarantined(o.r.Context(), o.keeper())
	if err != nil {
		return err
	}
	if len(kept) > 0 {
		d.Kept = o.text("sources.quarantine", "Count", len(kept))
	}
	needyFirst(d.Rows, func(r sourceRow) bool { return r.Alarm })
	from, to, pages := o.part(len(d.Rows), url.Values{})
	d.Rows, d.Pages = d.Rows[from:to], pages
	status, err := d.blame(problem, o.sourceProblem)
	if err != nil {
		return err
	}
	return o.render(status, "staffsources", d)
}

// needyFirst puts what needs somebody before the others, otherwise in the order in which they are.
func needyFirst[R any](rows []R, needy func(R) bool) {
	slices.SortStableFunc(rows, func(a, b R) int {
		switch {
		case needy(a) == needy(b):
			return 0
		case needy(a):
			return -1
		}
		return 1
	})
}

// sourceProblem says what was wrong with the form of a new source, and with which field.
func (o *office) sourceProblem(err error) (field, words string) {
	_, field = fault.Public(err)
	switch {
	case fault.KindOf(err) == fault.Conflict && field == "url":
		return "url", o.text("sources.bad.taken")
	case fault.KindOf(err) != fault.Invalid:
		return "", ""
	case field == "url":
		return "url", o.text("sources.bad.address")
	case field == "interval":
		return "every", o.text("sources.bad.interval")
	case field == "pattern":
		return "pattern", o.text("sources.bad.pattern")
	case field == "language":
		return "lang", o.text("sources.bad.lang")
	case field == "rights":
		return "rights", o.text("people.bad.line")
	case field == "name":
		return "name", o.text("people.bad.line")
	}
	return "", ""
}

func (o *office) sourceRow(w watch.Watched) sourceRow {
	now := o.Now()
	row := sourceRow{Name: firstWords(clean(w.Label()), 120), Address: clean(w.Address), Path: "/people/sources/" + url.PathEscape(string(w.ID)), Paused: w.Paused, Moved: clean(w.Moved),
		Items: o.text("sources.items", "Count", int(w.Items))}
	row.Remove, row.Page = row.Path+"/remove"+o.arg(), row.Path+o.arg()
	if !w.LastItem.IsZero() {
		row.Newest = o.timeHTML(w.LastItem, nil)
	}
	if !w.LastPoll.IsZero() {
		row.Asked = o.timeHTML(w.LastPoll, nil)
	}
	if w.Waiting > 0 {
		row.Queue = o.text("sources.queue", "Count", int(w.Waiting))
	}
	if w.Failed > 0 {
		row.Quarantine = o.text("sources.quarantine", "Count", int(w.Failed))
	}
	row.Why = o.sourceTrouble(w.Trouble)
	quiet, silent := w.Silent(now)
	switch {
	case w.Paused:
		row.Says = append(row.Says, o.text("sources.paused"))
		return row
	case w.LastPoll.IsZero():
		row.Says = append(row.Says, o.text("sources.waitsfirst"))
	case w.Errors > 0:
		row.Alarm = true
		row.Says = append(row.Says, o.text("sources.row", "Count", w.Errors))
	case row.Why == nil && !silent:
		row.Says = append(row.Says, o.text("sources.ok"))
	}
	if silent {
		row.Alarm = true
		row.Says = append(row.Says, o.text("sources.silent", "For", o.span(quiet), "Usual", o.span(w.Rhythm.Usual)))
	}
	if lag := w.Lag(now); lag > 2*time.Minute { // less is the host's turn
		row.Alarm = true
		row.Says = append(row.Says, o.text("sources.late", "For", o.span(lag)))
	}
	return row
}

func (o *office) sourceTrouble(t watch.Trouble) *sourceTrouble {
	if t.Code == "" {
		return nil
	}
	w := &sourceTrouble{Text: o.text("sources.trouble." + string(t.Code)), At: clean(t.At)}
	if t.Status > 0 {
		w.Status = o.text("sources.status", "Count", t.Status)
	}
	if t.Line > 0 {
		w.Line = o.text("sources.line", "Count", t.Line)
	}
	return w
}

// span is a length of time in whole days, hours or minutes, of which there are always more than one: no language needs a singular.
func (o *office) span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return o.text("sources.days", "Count", int(d/(24*time.Hour)))
	case d >= 2*time.Hour:
		return o.text("sources.hours", "Count", int(d/time.Hour))
	}
	return o.text("sources.minutes", "Count", max(int(d/time.Minute), 1))
}

func (o *office) addSource() error {
	every, err := strconv.Atoi(o.typed("every"))
	if err != nil || every < 1 || every > int(watch.MaxInterval/time.Minute) {
		return o.showSources(fault.Field("interval", "An interval has 1 to 10080 minutes."))
	}
	if k := o.typed("kind"); watch.Kind(k).OfMachine() {
		return errNoPage
	}
	src := watch.Source{Address: o.typed("url"), Name: o.typed("name"), Kind: watch.Kind(o.typed("kind")), Pattern: o.typed("pattern"), Interval: time.Duration(every) * time.Minute}
	again, err := o.once(func() error {
		_, err := o.Sources.Add(o.r.Context(), o.keeper(), src, o.person.ID)
		return err
	})
	if err != nil && !again {
		return o.showSources(err)
	}
	return o.to("/people/sources", "added")
}

// sourcePage is one source with all that is known of it, and its settings.
type sourcePage struct {
	staffPage
	Row                                sourceRow
	Facts                              []staffFact
	Quarantine                         string // the address of the list; empty: nothing of it is there
	Action, Back                       string
	Name, Every, Lang, Rights, Pattern string
	Listed                             bool // it has a pattern
}

func (o *office) source() error { return o.showSource(nil) }

func (o *office) showSource(problem error) error {
	w, err := o.Sources.Get(o.r.Context(), o.keeper(), o.sourceID())
	if err != nil {
		return err
	}
	d := sourcePage{staffPage: o.staffPage(firstWords(clean(w.Label()), 120), "sources"), Row: o.sourceRow(w), Back: "/people/sources" + o.arg(), Name: w.Source.Name, Every: strconv.FormatFloat(w.Interval.Minutes(), 'f', -1, 64),
		Lang: string(w.Language), Rights: w.Rights, Pattern: w.Pattern, Listed: w.Kind == watch.List}
	d.Action = d.Row.Path
	if key, ok := sourcesDone[o.r.URL.Query().Get("done")]; ok && o.r.Method != http.MethodPost {
		d.Saved = o.text(key)
	}
	add := func(key string, v template.HTML) {
		if v != "" {
			d.Facts = append(d.Facts, staffFact{o.text(key), v})
		}
	}
	when := func(key string, t time.Time) {
		if !t.IsZero() {
			add(key, o.timeHTML(t, nil))
		}
	}
	add("sources.address", ltr(clean(w.Address)))
	add("sources.kind", rich(o.text("sources.kind."+string(w.Kind))))
	if w.Format != "" {
		add("sources.format", ltr(firstWords(clean(w.Format), 40)))
	}
	when("sources.newest", w.LastItem)
	when("sources.asked", w.LastPoll)
	when("sources.good", w.LastGood)
	if !w.Paused {
		when("sources.next", w.Due)
	}
	if w.Rhythm.Gaps >= 3 {
		add("sources.usual", rich(o.span(w.Rhythm.Usual)))
	}
	when("sources.added", w.Added)
	if w.Failed > 0 {
		d.Quarantine = keptPath + o.arg()
	}
	if problem != nil {
		d.Name, d.Every, d.Lang, d.Rights, d.Pattern = o.typed("name"), o.typed("every"), o.typed("lang"), o.typed("rights"), o.typed("pattern")
	}
	status, err := d.blame(problem, o.sourceProblem)
	if err != nil {
		return err
	}
	return o.render(status, "staffsource", d)
}

func (o *office) changeSource() error {
	every, err := strconv.ParseFloat(o.typed("every"), 64)
	if err != nil || !(every > 0 && every <= watch.MaxInterval.Minutes()) {
		return o.showSource(fault.Field("interval", "An interval has up to 10080 minutes."))
	}
	w, err := o.Sources.Get(o.r.Context(), o.keeper(), o.sourceID())
	if err != nil {
		return err
	}
	to := watch.Source{Name: o.typed("name"), Desk: w.Desk, Interval: time.Duration(every * float64(time.Minute)), Language: lang.Tag(o.typed("lang")), Rights: o.typed("rights"), Pattern: o.typed("pattern")}
	if _, err := o.Sources.Change(o.r.Context(), o.keeper(), o.person.ID, w.ID, to); err != nil {
		return o.showSource(err)
	}
	return o.to("/people/sources/"+url.PathEscape(string(w.ID)), "changed")
}

func (o *office) sourceID() watch.ID { return watch.ID(o.r.PathValue("id")) }

// sourceDo is a form that does something with one source and leads back to the list.
func sourceDo(done string, do func(s *polling.Service, ctx context.Context, v access.Viewer, by people.UserID, id watch.ID) error) func(*office) error {
	return func(o *office) error {
		if err := do(o.Sources, o.r.Context(), o.keeper(), o.person.ID, o.sourceID()); err != nil && (fault.KindOf(err) != fault.NotFound || done != "removed") {
			return err
		}
		return o.to("/people/sources", done)
	}
}

func pollSource(s *polling.Service, ctx context.Context, v access.Viewer, _ people.UserID, id watch.ID) error {
	return s.Poll(ctx, v, id)
}

func pauseSource(s *polling.Service, ctx context.Context, v access.Viewer, by people.UserID, id watch.ID) error {
	return s.Pause(ctx, v, by, id, true)
}

func resumeSource(s *polling.Service, ctx context.Context, v access.Viewer, by people.UserID, id watch.ID) error {
	return s.Pause(ctx, v, by, id, false)
}

func (o *office) askRemoveSource() error {
	w, err := o.Sources.Get(o.r.Context(), o.keeper(), o.sourceID())
	if err != nil {
		return err
	}
	return o.confirm(http.StatusOK, confirmPage{staffPage: o.staffPage(o.text("sources.remove"), "sources"), Text: o.text("sources.remove.text"), Button: o.text("sources.remove"),
		Action: "/people/sources/" + url.PathEscape(string(w.ID)) + "/remove", Back: "/people/sources" + o.arg(),
		Facts:  []staffFact{{o.text("staff.name"), in("", clean(w.Label()))}, {o.text("sources.address"), ltr(w.Address)}},
		Fields: []option{{Value: string(o.of), Label: "member"}}})
}

type triedRow struct {
	What, Title, Link string
	Lang              string
	Dir               string
	Date              template.HTML
}

type triedText struct {
	Headline, Lang, Dir string
	Paragraphs          []string
}

type triedPage struct {
	staffPage
	Address string
	Why     *sourceTrouble
	Rows    []triedRow
	OfFeed  bool
	PageWhy *sourceTrouble
	Unread  bool
	First   []triedText
	Poll    string // the form that has it asked; empty: it is no source yet
	Back    string
}

// triedRows is how many items of a feed are shown.
const triedRows = 30

func (o *office) trySource() error {
	w, err := o.Sources.Get(o.r.Context(), o.keeper(), o.sourceID())
	if err != nil {
		return err
	}
	t, err := o.Sources.Try(o.r.Context(), o.keeper(), watch.Source{ID: w.ID})
	if err != nil {
		return err
	}
	d := triedPage{staffPage: o.staffPage(o.text("sources.try.title"), "sources"), Address: clean(w.Address), Why: o.sourceTrouble(t.Trouble), Back: "/people/sources" + o.arg()}
	if !w.Paused {
		d.Poll = "/people/sources/" + url.PathEscape(string(w.ID)) + "/poll"
	}
	for _, e := range t.Entries[:min(len(t.Entries), triedRows)] {
		row := triedRow{What: o.text("sources.what." + e.What), Title: firstWords(clean(e.Title), 200), Lang: string(e.Language), Dir: "auto"}
		if strings.HasPrefix(e.Link, "http://") || strings.HasPrefix(e.Link, "https://") {
			row.Link = e.Link
		}
		if row.Title == "" {
			row.Title = firstWords(clean(e.Link), 200)
		}
		if !e.At.IsZero() {
			row.Date = o.timeHTML(e.At, nil)
		}
		d.Rows = append(d.Rows, row)
	}
	if t.First != nil {
		d.OfFeed, d.PageWhy, d.Unread = t.First.OfFeed, o.sourceTrouble(t.First.Trouble), len(t.First.Captures) == 0
		for _, c := range t.First.Captures {
			x := triedText{Headline: clean(c.Headline), Lang: string(c.Language), Dir: dirOf(c.Language)}
			for _, p := range c.Body[:min(len(c.Body), 5)] {
				x.Paragraphs = append(x.Paragraphs, firstWords(clean(p), 600))
			}
			d.First = append(d.First, x)
		}
	}
	return o.render(http.StatusOK, "stafftried", d)
}

// fedFacts are what the feed that brought a capture says of it.
func (q *request) fedFacts(c *wire.Capture) (out []fact) {
	if !c.Gone.IsZero() {
		out = append(out, fact{"", template.HTML(template.HTMLEscapeString(q.text("sources.gone")))})
	}
	if s := c.Sent; s != nil {
		if rights := firstWords(clean(s.Rights), 300); rights != "" {
			out = append(out, fact{q.text("sources.sent.terms"), in("", rights)})
		}
		if id, err := wire.ParseCaptureID(string(s.Earlier)); err == nil {
			out = append(out, fact{q.text("sources.sent.earlier"), template.HTML(`<a href="/captures/` + string(id) + `">` + template.HTMLEscapeString(q.text("sources.earlier.open")) + `</a>`)})
		}
	}
	f := c.Fed
	if f == nil {
		return out
	}
	if name := firstWords(clean(f.Name), 200); name != "" {
		out = append(out, fact{q.text("sources.came"), in("", name)})
	}
	if f.TextOfFeed {
		out = append(out, fact{"", template.HTML(template.HTMLEscapeString(q.text("sources.feedtext")))})
	}
	if rights := firstWords(clean(f.Rights), 300); rights != "" {
		out = append(out, fact{q.text("sources.terms"), in("", rights)})
	}
	if id, err := wire.ParseCaptureID(string(f.Earlier)); err == nil {
		out = append(out, fact{q.text("sources.earlier"), template.HTML(`<a href="/captures/` + string(id) + `">` + template.HTMLEscapeString(q.text("sources.earlier.open")) + `</a>`)})
	}
	return out
}
