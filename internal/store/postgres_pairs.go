package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/bits"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
)

// Pairs. GIN says which documents have the words of a phrase; to see whether they stand side by side a document's words have to be read,
// 9 µs each, of which two common words have tens of thousands. So it is kept which documents have which two words side by side. A document
// that is put in brings a Bloom filter of its pairs, half a kilobyte, which is asked in 1 µs. Beside the writer documents that came one after the other are sealed
// (postgres_seals.go): of each pair, by a number of 18 bits, a list says where it stands, 11 bits a pair and document. So a phrase is two or three rows for
// every 32,768 documents, and of those that they name nearly all have it.
//
// It holds at every moment: a document of the index is in a list of each of its pairs, or has a filter, or both. What lists and filters name has to be
// looked into; it may be gone or have other words now.

const (
	pairBits    = 8       // a pair, so that with pairHashes three in a hundred that are not there seem to be
	pairHashes  = 3       // bits that a pair sets
	leastBits   = 1 << 9  // of a document
	mostBits    = 1 << 15 // of a document: with very many words it says less
	pairsAsked  = 4       // of a phrase
	formsOfPair = 8       // phrases of which one has to be there
	listHashes  = 1 << 18 // numbers of pairs in lists
)

// pair is two words that stand side by side, as numbers of 31 bits, from which the places in a filter follow.
type pair [pairHashes]int64

func pairOf(a, b string) (p pair) {
	h := fnv.New64a()
	h.Write([]byte(a))
	h.Write([]byte{0})
	h.Write([]byte(b))
	sum := h.Sum64()
	sum ^= sum >> 29 // FNV's low bits alone are not spread well
	sum *= 0xbf58476d1ce4e5b9
	sum ^= sum >> 32
	one, two := sum&0x7fffffff, sum>>33|1
	for i := range p {
		p[i] = int64((one + uint64(i)*two) & 0x7fffffff)
	}
	return p
}

// listed is the number by which lists know a pair.
func (p pair) listed() int64 { return p[0] & (listHashes - 1) }

// pairsIn are the pairs of a document, in their order.
func pairsIn(d IndexDoc) (pairs []pair) {
	for _, text := range []string{d.Headline, d.Body, d.Marks} {
		words := lexemes(clearText(text))
		for i := 1; i < len(words); i++ {
			pairs = append(pairs, pairOf(words[i-1], words[i]))
		}
	}
	return pairs
}

// pairFilter is the filter of a document. A bit's place is as get_bit counts.
func pairFilter(d IndexDoc) []byte {
	pairs := pairsIn(d)
	n := min(max(1<<bits.Len(uint(len(pairs)*pairBits-1)), leastBits), mostBits)
	if len(pairs) == 0 {
		n = leastBits
	}
	filter := make([]byte, n/8)
	for _, p := range pairs {
		for _, h := range p {
			at := int(h) & (n - 1)
			filter[at/8] |= 1 << (at % 8)
		}
	}
	return filter
}

// phrases are the phrases of which one stands in every document that matches, as their pairs; none where that cannot be said.
func (n *match) phrases() (forms [][]pair) {
	switch n.op {
	case "and":
		a, b := n.of[0].phrases(), n.of[1].phrases()
		if len(a) == 0 || len(b) > 0 && len(b) < len(a) {
			return b
		}
		return a
	case "not":
		return n.of[0].phrases()
	case "or":
		a, b := n.of[0].phrases(), n.of[1].phrases()
		if len(a) == 0 || len(b) == 0 || len(a)+len(b) > formsOfPair {
			return nil
		}
		return slices.Concat(a, b)
	}
	words := n.said
	if n.last && len(words) > 0 {
		words = words[:len(words)-1]
	}
	if len(words) < 2 {
		return nil
	}
	var pairs []pair
	for i := 1; i < len(words) && len(pairs) < pairsAsked; i++ {
		pairs = append(pairs, pairOf(words[i-1], words[i]))
	}
	return [][]pair{pairs}
}

// withPhrases are the positions, newest first, at which one of the phrases may stand, of documents with from <= id < below: all at which one does, and few more.
func (s *Store) withPhrases(ctx context.Context, forms [][]pair, from, below int64) ([]int64, error) {
	var hashes []int64
	for _, f := range forms {
		for _, p := range f {
			hashes = append(hashes, p.listed())
		}
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	first, _ := SplitDocID(from)
	last, _ := SplitDocID(below - 1)
	where, args := pairCondition(forms, 6)
	// One state of the database: what leaves the filters is in the lists.
	rows, err := s.r.QueryContext(ctx, `select s.first, s.below, s.parts, h.hash, l.docs
		from pair_segment s cross join unnest($3::bigint[]) as h(hash) join pair_list l on l.segment = s.number and l.part = h.hash / (262144 / s.parts)
		where s.first < $2 and s.below > $1
		union all select 0, 0, 0, 0, coalesce(string_agg(int8send(id), ''::bytea), ''::bytea) from word_pair where id >= $4 and id < $5 and (`+where+")",
		append([]any{first, last + 1, hashes, from, below}, args...)...)
	if err != nil {
		return nil, err
	}
	var at []int64
	segments := map[int64]map[int64][]int64{} // by its first position, of each number the positions
	for rows.Next() {
		var g segment
		var hash int64
		var docs []byte
		if err := rows.Scan(&g.first, &g.below, &g.parts, &hash, &docs); err != nil {
			rows.Close()
			return nil, err
		}
		if g.parts == 0 {
			for ; len(docs) >= 8; docs = docs[8:] {
				p, _ := SplitDocID(int64(binary.BigEndian.Uint64(docs)))
				at = append(at, p)
			}
			continue
		}
		if segments[g.first] == nil {
			segments[g.first] = map[int64][]int64{}
		}
		err := g.each(hash/g.hashes(), docs, func(h, position int64) {
			if h == hash && position >= first && position <= last {
				segments[g.first][h] = append(segments[g.first][h], position)
			}
		})
		if err != nil {
			rows.Close()
			return nil, err
		}
	}
	if err := closeRows(rows); err != nil {
		return nil, err
	}
	for _, lists := range segments {
		for _, f := range forms {
			in := lists[f[0].listed()]
			for _, p := range f[1:] {
				in = both(in, lists[p.listed()])
			}
			at = append(at, in...)
		}
	}
	slices.SortFunc(at, func(a, b int64) int { return cmp.Compare(b, a) })
	return slices.Compact(at), nil
}

// both is what two ascending lists have in common.
func both(a, b []int64) (out []int64) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			out = append(out, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// segment is a range of positions whose documents are in lists. A row holds those of hashes() numbers, which follow each other.
type segment struct {
	number, first, below int64
	parts                int64 // rows, a power of two
	entries              int64 // in all of them
}

func (g segment) hashes() int64 { return listHashes / g.parts }

// entry is a pair's number and a position as a row of the segment holds them, ascending.
func (g segment) entry(hash, position int64) int64 {
	return hash%g.hashes()*(g.below-g.first) + position - g.first
}

// each reads a row of the segment, numbers and their positions ascending.
func (g segment) each(part int64, docs []byte, each func(hash, position int64)) error {
	span := g.below - g.first
	return unpackList(docs, func(v int64) { each(part*g.hashes()+v/span, g.first+v%span) })
}

// packList packs ascending numbers, none twice, and refuses others: how many, how many bits, and the distances in a code of Golomb's and Rice's (S. W. Golomb, Run-length encodings,
// IEEE Transactions on Information Theory 12, 1966), which wastes a third of a bit on numbers that lie by chance.
func packList(values []int64) ([]byte, error) {
	b := binary.AppendUvarint(nil, uint64(len(values)))
	if len(values) == 0 {
		return b, nil
	}
	low := max(bits.Len64(uint64(values[len(values)-1])/uint64(len(values)))-1, 0)
	b = append(b, byte(low))
	var held uint64 // the next bits, the first of them lowest
	n := 0
	put := func(v uint64, bits int) {
		for ; bits > 0; bits -= 32 {
			k := min(bits, 32)
			held |= v & (1<<k - 1) << n
			v >>= k
			for n += k; n >= 8; n -= 8 {
				b = append(b, byte(held))
				held >>= 8
			}
		}
	}
	before := int64(-1)
	for _, v := range values {
		if v <= before {
			return nil, errList
		}
		gap := uint64(v - before - 1)
		for range gap >> low {
			put(1, 1)
		}
		put(0, 1)
		put(gap, low)
		before = v
	}
	put(0, 7) // the last byte
	return b, nil
}

var errList = fault.E(fault.Corrupt, "A list of the search index is damaged.")

func unpackList(b []byte, each func(int64)) error {
	count, n := binary.Uvarint(b)
	if n <= 0 || count > uint64(len(b))*8 {
		return errList
	}
	if b = b[n:]; count == 0 {
		return nil
	}
	if len(b) == 0 || b[0] > 62 {
		return errList
	}
	low := int(b[0])
	b = b[1:]
	at, all := 0, 8*len(b)
	v := int64(-1)
	for range count {
		gap := int64(0)
		for at < all && b[at/8]>>(at%8)&1 == 1 {
			gap++
			at++
		}
		at++
		if at+low > all {
			return errList
		}
		rest := int64(0)
		for got := 0; got < low; {
			k := min(8-at%8, low-got)
			rest |= int64(b[at/8]>>(at%8)&(1<<k-1)) << got
			got, at = got+k, at+k
		}
		v += gap<<low + rest + 1
		each(v)
	}
	return nil
}

// pairCondition is a condition for a row of word_pair, with placeholders from first on, and what is bound to them. There are few such
// conditions, as phrases and pairs are repeated until there are one, two, four or eight.
func pairCondition(forms [][]pair, first int) (where string, args []any) {
	fill := func(n int) int { return 1 << bits.Len(uint(n-1)) }
	longest := 0
	for _, f := range forms {
		longest = max(longest, len(f))
	}
	var b strings.Builder
	for i := range fill(len(forms)) {
		if i > 0 {
			b.WriteString(" or ")
		}
		form := forms[min(i, len(forms)-1)]
		b.WriteByte('(')
		for k := range fill(longest) {
			for _, h := range form[min(k, len(form)-1)] {
				if b.String()[b.Len()-1] != '(' {
					b.WriteString(" and ")
				}
				fmt.Fprintf(&b, "get_bit(bits, $%d::bigint & (octet_length(bits) * 8 - 1)) = 1", first+len(args))
				args = append(args, h)
			}
		}
		b.WriteByte(')')
	}
	return b.String(), args
}
