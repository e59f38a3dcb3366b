package wire

import (
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// State is where a release stands in its life.
type State string

const (
	Draft     State = "draft"
	Approved  State = "approved"
	Scheduled State = "scheduled" // approved, and leaves at PublishAt by itself
	Embargoed State = "embargoed" // released to cleared readers; opens to all its audience at EmbargoedUntil
	Released  State = "released"
	Withdrawn State = "withdrawn" // must not be used; headline and body are gone
	Erased    State = "erased"    // only issuer, times, languages and uri are left
)

// Out reports whether anything of the release has left its issuer.
func (s State) Out() bool { return s == Embargoed || s == Released || s == Withdrawn || s == Erased }

// AudienceClass says to whom a release is addressed.
type AudienceClass string

const (
	Public   AudienceClass = "public"
	Members  AudienceClass = "members"
	Partners AudienceClass = "partners" // the named ones only
)

// Audience is a class and, for Partners, the members named.
type Audience struct {
	Class    AudienceClass
	Partners []MemberID
}

// LogClass is the log that a release of this audience is entered in: "public", or "closed" for everything else.
func (a Audience) LogClass() string {
	if a.Class == Public {
		return "public"
	}
	return "closed"
}

// Release is one statement or story by one or more issuers, the first of whom leads: all its
// languages and media together. Approval, embargo, update, correction, withdrawal and audience
// belong to it; it is one row on the wire, however many languages it has.
type Release struct {
	ID        ReleaseID
	Issuers   []MemberID
	State     State
	Revision  int // raised by every change
	Urgency   int // IPTC: 1 (flash) to 9, 5 normal; 0 is not stated
	Audience  Audience
	Approvals []Approval
	Items     []Item
	Joint     []Concurrence // of further issuers

	PublishAt      time.Time // zero: not scheduled
	EmbargoedUntil time.Time // zero: no embargo
	Created        time.Time
	ReleasedAt     time.Time // when it left its issuer (sealed, for an embargoed one)
	OpenedAt       time.Time // when its audience could read it: ReleasedAt, or the opening of the embargo
	ChangedAt      time.Time
	WithdrawnAt    time.Time
	ErasedAt       time.Time
	Reason         string // of the withdrawal
	Corrections    int
	Updates        int
}

// Lead is the issuer whose log and voice the release has.
func (r *Release) Lead() MemberID { return r.Issuers[0] }

// Approval is one person's agreement to the exact content; a change after it makes it void.
type Approval struct {
	By     string
	At     time.Time
	Digest [32]byte // of the release's content when it was given
}

// ItemType is what kind of content an item has (IPTC ninjs 'type').
type ItemType string

const (
	Text      ItemType = "text"
	Picture   ItemType = "picture"
	Video     ItemType = "video"
	Audio     ItemType = "audio"
	Graphic   ItemType = "graphic"
	Composite ItemType = "composite"
	Document  ItemType = "document"
	EventItem ItemType = "event"
	Planning  ItemType = "planning"
)

// Translation says whose words an item's language version are. The order is the order of preference.
type Translation string

const (
	Original      Translation = "original"       // written in this language
	OfficialText  Translation = "official"       // a translation that the issuer releases as equally its own
	Human         Translation = "human"          // translated by a person; not the official text
	MachineEdited Translation = "machine-edited" // a machine's words that a person went over
	Machine       Translation = "machine"        // a machine's words
)

// ByMachine reports whether a machine's words are in it: always to be labelled.
func (t Translation) ByMachine() bool { return t == Machine || t == MachineEdited }

// Item is one piece of content of a release in one language. Its language never changes.
type Item struct {
	ID          ItemID
	URI         URI
	AltID       string // a uri that the sender gave; unique per member
	Language    lang.Tag
	Type        ItemType
	Translation Translation
	Stale       bool // another language was developed by an update that this one has not followed
	Versions    []Version
}

// Current is the newest version, nil before the first.
func (i *Item) Current() *Version {
	if len(i.Versions) == 0 {
		return nil
	}
	return &i.Versions[len(i.Versions)-1]
}

// VersionKind is why a version exists.
type VersionKind string

const (
	FirstVersion VersionKind = "release"
	UpdateKind   VersionKind = "update"
	CorrectKind  VersionKind = "correct"
)

// Version is an immutable numbered state of an item, counted from 1.
type Version struct {
	N       int
	Kind    VersionKind
	At      time.Time
	Reason  string // of a correction
	Content Content
}

// Content is what people read: the words of one version and what belongs to them. Body is
// paragraphs of plain text; markup from outside never gets here.
type Content struct {
	Headline    string
	Subheadline string
	Slugline    string
	Dateline    string
	Byline      string
	Body        []string
	EdNote      string
	Keywords    []string
	Subjects    []string // IPTC Media Topic codes, like medtop:20000639
	Rights      Rights
	AI          AIDisclosure
	Attachments []Attachment
}

// Rights is who holds them and what may be done.
type Rights struct {
	Holder     string
	Credit     string
	UsageTerms string
}

// AIDisclosure says what a machine did, in the terms of the IPTC Digital Source Type.
type AIDisclosure struct {
	DigitalSourceType string // last part of the IPTC concept, like trainedAlgorithmicMedia; empty: none
	Note              string
}

// Attachment is a file that belongs to a version, known by its hash.
type Attachment struct {
	SHA256    [32]byte
	Length    int64
	MediaType string
	Caption   string
	Credit    string
}
