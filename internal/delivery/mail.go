package delivery

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/mail"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// Mailer is the operator's mail server: it takes one letter for one receiver.
type Mailer interface {
	Send(ctx context.Context, to string, letter []byte) (outbound.Mailed, error)
	From() mail.Address
}

func (s *Service) mails() bool { return s.Mail != nil && s.Base != "" }

// at is the whole address of a place of this node.
func (s *Service) at(path string) string { return strings.TrimSuffix(s.Base, "/") + path }

// mail sends a release, or what became of it, as one letter. Its Message-ID is the same on each try and each replay, so that a mail program that has it knows it;
// what becomes of a release answers the letter that told it first.
func (s *Service) mail(ctx context.Context, c store.Claimed, v access.Viewer) (answer, error) {
	if !s.allowed(c.Subscription) {
		return answer{trouble: subscription.Trouble{Code: subscription.Unset}}, nil
	}
	d := c.Deliveries[0]
	if !d.Digest.IsZero() || c.Alert && !d.Kind.Gone() {
		return s.gathered(ctx, c, v)
	}
	e, ok, err := s.told(ctx, v, d)
	if err != nil || !ok {
		return answer{barred: true}, err
	}
	members, err := s.browse.Members(ctx)
	if err != nil {
		return answer{}, err
	}
	l, err := s.letterOf(c.Subscription, d, e, members)
	if err != nil {
		return answer{}, err
	}
	if l.Root != "" && c.Mark != "" { // a digest has told it
		l.Root = c.Mark
	}
	if l.Version > 0 { // whoever reads it need not ask this node to know that the words are the issuer's
		b, err := s.browse.Proof(ctx, v, l.Item, l.Version)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return answer{}, err
		}
		l.prove(b)
	}
	return s.handLetter(ctx, c.Subscription, l)
}

// messageID names the letter of a delivery; the position of the event tells what became of a thing from the thing itself. Nobody can tell from it who else has it.
func (s *Service) messageID(x subscription.Subscription, ref string, position string) string {
	m := hmac.New(sha256.New, []byte(x.Secret))
	m.Write([]byte(string(x.ID) + "\n" + ref + "\n" + position))
	return hex.EncodeToString(m.Sum(nil)[:16]) + "@" + s.mailHost()
}

func (s *Service) mailHost() string {
	from := s.Mail.From().Address
	return from[strings.LastIndexByte(from, '@')+1:]
}

// handLetter hands one letter to the mail server. 5xx about the receiver or the letter is not tried again, 4xx and silence are.
func (s *Service) handLetter(ctx context.Context, x subscription.Subscription, l letter) (answer, error) {
	b, err := l.bytes(s.Mail.From(), x.Target, s.Now())
	if err != nil {
		return answer{}, err
	}
	sent, err := s.Mail.Send(ctx, x.Target, b)
	if err != nil {
		s.Log.Warn("the mail server could not be used", "subscription", x.ID, "error", err)
		return answer{trouble: subscription.Trouble{Code: subscription.Unreachable}}, nil
	}
	a := answer{status: sent.Status}
	switch t := (subscription.Trouble{Status: sent.Status, Says: says([]byte(sent.Says), l.plain()+l.Subject)}); {
	case sent.Status/100 == 2:
		return a, nil
	case sent.Refused:
		t.Code, a.over = subscription.Refused, true
		a.trouble = t
	case sent.Status/100 == 4:
		t.Code = subscription.Overload
		a.trouble = t
	default:
		t.Code = subscription.Broken
		a.trouble = t
	}
	return a, nil
}

// Whoever asks that somebody be sent mails has one letter sent that asks him. Bounds of that:
const (
	askAgain    = time.Hour          // between two such letters to an address for a member
	mostAsked   = 30                 // such letters for a member within that time
	askLasts    = 7 * 24 * time.Hour // that its link can be followed
	shortestKey = 20                 // characters of a link's word
)

// asks remembers who was asked of late.
type asks struct {
	mu  sync.Mutex
	all []asked
}

type asked struct {
	member  wire.MemberID
	address string
	at      time.Time
}

// begin notes that an address is about to be asked, or refuses.
func (a *asks) begin(now time.Time, x subscription.Subscription) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept, n := a.all[:0], 0
	for _, k := range a.all {
		if now.Sub(k.at) >= askAgain {
			continue
		}
		kept = append(kept, k)
		if k.member == x.Member {
			n++
			if strings.EqualFold(k.address, x.Target) {
				n = mostAsked
			}
		}
	}
	if a.all = kept; n >= mostAsked {
		return fault.E(fault.Busy, "This address, or many others, were asked a moment ago. Wait an hour.")
	}
	a.all = append(a.all, asked{x.Member, x.Target, now})
	return nil
}

// askReader sends the letter that asks whoever reads at an address whether he wants mails. Nothing else is sent there before.
func (s *Service) askReader(ctx context.Context, v access.Viewer, x subscription.Subscription) (subscription.Subscription, error) {
	if !s.mails() {
		return shown(x), errNoMail
	}
	pause := challengePause
	if x.Trouble.Code == "" {
		pause = askAgain
	}
	if !x.LastTry.IsZero() {
		if x.LastTry.Add(pause).After(s.Now()) {
			return shown(x), fault.E(fault.Busy, "The address was asked a moment ago. Wait an hour.")
		}
		if x.Trouble.Code == "" {
			if err := s.asks.begin(s.Now(), x); err != nil {
				return shown(x), err
			}
		}
	}
	members, err := s.browse.Members(ctx)
	if err != nil {
		return shown(x), err
	}
	in := mailLanguage(x, "")
	facts := []letterFact{{notice.Say(notice.AskSender, in), members[x.Member].Name(in)}}
	if x.Alert {
		facts = append(facts, letterFact{notice.Say(notice.Alert, in), x.Name})
	}
	d := subscription.Delivery{Subscription: x.ID, Message: newMessage(), Kind: subscription.Challenge}
	began := time.Now()
	a, err := s.handLetter(ctx, x, letter{In: in, ID: d.Message + "@" + s.mailHost(), Subject: notice.Say(notice.AskSubject, in), State: []string{notice.Say(notice.AskText, in)}, Facts: facts,
		Links: []letterFact{{notice.Say(notice.AskConfirm, in), s.at("/mail/" + string(x.ID) + "/" + x.Proof)}}, Foot: notice.Say(notice.AskFoot, in)})
	if err != nil {
		return shown(x), err
	}
	if err := s.noted(ctx, d, a, time.Since(began)); err != nil {
		return shown(x), err
	}
	return s.change(ctx, v, x.ID, "", "", "", func(x *subscription.Subscription) error {
		x.LastTry, x.Trouble = s.Now(), a.trouble
		return nil
	})
}

// testMail sends a letter that says that it is a test.
func (s *Service) testMail(ctx context.Context, x subscription.Subscription) answer {
	in := mailLanguage(x, "")
	l := letter{In: in, ID: newMessage() + "@" + s.mailHost(), Subject: notice.Say(notice.Test, in), State: []string{notice.Say(notice.Test, in)}}
	s.list(x, &l)
	a, err := s.handLetter(ctx, x, l)
	if err != nil {
		s.Log.Error("a letter could not be written", "subscription", x.ID, "error", err)
		a.trouble = subscription.Trouble{Code: subscription.Internal}
	}
	return a
}

// list puts on a letter how whoever gets it ends the mails (RFC 2369, RFC 2919, RFC 8058).
func (s *Service) list(x subscription.Subscription, l *letter) {
	l.List, l.End, l.EndLabel, l.Foot = strings.ToLower(string(x.ID))+"."+s.mailHost(), s.at("/mail/"+string(x.ID)+"/"+x.Secret), notice.Say(notice.LetterEnd, l.In), notice.Say(notice.LetterFoot, l.In)
}

// mailLanguage is the language of what a letter says beside the text.
func mailLanguage(x subscription.Subscription, text lang.Tag) lang.Tag {
	for _, t := range []lang.Tag{x.Language, text} {
		if notice.Speaks(t) {
			return t
		}
	}
	return lang.EN
}

// Reader is what somebody who holds the link of a letter is shown.
type Reader struct {
	Address  string
	Member   wire.MemberID
	Language lang.Tag
	Step     Step
}

// Step is where his deliveries are.
type Step string

const (
	Asked     Step = "ask"   // he may confirm
	Confirmed Step = "goes"  // by the link that confirms: they go on
	Ending    Step = "end"   // by the link that ends: he may end them
	Left      Step = "ended" // they have ended
)

var errNoLink = fault.E(fault.NotFound, "This link is not, or no longer, one of a mail from here.")

// Read tells what the link of a letter is for; the word in it is all the right there is. It changes nothing, as programs follow links before people do.
func (s *Service) Read(ctx context.Context, id subscription.ID, word string) (Reader, error) {
	_, r, err := s.holder(ctx, id, word)
	return r, err
}

func (s *Service) holder(ctx context.Context, id subscription.ID, word string) (subscription.Subscription, Reader, error) {
	x, err := s.store.SubscriptionOf(ctx, id)
	if isNone(err) || err == nil && x.Channel != subscription.Mail {
		return x, Reader{}, errNoLink
	}
	if err != nil {
		return x, Reader{}, err
	}
	is := func(key string) bool {
		return len(key) >= shortestKey && subtle.ConstantTimeCompare([]byte(word), []byte(key)) == 1
	}
	r := Reader{Address: x.Target, Member: x.Member, Language: mailLanguage(x, "")}
	confirms, ends := is(x.Proof), is(x.Secret)
	switch {
	case !confirms && !ends:
		return x, Reader{}, errNoLink
	case x.State == subscription.Ended:
		r.Step = Left
	case ends:
		r.Step = Ending
	case x.State != subscription.Unproven:
		r.Step = Confirmed
	case s.Now().Sub(x.LastTry) > askLasts:
		return x, Reader{}, errNoLink
	default:
		r.Step = Asked
	}
	return x, r, nil
}

// Answer does what the link of a letter is for: it begins the deliveries of whoever confirms, or ends them. Done again it changes nothing.
func (s *Service) Answer(ctx context.Context, id subscription.ID, word string) (Reader, error) {
	x, r, err := s.holder(ctx, id, word)
	if err != nil {
		return r, err
	}
	switch r.Step {
	case Asked:
		begin, err := s.beginning(ctx)
		if err != nil {
			return r, err
		}
		_, err = s.store.ChangeSubscription(ctx, x.Member, x.ID, people.Entry{}, func(x *subscription.Subscription) error {
			if x.State == subscription.Unproven {
				proof := x.Proof
				begin(x)
				x.Proof = proof // so that the link says from now on that he has confirmed
			}
			return nil
		})
		r.Step = Confirmed
		return r, err
	case Ending:
		r.Step = Left
		return r, s.store.LeaveSubscription(ctx, x.ID)
	}
	return r, nil
}
