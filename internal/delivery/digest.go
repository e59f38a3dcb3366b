package delivery

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
)

// Letters that tell of several releases: digests, and alerts of a saved search.
//
// What waits for a digest waits in the queue as everything does, under the moment of its digest; the lane takes all of one moment in one turn, so that they are
// sent, and noted as sent, together. What is withdrawn meanwhile is overtaken there and is in no letter.

const (
	digestWords = 400         // letters of a text that stand in a digest
	alertNamed  = 20          // releases that the letter of an alert names
	alertHour   = time.Hour   // within which
	alertsHour  = 10          // letters of an alert come by themselves; what is more is gathered until the hour is over
	noLeast     = time.Second // no moment is nearer
)

// gathers tells for which digest something that a subscription is told of waits; zero: none. Letters counts those that the events at hand make of each alert.
func (s *Service) gathers(ctx context.Context, x subscription.Subscription, kind subscription.Kind, letters map[subscription.ID]int) (time.Time, error) {
	if !x.Alert || x.Channel != subscription.Mail {
		return x.Rhythm.Next(s.Now()), nil
	}
	if kind.Gone() {
		return time.Time{}, nil
	}
	now := s.Now()
	if letters[x.ID] >= alertsHour {
		return now.Add(alertHour).Truncate(time.Minute).Add(time.Minute), nil // the same for all of these events
	}
	made, err := s.store.LetterMade(ctx, x.ID, alertsHour-letters[x.ID])
	if err != nil {
		return time.Time{}, err
	}
	if over := made.Add(alertHour); !made.IsZero() && over.After(now) {
		return over.Add(noLeast), nil
	}
	letters[x.ID]++
	return time.Time{}, nil
}

// gathered sends a digest, or the letter of an alert.
func (s *Service) gathered(ctx context.Context, c store.Claimed, v access.Viewer) (answer, error) {
	members, err := s.browse.Members(ctx)
	if err != nil {
		return answer{}, err
	}
	x := c.Subscription
	if x.Language == "" {
		x.Language = mailLanguage(x, x.Filter.Language)
	}
	l := letter{In: mailLanguage(x, "")}
	s.list(x, &l)
	parts := []letterPart{{Heading: notice.Say(notice.First, l.In), In: l.In}}
	of := map[lang.Tag]int{} // the part of each language
	a := answer{left: map[int64]subscription.Outcome{}}
	named, counted := 0, 0
	for _, d := range c.Deliveries {
		e, ok, err := s.told(ctx, v, d)
		if err != nil {
			return answer{}, err
		}
		if !ok {
			a.left[d.ID] = subscription.Barred
			continue
		}
		if c.Alert && named == alertNamed {
			counted++
			a.left[d.ID] = subscription.Counted
			continue
		}
		one, err := s.letterOf(x, d, e, members)
		if err != nil {
			return answer{}, err
		}
		one.Paragraphs = opening(one.Paragraphs)
		named++
		to := 0
		if !d.Kind.First() {
			if to = of[one.Text]; to == 0 {
				parts = append(parts, letterPart{Heading: one.Text.Autonym(), In: one.Text})
				to = len(parts) - 1
				of[one.Text] = to
			}
		}
		parts[to].Entries = append(parts[to].Entries, one)
		if l.Subject == "" {
			l.Subject, l.ID = one.Subject, one.ID
		}
	}
	if named == 0 {
		return answer{barred: true}, nil
	}
	if len(parts[0].Entries) == 0 {
		parts = parts[1:]
	}
	l.Parts = parts
	name := x.Name
	if name == x.Target || name == "" {
		name = members[x.Member].Name(l.In)
	}
	first := c.Deliveries[0]
	switch {
	case c.Alert && named == 1:
		l.State, l.Parts[0].Heading = []string{notice.Label(notice.Alert, l.In) + name}, ""
	case c.Alert:
		l.Subject = notice.Label(notice.Alert, l.In) + name
		l.State = []string{l.Subject}
	default:
		l.Subject = notice.Label(notice.Digest, l.In) + name + " · " + s.day(x, first.Digest)
		l.State = []string{l.Subject}
	}
	if slices.ContainsFunc(l.Parts, func(p letterPart) bool {
		return slices.ContainsFunc(p.Entries, func(e letter) bool { return e.Version > 0 })
	}) {
		l.Foot = notice.Say(notice.Proofs, l.In) + "\n\n" + l.Foot
	}
	if !first.Digest.IsZero() {
		l.ID = s.messageID(x, first.Message, strconv.FormatInt(first.Digest.Unix(), 10))
	}
	if counted > 0 {
		l.Facts = []letterFact{{notice.Say(notice.More, l.In), fmt.Sprint(counted)}}
	}
	if c.Alert || x.Public {
		l.Links = []letterFact{{notice.Say(notice.All, l.In), s.at("/?" + x.Filter.String())}}
	}
	left := a.left
	if a, err = s.handLetter(ctx, x, l); err != nil {
		return answer{}, err
	}
	a.left, a.mark = left, l.ID
	return a, nil
}

// day is the day of a digest on its reader's clock.
func (s *Service) day(x subscription.Subscription, at time.Time) string {
	if z, err := time.LoadLocation(x.Rhythm.Zone); err == nil {
		at = at.In(z)
	}
	return at.Format("2006-01-02")
}

// opening is how a text begins.
func opening(paragraphs []string) []string {
	if len(paragraphs) == 0 {
		return nil
	}
	return []string{cut(paragraphs[0], digestWords)}
}
