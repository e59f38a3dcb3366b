package intake

import (
	"hash/fnv"
	"strings"
	"unicode"
)

// What a site repeats is its furniture. Nobody writes lists of it: the pages that came from a host are remembered as the
// keys of their lines, and a line that stands on several of them is taken out of the next. Keys are all that is kept; a text
// cannot be read from them.

// LineKey is a line of a page as it is remembered: 63 bits of the hash of its folded letters, figures being alike, so that a
// counter is one line. Its lowest bit is set if the line read as a paragraph of the text.
type LineKey uint64

// Bounds of what is remembered of a host.
const (
	MemoryPages = 50  // the newest pages that count
	MemoryLines = 300 // lines of a page

	repeatedPages = 3  // on so many pages a line is furniture,
	repeatedShare = 30 // if they are this share, in a hundred
)

// Lines are the keys of the lines of one page, as Read gave its articles; the caller keeps them with the page's address, at
// most one set an address, and hands the newest to Furniture. Long paragraphs are not remembered.
func Lines(articles []Article) []LineKey {
	var out []LineKey
	have := map[LineKey]bool{}
	add := func(s string, paragraph bool) {
		if len(out) >= MemoryLines || s == "" || !shorter(s, 300) {
			return
		}
		k := lineKey(s)
		if have[k] {
			return
		}
		have[k] = true
		if paragraph {
			k |= 1
		}
		out = append(out, k)
	}
	for _, a := range articles {
		for _, s := range a.Paragraphs {
			add(s, !shorter(s, 60) && (endsSentence(s) || endsClosed(s)))
		}
	}
	for _, a := range articles {
		for _, s := range a.Removed {
			add(s, false)
		}
	}
	return out
}

// lineKey hashes a line; the lowest bit is free.
func lineKey(s string) LineKey {
	h := fnv.New64a()
	var digits bool
	for _, r := range foldLine(s) {
		if unicode.IsDigit(r) || digits && strings.ContainsRune(" .,", r) {
			if !digits {
				h.Write([]byte{'0'})
			}
			digits = true
			continue
		}
		digits = false
		var b [4]byte
		b[0], b[1], b[2] = byte(r), byte(r>>8), byte(r>>16)
		h.Write(b[:])
	}
	return LineKey(h.Sum64() &^ 1)
}

// Furniture learns from the pages of one host, newest first: the lines that stand on three of the last fifty and on thirty
// in a hundred of them. Pages that share half of their paragraphs are one article that came several times, and count once.
// The answer is what Document.Known takes; nil when there are too few pages to tell.
func Furniture(pages [][]LineKey) map[LineKey]bool {
	if len(pages) < repeatedPages {
		return nil
	}
	pages = pages[:min(len(pages), MemoryPages)]
	on, text, counted := map[LineKey]int{}, map[LineKey]bool{}, 0
	for _, page := range pages {
		paragraphs, again := 0, 0
		for _, k := range page {
			if k&1 == 1 {
				if paragraphs++; text[k] {
					again++
				}
			}
		}
		if again >= 3 && again*2 >= paragraphs {
			continue
		}
		counted++
		for _, k := range page {
			if k&1 == 1 {
				text[k] = true
			}
			on[k&^1]++
		}
	}
	var out map[LineKey]bool
	for k, n := range on {
		if n >= repeatedPages && n*100 >= counted*repeatedShare {
			if out == nil {
				out = map[LineKey]bool{}
			}
			out[k] = true
		}
	}
	return out
}
