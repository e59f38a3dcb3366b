package store

import (
	"context"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/subscription"
)

// HubSubscriptions lists what was asked of this node's hub, the oldest first. They are of no member.
func (s *Store) HubSubscriptions(ctx context.Context) (_ []subscription.Subscription, err error) {
	defer fault.Wrap(&err, "subscribers of the hub")
	return s.subscriptions(ctx, "where s.member = ''")
}

// PutHubSubscription keeps a subscriber of the hub, new or renewed.
func (s *Store) PutHubSubscription(ctx context.Context, x subscription.Subscription) (err error) {
	defer fault.Wrap(&err, "keep a subscriber of the hub")
	return s.Write(ctx, func(t *Tx) error { return t.PutSubscription(x) })
}
