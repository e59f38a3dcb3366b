package lang

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestParadigms holds, over whole paradigms written for Jarchi, how many forms meet their lemma, and that
// no two lemmas of a language meet.
func TestParadigms(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/paradigms/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, name := range files {
		tag := Tag(strings.TrimSuffix(filepath.Base(name), ".txt"))
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n, met := 0, 0
		lemmas := map[string]string{}
		var missed []string
		for line := range strings.Lines(string(text)) {
			words := strings.Fields(line)
			if len(words) == 0 || words[0] == "#" {
				continue
			}
			lemma := Stem(tag, words[0])
			if had, ok := lemmas[lemma]; ok {
				t.Errorf("%s: %s and %s share the stem %q", tag, had, words[0], lemma)
			}
			lemmas[lemma] = words[0]
			for _, w := range words[1:] {
				n++
				if got := Stem(tag, w); got == lemma {
					met++
				} else {
					missed = append(missed, w+" "+got+"≠"+lemma)
				}
			}
		}
		t.Logf("%s: %.1f%% of %d forms", tag, 100*float64(met)/float64(n), n)
		if 100*met < paradigmFloor*n {
			t.Errorf("%s: only %d of %d forms meet their lemma: %v", tag, met, n, missed)
		}
		if testing.Verbose() {
			t.Log(missed)
		}
	}
}

const paradigmFloor = 93 // per cent
