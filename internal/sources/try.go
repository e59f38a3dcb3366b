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
	allow, trouble, err := s.askRobots(ctx, src.Address)
	if err != nil || trouble.Code != "" {
		out.Trouble = trouble
		return out, err
	}
	if !allow.Allows(src.Address) {
		out.Trouble.Code = source.Robots
		return out, nil
	}
	ans, err := s.client.Ask(ctx, outbound.Question{Address: src.Address, Max: maxFeed, Accept: feedTypes})
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	if out.Trouble = troubleOf(ans, err); out.Trouble.Code != "" {
		return out, nil
	}
	entries, f, trouble := s.read(src, ans)
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
		out.First, err = s.tryEntry(ctx, src, out.Entries[i].Entry, allow)
	}
	return out, err
}

// tryEntry reads one item as it would be taken in.
func (s *Service) tryEntry(ctx context.Context, src source.Source, e source.Entry, allow source.Allowance) (*TriedText, error) {
	t := &TriedText{}
	row := source.Watched{Source: src}
	if e.Link == "" {
		t.OfFeed = true
	} else {
		if source.Host(e.Link) != source.Host(src.Address) {
			var err error
			if allow, t.Trouble, err = s.askRobots(ctx, e.Link); err != nil {
				return nil, err
			}
		}
		if t.Trouble.Code == "" && !allow.Allows(e.Link) {
			t.Trouble.Code = source.Robots
		}
		var ans outbound.Answer
		if t.Trouble.Code == "" {
			var err error
			ans, err = s.client.Ask(ctx, outbound.Question{Address: e.Link, Max: maxPage, Accept: pageTypes})
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			t.Trouble = troubleOf(ans, err)
		}
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
