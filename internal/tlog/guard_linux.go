package tlog

import (
	"errors"
	"os"
	"syscall"
)

// syncData makes written data durable, with the length if that has changed, but not the times:
// writing in place then costs one flush of the disk and no commit of the file system's journal.
func syncData(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
