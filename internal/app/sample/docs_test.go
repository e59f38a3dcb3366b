package sample

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// README and docs/demo.md say with how many releases the demo begins and how many arrive.
func TestDocsCountTheReleases(t *testing.T) {
	t.Parallel()
	begins, arrives, last := 0, 0, 0.0
	for _, r := range Releases() {
		if r.At <= 0 {
			begins++
		} else {
			arrives++
			last = max(last, r.At.Minutes())
		}
	}
	if last > 12 {
		t.Errorf("the last arrives after %v minutes", last)
	}
	for _, f := range []string{"README.md", "docs/demo.md"} {
		b, err := os.ReadFile("../../../" + f)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{fmt.Sprintf("%d releases", begins), fmt.Sprintf("%d more that arrive in the", arrives)} {
			if !strings.Contains(string(b), want) {
				t.Errorf("%s does not say %q", f, want)
			}
		}
	}
}
