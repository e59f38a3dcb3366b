// Package blob keeps files: raw documents and attachments, each known by the sha-256 of its bytes, in a folder ([Dir]) or
// in a bucket of an S3 server ([Bucket]). A file is there whole or not at all, and what Put has returned for is
// on disk there. It knows nothing of who may read what.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Store is where files are. Faults: NotFound where there is no file of that hash, Corrupt where its bytes have another one,
// Unavailable, naming the place, where it cannot be read or written now.
type Store interface {
	// Put keeps the bytes and returns their hash. Bytes that are there already are not written again.
	Put(ctx context.Context, b []byte) (hash string, err error)
	// Get reads the bytes and checks them against their hash.
	Get(ctx context.Context, hash string) ([]byte, error)
	// Open opens bytes that were checked against their hash, for reading a little at a time; ctx is for the opening alone.
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, error)
	// Hold keeps every file where it is until release is called. Whoever puts one holds until the row stands
	// by which it is needed; so nobody removes it between the two. Unavailable where that cannot be had of other nodes.
	Hold(ctx context.Context) (release func(), err error)
	// Remove removes the bytes unless they are needed, which is asked while nobody holds. It is no error if
	// they are not there.
	Remove(ctx context.Context, hash string, needed func(hash string) (bool, error)) error
	// Sweep looks through one part of 256 and removes what was written before a time and is not needed: what a
	// process left that died between putting a file and writing the row that names it.
	Sweep(ctx context.Context, part byte, before time.Time, needed func(hash string) (bool, error)) (removed int, err error)
	// Look tries whether files can be kept and read at this moment. The fault is a sentence for the operator, with the place; Invalid where it is
	// the place or its keys that are wrong, Unavailable where it may pass.
	Look(ctx context.Context) error
	Close() error
}

// Dir is a folder of blobs, fanned out by the first byte of the hash. No name can lead out of it.
type Dir struct {
	name string
	root *os.Root
	turn [256]sync.Mutex // by the first byte: the same bytes come twice at once
	held sync.RWMutex    // by Hold; for writing while a blob is removed

	looks sync.Mutex
	trial string // the file that Look writes: each process has its own, as nodes share folders

	mu      sync.Mutex
	checked map[string]stamp // files whose bytes were found to be those of their hash
}

// stamp is how a file looked when it was checked.
type stamp struct {
	size int64
	at   time.Time
}

// maxChecked bounds how many files are remembered.
const maxChecked = 4096

// OpenDir opens the folder, making it if it is not there.
func OpenDir(name string) (*Dir, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, fault.E(fault.Unavailable, "The folder %s cannot be made.", name).Because(err)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fault.E(fault.Unavailable, "The folder %s cannot be opened.", name).Because(err)
	}
	return &Dir{name: name, root: root, trial: "trial-" + rand.Text()[:12], checked: map[string]stamp{}}, nil
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
func (d *Dir) Put(_ context.Context, b []byte) (hash string, err error) {
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
func (d *Dir) Get(_ context.Context, hash string) ([]byte, error) {
	f, err := d.open(hash)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, diskFault(err)
	}
	if Hash(b) != hash {
		return nil, damaged(hash)
	}
	return b, nil
}

// Open opens the bytes for reading a little at a time. They are checked against their hash when this
// process opens them for the first time, and again when their file was written since.
func (d *Dir) Open(_ context.Context, hash string) (io.ReadSeekCloser, error) {
	f, err := d.open(hash)
	if err != nil {
		return nil, err
	}
	if err := d.check(f, hash); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (d *Dir) open(hash string) (*os.File, error) {
	if !valid(hash) {
		return nil, none()
	}
	f, err := d.root.Open(place(hash))
	if errors.Is(err, fs.ErrNotExist) {
		if err := d.there(); err != nil { // nothing is known of any file
			return nil, diskFault(err)
		}
		return nil, none()
	}
	if err != nil {
		return nil, diskFault(err)
	}
	return f, nil
}

// check reads the file through, unless it was found whole before, and goes back to its beginning.
func (d *Dir) check(f *os.File, hash string) error {
	fi, err := f.Stat()
	if err != nil {
		return diskFault(err)
	}
	now := stamp{fi.Size(), fi.ModTime()}
	d.mu.Lock()
	was, ok := d.checked[hash]
	d.mu.Unlock()
	if ok && was == now {
		return nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return diskFault(err)
	}
	if hex.EncodeToString(h.Sum(nil)) != hash {
		return damaged(hash)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return diskFault(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.checked) >= maxChecked {
		clear(d.checked)
	}
	d.checked[hash] = now
	return nil
}

// there tells why the folder is not the one that was opened: it was taken away, or what was mounted there is not any more.
func (d *Dir) there() error {
	now, err := os.Stat(d.name)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.E(fault.Unavailable, "The folder of files %s is not there any more. Put it back; the node need not be started again.", d.name)
	}
	if err != nil {
		return d.cannot("found", err)
	}
	if was, err := d.root.Stat("."); err != nil {
		return d.cannot("read", err)
	} else if !os.SameFile(was, now) {
		return fault.E(fault.Unavailable, "Another folder lies at %s than the one of this node's files. Put that back, or mount it again; if the other one is right, start the node again.", d.name)
	}
	return nil
}

func (d *Dir) cannot(be string, err error) error {
	return fault.E(fault.Unavailable, "The folder of files %s cannot be %s: %s.", d.name, be, reason(err)).Because(err)
}

// reason is what the system said, without the path.
func reason(err error) string {
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	return err.Error()
}

// Look looks whether the folder is the one that was opened, lists a name of it, and writes, reads and removes a small file.
func (d *Dir) Look(context.Context) error {
	if err := d.there(); err != nil {
		return err
	}
	f, err := d.root.Open(".")
	if err == nil {
		_, err = f.Readdirnames(1)
		f.Close()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return d.cannot("read", err)
	}
	d.looks.Lock()
	defer d.looks.Unlock()
	defer d.root.Remove(d.trial)
	if err := d.writeTrial(); err != nil {
		return d.cannot("written", err)
	}
	if b, err := d.root.ReadFile(d.trial); err != nil {
		return d.cannot("read", err)
	} else if string(b) != trialText {
		return d.cannot("read", errOtherBytes)
	}
	return nil
}

const trialText = "a trial\n"

var errOtherBytes = errors.New("it gives other bytes than were written")

func (d *Dir) writeTrial() error {
	f, err := d.root.OpenFile(d.trial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(trialText)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Hold keeps every blob where it is until release is called. Whoever puts one holds until the row stands
// by which it is needed; so nobody removes it between the two.
func (d *Dir) Hold(context.Context) (release func(), err error) {
	d.held.RLock()
	return d.held.RUnlock, nil
}

// Remove removes the bytes unless they are needed, which is asked while nobody holds. It is no error if
// they are not there. Who has them open reads on to their end.
func (d *Dir) Remove(_ context.Context, hash string, needed func(hash string) (bool, error)) error {
	if !valid(hash) {
		return nil
	}
	d.held.Lock()
	defer d.held.Unlock()
	if yes, err := needed(hash); yes || err != nil {
		return err
	}
	return d.remove(place(hash))
}

func (d *Dir) remove(name string) error {
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diskFault(err)
	}
	return nil
}

// Sweep looks through one of the 256 folders and removes what was written before a time and is not needed:
// what a process left that died between putting a blob and writing the row that names it, or while it
// wrote the file. What is not named like a blob is left alone.
func (d *Dir) Sweep(ctx context.Context, folder byte, before time.Time, needed func(hash string) (bool, error)) (removed int, err error) {
	name := fmt.Sprintf("%02x", folder)
	f, err := d.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, diskFault(err)
	}
	defer f.Close()
	for {
		entries, err := f.ReadDir(500)
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return removed, err
			}
			gone, err := d.sweep(ctx, folder, name, e, before, needed)
			if err != nil {
				return removed, err
			}
			if gone {
				removed++
			}
		}
		if errors.Is(err, io.EOF) {
			return removed, nil
		}
		if err != nil {
			return removed, diskFault(err)
		}
	}
}

func (d *Dir) sweep(ctx context.Context, folder byte, name string, e fs.DirEntry, before time.Time, needed func(hash string) (bool, error)) (gone bool, err error) {
	rest, half := strings.CutSuffix(e.Name(), ".new")
	if !valid(name+rest) || !e.Type().IsRegular() {
		return false, nil
	}
	fi, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, diskFault(err)
	}
	if !fi.ModTime().Before(before) {
		return false, nil
	}
	if half {
		d.turn[folder].Lock() // against who is writing it
		defer d.turn[folder].Unlock()
		return true, d.remove(path.Join(name, e.Name()))
	}
	if yes, err := needed(name + rest); yes || err != nil { // nearly always: nobody is kept waiting for that
		return false, err
	}
	err = d.Remove(ctx, name+rest, func(hash string) (bool, error) {
		yes, err := needed(hash)
		gone = err == nil && !yes
		return yes, err
	})
	return gone, err
}

func none() error { return fault.E(fault.NotFound, "There is no document with this hash.") }

func damaged(hash string) error {
	return fault.E(fault.Corrupt, "The stored document %s is damaged: its bytes have another hash.", hash)
}

func diskFault(err error) error {
	return fault.E(fault.Unavailable, "The folder of documents cannot be read or written; look whether the disk is full or read-only.").Because(err)
}
