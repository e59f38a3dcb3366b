package receive

import (
	"context"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Said is what was said of a document where it was found: the fields of a feed's item. They complete what the document says of itself and
// never contradict it.
type Said struct {
	Title   string
	Date    *intake.Date // of day or minute precision; nil: not said
	Authors []string
	Cut     bool // the text is known to be no more than the beginning
	Fed     *wire.Fed
}

// complete gives the article that the title is of (else the first) the title, date and authors that it lacks, and every article its
// publisher. A date of minutes takes the place of its own day, and of no other.
func (s *Said) complete(as []intake.Article) {
	if s == nil || len(as) == 0 {
		return
	}
	a, best := &as[0], -1
	for i := range as {
		if n := shared(s.Title, as[i].Headline); n > best {
			a, best = &as[i], n
		}
	}
	if a.Headline == "" {
		a.Headline = s.Title
	}
	if s.Date != nil && (a.Date == nil || a.Date.Precision != "minute" && s.Date.Precision == "minute" && near(a.Date.Value, s.Date.Value)) {
		d := *s.Date
		a.Date = &d
	}
	if len(a.Bylines) == 0 && len(s.Authors) > 0 {
		a.Bylines = []string{strings.Join(s.Authors, ", ")}
	}
	a.Truncated = a.Truncated || s.Cut
	for i := range as {
		published := false
		for _, l := range as[i].Attribution {
			published = published || l.Relation == intake.PublishedBy
		}
		if !published && s.Fed != nil && s.Fed.Name != "" {
			as[i].Attribution = append(as[i].Attribution, intake.Attribution{Relation: intake.PublishedBy, Source: s.Fed.Name, Text: s.Fed.Name})
		}
	}
	if s.Fed != nil && foldSpaces(s.Fed.Title) == foldSpaces(a.Headline) {
		s.Fed.Title = ""
	}
}

func foldSpaces(s string) string { return strings.Join(strings.Fields(s), " ") }

// shared counts the words that two headlines share.
func shared(a, b string) (n int) {
	words := map[string]bool{}
	for _, t := range lang.Tokens(lang.Und, a) {
		words[t.Fold] = true
	}
	for _, t := range lang.Tokens(lang.Und, b) {
		if words[t.Fold] {
			n++
		}
	}
	return n
}

// near reports whether two dates are at most a day apart: the same day in two zones.
func near(a, b string) bool {
	x, err := time.Parse(time.DateOnly, a[:min(len(a), 10)])
	y, err2 := time.Parse(time.DateOnly, b[:min(len(b), 10)])
	return err == nil && err2 == nil && x.Sub(y).Abs() <= 24*time.Hour
}

// Arrival is a document that was read and is not kept yet.
type Arrival struct {
	Captures    []*wire.Capture
	Quarantined []Quarantined
	d           document
	bytes       []byte
}

// Result is what became of it, once it is kept.
func (a *Arrival) Result() Result { return a.d.result }

// Read reads a document that was found, for Keep to keep; it writes nothing.
func (s *Service) Read(ctx context.Context, doc intake.Document, said *Said) *Arrival {
	doc.Known = s.known(ctx, []intake.Document{doc})[site(doc.URL)]
	d := s.prepare(doc, said)
	return &Arrival{d.captures, d.result.Quarantined, d, doc.Bytes}
}

// Quarantine is a document of which nothing is read: its bytes go to quarantine with the place and the reason, and what was said of it
// (may be nil).
func (s *Service) Quarantine(doc intake.Document, place, reason string, said *Said) *Arrival {
	hash := blob.Hash(doc.Bytes)
	d := document{raw: store.RawRow{Hash: hash, Name: doc.Name, ContentType: mediaType(doc.ContentType), Length: int64(len(doc.Bytes)), Arrived: s.now()}, quarantine: s.quarantined(doc, said, place, reason)}
	return &Arrival{nil, []Quarantined{{ID: hash, Place: place, Reason: reason}}, d, doc.Bytes}
}

// ListOf says which source's own list a document in quarantine is.
func (a *Arrival) ListOf(id source.ID) { a.d.quarantine.Source = id }

// HeldWith keeps a document in quarantine under the longest embargo of others whose bytes are within its own.
func (a *Arrival) HeldWith(others []*Arrival) {
	for _, o := range others {
		if q := o.d.quarantine; q != nil && q.Held.After(a.d.quarantine.Held) {
			a.d.quarantine.Held, a.Quarantined[0].Held = q.Held, true
		}
	}
}

// Keep writes what was read, and in the same transaction what the caller has to note; and may be repeated.
func (s *Service) Keep(ctx context.Context, v access.Viewer, a *Arrival, and func(*store.Tx) error) (err error) {
	defer fault.Wrap(&err, "keep what was found")
	if !v.Has(access.Intake) {
		return fault.E(fault.NotAllowed, "Bringing material in needs the scope intake.")
	}
	release, err := s.hold(ctx, intake.Document{Bytes: a.bytes})
	if err != nil {
		return err
	}
	defer release()
	if err := s.put(ctx, &a.d.raw, a.bytes); err != nil {
		return err
	}
	return s.store.Write(ctx, func(t *store.Tx) error {
		if err := a.d.write(t, v.Member); err != nil {
			return err
		}
		return and(t)
	})
}
