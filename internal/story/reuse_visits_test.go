package story

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReuseOfVisits reads a short release in six languages by the hand of one who had not read the rules: cut off,
// within another text and quoted it is found; another reporter's words on the visit use nothing. docs/languages.md
// names what is missing: releases put anew by hand, and formulas taken for rewrites.
func TestReuseOfVisits(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("testdata", "visits.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	spun, formulas, all := 0, 0, 0
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if len(f) != 6 {
			t.Fatalf("%d fields: %q", len(f), line)
		}
		release, formula, anew, other, quoting := f[1], f[2], f[3], f[4], f[5]
		uses := func(text string) (string, bool) {
			m := NewMemory(1 << 20)
			if _, err := m.Add("release", release); err != nil {
				t.Fatal(err)
			}
			of, err := m.Add("text", text)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(of, func(s Source) bool { return s.ID == "release" })
			if i < 0 {
				return "", false
			}
			return string(of[i].Kind), true
		}
		runes := []rune(release)
		for name, text := range map[string]string{"cut off": string(runes[:len(runes)*6/10]) + "...", "behind another": other + " " + release, "quoted": quoting} {
			if _, ok := uses(text); !ok {
				t.Errorf("%s: %s, not found", f[0], name)
			}
		}
		if kind, ok := uses(other); ok {
			t.Errorf("%s: another reporter's words are a %s", f[0], kind)
		}
		all++
		if _, ok := uses(anew); ok {
			spun++
		}
		if kind, ok := uses(formula); ok {
			formulas++
			if kind != "rewrite" {
				t.Errorf("%s: the formula of another visit is a %s", f[0], kind)
			}
		}
	}
	if t.Logf("of %d: put anew by hand found %d, formulas taken for rewrites %d", all, spun, formulas); all != 6 || spun < 2 || formulas > 2 {
		t.Errorf("of %d: put anew by hand found %d, formulas taken for rewrites %d", all, spun, formulas)
	}
}
