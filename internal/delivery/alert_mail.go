package delivery

import (
	"context"
	"slices"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/subscription"
)

// A person may have what is new for a search that she keeps told by mail. That is a subscription of hers: what she may read at the moment of sending is told, the
// address is asked first as any is, and its reader ends it by one press. Administrators see it among their member's and can end it.

// MailAlert is where somebody is told by mail of what is new for a search. The zero MailAlert is nowhere.
type MailAlert struct {
	ID      subscription.ID
	Address string
	State   subscription.State
	Trouble subscription.Trouble
}

var errNoMail = fault.E(fault.Conflict, "The operator of this node has not set up mail.")

// CanMail reports whether the operator has set up mail.
func (s *Service) CanMail() bool { return s.mails() }

// MailAlert tells where a person is told of a search that she keeps.
func (s *Service) MailAlert(ctx context.Context, p people.Person, args string) (MailAlert, error) {
	_, x, err := s.mailAlert(ctx, p, args)
	return MailAlert{ID: x.ID, Address: x.Target, State: x.State, Trouble: x.Trouble}, err
}

// mailAlert finds the subscription of a search; without an id where there is none.
func (s *Service) mailAlert(ctx context.Context, p people.Person, args string) (f subscription.Filter, x subscription.Subscription, err error) {
	kept, err := s.store.SavedSearches(ctx, p.ID)
	if err != nil {
		return f, x, err
	}
	if p.Nobody() || !slices.Contains(kept, args) {
		return f, x, fault.E(fault.NotFound, "This search is not among those that you keep.")
	}
	if f, err = subscription.ParseFilter(args); err != nil {
		return f, x, err
	}
	all, err := s.store.AlertsOf(ctx, p.ID)
	if i := slices.IndexFunc(all, func(x subscription.Subscription) bool { return x.Filter == f }); i >= 0 {
		x = all[i]
	}
	return f, x, err
}

// MailTell has a person told by mail, at an address, of what is new for a search that she keeps. Its reader is asked first. Asked for again, the address is asked again, at most
// once an hour; another takes the place of the one before.
func (s *Service) MailTell(ctx context.Context, p people.Person, args, address, name string, in lang.Tag) (MailAlert, error) {
	f, old, err := s.mailAlert(ctx, p, args)
	if err != nil {
		return MailAlert{}, err
	}
	if !s.mails() {
		return MailAlert{}, errNoMail
	}
	v := access.Viewer{Member: p.Member, Scopes: []access.Scope{access.Read, access.ReadClosed, access.Admin}} // that looks after the deliveries; what is told is hers to read
	x := subscription.Subscription{Channel: subscription.Mail, Target: address, Person: p.ID, Filter: f, Name: name, Language: in, Alert: true}
	if err := x.Check(); err != nil {
		return MailAlert{}, err
	}
	switch {
	case old.ID != "" && old.Target == x.Target && old.State == subscription.Unproven:
		x, err = s.Challenge(ctx, v, old.ID)
	case old.ID != "" && old.Target == x.Target && old.Follows():
		x = old
	default:
		if x, _, err = s.Add(ctx, v, x, p.ID); err == nil && old.ID != "" {
			err = s.Remove(ctx, v, old.ID, p.ID)
		}
	}
	return MailAlert{ID: x.ID, Address: x.Target, State: x.State, Trouble: x.Trouble}, err
}

// MailStop ends it. Nothing follows to the address any more.
func (s *Service) MailStop(ctx context.Context, p people.Person, args string) error {
	_, x, err := s.mailAlert(ctx, p, args)
	if err != nil || x.ID == "" {
		return err
	}
	return s.Remove(ctx, access.Viewer{Member: p.Member, Scopes: []access.Scope{access.Admin}}, x.ID, p.ID)
}
