package store

import (
	"context"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// OldDeliveries are those that ended, as the rules of keeping let them go. Whom corrections and withdrawals must find stands elsewhere and stays.
type OldDeliveries struct{ S *Store }

// CountOld counts what ended before a time, at most a million.
func (o OldDeliveries) CountOld(ctx context.Context, before time.Time) (n int64, err error) {
	err = o.S.r.QueryRowContext(ctx, "select count(*) from (select 1 from delivery where waiting = 0 and ended > 0 and ended < $1 limit 1000000) as old", micros(before)).Scan(&n)
	return n, err
}

// DropOld removes at most limit of what ended before a time, the oldest first, in one transaction.
func (o OldDeliveries) DropOld(ctx context.Context, before time.Time, limit int) (n int, err error) {
	defer fault.Wrap(&err, "drop old deliveries")
	err = o.S.Write(ctx, func(t *Tx) error {
		n = 0
		rows, err := t.query("select cast(id as text) from delivery where waiting = 0 and ended > 0 and ended < $1 order by ended limit +$2", micros(before), limit)
		if err != nil {
			return err
		}
		ids, err := texts(rows)
		if err != nil {
			return err
		}
		for _, id := range ids {
			for _, q := range []string{"delete from delivery_try where delivery = cast($1 as bigint)", "delete from delivery where id = cast($1 as bigint)"} {
				if _, err := t.exec(q, id); err != nil {
					return err
				}
			}
		}
		n = len(ids)
		return nil
	})
	return n, err
}
