// Package blob keeps files: raw documents and, later, media, each under the sha-256 of its bytes.
// A file is there whole or not at all, and what Put has returned for is on disk. It knows nothing of
// who may read what.
package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"

	"jarchi.dev/jarchi/internal/fault"
)

// Dir is a folder of blobs, fanned out by the first byte of the hash. No name can lead out of it.
type Dir struct {
	root *os.Root
	turn [256]sync.Mutex // by the first byte: the same bytes come twice at once
}

// OpenDir opens the folder, making it if it is not there.
func OpenDir(name string) (*Dir, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, fault.E(fault.Unavailable, "The folder %s cannot be made.", name).Because(err)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fault.E(fault.Unavailable, "The folder %s cannot be opened.", name).Because(err)
	}
	return &Dir{root: root}, nil
}

func (d *Dir) Close() error { return d.root.Close() }

// Hash is the name of these bytes: their sha-256 in lower-case hex.
func Hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func valid(hash string) bool {
	b, err := hex.DecodeString(hash)
	return err == nil && len(b) == sha256.Size && hex.EncodeToString(b) == hash
}

func place(hash string) string { return path.Join(hash[:2], hash[2:]) }

// Put keeps the bytes and returns their hash. Bytes that are there already are not written again.
// A crash leaves at most a file with a '.new' name, which the next Put of the same bytes replaces.
func (d *Dir) Put(b []byte) (hash string, err error) {
	sum := sha256.Sum256(b)
	hash = hex.EncodeToString(sum[:])
	name := place(hash)
	d.turn[sum[0]].Lock()
	defer d.turn[sum[0]].Unlock()
	if fi, err := d.root.Stat(name); err == nil && fi.Size() == int64(len(b)) {
		return hash, nil
	}
	if err := d.root.Mkdir(hash[:2], 0o700); err == nil {
		if err := d.syncDir("."); err != nil {
			return "", diskFault(err)
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return "", diskFault(err)
	}
	f, err := d.root.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return "", diskFault(err)
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = d.root.Rename(name+".new", name)
	}
	if err == nil {
		err = d.syncDir(hash[:2])
	}
	if err != nil {
		d.root.Remove(name + ".new")
		return "", diskFault(err)
	}
	return hash, nil
}

func (d *Dir) syncDir(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// Get reads the bytes and checks them against their hash.
func (d *Dir) Get(hash string) ([]byte, error) {
	if !valid(hash) {
		return nil, fault.E(fault.NotFound, "There is no document with this hash.")
	}
	f, err := d.root.Open(place(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.E(fault.NotFound, "There is no document with this hash.")
	}
	if err != nil {
		return nil, diskFault(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, diskFault(err)
	}
	if Hash(b) != hash {
		return nil, fault.E(fault.Corrupt, "The stored document %s is damaged: its bytes have another hash.", hash)
	}
	return b, nil
}

// Delete removes the bytes; it is no error if they are not there.
func (d *Dir) Delete(hash string) error {
	if !valid(hash) {
		return nil
	}
	if err := d.root.Remove(place(hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diskFault(err)
	}
	return nil
}

func diskFault(err error) error {
	return fault.E(fault.Unavailable, "The folder of documents cannot be read or written; look whether the disk is full or read-only.").Because(err)
}
