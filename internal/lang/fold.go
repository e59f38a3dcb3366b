package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What a letter is to the folding loop. The flags of all letters of a word are or-ed, so that the
// usual case, a word of one script whose letters map one by one, costs one pass and no allocation.
const (
	isLatin    = 1 << iota // a Latin letter
	isCyrillic             // a Cyrillic letter
	isDropped              // leaves nothing: harakat, tatweel, joiners, direction marks
	isApostrophe
	isVowel   // a vowel, or a sign that makes the next letter as after a vowel
	isContext // its key depends on the letter before it
	isHard    // needs the careful path: may compose, decompose or is unknown to the table
)

// glyph is the table entry of one rune.
type glyph struct {
	out   string
	flags uint8
}

const (
	lowLimit = 0x700 // Latin, Greek, Cyrillic, Hebrew, Arabic
	punctLo  = 0x2000
	punctHi  = 0x2070
)

// alphabet is a language's strict key, rune by rune. Immutable after newAlphabet.
type alphabet struct {
	low         [lowLimit]glyph
	punct       [punctHi - punctLo]glyph
	atStart     map[rune]string // at the start of a word
	afterVowel  map[rune]string // after a vowel or sign
	notAfter    map[rune]contextRule
	homoglyphs  map[rune]rune // Latin to Cyrillic
	latinOf     map[rune]rune // Cyrillic to Latin
	dropApos    bool          // apostrophes leave nothing even in Fold (Uzbek)
	aposSuffix  bool          // what follows an apostrophe is a suffix (Turkish)
	stripAccent bool          // accents leave nothing (English)
	aposS       bool          // an s behind an apostrophe at the end of a word is a suffix (English)
	joinedYe    bool          // a yeh behind heh and a joiner leaves nothing (Persian)
	whole       map[string]string
	beginnings  [][2]string   // keys of words that begin with the first are written with the second there
	han         map[rune]rune // characters that are keyed as another one, traditional as simplified
}

// contextRule replaces a letter unless the letter before it is one of the listed.
type contextRule struct {
	before string
	out    string
}

// newAlphabet makes an alphabet of the default tables and the language's own, which win.
func newAlphabet(base, own tables) *alphabet {
	a := &alphabet{atStart: map[rune]string{}, afterVowel: map[rune]string{}, notAfter: map[rune]contextRule{},
		homoglyphs: map[rune]rune{}, latinOf: map[rune]rune{}, whole: map[string]string{}}
	for _, w := range own.words("options") {
		switch w {
		case "drop-apostrophes":
			a.dropApos = true
		case "apostrophe-suffix":
			a.aposSuffix = true
		case "possessive-s":
			a.aposS = true
		case "strip-accents":
			a.stripAccent = true
		case "joined-ye":
			a.joinedYe = true
		case "one-pass", "dotless-stems", "known-verbs", "weak-letters": // read by the stemmer
		default:
			panic("lang: unknown option " + w)
		}
	}
	for r := rune(0); r < lowLimit; r++ {
		a.low[r] = a.plain(r)
	}
	for r := rune(punctLo); r < punctHi; r++ {
		g := a.plain(r)
		if g.flags&(isDropped|isApostrophe) == 0 {
			g.flags |= isHard
		}
		a.punct[r-punctLo] = g
	}
	for _, t := range []tables{base, own} {
		for _, row := range t.rows("letters") {
			a.set(row, func(r rune, out string) {
				if r >= lowLimit {
					panic("lang: [letters] knows runes below U+0700 only: " + string(r))
				}
				a.low[r].out = out
				a.low[r].flags &^= isHard
				if out == "" {
					a.low[r].flags |= isDropped
				}
			})
		}
		for _, row := range t.rows("start") {
			a.set(row, func(r rune, out string) { a.atStart[r] = out; a.low[r].flags |= isContext })
		}
		for _, row := range t.rows("after-vowel") {
			a.set(row, func(r rune, out string) { a.afterVowel[r] = out; a.low[r].flags |= isContext })
		}
		for _, row := range t.rows("unless-after") { // letter, key, letters before which keep it
			r, _ := utf8.DecodeRuneInString(row[0])
			a.notAfter[r] = contextRule{before: strings.Join(row[2:], ""), out: row[1]}
			a.low[r].flags |= isContext
		}
		for _, row := range t.rows("homoglyphs") { // Latin, Cyrillic
			l, _ := utf8.DecodeRuneInString(row[0])
			c, _ := utf8.DecodeRuneInString(row[1])
			a.homoglyphs[l] = c
			if _, had := a.latinOf[c]; !had {
				a.latinOf[c] = l
			}
		}
		for _, w := range append(t.words("vowels"), t.words("signs")...) {
			for _, r := range w {
				if r < lowLimit {
					a.low[r].flags |= isVowel
				}
			}
		}
	}
	for _, row := range own.rows("variants") { // a character's key, then the characters that have it
		if a.han == nil {
			a.han = map[rune]rune{}
		}
		to, _ := utf8.DecodeRuneInString(row[0])
		for _, c := range row[1:] {
			r, _ := utf8.DecodeRuneInString(c)
			if r < 0x4E00 || r > 0x9FFF {
				panic("lang: [variants] knows characters from U+4E00 to U+9FFF only: " + c)
			}
			a.han[r] = to
		}
	}
	for _, row := range own.rows("spellings") { // written so, keyed as
		from := string(a.word(nil, row[0]))
		a.whole[from] = string(a.word(nil, row[1]))
	}
	for _, row := range own.rows("beginnings") { // words that begin so are keyed as if they began so
		a.beginnings = append(a.beginnings, [2]string{string(a.word(nil, row[0])), string(a.word(nil, row[1]))})
	}
	return a
}

// set reads a row "letter key" (or "letter" alone, which drops it) and calls put for the letter and,
// where it has one, its capital.
func (a *alphabet) set(row []string, put func(rune, string)) {
	r, _ := utf8.DecodeRuneInString(row[0])
	out := ""
	if len(row) > 1 {
		out = row[1]
	}
	put(r, out)
	// A dotted capital İ has lower case i, but capital I belongs to i only where the table says so.
	if up := unicode.ToUpper(r); up != r && r != 'i' && r != 'ı' {
		put(up, out)
	}
}

// plain is the key of a rune that no table mentions.
func (a *alphabet) plain(r rune) glyph {
	switch {
	case dropped(r):
		return glyph{flags: isDropped}
	case apostrophe(r):
		return glyph{flags: isApostrophe}
	}
	g := glyph{out: string(lowerRune(r))}
	switch {
	case unicode.Is(unicode.Latin, r):
		g.flags = isLatin
	case unicode.Is(unicode.Cyrillic, r):
		g.flags = isCyrillic
	}
	if unicode.IsMark(r) || !norm.NFKC.IsNormalString(string(r)) {
		g.flags |= isHard
	}
	if d, ok := digit(r); ok {
		g.out = string('0' + rune(d))
	}
	if a.stripAccent && g.flags&isLatin != 0 && r >= 0x80 {
		g.out = unaccented(g.out)
	}
	return g
}

func lowerRune(r rune) rune { return unicode.ToLower(r) }

// unaccented is s without the marks its letters decompose to.
func unaccented(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

// digit is the value of a decimal digit of any script.
func digit(r rune) (int, bool) {
	switch {
	case r < 0x80:
		if r >= '0' && r <= '9' {
			return int(r - '0'), true
		}
		return 0, false
	case r >= 0x660 && r <= 0x669:
		return int(r - 0x660), true
	case r >= 0x6F0 && r <= 0x6F9:
		return int(r - 0x6F0), true
	case r < lowLimit:
		return 0, false
	}
	for _, rg := range unicode.Nd.R16 {
		if r >= rune(rg.Lo) && r <= rune(rg.Hi) {
			return int(r-rune(rg.Lo)) % 10, true
		}
	}
	for _, rg := range unicode.Nd.R32 {
		if r >= rune(rg.Lo) && r <= rune(rg.Hi) {
			return int(r-rune(rg.Lo)) % 10, true
		}
	}
	return 0, false
}

// dropped says whether r never carries meaning in a key: tatweel, harakat and hamza marks, soft
// hyphen, joiners, direction marks, variation selectors, byte order mark.
func dropped(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0xAD, r == 0x640, r >= 0x64B && r <= 0x65F, r == 0x670, r == 0x61C,
		r >= 0x610 && r <= 0x61A, r >= 0x6D6 && r <= 0x6DC, r >= 0x6DF && r <= 0x6E4, r == 0x6E7, r == 0x6E8, r >= 0x6EA && r <= 0x6ED,
		r == 0x34F, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F,
		r >= 0xFE00 && r <= 0xFE0F, r == 0xFEFF, r == 0x180E:
		return true
	}
	return false
}

// apostrophe says whether r is one of the signs typed for an apostrophe or for the Uzbek and Arabic
// modifier letters that look like one.
func apostrophe(r rune) bool {
	switch r {
	case '\'', '`', 0xB4, 0x2B9, 0x2BB, 0x2BC, 0x2BD, 0x2BE, 0x2BF, 0x2C8, 0x2018, 0x2019, 0x201B, 0x2032, 0xFF07, 0xA78C:
		return true
	}
	return false
}

// glyphOf looks r up; ok is false for runes outside the tables.
func (a *alphabet) glyphOf(r rune) (glyph, bool) {
	switch {
	case r < lowLimit:
		return a.low[r], true
	case r >= punctLo && r < punctHi:
		return a.punct[r-punctLo], true
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
		if to, ok := a.han[r]; ok {
			r = to
		}
		return glyph{out: string(r)}, true
	}
	return glyph{flags: isHard}, false
}

// word appends the strict key of one word to dst. Apostrophes leave nothing.
func (a *alphabet) word(dst []byte, w string) []byte {
	start := len(dst)
	if a.joinedYe {
		w = withoutYe(w)
	}
	var seen uint8
	for i := 0; i < len(w); {
		var g *glyph
		c := w[i]
		if c < utf8.RuneSelf {
			g = &a.low[c]
			i++
			if g.flags&isContext == 0 {
				seen |= g.flags
				dst = append(dst, g.out...)
				continue
			}
			seen |= isContext
			break
		}
		r, size := utf8.DecodeRuneInString(w[i:])
		switch {
		case r < lowLimit:
			g = &a.low[r]
		case r >= punctLo && r < punctHi:
			g = &a.punct[r-punctLo]
		case r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
			if to, ok := a.han[r]; ok {
				dst = utf8.AppendRune(dst, to)
			} else {
				dst = append(dst, w[i:i+size]...)
			}
			i += size
			continue
		default:
			seen |= isHard
		}
		if seen&isHard != 0 {
			break
		}
		seen |= g.flags
		if g.flags&(isContext|isHard) != 0 {
			break
		}
		dst = append(dst, g.out...)
		i += size
	}
	const mixed = isLatin | isCyrillic
	if seen&(isHard|isContext) == 0 && seen&mixed != mixed {
		return a.respell(dst, start)
	}
	dst = dst[:start]
	if seen&isHard == 0 && seen&mixed != mixed {
		// The letters' keys depend on their neighbours only, provided nothing hard comes later.
		if out, ok := a.contextual(dst, w); ok {
			return a.respell(out, start)
		}
	}
	return a.respell(a.careful(dst[:start], w), start)
}

// respell replaces a whole key, or the beginning of one, for which the table has another.
func (a *alphabet) respell(dst []byte, start int) []byte {
	if len(a.whole) > 0 {
		if to, ok := a.whole[string(dst[start:])]; ok {
			return append(dst[:start], to...)
		}
	}
	for _, b := range a.beginnings {
		if key := dst[start:]; len(key) >= len(b[0]) && string(key[:len(b[0])]) == b[0] {
			rest := string(key[len(b[0]):])
			return append(append(dst[:start], b[1]...), rest...)
		}
	}
	return dst
}

// withoutYe is w without a yeh at its end that stands behind heh and a joiner, or the space typed for one: خانه‌ی is خانهٔ, whose hamza leaves nothing.
func withoutYe(w string) string {
	head, ok := strings.CutSuffix(w, "ی")
	if !ok {
		if head, ok = strings.CutSuffix(w, "ي"); !ok {
			return w
		}
	}
	stem, ok := strings.CutSuffix(head, "\u200c")
	if !ok {
		if stem, ok = strings.CutSuffix(head, " "); !ok {
			return w
		}
	}
	if !endsInHeh(stem) {
		return w
	}
	return stem
}

// endsInHeh says whether a Persian word ends in heh, as written on any keyboard.
func endsInHeh(w string) bool {
	r, _ := utf8.DecodeLastRuneInString(w)
	return r == 'ه' || r == 'ہ' || r == 'ة' || r == 'ە'
}

// contextual folds a word rune by rune with the rules that look at the letter before. It gives up (ok
// false) at a rune that needs the careful path or when scripts are mixed.
func (a *alphabet) contextual(dst []byte, w string) (_ []byte, ok bool) {
	var before rune // the letter before, 0 at the start of a word
	var seen uint8
	for _, r := range w {
		g, _ := a.glyphOf(r)
		seen |= g.flags
		if g.flags&isHard != 0 || seen&(isLatin|isCyrillic) == isLatin|isCyrillic {
			return dst, false
		}
		dst, before = a.emit(dst, r, before, g)
	}
	return dst, true
}

// emit appends the key of r, whose letter before is before, and returns the letter to be remembered.
func (a *alphabet) emit(dst []byte, r, before rune, g glyph) ([]byte, rune) {
	if g.flags&isApostrophe != 0 || (g.flags&isDropped != 0 && g.flags&isVowel == 0) {
		return dst, before
	}
	if g.flags&isContext != 0 {
		low := lowerRune(r)
		if out, ok := a.atStart[low]; ok && before == 0 {
			return append(dst, out...), low
		}
		if out, ok := a.afterVowel[low]; ok && before > 0 && before < lowLimit && a.low[before].flags&isVowel != 0 {
			return append(dst, out...), low
		}
		if rule, ok := a.notAfter[low]; ok && (before == 0 || !strings.ContainsRune(rule.before, before)) {
			return append(dst, rule.out...), low
		}
	}
	return append(dst, g.out...), lowerRune(r)
}

// maxPasses bounds the search for a key that folds to itself. Two passes do for everything but
// sequences made to annoy.
const maxPasses = 6

// careful folds a word with compatibility characters, combining marks or mixed scripts.
func (a *alphabet) careful(dst []byte, w string) []byte {
	cur := w
	for range maxPasses {
		next := a.carefulOnce(cur)
		if next == cur {
			break
		}
		cur = next
	}
	return append(dst, cur...)
}

func (a *alphabet) carefulOnce(w string) string {
	w = normalise(w)
	w = a.repair(w)
	out := make([]byte, 0, len(w)+8)
	var before rune
	for _, r := range w {
		g, known := a.glyphOf(r)
		if !known {
			g = a.plain(r)
		}
		if unicode.Is(unicode.Mn, r) && commonMark(r) {
			continue
		}
		out, before = a.emit(out, r, before, g)
	}
	return string(out)
}

// commonMark says whether a mark that NFKC left alone is an accent on a Latin, Greek, Cyrillic or
// Arabic letter, and so leaves nothing; marks of other scripts are letters in effect.
func commonMark(r rune) bool {
	return r >= 0x300 && r <= 0x36F || r >= 0x483 && r <= 0x487 || r >= 0x610 && r < 0x700 || r >= 0x1AB0 && r <= 0x1AFF ||
		r >= 0x1DC0 && r <= 0x1DFF || r >= 0x20D0 && r <= 0x20FF || r >= 0x8D0 && r <= 0x8FF || r >= 0xFE20 && r <= 0xFE2F
}

// normalise drops what never carries meaning, brings every apostrophe to U+0027 (some decompose to a
// space and an accent otherwise) and applies NFKC. Invalid UTF-8 becomes U+FFFD.
func normalise(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	clean := strings.Map(func(r rune) rune {
		switch {
		case dropped(r):
			return -1
		case apostrophe(r):
			return '\''
		}
		return r
	}, s)
	if norm.NFKC.IsNormalString(clean) {
		return clean
	}
	return norm.NFKC.String(clean)
}

// repair replaces look-alike letters of the other script in a word of mixed Latin and Cyrillic: the
// majority's script wins, Cyrillic when they are even. A word in which some letter of the minority has
// no look-alike is left alone: it is a foreign name with a suffix.
func (a *alphabet) repair(w string) string {
	latin, cyrillic := 0, 0
	for _, r := range w {
		switch {
		case r < 0x80:
			if l := r | 0x20; l >= 'a' && l <= 'z' {
				latin++
			}
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	if latin == 0 || cyrillic == 0 {
		return w
	}
	from, to := unicode.Latin, a.homoglyphs
	if latin > cyrillic {
		from, to = unicode.Cyrillic, a.latinOf
	}
	whole := true
	out := strings.Map(func(r rune) rune {
		if !unicode.Is(from, r) {
			return r
		}
		if c, ok := to[r]; ok {
			return c
		}
		whole = false
		return r
	}, w)
	if !whole {
		return w
	}
	return out
}

// Fold returns the strict key of s in language t: texts that differ only in script (Uzbek and Kazakh
// Latin and Cyrillic), case, apostrophe, Arabic or Persian letter forms, joiners, harakat, digits or
// compatibility forms have the same key. White space is reduced to single spaces, punctuation is kept.
// Fold(t, Fold(t, s)) == Fold(t, s).
func Fold(t Tag, s string) string {
	return lexiconOf(t).alphabet.text(s)
}

func (a *alphabet) text(s string) string {
	cur := a.textOnce(s)
	for range maxPasses {
		next := a.textOnce(cur)
		if next == cur {
			break
		}
		cur = next
	}
	return cur
}

func (a *alphabet) textOnce(s string) string {
	if !utf8.ValidString(s) || !norm.NFKC.IsNormalString(s) {
		s = normalise(s)
	}
	out := make([]byte, 0, len(s)+len(s)/8)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if wordRune(r) {
			j := i + size
			for j < len(s) {
				r, size := utf8.DecodeRuneInString(s[j:])
				if !wordRune(r) && !dropped(r) && !(a.dropApos && apostrophe(r)) {
					break
				}
				j += size
			}
			out = a.word(out, s[i:j])
			i = j
			continue
		}
		i += size
		switch {
		case unicode.IsSpace(r):
			if n := len(out); n > 0 && out[n-1] != ' ' {
				out = append(out, ' ')
			}
		case dropped(r), unicode.IsControl(r):
		case apostrophe(r):
			if !a.dropApos {
				out = append(out, '\'')
			}
		default:
			out = utf8.AppendRune(out, lowerRune(r))
		}
	}
	for len(out) > 0 && out[len(out)-1] == ' ' {
		out = out[:len(out)-1]
	}
	return string(out)
}

// wordRune says whether r is part of a word or number.
func wordRune(r rune) bool {
	if r < lowLimit {
		return r >= 0 && lowWord[r]
	}
	return !apostrophe(r) && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r))
}

// lowWord is wordRune for the scripts most text is in.
var lowWord = func() (is [lowLimit]bool) {
	for r := rune(0); r < lowLimit; r++ {
		is[r] = !apostrophe(r) && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r))
	}
	return is
}()
