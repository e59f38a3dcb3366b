package tlog

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
)

// MaxCheckpoint bounds a signed checkpoint in bytes, witness signatures included.
const MaxCheckpoint = 64 << 10

// SignCheckpoint returns the signed note of a head (C2SP tlog-checkpoint and signed-note): origin,
// size and root a line, without extension lines. The signer's name must be the origin.
func SignCheckpoint(origin string, h Head, s note.Signer) ([]byte, error) {
	if s.Name() != origin {
		return nil, fault.E(fault.Internal, "The key of %s cannot sign for %s.", s.Name(), origin)
	}
	if h.Size < 0 || h.Size == 0 && h != EmptyHead() {
		return nil, fault.E(fault.Internal, "tlog: no tree has this head: %d leaves, root %s", h.Size, h.Root)
	}
	text := origin + "\n" + strconv.FormatInt(h.Size, 10) + "\n" + h.Root.String() + "\n"
	return note.Sign(&note.Note{Text: text}, s)
}

// ParseCheckpoint checks the signature of v on a checkpoint of the given origin and returns the head
// it states. Signatures of others (witnesses) may be there and are not checked. Anything else is a
// Corrupt fault that says what is wrong.
func ParseCheckpoint(msg []byte, origin string, v note.Verifier) (Head, error) {
	bad := func(format string, args ...any) (Head, error) {
		return Head{}, fault.E(fault.Corrupt, format, args...)
	}
	if len(msg) > MaxCheckpoint {
		return bad("A checkpoint has at most %d bytes; this one has %d.", MaxCheckpoint, len(msg))
	}
	if v.Name() != origin {
		return bad("The key is that of %s, but the log is %s.", v.Name(), origin)
	}
	n, err := note.Open(msg, note.VerifierList(v))
	var unsigned *note.UnverifiedNoteError
	var forged *note.InvalidSignatureError
	switch {
	case errors.As(err, &unsigned):
		if got, _, _ := strings.Cut(unsigned.Note.Text, "\n"); got != origin {
			return bad("The checkpoint is of the log %q, but the key is that of %s.", got, origin)
		}
		return bad("The checkpoint carries no signature by the key %s+%08x.", v.Name(), v.KeyHash())
	case errors.As(err, &forged):
		return bad("The checkpoint's signature by %s is wrong: it was changed after signing, or never signed.", v.Name())
	case err != nil:
		return bad("The checkpoint is not a signed note.")
	}
	// base64 leaves unused bits in the last character; one spelling only is taken.
	raw, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64)
	if err != nil || base64.StdEncoding.EncodeToString(raw) != n.Sigs[0].Base64 {
		return bad("The checkpoint's signature line is misspelled.")
	}
	lines := strings.Split(n.Text, "\n")
	if lines[0] != origin {
		return bad("The checkpoint is of the log %q, not of %s.", lines[0], origin)
	}
	if len(lines) != 4 || lines[3] != "" {
		return bad("The checkpoint of %s does not have exactly the three lines origin, size and root.", origin)
	}
	size, ok := parseDecimal(lines[1])
	if !ok || size > maxSize {
		return bad("The checkpoint of %s states no proper size.", origin)
	}
	root, err := xtlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return bad("The checkpoint of %s states no proper root.", origin)
	}
	h := Head{Size: size, Root: root}
	if size == 0 && h != EmptyHead() {
		return bad("The checkpoint of %s states a root that an empty log does not have.", origin)
	}
	return h, nil
}
