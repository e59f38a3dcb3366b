package intake

import (
	"strings"
	"testing"
)

// Numbers before the lines behind rows of signs are those of articles where they count from the first line on; a text that counts what it tells
// stays one, and its lines keep their numbers.
func TestNumberedBulletin(t *testing.T) {
	t.Parallel()
	const body = "The council met on Tuesday and heard the report of the harbour master.\n\nIt will decide in June, when the boats are back.\n\n"
	bulletin := "[1] Harbour council hears the report on the winter boats\n\n" + body + "----------\n\n[2] Bakers of the valley return to chestnut flour again\n\nNine bakers knead bread with chestnut flour. The recipe had been lost.\n\nIt is sold on Saturdays at the old square.\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"bulletin": {bulletin, []string{"Harbour council hears the report on the winter boats", "Bakers of the valley return to chestnut flour again"}},
		"counted":  {strings.Replace(bulletin, "[2]", "[7]", 1), []string{"[1] Harbour council hears the report on the winter boats"}},
	} {
		articles, err := Read(Document{Name: name, ContentType: "text/plain; charset=utf-8", Bytes: []byte(c.text)}, testNow)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if i >= len(articles) || articles[i].Headline != want {
				t.Errorf("%s: %d articles, headline %d should be %q: %+v", name, len(articles), i, want, articles)
			}
		}
	}
}
