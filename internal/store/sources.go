package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/wire"
)

var errNoSource = fault.E(fault.NotFound, "There is no source with this id.")

const sourceColumns = `s.id, s.member, s.address, s.fields, s.paused, s.due, s.last_item, s.taken, s.items, (select count(*) from quarantine q where q.source = s.id and q.item = 1), s.state,
	(select count(*) from source_entry e where e.source = s.id and e.waiting = 1)`

func scanSource(scan func(...any) error) (r source.Watched, err error) {
	var due, last, taken, items, failed, waiting int64
	var id, member, address string
	var paused bool
	var fields, state []byte
	if err := scan(&id, &member, &address, &fields, &paused, &due, &last, &taken, &items, &failed, &state, &waiting); err != nil {
		return r, err
	}
	if err := errors.Join(json.Unmarshal(fields, &r.Source), json.Unmarshal(state, &r.State)); err != nil {
		return r, fault.E(fault.Corrupt, "The source %s is damaged.", id).Because(err)
	}
	r.ID, r.Member, r.Address, r.Paused = source.ID(id), wire.MemberID(member), address, paused
	r.Due, r.LastItem, r.LastTaken, r.Items, r.Failed, r.Waiting = fromMicros(due), fromMicros(last), fromMicros(taken), items, failed, waiting
	return r, nil
}

// Sources lists a member's sources, by name and address; without a member all of the node.
func (s *Store) Sources(ctx context.Context, m wire.MemberID) (_ []source.Watched, err error) {
	defer fault.Wrap(&err, "sources")
	rows, err := s.r.QueryContext(ctx, "select "+sourceColumns+" from source s where $1 = '' or s.member = $1 order by s.address, s.id limit +$2", string(m), 2*source.MostOfMember)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []source.Watched
	for rows.Next() {
		r, err := scanSource(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Source finds one of a member's sources; NotFound also for one of another's.
func (s *Store) Source(ctx context.Context, m wire.MemberID, id source.ID) (r source.Watched, err error) {
	defer fault.Wrap(&err, "source %s", id)
	r, err = scanSource(s.r.QueryRowContext(ctx, "select "+sourceColumns+" from source s where s.id = $1 and s.member = $2", string(id), string(m)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = errNoSource
	}
	return r, err
}

// AddSource adds a source that is due at once, and the entry of the audit list. Conflict when the member has one with this address.
func (s *Store) AddSource(ctx context.Context, src source.Source, e people.Entry) (err error) {
	defer fault.Wrap(&err, "add a source")
	fields, err := json.Marshal(src)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		var n, same int
		if err := t.row("select count(*), count(case when address = $2 then 1 end) from source where member = $1", []any{string(src.Member), src.Address}, &n, &same); err != nil {
			return err
		}
		if same > 0 {
			return &fault.Error{Kind: fault.Conflict, Field: "url", Text: "This address is a source already."}
		}
		if n >= source.MostOfMember {
			return fault.E(fault.Conflict, "A member may have %d sources. Remove one first.", source.MostOfMember)
		}
		host := src.Host()
		if _, err := t.exec("insert into source (id, member, address, host, fields, paused, due, last_item, taken, items, failed, state) values ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, '{}')",
			string(src.ID), string(src.Member), src.Address, host, string(fields), src.Paused, micros(src.Added)); err != nil {
			return err
		}
		if err := t.AddEntry(e); err != nil {
			return err
		}
		return t.HostDue(host, src.Added)
	})
}

// ChangeSource writes the settings of a source and makes it due at once; its address and kind stay.
func (s *Store) ChangeSource(ctx context.Context, src source.Source, e people.Entry) (err error) {
	defer fault.Wrap(&err, "change source %s", src.ID)
	fields, err := json.Marshal(src)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		res, err := t.exec("update source set fields = $1 where id = $2 and member = $3", string(fields), string(src.ID), string(src.Member))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errNoSource)
		}
		if err := t.AddEntry(e); err != nil || src.Paused {
			return err
		}
		return t.sourceNow(src.ID, s.now())
	})
}

// PauseSource stops asking a source, or goes on at once; what of it waits to be fetched waits too.
func (s *Store) PauseSource(ctx context.Context, m wire.MemberID, id source.ID, paused bool, e people.Entry) (err error) {
	defer fault.Wrap(&err, "pause source %s", id)
	return s.Write(ctx, func(t *Tx) error {
		res, err := t.exec("update source set paused = $1 where id = $2 and member = $3", paused, string(id), string(m))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errNoSource)
		}
		if err := t.AddEntry(e); err != nil || paused {
			return err
		}
		return t.sourceNow(id, s.now())
	})
}

// PollSource has a source asked as soon as its host has a turn.
func (s *Store) PollSource(ctx context.Context, m wire.MemberID, id source.ID) (err error) {
	defer fault.Wrap(&err, "poll source %s", id)
	return s.Write(ctx, func(t *Tx) error {
		var paused bool
		err := t.row("select paused from source where id = $1 and member = $2", []any{string(id), string(m)}, &paused)
		if errors.Is(err, sql.ErrNoRows) {
			return errNoSource
		}
		if err == nil && paused {
			err = fault.E(fault.Conflict, "This source is paused. Let it go on first.")
		}
		if err != nil {
			return err
		}
		return t.sourceNow(id, s.now())
	})
}

// sourceNow makes a source, and what of it waits, due.
func (t *Tx) sourceNow(id source.ID, now time.Time) error {
	if _, err := t.exec("update source set due = $1 where id = $2", micros(now), string(id)); err != nil {
		return err
	}
	rows, err := t.query("select host from source where id = $1 union select host from source_entry where source = $1 and waiting = 1", string(id))
	if err != nil {
		return err
	}
	var hosts []string
	for rows.Next() {
		var h string
		if err := rows.Scan(&h); err != nil {
			rows.Close()
			return err
		}
		hosts = append(hosts, h)
	}
	if err := closeRows(rows); err != nil {
		return err
	}
	for _, h := range hosts {
		if err := t.HostDue(h, now); err != nil {
			return err
		}
	}
	return nil
}

// RemoveSource forgets a source and what is known of its feed; what it brought in stays.
func (s *Store) RemoveSource(ctx context.Context, m wire.MemberID, id source.ID, e people.Entry) (err error) {
	defer fault.Wrap(&err, "remove source %s", id)
	return s.Write(ctx, func(t *Tx) error {
		res, err := t.exec("delete from source where id = $1 and member = $2", string(id), string(m))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errNoSource)
		}
		if _, err = t.exec("delete from source_entry where source = $1", string(id)); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// KnownEntry is an entry that stood in a source's feed before.
type KnownEntry struct {
	Digest source.Key
	Seen   time.Time // to a day
}

// KnownEntries finds those of the keys that a source has brought before.
func (s *Store) KnownEntries(ctx context.Context, id source.ID, keys []source.Key) (_ map[source.Key]KnownEntry, err error) {
	defer fault.Wrap(&err, "entries of source %s", id)
	out := make(map[source.Key]KnownEntry, len(keys))
	for part := range slices.Chunk(keys, 200) {
		args := make([]any, 0, len(part)+1)
		for _, k := range part {
			args = append(args, k[:])
		}
		rows, err := s.r.QueryContext(ctx, "select key, digest, seen from source_entry where key in ("+placeholders(len(part))+") and source = $"+strconv.Itoa(len(part)+1), append(args, string(id))...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var k, d []byte
			var seen int64
			if err := rows.Scan(&k, &d, &seen); err != nil {
				rows.Close()
				return nil, err
			}
			e := KnownEntry{Seen: fromMicros(seen)}
			copy(e.Digest[:], d)
			out[source.Key(k)] = e
		}
		if err := closeRows(rows); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// HasWords reports whether a page of this host was read with these very words before, and as which capture.
func (s *Store) HasWords(ctx context.Context, host string, words source.Key) (c wire.CaptureID, ok bool, err error) {
	var id string
	err = s.r.QueryRowContext(ctx, "select capture from source_entry where host = $1 and words = $2 and words <> x'' and capture <> '' limit 1", host, words[:]).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return wire.CaptureID(id), err == nil, err
}

// Visit is one turn at one host: a feed to be asked, or an item to be taken in, never both.
type Visit struct {
	Host     string
	Lease    string
	Began    time.Time
	Slow     bool // the visit before took its time
	Allowed  source.Allowance
	RobotsAt time.Time      // when that was read; zero: never
	Source   source.Watched // whose turn it is
	Entry    *WaitingEntry
}

// WaitingEntry is an item that is to be taken in.
type WaitingEntry struct {
	Row int64
	source.Entry
	Key     source.Key
	Tries   int
	Words   source.Key     // of its text as it was read before; zero: not yet
	Capture wire.CaptureID // what became of it before
}

// slowVisit is how long a visit may last whose host is not taken for a slow one.
const slowVisit = 3 * time.Second

// ClaimVisit takes the host that has waited longest for a turn that is due, for lease; ok is false when none is. Feeds and
// items of one host take turns, and the sources among the items. Without slow, hosts at which the visit before took its time wait.
func (s *Store) ClaimVisit(ctx context.Context, now time.Time, lease time.Duration, slow bool) (v Visit, ok bool, err error) {
	defer fault.Wrap(&err, "claim a visit")
	var due int
	if err := s.r.QueryRowContext(ctx, "select count(*) from (select host from source_host where due > 0 and due <= $1 and lease_until <= $1 and slow <= $2 limit 1) h", micros(now), slow).Scan(&due); err != nil || due == 0 {
		return v, false, err // nothing to do costs no write
	}
	err = s.Write(ctx, func(t *Tx) error {
		for ok = false; !ok; {
			v = Visit{Lease: rand.Text(), Began: now}
			var robots []byte
			var at int64
			var pages bool
			err := t.row("select host, robots, robots_at, pages, slow from source_host where due > 0 and due <= $1 and lease_until <= $1 and slow <= $2 order by due, host limit 1",
				[]any{micros(now), slow}, &v.Host, &robots, &at, &pages, &v.Slow)
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			if len(robots) > 0 && json.Unmarshal(robots, &v.Allowed) == nil {
				v.RobotsAt = fromMicros(at)
			}
			for _, page := range []bool{pages, !pages} {
				if ok, err = t.turn(&v, page, now); ok || err != nil {
					break
				}
			}
			if err != nil {
				return err
			}
			if !ok { // what was due there is paused or gone
				if err := t.hostRests(v.Host, time.Time{}); err != nil {
					return err
				}
				continue
			}
			if _, err := t.exec("update source_host set lease = $1, lease_until = $2, pages = $3 where host = $4", v.Lease, micros(now.Add(lease)), v.Entry == nil, v.Host); err != nil {
				return err
			}
		}
		return nil
	})
	return v, ok && err == nil, err
}

// turn finds what is due at the visit's host: an item or a feed.
func (t *Tx) turn(v *Visit, page bool, now time.Time) (bool, error) {
	var id string
	if !page {
		err := t.row("select id from source where host = $1 and paused = 0 and due <= $2 order by due, id limit 1", []any{v.Host, micros(now)}, &id)
		if err != nil {
			return false, none(err)
		}
	} else {
		e := WaitingEntry{}
		var fields, key, words []byte
		var capture string
		err := t.row(`select e.id, e.source, e.fields, e.key, e.tries, e.words, e.capture from source_entry e join source s on s.id = e.source
			where e.host = $1 and e.waiting = 1 and e.due <= $2 and s.paused = 0 order by s.taken, e.id limit 1`, []any{v.Host, micros(now)},
			&e.Row, &id, &fields, &key, &e.Tries, &words, &capture)
		if err != nil {
			return false, none(err)
		}
		if err := json.Unmarshal(fields, &e.Entry); err != nil {
			return false, fault.E(fault.Corrupt, "An item of the source %s is damaged.", id).Because(err)
		}
		copy(e.Key[:], key)
		copy(e.Words[:], words)
		e.Capture = wire.CaptureID(capture)
		v.Entry = &e
		if _, err := t.exec("update source set taken = $1 where id = $2", micros(now), id); err != nil {
			return false, err
		}
	}
	rows, err := t.query("select "+sourceColumns+" from source s where s.id = $1", id)
	if err != nil {
		return false, err
	}
	found := rows.Next()
	if found {
		v.Source, err = scanSource(rows.Scan)
	}
	return found && err == nil, errors.Join(err, closeRows(rows))
}

func none(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// HostDue notes that there is something to do at a host at a time, at the latest when it may be asked again.
func (t *Tx) HostDue(host string, at time.Time) error {
	_, err := t.exec(`insert into source_host (host, due, next, lease, lease_until, pages, slow, robots, robots_at) values ($1, $2, 0, '', 0, 0, 0, '', 0)
		on conflict (host) do update set due = case when source_host.due > 0 and source_host.due < excluded.due
			then case when source_host.next > source_host.due then source_host.next else source_host.due end
			else case when source_host.next > excluded.due then source_host.next else excluded.due end end`, host, micros(at))
	return err
}

// EndVisit gives the host back: it is not asked again before next. It reports false, and changes nothing, if the lease was lost.
func (t *Tx) EndVisit(v Visit, next time.Time) (bool, error) {
	var lease string
	if err := t.row("select lease from source_host where host = $1", []any{v.Host}, &lease); err != nil || lease != v.Lease {
		return false, none(err)
	}
	if slow := t.s.now().Sub(v.Began) > slowVisit; slow != v.Slow {
		if _, err := t.exec("update source_host set slow = $1 where host = $2", slow, v.Host); err != nil {
			return false, err
		}
	}
	return true, t.hostRests(v.Host, next)
}

// hostRests ends a host's lease and finds out when there is something to do there next.
func (t *Tx) hostRests(host string, next time.Time) error {
	var feed, page *int64
	if err := t.row("select min(due) from source where host = $1 and paused = 0", []any{host}, &feed); err != nil {
		return err
	}
	if err := t.row("select min(e.due) from source_entry e join source s on s.id = e.source where e.host = $1 and e.waiting = 1 and s.paused = 0", []any{host}, &page); err != nil {
		return err
	}
	due := int64(0)
	for _, d := range []*int64{feed, page} {
		if d != nil && (due == 0 || *d < due) {
			due = max(*d, 1)
		}
	}
	if due > 0 {
		due = max(due, micros(next))
	}
	_, err := t.exec("update source_host set due = $1, next = case when next > $2 then next else $2 end, lease = '', lease_until = 0 where host = $3", due, micros(next), host)
	return err
}

// PutRobots notes what a host's robots.txt says.
func (t *Tx) PutRobots(host string, a source.Allowance, at time.Time) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = t.exec("update source_host set robots = $1, robots_at = $2 where host = $3", string(b), micros(at), host)
	return err
}

// PutState writes how a source fares after a poll; its next turn is at the host of the step that is next.
func (t *Tx) PutState(src source.Source, st source.State) error {
	host := src.Host()
	if st.Step != "" {
		host = source.Host(st.Step)
	}
	b, err := json.Marshal(st)
	if err != nil {
		return err
	}
	res, err := t.exec("update source set state = $1, due = $2, last_item = $3, host = $4 where id = $5", string(b), micros(st.Due), micros(st.LastItem), host, string(src.ID))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err // it was removed meanwhile
	}
	return t.HostDue(host, st.Due)
}

// What PutEntry found an entry to be.
const (
	EntryNew     = "new"
	EntryChanged = "changed"
	EntryKnown   = "known" // its page came by another entry
)

// PutEntry notes an entry that stands in a source's feed and is not known, or has changed: it waits to be taken in, unless its page came, or is to
// come, by another source or by this one under another id. host is where it has its turn.
// With wait false it is noted and passed over.
func (t *Tx) PutEntry(id source.ID, e source.Entry, host string, wait bool, now time.Time) (string, error) {
	k, link, digest := e.Key(), e.LinkKey(), e.Digest()
	if e.Link == "" {
		link = source.Key{}
	}
	linkBytes := link[:]
	if link == (source.Key{}) {
		linkBytes = []byte{}
	}
	what, capture := EntryNew, ""
	var words []byte
	var row int64
	var was []byte
	err := t.row("select id, digest, words, capture from source_entry where source = $1 and key = $2", []any{string(id), k[:]}, &row, &was, &words, &capture)
	switch {
	case err == nil && bytes.Equal(was, digest[:]):
		return EntryKnown, nil
	case err == nil:
		what = EntryChanged
	case !errors.Is(err, sql.ErrNoRows):
		return "", err
	}
	if what == EntryNew && len(linkBytes) > 0 {
		var other string
		err := t.row("select source, digest, words, capture from source_entry where link = $1 and link <> x'' and (capture <> '' or waiting = 1) order by source <> $2, id limit 1", []any{linkBytes, string(id)}, &other, &was, &words, &capture)
		switch {
		case err == nil && other == string(id) && !bytes.Equal(was, digest[:]):
			what = EntryChanged // it has got another id as well
		case err == nil:
			what = EntryKnown
		case !errors.Is(err, sql.ErrNoRows):
			return "", err
		}
	}
	e.Again = what == EntryChanged
	fields := ""
	wait = wait && what != EntryKnown
	if wait {
		b, err := json.Marshal(e)
		if err != nil {
			return "", err
		}
		fields = string(b)
	}
	if words == nil {
		words = []byte{}
	}
	day := now.UTC().Truncate(24 * time.Hour)
	if _, err := t.exec(`insert into source_entry (source, key, link, digest, words, waiting, host, due, tries, seen, fields, capture) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11)
		on conflict (source, key) do update set link = excluded.link, digest = excluded.digest, waiting = excluded.waiting, host = excluded.host, due = excluded.due, tries = 0, seen = excluded.seen, fields = excluded.fields`,
		string(id), k[:], linkBytes, digest[:], words, wait, host, micros(now), micros(day), fields, capture); err != nil {
		return "", err
	}
	if !wait {
		return what, nil
	}
	return what, t.HostDue(host, now)
}

// SeenEntries notes that entries stand in the feed still, and forgets those that have not stood there for more than a year.
func (t *Tx) SeenEntries(id source.ID, keys []source.Key, now time.Time) error {
	day := now.UTC().Truncate(24 * time.Hour)
	for _, k := range keys {
		if _, err := t.exec("update source_entry set seen = $1 where source = $2 and key = $3", micros(day), string(id), k[:]); err != nil {
			return err
		}
	}
	_, err := t.exec("delete from source_entry where source = $1 and waiting = 0 and seen < $2", string(id), micros(now.AddDate(0, -13, 0)))
	return err
}

// EntryTaken notes what became of an item: the words that were read and the capture that was made, if any; fresh: it is a new one.
func (t *Tx) EntryTaken(id source.ID, e *WaitingEntry, words source.Key, c wire.CaptureID, fresh bool) error {
	res, err := t.exec("update source_entry set waiting = 0, fields = '', words = $1, capture = $2 where id = $3 and source = $4", words[:], string(c), e.Row, string(id))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err // the source was removed meanwhile
	}
	if !fresh {
		return nil
	}
	_, err = t.exec("update source set items = items + 1 where id = $1", string(id))
	return err
}

// EntryMoves gives an item that leads to another host its turn there.
func (t *Tx) EntryMoves(e *WaitingEntry, to string, now time.Time) error {
	next := e.Entry
	next.Fetch, next.Hops = to, e.Hops+1
	fields, err := json.Marshal(next)
	if err != nil {
		return err
	}
	host := source.Host(to)
	if _, err := t.exec("update source_entry set fields = $1, host = $2, due = $3 where id = $4", string(fields), host, micros(now), e.Row); err != nil {
		return err
	}
	return t.HostDue(host, now)
}

// PutTaken notes an item that was taken in without having waited: a page that is watched, a file, a message. fresh: there is a new capture.
func (t *Tx) PutTaken(id source.ID, k, digest, words source.Key, host string, c wire.CaptureID, fresh bool, now time.Time) error {
	if _, err := t.exec(`insert into source_entry (source, key, link, digest, words, waiting, host, due, tries, seen, fields, capture) values ($1, $2, $3, $4, $5, 0, $6, $7, 0, $8, '', $9)
		on conflict (source, key) do update set digest = excluded.digest, words = excluded.words, seen = excluded.seen, capture = excluded.capture`,
		string(id), k[:], []byte{}, digest[:], words[:], host, micros(now), micros(now.UTC().Truncate(24*time.Hour)), string(c)); err != nil || !fresh {
		return err
	}
	_, err := t.exec("update source set items = items + 1, taken = $2 where id = $1", string(id), micros(now))
	return err
}

// EntryLater puts an item off after a failure that may pass.
func (t *Tx) EntryLater(e *WaitingEntry, at time.Time) error {
	_, err := t.exec("update source_entry set tries = tries + 1, due = $1 where id = $2", micros(at), e.Row)
	return err
}

// NextVisit is when some host has a turn, as for ClaimVisit; the zero time if none has.
func (s *Store) NextVisit(ctx context.Context, slow bool) (time.Time, error) {
	var at *int64
	err := s.r.QueryRowContext(ctx, "select min(case when due > lease_until then due else lease_until end) from source_host where due > 0 and slow <= $1", slow).Scan(&at)
	if err != nil || at == nil {
		return time.Time{}, err
	}
	return fromMicros(*at), nil
}
