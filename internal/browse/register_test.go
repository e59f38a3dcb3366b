package browse_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

func TestRegister(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	n, ctx := testkit.Open(t), context.Background()
	read := func(q browse.RegisterQuery) ([]browse.RegisterEntry, string) {
		t.Helper()
		out, next, err := n.Browse.Register(ctx, access.Viewer{}, q)
		if err != nil {
			t.Fatal(err)
		}
		return out, next
	}
	for i := range 30 {
		m := wire.MemberID("alfa")
		if i%3 == 0 {
			m = "beta"
		}
		in := testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprint("Number ", i), "It holds 24 million cubic metres."}})
		in.Issuers, in.Audience = []wire.MemberID{m}, wire.Audience{Class: wire.Public}
		r, err := n.Publish.Create(ctx, testkit.Viewer(m), in)
		if err != nil {
			t.Fatal(err)
		}
		n.Clock.Move(time.Second)
		c := r.Items[0].Current().Content
		c.Body = []string{"It holds 240 million cubic metres."}
		if _, err := n.Publish.Correct(ctx, testkit.Viewer(m), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: c}}, fmt.Sprint("reason ", i), nil); err != nil {
			t.Fatal(err)
		}
		if i%5 == 0 {
			n.Clock.Move(time.Second)
			if _, err := n.Publish.Withdraw(ctx, testkit.Viewer(m), r.ID, fmt.Sprint("gone ", i), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	all, next := read(browse.RegisterQuery{})
	if len(all) != 36 || next != "" {
		t.Fatalf("%d lines, next %q", len(all), next)
	}
	for _, c := range []struct {
		q    browse.RegisterQuery
		want int
	}{{browse.RegisterQuery{Member: "beta"}, 12}, {browse.RegisterQuery{Kind: wire.EventWithdrawn}, 6}, {browse.RegisterQuery{Member: "alfa", Kind: wire.EventWithdrawn}, 4}, {browse.RegisterQuery{Member: "no-one"}, 0}} {
		seen := 0
		for c.q.Limit = 5; ; {
			out, next := read(c.q)
			for _, e := range out {
				if c.q.Member != "" && e.Release.Lead() != c.q.Member || c.q.Kind != "" && e.Kind != c.q.Kind {
					t.Errorf("%+v: %s of %s", c.q, e.Kind, e.Release.Lead())
				}
			}
			seen += len(out)
			if c.q.Cursor = next; next == "" {
				break
			}
		}
		if seen != c.want {
			t.Errorf("%+v: %d lines, want %d", c.q, seen, c.want)
		}
	}
	for i := 1; i < len(all); i++ {
		if all[i].At.After(all[i-1].At) {
			t.Errorf("line %d is newer than the one before it", i)
		}
	}
	if late, next := read(browse.RegisterQuery{Since: all[4].At, Limit: 20}); len(late) != 5 || next != "" {
		t.Errorf("%d lines since the fifth, next %q", len(late), next)
	}
	// A line's own link begins with it, also when newer ones have come.
	from, _ := read(browse.RegisterQuery{Cursor: all[7].From})
	if len(from) != 29 || from[0].Release.ID != all[7].Release.ID || from[0].Kind != all[7].Kind {
		t.Fatalf("%d", len(from))
	}
	// The words that a correction replaced are there when asked for, and none of what was withdrawn.
	old, _ := read(browse.RegisterQuery{Old: true})
	for i, e := range old {
		before := e.Release.Items[0].Versions[0].Content.Body
		if e.Release.State == wire.Withdrawn && (len(before) != 0 || e.Kind == wire.EventCorrected && e.Reason != "") || e.Release.State != wire.Withdrawn && (len(before) != 1 || len(all[i].Release.Items[0].Versions[0].Content.Body) != 0) {
			t.Errorf("%s %s: %q", e.Kind, e.Release.State, before)
		}
	}
	for _, q := range []browse.RegisterQuery{{Kind: "released"}, {Member: `x" or 1`}, {Member: "%"}, {Cursor: "x"}, {Member: "alfa", Cursor: all[7].From}} {
		if _, _, err := n.Browse.Register(ctx, access.Viewer{}, q); fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.NotFound {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

// TestRegisterOfReaders: every reader gets the lines that access gives her and no other, page by page, also
// where what is not hers lies between by the hundred.
func TestRegisterOfReaders(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	n, ctx := testkit.Open(t), context.Background()
	if err := n.Store.AddMember(ctx, testkit.Member("gamma", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	audiences := []wire.Audience{{Class: wire.Members}, {Class: wire.Partners, Partners: []wire.MemberID{"gamma"}}, {Class: wire.Public}}
	for i := range 150 {
		in := testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprint("Number ", i), "It holds 24 million cubic metres."}})
		in.Issuers, in.Audience = []wire.MemberID{[]wire.MemberID{"alfa", "beta"}[i%2]}, audiences[i/2%2]
		if i%30 == 0 {
			in.Audience = audiences[2]
		}
		if i%40 == 0 {
			in.EmbargoedUntil = n.Clock.Now().AddDate(1, 0, 0)
		}
		by := testkit.Viewer(in.Issuers[0])
		r, err := n.Publish.Create(ctx, by, in)
		if err != nil {
			t.Fatal(err)
		}
		n.Clock.Move(time.Second)
		if _, err := n.Publish.Withdraw(ctx, by, r.ID, "gone", nil); err != nil {
			t.Fatal(err)
		}
	}
	events, err := n.Store.EventsAfter(ctx, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []access.Viewer{{}, {Local: true}, {Member: "alfa", Scopes: []access.Scope{access.Read}}, testkit.Viewer("alfa"), testkit.Viewer("beta"), testkit.Viewer("gamma")} {
		for _, issuer := range []wire.MemberID{"", "beta"} {
			var want, got []wire.ReleaseID
			for _, e := range slices.Backward(events) {
				if e.Kind != wire.EventWithdrawn {
					continue
				}
				r, _, err := n.Store.Release(ctx, wire.ReleaseID(e.Ref))
				if err != nil {
					t.Fatal(err)
				}
				if access.Release(v, r, n.Clock.Now()) == access.All && (issuer == "" || slices.Contains(r.Issuers, issuer)) {
					want = append(want, r.ID)
				}
			}
			for q := (browse.RegisterQuery{Limit: 7, Member: issuer}); ; {
				out, next, err := n.Browse.Register(ctx, v, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range out {
					got = append(got, e.Release.ID)
				}
				if q.Cursor = next; next == "" {
					break
				}
			}
			if !slices.Equal(got, want) || len(want) == 0 && issuer == "" {
				t.Errorf("%+v of %q: %d lines, want %d", v, issuer, len(got), len(want))
			}
		}
	}
}

// TestRegisterSince: whatever was asked for before, everything since a time is told, and nothing from before it.
func TestRegisterSince(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	n, ctx := testkit.Open(t), context.Background()
	begin := n.Clock.Now()
	var at []time.Time
	for i := range 12 {
		in := testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprint("Number ", i), "It holds 24 million cubic metres."}})
		in.Audience = wire.Audience{Class: wire.Public}
		r, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), in)
		if err != nil {
			t.Fatal(err)
		}
		n.Clock.Move(7 * time.Second)
		if _, err := n.Publish.Withdraw(ctx, testkit.Viewer("alfa"), r.ID, "gone", nil); err != nil {
			t.Fatal(err)
		}
		at = append(at, n.Clock.Now())
		for s := range 25 {
			since := begin.Add(time.Duration((s*37)%150) * time.Second)
			out, _, err := n.Browse.Register(ctx, access.Viewer{}, browse.RegisterQuery{Since: since})
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for _, x := range at {
				if !x.Before(since) {
					want++
				}
			}
			if len(out) != want {
				t.Fatalf("since %v: %d lines, want %d", since.Sub(begin), len(out), want)
			}
		}
	}
}
