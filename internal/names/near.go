package names

import (
	"cmp"
	"slices"
	"sort"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// Spelling is a form of a name and its language.
type Spelling struct {
	Lang lang.Tag
	Text string
}

const (
	shortestNear = 4  // letters: nearly every short word is near to some name
	longestNear  = 40 // letters
)

// Near lists at most limit names of one word that are spelled nearly as a word that somebody typed: one letter more, less, other or
// exchanged with its neighbour, in words of eight letters and more two. The nearest come first. The names are those of the tables, so what
// is listed tells nothing about any text.
func Near(word string, limit int) (out []Spelling) {
	if n := utf8.RuneCountInString(word); n < shortestNear || n > longestNear {
		return nil
	}
	type near struct {
		Spelling
		off int
	}
	var found []near
	t := load()
	for _, tag := range languages {
		tokens := lang.Tokens(tag, word)
		if len(tokens) != 1 {
			continue
		}
		letters := []rune(tokens[0].Fold)
		most := 1
		if len(letters) >= 8 {
			most = 2
		}
		for _, e := range gazetteerOf(tag).entries {
			if e.words() != 1 || !e.is(typed) {
				continue
			}
			fold, _, _ := gazetteerOf(tag).word(int(e.at))
			off := apart(letters, []rune(fold), most)
			if off == 0 || off > most {
				continue
			}
			for _, s := range t.of(t.names[e.name], tag) {
				if k := lang.Tokens(tag, s); len(k) == 1 && k[0].Fold == fold {
					found = append(found, near{Spelling{tag, s}, off})
				}
			}
		}
	}
	sort.Slice(found, func(i, k int) bool {
		a, b := found[i], found[k]
		return cmp.Or(cmp.Compare(a.off, b.off), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Lang, b.Lang)) < 0
	})
	for _, f := range found {
		if len(out) < limit && !slices.ContainsFunc(out, func(s Spelling) bool { return s.Text == f.Text }) {
			out = append(out, f.Spelling)
		}
	}
	return out
}

// apart is how many letters must be added, taken out, replaced or exchanged with their neighbours to make b of a (optimal string
// alignment); most+1 stands for anything above most.
func apart(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	var rows [3][longestNear + 4]int
	if len(a) > longestNear || len(b) >= len(rows[0]) {
		return most + 1
	}
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, second := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], second[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return most + 1
		}
	}
	return min(rows[len(a)%3][len(b)], most+1)
}
