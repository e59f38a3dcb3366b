//go:build !race

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/browse/render"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/wire"
)

// played is one subject on its way to one moment.
type played struct {
	s  accesstest.Subject
	m  accesstest.Moment
	id wire.ReleaseID
	r  *wire.Release
}

func (p *played) step(n *node, what accesstest.Step) (err error) {
	ctx := context.Background()
	desk := access.Viewer{Member: accesstest.Lead, Scopes: access.Scopes}
	switch what {
	case accesstest.Approve:
		p.r, err = n.publish.Approve(ctx, desk, p.id, p.s.Approver(), nil)
	case accesstest.Schedule:
		p.r, err = n.publish.Schedule(ctx, desk, p.id, accesstest.PublishTime, nil)
	case accesstest.Publish:
		p.r, err = n.publish.Publish(ctx, desk, p.id, nil)
	case accesstest.Open:
		if err := n.publish.Handlers()[publish.JobOpen](ctx, jobs.Job{Kind: publish.JobOpen, Args: string(p.id)}); err != nil {
			return err
		}
		p.r, _, err = n.store.Release(ctx, p.id)
	case accesstest.Update:
		p.r, err = n.publish.Update(ctx, desk, p.id, p.s.Changes(what, p.r), nil)
	case accesstest.Correct:
		p.r, err = n.publish.Correct(ctx, desk, p.id, p.s.Changes(what, p.r), p.s.Reason(what), nil)
	case accesstest.Withdraw:
		p.r, err = n.publish.Withdraw(ctx, desk, p.id, p.s.Reason(what), nil)
	case accesstest.Erase:
		p.r, err = n.publish.Erase(ctx, desk, p.id, nil)
	}
	return err
}

// asker is one viewer with a token.
type asker struct {
	accesstest.Viewer
	token string
	follower
}

// storiesOf reads the whole list of stories.
func (a *asker) storiesOf(n *node) (all []Story) {
	for cursor := ""; ; {
		l := into[StoryList](n.call(a.token, "GET", "/api/v1/stories?limit=50&cursor="+url.QueryEscape(cursor), "").want(200))
		all = append(all, l.Stories...)
		if cursor = l.Next; cursor == "" {
			return all
		}
	}
}

// Every output of the API, as every viewer, at every moment of every subject: nothing is shown that
// the table of accesstest does not allow, and what is allowed is there.
func TestOutputsForEveryoneAtEveryMoment(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := newNode(t)
	desk := access.Viewer{Member: accesstest.Lead, Scopes: access.Scopes}
	_, begin, err := n.browse.Events(ctx, desk, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	told := 0 // stories
	var askers []*asker
	for _, v := range accesstest.Viewers() {
		if !slices.Contains([]string{"anyone", "lead", "partner", "partner-read", "other"}, v.Name) {
			continue // every column of the table once; internal/access plays all viewers on what this stands on
		}
		a := &asker{Viewer: v, follower: follower{api: n.api, at: begin}}
		if v.Member != "" {
			if v.Scopes = v.Viewer.Scopes; !v.Has(access.Read) {
				v.Scopes = append([]access.Scope{access.Read}, v.Scopes...) // reading by token wants it; it adds nothing to the table
			}
			a.token = n.token(v.Member, v.Scopes...)
		}
		a.follower.viewer = access.Viewer{Member: v.Member, Scopes: v.Scopes}
		askers = append(askers, a)
	}

	var all []*played
	hours := map[time.Time]bool{}
	for _, s := range accesstest.Subjects() {
		for _, m := range s.Moments() {
			for twin := range 2 { // of one event there are two reports
				in := publish.Input{Issuers: []wire.MemberID{accesstest.Lead, accesstest.CoIssuer}, Audience: s.Audience, Urgency: 4, Items: s.Items(m), Draft: true}
				for i := range in.Items {
					if twin > 0 {
						in.Items[i].AltID = "" // it names one item
					}
				}
				if s.Embargo {
					in.EmbargoedUntil = accesstest.EmbargoTime
				}
				r, err := n.publish.Create(ctx, desk, in)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, &played{s, m, r.ID, r})
			}
			hours[m.Now] = true
			for _, at := range m.Steps {
				hours[at.Time] = true
			}
		}
	}
	for _, h := range sorted(hours) {
		n.setClock(h)
		now := map[wire.ReleaseID]*played{}
		for _, p := range all {
			for _, at := range p.m.Steps {
				if at.Time.Equal(h) {
					if err := p.step(n, at.Step); err != nil {
						t.Fatalf("%s, %s: %s: %v", p.s.Name, p.m.Name, at.Step, err)
					}
				}
			}
			if p.m.Now.Equal(h) {
				now[p.id] = p
			}
		}
		n.place()
		for _, a := range askers {
			if len(now) == 0 {
				break
			}
			ask := func(path string, headers ...string) reply { return n.call(a.token, "GET", path, "", headers...) }
			shown := func(output string, p *played, b []byte) {
				t.Helper()
				want := accesstest.Want(a.Viewer, p.s, p.m)
				if want == access.Nothing {
					t.Errorf("%s: %s, %s, for %s: is shown", output, p.s.Name, p.m.Name, a.Name)
				}
				if leaks := p.s.Leaks(p.m, want, string(b)); len(leaks) > 0 {
					t.Errorf("%s: %s, %s, for %s: shows %q", output, p.s.Name, p.m.Name, a.Name, leaks)
				}
			}
			for _, p := range now {
				want := accesstest.Want(a.Viewer, p.s, p.m)
				// one asks for one thing: found as specified, otherwise not a word but the one for nothing.
				one := func(output, path string, found bool, headers ...string) {
					t.Helper()
					r := ask(path, headers...)
					if found != (r.status == 200) || !found && r.status != 404 {
						t.Errorf("%s: %s, %s, for %s: %d", output, p.s.Name, p.m.Name, a.Name, r.status)
					}
					if r.status == 200 {
						shown(output, p, r.body)
						if cc := r.header.Get("Cache-Control"); cc != "private, no-store" && (a.token == "") != (cc == "no-cache") {
							t.Errorf("%s: %s, %s, for %s: Cache-Control %s", output, p.s.Name, p.m.Name, a.Name, cc)
						}
					} else if strings.Contains(string(r.body), string(p.id)) || r.header.Get("ETag") != "" {
						t.Errorf("%s: %s, %s, for %s: %s %v", output, p.s.Name, p.m.Name, a.Name, r.body, r.header)
					}
				}
				one("release", "/api/v1/releases/"+string(p.id), want != access.Nothing)
				for i, it := range p.r.Items {
					if i == 1 || i == 4 {
						continue // as the others of their type
					}
					visible := want == access.All || want == access.Header && it.Type == wire.Text
					path := "/api/v1/items/" + string(it.ID)
					one("item", path, visible)
					one("NewsML-G2", path, visible, "Accept", newsmlg2.MediaType)
					one("ninjs 3.0", path+"?version=3.0", visible)
					one("text", path, visible, "Accept", "text/plain")
					one("uri", "/api/v1/items/"+string(it.URI), want == access.All)
					if i > 0 {
						continue // versions of one item are enough
					}
					words := want == access.All && p.r.State != wire.Withdrawn && p.r.State != wire.Erased
					one("version", path+"/versions/1", words)
					if r := ask(path + "/versions/1/proof"); r.status == 200 {
						shown("proof", p, r.body)
					} else if r.status != 404 {
						t.Errorf("proof: %d %s", r.status, r.body)
					}
				}
			}
			// Lists: every element belongs to a release; those whose moment it is are compared.
			queries := []string{"", "full=1"}
			for _, s := range accesstest.Subjects() {
				first := s.Content("first", 1)
				queries = append(queries, "full=1&q="+first.Headline)
			}
			for _, s := range accesstest.Subjects()[:1] {
				queries = append(queries, "sort=relevance&q="+s.Content("first", 1).Body[0])
			}
			for _, q := range queries {
				for cursor := ""; ; {
					r := ask("/api/v1/items?limit=100&" + q + "&cursor=" + url.QueryEscape(cursor)).want(200)
					l := into[rawList](r)
					for _, raw := range l.Items {
						if p := now[releaseOf(t, raw)]; p != nil {
							shown("items?"+q, p, raw)
						}
					}
					if cursor = l.Next; cursor == "" {
						break
					}
				}
				if strings.HasPrefix(q, "full") {
					continue
				}
				seen := map[wire.ReleaseID]bool{}
				for cursor := ""; ; {
					l := into[struct {
						Releases []json.RawMessage
						Next     string
					}](ask("/api/v1/releases?limit=100&" + q + "&cursor=" + url.QueryEscape(cursor)).want(200))
					for _, raw := range l.Releases {
						var o Release
						if err := json.Unmarshal(raw, &o); err != nil {
							t.Fatal(err)
						}
						seen[o.ID] = true
						if p := now[o.ID]; p != nil {
							shown("releases?"+q, p, raw)
						}
					}
					if cursor = l.Next; cursor == "" {
						break
					}
				}
				for _, p := range now {
					// On the wire stands what has left and is to be seen; of what never opened, while it is sealed.
					opened := !p.r.OpenedAt.IsZero()
					if want := accesstest.Want(a.Viewer, p.s, p.m); q == "" && p.r.State.Out() && (opened || p.r.State == wire.Embargoed) && seen[p.id] != (want != access.Nothing) {
						t.Errorf("releases: %s, %s, for %s: listed %v", p.s.Name, p.m.Name, a.Name, seen[p.id])
					}
				}
			}
			// Feeds, page by page: every entry belongs to an item, by its id.
			items := map[string]*played{}
			for _, p := range now {
				for _, it := range p.r.Items {
					items[string(it.ID)] = p
				}
			}
			for form, entry := range map[string]*regexp.Regexp{"atom": entryOfAtom, "rss": entryOfRSS, "json": entryOfJSON} {
				queries := []string{""}
				for _, s := range accesstest.Subjects() {
					if form == "json" { // what is found is the same in every form
						queries = append(queries, "&q="+s.Content("first", 1).Headline)
					}
				}
				for i, q := range queries {
					seen := map[wire.ReleaseID]bool{}
					for cursor := ""; ; {
						r := ask("/feeds/all." + form + "?limit=100" + q + "&cursor=" + url.QueryEscape(cursor)).want(200)
						for k, chunk := range entry.Split(string(r.body), -1) {
							if k == 0 { // the feed's own words
								if i == 0 && slices.ContainsFunc(accesstest.Subjects(), func(s accesstest.Subject) bool {
									return len(s.Leaks(accesstest.Moment{}, access.Nothing, chunk)) > 0 // a cursor may hold a short word by chance
								}) {
									t.Errorf("feed %s for %s: the head shows\n%s", form, a.Name, chunk)
								}
								continue
							}
							id := itemInFeed.FindStringSubmatch(chunk)
							if id == nil {
								t.Fatalf("%s: an entry without an item:\n%s", form, chunk)
							}
							if p := items[id[1]]; p != nil {
								seen[p.id] = true
								shown("feed "+form+q, p, []byte(chunk))
							}
						}
						if cc := r.header.Get("Cache-Control"); (a.token == "") != (cc == "no-cache") {
							t.Errorf("feed %s for %s: Cache-Control %s", form, a.Name, cc)
						}
						next := nextOfFeed.FindStringSubmatch(string(r.body))
						if next == nil {
							break
						}
						cursor = next[1]
					}
					for _, p := range now {
						want := accesstest.Want(a.Viewer, p.s, p.m)
						opened := !p.r.OpenedAt.IsZero()
						if q == "" && p.r.State.Out() && (opened || p.r.State == wire.Embargoed) && seen[p.id] != (want != access.Nothing) {
							t.Errorf("feed %s: %s, %s, for %s: listed %v", form, p.s.Name, p.m.Name, a.Name, seen[p.id])
						}
						if strings.HasSuffix(q, p.s.Content("first", 1).Headline) && p.r.State == wire.Released && seen[p.id] != (want == access.All) {
							t.Errorf("feed %s%s: %s, %s, for %s: found %v", form, q, p.s.Name, p.m.Name, a.Name, seen[p.id])
						}
					}
				}
			}
			for _, s := range a.storiesOf(n) {
				told++
				for _, r := range s.Reports {
					if r.Release == nil {
						t.Fatal("a capture came from nowhere")
					}
					if p := now[r.Release.ID]; p != nil {
						b, err := json.Marshal(r)
						if err != nil {
							t.Fatal(err)
						}
						shown("stories", p, b)
					}
				}
			}
			for _, p := range now {
				r := ask("/api/v1/stories/" + string(p.id))
				if want := accesstest.Want(a.Viewer, p.s, p.m); r.status != 404 && (r.status != 200 || want != access.All) {
					t.Errorf("story: %s, %s, for %s: %d", p.s.Name, p.m.Name, a.Name, r.status)
				}
				if r.status == 200 {
					shown("story", p, r.body)
				}
			}
			// The stream, with the frames that all readers share.
			for {
				if err := a.follower.read(ctx); err != nil {
					t.Fatal(err)
				}
				for i := range a.events {
					e := &a.events[i]
					b, err := n.api.frames.frame(e)
					if err != nil {
						t.Fatal(err)
					}
					if p := now[e.Release.ID]; p != nil {
						shown("stream "+string(e.Kind), p, b)
					}
				}
				if len(a.events) == 0 {
					break
				}
			}
			a.follower.at = begin // and all of it again at the next moment
		}
	}
	if told == 0 {
		t.Error("there never was a story")
	}
	for _, log := range []string{"toqsanbulaq-public", "toqsanbulaq-closed"} {
		token := askers[1].token
		size := 0
		for _, l := range into[struct{ Logs []LogEntry }](n.call(token, "GET", "/log", "").want(200)).Logs {
			if l.Name == log {
				size = int(l.Size)
			}
		}
		for i := 0; i*256 < size; i++ {
			path := fmt.Sprintf("/log/%s/tile/entries/%03d", log, i)
			if rest := size - i*256; rest < 256 {
				path += fmt.Sprintf(".p/%d", rest)
			}
			if r := n.call(token, "GET", path, "").want(200); slices.ContainsFunc(accesstest.Subjects(), func(s accesstest.Subject) bool {
				return strings.Contains(strings.ToLower(string(r.body)), s.Content("first", 0).Headline[:8])
			}) {
				t.Errorf("%s shows a word", path)
			}
		}
	}
}

// entryOf… begins an entry, or what tells that one is gone; itemInFeed is the item that it is about.
var (
	entryOfAtom = regexp.MustCompile(`<entry|<at:deleted-entry`)
	entryOfRSS  = regexp.MustCompile(`<item`)
	entryOfJSON = regexp.MustCompile(`\{"id":`)
	itemInFeed  = regexp.MustCompile(`(?:urn:jarchi:item:|urn:newsml:[a-z0-9.-]+:[0-9]+:)([a-z2-7]{26})`)
)

func sorted(hours map[time.Time]bool) []time.Time {
	var out []time.Time
	for h := range hours {
		out = append(out, h)
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// releaseOf is the release that an item in a list says it belongs to.
func releaseOf(t *testing.T, raw []byte) wire.ReleaseID {
	t.Helper()
	var it struct {
		AltIDs []struct{ Role, Value string }
	}
	if err := json.Unmarshal(raw, &it); err != nil {
		t.Fatal(err)
	}
	for _, a := range it.AltIDs {
		if a.Role == render.RoleRelease {
			return wire.ReleaseID(a.Value)
		}
	}
	t.Fatalf("no release: %s", raw)
	return ""
}
