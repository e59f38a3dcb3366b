package delivery

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
)

// may refuses whoever does not look after a member's deliveries: they lead out of the house, and their log says where.
func may(v access.Viewer) error {
	switch {
	case v.Member == "":
		return fault.E(fault.Unauthenticated, "Send a token of the member in whose name you act, as Authorization: Bearer.")
	case !v.Has(access.Admin):
		return fault.E(fault.NotAllowed, "Deliveries are looked after with the scope admin.")
	}
	return nil
}

func (s *Service) entry(v access.Viewer, by people.UserID, action string, id subscription.ID, detail string) people.Entry {
	return people.Entry{ID: people.NewID(), At: s.Now(), Member: v.Member, Actor: by, Action: action, Object: string(id), Detail: detail, Count: 1}
}

// shown is a subscription as it is shown: a secret is shown once, when it is made.
func shown(x subscription.Subscription) subscription.Subscription {
	x.Secret, x.Former, x.Proof = "", "", ""
	return x
}

// List gives the subscriptions of the viewer's member, without their secrets.
func (s *Service) List(ctx context.Context, v access.Viewer) ([]subscription.Subscription, error) {
	if err := may(v); err != nil {
		return nil, err
	}
	all, err := s.store.Subscriptions(ctx, v.Member)
	for i := range all {
		all[i] = shown(all[i])
	}
	return all, err
}

// Get finds one of the viewer's member, without its secrets.
func (s *Service) Get(ctx context.Context, v access.Viewer, id subscription.ID) (subscription.Subscription, error) {
	if err := may(v); err != nil {
		return subscription.Subscription{}, err
	}
	x, err := s.store.Subscription(ctx, v.Member, id)
	return shown(x), err
}

// Channels are those that the operator of this node has set up for the viewer's member.
func (s *Service) Channels(v access.Viewer) []subscription.Channel {
	out := []subscription.Channel{subscription.Webhook}
	if len(s.Folders[v.Member]) > 0 {
		out = append(out, subscription.Folder)
	}
	if len(s.Drops[v.Member]) > 0 {
		out = append(out, subscription.SFTP)
	}
	if s.Bot != nil && len(s.Chats[v.Member]) > 0 {
		out = append(out, subscription.Telegram)
	}
	if s.mails() {
		out = append(out, subscription.Mail)
	}
	return out
}

// Targets are the folders and chats that the operator has named for the viewer's member: no others are written to.
func (s *Service) Targets(v access.Viewer) []string {
	out := slices.Clone(s.Folders[v.Member])
	for _, d := range s.Drops[v.Member] {
		out = append(out, d.Name())
	}
	if s.Bot != nil {
		out = append(out, s.Chats[v.Member]...)
	}
	return out
}

// allowed reports whether the operator lets this be written to, still.
func (s *Service) allowed(x subscription.Subscription) bool {
	switch x.Channel {
	case subscription.Webhook:
		return true
	case subscription.Folder:
		return slices.Contains(s.Folders[x.Member], x.Target)
	case subscription.SFTP:
		return s.dropOf(x) != nil
	case subscription.Telegram:
		return s.Bot != nil && slices.Contains(s.Chats[x.Member], x.Target)
	case subscription.Mail:
		return s.mails()
	}
	return false
}

// Add adds a subscription of the viewer's member; by is a person or a token. Of a webhook it gives the secret, once, and asks its address at once whether it
// wants to be called.
func (s *Service) Add(ctx context.Context, v access.Viewer, x subscription.Subscription, by people.UserID) (out subscription.Subscription, secret string, err error) {
	if err := may(v); err != nil {
		return out, "", err
	}
	if err := x.Check(); err != nil {
		return out, "", err
	}
	if _, machine := by.Token(); machine && !x.Public && !v.Has(access.ReadClosed) {
		return out, "", fault.Field("public", "Without the scope read:closed only what is public can be delivered; say \"public\": true.")
	}
	if err := s.checkFilter(ctx, v, x.Filter); err != nil {
		return out, "", err
	}
	if err := s.checkOwner(ctx, v, x); err != nil {
		return out, "", err
	}
	if x.Member = v.Member; !slices.Contains(s.Channels(v), x.Channel) {
		return out, "", fault.Field("channel", "The operator of this node has not set up the channel %s for %s.", x.Channel, v.Member)
	}
	if !s.allowed(x) {
		return out, "", fault.Field("target", "The operator of this node allows %s; this is none of them.", strings.Join(s.Targets(v), ", "))
	}
	if x.Channel == subscription.SFTP || x.Channel == subscription.Folder {
		if err := s.alone(ctx, x); err != nil {
			return out, "", err
		}
	}
	x.ID, x.Member, x.AddedBy, x.Added, x.Fares = subscription.ID(people.NewID()), v.Member, string(by), s.Now(), subscription.Fares{}
	x.State = subscription.Active // the operator has named its target
	if x.Channel == subscription.Webhook {
		x.Secret, x.Proof, x.State = newSecret(), strings.ToLower(rand.Text()[:12]), subscription.Unproven
	}
	if x.Channel == subscription.Mail {
		x.Secret, x.Proof, x.State = strings.ToLower(rand.Text()), strings.ToLower(rand.Text()), subscription.Unproven
		if err := s.asks.begin(s.Now(), x); err != nil {
			return out, "", err
		}
	}
	if err := s.store.AddSubscription(ctx, x, s.entry(v, by, people.DeliveryAdded, x.ID, x.Name)); err != nil {
		return out, "", err
	}
	if x.Channel == subscription.Webhook {
		secret = x.Secret
	}
	out, err = s.Challenge(ctx, v, x.ID)
	return out, secret, err
}

// checkOwner refuses an owner who is not of the viewer's member.
func (s *Service) checkOwner(ctx context.Context, v access.Viewer, x subscription.Subscription) error {
	if x.Person != "" {
		u, err := s.store.User(ctx, x.Person)
		if err != nil && !isNone(err) {
			return err
		}
		if err != nil || u.Member != v.Member || u.Disabled {
			return fault.Field("person", "There is no such person here.")
		}
	}
	if x.Desk != "" {
		d, err := s.store.Desk(ctx, x.Desk)
		if err != nil && !isNone(err) {
			return err
		}
		if err != nil || d.Member != v.Member {
			return fault.Field("desk", "There is no such desk here.")
		}
	}
	return nil
}

// checkFilter refuses a filter that the wire does not understand.
func (s *Service) checkFilter(ctx context.Context, v access.Viewer, f subscription.Filter) error {
	_, err := s.matching(ctx, v, queryOf(f), 0, 1, 1)
	return err
}

func queryOf(f subscription.Filter) browse.Query {
	return browse.Query{Text: f.Text, Language: f.Language, Member: f.Member, Source: f.Source, Kind: f.Kind}
}

// change alters a subscription and gives it as it is shown; without an action nothing is noted in the audit list.
func (s *Service) change(ctx context.Context, v access.Viewer, id subscription.ID, by people.UserID, action, detail string, do func(*subscription.Subscription) error) (subscription.Subscription, error) {
	if err := may(v); err != nil {
		return subscription.Subscription{}, err
	}
	var e people.Entry
	if action != "" {
		e = s.entry(v, by, action, id, detail)
	}
	x, err := s.store.ChangeSubscription(ctx, v.Member, id, e, do)
	return shown(x), err
}

// Challenge asks the address of a webhook whether it wants to be called: a signed call with a word that only whoever reads what comes in there can
// know. An answer of 2xx that has the word in it, as an echo of the call has, begins the deliveries. So nobody has us call a third party again and again.
func (s *Service) Challenge(ctx context.Context, v access.Viewer, id subscription.ID) (subscription.Subscription, error) {
	if err := may(v); err != nil {
		return subscription.Subscription{}, err
	}
	x, err := s.store.Subscription(ctx, v.Member, id)
	if err != nil || x.State != subscription.Unproven {
		return shown(x), err
	}
	if x.Channel == subscription.Mail {
		return s.askReader(ctx, v, x)
	}
	if x.LastTry.Add(challengePause).After(s.Now()) {
		return shown(x), fault.E(fault.Busy, "The address was asked a moment ago. Wait ten seconds.")
	}
	body, err := json.Marshal(map[string]any{"type": subscription.Challenge, "timestamp": instant(s.Now()), "data": map[string]string{"challenge": x.Proof, "member": string(x.Member)}})
	if err != nil {
		return shown(x), err
	}
	d := subscription.Delivery{Subscription: id, Message: newMessage(), Kind: subscription.Challenge}
	began := time.Now()
	a, said := s.post(ctx, x, d, message{ContentType: "application/json", Body: body})
	if a.trouble.Code == "" && !strings.Contains(string(said), x.Proof) {
		a.trouble = subscription.Trouble{Code: subscription.NotShown, Status: a.status}
	}
	if err := s.noted(ctx, d, a, time.Since(began)); err != nil {
		return shown(x), err
	}
	begin, err := s.beginning(ctx)
	if err != nil {
		return shown(x), err
	}
	return s.change(ctx, v, id, "", "", "", func(x *subscription.Subscription) error {
		x.LastTry, x.Trouble = s.Now(), a.trouble
		if a.trouble.Code == "" && x.State == subscription.Unproven {
			begin(x)
		}
		return nil
	})
}

// challengePause lies between two challenges of an address.
const challengePause = 10 * time.Second

// beginning starts a subscription whose address wants to be called, from what happens now on.
func (s *Service) beginning(ctx context.Context) (func(*subscription.Subscription), error) {
	from, err := s.store.LastPosition(ctx)
	return func(x *subscription.Subscription) {
		x.State, x.Proof, x.Trouble, x.From, x.LastGood = subscription.Active, "", subscription.Trouble{}, from, s.Now()
	}, err
}

func (s *Service) noted(ctx context.Context, d subscription.Delivery, a answer, took time.Duration) error {
	d.Outcome = subscription.Done
	if a.trouble.Code != "" {
		d.Outcome = subscription.GivenUp
	}
	return s.store.NoteDelivery(ctx, d, store.Result{At: s.Now(), Took: took, Status: a.status, Trouble: a.trouble})
}

// Prove begins the deliveries to an address that cannot answer a challenge: with the word of the challenge, as somebody read it where it arrived.
func (s *Service) Prove(ctx context.Context, v access.Viewer, id subscription.ID, word string, by people.UserID) (subscription.Subscription, error) {
	begin, err := s.beginning(ctx)
	if err != nil {
		return subscription.Subscription{}, err
	}
	return s.change(ctx, v, id, by, "", "", func(x *subscription.Subscription) error {
		if x.State != subscription.Unproven {
			return nil
		}
		if subtle.ConstantTimeCompare([]byte(strings.TrimSpace(strings.ToLower(word))), []byte(x.Proof)) != 1 {
			return fault.Field("word", "This is not the word that was sent to the address. It is data.challenge of the newest call there, or the end of the link in the mail.")
		}
		begin(x)
		return nil
	})
}

// reach sees whether a folder or a chat can be reached, where nobody is told anything; by mail a letter says that it is a test.
func (s *Service) reach(ctx context.Context, x subscription.Subscription) answer {
	switch {
	case !s.allowed(x):
		return answer{trouble: subscription.Trouble{Code: subscription.Unset}}
	case x.Channel == subscription.Telegram:
		return s.bot(ctx, "getChat", map[string]any{"chat_id": x.Target})
	case x.Channel == subscription.Mail:
		return s.testMail(ctx, x)
	case x.Channel == subscription.SFTP:
		return s.dropped(x, s.dropOf(x).Try(ctx))
	}
	if err := tryFolder(x.Target); err != nil {
		s.Log.Warn("the folder of a delivery cannot be written", "subscription", x.ID, "error", err)
		return answer{trouble: subscription.Trouble{Code: subscription.Unwritable}}
	}
	return answer{}
}

// Test sends a made-up item to a webhook now, or sees whether a folder or chat can be reached, and says how it went.
func (s *Service) Test(ctx context.Context, v access.Viewer, id subscription.ID) (_ subscription.Trouble, status int, err error) {
	if err := may(v); err != nil {
		return subscription.Trouble{}, 0, err
	}
	x, err := s.store.Subscription(ctx, v.Member, id)
	if err != nil {
		return subscription.Trouble{}, 0, err
	}
	if !x.Follows() {
		return subscription.Trouble{}, 0, errSilent
	}
	d := subscription.Delivery{Subscription: id, Message: newMessage(), Kind: subscription.Test}
	if x.Channel != subscription.Webhook {
		began := time.Now()
		a := s.reach(ctx, x)
		return a.trouble, a.status, s.noted(ctx, d, a, time.Since(began))
	}
	body, err := ninjs.Item{URI: "urn:jarchi:test:" + strings.TrimPrefix(d.Message, "msg_"), Standard: ninjs.Standard31(), Type: ninjs.TypeText, RepresentationType: ninjs.Partial, PubStatus: ninjs.Withheld,
		Language: string(lang.EN), VersionCreated: instant(s.Now()), Headlines: []ninjs.Text{{Role: "main", ContentType: plain, Value: "Test of a delivery. Not for use."}}, EdNote: "Not for use."}.Marshal()
	if err != nil {
		return subscription.Trouble{}, 0, err
	}
	began := time.Now()
	a, _ := s.post(ctx, x, d, message{ContentType: "application/json", Body: body, Extension: "json"})
	return a.trouble, a.status, s.noted(ctx, d, a, time.Since(began))
}

var errSilent = fault.E(fault.Conflict, "Nothing is sent there: its address has not shown that it wants to be called, or has said that it is gone.")

// Pause stops what is new, or lets it go on; what was handed over is followed by corrections and withdrawals all the same. What happened
// meanwhile comes by Replay.
func (s *Service) Pause(ctx context.Context, v access.Viewer, id subscription.ID, paused bool, by people.UserID) (subscription.Subscription, error) {
	action := people.DeliveryResumed
	if paused {
		action = people.DeliveryPaused
	}
	return s.change(ctx, v, id, by, action, "", func(x *subscription.Subscription) error {
		switch {
		case !x.Follows():
			return errSilent
		case paused:
			x.State = subscription.Paused
		default:
			x.State = subscription.Active
			x.Failures, x.Since, x.Rest, x.Trouble = 0, time.Time{}, time.Time{}, subscription.Trouble{}
		}
		return nil
	})
}

// Settings are what of a subscription can be changed.
type Settings struct {
	Name   string
	Filter subscription.Filter
	Rhythm *subscription.Rhythm // of mails; nil: as it is
}

// Change gives a subscription another name, filter and rhythm. What it was handed before is followed by corrections and withdrawals all the same; what waits for a digest
// comes at its hour.
func (s *Service) Change(ctx context.Context, v access.Viewer, id subscription.ID, to Settings, by people.UserID) (subscription.Subscription, error) {
	if err := may(v); err != nil {
		return subscription.Subscription{}, err
	}
	if err := s.checkFilter(ctx, v, to.Filter); err != nil {
		return subscription.Subscription{}, err
	}
	var was subscription.Rhythm
	x, err := s.change(ctx, v, id, by, people.DeliveryChanged, to.Filter.String(), func(x *subscription.Subscription) error {
		x.Name, x.Filter, was = to.Name, to.Filter, x.Rhythm
		if to.Rhythm != nil {
			x.Rhythm = *to.Rhythm
		}
		return x.Check()
	})
	if err != nil || x.Rhythm == was {
		return x, err
	}
	moment := s.Now() // what waits for an hour that is none any more comes in one last digest
	if x.Rhythm.Gathers() {
		moment = x.Rhythm.Next(moment)
	}
	return x, s.store.MoveDigest(ctx, id, moment)
}

// Rotate gives a webhook a new secret, once; for a day calls are signed with the one before as well.
func (s *Service) Rotate(ctx context.Context, v access.Viewer, id subscription.ID, by people.UserID) (_ subscription.Subscription, secret string, err error) {
	secret = newSecret()
	x, err := s.change(ctx, v, id, by, people.DeliveryRotated, "", func(x *subscription.Subscription) error {
		if x.Channel != subscription.Webhook {
			return fault.E(fault.Conflict, "Only the calls of webhooks are signed.")
		}
		x.Former, x.FormerTo, x.Secret = x.Secret, s.Now().Add(overlap), secret
		return nil
	})
	return x, secret, err
}

// Remove forgets a subscription and what was handed to it: nothing follows to there any more.
func (s *Service) Remove(ctx context.Context, v access.Viewer, id subscription.ID, by people.UserID) error {
	x, err := s.Get(ctx, v, id)
	if err != nil {
		return err
	}
	if err := s.store.RemoveSubscription(ctx, v.Member, id, s.entry(v, by, people.DeliveryRemoved, id, x.Name)); err != nil {
		return err
	}
	if x.Channel == subscription.Folder && s.allowed(x) {
		if err := sweep(x.Target, string(id)); err != nil {
			s.Log.Warn("the folder of a delivery that was removed cannot be looked through for what a crash left of files", "subscription", id, "error", err)
		}
	}
	return nil
}

// Line is one line of the log: a delivery and its tries.
type Line struct {
	subscription.Delivery
	Tried []Try
}

// Try is one try of a delivery.
type Try struct {
	At      time.Time
	Took    time.Duration
	Status  int
	Trouble subscription.Trouble
}

// Page is how many lines of the log are given at once.
const Page = 50

// Lines lists what was and is to be handed over, the newest first, before the line of an id (0: from the newest); next goes on, 0 at the end.
func (s *Service) Lines(ctx context.Context, v access.Viewer, id subscription.ID, before int64) (_ []Line, next int64, err error) {
	if _, err := s.Get(ctx, v, id); err != nil {
		return nil, 0, err
	}
	ds, err := s.store.Deliveries(ctx, id, before, Page+1)
	if err != nil {
		return nil, 0, err
	}
	if len(ds) > Page {
		ds = ds[:Page]
		next = ds[Page-1].ID
	}
	ids := make([]int64, len(ds))
	for i, d := range ds {
		ids[i] = d.ID
	}
	tries, err := s.store.DeliveryTries(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	out := make([]Line, len(ds))
	for i, d := range ds {
		out[i].Delivery = d
		for _, y := range tries[d.ID] {
			out[i].Tried = append(out[i].Tried, Try(y))
		}
	}
	return out, next, nil
}

// Retry sends one delivery of the log again now, with the message that it had.
func (s *Service) Retry(ctx context.Context, v access.Viewer, id subscription.ID, delivery int64, by people.UserID) error {
	x, err := s.Get(ctx, v, id)
	if err != nil {
		return err
	}
	if !x.Runs() {
		return fault.E(fault.Conflict, "This delivery does not run. Resume it first.")
	}
	return s.store.RetryDelivery(ctx, id, delivery, s.entry(v, by, people.DeliveryRetried, id, ""))
}

// Bounds of a replay.
const (
	MaxReplay  = 7 * 24 * time.Hour
	mostReplay = 5000 // deliveries
)

// Replay sends again what the subscription asks for of the time since, also what it missed while it was paused: of each thing the last that
// happened, under the message that it had if it was sent before, so that whoever has it knows it again. It says how much that is.
func (s *Service) Replay(ctx context.Context, v access.Viewer, id subscription.ID, since time.Time, by people.UserID) (n int, err error) {
	if err := may(v); err != nil {
		return 0, err
	}
	x, err := s.store.Subscription(ctx, v.Member, id)
	if err != nil {
		return 0, err
	}
	if !x.Runs() {
		return 0, fault.E(fault.Conflict, "This delivery does not run. Resume it first.")
	}
	if since.After(s.Now()) || s.Now().Sub(since) > MaxReplay {
		return 0, fault.Field("since", "A replay goes back seven days at most.")
	}
	to, err := s.store.Delivered(ctx)
	if err != nil {
		return 0, err
	}
	at, _, err := s.store.PositionsIn(ctx, since, time.Time{})
	if err != nil || at == 0 { // 0: nothing since
		return 0, err
	}
	sent, err := s.store.DeliveriesSince(ctx, id, since, 4*mostReplay)
	if err != nil {
		return 0, err
	}
	messages := map[string]string{}
	key := func(d subscription.Delivery) string {
		return fmt.Sprint(d.Ref, " ", d.Item, d.Kind.Gone() && !d.Digest.IsZero())
	}
	for _, d := range sent {
		messages[fmt.Sprint(key(d), d.Position)] = d.Message
	}
	x.From = 0
	alone := newIndex()
	s.put(alone, x)
	var order []string
	last := map[string]subscription.Delivery{}
	for at--; at < to && len(order) <= mostReplay; {
		events, err := s.store.EventsAfter(ctx, at, eventsAtOnce)
		if err != nil {
			return 0, err
		}
		if len(events) == 0 {
			break
		}
		at = events[len(events)-1].Position
		ds, err := s.plan(ctx, events, alone, false)
		if err != nil {
			return 0, err
		}
		for _, d := range ds {
			if d.Position > to {
				continue
			}
			if m := messages[fmt.Sprint(key(d), d.Position)]; m != "" {
				d.Message = m
			}
			d.Due = s.Now()
			if _, ok := last[key(d)]; !ok {
				order = append(order, key(d))
			}
			last[key(d)] = d
		}
	}
	if len(order) > mostReplay {
		return 0, fault.E(fault.TooLarge, "That is more than %d deliveries. Replay a shorter time.", mostReplay)
	}
	ds := make([]subscription.Delivery, 0, len(order))
	for _, k := range order {
		ds = append(ds, last[k])
	}
	return len(ds), s.store.Redeliver(ctx, ds, s.entry(v, by, people.DeliveryReplayed, id, instant(since)))
}
