package stories_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// Of a text that joins passages of more earlier ones than are noted, those are kept of which it has most, however late
// they came; of equal ones the earliest.
func TestMostUsedAreNoted(t *testing.T) {
	t.Parallel()
	n := open(t)
	r := rand.New(rand.NewPCG(11, 12))
	passage := func(words int) string {
		var b strings.Builder
		for i := range words {
			if i > 0 {
				b.WriteByte(' ')
			}
			for range 3 {
				b.WriteByte("bdgklmnprst"[r.IntN(11)])
				b.WriteByte("aeiou"[r.IntN(5)])
			}
		}
		return b.String() + "."
	}
	const small, large = 13, 8
	of := map[wire.ReleaseID]string{}
	var parts []string
	var shortLast wire.ReleaseID
	for i := range small + large {
		words := 20
		if i >= small {
			words = 60
		}
		p := passage(words)
		parts = append(parts, p)
		id := n.release(t, "alfa", p+"\n\n"+passage(30), nil).ID
		if of[id] = fmt.Sprint(words, " words, ", i); i == small-1 {
			shortLast = id
		}
	}
	n.settle(t)
	later := n.release(t, "beta", strings.Join(parts, "\n\n"), nil)
	n.settle(t)
	got := n.allCopies(t, testkit.Viewer("alfa"), later.ID, "")
	if len(got.All)+got.More != 16 {
		t.Errorf("%d and %d more are noted", len(got.All), got.More)
	}
	for _, c := range got.All { // as many as are long
		if told := of[c.Entry.Release.ID]; !strings.HasPrefix(told, "60") {
			t.Errorf("%q stands before longer ones: %.2f", told, c.Share)
		}
	}
	if r := n.copies(t, testkit.Viewer("alfa"), shortLast, ""); len(r) != 0 {
		t.Errorf("the last of the short ones is noted before the others: %+v", r)
	}
}
