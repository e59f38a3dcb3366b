package browse_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
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
