package wire

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
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
	seen := map[MemberID]bool{}
	for _, m := range issuers {
		if seen[m] {
			return nil, fault.Field("issuers", "The member %q is named twice.", m)
		}
		seen[m] = true
	}
	if err := audience.validate(); err != nil {
		return nil, err
	}
	if urgency < 0 || urgency > 9 {
		return nil, fault.Field("urgency", "Urgency is 1 (flash) to 9, or 0 for not stated.")
	}
	if len(items) == 0 || len(items) > MaxItems {
		return nil, fault.Field("items", "A release has 1 to %d items.", MaxItems)
	}
	r := &Release{ID: NewReleaseID(), Issuers: issuers, State: Draft, Revision: 1, Urgency: urgency, Audience: audience, Created: now, ChangedAt: now}
	for i, n := range items {
		it, err := makeItem(n, domain, now, fmt.Sprintf("items[%d]", i))
		if err != nil {
			return nil, err
		}
		r.Items = append(r.Items, it)
	}
	if err := r.oneOriginalPerLanguage(); err != nil {
		return nil, err
	}
	return r, nil
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
	if utf8.RuneCountInString(n.AltID) > MaxLine {
		return Item{}, fault.Field(field+".uri", "The sender's uri is longer than %d letters.", MaxLine)
	}
	if err := n.Content.validate(field); err != nil {
		return Item{}, err
	}
	if n.ID == "" {
		n.ID = NewItemID()
	}
	return Item{
		ID: n.ID, URI: ItemURI(domain, now, n.ID), AltID: n.AltID, Language: n.Language, Type: n.Type, Translation: n.Translation,
		Versions: []Version{{N: 1, Kind: FirstVersion, At: now, Content: n.Content}},
	}, nil
}

func (c Content) validate(field string) error {
	if strings.TrimSpace(c.Headline) == "" {
		return fault.Field(field+".headlines", "A headline is missing.")
	}
	if n := utf8.RuneCountInString(c.Headline); n > MaxHeadline {
		return fault.Field(field+".headlines", "The headline has %d letters; at most %d are taken.", n, MaxHeadline)
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
	lines := map[string]string{"subheadlines": c.Subheadline, "slugline": c.Slugline, "dateline": c.Dateline, "bylines": c.Byline, "edNote": c.EdNote,
		"copyrightHolder": c.Rights.Holder, "usageTerms": c.Rights.UsageTerms, "credit": c.Rights.Credit, "aiNote": c.AI.Note}
	for name, s := range lines {
		if utf8.RuneCountInString(s) > MaxLine {
			return fault.Field(field+"."+name, "This line is longer than %d letters.", MaxLine)
		}
	}
	if len(c.Keywords) > 100 || len(c.Subjects) > 100 || len(c.Attachments) > 100 {
		return fault.Field(field, "At most 100 keywords, subjects and files each.")
	}
	for _, s := range append(append([]string{c.Headline}, c.Body...), c.Keywords...) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return fault.Field(field, "The text is not valid UTF-8.")
		}
	}
	return nil
}

// oneOriginalPerLanguage: two text items of one language in one release would leave the row without
// a best version, so there is at most one.
func (r *Release) oneOriginalPerLanguage() error {
	seen := map[lang.Tag]bool{}
	for i, it := range r.Items {
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

func (r *Release) change(now time.Time) {
	r.Revision++
	r.ChangedAt = now
}

// Digest is over everything an approval is given for.
func (r *Release) Digest() [32]byte {
	type part struct {
		Language    lang.Tag
		Translation Translation
		Content     Content
	}
	what := struct {
		Issuers        []MemberID
		Audience       Audience
		Urgency        int
		PublishAt      time.Time
		EmbargoedUntil time.Time
		Parts          []part
	}{Issuers: r.Issuers, Audience: r.Audience, Urgency: r.Urgency, PublishAt: r.PublishAt.UTC(), EmbargoedUntil: r.EmbargoedUntil.UTC()}
	for _, it := range r.Items {
		what.Parts = append(what.Parts, part{it.Language, it.Translation, it.Current().Content})
	}
	b, err := json.Marshal(what) // only strings, numbers and times: cannot fail
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
	for id, c := range content {
		it := r.Item(id)
		it.Versions = []Version{{N: 1, Kind: FirstVersion, At: now, Content: c}} // nothing was released: there is no history to keep
	}
	r.State, r.Approvals, r.PublishAt = Draft, nil, time.Time{}
	r.change(now)
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
	for _, a := range r.Approvals {
		if a.By == by {
			return fault.E(fault.Conflict, "%s has approved it already.", by)
		}
	}
	r.Approvals = append(r.Approvals, Approval{By: by, At: now, Digest: r.Digest()})
	r.State = Approved
	r.change(now)
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

// Update develops the story: changed items get a new version, the texts that were not changed are
// marked as behind.
func (r *Release) Update(c Changes, now time.Time) (Event, error) {
	if err := r.must("updated", Embargoed, Released); err != nil {
		return Event{}, err
	}
	ids, err := r.apply(c, UpdateKind, "", now)
	if err != nil {
		return Event{}, err
	}
	changed := map[ItemID]bool{}
	for _, id := range ids {
		changed[id] = true
	}
	if len(c.Content) > 0 {
		for i := range r.Items {
			it := &r.Items[i]
			it.Stale = it.Type == Text && !changed[it.ID]
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
	if utf8.RuneCountInString(s) > MaxReason || !utf8.ValidString(s) {
		return fault.Field("reason", "The reason has at most %d letters.", MaxReason)
	}
	return nil
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
	added := make([]Item, 0, len(c.Add))
	for i, n := range c.Add {
		it, err := makeItem(n, c.Domain, now, fmt.Sprintf("items[%d]", i))
		if err != nil {
			return nil, err
		}
		added = append(added, it)
	}
	grown := *r
	grown.Items = append(r.Items[:len(r.Items):len(r.Items)], added...)
	if err := grown.oneOriginalPerLanguage(); err != nil {
		return nil, err
	}

	var ids []ItemID
	for i := range r.Items { // in the release's order
		it := &r.Items[i]
		content, ok := c.Content[it.ID]
		if !ok {
			continue
		}
		it.Versions = append(it.Versions, Version{N: it.Current().N + 1, Kind: kind, At: now, Reason: reason, Content: content})
		it.Stale = false
		ids = append(ids, it.ID)
	}
	for _, it := range added {
		ids = append(ids, it.ID)
	}
	r.Items = grown.Items
	if c.Urgency != nil {
		r.Urgency = *c.Urgency
	}
	r.change(now)
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
	r.clear()
	r.State, r.WithdrawnAt, r.Reason = Withdrawn, now, reason
	r.change(now)
	return Event{Kind: EventWithdrawn, At: now, Reason: reason}, nil
}

// Erase removes everything but issuers, times, languages and uris, the withdrawal's reason included.
// A release that never left is simply deleted by its store; erasing is for what others have seen.
func (r *Release) Erase(now time.Time) (Event, error) {
	if err := r.must("erased", Embargoed, Released, Withdrawn); err != nil {
		return Event{}, err
	}
	r.clear()
	for i := range r.Items {
		r.Items[i].AltID = ""
	}
	r.State, r.ErasedAt, r.Reason = Erased, now, ""
	r.change(now)
	return Event{Kind: EventErased, At: now}, nil
}

// clear drops every word; the versions' numbers, kinds and times stay as the record's skeleton.
func (r *Release) clear() {
	for i := range r.Items {
		for j := range r.Items[i].Versions {
			v := &r.Items[i].Versions[j]
			v.Content, v.Reason = Content{}, ""
		}
	}
	r.Approvals = nil
}
