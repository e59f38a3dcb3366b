// Package subscription holds what a subscription is: a part of the wire that is handed to somebody as it happens, by which way, in whose
// right, and how that fares. The rules of trying again are here too, and what a filter may say. No I/O; whoever asks brings the time.
package subscription

import (
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// ID names a subscription on its node.
type ID string

// Channel is the way by which it is handed over.
type Channel string

const (
	Webhook  Channel = "webhook"  // POST to an address, signed as Standard Webhooks says
	Folder   Channel = "folder"   // a file each in a folder that the operator allows
	Telegram Channel = "telegram" // a message each in a channel, by the bot that the operator has
	Mail     Channel = "mail"     // a letter each, through the operator's mail server
	SFTP     Channel = "sftp"     // a file each in a folder of a server that the operator has named
	WebSub   Channel = "websub"   // a feed, whenever it changes, to whoever asked this node's hub for it; of no member
)

// Channels lists those that a member can have.
var Channels = []Channel{Webhook, Folder, SFTP, Telegram, Mail}

// Format is what is handed over.
type Format string

const (
	Ninjs    Format = "ninjs"    // an item of ninjs 3.1 for each text
	NewsML   Format = "newsmlg2" // a news item of NewsML-G2 2.35 for each text
	Envelope Format = "release"  // one JSON object for the release: what happened, the release, its items in ninjs 3.1
	Words    Format = "text"     // plain words with credit and state

	Superdesk Format = "superdesk" // an item of ninjs 1.x for each text, as the feed parser of Superdesk reads it
)

// Formats are those that each channel can carry, the usual one first.
var Formats = map[Channel][]Format{
	Webhook: {Ninjs, Envelope, NewsML}, Folder: {Ninjs, NewsML, Words, Superdesk}, SFTP: {Ninjs, NewsML, Words, Superdesk}, Telegram: {Words}, Mail: {Words},
}

// PerItem reports whether each text of a release is handed over by itself.
func (f Format) PerItem(c Channel) bool {
	return f != Envelope && c != Telegram && c != Mail
}

// State says whether it runs.
type State string

const (
	Unproven State = "unproven" // whoever stands at its address has not shown that he wants it
	Active   State = "active"
	Paused   State = "paused"  // by a person: nothing new; corrections and withdrawals of what was handed over go on
	Stopped  State = "stopped" // by the node, after a day of nothing but failures: as paused
	Ended    State = "ended"   // the receiver said that he is gone for good; nothing more is sent
)

// Subscription is what one receiver gets.
type Subscription struct {
	ID       ID
	Member   wire.MemberID
	Desk     people.DeskID // whose right it has: a desk's of the member, or
	Person   people.UserID // a person's; both empty: the member's, as its administrators set it up
	Public   bool          // only what anyone may read
	Name     string        // for people
	Channel  Channel
	Target   string // address, folder, chat
	Format   Format
	Filter   Filter
	Language lang.Tag  // that a text in plain words names its state in; empty: its own
	Rhythm   Rhythm    // of mails
	Alert    bool      // it tells a person of what is new for a search that she keeps
	Topic    string    // of WebSub: the feed's own address
	Lease    time.Time // of WebSub: it ends then, unless it is asked for again
	AddedBy  string    // the id of a person or of a token
	Added    time.Time

	Secret   string // of the signature
	Former   string // the secret before, which signs as well until FormerTo
	FormerTo time.Time
	Proof    string // what whoever stands at the address must show

	From  int64 // events after this position
	State State
	Fares
}

// Fares is how it goes.
type Fares struct {
	Failures int       // in a row
	Since    time.Time // of the first of them
	Trouble  Trouble   // of the last
	LastTry  time.Time
	LastGood time.Time
	Rest     time.Time // it is left alone until then
	Slow     bool      // the last try took its time
	Waiting  int64     // deliveries that wait
}

// Filter is which part of the wire: the parts of the wire's address that a subscription can have.
type Filter struct {
	Text     string
	Language lang.Tag
	Member   wire.MemberID
	Source   string
	Kind     string // "", release or capture
}

// ParseFilter reads the part of an address of the wire after its '?'. The order of a list, days and places in it say nothing about what is
// to come and are left out.
func ParseFilter(args string) (f Filter, err error) {
	if len(args) > 4000 {
		return f, fault.Field("filter", "A filter has at most 4000 letters.")
	}
	v, err := url.ParseQuery(strings.TrimPrefix(strings.TrimSpace(args), "?"))
	if err != nil {
		return f, fault.Field("filter", "A filter is the part of an address of the wire after its question mark, like q=water&lang=kk.").Because(err)
	}
	for k := range v {
		if !slices.Contains([]string{"q", "lang", "member", "source", "kind", "since", "before", "sort", "density", "cursor", "shift"}, k) {
			return f, fault.Field("filter", "%.40q is not a part of a filter; q, lang, member, source and kind are.", k)
		}
	}
	f.Text, f.Source, f.Kind = strings.TrimSpace(v.Get("q")), strings.TrimSpace(v.Get("source")), v.Get("kind")
	if len(f.Text) > 2000 || len(f.Source) > 200 || !utf8.ValidString(f.Text) || !utf8.ValidString(f.Source) {
		return f, fault.Field("filter", "A part of the filter is too long.")
	}
	if f.Kind != "" && f.Kind != "release" && f.Kind != "capture" {
		return f, fault.Field("filter", "The kind is release or capture.")
	}
	if s := v.Get("lang"); s != "" {
		if f.Language, err = lang.Parse(s); err != nil {
			return f, fault.Field("filter", "%.20q is no language tag like kk or fa.", s)
		}
	}
	if s := v.Get("member"); s != "" {
		if f.Member, err = wire.ParseMemberID(s); err != nil {
			return f, fault.Field("filter", "%.60q is no member's short name.", s)
		}
	}
	return f, nil
}

// String is the filter as a part of an address of the wire, its parts in the order of their names.
func (f Filter) String() string {
	v := url.Values{}
	for k, s := range map[string]string{"q": f.Text, "lang": string(f.Language), "member": string(f.Member), "source": f.Source, "kind": f.Kind} {
		if s != "" {
			v.Set(k, s)
		}
	}
	return v.Encode()
}

// Bounds.
const (
	MostOfMember = 500    // subscriptions
	MostMails    = 200    // of them by mail
	MostAlerts   = 10     // by mail, of one person
	MostWaiting  = 10_000 // deliveries of one; a receiver that is so far behind is stopped
	MostGathered = 200    // releases in one letter; what is more comes in a further one
	MostCounted  = 1000   // releases that one letter of an alert names or counts
	maxTarget    = 2000   // bytes
	maxName      = 120    // letters
)

// Check makes a new subscription valid, with defaults for what is left out, or says which field is wrong. Whether an address may be called at
// all the outbound client decides.
func (s *Subscription) Check() error {
	s.Name, s.Target = strings.TrimSpace(s.Name), strings.TrimSpace(s.Target)
	formats, ok := Formats[s.Channel]
	if !ok {
		return fault.Field("channel", "There is no channel %.20q; the channels are webhook, folder, sftp, telegram and mail.", s.Channel)
	}
	if s.Format == "" {
		s.Format = formats[0]
	}
	switch {
	case !slices.Contains(formats, s.Format):
		return fault.Field("format", "The channel %s does not carry the format %.20q; it carries %v.", s.Channel, s.Format, formats)
	case !lang.Line(s.Name, maxName):
		return fault.Field("name", "A name is one line of at most %d letters.", maxName)
	case s.Target == "":
		return fault.Field("target", "Say where to: an address, a folder, a chat or a mail address.")
	case !lang.Line(s.Target, len(s.Target)):
		return fault.Field("target", "An address is one line, without control characters.")
	case len(s.Target) > maxTarget:
		return fault.Field("target", "An address may have %d characters; this one has more.", maxTarget)
	}
	switch s.Channel {
	case Webhook:
		u, err := url.Parse(s.Target)
		switch {
		case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
			return fault.Field("target", "This is not an address that can be called; it must begin with https:// or http:// and name a host.")
		case u.User != nil:
			return fault.Field("target", "An address with a name or password in it is not called; every call is signed.")
		}
		u.Fragment, u.RawFragment = "", ""
		s.Target = u.String()
	case Mail:
		if !mailAddress(s.Target) {
			return fault.Field("target", "This is no mail address; it must be one bare address, like desk@press.example.")
		}
	case Telegram:
		s.Public = true // a channel is read by anyone
	}
	if s.Name == "" {
		s.Name = short(s.Target, maxName)
	}
	if s.Rhythm.Gathers() && s.Channel != Mail {
		return fault.Field("digest", "Only mails come as digests.")
	}
	return s.Rhythm.Check()
}

// mailAddress reports whether a text is one bare address that every mail server takes (RFC 5321, 4.1.2): ASCII, dot-atom before the at sign, a name behind it.
func mailAddress(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	if !ok || len(s) > 254 || len(local) > 64 || !strings.Contains(host, ".") {
		return false
	}
	atoms := func(s, more string) bool {
		for a := range strings.SplitSeq(s, ".") {
			if a == "" || strings.IndexFunc(a, func(r rune) bool {
				return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(more, r)
			}) >= 0 {
				return false
			}
		}
		return true
	}
	return atoms(local, "!#$%&'*+-/=?^_`{|}~") && atoms(host, "-")
}

func short(s string, letters int) string {
	if r := []rune(s); len(r) > letters {
		return string(r[:letters])
	}
	return s
}

// Runs reports whether new matter is handed over.
func (s Subscription) Runs() bool { return s.State == Active }

// Follows reports whether corrections and withdrawals of what was handed over go on.
func (s Subscription) Follows() bool {
	return s.State == Active || s.State == Paused || s.State == Stopped
}

// Kind is what a delivery tells.
type Kind string

const (
	Released  Kind = "released"
	Updated   Kind = "updated"
	Corrected Kind = "corrected"
	Withdrawn Kind = "withdrawn"
	Erased    Kind = "erased"
	Captured  Kind = "captured"
	Test      Kind = "test"
	Challenge Kind = "challenge"
)

// OfCapture reports whether it is about what came from outside, not about a release.
func (d Delivery) OfCapture() bool {
	_, err := wire.ParseCaptureID(d.Ref)
	return err == nil
}

// First reports whether it goes before what is new.
func (k Kind) First() bool { return k == Corrected || k.Gone() || k == Challenge || k == Test }

// Gone reports whether it says that something must not be used.
func (k Kind) Gone() bool { return k == Withdrawn || k == Erased }

// Outcome is what became of a delivery.
type Outcome string

const (
	Waiting  Outcome = "waiting"  // for its turn, or to be tried again
	Done     Outcome = "done"     // the receiver said that he has it
	GivenUp  Outcome = "given-up" // after a day
	Overtook Outcome = "overtaken"
	Barred   Outcome = "barred"  // its owner may not read it any more, or it is gone
	Counted  Outcome = "counted" // a letter that had no room for it says that there is more
)

// Delivery is one thing that one receiver is told. Message is the same on each try.
type Delivery struct {
	ID           int64
	Subscription ID
	Message      string
	Position     int64 // of the event
	Kind         Kind
	Ref          string      // the release's or the capture's id
	Item         wire.ItemID // empty: the whole of it
	Digest       time.Time   // of the digest that it waits for; zero: it is told by itself
	Outcome      Outcome
	Tries        int
	Due          time.Time
	Made, Ended  time.Time
	Last         Trouble // of the last try; the zero Trouble: it went well, or was not tried
	Lease        string
	Fresh        bool // when it is claimed: nothing of it was sent before
}

// Trouble is why a try failed; the zero Trouble is none.
type Trouble struct {
	Code   Code   `json:"code,omitempty"`
	Status int    `json:"status,omitempty"` // of HTTP
	Says   string `json:"says,omitempty"`   // what the receiver said, shortened
}

// Code says which trouble; the list is closed, and each has a sentence in every language of the pages.
type Code string

const (
	Unreachable Code = "unreachable"
	Slow        Code = "slow"
	Forbidden   Code = "forbidden"  // an address of a private network
	Refused     Code = "refused"    // a status of 4xx
	Broken      Code = "broken"     // a status of 5xx
	Overload    Code = "overload"   // 429, or 503 with a time
	Moved       Code = "moved"      // a status of 3xx: nobody is followed
	Gone        Code = "gone"       // 410
	Odd         Code = "odd"        // another status
	NotShown    Code = "not-shown"  // the challenge was not answered
	Far         Code = "far"        // too many deliveries wait
	Left        Code = "left"       // whoever reads there has ended it
	Ownerless   Code = "ownerless"  // its owner is not here any more
	Unset       Code = "unset"      // the operator has not set this channel up
	HostKey     Code = "host-key"   // the server shows another than the one that was pinned
	Unwritable  Code = "unwritable" // the folder, here or on its server, takes no file
	Taken       Code = "taken"      // a file of that name is there that is not ours
	Internal    Code = "internal"
)

// Codes lists every code; tests walk it.
var Codes = []Code{Unreachable, Slow, Forbidden, Refused, Broken, Overload, Moved, Gone, Odd, NotShown, Far, Left, Ownerless, Unset, HostKey, Taken, Unwritable, Internal}

var sentences = map[Code]string{
	Unreachable: "The receiver cannot be reached, or the connection broke off.",
	Slow:        "The receiver did not answer within ten seconds.",
	Forbidden:   "The address leads into a private or special network and is not called.",
	Refused:     "The receiver refuses what is sent.",
	Broken:      "The receiver reports a fault of its own.",
	Overload:    "The receiver asks to be called less often.",
	Moved:       "The receiver sends callers on to another address; deliveries do not follow. Add that address.",
	Gone:        "The receiver says that it is gone for good.",
	Odd:         "The receiver answers with a status that says neither yes nor no.",
	NotShown:    "The receiver did not answer with the challenge.",
	Far:         "More than ten thousand deliveries wait for this receiver.",
	Left:        "Whoever reads at this address has ended the mails.",
	Ownerless:   "The person whose right it had is not here any more.",
	Unset:       "The operator of this node has not set this channel up.",
	HostKey:     "The server shows another host key than the one that the operator has pinned, so nothing is sent there. If the change is meant, the operator pins the new key (jarchi delivery sftp) and starts the node again.",
	Taken:       "A file of this name is there that this delivery has not written. It stays as it is.",
	Unwritable:  "Nothing can be written into the folder: it is not there, the right to write is missing, or its disk is full.",
	Internal:    "Something went wrong on this node. The administrator finds it in the log.",
}

// Sentence says it in English; empty for no trouble.
func (t Trouble) Sentence() string { return sentences[t.Code] }

// Attempts before a delivery is given up: with the back-off below a little more than a day.
const Attempts = 15

// Patience is how long nothing but failures is borne before a subscription is stopped, and how many of them at least.
const (
	Patience     = 20 * time.Hour
	MostFailures = Attempts
)

// Backoff is how long to wait after the nth failed try: 5 s, three times as long each time up to 3 h, less up to a quarter by chance, so that what
// failed together does not return together.
func Backoff(n int) time.Duration {
	d := 5 * time.Second
	for i := 1; i < n && d < 3*time.Hour; i++ {
		d *= 3
	}
	d = min(d, 3*time.Hour)
	return d - time.Duration(rand.Int64N(int64(d)/4))
}
