package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// Token is a right given to a machine.
type Token = people.Token

// CreateToken makes a token of a member and returns its secret.
func (s *Store) CreateToken(ctx context.Context, member wire.MemberID, scopes []access.Scope, label string) (secret string, err error) {
	if len(scopes) == 0 {
		return "", fault.Field("scopes", "Name at least one scope: %v.", access.Scopes)
	}
	if label = strings.TrimSpace(label); !lang.Line(label, 80) {
		return "", fault.Field("label", "A label is one line of at most 80 letters, without marks that turn the reading direction around.")
	}
	secret = people.NewTokenSecret()
	k := Token{ID: people.NewTokenID(), Member: member, Scopes: scopes, Label: label, Created: s.now()}
	return secret, s.Write(ctx, func(t *Tx) error { return t.AddToken(k, people.Hash(secret)) })
}

// AddToken keeps a token of a member that the node has.
func (t *Tx) AddToken(k Token, hash []byte) error {
	list, err := json.Marshal(k.Scopes)
	if err != nil {
		return err
	}
	var known int
	if err := t.row("select count(*) from member where id = $1", []any{string(k.Member)}, &known); err != nil {
		return err
	}
	if known == 0 {
		return fault.Field("member", "There is no member %q on this node.", k.Member)
	}
	_, err = t.exec("insert into token (id, hash, member, scopes, label, created, revoked) values ($1, $2, $3, $4, $5, $6, 0)",
		k.ID, hash, string(k.Member), string(list), k.Label, micros(k.Created))
	return err
}

// Token finds the token with this secret; Unauthenticated if there is none or it was revoked.
func (s *Store) Token(ctx context.Context, secret string) (Token, error) {
	hash := people.Hash(secret)
	k, err := scanToken(s.r.QueryRowContext(ctx, "select "+tokenColumns+" from token where hash = $1", hash).Scan)
	if errors.Is(err, sql.ErrNoRows) { // the secret before, while it still works
		k, err = scanToken(s.r.QueryRowContext(ctx, "select "+tokenColumns+" from token where old_hash = $1 and old_until > $2", hash, micros(s.now())).Scan)
	}
	if errors.Is(err, sql.ErrNoRows) || err == nil && k.Revoked {
		return Token{}, fault.E(fault.Unauthenticated, "This token is not known here, or was revoked.")
	}
	return k, err
}

const tokenColumns = "id, member, scopes, label, created, revoked, per_minute, burst, old_until"

func scanToken(scan func(...any) error) (k Token, err error) {
	var scopes string
	var created, revoked, until int64
	if err := scan(&k.ID, &k.Member, &scopes, &k.Label, &created, &revoked, &k.Limit.PerMinute, &k.Limit.Burst, &until); err != nil {
		return Token{}, err
	}
	k.Created, k.Revoked = fromMicros(created), revoked != 0
	if until != 0 {
		k.OldUntil = fromMicros(until)
	}
	if err := json.Unmarshal([]byte(scopes), &k.Scopes); err != nil {
		return Token{}, fault.E(fault.Corrupt, "The row of token %s is damaged.", k.ID).Because(err)
	}
	return k, nil
}

// Tokens lists the tokens without their secrets.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	return list(ctx, s, scanToken, "select "+tokenColumns+" from token order by created, id")
}

// RevokeToken ends a token.
func (s *Store) RevokeToken(ctx context.Context, id string) error {
	return s.Write(ctx, func(t *Tx) error { return t.EndToken(id) })
}

// EndToken ends a token.
func (t *Tx) EndToken(id string) error {
	return t.one(fault.E(fault.NotFound, "There is no token %q.", id), "update token set revoked = $1 where id = $2 and revoked = 0", micros(t.s.now()), id)
}

// Answer is what a request with an idempotency key was answered.
type Answer struct {
	Digest []byte // of the request
	Status int
	Body   []byte
}

// idempotencyTime is how long an answer is kept for repetition.
const idempotencyTime = 24 * time.Hour

// FindAnswer finds what a token's request with this key was answered in the last 24 hours; ok is false if nothing was.
func (s *Store) FindAnswer(ctx context.Context, token, key string) (a Answer, ok bool, err error) {
	err = s.r.QueryRowContext(ctx, "select digest, status, answer from idempotency where token = $1 and key = $2 and at > $3",
		token, key, micros(s.now().Add(-idempotencyTime))).Scan(&a.Digest, &a.Status, &a.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	return a, err == nil, err
}

// PutAnswer keeps the answer of a request within its transaction. A second request with the same
// key that came at the same moment is a Conflict, so that the work is done once.
func (t *Tx) PutAnswer(token, key string, a Answer) error {
	now := t.s.now()
	if _, err := t.exec("delete from idempotency where at <= $1", micros(now.Add(-idempotencyTime))); err != nil {
		return err
	}
	var n int
	if err := t.row("select count(*) from idempotency where token = $1 and key = $2", []any{token, key}, &n); err != nil {
		return err
	}
	if n > 0 {
		return fault.E(fault.Conflict, "A request with this Idempotency-Key is being answered at this moment. Repeat it for its answer.")
	}
	_, err := t.exec("insert into idempotency (token, key, digest, status, answer, at) values ($1, $2, $3, $4, $5, $6)", token, key, a.Digest, a.Status, a.Body, micros(now))
	return err
}

// Setting reads a setting of the node, making it with make if it is not there.
func (s *Store) Setting(ctx context.Context, name string, make func() []byte) (value []byte, err error) {
	err = s.r.QueryRowContext(ctx, "select value from setting where name = $1", name).Scan(&value)
	if !errors.Is(err, sql.ErrNoRows) {
		return value, err
	}
	err = s.Write(ctx, func(t *Tx) error {
		err := t.row("select value from setting where name = $1", []any{name}, &value)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		value = make()
		_, err = t.exec("insert into setting (name, value) values ($1, $2)", name, value)
		return err
	})
	return value, err
}
