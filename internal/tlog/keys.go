package tlog

import (
	"crypto/rand"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"jarchi.dev/jarchi/internal/fault"
)

// Class is which of a member's two logs: one for what everybody may read, one for the rest.
type Class string

const (
	Public Class = "public" // releases whose audience is everybody
	Closed Class = "closed" // every other release
)

// MaxLogName bounds the length of a log's name on this node.
const MaxLogName = 63

// LogName is the log's name on this node, as in /log/{name}/checkpoint: "<member>-public" or
// "<member>-closed". It does not check member; [ValidLogName] does.
func LogName(member string, c Class) string { return member + "-" + string(c) }

// ValidLogName reports whether name is what [LogName] makes of a member's short name: lower-case
// letters, digits, points and hyphens, at most 63 characters.
func ValidLogName(name string) bool {
	member, ok := strings.CutSuffix(name, "-"+string(Public))
	if !ok {
		member, ok = strings.CutSuffix(name, "-"+string(Closed))
	}
	return ok && len(name) <= MaxLogName && isHostLike(member)
}

// Origin is the log's name in the world, the first line of its checkpoints and the name of its key
// (C2SP tlog-checkpoint): "<member's domain>/log/<class>".
func Origin(domain string, c Class) string { return domain + "/log/" + string(c) }

// ParseOrigin splits what [Origin] made; ok is false for anything else.
func ParseOrigin(origin string) (domain string, c Class, ok bool) {
	domain, class, ok := strings.Cut(origin, "/log/")
	c = Class(class)
	return domain, c, ok && (c == Public || c == Closed) && len(domain) <= 253 && isHostLike(strings.Replace(domain, ":", ".", 1))
}

func isHostLike(s string) bool {
	if s == "" || strings.Trim(s, ".-") != s {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

// GenerateKey makes an Ed25519 key for a log in the signed-note text forms: skey is secret, vkey is
// for verifiers. The name must be an [Origin].
func GenerateKey(name string) (skey, vkey string, err error) {
	if _, _, ok := ParseOrigin(name); !ok {
		return "", "", fault.E(fault.Invalid, "A log's key is named <domain>/log/public or <domain>/log/closed, in lower case, not %q.", name)
	}
	return note.GenerateKey(rand.Reader, name)
}

// Signer reads a secret key. The error never repeats the key.
func Signer(skey string) (note.Signer, error) {
	s, err := note.NewSigner(strings.TrimSpace(skey))
	if err != nil {
		return nil, fault.E(fault.Invalid, "This is not a signing key; it should begin with PRIVATE+KEY+.").Because(err)
	}
	return s, nil
}

// Verifier reads a public key: <name>+<hash>+<base64>.
func Verifier(vkey string) (note.Verifier, error) {
	v, err := note.NewVerifier(strings.TrimSpace(vkey))
	if err != nil {
		return nil, fault.E(fault.Invalid, "This is not a verifier key; it should read <name>+<8 hexadecimal digits>+<base64>.").Because(err)
	}
	return v, nil
}
