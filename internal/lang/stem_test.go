package lang

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestNounRecall measures how many forms of running text share their stem with the lemma, and how many
// distinct lemmas share a stem with another.
func TestNounRecall(t *testing.T) {
	t.Parallel()
	floor := map[Tag]float64{KK: 97, UZ: 96, FA: 97, UR: 96, KY: 91, TR: 96, AZ: 91}
	verbFloor := map[Tag]float64{KK: 86, UZ: 80, FA: 72, UR: 86, KY: 80, TR: 83, AZ: 75}
	for _, tag := range []Tag{KK, UZ, FA, UR, KY, TR, AZ} {
		lines := readLines(t, shared(t, "data", "ud-dev", string(tag)+".tsv"))
		var n, ok, verbs, vok int
		lemmas := map[string]map[string]bool{}
		var missed, missedVerbs []string
		for _, line := range lines {
			f := strings.Split(line, "\t")
			if len(f) < 3 || strings.ContainsAny(f[0]+f[1], " _-") {
				continue
			}
			a, b := Stem(tag, f[0]), Stem(tag, f[1])
			if a == "" {
				continue
			}
			if f[2] == "VERB" {
				verbs++
				if a == b {
					vok++
				} else {
					missedVerbs = append(missedVerbs, f[0]+"/"+f[1]+" "+a+"≠"+b)
				}
				continue
			}
			if f[2] != "NOUN" && f[2] != "ADJ" {
				continue
			}
			n++
			if a == b {
				ok++
			} else {
				missed = append(missed, f[0]+"/"+f[1]+" "+a+"≠"+b)
			}
			if lemmas[a] == nil {
				lemmas[a] = map[string]bool{}
			}
			lemmas[a][Fold(tag, f[0])] = true
		}
		shares, total := 0, 0
		for _, l := range lemmas {
			total += len(l)
			if len(l) > 1 {
				shares += len(l)
			}
		}
		recall := 100 * float64(ok) / float64(n)
		t.Logf("%s: nouns and adjectives %.1f%% of %d, verbs %.1f%%, lemmas sharing a stem %.1f%%", tag, recall, n, 100*float64(vok)/float64(max(verbs, 1)), 100*float64(shares)/float64(total))
		if recall < floor[tag] {
			t.Errorf("%s: %.1f%%, was %.1f%%", tag, recall, floor[tag])
		}
		if v := 100 * float64(vok) / float64(max(verbs, 1)); v < verbFloor[tag] {
			t.Errorf("%s: verbs %.1f%%, were %.1f%%", tag, v, verbFloor[tag])
		}
		if share := 100 * float64(shares) / float64(total); share > 15 {
			t.Errorf("%s: %.1f%% of the lemmas share a stem", tag, share)
		}
		if testing.Verbose() {
			for i := 0; i < len(missed); i += len(missed)/60 + 1 {
				t.Log(missed[i])
			}
			for _, l := range lemmas {
				if len(l) > 1 {
					t.Log("share", slices.Collect(maps.Keys(l)))
				}
			}
			for i := 0; i < len(missedVerbs); i += len(missedVerbs)/60 + 1 {
				t.Log("verb", missedVerbs[i])
			}
		}
	}
}
