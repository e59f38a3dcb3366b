package facts

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestPersonsUntitled: persons in the Arabic script whom a text names without a title or a verb of saying, and what only looks
// like them. 'first' was written before the rules, 'unseen' when they were done.
func TestPersonsUntitled(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/untitled/*.txt")
	cases := map[lang.Tag]int{}
	for _, file := range files {
		code, part, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".txt"), "-")
		tag, s := lang.Tag(code), personScore{}
		for _, c := range personCases(t, file) {
			if got := personsOf(tag, c.text); !s.add(c, got) {
				t.Logf("%s %s: %q: %v, not %v", tag, map[bool]string{true: "wrong", false: "missed"}[len(got) > 0], c.text, got, c.want)
			}
		}
		cases[tag] += s.cases
		precision, recall := float64(s.right)/float64(max(1, s.told)), float64(s.right)/float64(max(1, s.want))
		t.Logf("%-4s %-6s cases %d (traps %d) persons %d: precision %.3f recall %.3f, office right in %d of %d", tag, part, s.cases, s.traps, s.want, precision, recall, s.office, s.right)
		if precision < 0.97 || recall < 0.85 {
			t.Errorf("%s: precision or recall has fallen", file)
		}
	}
	for _, tag := range []lang.Tag{lang.FA, lang.PRS, lang.UR, lang.AR} {
		if cases[tag] < 200 {
			t.Errorf("%s: %d cases", tag, cases[tag])
		}
	}
}

// outsideNews are the documents of the development part of NTREX in a language, sentence by sentence.
func outsideNews(t *testing.T, tag lang.Tag) map[string][]string {
	t.Helper()
	dir := os.Getenv("JARCHI_SHARED")
	if dir == "" {
		t.Skip("set JARCHI_SHARED to the folder of measuring data")
	}
	b, err := os.ReadFile(filepath.Join(dir, "data", "ntrex-dev", string(tag)+".tsv"))
	if err != nil {
		t.Skip(err)
	}
	out := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		id, text, _ := strings.Cut(line, "\t")
		out[id] = append(out[id], text)
	}
	return out
}

// TestPersonsOutside compares who is told of real news in each language with who is told of its English original, by the loose
// keys of their names: an outside check of recall, as far as the English rules go. A name of which no word is told in English
// stands in the log, to be looked at.
func TestPersonsOutside(t *testing.T) {
	keys := func(tag lang.Tag, name string) (out []string) {
		for _, k := range lang.Tokens(tag, name) {
			if loose := lang.Loose(tag, k.Fold); len(loose) > 1 {
				out = append(out, loose)
			}
		}
		return out
	}
	english := map[string]string{}
	for id, lines := range outsideNews(t, lang.EN) {
		english[id] = strings.Join(lines, "\n")
	}
	for _, tag := range lang.Known() {
		if tag == lang.EN || tag == lang.UZCyrl {
			continue
		}
		told, known, meant, met := 0, 0, 0, 0
		for id, lines := range outsideNews(t, tag) {
			text := strings.Join(lines, "\n")
			var theirs []string
			for _, k := range lang.Tokens(lang.EN, english[id]) {
				theirs = append(theirs, lang.Loose(lang.EN, k.Fold))
			}
			ours := personsOf(tag, text)
			var all []string
			for _, p := range ours {
				told++
				k := keys(tag, p.Name)
				all = append(all, k...)
				if slices.ContainsFunc(k, func(s string) bool { return slices.Contains(theirs, s) }) {
					known++
				} else {
					t.Logf("%s %s: %s is not in the English", tag, id, p.Name)
				}
			}
			for _, p := range personsOf(lang.EN, english[id]) {
				k := keys(lang.EN, p.Name)
				meant++
				if len(k) > 0 && slices.Contains(all, k[len(k)-1]) {
					met++
				}
			}
		}
		t.Logf("%s: told %d, of which the English has a word of %d; of %d told in English %d", tag, told, known, meant, met)
	}
}
