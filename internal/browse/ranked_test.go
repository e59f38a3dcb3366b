package browse_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestExactAboveStemAboveBeginning: by relevance the typed form comes first, then the word's other forms, then words that only begin so,
// wherever in the text each stands and however often.
func TestExactAboveStemAboveBeginning(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	long := strings.Repeat("Жол ашылды. ", 100)
	bring := func(headline, body string) string {
		t.Helper()
		r, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.KK: {headline, body}}))
		if err != nil {
			t.Fatal(err)
		}
		return string(r.ID)
	}
	exact := bring("Жаңалық", long+"Көпір салынды.")
	stem := bring("Жаңалық", long+"Көпірден су көрінеді.")
	stemHead := bring("Көпірдің жолы", "Көпірлер мен көпірге жол.")
	begins := bring("Көпіршік", "Көпіршік, көпіршік және көпіршік.")
	for typed, want := range map[string][]string{"көпір": {exact, stemHead, stem}, "көпір*": {exact, stemHead, stem, begins}, "көпірден": {stem, stemHead, exact}} {
		page, err := n.Browse.List(ctx, access.Viewer{}, browse.Query{Text: typed, Relevance: true})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range page.Entries {
			got = append(got, string(e.Release.ID))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, not %v", typed, got, want)
		}
	}
}

// TestExactAboveAllPages: the typed form stands above other forms of the word however many of these there are, whatever the page's size, and no place comes
// twice or is left out.
func TestExactAboveAllPages(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	hash := strings.Repeat("0123456789abcdef", 4)
	var all []*wire.Capture
	bring := func(headline, body string) wire.CaptureID {
		k := len(all) + 1
		c := &wire.Capture{ID: wire.NewCaptureID(hash, k), N: k, RawHash: hash, Language: lang.KK, Headline: headline, Body: []string{body}, ArrivedAt: n.Clock.Now()}
		all = append(all, c)
		return c.ID
	}
	long := strings.Repeat("Жол ашылды. ", 60)
	want := []wire.CaptureID{bring("Жаңалық", long+"Көпір салынды.")}
	for range 70 {
		want = slices.Insert(want, 1, bring("Көпірдің жолы", "Көпірлер мен көпірге жол.")) // of the same score the newest first
	}
	want = slices.Insert(want, 1, bring("Жаңалық", long+long+"Көпір салынды."))
	err := n.Store.Write(ctx, func(tx *store.Tx) error {
		for _, x := range all {
			if _, err := tx.PutCapture(x); err != nil {
				return err
			}
			if err := tx.Index(x.Position, publish.DocumentOfCapture(x)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{7, 100} {
		var got []wire.CaptureID
		for q := (browse.Query{Text: "көпір", Relevance: true, Limit: limit}); ; {
			page, err := n.Browse.List(ctx, testkit.Viewer("alfa"), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Entries {
				got = append(got, e.Capture.ID)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d a page: %v, not %v", limit, got, want)
		}
	}
}
