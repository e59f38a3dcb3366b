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
