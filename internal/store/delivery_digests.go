package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"jarchi.dev/jarchi/internal/subscription"
)

// claimDigest takes what waits for the earliest digest of a subscription that is due: what goes first before the others, then in the order of events, so
// much as one letter holds. Of one that does not run it is what goes first alone.
func (t *Tx) claimDigest(c *Claimed, now time.Time, take func(where string, args ...any) error) error {
	which, most := "", subscription.MostGathered
	if !c.Runs() {
		which = " and first = 1"
	}
	if c.Alert {
		most = subscription.MostCounted
	}
	var moment *int64
	if err := t.row("select min(digest) from delivery where subscription = $1 and waiting = 1 and due <= $2 and digest > 0"+which, []any{string(c.ID), micros(now)}, &moment); err != nil || moment == nil {
		return err
	}
	return take("digest = $3"+which+" order by first desc, position, id limit +$4", *moment, most)
}

// MoveDigest has what waits for a digest of a subscription, and was not tried yet, come at another moment. After a crash before it, it comes at the former one.
func (s *Store) MoveDigest(ctx context.Context, id subscription.ID, to time.Time) error {
	return s.Write(ctx, func(t *Tx) error {
		if _, err := t.exec("update delivery set digest = $1, due = $2 where subscription = $3 and waiting = 1 and digest > 0 and tries = 0", micros(to), micros(to), string(id)); err != nil {
			return err
		}
		return t.laneDue(id)
	})
}

// LetterMade tells when the nth newest of what a subscription is told by itself was noted, what is gone not counted; zero if there are fewer.
func (s *Store) LetterMade(ctx context.Context, id subscription.ID, n int) (time.Time, error) {
	var at int64
	err := s.r.QueryRowContext(ctx, `select made from delivery where subscription = $1 and digest = 0 and position > 0 and kind not in ('withdrawn', 'erased') order by id desc limit 1 offset $2`, string(id), n-1).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return fromMicros(at), err
}
