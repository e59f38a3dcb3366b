package store

import (
	"context"
	"crypto/rand"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/subscription"
)

// Claimed is a subscription that has its turn, and what is to be handed over.
type Claimed struct {
	subscription.Subscription
	Deliveries []subscription.Delivery // one, or those of one digest, what goes first before the others
	Mark       string                  // by which the receiver knows the first of them
}

// ClaimDeliveries takes the subscriptions that have waited longest for their turn, at most limit, for lease, each with what is next for it: what goes first,
// then in the order of events. From then on it counts as something that the receiver may have. Of those that were slow the time before at most
// slow are taken.
func (s *Store) ClaimDeliveries(ctx context.Context, now time.Time, lease time.Duration, limit, slow int) (out []Claimed, err error) {
	defer fault.Wrap(&err, "claim deliveries")
	if due, err := s.NextDelivery(ctx, slow > 0); err != nil || due.IsZero() || due.After(now) {
		return nil, err // nothing to do costs no write
	}
	err = s.Write(ctx, func(t *Tx) error {
		out = out[:0]
		for _, lane := range []int{0, 1} {
			room := limit - len(out)
			if lane == 1 {
				room = min(room, slow)
			}
			ids, err := t.texts("select id from subscription where due > 0 and due <= $1 and lease_until <= $1 and slow = $2 order by due, id limit +$3", micros(now), lane, room)
			if err != nil {
				return err
			}
			for _, id := range ids {
				c, err := t.claimLane(subscription.ID(id), now, lease)
				if err != nil {
					return err
				}
				if len(c.Deliveries) > 0 {
					out = append(out, c)
				}
			}
		}
		return nil
	})
	return out, err
}

func (t *Tx) texts(query string, args ...any) ([]string, error) {
	rows, err := t.query(query, args...)
	if err != nil {
		return nil, err
	}
	var out []string
	for rows.Next() {
		var x string
		if err := rows.Scan(&x); err != nil {
			rows.Close()
			return nil, err
		}
		out = append(out, x)
	}
	return out, closeRows(rows)
}

func (t *Tx) claimLane(id subscription.ID, now time.Time, lease time.Duration) (c Claimed, err error) {
	st, err := t.conn.stmt(t.ctx, "select "+subscriptionRow+", 0 from subscription s where s.id = $1")
	if err != nil {
		return c, err
	}
	if c.Subscription, err = scanSubscription(st.QueryRowContext(t.ctx, string(id))); err != nil {
		return c, err
	}
	take := func(where string, args ...any) error {
		rows, err := t.query("select "+deliveryColumns+" from delivery where subscription = $1 and waiting = 1 and due <= $2 and "+where, append([]any{string(id), micros(now)}, args...)...)
		if err != nil {
			return err
		}
		for rows.Next() {
			d, err := scanDelivery(rows)
			if err != nil {
				rows.Close()
				return err
			}
			c.Deliveries = append(c.Deliveries, d)
		}
		return closeRows(rows)
	}
	for _, first := range []int{1, 0} {
		if len(c.Deliveries) > 0 || first == 0 && !c.Runs() {
			continue
		}
		if err := take("first = $3 and digest = 0 order by position, id limit 1", first); err != nil {
			return c, err
		}
	}
	if len(c.Deliveries) == 0 && c.Channel == subscription.Mail {
		if err := t.claimDigest(&c, now, take); err != nil {
			return c, err
		}
	}
	if len(c.Deliveries) == 0 {
		return c, t.laneDue(id)
	}
	name := rand.Text()
	if _, err := t.exec("update subscription set lease = $1, lease_until = $2 where id = $3", name, micros(now.Add(lease)), string(id)); err != nil {
		return c, err
	}
	for i := range c.Deliveries {
		d := &c.Deliveries[i]
		d.Lease = name
		d.Tries++
		if _, err := t.exec("update delivery set tries = $1, lease = $2 where id = $3", d.Tries, name, d.ID); err != nil {
			return c, err
		}
		res, err := t.exec("insert into delivery_held (ref, subscription, item, at, mark) values ($1, $2, $3, $4, '') on conflict (ref, subscription, item) do nothing", d.Ref, string(id), string(d.Item), micros(now))
		if err != nil {
			return c, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return c, err
		}
		d.Fresh = n == 1
	}
	d := c.Deliveries[0]
	return c, t.row("select mark from delivery_held where ref = $1 and subscription = $2 and item = $3", []any{d.Ref, string(id), string(d.Item)}, &c.Mark)
}

// NextDelivery is when some subscription has something to do; the zero time if none has. Without slow those that were slow the time before are not
// looked at.
func (s *Store) NextDelivery(ctx context.Context, slow bool) (time.Time, error) {
	var at *int64
	err := s.r.QueryRowContext(ctx, "select min(case when due > lease_until then due else lease_until end) from subscription where due > 0 and slow <= $1", number(slow)).Scan(&at)
	if err != nil || at == nil {
		return time.Time{}, err
	}
	return fromMicros(*at), nil
}

// GiveDeliveryBack leaves what was claimed to whoever runs next, as though it had not been begun; what may have been sent stays on record.
func (s *Store) GiveDeliveryBack(ctx context.Context, c Claimed) error {
	return s.Write(ctx, func(t *Tx) error {
		res, err := t.exec("update subscription set lease = '', lease_until = 0 where id = $1 and lease = $2", string(c.ID), c.Deliveries[0].Lease)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, d := range c.Deliveries {
			if _, err := t.exec("update delivery set tries = tries - 1, lease = '' where id = $1 and lease = $2", d.ID, d.Lease); err != nil {
				return err
			}
		}
		return nil
	})
}
