package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Begin makes a draft of a new release with an empty text in each language; the first is the original.
func (s *Service) Begin(ctx context.Context, p people.Person, desk people.DeskID, langs []lang.Tag) (_ *Draft, err error) {
	defer fault.Wrap(&err, "begin a draft")
	dk, err := s.deskOf(p, desk)
	if err != nil {
		return nil, err
	}
	members, err := s.store.Members(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	d := &Draft{ID: DraftID(people.NewID()), Member: dk.Member, Desk: desk, Kind: New, State: Writing, Author: p.ID, Needed: dk.Approvals, Created: now, ChangedAt: now, Revision: 1,
		Settings: Settings{Issuers: []wire.MemberID{dk.Member}, Audience: wire.Audience{Class: wire.Public}}, SettingsRevision: 1}
	for _, t := range langs {
		if d.Part(t) != nil {
			continue
		}
		part := Part{Language: t}
		if err := s.addPart(d, &part, members[d.Member].Kind); err != nil {
			return nil, err
		}
		part.At = now
		d.Parts[len(d.Parts)-1] = part
	}
	if err := s.insert(context.WithoutCancel(ctx), d, nil, DraftBegun); err != nil {
		return nil, err
	}
	return d, nil
}

// deskOf finds the desk at which a person is about to write.
func (s *Service) deskOf(p people.Person, id people.DeskID) (people.Desk, error) {
	dk, ok := p.Desk(id)
	if !ok || p.Nobody() {
		return dk, errNoDesk
	}
	return dk, need(p, id, access.DraftScope)
}

// addPart gives a draft a text in a further language.
func (s *Service) addPart(d *Draft, part *Part, kind wire.MemberKind) error {
	if t, err := lang.Parse(string(part.Language)); err != nil || t != part.Language || t == lang.Und {
		return fault.Field("language", "%.40q is not a language tag in its usual form.", part.Language)
	}
	if len(d.Parts) >= wire.MaxItems {
		return fault.Field("language", "A release has at most %d languages.", wire.MaxItems)
	}
	if part.Translation == "" {
		switch {
		case len(d.Parts) == 0:
			part.Translation = wire.Original
		case kind.Official():
			part.Translation = wire.OfficialText
		default:
			part.Translation = wire.Human
		}
	}
	part.Item, part.NewItem, part.Base, part.Was, part.Slugline = "", wire.NewItemID(), 0, "", ""
	part.Revision = d.dropped[part.Language] + 1
	for _, q := range d.Parts {
		part.place = max(part.place, q.place+1)
	}
	d.Parts = append(d.Parts, *part)
	return nil
}

// Revise answers with the desk's open draft of an update or correction of a release, or makes one whose
// parts hold the current words.
func (s *Service) Revise(ctx context.Context, p people.Person, desk people.DeskID, k Kind, id wire.ReleaseID) (_ *Draft, err error) {
	defer fault.Wrap(&err, "revise release %s", id)
	if k != Update && k != Correct {
		return nil, fault.Field("kind", "A release is revised by an update or a correction.")
	}
	dk, err := s.deskOf(p, desk)
	if err != nil {
		return nil, err
	}
	s.revising.Lock()
	defer s.revising.Unlock()
	release, err := s.store.Alone(ctx, "revising")
	if err != nil {
		return nil, err
	}
	defer release()
	ctx = context.WithoutCancel(ctx)
	r, _, err := s.store.Release(ctx, id)
	if err != nil {
		return nil, err
	}
	switch l := access.Release(viewer(p, desk, dk.Member), r, s.now()); {
	case l == access.Nothing:
		return nil, fault.E(fault.NotFound, "There is no release with this id.")
	case r.Lead() != dk.Member:
		return nil, fault.E(fault.NotAllowed, "Only %s, which leads this release, can change it.", r.Lead())
	case r.State != wire.Released && r.State != wire.Embargoed:
		return nil, errNotThere(r)
	}
	open, err := s.store.OpenDraftOf(ctx, string(desk), string(id), string(k))
	if err != nil {
		return nil, err
	}
	if open != "" {
		return s.change(ctx, p, DraftID(open), access.DraftScope, anyRevision, func(_ context.Context, t *turn) error {
			t.follow(r)
			return nil
		})
	}
	now := s.now()
	d := &Draft{ID: DraftID(people.NewID()), Member: dk.Member, Desk: desk, Kind: k, Release: id, State: Writing, Author: p.ID, Needed: dk.Approvals, Created: now, ChangedAt: now, Revision: 1,
		Settings: Settings{Issuers: r.Issuers, Audience: r.Audience, Urgency: r.Urgency, EmbargoedUntil: r.EmbargoedUntil}, SettingsRevision: 1, wasUrgency: r.Urgency}
	var files []store.DraftFile
	for i := range r.Items {
		it := &r.Items[i]
		if it.Type != wire.Text {
			continue
		}
		part := Part{Language: it.Language, Item: it.ID, Translation: it.Translation, Revision: 1, At: now, place: i}
		part.fill(it)
		d.Parts = append(d.Parts, part)
		for _, a := range part.Attachments {
			hash := hex.EncodeToString(a.SHA256[:])
			if mt, ok, err := s.store.ReleaseFile(ctx, string(id), hash); err != nil {
				return nil, err
			} else if ok {
				files = append(files, store.DraftFile{Hash: hash, MediaType: mt, Length: a.Length})
			}
		}
	}
	if err := s.insert(ctx, d, files, DraftRevises); err != nil {
		return nil, err
	}
	return d, nil
}

func errNotThere(r *wire.Release) *fault.Error {
	return fault.E(fault.Conflict, "This release is %s; it cannot be updated or corrected.", r.State)
}

// fill gives a part the current words of the item that it revises.
func (p *Part) fill(it *wire.Item) {
	v := it.Current()
	c := v.Content
	p.Headline, p.Subheadline, p.Slugline, p.Dateline, p.Byline, p.Body, p.EdNote = c.Headline, c.Subheadline, c.Slugline, c.Dateline, c.Byline, strings.Join(c.Body, "\n\n"), c.EdNote
	p.Keywords, p.Subjects, p.Rights, p.AI, p.Attachments = c.Keywords, c.Subjects, c.Rights, c.AI, c.Attachments
	p.Base, p.Was = v.N, p.digest()
}

// content is the part as its readers get it.
func (p *Part) content() wire.Content {
	return wire.Content{
		Headline: line(p.Headline), Subheadline: line(p.Subheadline), Slugline: p.Slugline, Dateline: line(p.Dateline), Byline: line(p.Byline),
		Body: ninjs.Paragraphs(p.Body), EdNote: strings.TrimSpace(p.EdNote), Keywords: lines(p.Keywords), Subjects: lines(p.Subjects),
		Rights:      wire.Rights{Holder: line(p.Rights.Holder), Credit: line(p.Rights.Credit), UsageTerms: line(p.Rights.UsageTerms)},
		AI:          wire.AIDisclosure{DigitalSourceType: line(p.AI.DigitalSourceType), Note: line(p.AI.Note)},
		Attachments: slices.Clone(p.Attachments),
	}
}

func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func lines(ss []string) (out []string) {
	for _, s := range ss {
		if s = line(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// digest is over what readers would get of the part.
func (p *Part) digest() string {
	b, err := json.Marshal(p.content()) // strings and numbers: cannot fail
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// changed reports whether the part is more than the words that its item has already.
func (p *Part) changed() bool { return p.Item == "" || p.digest() != p.Was }

// words are what a part's writer decides.
func (p Part) words() Part {
	p.Item, p.NewItem, p.Base, p.Was, p.Slugline, p.Revision, p.By, p.At, p.place = "", "", 0, "", "", 0, "", time.Time{}, 0
	for _, l := range []*[]string{&p.Keywords, &p.Subjects} {
		if len(*l) == 0 {
			*l = nil
		}
	}
	if len(p.Attachments) == 0 {
		p.Attachments = nil
	}
	p.Subjects = slices.Sorted(slices.Values(p.Subjects))
	return p
}

// Same reports whether two parts say the same, in whatever order their subjects stand.
func (p Part) Same(o Part) bool { return reflect.DeepEqual(p.words(), o.words()) }

// texts are the part's fields of free text.
func (p *Part) texts() []string {
	return []string{p.Headline, p.Subheadline, p.Dateline, p.Byline, p.Body, p.EdNote, p.Rights.Holder, p.Rights.Credit, p.Rights.UsageTerms, p.AI.Note}
}

// blank reports whether nobody has written anything yet.
func (p *Part) blank() bool {
	return len(p.Keywords)+len(p.Subjects)+len(p.Attachments) == 0 && strings.TrimSpace(strings.Join(p.texts(), "")) == ""
}

// holds reports whether every text of b stands whole in a: nothing of b is lost where a takes its place.
func holds(a, b *Part) bool {
	for i, t := range a.texts() {
		if !strings.Contains(t, b.texts()[i]) {
			return false
		}
	}
	within := func(x, y []string) bool {
		return !slices.ContainsFunc(y, func(s string) bool { return !slices.Contains(x, s) })
	}
	return within(a.Keywords, b.Keywords) && within(a.Subjects, b.Subjects) && a.AI.DigitalSourceType == b.AI.DigitalSourceType && a.Translation == b.Translation &&
		!slices.ContainsFunc(b.Attachments, func(f wire.Attachment) bool { return !slices.Contains(a.Attachments, f) })
}

// check enforces the bounds of what can be kept. A text that is unfinished is none of its business.
func (p *Part) check() error {
	if !utf8.ValidString(p.Headline) || utf8.RuneCountInString(p.Headline) > wire.MaxHeadline {
		return fault.Field("headline", "A headline has at most %d letters; this one has %d.", wire.MaxHeadline, utf8.RuneCountInString(p.Headline))
	}
	for _, l := range []struct{ field, text string }{
		{"headline", p.Headline}, {"subheadline", p.Subheadline}, {"dateline", p.Dateline}, {"byline", p.Byline}, {"edNote", p.EdNote},
		{"rights.holder", p.Rights.Holder}, {"rights.credit", p.Rights.Credit}, {"rights.usageTerms", p.Rights.UsageTerms},
		{"ai.digitalSourceType", p.AI.DigitalSourceType}, {"ai.note", p.AI.Note},
	} {
		if err := checkLine(l.field, l.text); err != nil {
			return err
		}
	}
	if !text(p.Body) {
		return fault.Field("body", "The text is not valid UTF-8, or holds the character U+0000.")
	}
	if len(p.Body) > wire.MaxBody {
		return fault.Field("body", "The text has %d bytes; at most %d are taken.", len(p.Body), wire.MaxBody)
	}
	if n := len(ninjs.Paragraphs(p.Body)); n > wire.MaxParagraphs {
		return fault.Field("body", "The text has %d paragraphs; at most %d are taken.", n, wire.MaxParagraphs)
	}
	for field, list := range map[string][]string{"keywords": p.Keywords, "subjects": p.Subjects} {
		if len(list) > wire.MaxLists {
			return fault.Field(field, "There are %d; at most %d are taken.", len(list), wire.MaxLists)
		}
		for _, s := range list {
			if err := checkLine(field, s); err != nil {
				return err
			}
		}
	}
	if len(p.Attachments) > wire.MaxLists {
		return fault.Field("attachments", "There are %d files; at most %d are taken.", len(p.Attachments), wire.MaxLists)
	}
	for _, a := range p.Attachments {
		for _, s := range []string{a.Caption, a.Credit} {
			if err := checkLine("attachments", s); err != nil {
				return err
			}
		}
	}
	switch p.Translation {
	case "", wire.Original, wire.OfficialText, wire.Human, wire.MachineEdited, wire.Machine:
		return nil
	}
	return fault.Field("translation", "%.40q is not a kind of translation.", p.Translation)
}

func text(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func checkLine(field, s string) error {
	if !text(s) {
		return fault.Field(field, "The text is not valid UTF-8, or holds the character U+0000.")
	}
	if n := utf8.RuneCountInString(s); n > wire.MaxLine {
		return fault.Field(field, "At most %d letters are taken here; these are %d.", wire.MaxLine, n)
	}
	return nil
}

// SavePart keeps the text in one language. Where part.Revision, the one its writer started from, is not the
// newest and the texts differ, the stored one stays and hers is kept beside it, and answered, as an Other.
// A language that the draft has not is added with the revision 0.
func (s *Service) SavePart(ctx context.Context, p people.Person, id DraftID, part Part) (_ *Draft, other *Other, err error) {
	defer fault.Wrap(&err, "save the text in %.20s of draft %.40s", part.Language, id)
	if err := part.check(); err != nil {
		return nil, nil, err
	}
	d, err := s.change(ctx, p, id, access.DraftScope, anyRevision, func(ctx context.Context, t *turn) error {
		old := t.d.Part(part.Language)
		if err := s.ownFiles(ctx, t.d, old, &part); err != nil {
			return err
		}
		if old == nil && part.Revision == 0 {
			members, err := s.store.Members(ctx)
			if err != nil {
				return err
			}
			if err := s.addPart(t.d, &part, members[t.d.Member].Kind); err != nil {
				return err
			}
			t.save(&t.d.Parts[len(t.d.Parts)-1], part)
			return nil
		}
		if old != nil {
			if part.Translation == "" || old.Item != "" {
				part.Translation = old.Translation // an item's never changes
			}
			if old.Same(part) {
				return nil
			}
			// What was changed since she began is nothing, or her own and still there: her answer was lost on its way.
			if part.Revision == old.Revision || old.blank() || old.By == p.ID && holds(&part, old) {
				next := part
				next.Item, next.NewItem, next.Base, next.Was, next.Slugline, next.place = old.Item, old.NewItem, old.Base, old.Was, old.Slugline, old.place
				next.Revision = old.Revision + 1
				t.save(old, next)
				return nil
			}
		}
		var err error
		other, err = s.keepOther(ctx, t, part)
		return err
	})
	return d, other, err
}

// save puts a part in the place of the one that stands there.
func (t *turn) save(at *Part, p Part) {
	p.By, p.At = t.by.ID, t.now
	*at = p
	t.put = append(t.put, p)
	t.words = true
}

// keepOther keeps a text beside the one that stands. It takes the place of an earlier one of the same
// writer from the same start only if that stands whole in it.
func (s *Service) keepOther(ctx context.Context, t *turn, part Part) (*Other, error) {
	rows, err := s.store.DraftOthers(ctx, string(t.d.ID))
	if err != nil {
		return nil, err
	}
	o := Other{ID: people.NewID(), Language: part.Language, Part: part, By: t.by.ID, Name: t.by.Name, At: t.now}
	o.Part.By, o.Part.At = t.by.ID, t.now
	for _, row := range rows {
		var x Other
		if err := json.Unmarshal(row.Data, &x); err != nil {
			return nil, fault.E(fault.Corrupt, "A text of draft %s is damaged.", t.d.ID).Because(err)
		}
		if x.By != o.By || x.Language != o.Language || x.Part.Revision != part.Revision {
			continue
		}
		if x.Part.Same(part) {
			return &x, nil
		}
		if holds(&part, &x.Part) {
			o.ID = x.ID
			break
		}
	}
	if len(rows) >= maxOthers {
		return nil, fault.E(fault.Conflict, "This text was changed by somebody else, and %d texts wait beside the draft already. Copy yours, look at those and put them away.", len(rows))
	}
	t.others = append(t.others, o)
	t.wrote() // whoever takes words of hers over makes her one of its writers
	return &o, nil
}

// DropPart takes a language out of a draft, over the revision that its dropper has seen. The release
// that is revised keeps what it has in that language.
func (s *Service) DropPart(ctx context.Context, p people.Person, id DraftID, l lang.Tag, revision int) (_ *Draft, err error) {
	defer fault.Wrap(&err, "drop %.20s from draft %.40s", l, id)
	return s.change(ctx, p, id, access.DraftScope, anyRevision, func(_ context.Context, t *turn) error {
		part := t.d.Part(l)
		if part == nil && revision > 0 && revision <= t.d.dropped[l] {
			return nil // it was dropped already
		}
		if part == nil {
			return fault.E(fault.NotFound, "This draft has no text in this language.")
		}
		if part.Revision != revision {
			return errElsewhere
		}
		if t.d.dropped == nil {
			t.d.dropped = map[lang.Tag]int{}
		}
		t.d.dropped[l] = part.Revision
		t.d.Parts = slices.DeleteFunc(slices.Clone(t.d.Parts), func(q Part) bool { return q.Language == l })
		t.drop, t.words = append(t.drop, l), true
		return nil
	})
}

// Others lists the texts that were saved over others and that nobody has put away, oldest first.
func (s *Service) Others(ctx context.Context, p people.Person, id DraftID) (out []Other, err error) {
	defer fault.Wrap(&err, "other texts of draft %.40s", id)
	if _, err := s.load(ctx, p, id); err != nil {
		return nil, err
	}
	rows, err := s.store.DraftOthers(ctx, string(id))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		var o Other
		if err := json.Unmarshal(row.Data, &o); err != nil {
			return nil, fault.E(fault.Corrupt, "A text of draft %s is damaged.", id).Because(err)
		}
		out = append(out, o)
	}
	return out, nil
}

// Settle puts an Other away: somebody has looked at it. Its words stay for thirty days, or until the draft leaves.
func (s *Service) Settle(ctx context.Context, p people.Person, id DraftID, other string) (err error) {
	defer fault.Wrap(&err, "put away a text of draft %.40s", id)
	d, err := s.load(ctx, p, id)
	if err != nil {
		return err
	}
	if err := need(p, d.Desk, access.DraftScope); err != nil {
		return err
	}
	now := s.now()
	return s.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		return tx.SettleDraftOther(string(id), other, now)
	})
}

// SaveSettings keeps what concerns the draft as a whole, over the revision of the settings that its writer
// started from. When it leaves can be moved without voiding anything, by an editor once it is scheduled.
// Of an update or correction only urgency, reason and time are its own.
func (s *Service) SaveSettings(ctx context.Context, p people.Person, id DraftID, revision int, set Settings) (_ *Draft, err error) {
	defer fault.Wrap(&err, "save the settings of draft %.40s", id)
	members, err := s.store.Members(ctx)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, p, id, access.DraftScope, anyRevision, func(_ context.Context, t *turn) error {
		d, old := t.d, t.d.Settings
		if d.Kind != New {
			set.Issuers, set.Audience, set.EmbargoedUntil = old.Issuers, old.Audience, old.EmbargoedUntil
		}
		if err := set.tidy(d.Member, members); err != nil {
			return err
		}
		if set.Same(old) {
			return nil
		}
		if revision != d.SettingsRevision {
			return errElsewhere
		}
		d.Settings, t.changed = set, true
		d.SettingsRevision++
		moved := set
		moved.PublishAt = old.PublishAt
		if !moved.Same(old) {
			t.words = true
			return nil
		}
		if d.State != Scheduled {
			return nil
		}
		if err := need(p, d.Desk, access.Publish); err != nil {
			return err
		}
		if set.PublishAt.IsZero() {
			d.unschedule()
			return nil
		}
		d.Scheduler = p.ID
		return d.checkTime(t.now)
	})
}

// tidy enforces the bounds of what can be kept.
func (set *Settings) tidy(lead wire.MemberID, members map[wire.MemberID]wire.Member) error {
	if len(set.Issuers) == 0 {
		set.Issuers = []wire.MemberID{lead}
	}
	if set.Audience.Class == "" {
		set.Audience.Class = wire.Public
	}
	if set.Issuers[0] != lead || len(set.Issuers) > wire.MaxIssuers {
		return fault.Field("issuers", "A release of this desk is led by %s and has at most %d issuers.", lead, wire.MaxIssuers)
	}
	switch set.Audience.Class {
	case wire.Public, wire.Members:
		set.Audience.Partners = nil
	case wire.Partners:
	default:
		return fault.Field("audience", "The audience is public, members, or a list of partners.")
	}
	if len(set.Audience.Partners) > 200 {
		return fault.Field("audience", "At most 200 partners are named.")
	}
	for field, list := range map[string][]wire.MemberID{"issuers": set.Issuers, "audience": set.Audience.Partners} {
		for i, m := range list {
			if _, ok := members[m]; !ok {
				return fault.Field(field, "There is no member %.60q on this exchange.", m)
			}
			if slices.Contains(list[:i], m) {
				return fault.Field(field, "The member %q is named twice.", m)
			}
		}
	}
	if set.Urgency < 0 || set.Urgency > 9 {
		return fault.Field("urgency", "Urgency is 1 (flash) to 9, or 0 for not stated.")
	}
	if !text(set.Reason) || utf8.RuneCountInString(set.Reason) > wire.MaxReason {
		return fault.Field("reason", "The reason has at most %d letters.", wire.MaxReason)
	}
	for field, at := range map[string]*time.Time{"publishAt": &set.PublishAt, "embargoedUntil": &set.EmbargoedUntil} {
		if at.IsZero() {
			*at = time.Time{}
			continue
		}
		if y := at.UTC().Year(); y < 1970 || y > 9998 {
			return fault.Field(field, "The year %d is out of range.", y)
		}
		*at = at.UTC().Truncate(time.Microsecond)
	}
	return nil
}

// Same reports whether two settings are the same, in whatever order their members stand.
func (set Settings) Same(o Settings) bool {
	members := func(a, b []wire.MemberID) bool {
		return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
	}
	return members(set.Issuers, o.Issuers) && set.Audience.Class == o.Audience.Class && members(set.Audience.Partners, o.Audience.Partners) &&
		set.Urgency == o.Urgency && set.PublishAt.Equal(o.PublishAt) && set.EmbargoedUntil.Equal(o.EmbargoedUntil) && set.Reason == o.Reason
}

var errRevised = errors.New("the release was revised meanwhile")

// follow brings a draft of an update or correction up to a release that was revised since it was begun:
// what nobody changed here gets the release's words; beside what somebody did they are put as an Other.
func (t *turn) follow(r *wire.Release) (beside bool) {
	for i := range t.d.Parts {
		part := &t.d.Parts[i]
		it := r.Item(part.Item)
		if part.Item == "" || it == nil || it.Current().N == part.Base {
			continue
		}
		now := *part
		now.Item = it.ID
		now.fill(it)
		switch {
		case part.digest() == now.Was: // the same change was made elsewhere
		case !part.changed():
			now.Revision++
			now.At, now.By = t.now, ""
		default:
			beside = true
			o := now
			o.Revision, o.By, o.At = part.Revision, "", it.Current().At
			t.others = append(t.others, Other{ID: people.NewID(), Language: part.Language, Part: o, Name: string(r.Lead()), At: t.now})
			now = *part
			now.Base, now.Was = it.Current().N, o.Was
		}
		*part = now
		t.put = append(t.put, now)
		t.changed = true
		t.d.fall()
	}
	return beside
}
