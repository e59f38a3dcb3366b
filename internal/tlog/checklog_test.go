package tlog

import (
	"bytes"
	"context"
	"strings"
	"testing"

	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
)

func TestCheckLog(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, v := testKeys(testOrigin, "a")
	const n = 1300
	leaves := testLeaves(n)
	build := func() (*mem, []byte) {
		m := &mem{}
		cp, err := SignCheckpoint(testOrigin, m.add(t, leaves...), s)
		if err != nil {
			t.Fatal(err)
		}
		return m, cp
	}
	m, cp := build()
	rep, err := CheckLog(ctx, m, cp, v)
	if err != nil || rep.Leaves != n || rep.Hashes != xtlog.StoredHashCount(n) || rep.Unsigned != 0 || rep.Origin != testOrigin || rep.Kinds[KindSeal] == 0 {
		t.Fatalf("%+v, %v", rep, err)
	}
	m.add(t, testLeaf(n))
	if rep, err := CheckLog(ctx, m, cp, v); err != nil || rep.Unsigned != 1 {
		t.Errorf("one leaf beyond: %+v, %v", rep, err)
	}
	empty, _ := SignCheckpoint(testOrigin, EmptyHead(), s)
	if rep, err := CheckLog(ctx, &mem{}, empty, v); err != nil || rep.Leaves != 0 {
		t.Errorf("empty log: %+v, %v", rep, err)
	}

	flipLeaf := func(m *mem, i int) {
		m.leaves[i] = bytes.Replace(m.leaves[i], []byte(`"time":1`), []byte(`"time":2`), 1)
	}
	for name, c := range map[string]struct {
		says   string
		damage func(m *mem)
	}{
		"a changed time":            {"leaf 1,234 and its stored hash", func(m *mem) { flipLeaf(m, 1234) }},
		"the first of two":          {"leaf 300 and its stored hash", func(m *mem) { flipLeaf(m, 1234); flipLeaf(m, 300) }},
		"a leaf that is none":       {"leaf 700 is not a leaf", func(m *mem) { m.leaves[700] = []byte("{}") }},
		"leaf missing at the end":   {"it has 1,299 leaves, but its checkpoint signs 1,300", func(m *mem) { m.leaves = m.leaves[:n-1] }},
		"a stored leaf hash":        {"leaf 5 and its stored hash", func(m *mem) { m.hashes[xtlog.StoredHashIndex(0, 5)][0] ^= 1 }},
		"an inner hash":             {"the stored hash over leaves 512 to 767", func(m *mem) { m.hashes[xtlog.StoredHashIndex(8, 2)][31] ^= 128 }},
		"leaf and hashes exchanged": {"give the root", func(m *mem) { flipLeaf(m, 3); all := m.leaves; *m = mem{}; m.add(t, all...) }},
	} {
		m, cp := build()
		m.leaves = append([][]byte(nil), m.leaves...)
		c.damage(m)
		if _, err := CheckLog(ctx, m, cp, v); fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: want %q, got %v", name, c.says, err)
		}
	}
	m, cp = build()
	for _, strict := range []bool{false, true} {
		if _, err := CheckLog(ctx, gap{m, 777, strict}, cp, v); fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), "leaf 777 is missing") {
			t.Error("gap:", err)
		}
	}
}

// gap is a log without one of its leaves; a strict one complains.
type gap struct {
	*mem
	without int64
	strict  bool
}

func (g gap) Leaves(ctx context.Context, from, to int64) ([][]byte, error) {
	ls, err := g.mem.Leaves(ctx, from, to)
	if from <= g.without && g.without < to {
		if g.strict {
			return nil, fault.E(fault.Corrupt, "A leaf is missing.")
		}
		at := g.without - from
		ls = append(append([][]byte(nil), ls[:at]...), ls[at+1:]...)
	}
	return ls, err
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func BenchmarkCheckLog(b *testing.B) {
	ctx := context.Background()
	s, v := testKeys(testOrigin, "a")
	var m mem
	cp, _ := SignCheckpoint(testOrigin, m.add(b, testLeaves(10_000)...), s)
	for b.Loop() {
		if _, err := CheckLog(ctx, &m, cp, v); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(10_000*b.N)/b.Elapsed().Seconds(), "leaves/s")
}
