package story

import (
	"encoding/binary"
	"slices"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// Bounds of what is looked at.
const (
	// MaxUnits is how many units of a text are compared with others; of a longer text the beginning is.
	MaxUnits = 20_000
	// A paragraph of fewer bytes is read in the language of the whole text.
	ownLanguage = 160
)

// A gram is a run of units whose weights reach gramWeight: five words, ten characters. Of each window of grams, a run
// whose weights reach windowWeight, the least is a print.
const (
	wordWeight   = 2
	gramWeight   = 5 * wordWeight
	windowWeight = 4 * wordWeight
)

// Sketch is what is kept of a text to find its copies: for each unit, a folded word or, in Chinese, Japanese and
// Korean, a folded character, 16 bits of hash. Texts cannot be read out of it. Prints follow from it, so the prints of
// a text and the places where it agrees with another need nothing else.
type Sketch struct {
	units []unit
}

// unit is the hash of a word or character; the lowest bit says which (1: a character). Those of numbers are from numbers on.
type unit uint16

// numbers begins the units of words that are numbers.
const numbers unit = 0xf800

func (u unit) number() bool { return u >= numbers && u&1 == 0 }

func (u unit) weight() int {
	if u&1 == 1 {
		return 1
	}
	return wordWeight
}

// Print is one winnowed gram of a text.
type Print struct {
	Hash uint64
	At   int // the gram's first unit
}

// Draw makes the sketch of a text. t is the text's language if it is known, else "" or Und. Words are folded without
// regard to the language, so that a passage is the same in whatever text it stands, and stripped of what many cannot
// type (print_bare.go); only Uzbek in Cyrillic is read with its own table, which turns it into Latin letters. It takes
// time linear in the text.
func Draw(t lang.Tag, text string) Sketch {
	s, _ := drawn(t, text, false)
	return s
}

// DrawPlaces is Draw, and tells for each unit where it stands in text, in bytes.
func DrawPlaces(t lang.Tag, text string) (Sketch, []lang.Span) { return drawn(t, text, true) }

func drawn(t lang.Tag, text string, places bool) (Sketch, []lang.Span) {
	uzbek := inUzbekCyrillic(t, text)
	var s Sketch
	var at []lang.Span
	add := func(key string, character bool, span lang.Span) {
		s.units = append(s.units, toUnit(hash(key), character, key[0] >= '0' && key[0] <= '9'))
		if places {
			at = append(at, span)
		}
	}
	for from := 0; from < len(text) && len(s.units) < MaxUnits; {
		to := from + paragraph(text[from:])
		part := text[from:to]
		by := table(uzbek, part)
		moved := func(at int) int { return at }
		if by == lang.FA {
			part, moved = unjoined(part)
		}
		for _, k := range lang.Tokens(by, part) {
			span := lang.Span{Start: from + moved(k.Start), End: from + moved(k.End)}
			if r, _ := utf8.DecodeRuneInString(k.Fold); !character(r) {
				if key := bare(k.Fold); key != "" {
					add(key, false, span)
				}
				continue
			}
			i := 0 // a Korean word is compared character by character
			for at, r := range k.Fold {
				add(k.Fold[at:at+utf8.RuneLen(r)], true, characterPlace(text, span, i))
				i++
			}
		}
		from = to
	}
	if len(s.units) > MaxUnits {
		s.units = s.units[:MaxUnits]
		if places {
			at = at[:MaxUnits]
		}
	}
	return s, at
}

// inUzbekCyrillic says whether a text, declared to be in t or "", is Uzbek in Cyrillic letters.
func inUzbekCyrillic(t lang.Tag, text string) bool {
	if t != "" && t != lang.Und && t != lang.UZ && t != lang.UZCyrl {
		return false
	}
	cyrillic, letters := 0, 0
	for i, r := range text {
		if i > 4<<10 {
			break
		}
		if r < 'A' || r > 0x24f && !unicode.IsLetter(r) {
			continue
		}
		letters++
		if r >= 0x400 && r <= 0x52f {
			cyrillic++
		}
	}
	if 2*cyrillic < letters {
		return false
	}
	return t == lang.UZ || t == lang.UZCyrl || lang.Detect(text, "").Tag == lang.UZCyrl
}

// paragraph is the length of the first paragraph of text with its line end; a line without an end is cut at a space.
func paragraph(text string) int {
	const most = 64 << 10
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			return i + 1
		}
		if i >= most && text[i] == ' ' {
			return i
		}
	}
	return len(text)
}

// character says whether r belongs to a script that is compared by characters.
func character(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}

// characterPlace is the i-th rune of the word at span, or the whole word where there is none.
func characterPlace(text string, span lang.Span, i int) lang.Span {
	for at, r := range text[span.Start:span.End] {
		if i == 0 {
			return lang.Span{Start: span.Start + at, End: span.Start + at + max(1, utf8.RuneLen(r))}
		}
		i--
	}
	return span
}

// hash is FNV-1a of 64 bits. What it gives is stored: it may not change without form.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

func toUnit(h uint64, character, number bool) unit {
	u := unit(mix(h)) &^ 1
	switch {
	case character:
		u |= 1
	case number:
		u |= numbers
	case u >= numbers:
		u &^= 1 << 15
	}
	return u
}

// Len is the number of units.
func (s Sketch) Len() int { return len(s.units) }

// weight is the weight of all units, in words.
func (s Sketch) weight() int { return weigh(s.units) }

func weigh(units []unit) int {
	n := 0
	for _, u := range units {
		n += u.weight()
	}
	return n
}

// form is the way in which words become units. Sketches of another are not compared: whoever changes it counts it up,
// and what is stored is drawn anew.
const form = 5

// Outdated says whether Bytes of a former version gave this: it is to be drawn anew.
func Outdated(stored []byte) bool { return len(stored) > 0 && stored[0] > 0 && stored[0] < form }

// Bytes is the sketch as it is stored: a byte for the form, then two bytes a unit.
func (s Sketch) Bytes() []byte {
	b := make([]byte, 1, 1+2*len(s.units))
	b[0] = form
	for _, u := range s.units {
		b = binary.LittleEndian.AppendUint16(b, uint16(u))
	}
	return b
}

// Stored reads what Bytes gave; ok is false for anything else.
func Stored(b []byte) (s Sketch, ok bool) {
	if len(b)%2 != 1 || b[0] != form || len(b) > 1+2*MaxUnits {
		return Sketch{}, false
	}
	s.units = make([]unit, len(b)/2)
	for i := range s.units {
		s.units[i] = unit(binary.LittleEndian.Uint16(b[1+2*i:]))
	}
	return s, true
}

// Prints are the winnowed grams of the sketch in order (Schleimer, Wilkerson, Aiken, 'Winnowing: local algorithms for
// document fingerprinting', SIGMOD 2003, robust winnowing: of equal least hashes in a window the one already chosen
// stays, else the last is taken). Two texts that share a run of eight words share a print. No print stands twice at one
// place, but a hash may stand at several.
func (s Sketch) Prints() []Print {
	grams := s.grams()
	out := make([]Print, 0, len(grams)/2+1)
	chosen := -1 // the gram chosen last
	for from := 0; from < len(grams); from++ {
		to, w := from, 0
		for to < len(grams) && w < windowWeight {
			w += s.units[to].weight()
			to++
		}
		if w < windowWeight && from > 0 {
			break // the last whole window is behind us
		}
		least := from
		for i := from + 1; i < to; i++ {
			if grams[i] <= grams[least] {
				least = i
			}
		}
		if chosen >= from && grams[chosen] == grams[least] || chosen == least {
			continue
		}
		chosen = least
		out = append(out, Print{grams[least], least})
	}
	return out
}

// grams are the hashes of the runs that begin at each unit, as long as there is enough text behind it.
func (s Sketch) grams() []uint64 {
	out := make([]uint64, 0, len(s.units))
	for from := range s.units {
		h, w := uint64(0), 0
		for _, u := range s.units[from:] {
			h = (h<<16 | h>>48) ^ uint64(u)
			h *= 0x9e3779b97f4a7c15
			if w += u.weight(); w >= gramWeight {
				break
			}
		}
		if w < gramWeight {
			break
		}
		out = append(out, mix(h))
	}
	return out
}

// Hashes are the distinct hashes of prints, ascending.
func Hashes(prints []Print) []uint64 {
	out := make([]uint64, len(prints))
	for i, p := range prints {
		out[i] = p.Hash
	}
	slices.Sort(out)
	return slices.Compact(out)
}
