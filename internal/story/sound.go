package story

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// The far key is what is left of a name when it is written in Chinese characters or in Hangul: b p v w f are one
// sound, l and r, and all of s z c j; vowels and h go. It is made of the loose key where there is one, of
// the syllables of Hangul, and of a table of the Chinese characters that foreign names are written with.

//go:embed link_sounds.txt
var soundRows string

type soundTable struct {
	han    map[rune]string // consonants of Chinese characters
	vowels map[rune]string // of letters and characters; "" settles none
}

var sounds = sync.OnceValue(func() soundTable {
	m := soundTable{map[rune]string{}, map[rune]string{}}
	for _, line := range strings.Split(soundRows, "\n") {
		key, chars, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || key == "#" {
			continue
		}
		to := m.han
		if vowel, is := strings.CutPrefix(key, "+"); is {
			to, key = m.vowels, vowel
		}
		if key == "-" {
			key = ""
		}
		for _, r := range chars {
			if r != ' ' {
				to[r] = key
			}
		}
	}
	return m
})

// firstVowel is the class of the first vowel of a name, for beside the far key vowels tell names apart that have the same
// consonants: front (i), back (u), open (a); "" if the word does not tell. Characters that write a consonant alone as often as one
// with a vowel are passed over. Where only long vowels are written, what stands first in the word is a consonant or the seat of
// any vowel.
func firstVowel(word string, abjad bool) string {
	table := sounds().vowels
	for i, r := range word {
		if abjad && i == 0 && r != 'آ' {
			continue
		}
		if v := table[unicode.ToLower(r)]; v != "" {
			return v
		}
	}
	return ""
}

// The vowels of Hangul's syllables in the order of Unicode; ㅡ stands between consonants.
var hangulVowels = [21]string{"a", "i", "a", "i", "a", "i", "i", "i", "u", "a", "i", "i", "u", "u", "u", "i", "i", "u", "", "i", "i"}

// hangulVowel is firstVowel of a word in Hangul.
func hangulVowel(word string) string {
	for _, r := range word {
		if r < 0xac00 || r > 0xd7a3 {
			return ""
		}
		if v := hangulVowels[(r-0xac00)%588/28]; v != "" {
			return v
		}
	}
	return ""
}

// farClass maps the classes of the loose key.
var farClass = [256]byte{'b': 'b', 'v': 'b', 'd': 'd', 'k': 'k', 's': 's', 'c': 's', 'r': 'r', 'l': 'r', 'm': 'm', 'n': 'n'}

// spelled is a word as its sound is compared with that of other languages. What Arabic script writes in more than one
// way is brought to one: an Arabic word loses its article, and تش is one sound, as Arabic has no letter for it; و beside
// an alef is the consonant, elsewhere within a word it is a vowel more often.
func spelled(t lang.Tag, word string) string {
	if t.Script() != "Arab" {
		return word
	}
	if t == lang.AR {
		word = strings.ReplaceAll(withoutArticle(word), "تش", "چ")
	}
	if i := strings.Index(word, "وا"); i > 0 {
		word = word[:i] + strings.ReplaceAll(word[i:], "وا", "فا")
	}
	if i := strings.Index(word, "او"); i > 0 && i+len("او") < len(word) {
		word = strings.Replace(word, "او", "اف", 1)
	}
	return word
}

// withoutArticle takes the article and what is written together with it off an Arabic word; without it a name sounds as
// it does in other languages.
func withoutArticle(word string) string {
	for _, p := range [...]string{"وال", "بال", "كال", "فال", "لل", "ال"} {
		if rest, ok := strings.CutPrefix(word, p); ok && utf8.RuneCountInString(rest) >= 3 {
			return rest
		}
	}
	return word
}

// withoutProp takes the vowel off that many languages set before an s with a consonant behind it: استیو, Istanbul.
func withoutProp(loose string) string {
	if len(loose) > 3 && strings.HasPrefix(loose, "as") && strings.IndexByte("bdkmnrlv", loose[2]) >= 0 {
		return loose[1:]
	}
	return loose
}

// farOfLoose makes the far key of a loose one.
func farOfLoose(dst []byte, loose string) []byte {
	start := len(dst)
	for i := range len(loose) {
		if i == 0 && loose[0] == 'a' {
			dst = append(dst, 'a')
		}
		if c := farClass[loose[i]]; c != 0 && (len(dst) == start || dst[len(dst)-1] != c) {
			dst = append(dst, c)
		}
	}
	return dst
}

// The sounds of Hangul's parts in the order of Unicode: 19 that begin a syllable, 28 that end it. ㅅ at the end of a
// foreign name is t.
var (
	onsets = [19]string{"k", "k", "n", "d", "d", "r", "m", "b", "b", "s", "s", "", "s", "s", "s", "k", "d", "b", ""}
	codas  = [28]string{"", "k", "k", "ks", "n", "ns", "n", "d", "r", "rk", "rm", "rb", "rs", "rd", "rb", "r", "m", "b", "bs", "d", "d", "n", "s", "s", "k", "d", "b", ""}
)

// farOfHangul makes the far key of a word in Hangul; "" if it is written otherwise.
func farOfHangul(dst []byte, word string) []byte {
	start := len(dst)
	for i, r := range word {
		if r < 0xac00 || r > 0xd7a3 {
			return dst[:start]
		}
		n := int(r - 0xac00)
		first := onsets[n/588]
		if n/588 == 11 { // 워, 위 and their like begin with w
			switch n % 588 / 28 {
			case 9, 10, 11, 14, 15, 16:
				first = "b"
			}
		}
		if i == 0 && first == "" {
			dst = append(dst, 'a')
		}
		for _, part := range [2]string{first, codas[n%28]} {
			for j := range len(part) {
				if len(dst) == start || dst[len(dst)-1] != part[j] {
					dst = append(dst, part[j])
				}
			}
		}
	}
	return dst
}

// farOfHan makes the far key of a run of tokens, one Chinese character each; "" where one of them writes no
// foreign names.
func farOfHan(dst []byte, run []lang.Token) []byte {
	table := sounds().han
	start := len(dst)
	for i, k := range run {
		r, _ := utf8.DecodeRuneInString(k.Fold)
		part, ok := table[r]
		if !ok {
			return dst[:start]
		}
		if i == 0 && part == "" {
			dst = append(dst, 'a')
		}
		for j := range len(part) {
			if len(dst) == start || dst[len(dst)-1] != part[j] {
				dst = append(dst, part[j])
			}
		}
	}
	return dst
}
