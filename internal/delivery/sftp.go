package delivery

import (
	"context"
	"errors"
	"slices"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
)

// Drop is a folder of a server that the operator has named.
type Drop interface {
	Name() string // by which it is chosen
	// Put writes a file whole; it replaces none but its own, and calls begin before it writes one where none was.
	Put(ctx context.Context, name string, b []byte, mine bool, begin func() error) error
	Try(ctx context.Context) error
}

// dropOf is the place of a subscription, as long as the operator lets it be written to; nil if he does not.
func (s *Service) dropOf(x subscription.Subscription) Drop {
	all := s.Drops[x.Member]
	if i := slices.IndexFunc(all, func(d Drop) bool { return d.Name() == x.Target }); i >= 0 {
		return all[i]
	}
	return nil
}

// alone refuses a second delivery into one folder of a server: each would find the other's files there. Into one of this machine several may write as long as a name stands for one
// thing: what has the same name is to have the same words, whoever wrote it last.
func (s *Service) alone(ctx context.Context, x subscription.Subscription) error {
	all, err := s.store.Subscriptions(ctx, x.Member)
	if err != nil {
		return err
	}
	other := func(y subscription.Subscription) bool {
		alike := y.Format == x.Format && y.Language == x.Language && y.Public == x.Public
		return y.Channel == x.Channel && y.Target == x.Target && (x.Channel == subscription.SFTP || !alike && ending(y.Format) == ending(x.Format))
	}
	if slices.ContainsFunc(all, other) {
		return fault.Field("target", "There is a delivery into this folder already. Name another folder for a second one.")
	}
	return nil
}

// sftp writes a file for each text into a folder of a server, as drop does here. That a file is ours is on record before it comes into being, so that a crash leaves none that is
// taken for somebody else's.
func (s *Service) sftp(ctx context.Context, c store.Claimed, v access.Viewer) (answer, error) {
	to := s.dropOf(c.Subscription)
	if to == nil {
		return answer{trouble: subscription.Trouble{Code: subscription.Unset}}, nil
	}
	d := c.Deliveries[0]
	m, ok, err := s.message(ctx, c.Subscription, v, d)
	if err != nil || !ok {
		return answer{barred: true}, err
	}
	name := fileName(d, m)
	a := s.dropped(c.Subscription, to.Put(ctx, name, m.Body, c.Mark == name, func() error { return s.store.Mark(ctx, d, name) }))
	if a.trouble.Code == "" {
		a.mark = name
	}
	return a, nil
}

// dropped is what came of writing to a server.
func (s *Service) dropped(x subscription.Subscription, err error) (a answer) {
	switch {
	case err == nil:
		return a
	case errors.Is(err, outbound.ErrHostKey):
		a.trouble.Code, a.over = subscription.HostKey, true
	case errors.Is(err, outbound.ErrTaken):
		a.trouble.Code, a.never = subscription.Taken, true
	case errors.Is(err, outbound.ErrUnwritable):
		a.trouble.Code = subscription.Unwritable
	default:
		a.trouble.Code = subscription.Unreachable
	}
	s.Log.Warn("a delivery cannot be written to its server", "subscription", x.ID, "error", err)
	return a
}
