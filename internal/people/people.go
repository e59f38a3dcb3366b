// Package people knows who works here: members' desks, the people at them, what each may do, how they
// come in and what they did. It holds the rules; internal/store keeps the rows.
package people

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// UserID and DeskID are 128 random bits in base32.
type (
	UserID string
	DeskID string
)

// Role is what a person does at a desk.
type Role string

const (
	ReaderRole    Role = "reader"
	Reporter      Role = "reporter"      // writes drafts and brings captures in
	Translator    Role = "translator"    // writes language versions of drafts
	Editor        Role = "editor"        // approves, releases, corrects, withdraws
	Verifier      Role = "verifier"      // uses the verification desk
	Administrator Role = "administrator" // people, desks and tokens of the member
)

// Roles lists every role in the order of the pages.
var Roles = []Role{ReaderRole, Reporter, Translator, Editor, Verifier, Administrator}

// Scopes are the rights that a role gives. Everyone who works for a member reads what the member may read.
func (r Role) Scopes() []access.Scope {
	read := []access.Scope{access.Read, access.ReadClosed}
	switch r {
	case ReaderRole:
		return read
	case Reporter:
		return append(read, access.DraftScope, access.Intake)
	case Translator:
		return append(read, access.DraftScope)
	case Editor:
		return append(read, access.DraftScope, access.Publish, access.Withdraw, access.Intake)
	case Verifier:
		return append(read, access.Verify)
	case Administrator:
		return append(read, access.Admin)
	}
	return nil
}

// Desk is a group of people of one member who answer for their releases together.
type Desk struct {
	ID        DeskID
	Member    wire.MemberID
	Names     map[lang.Tag]string
	Approvals int    // how many others than its writers must agree before a text leaves: 0 to 2
	Phone     string // whom to ring, shown to members whose withdrawal waits; may be empty
}

// Name is the desk's name in the first wanted language that has one.
func (d Desk) Name(want ...lang.Tag) string {
	for _, t := range want {
		if n := d.Names[t]; n != "" {
			return n
		}
	}
	if n := d.Names[lang.EN]; n != "" {
		return n
	}
	tags := make([]lang.Tag, 0, len(d.Names))
	for t := range d.Names {
		tags = append(tags, t)
	}
	if len(tags) == 0 {
		return string(d.ID)
	}
	return d.Names[slices.Min(tags)]
}

// Grant is one role of a person at one desk.
type Grant struct {
	Desk DeskID
	Role Role
}

// User is one person with an account.
type User struct {
	ID       UserID
	Member   wire.MemberID
	Login    string // unique on the node, compared without case
	Name     string // as she writes it herself
	Owner    bool   // looks after the node itself: members, desks of every member, first administrators
	Grants   []Grant
	Created  time.Time
	Disabled bool
}

// Person is a user who is signed in. The zero Person is nobody.
type Person struct {
	User
	Desks   []Desk // at which she has a role
	Session string // the id of her session, not its secret
}

// Nobody reports whether no one is signed in.
func (p Person) Nobody() bool { return p.ID == "" }

// Viewer is the person as the one decision of access sees her: her member, and every right that one of
// her roles gives at some desk.
func (p Person) Viewer() access.Viewer {
	if p.Nobody() {
		return access.Viewer{}
	}
	v := access.Viewer{Member: p.Member}
	for _, s := range access.Scopes {
		if slices.ContainsFunc(p.Grants, func(g Grant) bool { return slices.Contains(g.Role.Scopes(), s) }) {
			v.Scopes = append(v.Scopes, s)
		}
	}
	return v
}

// May reports whether one of the person's roles at this desk gives the right.
func (p Person) May(d DeskID, s access.Scope) bool {
	return slices.ContainsFunc(p.Grants, func(g Grant) bool { return g.Desk == d && slices.Contains(g.Role.Scopes(), s) })
}

// Is reports whether the person has the role at this desk.
func (p Person) Is(d DeskID, r Role) bool { return slices.Contains(p.Grants, Grant{d, r}) }

// Desk finds one of the person's desks; ok is false if she has no role there.
func (p Person) Desk(id DeskID) (_ Desk, ok bool) {
	i := slices.IndexFunc(p.Desks, func(d Desk) bool { return d.ID == id })
	if i < 0 {
		return Desk{}, false
	}
	return p.Desks[i], true
}

// NewID makes an id for a user, desk or session.
func NewID() string { return strings.ToLower(rand.Text()) }

// ParseRole reads a role.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(Roles, r) {
		return r, nil
	}
	return "", fault.Field("role", "%.40q is not a role. Roles are %v.", s, Roles)
}
