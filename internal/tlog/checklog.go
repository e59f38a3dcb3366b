package tlog

import (
	"context"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
)

// Report is what a full check of a log has read.
type Report struct {
	Origin string
	Head   Head           // as the checkpoint signs it
	Leaves int64          // read and found good; Head.Size when all is well
	Hashes int64          // stored hashes compared
	Kinds  map[Kind]int64 // leaves of each kind
	// Unsigned counts leaves beyond the checkpoint. They were not checked. In one snapshot there are
	// none; while the node publishes, a few may have come since the checkpoint was read.
	Unsigned int64
}

// CheckLog reads the whole log: every leaf is parsed and hashed, every stored hash computed again
// and compared, the root compared with the signed checkpoint. It reads 256 leaves at a time and
// keeps no more. The error is Corrupt and names the first place of damage; the report then says how
// far the check came.
func CheckLog(ctx context.Context, rows Rows, checkpoint []byte, v note.Verifier) (Report, error) {
	rep := Report{Origin: v.Name(), Kinds: map[Kind]int64{}}
	head, err := ParseCheckpoint(checkpoint, v.Name(), v)
	if err != nil {
		return rep, err
	}
	rep.Head = head
	size, err := rows.Size(ctx)
	if err != nil {
		return rep, err
	}
	if size < head.Size {
		return rep, rep.damage("it has %s leaves, but its checkpoint signs %s", thousands(size), thousands(head.Size))
	}
	rep.Unsigned = size - head.Size
	f, _ := LoadFrontier(0, nil)
	var want []StoredHash
	for from := int64(0); from < head.Size; from += tileWidth {
		to := min(from+tileWidth, head.Size)
		leaves, err := rows.Leaves(ctx, from, to)
		if err != nil && fault.KindOf(err) == fault.Corrupt {
			return rep, rep.missing(ctx, rows, from, to)
		}
		if err != nil {
			return rep, fault.E(fault.KindOf(err), "The leaves %s to %s of the log %s cannot be read.", thousands(from), thousands(to-1), rep.Origin).Because(err)
		}
		if int64(len(leaves)) != to-from {
			return rep, rep.missing(ctx, rows, from, to)
		}
		want = want[:0]
		for i, data := range leaves {
			l, err := ParseLeaf(data)
			if err != nil {
				return rep, rep.damage("leaf %s is not a leaf", thousands(from+int64(i))).Because(err)
			}
			rep.Kinds[l.Kind]++
			want = f.Add(want, data)
		}
		if err := rep.compare(ctx, rows, want); err != nil {
			return rep, err
		}
		rep.Leaves = to
	}
	if got := f.Head(); got != head {
		return rep, rep.damage("its %s leaves give the root %s, but its checkpoint signs %s", thousands(head.Size), got.Root, head.Root)
	}
	return rep, nil
}

// missing names the first leaf that the rows do not hold.
func (rep *Report) missing(ctx context.Context, rows Rows, from, to int64) error {
	for i := from; i < to; i++ {
		one, err := rows.Leaves(ctx, i, i+1)
		if err != nil && fault.KindOf(err) != fault.Corrupt {
			return err
		}
		if err != nil || len(one) != 1 {
			return rep.damage("leaf %s is missing", thousands(i))
		}
	}
	return rep.damage("the leaves %s to %s are not read as that many", thousands(from), thousands(to-1))
}

// compare reads the stored hashes of one bundle's leaves, 512 at a time.
func (rep *Report) compare(ctx context.Context, rows Rows, want []StoredHash) error {
	positions := make([]int64, 0, 2*tileWidth)
	for len(want) > 0 {
		part := want[:min(len(want), 2*tileWidth)]
		want = want[len(part):]
		positions = positions[:0]
		for _, h := range part {
			positions = append(positions, h.Pos)
		}
		got, err := Reader(ctx, rows).ReadHashes(positions)
		if err != nil {
			return fault.E(fault.KindOf(err), "The stored hashes %s to %s of the log %s cannot be read.", thousands(positions[0]), thousands(positions[len(positions)-1]), rep.Origin).Because(err)
		}
		for i, h := range part {
			rep.Hashes++
			if got[i] == h.Hash {
				continue
			}
			level, n := xtlog.SplitStoredHashIndex(h.Pos)
			if level == 0 {
				return rep.damage("leaf %s and its stored hash do not belong together", thousands(n))
			}
			return rep.damage("the stored hash over leaves %s to %s is wrong", thousands(n<<level), thousands((n+1)<<level-1))
		}
	}
	return nil
}

func (rep *Report) damage(format string, args ...any) *fault.Error {
	return fault.E(fault.Corrupt, "The log %s is damaged: %s.", rep.Origin, fmt.Sprintf(format, args...))
}

// thousands writes a number in groups of three digits: 1,234,567.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
