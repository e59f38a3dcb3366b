package people

import (
	"context"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// What pages of administrators say in words of their own.
var (
	ErrYourself          = fault.E(fault.NotAllowed, "Another administrator has to do this to you.")
	ErrLastAdministrator = fault.E(fault.Conflict, "This is the last administrator of the member. Make somebody else administrator first.")
	ErrLastOwner         = fault.E(fault.Conflict, "This is the last owner of the node.")
	ErrOwner             = fault.E(fault.NotAllowed, "Only an owner of the node may do this to an owner.")
	ErrKeptOut           = fault.E(fault.Conflict, "This person is kept out. Let her in again first.")
)

// KeepsOneWithout refuses if nobody who can come in would administer her member or own the node with u kept
// out: what SetDisabled refuses to all but the operator.
func (s *Service) KeepsOneWithout(ctx context.Context, u User) error {
	after := u
	after.Disabled = true
	return s.keepsOne(ctx, u, after)
}

// keepsOne refuses a change that makes after of u, if nobody who can come in would then administer the
// member or own the node. Only the operator, who can let new ones in, may leave it so. Whoever calls it
// for a change holds s.ending until that is committed, so that two who end each other do not both succeed.
func (s *Service) keepsOne(ctx context.Context, u, after User) error {
	administers := func(u User) bool {
		return !u.Disabled && slices.ContainsFunc(u.Grants, func(g Grant) bool { return g.Role == Administrator })
	}
	owns := func(u User) bool { return !u.Disabled && u.Owner }
	none := func(us []User, is func(User) bool) bool {
		return is(u) && !is(after) && !slices.ContainsFunc(us, func(o User) bool { return o.ID != u.ID && is(o) })
	}
	us, err := s.store.Users(ctx, u.Member)
	if err != nil {
		return err
	}
	if none(us, administers) {
		return ErrLastAdministrator
	}
	if owns(u) {
		if us, err = s.store.Users(ctx, ""); err != nil {
			return err
		}
		if none(us, owns) {
			return ErrLastOwner
		}
	}
	return nil
}

// LastUse tells when people whom p administers were last here. Who is signed in nowhere is not in it.
func (s *Service) LastUse(ctx context.Context, p Person, us []User) (map[UserID]time.Time, error) {
	ids := make([]UserID, len(us))
	for i, u := range us {
		if err := p.administers(u.Member); err != nil {
			return nil, err
		}
		ids[i] = u.ID
	}
	return s.store.LastUse(ctx, ids, s.Now())
}
