package web

import (
	"context"
	"html/template"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// Openings is the record of who opened the words of releases under embargo. Opened is called once a view,
// before anything is shown.
type Openings interface {
	Opened(ctx context.Context, p people.Person, id wire.ReleaseID) error
	OpenedBy(ctx context.Context, r *wire.Release) ([]Opening, error)
}

// Opening is the first time that a person opened a release before its embargo ended.
type Opening struct {
	Name   string
	Member wire.MemberID
	At     time.Time
}

type openingView struct {
	Name template.HTML
	Time twoTimes
}

// noteOpening records that a cleared person reads words under embargo. Without the record there are no words.
func (q *request) noteOpening(e browse.Entry) error {
	if q.Openings == nil || q.person.Nobody() || e.Level != access.All || e.Release == nil || e.Release.State != wire.Embargoed {
		return nil
	}
	return q.Openings.Opened(q.r.Context(), q.person, e.Release.ID)
}

// openedBy is who opened a release under its embargo, for its issuers' own people.
func (q *request) openedBy(r *wire.Release) (out []openingView) {
	if q.Openings == nil || r.EmbargoedUntil.IsZero() || q.person.Nobody() || !slices.Contains(r.Issuers, q.person.Member) || !q.viewer.Has(access.ReadClosed) {
		return nil
	}
	all, err := q.Openings.OpenedBy(q.r.Context(), r)
	if err != nil {
		q.Log.ErrorContext(q.r.Context(), "who opened a release under embargo was not read", "release", r.ID, "error", err)
		return nil
	}
	for _, o := range all {
		m := q.member(o.Member)
		out = append(out, openingView{Name: in("", o.Name) + " · " + in(m.ShortLang, m.Short), Time: q.times(o.At, nil)})
	}
	return out
}
