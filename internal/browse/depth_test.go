package browse_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestDepth: a search whose time is up answers with what it has and says how far back that is; going on by its
// cursor finds what a search without haste finds, each once and in order.
func TestDepth(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	const releases = 40
	for i := range releases {
		n.Clock.Move(time.Hour)
		text := "Rain and snow."
		if i%13 == 3 {
			text = "Rain alone."
		}
		if _, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprint("Number ", i), text}})); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"rain -snow", `"rain alone"`, "rain", "ra*", "hail -rain"} {
		all := func(depth browse.Depth, limit int) (found []string, cut int) {
			n.Browse.Depth = depth
			var back time.Time
			for q := (browse.Query{Text: text, Limit: limit}); ; {
				page, err := n.Browse.List(ctx, access.Viewer{}, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page.Entries {
					found = append(found, e.Release.Items[0].Current().Content.Headline)
				}
				if !page.Back.IsZero() {
					if cut++; page.Next == "" || len(page.Entries) >= limit || !back.IsZero() && !page.Back.Before(back) {
						t.Errorf("%s: searched back to %v after %v, %d entries, next %q", text, page.Back, back, len(page.Entries), page.Next)
					}
					back = page.Back
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					return found, cut
				}
			}
		}
		want, cut := all(browse.Depth{Patience: time.Hour, Step: 8}, 30)
		if cut != 0 {
			t.Errorf("%s: cut short %d times with an hour's time", text, cut)
		}
		for _, limit := range []int{1, 3, 30} {
			got, cut := all(browse.Depth{Patience: 0, Step: 8}, limit)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, %d a page: %v, want %v", text, limit, got, want)
			}
			if text == "rain -snow" && (len(got) != 3 || cut == 0 && !whole()) {
				t.Errorf("%s, %d a page: %v, cut short %d times", text, limit, got, cut)
			}
		}
	}
}

// whole: PostgreSQL is asked for whole partitions, and all of a test is in the first.
func whole() bool { return os.Getenv("JARCHI_TEST_ENGINE") == "postgres" }

// TestHowFarBackTellsNothing: what a search says of how far it came, to whom it may not show everything, are times of entries that she
// may see, and it takes as many pages as if there were nothing else.
func TestHowFarBackTellsNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	n.Browse.Depth = browse.Depth{Patience: 0, Step: 8}
	visible := map[time.Time]bool{}
	for i := range 60 {
		n.Clock.Move(time.Hour)
		in := testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprint("Number ", i), "Rain and snow."}})
		if i%20 == 7 {
			visible[n.Clock.Now()] = true
		} else { // runs that are longer than two steps
			in.Audience = wire.Audience{Class: wire.Partners, Partners: []wire.MemberID{"beta"}}
		}
		if _, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), in); err != nil {
			t.Fatal(err)
		}
	}
	said := 0
	for q := (browse.Query{Text: "rain -snow"}); ; {
		page, err := n.Browse.List(ctx, access.Viewer{}, q)
		if err != nil || len(page.Entries) > 0 {
			t.Fatalf("%d entries, %v", len(page.Entries), err)
		}
		if !page.Back.IsZero() {
			if said++; !visible[page.Back] {
				t.Errorf("it says %v, when nothing happened that she may see", page.Back)
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if said == 0 && !whole() || said > len(visible) {
		t.Errorf("%d pages over %d entries that she may see", said, len(visible))
	}
}
