package app

import (
	"context"
	"time"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/web"
	"jarchi.dev/jarchi/internal/wire"
)

// openings keeps the record of who opened the words of a release under embargo, in the audit list.
type openings struct{ *Node }

// Opened notes one view.
func (o openings) Opened(ctx context.Context, p people.Person, id wire.ReleaseID) error {
	return o.People.Note(ctx, p, people.EmbargoOpened, string(id), "")
}

// OpenedBy tells each person once, at her first view.
func (o openings) OpenedBy(ctx context.Context, r *wire.Release) (out []web.Opening, err error) {
	from, to := r.Created, r.EmbargoedUntil.Add(time.Hour) // an opening may be late; after it nothing is noted
	for _, m := range r.Issuers {
		entries, err := o.Store.Noted(ctx, m, people.EmbargoOpened, string(r.ID), from, to, 100)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			u, err := o.People.User(ctx, e.Actor)
			if err != nil {
				return nil, err
			}
			out = append(out, web.Opening{Name: u.Name, Member: m, At: e.At})
		}
	}
	return out, nil
}
