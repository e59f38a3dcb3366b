package sources

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"runtime/debug"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
)

const (
	feedTypes = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
	pageTypes = "text/html, application/xhtml+xml, */*;q=0.5"
)

// visit makes one visit. A fault of this node leaves the lease to run out, and the host to whoever comes then.
func (s *Service) visit(ctx context.Context, v store.Visit) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("a visit to a source crashed", "source", v.Source.ID, "host", v.Host, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	err := s.make(ctx, v)
	if err != nil && ctx.Err() != nil { // stopped from outside: the host is free at once for whoever runs next
		s.store.Write(context.WithoutCancel(ctx), func(t *store.Tx) error {
			_, err := t.EndVisit(v, time.Time{})
			return err
		})
		return
	}
	if err != nil {
		s.log.Error("a visit to a source failed", "source", v.Source.ID, "host", v.Host, "error", err)
	}
}

func (s *Service) make(ctx context.Context, v store.Visit) error {
	if v.Entry == nil && v.Source.Kind.OfMachine() {
		if v.Source.Kind == source.Folder {
			return s.scan(ctx, v)
		}
		return s.mail(ctx, v)
	}
	target := v.Source.Address
	if v.Source.Step != "" {
		target = v.Source.Step
	}
	if v.Entry != nil {
		if target = v.Entry.Fetch; target == "" {
			target = v.Entry.Link
		}
		if target == "" {
			return s.takeText(ctx, v, "The feed has no page for it.", s.now()) // no request: nobody has to wait
		}
	}
	if age := s.now().Sub(v.RobotsAt); v.RobotsAt.IsZero() || age > robotsAge || age < 0 {
		return s.robots(ctx, v, target)
	}
	next := func() time.Time { return s.now().Add(max(s.gap, v.Allowed.Delay)) }
	allowed := v.Allowed.Allows(target)
	if v.Entry == nil {
		if !allowed {
			return s.failed(ctx, v, source.Trouble{Code: source.Robots}, nil, s.now())
		}
		return s.poll(ctx, v, target, next)
	}
	if !allowed {
		return s.takeText(ctx, v, "The site's robots.txt forbids its page.", s.now())
	}
	return s.takePage(ctx, v, target, next)
}

// robots reads a host's robots.txt (RFC 9309): one that is not there allows everything, one that cannot be read nothing, unless an earlier
// one is known.
func (s *Service) robots(ctx context.Context, v store.Visit, target string) error {
	a, trouble, err := s.askRobots(ctx, target)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	at := s.now()
	if trouble.Code != "" {
		if v.RobotsAt.IsZero() {
			if v.Entry != nil {
				return s.later(ctx, v, trouble, at.Add(s.gap))
			}
			return s.failed(ctx, v, trouble, nil, at.Add(s.gap))
		}
		a, at = v.Allowed, at.Add(time.Hour-robotsAge) // what it said last holds; it is asked again in an hour
	}
	return s.store.Write(ctx, func(t *store.Tx) error {
		if err := t.PutRobots(v.Host, a, at); err != nil {
			return err
		}
		_, err := t.EndVisit(v, s.now().Add(max(s.gap, a.Delay)))
		return err
	})
}

func (s *Service) askRobots(ctx context.Context, target string) (a source.Allowance, _ source.Trouble, err error) {
	u, err := url.Parse(target)
	if err != nil {
		return a, source.Trouble{Code: source.NoAddress}, nil
	}
	ans, err := s.client.Ask(ctx, outbound.Question{Address: (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}).String(), Max: source.MaxRobots, Accept: "text/plain, */*;q=0.5"})
	switch trouble := troubleOf(ans, err); {
	case ctx.Err() != nil:
		return a, trouble, ctx.Err()
	case err != nil && (trouble.Code == source.TooLarge || trouble.Code == source.Encoding):
		return a, source.Trouble{Code: source.RobotsBroken, Why: trouble.Sentence()}, nil
	case err != nil:
		return a, trouble, nil // the host itself is the matter
	case ans.Status/100 == 2:
		return source.ReadRobots(ans.Bytes, agent), source.Trouble{}, nil
	case ans.Status/100 == 4 && ans.Status != 429:
		return a, source.Trouble{}, nil
	default:
		return a, source.Trouble{Code: source.RobotsBroken, Status: ans.Status}, nil
	}
}

// troubleOf tells what an answer or a failure means for who asked; the zero Trouble for 2xx and 304.
func troubleOf(ans outbound.Answer, err error) source.Trouble {
	if err == nil {
		t := source.Trouble{Status: ans.Status}
		switch {
		case ans.Status/100 == 2, ans.Status == 304:
			return source.Trouble{}
		case ans.Status == 429, ans.Status == 503 && ans.RetryAfter > 0:
			t.Code = source.Overload
		case ans.Status == 404, ans.Status == 410:
			t.Code = source.Gone
		case slices.Contains([]int{401, 402, 403, 407, 451}, ans.Status):
			t.Code = source.Refused
		case ans.Status/100 == 5:
			t.Code = source.Broken
		default:
			t.Code = source.Odd
		}
		return t
	}
	switch kind := fault.KindOf(err); {
	case kind == fault.ForbiddenAddress:
		return source.Trouble{Code: source.Forbidden}
	case kind == fault.Invalid:
		return source.Trouble{Code: source.NoAddress}
	case kind == fault.TooLarge:
		return source.Trouble{Code: source.TooLarge}
	case kind == fault.Unsupported:
		return source.Trouble{Code: source.Encoding}
	case errors.Is(err, outbound.ErrLoop):
		return source.Trouble{Code: source.Loop}
	case errors.Is(err, outbound.ErrSlow):
		return source.Trouble{Code: source.Slow}
	case kind == fault.Unavailable:
		return source.Trouble{Code: source.Unreachable}
	}
	return source.Trouble{Code: source.Internal}
}

// patience is when a host that asks for it may be asked again.
func patience(ans outbound.Answer, trouble source.Trouble, now, next time.Time) time.Time {
	if trouble.Code != source.Overload {
		return next
	}
	wait := ans.RetryAfter
	if wait == 0 {
		wait = 5 * time.Minute
	}
	if at := now.Add(min(wait, maxRetry)); at.After(next) {
		return at
	}
	return next
}

// failed notes a poll that brought nothing. What could not be read goes to quarantine, of a row of failures the first.
func (s *Service) failed(ctx context.Context, v store.Visit, trouble source.Trouble, doc *intake.Document, next time.Time) error {
	now := s.now()
	st := v.Source.State
	if len(st.Parts) > 0 { // one sitemap of a list: the others are asked
		st.Trouble = trouble
		step(&st, v.Source.Source, now)
		return s.store.Write(ctx, func(t *store.Tx) error {
			if err := t.PutState(v.Source.Source, st); err != nil {
				return err
			}
			_, err := t.EndVisit(v, next)
			return err
		})
	}
	st.LastPoll, st.Errors, st.Trouble, st.Step, st.Hops, st.Ever = now, st.Errors+1, trouble, "", 0, false
	st.Due = source.Next(v.Source.Interval, st.Errors, now)
	if next.After(st.Due) {
		st.Due = next
	}
	s.log.Info("a source could not be read", "source", v.Source.ID, "code", trouble.Code, "status", trouble.Status, "line", trouble.Line, "errors", st.Errors)
	write := func(t *store.Tx) error {
		if err := t.PutState(v.Source.Source, st); err != nil {
			return err
		}
		_, err := t.EndVisit(v, next)
		return err
	}
	if doc == nil || len(doc.Bytes) == 0 || st.Errors > 1 {
		return s.store.Write(ctx, write)
	}
	place := ""
	if trouble.Line > 0 {
		place = fmt.Sprint("line ", trouble.Line)
	}
	a := s.receive.Quarantine(*doc, place, trouble.Sentence(), nil)
	a.ListOf(v.Source.ID)
	return s.receive.Keep(ctx, s.viewer(v), a, write)
}

func (s *Service) viewer(v store.Visit) access.Viewer {
	return access.Viewer{Member: v.Source.Member, Scopes: []access.Scope{access.Intake}}
}

// step makes the next sitemap of a list what is asked next, at once; after the last one the source waits for its next poll.
func step(st *source.State, src source.Source, now time.Time) {
	if len(st.Parts) > 0 {
		st.Parts = st.Parts[1:]
	}
	st.Step, st.Hops, st.Ever = "", 0, false
	if st.Due = source.Next(src.Interval, 0, now); len(st.Parts) > 0 {
		st.Step, st.Due = st.Parts[0].Address, now
	} else {
		st.Parts = nil
	}
}

// poll asks a feed, a list or a page: target, which is its address, where that leads, or a sitemap of its list.
func (s *Service) poll(ctx context.Context, v store.Visit, target string, next func() time.Time) error {
	src := v.Source
	q := outbound.Question{Address: target, Max: maxFeed, Accept: feedTypes, Stay: true}
	if len(src.Parts) == 0 {
		q.ETag, q.Modified = src.ETag, src.Modified
	}
	if src.Kind != source.Feed {
		q.Accept = pageTypes
	}
	ans, err := s.client.Ask(ctx, q)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	ctx = context.WithoutCancel(ctx) // what has come is kept, also by a node that stops
	if err == nil && ans.Elsewhere != "" {
		return s.leads(ctx, v, ans, next())
	}
	if trouble := troubleOf(ans, err); trouble.Code != "" {
		return s.failed(ctx, v, trouble, nil, patience(ans, trouble, s.now(), next()))
	}
	now := s.now()
	st := src.State
	first := st.LastGood.IsZero()
	if len(st.Parts) == 0 {
		st.LastPoll, st.LastGood, st.Errors, st.Trouble, st.Moved = now, now, 0, source.Trouble{}, ""
		if ans.Moved != src.Address && ans.Moved != "" && (st.Hops == 0 || st.Ever) || st.Hops > 0 && st.Ever {
			if st.Moved = ans.Moved; st.Moved == "" {
				st.Moved = ans.URL
			}
		}
	}
	if ans.Status == 304 {
		step(&st, src.Source, now)
		return s.polled(ctx, v, st, next())
	}
	if src.Kind == source.Page {
		return s.watch(ctx, v, st, ans, next())
	}
	entries, f, trouble := s.read(src.Source, ans)
	if trouble.Code != "" && f.Format == "" {
		doc := intake.Document{Name: fileName(ans.URL), URL: ans.URL, ContentType: ans.ContentType, Bytes: ans.Bytes}
		return s.failed(ctx, v, trouble, &doc, next())
	}
	if f.Format == "sitemapindex" {
		return s.list(ctx, v, st, f, trouble, next())
	}
	if len(st.Parts) > 0 {
		part := st.Parts[0]
		most := -1
		if st.Fresh {
			most = max(0, firstItems-int(src.Items+src.Waiting))
		}
		whole, err := s.note(ctx, src, &st, entries, most)
		if err != nil {
			return err
		}
		if trouble.Code != "" {
			st.Trouble = trouble
		} else if whole && part.Changed != "" {
			if st.Maps == nil || len(st.Maps) > 2*feed.MaxMaps {
				st.Maps = map[string]string{}
			}
			st.Maps[part.Address] = part.Changed
		}
		step(&st, src.Source, now)
		return s.polled(ctx, v, st, next())
	}
	st.Trouble, st.Format, st.Title, st.ETag, st.Modified = trouble, f.Format, f.Title, "", ""
	most := -1
	if first {
		most = firstItems
	}
	whole, err := s.note(ctx, src, &st, entries, most)
	if err != nil {
		return err
	}
	if whole && trouble.Code == "" { // otherwise it is asked for again, changed or not
		st.ETag, st.Modified = ans.ETag, ans.Modified
	}
	step(&st, src.Source, now)
	return s.polled(ctx, v, st, next())
}

// polled writes how a source fares and ends the visit.
func (s *Service) polled(ctx context.Context, v store.Visit, st source.State, next time.Time) error {
	return s.store.Write(ctx, func(t *store.Tx) error {
		if err := t.PutState(v.Source.Source, st); err != nil {
			return err
		}
		_, err := t.EndVisit(v, next)
		return err
	})
}

// mostHops is how often an address may lead on to other hosts.
const mostHops = 5

// leads gives a source that leads to another host its next turn there: that host's robots.txt and its other visitors count.
func (s *Service) leads(ctx context.Context, v store.Visit, ans outbound.Answer, next time.Time) error {
	st := v.Source.State
	if st.Hops++; st.Hops > mostHops {
		return s.failed(ctx, v, source.Trouble{Code: source.Loop, At: short(ans.Elsewhere)}, nil, next)
	}
	st.Ever = ans.Forever && (st.Hops == 1 || st.Ever)
	st.Step, st.Due = ans.Elsewhere, s.now()
	return s.polled(ctx, v, st, next)
}

// list notes the sitemaps of a list that changed since they were asked last; the first of them is asked next. Those of other hosts are passed over
// (sitemaps.org wants a proof of such that nobody gives), and so is a list within the list.
func (s *Service) list(ctx context.Context, v store.Visit, st source.State, f feed.Feed, trouble source.Trouble, next time.Time) error {
	if len(st.Parts) > 0 {
		return s.failed(ctx, v, source.Trouble{Code: source.Index, At: short(st.Parts[0].Address)}, nil, next)
	}
	st.Trouble, st.Format, st.Title, st.ETag, st.Modified = trouble, f.Format, "", "", ""
	st.Fresh = v.Source.LastGood.IsZero()
	st.Parts = []source.Part{{}} // the list itself, which step passes over
	from := source.Host(v.Source.Address)
	if v.Source.Step != "" {
		from = source.Host(v.Source.Step)
	}
	if len(f.Maps) == 0 {
		return s.failed(ctx, v, source.Trouble{Code: source.Empty}, nil, next)
	}
	if !slices.ContainsFunc(f.Maps, func(m feed.Map) bool { return source.Host(m.Link) == from }) {
		return s.failed(ctx, v, source.Trouble{Code: source.Index, At: short(f.Maps[0].Link)}, nil, next)
	}
	for _, m := range f.Maps {
		if source.Host(m.Link) == from && (m.Changed == "" || st.Maps[m.Link] != m.Changed) {
			st.Parts = append(st.Parts, source.Part{Address: m.Link, Changed: m.Changed})
		}
	}
	step(&st, v.Source.Source, s.now())
	return s.polled(ctx, v, st, next)
}

// watch takes a page in whose words have changed since it was read last.
func (s *Service) watch(ctx context.Context, v store.Visit, st source.State, ans outbound.Answer, next time.Time) error {
	src := v.Source
	st.Format, st.ETag, st.Modified = "page", ans.ETag, ans.Modified
	now := s.now()
	step(&st, src.Source, now)
	e := source.Entry{Link: src.Address, Language: src.Language, Rights: src.Rights}
	doc := intake.Document{Name: fileName(ans.URL), URL: ans.URL, ContentType: ans.ContentType, Declared: src.Language, Bytes: ans.Bytes}
	a := s.readDocument(ctx, doc, saidOf(src, e, false))
	if len(a.Captures) == 0 {
		trouble := source.Trouble{Code: source.Unreadable}
		if len(a.Quarantined) > 0 {
			trouble.Why = short(a.Quarantined[0].Reason)
		}
		again := src.Trouble.Code == source.Unreadable
		v.Source.ETag, v.Source.Modified = st.ETag, st.Modified
		if !again {
			if err := s.receive.Keep(ctx, s.viewer(v), a, func(*store.Tx) error { return nil }); err != nil {
				return err
			}
		}
		return s.failed(ctx, v, trouble, nil, next)
	}
	was, known, err := s.store.Entry(ctx, src.ID, e.Key())
	if err != nil {
		return err
	}
	words := wordsOf(a.Captures)
	if known && was.Words == words {
		return s.polled(ctx, v, st, next)
	}
	if known {
		for _, c := range a.Captures {
			if c.Fed != nil && c.ID != was.Capture {
				c.Fed.Earlier = was.Capture
			}
		}
	}
	s.came(&st, now, 1)
	return s.receive.Keep(ctx, s.viewer(v), a, func(t *store.Tx) error {
		if err := t.PutTaken(src.ID, e.Key(), e.Digest(), words, v.Host, a.Captures[0].ID, true, now); err != nil {
			return err
		}
		if err := t.PutState(src.Source, st); err != nil {
			return err
		}
		_, err := t.EndVisit(v, next)
		return err
	})
}

// came notes that n items came now.
func (s *Service) came(st *source.State, now time.Time, n int) {
	if !st.LastItem.IsZero() && now.After(st.LastItem) {
		st.Rhythm = st.Rhythm.Came(now.Sub(st.LastItem), n)
	}
	st.LastItem = now
}

// read reads a feed, one at a time on this node. The trouble of a feed without a format is that nothing could be read.
func (s *Service) read(src source.Source, ans outbound.Answer) (entries []source.Entry, f feed.Feed, trouble source.Trouble) {
	s.reading <- struct{}{}
	defer func() { <-s.reading }()
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("reading a feed crashed", "source", src.ID, "panic", p, "stack", string(debug.Stack()))
			entries, f, trouble = nil, feed.Feed{}, source.Trouble{Code: source.Internal}
		}
	}()
	b, contentType, trouble := unzipped(ans)
	if trouble.Code != "" {
		return nil, feed.Feed{}, trouble
	}
	if src.Kind == source.List {
		return s.links(src, intake.Decode(b, contentType), ans.URL)
	}
	f, err := feed.Read(intake.Decode(b, feed.Charset(b, contentType)), ans.URL)
	var p *feed.Problem
	switch {
	case errors.As(err, &p):
		return nil, feed.Feed{}, source.Trouble{Code: source.Code(p.Code), Line: p.Line, At: p.At, Why: short(p.Why)}
	case err != nil:
		return nil, feed.Feed{}, source.Trouble{Code: source.Internal}
	}
	if len(f.Damage) > 0 {
		trouble = source.Trouble{Code: source.Code(f.Damage[0].Code), Line: f.Damage[0].Line, Why: short(f.Damage[0].Why)}
	}
	now := s.now()
	for _, x := range f.Entries {
		entries = append(entries, entryOf(src, f, x, now))
	}
	if f.Format == "sitemap" { // in whatever order its program made it
		slices.SortStableFunc(entries, func(a, b source.Entry) int { return b.At.Compare(a.At) })
	}
	return entries, f, trouble
}

// maxUnzipped is what a compressed sitemap may hold, in bytes.
const maxUnzipped = 32 << 20

// unzipped undoes the compression of a file that is compressed itself, as sitemap.xml.gz is; one layer of it.
func unzipped(ans outbound.Answer) ([]byte, string, source.Trouble) {
	if !bytes.HasPrefix(ans.Bytes, []byte{0x1f, 0x8b}) {
		return ans.Bytes, ans.ContentType, source.Trouble{}
	}
	z, err := gzip.NewReader(bytes.NewReader(ans.Bytes))
	if err != nil {
		return nil, "", source.Trouble{Code: source.Damaged, Why: short(err.Error())}
	}
	b, err := io.ReadAll(io.LimitReader(z, maxUnzipped+1))
	switch {
	case len(b) > maxUnzipped:
		return nil, "", source.Trouble{Code: source.TooLarge}
	case errors.Is(err, io.ErrUnexpectedEOF) && len(b) > 0:
		return b, "", source.Trouble{} // what is there is read, and says that it is cut off
	case err != nil:
		return nil, "", source.Trouble{Code: source.Damaged, Why: short(err.Error())}
	}
	return b, "", source.Trouble{}
}

// links are the items of a list page.
func (s *Service) links(src source.Source, text, base string) ([]source.Entry, feed.Feed, source.Trouble) {
	title, list := feed.Links(text, base, src.Fits)
	f := feed.Feed{Format: "list", Title: title}
	var out []source.Entry
	for _, l := range list {
		out = append(out, source.Entry{Link: l, Language: src.Language, Rights: src.Rights, Feed: title})
	}
	if len(out) == 0 {
		return nil, feed.Feed{}, source.Trouble{Code: source.NoLinks}
	}
	return out, f, source.Trouble{}
}

func short(s string) string {
	if len(s) > 200 {
		s = s[:200]
	}
	return s
}

func entryOf(src source.Source, f feed.Feed, x feed.Entry, now time.Time) source.Entry {
	e := source.Entry{ID: x.ID, Link: x.Link, Title: x.Title, Published: x.Published, Updated: x.Updated, Authors: x.Authors, Categories: x.Categories,
		Text: x.Content, Whole: x.Content != "", Rights: x.Rights, Feed: f.Title}
	if e.Text == "" {
		e.Text = x.Summary
	}
	if len(e.Text) > maxText {
		e.Text, e.Whole = "", false // a part would pass for the whole
	}
	for _, raw := range []string{x.Published, x.Updated} {
		if at, day, ok := source.Date(raw, now); ok {
			e.At, e.Day = at, day
			break
		}
	}
	for _, raw := range []string{x.Language, f.Language, string(src.Language)} {
		if t, err := lang.Parse(raw); err == nil && t != lang.Und {
			e.Language = t
			break
		}
	}
	if e.Rights == "" {
		e.Rights = f.Rights
	}
	if e.Rights == "" {
		e.Rights = src.Rights
	}
	return e
}

// note writes down what a feed shows that is not known, or has changed, a part at a time: a long feed must not hold the writer. After
// a crash the same feed is read again, and what is noted is known. whole is false when too much waits already and something was left for a
// later poll. Of a source that is asked for the first time the newest most wait to be taken in, the others are passed over; -1: all wait.
func (s *Service) note(ctx context.Context, src source.Watched, st *source.State, entries []source.Entry, most int) (whole bool, _ error) {
	first := most >= 0
	keys := make([]source.Key, len(entries))
	for i, e := range entries {
		keys[i] = e.Key()
	}
	known, err := s.store.KnownEntries(ctx, src.ID, keys)
	if err != nil {
		return false, err
	}
	now := s.now()
	whole = true
	var fresh []source.Entry
	var seen []source.Key
	listed := map[source.Key]bool{}
	for i, e := range entries {
		if listed[keys[i]] { // the same item twice in one feed: the first counts
			continue
		}
		listed[keys[i]] = true
		k, ok := known[keys[i]]
		switch {
		case ok && k.Digest == e.Digest():
			if now.Sub(k.Seen) > 24*time.Hour {
				seen = append(seen, keys[i])
			}
		case first || int(src.Waiting)+len(fresh) < maxWaiting:
			fresh = append(fresh, e)
		default:
			whole = false
		}
	}
	came, newest := 0, time.Time{}
	var dates []time.Time
	for n, part := 0, fresh; len(part) > 0; {
		now := part[:min(len(part), 50)]
		part = part[len(now):]
		var what []string
		if err := s.store.Write(ctx, func(t *store.Tx) error {
			what = what[:0]
			for i, e := range now {
				w, err := t.PutEntry(src.ID, e, turnHost(src, e), !first || n+i < most, s.now())
				if err != nil {
					return err
				}
				what = append(what, w)
			}
			return nil
		}); err != nil {
			return false, err
		}
		for i, w := range what {
			if w != store.EntryNew {
				continue
			}
			came++
			if at := now[i].At; !at.IsZero() && !at.After(s.now()) {
				dates = append(dates, at)
				if at.After(newest) {
					newest = at
				}
			}
		}
		n += len(now)
	}
	if len(seen) > 0 {
		if err := s.store.Write(ctx, func(t *store.Tx) error { return t.SeenEntries(src.ID, seen, now) }); err != nil {
			return false, err
		}
	}
	if came == 0 {
		return whole, nil
	}
	if newest.IsZero() {
		newest = now
	}
	switch {
	case first:
		slices.SortFunc(dates, time.Time.Compare)
		st.Rhythm = source.FromDates(dates[max(0, len(dates)-30):])
		st.LastItem = newest
	case newest.After(st.LastItem):
		if !st.LastItem.IsZero() {
			st.Rhythm = st.Rhythm.Came(newest.Sub(st.LastItem), came)
		}
		st.LastItem = newest
	}
	return whole, nil
}

// turnHost is where an item has its turn: at its page's host; without a page at its feed's.
func turnHost(src source.Watched, e source.Entry) string {
	if h := source.Host(e.Link); h != "" {
		return h
	}
	return src.Host()
}
