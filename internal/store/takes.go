package store

import (
	"context"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// Take is a desk's note that it uses an item, so that corrections and withdrawals find it and pick-up
// is known.
type Take struct {
	Item    string // an item's or a capture's id
	Desk    string
	Member  wire.MemberID
	Version int // of the item; 0 for a capture
	At      time.Time
}

// NoteTake keeps a take. A desk that takes an item again has taken its newest version.
func (s *Store) NoteTake(ctx context.Context, k Take) (err error) {
	defer fault.Wrap(&err, "note a take of %s", k.Item)
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(`insert into take (item, desk, member, version, at) values ($1, $2, $3, $4, $5)
			on conflict (item, member, desk) do update set version = excluded.version, at = excluded.at`, k.Item, k.Desk, string(k.Member), k.Version, micros(k.At))
		return err
	})
}

// Takes lists who uses an item, first takers first.
func (s *Store) Takes(ctx context.Context, item string) (_ []Take, err error) {
	defer fault.Wrap(&err, "takes of %s", item)
	rows, err := s.r.QueryContext(ctx, "select item, desk, member, version, at from take where item = $1 order by at, member, desk", item)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Take
	for rows.Next() {
		var k Take
		var at int64
		if err := rows.Scan(&k.Item, &k.Desk, &k.Member, &k.Version, &at); err != nil {
			return nil, err
		}
		k.At = fromMicros(at)
		out = append(out, k)
	}
	return out, rows.Err()
}
