package store

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/subscription"
)

// Delivered is the position up to which the events of this node were told to the subscriptions.
func (s *Store) Delivered(ctx context.Context) (p int64, err error) {
	err = s.r.QueryRowContext(ctx, "select value from counter where name = 'delivered'").Scan(&p)
	return p, err
}

// Distribute notes what is to be delivered of the events from one position to another, and that these were told; ok is false when another node
// has told them meanwhile. What waits of the same thing is overtaken. What is gone is told to those alone who were sent it, or may have been.
func (s *Store) Distribute(ctx context.Context, from, to int64, ds []subscription.Delivery) (ok bool, err error) {
	defer fault.Wrap(&err, "distribute")
	var told atomic.Bool // the caller may be gone before the writer comes to it
	err = s.Write(ctx, func(t *Tx) error {
		res, err := t.exec("update counter set value = $1 where name = 'delivered' and value = $2", to, from)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		told.Store(n == 1)
		if n != 1 || err != nil {
			return err
		}
		return t.putDeliveries(ds)
	})
	return err == nil && told.Load(), err
}

// Redeliver notes deliveries of events that were told before.
func (s *Store) Redeliver(ctx context.Context, ds []subscription.Delivery, e people.Entry) (err error) {
	defer fault.Wrap(&err, "redeliver")
	return s.Write(ctx, func(t *Tx) error {
		if err := t.putDeliveries(ds); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

func (t *Tx) putDeliveries(ds []subscription.Delivery) error {
	now := micros(t.s.now())
	lanes := map[subscription.ID]bool{}
	// What is told of a text after a correction that has not come through stands for that, and goes first as it would.
	const owed = `select count(*) from delivery d where ref = $1 and subscription = $2 and item = $3 and position <= $4 and first = 1 and outcome in ($5, $6)
		and not exists (select 1 from delivery l where l.ref = d.ref and l.subscription = d.subscription and l.item = d.item and l.position > d.position and l.outcome = $7)`
	for _, d := range ds {
		var owes int
		if d.Kind == subscription.Updated {
			if err := t.row(owed, []any{d.Ref, string(d.Subscription), string(d.Item), d.Position, string(subscription.Waiting), string(subscription.GivenUp), string(subscription.Done)}, &owes); err != nil {
				return err
			}
		}
		by := " and waiting = 1 and position <= $6"
		if !d.Digest.IsZero() { // what is told at once of the same event is told all the same
			by = " and waiting = 1 and (position < $6 or position = $6 and digest > 0)"
		}
		if _, err := t.exec("update delivery set waiting = 0, outcome = $1, ended = $2 where ref = $3 and subscription = $4 and item = $5"+by,
			string(subscription.Overtook), now, d.Ref, string(d.Subscription), string(d.Item), d.Position); err != nil {
			return err
		}
		lanes[d.Subscription] = true
		if d.Kind.Gone() {
			var held int
			if err := t.row("select count(*) from delivery_held where ref = $1 and subscription = $2 and item = $3", []any{d.Ref, string(d.Subscription), string(d.Item)}, &held); err != nil {
				return err
			}
			if held == 0 {
				continue
			}
		}
		var there int // it may have been removed meanwhile
		if err := t.row("select count(*) from subscription where id = $1", []any{string(d.Subscription)}, &there); err != nil {
			return err
		}
		if there == 0 {
			continue
		}
		if _, err := t.exec(`insert into delivery (subscription, message, position, kind, ref, item, first, waiting, outcome, tries, due, made, ended, last, lease, digest)
			values ($1, $2, $3, $4, $5, $6, $7, 1, $8, 0, $9, $10, 0, '', '', $11)`,
			string(d.Subscription), d.Message, d.Position, string(d.Kind), d.Ref, string(d.Item), number(owes > 0 || d.Kind.First()), string(subscription.Waiting), micros(d.Due), now, micros(d.Digest)); err != nil {
			return err
		}
	}
	t.events = len(ds) > 0 || t.events // wakes who delivers
	for id := range lanes {
		if err := t.laneDue(id); err != nil {
			return err
		}
	}
	return nil
}

const deliveryColumns = "id, subscription, message, position, kind, ref, item, outcome, tries, due, made, ended, last, lease, digest"

func scanDelivery(row interface{ Scan(...any) error }) (d subscription.Delivery, err error) {
	var due, made, ended, digest int64
	var last string
	if err := row.Scan(&d.ID, &d.Subscription, &d.Message, &d.Position, &d.Kind, &d.Ref, &d.Item, &d.Outcome, &d.Tries, &due, &made, &ended, &last, &d.Lease, &digest); err != nil {
		return d, err
	}
	d.Due, d.Made, d.Ended, d.Digest = fromMicros(due), fromMicros(made), fromMicros(ended), fromMicros(digest)
	if last != "" {
		err = json.Unmarshal([]byte(last), &d.Last)
	}
	return d, err
}

// Deliveries lists those of a subscription before one with an id (0: from the newest), the newest first.
func (s *Store) Deliveries(ctx context.Context, id subscription.ID, before int64, limit int) (_ []subscription.Delivery, err error) {
	defer fault.Wrap(&err, "deliveries of %s", id)
	if before <= 0 {
		before = 1<<63 - 1
	}
	return s.deliveries(ctx, "subscription = $1 and id < $2 order by id desc limit +$3", string(id), before, limit)
}

// DeliveriesSince lists what was handed over, or was to be, since a time, in the order of events.
func (s *Store) DeliveriesSince(ctx context.Context, id subscription.ID, since time.Time, limit int) ([]subscription.Delivery, error) {
	return s.deliveries(ctx, "subscription = $1 and made >= $2 and position > 0 order by position, id limit +$3", string(id), micros(since), limit)
}

func (s *Store) deliveries(ctx context.Context, where string, args ...any) ([]subscription.Delivery, error) {
	rows, err := s.r.QueryContext(ctx, "select "+deliveryColumns+" from delivery where "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []subscription.Delivery
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// DeliveryTry is one try of a delivery.
type DeliveryTry struct {
	At      time.Time
	Took    time.Duration
	Status  int
	Trouble subscription.Trouble
}

// DeliveryTries lists the tries of some deliveries, of each the first one first.
func (s *Store) DeliveryTries(ctx context.Context, ids []int64) (_ map[int64][]DeliveryTry, err error) {
	defer fault.Wrap(&err, "tries")
	out := map[int64][]DeliveryTry{}
	if len(ids) == 0 {
		return out, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := s.r.QueryContext(ctx, "select delivery, at, millis, trouble, status from delivery_try where delivery in ("+placeholders(len(ids))+") order by delivery, at, n", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, at, millis int64
		var trouble string
		var y DeliveryTry
		if err := rows.Scan(&id, &at, &millis, &trouble, &y.Status); err != nil {
			return nil, err
		}
		if trouble != "" {
			if err := json.Unmarshal([]byte(trouble), &y.Trouble); err != nil {
				return nil, err
			}
		}
		y.At, y.Took = fromMicros(at), time.Duration(millis)*time.Millisecond
		out[id] = append(out[id], y)
	}
	return out, rows.Err()
}

// TidyDeliveries takes out what ended before a time, the oldest first, and tells which subscriptions have more deliveries waiting than most.
func (s *Store) TidyDeliveries(ctx context.Context, before time.Time, most int) (far []subscription.ID, err error) {
	defer fault.Wrap(&err, "tidy deliveries")
	err = s.Write(ctx, func(t *Tx) error {
		const old = "select id from delivery where waiting = 0 and ended < $1 order by ended limit 2000"
		if _, err := t.exec("delete from delivery_try where delivery in ("+old+")", micros(before)); err != nil {
			return err
		}
		_, err := t.exec("delete from delivery where id in ("+old+")", micros(before))
		return err
	})
	if err != nil {
		return nil, err
	}
	ids, err := s.texts(ctx, "select subscription from delivery where waiting = 1 group by subscription having count(*) > $1", most)
	for _, id := range ids {
		far = append(far, subscription.ID(id))
	}
	return far, err
}
