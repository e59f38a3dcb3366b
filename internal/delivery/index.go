package delivery

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// index has the subscriptions in memory by what they ask for, so that an event costs what it finds, not what there is: what has changed since is read again, by its version. Groups that cannot
// find what happened, by kind, member, language or the stems of its words, are passed over; the index of the wire is asked by the others alone. It is of one goroutine.
type index struct {
	version, removed int64
	byID             map[subscription.ID]subscription.Subscription
	groups           map[string]*asking
	in               map[subscription.ID]string // the group of each that runs
	hubs             map[subscription.ID]bool   // the hub's subscribers that run
	people           map[subscription.ID]knownViewer
}

// asking are the subscriptions that ask the same of the wire in the same right.
type asking struct {
	owner subscription.Subscription // one of them: in whose right
	query browse.Query
	words search.Query
	under int  // of how many languages its words were read: with a further one they are read again
	bad   bool // its words cannot be read; the wire says why
	subs  []subscription.ID
}

// knownViewer is who somebody read as a moment ago. What is sent is decided again when it is.
type knownViewer struct {
	viewer access.Viewer
	ok     bool
	at     time.Time
}

const viewerAge = 10 * time.Second

func newIndex() *index {
	return &index{version: -1, byID: map[subscription.ID]subscription.Subscription{}, groups: map[string]*asking{}, in: map[subscription.ID]string{}, hubs: map[subscription.ID]bool{}, people: map[subscription.ID]knownViewer{}}
}

// refresh reads what has changed since the time before; all of it where something was removed.
func (s *Service) refresh(ctx context.Context, ix *index) (*index, error) {
	version, removed, err := s.store.SubscriptionVersions(ctx)
	if err != nil {
		return ix, err
	}
	if ix == nil || ix.removed != removed {
		ix = newIndex()
	}
	if ix.version == version {
		return ix, nil
	}
	changed, err := s.store.SubscriptionsChanged(ctx, ix.version)
	if err != nil {
		return nil, err
	}
	for _, x := range changed {
		s.put(ix, x)
	}
	ix.version, ix.removed = version, removed // what changed while these were read is read again
	return ix, nil
}

func (s *Service) put(ix *index, x subscription.Subscription) {
	if key, ok := ix.in[x.ID]; ok {
		g := ix.groups[key]
		if g.subs = slices.DeleteFunc(g.subs, func(id subscription.ID) bool { return id == x.ID }); len(g.subs) == 0 {
			delete(ix.groups, key)
		} else if g.owner.ID == x.ID {
			g.owner = ix.byID[g.subs[0]]
		}
		delete(ix.in, x.ID)
	}
	delete(ix.hubs, x.ID)
	delete(ix.people, x.ID)
	ix.byID[x.ID] = x
	if !x.Runs() {
		return
	}
	if x.Channel == subscription.WebSub {
		ix.hubs[x.ID] = true
	}
	right := string(x.Member)
	switch {
	case x.Public:
		right = ""
	case x.Person != "":
		right = " " + string(x.Person) + " " + right
	}
	key := fmt.Sprintf("%q %q", x.Filter.String(), right)
	g := ix.groups[key]
	if g == nil {
		g = &asking{owner: x, query: queryOf(x.Filter)}
		s.readWords(g, s.spoken())
		ix.groups[key] = g
	}
	g.subs = append(g.subs, x.ID)
	ix.in[x.ID] = key
}

// spoken counts the languages that texts here are in: what a query's words may be follows from them. It only grows.
func (s *Service) spoken() (n int) {
	for _, t := range lang.Known() {
		if s.store.HasLanguage(t) {
			n++
		}
	}
	return n
}

// readWords reads a group's words under the languages that there are now.
func (s *Service) readWords(g *asking, spoken int) {
	var err error
	g.words, err = s.browse.Words(g.query)
	g.bad, g.under = err != nil, spoken
}

// reader is who a group reads as.
func (s *Service) reader(ctx context.Context, ix *index, g *asking) (access.Viewer, bool, error) {
	if g.owner.Public || g.owner.Person == "" {
		return s.viewer(ctx, g.owner)
	}
	if k, ok := ix.people[g.owner.ID]; ok && s.Now().Sub(k.at).Abs() < viewerAge {
		return k.viewer, k.ok, nil
	}
	v, ok, err := s.viewer(ctx, g.owner)
	if err == nil {
		ix.people[g.owner.ID] = knownViewer{v, ok, s.Now()}
	}
	return v, ok, err
}

// matter is what an event is about, as a group sees it without asking the wire.
type matter struct {
	nothing   bool // there is nothing to be found
	capture   bool
	issuers   []wire.MemberID
	languages []lang.Tag
	stems     map[string]bool
}

// matters tells it of each event. Words are read where enough groups ask for some that it pays.
func (s *Service) matters(ctx context.Context, ix *index, events []store.EventRow, releases map[wire.ReleaseID]*wire.Release) ([]matter, error) {
	read := false
	asked := 0
	for _, g := range ix.groups {
		if g.query.Text != "" {
			if asked++; asked > 8 {
				read = true
				break
			}
		}
	}
	out := make([]matter, len(events))
	for i, ev := range events {
		m := &out[i]
		add := func(t lang.Tag, headline string, body []string) {
			m.languages = append(m.languages, t)
			s.store.SawLanguage(t) // it may be the first one; the wire is asked next
			if !read {
				return
			}
			if m.stems == nil {
				m.stems = map[string]bool{}
			}
			d := search.Document(t, headline, body)
			for _, text := range []string{d.Headline, d.Body} {
				for stem := range strings.SplitSeq(text, " ") {
					m.stems[stem] = true
				}
			}
		}
		if ev.Kind == wire.EventCaptured {
			m.capture = true
			c, err := s.store.Capture(ctx, wire.CaptureID(ev.Ref))
			if err != nil && !isNone(err) {
				return nil, err
			}
			if m.nothing = err != nil; !m.nothing {
				add(c.Language, c.Headline, c.Body)
			}
			continue
		}
		r := releases[wire.ReleaseID(ev.Ref)]
		if m.nothing = r == nil || kinds[ev.Kind] == "" || kinds[ev.Kind].Gone(); m.nothing {
			continue
		}
		m.issuers = r.Issuers
		for j := range r.Items {
			if v := r.Items[j].Current(); v != nil {
				add(r.Items[j].Language, v.Content.Headline, append([]string{v.Content.Subheadline}, v.Content.Body...))
			}
		}
	}
	return out, nil
}

// may reports whether a group can find any of what happened.
func (g *asking) may(all []matter) bool {
	return slices.ContainsFunc(all, func(m matter) bool {
		q := g.query
		switch {
		case m.nothing,
			m.capture && (q.Kind == "release" || q.Member != ""),
			!m.capture && (q.Kind == "capture" || q.Source != ""),
			q.Member != "" && !slices.Contains(m.issuers, q.Member),
			q.Language != "" && !slices.ContainsFunc(m.languages, func(t lang.Tag) bool { return access.LanguageMark(t) == access.LanguageMark(q.Language) }):
			return false
		}
		return g.bad || m.stems == nil || g.words.MayStand(func(stem string) bool { return m.stems[stem] })
	})
}
