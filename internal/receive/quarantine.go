package receive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Context is what is known of a document besides its bytes; kept with one that could not be read, it is read again as it was the first time.
type Context struct {
	URL         string   `json:"url,omitempty"`
	ContentType string   `json:"type,omitempty"`
	Declared    lang.Tag `json:"language,omitempty"`
	Said        *Said    `json:"said,omitempty"`
	Fetched     bool     `json:"fetched,omitempty"`
}

// Check reads a document and keeps nothing: nil, or the fault that would put it into quarantine, with its place as the field. One under embargo passes: it
// is held.
func (s *Service) Check(ctx context.Context, v access.Viewer, doc intake.Document) error {
	if !v.Has(access.Intake) {
		return fault.E(fault.NotAllowed, "Bringing material in needs the scope intake.")
	}
	doc.Known = s.known(ctx, []intake.Document{doc})[site(doc.URL)]
	_, err := s.articles(doc, s.now())
	var h *intake.Held
	var w *intake.Withdrawn
	if errors.As(err, &h) || errors.As(err, &w) && !w.Others {
		return nil
	}
	return err
}

// Kept is a document in quarantine.
type Kept struct {
	ID      string // SHA-256 of its bytes
	Name    string
	Address string // where it stood; empty: not known
	Source  source.ID
	Place   string // where in the document, as far as it is known
	Reason  string
	Held    time.Time // it is under embargo until then; zero: it is not. store.Forever: its sender states no end
	Arrived time.Time
	Tries   int // how often it was read again
}

// Endless reports whether it is held without a stated end.
func (k Kept) Endless() bool { return !k.Held.Before(store.Forever) }

// mostKept is how much of the quarantine is listed.
const mostKept = 1000

// maxShown is how much of a document an editor is shown and may write, in bytes.
const maxShown = 400_000

// mayMend refuses whoever may not see what could not be read (change is false) or do something about it.
func mayMend(v access.Viewer, change bool) error {
	switch {
	case v.Member == "":
		return fault.E(fault.Unauthenticated, "Send a token of the member in whose name you act, as Authorization: Bearer.")
	case !v.Has(access.Admin) && !v.Has(access.Intake):
		return fault.E(fault.NotAllowed, "What is in quarantine is seen with the scope intake or admin.")
	case change && !v.Has(access.Intake):
		return fault.E(fault.NotAllowed, "What is in quarantine is read again, mended and dropped with the scope intake.")
	}
	return nil
}

func kept(q store.QuarantineRow) Kept {
	return Kept{q.ID, q.Name, q.Address, q.Source, q.Place, q.Reason, q.Held, q.Arrived, q.Tries}
}

// Quarantined lists what could not be read of what the viewer's member and the operator brought in, newest first, at most a thousand.
func (s *Service) Quarantined(ctx context.Context, v access.Viewer) (out []Kept, err error) {
	defer fault.Wrap(&err, "quarantine")
	if err := mayMend(v, false); err != nil {
		return nil, err
	}
	rows, err := s.store.QuarantineOf(ctx, v.Member, mostKept)
	for _, q := range rows {
		out = append(out, kept(q))
	}
	return out, err
}

// Shown is a document in quarantine with what can be seen of it.
type Shown struct {
	Kept
	Type     string   // as it was declared
	Headline string   // that was said of it where it was found
	Text     string   // its letters, without markup; empty for what is no text, and while it is held
	Cut      bool     // there are more than are shown
	Language lang.Tag // declared; empty: not
	Date     string   // that was said of it
}

// Show gives one document of the quarantine for an editor to mend. Of one under embargo no word is shown.
func (s *Service) Show(ctx context.Context, v access.Viewer, id string) (out Shown, err error) {
	defer fault.Wrap(&err, "quarantine %.64s", id)
	if err := mayMend(v, false); err != nil {
		return out, err
	}
	q, err := s.store.Quarantined(ctx, v.Member, id)
	if err != nil {
		return out, err
	}
	doc, said, err := s.again(ctx, q)
	if lost(err) { // it can still be dropped
		return Shown{Kept: kept(q)}, nil
	} else if err != nil {
		return out, err
	}
	out = Shown{Kept: kept(q), Type: doc.ContentType, Language: doc.Declared}
	if q.Held.After(s.now()) {
		return out, nil
	}
	if said != nil {
		if out.Headline = said.Title; out.Headline == "" && said.Fed != nil {
			out.Headline = said.Fed.Title
		}
		if said.Date != nil {
			out.Date = said.Date.Value
		}
	}
	out.Text, out.Cut = plain(doc)
	return out, nil
}

// plain is what can be read of any document: its letters, and of markup the text outside of it.
func plain(doc intake.Document) (_ string, cut bool) {
	b := doc.Bytes
	if len(b) > 4*maxShown {
		b, cut = b[:4*maxShown], true
	}
	if bytes.Count(b[:min(len(b), 4096)], []byte{0}) > 0 && !bytes.HasPrefix(b, []byte{0xff, 0xfe}) && !bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return "", cut
	}
	text := intake.Decode(b, doc.ContentType)
	if head := strings.TrimSpace(text[:min(len(text), 1000)]); strings.HasPrefix(head, "<") {
		var out strings.Builder
		z := html.NewTokenizer(strings.NewReader(text))
		z.SetMaxBuf(1 << 20)
		hidden := ""
		for range 200_000 {
			t := z.Next()
			if t == html.ErrorToken {
				break
			}
			name, _ := z.TagName()
			switch tag := string(name); {
			case t == html.TextToken && hidden == "":
				out.WriteString(html.UnescapeString(string(z.Raw())))
			case t == html.StartTagToken && (tag == "script" || tag == "style"):
				hidden = tag
			case t == html.EndTagToken && tag == hidden:
				hidden = ""
			case t == html.EndTagToken && len(tag) > 1, tag == "p", tag == "br":
				out.WriteByte('\n')
			}
		}
		text = out.String()
	}
	var lines []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' || r == utf8.RuneError {
				return -1
			}
			return r
		}, l)); l != "" {
			lines = append(lines, l)
		}
	}
	text = strings.Join(lines, "\n")
	if len(text) > maxShown {
		text, cut = strings.ToValidUTF8(text[:maxShown], ""), true
	}
	return text, cut
}

// row reads a document of the quarantine with its bytes.
func (s *Service) row(ctx context.Context, m wire.MemberID, id string) (q store.QuarantineRow, doc intake.Document, said *Said, err error) {
	if q, err = s.store.Quarantined(ctx, m, id); err != nil {
		return q, doc, nil, err
	}
	doc, said, err = s.again(ctx, q)
	return q, doc, said, err
}

// again puts together what was known of a document when it came.
func (s *Service) again(ctx context.Context, q store.QuarantineRow) (doc intake.Document, said *Said, err error) {
	raw, err := s.store.Raw(ctx, q.ID)
	if err != nil {
		return doc, nil, err
	}
	b := raw.Bytes
	if b == nil {
		if b, err = s.blobs.Get(ctx, q.ID); err != nil {
			return doc, nil, err
		}
	}
	var c Context
	if q.Context != "" {
		if err := json.Unmarshal([]byte(q.Context), &c); err != nil {
			return doc, nil, fault.E(fault.Corrupt, "What is known of the document %s is damaged.", q.ID).Because(err)
		}
	}
	if c.ContentType == "" {
		c.ContentType = raw.ContentType
	}
	return intake.Document{Name: q.Name, URL: c.URL, ContentType: c.ContentType, Declared: c.Declared, Bytes: b, Fetched: c.Fetched}, c.Said, nil
}

func (s *Service) entry(v access.Viewer, by people.UserID, action string, q store.QuarantineRow, detail string) people.Entry {
	name := q.Name
	if name == "" {
		name = q.Address
	}
	if name == "" {
		name = q.ID[:min(len(q.ID), 12)]
	}
	if detail != "" {
		name += " · " + detail
	}
	return people.Entry{ID: people.NewID(), At: s.now(), Member: v.Member, Actor: by, Action: action, Object: q.ID, Detail: short(name)}
}

func short(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return s
}

// Retry reads a document of the quarantine again with today's reader, as it was read the first time. What can be read now leaves the quarantine;
// otherwise place and reason are those of today. A document under embargo stays so.
func (s *Service) Retry(ctx context.Context, v access.Viewer, by people.UserID, id string) (_ Result, err error) {
	defer fault.Wrap(&err, "read %.64s again", id)
	if err := mayMend(v, true); err != nil {
		return Result{}, err
	}
	q, err := s.store.Quarantined(ctx, v.Member, id)
	if err != nil {
		return Result{}, err
	}
	if q.Held.After(s.now()) && !kept(q).Endless() {
		return Result{}, fault.E(fault.Conflict, "It is under embargo until %s and is read again then.", q.Held.UTC().Format(time.RFC3339))
	}
	e := s.entry(v, by, people.QuarantineRetried, q, "")
	return s.reread(ctx, q, &e)
}

// reread reads a document again and writes what comes of it; e may be nil.
func (s *Service) reread(ctx context.Context, q store.QuarantineRow, e *people.Entry) (Result, error) {
	doc, said, err := s.again(ctx, q)
	if err != nil {
		return Result{}, err
	}
	doc.Known = s.known(ctx, []intake.Document{doc})[site(doc.URL)]
	d := s.prepare(doc, said)
	d.result.Name = q.Name
	err = s.store.Write(ctx, func(t *store.Tx) error {
		if e != nil {
			if err := t.AddEntry(*e); err != nil {
				return err
			}
		}
		if n := d.quarantine; n != nil {
			n.Member = q.Member
			if obeyed, err := d.withdraw(t, q.Member); err != nil {
				return err
			} else if obeyed {
				return t.LeaveQuarantine(q)
			}
			return t.ReadAgain(*n)
		}
		if err := t.LeaveQuarantine(q); err != nil {
			return err
		}
		return d.write(t, q.Member)
	})
	return d.result, err
}

// Mended is a text that an editor writes for a document that no reader could read.
type Mended struct {
	Headline string
	Body     string   // paragraphs, a line each
	Language lang.Tag // empty: recognised
	Date     string   // 2006-01-02; empty: not stated
}

// Mend makes a capture of a document in quarantine with the words that an editor gives; the bytes stay as they came and are its original.
// The audit list says who it was.
func (s *Service) Mend(ctx context.Context, v access.Viewer, by people.UserID, id string, m Mended) (_ wire.CaptureID, err error) {
	defer fault.Wrap(&err, "mend %.64s", id)
	if err := mayMend(v, true); err != nil {
		return "", err
	}
	q, doc, said, err := s.row(ctx, v.Member, id)
	if err != nil {
		return "", err
	}
	now := s.now()
	if q.Held.After(now) {
		return "", fault.E(fault.Conflict, "It is under embargo and cannot be mended before that ends.")
	}
	if m.Language != "" && !slices.Contains(lang.Known(), m.Language) {
		return "", fault.Field("lang", "This is none of the languages that are read here.")
	}
	var date *intake.Date
	if m.Date = strings.TrimSpace(m.Date); m.Date != "" {
		t, err := time.Parse(time.DateOnly, m.Date)
		if err != nil || t.Year() < 1900 || t.After(now.Add(48*time.Hour)) {
			return "", fault.Field("date", "A date is written like 2026-03-21 and is not in the future.")
		}
		date = &intake.Date{Value: m.Date, Precision: "day", Raw: m.Date}
	}
	a, err := intake.Written(m.Headline, m.Body, m.Language)
	if err != nil {
		return "", err
	}
	a.Date = date
	as := []intake.Article{a}
	said.complete(as)
	as[0].Headline = a.Headline // also none, if the editor wants none
	c := capture(as[0], doc, q.ID, now)
	if said != nil {
		c.Fed = said.Fed
	}
	brought(c, q.Member)
	index := publish.DocumentOfCapture(c)
	e := s.entry(v, by, people.QuarantineMended, q, "")
	err = s.store.Write(ctx, func(t *store.Tx) error {
		if err := t.AddEntry(e); err != nil {
			return err
		}
		if err := t.LeaveQuarantine(q); err != nil {
			return err
		}
		// The words are this editor's: who wrote others for the same bytes keeps them, and so does whoever can read the bytes one day.
		for n := firstMended; n < firstMended+mostMended; n++ {
			c.ID, c.URI = wire.NewCaptureID(q.ID, n), wire.CaptureURI(q.ID, n)
			if fresh, err := t.PutCapture(c); err != nil {
				return err
			} else if fresh {
				return t.Index(c.Position, index)
			}
		}
		return fault.E(fault.Conflict, "%d texts have been written for this document already.", mostMended)
	})
	return c.ID, err
}

// What editors write for a document is numbered behind all that can be read of one.
const (
	firstMended = intake.MaxArticles + 1
	mostMended  = 1000
)

// Drop takes a document out of quarantine for good; its bytes go too, unless something else was made of them. The audit list says who it was.
func (s *Service) Drop(ctx context.Context, v access.Viewer, by people.UserID, id string) (err error) {
	defer fault.Wrap(&err, "drop %.64s", id)
	if err := mayMend(v, true); err != nil {
		return err
	}
	q, err := s.store.Quarantined(ctx, v.Member, id)
	if err != nil {
		return err
	}
	e := s.entry(v, by, people.QuarantineDropped, q, q.Reason)
	return s.store.Write(ctx, func(t *store.Tx) error {
		if err := t.AddEntry(e); err != nil {
			return err
		}
		if err := t.LeaveQuarantine(q); err != nil {
			return err
		}
		return t.ForgetRaw(q.ID)
	})
}

// lost reports whether an error says that a document's bytes are not there any more, or are damaged: trying again does not help.
func lost(err error) bool {
	return err != nil && (fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Corrupt)
}

// OpenHeld reads the documents whose embargo has ended, at most fifty at a time, and reports how many there were. One whose bytes are lost says so
// from then on, and does not stand before the others.
func (s *Service) OpenHeld(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "read what was under embargo")
	rows, err := s.store.HeldUntil(ctx, s.now(), 50)
	if err != nil {
		return 0, err
	}
	for _, q := range rows {
		_, rerr := s.reread(ctx, q, nil)
		if lost(rerr) {
			q.Held, q.Place = time.Time{}, ""
			q.Reason, _ = fault.Public(rerr)
			rerr = s.store.Write(ctx, func(t *store.Tx) error { return t.ReadAgain(q) })
		}
		if rerr != nil && fault.KindOf(rerr) != fault.NotFound { // it has left meanwhile
			err = errors.Join(err, rerr) // the others are not to wait for this one
			continue
		}
		n++
	}
	return n, err
}

// held writes what an embargo and a withdrawal say of a document into its row of the quarantine.
func held(q *store.QuarantineRow, err error) (gone []source.Key, others bool) {
	var h *intake.Held
	var w *intake.Withdrawn
	if errors.As(err, &h) {
		if q.Held = h.Until; h.Until.IsZero() || h.Until.After(store.Forever) {
			q.Held = store.Forever
		}
		q.GUID = source.GUID(h.GUID)
	}
	if errors.As(err, &w) { // also of a document that holds both
		for _, g := range w.GUIDs[:min(len(w.GUIDs), 500)] {
			if k := source.GUID(g); k != (source.Key{}) {
				gone = append(gone, k)
			}
		}
		others = w.Others
	}
	return gone, others
}

// withdraw takes back what a member took in of documents that their sender has withdrawn: their words leave the captures, the index and the list
// of what is held. What never came is noted, so that it does not come later. obeyed reports that there was something to take back, and that
// the document says nothing else.
func (d *document) withdraw(t *store.Tx, m wire.MemberID) (obeyed bool, _ error) {
	d.result.Captures = nil
	for _, k := range d.gone {
		n, err := t.DropHeld(m, k)
		if err != nil {
			return false, err
		}
		obeyed = obeyed || n > 0
		known, err := t.KnownDocuments(m, k)
		if err != nil {
			return false, err
		}
		for _, x := range known {
			if x.Capture != "" {
				obeyed = true
				d.result.Captures = append(d.result.Captures, x.Capture)
			}
			if !x.Gone.IsZero() {
				continue
			}
			c, err := t.EmptyCapture(x.Capture, d.raw.Arrived)
			if err != nil {
				return false, err
			}
			if c != nil {
				if err := t.Index(c.Position, publish.DocumentOfCapture(c)); err != nil {
					return false, err
				}
			}
			x.Gone, x.Words = d.raw.Arrived, source.Key{}
			if err := t.PutDocument(m, k, x); err != nil {
				return false, err
			}
		}
		if len(known) == 0 {
			if err := t.PutDocument(m, k, store.KnownDocument{Gone: d.raw.Arrived}); err != nil {
				return false, err
			}
		}
	}
	obeyed = obeyed && !d.others
	d.result.Quarantined = nil
	if !obeyed {
		d.result.Captures = nil
		d.result.Quarantined = []Quarantined{{ID: d.quarantine.ID, Place: d.quarantine.Place, Reason: d.quarantine.Reason, Held: !d.quarantine.Held.IsZero()}}
	}
	return obeyed, nil
}

// same finds the capture that a member's document with a name is the same as already; known is nil for one that is new. earlier is what it said
// before in another version, gone that its sender has withdrawn it.
func same(t *store.Tx, m wire.MemberID, k source.Key, version int64, words source.Key) (known *store.KnownDocument, earlier wire.CaptureID, gone bool, err error) {
	list, err := t.KnownDocuments(m, k)
	for i, x := range list {
		switch {
		case !x.Gone.IsZero():
			gone = true
		case x.Words == words:
			return &list[i], "", false, err
		case x.Version <= version && earlier == "":
			earlier = x.Capture
		}
	}
	return nil, earlier, gone, err
}
