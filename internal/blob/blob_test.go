package blob_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
)

// TestSameBytesAtOnce: a document that comes several times in one batch is kept once, whole.
func TestSameBytesAtOnce(t *testing.T) {
	t.Parallel()
	d, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for i := range 20 {
		b := bytes.Repeat([]byte{byte(i), 'x'}, 1<<19)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for k := range errs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, errs[k] = d.Put(b); errs[k] == nil {
					_, errs[k] = d.Get(blob.Hash(b)) // what Put has returned for is there
				}
			}()
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPutGetDelete(t *testing.T) {
	t.Parallel()
	d, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	hash, err := d.Put([]byte("words"))
	if err != nil || hash != blob.Hash([]byte("words")) {
		t.Fatal(hash, err)
	}
	if b, err := d.Get(hash); err != nil || string(b) != "words" {
		t.Error(string(b), err)
	}
	if err := d.Delete(hash); err != nil {
		t.Error(err)
	}
	for _, h := range []string{hash, "", "../../etc/passwd"} {
		if _, err := d.Get(h); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q: %v", h, err)
		}
	}
}
