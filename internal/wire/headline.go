package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
)

// CheckHeadline refuses a headline that is missing, too long, or not read as it is stored: it stands on the wire, in feeds and in
// partners' systems among the words of others, which it must not turn around. field is its place in the input.
func CheckHeadline(field, s string) error {
	if strings.TrimSpace(s) == "" {
		return fault.Field(field, "A headline is missing.")
	}
	if n := utf8.RuneCountInString(s); n > MaxHeadline {
		return fault.Field(field, "The headline has %d letters; at most %d are taken.", n, MaxHeadline)
	}
	if Misleads(s) {
		return fault.Field(field, "The headline holds control characters or marks that turn the reading direction around. Leave them out.")
	}
	if !Shows(s) {
		return fault.Field(field, "The headline has no letter, digit or sign that can be seen.")
	}
	return nil
}

// Misleads reports whether a line holds what makes it, or what is set after it, read otherwise than it is stored: control
// characters, overrides and embeddings, invisible tag characters, an isolate left open or closed too often (UAX #9, 3.1.2). Closed
// isolates and the invisible marks that right-to-left text needs are welcome.
func Misleads(s string) bool {
	open := 0
	for _, r := range s {
		switch {
		case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0xe0000 && r <= 0xe007f:
			return true
		case r >= 0x2066 && r <= 0x2068:
			open++
		case r == 0x2069:
			if open--; open < 0 {
				return true
			}
		}
	}
	return open != 0
}

// Shows reports whether anything of s leaves ink. The Hangul fillers are letters by their class, the blank Braille pattern is a
// symbol, and neither shows anything.
func Shows(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && !unicode.Is(unicode.Mn, r) && r != 0x2800
	})
}
