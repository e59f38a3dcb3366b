package lang

import "unicode"

// script is a writing system as far as detection and queries tell them apart.
type script uint8

const (
	none script = iota // digits, punctuation, spaces
	latn
	cyrl
	arabic
	hani
	hang
	kana
	grek
	hebr
	armn
	geor
	deva
	thai
	beyond // a letter of any other script
	scripts
)

// scriptCodes are the ISO 15924 codes in the order of the constants.
var scriptCodes = [scripts]string{"Zyyy", "Latn", "Cyrl", "Arab", "Hans", "Kore", "Jpan", "Grek", "Hebr", "Armn", "Geor", "Deva", "Thai", "Zzzz"}

// scriptOf is the writing system of r; none if r is no letter.
func scriptOf(r rune) script {
	switch {
	case r < 0x80:
		if l := r | 0x20; l >= 'a' && l <= 'z' {
			return latn
		}
		return none
	case r < 0x250:
		if unicode.IsLetter(r) {
			return latn
		}
		return none
	case r >= 0x400 && r < 0x530:
		if unicode.IsLetter(r) {
			return cyrl
		}
		return none
	case r >= 0x600 && r < 0x780, r >= 0xFB50 && r < 0xFE00, r >= 0xFE70 && r < 0xFEFF, r >= 0x8A0 && r < 0x900:
		if unicode.IsLetter(r) {
			return arabic
		}
		return none
	case !unicode.IsLetter(r):
		return none
	case r >= 0x370 && r < 0x400:
		return grek
	case r >= 0x530 && r < 0x590:
		return armn
	case r >= 0x590 && r < 0x600:
		return hebr
	case r >= 0x900 && r < 0x980:
		return deva
	case r >= 0xE00 && r < 0xE80:
		return thai
	case r >= 0x10A0 && r < 0x1100:
		return geor
	case r >= 0x3041 && r <= 0x30FF:
		return kana
	case r >= 0xAC00 && r <= 0xD7A3, r >= 0x1100 && r < 0x1200, r >= 0x3130 && r < 0x3190:
		return hang
	case unicode.Is(unicode.Han, r):
		return hani
	case unicode.Is(unicode.Latin, r):
		return latn
	case unicode.Is(unicode.Cyrillic, r):
		return cyrl
	}
	return beyond
}
