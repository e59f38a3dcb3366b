package store

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// AddMember makes a member with its two logs and their keys.
func (s *Store) AddMember(ctx context.Context, m wire.Member) error {
	return s.Write(ctx, func(t *Tx) error { return t.AddMember(m) })
}

// AddMember makes a member with its two logs and their keys.
func (t *Tx) AddMember(m wire.Member) error {
	if err := m.Validate(); err != nil {
		return err
	}
	names, short, err := memberNames(m)
	if err != nil {
		return err
	}
	var n int
	if err := t.row("select count(*) from member where id = $1 or domain = $2", []any{string(m.ID), m.Domain}, &n); err != nil {
		return err
	}
	if n > 0 {
		return fault.E(fault.Conflict, "There is a member with this short name or domain already.")
	}
	t.members = true
	_, err = t.exec("insert into member (id, kind, domain, names, short, zone, created) values ($1, $2, $3, $4, $5, $6, $7)",
		string(m.ID), string(m.Kind), m.Domain, names, short, m.Zone, micros(t.s.now()))
	if err != nil {
		return err
	}
	for _, c := range []tlog.Class{tlog.Public, tlog.Closed} {
		if err := t.makeLog(m.ID, c, m.Domain); err != nil {
			return err
		}
	}
	return nil
}

// SetMember changes a member's names and time zone. Its short name and domain stand in what it signed.
func (t *Tx) SetMember(m wire.Member) error {
	if err := m.Validate(); err != nil {
		return err
	}
	names, short, err := memberNames(m)
	if err != nil {
		return err
	}
	t.members = true
	return t.one(fault.E(fault.NotFound, "There is no member %q on this node.", m.ID), "update member set names = $2, short = $3, zone = $4 where id = $1", string(m.ID), names, short, m.Zone)
}

func memberNames(m wire.Member) (names, short string, err error) {
	n, err := json.Marshal(m.Names)
	if err != nil {
		return "", "", err
	}
	s, err := json.Marshal(m.Short)
	return string(n), string(s), err
}

// keptMembers are the members as they were read at a turn; every commit that changes one makes a new turn.
type keptMembers struct {
	turn atomic.Uint64
	now  atomic.Pointer[membersAt]
}

type membersAt struct {
	turn uint64
	all  map[wire.MemberID]wire.Member
}

// Members returns every member by id. Every page asks, so the answer is kept until a member is made or
// changed, and is shared: nobody may write to it.
func (s *Store) Members(ctx context.Context) (map[wire.MemberID]wire.Member, error) {
	turn := s.members.turn.Load() // before reading: what is read while it ends is kept for nobody
	if k := s.members.now.Load(); k != nil && k.turn == turn {
		return k.all, nil
	}
	ms, err := s.readMembers(ctx)
	if err == nil {
		s.members.now.Store(&membersAt{turn, ms})
	}
	return ms, err
}

func (s *Store) readMembers(ctx context.Context) (map[wire.MemberID]wire.Member, error) {
	rows, err := s.r.QueryContext(ctx, "select id, kind, domain, names, short, zone from member")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ms := map[wire.MemberID]wire.Member{}
	for rows.Next() {
		var m wire.Member
		var names, short string
		if err := rows.Scan(&m.ID, &m.Kind, &m.Domain, &names, &short, &m.Zone); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(names), &m.Names); err != nil {
			return nil, fault.E(fault.Corrupt, "The names of the member %s are damaged.", m.ID).Because(err)
		}
		if err := json.Unmarshal([]byte(short), &m.Short); err != nil {
			return nil, fault.E(fault.Corrupt, "The names of the member %s are damaged.", m.ID).Because(err)
		}
		ms[m.ID] = m
	}
	return ms, rows.Err()
}
