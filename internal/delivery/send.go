package delivery

import (
	"context"
	"errors"
	"html"
	"net/url"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
)

// delivering gives lanes their turns until ctx ends.
func (s *Service) delivering(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	done := make(chan bool, workers) // a turn has ended; true: a slow one's
	running, slow := 0, 0
	ended := func(wasSlow bool) {
		running--
		if wasSlow {
			slow--
		}
	}
	for ctx.Err() == nil {
		for drained := false; !drained; {
			select {
			case w := <-done:
				ended(w)
			default:
				drained = true
			}
		}
		changed := s.store.Changed()
		var claimed []store.Claimed
		var err error
		if running < workers {
			// Who stops waiting does not know what it was given: a claim that was begun is awaited.
			claimed, err = s.store.ClaimDeliveries(context.WithoutCancel(ctx), s.Now(), lease, workers-running, slowOnes-slow)
			if err != nil && ctx.Err() == nil {
				s.Log.Error("no delivery can be claimed", "error", err)
			}
		}
		for _, c := range claimed {
			running++
			if c.Slow {
				slow++
			}
			wg.Go(func() {
				defer func() { done <- c.Slow }()
				s.turn(ctx, c)
			})
		}
		if len(claimed) > 0 {
			continue
		}
		if running == 0 {
			s.writing.forget() // what many wanted they have
		}
		wait := time.Second // another node may have written, or a lease may have run out
		if due, nerr := s.store.NextDelivery(ctx, slow < slowOnes); err == nil && nerr == nil && !due.IsZero() && running < workers {
			wait = min(wait, max(due.Sub(s.Now()), 0)+time.Millisecond)
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case w := <-done:
			ended(w)
		case <-changed:
		case <-t.C:
		}
		t.Stop()
	}
}

// turn hands over what a lane has next. What this node itself cannot write is put off like what a receiver refuses, so that it does not hold its lane; a result that cannot be noted
// leaves the lease to run out.
func (s *Service) turn(ctx context.Context, c store.Claimed) {
	r, err := s.handed(ctx, c)
	if err != nil && ctx.Err() == nil {
		s.Log.Error("a delivery cannot be made; it is tried again", "subscription", c.ID, "delivery", c.Deliveries[0].ID, "error", err)
		r, err = s.outcome(c, answer{trouble: subscription.Trouble{Code: subscription.Internal}}, 0), nil
	}
	if ctx.Err() != nil && (err != nil || r.Trouble.Code != "") {
		err = s.store.GiveDeliveryBack(context.WithoutCancel(ctx), c)
	} else {
		err = s.store.EndDelivery(context.WithoutCancel(ctx), c, r)
	}
	if err != nil {
		s.Log.Error("a delivery could not be finished; it is made again", "subscription", c.ID, "delivery", c.Deliveries[0].ID, "error", err)
	}
}

// handed is hand, with a crash as an error.
func (s *Service) handed(ctx context.Context, c store.Claimed) (r store.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.E(fault.Internal, "%v\n%s", p, debug.Stack())
		}
	}()
	return s.hand(ctx, c)
}

// hand makes one try, and says what is to become of it.
func (s *Service) hand(ctx context.Context, c store.Claimed) (store.Result, error) {
	v, ok, err := s.viewer(ctx, c.Subscription)
	if err != nil {
		return store.Result{}, err
	}
	if !ok {
		if !c.Deliveries[0].Kind.Gone() || !c.Deliveries[0].Digest.IsZero() {
			return s.outcome(c, answer{trouble: subscription.Trouble{Code: subscription.Ownerless}, barred: true}, 0), nil
		}
		v = access.Viewer{} // that something is gone is told to who has it
	}
	began := time.Now()
	a, err := s.byChannel(ctx, c, v)
	if err != nil {
		return store.Result{}, err
	}
	return s.outcome(c, a, time.Since(began)), nil
}

// answer is what came of handing something over.
type answer struct {
	status  int
	trouble subscription.Trouble // zero: the receiver has it
	retry   time.Duration        // when he wants to be asked again; 0: he does not say
	barred  bool                 // there was nothing to hand over
	over    bool                 // he will never take it: it is not tried again, and what is new is not sent
	never   bool                 // this is never taken, what is new may be: it is not tried again
	mark    string               // by which the receiver knows it
	left    map[int64]subscription.Outcome
}

func (s *Service) byChannel(ctx context.Context, c store.Claimed, v access.Viewer) (answer, error) {
	switch c.Channel {
	case subscription.Folder:
		return s.drop(ctx, c, v)
	case subscription.SFTP:
		return s.sftp(ctx, c, v)
	case subscription.Telegram:
		return s.chat(ctx, c, v)
	case subscription.Mail:
		return s.mail(ctx, c, v)
	case subscription.WebSub:
		return s.distributeTopic(ctx, c)
	case subscription.Webhook:
		m, ok, err := s.written(ctx, c.Subscription, v, c.Deliveries[0])
		if err != nil || !ok {
			return answer{barred: true}, err
		}
		a, _ := s.post(ctx, c.Subscription, c.Deliveries[0], m)
		return a, nil
	}
	return answer{trouble: subscription.Trouble{Code: subscription.Unset}}, nil
}

// post calls a webhook.
func (s *Service) post(ctx context.Context, x subscription.Subscription, d subscription.Delivery, m message) (_ answer, said []byte) {
	at := s.Now()
	secrets := []string{x.Secret}
	if at.Before(x.FormerTo) {
		secrets = append(secrets, x.Former)
	}
	h := map[string]string{"webhook-id": d.Message, "webhook-timestamp": strconv.FormatInt(at.Unix(), 10), "webhook-signature": Sign(d.Message, at, m.Body, secrets...), "jarchi-event": string(d.Kind)}
	if d.Ref != "" && !d.OfCapture() {
		h["jarchi-release"] = d.Ref
	}
	sent, err := s.client.Send(ctx, outbound.Sending{Address: x.Target, ContentType: m.ContentType, Header: h, Body: m.Body, Read: maxAnswer, Timeout: callTime})
	return answer{status: sent.Status, trouble: troubleOf(sent, err, m.Words), retry: sent.RetryAfter}, sent.Body
}

// troubleOf tells what an answer to some words, or a failure, means; the zero Trouble for 2xx.
func troubleOf(sent outbound.Sent, err error, words string) subscription.Trouble {
	if err == nil {
		t := subscription.Trouble{Status: sent.Status, Says: says(sent.Body, words)}
		switch {
		case sent.Status/100 == 2:
			return subscription.Trouble{}
		case sent.Status == 410:
			t.Code = subscription.Gone
		case sent.Status == 429, sent.Status == 503 && sent.RetryAfter > 0:
			t.Code = subscription.Overload
		case sent.Status/100 == 3:
			t.Code = subscription.Moved
		case sent.Status/100 == 4:
			t.Code = subscription.Refused
		case sent.Status/100 == 5:
			t.Code = subscription.Broken
		default:
			t.Code = subscription.Odd
		}
		return t
	}
	switch kind := fault.KindOf(err); {
	case kind == fault.ForbiddenAddress, kind == fault.Invalid:
		return subscription.Trouble{Code: subscription.Forbidden}
	case errors.Is(err, outbound.ErrSlow):
		return subscription.Trouble{Code: subscription.Slow}
	case kind == fault.Unavailable:
		return subscription.Trouble{Code: subscription.Unreachable}
	}
	return subscription.Trouble{Code: subscription.Internal}
}

// says is the beginning of what a receiver answered, in one line; nothing where words that he was sent are in it: the log outlives them.
func says(b []byte, words string) string {
	b = b[:min(len(b), 2000)]
	text := strings.ToValidUTF8(string(b), "")
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(text); len(r) > 200 {
		text = string(r[:200])
	}
	said, known := letters(text), string(letters(words))
	for i := 0; i+echoed <= len(said); i++ {
		if strings.Contains(known, string(said[i:i+echoed])) {
			return ""
		}
	}
	return text
}

// echoed is how many letters and digits in a row are an echo.
const echoed = 12

// unicodeEscape is how JSON, and with another letter other languages, spell a letter.
var unicodeEscape = regexp.MustCompile(`(?i)\\+u\{?0*[0-9a-f]{2,6}\}?`)

// letters are the letters and digits of a text, small, however it spells them: as JSON, HTML or an address does.
func letters(s string) (out []rune) {
	if t, err := url.PathUnescape(s); err == nil {
		s = t
	}
	s = unicodeEscape.ReplaceAllStringFunc(html.UnescapeString(s), func(e string) string {
		n, err := strconv.ParseUint(strings.Trim(e, `\uU{}`), 16, 32)
		if err != nil {
			return e
		}
		return string(rune(n))
	})
	for _, r := range s {
		if unicode.In(r, unicode.L, unicode.M, unicode.N) {
			out = append(out, unicode.ToLower(r))
		}
	}
	return out
}

// outcome is what a try means for what comes after it.
func (s *Service) outcome(c store.Claimed, a answer, took time.Duration) store.Result {
	now := s.Now()
	f := c.Fares
	r := store.Result{At: now, Took: took, Status: a.status, Trouble: a.trouble, Barred: a.barred, Mark: a.mark, Left: a.left}
	if a.barred {
		r.Fares, r.Rest = f, f.Rest
		return r
	}
	f.LastTry, f.Slow, f.Trouble = now, took >= slowFrom || c.Channel == subscription.WebSub, a.trouble
	if a.trouble.Code == "" {
		f.Failures, f.Since, f.LastGood, f.Rest = 0, time.Time{}, now, time.Time{}
		r.Fares = f
		return r
	}
	wait := min(a.retry, 3*time.Hour)
	r.Again = now.Add(max(s.Backoff(c.Deliveries[0].Tries), wait))
	if a.trouble.Code == subscription.Internal { // the receiver has no part in it
		r.Fares, r.Rest = c.Fares, c.Rest
		return r
	}
	f.Failures++
	if f.Since.IsZero() {
		f.Since = now
	}
	if a.trouble.Code != subscription.Refused && a.trouble.Code != subscription.Taken { // that may concern one thing; the others concern the receiver
		r.Rest = now.Add(max(s.Backoff(f.Failures), wait))
	}
	f.Rest = r.Rest
	switch {
	case a.trouble.Code == subscription.Gone:
		r.State = subscription.Ended
	case a.never:
		r.Over = true
	case a.over:
		if r.Over = true; c.State == subscription.Active {
			r.State = subscription.Stopped
		}
	case c.State == subscription.Active && f.Failures >= subscription.MostFailures && now.Sub(f.Since) >= subscription.Patience:
		r.State = subscription.Stopped
	}
	if r.State != "" {
		s.Log.Warn("deliveries have stopped", "subscription", c.ID, "member", c.Member, "state", r.State, "code", a.trouble.Code, "status", a.status, "failures", f.Failures)
	}
	r.Fares = f
	return r
}
