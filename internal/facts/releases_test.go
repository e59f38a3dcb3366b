package facts

import (
	"os"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestReleases: the acts of releases in eight languages: what was evacuated by a flood is a disaster, an ambassador who is
// received no decision, talks that ended without a signature no signing.
func TestReleases(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/releases/acts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		f := strings.Split(line, "\t")
		act := Read(lang.Tag(f[0]), f[2]).Act
		got := "-"
		if act.Kind != "" {
			got = string(act.Kind) + "/" + string(act.Status)
		}
		if got != f[1] {
			t.Errorf("%s: %s, not %s: %s", f[0], got, f[1], f[2])
		}
	}
}
