package store

import (
	"context"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// Held is what a subscription has been sent, or may have been.
type Held struct {
	Subscription subscription.ID
	Item         wire.ItemID
	Mark         string
}

// Holders tells who has been sent something of a release, and who waits for it.
func (s *Store) Holders(ctx context.Context, ref string) (_ []Held, err error) {
	defer fault.Wrap(&err, "who holds %s", ref)
	rows, err := s.r.QueryContext(ctx, `select subscription, item, mark from delivery_held where ref = $1
		union all select distinct subscription, item, '' from delivery d where ref = $1 and waiting = 1 and not exists (select 1 from delivery_held h where h.ref = $1 and h.subscription = d.subscription and h.item = d.item)
		order by 1, 2`, ref)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Held
	for rows.Next() {
		var h Held
		if err := rows.Scan(&h.Subscription, &h.Item, &h.Mark); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// Mark notes by what a receiver knows what he was sent.
func (s *Store) Mark(ctx context.Context, d subscription.Delivery, mark string) error {
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec("update delivery_held set mark = $1 where ref = $2 and subscription = $3 and item = $4", mark, d.Ref, string(d.Subscription), string(d.Item))
		return err
	})
}
