package store

import (
	"context"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// Noted tells from the audit list which people of a member did one thing to one object, each with the
// first time and how often, the first of them first, at most limit; the time between keeps the list's
// index to what can hold them.
func (s *Store) Noted(ctx context.Context, m wire.MemberID, action, object string, from, to time.Time, limit int) (_ []people.Entry, err error) {
	defer fault.Wrap(&err, "noted of %s", object)
	return list(ctx, s, func(scan func(...any) error) (people.Entry, error) {
		e := people.Entry{Member: m, Action: action, Object: object}
		var at int64
		err := scan(&at, &e.Actor, &e.Count)
		e.At = fromMicros(at)
		return e, err
	}, "select min(at), person, sum(count) from audit where member = $1 and at >= $2 and at <= $3 and action = $4 and object = $5 group by person order by min(at), person limit +$6",
		string(m), micros(from), micros(to), action, object, limit)
}
