package browse_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// Pages of very long releases end early, and a walk still meets every release once.
func TestPagesAreBoundedInBytes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	const count = 35
	for i := range count {
		in := testkit.Input(map[lang.Tag][2]string{lang.RU: {fmt.Sprint("Плотина ", i), strings.Repeat("Плотина открыта. ", 20)}})
		if _, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), in); err != nil {
			t.Fatal(err)
		}
	}
	n.Browse.SetPageBytes(1)
	for _, text := range []string{"", "плотина"} {
		seen, pages := map[string]bool{}, 0
		for q := (browse.Query{Text: text, Limit: 100}); ; {
			page, err := n.Browse.List(ctx, access.Viewer{}, q)
			if err != nil {
				t.Fatal(err)
			}
			if pages++; len(page.Entries) > 10 {
				t.Errorf("a page of %d", len(page.Entries))
			}
			for _, e := range page.Entries {
				if seen[string(e.Release.ID)] {
					t.Errorf("%s twice", e.Release.ID)
				}
				seen[string(e.Release.ID)] = true
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if len(seen) != count || pages != 4 {
			t.Errorf("%q: %d releases on %d pages", text, len(seen), pages)
		}
	}
	// By relevance the newest that fit are ranked.
	page, err := n.Browse.List(ctx, access.Viewer{}, browse.Query{Text: "плотина", Limit: 100, Relevance: true})
	if err != nil || len(page.Entries) != 10 {
		t.Errorf("%d %v", len(page.Entries), err)
	}
}

// A cursor goes on with the list that it was made for, with any limit, and with no other.
func TestCursorsBelongToTheirList(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	for i := range 4 {
		in := testkit.Input(map[lang.Tag][2]string{lang.RU: {fmt.Sprint("Плотина ", i), "Плотина открыта."}})
		if _, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), in); err != nil {
			t.Fatal(err)
		}
	}
	day := time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)
	lists := []browse.Query{
		{}, {Text: "плотина"}, {Text: "открыта"}, {Text: "плотина", Relevance: true}, {Text: "открыта", Relevance: true},
		{Language: lang.RU}, {Member: "alfa"}, {Kind: "release"}, {Since: day}, {Since: day.Add(time.Hour)},
		{Before: day.AddDate(100, 0, 0)}, {Text: "плотина", Language: lang.RU, Relevance: true},
	}
	for i, made := range lists {
		made.Limit = 2
		page, err := n.Browse.List(ctx, access.Viewer{}, made)
		if err != nil || page.Next == "" || len(page.Entries) != 2 {
			t.Fatalf("%+v: %d entries, next %q, %v", made, len(page.Entries), page.Next, err)
		}
		for k, q := range lists {
			q.Limit, q.Cursor = 3, page.Next
			page, err := n.Browse.List(ctx, access.Viewer{}, q)
			if i == k && (err != nil || len(page.Entries) != 2) {
				t.Errorf("%+v does not go on: %d entries, %v", made, len(page.Entries), err)
			}
			if i != k && fault.KindOf(err) != fault.Invalid {
				t.Errorf("a cursor of %+v is taken by %+v: %v", made, q, err)
			}
		}
	}
	page, err := n.Browse.List(ctx, access.Viewer{}, browse.Query{Since: day, Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	same := browse.Query{Since: day.In(time.FixedZone("", 5*3600)), Cursor: page.Next} // the same moment, said otherwise
	if _, err := n.Browse.List(ctx, access.Viewer{}, same); err != nil {
		t.Error(err)
	}
}

// A name is found in the other languages by whoever may read them and by nobody else, and of a release in
// several languages the item with the typed word is shown.
func TestNamesMeetAcrossLanguages(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	texts := map[lang.Tag][2]string{lang.KK: {"Көксай суы", "Көксайдан су жіберіледі."}, lang.RU: {"Вода из Коксая", "Из Коксайского водохранилища."}, lang.UZ: {"Koʻksoy suvi", "Koʻksoydan suv chiqariladi."}, lang.FA: {"آب کوک‌سای", "از سد کوک‌سای."}}
	one, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), testkit.Input(texts))
	if err != nil {
		t.Fatal(err)
	}
	in := testkit.Input(map[lang.Tag][2]string{lang.RU: {"О Коксае", "Коксай."}})
	in.Audience = wire.Audience{Class: wire.Members}
	closed, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), in)
	if err != nil {
		t.Fatal(err)
	}
	for typed, shown := range map[string]lang.Tag{"Көксайдан": lang.KK, "Koʻksoydan": lang.UZ, "كوكساي": lang.FA, "Коксайского": lang.RU, "Köksay": ""} {
		for _, relevance := range []bool{false, true} {
			for v, want := range map[string]int{"": 1, "alfa": 2} {
				viewer := access.Viewer{}
				if v != "" {
					viewer = testkit.Viewer(wire.MemberID(v))
				}
				page, err := n.Browse.List(ctx, viewer, browse.Query{Text: typed, Relevance: relevance})
				if err != nil || len(page.Entries) != want {
					t.Errorf("%s: %q sees %d, %v", typed, v, len(page.Entries), err)
					continue
				}
				for _, e := range page.Entries {
					if e.Release.ID == closed.ID && v == "" {
						t.Errorf("%s: a stranger sees what is closed", typed)
					}
					if e.Release.ID != one.ID {
						continue
					}
					if got := e.Release.Items[e.Item].Language; shown != "" && got != shown {
						t.Errorf("%s (relevance %v): %s is shown", typed, relevance, got)
					}
				}
			}
		}
	}
	for typed, want := range map[string]int{`"Көксайдан"`: 1, "-Көксай": 2, "көк*": 1} {
		if page, err := n.Browse.List(ctx, testkit.Viewer("alfa"), browse.Query{Text: typed}); err != nil || len(page.Entries) != want || len(page.Understood[0].Also) != 0 {
			t.Errorf("%s: %d %v", typed, len(page.Entries), err)
		}
	}
}
