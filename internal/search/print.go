package search

import (
	"hash/maphash"
	"sync/atomic"
	"unicode/utf8"
)

// print is the fingerprint of a piece that is one word: fifteen bits each of its stem, its fold and their
// first letters, and the highest bit. 0 is the print of a piece without a word. Most of a page of hits is
// words that nobody asked for, and a print tells so without analysing them again.
type print uint64

const (
	printBits = 15
	printMask = 1<<printBits - 1
)

func printOf(w word) print {
	return 1<<63 | wordPrint(w.stem) | wordPrint(w.fold)<<printBits | lettersPrint(w.fold)<<(2*printBits) | lettersPrint(w.stem)<<(3*printBits)
}

func wordPrint(s string) print { return print(maphash.String(keptSeed, s) & printMask) }

// lettersPrint is that of the letters that every prefix has at least.
func lettersPrint(s string) print {
	n := 0
	for range PrefixLength {
		_, size := utf8.DecodeRuneInString(s[n:])
		n += size
	}
	return print(maphash.String(keptSeed, s[:n]) >> 32 & printMask)
}

// prints is a set of parts of fingerprints.
type prints [1 << printBits / 64]uint64

func (s *prints) add(part print) { s[part>>6] |= 1 << (part & 63) }

// has reports whether one of the four parts is in the set.
func (s *prints) has(p print) bool {
	for range 4 {
		part := p & printMask
		if s[part>>6]>>(part&63)&1 != 0 {
			return true
		}
		p >>= printBits
	}
	return false
}

// keptPrints holds prints of pieces at the places that their hashes give, each beside its hash xor the
// print, so that a place that two write at once is not believed. 4 MB.
var keptPrints [1 << 18][2]atomic.Uint64

func knownPrint(hash uint64) (print, bool) {
	place := &keptPrints[hash%uint64(len(keptPrints))]
	p := place[0].Load()
	return print(p), place[1].Load() == hash^p
}

func (p print) keep(hash uint64) {
	place := &keptPrints[hash%uint64(len(keptPrints))]
	place[0].Store(uint64(p))
	place[1].Store(hash ^ uint64(p))
}
