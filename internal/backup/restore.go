package backup

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

// restoring is the database's name until everything is there and checked.
const restoring = databaseName + ".restoring"

// restoringDump is a server's dump until it is brought in.
const restoringDump = "jarchi.dump.restoring"

// Restore puts a back-up into a folder that is empty or not there. Only when all is read, checked and on
// the disk does the database get its name; before that, and after a crash, the folder holds no node. After
// an error it is as empty as it was. The guard file is not restored: nothing is signed before the logs are confirmed. Files come into
// the folder, wherever they lay: a node that is brought back to be looked at does not touch the bucket of the one that runs.
func Restore(ctx context.Context, r io.Reader, dir string) (rep Report, err error) {
	return restore(ctx, r, dir, nil)
}

func restore(ctx context.Context, r io.Reader, dir string, into *store.Restoring) (rep Report, err error) {
	_, err = os.Stat(dir)
	made := errors.Is(err, fs.ErrNotExist)
	lock, err := store.LockEmpty(dir)
	if err != nil {
		return rep, err
	}
	defer lock.Close()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return rep, fault.E(fault.Unavailable, "The folder %s cannot be opened.", dir).Because(err)
	}
	defer root.Close()
	f := &folder{ctx: ctx, dir: dir, root: root, into: into}
	defer func() {
		if err == nil {
			return
		}
		for _, name := range []string{restoring, restoring + "-wal", restoring + "-shm", restoring + "-journal", restoringDump, "database", "database.new", "blobs", "lock"} {
			root.RemoveAll(name)
		}
		if made {
			os.Remove(dir)
		}
	}()
	if rep, err = read(ctx, r, f); err != nil {
		return rep, err
	}
	for _, name := range append(f.made, "blobs") {
		if err := f.sync(name); err != nil {
			return rep, f.fault(err)
		}
	}
	if into != nil {
		if err := into.Restore(ctx, filepath.Join(dir, restoringDump), *rep.Server, rep.Tables); err != nil {
			return rep, err
		}
		if err := into.Keep(ctx, dir, rep.Tables); err != nil {
			return rep, err
		}
		_ = root.Remove(restoringDump) // it is a node's folder now; what is left in it harms nobody
		return rep, nil
	}
	if err := store.ForgetFilesPlace(ctx, filepath.Join(dir, restoring)); err != nil {
		return rep, err
	}
	if err := root.Rename(restoring, databaseName); err != nil {
		return rep, f.fault(err)
	}
	if err := f.sync("."); err != nil {
		root.Remove(databaseName)
		return rep, f.fault(err)
	}
	return rep, nil
}

type folder struct {
	ctx  context.Context
	into *store.Restoring // nil: the database comes into the folder
	dir  string
	root *os.Root
	made []string // folders
}

func (f *folder) begin(h Head) error {
	if err := fits(f.ctx, h, f.into); err != nil {
		return err
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(f.dir, &disk); err == nil && h.Database/int64(disk.Bsize) > int64(disk.Bavail) {
		return fault.E(fault.Unavailable, "The database of the back-up has %d MB, and the disk that holds %s has room for %d MB.", h.Database>>20, f.dir, int64(disk.Bavail)*int64(disk.Bsize)>>20)
	}
	return f.mkdir("blobs")
}

func (f *folder) mkdir(name string) error {
	if err := f.root.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return f.fault(err)
	}
	return nil
}

func (f *folder) part(name string, size int64) (io.WriteCloser, error) {
	if name == databaseName {
		name = restoring
	} else if sub := path.Dir(name); len(f.made) == 0 || f.made[len(f.made)-1] != sub {
		if err := f.mkdir(sub); err != nil {
			return nil, err
		}
		f.made = append(f.made, sub)
	}
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, f.fault(err)
	}
	return &durable{f, file}, nil
}

func (f *folder) pages(size, end int64) (io.WriteCloser, error) {
	file, err := f.root.OpenFile(restoring, os.O_WRONLY, 0)
	if err != nil {
		return nil, f.fault(err)
	}
	d := &durable{f, file}
	return &patch{d, records{size: 8 + int(size), each: func(b []byte) error {
		at := binary.BigEndian.Uint64(b)
		if at == 0 || at > uint64(end/size) {
			return refused("it has page %d", at)
		}
		_, err := file.WriteAt(b[8:], int64(at-1)*size)
		return f.fault(err)
	}}}, nil
}

func (f *folder) dump() (io.WriteCloser, error) {
	file, err := f.root.OpenFile(restoringDump, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, f.fault(err)
	}
	return &durable{f, file}, nil
}

// patch puts pages into their places.
type patch struct {
	file  *durable
	pages records
}

func (p *patch) Write(b []byte) (int, error) { return p.pages.Write(b) }

func (p *patch) Close() error { return p.file.Close() }

// settle looks whether the database is page for page what it was at the moment of the back-up.
func (f *folder) settle(h Head) (err error) {
	if h.Server != nil {
		return nil // its tables are compared when they are there
	}
	file, err := f.root.OpenFile(restoring, os.O_RDWR, 0)
	if err != nil {
		return f.fault(err)
	}
	d := &durable{f, file}
	defer func() {
		if cerr := d.Close(); err == nil {
			err = cerr
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return f.fault(err)
	}
	if err := h.sized(info.Size()); err != nil {
		return err
	}
	if err := file.Truncate(h.Database); err != nil {
		return f.fault(err)
	}
	sum, page := store.NewPageSum(), make([]byte, h.PageSize)
	from := bufio.NewReaderSize(file, 1<<20)
	for range h.Database / h.PageSize {
		if _, err := io.ReadFull(from, page); err != nil {
			return f.fault(err)
		}
		sum.Add(page)
	}
	return h.summed(sum)
}

// durable is a file that is on the disk when it is closed.
type durable struct {
	folder *folder
	file   *os.File
}

func (d *durable) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	return n, d.folder.fault(err)
}

func (d *durable) Close() error {
	return d.folder.fault(errors.Join(d.file.Sync(), d.file.Close()))
}

func (f *folder) sync(name string) error {
	d, err := f.root.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func (f *folder) fault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.E(fault.Unavailable, "The disk that holds %s is full. Nothing was restored.", f.dir).Because(err)
	}
	return fault.E(fault.Unavailable, "The folder %s cannot be written.", f.dir).Because(err)
}
