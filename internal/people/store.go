package people

import (
	"context"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/wire"
)

// Store keeps the rows; internal/store implements it. What is not there is a fault of kind NotFound.
type Store interface {
	// ChangePeople runs change in one transaction. It may be run again, so it does nothing but write.
	ChangePeople(ctx context.Context, change func(Tx) error) error
	// Alone keeps other nodes from what is called alike until release is called.
	Alone(ctx context.Context, what string) (release func(), err error)
	// Buckets tells until when counters of all nodes are not full again, and FillBuckets adds to them, at most so far ahead of now. Where there is one node they
	// do nothing.
	Buckets(ctx context.Context, names []string) (until map[string]time.Time, err error)
	FillBuckets(ctx context.Context, now time.Time, most time.Duration, add []Bucket) (until map[string]time.Time, err error)

	User(ctx context.Context, id UserID) (User, error)
	UserByLogin(ctx context.Context, login string) (u User, password string, err error)
	Users(ctx context.Context, member wire.MemberID) ([]User, error) // of every member if it is empty
	Desk(ctx context.Context, id DeskID) (Desk, error)
	Desks(ctx context.Context, member wire.MemberID) ([]Desk, error) // of every member if it is empty
	Session(ctx context.Context, hash []byte) (Session, User, []Desk, error)
	Sessions(ctx context.Context, user UserID) ([]Session, error)
	LastUse(ctx context.Context, users []UserID, now time.Time) (map[UserID]time.Time, error) // of sessions that have not run out
	Invitation(ctx context.Context, hash []byte) (Invitation, error)
	Invitations(ctx context.Context, member wire.MemberID) ([]Invitation, error) // of every member if it is empty
	Audit(ctx context.Context, f AuditFilter) ([]Entry, error)
	Tokens(ctx context.Context) ([]Token, error)
	TokenUses(ctx context.Context, token string, since time.Time) ([]TokenUse, error) // of every token if it is empty; the newest day first
	Members(ctx context.Context) (map[wire.MemberID]wire.Member, error)
}

// Tx is one transaction of the store.
type Tx interface {
	AddUser(u User, password string) error // Conflict when the login is taken
	SetName(id UserID, name string) error
	SetDisabled(id UserID, disabled bool) error
	SetPassword(id UserID, password string) error
	AddDesk(d Desk, at time.Time) error
	SetDesk(d Desk) error
	Grant(id UserID, g Grant) error
	Ungrant(id UserID, g Grant) error

	Admits(id UserID, password string) error // ErrWrong when this is not the hash of her password any more, or she is kept out
	AddSession(s Session, hash []byte) error
	UseSession(id string, at time.Time) error
	EndSession(user UserID, id string) error
	EndSessions(user UserID, except string) error

	AddInvitation(i Invitation, hash []byte) error
	UseInvitation(id string, by UserID, at time.Time) error // Conflict when it was used or ended
	EndInvitations(kind InvitationKind, user UserID, at time.Time) error
	EndInvitationsOf(user UserID, at time.Time) error // those she made and those that wait for her
	EndInvitation(id string, at time.Time) error

	AddMember(m wire.Member) error
	SetMember(m wire.Member) error // its names and zone
	AddToken(k Token, hash []byte) error
	EndToken(id string) error
	SetTokenLimit(id string, l TokenLimit) error
	RotateToken(id string, hash []byte, until time.Time) error

	AddEntry(e Entry) error // one with the id of another adds to its count
}

// Session is a browser in which someone is signed in. Its secret is kept as its SHA-256 only.
type Session struct {
	ID                     string
	User                   UserID
	Agent                  string // what browser it is, shortened
	Created, Used, Expires time.Time
}

// Token is a right given to a machine: a member and scopes. Its secret is shown once and kept as its SHA-256 only.
type Token struct {
	ID      string
	Member  wire.MemberID
	Scopes  []access.Scope
	Label   string
	Created time.Time
	Revoked bool

	Limit    TokenLimit
	OldUntil time.Time // so long the secret before the last one works; zero: there was none
}

// Viewer is who comes with this token.
func (k Token) Viewer() access.Viewer { return access.Viewer{Member: k.Member, Scopes: k.Scopes} }

// InvitationKind says what a link is for.
type InvitationKind string

const (
	OwnerLink  InvitationKind = "owner"  // the first person of a node
	JoinLink   InvitationKind = "join"   // a new person at a desk
	ReturnLink InvitationKind = "return" // someone who is here already, and forgot her password
	DemoLink   InvitationKind = "demo"   // signs in by one click, again and again; only where Options.Demo says so
)

// Invitation is a link that lets someone in. Its secret is kept as its SHA-256 only.
type Invitation struct {
	ID      string
	Kind    InvitationKind
	Member  wire.MemberID
	User    UserID  // whom it lets in, for ReturnLink and DemoLink
	Grants  []Grant // what a new person gets
	By      UserID  // who made it; empty: the node's operator
	Created time.Time
	Expires time.Time
	Used    time.Time
	UsedBy  UserID
	Ended   time.Time
}

// Entry is one row of the audit list.
type Entry struct {
	ID     string
	At     time.Time
	Member wire.MemberID
	Actor  UserID // a person, or a token (ByToken); empty: the node itself, or nobody that is known
	Action string
	Object string // whom or what it was done to
	Detail string
	Count  int
}

// ByToken is the actor where a program acted with a token of this id; of "" it is nobody.
func ByToken(id string) UserID {
	if id == "" {
		return ""
	}
	return UserID(tokenActor + id)
}

// Token is the id of the token that an actor is; ok is false for a person.
func (u UserID) Token() (id string, ok bool) { return strings.CutPrefix(string(u), tokenActor) }

// No id of a person has a colon (NewID).
const tokenActor = "token:"

// AuditFilter chooses entries, newest first: those of one member (empty: all) before a time and id, and
// if they are named, what a person did or was done to her, one action, not before a time.
type AuditFilter struct {
	Member   wire.MemberID
	Person   UserID
	Action   string
	Since    time.Time
	Before   time.Time // zero: from the newest on
	BeforeID string
	Limit    int
}

// What the audit list names.
const (
	SignedIn      = "signed-in"
	SignInFailed  = "sign-in-failed"
	SignedOut     = "signed-out"
	SessionEnded  = "session-ended"
	Invited       = "invited"
	InviteEnded   = "invitation-ended"
	Accepted      = "accepted"
	RoleGiven     = "role-given"
	RoleTaken     = "role-taken"
	UserDisabled  = "user-disabled"
	UserEnabled   = "user-enabled"
	NameSet       = "name-changed"
	PasswordSet   = "password-changed"
	TokenMade     = "token-made"
	TokenRevoked  = "token-revoked"
	TokenRotated  = "token-secret-changed"
	TokenLimited  = "token-limit-changed"
	DeskMade      = "desk-made"
	DeskChanged   = "desk-changed"
	MemberMade    = "member-made"
	MemberChanged = "member-changed"
	EmbargoOpened = "embargoed text opened" // by whoever saw its words

	LanguageCorrected = "language-corrected" // of a text from outside

	StoryJoined = "story-joined" // a report with the story of another
	StoryParted = "story-parted" // a report from a story
	StoryUndone = "story-undone" // one of these was taken back

	SourceAdded   = "source-added"
	SourceChanged = "source-changed"
	SourcePaused  = "source-paused"
	SourceResumed = "source-resumed"
	SourceRemoved = "source-removed"

	QuarantineRetried = "quarantine-retried" // a document that could not be read was read again
	QuarantineMended  = "quarantine-mended"  // its text was written by hand
	QuarantineDropped = "quarantine-dropped"

	DeliveryAdded    = "delivery-added"
	DeliveryChanged  = "delivery-changed"
	DeliveryPaused   = "delivery-paused"
	DeliveryResumed  = "delivery-resumed"
	DeliveryRotated  = "delivery-secret-changed"
	DeliveryRetried  = "delivery-retried"
	DeliveryReplayed = "delivery-replayed"
	DeliveryRemoved  = "delivery-removed"
)

// Actions lists them all, in the order of the pages.
var Actions = []string{SignedIn, SignInFailed, SignedOut, SessionEnded, Invited, InviteEnded, Accepted, RoleGiven, RoleTaken, UserDisabled, UserEnabled,
	NameSet, PasswordSet, TokenMade, TokenRevoked, TokenRotated, TokenLimited, DeskMade, DeskChanged, MemberMade, MemberChanged, EmbargoOpened, LanguageCorrected,
	StoryJoined, StoryParted, StoryUndone, SourceAdded, SourceChanged, SourcePaused, SourceResumed, SourceRemoved, QuarantineRetried, QuarantineMended, QuarantineDropped,
	DeliveryAdded, DeliveryChanged, DeliveryPaused, DeliveryResumed, DeliveryRotated, DeliveryRetried, DeliveryReplayed, DeliveryRemoved}
