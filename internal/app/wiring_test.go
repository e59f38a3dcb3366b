package app

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/mediatopic"
)

// TestSubjectsAreNamedInTheReadersLanguage: every subject in use has a name for readers of the languages
// that have labels, if need be the nearest broader topic's; the name of its own stands in front of it.
func TestSubjectsAreNamedInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	for _, reader := range []lang.Tag{lang.KK, lang.RU, lang.FA, lang.PRS, lang.EN, "uz-Cyrl", "en-GB"} {
		broader := 0
		below := mediatopic.Children("")
		for len(below) > 0 {
			topic := below[0]
			below = append(below[1:], mediatopic.Children(topic.Code)...)
			own, in := topic.Label(reader)
			got := subjectName(topic.Code, reader)
			if ofReader(in, reader) {
				if got != own {
					t.Fatalf("%s for %s is %q, not its own %q", topic.Code, reader, got, own)
				}
				continue
			}
			broader++
			want := ""
			for above := topic; want == ""; {
				var ok bool
				if above, ok = mediatopic.Lookup(above.Parent); !ok {
					t.Fatalf("%s: no topic above it has a name for %s", topic.Code, reader)
				}
				if label, in := above.Label(reader); ofReader(in, reader) {
					want = label
				}
			}
			if got != want || got == own {
				t.Fatalf("%s for %s is %q, not %q", topic.Code, reader, got, want)
			}
		}
		if english := reader == lang.EN || reader == "en-GB"; english != (broader == 0) {
			t.Errorf("%s: %d topics are named by a broader one", reader, broader)
		}
	}
	if got := subjectName("medtop:none", lang.KK); got != "" {
		t.Errorf("no topic, but a name: %q", got)
	}
	for _, reader := range []lang.Tag{lang.Und, "xx"} { // nothing is left without a name
		if got := subjectName("medtop:20000639", reader); got == "" {
			t.Errorf("no name for %q", reader)
		}
	}
}
