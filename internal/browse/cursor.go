package browse

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Positions leave the house only inside cursors: their gaps would count what a reader may not see.
// A cursor is sealed with AES-GCM under a key of the node; the nonce is a MAC of the content (as in
// RFC 8452's idea of a synthetic one), so that one place has one spelling and nothing can be forged.
type cursors struct {
	aead   cipher.AEAD
	macKey []byte
}

// newCursors derives both keys from 32 secret bytes of the node.
func newCursors(secret []byte) (*cursors, error) {
	block, err := aes.NewCipher(derive(secret, "jarchi/cursor/seal"))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &cursors{aead, derive(secret, "jarchi/cursor/nonce")}, nil
}

func derive(secret []byte, label string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(label))
	return m.Sum(nil)
}

// purpose keeps a cursor of one kind from being used as another.
type purpose byte

const (
	forList purpose = 1 + iota
	forRanked
	forEvents
	forRegister
	forStories
	forDecisions
	forDesk
)

// StoriesCursor seals a place in the list of stories, in another spelling each time.
func (s *Service) StoriesCursor(position int64) string { return s.curs.fresh(forStories, position) }

// OpenStoriesCursor reads what StoriesCursor made.
func (s *Service) OpenStoriesCursor(cursor string) (int64, error) {
	n, err := s.curs.open(forStories, cursor, 1)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// DecisionsCursor seals the place of a decision among all that were made about stories, in another spelling each time.
func (s *Service) DecisionsCursor(seq int64) string { return s.curs.fresh(forDecisions, seq) }

// OpenDecisionsCursor reads what DecisionsCursor made.
func (s *Service) OpenDecisionsCursor(cursor string) (int64, error) {
	n, err := s.curs.open(forDecisions, cursor, 1)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

func (c *cursors) seal(p purpose, numbers ...int64) string {
	b := plain(p, numbers)
	m := hmac.New(sha256.New, c.macKey)
	m.Write(b)
	return c.spell(m.Sum(nil)[:c.aead.NonceSize()], b)
}

// fresh is another spelling each time, for a place that must not be compared with others.
func (c *cursors) fresh(p purpose, numbers ...int64) string {
	nonce := make([]byte, c.aead.NonceSize())
	rand.Read(nonce) // never fails (crypto/rand, Go 1.24 and later)
	return c.spell(nonce, plain(p, numbers))
}

// plain writes every number in eight bytes: the length of a cursor tells nothing of its size.
func plain(p purpose, numbers []int64) []byte {
	b := []byte{byte(p)}
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return b
}

func (c *cursors) spell(nonce, b []byte) string {
	return base64.RawURLEncoding.EncodeToString(c.aead.Seal(nonce, nonce, b, nil))
}

var errCursor = fault.Field("cursor", "This cursor was not made by this node for this list. Start again without one.")

// sealPlace makes the cursor of a place in the list that q asks for.
func (c *cursors) sealPlace(p purpose, q Query, numbers ...int64) string {
	return c.seal(p, append([]int64{q.digest()}, numbers...)...)
}

// openPlace reads the cursor of a place in the list that q asks for: one that was made for other words
// or filters is refused, since it would lead to a place that means nothing there.
func (c *cursors) openPlace(p purpose, q Query, count int) ([]int64, error) {
	numbers, err := c.open(p, q.Cursor, 1+count)
	if err != nil {
		return nil, err
	}
	if numbers[0] != q.digest() {
		return nil, errCursor
	}
	return numbers[1:], nil
}

// digest tells lists apart by what decides which entries they have. Their order is in the cursor's
// purpose; the limit may change from page to page.
func (q Query) digest() int64 {
	h := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q %s %s", q.Text, q.Language, q.Member, q.Source, q.Kind,
		q.Since.UTC().Format(time.RFC3339Nano), q.Before.UTC().Format(time.RFC3339Nano)))
	return int64(binary.BigEndian.Uint64(h[:]))
}

// open reads a cursor made for p with exactly count numbers.
func (c *cursors) open(p purpose, s string, count int) ([]int64, error) {
	bad := errCursor
	if len(s) > 200 {
		return nil, bad
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < c.aead.NonceSize() {
		return nil, bad
	}
	n := c.aead.NonceSize()
	text, err := c.aead.Open(nil, b[:n], b[n:], nil)
	if err != nil || len(text) != 1+8*count || purpose(text[0]) != p {
		return nil, bad
	}
	out := make([]int64, count)
	for i := range out {
		out[i] = int64(binary.BigEndian.Uint64(text[1+8*i:]))
	}
	return out, nil
}
