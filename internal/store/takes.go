package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// Due says what a desk is to be told of something it took.
type Due int

const (
	NothingDue Due = iota
	ChangedDue     // it has a newer version than the desk knows of
	GoneDue        // it was withdrawn or erased, and the desk has not said that it has stopped
)

// Take is a desk's note that it uses an item, so that corrections and withdrawals find it and pick-up
// is known.
type Take struct {
	ID       int64  // given by NoteTake; the order of first takes
	Item     string // an item's or a capture's id
	Release  wire.ReleaseID
	Member   wire.MemberID
	Desk     people.DeskID // empty: the member's own system took it
	DeskName string        // as that system gave it
	By       people.UserID
	Version  int // of the item; 0 for a capture
	At       time.Time

	Due       Due
	DueAt     time.Time
	Seen      int // the newest version that the desk knows of
	StoppedAt time.Time
	StoppedBy people.UserID
}

// maxNamedDesks bounds the desks of one member that its systems name for one item.
const maxNamedDesks = 10_000

// NoteTake keeps a take, in one transaction with a look at what it is of: what was withdrawn meanwhile is
// a Conflict, what has a newer version is due at once. A desk that takes an item again has taken the
// version it was handed last; the desk is kept as the one its taker takes for.
func (s *Store) NoteTake(ctx context.Context, k Take) (err error) {
	defer fault.Wrap(&err, "note a take of %s", k.Item)
	return s.Write(ctx, func(t *Tx) error {
		due, at := NothingDue, int64(0)
		if k.Release != "" {
			var state wire.State
			var version int
			err := t.row("select r.state, i.version from item i join release r on r.id = i.release where i.id = $1 and r.id = $2", []any{k.Item, string(k.Release)}, &state, &version)
			switch {
			case errors.Is(err, sql.ErrNoRows):
				return fault.E(fault.NotFound, "There is no item with this id.")
			case err != nil:
				return err
			case state == wire.Withdrawn || state == wire.Erased:
				return fault.E(fault.Conflict, "This release was withdrawn and must not be used.")
			case version > k.Version:
				due, at = ChangedDue, micros(k.At)
			}
		}
		if k.Desk == "" { // a system names its desks itself
			var named int
			if err := t.row("select count(*) from take where item = $1 and member = $2 and desk_id = '' and desk <> $3", []any{k.Item, string(k.Member), k.DeskName}, &named); err != nil {
				return err
			}
			if named >= maxNamedDesks {
				return fault.Field("desk", "Your member uses this item at %d desks already; no more are noted.", named)
			}
		}
		_, err := t.exec(`insert into take (item, release, member, desk_id, desk, taker, version, at, due, due_at, seen_version, stopped_at, stopped_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $7, 0, '')
			on conflict (item, member, desk_id, desk) do update set taker = excluded.taker, version = excluded.version, at = excluded.at,
			due = excluded.due, due_at = excluded.due_at, seen_version = excluded.seen_version, stopped_at = 0, stopped_by = ''`,
			k.Item, string(k.Release), string(k.Member), string(k.Desk), k.DeskName, string(k.By), k.Version, micros(k.At), int(due), at)
		if err != nil || k.By == "" || k.Desk == "" {
			return err
		}
		_, err = t.exec("insert into taking_desk (person, desk) values ($1, $2) on conflict (person) do update set desk = excluded.desk", string(k.By), string(k.Desk))
		return err
	})
}

// TakingDesk is the desk for which a person took last, "" if she never did.
func (s *Store) TakingDesk(ctx context.Context, who people.UserID) (_ people.DeskID, err error) {
	defer fault.Wrap(&err, "the desk somebody takes for")
	desks, err := s.texts(ctx, "select desk from taking_desk where person = $1", string(who))
	if err != nil || len(desks) == 0 {
		return "", err
	}
	return people.DeskID(desks[0]), nil
}

// TakesChanged notes what the desks that use a release are to be told of an event; it belongs to the
// transaction of the event, so that no desk is forgotten. Takes outlive withdrawal and erasure.
func (t *Tx) TakesChanged(r wire.ReleaseID, ev wire.Event) error {
	switch ev.Kind {
	case wire.EventWithdrawn, wire.EventErased:
		_, err := t.exec("update take set due = 2, due_at = $1 where release = $2 and due < 2 and stopped_at = 0", micros(ev.At), string(r))
		return err
	case wire.EventUpdated, wire.EventCorrected:
		for _, id := range ev.Items {
			if _, err := t.exec("update take set due = 1, due_at = $1 where item = $2 and due < 2 and stopped_at = 0", micros(ev.At), string(id)); err != nil {
				return err
			}
		}
	}
	return nil
}

// StopTake notes that a desk has stopped using what was withdrawn. Answering twice changes nothing.
func (s *Store) StopTake(ctx context.Context, k Take, at time.Time, by people.UserID) error {
	return s.answerTake(ctx, k, func(t *Tx, id int64) error {
		_, err := t.exec("update take set due = 0, stopped_at = $1, stopped_by = $2 where id = $3 and due = 2", micros(at), string(by), id)
		return err
	})
}

// SeeTake notes that a desk knows of a version of an item. If there is a newer one still, it stays due.
func (s *Store) SeeTake(ctx context.Context, k Take, version int) error {
	return s.answerTake(ctx, k, func(t *Tx, id int64) error {
		_, err := t.exec(`update take set seen_version = $1, due = case when (select version from item where item.id = take.item) > $1 then 1 else 0 end
			where id = $2 and due = 1 and seen_version < $1 and $1 <= (select version from item where item.id = take.item)`, version, id)
		return err
	})
}

// answerTake lets answer write to the take of an item by a desk; NotFound if there is none.
func (s *Store) answerTake(ctx context.Context, k Take, answer func(t *Tx, id int64) error) (err error) {
	defer fault.Wrap(&err, "answer for the take of %s", k.Item)
	return s.Write(ctx, func(t *Tx) error {
		var id int64
		err := t.row("select id from take where item = $1 and member = $2 and desk_id = $3 and desk = $4",
			[]any{k.Item, string(k.Member), string(k.Desk), k.DeskName}, &id)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.E(fault.NotFound, "Your desk has not taken this item.")
		}
		if err != nil {
			return err
		}
		return answer(t, id)
	})
}

// TakesOfItem lists who uses one item, first takers first, after the take with an id.
func (s *Store) TakesOfItem(ctx context.Context, item string, after int64, limit int) ([]Take, error) {
	return s.takes(ctx, "item = $1 and id > $2 order by id limit +$3", item, after, limit)
}

// TakesOfRelease lists who uses any item of a release: those who have said that they stopped, or those
// who have not.
func (s *Store) TakesOfRelease(ctx context.Context, r wire.ReleaseID, stopped bool, after int64, limit int) ([]Take, error) {
	where := "release = $1 and id > $2 and stopped_at = 0 order by id limit +$3"
	if stopped {
		where = "release = $1 and id > $2 and stopped_at > 0 order by id limit +$3"
	}
	return s.takes(ctx, where, string(r), after, limit)
}

// CountTakes says how many desks use a release, and how many of them have stopped.
func (s *Store) CountTakes(ctx context.Context, r wire.ReleaseID) (all, stopped int, err error) {
	defer fault.Wrap(&err, "count the takes of release %s", r)
	err = s.r.QueryRowContext(ctx, "select count(*), count(case when stopped_at > 0 then 1 end) from take where release = $1", string(r)).Scan(&all, &stopped)
	return all, stopped, err
}

// TakesOfDesks lists what a member's desks took before the take of a time and id, newest first.
func (s *Store) TakesOfDesks(ctx context.Context, m wire.MemberID, desks []people.DeskID, before time.Time, id int64, limit int) ([]Take, error) {
	at := int64(math.MaxInt64)
	if !before.IsZero() {
		at = micros(before)
	}
	in, args := idArgs(desks)
	n := len(args)
	return s.takes(ctx, fmt.Sprintf("desk_id in (%s) and member = $%d and (at < $%d or at = $%d and id < $%d) order by at desc, id desc limit +$%d", in, n+1, n+2, n+2, n+3, n+4),
		append(args, string(m), at, id, limit)...)
}

// TakesDue lists what a member's desks are to be told, the withdrawn first; it is asked for on every
// page, and reads an index that holds nothing else.
func (s *Store) TakesDue(ctx context.Context, m wire.MemberID, desks []people.DeskID, limit int) ([]Take, error) {
	in, args := idArgs(desks)
	n := len(args)
	return s.takes(ctx, fmt.Sprintf("due > 0 and desk_id in (%s) and member = $%d order by due desc, due_at desc, id limit +$%d", in, n+1, n+2), append(args, string(m), limit)...)
}

// TakesBy lists a member's desks' takes of some items or captures, newest first.
func (s *Store) TakesBy(ctx context.Context, m wire.MemberID, items []string) ([]Take, error) {
	if len(items) == 0 {
		return nil, nil
	}
	in, args := idArgs(items)
	return s.takes(ctx, fmt.Sprintf("item in (%s) and member = $%d order by at desc, id desc limit 1000", in, len(args)+1), append(args, string(m))...)
}

func idArgs[T ~string](ids []T) (in string, args []any) {
	for _, id := range ids {
		args = append(args, string(id))
	}
	return placeholders(len(ids)), args
}

func (s *Store) takes(ctx context.Context, where string, args ...any) (_ []Take, err error) {
	defer fault.Wrap(&err, "takes")
	rows, err := s.r.QueryContext(ctx, `select id, item, release, member, desk_id, desk, taker, version, at, due, due_at, seen_version, stopped_at, stopped_by
		from take where `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Take
	for rows.Next() {
		var k Take
		var at, due, stopped int64
		if err := rows.Scan(&k.ID, &k.Item, &k.Release, &k.Member, &k.Desk, &k.DeskName, &k.By, &k.Version, &at, &k.Due, &due, &k.Seen, &stopped, &k.StoppedBy); err != nil {
			return nil, err
		}
		k.At, k.DueAt, k.StoppedAt = fromMicros(at), fromMicros(due), fromMicros(stopped)
		out = append(out, k)
	}
	return out, rows.Err()
}
