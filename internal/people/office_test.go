package people_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
)

// A member keeps an administrator and a node an owner, also when two end each other at the same moment.
func TestSomebodyStaysInCharge(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	make := func(login string, owner bool, roles ...people.Role) people.Person {
		t.Helper()
		u := people.User{Member: alfa, Login: login, Name: login, Owner: owner}
		for _, r := range roles {
			u.Grants = append(u.Grants, people.Grant{Desk: h.desks[alfa].ID, Role: r})
		}
		u, err := h.MakeUser(ctx, u)
		h.must(err)
		return people.Person{User: u}
	}
	admin := people.Grant{Desk: h.desks[alfa].ID, Role: people.Administrator}
	owner, only := make("owner", true), make("only", false, people.Administrator)
	if err := h.TakeRole(ctx, owner, only.ID, admin); !errors.Is(err, people.ErrLastAdministrator) {
		t.Errorf("the last administrator's role: %v", err)
	}
	if err := h.SetDisabled(ctx, owner, only.ID, true); !errors.Is(err, people.ErrLastAdministrator) {
		t.Errorf("the last administrator kept out: %v", err)
	}
	other := make("other", true)
	atOnce := func(first, second func() error) {
		t.Helper()
		var wait sync.WaitGroup
		var errs [2]error
		wait.Go(func() { errs[0] = first() })
		wait.Go(func() { errs[1] = second() })
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("two end each other: %v, %v", errs[0], errs[1])
		}
	}
	atOnce(func() error { return h.SetDisabled(ctx, owner, other.ID, true) }, func() error { return h.SetDisabled(ctx, other, owner.ID, true) })
	second := make("second", false, people.Administrator)
	atOnce(func() error { return h.TakeRole(ctx, only, second.ID, admin) }, func() error { return h.SetDisabled(ctx, second, only.ID, true) })
}

// The audit list is asked for a person, an action, a time.
func TestAuditIsFiltered(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	var us []people.Person
	for i := range 3 {
		u, err := h.MakeUser(ctx, people.User{Member: alfa, Login: fmt.Sprintf("person%d", i), Name: "P", Grants: []people.Grant{{Desk: h.desks[alfa].ID, Role: people.Administrator}}})
		h.must(err)
		us = append(us, people.Person{User: u})
	}
	h.must(h.GiveRole(ctx, us[0], us[1].ID, people.Grant{Desk: h.desks[alfa].ID, Role: people.Editor}))
	h.clock.Move(time.Hour)
	h.must(h.SetDisabled(ctx, us[1], us[2].ID, true))
	h.must(h.SetDisabled(ctx, us[1], us[2].ID, false))
	for _, c := range []struct {
		f    people.AuditFilter
		want int
	}{
		{people.AuditFilter{}, 3}, {people.AuditFilter{Person: us[1].ID}, 3}, {people.AuditFilter{Person: us[0].ID}, 1}, {people.AuditFilter{Person: us[2].ID}, 2},
		{people.AuditFilter{Action: people.UserDisabled}, 1}, {people.AuditFilter{Since: h.clock.Now()}, 2}, {people.AuditFilter{Person: us[0].ID, Action: people.UserDisabled}, 0},
		{people.AuditFilter{Before: h.clock.Now()}, 1}, {people.AuditFilter{Limit: 2}, 2},
	} {
		c.f.Member = alfa
		es, err := h.Audit(ctx, us[0], c.f)
		if err != nil || len(es) != c.want {
			t.Errorf("%+v: %d entries, want %d: %v", c.f, len(es), c.want, err)
		}
	}
	if used, err := h.LastUse(ctx, us[0], []people.User{us[1].User}); err != nil || len(used) != 0 {
		t.Errorf("%v %v", used, err)
	}
	_, err := h.OpenSession(ctx, us[1].ID, "test")
	h.must(err)
	all := []people.User{us[0].User, us[1].User, us[2].User}
	if used, err := h.LastUse(ctx, us[0], all); err != nil || len(used) != 1 || !used[us[1].ID].Equal(h.clock.Now()) {
		t.Errorf("%v %v", used, err)
	}
	if _, err := h.LastUse(ctx, us[0], append(all, people.User{ID: "other", Member: beta})); err == nil {
		t.Error("who is not of her member is told about")
	}
	h.clock.Move(people.SessionTime)
	if used, err := h.LastUse(ctx, us[0], all); err != nil || len(used) != 0 {
		t.Errorf("run out: %v %v", used, err)
	}
}

// meanwhile is a store on which something happens right after a person was read by her login.
type meanwhile struct {
	*store.Store
	do func(people.UserID)
}

func (m meanwhile) UserByLogin(ctx context.Context, login string) (people.User, string, error) {
	u, kept, err := m.Store.UserByLogin(ctx, login)
	m.do(u.ID)
	return u, kept, err
}

// TestSignInWithThePasswordBefore: a password that is changed while someone signs in with the old one lets
// her in no more, and neither does one of somebody who is kept out in that moment.
func TestSignInWithThePasswordBefore(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	p, _ := h.join(alfa, "dana", people.Reporter)
	for name, do := range map[string]func(people.UserID){
		"changed":  func(people.UserID) { h.must(h.ChangePassword(ctx, p, password, "another password")) },
		"kept out": func(id people.UserID) { h.must(h.SetDisabled(ctx, people.Operator, id, true)) },
	} {
		s := people.New(meanwhile{h.store, do}, people.Options{Now: h.clock.Now})
		if session, err := s.SignIn(ctx, "dana", password, home); !errors.Is(err, people.ErrWrong) {
			t.Errorf("%s: %v", name, err)
		} else if _, err := h.Person(ctx, session); err == nil {
			t.Errorf("%s: signed in", name)
		}
		h.must(h.SetDisabled(ctx, people.Operator, p.ID, false))
		secret, _, err := h.InviteBack(ctx, people.Operator, p.ID)
		h.must(err)
		_, err = h.Accept(ctx, secret, people.Acceptance{Password: password}, home)
		h.must(err)
	}
}

// TestInvitationsOfWhoAdministersNoMore: what she has sent out lets nobody in any more.
func TestInvitationsOfWhoAdministersNoMore(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	h.join(alfa, "first", people.Administrator)
	p, _ := h.join(alfa, "second", people.Administrator, people.Editor)
	d := h.desks[alfa].ID
	secret, _, err := h.Invite(ctx, p, d, []people.Role{people.Administrator})
	h.must(err)
	h.must(h.TakeRole(ctx, people.Operator, p.ID, people.Grant{Desk: d, Role: people.Editor}))
	if _, err := h.Look(ctx, secret); err != nil {
		t.Errorf("another role was taken: %v", err)
	}
	h.must(h.TakeRole(ctx, people.Operator, p.ID, people.Grant{Desk: d, Role: people.Administrator}))
	if _, err := h.Look(ctx, secret); !errors.Is(err, people.ErrInvitationOld) {
		t.Errorf("still: %v", err)
	}
}
