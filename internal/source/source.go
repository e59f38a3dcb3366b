// Package source holds what a source is: an address that is asked again and again for new items, for whom, how often, and how it fares.
// The rules of asking are here too: when it is due again, how long to wait after a failure, what a site's robots.txt allows, what makes two
// items one, when silence is worth an alarm. No I/O; whoever asks brings the time.
package source

import (
	"math/rand/v2"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// ID names a source on its node.
type ID string

// Kind is what stands at a source's address.
type Kind string

// The kinds.
const (
	Feed   Kind = "feed"   // RSS, Atom, JSON Feed, a sitemap or a list of sitemaps: which one is seen when it is read
	List   Kind = "list"   // a page whose links, those that fit the pattern, are items
	Page   Kind = "page"   // one page: an item whenever its words change
	Folder Kind = "folder" // of the machine: files:///…; each file is a document
	Mail   Kind = "imap"   // a mailbox: imaps://name@host/mailbox; each message is one document or several
)

// Kinds lists every kind.
var Kinds = []Kind{Feed, List, Page, Folder, Mail}

// OfMachine reports whether a kind reads what only the operator of the node may name.
func (k Kind) OfMachine() bool { return k == Folder || k == Mail }

// Source is an address that is asked on a schedule. A member's administrator or the operator adds it.
type Source struct {
	ID       ID
	Member   wire.MemberID
	Desk     string // of the member; empty: all
	Address  string
	Kind     Kind
	Name     string        // for people; empty: what the feed calls itself
	Interval time.Duration // between two polls
	Language lang.Tag      // what its items are in where neither page nor feed says; empty: not known
	Rights   string        // what its items may be used for where the feed does not say
	Secret   string        // where the password of a mailbox is: env:NAME or file:PATH; never the password
	Pattern  string        // which links of a list are items: of their path, * for anything, $ for the end
	AddedBy  string        // the id of a person or of a token
	Added    time.Time
	Paused   bool
}

// Bounds of a source.
const (
	DefaultInterval = 15 * time.Minute
	MinInterval     = time.Minute
	minFolder       = 5 * time.Second // a folder of the machine is no stranger
	MaxInterval     = 7 * 24 * time.Hour
	maxAddress      = 2000 // bytes
	maxText         = 200  // letters of a name
	maxRights       = 2000 // letters
	MostOfMember    = 5000 // sources
)

// Check makes the source valid, with defaults for what is left out, or says which field is wrong. Whether the address may be fetched at
// all the outbound client decides.
func (s *Source) Check() error {
	s.Address, s.Name, s.Rights = strings.TrimSpace(s.Address), strings.TrimSpace(s.Name), strings.TrimSpace(s.Rights)
	if s.Kind == "" {
		s.Kind = Feed
	}
	if !slices.Contains(Kinds, s.Kind) {
		return fault.Field("kind", "There is no kind %.20q; the kinds are: %v.", s.Kind, Kinds)
	}
	u, err := url.Parse(s.Address)
	if s.Pattern = strings.TrimSpace(s.Pattern); s.Kind == List && !strings.HasPrefix(s.Pattern, "/") && !strings.HasPrefix(s.Pattern, "*") || s.Kind != List && s.Pattern != "" || len(s.Pattern) > 500 || strings.Count(s.Pattern, "*") > 20 {
		return fault.Field("pattern", "A list of links needs a pattern of their paths, like /news/*, that begins with / or *, with at most 20 stars; other kinds have none.")
	}
	if s.Kind.OfMachine() {
		if err := s.machine(u, err); err != nil {
			return err
		}
	}
	switch {
	case s.Kind.OfMachine():
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		return fault.Field("url", "This is not an address that can be fetched; it must begin with http:// or https:// and name a host.")
	case len(s.Address) > maxAddress:
		return fault.Field("url", "An address may have %d characters; this one has more.", maxAddress)
	case u.User != nil:
		return fault.Field("url", "An address with a name or password in it is not fetched.")
	case !lang.Line(s.Name, maxText):
		return fault.Field("name", "A name is one line of at most %d letters.", maxText)
	case !lang.Line(s.Rights, maxRights):
		return fault.Field("rights", "The terms of use are one line of at most %d letters.", maxRights)
	case len(s.Desk) > 100:
		return fault.Field("desk", "There is no desk of this name.")
	}
	if !s.Kind.OfMachine() {
		u.Fragment, u.RawFragment = "", ""
		s.Address = u.String()
	}
	if s.Interval == 0 {
		s.Interval = DefaultInterval
		if s.Kind.OfMachine() {
			s.Interval = MinInterval
		}
	}
	if s.Interval < MinInterval && (s.Kind != Folder || s.Interval < minFolder) || s.Interval > MaxInterval {
		return fault.Field("interval", "A source is asked at most once a minute and at least once a week; 15m is usual.")
	}
	if s.Language != "" {
		if s.Language, err = lang.Parse(string(s.Language)); err != nil {
			return fault.Field("language", "This is no language tag like kk or fa.")
		}
	}
	return nil
}

// machine checks the address of a folder or a mailbox.
func (s *Source) machine(u *url.URL, err error) error {
	switch {
	case len(s.Address) > maxAddress:
		return fault.Field("url", "An address may have %d characters; this one has more.", maxAddress)
	case s.Kind == Folder && (err != nil || u.Scheme != "file" || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.Contains(u.Path, "\x00")):
		return fault.Field("url", "A folder is named by its whole path.")
	case s.Kind == Folder:
		s.Address, s.Secret = (&url.URL{Scheme: "file", Path: path.Clean(u.Path)}).String(), ""
		return nil
	case err != nil || u.Scheme != "imaps" && u.Scheme != "imap" || u.Hostname() == "" || u.User == nil || u.User.Username() == "" || u.RawQuery != "" || u.Fragment != "":
		return fault.Field("url", "A mailbox is named like imaps://name@mail.example/INBOX.")
	}
	if _, has := u.User.Password(); has {
		return fault.Field("url", "A password does not stand in the address. Name the variable or the file that holds it.")
	}
	if kind, what, _ := strings.Cut(s.Secret, ":"); kind != "env" && kind != "file" || what == "" || len(what) > maxText || strings.ContainsAny(what, "\x00\r\n") {
		return fault.Field("secret", "Say where the password is: in a variable of the environment or in a file.")
	}
	return nil
}

// Host is where a source has its turn: the host of its address, or what a folder or a mailbox has in its place.
func (s *Source) Host() string {
	if s.Kind.OfMachine() {
		return string(s.Kind) + " " + s.Address
	}
	return Host(s.Address)
}

// Fits reports whether a link is one of a list's items: on the host of the list, and its path fits the pattern.
func (s *Source) Fits(link string) bool {
	u, err := url.Parse(link)
	if err != nil || Host(link) != Host(s.Address) {
		return false
	}
	p := u.EscapedPath()
	if u.RawQuery != "" {
		p += "?" + u.RawQuery
	}
	return matches(decoded(s.Pattern), decoded(p))
}

// State is how a source fares.
type State struct {
	Due       time.Time // when it is asked next
	LastPoll  time.Time // when it was asked last
	LastGood  time.Time // when it last answered as it should
	LastItem  time.Time // when the newest item came: as its feed says, else when it was seen here
	LastTaken time.Time // when an item of it was last taken in
	ETag      string
	Modified  string // Last-Modified, as it was sent
	Format    string // of the feed
	Title     string // what the feed calls itself
	Moved     string // where it says that it is now, for good; empty: where it was
	Errors    int    // failed polls in a row
	Trouble   Trouble
	Items     int64 // taken in
	Waiting   int64 // seen, and not yet taken in
	Failed    int64 // could not be read: they are in quarantine
	Rhythm    Rhythm

	Step  string            // what is asked next instead of its own address: where that leads, or a sitemap of its list; empty: its own
	Hops  int               // how often it was led on to get there
	Ever  bool              // each time for good
	Parts []Part            // of a list of sitemaps: those that are still to be asked, Step or where it led to first
	Maps  map[string]string // of a list of sitemaps: when each changed last, as the list says, once it was asked
	Files map[string]File   // of a folder: what was seen there and not taken yet
	Fresh bool              // of a list of sitemaps: it is gone through for the first time
	Valid uint32            // of a mailbox: under which validity UID counts
	UID   uint32            // of a mailbox: the last message that was taken
	Begun bool              // of a mailbox: UID is known
	Fixed bool              // of a folder: nothing can be moved there
}

// Part is a sitemap of a list of them.
type Part struct{ Address, Changed string }

// File is a file as it was seen: it is taken when it is seen so again.
type File struct {
	Size, Mod int64 // Mod in nanoseconds
	At        time.Time
}

// Watched is a source and how it fares.
type Watched struct {
	Source
	State
}

// Label is what a source is called: as it was named, else as it calls itself, else by its address.
func (w Watched) Label() string {
	for _, n := range []string{w.Source.Name, w.State.Title} {
		if n = strings.TrimSpace(n); n != "" {
			return n
		}
	}
	return Called(w.Address)
}

// Trouble is why the last poll failed, or what of it could not be read; the zero Trouble is none.
type Trouble struct {
	Code   Code   `json:"code"`
	Status int    `json:"status,omitempty"`
	Line   int    `json:"line,omitempty"`
	At     string `json:"at,omitempty"`  // an address that may help
	Why    string `json:"why,omitempty"` // what a parser or the network said
}

// Code says which trouble; the list is closed, and each has a sentence in every language of the pages.
type Code string

// The codes.
const (
	Unreachable  Code = "unreachable"   // no connection, or it broke off
	Slow         Code = "slow"          // no answer in time
	Loop         Code = "loop"          // leads on to other addresses without end
	Forbidden    Code = "forbidden"     // leads into a private network or to another port
	NoAddress    Code = "no-address"    // leads to what is no address
	Refused      Code = "refused"       // 401, 402, 403, 451
	Gone         Code = "gone"          // 404, 410
	Overload     Code = "overload"      // 429, or 503 with Retry-After
	Broken       Code = "broken"        // 5xx
	Odd          Code = "odd"           // another status
	TooLarge     Code = "too-large"     // more bytes than are taken
	Encoding     Code = "encoding"      // a content encoding that was not asked for
	Robots       Code = "robots"        // robots.txt forbids it
	RobotsBroken Code = "robots-broken" // robots.txt cannot be read, so nothing may be fetched
	NotAFeed     Code = "not-a-feed"
	WebPage      Code = "web-page"
	Index        Code = "index"
	NoLinks      Code = "no-links"
	Unreadable   Code = "unreadable" // a page without a text
	NoFolder     Code = "no-folder"
	NoFile       Code = "no-file"
	Login        Code = "login"
	Mailbox      Code = "mailbox"
	NoSecret     Code = "secret"
	Insecure     Code = "insecure"
	Damaged      Code = "damaged"
	CutOff       Code = "cut-off"
	TooDeep      Code = "too-deep"
	Empty        Code = "empty"
	Internal     Code = "internal" // of this node
)

// Codes lists every code; tests walk it.
var Codes = []Code{Unreachable, Slow, Loop, Forbidden, NoAddress, Refused, Gone, Overload, Broken, Odd, TooLarge, Encoding, Robots, RobotsBroken,
	NotAFeed, WebPage, Index, NoLinks, Unreadable, NoFolder, NoFile, Login, Mailbox, NoSecret, Insecure, Damaged, CutOff, TooDeep, Empty, Internal}

// sentences are the codes in English; pages have their own.
var sentences = map[Code]string{
	Unreachable: "The server cannot be reached, or its answer broke off.", Slow: "The server did not answer in time.", Loop: "The address leads on to others without end.",
	Forbidden: "The address leads into a private or special network and is not fetched.", NoAddress: "The address leads on to something that is no address of the web.",
	Refused: "The server refuses to hand it out.", Gone: "There is nothing at this address any more.", Overload: "The server asks to come back later.",
	Broken: "The server has a fault of its own.", Odd: "The server gives an answer that says nothing.", TooLarge: "The answer is larger than is taken.",
	Encoding: "The server answers in a compression that was not asked for.", Robots: "The site's robots.txt forbids it.",
	RobotsBroken: "The site's robots.txt cannot be read, so nothing is fetched there.", NotAFeed: "This is no feed: neither RSS, Atom, JSON Feed nor a sitemap.",
	WebPage: "This is a web page and no feed.", Index: "A list of sitemaps within a list of sitemaps is not followed; name one of them.",
	NoLinks: "No link of the page fits the pattern.", Unreadable: "The page holds no text that can be read.", NoFolder: "The folder cannot be opened.", NoFile: "A file in the folder cannot be read; it stays there until it can be.", Login: "The mail server refuses the name or the password.",
	Mailbox: "The mailbox cannot be opened.", NoSecret: "The password is missing: the variable or file that holds it is not there.", Insecure: "The server's certificate is not trusted, or it offers no encryption.", Damaged: "A part of the feed is damaged.",
	CutOff: "The feed ends before its end.", TooDeep: "The feed has elements within elements without end.", Empty: "The answer is empty.",
	Internal: "This node could not do it; its log says why.",
}

// Sentence says in English what the matter is, with the figures that are known; "" for none.
func (t Trouble) Sentence() string {
	if t.Code == "" {
		return ""
	}
	s := sentences[t.Code]
	if s == "" {
		s = sentences[Internal]
	}
	var more []string
	if t.Status > 0 {
		more = append(more, "status "+itoa(t.Status))
	}
	if t.Line > 0 {
		more = append(more, "line "+itoa(t.Line))
	}
	if t.At != "" {
		more = append(more, t.At)
	}
	if len(more) > 0 {
		s = strings.TrimSuffix(s, ".") + " (" + strings.Join(more, ", ") + ")."
	}
	return s
}

func itoa(n int) string {
	var b [20]byte
	i := len(b)
	for ; n > 9; n /= 10 {
		i--
		b[i] = byte('0' + n%10)
	}
	i--
	b[i] = byte('0' + n)
	return string(b[i:])
}

// MaxBackoff is the longest that a failing source waits, unless its interval is longer.
const MaxBackoff = 6 * time.Hour

// Next is when a source that was asked at now wants to be asked again: after its interval, or after a failure the interval doubled for each
// one more in a row up to MaxBackoff; a tenth more or less by chance, so that what was added together does not stay together.
func Next(interval time.Duration, errors int, now time.Time) time.Time {
	d := interval
	for i := 1; i < errors && d < MaxBackoff; i++ {
		d *= 2
	}
	if d > MaxBackoff && errors > 1 {
		d = max(MaxBackoff, interval)
	}
	return now.Add(d - d/10 + time.Duration(rand.Int64N(int64(d/5)+1)))
}

// Lag is how late a source is at now: it was due and has not been asked. Zero if it is not.
func (s State) Lag(now time.Time) time.Duration {
	if s.Due.IsZero() || !now.After(s.Due) {
		return 0
	}
	return now.Sub(s.Due)
}

// Rhythm is what is known of how often something comes.
type Rhythm struct {
	Usual   time.Duration `json:"usual"`   // the usual time between two items
	Longest time.Duration `json:"longest"` // the longest that was seen of late
	Gaps    int           `json:"gaps"`    // from how many
}

// Came notes that n items came, gap after the ones before. The usual time moves a fifth of the way, the longest is forgotten by half a
// percent a gap.
func (r Rhythm) Came(gap time.Duration, n int) Rhythm {
	if n < 1 || gap < 0 {
		return r
	}
	each := gap / time.Duration(n)
	if r.Gaps == 0 {
		return Rhythm{Usual: each, Longest: gap, Gaps: n}
	}
	r.Usual += (each - r.Usual) / 5
	r.Longest -= r.Longest / 200
	r.Longest = max(r.Longest, gap)
	r.Gaps += n
	return r
}

// FromDates is the rhythm that the dates of a feed's entries show, newest first or not.
func FromDates(dates []time.Time) Rhythm {
	if len(dates) < 3 {
		return Rhythm{}
	}
	var longest time.Duration
	for i := 1; i < len(dates); i++ {
		longest = max(longest, dates[i].Sub(dates[i-1]))
	}
	return Rhythm{Usual: dates[len(dates)-1].Sub(dates[0]) / time.Duration(len(dates)-1), Longest: longest, Gaps: len(dates) - 1}
}

// Silent reports since when a source is quieter than is usual for it: nothing has come for six hours at least, for three times its usual
// time and half again its longest. A source of which fewer than three gaps are known is never silent.
func (s State) Silent(now time.Time) (time.Duration, bool) {
	if s.Rhythm.Gaps < 3 || s.LastItem.IsZero() {
		return 0, false
	}
	quiet := now.Sub(s.LastItem)
	return quiet, quiet > max(6*time.Hour, 3*s.Rhythm.Usual, s.Rhythm.Longest+s.Rhythm.Longest/2)
}
