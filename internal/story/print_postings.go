package story

import (
	"encoding/binary"
	"slices"
	"sort"
)

// Buckets is how many parts an index of prints has; a print belongs to the one that Bucket names.
const Buckets = 1 << bucketBits

const bucketBits = 15

// Bucket is the part of an index that a print belongs to.
func Bucket(print uint64) int { return int(print >> (64 - bucketBits)) }

// Postings is one bucket: which documents hold which prints, ascending. Each is the lower half of a print and the number
// of a document, 32 bits each: with the bucket's own bits that is enough of a print, as candidates are compared word for
// word.
type Postings []uint64

func posting(print uint64, doc uint32) uint64 { return print<<32 | uint64(doc) }

// DocOf is a posting's document.
func DocOf(posting uint64) uint32 { return uint32(posting) }

// Holders are the postings of one print.
func (p Postings) Holders(print uint64) Postings {
	from, _ := slices.BinarySearch(p, posting(print, 0))
	to := from
	for to < len(p) && p[to]>>32 == print&0xffffffff {
		to++
	}
	return p[from:to]
}

// With is p with a document that holds a print.
func (p Postings) With(print uint64, doc uint32) Postings {
	at, there := slices.BinarySearch(p, posting(print, doc))
	if there {
		return p
	}
	return slices.Insert(p, at, posting(print, doc))
}

// And is p together with others of the same bucket; of each print only the first MaxHolders documents stay.
func (p Postings) And(others Postings) Postings {
	out := make(Postings, 0, len(p)+len(others))
	holders := 0
	for len(p) > 0 || len(others) > 0 {
		var next uint64
		switch {
		case len(others) == 0 || len(p) > 0 && p[0] <= others[0]:
			if next = p[0]; len(others) > 0 && others[0] == next {
				others = others[1:]
			}
			p = p[1:]
		default:
			next, others = others[0], others[1:]
		}
		if len(out) == 0 || out[len(out)-1]>>32 != next>>32 {
			holders = 0
		}
		if holders++; holders <= MaxHolders {
			out = append(out, next)
		}
	}
	return out
}

// Without is p without it, and whether it was there.
func (p Postings) Without(print uint64, doc uint32) (Postings, bool) {
	at, there := slices.BinarySearch(p, posting(print, doc))
	if !there {
		return p, false
	}
	return slices.Delete(p, at, at+1), true
}

// Bytes is the bucket as it is stored.
func (p Postings) Bytes() []byte {
	b := make([]byte, 0, 8*len(p))
	for _, x := range p {
		b = binary.BigEndian.AppendUint64(b, x)
	}
	return b
}

// HoldersIn are the postings of one print in a bucket as Bytes gave it.
func HoldersIn(stored []byte, print uint64) (out Postings) {
	at := func(i int) uint64 { return binary.BigEndian.Uint64(stored[8*i:]) }
	n := len(stored) / 8
	for i := sort.Search(n, func(i int) bool { return at(i) >= posting(print, 0) }); i < n && at(i)>>32 == print&0xffffffff; i++ {
		out = append(out, at(i))
	}
	return out
}

// PostingsOf reads what Bytes gave.
func PostingsOf(b []byte) Postings {
	p := make(Postings, len(b)/8)
	for i := range p {
		p[i] = binary.BigEndian.Uint64(b[8*i:])
	}
	return p
}
