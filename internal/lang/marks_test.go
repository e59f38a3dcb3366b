package lang

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestMarks: the marks of direction are those of Unicode's property; what misleads is refused or left out by one rule, and what right-to-left text needs stays.
func TestMarks(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if Turns(r) != unicode.Is(unicode.Bidi_Control, r) || Forces(r) != (Turns(r) && r != 0x61C && r != 0x200E && r != 0x200F) || Isolates(r) != (r >= 0x2066 && r <= 0x2069) {
			t.Errorf("%U", r)
		}
	}
	for _, x := range []struct {
		s          string
		line, text bool // it misleads
		plain      string
	}{
		{"", false, false, ""}, {"plain words", false, false, "plain words"}, {"می‌خواهد \u200f(x)", false, false, "می‌خواهد \u200f(x)"},
		{"\u2068a\u2069", false, false, "\u2068a\u2069"}, {"\u2068a", true, true, "a"}, {"a\u2069", true, true, "a"}, {"\u2069\u2068", true, true, ""},
		{"a\u202Eb", true, true, "ab"}, {"\u202Ba\u202C", true, true, "a"}, {"a\U000E0041b", true, true, "ab"}, {"a\x1bb", true, true, "ab"},
		{"a\nb", true, false, "a\nb"}, {"a\u2028b", true, false, "a\u2028b"}, {"a\tb", true, false, "a\tb"}, {"a\r\nb", true, false, "a\r\nb"},
		{"\u2068a\nb\u2069", true, true, "a\nb"}, {"\u2068a\u2069\n\u2067b\u2069", true, false, "\u2068a\u2069\n\u2067b\u2069"},
	} {
		if Misleads(x.s) != x.line || TextMisleads(x.s) != x.text || Plain(x.s) != x.plain || TextMisleads(Plain(x.s)) {
			t.Errorf("%q: %v %v %q", x.s, Misleads(x.s), TextMisleads(x.s), Plain(x.s))
		}
	}
	if !Line("abc", 3) || Line("abcd", 3) || Line("a\u202e", 3) || Line("\xff", 3) {
		t.Error("lines")
	}
	if !Shows("a") || Shows(" \u200b\u3164\u2800") {
		t.Error("shows")
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("a\u2067\u2028b\u2069\u202e\x00")
	f.Fuzz(func(t *testing.T, s string) {
		if out := Plain(s); utf8.ValidString(s) && TextMisleads(out) {
			t.Errorf("%q: %q", s, out)
		}
	})
}
