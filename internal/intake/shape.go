package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// headlineLike says whether a line can be a headline: one line, not a sentence of a body.
func headlineLike(s string) bool {
	if !shorter(s, 220) || words(s) < 3 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, " \u200e\u200f"))
	return !strings.ContainsRune(".۔。:;,،؛…", r) && !bullet(s)
}

// breadth is the length of a line in letters of an alphabet: a Chinese character says as much as three, a Korean syllable as two.
func breadth(s string) (n int) {
	for _, r := range s {
		switch n++; {
		case r < 0x1100:
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			n += 2
		case unicode.Is(unicode.Hangul, r):
			n++
		}
	}
	return n
}

// opensArticle says whether a line can be the headline of a further article: a headline that is no sentence, holds no two, and is no
// beginning of a text.
func opensArticle(s string) bool {
	if !headlineLike(s) || words(s) > 30 || opensBody(s) {
		return false
	}
	bare := strings.TrimRight(s, closers+" \u200e\u200f")
	if r, _ := utf8.DecodeLastRuneInString(bare); strings.ContainsRune(".۔。", r) {
		return false
	}
	for i, r := range bare { // a sentence ends inside
		if strings.ContainsRune("۔。！？؟", r) {
			if i+utf8.RuneLen(r) < len(bare) {
				return false
			}
		} else if strings.ContainsRune(".!?", r) {
			rest := bare[i+1:]
			if after := strings.TrimLeft(rest, closers+".!?"); after != "" && first(after) == ' ' && (r != '.' || !abbreviated(bare[:i])) {
				return false
			}
		}
	}
	return true
}

// opens says whether a line of a page can be the headline of a further article. What the page itself marks as a heading may end as a sentence does, and be two
// (Tsunami toll soars above 800. Rescue goes on.); what is in bold, of a term in a list of definitions or in large type may be one sentence.
func (l *line) opens() bool {
	if opensArticle(l.text) {
		return true
	}
	if l.level == 0 && !l.bold || words(l.text) > 40 || !shorter(l.text, 250) || opensBody(l.text) {
		return false
	}
	return l.level > 0 && headlineLike(strings.TrimRight(l.text, closers+" \u200e\u200f.۔。")) || stopped(l.text)
}

// stopped says whether a line would be a headline but for the full stop at its end. Only what else stands around it tells that it is one.
func stopped(s string) bool {
	bare := strings.TrimRight(s, closers+" \u200e\u200f.۔。")
	return words(bare) <= 25 && shorter(bare, 200) && opensArticle(bare)
}

// abbreviated says whether the full stop behind s ends no sentence: it stands behind a letter or two, or letters with full stops between.
func abbreviated(s string) bool {
	for part := range strings.SplitSeq(s[strings.LastIndexAny(s, " \u00a0")+1:], ".") {
		if utf8.RuneCountInString(strings.Trim(part, "(«“\"'")) > 2 {
			return shortWordBefore(s)
		}
	}
	return true
}

// bodyLike says whether a line reads as a paragraph.
func bodyLike(s string) bool {
	return !shorter(s, 120) || !shorter(s, 40) && endsSentence(s)
}
