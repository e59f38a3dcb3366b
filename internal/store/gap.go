package store

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"unsafe"

	sqlite3 "modernc.org/sqlite/lib"
)

// When SQLite moves rows between neighbouring pages it leaves copies of them in what is unused of the
// pages, between the list of a page's cells and its first cell, and secure_delete does not reach those: a
// row erased later would still stand there. So our databases are opened through a VFS, SQLite's layer of
// files, that is the platform's own but for one thing: what is unused of a page is zeroed on its way into
// the database file. Copies can then be in the write-ahead log alone, which is emptied after an erasure.

// cleanVFS is the name of the VFS.
const cleanVFS = "jarchi-clean"

const (
	pageSize = 4096 // SQLite's default; pages of another size are left as they are

	// A page of the second kind, the rest of a long row, begins with the number of another page. Up to
	// this size of a database that number's first byte is less than any b-tree page's type, with room for
	// as much again in the write-ahead log. A larger one is written as it is.
	clearable = 64 << 30
)

// clearGap zeroes what is unused between the cells' places and the cells of a b-tree page at this place
// of the file. Whatever is not such a page, or not a sound one, is left as it is.
// (sqlite.org/fileformat2.html, 'B-tree Pages')
func clearGap(page []byte, offset int64) {
	head := 0
	if offset == 0 {
		head = 100 // of the database, before the first page's own
	}
	if len(page) != pageSize || offset%pageSize != 0 {
		return
	}
	places := head + 8
	switch page[head] {
	case 0x02, 0x05: // inner pages have a right-most child
		places += 4
	case 0x0a, 0x0d:
	default:
		return
	}
	from := places + 2*int(binary.BigEndian.Uint16(page[head+3:]))
	to := int(binary.BigEndian.Uint16(page[head+5:]))
	if from < to && to <= len(page) {
		clear(page[from:to])
	}
}

// The VFS and its methods are read by the translated library as C would: they are in its own memory, and stay.
var clean struct {
	sync.Mutex
	keep    []any               // the functions behind the pointers
	methods map[uintptr]uintptr // ours by the platform's
	err     error
	once    sync.Once
	large   atomic.Bool // a database has outgrown clearable, or was given auto_vacuum: nothing is cleared any more
}

type fileMethods struct {
	sqlite3.Tsqlite3_io_methods
	write uintptr // the platform's own
}

// vfsFor names the VFS that a database file is opened with; empty is the platform's own. It opens and closes the file, so nobody in this process may have it open.
func vfsFor(file string) (string, error) {
	if ok, err := clearableFile(file); err != nil || !ok {
		return "", err
	}
	clean.once.Do(func() {
		var db *sql.DB // a first connection sets the library up
		if db, clean.err = sql.Open("sqlite", ":memory:"); clean.err == nil {
			clean.err = db.Ping()
			db.Close()
		}
		if clean.err == nil {
			clean.err = registerClean(sqlite3.Xsqlite3_vfs_find, sqlite3.Xsqlite3_vfs_register, sqlite3.Xsqlite3_malloc)
		}
	})
	return cleanVFS, clean.err
}

// clearableFile reports whether the pages of a file can be told apart by their first byte. In one of a
// database with auto_vacuum, which ours is not unless somebody made it so, there are pages that begin as
// b-tree pages do and are none (sqlite.org/fileformat2.html, 'Pointer Map or Ptrmap Pages').
func clearableFile(file string) (bool, error) {
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() >= clearable {
		return false, err
	}
	var head [100]byte
	if _, err := f.ReadAt(head[:], 0); err == io.EOF {
		return true, nil // new: the default is none
	} else if err != nil {
		return false, err
	}
	return binary.BigEndian.Uint32(head[52:]) == 0, nil
}

// registerClean makes the VFS. T is the library's state of a thread; finding and registering a VFS and
// taking memory use no more of it than that it is there.
func registerClean[T any](find func(*T, uintptr) uintptr, register func(*T, uintptr, int32) int32, malloc func(*T, int32) uintptr) error {
	thread := new(T)
	own := find(thread, 0)
	ours := malloc(thread, int32(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	name := malloc(thread, int32(len(cleanVFS)+1))
	if own == 0 || ours == 0 || name == 0 {
		return fmt.Errorf("SQLite has no default VFS, or no memory")
	}
	type (
		opening = func(thread *T, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
		writing = func(thread *T, file, buf uintptr, n int32, offset int64) int32
	)
	write := func(thread *T, file, buf uintptr, n int32, offset int64) int32 {
		if offset+int64(n) > clearable {
			clean.large.Store(true)
		}
		if n == pageSize && !clean.large.Load() {
			page := unsafe.Slice((*byte)(at(buf)), pageSize)
			if offset == 0 && binary.BigEndian.Uint32(page[52:]) != 0 { // vacuumed so while it was open; the first page comes first
				clean.large.Store(true)
			} else {
				clearGap(page, offset)
			}
		}
		methods := (*fileMethods)(at((*sqlite3.Tsqlite3_file)(at(file)).FpMethods))
		return (*(*writing)(unsafe.Pointer(&struct{ uintptr }{methods.write})))(thread, file, buf, n, offset)
	}
	open := func(thread *T, vfs, name, file uintptr, flags int32, outFlags uintptr) int32 {
		ownOpen := (*sqlite3.Tsqlite3_vfs)(at(own)).FxOpen
		rc := (*(*opening)(unsafe.Pointer(&struct{ uintptr }{ownOpen})))(thread, own, name, file, flags, outFlags)
		if f := (*sqlite3.Tsqlite3_file)(at(file)); rc == sqlite3.SQLITE_OK && flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0 && f.FpMethods != 0 {
			f.FpMethods = cleanMethods(f.FpMethods, *(*uintptr)(unsafe.Pointer(&write)), func(n int32) uintptr { return malloc(thread, n) })
		}
		return rc
	}
	clean.keep = []any{write, open}
	copy(unsafe.Slice((*byte)(at(name)), len(cleanVFS)+1), cleanVFS+"\x00")
	clean.methods = map[uintptr]uintptr{}
	vfs := (*sqlite3.Tsqlite3_vfs)(at(ours))
	*vfs = *(*sqlite3.Tsqlite3_vfs)(at(own))
	vfs.FpNext = 0
	vfs.FzName = name
	vfs.FxOpen = *(*uintptr)(unsafe.Pointer(&open))
	if rc := register(thread, ours, 0); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("SQLite's VFS could not be registered (%d)", rc)
	}
	return nil
}

// cleanMethods are the platform's methods of a file with ours for writing; the platform's without memory.
func cleanMethods(own, write uintptr, malloc func(int32) uintptr) uintptr {
	clean.Lock()
	defer clean.Unlock()
	ours := clean.methods[own]
	if ours == 0 {
		if ours = malloc(int32(unsafe.Sizeof(fileMethods{}))); ours == 0 {
			return own
		}
		m := (*fileMethods)(at(ours))
		m.Tsqlite3_io_methods = *(*sqlite3.Tsqlite3_io_methods)(at(own))
		m.write, m.FxWrite = m.FxWrite, write
		clean.methods[own] = ours
	}
	return ours
}

// at is what stands at an address of the translated library.
func at(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) }
