package story

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jarchi.dev/jarchi/internal/lang"
)

// Many write their language with the letters that a keyboard, a telephone or an old system has: Kazakh with к for қ,
// Turkish and Azerbaijani without dots and hooks, Uzbek in Cyrillic without ҳ, қ, ғ, ў, Persian with blanks for joiners.
// Words that are compared are therefore stripped to what all of these have in common. Two words of one key are rarely in
// one place among the same neighbours, and five in a row never were: see docs/languages.md, 'Copies'.

// bare is a folded word as whoever lacks its letters writes it; empty for the ezafe of خانه ی, which خانه‌ی has too.
func bare(key string) string {
	if key == "ی" {
		return ""
	}
	if strings.HasSuffix(key, "هی") {
		return strings.TrimSuffix(key, "ی")
	}
	for i := 0; i < len(key); i++ {
		if c := key[i]; c >= utf8.RuneSelf || c == 'q' || c == 'x' || c == 'u' {
			return strings.Map(bareRune, key)
		}
	}
	return key
}

func bareRune(r rune) rune {
	if r < rune(len(bareLetters)) {
		return bareLetters[r]
	}
	return r
}

// bareLetters says what letters of Latin and Cyrillic become: those with marks their base letter, others as below; -1
// leaves nothing.
var bareLetters = func() (of [0x530]rune) {
	for r := range of {
		of[r] = rune(r)
		if d := []rune(norm.NFD.String(string(rune(r)))); len(d) > 1 && unicode.IsLetter(rune(r)) {
			of[r] = d[0]
		}
	}
	for _, row := range []string{
		"к қҡҝқҟӄԛ", "г ғӷҕ", "н ңҥӊӈ", "а әӕ", "о өӫ", "у үұў", "и іїй", "е ёє", "х һҳӿ", "ч ҷҹӌ", "з ҙ", "с ҫ", "п ҧ",
		"i ı", "e ə", "d đ", "l ł", "o øu", "k q", "h x", // u, q, x: what Uzbek in Cyrillic without its own letters is read as
	} {
		to, from, _ := strings.Cut(row, " ")
		first, _ := utf8.DecodeRuneInString(to)
		for _, r := range from {
			of[r] = first
		}
	}
	for r := range of { // ù is u first, and then o
		if to := of[r]; to != rune(r) && to >= 0 {
			of[r] = of[to]
		}
	}
	of['ъ'] = -1
	return of
}()

const joiner = "\u200c"

// unjoined is a text in Arabic letters with blanks for joiners, which lang.Tokens reads by what follows or stands
// before them; moved says how far what stands behind a place of it lies further on in the text.
func unjoined(text string) (out string, moved func(at int) int) {
	n := strings.Count(text, joiner)
	if n == 0 {
		return text, func(at int) int { return at }
	}
	out = strings.ReplaceAll(text, joiner, " ")
	places := make([]int, 0, n) // of the blanks, in out
	for i, from := 0, 0; len(places) < n; {
		i = from + strings.Index(text[from:], joiner)
		places = append(places, i-2*len(places))
		from = i + len(joiner)
	}
	next := 0
	return out, func(at int) int { // asked for in order
		for next > 0 && places[next-1] >= at {
			next--
		}
		for next < len(places) && places[next] < at {
			next++
		}
		return at + 2*next
	}
}

// arabicLetters says whether a text is mostly in Arabic letters, by its first ones.
func arabicLetters(text string) bool {
	arabic, letters := 0, 0
	for _, r := range text {
		if r < 'A' || !unicode.IsLetter(r) {
			continue
		}
		if letters++; r >= 0x600 && r <= 0x6ff {
			arabic++
		}
		if letters == 64 {
			break
		}
	}
	return 2*arabic > letters
}

// table is the language whose table a paragraph is read with: words and joiners of Persian for all Arabic letters, so
// that a passage is read alike in whatever text it stands.
func table(uzbek bool, part string) lang.Tag {
	switch {
	case uzbek && (len(part) < ownLanguage || inUzbekCyrillic("", part)):
		return lang.UZ
	case arabicLetters(part):
		return lang.FA
	}
	return lang.ZH // whose table knows no letters of its own, and makes traditional characters simplified ones
}
