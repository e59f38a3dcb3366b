package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/browse/render"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

const (
	feedsPath   = "/feeds/"
	feedEntries = 30 // of one page, where nobody asks for another number
	feedMost    = 100
)

// feedForms are the forms of a feed, by the ending of its address.
var feedForms = map[string]struct {
	mediaType string
	write     func(render.FeedDoc) ([]byte, error)
}{
	"atom": {feed.AtomType, func(d render.FeedDoc) ([]byte, error) { return d.Atom(), nil }},
	"rss":  {feed.RSSType, func(d render.FeedDoc) ([]byte, error) { return d.RSS(), nil }},
	"json": {feed.JSONType, func(d render.FeedDoc) ([]byte, error) { return d.JSON() }},
}

var errNoFeed = fault.E(fault.NotFound, "There is no such feed. Feeds are /feeds/all, /feeds/lang/kk, /feeds/member/NAME, /feeds/search and, for its own member, /feeds/desk/ID, each with .atom, .rss or .json at its end.")

// feedAddress reads /feeds/all.atom, /feeds/lang/kk.rss, /feeds/member/altinsu.json, /feeds/search.atom?q= and /feeds/search/words.atom, each with the filters of the
// wire's address behind it; or /feeds/desk/ID.atom. Unknown parameters are ignored, as those that feed readers add.
func feedAddress(u *url.URL) (q browse.Query, desk people.DeskID, form string, err error) {
	rest := strings.TrimPrefix(u.Path, feedsPath)
	dot := strings.LastIndexByte(rest, '.')
	if dot < 0 {
		return q, "", "", errNoFeed
	}
	place, form := rest[:dot], rest[dot+1:]
	if _, ok := feedForms[form]; !ok {
		return q, "", "", errNoFeed
	}
	v := u.Query()
	kind, name, named := strings.Cut(place, "/")
	switch {
	case (kind == "all" || kind == "search") && !named:
	case kind == "lang" && name != "":
		v.Set("lang", name)
	case kind == "member" && name != "":
		v.Set("member", name)
	case kind == "search" && name != "":
		v.Set("q", name)
	case kind == "desk" && name != "" && len(name) <= 64:
		desk = people.DeskID(name)
		if v.Get("q") != "" || v.Get("source") != "" || v.Get("member") != "" || v.Get("kind") != "" {
			return q, "", "", fault.Field("q", "The feed of a desk is narrowed by lang, since and before alone.")
		}
	default:
		return q, "", "", errNoFeed
	}
	for field, most := range map[string]int{"q": 1000, "lang": 40, "member": 40, "source": 200, "since": 40, "before": 40, "cursor": 500, "limit": 3, "kind": 10} {
		if len(v.Get(field)) > most {
			return q, "", "", fault.Field(field, "This part of the address is too long.")
		}
	}
	in := ListInput{Q: v.Get("q"), Lang: v.Get("lang"), Member: v.Get("member"), Source: v.Get("source"), Since: v.Get("since"), Before: v.Get("before"), Cursor: v.Get("cursor"), Limit: feedEntries}
	if s := v.Get("limit"); s != "" {
		if in.Limit, err = strconv.Atoi(s); err != nil || in.Limit < 1 || in.Limit > feedMost {
			return q, "", "", fault.Field("limit", "A page of a feed has 1 to %d entries.", feedMost)
		}
	}
	if q, err = in.query(); err != nil {
		return q, "", "", err
	}
	switch q.Kind = v.Get("kind"); q.Kind {
	case "", "release", "capture":
	default:
		return q, "", "", fault.Field("kind", "The kind is release or capture.")
	}
	return q, desk, form, nil
}

// feed answers with a page of a feed. The person at the machine gets what anyone gets: captures stand in no public feed.
func (a *api) feed(w http.ResponseWriter, r *http.Request) {
	c := callerOf(r.Context())
	if c.actor.Member == "" {
		c.actor, c.reader = access.Viewer{}, access.Viewer{}
	}
	made, err := a.keptFeed(r, c)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	// A second may hold two changes: the time is told, and believed, only when it is over.
	newest := made.newest
	if a.Now().Sub(newest) < 2*time.Second {
		newest = time.Time{}
	}
	if made.links != "" {
		w.Header().Set("Link", made.links)
	}
	send(w, r, feedForms[made.form].mediaType+"; charset=utf-8", caching(c, true), made.etag, newest, made.bytes)
}

// madeFeed is a page of a feed as it is sent, and what was taken before anything of it was read.
type madeFeed struct {
	bytes  []byte
	form   string
	etag   string
	newest time.Time
	links  string // hub and self, where there is a hub

	at      time.Time
	changed <-chan struct{}
	gone    uint64
}

// keptFeeds are what programs ask for again and again: what anyone gets is made once and kept until something happens on the node, and never for long, since a member's name changes without an event.
type keptFeeds struct {
	mu    sync.Mutex
	all   map[string]madeFeed
	bytes int
}

const (
	feedsKept = 8 << 20 // bytes
	feedAge   = 10 * time.Second
)

func (k *keptFeeds) get(key string, now time.Time, gone uint64) (madeFeed, bool) {
	k.mu.Lock()
	m, ok := k.all[key]
	k.mu.Unlock()
	if age := now.Sub(m.at); !ok || age < 0 || age >= feedAge || m.gone != gone {
		return m, false
	}
	select {
	case <-m.changed:
		return m, false
	default:
		return m, true
	}
}

func (k *keptFeeds) keep(key string, m madeFeed) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil || k.bytes+len(m.bytes) > feedsKept {
		k.all, k.bytes = map[string]madeFeed{}, 0
	}
	k.bytes += len(m.bytes) + len(key) - len(k.all[key].bytes)
	k.all[key] = m
}

// keptFeed makes a page of a feed, or finds what was made of it for another who is nobody.
func (a *api) keptFeed(r *http.Request, c caller) (madeFeed, error) {
	key := ""
	if c.actor.Member == "" && !c.bearer && len(r.URL.RawQuery) < 4000 {
		key = c.base + " " + r.URL.Path + "?" + r.URL.RawQuery
	}
	m := madeFeed{at: a.Now(), changed: a.Browse.Changed(), gone: a.Browse.Gone()}
	if kept, ok := a.feeds.get(key, m.at, m.gone); ok && key != "" {
		return kept, nil
	}
	var err error
	if err = a.feedBytes(r, c, &m); err != nil {
		return m, err
	}
	sum := sha256.Sum256(m.bytes)
	m.etag = `"` + hex.EncodeToString(sum[:12]) + `"`
	if key != "" && len(m.bytes) < feedsKept/4 {
		a.feeds.keep(key, m)
	}
	return m, nil
}

func (a *api) feedBytes(r *http.Request, c caller, m *madeFeed) error {
	q, id, form, err := feedAddress(r.URL)
	if err != nil {
		return err
	}
	var found browse.Feed
	var desk people.Desk
	if id != "" {
		if desk, found, err = a.Browse.DeskFeed(r.Context(), c.reader, id, q); fault.KindOf(err) == fault.NotFound && err != nil {
			err = errNoFeed
		}
	} else {
		found, err = a.Browse.Feed(r.Context(), c.reader, q)
	}
	if err != nil {
		return err
	}
	members, err := a.Browse.Members(r.Context())
	if err != nil {
		return err
	}
	o := a.rendering(r.Context(), members)
	about := feedAbout(q, desk, r.URL.Query().Get("ui"), found.Next, form, o)
	if a.Hub != "" && id == "" && q.Cursor == "" && c.actor.Member == "" && !c.bearer { // the hub tells what anyone may read
		about.Hub = a.Hub
		m.links = "<" + a.Hub + `>; rel="hub", <` + about.Self + `>; rel="self"`
	}
	d := render.Feed(found, about, o)
	m.form, m.newest = form, d.Updated
	m.bytes, err = feedForms[form].write(d)
	return err
}

// feedAbout names a feed and its pages. The form with all filters as parameters is its one address, however it was asked for.
func feedAbout(q browse.Query, desk people.Desk, ui, next, form string, o render.Options) render.FeedAbout {
	args := q.Args()
	about := render.FeedAbout{Language: notice.Beside(q.Language), Only: q.Language, Site: o.Base + "/"}
	said := ""
	if t := lang.Tag(ui); ui != "" && notice.Beside(t) == t { // the reader's, where a page names the feed
		about.Language, said = t, ui
	}
	if len(args) > 0 {
		about.Site += "?" + args.Encode()
	}
	var asked []string
	place := "all"
	if desk.ID != "" {
		place = "desk/" + url.PathEscape(string(desk.ID))
		asked = append(asked, desk.Name(about.Language))
	}
	for _, s := range []string{q.Text, memberName(o, q.Member, about.Language), q.Source} {
		if s = strings.TrimSpace(s); s != "" {
			asked = append(asked, s)
		}
	}
	if q.Language != "" {
		asked = append(asked, q.Language.Autonym())
	}
	about.Asked = strings.Join(asked, " · ")
	at := func(cursor string) string {
		v := url.Values{}
		for k, s := range args {
			v[k] = s
		}
		if q.Limit != feedEntries {
			v.Set("limit", itoa(q.Limit))
		}
		if cursor != "" {
			v.Set("cursor", cursor)
		}
		if said != "" {
			v.Set("ui", said)
		}
		s := o.Base + feedsPath + place + "." + form
		if len(v) > 0 {
			s += "?" + v.Encode()
		}
		return s
	}
	about.Self, about.First = at(q.Cursor), at("")
	if next != "" {
		about.Next = at(next)
	}
	return about
}

func memberName(o render.Options, id wire.MemberID, t lang.Tag) string {
	if id == "" {
		return ""
	}
	m, ok := o.Members[id]
	if !ok {
		return string(id)
	}
	return m.Name(t)
}
