package stories_test

import (
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestDamagedIsPassedOver: a sketch, traits or a card that cannot be read stop neither the jobs nor a withdrawal; a sketch
// is drawn again after the next start.
func TestDamagedIsPassedOver(t *testing.T) {
	t.Parallel()
	n := open(t)
	first := n.release(t, "alfa", riverNews, nil)
	n.capture(t, "portal", riverNews)
	gone := n.release(t, "alfa", roadNews, nil)
	n.settle(t)
	db := testkit.SQL(t, n.Dir)
	for q, b := range map[string]byte{"update sketch set units = $1": 9, "update story_text set traits = $1": 1, "update sketch set card = $1": 1} {
		if _, err := db.Exec(q, []byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if got := n.copies(t, testkit.Viewer("alfa"), first.ID, ""); len(got) != 0 {
		t.Errorf("a damaged card: %+v", got)
	}
	if _, err := n.Publish.Withdraw(ctx, testkit.Viewer("alfa"), gone.ID, "It was wrong.", nil); err != nil {
		t.Fatal(err)
	}
	if rows := n.rows(t); rows["sketches"] != 2 {
		t.Errorf("withdrawn: %v", rows)
	}

	again := n.reopen(t)
	copied := again.release(t, "beta", riverNews, nil)
	again.settle(t)
	if rows := again.rows(t); rows["sketches"] != 3 || rows["due"] != 0 {
		t.Fatalf("drawn again: %v", rows)
	}
	if got := again.copies(t, access.Viewer{}, copied.ID, ""); len(got) != 1 || got[0].Entry.Release.ID != first.ID {
		t.Errorf("after it was drawn again: %+v", got)
	}
}
