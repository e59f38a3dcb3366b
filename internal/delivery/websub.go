package delivery

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// A hub for this node's own feeds (W3C Recommendation WebSub, 2018-01-23). Whoever asks for a feed, and answers a GET to his address with the word in it, has the feed
// POSTed to him whenever it changes, as anyone who fetches it would get it, until his lease ends. He is a lane as a webhook is.

// Topic is a feed of this node as anyone reads it now.
type Topic struct {
	Self        string // its own address
	ContentType string
	Body        []byte
	Filter      subscription.Filter // what stands in it
}

// Bounds.
const (
	topicRef      = "topic"
	hubMost       = 5000                // subscribers
	hubOfHost     = 200                 // of them at one host
	hubPending    = 256                 // requests that wait to be verified
	hubAtOnce     = 8                   // of them verified at once
	hubStale      = 24 * time.Hour      // after which one that could not be verified here is dropped
	hubHostHour   = 60                  // requests about addresses of one host within an hour
	hubHour       = 3000                // in all
	hubSecret     = 200                 // bytes of a secret (5.1: less than that)
	hubLease      = 10 * 24 * time.Hour // where nobody asks for another
	hubShortest   = 10 * time.Minute
	hubLongest    = 30 * 24 * time.Hour
	hubCallback   = 1500 // bytes of an address: what is asked of it is added
	hubChallenges = 1024 // bytes that are read of an answer
)

// HubRequest is what a subscriber asks of the hub.
type HubRequest struct {
	Mode, Topic, Callback, Secret string
	Lease                         time.Duration // 0: as the hub likes
}

// hub is what is kept in memory about requests. Those that are to be verified stand in the database.
type hub struct {
	came    chan struct{} // there is a further request
	ending  sync.Mutex    // held while a request that was confirmed is carried out: not more subscribers than there is room for; of one callback the store keeps one, whichever nodes are asked
	mu      sync.Mutex
	asked   map[string][]time.Time // by host, within the last hour
	all     int
	renewed time.Time
}

func newHub() hub { return hub{came: make(chan struct{}, 1)} }

// HasHub reports whether this node's feeds name a hub.
func (s *Service) HasHub() bool { return s.Topic != nil && s.Base != "" }

// Hub takes a request of a subscriber, who is then asked whether it is his. The fault says what is wrong with it, Busy that there are too many.
func (s *Service) Hub(ctx context.Context, r HubRequest) error {
	if !s.HasHub() {
		return fault.E(fault.NotFound, "There is no hub here.")
	}
	if r.Mode != "subscribe" && r.Mode != "unsubscribe" {
		return fault.Field("hub.mode", "hub.mode is subscribe or unsubscribe.")
	}
	u, err := url.Parse(r.Callback)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "" || u.User != nil || u.Fragment != "" || len(r.Callback) > hubCallback || strings.ContainsFunc(r.Callback, func(c rune) bool { return c <= ' ' || c == 0x7f }):
		return fault.Field("hub.callback", "hub.callback is an address that can be called, without a password or fragment, of at most %d bytes.", hubCallback)
	case len(r.Secret) >= hubSecret:
		return fault.Field("hub.secret", "hub.secret has less than %d bytes.", hubSecret)
	case r.Lease < 0:
		return fault.Field("hub.lease_seconds", "hub.lease_seconds is a number of seconds.")
	case len(r.Topic) > maxTopic || !strings.HasPrefix(r.Topic, s.at("/feeds/")):
		return errNoTopic
	}
	if r.Mode == "subscribe" {
		t, err := s.Topic(ctx, r.Topic)
		if err != nil && fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Invalid {
			return err
		}
		if err != nil || t.Self != r.Topic {
			return errNoTopic
		}
	}
	if r.Lease == 0 {
		r.Lease = hubLease
	}
	r.Lease = min(max(r.Lease, hubShortest), hubLongest)
	if err := s.hub.take(s.Now(), strings.ToLower(u.Hostname())); err != nil {
		return err
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	room, err := s.store.AskHub(ctx, store.HubAsked{ID: people.NewID(), Fields: b}, s.Now(), hubPending)
	if err != nil {
		return err
	}
	if !room {
		return errHubBusy
	}
	select {
	case s.hub.came <- struct{}{}:
	default:
	}
	return nil
}

const maxTopic = 2000 // bytes of its address

var (
	errNoTopic = fault.Field("hub.topic", "hub.topic is no feed of this node that anyone may read. Take the address that the feed itself names with rel=\"self\".")
	errHubBusy = fault.E(fault.Busy, "Too much is asked of this hub, or about this host, just now. Ask again in an hour.")
)

// take counts a request about a host, or refuses it.
func (h *hub) take(now time.Time, host string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := func(t time.Time) bool { return now.Sub(t) >= time.Hour }
	if h.asked == nil || now.Sub(h.renewed) >= time.Minute { // once a minute all, then only the host's own
		h.all, h.renewed = 0, now
		if h.asked == nil {
			h.asked = map[string][]time.Time{}
		}
		for k, list := range h.asked {
			if h.asked[k] = slices.DeleteFunc(list, old); len(h.asked[k]) == 0 {
				delete(h.asked, k)
			}
			h.all += len(h.asked[k])
		}
	}
	if h.all >= hubHour || len(h.asked[host]) >= hubHostHour {
		return errHubBusy
	}
	h.asked[host] = append(h.asked[host], now)
	h.all++
	return nil
}

// verifying asks subscribers whether they want what was asked for in their name, until ctx ends. A request of which that was not finished is taken up again when its
// lease has run out, by whichever node is there.
func (s *Service) verifying(ctx context.Context) {
	if !s.HasHub() {
		return
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	free := make(chan struct{}, hubAtOnce)
	for range hubAtOnce {
		free <- struct{}{}
	}
	for ctx.Err() == nil {
		var asked []store.HubAsked
		if n := len(free); n > 0 {
			var err error
			if asked, err = s.store.ClaimHubAsked(ctx, s.Now(), s.Now().Add(-hubStale), lease, n); err != nil && ctx.Err() == nil {
				s.Log.Error("requests to the hub cannot be read", "error", err)
			}
		}
		for _, a := range asked {
			<-free
			wg.Go(func() {
				if err := s.verifyAsked(ctx, a); err != nil && ctx.Err() == nil {
					s.Log.Error("a request to the hub could not be ended", "error", err)
				}
				free <- struct{}{}
				select {
				case s.hub.came <- struct{}{}: // there is room for the next
				default:
				}
			})
		}
		t := time.NewTimer(lease)
		select {
		case <-ctx.Done():
		case <-s.hub.came:
		case <-t.C:
		}
		t.Stop()
	}
}

// verifyAsked verifies a request and forgets it; one that this node could not end, or was stopped at, stays.
func (s *Service) verifyAsked(ctx context.Context, a store.HubAsked) error {
	var r HubRequest
	if err := json.Unmarshal(a.Fields, &r); err != nil {
		return err
	}
	if err := s.verify(ctx, r); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return nil
	}
	return s.store.EndHubAsked(ctx, a.ID)
}

// callBack asks a callback with further arguments (5.2, 5.3). Nobody is followed anywhere.
func (s *Service) callBack(ctx context.Context, callback string, args url.Values) (outbound.Sent, error) {
	u, err := url.Parse(callback)
	if err != nil {
		return outbound.Sent{}, err
	}
	if u.RawQuery != "" { // it stays as it was
		u.RawQuery += "&"
	}
	u.RawQuery += args.Encode()
	return s.Strangers.Send(ctx, outbound.Sending{Address: u.String(), Method: http.MethodGet, Read: hubChallenges, Timeout: callTime})
}

// deny tells a subscriber that he gets nothing (5.2), once: whether he hears it is his.
func (s *Service) deny(ctx context.Context, callback, topic, reason string) {
	if sent, err := s.callBack(ctx, callback, url.Values{"hub.mode": {"denied"}, "hub.topic": {topic}, "hub.reason": {reason}}); err != nil || sent.Status/100 != 2 {
		s.Log.Debug("a subscriber of the hub was not told that he is denied", "status", sent.Status, "error", err)
	}
}

// hubFull reports whether there is no room for a further subscriber at a host.
func hubFull(all []subscription.Subscription, host string) bool {
	ofHost := 0
	for _, x := range all {
		if strings.EqualFold(x.Name, host) {
			ofHost++
		}
	}
	return len(all) >= hubMost || ofHost >= hubOfHost
}

// verify asks the callback (5.3) and does what was asked for, or says that it is denied. Only an answer of 2xx with the very word is a yes.
func (s *Service) verify(ctx context.Context, r HubRequest) error {
	u, err := url.Parse(r.Callback)
	if err != nil {
		return nil
	}
	word := rand.Text()
	args := url.Values{"hub.mode": {r.Mode}, "hub.topic": {r.Topic}, "hub.challenge": {word}}
	if r.Mode == "subscribe" {
		args.Set("hub.lease_seconds", strconv.Itoa(int(r.Lease/time.Second)))
	}
	sent, err := s.callBack(ctx, r.Callback, args)
	if err != nil || sent.Status/100 != 2 || string(sent.Body) != word {
		s.Log.Debug("a subscriber of the hub did not confirm", "host", u.Host, "status", sent.Status, "error", err)
		return nil
	}
	reason, err := s.confirmed(ctx, r, u.Host)
	if reason != "" && err == nil {
		s.deny(ctx, r.Callback, r.Topic, reason)
	}
	return err
}

// confirmed carries out a request; denied says why it does not.
func (s *Service) confirmed(ctx context.Context, r HubRequest, host string) (denied string, err error) {
	s.hub.ending.Lock()
	defer s.hub.ending.Unlock()
	all, err := s.store.HubSubscriptions(ctx)
	if err != nil {
		return "", err
	}
	his := func(x subscription.Subscription) bool { return x.Target == r.Callback && x.Topic == r.Topic }
	if r.Mode == "unsubscribe" {
		for _, x := range all {
			if !his(x) {
				continue
			}
			if err := s.store.RemoveSubscription(ctx, "", x.ID, people.Entry{}); err != nil && !isNone(err) {
				return "", err
			}
		}
		return "", nil
	}
	i := slices.IndexFunc(all, his)
	x := subscription.Subscription{ID: subscription.ID(people.NewID()), Channel: subscription.WebSub, Public: true, Target: r.Callback, Topic: r.Topic, Name: host, Added: s.Now()}
	x.Fares.Slow = true // strangers have the turns of the slow alone, however many they are
	if i >= 0 {
		x = all[i]
	} else if hubFull(all, host) {
		s.Log.Warn("the hub has no room for a further subscriber", "host", host, "subscribers", len(all))
		return "There is no room for a further subscriber.", nil
	}
	t, err := s.Topic(ctx, r.Topic)
	if topicGone(err) {
		return noTopicNow, nil
	}
	if err != nil {
		return "", err
	}
	begin, err := s.beginning(ctx)
	if err != nil {
		return "", err
	}
	from := x.From
	begin(&x)
	if i >= 0 {
		x.From = from
	}
	x.Secret, x.Filter, x.Lease, x.Failures, x.Since, x.Rest = r.Secret, t.Filter, s.Now().Add(r.Lease), 0, time.Time{}, time.Time{}
	return "", s.store.PutHubSubscription(ctx, x)
}

const noTopicNow = "There is no such feed any more."

// topicGone reports whether an error of Topic means that nobody may read such a feed.
func topicGone(err error) bool {
	k := fault.KindOf(err)
	return err != nil && (k == fault.NotFound || k == fault.Invalid)
}

// endLeases forgets the subscribers whose lease has ended, and those who are gone or answered nothing for a day.
func (s *Service) endLeases(ctx context.Context) error {
	all, err := s.store.HubSubscriptions(ctx)
	if err != nil {
		return err
	}
	for _, x := range all {
		if s.Now().Before(x.Lease) && x.State == subscription.Active {
			continue
		}
		if err := s.store.RemoveSubscription(ctx, "", x.ID, people.Entry{}); err != nil && !isNone(err) {
			return err
		}
	}
	return nil
}

// topicsOf are those of the hub's subscribers whose feed may change by an event about a release: those whose filter finds it, and, where something is taken away or put
// right, those in whose feed it may have stood. Whether it has changed is seen when it is sent.
func topicsOf(r *wire.Release, kind subscription.Kind, hubs map[subscription.ID]bool, byID map[subscription.ID]subscription.Subscription, wanted []subscription.ID) (out []subscription.ID) {
	if len(hubs) == 0 || r.Audience.Class != wire.Public {
		return nil
	}
	found := map[subscription.ID]bool{}
	for _, id := range wanted {
		found[id] = true
	}
	for id := range hubs {
		f := byID[id].Filter
		stood := kind != subscription.Released && (f.Member == "" || slices.Contains(r.Issuers, f.Member)) &&
			(f.Language == "" || slices.ContainsFunc(r.Items, func(it wire.Item) bool { return it.Language == f.Language }))
		if found[id] || stood {
			out = append(out, id)
		}
	}
	return out
}

// distributeTopic POSTs the feed (7) to a subscriber, unless it is what he was sent the time before.
func (s *Service) distributeTopic(ctx context.Context, c store.Claimed) (answer, error) {
	if !s.HasHub() || !s.Now().Before(c.Lease) {
		return answer{barred: true}, nil
	}
	m, _, err := s.writtenOnce(ctx, "topic "+c.Topic, func() (message, bool, error) { // many have the same feed
		t, err := s.Topic(ctx, c.Topic)
		return message{ContentType: t.ContentType, Body: t.Body}, true, err
	})
	switch {
	case topicGone(err):
		s.deny(ctx, c.Target, c.Topic, noTopicNow)
		return answer{over: true, trouble: subscription.Trouble{Code: subscription.Gone}}, nil
	case err != nil && fault.KindOf(err) == fault.TooLarge:
		return answer{barred: true}, nil
	case err != nil:
		return answer{}, err
	}
	sum := sha256.Sum256(m.Body)
	mark := hex.EncodeToString(sum[:])
	if mark == c.Mark {
		return answer{barred: true}, nil
	}
	h := map[string]string{"Link": "<" + s.at(HubPath) + `>; rel="hub", <` + c.Topic + `>; rel="self"`}
	if c.Secret != "" {
		mac := hmac.New(sha256.New, []byte(c.Secret))
		mac.Write(m.Body)
		h["X-Hub-Signature"] = "sha256=" + hex.EncodeToString(mac.Sum(nil))
	}
	sent, err := s.Strangers.Send(ctx, outbound.Sending{Address: c.Target, ContentType: m.ContentType, Header: h, Body: m.Body, Read: hubChallenges, Timeout: callTime})
	a := answer{status: sent.Status, trouble: troubleOf(sent, err, ""), retry: sent.RetryAfter}
	if a.trouble.Code == "" { // otherwise he has what he had before
		a.mark = mark
	}
	return a, nil
}

// HubPath is where the hub is asked.
const HubPath = "/hub"
