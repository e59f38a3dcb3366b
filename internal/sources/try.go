package sources

import (
	"context"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/wire"
)

// tryTime is how long somebody waits for a try.
const tryTime = 40 * time.Second

// Tried is what a source would bring in now.
type Tried struct {
	URL     string // where the feed was found, after redirects; empty: nowhere
	Format  string
	Title   string
	Trouble source.Trouble
	Damage  []feed.Problem // parts that could not be read
	More    bool           // the feed has more items than are read
	Entries []TriedEntry
	First   *TriedText // of the first item that would come in; nil: none would
}

// TriedEntry is an item of the feed, and what it would be.
type TriedEntry struct {
	source.Entry
	What string // new, changed or known
}

// TriedText is a text as it would be read.
type TriedText struct {
	Captures []*wire.Capture
	OfFeed   bool           // it is the feed's own text
	Trouble  source.Trouble // why it is: the page is not to be had
	Reason   string         // why nothing was read; empty: something was
}

// Try asks an address now, for the viewer's member, and tells what would come in; nothing is stored. With an id it is the source's address
// and settings that count.
func (s *Service) Try(parent context.Context, v access.Viewer, src source.Source) (out Tried, err error) {
	if err := may(v, false); err != nil {
		return out, err
	}
	ctx, cancel := context.WithTimeout(parent, tryTime)
	defer cancel()
	defer func() {
		if err != nil && ctx.Err() != nil && parent.Err() == nil {
			err = nil
			if out.Format == "" {
				out.Trouble = source.Trouble{Code: source.Slow}
			}
		}
	}()
	if src.ID != "" {
		row, err := s.store.Source(ctx, v.Member, src.ID)
		if err != nil {
			return out, err
		}
		src = row.Source
	}
	if err := src.Check(); err != nil {
		return out, err
	}
	if src.Kind.OfMachine() {
		return s.tryMachine(ctx, v.Member, src)
	}
	accept := feedTypes
	if src.Kind != source.Feed {
		accept = pageTypes
	}
	ans, _, trouble, err := s.askAlong(ctx, outbound.Question{Address: src.Address, Max: maxFeed, Accept: accept})
	if out.Trouble = trouble; err != nil || trouble.Code != "" {
		return out, err
	}
	if src.Kind == source.Page {
		out.URL, out.Format = ans.URL, "page"
		a := s.readDocument(ctx, intake.Document{Name: fileName(ans.URL), URL: ans.URL, ContentType: ans.ContentType, Declared: src.Language, Bytes: ans.Bytes}, saidOf(source.Watched{Source: src}, source.Entry{Link: src.Address, Rights: src.Rights}, false))
		out.First = &TriedText{Captures: a.Captures}
		if len(a.Quarantined) > 0 {
			out.First.Reason, out.Trouble = a.Quarantined[0].Reason, source.Trouble{Code: source.Unreadable, Why: short(a.Quarantined[0].Reason)}
		}
		return out, nil
	}
	entries, f, trouble := s.read(src, ans)
	if f.Format == "sitemapindex" && len(f.Maps) > 0 { // of a list of sitemaps the one that changed last
		ans, _, trouble, err = s.askAlong(ctx, outbound.Question{Address: f.Maps[0].Link, Max: maxFeed, Accept: accept})
		if out.Trouble = trouble; err != nil || trouble.Code != "" {
			return out, err
		}
		if entries, f, trouble = s.read(src, ans); f.Format == "sitemapindex" {
			trouble = source.Trouble{Code: source.Index, At: short(ans.URL)}
		}
	}
	out.URL, out.Format, out.Title, out.Trouble, out.Damage, out.More = ans.URL, f.Format, f.Title, trouble, f.Damage, f.More
	keys := make([]source.Key, len(entries))
	for i, e := range entries {
		keys[i] = e.Key()
	}
	known, err := s.store.KnownEntries(ctx, src.ID, keys)
	if err != nil {
		return out, err
	}
	for i, e := range entries {
		t := TriedEntry{Entry: e, What: "new"}
		if k, ok := known[keys[i]]; ok && k.Digest == e.Digest() {
			t.What = "known"
		} else if ok {
			t.What = "changed"
		}
		out.Entries = append(out.Entries, t)
	}
	if i := slices.IndexFunc(out.Entries, func(e TriedEntry) bool { return e.What != "known" }); i >= 0 {
		out.First, err = s.tryEntry(ctx, src, out.Entries[i].Entry)
	}
	return out, err
}

// askAlong asks an address and, where that leads on to other hosts, those, each by the rules of its robots.txt, of which allow is the last.
func (s *Service) askAlong(ctx context.Context, q outbound.Question) (ans outbound.Answer, allow source.Allowance, trouble source.Trouble, err error) {
	q.Stay = true
	for range mostHops + 1 {
		if allow, trouble, err = s.askRobots(ctx, q.Address); err != nil || trouble.Code != "" {
			return ans, allow, trouble, err
		}
		if !allow.Allows(q.Address) {
			return ans, allow, source.Trouble{Code: source.Robots}, nil
		}
		ans, err = s.client.Ask(ctx, q)
		if ctx.Err() != nil {
			return ans, allow, trouble, ctx.Err()
		}
		if err != nil || ans.Elsewhere == "" {
			return ans, allow, troubleOf(ans, err), nil
		}
		q.Address = ans.Elsewhere
	}
	return ans, allow, source.Trouble{Code: source.Loop}, nil
}

// tryEntry reads one item as it would be taken in.
func (s *Service) tryEntry(ctx context.Context, src source.Source, e source.Entry) (*TriedText, error) {
	t := &TriedText{}
	row := source.Watched{Source: src}
	if e.Link == "" {
		t.OfFeed = true
	} else {
		ans, _, trouble, err := s.askAlong(ctx, outbound.Question{Address: e.Link, Max: maxPage, Accept: pageTypes})
		if err != nil {
			return nil, err
		}
		t.Trouble = trouble
		if t.Trouble.Code == "" {
			a := s.readDocument(ctx, intake.Document{Name: fileName(ans.URL), URL: ans.URL, ContentType: ans.ContentType, Declared: e.Language, Bytes: ans.Bytes}, saidOf(row, e, false))
			if t.Captures = a.Captures; len(t.Captures) > 0 {
				return t, nil
			}
			if len(a.Quarantined) > 0 {
				t.Reason = a.Quarantined[0].Reason
			}
		}
		t.OfFeed = true
	}
	if e.Text == "" {
		if t.Reason == "" {
			t.Reason = "The feed has no text of it."
		}
		return t, nil
	}
	a := s.readDocument(ctx, textDocument(row, e), saidOf(row, e, true))
	if t.Captures = a.Captures; len(t.Captures) > 0 {
		t.Reason = ""
	} else if len(a.Quarantined) > 0 {
		t.Reason = a.Quarantined[0].Reason
	}
	return t, nil
}
