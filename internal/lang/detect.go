package lang

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Detection is the language a text seems to be written in.
type Detection struct {
	Tag        Tag     // one of Known, the tag of a neighbour that was recognised, or Und
	Script     string  // ISO 15924 code of the script most letters are of
	Confidence float64 // 0 to 1: roughly the share of such answers that are right
}

// sample is how much of a text detection reads, in three places; more does not make it surer.
const sample = 2 << 10

// Detect tells the language of text. declared is what the publisher says it is, or "": a prior that
// decides between close readings (and between Persian and Dari, which their texts alone do not tell
// apart), never a restriction.
func Detect(text string, declared Tag) Detection {
	text = pick(text)
	letters := [scripts]int{}
	total, damaged := 0, 0
	composed := true
	for _, r := range text {
		if r >= 0x300 && r < 0x370 || r >= 0x653 && r < 0x656 || r >= 0xFB50 && r < 0xFEFF {
			composed = false
		}
		if r == utf8.RuneError || r < ' ' && !unicode.IsSpace(r) {
			damaged++
		}
		if s := scriptOf(r); s != none {
			letters[s]++
			total++
		}
	}
	if total == 0 || damaged > 8 && damaged*4 > total { // bytes that are no text have letters among them
		return Detection{Tag: Und, Script: "Zyyy"}
	}
	top := latn
	for s := latn; s < scripts; s++ {
		if weight(s)*letters[s] > weight(top)*letters[top] {
			top = s
		}
	}
	if top == hani && letters[kana]*8 > letters[hani] {
		top = kana
	}
	d := Detection{Tag: Und, Script: scriptCodes[top]}
	if t, ok := onlyLanguage[top]; ok {
		d.Tag, d.Confidence = t, confidenceOfScript(letters[top], total)
		return d
	}
	if top == latn || top == cyrl || top == arabic {
		if total >= manyLetters && fewer(text, someLetters) || address(text) {
			return d
		}
		if !composed { // letters and their accents apart, or Arabic letters by their shapes
			text = norm.NFKC.String(text)
		}
		d.Tag, d.Confidence = classify(text, top, declared)
	}
	return d
}

// A text of so many letters in which there are fewer than so many kinds is in no language: a key that was held down, a laugh.
const manyLetters, someLetters = 20, 4

// address reports whether text is nothing but one address of the web or of mail, which is in no language whatever words it holds.
func address(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	if strings.ContainsFunc(text, unicode.IsSpace) {
		return false
	}
	for _, scheme := range []string{"https://", "http://", "www.", "mailto:"} {
		if strings.HasPrefix(text, scheme) {
			return true
		}
	}
	if _, host, ok := strings.Cut(text, "@"); ok {
		text = host + "/"
	}
	host, _, path := strings.Cut(text, "/")
	name, top, dotted := strings.Cut(host, ".")
	return path && dotted && name != "" && top != "" && strings.IndexFunc(host, func(r rune) bool { return r >= 0x80 }) < 0
}

// fewer reports whether text has fewer than n different letters.
func fewer(text string, n int) bool {
	seen := make([]rune, 0, n)
	for _, r := range text {
		if r = unicode.ToLower(r); scriptOf(r) != none && !slices.Contains(seen, r) {
			if seen = append(seen, r); len(seen) == n {
				return false
			}
		}
	}
	return true
}

// weight counts a character of a script that writes syllables or words as several letters, and a Latin one
// less than others: names in Latin letters stand in texts of every language, the reverse is rare.
func weight(s script) int {
	switch s {
	case latn:
		return 1
	case hani, hang, kana:
		return 8
	}
	return 3
}

// onlyLanguage are the scripts that settle the language.
var onlyLanguage = map[script]Tag{hani: ZH, hang: KO, kana: "ja", grek: "el", hebr: "he", armn: "hy", geor: "ka", deva: "hi", thai: "th"}

func confidenceOfScript(n, total int) float64 {
	c := 0.6 + 0.4*float64(n)/float64(total)
	if n < 4 {
		c -= 0.15
	}
	return min(c, 0.99)
}

// pick is the part of text that detection reads: all of a short one, else its beginning, middle and end.
func pick(text string) string {
	if len(text) <= sample {
		return text
	}
	third := sample / 3
	cut := func(i int) string {
		for i < len(text) && !utf8.RuneStart(text[i]) {
			i++
		}
		return text[i:min(i+third, len(text))]
	}
	return cut(0) + "\n" + cut(len(text)/2) + "\n" + cut(len(text)-third)
}
