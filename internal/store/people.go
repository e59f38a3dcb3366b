package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// ChangePeople runs change in one transaction.
func (s *Store) ChangePeople(ctx context.Context, change func(people.Tx) error) error {
	return s.Write(ctx, func(t *Tx) error { return change(t) })
}

const userColumns = "p.id, p.member, p.login, p.name, p.owner, p.created, p.disabled"

func scanUser(scan func(...any) error, more ...any) (people.User, error) {
	var u people.User
	var owner, created, disabled int64
	err := scan(append([]any{&u.ID, &u.Member, &u.Login, &u.Name, &owner, &created, &disabled}, more...)...)
	u.Owner, u.Created, u.Disabled = owner != 0, fromMicros(created), disabled != 0
	return u, err
}

// user reads one person with her roles.
func (s *Store) user(ctx context.Context, row *sql.Row, more ...any) (people.User, error) {
	u, err := scanUser(row.Scan, more...)
	if err != nil {
		return people.User{}, orNotFound(err, "There is no such person.")
	}
	u.Grants, err = list(ctx, s, func(scan func(...any) error) (people.Grant, error) {
		var g people.Grant
		err := scan(&g.Desk, &g.Role)
		return g, err
	},
		"select desk, role from desk_grant where person = $1 order by desk, role", string(u.ID))
	return u, err
}

// User finds a person by id.
func (s *Store) User(ctx context.Context, id people.UserID) (people.User, error) {
	return s.user(ctx, s.r.QueryRowContext(ctx, "select "+userColumns+" from person p where p.id = $1", string(id)))
}

// UserByLogin finds a person by login, without regard to case, with her hashed password.
func (s *Store) UserByLogin(ctx context.Context, login string) (u people.User, password string, err error) {
	u, err = s.user(ctx, s.r.QueryRowContext(ctx, "select "+userColumns+", p.password from person p where p.login_key = $1", strings.ToLower(login)), &password)
	return u, password, err
}

// Users lists the people of a member, or of every member, by login.
func (s *Store) Users(ctx context.Context, member wire.MemberID) ([]people.User, error) {
	all, err := list(ctx, s, func(scan func(...any) error) (people.User, error) { return scanUser(scan) },
		"select "+userColumns+" from person p where $1 = '' or p.member = $1 order by p.member, p.login_key", string(member))
	if err != nil {
		return nil, err
	}
	grants := map[people.UserID][]people.Grant{}
	_, err = list(ctx, s, func(scan func(...any) error) (id people.UserID, err error) {
		var g people.Grant
		err = scan(&id, &g.Desk, &g.Role)
		grants[id] = append(grants[id], g)
		return id, err
	}, "select g.person, g.desk, g.role from desk_grant g join person p on p.id = g.person where $1 = '' or p.member = $1 order by g.person, g.desk, g.role", string(member))
	for i := range all {
		all[i].Grants = grants[all[i].ID]
	}
	return all, err
}

const deskColumns = "d.id, d.member, d.names, d.approvals, d.phone"

func scanDesk(scan func(...any) error) (people.Desk, error) {
	var d people.Desk
	var names string
	if err := scan(&d.ID, &d.Member, &names, &d.Approvals, &d.Phone); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(names), &d.Names); err != nil {
		return d, fault.E(fault.Corrupt, "The names of the desk %s are damaged.", d.ID).Because(err)
	}
	return d, nil
}

// Desk finds a desk.
func (s *Store) Desk(ctx context.Context, id people.DeskID) (people.Desk, error) {
	d, err := scanDesk(s.r.QueryRowContext(ctx, "select "+deskColumns+" from desk d where d.id = $1", string(id)).Scan)
	return d, orNotFound(err, "There is no such desk.")
}

// Desks lists the desks of a member, or of every member, oldest first.
func (s *Store) Desks(ctx context.Context, member wire.MemberID) ([]people.Desk, error) {
	return list(ctx, s, scanDesk, "select "+deskColumns+" from desk d where $1 = '' or d.member = $1 order by d.member, d.created, d.id", string(member))
}

// Session finds a session by the hash of its secret, with who is signed in and the desks at which she has a role.
func (s *Store) Session(ctx context.Context, hash []byte) (x people.Session, u people.User, desks []people.Desk, err error) {
	var created, used, expires int64
	u, err = s.user(ctx, s.r.QueryRowContext(ctx, "select "+userColumns+", s.id, s.agent, s.created, s.used, s.expires from session s join person p on p.id = s.person where s.hash = $1", hash),
		&x.ID, &x.Agent, &created, &used, &expires)
	if err != nil {
		return x, u, nil, err
	}
	x.User, x.Created, x.Used, x.Expires = u.ID, fromMicros(created), fromMicros(used), fromMicros(expires)
	desks, err = list(ctx, s, scanDesk, "select "+deskColumns+" from desk d where d.id in (select desk from desk_grant where person = $1) order by d.created, d.id", string(u.ID))
	return x, u, desks, err
}

// Sessions lists the sessions of a person, the one last used first.
func (s *Store) Sessions(ctx context.Context, user people.UserID) ([]people.Session, error) {
	return list(ctx, s, func(scan func(...any) error) (people.Session, error) {
		var created, used, expires int64
		x := people.Session{User: user}
		err := scan(&x.ID, &x.Agent, &created, &used, &expires)
		x.Created, x.Used, x.Expires = fromMicros(created), fromMicros(used), fromMicros(expires)
		return x, err
	}, "select id, agent, created, used, expires from session where person = $1 order by used desc, id", string(user))
}

// LastUse tells when these people last used one of their sessions that have not run out.
func (s *Store) LastUse(ctx context.Context, users []people.UserID, now time.Time) (map[people.UserID]time.Time, error) {
	out := make(map[people.UserID]time.Time, len(users))
	for some := range slices.Chunk(users, 200) {
		args := make([]any, 0, len(some)+1)
		for _, u := range some {
			args = append(args, string(u))
		}
		_, err := list(ctx, s, func(scan func(...any) error) (u people.UserID, err error) {
			var at int64
			err = scan(&u, &at)
			out[u] = fromMicros(at)
			return u, err
		}, fmt.Sprintf("select person, max(used) from session where person in (%s) and expires > $%d group by person", placeholders(len(some)), len(some)+1), append(args, micros(now))...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

const invitationColumns = "id, kind, member, person, grants, inviter, created, expires, used, used_by, ended"

func scanInvitation(scan func(...any) error) (people.Invitation, error) {
	var i people.Invitation
	var grants string
	var created, expires, used, ended int64
	if err := scan(&i.ID, &i.Kind, &i.Member, &i.User, &grants, &i.By, &created, &expires, &used, &i.UsedBy, &ended); err != nil {
		return i, err
	}
	i.Created, i.Expires, i.Used, i.Ended = fromMicros(created), fromMicros(expires), fromMicros(used), fromMicros(ended)
	if err := json.Unmarshal([]byte(grants), &i.Grants); err != nil {
		return i, fault.E(fault.Corrupt, "The invitation %s is damaged.", i.ID).Because(err)
	}
	return i, nil
}

// Invitation finds an invitation by the hash of its secret, whatever became of it.
func (s *Store) Invitation(ctx context.Context, hash []byte) (people.Invitation, error) {
	i, err := scanInvitation(s.r.QueryRowContext(ctx, "select "+invitationColumns+" from invitation where hash = $1", hash).Scan)
	return i, orNotFound(err, "There is no such invitation.")
}

// Invitations lists the invitations of a member, or of every member, newest first.
func (s *Store) Invitations(ctx context.Context, member wire.MemberID) ([]people.Invitation, error) {
	return list(ctx, s, scanInvitation, "select "+invitationColumns+" from invitation where $1 = '' or member = $1 order by created desc, id limit 500", string(member))
}

// Audit lists what was done, newest first.
func (s *Store) Audit(ctx context.Context, f people.AuditFilter) ([]people.Entry, error) {
	// Each filter that is not asked for stays out of the statement, so that the index fits what is.
	var where []string
	var args []any
	with := func(condition string, values ...any) {
		at := make([]any, len(values))
		for i, v := range values {
			args = append(args, v)
			at[i] = len(args)
		}
		where = append(where, fmt.Sprintf(condition, at...))
	}
	with("at >= $%d", micros(f.Since))
	switch {
	case f.Member == "":
	case f.Person != "":
		with("member || '' = $%d", string(f.Member)) // out of reach of the member's index: the person's are the shorter ones
	default:
		with("member = $%d", string(f.Member))
	}
	if !f.Before.IsZero() {
		with("(at < $%[1]d or at = $%[1]d and id < $%[2]d)", micros(f.Before), f.BeforeID)
		with("at <= $%d", micros(f.Before))
	}
	if f.Person != "" {
		with("(person = $%[1]d or object = $%[1]d)", string(f.Person))
	}
	if f.Action != "" {
		with("action = $%d", f.Action)
	}
	args = append(args, f.Limit)
	return list(ctx, s, func(scan func(...any) error) (people.Entry, error) {
		var e people.Entry
		var at int64
		err := scan(&e.ID, &at, &e.Member, &e.Actor, &e.Action, &e.Object, &e.Detail, &e.Count)
		e.At = fromMicros(at)
		return e, err
	}, fmt.Sprintf("select id, at, member, person, action, object, detail, count from audit where %s order by at desc, id desc limit +$%d", strings.Join(where, " and "), len(args)), args...)
}

// list reads every row of a query.
func list[T any](ctx context.Context, s *Store, scan func(func(...any) error) (T, error), query string, args ...any) (out []T, err error) {
	rows, err := s.r.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		x, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

func orNotFound(err error, sentence string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.E(fault.NotFound, "%s", sentence)
	}
	return err
}

// one runs a statement that must change a row.
func (t *Tx) one(otherwise *fault.Error, query string, args ...any) error {
	res, err := t.exec(query, args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		return otherwise
	}
	return err
}

var (
	noPerson = fault.E(fault.NotFound, "There is no such person.")
	noDesk   = fault.E(fault.NotFound, "There is no such desk.")
)

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// AddUser makes a person.
func (t *Tx) AddUser(u people.User, password string) error {
	var n int
	if err := t.row("select count(*) from person where login_key = $1", []any{strings.ToLower(u.Login)}, &n); err != nil {
		return err
	}
	if n > 0 {
		return people.ErrLoginTaken
	}
	if _, err := t.exec("insert into person (id, member, login, login_key, name, password, owner, created, disabled) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		string(u.ID), string(u.Member), u.Login, strings.ToLower(u.Login), u.Name, password, flag(u.Owner), micros(u.Created), 0); err != nil {
		return err
	}
	for _, g := range u.Grants {
		if err := t.Grant(u.ID, g); err != nil {
			return err
		}
	}
	return nil
}

// SetName changes a person's name.
func (t *Tx) SetName(id people.UserID, name string) error {
	return t.one(noPerson, "update person set name = $2 where id = $1", string(id), name)
}

// SetDisabled keeps a person out, or lets her in again.
func (t *Tx) SetDisabled(id people.UserID, disabled bool) error {
	at := int64(0)
	if disabled {
		at = micros(t.s.now())
	}
	return t.one(noPerson, "update person set disabled = $2 where id = $1", string(id), at)
}

// SetPassword changes a person's hashed password.
func (t *Tx) SetPassword(id people.UserID, password string) error {
	return t.one(noPerson, "update person set password = $2 where id = $1", string(id), password)
}

// AddDesk makes a desk.
func (t *Tx) AddDesk(d people.Desk, at time.Time) error {
	names, err := json.Marshal(d.Names)
	if err != nil {
		return err
	}
	_, err = t.exec("insert into desk (id, member, names, approvals, phone, created) values ($1, $2, $3, $4, $5, $6)",
		string(d.ID), string(d.Member), string(names), d.Approvals, d.Phone, micros(at))
	return err
}

// SetDesk changes all of a desk but its member.
func (t *Tx) SetDesk(d people.Desk) error {
	names, err := json.Marshal(d.Names)
	if err != nil {
		return err
	}
	return t.one(noDesk, "update desk set names = $2, approvals = $3, phone = $4 where id = $1", string(d.ID), string(names), d.Approvals, d.Phone)
}

// Grant gives a role; one that she has stays.
func (t *Tx) Grant(id people.UserID, g people.Grant) error {
	_, err := t.exec("insert into desk_grant (person, desk, role) values ($1, $2, $3) on conflict do nothing", string(id), string(g.Desk), string(g.Role))
	return err
}

// Ungrant takes a role.
func (t *Tx) Ungrant(id people.UserID, g people.Grant) error {
	_, err := t.exec("delete from desk_grant where person = $1 and desk = $2 and role = $3", string(id), string(g.Desk), string(g.Role))
	return err
}

// Admits refuses whoever has another password meanwhile, or is kept out.
func (t *Tx) Admits(id people.UserID, password string) error {
	var n int
	err := t.row("select count(*) from person where id = $1 and password = $2 and disabled = 0", []any{string(id), password}, &n)
	if err == nil && n == 0 {
		return people.ErrWrong
	}
	return err
}

// AddSession opens a session; those that have run out go.
func (t *Tx) AddSession(x people.Session, hash []byte) error {
	if _, err := t.exec("delete from session where expires <= $1", micros(x.Created)); err != nil {
		return err
	}
	_, err := t.exec("insert into session (hash, id, person, agent, created, used, expires) values ($1, $2, $3, $4, $5, $6, $7)",
		hash, x.ID, string(x.User), x.Agent, micros(x.Created), micros(x.Used), micros(x.Expires))
	return err
}

// UseSession notes when a session was last used.
func (t *Tx) UseSession(id string, at time.Time) error {
	_, err := t.exec("update session set used = $2 where id = $1 and used < $2", id, micros(at))
	return err
}

// EndSession ends one session of a person.
func (t *Tx) EndSession(user people.UserID, id string) error {
	return t.one(fault.E(fault.NotFound, "There is no such session."), "delete from session where person = $1 and id = $2", string(user), id)
}

// EndSessions ends every session of a person but one.
func (t *Tx) EndSessions(user people.UserID, except string) error {
	_, err := t.exec("delete from session where person = $1 and id <> $2", string(user), except)
	return err
}

// AddInvitation makes an invitation.
func (t *Tx) AddInvitation(i people.Invitation, hash []byte) error {
	grants, err := json.Marshal(i.Grants)
	if err != nil {
		return err
	}
	_, err = t.exec("insert into invitation (hash, id, kind, member, person, grants, inviter, created, expires, used, used_by, ended) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', 0)",
		hash, i.ID, string(i.Kind), string(i.Member), string(i.User), string(grants), string(i.By), micros(i.Created), micros(i.Expires))
	return err
}

// UseInvitation marks an invitation as used: of two at the same moment one succeeds.
func (t *Tx) UseInvitation(id string, by people.UserID, at time.Time) error {
	return t.one(people.ErrInvitationUsed, "update invitation set used = $2, used_by = $3 where id = $1 and used = 0 and ended = 0", id, micros(at), string(by))
}

// EndInvitations ends what is open of one kind, for one person or for new ones.
func (t *Tx) EndInvitations(kind people.InvitationKind, user people.UserID, at time.Time) error {
	_, err := t.exec("update invitation set ended = $3 where kind = $1 and person = $2 and used = 0 and ended = 0", string(kind), string(user), micros(at))
	return err
}

// EndInvitationsOf ends what is open of a person's making, or waits for her.
func (t *Tx) EndInvitationsOf(user people.UserID, at time.Time) error {
	_, err := t.exec("update invitation set ended = $2 where (person = $1 or inviter = $1) and used = 0 and ended = 0", string(user), micros(at))
	return err
}

// EndInvitation takes one invitation back.
func (t *Tx) EndInvitation(id string, at time.Time) error {
	return t.one(fault.E(fault.NotFound, "There is no open invitation like this."), "update invitation set ended = $2 where id = $1 and used = 0 and ended = 0", id, micros(at))
}

// AddEntry writes a row of the audit list, or adds to the count of the row with its id.
func (t *Tx) AddEntry(e people.Entry) error {
	_, err := t.exec("insert into audit (id, at, member, person, action, object, detail, count) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set count = audit.count + excluded.count, at = excluded.at",
		e.ID, micros(e.At), string(e.Member), string(e.Actor), e.Action, e.Object, e.Detail, max(e.Count, 1))
	return err
}
