package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// EventRow is something that happened, in the order of this node.
type EventRow struct {
	Position int64
	Kind     wire.EventKind
	Ref      string // the release's or the capture's id
	At       time.Time
	Items    []wire.ItemID
}

// NextPosition gives the next place in commit order. The counter's row is locked until the
// transaction ends, so positions appear in the order in which they are committed.
func (t *Tx) NextPosition() (int64, error) {
	var p int64
	err := t.row("update counter set value = value + 1 where name = 'position' returning value", nil, &p)
	if t.fresh == 0 {
		t.fresh = p
	}
	return p, err
}

// Event notes what happened at a position.
func (t *Tx) Event(position int64, kind wire.EventKind, ref string, at time.Time, items []wire.ItemID) error {
	list, err := json.Marshal(items)
	if err != nil {
		return err
	}
	t.events = true
	_, err = t.exec("insert into event (position, kind, ref, at, items) values ($1, $2, $3, $4, $5)", position, string(kind), ref, micros(at), string(list))
	return err
}

// EventsAfter reads what happened after a position, oldest first.
func (s *Store) EventsAfter(ctx context.Context, after int64, limit int) ([]EventRow, error) {
	return s.events(ctx, "position > $1 order by position limit +$2", after, limit)
}

// Register reads events of some kinds about releases of one issuer, or of all if it is empty, from one
// position up to before another, newest first. What cannot be for a reader of the member, or for anyone
// if that is empty, is left out; whether the rest is, access decides.
func (s *Store) Register(ctx context.Context, kinds []wire.EventKind, issuer, reader wire.MemberID, from, before int64, limit int) ([]EventRow, error) {
	// Issuers and partners are lists of names in which no letter needs escaping.
	about, names := "r.audience = $1", []any{string(wire.Public)}
	if reader != "" {
		about += " or r.audience = $2 or r.issuers like +$3 or r.partners like +$3"
		names = append(names, string(wire.Members), `%"`+string(reader)+`"%`)
	}
	about = "(" + about + ")"
	if issuer != "" {
		names = append(names, `%"`+string(issuer)+`"%`)
		about += fmt.Sprintf(" and r.issuers like +$%d", len(names))
	}
	n := len(names)
	where := fmt.Sprintf("kind = $%d and position >= $%d and position < $%d and exists (select 1 from release r where r.id = event.ref and %s) order by position desc limit +$%d", n+1, n+2, n+3, about, n+4)
	var out []EventRow
	for _, k := range kinds { // one after the other: asked for several at once, an index gives no order
		rows, err := s.events(ctx, where, append(names[:n:n], string(k), from, before, limit)...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	slices.SortFunc(out, func(a, b EventRow) int { return cmp.Compare(b.Position, a.Position) })
	return out[:min(len(out), limit)], nil
}

// EventsAt reads the events at the given positions; what does not exist is left out.
func (s *Store) EventsAt(ctx context.Context, positions []int64) (map[int64]EventRow, error) {
	if len(positions) == 0 {
		return nil, nil
	}
	args := make([]any, len(positions))
	for i, p := range positions {
		args[i] = p
	}
	in, args := among(args)
	rows, err := s.events(ctx, "position in ("+in+")", args...)
	out := make(map[int64]EventRow, len(rows))
	for _, e := range rows {
		out[e.Position] = e
	}
	return out, err
}

func (s *Store) events(ctx context.Context, where string, args ...any) ([]EventRow, error) {
	rows, err := s.r.QueryContext(ctx, "select position, kind, ref, at, items from event where "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []EventRow
	for rows.Next() {
		var e EventRow
		var at int64
		var items string
		if err := rows.Scan(&e.Position, &e.Kind, &e.Ref, &at, &items); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(items), &e.Items); err != nil {
			return nil, fault.E(fault.Corrupt, "The event at position %d is damaged.", e.Position).Because(err)
		}
		e.At = fromMicros(at)
		out = append(out, e)
	}
	return out, rows.Err()
}

// LastPosition is the newest position committed; 0 on an empty node.
func (s *Store) LastPosition(ctx context.Context) (int64, error) {
	var p int64
	err := s.r.QueryRowContext(ctx, "select value from counter where name = 'position'").Scan(&p)
	return p, err
}

// disorder is how many events may stand between an event and one of an earlier time that was committed
// after it: a document has the time at which reading it began, and is written with the last of its batch.
const disorder = 4096

// TimeAt is the time of the first event at or behind a position.
func (s *Store) TimeAt(ctx context.Context, position int64) (time.Time, error) {
	var at int64
	err := s.r.QueryRowContext(ctx, "select at from event where position >= $1 order by position limit 1", position).Scan(&at)
	return fromMicros(at), err
}

// PositionsIn is a range of positions that holds every event at or after since and before before, the
// zero time being no bound; it may hold a few others, since times and positions differ in order a little.
func (s *Store) PositionsIn(ctx context.Context, since, before time.Time) (from, below int64, err error) {
	edge := func(q string, at time.Time) (p int64, err error) {
		var edge *int64
		if err = s.r.QueryRowContext(ctx, q, micros(at), disorder).Scan(&edge); err == nil && edge != nil {
			return *edge, nil
		}
		return -1, err
	}
	below = math.MaxInt64
	if !since.IsZero() {
		if from, err = edge("select min(position) from (select position from event where at >= $1 order by at, position limit +$2) e", since); err != nil {
			return 0, 0, err
		}
		if from < 0 {
			return 0, 0, nil // nothing since
		}
	}
	if !before.IsZero() {
		if below, err = edge("select max(position) from (select position from event where at < $1 order by at desc, position desc limit +$2) e", before); err != nil {
			return 0, 0, err
		}
		below++
	}
	return from, below, nil
}
