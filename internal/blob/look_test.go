package blob_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/testkit/bucketserver"
)

// TestLookAtAFolder: that the folder is away, or another one, is told with its name, no file counts as gone for good meanwhile, and it is over when the folder is back.
func TestLookAtAFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "blobs")
	d, err := blob.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	well := func(when string) {
		t.Helper()
		if err := d.Look(ctx); err != nil {
			t.Error(when, err)
		}
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Error(when, "a look leaves", left)
		}
		if _, err := d.Get(ctx, blob.Hash(nil)); fault.KindOf(err) != fault.NotFound {
			t.Error(when, err)
		}
	}
	lost := func(when, want string) {
		t.Helper()
		err := d.Look(ctx)
		if text, _ := fault.Public(err); fault.KindOf(err) != fault.Unavailable || !strings.Contains(text, want) || !strings.Contains(text, folder) {
			t.Error(when, err)
		}
		if _, err := d.Get(ctx, blob.Hash(nil)); fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "There is no document") {
			t.Error(when, "a file:", err)
		}
	}
	rename := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	well("new")
	rename(folder, folder+".away")
	lost("taken away", "is not there")
	if err := os.Mkdir(folder, 0o700); err != nil { // what is mounted over is left when the mount goes
		t.Fatal(err)
	}
	lost("another", "Another folder")
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	rename(folder+".away", folder)
	well("back")
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	lost("removed", "is not there")
}

// TestLookAtABucket: a server that refuses to hand out, or only to take, is told with what an operator may do until it does again; while all is well a look is one request.
func TestLookAtABucket(t *testing.T) {
	t.Parallel()
	s := bucketserver.NewSmall(t)
	b := bucketserver.Open(t, s.At)
	if err := b.Look(ctx); err != nil { // the first is a trial
		t.Fatal(err)
	}
	well := func(when string, most int64) {
		t.Helper()
		before := s.Asked.Load()
		if err := b.Look(ctx); err != nil || most > 0 && s.Asked.Load()-before > most {
			t.Error(when, err, s.Asked.Load()-before)
		}
	}
	lost := func(when string) {
		t.Helper()
		for range 2 {
			err := b.Look(ctx)
			if text, _ := fault.Public(err); fault.KindOf(err) != fault.Invalid || !strings.Contains(text, "lack a right") || !strings.Contains(text, s.At.Bucket) {
				t.Error(when, err)
			}
		}
	}
	well("at rest", 1)
	s.Refuse(http.MethodGet, http.MethodPut)
	lost("all refused")
	s.Refuse(http.MethodPut)
	lost("only handing out")
	s.Refuse()
	well("again", 0)
	well("at rest again", 1)
	s.Refuse(http.MethodPut)
	well("nobody has put anything", 1)
	if _, err := b.Put(ctx, []byte("words")); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
	if _, err := b.Get(ctx, blob.Hash(nil)); fault.KindOf(err) != fault.NotFound { // which answers
		t.Error(err)
	}
	lost("a file was not taken")
}
