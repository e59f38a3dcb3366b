package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
)

func TestTextItem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		headline string
		body     []string
	}{
		"Bridge opened":   {"Bridge opened", nil},
		"Bridge opened\n": {"Bridge opened", nil},
		"\ufeff\n\n  Bridge opened \r\n\r\nOne.\r\n\r\nTwo.": {"Bridge opened", []string{"One.", "Two."}},
		"Bridge opened\nOne.\nTwo.":                          {"Bridge opened", []string{"One.", "Two."}},
		"Bridge opened\n\nOne\nand a half.\n\n\n\nTwo.\n":    {"Bridge opened", []string{"One\nand a half.", "Two."}},
	} {
		item, err := textItem("en", text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		c := item.Content()
		if c.Headline != want.headline || strings.Join(c.Body, "|") != strings.Join(want.body, "|") || item.Language != "en" {
			t.Errorf("%q: %q, %q", text, c.Headline, c.Body)
		}
	}
	for _, empty := range []string{"", " \n\t", "\ufeff"} {
		if _, err := textItem("en", empty); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", empty, err)
		}
	}
}

// TestTextItemKeepsEveryWord: whatever the text, its words are in the item, in order.
func TestTextItemKeepsEveryWord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[\pL.,]{1,8}`), 1, 30).Draw(t, "words")
		var b strings.Builder
		for _, w := range words {
			b.WriteString(w + rapid.SampledFrom([]string{" ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\n \n"}).Draw(t, "gap"))
		}
		item, err := textItem(lang.Tag("kk"), b.String())
		if err != nil {
			t.Fatal(err)
		}
		c := item.Content()
		got := strings.Fields(c.Headline + "\n" + strings.Join(c.Body, "\n"))
		if strings.Join(got, " ") != strings.Join(words, " ") {
			t.Fatalf("%q became %q", words, got)
		}
	})
}

// TestRequest: what flags say is stronger than the file; what the file says beside it stays.
func TestRequest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "a=b.txt")
	if err := os.WriteFile(text, []byte("Көпір ашылды\n\nБірінші.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	std := &Stdio{In: strings.NewReader(`{"audience":"members","urgency":7,"extra":1.50,"items":[{"language":"en"}]}`)}
	req, err := wordsFlags{File: "-", Text: []string{"kk=" + text}, Urgency: 2}.request(std)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Audience string
		Urgency  int
		Extra    json.RawMessage
		Items    []json.RawMessage
	}
	if err := json.Unmarshal(b, &got); err != nil || got.Audience != "members" || got.Urgency != 2 || string(got.Extra) != "1.50" || len(got.Items) != 1 {
		t.Fatalf("%s: %v", b, err)
	}
	item, err := ninjs.Parse(got.Items[0])
	if err != nil || item.Language != "kk" || item.Headlines[0].Value != "Көпір ашылды" {
		t.Errorf("%+v, %v", item, err)
	}
	for in, says := range map[string]string{"": "JSON object", "null": "JSON object", "[]": "JSON object", "{": "JSON object", `{"a":1} x`: "JSON object"} {
		if _, err := (wordsFlags{File: "-"}).request(&Stdio{In: strings.NewReader(in)}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", in, err)
		}
	}
	for _, bad := range []string{"kk", "??=" + text, "kk=" + filepath.Join(dir, "none"), "kk=" + dir} {
		if _, err := (wordsFlags{Text: []string{bad}}).request(&Stdio{}); err == nil {
			t.Errorf("--text %q is taken", bad)
		}
	}
}
