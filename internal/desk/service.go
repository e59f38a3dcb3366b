package desk

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Bounds of a desk.
const (
	MaxOpen   = 2000 // open drafts of one desk
	maxOthers = 500  // texts of one draft that were not taken and that nobody has put away
	maxNote   = 2000 // letters
	boardSize = 500  // drafts of one board
	sentDays  = 7
	otherDays = 30 // how long a text that was put away is kept
)

// Service keeps drafts and lets them leave. Changes of one draft are made one after the other.
type Service struct {
	store *store.Store
	pub   *publish.Service
	blobs blob.Store
	now   func() time.Time

	turns    [256]sync.Mutex // by a hash of the draft's id
	revising sync.Mutex      // so that two people who revise a release at once get one draft
	uploads  chan struct{}   // one for each file that is taken in at once
}

// What the audit list names, in the transaction in which it is done; the object is a draft's or a release's
// id, the detail its desk.
const (
	DraftBegun       = "draft-begun"
	DraftRevises     = "draft-revises"
	DraftAsked       = "draft-asked"
	DraftApproved    = "draft-approved"
	DraftReturned    = "draft-returned"
	DraftScheduled   = "draft-scheduled"
	DraftUnscheduled = "draft-unscheduled"
	DraftFailed      = "draft-failed"
	DraftSent        = "draft-sent"
	DraftDiscarded   = "draft-discarded"
	DraftEdited      = "draft-edited"    // by a token; what people write is kept with the draft
	DraftEmbargoed   = "draft-embargoed" // by a token
	Withdrawn        = "release-withdrawn"
	Erased           = "release-erased"
	Confirmed        = "release-confirmed" // as a further issuer
)

// Actions lists them all.
var Actions = []string{DraftBegun, DraftRevises, DraftAsked, DraftApproved, DraftReturned, DraftScheduled, DraftUnscheduled, DraftFailed, DraftSent, DraftDiscarded, DraftEdited, DraftEmbargoed, Withdrawn, Erased, Confirmed}

// Board is what one person sees of her desks. Parts have only language, headline, revision, writer and
// time; those of sent drafts have no headline either: the release has it.
type Board struct {
	Mine    []*Draft // that she began or changed
	Waiting []*Draft // for her approval
	Desk    []*Draft // the others that are open
	Sent    []*Draft // in the last seven days
}

// NewService makes the service; files are kept in blobs.
func NewService(s *store.Store, pub *publish.Service, blobs blob.Store, now func() time.Time) *Service {
	return &Service{store: s, pub: pub, blobs: blobs, now: func() time.Time { return now().UTC().Truncate(time.Microsecond) }, uploads: make(chan struct{}, 4)}
}

var (
	errNoDraft   = fault.E(fault.NotFound, "There is no such draft.")
	errNoDesk    = fault.E(fault.NotFound, "There is no such desk.")
	errElsewhere = fault.E(fault.Conflict, "Somebody else changed this draft meanwhile. Look at it again and repeat what you did.")
	errSent      = fault.E(fault.Conflict, "This text has left its desk. Begin an update or a correction of it.")
)

func mayRead(p people.Person, d people.DeskID) bool {
	return p.May(d, access.DraftScope) || p.May(d, access.Publish)
}

func need(p people.Person, d people.DeskID, scope access.Scope) error {
	switch {
	case p.May(d, scope):
		return nil
	case scope == access.DraftScope:
		return fault.E(fault.NotAllowed, "Only reporters, translators and editors of this desk change its texts.")
	}
	return fault.E(fault.NotAllowed, "Only an editor of this desk does this. Ask one of them.")
}

// viewer is the person as she acts for the desk's member: with the rights that she has at this desk.
func viewer(p people.Person, d people.DeskID, m wire.MemberID) access.Viewer {
	v := access.Viewer{Member: m}
	for _, s := range access.Scopes {
		if p.May(d, s) {
			v.Scopes = append(v.Scopes, s)
		}
	}
	return v
}

// entry is a line of the audit list.
func (s *Service) entry(m wire.MemberID, who people.UserID, action, object string, d people.DeskID) people.Entry {
	return people.Entry{ID: people.NewID(), At: s.now(), Member: m, Actor: who, Action: action, Object: object, Detail: string(d)}
}

// lock takes the draft's turn and returns what gives it back.
func (s *Service) lock(id DraftID) (unlock func()) {
	h := fnv.New32a()
	h.Write([]byte(id))
	m := &s.turns[h.Sum32()%uint32(len(s.turns))]
	m.Lock()
	return m.Unlock
}

// kept is a draft as its row holds it.
type kept struct {
	Draft
	Dropped    map[lang.Tag]int
	WasUrgency int
}

func encode(d *Draft) (store.Draft, error) {
	k := kept{Draft: *d, Dropped: d.dropped, WasUrgency: d.wasUrgency}
	k.Parts = nil
	b, err := json.Marshal(k)
	return store.Draft{ID: string(d.ID), Member: string(d.Member), Desk: string(d.Desk), Kind: string(d.Kind), Release: string(d.Release), State: string(d.State),
		Revision: d.Revision, Created: d.Created, ChangedAt: d.ChangedAt, SentAt: d.SentAt, Data: b}, err
}

func decode(row store.Draft, parts []store.DraftPart) (*Draft, error) {
	damaged := func(err error) error {
		return fault.E(fault.Corrupt, "The row of draft %s is damaged.", row.ID).Because(err)
	}
	var k kept
	if err := json.Unmarshal(row.Data, &k); err != nil {
		return nil, damaged(err)
	}
	d := &k.Draft
	d.dropped, d.wasUrgency, d.Parts = k.Dropped, k.WasUrgency, make([]Part, len(parts))
	for i, p := range parts {
		if p.Data != nil {
			if err := json.Unmarshal(p.Data, &d.Parts[i]); err != nil {
				return nil, damaged(err)
			}
		}
		q := &d.Parts[i]
		q.body = p.Body
		q.Language, q.place, q.Revision, q.By, q.At, q.Headline = lang.Tag(p.Language), p.Place, p.Revision, people.UserID(p.Writer), p.At, p.Headline
	}
	return d, nil
}

func encodePart(p Part) (store.DraftPart, error) {
	row := store.DraftPart{Language: string(p.Language), Place: p.place, Revision: p.Revision, Writer: string(p.By), At: p.At, Headline: p.Headline}
	p.Headline = "" // stands in its own column
	var err error
	row.Data, err = json.Marshal(p)
	return row, err
}

// read reads a draft as it stands now: with the approvals that its desk asks for now, without those of
// people who have lost their role.
func (s *Service) read(ctx context.Context, id DraftID) (*Draft, error) {
	row, parts, err := s.store.Draft(ctx, string(id))
	if err != nil {
		return nil, err
	}
	d, err := decode(row, parts)
	if err != nil {
		return nil, err
	}
	return d, s.asOfNow(ctx, d, &staff{})
}

// staff remembers who works where from one draft of a list to the next.
type staff struct {
	users map[people.UserID]people.User
	desks map[people.DeskID]people.Desk
}

// asOfNow brings a draft's approvals up to date.
func (s *Service) asOfNow(ctx context.Context, d *Draft, seen *staff) (err error) {
	if seen.users == nil {
		seen.users, seen.desks = map[people.UserID]people.User{}, map[people.DeskID]people.Desk{}
	}
	desk, ok := seen.desks[d.Desk]
	if !ok {
		if desk, err = s.store.Desk(ctx, d.Desk); err != nil {
			return err
		}
		seen.desks[d.Desk] = desk
	}
	d.Needed = desk.Approvals
	if d.State == Sent {
		return nil
	}
	stands := make([]Approval, 0, len(d.Approvals))
	for _, a := range d.Approvals {
		u, ok := seen.users[a.By]
		if !ok {
			if u, err = s.store.User(ctx, a.By); err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
			seen.users[a.By] = u
		}
		if u.ID != "" && !u.Disabled && (people.Person{User: u}).May(d.Desk, access.Publish) {
			stands = append(stands, a)
		}
	}
	d.Approvals = stands
	d.settle()
	return nil
}

// settle keeps the state in step with the number of approvals.
func (d *Draft) settle() {
	enough := len(d.Approvals) >= max(d.Needed, 1)
	switch {
	case d.State == Waiting && enough:
		d.State = Approved
	case d.State == Approved && !enough:
		d.State = Waiting
	}
}

// load reads a draft for somebody; NotFound for whoever neither writes nor approves at its desk.
func (s *Service) load(ctx context.Context, p people.Person, id DraftID) (*Draft, error) {
	d, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	if p.Nobody() || !mayRead(p, d.Desk) {
		return nil, errNoDraft
	}
	return d, nil
}

// turn is one change of a draft.
type turn struct {
	d       *Draft
	by      people.Person
	now     time.Time
	changed bool // the draft's own row
	words   bool // something that readers would get: approvals and schedule fall, and by is one of its writers
	put     []Part
	drop    []lang.Tag
	others  []Other
	files   []store.DraftFile
	gone    []store.DraftFile // that the draft has no more
	action  string            // what the audit list calls it; empty: nothing stands there
	refused error             // what is answered although something was written
}

const anyRevision = -1

// change is every change of a draft: it is read, do changes it, and it is written over the revision that
// it was read at. Nothing of it is undone by a caller who goes away.
func (s *Service) change(ctx context.Context, p people.Person, id DraftID, scope access.Scope, revision int, do func(ctx context.Context, t *turn) error) (*Draft, error) {
	ctx = context.WithoutCancel(ctx)
	t := &turn{by: p, now: s.now()}
	err := s.inTurn(ctx, t, id, scope, revision, do)
	s.removeFiles(ctx, t.gone) // not in the draft's turn: who attaches a file takes these two locks the other way round
	if err == nil {
		err = t.refused
	}
	if err != nil {
		return nil, err
	}
	return t.d, nil
}

func (s *Service) inTurn(ctx context.Context, t *turn, id DraftID, scope access.Scope, revision int, do func(ctx context.Context, t *turn) error) (err error) {
	defer s.lock(id)()
	if t.d, err = s.load(ctx, t.by, id); err != nil {
		return err
	}
	if err := need(t.by, t.d.Desk, scope); err != nil {
		return err
	}
	if t.d.State == Sent {
		return errSent
	}
	if revision != anyRevision && revision != t.d.Revision {
		return errElsewhere
	}
	scheduled := t.d.State == Scheduled
	if err := do(ctx, t); err != nil {
		return err
	}
	return s.write(ctx, t, scheduled)
}

// wrote notes that somebody changed what readers would get, or wanted to: she cannot approve it any more.
func (t *turn) wrote() {
	d := t.d
	t.changed = true
	if !slices.Contains(d.Writers, t.by.ID) {
		d.Writers = append(d.Writers, t.by.ID)
	}
	before := len(d.Approvals)
	d.Approvals = slices.DeleteFunc(d.Approvals, func(a Approval) bool { return a.By == t.by.ID })
	if d.State == Scheduled && len(d.Approvals) < before && len(d.Approvals) < d.Needed {
		d.fail("desk.failed.approvals", textApprovals)
	}
	d.settle()
}

// fall takes approvals and schedule away: the words are not those any more that they were given for.
func (d *Draft) fall() {
	if d.State == Scheduled {
		d.fail("desk.failed.changed", "It was changed after it had been scheduled, so it was taken off the schedule.")
	}
	d.State, d.Approvals, d.Scheduler = Writing, nil, ""
}

// fail takes a draft off the schedule and says why.
func (d *Draft) fail(key, why string) {
	d.State, d.Scheduler, d.FailedKey, d.Failed = Writing, "", key, why
}

func (s *Service) write(ctx context.Context, t *turn, scheduled bool) error {
	d := t.d
	if t.words {
		d.fall()
		t.wrote()
	}
	if !t.changed && len(t.put)+len(t.drop)+len(t.others)+len(t.files) == 0 {
		return nil
	}
	readAt := d.Revision
	d.Revision++
	d.ChangedAt = t.now
	row, err := encode(d)
	if err != nil {
		return err
	}
	parts := make([]store.DraftPart, len(t.put))
	for i, p := range t.put {
		if parts[i], err = encodePart(p); err != nil {
			return err
		}
	}
	others := make([]store.DraftOther, len(t.others))
	for i, o := range t.others {
		b, err := json.Marshal(o)
		if err != nil {
			return err
		}
		others[i] = store.DraftOther{ID: o.ID, Language: string(o.Language), At: o.At, Data: b}
	}
	e := s.entry(d.Member, t.by.ID, t.action, row.ID, d.Desk)
	var ok bool
	err = s.store.Write(ctx, func(tx *store.Tx) (err error) {
		if ok, err = tx.UpdateDraft(row, readAt); err != nil || !ok {
			return err // no error where it is not the newest: that would hold up who is committed with it
		}
		for _, p := range parts {
			if err := tx.PutDraftPart(row.ID, p); err != nil {
				return err
			}
		}
		for _, l := range t.drop {
			if err := tx.DropDraftPart(row.ID, string(l)); err != nil {
				return err
			}
		}
		for _, o := range others {
			if err := tx.PutDraftOther(row.ID, o); err != nil {
				return err
			}
		}
		for _, f := range t.files {
			if err := tx.PutDraftFile(row.ID, f); err != nil {
				return err
			}
		}
		if t.action != "" {
			if err := tx.AddEntry(e); err != nil {
				return err
			}
		}
		if scheduled {
			if err := tx.Dequeue(jobKey(d.ID)); err != nil {
				return err
			}
		}
		if d.State == Scheduled {
			return tx.Enqueue(jobs.Job{Kind: JobSend, Args: row.ID, Dedup: jobKey(d.ID), RunAt: d.Settings.PublishAt})
		}
		return nil
	})
	if err == nil && !ok {
		err = errElsewhere
	}
	return err
}

// insert keeps a new draft, and in the audit list what its author did.
func (s *Service) insert(ctx context.Context, d *Draft, files []store.DraftFile, action string) error {
	row, err := encode(d)
	if err != nil {
		return err
	}
	parts := make([]store.DraftPart, len(d.Parts))
	for i, p := range d.Parts {
		if parts[i], err = encodePart(p); err != nil {
			return err
		}
	}
	e := s.entry(d.Member, d.Author, action, row.ID, d.Desk)
	return s.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.InsertDraft(row, MaxOpen); err != nil {
			return err
		}
		if err := tx.AddEntry(e); err != nil {
			return err
		}
		for _, p := range parts {
			if err := tx.PutDraftPart(row.ID, p); err != nil {
				return err
			}
		}
		for _, f := range files {
			if err := tx.PutDraftFile(row.ID, f); err != nil {
				return err
			}
		}
		return nil
	})
}

// Draft answers with one draft; NotFound for whoever neither writes nor approves at its desk.
func (s *Service) Draft(ctx context.Context, p people.Person, id DraftID) (_ *Draft, err error) {
	defer fault.Wrap(&err, "draft %.40s", id)
	return s.load(ctx, p, id)
}

// Board lists the drafts of a person's desks, the newest changes first.
func (s *Service) Board(ctx context.Context, p people.Person) (b Board, err error) {
	defer fault.Wrap(&err, "board")
	var desks []string
	for _, d := range p.Desks {
		if mayRead(p, d.ID) {
			desks = append(desks, string(d.ID))
		}
	}
	rows, parts, err := s.store.Drafts(ctx, desks, s.now().AddDate(0, 0, -sentDays), boardSize)
	if err != nil {
		return b, err
	}
	var seen staff
	for _, row := range rows {
		d, err := decode(row, parts[row.ID])
		if err != nil {
			return b, err
		}
		if err := s.asOfNow(ctx, d, &seen); err != nil {
			return b, err
		}
		approved := slices.ContainsFunc(d.Approvals, func(a Approval) bool { return a.By == p.ID })
		switch {
		case d.State == Sent:
			b.Sent = append(b.Sent, d)
		case d.wroteIt(p.ID):
			b.Mine = append(b.Mine, d)
		case d.State == Waiting && p.May(d.Desk, access.Publish) && !approved:
			b.Waiting = append(b.Waiting, d)
		default:
			b.Desk = append(b.Desk, d)
		}
	}
	return b, nil
}

// wroteIt reports whether someone began the draft or changed it.
func (d *Draft) wroteIt(u people.UserID) bool {
	return d.Author == u || slices.Contains(d.Writers, u)
}
