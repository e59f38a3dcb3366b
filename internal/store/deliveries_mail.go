package store

import (
	"context"
	"database/sql"
	"errors"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// roomForMail refuses a member's further subscription by mail when there are as many as there may be.
func (t *Tx) roomForMail(m wire.MemberID) error {
	var all int
	// A quotation mark within a name is escaped there, so nothing but the field itself reads like this.
	if err := t.row(`select count(*) from subscription where member = $1 and fields like '%"Channel":"mail"%' and not `+isAlert, []any{string(m)}, &all); err != nil {
		return err
	}
	if all >= subscription.MostMails {
		return fault.E(fault.Conflict, "There are %d deliveries by mail already. Remove one first.", all)
	}
	return nil
}

// SubscriptionOf finds a subscription of any member: for whoever holds a link to it.
func (s *Store) SubscriptionOf(ctx context.Context, id subscription.ID) (_ subscription.Subscription, err error) {
	defer fault.Wrap(&err, "subscription %s", id)
	x, err := scanSubscription(s.r.QueryRowContext(ctx, "select "+subscriptionColumns+" from subscription s where s.id = $1", string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return x, noSubscription
	}
	return x, err
}

// LeaveSubscription ends a subscription for whoever gets it: nothing of what waits is sent any more. Again it changes nothing.
func (s *Store) LeaveSubscription(ctx context.Context, id subscription.ID) (err error) {
	defer fault.Wrap(&err, "leave subscription %s", id)
	return s.Write(ctx, func(t *Tx) error {
		var m string
		if err := t.row("select member from subscription where id = $1", []any{string(id)}, &m); err != nil {
			return none(err)
		}
		x, err := t.subscription(wire.MemberID(m), id)
		if err != nil || x.State == subscription.Ended {
			return err
		}
		x.State, x.Trouble = subscription.Ended, subscription.Trouble{Code: subscription.Left}
		if _, err := t.exec("update delivery set waiting = 0, outcome = $1, ended = $2 where subscription = $3 and waiting = 1", string(subscription.GivenUp), micros(t.s.now()), string(id)); err != nil {
			return err
		}
		return t.PutSubscription(x)
	})
}
