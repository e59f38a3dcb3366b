package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a place in a text: byte offsets, End exclusive, both on rune boundaries.
type Span struct{ Start, End int }

// Token is one word or number of a text with its keys. Fold and Stem hold only [a-z0-9] and non-ASCII
// runes, are never empty and at most 64 bytes long, cut on a rune boundary.
type Token struct {
	Span
	Fold, Stem string
}

const maxKey = 64

// keys are the places of a token's fold and stem in the shared buffer.
type keys struct{ fold, foldEnd, stem, stemEnd int }

// Tokens returns the words and numbers of text, in order, not overlapping. A word with an apostrophe is
// one token, a hyphen separates, Chinese and Japanese characters are tokens each; a number keeps its
// decimal sign (written U+066B in the key) and loses thousands separators.
func Tokens(t Tag, text string) []Token { return lexiconOf(t).tokens(text) }

func (l *lexicon) tokens(text string) []Token {
	tokens := make([]Token, 0, len(text)/9+1)
	places := make([]keys, 0, len(text)/9+1)
	buf := make([]byte, 0, len(text)+len(text)/2)
	for i := 0; i < len(text); {
		start, end, cut, next := l.nextWord(text, i)
		i = next
		if start == end {
			continue
		}
		var k keys
		k.fold = len(buf)
		if c := text[start]; c >= '0' && c <= '9' || c >= utf8.RuneSelf {
			if out, to := numberKey(buf, text, start, end); to > 0 {
				k.foldEnd = len(out)
				k.stem, k.stemEnd = k.fold, k.foldEnd
				buf, i = out, to
				tokens = append(tokens, Token{Span: Span{start, to}})
				places = append(places, k)
				continue
			}
		}
		buf = l.alphabet.word(buf, head(text[start:end]))
		buf = clip(buf, k.fold)
		k.foldEnd = len(buf)
		if k.foldEnd == k.fold {
			continue
		}
		stem := buf[k.fold:k.foldEnd]
		if cut > 0 {
			name := l.alphabet.word(nil, head(text[start:cut]))
			if name = clip(name, 0); len(name) > 0 {
				stem = name
			}
		}
		k.stem = len(buf)
		buf = l.stemmer.stem(buf, stem)
		buf = clip(buf, k.stem)
		k.stemEnd = len(buf)
		switch {
		case k.stemEnd == k.stem, string(buf[k.stem:k.stemEnd]) == string(buf[k.fold:k.foldEnd]):
			buf = buf[:k.foldEnd]
			k.stem, k.stemEnd = k.fold, k.foldEnd
		}
		tokens = append(tokens, Token{Span: Span{start, end}})
		places = append(places, k)
	}
	all := string(buf)
	for i, k := range places {
		tokens[i].Fold = all[k.fold:k.foldEnd]
		tokens[i].Stem = all[k.stem:k.stemEnd]
	}
	return tokens
}

// head is as much of a word as its key can hold.
func head(w string) string {
	if len(w) <= 4*maxKey {
		return w
	}
	end := 4 * maxKey
	for end > 0 && !utf8.RuneStart(w[end]) {
		end--
	}
	return w[:end]
}

// clip takes ASCII that is neither letter nor digit out of the key from start on and cuts it to maxKey
// bytes on a rune boundary.
func clip(buf []byte, start int) []byte {
	clean := true
	for _, c := range buf[start:] {
		if c < utf8.RuneSelf && (c < '0' || c > '9' && c < 'a' || c > 'z') {
			clean = false
			break
		}
	}
	if !clean {
		out := buf[:start]
		for _, c := range buf[start:] {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			if c >= utf8.RuneSelf || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' {
				out = append(out, c)
			}
		}
		buf = out
	}
	if len(buf)-start > maxKey {
		end := start + maxKey
		for end > start && !utf8.RuneStart(buf[end]) {
			end--
		}
		buf = buf[:end]
	}
	return buf
}

// nextWord finds the first word at or after i: its span, the place of an apostrophe behind which only a
// suffix stands (0 if none), and where to look on. An empty span means there was none before next.
func (l *lexicon) nextWord(text string, i int) (start, end, cut, next int) {
	for i < len(text) { // find the start
		c := text[i]
		if c < utf8.RuneSelf {
			if wordRune(rune(c)) {
				break
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if wordRune(r) && !unicode.IsMark(r) {
			if ideograph(r) {
				return i, i + size, 0, i + size
			}
			break
		}
		i += size
	}
	start = i
	end = i
	for i < len(text) {
		c := text[i]
		size := 1
		r := rune(c)
		if c >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		switch {
		case r != utf8.RuneError && wordRune(r):
			if ideograph(r) {
				return start, end, cut, end
			}
			i += size
			end = i
		case dropped(r):
			i += size // inside the word if a letter follows, else outside
		case apostrophe(r):
			// Part of the word between letters; after o and g also at its end if it is the letter's sign.
			after, n := utf8.DecodeRuneInString(text[i+size:])
			for n > 0 && dropped(after) {
				size += n
				after, n = utf8.DecodeRuneInString(text[i+size:])
			}
			if n == 0 || !wordRune(after) || ideograph(after) {
				if r == 0x2BB || r == 0x2BC {
					i += size
					end = i
				}
				return start, end, cut, max(i, end)
			}
			if cut == 0 && (l.alphabet.aposSuffix || l.alphabet.aposS && (after == 's' || after == 'S') && endsAt(text[i+size+n:])) {
				cut = i
			}
			i += size
			end = i
		case r == ' ' && l.joins() && i == end && l.joined(text[start:end], text[i+1:]):
			i++
		default:
			return start, end, cut, i
		}
	}
	return start, end, cut, i
}

// endsAt says whether a word that goes up to rest ends there.
func endsAt(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || !wordRune(r) && !dropped(r) && !apostrophe(r)
}

func (l *lexicon) joins() bool { return len(l.joinNext) > 0 }

// joined says whether a space between word and what follows it only stands for a joiner: Persian می رود is
// می‌رود, and رسانه ها is رسانه‌ها.
func (l *lexicon) joined(word, after string) bool {
	n := 0
	for n < len(after) && n <= longestJoin {
		r, size := utf8.DecodeRuneInString(after[n:])
		if !wordRune(r) || r == utf8.RuneError {
			break
		}
		n += size
	}
	switch {
	case n == 0 || n > longestJoin:
		return false
	case l.joinNext[word]: // before a verb only: می is May as well
		f := finder{s: l.stemmer}
		f.look(l.alphabet.word(nil, after[:n]), 0, onlyVerb)
		return f.best > 0
	}
	first, _ := utf8.DecodeRuneInString(word)
	return (l.joinBefore[after[:n]] || l.joinHeh[after[:n]] && endsInHeh(word)) && scriptOf(first) == arabic
}

// longestJoin is the bytes of the longest word that is looked at behind such a space.
const longestJoin = 20

// Join puts a joiner where a Persian writer may leave a space within a word, as Tokens reads them, so that a
// query that is cut at its spaces keeps such a word whole. Other texts are returned as they are.
func Join(s string) string {
	l := lexiconOf(FA)
	var out []byte
	for at := 0; ; {
		i := strings.IndexByte(s[at:], ' ')
		if i < 0 {
			return string(append(out, s[at:]...))
		}
		i += at
		start := i
		for start > at {
			r, size := utf8.DecodeLastRuneInString(s[at:start])
			if !wordRune(r) && !dropped(r) || r == utf8.RuneError {
				break
			}
			start -= size
		}
		out = append(out, s[at:i]...)
		if start < i && l.joined(s[start:i], s[i+1:]) {
			out = append(out, "\u200c"...)
		} else {
			out = append(out, ' ')
		}
		at = i + 1
	}
}

// ideograph says whether r is a word by itself for search: Han, Hiragana and Katakana.
func ideograph(r rune) bool {
	return r >= 0x2E80 && (r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0x3041 && r <= 0x30FF ||
		r >= 0xF900 && r <= 0xFAFF || r >= 0x20000 && r <= 0x3FFFF)
}

// numberKey appends the key of a number that starts at start and returns where it ends; 0 if the word
// text[start:end] is not all digits. One separator with digits behind it is a decimal sign, unless
// groups of three follow.
func numberKey(buf []byte, text string, start, end int) ([]byte, int) {
	from := len(buf)
	out, ok := appendDigits(buf, text[start:end])
	if !ok || len(out) == from {
		return buf[:from], 0
	}
	first := len(out) - from
	groups := 0
	sep := rune(0)
	at := end
	for at < len(text) && groups < 8 {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !separator(r) || sep != 0 && r != sep {
			break
		}
		j := at + size
		for j < len(text) {
			r, size := utf8.DecodeRuneInString(text[j:])
			if _, ok := digit(r); !ok {
				break
			}
			j += size
		}
		if j == at+size {
			break
		}
		if r, _ := utf8.DecodeRuneInString(text[j:]); j < len(text) && r != utf8.RuneError && wordRune(r) {
			break // "5.6km", "2.b": read apart
		}
		part, _ := appendDigits(nil, text[at+size:j])
		if len(part) == 3 && first <= 3 {
			out = append(out, part...)
		} else if groups == 0 {
			after, n := utf8.DecodeRuneInString(text[j:])
			if n > 0 && separator(after) && j+n < len(text) {
				if d, _ := utf8.DecodeRuneInString(text[j+n:]); isDigit(d) {
					break // 11.07.2025 is three numbers
				}
			}
			out = append(out, "\u066b"...)
			out = append(out, part...)
			at = j
			break
		} else {
			break
		}
		sep = r
		groups++
		at = j
	}
	return clip(out, from), at
}

func isDigit(r rune) bool { _, ok := digit(r); return ok }

// separator says whether r may stand inside a number.
func separator(r rune) bool { return r == '.' || r == ',' || r == 0x66B || r == 0x66C }

// appendDigits appends s in ASCII digits; ok is false if some rune is no digit.
func appendDigits(dst []byte, s string) ([]byte, bool) {
	for _, r := range s {
		d, ok := digit(r)
		if !ok {
			if dropped(r) {
				continue
			}
			return dst, false
		}
		dst = append(dst, byte('0'+d))
	}
	return dst, true
}
