package names

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

func TestEveryNameInEveryLanguage(t *testing.T) {
	t.Parallel()
	if len(load().shown) < 200 {
		t.Fatalf("only %d names were read", len(load().shown))
	}
	for n, in := range load().shown {
		for _, l := range []lang.Tag{lang.EN, lang.RU, lang.KK, lang.UZ, lang.TR, lang.AZ, lang.FA, lang.UR} {
			if in[l] == "" {
				t.Errorf("%s %s has no name in %s", n.Kind, n.ID, l)
			}
		}
	}
}

// A name that is found in the form in which the table shows it is the name that the table means, unless
// two share a form.
func TestShownFormsAreFound(t *testing.T) {
	t.Parallel()
	missed, all := 0, 0
	for n, in := range load().shown {
		for l, s := range in {
			all++
			found := Find(l, s)
			if len(found) == 0 {
				missed++ // forms that are skipped
				continue
			}
			if found[0] != n && found[0].In(l) != s {
				t.Logf("%s %q is found as %v", l, s, found)
				missed++
			}
		}
	}
	if missed*20 > all {
		t.Errorf("%d of %d forms are not found as themselves", missed, all)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("ru", "Российская Федерация и Китай")
	f.Fuzz(func(_ *testing.T, tag, text string) { Find(lang.Tag(tag), text) })
}
