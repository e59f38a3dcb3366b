package delivery

import (
	"strings"
	"testing"
	"unicode/utf16"
)

// TestBegin: of a paragraph that is too long its beginning is told, by whole words where it has them, never longer than may be.
func TestBegin(t *testing.T) {
	t.Parallel()
	for _, s := range []string{strings.Repeat("word ", 900), strings.Repeat("سخن ", 2000), strings.Repeat("x", 5000), strings.Repeat("\U0001F30A", 4000)} {
		got := begin(s, 1000)
		kept := strings.TrimSuffix(got, " …")
		if n := len(utf16.Encode([]rune(got))); n > 1000 || n < 900 || kept == got || !strings.HasPrefix(s, kept) {
			t.Errorf("%d units: %.40q … %q", n, got, got[len(got)-20:])
		}
		if strings.Contains(s, " ") && !strings.HasPrefix(s[len(kept):], " ") {
			t.Errorf("cut within a word: %q", got[len(got)-20:])
		}
	}
}
