package tlog

import (
	"context"
	"encoding/binary"
	"strings"

	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	maxLevel   = 7 // the level above holds 256^8 leaves a hash: more than a size can say
	maxPath    = 64
)

// Resource answers a request for a resource of C2SP tlog-tiles below the log's prefix, without a
// leading slash: "tile/<L>/<N>[.p/<W>]" is consecutive hashes, "tile/entries/<N>[.p/<W>]" is leaves,
// each behind its length as a big-endian uint16. A partial resource is answered at every width that
// the size covers, also after its tile has filled. Paths have one spelling; everything else is a
// NotFound fault.
//
// The bytes of a resource never change. immutable is true for a full one, which caches should keep
// for good; a partial one is soon of no use, and keeping it for a minute is enough.
func Resource(ctx context.Context, rows Rows, path string) (body []byte, immutable bool, err error) {
	t, ok := parseTilePath(path)
	if !ok {
		return nil, false, errNoResource
	}
	size, err := rows.Size(ctx)
	if err != nil {
		return nil, false, err
	}
	have := size >> (tileHeight * max(t.L, 0)) // hashes at the tile's level, or leaves
	// Dividing avoids the overflow that multiplying a hostile N would give.
	if t.N > have/tileWidth || t.N*tileWidth+int64(t.W) > have {
		return nil, false, errNoResource
	}
	from := t.N * tileWidth
	if t.L < 0 {
		body, err = entryBundle(ctx, rows, from, from+int64(t.W))
	} else {
		body, err = hashTile(ctx, rows, t)
	}
	if err != nil {
		return nil, false, err
	}
	return body, t.W == tileWidth, nil
}

var errNoResource = fault.E(fault.NotFound, "The log has no such tile.")

// parseTilePath reads a tlog-tiles path as x/mod's tile, whose paths also name the height and call
// the level of leaves "data".
func parseTilePath(path string) (t xtlog.Tile, ok bool) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok || len(path) > maxPath {
		return t, false
	}
	level, rest, ok := strings.Cut(rest, "/")
	if !ok || level == "data" {
		return t, false
	}
	if level == "entries" {
		level = "data"
	}
	t, err := xtlog.ParseTilePath("tile/8/" + level + "/" + rest)
	return t, err == nil && t.L <= maxLevel && t.N >= 0
}

func hashTile(ctx context.Context, rows Rows, t xtlog.Tile) ([]byte, error) {
	if t.L > 0 {
		return xtlog.ReadTileData(t, Reader(ctx, rows))
	}
	// Leaf hashes stand close together among the hashes over them: one range of at most 512
	// positions is cheaper to read from a table than 256 single rows.
	from := t.N * tileWidth
	first, last := xtlog.StoredHashIndex(0, from), xtlog.StoredHashIndex(0, from+int64(t.W)-1)
	positions := make([]int64, 0, last-first+1)
	for p := first; p <= last; p++ {
		positions = append(positions, p)
	}
	hashes, err := Reader(ctx, rows).ReadHashes(positions)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, t.W*xtlog.HashSize)
	for i := range int64(t.W) {
		h := hashes[xtlog.StoredHashIndex(0, from+i)-first]
		b = append(b, h[:]...)
	}
	return b, nil
}

func entryBundle(ctx context.Context, rows Rows, from, to int64) ([]byte, error) {
	leaves, err := leavesOf(ctx, rows, from, to)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, l := range leaves {
		n += 2 + len(l)
	}
	b := make([]byte, 0, n)
	for i, l := range leaves {
		if len(l) > MaxLeaf {
			return nil, fault.E(fault.Corrupt, "Leaf %d has %d bytes; a leaf has at most %d.", from+int64(i), len(l), MaxLeaf)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(l)))
		b = append(b, l...)
	}
	return b, nil
}
