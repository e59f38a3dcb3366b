package store

import (
	"context"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/subscription"
)

// followedAtOnce is how many deliveries are taken up again in one change.
var followedAtOnce = 200

// followAgain has a subscription that is about to run again be sent the corrections and withdrawals that were given up: whoever holds a text must hear what became of it, however
// long he was not to be reached. What was told of the same text later stands for it. It takes some after one, and says which was the last; -1: there are no more.
func (t *Tx) followAgain(id subscription.ID, past int64) (last int64, err error) {
	const given = `select id from delivery where subscription = $1 and id > $2 and outcome = $3 and waiting = 0 and first = 1 and position > 0
		and not exists (select 1 from delivery later where later.subscription = delivery.subscription and later.ref = delivery.ref and later.item = delivery.item and later.position > delivery.position)
		order by id limit +$4`
	rows, err := t.query(given, string(id), past, string(subscription.GivenUp), followedAtOnce)
	if err != nil {
		return -1, err
	}
	var ids []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			rows.Close()
			return -1, err
		}
		ids = append(ids, n)
	}
	if err := closeRows(rows); err != nil || len(ids) == 0 {
		return -1, err
	}
	now := micros(t.s.now())
	for _, n := range ids {
		if _, err := t.exec("update delivery set waiting = 1, outcome = $1, tries = 0, due = $2, ended = 0, lease = '' where id = $3", string(subscription.Waiting), now, n); err != nil {
			return -1, err
		}
		if err := t.earlierTries(n); err != nil {
			return -1, err
		}
	}
	t.events = true
	if len(ids) < followedAtOnce {
		return -1, nil
	}
	return ids[len(ids)-1], nil
}

// RetryDelivery has one delivery of a subscription sent again now; its message stays the same.
func (s *Store) RetryDelivery(ctx context.Context, id subscription.ID, delivery int64, e people.Entry) (err error) {
	defer fault.Wrap(&err, "retry a delivery")
	return s.Write(ctx, func(t *Tx) error {
		now := micros(t.s.now())
		none := fault.E(fault.NotFound, "There is no delivery with this number, or it has been overtaken by a later one.")
		if err := t.one(none, "update delivery set waiting = 1, outcome = $1, tries = 0, due = $2, ended = 0, lease = '' where id = $3 and subscription = $4 and outcome <> $5 and position > 0", string(subscription.Waiting), now, delivery, string(id), string(subscription.Overtook)); err != nil {
			return err
		}
		if err := t.earlierTries(delivery); err != nil {
			return err
		}
		if _, err := t.exec("update subscription set rest = 0 where id = $1", string(id)); err != nil {
			return err
		}
		t.events = true
		if err := t.laneDue(id); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// earlierTriesKept is how many tries from before it last began the log of a delivery keeps.
var earlierTriesKept = 200

// aside is further from a try's number than any two of them are from each other.
const aside = 1 << 20

// earlierTries makes room for the tries of a delivery that begins anew: a try's number is 1 for the first since it last began, 0 for the last one before that, and
// so on down. All are moved at once, by way of where no number is, as two may never be the same.
func (t *Tx) earlierTries(delivery int64) error {
	var last *int64
	if err := t.row("select max(n) from delivery_try where delivery = $1", []any{delivery}, &last); err != nil || last == nil {
		return err
	}
	for _, by := range []int64{-aside, aside - *last} {
		if _, err := t.exec("update delivery_try set n = n + $1 where delivery = $2", by, delivery); err != nil {
			return err
		}
	}
	_, err := t.exec("delete from delivery_try where delivery = $1 and n <= $2", delivery, -earlierTriesKept)
	return err
}
