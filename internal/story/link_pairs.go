package story

import (
	"slices"
	"strings"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// Chinese puts no space between words, so two Chinese texts are compared by pairs of characters. To a reader pairs that overlap are told as what they are parts of.

// maxPairs is how many reasons are told of two Chinese texts: Readable makes fewer of them.
const maxPairs = 4 * maxReasons

// maxJoined is the most characters that are told as one: what two copies of a text share is no word.
const maxJoined = 12

// hanRun is some tokens of a text, one behind the other.
type hanRun struct{ from, to int }

// Readable is what Because told of the Chinese text mine and of another one, for a reader: pairs of characters that overlap in both texts are one reason, at the
// place of the first of them, without the words for of, in and is at its ends; what is part of another reason and what only spells a place or body that is told is left out.
// Other languages' reasons are as they were, and so are pairs of a text that is not Chinese.
func Readable(all []Reason, mine lang.Tag, a string, theirs lang.Tag, b string) []Reason {
	if mine != lang.ZH {
		return all
	}
	out := slices.Clone(all)
	if theirs == lang.ZH {
		out = joinPairs(out, a, b)
	}
	kept := out[:0:0]
	for i, r := range out {
		whole := func(o Reason) bool {
			return o.Value != r.Value && strings.Contains(o.Value, r.Value) && (o.Kind == r.Kind || o.Kind == "name" && r.Kind == "word")
		}
		if han(r) && (slices.ContainsFunc(out, whole) || slices.Contains(out[:i], r)) {
			continue
		}
		kept = append(kept, r)
	}
	return kept[:min(len(kept), maxReasons)]
}

// han says whether a reason is in characters of its text.
func han(r Reason) bool {
	if r.Kind != "word" && r.Kind != "name" && r.Kind != "topic" {
		return false
	}
	c, _ := utf8.DecodeRuneInString(r.Value)
	return c >= 0x4E00 && c <= 0x9FFF
}

func joinPairs(all []Reason, a, b string) []Reason {
	pairs := map[string]bool{} // what is told as a topic or a name is not told as a word again, and may be part of one
	for _, r := range all {
		if !han(r) {
			continue
		}
		key := []rune(lang.Fold(lang.ZH, r.Value))
		for i := 1; i < len(key); i++ {
			pairs[string(key[i-1:i+1])] = true
		}
	}
	tokens := lang.Tokens(lang.ZH, a)
	other := spelledOut(lang.Tokens(lang.ZH, b))
	key := func(r hanRun) string {
		var s strings.Builder
		for _, k := range tokens[r.from:r.to] {
			s.WriteString(k.Fold)
		}
		return s.String()
	}
	longest := map[string]hanRun{} // of each pair
	for i := 0; i+1 < len(tokens); {
		run := hanRun{i, i + 1}
		for j := i + 1; j < len(tokens) && j-i < maxJoined; j++ {
			if tokens[j].Start != tokens[j-1].End || !pairs[key(hanRun{j - 1, j + 1})] || !strings.Contains(other, key(hanRun{i, j + 1})) {
				break
			}
			run.to = j + 1
		}
		for j := run.from; j+1 < run.to; j++ {
			k := key(hanRun{j, j + 2})
			if had, ok := longest[k]; !ok || had.to-had.from < run.to-run.from {
				longest[k] = run
			}
		}
		i = max(run.to-1, i+1)
	}
	named := make([]bool, len(tokens))
	for _, m := range names.Mentions(lang.ZH, a, tokens) {
		if slices.ContainsFunc(all, func(r Reason) bool { return r.Kind == "entity" && r.Value == string(m.Name.Kind)+":"+m.Name.ID }) {
			for i := m.From; i < m.To; i++ {
				named[i] = true
			}
		}
	}
	out := all[:0:0]
	for _, r := range all {
		run, ok := longest[lang.Fold(lang.ZH, r.Value)]
		if r.Kind != "word" || !ok {
			out = append(out, r)
			continue
		}
		for run.to-run.from > 2 && strings.Contains("的在是", tokens[run.from].Fold) {
			run.from++
		}
		for run.to-run.from > 2 && strings.Contains("的在是将了", tokens[run.to-1].Fold) {
			run.to--
		}
		r.Value = a[tokens[run.from].Start:tokens[run.to-1].End]
		if slices.Contains(named[run.from:run.to], false) && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// spelledOut is the keys of a text's tokens, with a blank where one does not stand right behind another.
func spelledOut(tokens []lang.Token) string {
	var s strings.Builder
	for i, k := range tokens {
		if i > 0 && k.Start != tokens[i-1].End {
			s.WriteByte(' ')
		}
		s.WriteString(k.Fold)
	}
	return s.String()
}
