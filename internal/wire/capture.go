package wire

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// CaptureID is the last two parts of a capture's uri joined by a hyphen: <sha-256 hex>-<n>.
type CaptureID string

// Capture is third-party material that intake brought in. It is never logged as ours and never
// shown in our voice; its raw bytes are kept under RawHash.
type Capture struct {
	ID                CaptureID
	URI               URI
	RawHash           string // sha-256 of the bytes as they came, lower-case hex
	FileName          string // as given, for people
	SourceURL         string
	Fetched           bool `json:",omitempty"` // no source brought it, and the node asked SourceURL itself, or who runs the node brought it; otherwise that is its sender's word
	N                 int  // the article's number on its page, from 1
	Language          lang.Tag
	Confidence        float64  // 0 to 1, that a machine recognised the language rightly; 0: not noted, or corrected by a person
	LanguageBy        MemberID // whose editor corrected the language; empty: nobody
	Detected          lang.Tag `json:",omitempty"` // what was recognised before an editor corrected it
	Headline          string   // empty: the page has none
	Body              []string
	Dateline          string
	Date              *StatedDate // nil: not stated
	Attribution       []Attribution
	Credits           []string
	Bylines           []string
	MachineTranslated bool
	Truncated         bool
	Removed           []string // lines taken out as page furniture
	HiddenMarks       int      // hidden direction marks found in the text
	Notes             []string `json:",omitempty"` // what was done otherwise than usual when it was read
	ArrivedAt         time.Time
	Fed               *Fed      `json:",omitempty"` // nil: no source brought it
	Sent              *Sent     `json:",omitempty"` // nil: its sender says nothing of the kind
	Gone              time.Time `json:",omitzero"`  // when its sender withdrew it: its words are no longer kept here; zero: it did not
	Position          int64
}

// Fed is what the feed that brought a capture says of it.
type Fed struct {
	Source     string    // the source's id
	Name       string    // what the source is called, or calls itself
	Entry      string    `json:",omitempty"` // the item's id in the feed
	Title      string    `json:",omitempty"` // the item's title, where the page has another one
	Published  string    `json:",omitempty"` // as the feed writes it
	Categories []string  `json:",omitempty"`
	Rights     string    `json:",omitempty"` // of the item, of the feed, or what the source's keeper set
	TextOfFeed bool      `json:",omitempty"` // the text is the feed's own: there was no page, or it may not be fetched
	Earlier    CaptureID `json:",omitempty"` // what the same item said before; empty: it has not changed
}

// Sent is what the sender of a document, in a format of newsrooms or with its address, says of it.
type Sent struct {
	GUID    string    `json:",omitempty"` // what it is called
	To      MemberID  `json:",omitempty"` // the member for whom it came: two members' senders may call different things alike, and say of different things that they stand at one address
	Version int       `json:",omitempty"` // 0: not stated
	Rights  string    `json:",omitempty"` // what it may be used for
	Urgency int       `json:",omitempty"` // 1 to 9; 0: not stated
	Earlier CaptureID `json:",omitempty"` // another version of the same that came before; empty: none
}

// StatedDate is a date as precise as its evidence, with the words it was read from.
type StatedDate struct {
	Value     string // ISO 8601, Gregorian
	Precision string // year, month, day or minute
	Raw       string
}

// Attribution is one link of the chain by which a text came here.
type Attribution struct {
	Relation string // original, quoted-by, translated-by or published-by
	Source   string
	Text     string // the words that say so
}

// NewCaptureID names the nth article of the document with this hash.
func NewCaptureID(rawHash string, n int) CaptureID {
	return CaptureID(rawHash + "-" + strconv.Itoa(n))
}

// ParseCaptureID accepts only what NewCaptureID makes; anything else is NotFound.
func ParseCaptureID(s string) (CaptureID, error) {
	hash, n, ok := strings.Cut(s, "-")
	if b, err := hex.DecodeString(hash); ok && err == nil && len(b) == 32 && hex.EncodeToString(b) == hash {
		if k, err := strconv.Atoi(n); err == nil && k > 0 && strconv.Itoa(k) == n {
			return CaptureID(s), nil
		}
	}
	return "", fault.E(fault.NotFound, "There is no capture with this id.")
}
