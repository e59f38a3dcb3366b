// Package sources asks the addresses that members have named, on their schedules, and has what is new there taken in by the same chain as
// every page that is brought in by hand.
//
// The unit of work is one visit to one host: one request, for its robots.txt, a feed, or the page of one item. Hosts are leased in the
// database, so that none is asked twice at once; one that is slow, endless or broken holds one worker for at most half a minute and
// nobody else. What a feed shows is noted in rows before any page is fetched; a crash loses nothing and repeats at most one request.
package sources

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Client is the way to the outside.
type Client interface {
	Ask(ctx context.Context, q outbound.Question) (outbound.Answer, error)
}

// Bounds.
const (
	workers    = 16              // visits at once
	slowOnes   = workers / 2     // of them at hosts at which the visit before took its time: the others are not to wait for those
	gap        = time.Second     // between two requests to a host, if its robots.txt asks for no more
	maxFeed    = 5 << 20         // bytes
	maxPage    = 5 << 20         // bytes
	maxText    = 900_000         // bytes of an item's text in its feed
	lease      = 2 * time.Minute // more than a visit can last
	robotsAge  = 24 * time.Hour
	firstItems = 50  // of a source that is asked for the first time; older ones are passed over
	maxWaiting = 500 // items of one source that wait to be taken in; further ones are noted by a later poll
	maxTries   = 4   // of a page, before the feed's own text is taken
	maxRetry   = 24 * time.Hour
	agent      = "jarchi" // in robots.txt
)

// Service keeps sources and asks them.
type Service struct {
	store   *store.Store
	receive *receive.Service
	client  Client
	now     func() time.Time
	log     *slog.Logger
	gap     time.Duration
	folders Folders
	machine bool // sources of the machine may be added
	secret  func(string) (string, error)
	dial    func(ctx context.Context, host, port string) (net.Conn, error)
	roots   *x509.CertPool
	reading chan struct{} // one feed or page at a time is read: their bytes wait, their trees do not
}

// Options are what a Service may be told.
type Options struct {
	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: slog.Default
	Gap time.Duration    // between two requests to a host; 0: a second
	// Machine lets folders and mailboxes be added: the command of whoever runs the node. What such a source reads nobody else may choose.
	Machine bool
	Folders Folders        // that may be added by others too
	Roots   *x509.CertPool // of mail servers' certificates; nil: the system's
}

// Folders are those that a member's own people may add as sources, with what is below them. The folders of no member ("") are the member's of a node
// that has one.
type Folders map[wire.MemberID][]string

// New makes the service.
func New(s *store.Store, r *receive.Service, c Client, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Gap <= 0 {
		o.Gap = gap
	}
	return &Service{store: s, receive: r, client: c, now: o.Now, log: o.Log, gap: o.Gap, machine: o.Machine, folders: o.Folders, secret: readSecret, dial: outbound.DialNamed, roots: o.Roots, reading: make(chan struct{}, 1)}
}

// Run makes visits until ctx ends, and returns when those that were begun have ended.
func (s *Service) Run(ctx context.Context) {
	free := make(chan struct{}, workers)
	var slow atomic.Int32
	done := make(chan struct{}, 1) // a visit has ended: its host may have more to do
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Add(1)
	go func() {
		defer wg.Done()
		s.openHeld(ctx)
	}()
	for {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		// Who stops waiting does not know what it was given: a claim that was begun is awaited.
		room := slow.Load() < slowOnes
		v, ok, err := s.store.ClaimVisit(context.WithoutCancel(ctx), s.now(), lease, room)
		if err != nil && ctx.Err() == nil {
			s.log.Error("no source can be asked", "error", err)
		}
		if ok {
			wg.Add(1)
			if v.Slow {
				slow.Add(1)
			}
			go func() {
				defer wg.Done()
				defer func() {
					if v.Slow {
						slow.Add(-1)
					}
					<-free
					select {
					case done <- struct{}{}:
					default:
					}
				}()
				s.visit(ctx, v)
			}()
			continue
		}
		<-free
		wait := time.Second // another node may have added something
		if due, nerr := s.store.NextVisit(ctx, room); err == nil && nerr == nil && !due.IsZero() {
			wait = min(wait, max(due.Sub(s.now()), 0)+time.Millisecond)
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-done:
		case <-t.C:
		}
		t.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// openHeld has documents read whose embargo has ended, until ctx ends.
func (s *Service) openHeld(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if !s.store.First() { // of several nodes one reads them
			continue
		}
		if _, err := s.receive.OpenHeld(context.WithoutCancel(ctx)); err != nil {
			s.log.Error("documents whose embargo has ended could not be read", "error", err)
		}
	}
}

// may refuses whoever may not look after sources (change is true) or see them.
func may(v access.Viewer, change bool) error {
	switch {
	case v.Member == "":
		return fault.E(fault.Unauthenticated, "Send a token of the member in whose name you act, as Authorization: Bearer.")
	case change && !v.Has(access.Admin):
		return fault.E(fault.NotAllowed, "Sources are added and changed with the scope admin.")
	case !v.Has(access.Admin) && !v.Has(access.Intake):
		return fault.E(fault.NotAllowed, "Sources are seen with the scope intake or admin.")
	}
	return nil
}

// List gives the sources of the viewer's member, by address.
func (s *Service) List(ctx context.Context, v access.Viewer) ([]source.Watched, error) {
	if err := may(v, false); err != nil {
		return nil, err
	}
	return s.store.Sources(ctx, v.Member)
}

// Get finds one source of the viewer's member.
func (s *Service) Get(ctx context.Context, v access.Viewer, id source.ID) (source.Watched, error) {
	if err := may(v, false); err != nil {
		return source.Watched{}, err
	}
	return s.store.Source(ctx, v.Member, id)
}

// noted is what the audit list says of what was done with a source.
func (s *Service) noted(v access.Viewer, by people.UserID, action string, src source.Source, more string) people.Entry {
	name := src.Name
	if name == "" {
		name = src.Address
	}
	if more != "" {
		name += " · " + more
	}
	return people.Entry{ID: people.NewID(), At: s.now(), Member: v.Member, Actor: by, Action: action, Object: string(src.ID), Detail: name}
}

// Add adds a source for the viewer's member; it is asked at once. by is a person or a token; the audit list says so.
func (s *Service) Add(ctx context.Context, v access.Viewer, src source.Source, by people.UserID) (r source.Watched, err error) {
	if err := may(v, true); err != nil {
		return r, err
	}
	if err := src.Check(); err != nil {
		return r, err
	}
	if src, err = s.mayName(ctx, v.Member, src); err != nil {
		return r, err
	}
	src.ID, src.Member, src.AddedBy, src.Added = source.ID(people.NewID()), v.Member, string(by), s.now()
	if id, ok := by.Token(); ok {
		src.AddedBy = id
	}
	if err := s.store.AddSource(ctx, src, s.noted(v, by, people.SourceAdded, src, "")); err != nil {
		return r, err
	}
	return s.store.Source(ctx, v.Member, src.ID)
}

// Pause stops asking a source, or has it asked again.
func (s *Service) Pause(ctx context.Context, v access.Viewer, by people.UserID, id source.ID, paused bool) error {
	if err := may(v, true); err != nil {
		return err
	}
	r, err := s.store.Source(ctx, v.Member, id)
	if err != nil || r.Paused == paused {
		return err
	}
	action := people.SourceResumed
	if paused {
		action = people.SourcePaused
	}
	return s.store.PauseSource(ctx, v.Member, id, paused, s.noted(v, by, action, r.Source, ""))
}

// Change changes what a source is called, how often it is asked, the desk it is for, its language, terms and pattern; it is asked at once. What is at
// another address is another source.
func (s *Service) Change(ctx context.Context, v access.Viewer, by people.UserID, id source.ID, to source.Source) (r source.Watched, err error) {
	if err := may(v, true); err != nil {
		return r, err
	}
	if r, err = s.store.Source(ctx, v.Member, id); err != nil {
		return r, err
	}
	src := r.Source
	src.Name, src.Desk, src.Interval, src.Language, src.Rights, src.Pattern = to.Name, to.Desk, to.Interval, to.Language, to.Rights, to.Pattern
	if err := src.Check(); err != nil {
		return r, err
	}
	more := changed(r.Source, src)
	if more == "" {
		return r, nil
	}
	if err := s.store.ChangeSource(ctx, src, s.noted(v, by, people.SourceChanged, src, more)); err != nil {
		return r, err
	}
	return s.store.Source(ctx, v.Member, id)
}

// mayName refuses a folder or a mailbox that nobody who runs the node has named. The source that it returns names its folder by the path at which it
// is, links followed: it is opened by no other.
func (s *Service) mayName(ctx context.Context, m wire.MemberID, src source.Source) (source.Source, error) {
	real := ""
	if src.Kind == source.Folder {
		if u, err := url.Parse(src.Address); err == nil {
			if real, err = filepath.EvalSymlinks(u.Path); err == nil {
				src.Address = (&url.URL{Scheme: "file", Path: real}).String()
			}
		}
	}
	if !src.Kind.OfMachine() || s.machine {
		return src, nil
	}
	named := s.folders[m]
	if len(s.folders[""]) > 0 {
		members, err := s.store.Members(ctx)
		if err != nil {
			return src, err
		}
		if len(members) == 1 {
			named = append(slices.Clone(named), s.folders[""]...)
		}
	}
	for _, f := range named {
		if root, err := filepath.EvalSymlinks(f); real != "" && err == nil && (real == root || strings.HasPrefix(real, strings.TrimSuffix(root, "/")+"/")) {
			return src, nil
		}
	}
	return src, fault.Field("url", "Folders and mailboxes are added by whoever runs the node: jarchi source add --data DIR --folder or --imap; folders also where jarchi serve --folder names them for their member.")
}

// changed lists what is another in two sources, for the audit list.
func changed(a, b source.Source) string {
	var out []string
	for _, f := range []struct{ name, was, is string }{{"name", a.Name, b.Name}, {"desk", a.Desk, b.Desk}, {"interval", a.Interval.String(), b.Interval.String()},
		{"language", string(a.Language), string(b.Language)}, {"rights", a.Rights, b.Rights}, {"pattern", a.Pattern, b.Pattern}} {
		if f.was != f.is {
			out = append(out, f.name+": "+f.was+" → "+f.is)
		}
	}
	return strings.Join(out, "; ")
}

// Poll has a source asked as soon as its host has a turn.
func (s *Service) Poll(ctx context.Context, v access.Viewer, id source.ID) error {
	if err := may(v, false); err != nil {
		return err
	}
	return s.store.PollSource(ctx, v.Member, id)
}

// Remove forgets a source; what it brought in stays.
func (s *Service) Remove(ctx context.Context, v access.Viewer, by people.UserID, id source.ID) error {
	if err := may(v, true); err != nil {
		return err
	}
	r, err := s.store.Source(ctx, v.Member, id)
	if err != nil {
		return err
	}
	return s.store.RemoveSource(ctx, v.Member, id, s.noted(v, by, people.SourceRemoved, r.Source, ""))
}
