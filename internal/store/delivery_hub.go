package store

import (
	"context"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/subscription"
)

// HubSubscriptions lists what was asked of this node's hub, the oldest first. They are of no member.
func (s *Store) HubSubscriptions(ctx context.Context) (_ []subscription.Subscription, err error) {
	defer fault.Wrap(&err, "subscribers of the hub")
	return s.subscriptions(ctx, "where s.member = ''")
}

// PutHubSubscription keeps a subscriber of the hub, new or renewed. Of one callback and feed there is one, whichever nodes are asked at once: where
// there is one already, that is renewed, and begins no later than it did.
func (s *Store) PutHubSubscription(ctx context.Context, x subscription.Subscription) (err error) {
	defer fault.Wrap(&err, "keep a subscriber of the hub")
	return s.Write(ctx, func(t *Tx) error {
		same, err := t.hubSubscriptions(x.Target, x.Topic)
		if err != nil {
			return err
		}
		put := x
		if len(same) > 0 && !slices.ContainsFunc(same, func(have subscription.Subscription) bool { return have.ID == x.ID }) {
			put = same[0]
			put.Secret, put.Filter, put.Lease, put.State, put.Failures, put.Since, put.Rest = x.Secret, x.Filter, x.Lease, x.State, x.Failures, x.Since, x.Rest
		}
		return t.PutSubscription(put)
	})
}

// hubSubscriptions lists those of a callback and feed, the oldest first.
func (t *Tx) hubSubscriptions(target, topic string) (out []subscription.Subscription, err error) {
	rows, err := t.query("select "+subscriptionColumns+" from subscription s where s.member = '' and s.target = $1 order by s.id", target)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		x, err := scanSubscription(rows)
		if err != nil {
			return nil, err
		}
		if x.Topic == topic {
			out = append(out, x)
		}
	}
	return out, rows.Err()
}

// HubAsked is a request to the hub that is to be verified.
type HubAsked struct {
	ID     string
	Fields []byte // JSON of the request
}

// AskHub keeps a request that came at a moment, unless so many wait already; ok is false then.
func (s *Store) AskHub(ctx context.Context, a HubAsked, at time.Time, most int) (ok bool, err error) {
	defer fault.Wrap(&err, "keep a request to the hub")
	err = s.Write(ctx, func(t *Tx) error {
		var n int
		if err := t.row("select count(*) from hub_asked", nil, &n); err != nil {
			return err
		}
		if ok = n < most; !ok {
			return nil
		}
		_, err := t.exec("insert into hub_asked (id, fields, at, lease_until) values ($1, $2, $3, 0)", a.ID, string(a.Fields), micros(at))
		return err
	})
	return ok, err
}

// ClaimHubAsked takes the oldest requests, at most limit, for as long as the lease says: no other node asks for them meanwhile. What came before since is dropped.
func (s *Store) ClaimHubAsked(ctx context.Context, now, since time.Time, lease time.Duration, limit int) (out []HubAsked, err error) {
	defer fault.Wrap(&err, "requests to the hub")
	var n int
	if err := s.r.QueryRowContext(ctx, "select count(*) from hub_asked where lease_until <= $1", micros(now)).Scan(&n); err != nil || n == 0 {
		return nil, s.e.fault(err)
	}
	err = s.Write(ctx, func(t *Tx) error {
		out = nil
		if _, err := t.exec("delete from hub_asked where at < $1", micros(since)); err != nil {
			return err
		}
		rows, err := t.query("select id, fields from hub_asked where lease_until <= $1 order by at, id limit +$2", micros(now), limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a HubAsked
			if err := rows.Scan(&a.ID, &a.Fields); err != nil {
				return err
			}
			out = append(out, a)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, a := range out {
			if _, err := t.exec("update hub_asked set lease_until = $2 where id = $1", a.ID, micros(now.Add(lease))); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// EndHubAsked forgets a request that has been answered.
func (s *Store) EndHubAsked(ctx context.Context, id string) (err error) {
	defer fault.Wrap(&err, "end a request to the hub")
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec("delete from hub_asked where id = $1", id)
		return err
	})
}
