package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// InvitationTime is how long a link may be used.
const InvitationTime = 72 * time.Hour

// Operator is who has the data folder, for the command: nobody on the node, with an owner's rights.
var Operator = Person{User: User{Owner: true}}

// Offer is what a link gives, told to whoever opens it before she decides.
type Offer struct {
	Invitation
	Person  User // whom it lets in, for ReturnLink and DemoLink
	Desks   []Desk
	Inviter string // the name of who made it; empty: the node's operator
}

// Look tells what a link gives, or with ErrInvitation, ErrInvitationUsed or ErrInvitationOld why it
// gives nothing. It changes nothing: what only fetches a link cannot use it up.
func (s *Service) Look(ctx context.Context, secret string) (Offer, error) {
	i, err := s.store.Invitation(ctx, Hash(strings.TrimSpace(secret)))
	switch {
	case err != nil && fault.KindOf(err) == fault.NotFound:
		return Offer{}, ErrInvitation
	case err != nil:
		return Offer{}, err
	case !i.Used.IsZero():
		return Offer{}, ErrInvitationUsed
	case !i.Ended.IsZero(), !s.Now().Before(i.Expires):
		return Offer{}, ErrInvitationOld
	case i.Kind == DemoLink && !s.Demo:
		return Offer{}, ErrInvitation
	}
	o := Offer{Invitation: i}
	grants := i.Grants
	if i.User != "" {
		if o.Person, err = s.store.User(ctx, i.User); err != nil {
			return Offer{}, err
		}
		if o.Person.Disabled {
			return Offer{}, ErrInvitationOld
		}
		grants = o.Person.Grants
	}
	if len(grants) > 0 {
		desks, err := s.store.Desks(ctx, i.Member)
		if err != nil {
			return Offer{}, err
		}
		o.Desks = slices.DeleteFunc(desks, func(d Desk) bool {
			return !slices.ContainsFunc(grants, func(g Grant) bool { return g.Desk == d.ID })
		})
	}
	if i.By != "" {
		u, err := s.store.User(ctx, i.By)
		if err != nil {
			return Offer{}, err
		}
		o.Inviter = u.Name
	}
	return o, nil
}

// Acceptance is what someone writes who takes an invitation. A JoinLink and an OwnerLink need a name,
// login and password, a ReturnLink a password, a DemoLink nothing.
type Acceptance struct {
	Name, Login, Password string

	// Of an OwnerLink: the member she is of, one that the node has or a new one, and the first desk there.
	Member wire.MemberID
	New    *wire.Member
	Desk   map[lang.Tag]string
}

// Accept takes an invitation and signs its person in. What is wrong with what she wrote is a fault
// that names its field, and leaves the invitation as it was.
func (s *Service) Accept(ctx context.Context, secret string, a Acceptance, from Device) (session string, err error) {
	o, err := s.Look(ctx, secret)
	if err != nil {
		return "", err
	}
	if o.Kind == DemoLink {
		session, x := s.session(o.User, from.Agent)
		e := s.entry(o.Member, o.User, SignedIn, "", x.Agent)
		return session, s.store.ChangePeople(ctx, func(t Tx) error {
			if err := t.AddSession(x, Hash(session)); err != nil {
				return err
			}
			return t.AddEntry(e)
		})
	}
	u := o.Person
	var desk *Desk
	if o.Kind != ReturnLink {
		u = User{ID: UserID(NewID()), Member: o.Member, Login: strings.TrimSpace(a.Login), Name: strings.TrimSpace(a.Name), Grants: o.Grants, Created: s.Now()}
		if o.Kind == OwnerLink {
			if u.Member, desk, err = s.first(ctx, a); err != nil {
				return "", err
			}
			u.Owner = true
			u.Grants = []Grant{{desk.ID, Editor}, {desk.ID, Administrator}}
		}
		if err := checkName(u.Name); err != nil {
			return "", err
		}
		if err := checkLogin(u.Login); err != nil {
			return "", err
		}
		if _, _, err := s.store.UserByLogin(ctx, u.Login); err == nil {
			return "", ErrLoginTaken // before a password is worked out for it
		} else if fault.KindOf(err) != fault.NotFound {
			return "", err
		}
	}
	if err := checkPassword(u.Login, a.Password); err != nil {
		return "", err
	}
	kept, err := s.gate.hash(ctx, a.Password)
	if err != nil {
		return "", err
	}
	session, x := s.session(u.ID, from.Agent)
	now := s.Now()
	e := s.entry(u.Member, u.ID, Accepted, o.Invitation.ID, string(o.Kind))
	return session, s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.UseInvitation(o.Invitation.ID, u.ID, now); err != nil {
			return err
		}
		if o.Kind == ReturnLink {
			if err := t.SetPassword(u.ID, kept); err != nil {
				return err
			}
			if err := t.EndSessions(u.ID, ""); err != nil {
				return err
			}
		} else {
			if a.New != nil && o.Kind == OwnerLink {
				if err := t.AddMember(*a.New); err != nil {
					return err
				}
			}
			if desk != nil {
				if err := t.AddDesk(*desk, now); err != nil {
					return err
				}
			}
			if err := t.AddUser(u, kept); err != nil {
				return err
			}
		}
		if err := t.AddSession(x, Hash(session)); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// first checks the member of the first person of a node and makes her desk up.
func (s *Service) first(ctx context.Context, a Acceptance) (wire.MemberID, *Desk, error) {
	id := a.Member
	members, err := s.store.Members(ctx)
	if err != nil {
		return "", nil, err
	}
	if a.New != nil {
		id = a.New.ID
		if err := a.New.Validate(); err != nil {
			return "", nil, err
		}
		if err := checkZone(*a.New); err != nil {
			return "", nil, err
		}
		for _, m := range members {
			if m.ID == a.New.ID || m.Domain == a.New.Domain {
				return "", nil, fault.Field("member", "There is a member with this short name or domain already.")
			}
		}
	} else if _, ok := members[id]; !ok {
		return "", nil, fault.Field("member", "There is no member %.60q on this node.", id)
	}
	d := Desk{ID: DeskID(NewID()), Member: id, Names: a.Desk}
	if d.Validate() != nil {
		return "", nil, fault.Field("desk", "Name the first desk, on one line of at most 80 letters.")
	}
	return id, &d, nil
}

// invite makes a link and keeps its hash.
func (s *Service) invite(ctx context.Context, i Invitation, last time.Duration, more ...func(Tx) error) (secret string, _ Invitation, err error) {
	secret = newSecret()
	now := s.Now()
	i.ID, i.Created, i.Expires = NewID(), now, now.Add(last)
	return secret, i, s.store.ChangePeople(ctx, func(t Tx) error {
		if i.Kind != JoinLink { // a new link of this sort stands in the place of the old one
			if err := t.EndInvitations(i.Kind, i.User, now); err != nil {
				return err
			}
		}
		if err := t.AddInvitation(i, Hash(secret)); err != nil {
			return err
		}
		for _, f := range more {
			if err := f(t); err != nil {
				return err
			}
		}
		return nil
	})
}

// InviteOwner makes the link for the first person of a node; ok is false when the node has people.
// The link that was made before ends.
func (s *Service) InviteOwner(ctx context.Context) (secret string, ok bool, err error) {
	us, err := s.store.Users(ctx, "")
	if err != nil || len(us) > 0 {
		return "", false, err
	}
	secret, _, err = s.invite(ctx, Invitation{Kind: OwnerLink}, InvitationTime)
	return secret, err == nil, err
}

// DemoLink makes a link that signs a person in by one click, as often as one likes. Only a demo makes them.
func (s *Service) DemoLink(ctx context.Context, id UserID) (secret string, err error) {
	if !s.Demo {
		return "", fault.E(fault.NotAllowed, "Only the demo has links that sign in without a password.")
	}
	u, err := s.store.User(ctx, id)
	if err != nil {
		return "", err
	}
	secret, _, err = s.invite(ctx, Invitation{Kind: DemoLink, Member: u.Member, User: u.ID}, 365*24*time.Hour)
	return secret, err
}

// Invite makes a link for a new person at a desk, with roles. The secret is shown once.
func (s *Service) Invite(ctx context.Context, p Person, desk DeskID, roles []Role) (secret string, _ Invitation, err error) {
	d, err := s.deskOf(ctx, p, desk)
	if err != nil {
		return "", Invitation{}, err
	}
	if len(roles) == 0 {
		return "", Invitation{}, fault.Field("role", "Choose at least one role.")
	}
	i := Invitation{Kind: JoinLink, Member: d.Member, By: p.ID}
	for _, r := range roles {
		if _, err := ParseRole(string(r)); err != nil {
			return "", Invitation{}, err
		}
		if g := (Grant{d.ID, r}); !slices.Contains(i.Grants, g) {
			i.Grants = append(i.Grants, g)
		}
	}
	e := s.entry(d.Member, p.ID, Invited, string(d.ID), roleList(i.Grants))
	return s.invite(ctx, i, InvitationTime, func(t Tx) error { return t.AddEntry(e) })
}

// InviteBack makes a link with which a person chooses a new password. Her sessions end when she does.
func (s *Service) InviteBack(ctx context.Context, p Person, id UserID) (secret string, _ Invitation, err error) {
	u, err := s.userOf(ctx, p, id)
	if err != nil {
		return "", Invitation{}, err
	}
	if u.Disabled {
		return "", Invitation{}, ErrKeptOut
	}
	e := s.entry(u.Member, p.ID, Invited, string(u.ID), string(ReturnLink))
	return s.invite(ctx, Invitation{Kind: ReturnLink, Member: u.Member, User: u.ID, By: p.ID}, InvitationTime, func(t Tx) error { return t.AddEntry(e) })
}

// Invitations lists the links of a member, newest first, without their secrets.
func (s *Service) Invitations(ctx context.Context, p Person, m wire.MemberID) ([]Invitation, error) {
	if err := p.administers(m); err != nil {
		return nil, err
	}
	is, err := s.store.Invitations(ctx, m)
	return slices.DeleteFunc(is, func(i Invitation) bool { return i.Kind == DemoLink }), err
}

// EndInvitation takes a link back that nobody has used.
func (s *Service) EndInvitation(ctx context.Context, p Person, m wire.MemberID, id string) error {
	is, err := s.Invitations(ctx, p, m)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(is, func(i Invitation) bool { return i.ID == id }) {
		return fault.E(fault.NotFound, "There is no open invitation like this.")
	}
	e := s.entry(m, p.ID, InviteEnded, id, "")
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.EndInvitation(id, e.At); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

func roleList(gs []Grant) string {
	var b strings.Builder
	for i, g := range gs {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(g.Role))
	}
	return b.String()
}

// Administers reports whether the person looks after a member's people, desks and tokens.
func (p Person) Administers(m wire.MemberID) bool {
	return p.Owner || p.Member == m && !p.Nobody() && slices.ContainsFunc(p.Grants, func(g Grant) bool { return slices.Contains(g.Role.Scopes(), access.Admin) })
}

// administers refuses whoever does not; that another member has anything she is not told.
func (p Person) administers(m wire.MemberID) error {
	switch {
	case p.Administers(m):
		return nil
	case p.Member != m || p.Nobody():
		return fault.E(fault.NotFound, "There is no such thing here.")
	}
	return errNotYours
}

// deskOf finds a desk that the person administers.
func (s *Service) deskOf(ctx context.Context, p Person, id DeskID) (Desk, error) {
	d, err := s.store.Desk(ctx, id)
	if err != nil {
		return Desk{}, err
	}
	return d, p.administers(d.Member)
}

// userOf finds a person over whom p has a say: an administrator has it over the people of her member,
// an owner over all; over an owner only an owner has.
func (s *Service) userOf(ctx context.Context, p Person, id UserID) (User, error) {
	u, err := s.store.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	if err := p.administers(u.Member); err != nil {
		return User{}, err
	}
	if u.Owner && !p.Owner {
		return User{}, ErrOwner
	}
	return u, nil
}
