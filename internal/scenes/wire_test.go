package scenes

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestTheWireOfTwoReaders: a list that is made once for many shows each no more than she may see, and what
// happened is on it for whoever asks half a second later.
func TestTheWireOfTwoReaders(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.desk("toqsanbulaq")
	s.desk("sabzwadi")
	own, other := s.as("toqsanbulaq", people.Editor), s.as("sabzwadi", people.Editor)
	// rows asks until the list has some words, for half a second after they were released at the longest.
	var released time.Time
	rows := func(c *http.Client, words string) string {
		for {
			late := time.Since(released) >= 500*time.Millisecond
			code, body := s.get(c, "/?fragment=rows")
			if code != 200 || strings.Contains(body, "<html") {
				t.Fatalf("the rows: %d %.100s", code, body)
			}
			if late || strings.Contains(body, words) {
				return body
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	for _, c := range []*http.Client{own, other, http.DefaultClient} {
		rows(c, "") // kept from here on
	}
	in := publish.Input{Audience: wire.Audience{Class: wire.Public}, EmbargoedUntil: time.Now().Add(time.Hour),
		Items: []wire.NewItem{{Language: lang.EN, Content: wire.Content{Headline: "The dam opens", Body: []string{"At noon."}}}}}
	if _, err := s.Publish.Create(t.Context(), testkit.Viewer("toqsanbulaq"), in); err != nil {
		t.Fatal(err)
	}
	in.EmbargoedUntil = time.Time{}
	in.Items[0].Content.Headline = "The bridge is open"
	r, err := s.Publish.Create(t.Context(), testkit.Viewer("toqsanbulaq"), in)
	if err != nil {
		t.Fatal(err)
	}
	released = time.Now()
	for name, c := range map[string]struct {
		client *http.Client
		sealed bool // its words
		header bool
	}{"the issuer's editor": {own, true, true}, "another member's": {other, false, true}, "a stranger": {http.DefaultClient, false, false}} {
		body := rows(c.client, "The bridge is open")
		if !strings.Contains(body, "The bridge is open") || strings.Contains(body, "The dam opens") != c.sealed || strings.Contains(body, "tag-embargo") != c.header {
			t.Errorf("%s sees the wrong rows", name)
		}
	}

	// Saved for the shift, on the node and without scripts; another person does not see it.
	path := "releases/" + string(r.ID)
	if code, body := s.post(own, "/saved", url.Values{"item": {path}, "back": {"/?saved=1&ui=en"}}); code != 200 || !strings.Contains(body, "The bridge is open") || !strings.Contains(body, "Saved for the shift") {
		t.Errorf("saving for the shift: %d", code)
	}
	if _, body := s.get(other, "/?saved=1"); strings.Contains(body, "The bridge is open") {
		t.Error("another person's shift has it too")
	}
	if code, body := s.post(own, "/saved", url.Values{"search": {"q=bridge&lang=en"}, "back": {"/?ui=en"}}); code != 200 || !strings.Contains(body, "bridge · English") {
		t.Errorf("saving a search: %d", code)
	}

	// A correction leads to its row from the top of the list.
	fixed := r.Items[0].Current().Content
	fixed.Body = []string{"At noon the 3 lanes opened."}
	if _, err := s.Publish.Correct(t.Context(), testkit.Viewer("toqsanbulaq"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: fixed}}, "lanes", nil); err != nil {
		t.Fatal(err)
	}
	released = time.Now()
	if body := rows(http.DefaultClient, `class="event"`); !strings.Contains(body, `class="event"`) || !strings.Contains(body, `data-row="r-`+string(r.ID)) {
		t.Error("the correction is not at the top")
	}
	if _, body := s.get(http.DefaultClient, "/?ui=en"); !strings.Contains(body, "As of ") || !strings.Contains(body, ">Refresh</a>") {
		t.Error("without scripts the page does not say of when it is")
	}
}
