// Package desk is where texts are written before anyone reads them: drafts in several languages side by
// side, kept at every keystroke, approved by others than their writers, and handed to internal/publish
// when they leave. Nothing here is on the wire: no output but the desk's own pages ever shows a draft.
package desk

import (
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// DraftID is 128 random bits in base32.
type DraftID string

// Kind is what a draft becomes when it leaves.
type Kind string

const (
	New     Kind = "new"     // a release
	Update  Kind = "update"  // an update of Draft.Release
	Correct Kind = "correct" // a correction of Draft.Release, with Settings.Reason
)

// State is where a draft stands.
type State string

const (
	Writing   State = "writing"
	Waiting   State = "waiting"   // sent for approval
	Approved  State = "approved"  // as many approvals as its desk asks for, for these very bytes
	Scheduled State = "scheduled" // approved (if its desk asks for that), and leaves at Settings.PublishAt
	Sent      State = "sent"      // it left: Draft.Release is what it became
)

// Part is the text in one language.
type Part struct {
	Language    lang.Tag
	Item        wire.ItemID // of an update or correction: the item that gets this version; empty: a new language
	NewItem     wire.ItemID // what a new language will be known by, so that its bytes are the same from the first save on
	Base        int         // of an update or correction: the item's version that the writer started from
	Was         string      // and the digest of its words: a part that still has it is left out
	Translation wire.Translation
	Headline    string
	Subheadline string
	Slugline    string // of the item that is revised; the desk does not change it
	Dateline    string
	Byline      string
	Body        string // paragraphs with empty lines between them
	EdNote      string
	Keywords    []string
	Subjects    []string // Media Topic codes
	Rights      wire.Rights
	AI          wire.AIDisclosure
	Attachments []wire.Attachment

	Revision int // counts saves of this part; the saver says which one she started from
	By       people.UserID
	At       time.Time
	place    int  // parts stand in the order in which they were added
	body     bool // in lists, which have not the body itself: there is one
}

// HasBody reports whether a body is written, also of a part in a list.
func (p *Part) HasBody() bool { return p.body || strings.TrimSpace(p.Body) != "" }

// Settings are what concerns the draft as a whole.
type Settings struct {
	Issuers        []wire.MemberID // the draft's own member first
	Audience       wire.Audience
	Urgency        int
	PublishAt      time.Time // zero: when someone presses the button
	EmbargoedUntil time.Time
	Reason         string // of a correction
}

// Approval is one person's agreement to the exact bytes.
type Approval struct {
	By     people.UserID
	Name   string
	At     time.Time
	Digest string // of the bytes that it was given for
}

// Draft is a text on its way.
type Draft struct {
	ID        DraftID
	Member    wire.MemberID
	Desk      people.DeskID
	Kind      Kind
	Release   wire.ReleaseID // of an update, a correction, or one that was sent
	State     State
	Settings  Settings
	Parts     []Part
	Author    people.UserID   // who began it
	Writers   []people.UserID // everyone who changed it; none of them approves it
	Approvals []Approval
	Needed    int    // approvals its desk asks for
	Failed    string // why a scheduled draft did not leave, in a sentence
	FailedKey string // the same as the key of an interface string, one of Keys
	Note      string // with which it was returned to its writers
	NotedBy   string // the name of who wrote that
	Scheduler people.UserID
	Created   time.Time
	ChangedAt time.Time
	SentAt    time.Time
	Revision  int // counts every change

	SettingsRevision int // counts changes of Settings

	dropped    map[lang.Tag]int // revisions of parts that were dropped: their numbers do not come again
	wasUrgency int              // of the release that is revised
}

// Part finds the text in a language, nil if the draft has none.
func (d *Draft) Part(t lang.Tag) *Part {
	for i := range d.Parts {
		if d.Parts[i].Language == t {
			return &d.Parts[i]
		}
	}
	return nil
}

// Other is a text that somebody saved over one that had changed meanwhile. It was not taken, and not lost.
type Other struct {
	ID       string
	Language lang.Tag
	Part     Part
	By       people.UserID
	Name     string
	At       time.Time
}

// Problem is something that a draft lacks before it can leave.
type Problem struct {
	Language lang.Tag // empty: of the whole
	Field    string   // headline, body, reason, embargoedUntil, publishAt, parts, audience
	Key      string   // of the interface string that says it
}
