package store

import (
	"context"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/subscription"
)

// changedSubscription notes that a subscription is not what it was: whoever keeps it in memory reads it again.
func (t *Tx) changedSubscription(id subscription.ID) error {
	var version int64
	if err := t.row("update counter set value = value + 1 where name = 'subscriptions' returning value", nil, &version); err != nil {
		return err
	}
	_, err := t.exec("update subscription set version = $1 where id = $2", version, string(id))
	return err
}

// removedSubscription notes that one is not there any more.
func (t *Tx) removedSubscription() error {
	_, err := t.exec("update counter set value = value + 1 where name = 'subscriptions-removed'")
	return err
}

// SubscriptionVersions are the number of the last change of a subscription, and how many were removed. Changes and removals are seen in the order of their commits.
func (s *Store) SubscriptionVersions(ctx context.Context) (version, removed int64, err error) {
	defer fault.Wrap(&err, "versions of subscriptions")
	err = s.r.QueryRowContext(ctx, "select (select value from counter where name = 'subscriptions'), (select value from counter where name = 'subscriptions-removed')").Scan(&version, &removed)
	return version, removed, err
}

// SubscriptionsChanged lists those that have changed after a version, of every member, without what waits for each; all of them after -1.
func (s *Store) SubscriptionsChanged(ctx context.Context, after int64) (out []subscription.Subscription, err error) {
	defer fault.Wrap(&err, "changed subscriptions")
	return s.subscriptionsWith(ctx, subscriptionRow+", 0", "where s.version > $1", after)
}
