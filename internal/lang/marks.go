package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is not seen and steers how the letters around it are read: the one list of it, and the one rule for texts that stand among the words of others.

// Turns reports whether r is one of the marks of direction (Unicode's property Bidi_Control).
func Turns(r rune) bool { return r >= 0x61C && unicode.Is(unicode.Bidi_Control, r) }

// Forces reports whether r begins or ends an embedding, override or isolate: the marks of direction without those that stand for one
// invisible letter (U+061C, U+200E, U+200F), which right-to-left text needs.
func Forces(r rune) bool { return r >= 0x202A && Turns(r) }

// Isolates reports whether r begins or ends an isolate (UAX #9, 2.4).
func Isolates(r rune) bool { return r >= 0x2066 && Turns(r) }

const endOfIsolate = 0x2069

// overrides: embeddings, overrides, and invisible tag characters, which spell what nobody sees.
func overrides(r rune) bool {
	return Forces(r) && !Isolates(r) || r >= 0xE0000 && r <= 0xE007F
}

// breaks reports whether r ends a line or a paragraph.
func breaks(r rune) bool {
	return r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// Misleads reports whether a line holds what makes it, or what is set after it, read otherwise than it is stored: control characters and
// line breaks, overrides and embeddings, invisible tag characters, an isolate left open or closed too often (UAX #9, 3.1.2). Closed
// isolates and the invisible marks that right-to-left text needs are welcome.
func Misleads(s string) bool { return strings.ContainsFunc(s, ends) || TextMisleads(s) }

func ends(r rune) bool { return breaks(r) || r == '\t' }

// TextMisleads is Misleads for a text of several lines, in which tabs and line breaks stand as well; each line is held to the rule by itself.
func TextMisleads(s string) bool {
	open := 0
	for _, r := range s {
		switch {
		case breaks(r):
			if open != 0 {
				return true
			}
		case r == '\t':
		case r < 0x20, r >= 0x7F && r < 0xA0, overrides(r):
			return true
		case r == endOfIsolate:
			if open--; open < 0 {
				return true
			}
		case Isolates(r):
			open++
		}
	}
	return open != 0
}

// Line reports whether s may stand as a line among the words of others: UTF-8, at most so many letters, nothing that misleads.
func Line(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !Misleads(s)
}

// Plain leaves out of a text of several lines what misleads: of isolates those without their other half.
func Plain(s string) string {
	if !TextMisleads(s) {
		return s
	}
	var b strings.Builder
	line := func(s string) {
		b.WriteString(Balanced(strings.Map(func(r rune) rune {
			if r != '\t' && (unicode.IsControl(r) || overrides(r)) {
				return -1
			}
			return r
		}, s)))
	}
	begun := 0
	for i, r := range s {
		if breaks(r) {
			line(s[begun:i])
			b.WriteRune(r)
			begun = i + utf8.RuneLen(r)
		}
	}
	line(s[begun:])
	return b.String()
}

// Balanced leaves out isolates that nothing closes, and ends of none.
func Balanced(s string) string {
	var open []int
	drop := map[int]bool{}
	for i, r := range s {
		switch {
		case r == endOfIsolate && len(open) == 0:
			drop[i] = true
		case r == endOfIsolate:
			open = open[:len(open)-1]
		case Isolates(r):
			open = append(open, i)
		}
	}
	for _, i := range open {
		drop[i] = true
	}
	if len(drop) == 0 {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if !drop[i] {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Shows reports whether anything of s leaves ink. The Hangul fillers are letters by their class, the blank Braille pattern is a
// symbol, and neither shows anything.
func Shows(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && !unicode.Is(unicode.Mn, r) && r != 0x2800
	})
}
