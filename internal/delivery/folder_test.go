package delivery

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFolderNames: a file system that cannot make names last is as good as it can be, a broken disk is not; what a crash left of a delivery's files goes with it, and nothing else does.
func TestFolderNames(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, &os.PathError{Err: syscall.EINVAL}, &os.PathError{Err: syscall.ENOTSUP}} {
		if settled(err) != nil {
			t.Error(err)
		}
	}
	if !errors.Is(settled(&os.PathError{Err: syscall.EIO}), syscall.EIO) {
		t.Error("a broken disk is passed over")
	}
	dir := t.TempDir()
	if err := write(dir, "a.json", "one", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	stays := []string{"a.json", ".two.b.json.new", "one.b.json.new"}
	for _, name := range append(stays, ".one.b.json.new", ".one.c.txt.new") {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := sweep(dir, "one"); err != nil {
		t.Fatal(err)
	}
	all, err := os.ReadDir(dir)
	if err != nil || len(all) != len(stays) {
		t.Error(all, err)
	}
	for _, name := range stays {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}
