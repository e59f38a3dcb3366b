package tlog

import (
	"bytes"
	"context"
	"strconv"

	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
)

const (
	proofFormat = "c2sp.org/tlog-proof@v1"
	maxHashes   = 64 // in a proof: one a level of the tree
	maxProof    = 128 + maxHashes*45 + MaxCheckpoint
)

// InclusionProof proves that the tree of size leaves contains the leaf at index: the hashes from the
// leaf's sibling up to the root's child (RFC 6962, section 2.1.1). A size beyond the rows or an
// index beyond the size is a NotFound fault.
func InclusionProof(ctx context.Context, rows Rows, index, size int64) ([]Hash, error) {
	if err := covers(ctx, rows, size); err != nil {
		return nil, err
	}
	if index < 0 || index >= size {
		return nil, fault.E(fault.NotFound, "The tree of %d leaves has no leaf %d.", size, index)
	}
	return xtlog.ProveRecord(size, index, Reader(ctx, rows))
}

func covers(ctx context.Context, rows Rows, size int64) error {
	have, err := rows.Size(ctx)
	if err == nil && (size < 0 || size > have) {
		err = fault.E(fault.NotFound, "The log has %d leaves, not %d.", have, size)
	}
	return err
}

// CheckInclusion checks a proof that the tree with this head contains the leaf at index.
func CheckInclusion(proof []Hash, head Head, index int64, leaf []byte) error {
	if err := xtlog.CheckRecord(proof, head.Size, head.Root, index, xtlog.RecordHash(leaf)); err != nil {
		return fault.E(fault.Corrupt, "The proof does not lead from leaf %d to the root of the tree of %d leaves.", index, head.Size)
	}
	return nil
}

// Proof is an inclusion proof together with the signed checkpoint it leads to, in the text format of
// C2SP tlog-proof. It carries no extra line: nothing that opens a commitment may stand in an answer
// that caches keep.
type Proof struct {
	Index      int64
	Hashes     []Hash
	Checkpoint []byte // the signed note, verbatim
}

// Prove makes the proof file of the leaf at index under a signed checkpoint of the given head.
func Prove(ctx context.Context, rows Rows, index int64, head Head, checkpoint []byte) (Proof, error) {
	hashes, err := InclusionProof(ctx, rows, index, head.Size)
	return Proof{Index: index, Hashes: hashes, Checkpoint: checkpoint}, err
}

// Marshal returns the proof's text.
func (p Proof) Marshal() []byte {
	b := make([]byte, 0, 64+45*len(p.Hashes)+len(p.Checkpoint))
	b = append(b, proofFormat+"\nindex "...)
	b = strconv.AppendInt(b, p.Index, 10)
	b = append(b, '\n')
	for _, h := range p.Hashes {
		b = append(b, h.String()...)
		b = append(b, '\n')
	}
	b = append(b, '\n')
	return append(b, p.Checkpoint...)
}

// ParseProof reads a proof's text. Only one spelling is taken; a proof with an extra line is
// refused. The proof is not checked by reading it.
func ParseProof(data []byte) (Proof, error) {
	bad := func(format string, args ...any) (Proof, error) {
		return Proof{}, fault.E(fault.Invalid, format, args...)
	}
	if len(data) > maxProof {
		return bad("A proof has at most %d bytes; this one has %d.", maxProof, len(data))
	}
	rest, ok := bytes.CutPrefix(data, []byte(proofFormat+"\nindex "))
	if !ok {
		return bad("A proof begins with the lines %s and 'index' with a number.", proofFormat)
	}
	line, rest, _ := bytes.Cut(rest, []byte("\n"))
	p := Proof{Hashes: []Hash{}}
	if p.Index, ok = parseDecimal(string(line)); !ok {
		return bad("The proof's index is not a number.")
	}
	for {
		line, rest, ok = bytes.Cut(rest, []byte("\n"))
		if !ok {
			return bad("The proof ends before its checkpoint.")
		}
		if len(line) == 0 {
			break
		}
		h, err := xtlog.ParseHash(string(line))
		if err != nil || len(p.Hashes) == maxHashes {
			return bad("Line %d of the proof is not a hash.", 3+len(p.Hashes))
		}
		p.Hashes = append(p.Hashes, h)
	}
	p.Checkpoint = bytes.Clone(rest)
	if !bytes.Equal(p.Marshal(), data) {
		return bad("The proof is not spelled as a tlog-proof is.")
	}
	return p, nil
}
