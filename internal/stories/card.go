package stories

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/wire"
)

// card is what a list of copies says of a text. It is kept with the text's sketch and gone with it, so that a page about
// a text that many use reads none of theirs.
type card struct {
	Headline    string             `json:",omitempty"`
	Lead        string             `json:",omitempty"` // the first words, where there is no headline
	Site        string             `json:",omitempty"` // of a capture: scheme and host of its page
	File        string             `json:",omitempty"`
	Date        *wire.StatedDate   `json:",omitempty"`
	Attribution []wire.Attribution `json:",omitempty"`
}

// Bounds of a card, in bytes.
const (
	cardHeadline = 800
	cardLead     = 400
	cardName     = 200
	cardSources  = 12
)

// cardOf makes the card of a text.
func cardOf(t text) []byte {
	var k card
	lead := func(headline string, body []string) {
		if k.Headline = first(headline, cardHeadline); strings.TrimSpace(headline) != "" {
			return
		}
		for _, p := range body {
			if p = strings.TrimSpace(p); p != "" {
				k.Lead = first(p, cardLead)
				return
			}
		}
	}
	switch c := t.capture; {
	case c != nil:
		lead(c.Headline, c.Body)
		if u, err := url.Parse(c.SourceURL); err == nil && u.Host != "" && len(u.Host) <= cardName {
			k.Site = (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
		}
		if i := strings.LastIndexAny(c.FileName, `/\`); len(c.FileName)-i-1 <= cardName {
			k.File = c.FileName[i+1:]
		}
		if c.Date != nil {
			k.Date = &wire.StatedDate{Value: c.Date.Value, Precision: c.Date.Precision}
		}
		for _, a := range c.Attribution[:min(len(c.Attribution), cardSources)] {
			k.Attribution = append(k.Attribution, wire.Attribution{Relation: a.Relation, Source: first(a.Source, cardName)})
		}
	case len(t.release.Items[t.item].Versions) > 0:
		content := t.release.Items[t.item].Current().Content
		lead(content.Headline, content.Body)
	}
	b, err := json.Marshal(k)
	if err != nil {
		return nil // strings and numbers always marshal
	}
	return b
}

// onto puts what a card says on the row that was found of its text.
func (k card) onto(u *store.Used) {
	if c := u.Capture; c != nil {
		c.Headline, c.SourceURL, c.FileName, c.Date, c.Attribution, c.Body = k.Headline, k.Site, k.File, k.Date, k.Attribution, []string{k.Lead}
		return
	}
	u.Release.Items[0].Versions = []wire.Version{{Content: wire.Content{Headline: k.Headline, Body: []string{k.Lead}}}}
}

// first is the beginning of s in at most n bytes, cut between characters.
func first(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// drawText is story.Draw; a test has texts that crash it.
var drawText = story.Draw

// sketched is sketch of a text that may crash it: such a text has no prints, and is not tried again until it has other
// words. The others of its batch have theirs.
func (s *Service) sketched(ctx context.Context, d store.DuePrint, before []store.Sketched) (k store.Sketched, err error) {
	defer func() {
		if p := recover(); p != nil {
			k, err = store.Sketched{DuePrint: d, Crash: fmt.Sprintf("%v\n%s", p, debug.Stack())}, nil
		}
	}()
	return s.sketch(ctx, d, before)
}
