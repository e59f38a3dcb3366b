package sources

import (
	"context"
	"encoding/json"
	"net/url"
	"path"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// takePage fetches an item's page and takes it in. What may pass is tried again; after that, and where the page is not to be had, the feed's
// own text is taken.
func (s *Service) takePage(ctx context.Context, v store.Visit, target string, next func() time.Time) error {
	ans, err := s.client.Ask(ctx, outbound.Question{Address: target, Max: maxPage, Accept: pageTypes, Stay: true})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	ctx = context.WithoutCancel(ctx) // what has come is kept, also by a node that stops
	if err == nil && ans.Elsewhere != "" {
		if v.Entry.Hops >= mostHops {
			return s.later(ctx, v, source.Trouble{Code: source.Loop}, next())
		}
		return s.store.Write(ctx, func(t *store.Tx) error { // its turn is at that host, by whose rules it is asked
			if err := t.EntryMoves(v.Entry, ans.Elsewhere, s.now()); err != nil {
				return err
			}
			_, err := t.EndVisit(v, next())
			return err
		})
	}
	if trouble := troubleOf(ans, err); trouble.Code != "" || len(ans.Bytes) == 0 {
		if trouble.Code == "" {
			trouble.Code = source.Empty
		}
		return s.later(ctx, v, trouble, patience(ans, trouble, s.now(), next()))
	}
	doc := intake.Document{Name: fileName(ans.URL), URL: ans.URL, ContentType: ans.ContentType, Declared: v.Entry.Language, Bytes: ans.Bytes}
	a := s.readDocument(ctx, doc, saidOf(v.Source, v.Entry.Entry, false))
	if len(a.Captures) == 0 && v.Entry.Text != "" {
		reason := "Its page could not be read."
		if len(a.Quarantined) > 0 {
			reason = "Its page: " + a.Quarantined[0].Reason
		}
		return s.takeText(ctx, v, reason, next())
	}
	return s.keep(ctx, v, a, next())
}

// passes reports whether a trouble may be over in a while.
func passes(c source.Code) bool {
	switch c {
	case source.Unreachable, source.Slow, source.Overload, source.Broken, source.Empty, source.RobotsBroken:
		return true
	}
	return false
}

// later puts an item off whose trouble may pass: for two minutes, and five times as long each time. Otherwise the feed's own text is taken.
func (s *Service) later(ctx context.Context, v store.Visit, trouble source.Trouble, next time.Time) error {
	if v.Entry.Tries >= maxTries || !passes(trouble.Code) {
		return s.takeText(ctx, v, "Its page: "+trouble.Sentence(), next)
	}
	wait := 2 * time.Minute
	for range v.Entry.Tries {
		wait *= 5
	}
	at := s.now().Add(wait)
	if next.After(at) {
		at = next
	}
	return s.store.Write(ctx, func(t *store.Tx) error {
		if err := t.EntryLater(v.Entry, at); err != nil {
			return err
		}
		_, err := t.EndVisit(v, next)
		return err
	})
}

func (s *Service) readDocument(ctx context.Context, doc intake.Document, said *receive.Said) *receive.Arrival {
	s.reading <- struct{}{}
	defer func() { <-s.reading }()
	return s.receive.Read(ctx, doc, said)
}

// takeText takes an item in with what its feed says. why is the reason for which there is no page; where the feed has no text either, the item
// goes to quarantine with it.
func (s *Service) takeText(ctx context.Context, v store.Visit, why string, next time.Time) error {
	doc := textDocument(v.Source, v.Entry.Entry)
	if v.Entry.Text == "" {
		return s.keep(ctx, v, s.receive.Quarantine(doc, "", why+" The feed has no text of it.", saidOf(v.Source, v.Entry.Entry, true)), next)
	}
	return s.keep(ctx, v, s.readDocument(ctx, doc, saidOf(v.Source, v.Entry.Entry, true)), next)
}

// keep writes what was read and ends the visit, in one transaction. A text that says what the same item, or a page of the same host, said
// before is no new capture; one that says something else is, and names the earlier one.
func (s *Service) keep(ctx context.Context, v store.Visit, a *receive.Arrival, next time.Time) error {
	e := v.Entry
	var words source.Key
	if len(a.Captures) > 0 {
		words = wordsOf(a.Captures)
		same := e.Capture
		ok := words == e.Words && same != ""
		if !ok {
			var err error
			if same, ok, err = s.store.HasWords(ctx, turnHost(v.Source, e.Entry), words); err != nil {
				return err
			}
		}
		if ok {
			return s.store.Write(ctx, func(t *store.Tx) error {
				if err := t.EntryTaken(v.Source.ID, e, words, same, false); err != nil {
					return err
				}
				_, err := t.EndVisit(v, next)
				return err
			})
		}
	}
	id := e.Capture
	for i, c := range a.Captures {
		if i == 0 {
			id = c.ID
		}
		if e.Again && c.Fed != nil && c.ID != e.Capture {
			c.Fed.Earlier = e.Capture
		}
	}
	return s.receive.Keep(ctx, s.viewer(v), a, func(t *store.Tx) error {
		if err := t.EntryTaken(v.Source.ID, e, words, id, len(a.Captures) > 0); err != nil {
			return err
		}
		_, err := t.EndVisit(v, next)
		return err
	})
}

func wordsOf(cs []*wire.Capture) source.Key {
	var all []string
	for _, c := range cs {
		all = append(append(all, c.Headline), c.Body...)
	}
	return source.Words("", all)
}

// saidOf is what the feed says of a document.
func saidOf(src source.Watched, e source.Entry, own bool) *receive.Said {
	name := src.Name
	if name == "" {
		name = e.Feed
	}
	if name == "" {
		name = source.Called(src.Address)
	}
	said := &receive.Said{Title: e.Title, Authors: e.Authors, Cut: own && !e.Whole && !e.Ends(),
		Fed: &wire.Fed{Source: string(src.ID), Name: name, Entry: e.ID, Title: e.Title, Published: e.Published, Categories: e.Categories, Rights: e.Rights, TextOfFeed: own}}
	if !e.At.IsZero() {
		raw := e.Published
		if raw == "" {
			raw = e.Updated
		}
		if e.Day {
			said.Date = &intake.Date{Value: e.At.Format(time.DateOnly), Precision: "day", Raw: raw}
		} else {
			said.Date = &intake.Date{Value: e.At.Format("2006-01-02T15:04Z07:00"), Precision: "minute", Raw: raw}
		}
	}
	return said
}

// textDocument is an item's text as a document of its own: ninjs of the feed's fields, the same bytes whenever the item is the same.
func textDocument(src source.Watched, e source.Entry) intake.Document {
	id := e.ID
	if id == "" {
		id = e.Link
	}
	item := ninjs.Item{URI: "urn:jarchi:feed:" + url.PathEscape(source.Host(src.Address)) + ":" + url.PathEscape(id), Type: "text", Language: string(e.Language), By: strings.Join(e.Authors, ", "),
		Headlines: []ninjs.Text{{Role: "main", ContentType: "text/plain", Value: e.Title}}, UsageTerms: e.Rights}
	if e.Text != "" {
		item.Bodies = []ninjs.Body{{Role: "main", ContentType: "text/html", Value: e.Text}}
	}
	if e.Link != "" {
		item.AltIDs = []ninjs.AltID{{Role: "url", Value: e.Link}}
	}
	b, err := json.Marshal(item)
	if err != nil {
		b = []byte(e.Text) // strings marshal; this is never reached
	}
	name := fileName(e.Link)
	if name == "" {
		name = "item of " + source.Host(src.Address)
	}
	return intake.Document{Name: name, URL: e.Link, ContentType: "application/ninjs+json", Declared: e.Language, Bytes: b}
}

// fileName is what to call a page for people: the last part of its path, or its host.
func fileName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if base := path.Base(u.Path); base != "." && base != "/" {
		return base
	}
	return u.Hostname()
}
