package browse_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestSinceAndBefore: what arrives is not always written in the order of its times (a document has the
// time at which reading it began); since and before go by the times.
func TestSinceAndBefore(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	for i, second := range []int{10, 5, 20, 15, 30} {
		n.Clock.Move(testkit.Start.Add(time.Duration(second) * time.Second).Sub(n.Clock.Now()))
		if _, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprint("Number ", i), "Words."}})); err != nil {
			t.Fatal(err)
		}
	}
	at := func(second int) time.Time {
		if second < 0 {
			return time.Time{}
		}
		return testkit.Start.Add(time.Duration(second) * time.Second)
	}
	for _, c := range []struct {
		since, before int // seconds; negative: none
		want          string
	}{
		{-1, -1, "43210"}, {0, 60, "43210"}, {4, -1, "43210"}, {6, -1, "4320"}, {10, -1, "4320"}, {16, -1, "42"}, {31, -1, ""},
		{-1, 5, ""}, {-1, 6, "1"}, {-1, 10, "1"}, {-1, 16, "310"}, {6, 16, "30"}, {40, 30, ""},
	} {
		for _, text := range []string{"", "words"} {
			page, err := n.Browse.List(ctx, access.Viewer{}, browse.Query{Text: text, Since: at(c.since), Before: at(c.before)})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, e := range page.Entries {
				got += e.Release.Items[0].Current().Content.Headline[len("Number "):]
			}
			if got != c.want {
				t.Errorf("%q since %d before %d: %q, want %q", text, c.since, c.before, got, c.want)
			}
		}
	}
}

// TestManyUnderEmbargo: members page through the headers of all that is under embargo, each once.
func TestManyUnderEmbargo(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	for i := range 25 {
		in := testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprint("Number ", i), "Words."}})
		if i != 7 {
			in.EmbargoedUntil = testkit.Start.Add(time.Hour)
		}
		if _, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), in); err != nil {
			t.Fatal(err)
		}
	}
	n.Browse.SetPageBytes(30)
	for _, v := range []access.Viewer{testkit.Viewer("alfa"), testkit.Viewer("beta")} {
		for _, limit := range []int{1, 10, 24, 100} {
			seen, sealed := map[string]bool{}, 0
			for q := (browse.Query{Limit: limit}); ; {
				page, err := n.Browse.List(ctx, v, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page.Entries {
					if seen[string(e.Release.ID)] {
						t.Errorf("%s twice", e.Release.ID)
					}
					seen[string(e.Release.ID)] = true
					if e.Release.OpenedAt.IsZero() {
						sealed++
					}
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
			if len(seen) != 25 || sealed < 24 {
				t.Errorf("%s, %d a page: %d, %d under embargo", v.Member, limit, len(seen), sealed)
			}
		}
	}
}
