package blob_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
)

var ctx = context.Background()

// open is a new folder of blobs, closed when the test ends.
func open(t testing.TB) (d *blob.Dir, folder string) {
	t.Helper()
	folder = t.TempDir()
	d, err := blob.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, folder
}

// TestOpen reads from any place without the whole in memory; damaged bytes are not handed out, whether
// they were damaged before the first opening or after it.
func TestOpen(t *testing.T) {
	t.Parallel()
	d, folder := open(t)
	b := bytes.Repeat([]byte("a picture "), 1<<19)
	hash, err := d.Put(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	read := func(from int64) []byte {
		t.Helper()
		f, err := d.Open(ctx, hash)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.Seek(from, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if !bytes.Equal(read(0), b) || !bytes.Equal(read(1<<20), b[1<<20:]) {
		t.Error("other bytes")
	}
	name := filepath.Join(folder, hash[:2], hash[2:])
	b[100] ^= 1
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := d.Open(ctx, hash); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("damaged bytes: %v", err)
		}
	}
}

// TestSweep: what is old and not needed goes, with what was half written; the rest stays, whatever it is.
func TestSweep(t *testing.T) {
	t.Parallel()
	d, folder := open(t)
	now := time.Now()
	old := func(name string) {
		t.Helper()
		if err := os.Chtimes(filepath.Join(folder, name), time.Time{}, now.Add(-48*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	put := func(words string) (hash, name string) {
		t.Helper()
		hash, err := d.Put(ctx, []byte(words))
		if err != nil {
			t.Fatal(err)
		}
		return hash, filepath.Join(hash[:2], hash[2:])
	}
	lost, lostName := put("of a process that died")
	old(lostName)
	kept, keptName := put("of a release")
	old(keptName)
	fresh, _ := put("being attached")
	for _, name := range []string{filepath.Join(kept[:2], kept[2:]+".new"), filepath.Join(kept[:2], "README"), "stray"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		old(name)
	}
	var removed int
	for i := range 256 {
		n, err := d.Sweep(ctx, byte(i), now.Add(-24*time.Hour), func(hash string) (bool, error) { return hash == kept, nil })
		if err != nil {
			t.Fatal(err)
		}
		removed += n
	}
	if removed != 2 {
		t.Errorf("%d removed", removed)
	}
	if _, err := d.Get(ctx, lost); fault.KindOf(err) != fault.NotFound {
		t.Error("what nobody needs is there", err)
	}
	if _, err := os.Stat(filepath.Join(folder, kept[:2], kept[2:]+".new")); !os.IsNotExist(err) {
		t.Error("what was half written is there", err)
	}
	for _, h := range []string{kept, fresh} {
		if _, err := d.Get(ctx, h); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, kept[:2], "README")); err != nil {
		t.Error("what is no blob was removed", err)
	}
}

// BenchmarkOpen: the first bytes of a file of 20 MB that was checked before, and of one that was not.
func BenchmarkOpen(b *testing.B) {
	for _, first := range []bool{false, true} {
		b.Run(map[bool]string{false: "again", true: "first"}[first], func(b *testing.B) {
			d, folder := open(b)
			hash, err := d.Put(ctx, make([]byte, 20<<20))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				at := d
				if first {
					if at, err = blob.OpenDir(folder); err != nil {
						b.Fatal(err)
					}
				}
				f, err := at.Open(ctx, hash)
				if err != nil {
					b.Fatal(err)
				}
				f.Close()
				if first {
					at.Close()
				}
			}
		})
	}
}
