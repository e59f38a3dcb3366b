package intake

import (
	"fmt"
	"strings"
	"testing"
)

// Raw texts show headings by rows of signs and by #, and break their paragraphs at a width of their own.
func TestMarkedTexts(t *testing.T) {
	t.Parallel()
	paras := []string{
		"The council of Harrow Mills approved a plan on Monday to rebuild the old quay, which the river had taken in the spring flood.",
		"Work begins in September and will take two years, the mayor said at a meeting in the town hall that lasted until midnight.",
	}
	const head, sub = "Council approves a new quay", "What the quay costs"
	for name, text := range map[string]string{
		"underlined": head + "\n" + strings.Repeat("=", len(head)) + "\n\n" + wrapped(paras[0], 60) + "\n\n" + sub + "\n" + strings.Repeat("-", len(sub)) + "\n\n" + wrapped(paras[1], 60) + "\n",
		"numbered":   "# " + head + "\n\n" + paras[0] + "\n\n## " + sub + "\n\n" + paras[1] + "\n",
		"starred":    "**" + head + "**\n\n" + paras[0] + "\n\n**" + sub + "**\n\n" + paras[1] + "\n",
	} {
		articles, err := Read(Document{Name: name, ContentType: "text/plain; charset=utf-8", Bytes: []byte(text)}, testNow)
		if err != nil || len(articles) != 1 {
			t.Fatalf("%s: %d articles, %v", name, len(articles), err)
		}
		if a := articles[0]; a.Headline != head || strings.Join(a.Paragraphs, "|") != paras[0]+"|"+sub+"|"+paras[1] {
			t.Errorf("%s: %q %q", name, a.Headline, a.Paragraphs)
		}
	}
	verse := "The river took the quay away,\nthe stones went one by one,\nand all who stood there on that day\nsaw what the flood had done.\n"
	articles, err := Read(Document{ContentType: "text/plain", Bytes: []byte("A song of the river and the quay\n\n" + verse + "\n" + verse)}, testNow)
	if err != nil || len(articles[0].Paragraphs) != 8 {
		t.Errorf("lines of verse are joined: %v", err)
	}
}

// A date in figures alone is the date of the page, not a line of its frame; articles in elements of their own are articles, however many
// look the same.
func TestPagesOfSeveral(t *testing.T) {
	t.Parallel()
	for _, d := range digestSites(t) {
		var page strings.Builder
		for _, s := range d.stories {
			fmt.Fprintf(&page, "<article><h2>%s</h2><div>12.06.2026 10:00</div><p>%s</p></article>", s.head, strings.Join(s.paras, "</p><p>"))
		}
		articles, err := Read(Document{ContentType: "text/html; charset=utf-8", Bytes: []byte("<html><body><main>" + page.String() + "</main></body></html>")}, testNow)
		if err != nil || len(articles) != len(d.stories) {
			t.Fatalf("%s: %d articles of %d, %v", d.tag, len(articles), len(d.stories), err)
		}
		for _, a := range articles {
			if a.Date == nil || !strings.HasPrefix(a.Date.Value, "2026-06-12") {
				t.Errorf("%s: %+v", d.tag, a.Date)
			}
		}
	}
}

// The words of an editor stay as they were written, a line a paragraph.
func TestWrittenStays(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("A line of the editor that is as long as a paragraph of a letter\nand goes on here with *a word* that is meant to be seen as it is.\n", 3) + "*All of this line.*\n# 5 of the list"
	a, err := Written("Council approves a new quay", body, "en")
	if err != nil || strings.Join(a.Paragraphs, "\n") != body {
		t.Errorf("%q, %v", a.Paragraphs, err)
	}
}
