// Package delivery hands the wire over as it happens: to webhooks, mail, folders, chats and whoever else subscribed to a part of it.
//
// The events of the node are the outbox. A publication writes nothing more for it: the distributor reads events in the order of their
// positions, notes for each subscription what it is to be told, and moves its mark, all in one transaction. So nothing is missed
// and nothing told twice by a crash. What is told is written when it is sent, from what the owner of the subscription may read then, by access: no words
// wait anywhere, and none outlive a withdrawal.
//
// A subscription is a lane: one delivery at a time, leased in the database, what is corrected or withdrawn before what is new. A slow or dead receiver holds
// its own lane. Who was sent a release, or may have been, is on record, and is told what becomes of it for as long as the subscription stands.
package delivery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// Client is the way to addresses that people name.
type Client interface {
	Send(ctx context.Context, s outbound.Sending) (outbound.Sent, error)
}

// Bounds.
const (
	workers   = 256              // deliveries at once: a release that many ask for is claimed in one transaction
	slowOnes  = workers / 4      // of them to receivers that were slow the time before, and to subscribers of the hub: the others are not to wait for those
	slowFrom  = 2 * time.Second  // a try that took so long was slow
	callTime  = 10 * time.Second // of a try
	maxAnswer = 64 << 10         // bytes that are read of an answer
	lease     = time.Minute      // more than a try can last
	keepLog   = 30 * 24 * time.Hour
	overlap   = 24 * time.Hour // for which a former secret signs as well
)

// Service keeps subscriptions and delivers.
type Service struct {
	store   *store.Store
	browse  *browse.Service
	client  Client
	alerts  alerts
	asks    asks
	writing writing
	hub     hub
	// of distributing alone
	subscribed *index
	// matching is browse's Matching.
	matching func(ctx context.Context, v access.Viewer, q browse.Query, from, below int64, limit int) ([]int64, error)
	Options
}

// Options are what a Service may be told.
type Options struct {
	Now     func() time.Time          // nil: time.Now
	Log     *slog.Logger              // nil: slog.Default
	Base    string                    // this node's public address, for those of pictures and files; empty: these are left out
	Backoff func(n int) time.Duration // after the nth failure; nil: subscription.Backoff

	Folders map[wire.MemberID][]string // into which the operator lets each member's texts be written
	Drops   map[wire.MemberID][]Drop   // folders of servers in which the operator lets each member's texts be written
	Bot     Bot                        // nil: nothing is told by Telegram
	Chats   map[wire.MemberID][]string // in which the operator lets the bot speak for each member

	Mail Mailer // nil, or no Base: nothing is sent by mail

	Strangers Client // the way to addresses that strangers name, subscribers of the hub: nothing that only members may have called; nil: the one of all

	Topic func(ctx context.Context, address string) (Topic, error) // of this node's feeds, as anyone reads it; nil, or no Base: there is no hub
}

// New makes the service.
func New(s *store.Store, b *browse.Service, c Client, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Backoff == nil {
		o.Backoff = subscription.Backoff
	}
	if o.Strangers == nil {
		o.Strangers = c
	}
	return &Service{store: s, browse: b, client: c, matching: b.Matching, hub: newHub(), Options: o}
}

// Run delivers until ctx ends, and returns when what was begun has ended.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { s.distributing(ctx) })
	wg.Go(func() { s.delivering(ctx) })
	wg.Go(func() { s.tidying(ctx) })
	wg.Go(func() { s.verifying(ctx) })
	wg.Wait()
}

// tidying takes old lines out of the log, and stops who is too far behind.
func (s *Service) tidying(ctx context.Context) {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("deliveries are not tidied", "error", err)
		}
	}
}

func (s *Service) tidy(ctx context.Context) error {
	if err := s.endLeases(ctx); err != nil {
		return err
	}
	far, err := s.store.TidyDeliveries(ctx, s.Now().Add(-keepLog), subscription.MostWaiting)
	if err != nil || len(far) == 0 {
		return err
	}
	all, err := s.store.Subscriptions(ctx, "")
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.State != subscription.Active || x.Waiting <= subscription.MostWaiting {
			continue
		}
		s.Log.Warn("deliveries have stopped", "subscription", x.ID, "member", x.Member, "code", subscription.Far)
		if _, err := s.store.ChangeSubscription(ctx, x.Member, x.ID, people.Entry{}, func(x *subscription.Subscription) error {
			x.State, x.Trouble = subscription.Stopped, subscription.Trouble{Code: subscription.Far}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// viewer is who the subscription reads as, at this moment; ok is false when its owner is not here any more.
func (s *Service) viewer(ctx context.Context, x subscription.Subscription) (v access.Viewer, ok bool, err error) {
	switch {
	case x.Public:
		return access.Viewer{}, true, nil
	case x.Person != "":
		u, err := s.store.User(ctx, x.Person)
		if isNone(err) {
			return v, false, nil
		}
		if err != nil || u.Disabled || u.Member != x.Member {
			return v, false, err
		}
		v = people.Person{User: u}.Viewer()
		return v, v.Has(access.Read), nil
	}
	return access.Viewer{Member: x.Member, Scopes: []access.Scope{access.Read, access.ReadClosed}}, true, nil
}

func isNone(err error) bool { return err != nil && fault.KindOf(err) == fault.NotFound }
