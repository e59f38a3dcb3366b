package wire

import (
	"strings"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
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
	if lang.Misleads(s) {
		return fault.Field(field, "The headline holds control characters or marks that turn the reading direction around. Leave them out.")
	}
	if !lang.Shows(s) {
		return fault.Field(field, "The headline has no letter, digit or sign that can be seen.")
	}
	return nil
}
