package store

import (
	"context"
	"encoding/json"
	"slices"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/subscription"
)

// An alert is known by its fields. A quotation mark within a name is escaped there, so nothing but the fields themselves reads like this.
const isAlert = `fields like '%"Alert":true%'`

// personField is how the fields of a subscription name its owner.
func personField(who people.UserID) (string, error) {
	b, err := json.Marshal(string(who))
	return `%"Person":` + string(b) + "%", err
}

// AlertsOf lists the subscriptions by which a person is told of what is new for her searches, the oldest first.
func (s *Store) AlertsOf(ctx context.Context, who people.UserID) (_ []subscription.Subscription, err error) {
	defer fault.Wrap(&err, "alerts of a person")
	field, err := personField(who)
	if err != nil {
		return nil, err
	}
	all, err := s.subscriptions(ctx, "where s."+isAlert+" and s.fields like +$1", field)
	return slices.DeleteFunc(all, func(x subscription.Subscription) bool { return x.Person != who }), err
}

// roomForAlert refuses a person's further alert by mail when there are as many as there may be.
func (t *Tx) roomForAlert(who people.UserID) error {
	field, err := personField(who)
	if err != nil {
		return err
	}
	var all int
	if err := t.row("select count(*) from subscription where "+isAlert+" and fields like +$1", []any{field}, &all); err != nil {
		return err
	}
	if all >= subscription.MostAlerts {
		return fault.E(fault.Conflict, "You are told of %d searches by mail already. Stop one first.", all)
	}
	return nil
}
