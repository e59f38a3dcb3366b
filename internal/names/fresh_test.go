package names

import (
	"os"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// rowsOf are the lines of a file of testdata that are no comments.
func rowsOf(t *testing.T, file string) (rows []string) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	return rows
}

// Frequent words that somebody types by themselves are looked for as what they are.
func TestFrequentWordsAreNoNames(t *testing.T) {
	t.Parallel()
	all, names := 0, 0
	for _, row := range rowsOf(t, "words.txt") {
		tag, words, _ := strings.Cut(row, ": ")
		for word := range strings.FieldsSeq(words) {
			all++
			if n, out := otherForms(word); n > 0 {
				names++
				t.Logf("%s %s is looked for as %q", tag, word, out[:min(len(out), 4)])
			}
			for _, n := range Told(lang.Tag(tag), word, lang.Tokens(lang.Tag(tag), word)) {
				t.Errorf("%s %s is told as %v", tag, word, n)
			}
		}
	}
	t.Logf("%d of %d words are looked for as names", names, all)
	if all < 350 || names > 3 { // kabul in Turkish, which is acceptance, and чита and рига in Russian, as which some type the cities
		t.Error("more than there were")
	}
}

// Names are known in the cases in which texts have them, typed and in texts.
func TestNamesInTheirCases(t *testing.T) {
	t.Parallel()
	all, typed, told, small := 0, 0, 0, 0
	for _, row := range rowsOf(t, "inflected.txt") {
		f := strings.Fields(row)
		tag, id := lang.Tag(f[0]), f[2]
		all++
		_, out := otherForms(f[1])
		var found []string
		for _, n := range Told(tag, f[1], lang.Tokens(tag, f[1])) {
			found = append(found, n.ID)
		}
		if slices.Contains(found, id) || id == "-" && len(found) == 0 {
			told++
		} else {
			t.Logf("%s %s is told as %v, not %s", tag, f[1], found, id)
		}
		_, lowered := otherForms(strings.ToLower(f[1]))
		kind := Place
		if strings.ToUpper(id) == id {
			kind = Country
		}
		en := Name{kind, id}.In(lang.EN)
		if id == "-" && len(lowered) == 0 || slices.Contains(lowered, "en "+en) {
			small++
		} else {
			t.Logf("%s %s typed in small letters leads to %q", tag, f[1], lowered[:min(len(lowered), 4)])
		}
		if id == "-" && len(out) == 0 || slices.Contains(out, "en "+en) {
			typed++
		} else {
			t.Logf("%s %s typed leads to %q, not %s %q", tag, f[1], out[:min(len(out), 4)], id, en)
		}
	}
	t.Logf("of %d forms %d are known where they are typed, %d of them in small letters, %d in texts", all, typed, small, told)
	if all < 198 || typed < all || told < all || small < 192 {
		t.Error("fewer than there were")
	}
}
