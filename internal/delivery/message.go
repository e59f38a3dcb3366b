package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/browse/render"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// message is what is sent of one delivery.
type message struct {
	ContentType string
	Body        []byte
	Extension   string // of a file that holds it
	Words       string // of the release or capture in it
}

// told is what of a delivery may be told now: the release or capture as the subscription's owner reads it; ok is false when there is nothing. Of what
// is gone and may not be read by the owner any more, whoever holds it is told its uri, and that it is gone.
func (s *Service) told(ctx context.Context, v access.Viewer, d subscription.Delivery) (e browse.Entry, ok bool, err error) {
	if d.OfCapture() && d.Kind.Gone() { // whoever has it is told, with nothing of its words
		c, err := s.store.Capture(ctx, wire.CaptureID(d.Ref))
		if err != nil || c.Gone.IsZero() {
			if isNone(err) {
				err = nil
			}
			return e, false, err
		}
		return browse.Entry{Level: access.All, Capture: c, At: c.Gone, Item: -1}, true, nil
	}
	if d.Kind == subscription.Captured {
		e, err = s.browse.Capture(ctx, v, wire.CaptureID(d.Ref))
		if isNone(err) {
			return e, false, nil
		}
		return e, err == nil && e.Capture.Gone.IsZero(), err
	}
	e, err = s.browse.Release(ctx, v, wire.ReleaseID(d.Ref))
	if err != nil && !isNone(err) {
		return e, false, err
	}
	if err != nil || e.Level != access.All {
		if !d.Kind.Gone() {
			return e, false, nil
		}
		r, _, err := s.store.Release(ctx, wire.ReleaseID(d.Ref))
		if isNone(err) {
			return e, false, nil
		}
		if err != nil {
			return e, false, err
		}
		e = browse.Entry{Level: access.All, Release: withoutWords(r), Item: -1}
	}
	r := e.Release
	// Nothing of an embargo is told, and nothing as new that has gone meanwhile: that it is gone is a delivery of its own.
	gone := r.State == wire.Withdrawn || r.State == wire.Erased
	ok = !r.OpenedAt.IsZero() && (gone || r.State == wire.Released) && gone == d.Kind.Gone()
	if d.Item != "" {
		e.Item = slices.IndexFunc(r.Items, func(it wire.Item) bool { return it.ID == d.Item })
		ok = ok && e.Item >= 0
	}
	return e, ok, nil
}

// withoutWords leaves of a release that is gone what whoever holds it knows already.
func withoutWords(r *wire.Release) *wire.Release {
	out := &wire.Release{ID: r.ID, Issuers: r.Issuers, State: r.State, OpenedAt: r.OpenedAt, ReleasedAt: r.ReleasedAt, WithdrawnAt: r.WithdrawnAt, ErasedAt: r.ErasedAt, Audience: wire.Audience{Class: r.Audience.Class}}
	for _, it := range r.Items {
		c := wire.Item{ID: it.ID, URI: it.URI, Language: it.Language, Type: it.Type, Translation: it.Translation}
		for _, v := range it.Versions {
			c.Versions = append(c.Versions, wire.Version{N: v.N, Kind: v.Kind, At: v.At})
		}
		out.Items = append(out.Items, c)
	}
	return out
}

// message writes what a subscription gets of a delivery, in its format; ok is false when there is nothing that may be told now.
func (s *Service) message(ctx context.Context, x subscription.Subscription, v access.Viewer, d subscription.Delivery) (m message, ok bool, err error) {
	e, ok, err := s.told(ctx, v, d)
	if !ok || err != nil {
		return m, false, err
	}
	members, err := s.browse.Members(ctx)
	if err != nil {
		return m, false, err
	}
	if e.Capture != nil {
		e.Capture = pointer(e.Capture)
	}
	o := render.Options{Members: members, Base: s.Base, Now: s.Now(), Token: !x.Public}
	m.ContentType, m.Extension, m.Words = "application/json", "json", wordsOf(e)
	switch x.Format {
	case subscription.NewsML:
		m.ContentType, m.Extension = newsmlg2.MediaType+"; charset=utf-8", "xml"
		m.Body, err = render.NewsML(e, o)
	case subscription.Superdesk:
		m.Body, err = render.Superdesk(e, o)
	case subscription.Envelope:
		m.Body, err = json.Marshal(envelopeOf(x, d, e, o))
	case subscription.Words:
		m.ContentType, m.Extension = render.TextType, "txt"
		var text string
		text, err = words(x, e, members, 0)
		m.Body = []byte(text)
	default:
		m.Body, err = item(e, o).Marshal()
	}
	return m, err == nil, err
}

// pointer leaves of third-party material what points to it: headline, source and address. The words of others are read where they stand.
func pointer(c *wire.Capture) *wire.Capture {
	p := *c
	p.Body, p.Removed = nil, nil
	return &p
}

// wordsOf are the words that an entry holds.
func wordsOf(e browse.Entry) string {
	var b strings.Builder
	add := func(words ...string) { b.WriteString(strings.Join(words, " ") + " ") }
	if e.Capture != nil {
		add(e.Capture.Headline)
		return b.String()
	}
	for i := range e.Release.Items {
		if v := e.Release.Items[i].Current(); v != nil {
			add(v.Content.Headline, v.Content.Subheadline, v.Content.Byline)
			add(v.Content.Body...)
		}
	}
	return b.String()
}

const plain = "text/plain"

// item is the live rendering of an entry's item as ninjs, as /api/v1/items/{id} gives it; of a capture what points to it.
func item(e browse.Entry, o render.Options) ninjs.Item {
	if e.Capture != nil {
		return render.NinjsCapture(e.Capture, false)
	}
	return render.NinjsItem(e, e.Item, true, o)
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}

// envelope is a whole release in one object, laid out as Standard Webhooks advises.
type envelope struct {
	Type      subscription.Kind `json:"type"`
	Timestamp string            `json:"timestamp"`
	Data      envelopeData      `json:"data"`
}

type envelopeData struct {
	Release *releaseObject `json:"release,omitempty"`
	Items   []ninjs.Item   `json:"items"`
}

type releaseObject struct {
	ID         wire.ReleaseID     `json:"id"`
	Issuers    []wire.MemberID    `json:"issuers"`
	State      wire.State         `json:"state"`
	Revision   int                `json:"revision"`
	Urgency    int                `json:"urgency,omitempty"`
	Audience   wire.AudienceClass `json:"audience"`
	ReleasedAt string             `json:"releasedAt,omitempty"`
	Reason     string             `json:"reason,omitempty"`
}

func envelopeOf(x subscription.Subscription, d subscription.Delivery, e browse.Entry, o render.Options) envelope {
	out := envelope{Type: d.Kind, Timestamp: instant(o.Now), Data: envelopeData{Items: []ninjs.Item{}}}
	r := e.Release
	if r == nil {
		out.Data.Items = append(out.Data.Items, item(e, o))
		return out
	}
	out.Data.Release = &releaseObject{r.ID, r.Issuers, r.State, r.Revision, r.Urgency, r.Audience.Class, instant(r.OpenedAt), r.Reason}
	language := x.Filter.Language
	if d.Kind.Gone() {
		language = ""
	}
	out.Data.Items = append(out.Data.Items, render.Ninjs(e, language, true, o)...)
	return out
}

// writing keeps the messages that were written since anything happened on this node: what many subscribe to is written once.
type writing struct {
	mu    sync.Mutex
	since <-chan struct{} // closed when something happens: nothing of before is used then
	known map[string]*written
	bytes int
}

// forget lets go of what was written.
func (w *writing) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since, w.known, w.bytes = nil, nil, 0
}

type written struct {
	turn chan struct{} // full while it is written
	done bool
	message
	ok bool
}

// mostWritten bounds what is kept.
const mostWritten = 8 << 20

// written is message, out of memory where nothing has happened since the same was written for another.
func (s *Service) written(ctx context.Context, x subscription.Subscription, v access.Viewer, d subscription.Delivery) (message, bool, error) {
	key := fmt.Sprintf("%s %s %s %s %s %q %v", d.Kind, d.Ref, d.Item, x.Format, x.Filter.Language, v.Member, v.Scopes)
	return s.writtenOnce(ctx, key, func() (message, bool, error) { return s.message(ctx, x, v, d) })
}

// writtenOnce is what write says, out of memory where nothing has happened since it said the same for another; who wants it meanwhile waits for that as long as ctx lasts.
func (s *Service) writtenOnce(ctx context.Context, key string, write func() (message, bool, error)) (message, bool, error) {
	now := s.store.Changed() // before anything is read
	s.writing.mu.Lock()
	if s.writing.since != now || s.writing.bytes > mostWritten {
		s.writing.since, s.writing.known, s.writing.bytes = now, map[string]*written{}, 0
	}
	w := s.writing.known[key]
	if w == nil {
		w = &written{turn: make(chan struct{}, 1)}
		s.writing.known[key] = w
	}
	s.writing.mu.Unlock()
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return message{}, false, ctx.Err()
	}
	if w.done {
		return w.message, w.ok, nil
	}
	m, ok, err := write()
	if err != nil {
		return m, ok, err
	}
	w.message, w.ok, w.done = m, ok, true
	s.writing.mu.Lock()
	defer s.writing.mu.Unlock()
	if s.writing.since == now {
		s.writing.bytes += len(m.Body) + len(key)
	}
	return m, ok, nil
}
