package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The sets in testdata/ends were written by a hand that had not read the rules: last lines that are cut off or only look
// so, and sentences that name where a report is from. docs/languages.md names what is missing.
func endsSet(t *testing.T, name string) (rows []string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "ends", name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, "#") {
			rows = append(rows, line)
		}
	}
	return rows
}

func endsArticle(t *testing.T, tag string, sources, within bool, line string) Article {
	t.Helper()
	for _, row := range endsSet(t, "openings.txt") {
		f := strings.Split(row, "|")
		if f[0] != tag {
			continue
		}
		if sources { // the first sentence names a source of its own
			for _, stop := range []string{". ", "۔ ", "。"} {
				if _, second, ok := strings.Cut(f[2], stop); ok {
					f[2] = second
					break
				}
			}
		}
		src := f[1] + "\n\n" + f[2] + "\n\n" + line + "\n"
		if within { // another sentence follows
			src += "\n" + f[2] + "\n"
		}
		as, err := Read(Document{Name: "ends.txt", Bytes: []byte(src)}, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
		if err != nil || len(as) != 1 {
			t.Fatalf("%s %q: %d articles, %v", tag, line, len(as), err)
		}
		return as[0]
	}
	t.Fatalf("no opening for %s", tag)
	return Article{}
}

func TestEndsCutOff(t *testing.T) {
	t.Parallel()
	found, missed, wrong := 0, 0, 0
	for _, row := range endsSet(t, "ends.txt") {
		f := strings.SplitN(row, " ", 3)
		switch got := endsArticle(t, f[0], false, false, f[2]).Truncated; {
		case got && f[1] == "cut":
			found++
		case got:
			wrong++
			t.Logf("whole, but told cut off: %q", row)
		case f[1] == "cut":
			missed++
			t.Logf("cut off, but not told: %q", row)
		}
	}
	t.Logf("%d found, %d missed, %d whole taken for cut off", found, missed, wrong)
	if f1 := 2 * float64(found) / float64(2*found+missed+wrong); f1 < 0.99 {
		t.Errorf("F1 %.3f", f1)
	}
}

func TestSourcesNamed(t *testing.T) {
	t.Parallel()
	all, right := 0, 0
	for _, row := range endsSet(t, "sources.txt") {
		f := strings.SplitN(row, "|", 3)
		wants := strings.Fields(f[1])
		kind, name, _ := strings.Cut(wants[0], "=")
		a := endsArticle(t, f[0], true, kind != "credit" && kind != "mt", f[2])
		ok := true
		switch kind {
		case "mt":
			ok = a.MachineTranslated
		case "credit":
			ok = strings.Contains(strings.Join(a.Credits, "\n"), name)
		case "none":
			ok = len(a.Attribution) == 0
		default:
			ok = len(a.Attribution) == len(wants)
			for _, want := range wants {
				relation, name, _ := strings.Cut(want, "=")
				held := false
				for _, l := range a.Attribution {
					held = held || string(l.Relation) == relation && strings.Contains(foldLine(l.Source), foldLine(name))
				}
				ok = ok && held
			}
		}
		if all++; ok {
			right++
		} else {
			t.Logf("%s: %+v, credits %q, machine translated %v", row, a.Attribution, a.Credits, a.MachineTranslated)
		}
		for _, l := range a.Attribution {
			if l.Relation == TranslatedBy {
				t.Errorf("%s: nobody translated it: %+v", row, l)
			}
		}
	}
	if t.Logf("%d of %d right", right, all); right*100 < all*98 {
		t.Errorf("%d of %d right", right, all)
	}
}
