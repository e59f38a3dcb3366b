package lang

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// looseTable maps letters of the strict key to the classes of the loose one. It is the same for all
// languages (tables/default/loose.txt) but for the letters a language reads in its own way.
type looseTable struct{ letters map[rune]string }

var looseTables sync.Map // code of a folder -> *looseTable; as many as there are folders

func looseOf(t Tag) *looseTable {
	code := t.base()
	if !haveTables[code] {
		code = "default"
	}
	if had, ok := looseTables.Load(code); ok {
		return had.(*looseTable)
	}
	lt := &looseTable{letters: map[rune]string{}}
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
	}
	had, _ := looseTables.LoadOrStore(code, lt)
	return had.(*looseTable)
}

// Loose returns a key by which names meet across languages and scripts: the consonants of each word in
// broad classes (v w, b p, c k q g, s z, d t merged; h dropped), doubled ones once, and a mark "a" for
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

// digraphs of the strict Latin keys, read before single letters.
var digraphs = []struct{ from, class string }{
	{"sch", "s"}, {"shch", "s"}, {"ch", "c"}, {"sh", "s"}, {"zh", "j"}, {"kh", "k"}, {"gh", "k"}, {"ph", "f"}, {"th", "t"},
	{"ts", "s"}, {"tz", "s"}, {"dzh", "j"}, {"dj", "j"}, {"dz", "s"}, {"ck", "k"}, {"qu", "k"}, {"ng", "n"},
}

func (lt *looseTable) word(dst []byte, w string) []byte {
	start := len(dst)
	vowelFirst := false
	var last string
	for i := 0; i < len(w); {
		class, size := "", 0
		for _, d := range digraphs {
			if len(w)-i >= len(d.from) && w[i:i+len(d.from)] == d.from {
				class, size = d.class, len(d.from)
				break
			}
		}
		if size == 0 {
			var r rune
			r, size = utf8.DecodeRuneInString(w[i:])
			c, known := lt.letters[r]
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
		if class != "" && class != last {
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
