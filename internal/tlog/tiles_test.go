package tlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	xtlog "golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
)

// Size, Hashes and Leaves make mem the Rows of a log, as a database would serve them.
func (m *mem) Size(context.Context) (int64, error) { return int64(len(m.leaves)), nil }

func (m *mem) Hashes(_ context.Context, positions []int64) ([]Hash, error) {
	return m.ReadHashes(positions)
}

func (m *mem) Leaves(_ context.Context, from, to int64) ([][]byte, error) {
	return m.leaves[from:to], nil
}

func TestResource(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var m mem
	m.add(t, testLeaves(70_000)...)
	for path, want := range map[string]int{ // hashes or leaves; 0: not there
		"tile/0/000": 256, "tile/0/272": 256, "tile/0/273": 0, "tile/0/273.p/112": 112, "tile/0/273.p/111": 111, "tile/0/273.p/113": 0,
		"tile/0/000.p/1": 1, "tile/0/000.p/256": 0, "tile/0/000.p/0": 0,
		"tile/1/000": 256, "tile/1/001.p/17": 17, "tile/1/001.p/18": 0, "tile/2/000.p/1": 1, "tile/2/000.p/2": 0, "tile/2/000": 0,
		"tile/3/000.p/1": 0, "tile/7/000.p/1": 0, "tile/8/000.p/1": 0, "tile/63/000.p/1": 0,
		"tile/entries/000": 256, "tile/entries/273.p/112": 112, "tile/entries/273.p/113": 0, "tile/entries/273": 0,
		"tile/entries/x000/000": 0, "tile/0/x000/272": 0, "tile/0/0": 0, "tile/00/000": 0, "tile/-1/000": 0, "tile/data/000": 0,
		"tile/8/0/000": 0, "/tile/0/000": 0, "tile/0/000/": 0, "tile/0//000": 0, "tile/0/000.p/01": 0, "tile/0/000.p/+1": 0,
		"": 0, "tile": 0, "tile/": 0, "tile/0": 0, "tile/0/": 0, "checkpoint": 0, "tile/0/000.p": 0, "tile/0/000.p/": 0,
		"tile/0/x999/x999/x999/x999/x999/x999/999": 0,
		"tile/0/x009/x223/x372/x036/x854/x775/807": 0,
		"tile/0/x018/x446/x744/x073/x709/x551/616": 0,
		"tile/entries/x9223372036854775807":        0, "tile/entries/x111/x111/x111/x111/x111/x111/x111/x111/111": 0,
	} {
		body, immutable, err := Resource(ctx, &m, path)
		if want == 0 {
			if fault.KindOf(err) != fault.NotFound || err == nil || body != nil {
				t.Errorf("%q: %d bytes, %v", path, len(body), err)
			}
			continue
		}
		if err != nil || immutable != (want == 256) {
			t.Errorf("%q: immutable %v, %v", path, immutable, err)
		}
		if path[5] != 'e' {
			if len(body) != want*32 {
				t.Errorf("%q: %d bytes for %d hashes", path, len(body), want)
			}
			continue
		}
		n := 0
		for rest := body; len(rest) > 0; n++ {
			l := binary.BigEndian.Uint16(rest)
			rest = rest[2+l:]
		}
		if n != want {
			t.Errorf("%q: %d leaves, want %d", path, n, want)
		}
	}
}

// Every tile that a tree of some size needs is there and right, by x/mod's own reader, which checks
// each tile against the root.
func TestTilesProve(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1500).Draw(t, "n")
		var m mem
		head := m.add(t, testLeaves(n)...)
		i := rapid.Int64Range(0, head.Size-1).Draw(t, "leaf")
		r := xtlog.TileHashReader(xtlog.Tree{N: head.Size, Hash: head.Root}, resourceTiles{&m})
		proof, err := xtlog.ProveRecord(head.Size, i, r)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := InclusionProof(ctx, &m, i, head.Size)
		if err != nil || fmt.Sprint(ours) != fmt.Sprint([]Hash(proof)) {
			t.Fatal("proofs from tiles and rows differ", err)
		}
		if err := CheckInclusion(ours, head, i, m.leaves[i]); err != nil {
			t.Fatal(err)
		}
		if CheckInclusion(ours, head, i, testLeaf(n+1)) == nil {
			t.Fatal("another leaf verifies")
		}
		if len(ours) > 0 {
			ours[rapid.IntRange(0, len(ours)-1).Draw(t, "hash")][rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1
			if CheckInclusion(ours, head, i, m.leaves[i]) == nil {
				t.Fatal("a changed proof verifies")
			}
		}
		old := rapid.IntRange(0, n).Draw(t, "old")
		var before mem
		oldHead := EmptyHead()
		if old > 0 {
			oldHead = before.add(t, testLeaves(old)...)
		}
		if old == 0 {
			return
		}
		cons, err := xtlog.ProveTree(head.Size, oldHead.Size, xtlog.TileHashReader(xtlog.Tree{N: head.Size, Hash: head.Root}, resourceTiles{&m}))
		if err != nil || xtlog.CheckTree(cons, head.Size, head.Root, oldHead.Size, oldHead.Root) != nil {
			t.Fatal("consistency", old, n, err)
		}
	})
}

// resourceTiles reads tiles through Resource.
type resourceTiles struct{ rows Rows }

func (r resourceTiles) Height() int                      { return 8 }
func (r resourceTiles) SaveTiles([]xtlog.Tile, [][]byte) {}
func (r resourceTiles) ReadTiles(tiles []xtlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		b, _, err := Resource(context.Background(), r.rows, "tile"+t.Path()[len("tile/8"):])
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func TestProofBounds(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var m mem
	m.add(t, testLeaves(9)...)
	for _, c := range [][2]int64{{9, 9}, {-1, 9}, {0, 10}, {0, 0}, {0, -1}, {1 << 62, 9}} {
		if _, err := InclusionProof(ctx, &m, c[0], c[1]); fault.KindOf(err) != fault.NotFound {
			t.Error("inclusion", c, err)
		}
	}
}

func TestProofText(t *testing.T) {
	t.Parallel()
	s, _ := testKeys(testOrigin, "a")
	var m mem
	head := m.add(t, testLeaves(11)...)
	cp, err := SignCheckpoint(testOrigin, head, s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Prove(context.Background(), &m, 4, head, cp)
	if err != nil {
		t.Fatal(err)
	}
	text := p.Marshal()
	back, err := ParseProof(text)
	if err != nil || !bytes.Equal(back.Marshal(), text) || back.Index != 4 || len(back.Hashes) != 4 {
		t.Fatalf("%s\n%v", text, err)
	}
	for _, bad := range []string{
		"", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\nindex 04\n\n", "c2sp.org/tlog-proof@v2\nindex 4\n\n",
		"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 4\n\n", "c2sp.org/tlog-proof@v1\nindex 4\nAAAA\n\n", "c2sp.org/tlog-proof@v1\nindex 4",
		string(bytes.Replace(text, []byte("\n"), []byte("\r\n"), 3)),
	} {
		if _, err := ParseProof([]byte(bad)); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzResource takes paths as strangers send them: what is answered has the one spelling and the
// bytes that its width says.
func FuzzResource(f *testing.F) {
	var m mem
	m.add(f, testLeaves(600)...)
	for _, path := range []string{"tile/0/000", "tile/0/002.p/88", "tile/entries/001", "tile/entries/002.p/1", "tile/1/000.p/2", "tile/0/x001/000", "tile/0/000.p/256", "tile/8/0/000"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		body, _, err := Resource(context.Background(), &m, path)
		if err != nil {
			if fault.KindOf(err) != fault.NotFound {
				t.Fatal(err)
			}
			return
		}
		tile, ok := parseTilePath(path)
		if !ok || strings.Replace("tile"+tile.Path()[len("tile/8"):], "/data/", "/entries/", 1) != path {
			t.Fatalf("%q is another spelling", path)
		}
		if tile.L >= 0 && len(body) != 32*tile.W || len(body) == 0 {
			t.Fatalf("%q: %d bytes", path, len(body))
		}
	})
}

func FuzzParseProof(f *testing.F) {
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 4\n" + EmptyHead().Root.String() + "\n\npress.example/log/public\n"))
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 0\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := ParseProof(data); err == nil && !bytes.Equal(p.Marshal(), data) {
			t.Fatalf("%q reads as %+v", data, p)
		}
	})
}

func BenchmarkResource(b *testing.B) {
	ctx := context.Background()
	var m mem
	m.add(b, testLeaves(1000)...)
	for _, path := range []string{"tile/0/001", "tile/entries/001"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := Resource(ctx, &m, path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
