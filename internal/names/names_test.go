package names

import (
	"slices"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// toldThings are the countries, places and bodies of the tables.
func toldThings() (out []Name) {
	for _, n := range load().names {
		if n.Kind == Country || n.Kind == Place || n.Kind == Body {
			out = append(out, n)
		}
	}
	return out
}

func TestEveryNameInEveryLanguage(t *testing.T) {
	t.Parallel()
	if len(toldThings()) < 200 {
		t.Fatalf("only %d names were read", len(toldThings()))
	}
	for _, n := range toldThings() {
		for i, l := range languages {
			if load().shown(n, l) == "" && l != lang.PRS && (i < 8 || n.Kind == Country) { // what the samples invent has names in the first eight
				t.Errorf("%s %s has no name in %s", n.Kind, n.ID, l)
			}
		}
	}
}

// A name that is found in the form in which the table shows it is the name that the table means, unless
// two share a form.
func TestShownFormsAreFound(t *testing.T) {
	t.Parallel()
	silent, all := 0, 0
	for _, n := range toldThings() {
		for _, l := range languages {
			s := load().shown(n, l)
			if s == "" {
				continue
			}
			all++
			found := Told(l, s, lang.Tokens(l, s))
			if len(found) == 0 {
				silent++ // forms that are another word more often, and short ones in Arabic script
			} else if found[0].In(lang.EN) != n.In(lang.EN) && !slices.ContainsFunc(append(load().of(found[0], l), found[0].In(l)), func(f string) bool { return lang.Fold(l, f) == lang.Fold(l, s) }) {
				t.Errorf("%s %q is found as %v", l, s, found)
			}
		}
	}
	if silent*10 > all {
		t.Errorf("%d of %d forms are not looked for", silent, all)
	}
}

// Words that only look like names.
func TestOtherWordsAreNotNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  lang.Tag
		text string
	}{
		{lang.KK, "Судан алынған сынама таза. Судан қорықпаңыз."}, {lang.UR, "گرد کا طوفان گزر گیا نا"}, {lang.FA, "امور مالی و پرو"}, {lang.TR, "Mali İşler Dairesi"},
		{lang.EN, "the turkey and the china on the table"}, {lang.RU, "мали, чад и того"},
	} {
		if found := Told(c.tag, c.text, lang.Tokens(c.tag, c.text)); len(found) > 0 {
			t.Errorf("%s %q is taken for %v", c.tag, c.text, found)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("ru", "Российская Федерация и Китай")
	f.Add("ar", "وتركيا وباكستان بلبنان و ب ل")
	f.Add("ko", "러시아군")
	f.Fuzz(func(t *testing.T, tag, text string) {
		Told(lang.Tag(tag), text, lang.Tokens(lang.Tag(tag), text))
		tokens, last := lang.Tokens(lang.Tag(tag), text), 0
		for _, m := range Mentions(lang.Tag(tag), text, tokens) {
			if m.From < 0 || m.To <= m.From || m.To > len(tokens) || m.From < last-16 {
				t.Fatalf("%v of %d words", m, len(tokens))
			}
			last = m.To
		}
	})
}
