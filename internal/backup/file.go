package backup

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"jarchi.dev/jarchi/internal/fault"
)

// beginning is how the first gzip member of every back-up begins; byte 8 tells the level.
var beginning = append([]byte{0x1f, 0x8b, 8, 1 << 3, 0, 0, 0, 0, 4, 255}, archiveName+"\x00"...)

// ToFile has a back-up written under a temporary name beside its own and gives it its name when it is whole
// and on the disk. A back-up of that name is replaced then, and no other file ever. The file is readable by
// its owner alone. What a crash leaves, NAME.new, the next back-up of that name overwrites.
func ToFile(name string, write func(io.Writer) error) (err error) {
	broken := func(err error) error {
		var known *fault.Error
		switch {
		case err == nil || errors.As(err, &known):
			return err
		case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
			return fault.E(fault.Unavailable, "The disk that is to hold %s is full. There is no back-up of that name that was not there before.", name).Because(err)
		case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrNotExist):
			return fault.E(fault.Unavailable, "The back-up %s cannot be written. The folder must exist, and this user have the right to write there.", name).Because(err)
		}
		return err
	}
	part := name + ".new"
	for _, there := range []string{name, part} {
		if err := replaceable(there); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return broken(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fault.E(fault.Busy, "Another back-up to %s is being written.", name).Because(err)
	}
	defer func() {
		if err != nil {
			os.Remove(part)
		}
	}()
	if err := errors.Join(f.Chmod(0o600), f.Truncate(0)); err != nil {
		return broken(err)
	}
	if err := write(&steady{f: f}); err != nil {
		return broken(err)
	}
	if err := f.Sync(); err != nil {
		return broken(err)
	}
	if err := os.Rename(part, name); err != nil {
		return broken(err)
	}
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return broken(err)
	}
	defer d.Close()
	return broken(d.Sync())
}

// steady puts what is written on the disk a little at a time, so that a node on the same disk, which waits
// for the disk with each publication, never waits for much of it.
type steady struct {
	f *os.File
	n int
}

func (s *steady) Write(p []byte) (int, error) {
	n, err := s.f.Write(p)
	if s.n += n; err == nil && s.n >= 4<<20 {
		s.n = 0
		err = s.f.Sync()
	}
	return n, err
}

// replaceable refuses to write over what is no back-up.
func replaceable(name string) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return nil
	}
	if err == nil && info.Mode().IsRegular() {
		var f *os.File
		if f, err = os.Open(name); err == nil {
			defer f.Close()
			head := make([]byte, len(beginning))
			n, rerr := io.ReadFull(f, head)
			if n > 0 && bytes.HasPrefix(beginning, head[:n]) {
				return nil
			}
			err = rerr
		}
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.E(fault.Unavailable, "What is at %s cannot be read.", name).Because(err)
	}
	return fault.E(fault.Conflict, "%s is there already and is no back-up of Jarchi; it is not written over. Choose another name.", name)
}
