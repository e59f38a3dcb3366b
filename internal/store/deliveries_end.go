package store

import (
	"context"
	"encoding/json"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/subscription"
)

// Result is what became of a try.
type Result struct {
	At      time.Time
	Took    time.Duration
	Status  int                            // what the receiver answered; 0: nothing
	Trouble subscription.Trouble           // zero: he has it
	Over    bool                           // it is not tried again
	Barred  bool                           // nothing was sent: there is nothing that may be told
	Left    map[int64]subscription.Outcome // of a digest: what, by its id, was not told in it, and why
	Again   time.Time                      // when it may be tried again
	Rest    time.Time                      // until when the receiver is left alone
	State   subscription.State             // of the subscription from now on; empty: as it was
	Fares   subscription.Fares
	Mark    string // by which the receiver knows it now; empty: as it was
}

// EndDelivery notes what became of what was claimed, and lets the subscription have its next turn. Where the lease was lost to another node
// that one's note counts.
func (s *Store) EndDelivery(ctx context.Context, c Claimed, r Result) (err error) {
	defer fault.Wrap(&err, "end a delivery of %s", c.ID)
	last := ""
	if r.Trouble.Code != "" {
		b, err := json.Marshal(r.Trouble)
		if err != nil {
			return err
		}
		last = string(b)
	}
	fares, err := json.Marshal(r.Fares)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		// Why it was ended, or stopped, while this was on its way stays said.
		res, err := t.exec(`update subscription set lease = '', lease_until = 0, fares = case when state = $6 or state = $7 and cast($8 as bigint) = 0 then fares else $1 end, rest = $2, slow = $3
			where id = $4 and lease = $5`, string(fares), micros(r.Rest), number(r.Fares.Slow), string(c.ID), c.Deliveries[0].Lease, string(subscription.Ended), string(subscription.Stopped), number(r.State != ""))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if r.State != "" {
			if _, err := t.exec("update subscription set state = $1 where id = $2 and state <> $3", string(r.State), string(c.ID), string(subscription.Ended)); err != nil {
				return err
			}
			if err := t.changedSubscription(c.ID); err != nil {
				return err
			}
		}
		for _, d := range c.Deliveries {
			if err := t.endDelivery(d, r, last); err != nil {
				return err
			}
		}
		if r.State == subscription.Ended {
			if _, err := t.exec("update delivery set waiting = 0, outcome = $1, ended = $2 where subscription = $3 and waiting = 1", string(subscription.GivenUp), micros(r.At), string(c.ID)); err != nil {
				return err
			}
		}
		return t.laneDue(c.ID)
	})
}

func (t *Tx) endDelivery(d subscription.Delivery, r Result, last string) error {
	// What was overtaken meanwhile, or is to be sent again from the beginning, has lost the lease that this try was made under: it stays as it is.
	end := func(o subscription.Outcome, lease string) error {
		_, err := t.exec("update delivery set waiting = 0, outcome = $1, ended = $2, last = $3, lease = '' where id = $4 and ($5 = '' or waiting = 1 and lease = $5)", string(o), micros(r.At), last, d.ID, lease)
		return err
	}
	var err error
	left, untold := r.Left[d.ID]
	if r.Barred {
		left, untold = subscription.Barred, true
	}
	switch {
	case untold:
		// Nothing was sent by this try. If none was before, the receiver has nothing of it.
		if err = end(left, d.Lease); err == nil && d.Fresh {
			_, err = t.exec("delete from delivery_held where ref = $1 and subscription = $2 and item = $3", d.Ref, string(d.Subscription), string(d.Item))
		}
	case r.Trouble.Code == "":
		err = end(subscription.Done, "") // also where it was overtaken meanwhile: he has it
	case d.Tries >= subscription.Attempts || r.Over:
		err = end(subscription.GivenUp, d.Lease)
	default:
		_, err = t.exec("update delivery set due = $1, last = $2, lease = '' where id = $3 and waiting = 1 and lease = $4", micros(r.Again), last, d.ID, d.Lease)
	}
	if err != nil || untold {
		return err
	}
	if r.Mark != "" {
		if _, err := t.exec("update delivery_held set mark = $1 where ref = $2 and subscription = $3 and item = $4", r.Mark, d.Ref, string(d.Subscription), string(d.Item)); err != nil {
			return err
		}
	}
	_, err = t.exec("insert into delivery_try (delivery, n, at, millis, trouble, status) values ($1, $2, $3, $4, $5, $6) on conflict (delivery, n) do nothing", d.ID, d.Tries, micros(r.At), r.Took.Milliseconds(), last, r.Status)
	return err
}

// NoteDelivery writes a line of the log of something that was sent outside the queue: a test, a challenge.
func (s *Store) NoteDelivery(ctx context.Context, d subscription.Delivery, r Result) error {
	last := ""
	if r.Trouble.Code != "" {
		b, err := json.Marshal(r.Trouble)
		if err != nil {
			return err
		}
		last = string(b)
	}
	return s.Write(ctx, func(t *Tx) error {
		var id int64
		if err := t.row(`insert into delivery (subscription, message, position, kind, ref, item, first, waiting, outcome, tries, due, made, ended, last, lease)
			values ($1, $2, 0, $3, '', '', 1, 0, $4, 1, $5, $5, $5, $6, '') returning id`,
			[]any{string(d.Subscription), d.Message, string(d.Kind), string(d.Outcome), micros(r.At), last}, &id); err != nil {
			return err
		}
		_, err := t.exec("insert into delivery_try (delivery, n, at, millis, trouble, status) values ($1, 1, $2, $3, $4, $5)", id, micros(r.At), r.Took.Milliseconds(), last, r.Status)
		return err
	})
}
