package lang

import (
	"testing"
	"unicode"
)

// TestAutonyms: a language has one own name, in the script that it is written in.
func TestAutonyms(t *testing.T) {
	t.Parallel()
	for tag, name := range others {
		if _, twice := profiles[tag]; twice || tag.Autonym() != name {
			t.Errorf("%s: %s", tag, tag.Autonym())
		}
		if parsed, err := Parse(string(tag)); err != nil || parsed != tag {
			t.Errorf("%s is told as %s, %v", tag, parsed, err)
		}
		for _, r := range name {
			if script := tag.Script(); script == "Latn" && unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) || script == "Cyrl" && unicode.IsLetter(r) && !unicode.Is(unicode.Cyrillic, r) {
				t.Errorf("%s: %q is not %s", name, r, script)
			}
		}
	}
	if name := Tag("tlh").Autonym(); name != "tlh" {
		t.Error(name)
	}
}
