package wire

import (
	"strings"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// MemberKind is what sort of organisation a member is.
type MemberKind string

const (
	PressService MemberKind = "press-service"
	Agency       MemberKind = "agency"
	Broadcaster  MemberKind = "broadcaster"
	Secretariat  MemberKind = "secretariat"
)

// Official reports whether this member's own releases are 'Official'; an agency's or broadcaster's are 'Original'.
func (k MemberKind) Official() bool { return k == PressService || k == Secretariat }

// Member is an organisation on the exchange.
type Member struct {
	ID     MemberID
	Kind   MemberKind
	Domain string              // the internet domain its uris and log names stand under
	Names  map[lang.Tag]string // full name by language
	Short  map[lang.Tag]string // short name, at most 18 letters, by language
	Zone   string              // IANA name of its city's time zone, "UTC" when not stated
}

// Name is the member's full name in the first of the languages it has one in, else in English, else any, else its id.
func (m Member) Name(want ...lang.Tag) string { return pick(m.Names, string(m.ID), want) }

// ShortName is like Name for the short name; without any it is the full name.
func (m Member) ShortName(want ...lang.Tag) string { return pick(m.Short, m.Name(want...), want) }

func pick(names map[lang.Tag]string, otherwise string, want []lang.Tag) string {
	for _, t := range append(want[:len(want):len(want)], lang.EN) {
		if n := names[t]; n != "" {
			return n
		}
	}
	best := lang.Tag("")
	for t, n := range names { // the smallest tag, so that the answer does not change from call to call
		if n != "" && (best == "" || t < best) {
			best = t
		}
	}
	if best != "" {
		return names[best]
	}
	return otherwise
}

// Validate says what is wrong with a member, naming the field.
func (m Member) Validate() error {
	if _, err := ParseMemberID(string(m.ID)); err != nil {
		return err
	}
	switch m.Kind {
	case PressService, Agency, Broadcaster, Secretariat:
	default:
		return fault.Field("kind", "A member is a press-service, agency, broadcaster or secretariat.")
	}
	if !validDomain(m.Domain) {
		return fault.Field("domain", "A member's domain is an internet domain in lower-case ASCII letters, like press.example.")
	}
	for t, n := range m.Names {
		if !lang.Line(n, 200) {
			return fault.Field("names."+string(t), "A member's name is one line of at most 200 letters.")
		}
	}
	for t, n := range m.Short {
		if !lang.Line(n, 18) {
			return fault.Field("short."+string(t), "A member's short name is one line of at most 18 letters.")
		}
	}
	return nil
}

// validDomain: lower-case labels of letters, digits and inner hyphens, separated by single dots.
func validDomain(s string) bool {
	if s == "" || len(s) > 200 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := 0; i < len(label); i++ {
			if c := label[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
	}
	return true
}
