package web

import (
	"html/template"
	"net/http"
	"net/url"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// recordRow is one line of the public register.
type recordRow struct {
	Tag      tag
	Time     twoTimes
	Member   memberView
	Href     string
	Headline template.HTML // of a correction; a withdrawn text has none
	Lang     lang.Tag
	Dir      string
	Reason   string
	Langs    []langMark
}

type logRow struct {
	Name, Class, Key, Size string
	Member                 memberView
}

type recordPage struct {
	page
	Rows []recordRow
	Next string
	Logs []logRow
}

func (q *request) record() error {
	cursor := q.r.URL.Query().Get("cursor")
	if len(cursor) > 500 {
		return fault.Field("cursor", "This part of the address is too long.")
	}
	entries, next, err := q.Reader.Register(q.r.Context(), q.viewer, cursor)
	if err != nil {
		return err
	}
	logs, err := q.Reader.Logs(q.r.Context(), q.viewer)
	if err != nil {
		return err
	}
	d := recordPage{page: q.newPage(q.text("record.title"), "record")}
	for _, e := range entries {
		r := e.Release
		if r == nil || len(r.Issuers) == 0 {
			continue
		}
		m := q.member(r.Lead())
		w := recordRow{Member: m, Time: q.times(e.At, m.Zone), Href: "/releases/" + string(r.ID), Reason: clean(e.Reason), Langs: q.langMarks(r, m.Official)}
		switch e.Kind {
		case wire.EventCorrected:
			w.Tag = q.tag("corrected")
		case wire.EventWithdrawn:
			w.Tag = q.tag("withdrawn")
		default:
			continue
		}
		if i := best(r, q.reading); i >= 0 && r.State != wire.Withdrawn && r.State != wire.Erased {
			it := &r.Items[i]
			w.Lang, w.Dir = it.Language, dirOf(it.Language)
			if len(it.Versions) > 0 {
				w.Headline = rich(it.Current().Content.Headline)
			}
		}
		d.Rows = append(d.Rows, w)
	}
	if next != "" {
		d.Next = "/corrections?" + url.Values{"cursor": {next}}.Encode()
	}
	for _, l := range logs {
		d.Logs = append(d.Logs, logRow{Name: clean(l.Name), Class: q.text("logs." + oneOf(l.Class, "closed", "public")), Key: clean(l.Key),
			Size: number(q.ui, l.Size), Member: q.member(l.Member)})
	}
	return q.render(http.StatusOK, "record", d)
}
