package intake

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Formulas that newsrooms write around a text: who it is from, a picture's credit, the translator, the way to the rest, a reporter with a
// desk; and sentences that name no source. Each is read in a text of its own and on a page.
func TestFormulas(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/formulas.txt")
	if err != nil {
		t.Fatal(err)
	}
	found, of, lines := map[string]int{}, map[string]int{}, 0
	for row := range strings.Lines(string(b)) {
		if strings.HasPrefix(row, "#") {
			continue
		}
		f := strings.Split(strings.TrimRight(row, "\n"), "\t")
		at := 0
		for at < len(byHand) && byHand[at].tag != f[0] {
			at++
		}
		if len(f) != 4 || at == len(byHand) {
			t.Fatalf("%q is no row", row)
		}
		lines++
		c, kind, line, want := byHand[at], f[1], f[2], f[3]
		plain := func(n int) string { // the first sentence in other words enough to be no repetition
			ws := strings.Fields(c.first)
			return strings.Join(append(slices.Clone(ws[len(ws)-n:]), ws...), " ")
		}
		paragraphs := []string{c.first, line, plain(min(2, len(strings.Fields(c.first))-1))}
		switch kind {
		case "more", "translated":
			paragraphs = []string{c.first, paragraphs[2], line}
		case "byline", "credit":
			paragraphs = []string{line, c.first, paragraphs[2]}
		}
		ok := 0
		for _, doc := range []Document{
			{Name: "a.txt", ContentType: "text/plain; charset=utf-8", Bytes: []byte(c.head + "\n\n" + strings.Join(paragraphs, "\n\n"))},
			{Name: "a.html", ContentType: "text/html; charset=utf-8", Bytes: []byte("<html><head><meta charset=utf-8><title>" + c.head + "</title></head><body><article><h1>" + c.head + "</h1><p>" + strings.Join(paragraphs, "</p><p>") + "</p></article></body></html>")},
		} {
			articles, err := Read(doc, testNow)
			if err != nil {
				t.Fatal(row, err)
			}
			a := articles[0]
			bare := foldLine(strings.Trim(line, "()（）[]"))
			holds := func(lines []string) bool {
				return slices.ContainsFunc(lines, func(s string) bool { return strings.Trim(foldLine(s), "()（）[]") == bare })
			}
			var right bool
			switch kind {
			case "source", "verb":
				right = slices.ContainsFunc(a.Attribution, func(x Attribution) bool {
					return x.Relation == Original && strings.HasPrefix(foldLine(x.Source), foldLine(want)) && len(x.Source) < len(want)+30
				})
			case "credit":
				right = holds(a.Credits)
			case "translated", "byline":
				right = holds(a.Bylines)
			case "more":
				right = a.Truncated && holds(a.Removed)
			case "none":
				right = len(a.Attribution) == 0
			default:
				t.Fatalf("%q is of no kind", row)
			}
			if right && len(articles) == 1 {
				ok++
			} else {
				t.Errorf("%s %s %q on %s: %d articles, sources %v, credits %q, bylines %q, truncated %v, removed %q", f[0], kind, line, doc.Name, len(articles), a.Attribution, a.Credits, a.Bylines, a.Truncated, a.Removed)
			}
		}
		of[kind]++
		found[kind] += ok / 2
	}
	sum := 0
	for kind, n := range of {
		sum += found[kind]
		t.Logf("%s: %d of %d", kind, found[kind], n)
	}
	t.Logf("all: %d of %d", sum, lines)
}
