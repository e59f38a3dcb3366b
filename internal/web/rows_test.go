package web

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/wire"
)

// TestMarksOverOneLetterAreBounded: what would be drawn over the lines above is not shown; no script loses a mark.
func TestMarksOverOneLetterAreBounded(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"e" + strings.Repeat("\u0301", 150) + " end":         "e" + strings.Repeat("\u0301", maxMarks) + " end",
		"a" + strings.Repeat("\u0301\u202e", 20) + "b\u0308": "a" + strings.Repeat("\u0301", maxMarks) + "b\u0308",
		"مُدَرِّسٌ":                                          "مُدَرِّسٌ",
		"й в ӱ İ":                                            "й в ӱ İ",
		"\u05d1\u05bc\u05b0\u05a3\u05c1":                     "\u05d1\u05bc\u05b0\u05a3\u05c1",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q is shown as %q", in, got)
		}
	}
}

// TestASourceIsNamed: by its site, else its file, else the beginning of its hash; never by nothing.
func TestASourceIsNamed(t *testing.T) {
	t.Parallel()
	c := &wire.Capture{RawHash: "0123456789abcdef", FileName: `C:\letters\a.txt`, SourceURL: "https://www.news.example/1"}
	for _, want := range []string{"news.example", "a.txt", "0123456789ab"} {
		if got := source(c); got != want {
			t.Errorf("%q, not %q", got, want)
		}
		if c.SourceURL == "" {
			c.FileName = ""
		}
		c.SourceURL = ""
	}
}
