package browse

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Depth bounds how far back one answer looks, newest first. A query whose matches are far between, words that
// nearly always stand together and one of them left out, or a phrase of common words that never meet, would read
// the lists of the whole archive for one page. It answers with what it has; the page says how far that was, and
// its cursor goes on from there.
type Depth struct {
	Patience time.Duration // after which no further step is taken
	Step     int64         // positions between two looks at the clock
}

// Service answers readers.
type Service struct {
	store *store.Store
	blobs blob.Store
	now   func() time.Time
	curs  *cursors
	tail  tail
	edge  atomic.Pointer[edge]

	pageBytes int // of words that one answer may hold before it ends early

	Depth Depth // how far one answer looks back
}

// New makes the service; secret is 32 bytes of the node that cursors are sealed with.
func New(s *store.Store, blobs blob.Store, secret []byte, now func() time.Time) (*Service, error) {
	c, err := newCursors(secret)
	if err != nil {
		return nil, err
	}
	return &Service{store: s, blobs: blobs, now: now, curs: c, pageBytes: maxPageBytes, Depth: Depth{12 * time.Millisecond, 1 << 14}}, nil
}

// Release answers with one release; NotFound for what the viewer may not see.
func (s *Service) Release(ctx context.Context, v access.Viewer, id wire.ReleaseID) (_ Entry, err error) {
	defer fault.Wrap(&err, "release %s", id)
	r, _, err := s.store.Release(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	l := access.Release(v, r, s.now())
	if l == access.Nothing {
		return Entry{}, fault.E(fault.NotFound, "There is no release with this id.")
	}
	at := r.OpenedAt
	if at.IsZero() {
		at = r.ReleasedAt
	}
	return Entry{Level: l, Release: access.Reduce(r, l), At: at, Item: -1}, nil
}

// Item answers with the release of an item; Entry.Item says which it is.
func (s *Service) Item(ctx context.Context, v access.Viewer, id wire.ItemID) (_ Entry, err error) {
	defer fault.Wrap(&err, "item %s", id)
	rid, err := s.store.ReleaseOf(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	e, err := s.Release(ctx, v, rid)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = fault.E(fault.NotFound, "There is no item with this id.")
		}
		return Entry{}, err
	}
	e.Item = slices.IndexFunc(e.Release.Items, func(it wire.Item) bool { return it.ID == id })
	return e, nil
}

// Capture answers with one capture; NotFound for what the viewer may not see.
func (s *Service) Capture(ctx context.Context, v access.Viewer, id wire.CaptureID) (_ Entry, err error) {
	defer fault.Wrap(&err, "capture %s", id)
	c, err := s.store.Capture(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	if access.Capture(v, c, s.now()) != access.All {
		return Entry{}, fault.E(fault.NotFound, "There is no capture with this id.")
	}
	return Entry{Level: access.All, Capture: c, At: c.ArrivedAt, Item: -1, position: c.Position}, nil
}

// Raw answers with a document as it came from outside, to whoever may see a capture made of it; what
// is in quarantine goes to those who bring things in.
func (s *Service) Raw(ctx context.Context, v access.Viewer, hash string) (_ RawFile, err error) {
	defer fault.Wrap(&err, "raw %.64s", hash)
	none := fault.E(fault.NotFound, "There is no document with this hash.")
	row, err := s.store.Raw(ctx, hash)
	if err != nil {
		return RawFile{}, err
	}
	cs, err := s.store.CapturesOf(ctx, hash)
	if err != nil {
		return RawFile{}, err
	}
	allowed := false
	if len(cs) == 0 && (v.Local || v.Has(access.Intake)) {
		held, err := s.store.Held(ctx, hash, s.now()) // under embargo nobody reads it
		if err != nil {
			return RawFile{}, err
		}
		allowed = !held
	}
	for _, c := range cs {
		allowed = allowed || c.Gone.IsZero() && access.Capture(v, c, s.now()) == access.All
	}
	if !allowed {
		return RawFile{}, none
	}
	b := row.Bytes
	if b == nil {
		b, err = s.blobs.Get(ctx, hash)
	} else if blob.Hash(b) != hash {
		err = fault.E(fault.Corrupt, "The stored document %s is damaged: its bytes have another hash.", hash)
	}
	if err != nil {
		return RawFile{}, err
	}
	return RawFile{Name: row.Name, ContentType: row.ContentType, Bytes: b}, nil
}

// Members are the organisations on this exchange.
func (s *Service) Members(ctx context.Context) (map[wire.MemberID]wire.Member, error) {
	return s.store.Members(ctx)
}

// Logs are the logs that the viewer may read: the public ones, and the closed one of her own member.
func (s *Service) Logs(_ context.Context, v access.Viewer) ([]LogInfo, error) {
	var out []LogInfo
	for _, h := range s.store.Logs() {
		if s.mayReadLog(v, h) {
			out = append(out, LogInfo{Name: h.Name, Member: h.Member, Class: string(h.Class), Key: h.VKey, Size: h.Head.Size})
		}
	}
	slices.SortFunc(out, func(a, b LogInfo) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}
