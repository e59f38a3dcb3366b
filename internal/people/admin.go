package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// What administrators do. Each method checks that its person may: an administrator at a desk of the
// member, or an owner of the node.

// Users lists the people of a member, or of every member for an owner who names none.
func (s *Service) Users(ctx context.Context, p Person, m wire.MemberID) ([]User, error) {
	if err := p.administers(m); err != nil {
		return nil, err
	}
	return s.store.Users(ctx, m)
}

// GiveRole gives a person a role at a desk of her member.
func (s *Service) GiveRole(ctx context.Context, p Person, id UserID, g Grant) error {
	u, d, err := s.both(ctx, p, id, g)
	if err != nil || slices.Contains(u.Grants, g) {
		return err
	}
	e := s.entry(u.Member, p.ID, RoleGiven, string(u.ID), string(g.Role)+" · "+d.Name())
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.Grant(u.ID, g); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// TakeRole takes a role from a person; it counts at her next request. With her last role of an
// administrator end the open invitations that she made. Nobody takes the right to administer from herself,
// and a member keeps its last administrator.
func (s *Service) TakeRole(ctx context.Context, p Person, id UserID, g Grant) error {
	u, d, err := s.both(ctx, p, id, g)
	if err != nil || !slices.Contains(u.Grants, g) {
		return err
	}
	if u.ID == p.ID && g.Role == Administrator {
		return ErrYourself
	}
	s.ending.Lock()
	defer s.ending.Unlock()
	release, err := s.store.Alone(ctx, "ending")
	if err != nil {
		return err
	}
	defer release()
	after := u
	after.Grants = slices.DeleteFunc(slices.Clone(u.Grants), func(o Grant) bool { return o == g })
	if p.ID != "" {
		if err := s.keepsOne(ctx, u, after); err != nil {
			return err
		}
	}
	e := s.entry(u.Member, p.ID, RoleTaken, string(u.ID), string(g.Role)+" · "+d.Name())
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.Ungrant(u.ID, g); err != nil {
			return err
		}
		if g.Role == Administrator && !(Person{User: after}).Administers(u.Member) {
			if err := t.EndInvitationsOf(u.ID, e.At); err != nil {
				return err
			}
		}
		return t.AddEntry(e)
	})
}

// both finds the person and the desk of a grant, which are of one member that p administers.
func (s *Service) both(ctx context.Context, p Person, id UserID, g Grant) (User, Desk, error) {
	if _, err := ParseRole(string(g.Role)); err != nil {
		return User{}, Desk{}, err
	}
	u, err := s.userOf(ctx, p, id)
	if err != nil {
		return User{}, Desk{}, err
	}
	d, err := s.deskOf(ctx, p, g.Desk)
	if err != nil {
		return User{}, Desk{}, err
	}
	if d.Member != u.Member {
		return User{}, Desk{}, fault.Field("desk", "This desk is not of her member.")
	}
	return u, d, nil
}

// SetDisabled keeps a person out, or lets her in again. Keeping out ends her sessions, and the open
// invitations that she made or that wait for her. The last administrator of a member and the last owner stay.
func (s *Service) SetDisabled(ctx context.Context, p Person, id UserID, disabled bool) error {
	u, err := s.userOf(ctx, p, id)
	if err != nil || u.Disabled == disabled {
		return err
	}
	if u.ID == p.ID {
		return ErrYourself
	}
	s.ending.Lock()
	defer s.ending.Unlock()
	release, err := s.store.Alone(ctx, "ending")
	if err != nil {
		return err
	}
	defer release()
	after := u
	after.Disabled = disabled
	if p.ID != "" {
		if err := s.keepsOne(ctx, u, after); err != nil {
			return err
		}
	}
	action := UserEnabled
	if disabled {
		action = UserDisabled
	}
	e := s.entry(u.Member, p.ID, action, string(u.ID), "")
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.SetDisabled(u.ID, disabled); err != nil {
			return err
		}
		if disabled {
			if err := t.EndSessions(u.ID, ""); err != nil {
				return err
			}
			if err := t.EndInvitationsOf(u.ID, e.At); err != nil {
				return err
			}
		}
		return t.AddEntry(e)
	})
}

// CreateDesk makes a desk of a member.
func (s *Service) CreateDesk(ctx context.Context, p Person, d Desk) (Desk, error) {
	if err := p.administers(d.Member); err != nil {
		return Desk{}, err
	}
	if err := d.Validate(); err != nil {
		return Desk{}, err
	}
	members, err := s.store.Members(ctx)
	if err != nil {
		return Desk{}, err
	}
	if _, ok := members[d.Member]; !ok {
		return Desk{}, fault.Field("member", "There is no member %.60q on this node.", d.Member)
	}
	d.ID = DeskID(NewID())
	e := s.entry(d.Member, p.ID, DeskMade, string(d.ID), d.Name())
	return d, s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.AddDesk(d, e.At); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// ChangeDesk changes a desk's names, approvals and telephone.
func (s *Service) ChangeDesk(ctx context.Context, p Person, d Desk) error {
	old, err := s.deskOf(ctx, p, d.ID)
	if err != nil {
		return err
	}
	d.Member = old.Member
	if err := d.Validate(); err != nil {
		return err
	}
	e := s.entry(d.Member, p.ID, DeskChanged, string(d.ID), d.Name())
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.SetDesk(d); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// AddMember makes a member with its logs and keys. Only an owner does.
func (s *Service) AddMember(ctx context.Context, p Person, m wire.Member) error {
	if !p.Owner {
		return fault.E(fault.NotAllowed, "Only an owner of the node may add members.")
	}
	if err := checkZone(m); err != nil {
		return err
	}
	e := s.entry(m.ID, p.ID, MemberMade, string(m.ID), m.Name())
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.AddMember(m); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// ChangeMember changes a member's names and time zone; what it signs with stays.
func (s *Service) ChangeMember(ctx context.Context, p Person, m wire.Member) error {
	if err := p.administers(m.ID); err != nil {
		return err
	}
	members, err := s.store.Members(ctx)
	if err != nil {
		return err
	}
	old, ok := members[m.ID]
	if !ok {
		return fault.E(fault.NotFound, "There is no such member.")
	}
	m.Kind, m.Domain = old.Kind, old.Domain
	if err := m.Validate(); err != nil {
		return err
	}
	if err := checkZone(m); err != nil {
		return err
	}
	e := s.entry(m.ID, p.ID, MemberChanged, string(m.ID), m.Name())
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.SetMember(m); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

func checkZone(m wire.Member) error {
	if len(m.Names) == 0 {
		return fault.Field("names", "Write the member's name in at least one language.")
	}
	if _, err := time.LoadLocation(m.Zone); err != nil || m.Zone == "" || m.Zone == "Local" {
		return fault.Field("zone", "%.60q is not a time zone; it is like Asia/Almaty or UTC.", m.Zone)
	}
	return nil
}

// Tokens lists the tokens of a member without their secrets.
func (s *Service) Tokens(ctx context.Context, p Person, m wire.MemberID) ([]Token, error) {
	if err := p.administers(m); err != nil {
		return nil, err
	}
	ks, err := s.store.Tokens(ctx)
	return slices.DeleteFunc(ks, func(k Token) bool { return k.Member != m }), err
}

// CreateToken makes a token of a member. Its secret is shown this once.
func (s *Service) CreateToken(ctx context.Context, p Person, m wire.MemberID, scopes []access.Scope, label string) (secret string, _ Token, err error) {
	if err := p.administers(m); err != nil {
		return "", Token{}, err
	}
	if len(scopes) == 0 {
		return "", Token{}, fault.Field("scopes", "Name at least one scope: %v.", access.Scopes)
	}
	for _, c := range scopes {
		if !slices.Contains(access.Scopes, c) {
			return "", Token{}, fault.Field("scopes", "There is no scope %.40q. Scopes are %v.", c, access.Scopes)
		}
	}
	if label = strings.TrimSpace(label); label != "" && !oneLine(label, 80) {
		return "", Token{}, fault.Field("label", "A label is one line of at most 80 letters.")
	}
	secret = NewTokenSecret()
	k := Token{ID: NewTokenID(), Member: m, Scopes: scopes, Label: label, Created: s.Now()}
	e := s.entry(m, p.ID, TokenMade, k.ID, label)
	return secret, k, s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.AddToken(k, Hash(secret)); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// RevokeToken ends a token of a member.
func (s *Service) RevokeToken(ctx context.Context, p Person, m wire.MemberID, id string) error {
	return s.changeToken(ctx, p, m, id, TokenRevoked, "", func(t Tx) error { return t.EndToken(id) })
}

// Audit lists what was done at a member, newest first; for an owner who names no member, on the node.
func (s *Service) Audit(ctx context.Context, p Person, f AuditFilter) ([]Entry, error) {
	if err := p.administers(f.Member); err != nil {
		return nil, err
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 200
	}
	return s.store.Audit(ctx, f)
}

// What everyone does for herself.

// Sessions lists a person's own sessions, the one last used first.
func (s *Service) Sessions(ctx context.Context, p Person) ([]Session, error) {
	all, err := s.store.Sessions(ctx, p.ID)
	now := s.Now()
	return slices.DeleteFunc(all, func(x Session) bool { return !now.Before(x.Expires) }), err
}

// EndSession ends one of a person's own sessions.
func (s *Service) EndSession(ctx context.Context, p Person, id string) error {
	e := s.entry(p.Member, p.ID, SessionEnded, "", "")
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.EndSession(p.ID, id); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// EndOtherSessions ends all of a person's sessions but the one she is in.
func (s *Service) EndOtherSessions(ctx context.Context, p Person) error {
	e := s.entry(p.Member, p.ID, SessionEnded, "", "others")
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.EndSessions(p.ID, p.Session); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// SetName changes a person's own name.
func (s *Service) SetName(ctx context.Context, p Person, name string) error {
	if name = strings.TrimSpace(name); name == p.Name {
		return nil
	}
	if err := checkName(name); err != nil {
		return err
	}
	e := s.entry(p.Member, p.ID, NameSet, string(p.ID), p.Name+" → "+name)
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.SetName(p.ID, name); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// ChangePassword changes a person's own password and ends her other sessions. Who has none yet, as in
// a demo, need not know the old one. A wrong old one is ErrWrong; too many tries are Busy.
func (s *Service) ChangePassword(ctx context.Context, p Person, old, password string) error {
	_, kept, err := s.store.UserByLogin(ctx, p.Login)
	if err != nil {
		return err
	}
	if kept != "" {
		as, from := "password of "+string(p.ID), "session "+p.Session
		if err := s.hear(ctx, "as "+as, "from "+from); err != nil {
			return err
		}
		ended, err := s.slow.admit(as, from, false)
		if err != nil {
			return err
		}
		ok, err := s.gate.compare(ctx, kept, old)
		wrong := ended(err != nil || ok)
		if err != nil {
			return err
		}
		if !ok {
			if err := s.share(ctx, triesMost, wrong); err != nil {
				return err
			}
			return ErrWrong
		}
	}
	if err := checkPassword(p.Login, password); err != nil {
		return err
	}
	hash, err := s.gate.hash(ctx, password)
	if err != nil {
		return err
	}
	e := s.entry(p.Member, p.ID, PasswordSet, string(p.ID), "")
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.SetPassword(p.ID, hash); err != nil {
			return err
		}
		if err := t.EndSessions(p.ID, p.Session); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}
