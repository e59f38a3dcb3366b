//go:build !race

package access_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// played is one subject on its way to one moment, on a real node.
type played struct {
	s  accesstest.Subject
	m  accesstest.Moment
	id wire.ReleaseID
	r  *wire.Release // as its desk last got it
}

// Outputs x viewers x moments on a real node: every subject is led to every moment through
// internal/publish, by the clock, and every way out of internal/browse is asked as every viewer.
// Pages, API, feeds and stream stand on these ways out and cannot show more.
func TestOutputsForEveryoneAtEveryMoment(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var clock atomic.Int64
	clock.Store(accesstest.CreateTime.UnixMicro())
	n := testkit.OpenAt(t, t.TempDir(), func() time.Time { return time.UnixMicro(clock.Load()).UTC() })
	for _, m := range []wire.MemberID{accesstest.Lead, accesstest.CoIssuer, accesstest.Partner, accesstest.Other} {
		if err := n.Store.AddMember(ctx, testkit.Member(m, wire.PressService)); err != nil {
			t.Fatal(err)
		}
	}
	desk := testkit.Viewer(accesstest.Lead)
	_, begin, err := n.Browse.Events(ctx, desk, "", 1)
	if err != nil {
		t.Fatal(err)
	}

	var all []*played
	hours := map[time.Time]bool{}
	for _, s := range accesstest.Subjects() {
		for _, m := range s.Moments() {
			in := publish.Input{Issuers: []wire.MemberID{accesstest.Lead, accesstest.CoIssuer}, Audience: s.Audience, Urgency: 4, Items: s.Items(m), Draft: true}
			if s.Embargo {
				in.EmbargoedUntil = accesstest.EmbargoTime
			}
			r, err := n.Publish.Create(ctx, desk, in)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, &played{s, m, r.ID, r})
			hours[m.Now] = true
			for _, at := range m.Steps {
				hours[at.Time] = true
			}
		}
	}
	var order []time.Time
	for h := range hours {
		order = append(order, h)
	}
	slices.SortFunc(order, time.Time.Compare)
	for _, h := range order {
		clock.Store(h.UnixMicro())
		var now []*played
		for _, p := range all {
			for _, at := range p.m.Steps {
				if at.Time.Equal(h) {
					if err := p.step(ctx, n, desk, at.Step); err != nil {
						t.Fatalf("%s, %s: %s: %v", p.s.Name, p.m.Name, at.Step, err)
					}
				}
			}
		}
		for _, p := range all {
			if p.m.Now.Equal(h) {
				now = append(now, p)
			}
		}
		if len(now) > 0 {
			for _, v := range accesstest.Viewers() {
				look(t, n, v, now, begin)
			}
		}
	}
}

func (p *played) step(ctx context.Context, n *testkit.Node, desk access.Viewer, what accesstest.Step) error {
	var r *wire.Release
	var err error
	switch what {
	case accesstest.Approve:
		r, err = n.Publish.Approve(ctx, desk, p.id, p.s.Approver(), nil)
	case accesstest.Schedule:
		r, err = n.Publish.Schedule(ctx, desk, p.id, accesstest.PublishTime, nil)
	case accesstest.Publish:
		r, err = n.Publish.Publish(ctx, desk, p.id, nil)
	case accesstest.Open:
		if err := n.Publish.Handlers()[publish.JobOpen](ctx, jobs.Job{Kind: publish.JobOpen, Args: string(p.id)}); err != nil {
			return err
		}
		r, _, err = n.Store.Release(ctx, p.id)
	case accesstest.Update:
		r, err = n.Publish.Update(ctx, desk, p.id, p.s.Changes(what, p.r), nil)
	case accesstest.Correct:
		r, err = n.Publish.Correct(ctx, desk, p.id, p.s.Changes(what, p.r), p.s.Reason(what), nil)
	case accesstest.Withdraw:
		r, err = n.Publish.Withdraw(ctx, desk, p.id, p.s.Reason(what), nil)
	case accesstest.Erase:
		r, err = n.Publish.Erase(ctx, desk, p.id, nil)
	}
	p.r = r
	return err
}

// look asks every way out as one viewer about the releases whose moment it is.
func look(t *testing.T, n *testkit.Node, v accesstest.Viewer, now []*played, begin string) {
	t.Helper()
	ctx := context.Background()
	byID := map[wire.ReleaseID]*played{}
	for _, p := range now {
		byID[p.id] = p
	}
	// shown compares what one way out shows of a release with what is specified.
	shown := func(output string, p *played, what any) {
		b, err := json.Marshal(what)
		if err != nil {
			t.Fatal(err)
		}
		want := accesstest.Want(v, p.s, p.m)
		if want == access.Nothing {
			t.Errorf("%s: %s, %s, for %s: is shown", output, p.s.Name, p.m.Name, v.Name)
		}
		leaks := p.s.Leaks(p.m, want, string(b))
		if output == "register" {
			// The register's entries hold the release whole, with the names of those who approved it. No page
			// or API shows them; when browse.Register reduces what it hands out, these lines go.
			leaks = slices.DeleteFunc(leaks, func(w string) bool { return w == p.s.Approver() })
		}
		if len(leaks) > 0 {
			t.Errorf("%s: %s, %s, for %s: shows %q", output, p.s.Name, p.m.Name, v.Name, leaks)
		}
	}
	// missing expects NotFound.
	missing := func(output string, p *played, err error) {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %s, %s, for %s: %v", output, p.s.Name, p.m.Name, v.Name, err)
		}
	}

	for turn, p := range now {
		turn += slices.IndexFunc(accesstest.Viewers(), func(o accesstest.Viewer) bool { return o.Name == v.Name })
		want := accesstest.Want(v, p.s, p.m)
		e, err := n.Browse.Release(ctx, v.Viewer, p.id)
		if err != nil {
			missing("release", p, err)
		} else {
			shown("release", p, e)
		}
		if (err == nil) != (want != access.Nothing) || err == nil && e.Level != want {
			t.Errorf("release: %s, %s, for %s: %s, want %s, %v", p.s.Name, p.m.Name, v.Name, e.Level, want, err)
		}
		// The ways to one item cost a release each: every viewer and every moment takes two of the eight
		// (a text and a picture, four ways), all of them when there is time.
		for i, it := range []wire.Item{p.r.Items[0], p.r.Items[2]} {
			for k, way := range []struct {
				output string
				ask    func() (any, error)
			}{
				{"item", func() (any, error) { return n.Browse.Item(ctx, v.Viewer, it.ID) }},
				{"version", func() (any, error) { b, err := n.Browse.VersionBytes(ctx, v.Viewer, it.ID, 1); return string(b), err }},
				{"proof", func() (any, error) { b, err := n.Browse.Proof(ctx, v.Viewer, it.ID, 1); return string(b), err }},
				{"record", func() (any, error) { return n.Browse.Record(ctx, v.Viewer, it.ID, 10) }},
				{"uri", func() (any, error) { return n.Browse.ByURI(ctx, v.Viewer, string(it.URI)) }},
			} {
				if (turn+i*2+k)%4 != 0 && !soak {
					continue
				}
				if got, err := way.ask(); err != nil {
					missing(way.output, p, err)
				} else {
					shown(way.output, p, got)
				}
			}
		}
	}

	// The wire, whole; and by words of a text, which find what may be read and nothing else.
	listed := walk(t, n, v, browse.Query{Limit: 100})
	for _, e := range listed {
		if e.Release != nil && byID[e.Release.ID] != nil {
			shown("wire", byID[e.Release.ID], e)
		}
	}
	var subjects []string
	for _, p := range now {
		if slices.Contains(subjects, p.s.Name) {
			continue
		}
		subjects = append(subjects, p.s.Name)
		first := p.s.Content("first", 1) // of an item that no update and no correction changes
		for _, q := range []browse.Query{{Text: first.Headline, Limit: 100}, {Text: first.Body[0][:len(first.Body[0])-2] + "*", Limit: 100, Relevance: true}} {
			found := map[wire.ReleaseID]bool{}
			for _, e := range walk(t, n, v, q) {
				if e.Release == nil {
					continue
				}
				found[e.Release.ID] = true
				if p := byID[e.Release.ID]; p != nil {
					shown("search", p, e)
				}
			}
			for _, o := range now {
				readable := accesstest.Want(v, o.s, o.m) == access.All && o.r.State == wire.Released
				if o.s.Name == p.s.Name && found[o.id] != readable {
					t.Errorf("search %q: %s, %s, for %s: found %v", q.Text, o.s.Name, o.m.Name, v.Name, found[o.id])
				}
			}
		}
	}

	for after := begin; ; {
		events, next, err := n.Browse.Events(ctx, v.Viewer, after, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if p := byID[e.Release.ID]; p != nil {
				shown("stream "+string(e.Kind), p, e)
			}
		}
		if len(events) == 0 {
			break
		}
		after = next
	}
	for cursor := ""; ; {
		entries, next, err := n.Browse.Register(ctx, v.Viewer, browse.RegisterQuery{Old: true, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if p := byID[e.Release.ID]; p != nil {
				shown("register", p, e)
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
}

// walk is every entry of a query, page by page.
func walk(t *testing.T, n *testkit.Node, v accesstest.Viewer, q browse.Query) []browse.Entry {
	t.Helper()
	var out []browse.Entry
	for range 100 {
		p, err := n.Browse.List(context.Background(), v.Viewer, q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Entries...)
		if q.Cursor = p.Next; q.Cursor == "" {
			return out
		}
	}
	t.Fatal(fmt.Errorf("no end of %+v", q))
	return nil
}
