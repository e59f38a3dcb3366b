package lang

import (
	"strings"
	"testing"
	"unicode"
)

// TestScriptsMeet measures on word lists (see wordLists) how many Cyrillic Uzbek words have the key of a
// Latin one, and how many Kazakh and Azerbaijani words lose what told them from another by being keyed in Latin.
//
//	go test ./internal/lang -run ScriptsMeet -v -words DIR
func TestScriptsMeet(t *testing.T) {
	if *wordLists == "" {
		t.Skip("no word lists: -words")
	}
	t.Run("uz", func(t *testing.T) {
		keys, stems, tolerant := map[string]bool{}, map[string]bool{}, map[string]bool{}
		// What the rules of transliteration could at most confuse: a Latin word that is like it in this is its twin.
		loosely := strings.NewReplacer("y", "", "ts", "s", "x", "h")
		for _, w := range readList(t, "uzb") {
			k := Fold(UZ, w)
			keys[k], tolerant[loosely.Replace(k)], stems[Stem(UZ, w)] = true, true, true
		}
		n, met, byStem, twins, twinsMet := 0, 0, 0, 0, 0
		for _, w := range readList(t, "uzb_cyrl") {
			if w != strings.ToLower(w) || !allOf(w, unicode.Cyrillic) {
				continue
			}
			n++
			k := Fold(UZ, w)
			if keys[k] {
				met++
			}
			if stems[Stem(UZ, w)] {
				byStem++
			}
			if tolerant[loosely.Replace(k)] {
				twins++
				if keys[k] {
					twinsMet++
				} else if twins-twinsMet < 400 {
					t.Log(w, k)
				}
			}
		}
		share := func(a, b int) float64 { return 100 * float64(a) / float64(b) }
		t.Logf("%d Cyrillic words: %.1f%% have the key of a word of the Latin list, %.1f%% the stem; of %d with a twin there %.1f%% its key",
			n, share(met, n), share(byStem, n), twins, share(twinsMet, twins))
		if share(twinsMet, twins) < 97 {
			t.Error("fewer than 97%")
		}
	})
	for code, list := range map[Tag]string{KK: "kaz", AZ: "aze_cyrl", TG: "tgk"} {
		t.Run(string(code), func(t *testing.T) {
			words := map[string]map[string]bool{}
			n := 0
			for _, w := range readList(t, list) {
				if w != strings.ToLower(w) || !allOf(w, unicode.Cyrillic) {
					continue
				}
				n++
				k := Fold(code, w)
				if again := Fold(code, k); again != k {
					t.Fatalf("%s: %q folds to %q", w, k, again)
				}
				if words[k] == nil {
					words[k] = map[string]bool{}
				}
				words[k][w] = true
			}
			shared := 0
			for _, w := range words {
				if len(w) > 1 {
					shared += len(w)
				}
			}
			t.Logf("%d words, all fold to themselves; %.2f%% share their key with another", n, 100*float64(shared)/float64(n))
		})
	}
}

func allOf(w string, script *unicode.RangeTable) bool {
	for _, r := range w {
		if !unicode.Is(script, r) {
			return false
		}
	}
	return true
}
