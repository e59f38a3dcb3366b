package wire

import (
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Concurrence is that a member who is named as a further issuer of a release has said so itself, of the words as they then stood.
type Concurrence struct {
	Member MemberID
	At     time.Time
	Words  int   // Release.Words when it was given
	Leaf   int64 // in the member's own log
}

// Words counts the versions of a release's items: it grows with every change of what is said, and with nothing else.
func (r *Release) Words() int {
	n := 0
	for i := range r.Items {
		if v := r.Items[i].Current(); v != nil {
			n += v.N
		}
	}
	return n
}

// Stands reports whether a member issues the release by its own word: the lead, or a further issuer that has confirmed these words. A
// release is published by its lead alone; until the others confirm, the lead only says that they issue it too.
func (r *Release) Stands(m MemberID) bool {
	return len(r.Issuers) > 0 && (m == r.Lead() || r.Concurred(m) != nil)
}

// Concurred is a further issuer's confirmation of these words, nil if there is none.
func (r *Release) Concurred(m MemberID) *Concurrence {
	words := r.Words()
	for i := range r.Joint {
		if c := &r.Joint[i]; c.Member == m && c.Words == words && slices.Contains(r.Issuers, m) {
			return c
		}
	}
	return nil
}

// Unconfirmed lists the issuers who are named by the lead and have not confirmed these words.
func (r *Release) Unconfirmed() (out []MemberID) {
	for _, m := range r.Issuers {
		if !r.Stands(m) {
			out = append(out, m)
		}
	}
	return out
}

// MayConcur says why a member cannot confirm a release now; nil if it can.
func (r *Release) MayConcur(m MemberID) error {
	switch {
	case !slices.Contains(r.Issuers, m):
		return fault.E(fault.NotAllowed, "This release does not name %s as an issuer.", m)
	case m == r.Lead():
		return fault.E(fault.Conflict, "%s leads this release; it was released by its word.", m)
	case r.State == Embargoed:
		return fault.E(fault.Conflict, "This release is under embargo; it is confirmed once it has opened.")
	case r.Concurred(m) != nil:
		return fault.E(fault.Conflict, "%s has confirmed this release already.", m)
	}
	return r.must("confirmed", Released)
}
