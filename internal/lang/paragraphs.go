package lang

import (
	"slices"
	"strings"
	"sync"
)

const (
	// otherLetters is how many letters a paragraph needs to be taken for another language than its text.
	otherLetters = 25
	// otherSure is how sure that must be.
	otherSure = 0.9
	// manyParagraphs is how many are read one by one; those behind them are taken to be in the text's language.
	manyParagraphs = 2000
)

// Paragraphs tells the language of each paragraph of one text, in their order; declared is as for Detect. The
// language that most of the text is in is expected of each: a paragraph is said to be in another only if it is
// long enough and clear enough to say so by itself, so that a name or a quoted line does not make a text a
// mixed one. A paragraph without letters has the tag Und.
func Paragraphs(paragraphs []string, declared Tag) []Detection {
	all := make([]Detection, len(paragraphs))
	sizes := make([]int, len(paragraphs))
	most := map[Tag]int{}
	var whole Detection
	for i, p := range paragraphs {
		if i == manyParagraphs {
			break
		}
		all[i], sizes[i] = Detect(p, declared), letterCount(p)
		if d := all[i]; d.Tag != Und {
			most[d.Tag] += int(float64(sizes[i]) * d.Confidence)
			if whole.Tag == "" || most[d.Tag] > most[whole.Tag] {
				whole = d
			}
		}
	}
	for i := range all {
		switch d := all[i]; {
		case i >= manyParagraphs:
			if all[i] = whole; whole.Tag == "" || letterCount(paragraphs[i]) == 0 {
				all[i] = Detection{Tag: Und, Script: scriptCodes[none]}
			}
		case sizes[i] == 0 || d.Tag == whole.Tag || whole.Tag == "":
		case d.Tag == Und || d.Confidence < otherSure || sizes[i] < otherLetters:
			all[i].Tag, all[i].Confidence = whole.Tag, min(d.Confidence, whole.Confidence)
		}
	}
	return all
}

// letterCount counts the letters of the part of text that detection reads, a character of a script that writes
// syllables or words as three.
func letterCount(text string) int {
	n := 0
	for _, r := range pick(text) {
		switch scriptOf(r) {
		case none:
		case hani, hang, kana:
			n += 3
		default:
			n++
		}
	}
	return n
}

// Others are the languages, besides the one it is in, that paragraphs of a text are clearly in: those with most
// letters first.
func Others(paragraphs []string, in Tag) []Tag {
	letters := map[Tag]int{}
	var tags []Tag
	for i, d := range Paragraphs(paragraphs, in) {
		if d.Tag == in || d.Tag == Und || d.Confidence < otherSure {
			continue
		}
		if letters[d.Tag] == 0 {
			tags = append(tags, d.Tag)
		}
		letters[d.Tag] += letterCount(paragraphs[i])
	}
	slices.SortStableFunc(tags, func(a, b Tag) int { return letters[b] - letters[a] })
	return tags
}

// hintWords is how many different words of Afghanistan make a Persian text look like Dari.
const hintWords = 2

// LooksDari tells whether a text in Persian uses words by which the newspapers of Afghanistan differ from those of
// Iran (tables/prs/hint.txt). It is a hint for people, never an answer: most texts hold no such word, and some
// of Iran hold several.
func LooksDari(paragraphs []string) bool {
	seen := map[string]bool{}
	for i, p := range paragraphs {
		if i == manyParagraphs {
			break
		}
		for w := range strings.FieldsFuncSeq(pick(p), func(r rune) bool { return scriptOf(r) != arabic && r != 0x200C }) {
			if w = Fold(FA, w); wordsOfAfghanistan()[w] {
				if seen[w] = true; len(seen) == hintWords {
					return true
				}
			}
		}
	}
	return false
}

var wordsOfAfghanistan = sync.OnceValue(func() map[string]bool {
	t, _ := loadTables(string(PRS))
	set := map[string]bool{}
	for _, w := range t.words("of Afghanistan") {
		set[Fold(FA, w)] = true
	}
	return set
})
