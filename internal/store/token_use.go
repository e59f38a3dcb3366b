package store

import (
	"context"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

// tokenUseDays is for how long the days of a token are kept.
const tokenUseDays = 400

const dayMicros = int64(24 * time.Hour / time.Microsecond)

// AddTokenUse adds what tokens did since the last time to the day of at, in UTC, in one transaction. Days that are over for more than a
// year are let go.
func (s *Store) AddTokenUse(ctx context.Context, at time.Time, uses []people.TokenUse) (err error) {
	defer fault.Wrap(&err, "count what tokens do")
	day := micros(at) / dayMicros
	return s.Write(ctx, func(t *Tx) error {
		for _, u := range uses {
			// A token that a restored back-up does not have is passed over.
			if _, err := t.exec("insert into token_use (token, day, calls, refused, received, sent, last) select id, cast($2 as bigint), cast($3 as bigint), cast($4 as bigint), cast($5 as bigint), cast($6 as bigint), cast($7 as bigint) from token where id = $1 "+
				"on conflict (token, day) do update set calls = token_use.calls + excluded.calls, refused = token_use.refused + excluded.refused, received = token_use.received + excluded.received, sent = token_use.sent + excluded.sent, "+
				"last = case when excluded.last > token_use.last then excluded.last else token_use.last end",
				u.Token, day, u.Calls, u.Refused, u.Received, u.Sent, micros(u.Last)); err != nil {
				return err
			}
			if _, err := t.exec("delete from token_use where token = $1 and day < $2", u.Token, day-tokenUseDays); err != nil {
				return err
			}
		}
		return nil
	})
}

// TokenUses tells what a token did on each of its days since a time, the newest first; of every token if it is empty.
func (s *Store) TokenUses(ctx context.Context, token string, since time.Time) ([]people.TokenUse, error) {
	return list(ctx, s, func(scan func(...any) error) (u people.TokenUse, err error) {
		var day, last int64
		err = scan(&u.Token, &day, &u.Calls, &u.Refused, &u.Received, &u.Sent, &last)
		u.Day, u.Last = fromMicros(day*dayMicros), fromMicros(last)
		return u, err
	}, "select token, day, calls, refused, received, sent, last from token_use where (token = $1 or $1 = '') and day >= $2 order by day desc, token", token, micros(since)/dayMicros)
}

// SetTokenLimit changes how often a token may call.
func (t *Tx) SetTokenLimit(id string, l people.TokenLimit) error {
	return t.one(fault.E(fault.NotFound, "There is no token %q.", id), "update token set per_minute = $1, burst = $2 where id = $3 and revoked = 0", l.PerMinute, l.Burst, id)
}

// RotateToken gives a token a new secret. The one that it had works until a time; one that was older still ends now.
func (t *Tx) RotateToken(id string, hash []byte, until time.Time) error {
	return t.one(fault.E(fault.NotFound, "There is no token %q.", id), "update token set old_hash = hash, old_until = $1, hash = $2 where id = $3 and revoked = 0", micros(until), hash, id)
}
