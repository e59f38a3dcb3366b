package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"jarchi.dev/jarchi/internal/fault"
)

// What a password costs: 12 MiB and three passes of argon2id, at most four at once for the process.
const (
	argonMemory  = 12 << 10
	argonTime    = 3
	argonAtOnce  = 4
	argonWaiting = 64 // more are told to come again

	maxPassword = 1024 // bytes
	minPassword = 10   // letters
)

// Device is where a sign-in comes from.
type Device struct {
	Address netip.Addr // zero: not known
	Agent   string
}

// SignIn opens a session for who knows the password. An unknown login, a wrong password and a person
// who is kept out take the same time and get the same words, ErrWrong.
func (s *Service) SignIn(ctx context.Context, login, password string, from Device) (session string, err error) {
	if login = strings.TrimSpace(login); checkLogin(login) != nil {
		login = "?" // which nobody has
	}
	name, house := strings.ToLower(login), place(from.Address)
	at := "at " + name + " " + house
	if err := s.hear(ctx, at, "as "+name, "from "+house); err != nil {
		return "", err
	}
	admitted, err := s.slow.admit(name, house, s.slow.at(at))
	if err != nil {
		return "", err
	}
	u, kept, err := s.store.UserByLogin(ctx, login)
	switch {
	case err != nil && fault.KindOf(err) == fault.NotFound, err == nil && (kept == "" || u.Disabled):
		kept = nobodys
	case err != nil:
		admitted(true)
		return "", err
	}
	ok, err := s.gate.compare(ctx, kept, password)
	if err != nil {
		admitted(true)
		return "", err
	}
	if !ok || kept == nobodys {
		if err := s.share(ctx, triesMost, admitted(false)); err != nil {
			return "", err
		}
		e := s.entry(u.Member, "", SignInFailed, string(u.ID), "")
		hour := e.At.UTC().Truncate(time.Hour)
		e.ID = "failed-" + string(u.ID) + "-" + hour.Format("2006010215") // one row an hour and person, and one for logins that nobody has
		if err := s.store.ChangePeople(ctx, func(t Tx) error { return t.AddEntry(e) }); err != nil {
			return "", err
		}
		return "", ErrWrong
	}
	admitted(true)
	s.slow.know(at)
	if err := s.share(ctx, SessionTime, []Bucket{{at, SessionTime}}); err != nil {
		return "", err
	}
	session, x := s.session(u.ID, from.Agent)
	e := s.entry(u.Member, u.ID, SignedIn, "", x.Agent)
	return session, s.store.ChangePeople(ctx, func(t Tx) error {
		// Who changes her password ends every session: one that was about to open with the old one too.
		if err := t.Admits(u.ID, kept); err != nil {
			return err
		}
		if err := t.AddSession(x, Hash(session)); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// SignOut ends the session with this secret; one that has ended stays so.
func (s *Service) SignOut(ctx context.Context, session string) error {
	x, u, _, err := s.store.Session(ctx, Hash(session))
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	}
	e := s.entry(u.Member, u.ID, SignedOut, "", x.Agent)
	err = s.store.ChangePeople(ctx, func(t Tx) error {
		if err := t.EndSession(u.ID, x.ID); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// checkPassword says what is wrong with a new password.
func checkPassword(login, password string) error {
	switch {
	case len(password) > maxPassword:
		return fault.Field("password", "This password is too long.")
	case utf8.RuneCountInString(password) < minPassword:
		return fault.Field("password", "A password has at least 10 letters.")
	case strings.EqualFold(strings.TrimSpace(password), login):
		return fault.Field("password", "The password may not be the login.")
	}
	return nil
}

// place is the part of an address that one household or house has: the whole of IPv4, a /64 of IPv6.
func place(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// gate holds how many passwords are worked on at once, and how many may wait for that.
type gate struct{ work, wait chan struct{} }

func newGate() gate {
	return gate{work: make(chan struct{}, argonAtOnce), wait: make(chan struct{}, argonAtOnce+argonWaiting)}
}

func (g gate) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.wait <- struct{}{}:
	default:
		return nil, fault.E(fault.Busy, "Very many people are signing in at this moment. Try again in a few seconds.")
	}
	select {
	case g.work <- struct{}{}:
		return func() { <-g.work; <-g.wait }, nil
	case <-ctx.Done():
		<-g.wait
		return nil, fault.E(fault.Busy, "Signing in took too long. Try again in a few seconds.").Because(ctx.Err())
	}
}

// nobodys is the hash of a password that nobody knows: comparing with it takes the time of a real one.
var nobodys = encode(argonTime, argonMemory, []byte("no salt at all.."), make([]byte, 32))

func encode(passes, memory uint32, salt, key []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, memory, passes, b.EncodeToString(salt), b.EncodeToString(key))
}

// hash works out what is kept of a password.
func (g gate) hash(ctx context.Context, password string) (string, error) {
	leave, err := g.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	return encode(argonTime, argonMemory, salt, argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, argonTime, argonMemory, 1, 32)), nil
}

// compare works out whether a password is the one whose hash is kept.
func (g gate) compare(ctx context.Context, kept, password string) (bool, error) {
	var version int
	var memory, passes uint32
	var rest string
	if _, err := fmt.Sscanf(kept, "$argon2id$v=%d$m=%d,t=%d,p=1$%s", &version, &memory, &passes, &rest); err != nil || version != argon2.Version {
		return false, fault.E(fault.Corrupt, "A kept password is damaged.").Because(err)
	}
	salt64, key64, _ := strings.Cut(rest, "$")
	salt, err := base64.RawStdEncoding.DecodeString(salt64)
	if err != nil {
		return false, fault.E(fault.Corrupt, "A kept password is damaged.").Because(err)
	}
	key, err := base64.RawStdEncoding.DecodeString(key64)
	if err != nil || len(key) < 16 {
		return false, fault.E(fault.Corrupt, "A kept password is damaged.").Because(err)
	}
	if len(password) > maxPassword {
		password = "" // nobody has a password that is too long, and none that is empty
	}
	leave, err := g.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	got := argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, passes, memory, 1, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1, nil
}

// Slow-down: so many wrong tries at once, then one more each so often. An address from which a login
// was used rightly is not slowed by what others try with that login.
const (
	loginTries, loginEvery = 10, 10 * time.Second
	placeTries, placeEvery = 100, 2 * time.Second
	maxKept                = 10000 // buckets and known places; the older half goes when there are more
)

// triesMost is how far ahead the counters of wrong tries get among several nodes: what was tried at all of them in the same moment is more than one bucket, and
// waits to run off.
const triesMost = 4 * placeTries * placeEvery

// Bucket is a counter that all nodes share: until when it is not full again says how much is in it.
type Bucket struct {
	Name string
	Add  time.Duration // what is to be added to it
}

// inBuckets is what a counter is called where all nodes count: what it counts, and from where, stands there as a hash.
func inBuckets(key string) string {
	return "people " + base64.RawURLEncoding.EncodeToString(Hash(key)[:15])
}

// hear takes over what other nodes have counted under some keys, and which places they know.
func (s *Service) hear(ctx context.Context, keys ...string) error {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = inBuckets(key)
	}
	until, err := s.store.Buckets(ctx, names)
	if err != nil || len(until) == 0 {
		return err
	}
	s.slow.mu.Lock()
	defer s.slow.mu.Unlock()
	for i, key := range keys {
		if at := until[names[i]]; at.After(s.slow.now()) && at.After(s.slow.get(key)) {
			s.slow.set(key, at)
		}
	}
	return nil
}

// sharePatience is how long somebody who signs in waits for the counters of all nodes.
const sharePatience = 5 * time.Second

// share tells other nodes what is added to counters. Tries that are being made at them at this moment are counted when they end.
func (s *Service) share(ctx context.Context, most time.Duration, add []Bucket) error {
	shared := make([]Bucket, len(add))
	for i, b := range add {
		shared[i] = Bucket{inBuckets(b.Name), b.Add}
	}
	ctx, cancel := context.WithTimeout(ctx, sharePatience)
	defer cancel()
	_, err := s.store.FillBuckets(ctx, s.Now(), most, shared)
	return err
}

// throttle counts wrong tries in memory. Those of other nodes are heard before a try.
type throttle struct {
	now func() time.Time

	mu       sync.Mutex
	new, old map[string]time.Time // when a bucket will be full again; for known places: when it was used
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, new: map[string]time.Time{}, old: map[string]time.Time{}}
}

func (t *throttle) get(key string) time.Time {
	if at, ok := t.new[key]; ok {
		return at
	}
	return t.old[key]
}

func (t *throttle) set(key string, at time.Time) {
	if len(t.new) >= maxKept/2 {
		t.new, t.old = map[string]time.Time{}, t.new
	}
	t.new[key] = at
}

// at reports whether a place is known.
func (t *throttle) at(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.get(key).IsZero()
}

func (t *throttle) know(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.set(key, t.now())
}

// admit counts a try of a login from a place as wrong until ended(true) says that it was not; ended(false) tells what other nodes are to count. Busy
// when there were too many.
func (t *throttle) admit(login, place string, known bool) (ended func(right bool) []Bucket, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	type bucket struct {
		key   string
		tries int
		every time.Duration
	}
	buckets := []bucket{{"from " + place, placeTries, placeEvery}}
	if !known {
		buckets = append(buckets, bucket{"as " + login, loginTries, loginEvery})
	}
	full := func(b bucket) time.Time {
		at := t.get(b.key)
		if at.Before(now) {
			at = now
		}
		return at
	}
	for _, b := range buckets {
		if wait := full(b).Add(b.every).Sub(now) - time.Duration(b.tries)*b.every; wait > 0 {
			return nil, fault.E(fault.Busy, "There were too many wrong tries. Try again in %d seconds.", int(wait/time.Second)+1)
		}
	}
	for _, b := range buckets {
		t.set(b.key, full(b).Add(b.every))
	}
	return func(right bool) (wrong []Bucket) {
		t.mu.Lock()
		defer t.mu.Unlock()
		for _, b := range buckets {
			if right {
				t.set(b.key, t.get(b.key).Add(-b.every))
			} else {
				wrong = append(wrong, Bucket{b.key, b.every})
			}
		}
		return wrong
	}, nil
}
