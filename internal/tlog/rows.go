package tlog

import (
	"context"

	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
)

// Rows is one log as the database keeps it. All calls of one question should see the same
// snapshot, or at least never fewer rows than Size said.
type Rows interface {
	// Size is the number of leaves under the latest checkpoint that may leave the process. Nothing
	// beyond it is ever served.
	Size(ctx context.Context) (int64, error)
	// Hashes returns the stored hashes at the positions, in the order asked for, at most 512 at a
	// time; an error if one is missing. A checker and a reader of leaf hashes ask for consecutive
	// positions, a proof and a higher tile for scattered ones.
	Hashes(ctx context.Context, positions []int64) ([]Hash, error)
	// Leaves returns the leaves from (inclusive) to to (exclusive), at most 256, in order; fewer, or
	// a Corrupt fault, if some are missing.
	Leaves(ctx context.Context, from, to int64) ([][]byte, error)
}

// Reader reads the rows' stored hashes for [Append], [LoadFrontier] and x/mod's functions.
func Reader(ctx context.Context, rows Rows) HashReader {
	return xtlog.HashReaderFunc(func(positions []int64) ([]Hash, error) {
		if len(positions) == 0 {
			return nil, nil
		}
		hashes, err := rows.Hashes(ctx, positions)
		if err == nil && len(hashes) != len(positions) {
			err = fault.E(fault.Corrupt, "The log has stored %d of %d hashes asked for.", len(hashes), len(positions))
		}
		return hashes, err
	})
}

// leavesOf reads the leaves from from to to and checks that they are all there.
func leavesOf(ctx context.Context, rows Rows, from, to int64) ([][]byte, error) {
	leaves, err := rows.Leaves(ctx, from, to)
	if err == nil && int64(len(leaves)) != to-from {
		err = fault.E(fault.Corrupt, "The log has stored %d of the %d leaves from %d on.", len(leaves), to-from, from)
	}
	return leaves, err
}
