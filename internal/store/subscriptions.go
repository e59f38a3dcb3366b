package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

const (
	subscriptionRow     = "s.id, s.member, s.filter, s.target, s.fields, s.state, s.since, s.fares, s.rest, s.slow"
	subscriptionColumns = subscriptionRow + ", (select count(*) from delivery d where d.subscription = s.id and d.waiting = 1)"
)

// subscriptionFields are the parts of a subscription that no query asks for. Its secrets stand among them: the file is its owner's alone, as for
// the keys of the logs.
type subscriptionFields struct {
	Desk                  people.DeskID
	Person                people.UserID
	Public                bool
	Name                  string
	Channel               subscription.Channel
	Format                subscription.Format
	Language              lang.Tag
	AddedBy               string
	Added                 time.Time
	Secret, Former, Proof string
	FormerTo              time.Time
	Rhythm                subscription.Rhythm
	Alert                 bool
	Topic                 string
	Lease                 time.Time
}

func scanSubscription(row interface{ Scan(...any) error }) (s subscription.Subscription, err error) {
	var filter, fields, fares string
	var rest int64
	var slow int
	if err := row.Scan(&s.ID, &s.Member, &filter, &s.Target, &fields, &s.State, &s.From, &fares, &rest, &slow, &s.Waiting); err != nil {
		return s, err
	}
	waiting := s.Waiting
	var f subscriptionFields
	if err := errors.Join(json.Unmarshal([]byte(fields), &f), json.Unmarshal([]byte(fares), &s.Fares)); err != nil {
		return s, fault.E(fault.Corrupt, "The row of the subscription %s is damaged.", s.ID).Because(err)
	}
	if s.Filter, err = subscription.ParseFilter(filter); err != nil {
		return s, fault.E(fault.Corrupt, "The filter of the subscription %s is damaged.", s.ID).Because(err)
	}
	s.Desk, s.Person, s.Public, s.Name, s.Channel, s.Format = f.Desk, f.Person, f.Public, f.Name, f.Channel, f.Format
	s.Language, s.AddedBy, s.Added, s.Secret, s.Former, s.FormerTo, s.Proof = f.Language, f.AddedBy, f.Added, f.Secret, f.Former, f.FormerTo, f.Proof
	s.Rhythm, s.Alert, s.Topic, s.Lease = f.Rhythm, f.Alert, f.Topic, f.Lease
	s.Rest, s.Slow, s.Waiting = fromMicros(rest), slow != 0, waiting
	return s, nil
}

// PutSubscription writes a subscription, new or changed; what waits for it has its turn by its new state.
func (t *Tx) PutSubscription(s subscription.Subscription) error {
	fields, err := json.Marshal(subscriptionFields{Desk: s.Desk, Person: s.Person, Public: s.Public, Name: s.Name, Channel: s.Channel, Format: s.Format, Language: s.Language,
		AddedBy: s.AddedBy, Added: s.Added, Secret: s.Secret, Former: s.Former, FormerTo: s.FormerTo, Proof: s.Proof, Rhythm: s.Rhythm, Alert: s.Alert, Topic: s.Topic, Lease: s.Lease})
	if err != nil {
		return err
	}
	fares, err := json.Marshal(s.Fares)
	if err != nil {
		return err
	}
	t.events = true // wakes who delivers
	if _, err := t.exec(`insert into subscription (id, member, filter, target, fields, state, since, fares, rest, slow, due, lease, lease_until) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', 0)
		on conflict (id) do update set filter = excluded.filter, fields = excluded.fields, state = excluded.state, since = excluded.since, fares = excluded.fares, rest = excluded.rest, slow = excluded.slow`,
		string(s.ID), string(s.Member), s.Filter.String(), s.Target, string(fields), string(s.State), s.From, string(fares), micros(s.Rest), number(s.Slow)); err != nil {
		return err
	}
	if err := t.changedSubscription(s.ID); err != nil {
		return err
	}
	return t.laneDue(s.ID)
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// AddSubscription keeps a new subscription, from the events to come on, and a line of the audit list.
func (s *Store) AddSubscription(ctx context.Context, n subscription.Subscription, e people.Entry) (err error) {
	defer fault.Wrap(&err, "add a subscription")
	return s.Write(ctx, func(t *Tx) error {
		var all int
		if err := t.row("select count(*) from subscription where member = $1 and not "+isAlert, []any{string(n.Member)}, &all); err != nil {
			return err
		}
		switch {
		case n.Alert:
			if err := t.roomForAlert(n.Person); err != nil {
				return err
			}
		case all >= subscription.MostOfMember:
			return fault.E(fault.Conflict, "There are %d subscriptions already. Remove one first.", all)
		case n.Channel == subscription.Mail:
			if err := t.roomForMail(n.Member); err != nil {
				return err
			}
		}
		s := n
		if err := t.row("select value from counter where name = 'position'", nil, &s.From); err != nil {
			return err
		}
		if err := t.PutSubscription(s); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// Subscriptions lists those of a member, of every member if it is empty, the oldest first.
func (s *Store) Subscriptions(ctx context.Context, m wire.MemberID) (_ []subscription.Subscription, err error) {
	defer fault.Wrap(&err, "subscriptions")
	if m != "" {
		return s.subscriptions(ctx, "where s.member = $1", string(m))
	}
	return s.subscriptions(ctx, "")
}

func (s *Store) subscriptions(ctx context.Context, where string, args ...any) ([]subscription.Subscription, error) {
	return s.subscriptionsWith(ctx, subscriptionColumns, where, args...)
}

func (s *Store) subscriptionsWith(ctx context.Context, columns, where string, args ...any) ([]subscription.Subscription, error) {
	rows, err := s.r.QueryContext(ctx, "select "+columns+" from subscription s "+where+" order by s.id", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []subscription.Subscription
	for rows.Next() {
		x, err := scanSubscription(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

var noSubscription = fault.E(fault.NotFound, "There is no delivery with this id.")

// Subscription finds one of a member.
func (s *Store) Subscription(ctx context.Context, m wire.MemberID, id subscription.ID) (_ subscription.Subscription, err error) {
	defer fault.Wrap(&err, "subscription %s", id)
	x, err := scanSubscription(s.r.QueryRowContext(ctx, "select "+subscriptionColumns+" from subscription s where s.id = $1 and s.member = $2", string(id), string(m)))
	if errors.Is(err, sql.ErrNoRows) {
		return x, noSubscription
	}
	return x, err
}

// ChangeSubscription lets change alter one of a member; with an action, a line of the audit list says so.
func (s *Store) ChangeSubscription(ctx context.Context, m wire.MemberID, id subscription.ID, e people.Entry, change func(*subscription.Subscription) error) (out subscription.Subscription, err error) {
	defer fault.Wrap(&err, "change subscription %s", id)
	for past := int64(0); past >= 0 && err == nil; { // broken off by a crash it does not run yet, and the next time goes on
		var last int64
		err = s.Write(ctx, func(t *Tx) error {
			x, err := t.subscription(m, id)
			if err != nil {
				return err
			}
			ran := x.Runs()
			if err := change(&x); err != nil {
				return err
			}
			out, last = x, -1
			again := !ran && x.Runs()
			if again {
				if last, err = t.followAgain(id, past); err != nil || last >= 0 {
					return err
				}
			}
			if err := t.PutSubscription(x); err != nil {
				return err
			}
			if again {
				if err := t.laneDue(id); err != nil {
					return err
				}
			}
			if e.Action == "" {
				return nil
			}
			return t.AddEntry(e)
		})
		past = last
	}
	return out, err
}

func (t *Tx) subscription(m wire.MemberID, id subscription.ID) (subscription.Subscription, error) {
	st, err := t.conn.stmt(t.ctx, "select "+subscriptionColumns+" from subscription s where s.id = $1 and s.member = $2")
	if err != nil {
		return subscription.Subscription{}, err
	}
	x, err := scanSubscription(st.QueryRowContext(t.ctx, string(id), string(m)))
	if errors.Is(err, sql.ErrNoRows) {
		return x, noSubscription
	}
	return x, err
}

// RemoveSubscription forgets one with all that was handed to it: nothing follows to there any more. With an action, a line of the audit list says so.
func (s *Store) RemoveSubscription(ctx context.Context, m wire.MemberID, id subscription.ID, e people.Entry) (err error) {
	defer fault.Wrap(&err, "remove subscription %s", id)
	return s.Write(ctx, func(t *Tx) error {
		if err := t.one(noSubscription, "delete from subscription where id = $1 and member = $2", string(id), string(m)); err != nil {
			return err
		}
		for _, q := range []string{"delete from delivery_try where delivery in (select id from delivery where subscription = $1)", "delete from delivery where subscription = $1", "delete from delivery_held where subscription = $1"} {
			if _, err := t.exec(q, string(id)); err != nil {
				return err
			}
		}
		if err := t.removedSubscription(); err != nil || e.Action == "" {
			return err
		}
		return t.AddEntry(e)
	})
}

// laneDue notes when a subscription has something to do: while it runs anything, while it is paused or stopped what goes first.
func (t *Tx) laneDue(id subscription.ID) error {
	var x subscription.Subscription
	var rest int64
	var first, other *int64
	if err := t.row(`select s.state, s.rest, (select min(d.due) from delivery d where d.subscription = s.id and d.waiting = 1 and d.first = 1),
		(select min(d.due) from delivery d where d.subscription = s.id and d.waiting = 1 and d.first = 0) from subscription s where s.id = $1`, []any{string(id)}, &x.State, &rest, &first, &other); err != nil {
		return none(err)
	}
	var due int64
	if first != nil && x.Follows() {
		due = max(*first, 1)
	}
	if other != nil && x.Runs() && (due == 0 || *other < due) {
		due = max(*other, 1)
	}
	if due > 0 {
		due = max(due, rest)
	}
	_, err := t.exec("update subscription set due = $1 where id = $2", due, string(id))
	return err
}
