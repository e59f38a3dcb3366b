package wire

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// ReleaseID, ItemID and MemberID are types so that one can never stand in for another.
// Release and item ids are 128 random bits, base32 in lower case, 26 characters, never derived from content.
type (
	ReleaseID string
	ItemID    string
	MemberID  string // the member's short name in addresses: lower-case letters, digits and hyphens, 2-40
	URI       string
)

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails (crypto/rand, Go 1.24 and later)
	return strings.ToLower(b32.EncodeToString(b[:]))
}

func NewReleaseID() ReleaseID { return ReleaseID(newID()) }
func NewItemID() ItemID       { return ItemID(newID()) }

func validID(s string) bool {
	if len(s) != 26 {
		return false
	}
	b, err := b32.DecodeString(strings.ToUpper(s))
	return err == nil && strings.ToLower(b32.EncodeToString(b)) == s
}

// ParseReleaseID and ParseItemID accept only what New… makes; anything else is NotFound, because
// ids come from addresses: what cannot exist is not there.
func ParseReleaseID(s string) (ReleaseID, error) {
	if !validID(s) {
		return "", fault.E(fault.NotFound, "There is no release with this id.")
	}
	return ReleaseID(s), nil
}

func ParseItemID(s string) (ItemID, error) {
	if !validID(s) {
		return "", fault.E(fault.NotFound, "There is no item with this id.")
	}
	return ItemID(s), nil
}

// ParseMemberID accepts a member's short name.
func ParseMemberID(s string) (MemberID, error) {
	ok := len(s) >= 2 && len(s) <= 40 && s[0] != '-' && s[len(s)-1] != '-'
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		ok = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-'
	}
	if !ok {
		return "", fault.Field("member", "A member's short name has 2 to 40 lower-case letters, digits or hyphens; %.60q has not.", s)
	}
	return MemberID(s), nil
}

// ItemURI is urn:newsml:<member's domain>:<yyyymmdd>:<item id>, the NewsML URN of RFC 3085.
func ItemURI(domain string, day time.Time, id ItemID) URI {
	return URI(fmt.Sprintf("urn:newsml:%s:%s:%s", domain, day.UTC().Format("20060102"), id))
}

// CaptureURI is urn:jarchi:capture:<sha-256 of the raw bytes, hex>:<n>, n the article's number on its page from 1.
func CaptureURI(rawHash string, n int) URI {
	return URI(fmt.Sprintf("urn:jarchi:capture:%s:%d", rawHash, n))
}
