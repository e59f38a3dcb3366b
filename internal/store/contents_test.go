package store

import (
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/format/ninjs"
)

func document(t *testing.T, headline string) []byte {
	t.Helper()
	b, err := ninjs.Item{URI: "https://press.example/1", Standard: ninjs.Standard31(), Type: ninjs.TypeText, Language: "en",
		Headlines: []ninjs.Text{{Value: headline}}, Bodies: []ninjs.Body{{ContentType: "text/plain", Value: "One.\n\nTwo."}}}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestKeptContents: what is handed out is each caller's own, words leave at once, and words that were read
// before they went are not put back after.
func TestKeptContents(t *testing.T) {
	t.Parallel()
	var k contents
	bytes := document(t, "The bridge is open")
	before := k.turn()
	for range 3 {
		c, err := k.of(bytes, before)
		if err != nil || c.Headline != "The bridge is open" || len(c.Body) != 2 || c.Body[0] != "One." {
			t.Fatalf("%v %v", c, err)
		}
		c.Body[0] = "somebody wrote here"
	}
	if len(k.by) != 1 || k.bytes != len(bytes) {
		t.Fatalf("%d kept, %d bytes", len(k.by), k.bytes)
	}
	k.forget()
	if len(k.by) != 0 || k.bytes != 0 {
		t.Error("words stay after they went")
	}
	if _, err := k.of(bytes, before); err != nil || len(k.by) != 0 {
		t.Errorf("words that were read before they went came back: %v", err)
	}
	if _, err := k.of(bytes, k.turn()); err != nil || len(k.by) != 1 {
		t.Errorf("nothing is kept any more: %v", err)
	}
	if _, err := k.of([]byte("damaged"), k.turn()); err == nil {
		t.Error("damaged bytes are read")
	}
	long := strings.Repeat("A long headline. ", 2000)
	for i := 0; i < 3*contentsKept/len(long); i++ {
		if _, err := k.of(document(t, fmt.Sprint(i, long)), k.turn()); err != nil {
			t.Fatal(err)
		}
		if k.bytes > contentsKept {
			t.Fatalf("%d bytes kept", k.bytes)
		}
	}
}
