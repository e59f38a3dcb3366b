package sources

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/source"
)

// press is a site whose feed and pages can be changed.
type press struct {
	mu     sync.Mutex
	items  []string
	pages  map[string]string
	robots string

	asked, unchanged, at, most atomic.Int32 // requests, 304s, being answered now and at most
}

func (p *press) set(path, html string, items ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pages == nil {
		p.pages = map[string]string{}
	}
	if path != "" {
		p.pages[path] = html
	}
	if items != nil {
		p.items = items
	}
}

func (p *press) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked.Add(1)
	if n := p.at.Add(1); n > p.most.Load() {
		p.most.Store(n)
	}
	defer p.at.Add(-1)
	time.Sleep(2 * time.Millisecond)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r.URL.Path {
	case "/robots.txt":
		io.WriteString(w, p.robots)
	case "/feed", "/feed2", "/feed3", "/feed4":
		body := rss(p.items...)
		tag := `"` + string(rune('a'+len(body)%26)) + `"`
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			p.unchanged.Add(1)
			w.WriteHeader(304)
			return
		}
		io.WriteString(w, body)
	default:
		if p.pages[r.URL.Path] == "" {
			w.WriteHeader(404)
			return
		}
		io.WriteString(w, p.pages[r.URL.Path])
	}
}

func (s *stage) again(id source.ID) source.Watched {
	s.t.Helper()
	before := s.get(id).LastPoll
	if err := s.Poll(s.t.Context(), keeper, id); err != nil {
		s.t.Fatal(err)
	}
	return s.until(id, func(r source.Watched) bool { return r.LastPoll.After(before) && r.Waiting == 0 })
}

// TestLife: an item comes, another, one changes, one changes back in nothing but its furniture; the feed is asked with what is known of it.
func TestLife(t *testing.T) {
	t.Parallel()
	s, p := open(t, 5*time.Second), &press{}
	p.set("/p/1", page("District opens a new road", "one"), plainItem("1"))
	src := s.add(site(t, p.ServeHTTP) + "/feed")
	stop := s.run()
	s.until(src.ID, func(r source.Watched) bool { return polled(r) && r.Items == 1 })
	if r := s.again(src.ID); r.Items != 1 || p.unchanged.Load() == 0 || r.LastGood.IsZero() {
		t.Errorf("asked again: %+v, %d unchanged", r, p.unchanged.Load())
	}
	p.set("/p/2", page("District closes an old road", "two"), item("<title>Road closes &amp; rests</title><link>/p/2</link><guid>2</guid><pubDate>2026-03-01T10:00:00Z</pubDate><author>A. Writer</author><category>Roads</category>"), plainItem("1"))
	if r := s.again(src.ID); r.Items != 2 {
		t.Errorf("after a second item: %+v", r)
	}
	cs := s.captures(src.ID)
	if c := cs[1]; c.Headline != "District closes an old road" || c.Date == nil || c.Date.Value != "2026-03-01T10:00Z" || c.Date.Raw != "2026-03-01T10:00:00Z" || c.Bylines[0] != "A. Writer" || c.Fed.Title != "Road closes & rests" || c.Fed.Categories[0] != "Roads" || c.Fed.Earlier != "" ||
		c.Attribution[0].Source != "District news" || c.Fed.TextOfFeed {
		t.Errorf("%+v %+v", c, c.Fed)
	}
	// the second changes: its title in the feed, and its page
	p.set("/p/2", page("District closes two old roads", "more"), item("<title>Roads close</title><link>/p/2</link><guid>2</guid>"), plainItem("1"))
	if r := s.again(src.ID); r.Items != 3 {
		t.Errorf("after a change: %+v", r)
	}
	if cs = s.captures(src.ID); len(cs) != 3 || cs[2].Fed.Earlier != cs[1].ID {
		t.Errorf("a change does not name what it changes: %d captures", len(cs))
	}
	// its title changes, its page has another counter and the same words
	p.set("/p/2", page("District closes two old roads", "more")+"<!-- 17 visitors -->", item("<title>Roads close again</title><link>/p/2</link><guid>2</guid>"), plainItem("1"))
	if r := s.again(src.ID); r.Items != 3 || len(s.captures(src.ID)) != 3 {
		t.Errorf("a page that says the same came in twice: %+v", r)
	}
	// the same page by another feed is the same thing
	other := s.add(strings.TrimSuffix(src.Address, "/feed") + "/feed2")
	if r := s.until(other.ID, polled); r.Items != 0 {
		t.Errorf("a page came in by two feeds: %+v", r)
	}
	if p.most.Load() != 1 {
		t.Errorf("%d requests to one host at once", p.most.Load())
	}
	// paused it is not asked, and what is removed is not asked
	for _, id := range []source.ID{src.ID, other.ID} {
		if err := s.Pause(t.Context(), keeper, "u", id, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Poll(t.Context(), keeper, src.ID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a paused source is asked: %v", err)
	}
	stop()
	n := p.asked.Load()
	p.set("/p/3", page("District counts its roads", "three"), plainItem("3"))
	s.run()
	time.Sleep(50 * time.Millisecond)
	if p.asked.Load() != n {
		t.Error("a paused source was asked")
	}
	if err := s.Pause(t.Context(), keeper, "u", src.ID, false); err != nil {
		t.Fatal(err)
	}
	s.until(src.ID, func(r source.Watched) bool { return r.Items == 4 && r.Waiting == 0 })
	if err := s.Remove(t.Context(), keeper, "u", src.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), keeper, src.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it is there still: %v", err)
	}
	if len(s.captures(src.ID)) != 4 {
		t.Error("what it brought in is gone")
	}
}

// TestStopped: what a feed showed before a node was stopped comes in after its next start, and nothing twice.
func TestStopped(t *testing.T) {
	t.Parallel()
	s, p := open(t, 5*time.Second), &press{}
	var items []string
	for i := range 20 {
		n := string(rune('a' + i))
		items = append(items, plainItem(n))
		p.set("/p/"+n, page("District opens road "+n, n))
	}
	p.set("", "", items...)
	src := s.add(site(t, p.ServeHTTP) + "/feed")
	for stops := 0; ; stops++ {
		if stops > 1000 {
			t.Fatal("it comes to no end")
		}
		stop := s.run()
		time.Sleep(20 * time.Millisecond)
		stop()
		if r := s.get(src.ID); r.Items == 20 {
			break
		}
	}
	if n := len(s.captures(src.ID)); n != 20 {
		t.Errorf("%d captures", n)
	}
	if r := s.get(src.ID); r.Waiting != 0 || r.Failed != 0 {
		t.Errorf("%+v", r)
	}
}

// TestHostsAreSpared: many sources of one host are asked one after the other, and a source with much to bring lets the others have their turn.
func TestHostsAreSpared(t *testing.T) {
	t.Parallel()
	s, p := open(t, 5*time.Second), &press{}
	var items []string
	for i := range 40 {
		n := "x" + string(rune('a'+i%26)) + string(rune('a'+i/26))
		items = append(items, plainItem(n))
		p.set("/p/"+n, page("District opens road "+n, n))
	}
	p.set("", "", items...)
	at := site(t, p.ServeHTTP)
	long := s.add(at + "/feed")
	s.run()
	s.until(long.ID, func(r source.Watched) bool { return r.Waiting > 30 })
	p.set("/p/q", page("District asks for more roads", "q"), plainItem("q"))
	short := s.add(at + "/feed2")
	s.until(short.ID, func(r source.Watched) bool { return r.Items == 1 })
	if r := s.get(long.ID); r.Waiting == 0 {
		t.Error("the short one had to wait for the long one")
	}
	if p.most.Load() != 1 {
		t.Errorf("%d requests to one host at once", p.most.Load())
	}
}

func TestTry(t *testing.T) {
	t.Parallel()
	s, p := open(t, 5*time.Second), &press{}
	p.set("/p/1", page("District opens a new road", "one"), plainItem("1"), item("<title>Another</title><guid>2</guid>"))
	at := site(t, p.ServeHTTP)
	out, err := s.Try(t.Context(), keeper, source.Source{Address: at + "/feed"})
	if err != nil || out.Format != "rss" || len(out.Entries) != 2 || out.Entries[0].What != "new" || out.First == nil || len(out.First.Captures) != 1 || out.First.Captures[0].Headline != "District opens a new road" || out.First.OfFeed {
		t.Errorf("%+v, %v", out, err)
	}
	if evs, err := s.store.EventsAfter(t.Context(), 0, 10); err != nil || len(evs) != 0 {
		t.Errorf("a try left something: %v, %v", evs, err)
	}
	if list, err := s.List(t.Context(), keeper); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	for path, code := range map[string]source.Code{"/p/1": source.WebPage, "/none": source.Gone} {
		if out, err := s.Try(t.Context(), keeper, source.Source{Address: at + path}); err != nil || out.Trouble.Code != code {
			t.Errorf("%s: %+v, %v", path, out, err)
		}
	}
	if _, err := s.Try(t.Context(), keeper, source.Source{Address: "fax://1"}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

// TestRights: who may what; another member's source is not there.
func TestRights(t *testing.T) {
	t.Parallel()
	s := open(t, time.Second)
	src := s.add("https://news.example/rss")
	if _, err := s.Add(t.Context(), keeper, source.Source{Address: "https://news.example/rss#top"}, "x"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same address twice: %v", err)
	}
	other := access.Viewer{Member: "beta", Scopes: []access.Scope{access.Admin, access.Intake}}
	for name, c := range map[string]struct {
		v                 access.Viewer
		see, poll, change fault.Kind
	}{
		"nobody":       {access.Viewer{}, fault.Unauthenticated, fault.Unauthenticated, fault.Unauthenticated},
		"local":        {access.Viewer{Local: true}, fault.Unauthenticated, fault.Unauthenticated, fault.Unauthenticated},
		"a reader":     {access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Read, access.ReadClosed}}, fault.NotAllowed, fault.NotAllowed, fault.NotAllowed},
		"an importer":  {access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Intake}}, "", "", fault.NotAllowed},
		"another's":    {other, fault.NotFound, fault.NotFound, fault.NotFound},
		"its own, all": {keeper, "", "", ""},
	} {
		_, err := s.Get(t.Context(), c.v, src.ID)
		kind := func(err error) fault.Kind {
			if err == nil {
				return ""
			}
			return fault.KindOf(err)
		}
		if kind(err) != c.see || kind(s.Poll(t.Context(), c.v, src.ID)) != c.poll || kind(s.Pause(t.Context(), c.v, "u", src.ID, false)) != c.change {
			t.Errorf("%s: %v", name, err)
		}
		if c.change != "" {
			if err := s.Remove(t.Context(), c.v, "u", src.ID); kind(err) != c.change {
				t.Errorf("%s removes it: %v", name, err)
			}
		}
	}
	if list, err := s.List(t.Context(), other); err != nil || len(list) != 0 {
		t.Errorf("another member sees %v, %v", list, err)
	}
	if _, err := s.Add(t.Context(), other, source.Source{Address: "https://news.example/rss"}, "x"); err != nil {
		t.Errorf("another member has the same address: %v", err)
	}
}
