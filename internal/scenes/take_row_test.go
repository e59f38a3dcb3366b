package scenes

import (
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// TestTakeOfTheSelectedRow: on the wire the key t takes the row that is selected without opening it; of a
// withdrawn row it opens what says so. The board leads to what the desk took.
func TestTakeOfTheSelectedRow(t *testing.T) {
	t.Parallel()
	s, r, u, b := takeStage(t)
	b.Open(1280, 900, s.URL+"/?ui=en")
	b.Wait(`!!document.querySelector('.row')`)
	b.Key("KeyT") // nothing is selected, nothing is taken
	b.Key("KeyJ")
	b.Wait(`!!document.querySelector('.row.is-selected')`)
	b.Key("KeyT")
	b.Wait(`/^Copied\. Noted: Desk · Version 1 · /.test(document.querySelector('.told')?.textContent || '')`)
	takeShot(b, "row-taken")
	if got := chromium.Eval[string](b, `navigator.clipboard.readText()`); !strings.Contains(got, "[Member kumushdaryo]") {
		t.Errorf("the clipboard holds %q", got)
	}
	if chromium.Eval[bool](b, `!!document.querySelector('#item') || location.search.includes('open') || !document.querySelector('.row.is-selected')`) {
		t.Error("the row was opened, or is not selected any more")
	}
	if *takeShots != "" {
		for _, ui := range []string{"en", "ur"} {
			for _, w := range []int64{360, 1280} {
				b.Open(w, 900, s.URL+"/desk?ui="+ui)
				takeShot(b, fmt.Sprintf("board-%s-%d", ui, w))
			}
		}
	}
	taker := s.browser(u)
	if code, body := s.get(taker, "/desk"); code != 200 || !strings.Contains(body, `<a href="/desk/taken">`) {
		t.Error("the board does not lead to what the desk took", code)
	}
	if _, body := s.get(taker, "/desk/taken"); strings.Count(body, `class="entry`) == 0 || !strings.Contains(body, "Version 1") {
		t.Error("the take is not noted")
	}

	if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer(r.Lead()), r.ID, "sana tasdiqlanmagan", nil); err != nil {
		t.Fatal(err)
	}
	b.Open(1280, 900, s.URL+"/?ui=en")
	b.Wait(`!!document.querySelector('.row')`)
	b.Key("KeyJ")
	b.Wait(`!!document.querySelector('.row.is-selected')`)
	b.Key("KeyT")
	b.Wait(`!!document.querySelector('#item .statebar')`)
}
