package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// SessionTime is how long a browser stays signed in.
const SessionTime = 14 * 24 * time.Hour

// What pages say in words of their own.
var (
	ErrSignedOut      = fault.E(fault.Unauthenticated, "You are not signed in any more. Sign in again.")
	ErrWrong          = fault.E(fault.Unauthenticated, "Login or password is not right.")
	ErrLoginTaken     = fault.E(fault.Conflict, "Somebody has this login already. Choose another.")
	ErrInvitation     = fault.E(fault.NotFound, "This invitation is not known here. Check that the link was copied whole.")
	ErrInvitationUsed = fault.E(fault.Conflict, "This invitation was used already. If it was not you, tell who sent it; otherwise sign in.")
	ErrInvitationOld  = fault.E(fault.Conflict, "This invitation has run out or was taken back. Ask who sent it for a new one.")
	errNotYours       = fault.E(fault.NotAllowed, "Only an administrator of this member may do this.")
)

// Options are what is not the same on every node.
type Options struct {
	Now  func() time.Time // time.Now by default
	Demo bool             // links that sign in by one click, again and again, are made and taken
}

// Service is how people come in and what they may do with each other.
type Service struct {
	Options
	store    Store
	gate     gate
	slow     *throttle
	touching atomic.Bool
	ending   sync.Mutex // held while it is seen to that a member keeps an administrator
}

// New makes the service over a store.
func New(s Store, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{Options: o, store: s, gate: newGate(), slow: newThrottle(o.Now)}
}

// newSecret is 256 random bits as text.
func newSecret() string {
	var b [32]byte
	rand.Read(b[:]) // never fails (crypto/rand, Go 1.24 and later)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// NewTokenSecret makes a token's secret. Its prefix lets people and scanners of leaked secrets see what it is.
func NewTokenSecret() string { return "jt_" + newSecret() }

// NewTokenID makes a token's id.
func NewTokenID() string { return rand.Text()[:12] }

// Hash is what is kept of a secret.
func Hash(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

// Person is who has a session; ErrSignedOut when it has ended or she is kept out. Her roles are those
// of this moment.
func (s *Service) Person(ctx context.Context, session string) (Person, error) {
	x, u, desks, err := s.store.Session(ctx, Hash(session))
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return Person{}, ErrSignedOut
	}
	if err != nil {
		return Person{}, err
	}
	now := s.Now()
	if u.Disabled || !now.Before(x.Expires) {
		return Person{}, ErrSignedOut
	}
	if now.Sub(x.Used) >= time.Minute {
		s.touch(x.ID, now)
	}
	return Person{User: u, Desks: desks, Session: x.ID}, nil
}

// touch notes that a session is used. It keeps no page waiting, and is left to the next page while
// another is being noted.
func (s *Service) touch(id string, now time.Time) {
	if !s.touching.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer s.touching.Store(false)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		// When it fails, a list shows an older time; nothing hangs on it.
		_ = s.store.ChangePeople(ctx, func(t Tx) error { return t.UseSession(id, now) })
	}()
}

// Viewer is who has a session, as access sees her.
func (s *Service) Viewer(ctx context.Context, session string) (access.Viewer, error) {
	p, err := s.Person(ctx, session)
	return p.Viewer(), err
}

// Desks lists the desks of a member, or of every member if it is empty.
func (s *Service) Desks(ctx context.Context, member wire.MemberID) ([]Desk, error) {
	return s.store.Desks(ctx, member)
}

// Desk finds a desk.
func (s *Service) Desk(ctx context.Context, id DeskID) (Desk, error) { return s.store.Desk(ctx, id) }

// User finds a person with an account.
func (s *Service) User(ctx context.Context, id UserID) (User, error) { return s.store.User(ctx, id) }

// Note writes a line of the audit list: what a person did to an object. Again within a minute it is the
// same line, which counts.
func (s *Service) Note(ctx context.Context, p Person, action, object, detail string) error {
	e := s.entry(p.Member, p.ID, action, object, detail)
	e.ID = strings.Join([]string{action, string(p.ID), object, detail, e.At.UTC().Format("200601021504")}, " ")
	return s.store.ChangePeople(ctx, func(t Tx) error { return t.AddEntry(e) })
}

func (s *Service) entry(m wire.MemberID, who UserID, action, object, detail string) Entry {
	return Entry{ID: NewID(), At: s.Now(), Member: m, Actor: who, Action: action, Object: object, Detail: detail, Count: 1}
}

// MakeUser makes a person of a member, asking nobody's leave: for the command, the demo and tests. She
// has no password; a link or OpenSession lets her in.
func (s *Service) MakeUser(ctx context.Context, u User) (User, error) {
	if err := checkLogin(u.Login); err != nil {
		return User{}, err
	}
	if err := checkName(u.Name); err != nil {
		return User{}, err
	}
	u.ID, u.Created = UserID(NewID()), s.Now()
	return u, s.store.ChangePeople(ctx, func(t Tx) error { return t.AddUser(u, "") })
}

// MakeDesk makes a desk, asking nobody's leave: for the command, the demo and tests.
func (s *Service) MakeDesk(ctx context.Context, d Desk) (Desk, error) {
	if err := d.Validate(); err != nil {
		return Desk{}, err
	}
	d.ID = DeskID(NewID())
	return d, s.store.ChangePeople(ctx, func(t Tx) error { return t.AddDesk(d, s.Now()) })
}

// OpenSession signs a person in, asking for nothing: for links that were checked, and for tests.
func (s *Service) OpenSession(ctx context.Context, id UserID, agent string) (secret string, err error) {
	secret, x := s.session(id, agent)
	return secret, s.store.ChangePeople(ctx, func(t Tx) error { return t.AddSession(x, Hash(secret)) })
}

func (s *Service) session(id UserID, agent string) (secret string, x Session) {
	now := s.Now()
	return newSecret(), Session{ID: NewID(), User: id, Agent: shorten(agent), Created: now, Used: now, Expires: now.Add(SessionTime)}
}

// shorten leaves of a user agent what a person recognises: browser and system.
func shorten(agent string) string {
	has := func(s string) bool { return strings.Contains(agent, s) }
	first := func(names ...string) string { // pairs: what it says, what it is
		for i := 0; i < len(names); i += 2 {
			if has(names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := first("Edg/", "Edge", "OPR/", "Opera", "YaBrowser/", "Yandex", "SamsungBrowser/", "Samsung Internet", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari")
	system := first("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
	if browser == "" && system == "" {
		agent = strings.Map(func(r rune) rune {
			if !unicode.IsPrint(r) {
				return -1
			}
			return r
		}, agent)
		if r := []rune(agent); len(r) > 40 {
			agent = string(r[:40])
		}
		return agent
	}
	return strings.Join(slices.DeleteFunc([]string{browser, system}, func(s string) bool { return s == "" }), " · ")
}

// Validate says what is wrong with a desk, naming the field.
func (d Desk) Validate() error {
	if len(d.Names) == 0 {
		return fault.Field("names", "A desk needs a name in at least one language.")
	}
	for t, n := range d.Names {
		if !oneLine(n, 80) {
			return fault.Field("names."+string(t), "A desk's name is one line of at most 80 letters.")
		}
	}
	if d.Approvals < 0 || d.Approvals > 2 {
		return fault.Field("approvals", "A desk asks for 0, 1 or 2 approvals.")
	}
	if d.Phone != "" && !oneLine(d.Phone, 40) {
		return fault.Field("phone", "A telephone number is one line of at most 40 letters.")
	}
	return nil
}

// oneLine: something readable on one line, of at most n letters.
func oneLine(s string, n int) bool {
	return strings.TrimSpace(s) != "" && lang.Line(s, n) && !strings.ContainsRune(s, '\uFFFD')
}

func checkName(name string) error {
	if !oneLine(name, 80) {
		return fault.Field("name", "Write your name, on one line of at most 80 letters, without hidden marks.")
	}
	return nil
}

// checkLogin: letters that every keyboard has, and that look like no others.
func checkLogin(login string) error {
	bad := strings.ContainsFunc(login, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_@+", r))
	})
	if bad || len(login) < 3 || len(login) > 60 {
		return fault.Field("login", "A login has 3 to 60 Latin letters, digits, or . - _ @ +.")
	}
	return nil
}
