package publish_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// TestJointReleases: a further issuer's name stands once its own member has confirmed the words, which enters that member's own log; an
// update asks again. Nobody else can give its word, and not for words that it has not read.
func TestJointReleases(t *testing.T) { testkit.OnBoth(t, testJointReleases) }

func testJointReleases(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	alfa, beta := testkit.Viewer("alfa"), testkit.Viewer("beta")
	in := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Joint statement", "Both say so."}, lang.KK: {"Ортақ мәлімдеме", "Екеуі де айтты."}})
	in.Issuers = []wire.MemberID{"alfa", "beta"}
	r, err := n.Publish.Create(ctx, alfa, in)
	if err != nil {
		t.Fatal(err)
	}
	role := func(r *wire.Release) string {
		members, err := n.Store.Members(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return ninjs.FromRelease(r, 0, r.Items[0].Current().N, members).InfoSources[1].Role
	}
	stands := func(want bool) *wire.Release {
		t.Helper()
		got, _, err := n.Store.Release(ctx, r.ID)
		if err != nil || got.Stands("beta") != want || !got.Stands("alfa") || (role(got) == "originator") != want || (len(got.Unconfirmed()) == 0) != want {
			t.Fatalf("stands: %v, unconfirmed %v, role %q, %v; want %v", got.Stands("beta"), got.Unconfirmed(), role(got), err, want)
		}
		waiting, err := n.Store.ToConfirm(ctx, "beta", 10)
		if err != nil || slices.ContainsFunc(waiting, func(w *wire.Release) bool { return w.ID == r.ID }) == want {
			t.Fatalf("%d wait for beta's word, %v; confirmed %v", len(waiting), err, want)
		}
		return got
	}
	stands(false)
	refused := func(v access.Viewer, revision int, kind fault.Kind) {
		t.Helper()
		if _, err := n.Publish.Concur(ctx, v, r.ID, revision, nil); fault.KindOf(err) != kind {
			t.Errorf("%s at revision %d: %v, want %s", v.Member, revision, err, kind)
		}
	}
	refused(alfa, 0, fault.Conflict)
	refused(testkit.Viewer("gamma"), 0, fault.NotAllowed)
	refused(access.Viewer{}, 0, fault.Unauthenticated)
	refused(access.Viewer{Member: "beta", Scopes: []access.Scope{access.Read, access.DraftScope, access.Withdraw}}, 0, fault.NotAllowed)
	refused(beta, r.Revision+1, fault.Conflict)
	stands(false)

	n.Clock.Move(time.Minute)
	if _, err := n.Publish.Concur(ctx, beta, r.ID, r.Revision, nil); err != nil {
		t.Fatal(err)
	}
	got := stands(true)
	refused(beta, 0, fault.Conflict) // already
	c := got.Concurred("beta")
	h, err := n.Store.Log("beta-public")
	if err != nil {
		t.Fatal(err)
	}
	leaves, err := n.Store.Rows(h).Leaves(ctx, c.Leaf, c.Leaf+1)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := tlog.ParseLeaf(leaves[0])
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := n.Store.SealedVersions(ctx, got)
	if err != nil {
		t.Fatal(err)
	}
	commit := tlog.CommitConcur([][32]byte{sealed[got.Items[0].ID][0], sealed[got.Items[1].ID][0]})
	if leaf.Kind != tlog.KindConcur || leaf.ID != string(r.ID) || leaf.Time != c.At.Unix() || !bytes.Equal(leaf.Commit, commit[:]) {
		t.Errorf("the leaf is %+v", leaf)
	}

	// Other words are not those that beta confirmed.
	n.Clock.Move(time.Minute)
	up := wire.Changes{Content: map[wire.ItemID]wire.Content{got.Items[0].ID: {Headline: "Joint statement, longer", Body: []string{"Both say more."}}}}
	if _, err := n.Publish.Update(ctx, alfa, r.ID, up, nil); err != nil {
		t.Fatal(err)
	}
	got = stands(false)
	refused(beta, r.Revision, fault.Conflict) // she read the words before
	if _, err := n.Publish.Concur(ctx, beta, r.ID, got.Revision, nil); err != nil {
		t.Fatal(err)
	}
	stands(true)
	if _, err := n.Publish.Withdraw(ctx, alfa, r.ID, "why", nil); err != nil {
		t.Fatal(err)
	}
	refused(beta, 0, fault.Conflict)
	if _, err := n.Publish.Erase(ctx, alfa, r.ID, nil); err != nil {
		t.Fatal(err)
	}
	refused(beta, 0, fault.Conflict)

	// A draft is not there for beta, an embargo is confirmed when it has opened; a draft that is thrown away takes its names with it.
	in.Draft = true
	draft, err := n.Publish.Create(ctx, alfa, in)
	if err != nil {
		t.Fatal(err)
	}
	r = draft
	refused(beta, 0, fault.NotFound)
	if _, err := n.Publish.Erase(ctx, alfa, r.ID, nil); err != nil {
		t.Fatal(err)
	}
	in.Draft, in.EmbargoedUntil = false, n.Clock.Now().Add(time.Hour)
	if r, err = n.Publish.Create(ctx, alfa, in); err != nil {
		t.Fatal(err)
	}
	refused(beta, 0, fault.Conflict)
	if waiting, err := n.Store.ToConfirm(ctx, "beta", 10); err != nil || len(waiting) != 0 {
		t.Errorf("%d wait, %v", len(waiting), err)
	}
}
