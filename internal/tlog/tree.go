package tlog

import (
	"math/bits"

	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
)

// Hash is a node of the tree, as RFC 6962 computes it.
type Hash = xtlog.Hash

// HashReader reads stored hashes by position; see [xtlog.StoredHashIndex].
type HashReader = xtlog.HashReader

// Head is a tree's size in leaves and its root. The empty tree's head is [EmptyHead].
type Head struct {
	Size int64
	Root Hash
}

// EmptyHead is the head of a log without leaves.
func EmptyHead() Head {
	root, _ := xtlog.TreeHash(0, nil) // a constant: the hash of no bytes
	return Head{Root: root}
}

// StoredHash is a hash to keep and the position to keep it under.
type StoredHash struct {
	Pos  int64
	Hash Hash
}

// maxSize keeps positions, which stay below twice the size, inside int64.
const maxSize = 1 << 61

// Frontier is the right edge of a tree: the roots of its complete subtrees, from which it can grow
// and its head can be computed. It is not safe for use by several goroutines.
type Frontier struct {
	size  int64
	roots []Hash // one a set bit of size, the largest subtree first
}

// LoadFrontier reads the edge of the tree of the given size with one call to r for at most
// log2(size) hashes. Compare [Frontier.Head] with the last signed head before growing.
func LoadFrontier(size int64, r HashReader) (*Frontier, error) {
	if size < 0 || size > maxSize {
		return nil, fault.E(fault.Internal, "tlog: a tree of %d leaves", size)
	}
	f := &Frontier{size: size}
	if size == 0 {
		return f, nil
	}
	positions := make([]int64, 0, bits.OnesCount64(uint64(size)))
	for level := bits.Len64(uint64(size)) - 1; level >= 0; level-- {
		if size>>level&1 == 1 {
			positions = append(positions, xtlog.StoredHashIndex(level, size>>level-1))
		}
	}
	roots, err := r.ReadHashes(positions)
	if err != nil {
		return nil, err
	}
	if len(roots) != len(positions) {
		return nil, fault.E(fault.Corrupt, "The log has stored %d of the %d hashes at the edge of its tree of %d leaves.", len(roots), len(positions), size)
	}
	f.roots = append(f.roots, roots...)
	return f, nil
}

// Head computes size and root.
func (f *Frontier) Head() Head {
	if f.size == 0 {
		return EmptyHead()
	}
	root := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		root = xtlog.NodeHash(f.roots[i], root)
	}
	return Head{Size: f.size, Root: root}
}

// Add grows the tree by the leaf and appends the hashes to keep to dst, in order of position.
func (f *Frontier) Add(dst []StoredHash, leaf []byte) []StoredHash {
	h := xtlog.RecordHash(leaf)
	pos := xtlog.StoredHashIndex(0, f.size)
	dst = append(dst, StoredHash{pos, h})
	// Each trailing one in the old size is a subtree that this leaf completes.
	for s := f.size; s&1 == 1; s >>= 1 {
		last := len(f.roots) - 1
		h = xtlog.NodeHash(f.roots[last], h)
		f.roots = f.roots[:last]
		pos++
		dst = append(dst, StoredHash{pos, h})
	}
	f.roots = append(f.roots, h)
	f.size++
	return dst
}

// Grow grows the log of the given head by leaves (as [Leaf.Marshal] wrote them): it returns the
// hashes to keep, in order of position, and the new head. It reads once from r, at most log2(size)
// hashes, and writes nothing: the caller stores leaves, hashes and signed checkpoint in one
// transaction. Before growing it computes the head again from the stored hashes and refuses, with a
// Corrupt fault, if they do not give it: signing on top of them would fork the log.
func Grow(head Head, leaves [][]byte, r HashReader) (hashes []StoredHash, newHead Head, err error) {
	defer fault.Wrap(&err, "tlog.Grow %d leaves at %d", len(leaves), head.Size)
	f, err := LoadFrontier(head.Size, r)
	if err != nil {
		return nil, Head{}, err
	}
	if f.Head() != head {
		return nil, Head{}, fault.E(fault.Corrupt, "The stored hashes of the log no longer give the root it had at %d leaves. Nothing is signed; run 'jarchi log check' to find the damage.", head.Size)
	}
	return f.grow(leaves)
}

func (f *Frontier) grow(leaves [][]byte) ([]StoredHash, Head, error) {
	hashes := make([]StoredHash, 0, 2*len(leaves)+len(f.roots))
	for i, leaf := range leaves {
		if len(leaf) == 0 || len(leaf) > MaxLeaf {
			return nil, Head{}, fault.E(fault.Internal, "tlog: leaf %d of the group has %d bytes", i, len(leaf))
		}
		hashes = f.Add(hashes, leaf)
	}
	return hashes, f.Head(), nil
}
