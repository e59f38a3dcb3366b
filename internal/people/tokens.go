package people

import (
	"context"
	"slices"
	"strconv"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// TokenLimit is how often a token may call.
type TokenLimit struct {
	PerMinute int // 0: DefaultTokenLimit; Unlimited: as often as it likes
	Burst     int // calls at once, after a pause; 0: DefaultTokenLimit, or PerMinute if that is less
}

// Unlimited as TokenLimit.PerMinute sets no limit.
const Unlimited = -1

// DefaultTokenLimit holds for a token of which nothing else is said. It keeps a program that has gone wild from filling a small node,
// and is above what a busy exchange does.
var DefaultTokenLimit = TokenLimit{PerMinute: 30000, Burst: 3000}

// Bounds of a limit, and of how long a secret may work beside a newer one.
const (
	MaxPerMinute = 1000000
	MaxBurst     = 100000
	MaxKeep      = 30 * 24 * time.Hour
	DefaultKeep  = 24 * time.Hour
)

// Effective is what holds: zeroes replaced.
func (l TokenLimit) Effective() TokenLimit {
	if l.PerMinute < 0 {
		return TokenLimit{PerMinute: Unlimited}
	}
	if l.PerMinute == 0 {
		l.PerMinute = DefaultTokenLimit.PerMinute
	}
	if l.Burst == 0 {
		l.Burst = min(DefaultTokenLimit.Burst, l.PerMinute)
	}
	return l
}

// String says it for the audit list.
func (l TokenLimit) String() string {
	if l = l.Effective(); l.PerMinute < 0 {
		return "∞"
	}
	return strconv.Itoa(l.PerMinute) + "/min, " + strconv.Itoa(l.Burst)
}

// TokenUse is what a token did on a day in UTC.
type TokenUse struct {
	Token          string
	Day            time.Time
	Calls, Refused int64     // refused: beyond the limit, not among the calls
	Received, Sent int64     // bytes of bodies
	Last           time.Time // its last call of the day
}

// TokenUses tells what the tokens of a member did on each day since a time, the newest day first. What was done in the last minute may be missing.
func (s *Service) TokenUses(ctx context.Context, p Person, m wire.MemberID, since time.Time) (map[string][]TokenUse, error) {
	ks, err := s.Tokens(ctx, p, m)
	if err != nil {
		return nil, err
	}
	uses, err := s.store.TokenUses(ctx, "", since)
	if err != nil {
		return nil, err
	}
	out := map[string][]TokenUse{}
	for _, k := range ks {
		out[k.ID] = nil
	}
	for _, u := range uses {
		if _, own := out[u.Token]; own {
			out[u.Token] = append(out[u.Token], u)
		}
	}
	return out, nil
}

// SumUse is what a token did on all these days; Last is the newest of theirs.
func SumUse(days []TokenUse) (sum TokenUse) {
	for _, u := range days {
		sum.Calls, sum.Refused, sum.Received, sum.Sent = sum.Calls+u.Calls, sum.Refused+u.Refused, sum.Received+u.Received, sum.Sent+u.Sent
		if u.Last.After(sum.Last) {
			sum.Last = u.Last
		}
	}
	return sum
}

// LimitToken changes how often a token of a member may call, from its next call on.
func (s *Service) LimitToken(ctx context.Context, p Person, m wire.MemberID, id string, l TokenLimit) error {
	switch {
	case l.PerMinute < Unlimited || l.PerMinute > MaxPerMinute:
		return fault.Field("perMinute", "A limit is a number of calls a minute, at most %d; 0 is the node's own (%d), -1 none.", MaxPerMinute, DefaultTokenLimit.PerMinute)
	case l.Burst < 0 || l.Burst > MaxBurst:
		return fault.Field("burst", "A burst is a number of calls at once, at most %d; 0 is the node's own.", MaxBurst)
	}
	return s.changeToken(ctx, p, m, id, TokenLimited, l.String(), func(t Tx) error { return t.SetTokenLimit(id, l) })
}

// RotateToken gives a token of a member a new secret, shown this once. The secret that it had goes on working for keep (0 to MaxKeep), so
// that programs can be changed one after another; a secret older than that ends at once. Scopes, limits and counts stay.
func (s *Service) RotateToken(ctx context.Context, p Person, m wire.MemberID, id string, keep time.Duration) (secret string, until time.Time, err error) {
	if keep < 0 || keep > MaxKeep {
		return "", until, fault.Field("keep", "The old secret may go on working for up to %d hours; 0 ends it at once.", int(MaxKeep.Hours()))
	}
	secret, until = NewTokenSecret(), s.Now().Add(keep).UTC()
	return secret, until, s.changeToken(ctx, p, m, id, TokenRotated, until.Format(time.RFC3339), func(t Tx) error { return t.RotateToken(id, Hash(secret), until) })
}

// changeToken does something to a token of a member that works, and writes it down.
func (s *Service) changeToken(ctx context.Context, p Person, m wire.MemberID, id, action, detail string, change func(Tx) error) error {
	ks, err := s.Tokens(ctx, p, m)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(ks, func(k Token) bool { return k.ID == id })
	if i < 0 {
		return fault.E(fault.NotFound, "There is no such token.")
	}
	if label := ks[i].Label; detail == "" {
		detail = label
	} else if label != "" {
		detail = label + " · " + detail
	}
	e := s.entry(m, p.ID, action, id, detail)
	return s.store.ChangePeople(ctx, func(t Tx) error {
		if err := change(t); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}
