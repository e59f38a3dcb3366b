package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// TestLangHostile sends lines as nobody writes them through every 'jarchi lang' command: one valid line for one line,
// of bounded length and in bounded time.
func TestLangHostile(t *testing.T) {
	t.Parallel()
	long := func(s string) string { return strings.Repeat(s, 1<<16/len(s)) }
	lines := []string{"", "ж", "7", "\u200c", strings.Repeat("қазақ", 1<<20/10), long("qazқазا水"), long("\u202e2025\u2066 жылғы\u200f"), "\u202e\u2066", long("\xd0\xff2025\x80 \xe2"), "\x00",
		long("17 . 07 . 2025"), long("14:05, 17 July 2025 (GMT "), long("2025년 1월 1일(월")}
	total := 0
	for _, l := range lines {
		total += len(l)
	}
	for _, code := range []string{"kk", "fa", "zh"} {
		f := langFlag{code}
		for _, c := range []filter{LangDetectCmd{}, LangFoldCmd{f}, LangStemCmd{f}, LangLooseCmd{f}, LangDatesCmd{f, "2026-06-15T12:00:00Z"}, LangFactsCmd{f}} {
			begin := time.Now()
			got, err := runFilter(t, c, strings.NewReader(strings.Join(lines, "\n")+"\n"))
			if n := strings.Count(got, "\n"); err != nil || n != len(lines) || !utf8.ValidString(got) || len(got) > 8*total {
				t.Errorf("%T %s: %d lines for %d, %d bytes for %d, valid %v, %v", c, code, n, len(lines), len(got), total, utf8.ValidString(got), err)
			}
			if d := time.Since(begin); d > time.Minute { // quadratic would be hours; a busy machine passes
				t.Errorf("%T %s takes %v for %d bytes", c, code, d, total)
			}
		}
	}
}
