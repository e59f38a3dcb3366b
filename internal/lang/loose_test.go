package lang

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A text's loose key is those of its words.
func TestLooseWord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.SampledFrom(Known()).Draw(t, "tag")
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("Šхҳ وتشаяёqʻoʼİıß9٣-' 北한")))).Draw(t, "text")
		var words []string
		for _, k := range Tokens(tag, text) {
			words = append(words, LooseWord(tag, k.Fold))
		}
		if got, want := strings.Join(words, " "), Loose(tag, text); got != want {
			t.Fatalf("%q: %q by words, %q at once", text, got, want)
		}
	})
}

// The Arabic script writes a doubled letter once, so that two of one class are two; but for the article's.
func TestLooseUnwrittenVowels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a    Tag
		name string
		b    Tag
		in   string
	}{
		{FA, "پزشکیان", EN, "Pezeshkian"}, {FA, "پزشکیان", RU, "Пезешкиан"}, {UR, "ممتاز", EN, "Mumtaz"}, {FA, "ممدوف", RU, "Мамедов"}, {AR, "عبدالله", EN, "Abdullah"}, {FA, "محمد", EN, "Muhammad"}, {AR, "عبداللطيف", TR, "Abdüllatif"},
	} {
		if x, y := Loose(c.a, c.name), Loose(c.b, c.in); x != y {
			t.Errorf("%s is %s, %s %s", c.name, x, c.in, y)
		}
	}
}
