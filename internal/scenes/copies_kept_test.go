package scenes

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// A headline that was corrected stands beside its copies no longer, from the correction's answer on, also on pages that
// were kept for those who are not signed in.
func TestACorrectedHeadlineLeavesKeptPages(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.members()
	const text = "The two services measure the level of the lower river together every morning before the gates are moved. " +
		"Farmers along the left bank had waited for the water since the end of a dry spring, and the canals were cleaned by hand in the villages. " +
		"An engineer of the water service said that the gates will stay open for forty-five days and that nobody has to ask for a share in writing. " +
		"The ferry near the old bridge does not run while the current is strong, so buses go over the new bridge and stop at the market."
	write := func(m wire.MemberID, headline string) *wire.Release {
		return s.released(m, 4, wire.NewItem{Language: lang.EN, Content: wire.Content{Headline: headline, Body: []string{text}}})
	}
	first := write("toqsanbulaq", "Water for the lower river")
	second := write("sabzwadi", "Gates open for 54 days")
	page := "/releases/" + string(first.ID)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if _, body := s.get(http.DefaultClient, page+"?ui=en"); strings.Contains(body, "Gates open for 54 days") { // a page that is not kept
			break
		}
		if time.Now().After(end) {
			t.Fatal("the copy is not found")
		}
	}
	if _, body := s.get(http.DefaultClient, page); !strings.Contains(body, "Gates open for 54 days") {
		t.Fatal("the kept page lacks the copy")
	}
	c := second.Items[0].Current().Content
	c.Headline = "Gates open for 45 days"
	if _, err := s.Publish.Correct(t.Context(), testkit.Viewer("sabzwadi"), second.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{second.Items[0].ID: c}}, "45, not 54", nil); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond) // as long as a page that shows words of others may be behind while much happens
	for range 20 {
		if _, body := s.get(http.DefaultClient, page); strings.Contains(body, "54 days") {
			t.Fatal("the headline that was corrected still stands beside its copy")
		}
		time.Sleep(100 * time.Millisecond)
	}
}
