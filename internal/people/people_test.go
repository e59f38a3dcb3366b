package people_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

var (
	ctx  = context.Background()
	home = people.Device{Address: netip.MustParseAddr("192.0.2.7"), Agent: "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}
)

const (
	password   = "ұзын құпия й-сөз"
	alfa, beta = wire.MemberID("alfa"), wire.MemberID("beta")
)

// house is the service over a new folder with two members, each with a desk.
type house struct {
	*people.Service
	t     *testing.T
	store *store.Store
	clock *testkit.Clock
	desks map[wire.MemberID]people.Desk
}

func open(t *testing.T, demo bool) *house {
	t.Helper()
	n := testkit.Open(t)
	h := &house{Service: people.New(n.Store, people.Options{Now: n.Clock.Now, Demo: demo}), t: t, store: n.Store, clock: n.Clock, desks: map[wire.MemberID]people.Desk{}}
	for _, m := range []wire.MemberID{alfa, beta} {
		d, err := h.MakeDesk(ctx, people.Desk{Member: m, Names: map[lang.Tag]string{lang.EN: "Desk of " + string(m)}})
		h.must(err)
		h.desks[m] = d
	}
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// join is somebody of a member who came by invitation, signed in.
func (h *house) join(m wire.MemberID, login string, roles ...people.Role) (people.Person, string) {
	h.t.Helper()
	secret, _, err := h.Invite(ctx, people.Operator, h.desks[m].ID, roles)
	h.must(err)
	session, err := h.Accept(ctx, secret, people.Acceptance{Name: "Somebody", Login: login, Password: password}, home)
	h.must(err)
	return h.person(session), session
}

func (h *house) person(session string) people.Person {
	h.t.Helper()
	p, err := h.Person(ctx, session)
	h.must(err)
	return p
}

func (h *house) audit(action string) (out []people.Entry) {
	h.t.Helper()
	all, err := h.Audit(ctx, people.Operator, people.AuditFilter{})
	h.must(err)
	for _, e := range all {
		if e.Action == action {
			out = append(out, e)
		}
	}
	return out
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	p, first := h.join(alfa, "Aizhan", people.Editor)
	if p.Login != "Aizhan" || p.Member != alfa || len(p.Desks) != 1 || !p.Viewer().Has(access.Publish) || p.Viewer().Has(access.Admin) {
		t.Fatalf("%+v", p)
	}
	session, err := h.SignIn(ctx, " aizhan ", password, home)
	h.must(err)
	if q := h.person(session); q.ID != p.ID || q.Session == p.Session {
		t.Errorf("another person or the same session: %+v", q)
	}
	if _, err := h.SignIn(ctx, "aizhan", strings.ReplaceAll(password, "й", "и\u0306"), home); err != nil {
		t.Error("the same letters in another normal form:", err)
	}
	for _, c := range [][2]string{{"aizhan", "wrong password"}, {"aizhan", ""}, {"nobody", password}, {"", ""}, {strings.Repeat("x", 10000), password}, {"aizhan", strings.Repeat("x", 10000)}} {
		if _, err := h.SignIn(ctx, c[0], c[1], home); !errors.Is(err, people.ErrWrong) {
			t.Errorf("%.20q %.20q: %v", c[0], c[1], err)
		}
	}
	// Failures are counted, a row for her and one for logins that nobody has, which are not written down.
	failed := h.audit(people.SignInFailed)
	if len(failed) != 2 || failed[0].Count+failed[1].Count != 6 {
		t.Errorf("failed sign-ins: %+v", failed)
	}
	h.must(h.SignOut(ctx, session))
	h.must(h.SignOut(ctx, session))
	for _, s := range []string{session, "", "x"} {
		if _, err := h.Person(ctx, s); !errors.Is(err, people.ErrSignedOut) {
			t.Errorf("a session that is none: %v", err)
		}
	}
	h.clock.Move(people.SessionTime)
	if _, err := h.Person(ctx, first); !errors.Is(err, people.ErrSignedOut) {
		t.Errorf("a session that ran out: %v", err)
	}
}

// TestUnknownLoginTakesAsLong: of a login that nobody has, the time tells nothing.
func TestUnknownLoginTakesAsLong(t *testing.T) {
	h := open(t, false)
	h.join(alfa, "aizhan", people.Editor)
	least := func(login string) time.Duration {
		best := time.Hour
		for range 4 {
			began := time.Now()
			if _, err := h.SignIn(ctx, login, "not her password", home); !errors.Is(err, people.ErrWrong) {
				t.Fatal(err)
			}
			best = min(best, time.Since(began))
		}
		return best
	}
	known, unknown := least("aizhan"), least("nobody")
	if known > 3*unknown || unknown > 3*known {
		t.Errorf("known %v, unknown %v", known, unknown)
	}
}

func TestRolesCountAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	admin, _ := h.join(alfa, "admin", people.Administrator)
	p, session := h.join(alfa, "editor", people.Editor, people.Reporter)
	g := people.Grant{Desk: h.desks[alfa].ID, Role: people.Editor}
	h.must(h.TakeRole(ctx, admin, p.ID, g))
	if v, err := h.Viewer(ctx, session); err != nil || v.Has(access.Publish) || !v.Has(access.DraftScope) {
		t.Errorf("after the role was taken: %+v %v", v, err)
	}
	h.must(h.GiveRole(ctx, admin, p.ID, g))
	if v, _ := h.Viewer(ctx, session); !v.Has(access.Publish) {
		t.Error("a role that was given does not count")
	}
	h.must(h.SetDisabled(ctx, admin, p.ID, true))
	if _, err := h.Person(ctx, session); !errors.Is(err, people.ErrSignedOut) {
		t.Errorf("kept out: %v", err)
	}
	if _, err := h.SignIn(ctx, "editor", password, home); !errors.Is(err, people.ErrWrong) {
		t.Errorf("kept out, signing in: %v", err)
	}
	h.must(h.SetDisabled(ctx, admin, p.ID, false))
	if _, err := h.Person(ctx, session); !errors.Is(err, people.ErrSignedOut) {
		t.Errorf("an old session lives again: %v", err)
	}
	if _, err := h.SignIn(ctx, "editor", password, home); err != nil {
		t.Error(err)
	}
	for action, n := range map[string]int{people.RoleTaken: 1, people.RoleGiven: 1, people.UserDisabled: 1, people.UserEnabled: 1, people.Invited: 2, people.Accepted: 2, people.SignedIn: 1, people.SignInFailed: 1} {
		if got := h.audit(action); len(got) != n {
			t.Errorf("%s: %+v", action, got)
		}
	}
	// Nobody locks herself out.
	if err := h.TakeRole(ctx, admin, admin.ID, people.Grant{Desk: g.Desk, Role: people.Administrator}); fault.KindOf(err) != fault.NotAllowed {
		t.Error(err)
	}
	if err := h.SetDisabled(ctx, admin, admin.ID, true); fault.KindOf(err) != fault.NotAllowed {
		t.Error(err)
	}
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	admin, _ := h.join(alfa, "admin", people.Administrator)
	desk := h.desks[alfa].ID
	good := people.Acceptance{Name: "Дана Әлі", Login: "dana", Password: password}
	invite := func() string {
		secret, i, err := h.Invite(ctx, admin, desk, []people.Role{people.Reporter})
		h.must(err)
		if i.Member != alfa || len(secret) < 43 {
			t.Fatalf("%+v", i)
		}
		return secret
	}
	secret := invite()
	for range 3 { // looking uses nothing up
		o, err := h.Look(ctx, secret)
		if err != nil || o.Inviter != "Somebody" || len(o.Desks) != 1 || o.Kind != people.JoinLink {
			t.Fatalf("%+v %v", o, err)
		}
	}
	for field, a := range map[string]people.Acceptance{
		"name":     {Login: "dana", Password: password},
		"login":    {Name: "Дана", Login: "дана", Password: password},
		"password": {Name: "Дана", Login: "dana-dana-dana", Password: "Dana-dana-dana"},
	} {
		_, err := h.Accept(ctx, secret, a, home)
		if _, f := fault.Public(err); f != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := h.Accept(ctx, secret, people.Acceptance{Name: "Дана", Login: "dana", Password: "short"}, home); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	if _, err := h.Accept(ctx, secret, people.Acceptance{Name: "Дана", Login: "ADMIN", Password: password}, home); !errors.Is(err, people.ErrLoginTaken) {
		t.Error(err)
	}
	// Forwarded to two who open it at the same moment: one comes in.
	var in atomic.Int32
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			a := good
			a.Login = fmt.Sprintf("dana%d", i)
			if _, err := h.Accept(ctx, secret, a, home); err == nil {
				in.Add(1)
			} else if !errors.Is(err, people.ErrInvitationUsed) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if us, err := h.Users(ctx, admin, alfa); err != nil || in.Load() != 1 || len(us) != 2 {
		t.Errorf("%d came in: %v %v", in.Load(), us, err)
	}
	if _, err := h.Look(ctx, secret); !errors.Is(err, people.ErrInvitationUsed) {
		t.Errorf("replayed: %v", err)
	}
	old := invite()
	h.clock.Move(people.InvitationTime)
	if _, err := h.Accept(ctx, old, good, home); !errors.Is(err, people.ErrInvitationOld) {
		t.Errorf("expired: %v", err)
	}
	back := invite()
	open, err := h.Invitations(ctx, admin, alfa)
	h.must(err)
	h.must(h.EndInvitation(ctx, admin, alfa, open[0].ID))
	if _, err := h.Accept(ctx, back, good, home); !errors.Is(err, people.ErrInvitationOld) {
		t.Errorf("taken back: %v", err)
	}
	for _, s := range []string{"", "x", secret[1:], strings.Repeat("x", 5000)} {
		if _, err := h.Look(ctx, s); !errors.Is(err, people.ErrInvitation) {
			t.Errorf("%.10q: %v", s, err)
		}
	}
	// What an administrator has handed out ends with her.
	operator, _ := h.join(alfa, "second", people.Administrator)
	left := invite()
	h.must(h.SetDisabled(ctx, operator, admin.ID, true))
	if _, err := h.Accept(ctx, left, good, home); !errors.Is(err, people.ErrInvitationOld) {
		t.Errorf("of one who is kept out: %v", err)
	}
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	admin, _ := h.join(alfa, "admin", people.Administrator)
	p, session := h.join(alfa, "dana", people.Reporter)
	first, _, err := h.InviteBack(ctx, admin, p.ID)
	h.must(err)
	secret, _, err := h.InviteBack(ctx, admin, p.ID)
	h.must(err)
	if _, err := h.Look(ctx, first); !errors.Is(err, people.ErrInvitationOld) {
		t.Errorf("two links for one person: %v", err)
	}
	o, err := h.Look(ctx, secret)
	if err != nil || o.Person.ID != p.ID || len(o.Desks) != 1 {
		t.Fatalf("%+v %v", o, err)
	}
	again, err := h.Accept(ctx, secret, people.Acceptance{Password: "another password"}, home)
	h.must(err)
	if h.person(again).ID != p.ID {
		t.Error("somebody else")
	}
	if _, err := h.Person(ctx, session); !errors.Is(err, people.ErrSignedOut) {
		t.Errorf("the old session: %v", err)
	}
	if _, err := h.SignIn(ctx, "dana", password, home); !errors.Is(err, people.ErrWrong) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := h.DemoLink(ctx, p.ID); fault.KindOf(err) != fault.NotAllowed {
		t.Errorf("a demo link on a real node: %v", err)
	}
}

func TestOwnAccount(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	p, _ := h.join(alfa, "dana", people.Reporter)
	other, err := h.SignIn(ctx, "dana", password, people.Device{Agent: "curl/8.0\x00\u202e" + strings.Repeat("x", 300)})
	h.must(err)
	list, err := h.Sessions(ctx, p)
	if err != nil || len(list) != 2 || len([]rune(list[0].Agent)) > 40 && len([]rune(list[1].Agent)) > 40 {
		t.Fatalf("%+v %v", list, err)
	}
	if err := h.ChangePassword(ctx, p, "wrong password", "another password"); !errors.Is(err, people.ErrWrong) {
		t.Error(err)
	}
	if err := h.ChangePassword(ctx, p, password, "short"); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	h.must(h.ChangePassword(ctx, p, password, "another password"))
	if _, err := h.Person(ctx, other); !errors.Is(err, people.ErrSignedOut) {
		t.Errorf("another session after the password changed: %v", err)
	}
	if list, _ := h.Sessions(ctx, p); len(list) != 1 || list[0].ID != p.Session {
		t.Errorf("%+v", list)
	}
	stranger, _ := h.join(beta, "stranger", people.Administrator)
	if err := h.EndSession(ctx, stranger, p.Session); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody ends another's session: %v", err)
	}
	h.must(h.SetName(ctx, p, "  Дана Әлі "))
	if u, _ := h.User(ctx, p.ID); u.Name != "Дана Әлі" {
		t.Errorf("%q", u.Name)
	}
	if err := h.SetName(ctx, p, "a\u202eb"); fault.KindOf(err) != fault.Invalid {
		t.Error("a name that turns the page around")
	}
	h.must(h.EndSession(ctx, p, p.Session))
	for range 12 {
		err = h.ChangePassword(ctx, p, "wrong password", "another password")
	}
	if fault.KindOf(err) != fault.Busy {
		t.Errorf("guessing goes on: %v", err)
	}
	if len(h.audit(people.PasswordSet)) != 1 {
		t.Error("the change is not in the audit list")
	}
}

// TestUsedToTheMinute: a session's last use is kept, no finer than a minute.
func TestUsedToTheMinute(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	p, session := h.join(alfa, "dana", people.Reporter)
	used := func() time.Time {
		list, err := h.Sessions(ctx, p)
		h.must(err)
		return list[0].Used
	}
	first := used()
	h.clock.Move(59 * time.Second)
	h.person(session)
	time.Sleep(20 * time.Millisecond)
	if !used().Equal(first) {
		t.Error("noted within the minute")
	}
	h.clock.Move(time.Second)
	h.person(session)
	for range 200 {
		if used().After(first) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("never noted")
}

// TestWhoMayAdminister asks of every call what an administrator of the member, an editor of it, an
// administrator of another and an owner are answered.
func TestWhoMayAdminister(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	secret, _, err := h.Invite(ctx, people.Operator, h.desks[alfa].ID, []people.Role{people.Reporter})
	h.must(err)
	_ = secret
	admin, _ := h.join(alfa, "admin", people.Administrator)
	editor, _ := h.join(alfa, "editor", people.Editor)
	other, _ := h.join(beta, "other", people.Administrator)
	owner := other
	owner.Owner, owner.ID = true, "owner"
	target, _ := h.join(alfa, "target", people.Reporter)
	desk := h.desks[alfa]
	n := 0
	calls := map[string]func(p people.Person) error{
		"users": func(p people.Person) error { _, err := h.Users(ctx, p, alfa); return err },
		"invite": func(p people.Person) error {
			_, _, err := h.Invite(ctx, p, desk.ID, []people.Role{people.Editor})
			return err
		},
		"invite back": func(p people.Person) error { _, _, err := h.InviteBack(ctx, p, target.ID); return err },
		"invitations": func(p people.Person) error { _, err := h.Invitations(ctx, p, alfa); return err },
		"end invitation": func(p people.Person) error {
			_, i, err := h.Invite(ctx, people.Operator, desk.ID, []people.Role{people.Editor})
			h.must(err)
			return h.EndInvitation(ctx, p, alfa, i.ID)
		},
		"give": func(p people.Person) error {
			return h.GiveRole(ctx, p, target.ID, people.Grant{Desk: desk.ID, Role: people.Verifier})
		},
		"take": func(p people.Person) error {
			return h.TakeRole(ctx, p, target.ID, people.Grant{Desk: desk.ID, Role: people.Verifier})
		},
		"disable": func(p people.Person) error { return h.SetDisabled(ctx, p, target.ID, false) },
		"create desk": func(p people.Person) error {
			_, err := h.CreateDesk(ctx, p, people.Desk{Member: alfa, Names: map[lang.Tag]string{lang.KK: "Бөлім"}, Approvals: 2})
			return err
		},
		"change desk": func(p people.Person) error {
			return h.ChangeDesk(ctx, p, people.Desk{ID: desk.ID, Names: desk.Names, Phone: "+00 000"})
		},
		"change member": func(p people.Person) error {
			return h.ChangeMember(ctx, p, wire.Member{ID: alfa, Zone: "Asia/Almaty", Names: map[lang.Tag]string{lang.KK: "Альфа"}})
		},
		"tokens": func(p people.Person) error { _, err := h.Tokens(ctx, p, alfa); return err },
		"create token": func(p people.Person) error {
			_, _, err := h.CreateToken(ctx, p, alfa, []access.Scope{access.Read}, "test")
			return err
		},
		"revoke token": func(p people.Person) error {
			_, k, err := h.CreateToken(ctx, people.Operator, alfa, []access.Scope{access.Read}, "test")
			h.must(err)
			return h.RevokeToken(ctx, p, alfa, k.ID)
		},
		"audit": func(p people.Person) error {
			_, err := h.Audit(ctx, p, people.AuditFilter{Member: alfa})
			return err
		},
	}
	for name, call := range calls {
		for who, c := range map[string]struct {
			p    people.Person
			want fault.Kind
		}{"admin": {admin, ""}, "owner": {owner, ""}, "editor": {editor, fault.NotAllowed}, "other": {other, fault.NotFound}, "nobody": {people.Person{}, fault.NotFound}} {
			n++
			err := call(c.p)
			if c.want == "" && err != nil || c.want != "" && (err == nil || fault.KindOf(err) != c.want) {
				t.Errorf("%s by %s: %v", name, who, err)
			}
		}
	}
	// The whole node, and what is its owner's.
	for _, p := range []people.Person{admin, other, {}} {
		if _, err := h.Audit(ctx, p, people.AuditFilter{}); err == nil {
			t.Error("an administrator reads the audit list of the node")
		}
		if _, err := h.Users(ctx, p, ""); err == nil {
			t.Error("an administrator lists the people of the node")
		}
		if err := h.AddMember(ctx, p, wire.Member{ID: "gamma", Kind: wire.Agency, Domain: "gamma.example", Zone: "UTC", Names: map[lang.Tag]string{lang.EN: "Gamma"}}); fault.KindOf(err) != fault.NotAllowed {
			t.Error(err)
		}
	}
	h.must(h.AddMember(ctx, owner, wire.Member{ID: "gamma", Kind: wire.Agency, Domain: "gamma.example", Zone: "UTC", Names: map[lang.Tag]string{lang.EN: "Gamma"}}))
	// A desk of another member gives nobody anything.
	if err := h.GiveRole(ctx, owner, target.ID, people.Grant{Desk: h.desks[beta].ID, Role: people.Editor}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a role at a foreign desk: %v", err)
	}
	for _, d := range []people.Desk{{Member: alfa}, {Member: alfa, Names: desk.Names, Approvals: 3}, {Member: alfa, Names: map[lang.Tag]string{lang.EN: "a\nb"}}} {
		if _, err := h.CreateDesk(ctx, admin, d); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", d, err)
		}
	}
	if m, err := h.store.Members(ctx); err != nil || m[alfa].Names[lang.KK] != "Альфа" || m[alfa].Domain == "" {
		t.Errorf("%+v %v", m[alfa], err)
	}
	_ = n
}

// TestOwner: the first person of a node makes its member; an administrator has no power over her.
func TestOwner(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	first, ok, err := h.InviteOwner(ctx)
	h.must(err)
	secret, ok2, err := h.InviteOwner(ctx)
	h.must(err)
	if !ok || !ok2 {
		t.Fatal("no invitation for the owner")
	}
	if _, err := h.Look(ctx, first); !errors.Is(err, people.ErrInvitationOld) {
		t.Errorf("the link of the start before: %v", err)
	}
	a := people.Acceptance{Name: "Owner", Login: "owner", Password: password, Desk: map[lang.Tag]string{lang.EN: "Desk"},
		New: &wire.Member{ID: "newsroom", Kind: wire.Agency, Domain: "newsroom.example", Zone: "Asia/Almaty", Names: map[lang.Tag]string{lang.EN: "Newsroom"}}}
	bad := a
	bad.New = &wire.Member{ID: "newsroom", Kind: wire.Agency, Domain: "newsroom.example", Zone: "Mars/Phobos", Names: map[lang.Tag]string{lang.EN: "Newsroom"}}
	if _, err := h.Accept(ctx, secret, bad, home); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	session, err := h.Accept(ctx, secret, a, home)
	h.must(err)
	owner := h.person(session)
	if !owner.Owner || owner.Member != "newsroom" || !owner.Viewer().Has(access.Admin) || !owner.Viewer().Has(access.Publish) {
		t.Errorf("%+v", owner)
	}
	if _, ok, err := h.InviteOwner(ctx); ok || err != nil {
		t.Errorf("a second owner's link: %v", err)
	}
	h.desks["newsroom"] = owner.Desks[0]
	admin, _ := h.join("newsroom", "admin", people.Administrator)
	_, _, err1 := h.InviteBack(ctx, admin, owner.ID)
	for _, err := range []error{err1, h.SetDisabled(ctx, admin, owner.ID, true), h.TakeRole(ctx, admin, owner.ID, people.Grant{Desk: owner.Desks[0].ID, Role: people.Editor})} {
		if fault.KindOf(err) != fault.NotAllowed {
			t.Errorf("an administrator against an owner: %v", err)
		}
	}
}

// TestSlowDown: after ten wrong tries of a login one more each ten seconds; where she is known, what
// others try does not slow her; a right one costs nothing.
func TestSlowDown(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	h.Service = people.New(alone{h.store}, people.Options{Now: h.clock.Now})
	h.join(alfa, "dana", people.Reporter)
	for range 15 {
		if _, err := h.SignIn(ctx, "dana", password, home); err != nil {
			t.Fatal(err)
		}
	}
	thief := people.Device{Address: netip.MustParseAddr("2001:db8::1")}
	wrong, busy := 0, 0
	for range 12 {
		_, err := h.SignIn(ctx, "dana", "not her password", thief)
		switch {
		case errors.Is(err, people.ErrWrong):
			wrong++
		case fault.KindOf(err) == fault.Busy:
			busy++
		}
	}
	if wrong != 10 || busy != 2 {
		t.Errorf("%d wrong, %d busy", wrong, busy)
	}
	if _, err := h.SignIn(ctx, "dana", password, people.Device{Address: netip.MustParseAddr("198.51.100.4")}); fault.KindOf(err) != fault.Busy {
		t.Errorf("a new place, while somebody guesses: %v", err)
	}
	if _, err := h.SignIn(ctx, "dana", password, home); err != nil {
		t.Errorf("she herself, where she is known: %v", err)
	}
	h.clock.Move(10 * time.Second)
	if _, err := h.SignIn(ctx, "dana", "not her password", thief); !errors.Is(err, people.ErrWrong) {
		t.Errorf("ten seconds later: %v", err)
	}
	if _, err := h.SignIn(ctx, "dana", "not her password", thief); fault.KindOf(err) != fault.Busy {
		t.Errorf("and at once again: %v", err)
	}
}

// alone is a store that one node has open, whatever engine it is on: it counts in memory, by its own clock.
type alone struct{ *store.Store }

func (alone) Buckets(context.Context, []string) (map[string]time.Time, error) { return nil, nil }

func (alone) FillBuckets(context.Context, time.Time, time.Duration, []people.Bucket) (map[string]time.Time, error) {
	return nil, nil
}

// slow is a store that takes as long to count as it is given.
type slow struct{ alone }

func (slow) FillBuckets(ctx context.Context, _ time.Time, _ time.Duration, _ []people.Bucket) (map[string]time.Time, error) {
	if end, ok := ctx.Deadline(); !ok || time.Until(end) > 10*time.Second {
		return nil, errors.New("without end")
	}
	return nil, errSlow
}

var errSlow = errors.New("too slow")

// TestCountingHasAnEnd: who signs in, rightly or not, or changes a password, waits for the counters of all nodes for some seconds at most.
func TestCountingHasAnEnd(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	p, _ := h.join(alfa, "dana", people.Reporter)
	s := people.New(slow{alone{h.store}}, people.Options{Now: h.clock.Now})
	for _, said := range []string{password, "not her password"} {
		if _, err := s.SignIn(ctx, "dana", said, home); !errors.Is(err, errSlow) {
			t.Errorf("signing in: %v", err)
		}
	}
	if err := s.ChangePassword(ctx, p, "not her password", "another password"); !errors.Is(err, errSlow) {
		t.Errorf("changing a password: %v", err)
	}
}

// TestAThousandSignIns: at once, they neither take the memory nor keep others waiting, as many as are let in are answered, and afterwards the right
// one gets in. Which of a thousand come first is chance.
func TestAThousandSignIns(t *testing.T) {
	if testing.Short() {
		t.Skip("hashing takes ten times as long under the race detector")
	}
	h := open(t, false)
	_, session := h.join(alfa, "dana", people.Reporter)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var in, busy, wrong atomic.Int32
	var wait sync.WaitGroup
	began := time.Now()
	for i := range 1000 {
		wait.Go(func() {
			from := people.Device{Address: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})}
			login := "dana"
			if i%2 == 1 {
				login = fmt.Sprintf("nobody%d", i)
			}
			_, err := h.SignIn(ctx, login, password, from)
			switch {
			case err == nil:
				in.Add(1)
			case fault.KindOf(err) == fault.Busy:
				busy.Add(1)
			case errors.Is(err, people.ErrWrong):
				wrong.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	done := make(chan struct{})
	go func() { wait.Wait(); close(done) }()
	var slowest time.Duration
	var peak uint64
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(5 * time.Millisecond):
		}
		asked := time.Now()
		h.person(session)
		slowest = max(slowest, time.Since(asked))
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapAlloc)
	}
	t.Logf("%d in, %d wrong, %d busy in %v; a page's question at most %v; heap %d MB", in.Load(), wrong.Load(), busy.Load(), time.Since(began), slowest, peak>>20)
	if in.Load()+busy.Load()+wrong.Load() != 1000 || busy.Load() < 900 || in.Load()+wrong.Load() < 4 {
		t.Errorf("%d in, %d wrong, %d busy", in.Load(), wrong.Load(), busy.Load())
	}
	if _, err := h.SignIn(ctx, "dana", password, home); err != nil {
		t.Errorf("when they are gone: %v", err)
	}
	if peak > 400<<20 {
		t.Errorf("the heap grew to %d MB", peak>>20)
	}
	if slowest > 2*time.Second {
		t.Errorf("somebody else waited %v", slowest)
	}
}

func TestDemoLinks(t *testing.T) {
	t.Parallel()
	h := open(t, true)
	u, err := h.MakeUser(ctx, people.User{Member: alfa, Login: "editor", Name: "Editor", Grants: []people.Grant{{Desk: h.desks[alfa].ID, Role: people.Editor}}})
	h.must(err)
	secret, err := h.DemoLink(ctx, u.ID)
	h.must(err)
	for range 3 {
		session, err := h.Accept(ctx, secret, people.Acceptance{}, home)
		h.must(err)
		if h.person(session).ID != u.ID {
			t.Error("somebody else")
		}
	}
	if _, err := h.SignIn(ctx, "editor", "", home); !errors.Is(err, people.ErrWrong) {
		t.Errorf("no password is a password: %v", err)
	}
	// The same folder under a node that is no demo.
	if _, err := people.New(h.store, people.Options{Now: h.clock.Now}).Accept(ctx, secret, people.Acceptance{}, home); !errors.Is(err, people.ErrInvitation) {
		t.Errorf("a demo link on a real node: %v", err)
	}
}
