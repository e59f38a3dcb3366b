package receive_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/testkit"
)

// What a site repeats on its pages is learned from them and listed as removed on the next.
func TestSitesAreLearned(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	words := strings.Fields("bridge river market school ferry garden museum harbour tower mill")
	read := func(i int, host string) (body, removed []string) {
		t.Helper()
		w := words[i]
		page := fmt.Sprintf("<html><head><title>The %[1]s of Koksay opens</title></head><body><div><h1>The %[1]s of Koksay opens</h1><p>The %[1]s of Koksay opened on Monday, and %[2]d people came to see the %[1]s.</p>"+
			"<p>Koksay has waited for its %[1]s for %[2]d years, the keeper of the %[1]s told the crowd.</p><p>Evening edition for river towns</p><p>A second %[1]s is planned on the other bank, next to the first %[1]s.</p></div></body></html>", w, 20+i)
		got, err := n.Receive.Import(t.Context(), local, []intake.Document{{Name: w + ".html", URL: fmt.Sprintf("https://%s/%s", host, w), ContentType: "text/html", Bytes: []byte(page)}})
		if err != nil || len(got) != 1 || len(got[0].Captures) != 1 {
			t.Fatalf("%v, %v", got, err)
		}
		c, err := n.Store.Capture(t.Context(), got[0].Captures[0])
		if err != nil {
			t.Fatal(err)
		}
		return c.Body, c.Removed
	}
	const line = "Evening edition for river towns"
	for i := range 5 {
		body, removed := read(i, "www.koksay.example")
		known := i >= 3
		if slices.Contains(body, line) == known || slices.Contains(removed, line) != known {
			t.Errorf("page %d: body %q, removed %q", i, body, removed)
		}
	}
	if body, _ := read(6, "other.example"); !slices.Contains(body, line) {
		t.Errorf("another host knows nothing of it: %q", body)
	}
}
