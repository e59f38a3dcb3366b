package wire

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// Bounds of a release. They keep one release's row, lexemes and pages small enough to publish in milliseconds.
const (
	MaxItems      = 64        // an item's ordinal has six bits in the search index
	MaxHeadline   = 500       // letters
	MaxLine       = 2000      // letters, for the other single lines
	MaxBody       = 1_000_000 // bytes over all paragraphs
	MaxParagraphs = 5_000
	MaxReason     = 500 // letters
	MaxIssuers    = 32
	MaxLists      = 100 // keywords, subjects and files of one item, each
)

// NewItem is one language of a draft.
type NewItem struct {
	ID          ItemID // empty: a new one is made
	AltID       string
	Language    lang.Tag
	Type        ItemType    // empty: text
	Translation Translation // empty: original
	Content     Content
}

// NewRelease makes a draft. The first issuer leads; domain is its domain, which uris are made from.
func NewRelease(issuers []MemberID, domain string, audience Audience, urgency int, items []NewItem, now time.Time) (*Release, error) {
	if len(issuers) == 0 || len(issuers) > MaxIssuers {
		return nil, fault.Field("issuers", "A release has 1 to %d issuers.", MaxIssuers)
	}
	if err := distinctMembers("issuers", issuers); err != nil {
		return nil, err
	}
	if err := audience.validate(); err != nil {
		return nil, err
	}
	if !validDomain(domain) {
		return nil, fault.Field("issuers", "The first issuer has no internet domain to make uris from.")
	}
	if urgency < 0 || urgency > 9 {
		return nil, fault.Field("urgency", "Urgency is 1 (flash) to 9, or 0 for not stated.")
	}
	if len(items) == 0 || len(items) > MaxItems {
		return nil, fault.Field("items", "A release has 1 to %d items.", MaxItems)
	}
	audience.Partners = slices.Clone(audience.Partners)
	r := &Release{ID: NewReleaseID(), Issuers: slices.Clone(issuers), State: Draft, Revision: 1, Urgency: urgency, Audience: audience, Created: now, ChangedAt: now}
	for i, n := range items {
		it, err := makeItem(n, domain, now, fmt.Sprintf("items[%d]", i))
		if err != nil {
			return nil, err
		}
		r.Items = append(r.Items, it)
	}
	if err := distinctItems(r.Items); err != nil {
		return nil, err
	}
	return r, nil
}

func distinctMembers(field string, ms []MemberID) error {
	seen := map[MemberID]bool{}
	for _, m := range ms {
		if _, err := ParseMemberID(string(m)); err != nil {
			return fault.Field(field, "%.60q is not a member's short name.", m)
		}
		if seen[m] {
			return fault.Field(field, "The member %q is named twice.", m)
		}
		seen[m] = true
	}
	return nil
}

func (a Audience) validate() error {
	switch a.Class {
	case Public, Members:
		if len(a.Partners) > 0 {
			return fault.Field("audience", "Only an audience of named partners names them.")
		}
	case Partners:
		if len(a.Partners) == 0 || len(a.Partners) > 200 {
			return fault.Field("audience", "Name 1 to 200 partners, or choose public or members.")
		}
		return distinctMembers("audience", a.Partners)
	default:
		return fault.Field("audience", "The audience is public, members, or a list of partners.")
	}
	return nil
}

func makeItem(n NewItem, domain string, now time.Time, field string) (Item, error) {
	if n.Type == "" {
		n.Type = Text
	}
	switch n.Type {
	case Text, Picture, Video, Audio, Graphic, Composite, Document, EventItem, Planning:
	default:
		return Item{}, fault.Field(field+".type", "%.40q is not a type of item.", n.Type)
	}
	if n.Translation == "" {
		n.Translation = Original
	}
	switch n.Translation {
	case Original, OfficialText, Human, MachineEdited, Machine:
	default:
		return Item{}, fault.Field(field+".translation", "%.40q is not a kind of translation.", n.Translation)
	}
	if n.Language == "" || n.Language == lang.Und {
		return Item{}, fault.Field(field+".language", "Say which language this item is in.")
	}
	if t, err := lang.Parse(string(n.Language)); err != nil || t != n.Language {
		return Item{}, fault.Field(field+".language", "%.40q is not a language tag in its usual form.", n.Language)
	}
	if err := validLine(n.AltID, field+".uri"); err != nil {
		return Item{}, err
	}
	if err := n.Content.validate(field); err != nil {
		return Item{}, err
	}
	if n.ID == "" {
		n.ID = NewItemID()
	} else if _, err := ParseItemID(string(n.ID)); err != nil {
		return Item{}, fault.Field(field+".id", "%.40q is not an item id.", n.ID)
	}
	return Item{
		ID: n.ID, URI: ItemURI(domain, now, n.ID), AltID: n.AltID, Language: n.Language, Type: n.Type, Translation: n.Translation,
		Versions: []Version{{N: 1, Kind: FirstVersion, At: now, Content: n.Content.clone()}},
	}, nil
}

func (c Content) validate(field string) error {
	if err := CheckHeadline(field+".headlines", c.Headline); err != nil {
		return err
	}
	total := 0
	if len(c.Body) > MaxParagraphs {
		return fault.Field(field+".bodies", "The text has %d paragraphs; at most %d are taken.", len(c.Body), MaxParagraphs)
	}
	for _, p := range c.Body {
		total += len(p)
	}
	if total > MaxBody {
		return fault.Field(field+".bodies", "The text has %d bytes; at most %d are taken.", total, MaxBody)
	}
	for _, l := range []struct{ name, text string }{
		{"headlines", c.Headline}, {"subheadlines", c.Subheadline}, {"slugline", c.Slugline}, {"dateline", c.Dateline}, {"bylines", c.Byline}, {"edNote", c.EdNote},
		{"copyrightHolder", c.Rights.Holder}, {"usageTerms", c.Rights.UsageTerms}, {"credit", c.Rights.Credit},
		{"digitalSourceType", c.AI.DigitalSourceType}, {"aiNote", c.AI.Note},
	} {
		if err := validLine(l.text, field+"."+l.name); err != nil {
			return err
		}
	}
	if len(c.Keywords) > MaxLists || len(c.Subjects) > MaxLists || len(c.Attachments) > MaxLists {
		return fault.Field(field, "At most %d keywords, subjects and files each.", MaxLists)
	}
	for _, k := range c.Keywords {
		if err := validLine(k, field+".keywords"); err != nil {
			return err
		}
	}
	for _, k := range c.Subjects {
		if err := validLine(k, field+".subjects"); err != nil {
			return err
		}
	}
	for _, p := range c.Body {
		if err := validText(p, field+".bodies"); err != nil {
			return err
		}
	}
	for _, a := range c.Attachments {
		if a.Length < 0 {
			return fault.Field(field+".renditions", "A file's length is negative.")
		}
		for _, l := range []string{a.MediaType, a.Caption, a.Credit} {
			if err := validLine(l, field+".renditions"); err != nil {
				return err
			}
		}
	}
	return nil
}

// validText holds what others read among the words of others to the rule that headlines have, line by line.
func validText(s, field string) error {
	if !utf8.ValidString(s) {
		return fault.Field(field, "The text is not valid UTF-8.")
	}
	if lang.TextMisleads(s) {
		return fault.Field(field, "The text holds control characters or marks that turn the reading direction around. Leave them out.")
	}
	return nil
}

// validLine bounds one of the shorter texts.
func validLine(s, field string) error {
	if err := validText(s, field); err != nil {
		return err
	}
	if utf8.RuneCountInString(s) > MaxLine {
		return fault.Field(field, "This line is longer than %d letters.", MaxLine)
	}
	return nil
}

// clone is a copy that shares nothing with c: what a caller does to its own slices later must not
// reach a version.
func (c Content) clone() Content {
	c.Body, c.Keywords, c.Subjects, c.Attachments = slices.Clone(c.Body), slices.Clone(c.Keywords), slices.Clone(c.Subjects), slices.Clone(c.Attachments)
	return c
}

// distinctItems: no id stands twice, and at most one text in a language, because two would leave the
// row without a best version.
func distinctItems(items []Item) error {
	seen, ids := map[lang.Tag]bool{}, map[ItemID]bool{}
	for i, it := range items {
		if ids[it.ID] {
			return fault.Field(fmt.Sprintf("items[%d].id", i), "This item id stands twice in the release.")
		}
		ids[it.ID] = true
		if it.Type != Text {
			continue
		}
		if seen[it.Language] {
			return fault.Field(fmt.Sprintf("items[%d].language", i), "This release has two texts in %s; a release has one text a language.", it.Language)
		}
		seen[it.Language] = true
	}
	return nil
}

// Item finds an item by id, nil if the release has none.
func (r *Release) Item(id ItemID) *Item {
	for i := range r.Items {
		if r.Items[i].ID == id {
			return &r.Items[i]
		}
	}
	return nil
}

// Text finds the text item in a language, nil if there is none.
func (r *Release) Text(t lang.Tag) *Item {
	for i := range r.Items {
		if r.Items[i].Type == Text && r.Items[i].Language == t {
			return &r.Items[i]
		}
	}
	return nil
}

func (r *Release) must(what string, states ...State) error {
	for _, s := range states {
		if r.State == s {
			return nil
		}
	}
	return fault.E(fault.Conflict, "This release is %s; it cannot be %s.", r.State, what)
}

// change is called by every method after its last check and before its first assignment to an item.
// It gives the release items and version lists of its own, so that an earlier copy (*r) stays what it
// was: versions are written once, only their lists and the items around them change.
func (r *Release) change(now time.Time) {
	r.Revision++
	r.ChangedAt = now
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		r.Items[i].Versions = slices.Clone(r.Items[i].Versions)
	}
	r.Approvals = slices.Clip(r.Approvals)
}

// representable refuses times that no record can hold (RFC 3339 has four digits for the year).
func representable(field string, t time.Time) error {
	if y := t.UTC().Year(); y < 1 || y > 9998 {
		return fault.Field(field, "The year %d is out of range.", y)
	}
	return nil
}

// Digest is over everything an approval is given for: to whom, from whom, what, and under which
// embargo. When it leaves is the desk's to move: a schedule does not void an approval.
func (r *Release) Digest() [32]byte {
	type part struct {
		ID          ItemID
		Type        ItemType
		Language    lang.Tag
		Translation Translation
		Content     Content
	}
	what := struct {
		Issuers        []MemberID
		Audience       Audience
		Urgency        int
		EmbargoedUntil int64 // microseconds; a number, because any time has one
		Parts          []part
	}{Issuers: r.Issuers, Audience: r.Audience, Urgency: r.Urgency, EmbargoedUntil: r.EmbargoedUntil.UnixMicro()}
	for _, it := range r.Items {
		what.Parts = append(what.Parts, part{it.ID, it.Type, it.Language, it.Translation, it.Current().Content})
	}
	b, err := json.Marshal(what) // only strings and numbers: cannot fail
	if err != nil {
		panic(err)
	}
	return sha256.Sum256(b)
}

// Edit replaces the content of an unreleased release. Approvals and schedule fall.
func (r *Release) Edit(content map[ItemID]Content, now time.Time) error {
	if err := r.must("edited", Draft, Approved, Scheduled); err != nil {
		return err
	}
	for id, c := range content {
		it := r.Item(id)
		if it == nil {
			return fault.Field("items", "The release has no item %s.", id)
		}
		if err := c.validate("items"); err != nil {
			return err
		}
	}
	r.change(now)
	for id, c := range content {
		r.Item(id).Versions = []Version{{N: 1, Kind: FirstVersion, At: now, Content: c.clone()}} // nothing was released: there is no history to keep
	}
	r.State, r.Approvals, r.PublishAt = Draft, nil, time.Time{}
	return nil
}

// SetEmbargo states until when only cleared readers may read it. It must lie in the future and be
// set before the release leaves.
func (r *Release) SetEmbargo(until, now time.Time) error {
	if err := r.must("put under embargo", Draft, Approved, Scheduled); err != nil {
		return err
	}
	if !until.After(now) {
		return fault.Field("embargoedUntil", "The embargo ends in the past; state a time to come.")
	}
	if err := representable("embargoedUntil", until); err != nil {
		return err
	}
	r.EmbargoedUntil = until
	r.State, r.Approvals, r.PublishAt = Draft, nil, time.Time{}
	r.change(now)
	return nil
}

// Approve notes one person's agreement to the content as it stands.
func (r *Release) Approve(by string, now time.Time) error {
	if err := r.must("approved", Draft, Approved); err != nil {
		return err
	}
	if strings.TrimSpace(by) == "" || !lang.Line(by, MaxLine) {
		return fault.Field("by", "An approval names the person who gives it.")
	}
	for _, a := range r.Approvals {
		if a.By == by {
			return fault.E(fault.Conflict, "%s has approved it already.", by)
		}
	}
	r.change(now)
	r.Approvals = append(r.Approvals, Approval{By: by, At: now, Digest: r.Digest()})
	r.State = Approved
	return nil
}

// Schedule makes it leave by itself at a time to come.
func (r *Release) Schedule(at, now time.Time) error {
	if err := r.must("scheduled", Draft, Approved); err != nil {
		return err
	}
	if !at.After(now) {
		return fault.Field("publishAt", "The time to publish has passed; leave it out to publish now.")
	}
	if err := representable("publishAt", at); err != nil {
		return err
	}
	if !r.EmbargoedUntil.IsZero() && !r.EmbargoedUntil.After(at) {
		return fault.Field("embargoedUntil", "The embargo ends before the release is published.")
	}
	r.PublishAt, r.State = at, Scheduled
	r.change(now)
	return nil
}

// Unschedule takes a scheduled release back into the hands of its desk.
func (r *Release) Unschedule(now time.Time) error {
	if err := r.must("taken off the schedule", Scheduled); err != nil {
		return err
	}
	r.PublishAt, r.State = time.Time{}, Draft
	if len(r.Approvals) > 0 {
		r.State = Approved
	}
	r.change(now)
	return nil
}

// Publish lets it leave now: to its audience, or under a seal if its embargo lies ahead. A
// scheduled release leaves when its time has come and not before.
func (r *Release) Publish(now time.Time) (Event, error) {
	if err := r.must("published", Draft, Approved, Scheduled); err != nil {
		return Event{}, err
	}
	if r.State == Scheduled && now.Before(r.PublishAt) {
		return Event{}, fault.E(fault.Conflict, "This release is scheduled for %s.", r.PublishAt.UTC().Format(time.RFC3339))
	}
	r.change(now)
	r.ReleasedAt = now
	for i := range r.Items {
		r.Items[i].Versions[0].At = now
	}
	ev := Event{At: now, Items: r.itemIDs()}
	if r.EmbargoedUntil.After(now) {
		r.State, ev.Kind = Embargoed, EventEmbargoed
	} else {
		r.State, r.OpenedAt, ev.Kind = Released, now, EventReleased
	}
	return ev, nil
}

// Open ends the embargo when its time has come.
func (r *Release) Open(now time.Time) (Event, error) {
	if err := r.must("opened", Embargoed); err != nil {
		return Event{}, err
	}
	if now.Before(r.EmbargoedUntil) {
		return Event{}, fault.E(fault.Conflict, "The embargo ends at %s.", r.EmbargoedUntil.UTC().Format(time.RFC3339))
	}
	r.State, r.OpenedAt = Released, now
	r.change(now)
	return Event{Kind: EventReleased, At: now, Items: r.itemIDs()}, nil
}

func (r *Release) itemIDs() []ItemID {
	ids := make([]ItemID, len(r.Items))
	for i := range r.Items {
		ids[i] = r.Items[i].ID
	}
	return ids
}

// Changes is what an update or a correction brings: new words for items it has, and, for an
// update, items in further languages.
type Changes struct {
	Content map[ItemID]Content
	Add     []NewItem
	Urgency *int
	Domain  string // of the lead issuer; needed where items are added
}

func (c Changes) empty() bool { return len(c.Content) == 0 && len(c.Add) == 0 && c.Urgency == nil }

// Update develops the story: changed items get a new version, and when a text was developed, the texts
// that were not changed are marked as behind. A text that was behind and is changed now catches up: that
// alone puts nothing else behind.
func (r *Release) Update(c Changes, now time.Time) (Event, error) {
	if err := r.must("updated", Embargoed, Released); err != nil {
		return Event{}, err
	}
	developed := false
	for i := range r.Items {
		it := &r.Items[i]
		if _, ok := c.Content[it.ID]; ok && it.Type == Text && !it.Stale {
			developed = true
		}
	}
	ids, err := r.apply(c, UpdateKind, "", now)
	if err != nil {
		return Event{}, err
	}
	for i := range r.Items {
		it := &r.Items[i]
		switch {
		case slices.Contains(ids, it.ID):
			it.Stale = false
		case developed && it.Type == Text:
			it.Stale = true
		}
	}
	r.Updates++
	return Event{Kind: EventUpdated, At: now, Items: ids}, nil
}

// Correct says that we were wrong, and why. It raises the corrected items' versions only.
func (r *Release) Correct(c Changes, reason string, now time.Time) (Event, error) {
	if err := r.must("corrected", Embargoed, Released); err != nil {
		return Event{}, err
	}
	if err := validReason(reason); err != nil {
		return Event{}, err
	}
	if len(c.Add) > 0 || len(c.Content) == 0 {
		return Event{}, fault.Field("items", "A correction names the items it corrects; new languages come as an update.")
	}
	ids, err := r.apply(c, CorrectKind, reason, now)
	if err != nil {
		return Event{}, err
	}
	r.Corrections++
	return Event{Kind: EventCorrected, At: now, Reason: reason, Items: ids}, nil
}

func validReason(s string) error {
	if strings.TrimSpace(s) == "" {
		return fault.Field("reason", "Give the reason; it stands in the public register.")
	}
	if utf8.RuneCountInString(s) > MaxReason {
		return fault.Field("reason", "The reason has at most %d letters.", MaxReason)
	}
	return validText(s, "reason")
}

// apply checks everything before it changes anything, so that a refused change leaves r as it was.
func (r *Release) apply(c Changes, kind VersionKind, reason string, now time.Time) ([]ItemID, error) {
	if c.empty() {
		return nil, fault.Field("items", "Nothing is changed.")
	}
	if c.Urgency != nil && (*c.Urgency < 0 || *c.Urgency > 9) {
		return nil, fault.Field("urgency", "Urgency is 1 (flash) to 9, or 0 for not stated.")
	}
	for id, content := range c.Content {
		it := r.Item(id)
		if it == nil {
			return nil, fault.Field("items", "The release has no item %s.", id)
		}
		if err := content.validate("items"); err != nil {
			return nil, err
		}
	}
	if len(r.Items)+len(c.Add) > MaxItems {
		return nil, fault.Field("items", "A release has at most %d items.", MaxItems)
	}
	if len(c.Add) > 0 && !validDomain(c.Domain) {
		return nil, fault.Field("items", "The first issuer has no internet domain to make uris from.")
	}
	added := make([]Item, 0, len(c.Add))
	for i, n := range c.Add {
		it, err := makeItem(n, c.Domain, now, fmt.Sprintf("items[%d]", i))
		if err != nil {
			return nil, err
		}
		added = append(added, it)
	}
	if err := distinctItems(append(slices.Clip(r.Items), added...)); err != nil {
		return nil, err
	}

	r.change(now)
	var ids []ItemID
	for i := range r.Items { // in the release's order
		it := &r.Items[i]
		content, ok := c.Content[it.ID]
		if !ok {
			continue
		}
		it.Versions = append(it.Versions, Version{N: it.Current().N + 1, Kind: kind, At: now, Reason: reason, Content: content.clone()})
		ids = append(ids, it.ID)
	}
	for _, it := range added {
		ids = append(ids, it.ID)
	}
	r.Items = append(r.Items, added...)
	if c.Urgency != nil {
		r.Urgency = *c.Urgency
	}
	return ids, nil
}

// Withdraw says that it must not be used. Headlines, bodies and every earlier version go; issuers,
// times, languages, uris and the reason stay. An embargoed release may be withdrawn before it opens.
func (r *Release) Withdraw(reason string, now time.Time) (Event, error) {
	if err := r.must("withdrawn", Embargoed, Released); err != nil {
		return Event{}, err
	}
	if err := validReason(reason); err != nil {
		return Event{}, err
	}
	r.change(now)
	r.clear()
	r.State, r.WithdrawnAt, r.Reason = Withdrawn, now, reason
	return Event{Kind: EventWithdrawn, At: now, Reason: reason}, nil
}

// Erase removes everything but issuers, times, languages and uris, the withdrawal's reason included.
// A release that never left is simply deleted by its store; erasing is for what others have seen.
func (r *Release) Erase(now time.Time) (Event, error) {
	if err := r.must("erased", Embargoed, Released, Withdrawn); err != nil {
		return Event{}, err
	}
	r.change(now)
	r.clear()
	for i := range r.Items {
		r.Items[i].AltID = "" // the sender's own words
	}
	r.State, r.ErasedAt, r.Reason, r.Urgency = Erased, now, "", 0
	return Event{Kind: EventErased, At: now}, nil
}

// clear drops every word; the versions' numbers, kinds and times stay as the record's skeleton.
func (r *Release) clear() {
	for i := range r.Items {
		for j := range r.Items[i].Versions {
			v := &r.Items[i].Versions[j]
			v.Content, v.Reason = Content{}, ""
		}
		r.Items[i].Stale = false // there is nothing left to be behind of
	}
	r.Approvals = nil
}
