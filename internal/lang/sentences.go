package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences returns the sentences of text, in order, without the white space around them. A line break
// ends a sentence; a full stop does so unless it stands behind an initial or an abbreviation of the
// language's table, behind an ordinal where the language writes one so (Turkish: 11. Zirve), inside a number or address, or
// before a small letter.
func Sentences(t Tag, text string) []Span { return lexiconOf(t).sentences(text) }

func (l *lexicon) sentences(text string) []Span {
	var spans []Span
	start := 0
	add := func(end int) {
		s, e := trim(text, start, end)
		if s < e {
			spans = append(spans, Span{s, e})
		}
		start = end
	}
	word := -1 // where the last run of word runes began, -1 outside one
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		at := i
		i += size
		switch {
		case r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029:
			add(at)
			word = -1
			continue
		case r == '.':
			for i < len(text) && text[i] == '.' {
				i++
			}
			if i == at+1 && !l.stops(text, word, at, i) {
				if i < len(text) && !wordRune(rune(text[i])) {
					word = -1
				}
				continue
			}
		case r == '!' || r == '?' || r == '…' || r == 0x6D4 || r == 0x61F || r == '。' || r == '！' || r == '？' || r == '．' || r == 0x589 || r == 0x964:
			for i < len(text) {
				r, size := utf8.DecodeRuneInString(text[i:])
				if r != '!' && r != '?' && r != 0x61F && r != '！' && r != '？' && r != '.' {
					break
				}
				i += size
			}
			// An exclamation quoted inside a sentence goes on with a small letter or a dash.
			if r != 0x6D4 && r != '。' && l.goesOn(text, i) {
				continue
			}
			if next, _ := utf8.DecodeRuneInString(text[i:]); r == '…' && (isDigit(next) || unicode.Is(unicode.Hangul, next)) {
				continue // Korean headlines part what they tell of one event with it
			}
		default:
			if wordRune(r) || dropped(r) || apostrophe(r) {
				if word < 0 {
					word = at
				}
			} else {
				word = -1
			}
			continue
		}
		word = -1
		for i < len(text) { // closing quotes and brackets belong to the sentence
			r, size := utf8.DecodeRuneInString(text[i:])
			if r != '"' && r != 0x201D && r != '»' && r != ')' && r != ']' && r != 0x300D && r != 0x300F && r != '）' && r != 0x2019 && r != '\'' {
				break
			}
			if (r == '"' || r == '\'' || r == 0x2019) && i+size < len(text) {
				if after, _ := utf8.DecodeRuneInString(text[i+size:]); wordRune(after) {
					break // it opens the next one
				}
			}
			i += size
		}
		add(i)
	}
	add(len(text))
	return spans
}

// stops says whether the full stop text[at:next] ends a sentence; word is where the word before it
// begins, or -1.
func (l *lexicon) stops(text string, word, at, next int) bool {
	after, n := utf8.DecodeRuneInString(text[next:])
	if n == 0 || unicode.IsSpace(after) && !l.goesOn(text, next) {
		if word < 0 || at-word > maxKey {
			return true
		}
		w := text[word:at]
		first, size := utf8.DecodeRuneInString(w)
		if size == len(w) && unicode.IsUpper(first) {
			return n == 0 // an initial
		}
		if n > 0 && l.figures.ordinalStop && ordinal(w) {
			return false
		}
		return n == 0 || !l.ends[string(l.alphabet.word(nil, w))]
	}
	if unicode.IsSpace(after) || isDigit(after) {
		return false
	}
	if word < 0 || !unicode.IsLetter(after) {
		return !wordRune(after) && word >= 0 && !l.goesOn(text, next)
	}
	// No space behind it: an address, an initial, or a space forgotten.
	return unicode.IsUpper(after) && at-word > 2*utf8.UTFMax && lowerBefore(text, at) ||
		scriptOf(after) == arabic && at-word > utf8.UTFMax
}

// ordinal says whether a word is a number that a full stop can make an ordinal: up to three digits, or a Roman one.
func ordinal(w string) bool {
	return len(w) <= 3 && strings.Trim(w, "0123456789") == "" || strings.Trim(w, "IVX") == ""
}

// lowerBefore says whether the rune before at is a small letter.
func lowerBefore(text string, at int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:at])
	return unicode.IsLower(r)
}

// goesOn says whether the text from i goes on as one sentence does: with a small letter, a comma or a
// dash, within the next few runes.
func (l *lexicon) goesOn(text string, i int) bool {
	for k := 0; k < 8 && i < len(text); k++ {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n':
			return false
		case unicode.IsLower(r), r == ',', r == '،', r == '–', r == '—', r == '-':
			return true
		case unicode.IsLetter(r), isDigit(r):
			return false
		}
		i += size
	}
	return false
}

// trim moves start and end of a span past white space and dropped runes.
func trim(text string, start, end int) (int, int) {
	for start < end {
		r, size := utf8.DecodeRuneInString(text[start:end])
		if !unicode.IsSpace(r) && !dropped(r) {
			break
		}
		start += size
	}
	for start < end {
		r, size := utf8.DecodeLastRuneInString(text[start:end])
		if !unicode.IsSpace(r) && !dropped(r) {
			break
		}
		end -= size
	}
	return start, end
}
