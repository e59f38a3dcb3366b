package web

import (
	"context"
	"html/template"
	"slices"
	"strconv"
	"time"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// A correction or withdrawal is an event in time: the release stays where it was in the list, and for a
// day a thin row at the top leads to it.
const (
	thinFor  = 24 * time.Hour
	thinRows = 3
)

type thin struct {
	ID, Row, Href    string
	Tag              tag
	Figure           string // what a figure was and is
	What             template.HTML
	Lang             lang.Tag
	Dir              string
	Member           memberView
	ISO, Time, Stamp string
}

func (q *request) thinEvents(ctx context.Context) ([]browse.RegisterEntry, error) {
	entries, _, err := q.Reader.Register(ctx, q.viewer, browse.RegisterQuery{Old: true, Since: q.Now().Add(-thinFor), Limit: 20})
	return entries, err
}

func (q *request) thinRows(entries []browse.RegisterEntry) (out []thin) {
	for _, e := range entries {
		r := e.Release
		if len(out) == thinRows {
			break
		}
		if r == nil || len(r.Issuers) == 0 || slices.ContainsFunc(out, func(t thin) bool { return t.Row == string(r.ID) }) {
			continue
		}
		out = append(out, q.thinRow(e))
	}
	return out
}

func (q *request) thinRow(e browse.RegisterEntry) thin {
	r := e.Release
	at := e.At.In(q.zone)
	w := thin{ID: string(r.ID) + "-" + strconv.FormatInt(e.At.Unix(), 36), Row: string(r.ID), Href: "releases/" + string(r.ID), Tag: q.tag("corrected"), Member: q.member(r.Lead()),
		ISO: at.UTC().Format(time.RFC3339), Time: clock(q.ui, at), Stamp: stamp(q.ui, at), Dir: "auto"}
	if r.State == wire.Withdrawn || r.State == wire.Erased { // whatever happened before
		w.Tag = q.tag("withdrawn")
		w.What = rich(firstWords(r.Reason, 120))
		return w
	}
	i := best(r, q.reading)
	if i < 0 || len(r.Items[i].Versions) == 0 {
		return w
	}
	it := &r.Items[i]
	w.What, w.Lang, w.Dir = rich(it.Current().Content.Headline), it.Language, dirOf(it.Language)
	// A figure is told from the version for this reader, else from whichever language was corrected.
	for _, i := range append([]int{i}, order(r, q.reading)...) {
		if old, now, ok := figureChanged(&r.Items[i], e.At); ok {
			w.Figure = q.text("events.figure", "Old", q.figure(old), "New", q.figure(now))
			break
		}
	}
	return w
}

// figure writes a figure of any language in the reader's own way.
func (q *request) figure(f compare.Figure) string {
	if !f.Date {
		return q.decimal(f.Value)
	}
	if t, err := time.Parse("2006-01-02", f.Value); err == nil {
		return shortDay(q.ui, t, q.Now().In(q.zone))
	}
	return clean(f.Raw)
}

// figureChanged finds the first number or date that a correction replaced.
func figureChanged(it *wire.Item, at time.Time) (old, now compare.Figure, ok bool) {
	for i := 1; i < len(it.Versions); i++ {
		v := it.Versions[i]
		if v.Kind != wire.CorrectKind || !v.At.Equal(at) {
			continue
		}
		for _, c := range compare.Figures(it.Language, whole(it.Versions[i-1].Content), whole(v.Content)) {
			if c.Old.Raw != "" && c.New.Raw != "" {
				return c.Old, c.New, true
			}
		}
	}
	return old, now, false
}
