// Package browse is the reading side of the exchange: the wire as a list, search, one release or
// capture, the exact bytes of a version, the events since. Everything it returns has been through
// internal/access for the viewer who asks; pages, API, feeds and live events are built on it and
// cannot show more. It never writes.
package browse

import (
	"net/url"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/wire"
)

// Query asks for a part of the wire. The zero Query is the newest 20 entries.
type Query struct {
	Text      string // in the query language of package search; empty: everything
	Language  lang.Tag
	Member    wire.MemberID
	Source    string    // of captures: part of the source's name
	Kind      string    // "", "release" or "capture"
	Since     time.Time // arrived or released at or after
	Before    time.Time // arrived or released before
	Relevance bool      // best first among the newest 500 matches; otherwise newest first
	Limit     int       // 1-100; 0: 20
	Cursor    string    // from Page.Next

	Reading []lang.Tag // the reader's languages, best first: of texts of one release in which the words stand alike, hers is shown
}

// Args are the filters of a query as the parameters of an address, without order and place; a time is the instant in UTC.
func (q Query) Args() url.Values {
	v := url.Values{}
	set := func(name, s string) {
		if s != "" {
			v.Set(name, s)
		}
	}
	at := func(name string, t time.Time) {
		if !t.IsZero() {
			v.Set(name, t.UTC().Format("2006-01-02T15:04:05Z"))
		}
	}
	set("q", q.Text)
	set("lang", string(q.Language))
	set("member", string(q.Member))
	set("source", q.Source)
	set("kind", q.Kind)
	at("since", q.Since)
	at("before", q.Before)
	return v
}

// Entry is one row of the wire: one release, however many languages, or one capture.
type Entry struct {
	Level   access.Level
	Release *wire.Release // already reduced to what the viewer may see
	Capture *wire.Capture
	At      time.Time // when it reached the wire: opened or arrived

	// Where the words of the query were found; Item is -1 without a query or for a capture.
	Item     int               // index into Release.Items
	Headline []search.Fragment // the found item's headline, hits marked
	Snippet  []search.Fragment // its densest passage, hits marked

	position int64
}

// Page is one answer.
type Page struct {
	Entries    []Entry
	Next       string        // cursor of the next page; empty at the end
	Back       time.Time     // newest first, a page that was not filled in time: all that is as new as this was looked at; Next goes on. Zero: not so
	Understood []search.Term // the words as understood
	Counted    bool          // the matches were counted: not without words; newest first nor for phrases, prefixes and words left out
	More       bool          // more than 500 matches
	Matches    int           // how many, up to 500
}

// RawFile is a document as it came from outside. It leaves the house as an attachment only.
type RawFile struct {
	Name, ContentType string
	Bytes             []byte
}

// RegisterEntry is one line of the public register of corrections and withdrawals.
type RegisterEntry struct {
	Kind    wire.EventKind // EventCorrected or EventWithdrawn
	At      time.Time
	Release *wire.Release
	Reason  string
	From    string // cursor of the page of the whole register that begins with this line, for ever
}

// LogInfo is what a stranger needs to read and check a log.
type LogInfo struct {
	Name   string // as in /log/{name}
	Member wire.MemberID
	Class  string // public or closed
	Key    string // verifier key, in the form of C2SP signed-note
	Size   int64  // leaves
}
