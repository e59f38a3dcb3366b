package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/wire"
)

// What could not be read: a place of its own beside the sources.

// Quarantine is what administrators do with the documents that could not be read. Each method checks that the viewer may.
type Quarantine interface {
	Quarantined(ctx context.Context, v access.Viewer) ([]receive.Kept, error)
	Show(ctx context.Context, v access.Viewer, id string) (receive.Shown, error)
	Retry(ctx context.Context, v access.Viewer, by people.UserID, id string) (receive.Result, error)
	Mend(ctx context.Context, v access.Viewer, by people.UserID, id string, m receive.Mended) (wire.CaptureID, error)
	Drop(ctx context.Context, v access.Viewer, by people.UserID, id string) error
}

type keptRow struct {
	Name, Address, Path string
	Source              string // what brought it is called; empty: nothing did, or it is gone
	Place, Reason       string
	Held                template.HTML // until when it is under embargo
	Forever             bool
	Came                template.HTML
	Tries               string
}

type unreadPage struct {
	staffPage
	Rows  []keptRow
	Pages pages
	Back  string
}

const keptPath = "/people/quarantine"

var keptDone = map[string]string{"read": "sources.kept.done.read", "still": "sources.kept.done.still", "mended": "sources.kept.done.mended", "dropped": "sources.kept.done.dropped", "held": "sources.kept.bad.held"}

func (o *office) keptSaved() string {
	if key, ok := keptDone[o.r.URL.Query().Get("done")]; ok && o.r.Method != http.MethodPost {
		return o.text(key)
	}
	return ""
}

func (o *office) quarantine() error {
	list, err := o.Quarantine.Quarantined(o.r.Context(), o.keeper())
	if err != nil {
		return err
	}
	names, err := o.sourceNames()
	if err != nil {
		return err
	}
	d := unreadPage{staffPage: o.staffPage(o.text("sources.kept"), "sources"), Back: "/people/sources" + o.arg()}
	d.Choose, d.Saved = o.choices(false), o.keptSaved()
	from, to, pages := o.part(len(list), url.Values{})
	d.Pages = pages
	for _, k := range list[from:to] {
		d.Rows = append(d.Rows, o.keptRow(k, names))
	}
	return o.render(http.StatusOK, "staffkept", d)
}

// sourceNames are what the member's sources are called, by id.
func (o *office) sourceNames() (map[string]string, error) {
	list, err := o.Sources.List(o.r.Context(), o.keeper())
	names := map[string]string{}
	for _, w := range list {
		names[string(w.ID)] = firstWords(clean(w.Label()), 120)
	}
	return names, err
}

func (o *office) keptRow(k receive.Kept, names map[string]string) keptRow {
	row := keptRow{Name: firstWords(clean(k.Name), 160), Address: clean(k.Address), Path: keptPath + "/" + url.PathEscape(k.ID) + o.arg(), Source: names[string(k.Source)],
		Place: firstWords(clean(k.Place), 200), Reason: firstWords(clean(k.Reason), 500), Came: o.timeHTML(k.Arrived, nil)}
	if row.Name == "" {
		row.Name = k.ID[:min(len(k.ID), 16)]
	}
	if k.Tries > 0 {
		row.Tries = o.text("sources.kept.tries", "Count", k.Tries)
	}
	if k.Endless() {
		row.Forever = true
	} else if !k.Held.IsZero() {
		row.Held = o.timeHTML(k.Held, nil)
	}
	return row
}

type unreadOnePage struct {
	staffPage
	Row                                 keptRow
	Raw                                 string // where its bytes are; empty: nobody reads it yet
	Retry, Mend, Drop                   string // addresses of the forms; empty: not now
	Headline, Body, Day                 string
	Cut                                 bool
	Languages                           []option
	BodyError, DateError, HeadlineError string
	Back                                string
}

func (o *office) quarantineOne() error { return o.showKept(nil) }

func (o *office) showKept(problem error) error {
	id := o.r.PathValue("id")
	k, err := o.Quarantine.Show(o.r.Context(), o.keeper(), id)
	if err != nil {
		return err
	}
	names, err := o.sourceNames()
	if err != nil {
		return err
	}
	at := keptPath + "/" + url.PathEscape(k.ID)
	d := unreadOnePage{staffPage: o.staffPage(o.text("sources.kept.document"), "sources"), Row: o.keptRow(k.Kept, names), Back: keptPath + o.arg(), Drop: at + "/drop", Headline: clean(k.Headline), Body: k.Text, Day: k.Date, Cut: k.Cut}
	d.Saved = o.keptSaved()
	held := k.Held.After(o.Now())
	if !held {
		d.Raw, d.Mend = "/raw/"+url.PathEscape(k.ID), at+"/mend"
	}
	if !held || k.Endless() {
		d.Retry = at + "/retry"
	}
	chosen := string(k.Language)
	status := http.StatusOK
	if o.r.Method == http.MethodPost && problem != nil {
		d.Headline, d.Body, d.Day, chosen = o.typed("headline"), o.r.PostForm.Get("body"), o.typed("date"), o.r.PostForm.Get("lang")
		_, field := fault.Public(problem)
		switch {
		case fault.KindOf(problem) == fault.Conflict:
			d.Problem = o.text("sources.kept.bad.held")
		case fault.KindOf(problem) == fault.TooLarge:
			d.BodyError = o.text("sources.kept.bad.long")
		case field == "date":
			d.DateError = o.text("sources.kept.bad.date")
		case field == "body", field == "lang":
			d.BodyError = o.text("sources.kept.bad.body")
		default:
			return problem
		}
		status = wrong(problem)
	}
	if len(d.Day) > 10 { // of a time only the day
		d.Day = d.Day[:10]
	}
	d.Languages = []option{{Label: o.text("sources.kept.lang.guess"), Selected: chosen == ""}}
	for _, t := range lang.Known() {
		d.Languages = append(d.Languages, option{Value: string(t), Label: t.Autonym(), Lang: t, Selected: string(t) == chosen})
	}
	return o.render(status, "staffkeptone", d)
}

func (o *office) retryKept() error {
	r, err := o.Quarantine.Retry(o.r.Context(), o.keeper(), o.person.ID, o.r.PathValue("id"))
	switch {
	case fault.KindOf(err) == fault.Conflict && err != nil:
		return o.to(keptPath, "held")
	case err != nil:
		return err
	case len(r.Quarantined) > 0:
		return o.to(keptPath+"/"+url.PathEscape(o.r.PathValue("id")), "still")
	}
	return o.to(keptPath, "read")
}

func (o *office) mendKept() error {
	m := receive.Mended{Headline: o.typed("headline"), Body: strings.ReplaceAll(o.r.PostForm.Get("body"), "\r\n", "\n"), Language: lang.Tag(o.r.PostForm.Get("lang")), Date: o.typed("date")}
	if _, err := o.Quarantine.Mend(o.r.Context(), o.keeper(), o.person.ID, o.r.PathValue("id"), m); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return err
		}
		return o.showKept(err)
	}
	return o.to(keptPath, "mended")
}

func (o *office) askDropKept() error {
	k, err := o.Quarantine.Show(o.r.Context(), o.keeper(), o.r.PathValue("id"))
	if err != nil {
		return err
	}
	row := o.keptRow(k.Kept, nil)
	return o.confirm(http.StatusOK, confirmPage{staffPage: o.staffPage(o.text("sources.kept.drop"), "sources"), Text: o.text("sources.kept.drop.text"), Button: o.text("sources.kept.drop"),
		Action: keptPath + "/" + url.PathEscape(k.ID) + "/drop", Back: row.Path,
		Facts:  []staffFact{{o.text("sources.kept.document"), in("", row.Name)}, {o.text("sources.kept.reason"), in(lang.EN, row.Reason)}},
		Fields: []option{{Value: string(o.of), Label: "member"}}})
}

func (o *office) dropKept() error {
	if err := o.Quarantine.Drop(o.r.Context(), o.keeper(), o.person.ID, o.r.PathValue("id")); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return o.to(keptPath, "dropped")
}
