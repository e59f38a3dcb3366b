package lang

import "testing"

// TestWhatAFolderSaysOfQueries: in which scripts a language's words are typed, and which languages share letters and stems, is what the folders of tables say.
func TestWhatAFolderSaysOfQueries(t *testing.T) {
	t.Parallel()
	scripts := map[scriptSet][]Tag{
		has(latn) | has(cyrl): {KK, AZ, UZ}, has(latn): {TK, TR, EN}, has(cyrl): {KY, TG, RU, MN}, has(arabic): {FA, UR, AR}, has(hani): {ZH, KO},
	}
	told := 0
	for want, tags := range scripts {
		for _, tag := range tags {
			if told++; lexiconOf(tag).scriptsOf(tag) != want || tag.FoldsAs() != tag {
				t.Errorf("%s: scripts %b, not %b; folds as %s", tag, lexiconOf(tag).scriptsOf(tag), want, tag.FoldsAs())
			}
		}
	}
	for tag, as := range map[Tag]Tag{UZCyrl: UZ, PRS: FA, Und: Und, "de": "de", "zh-Latn": ZH} {
		if tag.FoldsAs() != as {
			t.Errorf("%s folds as %s, not as %s", tag, tag.FoldsAs(), as)
		}
		if served[tag] {
			told++
		}
	}
	if told != len(known) {
		t.Errorf("%d languages are told of, not %d", told, len(known))
	}
	for word, want := range map[string]int{"ISI": 0, "ысы": 1} { // read with either i where the folder says so
		n := 0
		for _, f := range QueryStems(word) {
			if f.Tag == TR || f.Tag == AZ {
				n++
			}
		}
		if want == 0 && n < 2 || want == 1 && n > 1 {
			t.Errorf("%q has %d readings in Turkish and Azerbaijani", word, n)
		}
	}
}
