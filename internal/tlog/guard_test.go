//go:build unix

package tlog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
)

const logA, logB = "alpha-public", "beta-closed"

func openGuard(t interface {
	Helper()
	Fatal(...any)
}, path string) *Guard {
	t.Helper()
	g, err := OpenGuard(path)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// grown returns a log and its heads at every size from 0 to n.
func grown(t interface{ Fatal(...any) }, n int) (*mem, []Head) {
	m := &mem{}
	heads := []Head{EmptyHead()}
	for i := range n {
		heads = append(heads, m.add(t, testLeaf(i)))
	}
	return m, heads
}

func TestGuard(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "guard")
	m, heads := grown(t, 9)
	g := openGuard(t, path)
	if err := g.Enter(logA); err != nil {
		t.Fatal(err)
	}
	if err := g.Check(logB, heads[0], m); fault.KindOf(err) != fault.Conflict {
		t.Error("unknown log without leaves, as a back-up may hold that was made before its first:", err)
	}
	if err := g.Check(logB, heads[3], m); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "confirm") {
		t.Error("unknown log with leaves:", err)
	}
	if err := g.Advance(map[string]Head{logB: heads[4]}); fault.KindOf(err) != fault.Internal {
		t.Error("advanced without a check:", err)
	}
	if err := g.Confirm(logB, 3, heads[3].Root); err != nil {
		t.Fatal(err)
	}
	if err := g.Advance(map[string]Head{logB: heads[4]}); fault.KindOf(err) != fault.Internal {
		t.Error("advanced without a check:", err)
	}
	if err := g.Confirm(logB, 4, heads[4].Root); fault.KindOf(err) != fault.Conflict {
		t.Error("confirmed over what is known:", err)
	}
	if err := g.Check(logB, heads[3], m); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 7; i++ {
		if err := g.Advance(map[string]Head{logA: heads[i], logB: heads[max(i, 3)]}); err != nil {
			t.Fatal(err)
		}
	}
	fork := heads[7]
	fork.Root[0] ^= 1
	for name, h := range map[string]Head{"back": heads[6], "other root": fork} {
		if err := g.Advance(map[string]Head{logA: h}); fault.KindOf(err) != fault.Corrupt {
			t.Error(name, err)
		}
	}
	if _, err := OpenGuard(path); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), path) {
		t.Error("opened twice:", err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}

	g = openGuard(t, path)
	defer g.Close()
	if h, ok := g.Head(logA); !ok || h != heads[7] {
		t.Fatal("lost:", h, ok)
	}
	for name, c := range map[string]struct {
		known, head Head
		kind        fault.Kind
	}{
		"grown meanwhile":        {heads[4], heads[5], ""},
		"the same":               {heads[4], heads[4], ""},
		"back of what was known": {heads[5], heads[4], fault.Corrupt},
		"another tree":           {fork, heads[9], fault.Corrupt},
	} {
		if err := g.Continues(logA, c.known, c.head, m); (err == nil) != (c.kind == "") || err != nil && fault.KindOf(err) != c.kind {
			t.Errorf("compared with what the file knew: %s: %v", name, err)
		}
	}
	longer := heads[9]
	stranger, _ := grown(t, 0)
	stranger.add(t, testLeaf(50))
	other := stranger.add(t, testLeaves(9)...)
	for name, c := range map[string]struct {
		h    Head
		r    HashReader
		kind fault.Kind
		says string
	}{
		"older database":             {heads[6], m, fault.Corrupt, "had 7 leaves when it was last signed, but the database has 6"},
		"empty database":             {heads[0], m, fault.Corrupt, "the database has 0"},
		"same size, other root":      {fork, m, fault.Corrupt, "fork"},
		"longer, of another history": {other, stranger, fault.Corrupt, "fork"},
	} {
		if err := g.Check(logA, c.h, c.r); fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A crash between commit and Advance: the database is ahead and continues the guard's tree.
	if err := g.Check(logA, longer, m); err != nil {
		t.Fatal(err)
	}
	if h, _ := g.Head(logA); h != longer {
		t.Error("the guard did not follow the database:", h)
	}
	if err := g.Check("../etc-public", heads[0], m); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

// The page that was being written may be torn anywhere; old or new state must be found, and the
// database, which is at the new state, must pass.
func TestGuardTornWrite(t *testing.T) {
	t.Parallel()
	m, heads := grown(t, 4)
	for writes := 1; writes <= 4; writes++ {
		path := filepath.Join(t.TempDir(), "guard")
		g := openGuard(t, path)
		if err := g.Enter(logA); err != nil {
			t.Fatal(err)
		}
		for i := 1; i < writes; i++ {
			if err := g.Advance(map[string]Head{logA: heads[i]}); err != nil {
				t.Fatal(err)
			}
		}
		before, _ := os.ReadFile(path)
		if err := g.Advance(map[string]Head{logA: heads[writes]}); err != nil {
			t.Fatal(err)
		}
		g.Close()
		after, _ := os.ReadFile(path)
		for k := range after {
			if k%127 != 0 && after[k] == before[k] {
				continue
			}
			// The first k bytes have arrived; then, the other order: all but the first k.
			for _, torn := range [][]byte{slices.Concat(after[:k], before[k:]), slices.Concat(before[:k], after[k:])} {
				if err := os.WriteFile(path, torn, 0o600); err != nil {
					t.Fatal(err)
				}
				g, err := OpenGuard(path)
				if err != nil {
					t.Fatalf("write %d torn at %d: %v", writes, k, err)
				}
				g.sync = func(*os.File) error { return nil }
				if h, _ := g.Head(logA); h != heads[writes] && h != heads[writes-1] {
					t.Fatalf("write %d torn at %d: %v", writes, k, h)
				}
				if err := g.Check(logA, heads[writes], m); err != nil {
					t.Fatalf("write %d torn at %d: %v", writes, k, err)
				}
				g.Close()
			}
		}
	}
}

// However a file is cut, nothing that was signed can be signed again: the database that is up to
// date passes or is refused, an older one never passes.
func TestGuardTruncated(t *testing.T) {
	t.Parallel()
	m, heads := grown(t, 5)
	path := filepath.Join(t.TempDir(), "guard")
	g := openGuard(t, path)
	all := map[string]Head{}
	g.sync = func(*os.File) error { return nil } // the disk is not what is tested here
	for i := range 60 {                          // two pairs of pages
		log := fmt.Sprintf("member%02d-public", i)
		if err := g.Enter(log); err != nil {
			t.Fatal(err)
		}
		all[log] = heads[5]
	}
	if err := g.Advance(all); err != nil {
		t.Fatal(err)
	}
	g.Close()
	whole, _ := os.ReadFile(path)
	for k := len(whole) - 1; k >= 0; k-- {
		if err := os.Truncate(path, int64(k)); err != nil {
			t.Fatal(err)
		}
		g, err := OpenGuard(path)
		if k%(2*pageSize) != 0 {
			if fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), path) {
				t.Fatalf("cut at %d: %v", k, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut at %d: %v", k, err)
		}
		for log := range all {
			if g.Check(log, heads[4], m) == nil {
				t.Fatalf("cut at %d: an older database passes", k)
			}
		}
		g.Close()
	}
}

// A page damaged after it was synced is found; damage to both is refused.
func TestGuardDamaged(t *testing.T) {
	t.Parallel()
	m, heads := grown(t, 5)
	path := filepath.Join(t.TempDir(), "guard")
	g := openGuard(t, path)
	if err := g.Enter(logA); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < 6; i++ {
		if err := g.Check(logA, heads[i], m); err != nil {
			t.Fatal(err)
		}
	}
	g.Close()
	whole, _ := os.ReadFile(path)
	swapped := slices.Concat(whole[pageSize:], whole[:pageSize])
	both := bytes.Clone(whole)
	both[100] ^= 1
	both[pageSize+100] ^= 1
	for name, data := range map[string][]byte{
		"pages exchanged": swapped,
		"both damaged":    both,
		"older page gone": slices.Concat(whole[:pageSize], make([]byte, pageSize)),
		"newer page gone": slices.Concat(make([]byte, pageSize), whole[pageSize:]),
		"same pair twice": slices.Concat(whole, whole),
		"not ours":        bytes.Repeat([]byte("guard"), 2*pageSize),
		"page and zeroes": slices.Concat(both[:pageSize], make([]byte, pageSize)),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if g, err := OpenGuard(path); fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), path) {
			if err == nil {
				h, _ := g.Head(logA)
				t.Errorf("%s: opened with %v", name, h)
				g.Close()
				continue
			}
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGuardStaleCopy(t *testing.T) {
	t.Parallel()
	m, heads := grown(t, 5)
	dir := t.TempDir()
	path := filepath.Join(dir, "guard")
	g := openGuard(t, path)
	if err := errors.Join(g.Enter(logA), g.Advance(map[string]Head{logA: heads[3]})); err != nil {
		t.Fatal(err)
	}
	stale, _ := os.ReadFile(path)
	if err := g.Advance(map[string]Head{logA: heads[5]}); err != nil {
		t.Fatal(err)
	}
	g.Close()
	// A stale guard beside the present database is behind and follows; beside a database of another
	// history it refuses; without any file the node refuses until somebody confirms.
	if err := os.WriteFile(path, stale, 0o600); err != nil {
		t.Fatal(err)
	}
	g = openGuard(t, path)
	other := &mem{}
	other.add(t, testLeaf(77))
	if err := g.Check(logA, other.add(t, testLeaves(6)...), other); fault.KindOf(err) != fault.Corrupt {
		t.Error("another history:", err)
	}
	if err := g.Check(logA, heads[5], m); err != nil {
		t.Error(err)
	}
	g.Close()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	g = openGuard(t, path)
	defer g.Close()
	if err := g.Check(logA, heads[5], m); fault.KindOf(err) != fault.Conflict {
		t.Error("no file:", err)
	}
	// Confirming what a witness saw at a larger size refuses the older database.
	if err := g.Confirm(logA, 5, heads[5].Root); err != nil {
		t.Fatal(err)
	}
	if err := g.Check(logA, heads[4], m); fault.KindOf(err) != fault.Corrupt {
		t.Error("confirmed ahead:", err)
	}
	if err := g.Check(logA, heads[5], m); err != nil {
		t.Error(err)
	}
	if err := g.Confirm(logB, 0, heads[5].Root); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

// A whole folder that was restored brings its guard file along; it must not pass for the one that
// knew what was signed since.
func TestGuardCopied(t *testing.T) {
	t.Parallel()
	_, heads := grown(t, 5)
	dir := t.TempDir()
	path := filepath.Join(dir, "guard")
	g := openGuard(t, path)
	if g.born == 0 {
		t.Skip("this file system does not say when a file was made")
	}
	if err := errors.Join(g.Enter(logA), g.Advance(map[string]Head{logA: heads[3]})); err != nil {
		t.Fatal(err)
	}
	g.Close()
	old, _ := os.ReadFile(path)
	info, _ := os.Stat(path)
	moved := filepath.Join(dir, "moved")
	if err := os.Rename(path, moved); err != nil {
		t.Fatal(err)
	}
	g = openGuard(t, moved) // the same file under another name
	g.Close()
	time.Sleep(20 * time.Millisecond) // beyond the kernel's clock tick
	if err := errors.Join(os.WriteFile(path, old, 0o600), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenGuard(path); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "copy") {
		t.Error(err)
	}
}

func TestGuardFailedSync(t *testing.T) {
	t.Parallel()
	m, heads := grown(t, 3)
	path := filepath.Join(t.TempDir(), "guard")
	g := openGuard(t, path)
	if err := g.Enter(logA); err != nil {
		t.Fatal(err)
	}
	g.sync = func(*os.File) error { return errors.New("input/output error") }
	if err := g.Advance(map[string]Head{logA: heads[1]}); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
	if h, _ := g.Head(logA); h != heads[0] {
		t.Error("memory ran ahead of the disk")
	}
	g.sync = syncData
	if err := g.Advance(map[string]Head{logA: heads[2]}); fault.KindOf(err) != fault.Unavailable {
		t.Error("went on after a failed sync:", err)
	}
	g.Close()
	if err := g.Advance(map[string]Head{logA: heads[2]}); err == nil {
		t.Error("advanced a closed guard")
	}
	g = openGuard(t, path)
	defer g.Close()
	if err := g.Check(logA, heads[1], m); err != nil {
		t.Error(err)
	}
}

func TestGuardPlaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := OpenGuard(filepath.Join(dir, "missing", "guard")); fault.KindOf(err) != fault.Unavailable {
		t.Error("no folder:", err)
	}
	if _, err := OpenGuard(dir); fault.KindOf(err) != fault.Unavailable {
		t.Error("a folder:", err)
	}
}

// Random lives of many logs, with closing and opening between: the file always gives back what was
// last advanced to.
func TestGuardLives(t *testing.T) {
	t.Parallel()
	m, heads := grown(t, 40)
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		path := filepath.Join(dir, fmt.Sprint("guard", n))
		g := openGuard(t, path)
		g.sync = func(*os.File) error { return nil } // the disk is not what is tested here
		want := map[string]Head{}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if rapid.IntRange(0, 4).Draw(t, "reopen") == 0 {
				g.Close()
				g = openGuard(t, path)
				g.sync = func(*os.File) error { return nil }
			}
			group := map[string]Head{}
			for range rapid.IntRange(1, 50).Draw(t, "logs") {
				log := fmt.Sprintf("m%d-public", rapid.IntRange(0, 99).Draw(t, "log"))
				if _, ok := want[log]; !ok {
					want[log] = heads[0]
					if err := g.Enter(log); err != nil {
						t.Fatal(err)
					}
				}
				if err := g.Check(log, want[log], m); err != nil {
					t.Fatal(err)
				}
				group[log] = heads[rapid.Int64Range(want[log].Size, 40).Draw(t, "size")]
			}
			if err := g.Advance(group); err != nil {
				t.Fatal(err)
			}
			for log, h := range group {
				want[log] = h
			}
		}
		g.Close()
		g = openGuard(t, path)
		defer g.Close()
		for log, h := range want {
			if got, ok := g.Head(log); !ok || got != h {
				t.Fatalf("%s: %v, want %v", log, got, h)
			}
		}
	})
}

// BenchmarkGuardAdvance writes beside a bare fdatasync on the same disk, so that the guard's own
// cost shows.
func BenchmarkGuardAdvance(b *testing.B) {
	m, heads := grown(b, 2)
	median := func(b *testing.B, ds []time.Duration) {
		slices.Sort(ds)
		b.ReportMetric(float64(ds[len(ds)/2].Microseconds()), "p50-µs")
		b.ReportMetric(float64(ds[len(ds)*99/100].Microseconds()), "p99-µs")
	}
	b.Run("bare-fdatasync", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		page := make([]byte, pageSize)
		var ds []time.Duration
		for b.Loop() {
			start := time.Now()
			if _, err := f.WriteAt(page, 0); err != nil {
				b.Fatal(err)
			}
			if err := syncData(f); err != nil {
				b.Fatal(err)
			}
			ds = append(ds, time.Since(start))
		}
		median(b, ds)
	})
	// What the guard would cost as a new file renamed into place.
	b.Run("rename-instead", func(b *testing.B) {
		dir := b.TempDir()
		page := make([]byte, pageSize)
		var ds []time.Duration
		for b.Loop() {
			start := time.Now()
			f, err := os.Create(filepath.Join(dir, "new"))
			if err != nil {
				b.Fatal(err)
			}
			_, err = f.Write(page)
			err = errors.Join(err, f.Sync(), f.Close(), os.Rename(f.Name(), filepath.Join(dir, "guard")), syncFolder(dir))
			if err != nil {
				b.Fatal(err)
			}
			ds = append(ds, time.Since(start))
		}
		median(b, ds)
	})
	for _, sync := range []bool{true, false} {
		for _, group := range []int{1, 200} {
			b.Run(fmt.Sprintf("sync=%v/of-200-logs=%d", sync, group), func(b *testing.B) {
				g := openGuard(b, filepath.Join(b.TempDir(), "guard"))
				defer g.Close()
				real := g.sync
				g.sync = func(*os.File) error { return nil }
				for i := range 200 {
					if err := g.Check(fmt.Sprintf("m%d-public", i), heads[0], m); err != nil {
						b.Fatal(err)
					}
				}
				if sync {
					g.sync = real
				}
				var ds []time.Duration
				size := int64(0)
				for b.Loop() {
					size++
					h := map[string]Head{}
					for i := range group {
						h[fmt.Sprintf("m%d-public", i)] = Head{Size: size}
					}
					start := time.Now()
					if err := g.Advance(h); err != nil {
						b.Fatal(err)
					}
					ds = append(ds, time.Since(start))
				}
				median(b, ds)
			})
		}
	}
}
