// Package take is how a desk comes to use what others released: the words handed over with credit and
// state, the note of who uses what, and what follows from it: a desk that uses what was withdrawn is
// asked whether it has stopped, one that uses what was corrected is told, and the issuer sees by desk and
// time who has answered. Who took what is told to the taker's own member and to the issuers, to nobody else;
// a person's name to her own member alone.
package take

import (
	"context"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Service notes takes and says what has become of them.
type Service struct {
	store  *store.Store
	browse *browse.Service
	now    func() time.Time
}

// New makes the service over a node's store and its reading side.
func New(s *store.Store, b *browse.Service, now func() time.Time) *Service {
	return &Service{s, b, now}
}

// Taker is who takes: a person at one of her desks, or a member's own system at a desk that it names.
type Taker struct {
	Member wire.MemberID
	Desk   people.DeskID // empty: a system
	Named  string        // the desk as a system names it
	By     people.UserID
}

// At is a person at one of her desks; NotFound if it is not hers.
func At(p people.Person, d people.DeskID) (Taker, error) {
	desk, ok := p.Desk(d)
	if p.Nobody() || !ok || desk.Member != p.Member {
		return Taker{}, fault.Field("desk", "Choose one of your own desks.")
	}
	return Taker{Member: p.Member, Desk: d, By: p.ID}, nil
}

// Desk is which of her desks a person takes for when she names none: her only one, or the one she took for
// last; "" if she has to choose.
func (s *Service) Desk(ctx context.Context, p people.Person) (_ people.DeskID, err error) {
	defer fault.Wrap(&err, "the desk somebody takes for")
	own := slices.DeleteFunc(slices.Clone(p.Desks), func(d people.Desk) bool { return d.Member != p.Member })
	if p.Nobody() || len(own) == 0 {
		return "", nil
	}
	if len(own) == 1 {
		return own[0].ID, nil
	}
	last, err := s.store.TakingDesk(ctx, p.ID)
	if !slices.ContainsFunc(own, func(d people.Desk) bool { return d.ID == last }) {
		last = "" // she has left it
	}
	return last, err
}

// answering is who answers for a take: a person at one of her desks, or for her member's own system,
// for which no desk is responsible and therefore everyone.
func answering(p people.Person, d people.DeskID, named string) (store.Take, error) {
	none := fault.E(fault.NotFound, "Your desk has not taken this item.")
	if p.Nobody() {
		return store.Take{}, none
	}
	if d == "" && named != "" && len(p.Desks) > 0 {
		return store.Take{Member: p.Member, DeskName: named}, nil
	}
	if _, ok := p.Desk(d); !ok {
		return store.Take{}, none
	}
	return store.Take{Member: p.Member, Desk: d}, nil
}

// Take notes that a desk uses what an entry names (its item, or its capture) and hands the words over;
// in is the language of their state. The entry is one that the taker may see, from package browse.
func (s *Service) Take(ctx context.Context, e browse.Entry, by Taker, in lang.Tag) (_ Words, err error) {
	defer fault.Wrap(&err, "take")
	if by.Member == "" || by.Desk == "" && by.Named == "" {
		return Words{}, fault.Field("desk", "Name the desk that uses the item.")
	}
	w, err := s.Words(ctx, e, in)
	if err != nil {
		return Words{}, err
	}
	k := store.Take{Item: w.Item, Member: by.Member, Desk: by.Desk, By: by.By, Version: w.Version, At: s.now()}
	if by.Desk == "" {
		k.DeskName = by.Named
	}
	if e.Release != nil {
		k.Release = e.Release.ID
	}
	return w, s.store.NoteTake(ctx, k)
}

// Words are what Take would hand over, without noting anything.
func (s *Service) Words(ctx context.Context, e browse.Entry, in lang.Tag) (Words, error) {
	members, err := s.store.Members(ctx)
	if err != nil {
		return Words{}, err
	}
	return WordsOf(e, members, in)
}

// Use is one desk's use of one item.
type Use struct {
	ID       int64
	Item     string
	Release  wire.ReleaseID // empty: a capture
	Language lang.Tag       // of the item, empty for a capture
	Member   wire.MemberID
	Desk     people.Desk // of a system's desk the name alone
	Named    string      // that name
	Version  int
	At       time.Time
	Asked    bool      // it was withdrawn or erased, and the desk has not answered
	Changed  bool      // it has a newer version than the desk knows of
	DueAt    time.Time // since when it is asked or told
	Stopped  time.Time // when it said that it has stopped; zero: it has not
	By       string    // who took it and who answered, for the taker's own member alone
	Answered string
}

// viewed turns rows into uses as a viewer may know them.
func (s *Service) viewed(ctx context.Context, own wire.MemberID, ks []store.Take) ([]Use, error) {
	desks, users := map[people.DeskID]people.Desk{}, map[people.UserID]string{}
	name := func(id people.UserID) (string, error) {
		if _, ok := users[id]; !ok && id != "" {
			u, err := s.store.User(ctx, id)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return "", err
			}
			users[id] = u.Name
		}
		return users[id], nil
	}
	out := make([]Use, 0, len(ks))
	for _, k := range ks {
		u := Use{ID: k.ID, Item: k.Item, Release: k.Release, Member: k.Member, Named: k.DeskName, Version: k.Version, At: k.At,
			Asked: k.Due == store.GoneDue, Changed: k.Due == store.ChangedDue, DueAt: k.DueAt, Stopped: k.StoppedAt}
		if k.Desk != "" {
			if _, ok := desks[k.Desk]; !ok {
				d, err := s.store.Desk(ctx, k.Desk)
				if err != nil && fault.KindOf(err) != fault.NotFound {
					return nil, err
				}
				d.ID = k.Desk
				desks[k.Desk] = d
			}
			u.Desk = desks[k.Desk]
		}
		if k.Member == own {
			var err error
			if u.By, err = name(k.By); err != nil {
				return nil, err
			}
			if u.Answered, err = name(k.StoppedBy); err != nil {
				return nil, err
			}
		}
		out = append(out, u)
	}
	return out, nil
}

// issuer reports whether a viewer is told who uses a release.
func issuer(v access.Viewer, r *wire.Release) bool {
	return v.Member != "" && v.Has(access.ReadClosed) && slices.Contains(r.Issuers, v.Member) && r.State.Out()
}

// pageOf bounds what is listed at once.
const pageOf = 50

// Using is who uses a release, for its issuers.
type Using struct {
	Desks, Stopped int   // counts
	Uses           []Use // of one part: those who have stopped, or those who have not, first takers first
	Next           int64 // goes on after the last of them; 0: there are no more
}

// Using lists the desks that use a release: those that have said that they stopped, or the others, after
// the use with an id. For whoever is not of its issuers it is NotFound, as for what does not exist.
func (s *Service) Using(ctx context.Context, v access.Viewer, r *wire.Release, stopped bool, after int64) (_ Using, err error) {
	defer fault.Wrap(&err, "who uses release %s", r.ID)
	if !issuer(v, r) {
		return Using{}, fault.E(fault.NotFound, "There is nothing at this address.")
	}
	var u Using
	if u.Desks, u.Stopped, err = s.store.CountTakes(ctx, r.ID); err != nil || u.Desks == 0 {
		return u, err
	}
	ks, err := s.store.TakesOfRelease(ctx, r.ID, stopped, after, pageOf+1)
	if err != nil {
		return u, err
	}
	if len(ks) > pageOf {
		ks = ks[:pageOf]
		u.Next = ks[pageOf-1].ID
	}
	if u.Uses, err = s.viewed(ctx, v.Member, ks); err != nil {
		return u, err
	}
	for i := range u.Uses {
		if it := r.Item(wire.ItemID(u.Uses[i].Item)); it != nil {
			u.Uses[i].Language = it.Language
		}
	}
	return u, nil
}

// UsesOf lists who uses the item that an entry names, first takers first, after the use with an id, for
// the issuers of its release alone; next is 0 at the end.
func (s *Service) UsesOf(ctx context.Context, v access.Viewer, e browse.Entry, after int64) (_ []Use, next int64, err error) {
	defer fault.Wrap(&err, "who uses an item")
	if e.Release == nil || e.Item < 0 || !issuer(v, e.Release) {
		return nil, 0, fault.E(fault.NotFound, "There is no item with this id.")
	}
	ks, err := s.store.TakesOfItem(ctx, string(e.Release.Items[e.Item].ID), after, pageOf+1)
	if err != nil {
		return nil, 0, err
	}
	if len(ks) > pageOf {
		ks = ks[:pageOf]
		next = ks[pageOf-1].ID
	}
	out, err := s.viewed(ctx, v.Member, ks)
	return out, next, err
}

// Own lists the uses of items or captures by a person's desks, newest first.
func (s *Service) Own(ctx context.Context, p people.Person, items ...string) (_ []Use, err error) {
	defer fault.Wrap(&err, "own takes")
	if p.Nobody() || len(p.Desks) == 0 {
		return nil, nil
	}
	ks, err := s.store.TakesBy(ctx, p.Member, items)
	if err != nil {
		return nil, err
	}
	ks = slices.DeleteFunc(ks, func(k store.Take) bool { return !slices.Contains(desksOf(p), k.Desk) })
	return s.viewed(ctx, p.Member, ks)
}

// desksOf are the desks for which a person answers: hers, and the empty one of her member's own systems.
func desksOf(p people.Person) []people.DeskID {
	ids := []people.DeskID{""}
	for _, d := range p.Desks {
		if d.Member == p.Member {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

// Notice is something that a person is to be told of what her desk uses.
type Notice struct {
	Use
	Withdrawn bool
	Lead      wire.MemberID
	When      time.Time // of the withdrawal, correction or update
	Corrected bool      // an error was admitted; otherwise the story developed
	Reason    string    // of the withdrawal or correction
	Now       int       // the newest version
	Figures   []compare.Change
}

// Notices are those of one person. More counts those that have no room.
type Notices struct {
	List []Notice
	More bool
}

// mostNotices bounds what stands above a page; further ones follow when these are answered.
const mostNotices = 5

// Open says what a person is to be told: what one of her desks uses and was withdrawn, until it is
// answered, and what was corrected or updated, until it is seen. With nothing to tell it is one look
// into an index.
func (s *Service) Open(ctx context.Context, p people.Person) (_ Notices, err error) {
	defer fault.Wrap(&err, "what was taken and has changed")
	if p.Nobody() || len(p.Desks) == 0 {
		return Notices{}, nil
	}
	ks, err := s.store.TakesDue(ctx, p.Member, desksOf(p), mostNotices+1)
	if err != nil || len(ks) == 0 {
		return Notices{}, err
	}
	var out Notices
	if len(ks) > mostNotices {
		out.More, ks = true, ks[:mostNotices]
	}
	out.List, err = s.notices(ctx, p, ks)
	return out, err
}

func (s *Service) notices(ctx context.Context, p people.Person, ks []store.Take) ([]Notice, error) {
	uses, err := s.viewed(ctx, p.Member, ks)
	if err != nil {
		return nil, err
	}
	releases, err := s.releases(ctx, ks)
	if err != nil {
		return nil, err
	}
	out := make([]Notice, 0, len(uses))
	for i, u := range uses {
		r := releases[u.Release]
		if r == nil {
			continue
		}
		n := Notice{Use: u, Lead: r.Lead(), When: u.DueAt}
		it := r.Item(wire.ItemID(u.Item))
		if it != nil {
			n.Language = it.Language
		}
		switch {
		case r.State == wire.Withdrawn || r.State == wire.Erased:
			n.Withdrawn, n.Reason = true, r.Reason
			if n.When = r.WithdrawnAt; n.When.IsZero() {
				n.When = r.ErasedAt
			}
		case it != nil && it.Current() != nil && access.Release(p.Viewer(), r, s.now()) == access.All:
			if err := s.changes(ctx, p, it, ks[i].Seen, &n); err != nil {
				return nil, err
			}
		}
		out = append(out, n)
	}
	return out, nil
}

func (s *Service) releases(ctx context.Context, ks []store.Take) (map[wire.ReleaseID]*wire.Release, error) {
	var ids []wire.ReleaseID
	for _, k := range ks {
		if k.Release != "" && !slices.Contains(ids, k.Release) {
			ids = append(ids, k.Release)
		}
	}
	return s.store.Releases(ctx, ids)
}

// changes says what has become of an item since the version that the desk knows: whether one of the later
// ones is a correction, why, and which figures differ.
func (s *Service) changes(ctx context.Context, p people.Person, it *wire.Item, seen int, n *Notice) error {
	n.Now = it.Current().N
	for _, v := range it.Versions {
		if v.N > seen {
			n.When = v.At
			if v.Kind == wire.CorrectKind {
				n.Corrected, n.Reason = true, v.Reason
			}
		}
	}
	var err error
	n.Figures, err = s.figures(ctx, p.Viewer(), it, seen)
	return err
}

// figures are those that differ between a version of an item and its newest one. An old version whose
// words are gone differs in nothing that could be told.
func (s *Service) figures(ctx context.Context, v access.Viewer, it *wire.Item, old int) ([]compare.Change, error) {
	if old < 1 || old >= it.Current().N {
		return nil, nil
	}
	b, err := s.browse.VersionBytes(ctx, v, it.ID, old)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	then, err := ninjs.Parse(b)
	if err != nil {
		return nil, err
	}
	return compare.Figures(it.Language, whole(then.Content()), whole(it.Current().Content)), nil
}

// whole is a text in one string, headline first.
func whole(c wire.Content) string {
	return strings.Join(append([]string{c.Headline}, c.Body...), "\n\n")
}

// Stopped notes that a desk has stopped using what was withdrawn. Answering again changes nothing. named is
// the desk of a system, when desk is empty.
func (s *Service) Stopped(ctx context.Context, p people.Person, item string, desk people.DeskID, named string) error {
	k, err := answering(p, desk, named)
	if err != nil {
		return err
	}
	k.Item = item
	return s.store.StopTake(ctx, k, s.now(), p.ID)
}

// Seen notes that a desk knows of a version of an item.
func (s *Service) Seen(ctx context.Context, p people.Person, item string, desk people.DeskID, named string, version int) error {
	k, err := answering(p, desk, named)
	if err != nil {
		return err
	}
	k.Item = item
	return s.store.SeeTake(ctx, k, version)
}

// Line is one line of what a desk took: the use, and the item's release or capture as its person may see it
// now; both are nil when she may not.
type Line struct {
	Notice
	Entry browse.Entry
	Found bool
}

// Shift lists what a person's desks took, newest first, before the line of a time and id (zero: from the
// newest); more says that there are older ones.
func (s *Service) Shift(ctx context.Context, p people.Person, before time.Time, id int64) (_ []Line, more bool, err error) {
	defer fault.Wrap(&err, "what the desk took")
	if p.Nobody() || len(p.Desks) == 0 {
		return nil, false, nil
	}
	ks, err := s.store.TakesOfDesks(ctx, p.Member, desksOf(p), before, id, pageOf+1)
	if err != nil {
		return nil, false, err
	}
	if len(ks) > pageOf {
		more, ks = true, ks[:pageOf]
	}
	uses, err := s.viewed(ctx, p.Member, ks)
	if err != nil {
		return nil, false, err
	}
	releases, err := s.releases(ctx, ks)
	if err != nil {
		return nil, false, err
	}
	v, now := p.Viewer(), s.now()
	out := make([]Line, 0, len(uses))
	for _, u := range uses {
		l := Line{Notice: Notice{Use: u}, Entry: browse.Entry{Item: -1}}
		if r := releases[u.Release]; r != nil {
			l.Lead = r.Lead()
			level := access.Release(v, r, now)
			if r.State == wire.Withdrawn || r.State == wire.Erased {
				l.Withdrawn, l.Reason, l.When = true, r.Reason, r.WithdrawnAt
			}
			if level != access.Nothing {
				e := browse.Entry{Level: level, Release: access.Reduce(r, level), At: r.OpenedAt, Item: -1}
				e.Item = slices.IndexFunc(e.Release.Items, func(it wire.Item) bool { return string(it.ID) == u.Item })
				l.Entry, l.Found = e, e.Item >= 0
				if l.Found && level == access.All && !l.Withdrawn {
					it := &e.Release.Items[e.Item]
					l.Language = it.Language
					if err := s.changes(ctx, p, it, u.Version, &l.Notice); err != nil {
						return nil, false, err
					}
				}
			}
		} else if u.Release == "" {
			e, err := s.browse.Capture(ctx, v, wire.CaptureID(u.Item))
			if err == nil {
				l.Entry, l.Found = e, true
			} else if fault.KindOf(err) != fault.NotFound {
				return nil, false, err
			}
		}
		out = append(out, l)
	}
	return out, more, nil
}
