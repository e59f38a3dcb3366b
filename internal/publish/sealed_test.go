package publish_test

import (
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// TestSealOpens: the newest seal of a release under embargo is opened by the commitments of its
// versions, whichever way it came to be under embargo.
func TestSealOpens(t *testing.T) { testkit.OnBoth(t, testSealOpens) }

func testSealOpens(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*testing.T, *testkit.Node, publish.Input) *wire.Release{
		"at once": func(t *testing.T, n *testkit.Node, in publish.Input) *wire.Release { return create(t, n, in) },
		"from a draft": func(t *testing.T, n *testkit.Node, in publish.Input) *wire.Release {
			in.Draft = true
			r := create(t, n, in)
			r, err := n.Publish.Publish(ctx, testkit.Viewer("alfa"), r.ID, nil)
			if err != nil {
				t.Fatal(err)
			}
			return r
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := testkit.Open(t)
			in := water()
			in.EmbargoedUntil = testkit.Start.Add(time.Hour)
			r := way(t, n, in)
			opens(t, n, r)
			id := r.Items[0].ID
			c := r.Items[0].Current().Content
			c.Body = append(c.Body, "Another paragraph.")
			r, err := n.Publish.Update(ctx, testkit.Viewer("alfa"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{id: c}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			opens(t, n, r)
		})
	}
}

// opens checks the newest seal against what the store has of the release's versions.
func opens(t *testing.T, n *testkit.Node, r *wire.Release) {
	t.Helper()
	_, place, err := n.Store.Release(ctx, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := n.Store.SealedVersions(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	var commits [][32]byte
	for _, it := range r.Items {
		if len(sealed[it.ID]) != len(it.Versions) {
			t.Errorf("%d commitments of %d versions", len(sealed[it.ID]), len(it.Versions))
		}
		commits = append(commits, sealed[it.ID]...)
	}
	h, err := n.Store.Log("alfa-public")
	if err != nil {
		t.Fatal(err)
	}
	leaves, err := n.Store.Rows(h).Leaves(ctx, place.SealLeaf, place.SealLeaf+1)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := tlog.ParseLeaf(leaves[0])
	if err != nil {
		t.Fatal(err)
	}
	if c := tlog.CommitSeal(tlog.Salt(place.SealSalt), commits); string(c[:]) != string(leaf.Commit) {
		t.Error("the versions do not open the seal")
	}
}

// TestStreamUnderEmbargo: a stranger who follows on after an opening is told what she would have been
// told at the time: that it was released, and nothing of before.
func TestStreamUnderEmbargo(t *testing.T) { testkit.OnBoth(t, testStreamUnderEmbargo) }

func testStreamUnderEmbargo(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	_, start, err := n.Browse.Events(ctx, access.Viewer{}, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	in := water()
	in.EmbargoedUntil = testkit.Start.Add(time.Hour)
	r := create(t, n, in)
	n.Clock.Move(time.Minute)
	c := r.Items[0].Current().Content
	c.Body = append(c.Body, "Another paragraph.")
	if _, err := n.Publish.Correct(ctx, testkit.Viewer("alfa"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: c}}, "a figure", nil); err != nil {
		t.Fatal(err)
	}
	n.Clock.Move(time.Hour)
	if err := n.Publish.Handlers()[publish.JobOpen](ctx, jobs.Job{Args: string(r.ID)}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		viewer access.Viewer
		want   string
	}{{access.Viewer{}, "released"}, {testkit.Viewer("beta"), "embargoed corrected released"}} {
		evs, _, err := n.Browse.Events(ctx, c.viewer, start, 10)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, e := range evs {
			kinds = append(kinds, string(e.Kind))
		}
		if got := strings.Join(kinds, " "); got != c.want {
			t.Errorf("%q is told %q, want %q", c.viewer.Member, got, c.want)
		}
	}
}
