package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"sync/atomic"
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
		if _, err := t.exec("update delivery set waiting = 1, outcome = $1, tries = 0, due = $2, ended = 0 where id = $3", string(subscription.Waiting), now, n); err != nil {
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

// earlierTries has the tries of a delivery that begins anew stand before those that come, which are counted from one again. Of the oldest some hundred stay.
func (t *Tx) earlierTries(delivery int64) error {
	for _, q := range []string{
		"delete from delivery_try where delivery = $1 and n < -1000",
		`update delivery_try set n = n - 100 + (select case when min(o.n) < 0 then min(o.n) else 0 end from delivery_try o where o.delivery = $1) where delivery = $1 and n > 0`,
	} {
		if _, err := t.exec(q, delivery); err != nil {
			return err
		}
	}
	return nil
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

// Delivered is the position up to which the events of this node were told to the subscriptions.
func (s *Store) Delivered(ctx context.Context) (p int64, err error) {
	err = s.r.QueryRowContext(ctx, "select value from counter where name = 'delivered'").Scan(&p)
	return p, err
}

// Distribute notes what is to be delivered of the events from one position to another, and that these were told; ok is false when another node
// has told them meanwhile. What waits of the same thing is overtaken. What is gone is told to those alone who were sent it, or may have been.
func (s *Store) Distribute(ctx context.Context, from, to int64, ds []subscription.Delivery) (ok bool, err error) {
	defer fault.Wrap(&err, "distribute")
	var told atomic.Bool // the caller may be gone before the writer comes to it
	err = s.Write(ctx, func(t *Tx) error {
		res, err := t.exec("update counter set value = $1 where name = 'delivered' and value = $2", to, from)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		told.Store(n == 1)
		if n != 1 || err != nil {
			return err
		}
		return t.putDeliveries(ds)
	})
	return err == nil && told.Load(), err
}

// Redeliver notes deliveries of events that were told before.
func (s *Store) Redeliver(ctx context.Context, ds []subscription.Delivery, e people.Entry) (err error) {
	defer fault.Wrap(&err, "redeliver")
	return s.Write(ctx, func(t *Tx) error {
		if err := t.putDeliveries(ds); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

func (t *Tx) putDeliveries(ds []subscription.Delivery) error {
	now := micros(t.s.now())
	lanes := map[subscription.ID]bool{}
	// What is told of a text after a correction that has not come through stands for that, and goes first as it would.
	const owed = `select count(*) from delivery d where ref = $1 and subscription = $2 and item = $3 and position <= $4 and first = 1 and outcome in ($5, $6)
		and not exists (select 1 from delivery l where l.ref = d.ref and l.subscription = d.subscription and l.item = d.item and l.position > d.position and l.outcome = $7)`
	for _, d := range ds {
		var owes int
		if d.Kind == subscription.Updated {
			if err := t.row(owed, []any{d.Ref, string(d.Subscription), string(d.Item), d.Position, string(subscription.Waiting), string(subscription.GivenUp), string(subscription.Done)}, &owes); err != nil {
				return err
			}
		}
		by := " and waiting = 1 and position <= $6"
		if !d.Digest.IsZero() { // what is told at once of the same event is told all the same
			by = " and waiting = 1 and (position < $6 or position = $6 and digest > 0)"
		}
		if _, err := t.exec("update delivery set waiting = 0, outcome = $1, ended = $2 where ref = $3 and subscription = $4 and item = $5"+by,
			string(subscription.Overtook), now, d.Ref, string(d.Subscription), string(d.Item), d.Position); err != nil {
			return err
		}
		lanes[d.Subscription] = true
		if d.Kind.Gone() {
			var held int
			if err := t.row("select count(*) from delivery_held where ref = $1 and subscription = $2 and item = $3", []any{d.Ref, string(d.Subscription), string(d.Item)}, &held); err != nil {
				return err
			}
			if held == 0 {
				continue
			}
		}
		var there int // it may have been removed meanwhile
		if err := t.row("select count(*) from subscription where id = $1", []any{string(d.Subscription)}, &there); err != nil {
			return err
		}
		if there == 0 {
			continue
		}
		if _, err := t.exec(`insert into delivery (subscription, message, position, kind, ref, item, first, waiting, outcome, tries, due, made, ended, last, lease, digest)
			values ($1, $2, $3, $4, $5, $6, $7, 1, $8, 0, $9, $10, 0, '', '', $11)`,
			string(d.Subscription), d.Message, d.Position, string(d.Kind), d.Ref, string(d.Item), number(owes > 0 || d.Kind.First()), string(subscription.Waiting), micros(d.Due), now, micros(d.Digest)); err != nil {
			return err
		}
	}
	t.events = len(ds) > 0 || t.events // wakes who delivers
	for id := range lanes {
		if err := t.laneDue(id); err != nil {
			return err
		}
	}
	return nil
}

// Held is what a subscription has been sent, or may have been.
type Held struct {
	Subscription subscription.ID
	Item         wire.ItemID
	Mark         string
}

// Holders tells who has been sent something of a release, and who waits for it.
func (s *Store) Holders(ctx context.Context, ref string) (_ []Held, err error) {
	defer fault.Wrap(&err, "who holds %s", ref)
	rows, err := s.r.QueryContext(ctx, `select subscription, item, mark from delivery_held where ref = $1
		union all select distinct subscription, item, '' from delivery d where ref = $1 and waiting = 1 and not exists (select 1 from delivery_held h where h.ref = $1 and h.subscription = d.subscription and h.item = d.item)
		order by 1, 2`, ref)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Held
	for rows.Next() {
		var h Held
		if err := rows.Scan(&h.Subscription, &h.Item, &h.Mark); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// Mark notes by what a receiver knows what he was sent.
func (s *Store) Mark(ctx context.Context, d subscription.Delivery, mark string) error {
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec("update delivery_held set mark = $1 where ref = $2 and subscription = $3 and item = $4", mark, d.Ref, string(d.Subscription), string(d.Item))
		return err
	})
}

// Claimed is a subscription that has its turn, and what is to be handed over.
type Claimed struct {
	subscription.Subscription
	Deliveries []subscription.Delivery // one, or those of one digest, what goes first before the others
	Mark       string                  // by which the receiver knows the first of them
}

const deliveryColumns = "id, subscription, message, position, kind, ref, item, outcome, tries, due, made, ended, last, lease, digest"

func scanDelivery(row interface{ Scan(...any) error }) (d subscription.Delivery, err error) {
	var due, made, ended, digest int64
	var last string
	if err := row.Scan(&d.ID, &d.Subscription, &d.Message, &d.Position, &d.Kind, &d.Ref, &d.Item, &d.Outcome, &d.Tries, &due, &made, &ended, &last, &d.Lease, &digest); err != nil {
		return d, err
	}
	d.Due, d.Made, d.Ended, d.Digest = fromMicros(due), fromMicros(made), fromMicros(ended), fromMicros(digest)
	if last != "" {
		err = json.Unmarshal([]byte(last), &d.Last)
	}
	return d, err
}

// ClaimDeliveries takes the subscriptions that have waited longest for their turn, at most limit, for lease, each with what is next for it: what goes first,
// then in the order of events. From then on it counts as something that the receiver may have. Of those that were slow the time before at most
// slow are taken.
func (s *Store) ClaimDeliveries(ctx context.Context, now time.Time, lease time.Duration, limit, slow int) (out []Claimed, err error) {
	defer fault.Wrap(&err, "claim deliveries")
	if due, err := s.NextDelivery(ctx, slow > 0); err != nil || due.IsZero() || due.After(now) {
		return nil, err // nothing to do costs no write
	}
	err = s.Write(ctx, func(t *Tx) error {
		out = out[:0]
		for _, lane := range []int{0, 1} {
			room := limit - len(out)
			if lane == 1 {
				room = min(room, slow)
			}
			ids, err := t.texts("select id from subscription where due > 0 and due <= $1 and lease_until <= $1 and slow = $2 order by due, id limit +$3", micros(now), lane, room)
			if err != nil {
				return err
			}
			for _, id := range ids {
				c, err := t.claimLane(subscription.ID(id), now, lease)
				if err != nil {
					return err
				}
				if len(c.Deliveries) > 0 {
					out = append(out, c)
				}
			}
		}
		return nil
	})
	return out, err
}

func (t *Tx) texts(query string, args ...any) ([]string, error) {
	rows, err := t.query(query, args...)
	if err != nil {
		return nil, err
	}
	var out []string
	for rows.Next() {
		var x string
		if err := rows.Scan(&x); err != nil {
			rows.Close()
			return nil, err
		}
		out = append(out, x)
	}
	return out, closeRows(rows)
}

func (t *Tx) claimLane(id subscription.ID, now time.Time, lease time.Duration) (c Claimed, err error) {
	st, err := t.conn.stmt(t.ctx, "select "+subscriptionRow+", 0 from subscription s where s.id = $1")
	if err != nil {
		return c, err
	}
	if c.Subscription, err = scanSubscription(st.QueryRowContext(t.ctx, string(id))); err != nil {
		return c, err
	}
	take := func(where string, args ...any) error {
		rows, err := t.query("select "+deliveryColumns+" from delivery where subscription = $1 and waiting = 1 and due <= $2 and "+where, append([]any{string(id), micros(now)}, args...)...)
		if err != nil {
			return err
		}
		for rows.Next() {
			d, err := scanDelivery(rows)
			if err != nil {
				rows.Close()
				return err
			}
			c.Deliveries = append(c.Deliveries, d)
		}
		return closeRows(rows)
	}
	for _, first := range []int{1, 0} {
		if len(c.Deliveries) > 0 || first == 0 && !c.Runs() {
			continue
		}
		if err := take("first = $3 and digest = 0 order by position, id limit 1", first); err != nil {
			return c, err
		}
	}
	if len(c.Deliveries) == 0 && c.Channel == subscription.Mail {
		if err := t.claimDigest(&c, now, take); err != nil {
			return c, err
		}
	}
	if len(c.Deliveries) == 0 {
		return c, t.laneDue(id)
	}
	name := rand.Text()
	if _, err := t.exec("update subscription set lease = $1, lease_until = $2 where id = $3", name, micros(now.Add(lease)), string(id)); err != nil {
		return c, err
	}
	for i := range c.Deliveries {
		d := &c.Deliveries[i]
		d.Lease = name
		d.Tries++
		if _, err := t.exec("update delivery set tries = $1, lease = $2 where id = $3", d.Tries, name, d.ID); err != nil {
			return c, err
		}
		res, err := t.exec("insert into delivery_held (ref, subscription, item, at, mark) values ($1, $2, $3, $4, '') on conflict (ref, subscription, item) do nothing", d.Ref, string(id), string(d.Item), micros(now))
		if err != nil {
			return c, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return c, err
		}
		d.Fresh = n == 1
	}
	d := c.Deliveries[0]
	return c, t.row("select mark from delivery_held where ref = $1 and subscription = $2 and item = $3", []any{d.Ref, string(id), string(d.Item)}, &c.Mark)
}

// NextDelivery is when some subscription has something to do; the zero time if none has. Without slow those that were slow the time before are not
// looked at.
func (s *Store) NextDelivery(ctx context.Context, slow bool) (time.Time, error) {
	var at *int64
	err := s.r.QueryRowContext(ctx, "select min(case when due > lease_until then due else lease_until end) from subscription where due > 0 and slow <= $1", number(slow)).Scan(&at)
	if err != nil || at == nil {
		return time.Time{}, err
	}
	return fromMicros(*at), nil
}

// Result is what became of a try.
type Result struct {
	At      time.Time
	Took    time.Duration
	Status  int                            // what the receiver answered; 0: nothing
	Trouble subscription.Trouble           // zero: he has it
	Over    bool                           // it is not tried again
	Barred  bool                           // nothing was sent: there is nothing that may be told
	Left    map[int64]subscription.Outcome // of a digest: what, by its id, was not told in it, and why
	Again   time.Time                      // when it may be tried again
	Rest    time.Time                      // until when the receiver is left alone
	State   subscription.State             // of the subscription from now on; empty: as it was
	Fares   subscription.Fares
	Mark    string // by which the receiver knows it now; empty: as it was
}

// EndDelivery notes what became of what was claimed, and lets the subscription have its next turn. Where the lease was lost to another node
// that one's note counts.
func (s *Store) EndDelivery(ctx context.Context, c Claimed, r Result) (err error) {
	defer fault.Wrap(&err, "end a delivery of %s", c.ID)
	last := ""
	if r.Trouble.Code != "" {
		b, err := json.Marshal(r.Trouble)
		if err != nil {
			return err
		}
		last = string(b)
	}
	fares, err := json.Marshal(r.Fares)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		// Why it was ended, or stopped, while this was on its way stays said.
		res, err := t.exec(`update subscription set lease = '', lease_until = 0, fares = case when state = $6 or state = $7 and cast($8 as bigint) = 0 then fares else $1 end, rest = $2, slow = $3
			where id = $4 and lease = $5`, string(fares), micros(r.Rest), number(r.Fares.Slow), string(c.ID), c.Deliveries[0].Lease, string(subscription.Ended), string(subscription.Stopped), number(r.State != ""))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if r.State != "" {
			if _, err := t.exec("update subscription set state = $1 where id = $2 and state <> $3", string(r.State), string(c.ID), string(subscription.Ended)); err != nil {
				return err
			}
			if err := t.changedSubscription(c.ID); err != nil {
				return err
			}
		}
		for _, d := range c.Deliveries {
			if err := t.endDelivery(d, r, last); err != nil {
				return err
			}
		}
		if r.State == subscription.Ended {
			if _, err := t.exec("update delivery set waiting = 0, outcome = $1, ended = $2 where subscription = $3 and waiting = 1", string(subscription.GivenUp), micros(r.At), string(c.ID)); err != nil {
				return err
			}
		}
		return t.laneDue(c.ID)
	})
}

func (t *Tx) endDelivery(d subscription.Delivery, r Result, last string) error {
	end := func(o subscription.Outcome, where string) error {
		_, err := t.exec("update delivery set waiting = 0, outcome = $1, ended = $2, last = $3, lease = '' where id = $4"+where, string(o), micros(r.At), last, d.ID)
		return err
	}
	var err error
	left, untold := r.Left[d.ID]
	if r.Barred {
		left, untold = subscription.Barred, true
	}
	switch {
	case untold:
		// Nothing was sent by this try. If none was before, the receiver has nothing of it.
		if err = end(left, " and waiting = 1"); err == nil && d.Fresh {
			_, err = t.exec("delete from delivery_held where ref = $1 and subscription = $2 and item = $3", d.Ref, string(d.Subscription), string(d.Item))
		}
	case r.Trouble.Code == "":
		err = end(subscription.Done, "") // also where it was overtaken meanwhile: he has it
	case d.Tries >= subscription.Attempts || r.Over:
		err = end(subscription.GivenUp, " and waiting = 1")
	default:
		_, err = t.exec("update delivery set due = $1, last = $2, lease = '' where id = $3 and waiting = 1", micros(r.Again), last, d.ID)
	}
	if err != nil || untold {
		return err
	}
	if r.Mark != "" {
		if _, err := t.exec("update delivery_held set mark = $1 where ref = $2 and subscription = $3 and item = $4", r.Mark, d.Ref, string(d.Subscription), string(d.Item)); err != nil {
			return err
		}
	}
	_, err = t.exec("insert into delivery_try (delivery, n, at, millis, trouble, status) values ($1, $2, $3, $4, $5, $6) on conflict (delivery, n) do nothing", d.ID, d.Tries, micros(r.At), r.Took.Milliseconds(), last, r.Status)
	return err
}

// GiveDeliveryBack leaves what was claimed to whoever runs next, as though it had not been begun; what may have been sent stays on record.
func (s *Store) GiveDeliveryBack(ctx context.Context, c Claimed) error {
	return s.Write(ctx, func(t *Tx) error {
		res, err := t.exec("update subscription set lease = '', lease_until = 0 where id = $1 and lease = $2", string(c.ID), c.Deliveries[0].Lease)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, d := range c.Deliveries {
			if _, err := t.exec("update delivery set tries = tries - 1, lease = '' where id = $1 and lease = $2", d.ID, d.Lease); err != nil {
				return err
			}
		}
		return nil
	})
}

// NoteDelivery writes a line of the log of something that was sent outside the queue: a test, a challenge.
func (s *Store) NoteDelivery(ctx context.Context, d subscription.Delivery, r Result) error {
	last := ""
	if r.Trouble.Code != "" {
		b, err := json.Marshal(r.Trouble)
		if err != nil {
			return err
		}
		last = string(b)
	}
	return s.Write(ctx, func(t *Tx) error {
		var id int64
		if err := t.row(`insert into delivery (subscription, message, position, kind, ref, item, first, waiting, outcome, tries, due, made, ended, last, lease)
			values ($1, $2, 0, $3, '', '', 1, 0, $4, 1, $5, $5, $5, $6, '') returning id`,
			[]any{string(d.Subscription), d.Message, string(d.Kind), string(d.Outcome), micros(r.At), last}, &id); err != nil {
			return err
		}
		_, err := t.exec("insert into delivery_try (delivery, n, at, millis, trouble, status) values ($1, 1, $2, $3, $4, $5)", id, micros(r.At), r.Took.Milliseconds(), last, r.Status)
		return err
	})
}

// Deliveries lists those of a subscription before one with an id (0: from the newest), the newest first.
func (s *Store) Deliveries(ctx context.Context, id subscription.ID, before int64, limit int) (_ []subscription.Delivery, err error) {
	defer fault.Wrap(&err, "deliveries of %s", id)
	if before <= 0 {
		before = 1<<63 - 1
	}
	return s.deliveries(ctx, "subscription = $1 and id < $2 order by id desc limit +$3", string(id), before, limit)
}

// DeliveriesSince lists what was handed over, or was to be, since a time, in the order of events.
func (s *Store) DeliveriesSince(ctx context.Context, id subscription.ID, since time.Time, limit int) ([]subscription.Delivery, error) {
	return s.deliveries(ctx, "subscription = $1 and made >= $2 and position > 0 order by position, id limit +$3", string(id), micros(since), limit)
}

func (s *Store) deliveries(ctx context.Context, where string, args ...any) ([]subscription.Delivery, error) {
	rows, err := s.r.QueryContext(ctx, "select "+deliveryColumns+" from delivery where "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []subscription.Delivery
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// DeliveryTry is one try of a delivery.
type DeliveryTry struct {
	At      time.Time
	Took    time.Duration
	Status  int
	Trouble subscription.Trouble
}

// DeliveryTries lists the tries of some deliveries, of each the first one first.
func (s *Store) DeliveryTries(ctx context.Context, ids []int64) (_ map[int64][]DeliveryTry, err error) {
	defer fault.Wrap(&err, "tries")
	out := map[int64][]DeliveryTry{}
	if len(ids) == 0 {
		return out, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := s.r.QueryContext(ctx, "select delivery, at, millis, trouble, status from delivery_try where delivery in ("+placeholders(len(ids))+") order by delivery, at, n", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, at, millis int64
		var trouble string
		var y DeliveryTry
		if err := rows.Scan(&id, &at, &millis, &trouble, &y.Status); err != nil {
			return nil, err
		}
		if trouble != "" {
			if err := json.Unmarshal([]byte(trouble), &y.Trouble); err != nil {
				return nil, err
			}
		}
		y.At, y.Took = fromMicros(at), time.Duration(millis)*time.Millisecond
		out[id] = append(out[id], y)
	}
	return out, rows.Err()
}

// RetryDelivery has one delivery of a subscription sent again now; its message stays the same.
func (s *Store) RetryDelivery(ctx context.Context, id subscription.ID, delivery int64, e people.Entry) (err error) {
	defer fault.Wrap(&err, "retry a delivery")
	return s.Write(ctx, func(t *Tx) error {
		now := micros(t.s.now())
		none := fault.E(fault.NotFound, "There is no delivery with this number, or it has been overtaken by a later one.")
		if err := t.one(none, "update delivery set waiting = 1, outcome = $1, tries = 0, due = $2, ended = 0 where id = $3 and subscription = $4 and outcome <> $5 and position > 0", string(subscription.Waiting), now, delivery, string(id), string(subscription.Overtook)); err != nil {
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

// TidyDeliveries takes out what ended before a time, the oldest first, and tells which subscriptions have more deliveries waiting than most.
func (s *Store) TidyDeliveries(ctx context.Context, before time.Time, most int) (far []subscription.ID, err error) {
	defer fault.Wrap(&err, "tidy deliveries")
	err = s.Write(ctx, func(t *Tx) error {
		const old = "select id from delivery where waiting = 0 and ended < $1 order by ended limit 2000"
		if _, err := t.exec("delete from delivery_try where delivery in ("+old+")", micros(before)); err != nil {
			return err
		}
		_, err := t.exec("delete from delivery where id in ("+old+")", micros(before))
		return err
	})
	if err != nil {
		return nil, err
	}
	ids, err := s.texts(ctx, "select subscription from delivery where waiting = 1 group by subscription having count(*) > $1", most)
	for _, id := range ids {
		far = append(far, subscription.ID(id))
	}
	return far, err
}
