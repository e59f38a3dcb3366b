package lang

import (
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// looseTable maps letters of the strict key to the classes of the loose one. It is the same for all
// languages (tables/default/loose.txt) but for the letters a language reads in its own way.
type looseTable struct {
	letters  map[rune]string
	digraphs [256][]digraph // by the last byte of their first letter, the longest first
	start    map[rune]string
}

type digraph struct {
	from, class string
	start       bool // at the start of a word only
}

var looseTables sync.Map // code of a folder -> *looseTable; as many as there are folders

func looseOf(t Tag) *looseTable {
	code := t.base()
	if !haveTables[code] {
		code = "default"
	}
	if had, ok := looseTables.Load(code); ok {
		return had.(*looseTable)
	}
	lt := &looseTable{letters: map[rune]string{}, start: map[rune]string{}}
	base, _ := loadTables("default")
	own, _ := loadTables(code)
	for _, part := range []tables{base, own} {
		for _, row := range part.rows("loose") { // class, then its letters; "-" for none
			class := row[0]
			if class == "-" {
				class = ""
			}
			for _, w := range row[1:] {
				for _, r := range w {
					lt.letters[r] = class
				}
			}
		}
		for _, row := range part.rows("loose start") {
			for _, w := range row[1:] {
				if utf8.RuneCountInString(w) > 1 {
					lt.digraph(w, row[0], true)
				} else {
					r, _ := utf8.DecodeRuneInString(w)
					lt.start[r] = row[0]
				}
			}
		}
		for _, row := range part.rows("loose digraphs") {
			if row[0] == "-" {
				row = append([]string{""}, row[1:]...)
			}
			for _, w := range row[1:] {
				lt.digraph(w, row[0], false)
			}
		}
	}
	for _, ds := range lt.digraphs {
		sort.SliceStable(ds, func(i, k int) bool { return len(ds[i].from) > len(ds[k].from) })
	}
	had, _ := looseTables.LoadOrStore(code, lt)
	return had.(*looseTable)
}

func (lt *looseTable) digraph(from, class string, start bool) {
	_, size := utf8.DecodeRuneInString(from)
	lt.digraphs[from[size-1]] = append(lt.digraphs[from[size-1]], digraph{from, class, start})
}

// Loose returns a key by which names meet across languages and scripts: the consonants of each word in
// broad classes (v w f, b p, k q g, j ch, s z sh, d t merged; h and x dropped), doubled ones once, and a mark "a" for
// a vowel at its start. Words are separated by a space. It is for candidates, never for equality.
func Loose(t Tag, s string) string {
	lt := looseOf(t)
	var out []byte
	for _, tok := range Tokens(t, s) {
		if len(out) > 0 {
			out = append(out, ' ')
		}
		out = lt.word(out, tok.Fold)
	}
	return string(out)
}

// LooseWord is Loose of one word, of which fold is the key that Tokens returns: whoever has the tokens of a text need not
// have them made again.
func LooseWord(t Tag, fold string) string {
	var buf [2 * maxKey]byte
	return string(looseOf(t).word(buf[:0], fold))
}

// unwritten says whether a vowel lies between a letter and one of its class before it: the Arabic script writes a doubled
// letter once and leaves short vowels out (پزشکیان is Pezeshkian), but the article's ل stands beside another (الله).
func unwritten(r rune) bool { return r >= 0x620 && r <= 0x6FF && r != 'ل' }

func (lt *looseTable) word(dst []byte, w string) []byte {
	start := len(dst)
	vowelFirst := false
	var last string
	for i := 0; i < len(w); {
		r, first := utf8.DecodeRuneInString(w[i:])
		class, size := "", 0
		for _, d := range lt.digraphs[w[i+first-1]] {
			if (i == 0 || !d.start) && strings.HasPrefix(w[i:], d.from) {
				class, size = d.class, len(d.from)
				vowelFirst = vowelFirst || i == 0 && class == ""
				break
			}
		}
		if size == 0 {
			size = first
			c, known := lt.letters[r]
			if first, ok := lt.start[r]; ok && i == 0 {
				c = first
			}
			switch {
			case known:
				class = c
				if c == "" && i == 0 {
					vowelFirst = true
				}
			case r >= '0' && r <= '9':
				dst = append(dst, byte(r))
				i += size
				last = ""
				continue
			case unicode.IsLetter(r):
				class = string(r)
			}
		}
		i += size
		if class != "" && (class != last || unwritten(r)) {
			dst = append(dst, class...)
		}
		last = class
	}
	if vowelFirst || len(dst) == start {
		dst = append(dst, 0)
		copy(dst[start+1:], dst[start:])
		dst[start] = 'a'
	}
	return dst
}
