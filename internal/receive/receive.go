// Package receive takes documents in from outside: their raw bytes are kept under their hash, intake
// reads them, and what it finds becomes captures, searchable in the transaction that writes them. What
// cannot be read goes to quarantine with file, place and reason; nothing disappears. The same bytes
// twice are one thing.
package receive

import (
	"context"
	"encoding/json"
	"mime"
	"net/url"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Service receives.
type Service struct {
	store *store.Store
	blobs blob.Store
	now   func() time.Time
	read  func(intake.Document, time.Time) ([]intake.Article, error)
}

// New makes the service over a store and a folder of documents.
func New(s *store.Store, b blob.Store, now func() time.Time) *Service {
	return &Service{s, b, now, intake.Read}
}

// Result is what became of one document.
type Result struct {
	Name        string
	Captures    []wire.CaptureID
	Quarantined []Quarantined
}

// Quarantined is a document that could not be read.
type Quarantined struct {
	ID     string `json:"id" doc:"SHA-256 of its bytes"`
	Place  string `json:"place" doc:"Where in the document, as far as it is known"`
	Reason string `json:"reason"`
	Held   bool   `json:"held,omitempty" doc:"It is under embargo and is read by itself when that ends, if its sender states an end"`
}

// batch bounds how many documents are written in one transaction.
const batch = 500

// Import takes documents in, at most 500 at a time, and says for each, in order, what became of it.
// An error is one of the whole import (no right, a full disk); unreadable documents are results.
func (s *Service) Import(ctx context.Context, v access.Viewer, docs []intake.Document) (_ []Result, err error) {
	defer fault.Wrap(&err, "import")
	if !v.Has(access.Intake) {
		return nil, fault.E(fault.NotAllowed, "Bringing material in needs the scope intake.")
	}
	if len(docs) > batch {
		return nil, fault.E(fault.TooLarge, "At most %d documents at a time.", batch)
	}
	release, err := s.hold(ctx, docs...)
	if err != nil {
		return nil, err
	}
	defer release()
	known := s.known(ctx, docs)
	read := make([]document, len(docs))
	var wg sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range docs {
		wg.Add(1)
		turn <- struct{}{}
		go func() {
			defer func() { <-turn; wg.Done() }()
			doc := docs[i]
			doc.Known = known[site(doc.URL)]
			read[i] = s.prepare(doc, nil)
			read[i].err = s.put(ctx, &read[i].raw, doc.Bytes)
		}()
	}
	wg.Wait()
	for i := range read {
		if read[i].err != nil {
			return nil, read[i].err
		}
	}
	err = s.store.Write(ctx, func(t *store.Tx) error {
		for i := range read {
			if err := read[i].write(t, v.Member); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]Result, len(read))
	for i, d := range read {
		out[i] = d.result
	}
	return out, nil
}

// document is one document, read and ready to be written.
type document struct {
	raw        store.RawRow
	captures   []*wire.Capture
	index      []store.IndexDoc
	quarantine *store.QuarantineRow
	site       string // the host it came from; "" for what came by hand
	address    string
	lines      []intake.LineKey
	gone       []source.Key // documents that it takes back
	others     bool         // it says something else too
	result     Result
	err        error // of the node: its bytes could not be put
}

// hold sees to it that what is put has its row before anyone can find it unneeded. Who puts nothing in files waits for nobody's.
func (s *Service) hold(ctx context.Context, docs ...intake.Document) (release func(), err error) {
	if !slices.ContainsFunc(docs, func(d intake.Document) bool { return len(d.Bytes) > store.SmallRaw }) {
		return func() {}, nil
	}
	return s.blobs.Hold(ctx)
}

// put makes a document's bytes ready for its row: small ones go into it, large ones into the folder.
func (s *Service) put(ctx context.Context, r *store.RawRow, b []byte) (err error) {
	if len(b) <= store.SmallRaw {
		r.Bytes = append([]byte{}, b...) // never nil, also for an empty document
		return nil
	}
	_, err = s.blobs.Put(ctx, b)
	return err
}

// prepare reads a document, with what was said of it where it was found (may be nil); all that takes time happens here, outside
// any transaction.
func (s *Service) prepare(doc intake.Document, said *Said) (d document) {
	now := s.now()
	hash := blob.Hash(doc.Bytes)
	if doc.Name = path.Base(strings.ReplaceAll(doc.Name, `\`, "/")); strings.Trim(doc.Name, "./") == "" { // where it lay is nobody's business
		doc.Name = "" // it had none
	}
	d.result.Name = doc.Name
	d.raw = store.RawRow{Hash: hash, Name: doc.Name, ContentType: mediaType(doc.ContentType), Length: int64(len(doc.Bytes)), Arrived: now}
	articles, err := s.articles(doc, now)
	if err != nil {
		reason, place := fault.Public(err)
		if fault.KindOf(err) == fault.Internal {
			reason = "This document could not be read: " + err.Error()
		}
		d.quarantine = s.quarantined(doc, said, place, reason)
		d.gone, d.others = held(d.quarantine, err)
		d.result.Quarantined = []Quarantined{{ID: hash, Place: place, Reason: reason, Held: !d.quarantine.Held.IsZero()}}
		return d
	}
	if d.site = site(doc.URL); d.site != "" {
		d.address, d.lines = doc.URL, intake.Lines(articles)
	}
	said.complete(articles)
	for _, a := range articles {
		c := capture(a, doc, hash, now)
		if said != nil {
			c.Fed = said.Fed
		}
		if a.GUID != "" || a.Rights != "" || a.Urgency > 0 {
			c.Sent = &wire.Sent{GUID: a.GUID, Version: a.Version, Rights: a.Rights, Urgency: a.Urgency}
		}
		d.captures = append(d.captures, c)
		d.index = append(d.index, publish.DocumentOfCapture(c))
		d.result.Captures = append(d.result.Captures, c.ID)
	}
	return d
}

// articles reads a document. If what reads it crashes, that is the document's matter and not the node's.
func (s *Service) articles(doc intake.Document, now time.Time) (as []intake.Article, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.E(fault.Unsupported, "Reading this document ended in a crash (%.200v). It is kept as it came.", p)
		}
	}()
	return s.read(doc, now)
}

// quarantined is a document's row of the quarantine.
func (s *Service) quarantined(doc intake.Document, said *Said, place, reason string) *store.QuarantineRow {
	q := &store.QuarantineRow{ID: blob.Hash(doc.Bytes), Name: doc.Name, Address: doc.URL, Place: place, Reason: reason, Arrived: s.now()}
	if said != nil && said.Fed != nil {
		q.Source, q.Item = source.ID(said.Fed.Source), true
	}
	if b, err := json.Marshal(Context{doc.URL, doc.ContentType, doc.Declared, said, doc.Fetched}); err == nil && len(b) < 64<<10 {
		q.Context = string(b)
	}
	return q
}

// write writes a document that a member brought in. The captures that it made, and the result, become those that stand: the same document with the
// same words by another way makes none.
func (d *document) write(t *store.Tx, m wire.MemberID) error {
	if err := t.PutRaw(d.raw); err != nil {
		return err
	}
	if d.quarantine != nil {
		d.quarantine.Member = m
		if obeyed, err := d.withdraw(t, m); err != nil || obeyed {
			return err
		}
		return t.PutQuarantine(*d.quarantine)
	}
	for i, c := range d.captures {
		brought(c, m)
		known, err := d.named(t, m, c)
		if err != nil {
			return err
		}
		if d.result.Captures[i] = c.ID; known != "" {
			d.result.Captures[i] = known
			continue
		}
		c, corrected, err := stays(t, c, len(d.captures) == 1)
		if err != nil {
			return err
		}
		fresh, err := t.PutCapture(c)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		index := d.index[i]
		if corrected || !c.Gone.IsZero() {
			index = publish.DocumentOfCapture(c)
		}
		if err := t.Index(c.Position, index); err != nil {
			return err
		}
	}
	if d.site == "" {
		return nil
	}
	return t.PutSitePage(d.site, d.address, d.lines, d.raw.Arrived)
}

// brought notes for which member a capture came, where what it is called or its address is only its sender's word. Who runs the node is taken at his.
func brought(c *wire.Capture, m wire.MemberID) {
	claimed := c.SourceURL != "" && !c.Fetched && (c.Fed == nil || c.Fed.TextOfFeed)
	switch {
	case m == "":
		c.Fetched = c.Fetched || claimed && c.Fed == nil
	case c.Sent != nil:
		c.Sent.To = m
	case claimed:
		c.Sent = &wire.Sent{To: m}
	}
}

// named notes a document that its sender gives a name. known is the capture that it is the same as.
func (d *document) named(t *store.Tx, m wire.MemberID, c *wire.Capture) (known wire.CaptureID, err error) {
	if c.Sent == nil || c.Sent.GUID == "" {
		return "", nil
	}
	k, words := source.GUID(c.Sent.GUID), source.Words(c.Headline, c.Body)
	was, earlier, gone, err := same(t, m, k, int64(c.Sent.Version), words)
	switch {
	case err != nil:
		return "", err
	case was != nil:
		return was.Capture, nil
	case gone: // it was withdrawn, and what is shown of it now is what was shown then
		c.Headline, c.Body, c.Removed, c.Dateline, c.Credits, c.Bylines, c.Gone = "", nil, nil, "", nil, nil, d.raw.Arrived
		return "", t.PutDocument(m, k, store.KnownDocument{Version: int64(c.Sent.Version), Capture: c.ID, Gone: d.raw.Arrived})
	}
	if earlier != c.ID {
		c.Sent.Earlier = earlier
	}
	return "", t.PutDocument(m, k, store.KnownDocument{Version: int64(c.Sent.Version), Words: words, Capture: c.ID})
}

// known is what the hosts of the documents are known to repeat on their pages. A memory that cannot be read is none: the
// pages are then read by the rules alone.
func (s *Service) known(ctx context.Context, docs []intake.Document) map[string]map[intake.LineKey]bool {
	out := map[string]map[intake.LineKey]bool{}
	for _, d := range docs {
		host := site(d.URL)
		if _, asked := out[host]; asked || host == "" {
			continue
		}
		pages, err := s.store.SitePages(ctx, host)
		if err != nil {
			pages = nil
		}
		out[host] = intake.Furniture(pages)
	}
	return out
}

// site is the host of an address, "" for what is none.
func site(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

func mediaType(s string) string {
	if t, _, err := mime.ParseMediaType(s); err == nil && len(t) <= 100 {
		return t
	}
	return "application/octet-stream"
}

func capture(a intake.Article, doc intake.Document, hash string, now time.Time) *wire.Capture {
	c := &wire.Capture{
		ID: wire.NewCaptureID(hash, a.N), URI: wire.CaptureURI(hash, a.N), RawHash: hash, FileName: doc.Name, N: a.N,
		Language: a.Detection.Tag, Confidence: a.Detection.Confidence, Headline: a.Headline, Body: a.Paragraphs, Dateline: a.Dateline,
		Credits: a.Credits, Bylines: a.Bylines, MachineTranslated: a.MachineTranslated, Truncated: a.Truncated,
		Removed: a.Removed, HiddenMarks: a.HiddenMarks, Notes: a.Notes, ArrivedAt: now,
	}
	if strings.HasPrefix(doc.URL, "http://") || strings.HasPrefix(doc.URL, "https://") {
		c.SourceURL, c.Fetched = doc.URL, doc.Fetched
	}
	if a.Date != nil {
		c.Date = &wire.StatedDate{Value: a.Date.Value, Precision: a.Date.Precision, Raw: a.Date.Raw}
	}
	for _, x := range a.Attribution {
		c.Attribution = append(c.Attribution, wire.Attribution{Relation: x.Relation, Source: x.Source, Text: x.Text})
	}
	return c
}
