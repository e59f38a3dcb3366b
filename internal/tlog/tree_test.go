package tlog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync/atomic"
	"testing"

	xtlog "golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
)

// mem is a log's rows in memory: what a database keeps.
type mem struct {
	leaves [][]byte
	hashes []Hash
	head   Head
	calls  atomic.Int32 // of ReadHashes
}

func (m *mem) ReadHashes(positions []int64) ([]Hash, error) {
	m.calls.Add(1)
	out := make([]Hash, len(positions))
	for i, p := range positions {
		if p < 0 || p >= int64(len(m.hashes)) {
			return nil, fmt.Errorf("no hash at %d", p)
		}
		out[i] = m.hashes[p]
	}
	return out, nil
}

func (m *mem) add(t interface{ Fatal(...any) }, leaves ...[]byte) Head {
	if len(m.leaves) == 0 {
		m.head = EmptyHead()
	}
	hs, head, err := Grow(m.head, leaves, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hs {
		if h.Pos != int64(len(m.hashes)) {
			t.Fatal("hash at position", h.Pos, "instead of", len(m.hashes))
		}
		m.hashes = append(m.hashes, h.Hash)
	}
	m.leaves = append(m.leaves, leaves...)
	m.head = head
	return head
}

func testLeaves(n int) [][]byte {
	ls := make([][]byte, n)
	for i := range ls {
		ls[i] = testLeaf(i)
	}
	return ls
}

// testLeaf is a valid leaf, another one for every i.
func testLeaf(i int) []byte {
	c := sha256.Sum256([]byte(fmt.Sprint("commitment ", i)))
	l := Leaf{Kind: KindRelease, ID: testID(i), Version: i%7 + 1, Time: 1_700_000_000 + int64(i), Commit: c[:]}
	switch i % 11 {
	case 3:
		l = Leaf{Kind: KindSeal, Time: l.Time, Commit: l.Commit}
	case 5:
		l = Leaf{Kind: KindOpen, Time: l.Time, Ref: fmt.Sprint(i)}
	case 8:
		l = Leaf{Kind: KindWithdraw, ID: l.ID, Version: l.Version, Time: l.Time}
	}
	b, err := l.Marshal()
	if err != nil {
		panic(err)
	}
	return b
}

func testID(i int) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
	h := sha256.Sum256([]byte(fmt.Sprint("id ", i)))
	id := make([]byte, 26)
	for j := range id {
		id[j] = alphabet[h[j]&31]
	}
	return string(id)
}

// The roots and positions of every size up to 600 against x/mod's own slow way, and all of them
// hashed into one value so that the format cannot drift unnoticed.
func TestGrowAgainstReference(t *testing.T) {
	t.Parallel()
	sum := sha256.New()
	var m mem
	for n := range 600 {
		want, err := xtlog.StoredHashes(int64(n), testLeaf(n), &m)
		if err != nil {
			t.Fatal(err)
		}
		before := len(m.hashes)
		head := m.add(t, testLeaf(n))
		if got := m.hashes[before:]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("leaf %d: hashes differ from the reference", n)
		}
		root, err := xtlog.TreeHash(int64(n+1), &m)
		if err != nil || head != (Head{int64(n + 1), root}) {
			t.Fatalf("leaf %d: head %v, reference %v, %v", n, head, root, err)
		}
		if xtlog.StoredHashCount(head.Size) != int64(len(m.hashes)) {
			t.Fatalf("leaf %d: %d hashes kept, the reference says %d", n, len(m.hashes), xtlog.StoredHashCount(head.Size))
		}
		sum.Write(head.Root[:])
	}
	const want = "04c7cbac0b4e1f259c9ab95a8e01466a1f1c14c74b2e7cf50000545a230a063a"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("accumulated roots: %s, want %s", got, want)
	}
}

func TestGrowGroups(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.SliceOfN(rapid.IntRange(0, 70), 1, 12).Draw(t, "groups")
		var m, once mem
		n := 0
		var head Head
		for _, g := range groups {
			ls := make([][]byte, g)
			for i := range ls {
				ls[i] = testLeaf(n + i)
			}
			n += g
			m.calls.Store(0)
			head = m.add(t, ls...)
			if m.calls.Load() > 1 {
				t.Fatal("more than one read for a group")
			}
		}
		if all := once.add(t, testLeaves(n)...); all != head {
			t.Fatalf("groups %v: %v, at once: %v", groups, head, all)
		}
		f, err := LoadFrontier(int64(n), &m)
		if err != nil || f.Head() != head {
			t.Fatalf("loaded frontier: %v, %v; want %v", f.Head(), err, head)
		}
	})
}

func TestGrowRefuses(t *testing.T) {
	t.Parallel()
	var m mem
	head := m.add(t, testLeaves(5)...)
	of := func(size int64) Head { return Head{Size: size, Root: head.Root} }
	short := xtlog.HashReaderFunc(func(p []int64) ([]Hash, error) { return nil, nil })
	for name, try := range map[string]func() error{
		"no hashes stored": func() error { _, _, err := Grow(head, testLeaves(1), short); return err },
		"negative size":    func() error { _, _, err := Grow(of(-1), testLeaves(1), &m); return err },
		"size beyond rows": func() error { _, _, err := Grow(of(500), testLeaves(1), &m); return err },
		"empty leaf":       func() error { _, _, err := Grow(head, [][]byte{{}}, &m); return err },
		"huge leaf":        func() error { _, _, err := Grow(head, [][]byte{make([]byte, MaxLeaf+1)}, &m); return err },
	} {
		if try() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Damage to any hash at the edge of the tree is found before anything could be signed over it.
func TestGrowOverDamage(t *testing.T) {
	t.Parallel()
	var m mem
	head := m.add(t, testLeaves(1000)...)
	var longer mem
	want := longer.add(t, append(testLeaves(1000), testLeaves(3)...)...)
	if _, got, err := Grow(head, testLeaves(3), &m); err != nil || got != want {
		t.Fatal(got, err)
	}
	if _, got, err := Grow(EmptyHead(), m.leaves, nil); err != nil || got != head {
		t.Fatal(got, err)
	}
	for _, edge := range []int64{xtlog.StoredHashIndex(9, 0), xtlog.StoredHashIndex(8, 2), xtlog.StoredHashIndex(7, 6), xtlog.StoredHashIndex(6, 14), xtlog.StoredHashIndex(5, 30), xtlog.StoredHashIndex(3, 124)} {
		m.hashes[edge][5] ^= 1
		if _, _, err := Grow(head, testLeaves(3), &m); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("hash at %d damaged: %v", edge, err)
		}
		m.hashes[edge][5] ^= 1
	}
}

func BenchmarkGrow(b *testing.B) {
	var m mem
	head := m.add(b, testLeaves(100_000)...)
	for _, group := range []int{1, 8, 64} {
		b.Run(fmt.Sprint("group=", group), func(b *testing.B) {
			ls := testLeaves(group)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Grow(head, ls, &m); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*group), "ns/leaf")
		})
	}
}
