package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// JobSend is a scheduled draft whose time has come.
const JobSend jobs.Kind = "desk.send"

// Grace is by how much a scheduled time may have been missed, by a node that was down, for the draft to leave still.
const Grace = 10 * time.Minute

func jobKey(id DraftID) string { return string(JobSend) + ":" + string(id) }

// Keys are the keys of the interface strings that Problem.Key and Draft.FailedKey hold.
func Keys() []string {
	return []string{
		"desk.lacks.parts", "desk.lacks.headline", "desk.headline.turns", "desk.lacks.body", "desk.lacks.reason", "desk.lacks.partners", "desk.lacks.change", "desk.lacks.newlanguage",
		"desk.past.embargo", "desk.past.publish", "desk.embargo.before.publish",
		"desk.failed.changed", "desk.failed.approvals", "desk.failed.late", "desk.failed.incomplete", "desk.failed.embargo", "desk.failed.release",
		"desk.failed.revised", "desk.failed.editor", "desk.failed.other",
	}
}

const textApprovals = "It has not as many approvals as its desk asks for."

// leaveFault is why something does not leave; key is of the interface string that says it.
type leaveFault struct {
	key string
	err *fault.Error
}

func (l *leaveFault) Error() string { return l.err.Error() }
func (l *leaveFault) Unwrap() error { return l.err }

func stays(key string, k fault.Kind, format string, args ...any) error {
	return &leaveFault{key, fault.E(k, format, args...)}
}

// Problems lists what a draft lacks before it can leave. Those of the field publishAt keep it only from
// being scheduled.
func (s *Service) Problems(d *Draft) (out []Problem) {
	if d.State == Sent {
		return nil
	}
	lacks := func(l lang.Tag, field, key string) { out = append(out, Problem{l, field, key}) }
	now, changed := s.now(), d.Settings.Urgency != d.wasUrgency && d.Kind == Update
	for i := range d.Parts {
		p := &d.Parts[i]
		if d.Kind != New && !p.changed() {
			continue
		}
		changed = true
		if d.Kind == Correct && p.Item == "" {
			lacks(p.Language, "parts", "desk.lacks.newlanguage")
			continue
		}
		if h := line(p.Headline); !lang.Shows(h) {
			lacks(p.Language, "headline", "desk.lacks.headline")
		} else if lang.Misleads(h) {
			lacks(p.Language, "headline", "desk.headline.turns")
		}
		if strings.TrimSpace(p.Body) == "" && d.Settings.Urgency != 1 && len(p.Attachments) == 0 { // a flash is a headline, a picture has a caption
			lacks(p.Language, "body", "desk.lacks.body")
		}
	}
	switch {
	case d.Kind == New && len(d.Parts) == 0:
		lacks("", "parts", "desk.lacks.parts")
	case d.Kind != New && !changed:
		lacks("", "parts", "desk.lacks.change")
	}
	if d.Kind == Correct && strings.TrimSpace(d.Settings.Reason) == "" {
		lacks("", "reason", "desk.lacks.reason")
	}
	if d.Settings.Audience.Class == wire.Partners && len(d.Settings.Audience.Partners) == 0 {
		lacks("", "audience", "desk.lacks.partners")
	}
	at, until := d.Settings.PublishAt, d.Settings.EmbargoedUntil
	if d.Kind == New && !until.IsZero() && !until.After(now) {
		lacks("", "embargoedUntil", "desk.past.embargo")
	}
	if at.IsZero() {
		return out
	}
	if !at.After(now) {
		lacks("", "publishAt", "desk.past.publish")
	}
	if d.Kind == New && !until.IsZero() && !until.After(at) {
		lacks("", "publishAt", "desk.embargo.before.publish")
	}
	return out
}

// complete says what of a draft keeps it from leaving, in the words of a fault.
func (s *Service) complete(d *Draft) error {
	said := map[string]string{
		"desk.lacks.parts": "There is no text yet.", "desk.lacks.headline": "A headline is missing.", "desk.lacks.body": "The text is missing.",
		"desk.headline.turns": "The headline holds hidden marks that turn the reading direction around. Write it anew.",
		"desk.lacks.reason":   "Give the reason; it stands in the public register.", "desk.lacks.partners": "Name the partners to whom it goes.",
		"desk.lacks.change": "Nothing is changed.", "desk.lacks.newlanguage": "A correction changes texts that were released; a new language comes as an update.",
		"desk.past.embargo": "The embargo ends in the past; state a time to come.",
	}
	for _, p := range s.Problems(d) {
		if p.Field == "publishAt" {
			continue
		}
		field, key := p.Field, "desk.failed.incomplete"
		if p.Language != "" {
			field += "." + string(p.Language)
		}
		if p.Key == "desk.past.embargo" {
			key = "desk.failed.embargo"
		}
		return &leaveFault{key, fault.Field(field, "%s", said[p.Key])}
	}
	return nil
}

// checkTime says whether the draft can be scheduled for the time that its settings state.
func (d *Draft) checkTime(now time.Time) error {
	at, until := d.Settings.PublishAt, d.Settings.EmbargoedUntil
	switch {
	case at.IsZero():
		return fault.Field("publishAt", "State when it is to leave.")
	case !at.After(now):
		return fault.Field("publishAt", "This time has passed; state one to come, or send it now.")
	case d.Kind == New && !until.IsZero() && !until.After(at):
		return fault.Field("embargoedUntil", "The embargo ends before the release is published.")
	}
	return nil
}

// final is what leaves of a draft, and the digest of its bytes.
type final struct {
	base    *wire.Release // that is revised
	items   []wire.NewItem
	changes wire.Changes
	digest  string
}

// epoch stands for the instant of leaving, which is not known when the bytes are approved.
var epoch = time.Unix(0, 0).UTC()

// final makes a draft's exact content: the ninjs bytes of every version that would leave, which are those
// that leave but for the instant. A release that was revised meanwhile is errRevised, with final.base.
func (s *Service) final(ctx context.Context, d *Draft) (f final, err error) {
	members, err := s.store.Members(ctx)
	if err != nil {
		return f, err
	}
	domain := members[d.Member].Domain
	var r *wire.Release
	var leaving []int
	switch d.Kind {
	case New:
		for i := range d.Parts {
			f.items = append(f.items, d.Parts[i].newItem())
			leaving = append(leaving, i)
		}
		if r, err = wire.NewRelease(d.Settings.Issuers, domain, d.Settings.Audience, d.Settings.Urgency, f.items, epoch); err != nil {
			return f, partField(err, d)
		}
		r.EmbargoedUntil = d.Settings.EmbargoedUntil
	default:
		if f.base, _, err = s.store.Release(ctx, d.Release); err != nil {
			return f, err
		}
		if f.base.State != wire.Released && f.base.State != wire.Embargoed {
			return f, &leaveFault{"desk.failed.release", errNotThere(f.base)}
		}
		f.changes.Content, f.changes.Domain = map[wire.ItemID]wire.Content{}, domain
		for i := range d.Parts {
			p := &d.Parts[i]
			if p.Item == "" {
				f.changes.Add = append(f.changes.Add, p.newItem())
				continue
			}
			it := f.base.Item(p.Item)
			if it == nil {
				return f, stays("desk.failed.release", fault.Conflict, "The release has no text in %s any more.", p.Language)
			}
			if !p.changed() {
				continue
			}
			if it.Current().N != p.Base {
				return f, errRevised
			}
			f.changes.Content[it.ID] = p.content()
		}
		if d.Settings.Urgency != d.wasUrgency {
			f.changes.Urgency = &d.Settings.Urgency
		}
		then := *f.base
		r = &then
		var ev wire.Event
		if d.Kind == Update {
			ev, err = r.Update(f.changes, epoch)
		} else {
			ev, err = r.Correct(f.changes, d.Settings.Reason, epoch)
		}
		if err != nil {
			return f, err
		}
		for i := range r.Items {
			if slices.Contains(ev.Items, r.Items[i].ID) {
				leaving = append(leaving, i)
			}
		}
	}
	r.State = wire.Released // an embargo that opens between approval and leaving voids nothing
	what := struct {
		Kind           Kind
		Release        wire.ReleaseID
		Issuers        []wire.MemberID
		Audience       wire.AudienceClass
		Partners       []wire.MemberID
		Urgency        int
		EmbargoedUntil int64
		Reason         string
		Translations   []wire.Translation
		Items          [][]byte
	}{d.Kind, d.Release, r.Issuers, r.Audience.Class, r.Audience.Partners, r.Urgency, r.EmbargoedUntil.UnixMicro(), d.Settings.Reason, nil, nil}
	for _, i := range leaving {
		it := ninjs.FromRelease(r, i, r.Items[i].Current().N, members)
		if err := it.Validate(); err != nil {
			return f, partField(err, d)
		}
		b, err := it.Marshal()
		if err != nil {
			return f, partField(err, d)
		}
		what.Items, what.Translations = append(what.Items, b), append(what.Translations, r.Items[i].Translation)
	}
	b, err := json.Marshal(what)
	if err != nil {
		return f, err
	}
	sum := sha256.Sum256(b)
	f.digest = hex.EncodeToString(sum[:])
	return f, nil
}

// newItem is the part as an item that was not there before.
func (p *Part) newItem() wire.NewItem {
	return wire.NewItem{ID: p.NewItem, Language: p.Language, Type: wire.Text, Translation: p.Translation, Content: p.content()}
}

// partField turns items[2].headlines into headlines.kk, which the desk's page can point at.
func partField(err error, d *Draft) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		return err
	}
	c := *f
	if at, rest, ok := strings.Cut(f.Field, "]."); ok && strings.HasPrefix(at, "items[") {
		for i, p := range d.Parts {
			if at == fmt.Sprintf("items[%d", i) {
				c.Field = rest + "." + string(p.Language)
			}
		}
	}
	return &c
}

// ready makes a draft's final content, or says what keeps it from leaving. Where the release was revised
// meanwhile the draft follows it, in the same turn, and the fault says so.
func (s *Service) ready(ctx context.Context, t *turn) (final, error) {
	if err := s.complete(t.d); err != nil {
		return final{}, err
	}
	f, err := s.final(ctx, t.d)
	if errors.Is(err, errRevised) {
		t.follow(f.base)
		err = stays("desk.failed.revised", fault.Conflict, "The release was revised by somebody else after this text was begun. Its new words stand beside yours; look at them, then go on.")
		t.refused = err
	}
	return f, err
}

// Preview is the release as its readers would get it, unfinished as it may be, in state draft.
func (s *Service) Preview(ctx context.Context, p people.Person, id DraftID) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "preview of draft %.40s", id)
	d, err := s.load(ctx, p, id)
	if err != nil {
		return nil, err
	}
	members, err := s.store.Members(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	r := &wire.Release{Issuers: d.Settings.Issuers, Audience: d.Settings.Audience, EmbargoedUntil: d.Settings.EmbargoedUntil, Created: d.Created}
	kind := wire.FirstVersion
	if d.Kind != New {
		if r, _, err = s.store.Release(ctx, d.Release); err != nil {
			return nil, err
		}
		kind = map[Kind]wire.VersionKind{Update: wire.UpdateKind, Correct: wire.CorrectKind}[d.Kind]
	}
	r.State, r.Urgency, r.PublishAt, r.ChangedAt = wire.Draft, d.Settings.Urgency, d.Settings.PublishAt, now
	for i := range d.Parts {
		part := &d.Parts[i]
		if it := r.Item(part.Item); part.Item != "" && it != nil {
			if part.changed() {
				it.Versions = append(it.Versions, wire.Version{N: it.Current().N + 1, Kind: kind, At: now, Reason: d.Settings.Reason, Content: part.content()})
			}
			continue
		}
		r.Items = append(r.Items, wire.Item{ID: part.NewItem, URI: wire.ItemURI(members[d.Member].Domain, now, part.NewItem), Language: part.Language, Type: wire.Text,
			Translation: part.Translation, Versions: []wire.Version{{N: 1, Kind: wire.FirstVersion, At: now, Content: part.content()}}})
	}
	return r, nil
}

// stand keeps the approvals that were given for these bytes by people who did not write them.
func (d *Draft) stand(digest string) {
	d.Approvals = slices.DeleteFunc(slices.Clone(d.Approvals), func(a Approval) bool { return a.Digest != digest || d.wroteIt(a.By) })
	d.settle()
}

// Ask sends a draft for approval: to whoever approves at its desk, or, where none is asked for, to
// whoever lets it leave.
func (s *Service) Ask(ctx context.Context, p people.Person, id DraftID, revision int) (_ *Draft, err error) {
	defer fault.Wrap(&err, "ask for approval of draft %.40s", id)
	return s.change(ctx, p, id, access.DraftScope, revision, func(ctx context.Context, t *turn) error {
		t.action = DraftAsked
		d := t.d
		if d.State != Writing {
			return fault.E(fault.Conflict, "This draft was sent for approval already.")
		}
		f, err := s.ready(ctx, t)
		if err != nil {
			return t.answer(err)
		}
		d.State, d.Failed, d.FailedKey, d.Note, d.NotedBy, t.changed = Waiting, "", "", "", "", true
		d.stand(f.digest)
		return nil
	})
}

// answer lets a turn in which the draft followed its release be written, and any other fault end it.
func (t *turn) answer(err error) error {
	if t.refused != nil {
		t.action = "" // was not done
		return nil
	}
	return err
}

// Approve notes a person's agreement to the exact bytes that would leave. Nobody approves what he wrote on.
func (s *Service) Approve(ctx context.Context, p people.Person, id DraftID, revision int) (_ *Draft, err error) {
	defer fault.Wrap(&err, "approve draft %.40s", id)
	return s.change(ctx, p, id, access.Publish, revision, func(ctx context.Context, t *turn) error {
		t.action = DraftApproved
		d := t.d
		switch {
		case d.State == Writing:
			return fault.E(fault.Conflict, "This draft is still being written.")
		case d.wroteIt(p.ID):
			return fault.E(fault.NotAllowed, "You wrote on this text. Somebody else of your desk approves it.")
		}
		f, err := s.ready(ctx, t)
		if err != nil {
			return t.answer(err)
		}
		d.stand(f.digest)
		if slices.ContainsFunc(d.Approvals, func(a Approval) bool { return a.By == p.ID }) {
			return fault.E(fault.Conflict, "You have approved it already.")
		}
		d.Approvals = append(d.Approvals, Approval{By: p.ID, Name: p.Name, At: t.now, Digest: f.digest})
		t.changed = true
		d.settle()
		return nil
	})
}

// Return gives a draft back to its writers with a note; approvals and schedule fall.
func (s *Service) Return(ctx context.Context, p people.Person, id DraftID, revision int, note string) (_ *Draft, err error) {
	defer fault.Wrap(&err, "return draft %.40s", id)
	if !text(note) || lang.TextMisleads(note) || utf8.RuneCountInString(note) > maxNote {
		return nil, fault.Field("note", "A note has at most %d letters, and no marks that turn the reading direction around.", maxNote)
	}
	return s.change(ctx, p, id, access.Publish, revision, func(_ context.Context, t *turn) error {
		t.action = DraftReturned
		d := t.d
		if d.State == Writing {
			return fault.E(fault.Conflict, "This draft is with its writers already.")
		}
		d.State, d.Approvals, d.Scheduler, d.Note, d.NotedBy, t.changed = Writing, nil, "", strings.TrimSpace(note), p.Name, true
		return nil
	})
}

// Schedule has the draft leave by itself at the time of its settings.
func (s *Service) Schedule(ctx context.Context, p people.Person, id DraftID, revision int) (_ *Draft, err error) {
	defer fault.Wrap(&err, "schedule draft %.40s", id)
	return s.change(ctx, p, id, access.Publish, revision, func(ctx context.Context, t *turn) error {
		t.action = DraftScheduled
		d := t.d
		if d.State == Scheduled {
			return fault.E(fault.Conflict, "This draft is scheduled already.")
		}
		if err := d.checkTime(t.now); err != nil {
			return err
		}
		f, err := s.ready(ctx, t)
		if err != nil {
			return t.answer(err)
		}
		if d.stand(f.digest); len(d.Approvals) < d.Needed {
			return stays("desk.failed.approvals", fault.Conflict, textApprovals)
		}
		d.State, d.Scheduler, d.Failed, d.FailedKey, t.changed = Scheduled, p.ID, "", "", true
		return nil
	})
}

// Unschedule takes it off the schedule; its approvals stay.
func (s *Service) Unschedule(ctx context.Context, p people.Person, id DraftID, revision int) (_ *Draft, err error) {
	defer fault.Wrap(&err, "unschedule draft %.40s", id)
	return s.change(ctx, p, id, access.Publish, revision, func(_ context.Context, t *turn) error {
		t.action = DraftUnscheduled
		if t.d.State != Scheduled {
			return fault.E(fault.Conflict, "This draft is not scheduled.")
		}
		t.d.unschedule()
		t.changed = true
		return nil
	})
}

func (d *Draft) unschedule() {
	d.State, d.Scheduler = Waiting, ""
	if d.Needed == 0 && len(d.Approvals) == 0 {
		d.State = Writing
	}
	d.settle()
}

// Send lets a draft leave now: as a release, sealed if its embargo lies ahead, or as an update or a
// correction. Its words are wiped from the desk in the transaction in which they leave.
func (s *Service) Send(ctx context.Context, p people.Person, id DraftID, revision int) (r *wire.Release, err error) {
	defer fault.Wrap(&err, "send draft %.40s", id)
	_, err = s.change(ctx, p, id, access.Publish, revision, func(ctx context.Context, t *turn) (err error) {
		r, err = s.leave(ctx, t)
		return t.answer(err)
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// roles that let something leave.
func publishers() (out []string) {
	for _, r := range people.Roles {
		if slices.Contains(r.Scopes(), access.Publish) {
			out = append(out, string(r))
		}
	}
	return out
}

// leave publishes. The release's change, the draft's end and the wiping of its words are one transaction, in
// which the desk's number of approvals, the roles of those who gave them and of whoever sends are read again.
func (s *Service) leave(ctx context.Context, t *turn) (*wire.Release, error) {
	d, p := t.d, t.by
	f, err := s.ready(ctx, t)
	if err != nil {
		return nil, err
	}
	sent := *d
	if sent.stand(f.digest); len(sent.Approvals) < d.Needed {
		return nil, stays("desk.failed.approvals", fault.Conflict, textApprovals)
	}
	readAt := d.Revision
	sent.State, sent.Revision, sent.ChangedAt, sent.SentAt = Sent, d.Revision+1, t.now, t.now
	sent.Scheduler, sent.Note, sent.NotedBy, sent.Failed, sent.FailedKey, sent.Settings.Reason = "", "", "", "", "", ""
	files, err := s.store.DraftFiles(ctx, string(d.ID))
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for i := range d.Parts {
		for _, a := range d.Parts[i].Attachments {
			used[hex.EncodeToString(a.SHA256[:])] = true
		}
	}
	who := []string{string(p.ID)}
	for _, a := range sent.Approvals {
		who = append(who, string(a.By))
	}
	roles := publishers()
	left := s.entry(d.Member, p.ID, DraftSent, "", d.Desk)
	follow := func(tx *store.Tx, r *wire.Release) error {
		needed, standing, err := tx.DeskStands(string(d.Desk), roles, who)
		if err != nil {
			return err
		}
		if !standing[string(p.ID)] {
			return errEditor
		}
		for _, a := range sent.Approvals {
			if standing[string(a.By)] {
				needed--
			}
		}
		if needed > 0 {
			return stays("desk.failed.approvals", fault.Conflict, textApprovals)
		}
		for i := range d.Parts {
			part := &d.Parts[i]
			if _, changed := f.changes.Content[part.Item]; changed && r.Item(part.Item).Current().N != part.Base+1 {
				return stays("desk.failed.revised", fault.Conflict, "The release was revised by somebody else in this moment. Try again.")
			}
		}
		gone := sent
		gone.Release = r.ID
		row, err := encode(&gone)
		if err != nil {
			return err
		}
		if ok, err := tx.UpdateDraft(row, readAt); err != nil {
			return err
		} else if !ok {
			return errElsewhere
		}
		for _, file := range files {
			if used[file.Hash] {
				if err := tx.PutReleaseFile(string(r.ID), file); err != nil {
					return err
				}
			}
		}
		if err := tx.Dequeue(jobKey(d.ID)); err != nil {
			return err
		}
		e := left
		e.Object = string(r.ID)
		if err := tx.AddEntry(e); err != nil {
			return err
		}
		return tx.ClearDraft(row.ID)
	}
	v := viewer(p, d.Desk, d.Member)
	var r *wire.Release
	switch d.Kind {
	case New:
		r, err = s.pub.Create(ctx, v, publish.Input{Issuers: d.Settings.Issuers, Audience: d.Settings.Audience, Urgency: d.Settings.Urgency, Items: f.items,
			EmbargoedUntil: d.Settings.EmbargoedUntil, Follow: follow})
	case Update:
		r, err = s.pub.Update(ctx, v, d.Release, f.changes, follow)
	default:
		r, err = s.pub.Correct(ctx, v, d.Release, f.changes, d.Settings.Reason, follow)
	}
	if err != nil {
		return nil, err
	}
	t.gone = files
	return r, nil
}

var errEditor = stays("desk.failed.editor", fault.NotAllowed, "Whoever lets it leave is not an editor of its desk any more.")

// Handlers are the jobs that follow from a draft, and those that keep the folder of files in order.
func (s *Service) Handlers() map[jobs.Kind]jobs.Handler {
	return map[jobs.Kind]jobs.Handler{
		JobSend:       func(ctx context.Context, j jobs.Job) error { return s.due(ctx, DraftID(j.Args)) },
		store.JobFile: func(ctx context.Context, j jobs.Job) error { return s.removeFile(ctx, j.Args) },
		JobSweep:      s.sweep,
	}
}

// due lets a scheduled draft leave, in the name of who scheduled it, or takes it off the schedule and says
// why. What may pass, like a full disk, has the job tried again. Nothing happens to a draft that has moved on.
func (s *Service) due(ctx context.Context, id DraftID) error {
	ctx = context.WithoutCancel(ctx)
	t := &turn{now: s.now()}
	err := s.dueInTurn(ctx, t, id)
	s.removeFiles(ctx, t.gone)
	return err
}

func (s *Service) dueInTurn(ctx context.Context, t *turn, id DraftID) error {
	defer s.lock(id)()
	d, err := s.read(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil || d.State != Scheduled {
		return err
	}
	t.d = d
	late := t.now.Sub(d.Settings.PublishAt)
	if late < 0 { // it was moved, or the clock was
		return s.store.Write(ctx, func(tx *store.Tx) error {
			if err := tx.Dequeue(jobKey(id)); err != nil {
				return err
			}
			return tx.Enqueue(jobs.Job{Kind: JobSend, Args: string(id), Dedup: jobKey(id), RunAt: d.Settings.PublishAt})
		})
	}
	u, err := s.store.User(ctx, d.Scheduler)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	t.by = people.Person{User: u}
	switch {
	case late > Grace:
		err = stays("desk.failed.late", fault.Conflict, "This node was not running at its time. It did not leave late by itself: send it now, or schedule it again.")
	case err != nil || u.Disabled || !t.by.May(d.Desk, access.Publish):
		err = errEditor
	default:
		_, err = s.leave(ctx, t)
	}
	if err == nil {
		return nil
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.NotFound, fault.NotAllowed, fault.TooLarge, fault.Unsupported:
	default:
		return err
	}
	if errors.Is(err, errElsewhere) {
		return err
	}
	key := "desk.failed.other"
	var l *leaveFault
	if errors.As(err, &l) {
		key = l.key
	}
	why, _ := fault.Public(err)
	d.fail(key, why)
	t.changed, t.action, t.by = true, DraftFailed, people.Person{} // the node does it
	return s.write(ctx, t, true)
}

// Discard throws a draft away, with every word of it.
func (s *Service) Discard(ctx context.Context, p people.Person, id DraftID, revision int) (err error) {
	defer fault.Wrap(&err, "discard draft %.40s", id)
	_, err = s.change(ctx, p, id, access.DraftScope, revision, func(ctx context.Context, t *turn) error {
		files, err := s.store.DraftFiles(ctx, string(id))
		if err != nil {
			return err
		}
		e := s.entry(t.d.Member, p.ID, DraftDiscarded, string(id), t.d.Desk)
		var ok bool
		err = s.store.Write(ctx, func(tx *store.Tx) (err error) {
			if ok, err = tx.DeleteDesksDraft(string(id), t.d.Revision); err != nil || !ok {
				return err
			}
			if err := tx.AddEntry(e); err != nil {
				return err
			}
			return tx.Dequeue(jobKey(id))
		})
		if err == nil && !ok {
			err = errElsewhere
		}
		if err == nil {
			t.gone = files
		}
		return err
	})
	return err
}

// Withdraw says of a release of the person's member that it must not be used. It needs the right to at one
// of the member's desks.
func (s *Service) Withdraw(ctx context.Context, p people.Person, id wire.ReleaseID, reason string) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "withdraw release %s", id)
	r, _, err := s.store.Release(ctx, id)
	if err != nil {
		return nil, err
	}
	if access.Release(p.Viewer(), r, s.now()) == access.Nothing {
		return nil, fault.E(fault.NotFound, "There is no release with this id.")
	}
	for _, d := range p.Desks {
		if d.Member != r.Lead() || !p.May(d.ID, access.Withdraw) {
			continue
		}
		e := s.entry(d.Member, p.ID, Withdrawn, string(id), d.ID)
		return s.pub.Withdraw(context.WithoutCancel(ctx), viewer(p, d.ID, d.Member), id, reason, func(tx *store.Tx, _ *wire.Release) error { return tx.AddEntry(e) })
	}
	return nil, fault.E(fault.NotAllowed, "Only an editor of %s can withdraw this release.", r.Lead())
}

// Confirm says for the person's member, which is named as a further issuer of a release, that it issues the release too, as it stood at the
// revision that she read. It needs the right to release at one of the member's desks.
func (s *Service) Confirm(ctx context.Context, p people.Person, id wire.ReleaseID, revision int) (_ *wire.Release, err error) {
	defer fault.Wrap(&err, "confirm release %s", id)
	for _, d := range p.Desks {
		if d.Member != p.Member || !p.May(d.ID, access.Publish) {
			continue
		}
		e := s.entry(d.Member, p.ID, Confirmed, string(id), d.ID)
		return s.pub.Concur(context.WithoutCancel(ctx), viewer(p, d.ID, d.Member), id, revision, func(tx *store.Tx, _ *wire.Release) error { return tx.AddEntry(e) })
	}
	return nil, fault.E(fault.NotAllowed, "Only an editor of %s can confirm a release in its name.", p.Member)
}

// maxToConfirm bounds the list of what waits for a member's word.
const maxToConfirm = 20

// ToConfirm lists what names the person's member as a further issuer and waits for its word, newest first; nothing for whoever may not give it.
func (s *Service) ToConfirm(ctx context.Context, p people.Person) (out []*wire.Release, err error) {
	may := false
	for _, d := range p.Desks {
		may = may || d.Member == p.Member && p.May(d.ID, access.Publish)
	}
	if !may {
		return nil, nil
	}
	rs, err := s.store.ToConfirm(ctx, p.Member, maxToConfirm)
	for _, r := range rs {
		if l := access.Release(p.Viewer(), r, s.now()); l == access.All {
			out = append(out, access.Reduce(r, l))
		}
	}
	return out, err
}
