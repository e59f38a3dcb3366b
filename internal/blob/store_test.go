package blob_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/testkit/bucketserver"
)

func TestMain(m *testing.M) { os.Exit(bucketserver.Main(m)) }

// each runs a test on every kind of store: damage writes other bytes in the place of a file.
func each(t *testing.T, test func(t *testing.T, s blob.Store, damage func(hash string, b []byte))) {
	t.Parallel()
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		d, folder := open(t)
		test(t, d, func(hash string, b []byte) {
			name := filepath.Join(folder, hash[:2], hash[2:])
			if err := errors.Join(os.WriteFile(name, b, 0o600), os.Chtimes(name, time.Time{}, time.Now().Add(time.Hour))); err != nil {
				t.Fatal(err)
			}
		})
	})
	for _, versioned := range []bool{false, true} {
		t.Run(map[bool]string{false: "bucket", true: "versioned bucket"}[versioned], func(t *testing.T) {
			t.Parallel()
			at := bucketserver.Bucket(t, versioned)
			b := bucketserver.Open(t, at)
			test(t, b, func(hash string, data []byte) { place(t, at, b.Key(hash), data) })
		})
	}
}

// rounds are fewer where each asks a server.
func rounds(s blob.Store, n int) int {
	if _, ok := s.(*blob.Bucket); ok {
		return n / 10
	}
	return n
}

// TestSameBytesAtOnce: a document that comes several times in one batch is kept once, whole.
func TestSameBytesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d blob.Store, damage func(string, []byte)) {
		for i := range rounds(d, 20) {
			b := bytes.Repeat([]byte{byte(i), 'x'}, 1<<19)
			var wg sync.WaitGroup
			errs := make([]error, 8)
			for k := range errs {
				wg.Add(1)
				go func() {
					defer wg.Done()
					if _, errs[k] = d.Put(ctx, b); errs[k] == nil {
						_, errs[k] = d.Get(ctx, blob.Hash(b)) // what Put has returned for is there
					}
				}()
			}
			wg.Wait()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestPutGetDelete(t *testing.T) {
	each(t, func(t *testing.T, d blob.Store, damage func(string, []byte)) {
		hash, err := d.Put(ctx, []byte("words"))
		if err != nil || hash != blob.Hash([]byte("words")) {
			t.Fatal(hash, err)
		}
		if b, err := d.Get(ctx, hash); err != nil || string(b) != "words" {
			t.Error(string(b), err)
		}
		asked := errors.New("it cannot be asked")
		if err := d.Remove(ctx, hash, func(string) (bool, error) { return false, asked }); !errors.Is(err, asked) {
			t.Error(err)
		}
		if err := d.Remove(ctx, hash, func(string) (bool, error) { return true, nil }); err != nil {
			t.Error(err)
		}
		if b, err := d.Get(ctx, hash); err != nil || string(b) != "words" {
			t.Error("what is needed is gone", err)
		}
		for range 2 {
			if err := d.Remove(ctx, hash, func(string) (bool, error) { return false, nil }); err != nil {
				t.Error(err)
			}
		}
		for _, h := range []string{hash, "", "../../etc/passwd"} {
			if _, err := d.Get(ctx, h); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%q: %v", h, err)
			}
			if _, err := d.Open(ctx, h); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%q: %v", h, err)
			}
			if err := d.Remove(ctx, h, func(string) (bool, error) { return false, nil }); err != nil {
				t.Errorf("%q: %v", h, err)
			}
		}
	})
}

// TestHold: what is put while somebody holds is not removed before its row can stand.
func TestHold(t *testing.T) {
	each(t, func(t *testing.T, d blob.Store, damage func(string, []byte)) {
		var rows sync.Map
		needed := func(hash string) (bool, error) { _, ok := rows.Load(hash); return ok, nil }
		hash := blob.Hash([]byte("words"))
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := d.Remove(ctx, hash, needed); err != nil {
					t.Error(err)
				}
			}
		})
		for range rounds(d, 300) {
			release, _ := d.Hold(ctx)
			if _, err := d.Put(ctx, []byte("words")); err != nil {
				t.Error(err)
			}
			rows.Store(hash, true)
			release()
			if _, err := d.Get(ctx, hash); err != nil {
				t.Fatal(err)
			}
			rows.Delete(hash)
		}
		close(stop)
		wg.Wait()
	})
}

// TestRead reads from any place, several at once, and never hands out bytes with another hash.
func TestRead(t *testing.T) {
	each(t, func(t *testing.T, d blob.Store, damage func(string, []byte)) {
		for _, size := range []int{0, 1, 5000, 3 << 20} {
			b := bytes.Repeat([]byte("a picture "), size/10+1)[:size]
			hash, err := d.Put(ctx, b)
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for k := range 4 {
				wg.Go(func() {
					f, err := d.Open(ctx, hash)
					if err != nil {
						t.Error(err)
						return
					}
					defer f.Close()
					from := size / 4 * k
					if _, err := f.Seek(int64(from), io.SeekStart); err != nil {
						t.Error(err)
					}
					if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, b[from:]) {
						t.Errorf("%d bytes from %d: %d, %v", size, from, len(got), err)
					}
				})
			}
			wg.Wait()
			if b, ok := d.(*blob.Bucket); ok {
				b.Close() // what is on this machine's disk was checked
			}
			if size == 0 {
				continue
			}
			b[size/2] ^= 1
			damage(hash, b)
			for range 2 {
				if _, err := d.Open(ctx, hash); fault.KindOf(err) != fault.Corrupt {
					t.Errorf("damaged bytes are opened: %v", err)
				}
				if _, err := d.Get(ctx, hash); fault.KindOf(err) != fault.Corrupt {
					t.Errorf("damaged bytes are read: %v", err)
				}
			}
		}
	})
}

// TestSwept: what is old and not needed goes, and only that.
func TestSwept(t *testing.T) {
	each(t, func(t *testing.T, d blob.Store, _ func(string, []byte)) {
		kept, lost := map[string]bool{}, map[string]bool{}
		parts := map[byte]bool{} // of a folder all, of a bucket those in which something lies: each is several requests
		b, remote := d.(*blob.Bucket)
		for i := range 256 {
			parts[byte(i)] = !remote || i == 0 || i == 255
		}
		for i := range 30 {
			hash, err := d.Put(ctx, []byte{'x', byte(i)})
			if err != nil {
				t.Fatal(err)
			}
			name := hash
			if remote {
				name = path.Base(b.Key(hash))
			}
			first, err := strconv.ParseUint(name[:2], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			parts[byte(first)] = true
			if i%3 == 0 {
				kept[hash] = true
			} else {
				lost[hash] = true
			}
		}
		for _, before := range []time.Time{time.Now().Add(-time.Hour), time.Now().Add(time.Hour)} {
			removed := 0
			for i := range 256 {
				if !parts[byte(i)] {
					continue
				}
				n, err := d.Sweep(ctx, byte(i), before, func(hash string) (bool, error) {
					if !kept[hash] && !lost[hash] {
						t.Errorf("asked about %s", hash)
					}
					return kept[hash], nil
				})
				if err != nil {
					t.Fatal(err)
				}
				removed += n
			}
			old := before.After(time.Now())
			if want := map[bool]int{false: 0, true: len(lost)}[old]; removed != want {
				t.Errorf("%d removed of %d", removed, want)
			}
			for hash := range lost {
				if _, err := d.Get(ctx, hash); (fault.KindOf(err) == fault.NotFound) != old {
					t.Error(hash, err)
				}
			}
			for hash := range kept {
				if _, err := d.Get(ctx, hash); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
