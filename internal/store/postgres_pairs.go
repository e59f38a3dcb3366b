package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/bits"
	"slices"
	"strings"
)

// Pairs. GIN says which documents have the words of a phrase; to see whether they stand side by side a document's words have to be read,
// 9 µs each, of which two common words have tens of thousands. So of each document a Bloom filter is kept, of half a kilobyte, with every
// two words that stand side by side in it: asking it takes 1 µs, and leaves few whose words are to be read.

const (
	pairBits    = 8       // a pair, so that with pairHashes three in a hundred that are not there seem to be
	pairHashes  = 3       // bits that a pair sets
	leastBits   = 1 << 9  // of a document
	mostBits    = 1 << 15 // of a document: with very many words it says less
	pairsAsked  = 4       // of a phrase
	formsOfPair = 8       // phrases of which one has to be there
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

// pairFilter is the filter of a document. A bit's place is as get_bit counts.
func pairFilter(d IndexDoc) []byte {
	var pairs []pair
	for _, text := range []string{d.Headline, d.Body, d.Marks} {
		words := lexemes(clearText(text))
		for i := 1; i < len(words); i++ {
			pairs = append(pairs, pairOf(words[i-1], words[i]))
		}
	}
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

// withPairs leaves those of the documents, newest first, in which one of the phrases may stand, in the same order.
func (s *Store) withPairs(ctx context.Context, forms [][]pair, part []int64) ([]int64, error) {
	where, args := pairCondition(forms, 2)
	without, err := s.packedIDs(ctx, "select coalesce(string_agg(int8send(id), ''::bytea order by id desc), ''::bytea) from word_pair where id = any($1::bigint[]) and not ("+where+")",
		append([]any{part}, args...)...)
	if err != nil {
		return nil, err
	}
	var left []int64
	for _, id := range part {
		if len(without) > 0 && without[0] == id {
			without = without[1:]
			continue
		}
		left = append(left, id)
	}
	return left, nil
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
