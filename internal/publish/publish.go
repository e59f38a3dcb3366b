// Package publish carries a release through its life: it asks internal/wire whether a change is
// allowed, prepares everything outside any transaction (final bytes, hashes, commitments, lexemes),
// and hands the writer one short turn in which rows, index, leaves and jobs are written together.
// Whoever gets no error can rely on it: the release is on disk, searchable and in the signed log.
//
// It checks that the one who acts may act (scopes, and that the release is the member's own). It
// never shows anything to anyone; that is internal/browse.
package publish

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// The jobs that follow from a release.
const (
	JobPublish jobs.Kind = "release.publish" // a scheduled release's time has come
	JobOpen    jobs.Kind = "release.open"    // an embargo ends
)

// Service publishes.
type Service struct {
	store *store.Store
	now   func() time.Time
}

// New makes the service over a store.
func New(s *store.Store, now func() time.Time) *Service { return &Service{s, now} }

// Input is a new release.
type Input struct {
	Issuers        []wire.MemberID // empty: the viewer's own member
	Audience       wire.Audience   // zero: public
	Urgency        int
	Items          []wire.NewItem
	PublishAt      time.Time // zero: now
	EmbargoedUntil time.Time
	Draft          bool   // keep it in the desk
	Follow         Follow // optional
}

// Follow is written in the transaction of a release's change: if it fails, nothing happened. It may
// be called again when a group of transactions is tried one by one.
type Follow func(t *store.Tx, r *wire.Release) error

func (f Follow) run(t *store.Tx, r *wire.Release) error {
	if f == nil {
		return nil
	}
	return f(t, r)
}

// Noting has a line written into the audit list as well, in the same transaction: of a program that acts with a token. What the line says
// may hang on what became of the release.
func (f Follow) Noting(line func(*wire.Release) people.Entry) Follow {
	return func(t *store.Tx, r *wire.Release) error {
		if err := f.run(t, r); err != nil {
			return err
		}
		e := line(r)
		e.Object = string(r.ID)
		return t.AddEntry(e)
	}
}

// Repeatable makes a request safe to repeat: the answer is kept in the transaction of the work.
type Repeatable struct {
	Token, Key string
	Digest     []byte
	Answer     func(*wire.Release) (status int, body []byte, err error)
}

// Follow keeps the answer.
func (p *Repeatable) Follow(t *store.Tx, r *wire.Release) error {
	if p == nil {
		return nil
	}
	status, body, err := p.Answer(r)
	if err != nil {
		return err
	}
	return t.PutAnswer(p.Token, p.Key, store.Answer{Digest: p.Digest, Status: status, Body: body})
}

// Answered finds what was answered under a request's key in the last 24 hours, be it this request or,
// by its digest, another; ok is false if nothing was.
func (s *Service) Answered(ctx context.Context, p *Repeatable) (_ store.Answer, ok bool, err error) {
	return s.store.FindAnswer(ctx, p.Token, p.Key)
}

func need(v access.Viewer, scopes ...access.Scope) error {
	if v.Member == "" {
		return fault.E(fault.Unauthenticated, "Send a token of the member in whose name you act.")
	}
	for _, s := range scopes {
		if v.Has(s) {
			return nil
		}
	}
	return fault.E(fault.NotAllowed, "This needs the scope %s, which your token has not. An administrator of %s can give it.", scopes[0], v.Member)
}

// Create makes a release and, unless it is a draft, lets it leave now, at its time, or under embargo.
func (s *Service) Create(ctx context.Context, v access.Viewer, in Input) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "create a release")
	scope := access.Publish
	if in.Draft {
		scope = access.DraftScope
	}
	if err := need(v, scope); err != nil {
		return nil, err
	}
	if len(in.Issuers) == 0 {
		in.Issuers = []wire.MemberID{v.Member}
	}
	if in.Issuers[0] != v.Member {
		return nil, fault.E(fault.NotAllowed, "The first issuer must be %s, whose token this is.", v.Member)
	}
	if in.Audience.Class == "" {
		in.Audience.Class = wire.Public
	}
	members, err := s.store.Members(ctx)
	if err != nil {
		return nil, err
	}
	for i, m := range append(append([]wire.MemberID{}, in.Issuers...), in.Audience.Partners...) {
		if _, ok := members[m]; !ok {
			field := "audience"
			if i < len(in.Issuers) {
				field = "issuers"
			}
			return nil, fault.Field(field, "There is no member %q on this exchange.", m)
		}
	}
	now := s.now()
	r, err := wire.NewRelease(in.Issuers, members[in.Issuers[0]].Domain, in.Audience, in.Urgency, in.Items, now)
	if err != nil {
		return nil, err
	}
	if !in.EmbargoedUntil.IsZero() {
		if err := r.SetEmbargo(in.EmbargoedUntil, now); err != nil {
			return nil, err
		}
	}
	var ev wire.Event
	switch {
	case in.Draft:
		if !in.PublishAt.IsZero() {
			return nil, fault.Field("publishAt", "A draft is not scheduled; leave out one of the two.")
		}
	case !in.PublishAt.IsZero():
		err = r.Schedule(in.PublishAt, now)
	default:
		ev, err = r.Publish(now)
	}
	if err != nil {
		return nil, err
	}
	w, err := s.prepare(ctx, r, store.Place{SealLeaf: -1}, ev, members)
	if err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, func(t *store.Tx) error {
		w.place = store.Place{SealLeaf: -1}
		if err := t.InsertRelease(r, w.place); err != nil {
			return err
		}
		if err := w.write(t, r.Revision); err != nil {
			return err
		}
		return in.Follow.run(t, r)
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// change reads a release, applies do and writes what follows from it.
func (s *Service) change(ctx context.Context, id wire.ReleaseID, v *access.Viewer, follow Follow, scope access.Scope,
	do func(r *wire.Release, domain string, now time.Time) (wire.Event, error)) (*wire.Release, error) {
	if v != nil {
		if err := need(*v, scope); err != nil {
			return nil, err
		}
	}
	r, place, err := s.store.Release(ctx, id)
	if err != nil {
		return nil, err
	}
	now := s.now()
	if v != nil && r.Lead() != v.Member {
		if access.Release(*v, r, now) == access.Nothing {
			return nil, fault.E(fault.NotFound, "There is no release with this id.")
		}
		return nil, fault.E(fault.NotAllowed, "Only %s, which leads this release, can change it.", r.Lead())
	}
	members, err := s.store.Members(ctx)
	if err != nil {
		return nil, err
	}
	readAt := r.Revision
	ev, err := do(r, members[r.Lead()].Domain, now)
	if err != nil {
		return nil, err
	}
	w, err := s.prepare(ctx, r, place, ev, members)
	if err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, func(t *store.Tx) error {
		w.place = place
		if err := w.write(t, readAt); err != nil {
			return err
		}
		return follow.run(t, r)
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Edit replaces the words of an unreleased release; approvals and schedule fall.
func (s *Service) Edit(ctx context.Context, v access.Viewer, id wire.ReleaseID, content map[wire.ItemID]wire.Content, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "edit release %s", id)
	return s.change(ctx, id, &v, follow, access.DraftScope, func(r *wire.Release, _ string, now time.Time) (wire.Event, error) {
		return wire.Event{}, r.Edit(content, now)
	})
}

// Approve notes that by agrees to the words as they stand.
func (s *Service) Approve(ctx context.Context, v access.Viewer, id wire.ReleaseID, by string, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "approve release %s", id)
	return s.change(ctx, id, &v, follow, access.Publish, func(r *wire.Release, _ string, now time.Time) (wire.Event, error) {
		return wire.Event{}, r.Approve(by, now)
	})
}

// SetEmbargo states until when a release that has not left is for cleared readers only.
func (s *Service) SetEmbargo(ctx context.Context, v access.Viewer, id wire.ReleaseID, until time.Time, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "embargo release %s", id)
	return s.change(ctx, id, &v, follow, access.DraftScope, func(r *wire.Release, _ string, now time.Time) (wire.Event, error) {
		return wire.Event{}, r.SetEmbargo(until, now)
	})
}

// Schedule has it leave by itself at a time to come.
func (s *Service) Schedule(ctx context.Context, v access.Viewer, id wire.ReleaseID, at time.Time, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "schedule release %s", id)
	return s.change(ctx, id, &v, follow, access.Publish, func(r *wire.Release, _ string, now time.Time) (wire.Event, error) {
		return wire.Event{}, r.Schedule(at, now)
	})
}

// Unschedule takes it off the schedule.
func (s *Service) Unschedule(ctx context.Context, v access.Viewer, id wire.ReleaseID, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "unschedule release %s", id)
	return s.change(ctx, id, &v, follow, access.Publish, func(r *wire.Release, _ string, now time.Time) (wire.Event, error) {
		return wire.Event{}, r.Unschedule(now)
	})
}

// Publish lets a draft or approved release leave now.
func (s *Service) Publish(ctx context.Context, v access.Viewer, id wire.ReleaseID, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "publish release %s", id)
	return s.change(ctx, id, &v, follow, access.Publish, func(r *wire.Release, _ string, now time.Time) (wire.Event, error) {
		return r.Publish(now)
	})
}

// Update develops the story.
func (s *Service) Update(ctx context.Context, v access.Viewer, id wire.ReleaseID, c wire.Changes, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "update release %s", id)
	return s.change(ctx, id, &v, follow, access.Publish, func(r *wire.Release, domain string, now time.Time) (wire.Event, error) {
		c.Domain = domain
		return r.Update(c, now)
	})
}

// Correct says that we were wrong, and why.
func (s *Service) Correct(ctx context.Context, v access.Viewer, id wire.ReleaseID, c wire.Changes, reason string, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "correct release %s", id)
	return s.change(ctx, id, &v, follow, access.Publish, func(r *wire.Release, domain string, now time.Time) (wire.Event, error) {
		c.Domain = domain
		return r.Correct(c, reason, now)
	})
}

// Withdraw says that it must not be used; its words go in the same transaction.
func (s *Service) Withdraw(ctx context.Context, v access.Viewer, id wire.ReleaseID, reason string, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "withdraw release %s", id)
	return s.change(ctx, id, &v, follow, access.Withdraw, func(r *wire.Release, _ string, now time.Time) (wire.Event, error) {
		return r.Withdraw(reason, now)
	})
}

// Concur says in the name of the viewer's member, which the lead has named as a further issuer, that it issues the release too. It is
// for the words as they stood at a revision (0: as they are now) and enters the member's own log; no word of the release changes.
func (s *Service) Concur(ctx context.Context, v access.Viewer, id wire.ReleaseID, revision int, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "confirm release %s", id)
	if err := need(v, access.Publish); err != nil {
		return nil, err
	}
	r, _, err := s.store.Release(ctx, id)
	if err != nil {
		return nil, err
	}
	now := s.now()
	if access.Release(v, r, now) != access.All {
		return nil, fault.E(fault.NotFound, "There is no release with this id.")
	}
	if err := r.MayConcur(v.Member); err != nil {
		return nil, err
	}
	if revision != 0 && revision != r.Revision {
		return nil, fault.E(fault.Conflict, "This release was changed meanwhile. Read it as it is now, then confirm it.")
	}
	sealed, err := s.store.SealedVersions(ctx, r)
	if err != nil {
		return nil, err
	}
	var commits [][32]byte
	for _, it := range r.Items {
		if c := sealed[it.ID]; len(c) > 0 {
			commits = append(commits, c[len(c)-1])
		}
	}
	commit := tlog.CommitConcur(commits)
	given := wire.Concurrence{Member: v.Member, At: now, Words: r.Words()}
	err = s.store.Write(ctx, func(t *store.Tx) error {
		leaf, err := t.Append(v.Member, tlog.Class(r.Audience.LogClass()), tlog.Leaf{Kind: tlog.KindConcur, ID: string(r.ID), Time: now.Unix(), Commit: commit[:]})
		if err != nil {
			return err
		}
		given.Leaf = leaf
		if err := t.PutConcurrence(r.ID, given, r.Revision); err != nil {
			return err
		}
		return follow.run(t, r)
	})
	if err != nil {
		return nil, err
	}
	r.Joint = append(slices.DeleteFunc(r.Joint, func(c wire.Concurrence) bool { return c.Member == v.Member }), given)
	return r, nil
}

// Erase removes everything but issuers, times, languages and uris. A release that never left is deleted.
func (s *Service) Erase(ctx context.Context, v access.Viewer, id wire.ReleaseID, follow Follow) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "erase release %s", id)
	r, _, err := s.store.Release(ctx, id)
	if err != nil {
		return nil, err
	}
	if !r.State.Out() {
		if err := need(v, access.Withdraw, access.DraftScope); err != nil {
			return nil, err
		}
		if r.Lead() != v.Member {
			return nil, fault.E(fault.NotFound, "There is no release with this id.")
		}
		return r, s.store.Write(ctx, func(t *store.Tx) error {
			if err := t.Dequeue(string(JobPublish) + ":" + string(id)); err != nil {
				return err
			}
			if err := t.DeleteDraft(id, r.Revision); err != nil {
				return err
			}
			return follow.run(t, r)
		})
	}
	return s.change(ctx, id, &v, follow, access.Withdraw, func(r *wire.Release, _ string, now time.Time) (wire.Event, error) {
		return r.Erase(now)
	})
}

// Handlers are the jobs that follow from a release, which do nothing when it has moved on, and the renewal of the index.
func (s *Service) Handlers() map[jobs.Kind]jobs.Handler {
	due := func(state wire.State, do func(*wire.Release, time.Time) (wire.Event, error)) jobs.Handler {
		return func(ctx context.Context, j jobs.Job) error {
			id, err := wire.ParseReleaseID(j.Args)
			if err != nil {
				return err
			}
			r, _, err := s.store.Release(ctx, id)
			if fault.KindOf(err) == fault.NotFound {
				return nil
			}
			if err != nil || r.State != state {
				return err
			}
			_, err = s.change(ctx, id, nil, nil, "", func(r *wire.Release, _ string, now time.Time) (wire.Event, error) {
				if r.State != state {
					return wire.Event{}, errMovedOn
				}
				return do(r, now)
			})
			if errors.Is(err, errMovedOn) {
				return nil
			}
			return err
		}
	}
	return map[jobs.Kind]jobs.Handler{
		JobPublish: due(wire.Scheduled, (*wire.Release).Publish),
		JobOpen:    due(wire.Embargoed, (*wire.Release).Open),

		store.JobIndex: s.renew,
	}
}

var errMovedOn = errors.New("the release has moved on")

// work is everything that one change of a release writes.
type work struct {
	r        *wire.Release
	place    store.Place
	event    wire.Event
	versions []version                  // to write, in order of item and number
	sealed   map[wire.ItemID][][32]byte // of an opening or a new seal: every version's commitment
	docs     []store.IndexDoc           // to put into the index
}

type version struct {
	item   int
	n      int
	sealed store.SealedVersion
	draft  []byte
}

// prepare does all that needs thought before the writer's turn.
func (s *Service) prepare(ctx context.Context, r *wire.Release, place store.Place, ev wire.Event, members map[wire.MemberID]wire.Member) (*work, error) {
	w := &work{r: r, place: place, event: ev}
	changed := map[wire.ItemID]bool{}
	for _, id := range ev.Items {
		changed[id] = true
	}
	opening := ev.Kind == wire.EventReleased && place.SealLeaf >= 0
	for i := range r.Items {
		it := &r.Items[i]
		n := it.Current().N
		switch {
		case ev.Kind == "": // a draft, approval or schedule: words without commitments
			b, err := finalBytes(r, i, n, members)
			if err != nil {
				return nil, asField(err, i)
			}
			w.versions = append(w.versions, version{item: i, n: n, draft: b})
		case opening, !changed[it.ID]:
		default:
			sv, err := s.commitTo(r, i, n, members)
			if err != nil {
				return nil, asField(err, i)
			}
			w.versions = append(w.versions, version{item: i, n: n, sealed: sv})
		}
		if changed[it.ID] && r.State == wire.Released {
			w.docs = append(w.docs, document(r, i))
		}
	}
	switch ev.Kind {
	case wire.EventWithdrawn, wire.EventErased:
		if !r.OpenedAt.IsZero() {
			for i := range r.Items {
				w.docs = append(w.docs, store.IndexDoc{Ordinal: i, Marks: marks(r, i)})
			}
		}
	}
	if opening || r.State == wire.Embargoed {
		var err error
		if w.sealed, err = s.store.SealedVersions(ctx, r); err != nil {
			return nil, err
		}
		if !opening {
			for _, v := range w.versions {
				id := r.Items[v.item].ID
				w.sealed[id] = append(w.sealed[id], v.sealed.Commit)
			}
		}
	}
	return w, nil
}

// asField tells which of the items an invalid one is.
func asField(err error, i int) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.Invalid {
		c := *f
		c.Field = strings.TrimSuffix(fmt.Sprintf("items[%d].%s", i, f.Field), ".")
		return &c
	}
	return err
}

// finalBytes is a version as it leaves: valid ninjs, whoever wrote its content.
func finalBytes(r *wire.Release, i, n int, members map[wire.MemberID]wire.Member) ([]byte, error) {
	item := ninjs.FromRelease(r, i, n, members)
	if err := item.Validate(); err != nil {
		return nil, err
	}
	return item.Marshal()
}

// commitTo makes a version's final bytes and the commitment to them.
func (s *Service) commitTo(r *wire.Release, i, n int, members map[wire.MemberID]wire.Member) (store.SealedVersion, error) {
	b, err := finalBytes(r, i, n, members)
	if err != nil {
		return store.SealedVersion{}, err
	}
	it := &r.Items[i]
	m := tlog.Manifest{Release: string(r.ID), Item: string(it.ID), Version: n, Language: string(it.Language),
		Audience: string(r.Audience.Class), SHA256: sha256.Sum256(b), Length: int64(len(b))}
	for _, a := range it.Versions[n-1].Content.Attachments {
		m.Attachments = append(m.Attachments, tlog.Attachment{SHA256: a.SHA256, Length: a.Length, MediaType: a.MediaType})
	}
	if err := m.Validate(); err != nil {
		return store.SealedVersion{}, err
	}
	salt := tlog.NewSalt()
	return store.SealedVersion{Bytes: b, Manifest: m.Bytes(), Salt: salt, Commit: tlog.Commit(salt, m)}, nil
}

func document(r *wire.Release, i int) store.IndexDoc {
	c := r.Items[i].Current().Content
	body := c.Body
	if c.Subheadline != "" {
		body = append([]string{c.Subheadline}, body...)
	}
	return store.IndexDoc{Ordinal: i, Doc: search.Document(r.Items[i].Language, c.Headline, body), Marks: marks(r, i)}
}

func marks(r *wire.Release, i int) string {
	ms := append(access.AudienceMarks(r), access.MarkRelease, access.LanguageMark(r.Items[i].Language))
	for _, m := range r.Issuers {
		ms = append(ms, access.MemberMark(m))
	}
	return strings.Join(ms, " ")
}

// DocumentOfCapture is what a capture puts into the index.
func DocumentOfCapture(c *wire.Capture) store.IndexDoc {
	ms := []string{access.MarkCapture, access.MarkOutside, access.LanguageMark(c.Language)}
	seen := map[string]bool{}
	for _, a := range c.Attribution {
		for _, tok := range lang.Tokens(c.Language, a.Source) {
			if m := access.SourceMark(tok.Fold); !seen[m] {
				seen[m] = true
				ms = append(ms, m)
			}
		}
	}
	return store.IndexDoc{Doc: search.Document(c.Language, c.Headline, c.Body), Marks: strings.Join(ms, " ")}
}

// write is the writer's turn: rows, leaves, index, position, jobs. It only writes.
func (w *work) write(t *store.Tx, readAt int) error {
	r, class := w.r, tlog.Class(w.r.Audience.LogClass())
	kinds := map[wire.VersionKind]tlog.Kind{wire.FirstVersion: tlog.KindRelease, wire.UpdateKind: tlog.KindUpdate, wire.CorrectKind: tlog.KindCorrect}
	leafOf := func(it *wire.Item, n int, commit [32]byte) (int64, error) {
		return t.Append(r.Lead(), class, tlog.Leaf{Kind: kinds[it.Versions[n-1].Kind], ID: string(it.ID), Version: n, Time: w.event.At.Unix(), Commit: commit[:]})
	}
	opening := w.event.Kind == wire.EventReleased && w.place.SealLeaf >= 0

	// Leaves first: they give the versions their index.
	switch {
	case opening:
		if _, err := t.Append(r.Lead(), class, tlog.Leaf{Kind: tlog.KindOpen, ID: string(r.ID), Time: w.event.At.Unix(), Ref: fmt.Sprint(w.place.SealLeaf)}); err != nil {
			return err
		}
		for i := range r.Items {
			it := &r.Items[i]
			for k, c := range w.sealed[it.ID] {
				leaf, err := leafOf(it, k+1, c)
				if err != nil {
					return err
				}
				if err := t.SetLeaf(it.ID, k+1, leaf); err != nil {
					return err
				}
			}
		}
	case w.event.Kind == wire.EventWithdrawn:
		if _, err := t.Append(r.Lead(), class, tlog.Leaf{Kind: tlog.KindWithdraw, ID: string(r.ID), Time: w.event.At.Unix()}); err != nil {
			return err
		}
	case w.event.Kind == wire.EventErased:
		if _, err := t.Append(r.Lead(), class, tlog.Leaf{Kind: tlog.KindErase, ID: string(r.ID), Time: w.event.At.Unix()}); err != nil {
			return err
		}
	case r.State == wire.Embargoed:
		var commits [][32]byte
		for _, it := range r.Items {
			commits = append(commits, w.sealed[it.ID]...)
		}
		salt := tlog.NewSalt()
		seal := tlog.CommitSeal(salt, commits)
		leaf, err := t.Append(r.Lead(), class, tlog.Leaf{Kind: tlog.KindSeal, Time: w.event.At.Unix(), Commit: seal[:]})
		if err != nil {
			return err
		}
		w.place.SealLeaf, w.place.SealSalt = leaf, salt[:]
	}
	leaves := make([]int64, len(w.versions))
	for k, v := range w.versions {
		leaves[k] = -1
		if v.draft == nil && r.State == wire.Released {
			leaf, err := leafOf(&r.Items[v.item], v.n, v.sealed.Commit)
			if err != nil {
				return err
			}
			leaves[k] = leaf
		}
	}

	// The event and, for what becomes readable, its place in the list.
	listed := w.place.Position
	if w.event.Kind != "" {
		position, err := t.NextPosition()
		if err != nil {
			return err
		}
		if w.event.Kind == wire.EventReleased || w.event.Kind == wire.EventEmbargoed {
			listed, w.place.Position = position, position
		}
		if err := t.Event(position, w.event.Kind, string(r.ID), w.event.At, w.event.Items); err != nil {
			return err
		}
		if err := t.TakesChanged(r.ID, w.event); err != nil {
			return err
		}
	}
	if err := t.UpdateRelease(r, w.place, readAt); err != nil {
		return err
	}
	for k, v := range w.versions {
		it := &r.Items[v.item]
		var err error
		if v.draft != nil {
			err = t.PutDraft(it.ID, it.Versions[v.n-1], v.draft)
		} else {
			err = t.PutVersion(it.ID, it.Versions[v.n-1], v.sealed, leaves[k])
		}
		if err != nil {
			return err
		}
	}
	if w.event.Kind == wire.EventWithdrawn || w.event.Kind == wire.EventErased {
		if err := t.ClearWords(r.ID, w.event.Kind == wire.EventErased); err != nil {
			return err
		}
	}
	for _, d := range w.docs {
		if w.event.Kind != wire.EventReleased {
			if err := t.Unindex(listed, d.Ordinal); err != nil {
				return err
			}
		}
		if err := t.Index(listed, d); err != nil {
			return err
		}
	}
	return w.jobs(t)
}

// jobs keeps the clock's work in step with the state: one waiting job while it is scheduled or
// under embargo, none otherwise.
func (w *work) jobs(t *store.Tx) error {
	id := string(w.r.ID)
	publish, open := string(JobPublish)+":"+id, string(JobOpen)+":"+id
	switch w.r.State {
	case wire.Scheduled:
		return t.Enqueue(jobs.Job{Kind: JobPublish, Args: id, Dedup: publish, RunAt: w.r.PublishAt})
	case wire.Embargoed:
		if err := t.Dequeue(publish); err != nil {
			return err
		}
		return t.Enqueue(jobs.Job{Kind: JobOpen, Args: id, Dedup: open, RunAt: w.r.EmbargoedUntil})
	case wire.Draft, wire.Approved:
		return t.Dequeue(publish)
	case wire.Withdrawn, wire.Erased:
		return t.Dequeue(open)
	}
	return nil
}
