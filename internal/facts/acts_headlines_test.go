package facts

import (
	"os"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestActsOfHeadlines reads headlines that were written before any of them was read, and more, written when the tables had
// been mended by the first: how many tell act and status. What was reached at first sight stands in docs/languages.md.
func TestActsOfHeadlines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file         string
		right, wrong int // that were reached
	}{{"headlines", 224, 1}, {"headlines-later", 79, 1}} {
		data, err := os.ReadFile("testdata/acts/" + c.file + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		rows, right, wrong := 0, 0, 0
		for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
			if line[0] == '#' {
				continue
			}
			f := strings.Split(line, "\t")
			rows++
			act := Read(lang.Tag(f[0]), f[2]).Act
			got := string(act.Kind) + "/" + string(act.Status)
			if act == (Act{}) {
				got = "-"
			}
			if got == f[1] {
				right++
				continue
			}
			if got != "-" && !strings.HasPrefix(f[1], string(act.Kind)) {
				wrong++
			}
			t.Logf("%s: %s, not %s: %s", f[0], got, f[1], f[2])
		}
		t.Logf("%s: %d, right %d, another act %d", c.file, rows, right, wrong)
		if right < c.right || wrong > c.wrong {
			t.Errorf("%s: fewer than were reached", c.file)
		}
	}
}
