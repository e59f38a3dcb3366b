// Package access holds the one decision of the house: what may this viewer see of this release or
// capture now: all of it, its header, or nothing. Every way out (page, API, feed, snippet, live event,
// notification, export, log line, metric) asks Release or Capture and shows no more than it says, by
// Reduce. It does no I/O: whoever asks brings the viewer, the subject's own fields and the time.
package access

import (
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// Scope is one right of a token or session.
type Scope string

const (
	Read       Scope = "read"        // what is public, by API
	ReadClosed Scope = "read:closed" // what is addressed to the viewer's member: members' releases, captures, headers under embargo
	DraftScope Scope = "draft"       // write and change drafts of the member
	Publish    Scope = "publish"     // let releases leave; update, correct
	Withdraw   Scope = "withdraw"    // withdraw and erase
	Intake     Scope = "intake"      // bring captures in
	Verify     Scope = "verify"      // use the verification desk
	Admin      Scope = "admin"       // tokens, members, settings
)

// Scopes lists every scope in the order of the documents.
var Scopes = []Scope{Read, ReadClosed, DraftScope, Publish, Withdraw, Intake, Verify, Admin}

// Viewer is who asks. The zero Viewer is anyone on the internet.
type Viewer struct {
	Member wire.MemberID // whose token or session it is; empty: nobody's
	Scopes []Scope
	Local  bool // came without sign-in to a literal loopback address: the person at the node's own machine
}

// Has reports whether the viewer holds a scope.
func (v Viewer) Has(s Scope) bool { return slices.Contains(v.Scopes, s) }

// Level is how much may be seen.
type Level int

const (
	Nothing Level = iota // not even that it exists: 404
	Header               // issuers, type, urgency, languages, opening time: never headline, slugline, subject, place, length or media
	All
)

func (l Level) String() string { return [...]string{"nothing", "header", "all"}[l] }

// Release decides about a release. The state rules, not the clock: an embargo whose hour has come is
// closed until the transaction that opens it is committed.
func Release(v Viewer, r *wire.Release, _ time.Time) Level {
	switch r.Audience.Class {
	case wire.Public, wire.Members, wire.Partners:
	default:
		return Nothing // of an audience that is not known, nothing is assumed
	}
	if len(r.Issuers) == 0 {
		return Nothing
	}
	own := v.Member != "" && slices.Contains(r.Issuers, v.Member)
	sealed := func() Level {
		switch {
		case own && v.Has(ReadClosed):
			return All // the issuers' own people are cleared
		case addressed(v, r):
			return Header
		}
		return Nothing
	}
	switch r.State {
	case wire.Draft, wire.Approved, wire.Scheduled:
		if v.Member != "" && v.Member == r.Lead() && (v.Has(DraftScope) || v.Has(Publish)) {
			return All
		}
		return Nothing
	case wire.Embargoed:
		return sealed()
	case wire.Withdrawn, wire.Erased:
		if r.OpenedAt.IsZero() {
			return sealed() // it never opened: those who saw its header see that it is gone, nobody else that it was
		}
		fallthrough
	case wire.Released:
		if r.Audience.Class == wire.Public {
			return All
		}
		if v.Has(ReadClosed) && (own || addressed(v, r)) {
			return All
		}
	}
	return Nothing
}

// Event decides about something that happened to a release at a time: as about the release now, but what
// happened under an embargo is told only to those who could know of it then.
func Event(v Viewer, r *wire.Release, at, now time.Time) Level {
	if at.Before(r.OpenedAt) {
		then := *r
		then.State = wire.Embargoed
		if Release(v, &then, now) == Nothing {
			return Nothing
		}
	}
	return Release(v, r, now)
}

// addressed: a member with read:closed whom the audience includes. Members see the headers of public
// releases under embargo too.
func addressed(v Viewer, r *wire.Release) bool {
	if v.Member == "" || !v.Has(ReadClosed) {
		return false
	}
	switch r.Audience.Class {
	case wire.Public, wire.Members:
		return true
	case wire.Partners:
		return slices.Contains(r.Audience.Partners, v.Member)
	}
	return false
}

// Capture decides about third-party material: members with read:closed, those who bring it in, and
// the person at the machine see it; strangers do not, and public feeds never carry it.
func Capture(v Viewer, _ *wire.Capture, _ time.Time) Level {
	if v.Local || v.Member != "" && (v.Has(ReadClosed) || v.Has(Intake)) {
		return All
	}
	return Nothing
}

// Reduce returns r as a viewer with this level may have it: for All as it is, but once it has left its
// desk without the names of those who approved it; for Header a copy without words, subjects, media,
// history or counts; nil for Nothing.
func Reduce(r *wire.Release, l Level) *wire.Release {
	switch l {
	case All:
		if r.State.Out() && len(r.Approvals) > 0 {
			c := *r
			c.Approvals = nil
			return &c
		}
		return r
	case Header:
		h := &wire.Release{ID: r.ID, Issuers: slices.Clone(r.Issuers), State: r.State, Urgency: r.Urgency, Audience: wire.Audience{Class: r.Audience.Class},
			EmbargoedUntil: r.EmbargoedUntil, ReleasedAt: r.ReleasedAt, WithdrawnAt: r.WithdrawnAt, ErasedAt: r.ErasedAt}
		for _, it := range r.Items {
			// One item a language says which languages there will be; pictures and other files are not
			// even counted, except that a release of nothing else says so by its first.
			if it.Type == wire.Text || len(h.Items) == 0 && !slices.ContainsFunc(r.Items, isText) {
				h.Items = append(h.Items, wire.Item{ID: it.ID, Language: it.Language, Type: it.Type})
			}
		}
		return h
	}
	return nil
}

func isText(it wire.Item) bool { return it.Type == wire.Text }

// Marks are the marker lexemes of everything this viewer may read whole, for the search index: a
// document carries the marks of its audience, and a viewer's query is joined with these by OR. The
// hits are decided again one by one: the index narrows, Release and Capture decide.
func Marks(v Viewer) []string {
	marks := []string{MarkPublic}
	if v.Member != "" && v.Has(ReadClosed) {
		marks = append(marks, MarkMembers, PartnerMark(v.Member))
	}
	if v.Local || v.Member != "" && (v.Has(ReadClosed) || v.Has(Intake)) {
		marks = append(marks, MarkCapture)
	}
	return marks
}

// AudienceMarks are the markers that a release's documents carry.
func AudienceMarks(r *wire.Release) []string {
	switch r.Audience.Class {
	case wire.Public:
		return []string{MarkPublic}
	case wire.Members:
		return []string{MarkMembers}
	case wire.Partners:
	default:
		return nil
	}
	marks := make([]string, 0, len(r.Audience.Partners)+len(r.Issuers))
	for _, m := range append(slices.Clone(r.Audience.Partners), r.Issuers...) {
		marks = append(marks, PartnerMark(m))
	}
	return marks
}

// Marker lexemes start with x and a letter of their own, contain only a-z0-9, and stand in a column
// of the index that no typed word can reach.
const (
	MarkPublic  = "xa0"
	MarkMembers = "xa1"
	MarkCapture = "xac"
)

// PartnerMark is the marker of one named partner: the hyphens of a member's short name, which the
// index would split at, are written out.
func PartnerMark(m wire.MemberID) string { return "xap" + markName(string(m)) }

func markName(s string) string {
	b := make([]byte, 0, len(s)+4)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '-':
			b = append(b, 'z', '1')
		case 'z':
			b = append(b, 'z', 'z')
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// MemberMark is the marker of a release's issuer.
func MemberMark(m wire.MemberID) string { return "xm" + markName(string(m)) }

// MarkRelease and MarkOutside tell releases from captures; LanguageMark and SourceMark are the markers
// of a document's language and of one folded word of a capture's source.
const (
	MarkRelease = "xkr"
	MarkOutside = "xkc"
)

// LanguagePrefix begins every LanguageMark.
const LanguagePrefix = "xl"

func LanguageMark(t lang.Tag) string { return LanguagePrefix + markName(strings.ToLower(string(t))) }

// SourceMark takes a folded word: ASCII letters and digits, and runes beyond ASCII.
func SourceMark(folded string) string { return "xs" + folded }
