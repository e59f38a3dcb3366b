package tlog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
)

// Guard keeps a node from signing two trees of one size, the one thing a log can never take back.
// It is a file outside the database and outside every back-up, holding for each log the last size
// and root that may have left the process. The order is: commit the transaction (leaf, hashes,
// signed checkpoint), then [Guard.Advance], then let the checkpoint out. So
//
//   - a crash before the commit leaves database and guard at the old head; the note that was
//     signed was never seen by anybody;
//   - a crash between commit and Advance leaves the guard behind the database; [Guard.Check] sees
//     that the database's tree continues the guard's and moves the guard on;
//   - a crash inside Advance leaves either of the two, never a mixture (guardpage.go says why);
//   - a database restored from an older back-up is behind the guard: Check refuses, for good.
//
// The file is locked while open: two processes cannot grow one log. A Guard is safe for use by
// several goroutines.
type Guard struct {
	path string
	sync func(*os.File) error // replaced in tests to fail

	mu     sync.Mutex
	file   *os.File
	born   int64 // when the file system says the file was made; 0 if it does not say
	pairs  []pagePair
	places map[string]place // of every log in the file
	passed map[string]bool  // logs that Check has let through since the file was opened
	failed error            // after a failed write or sync nothing on the disk is certain
}

// place says where a log's record stands: which pair of pages, which record of the page.
type place struct{ pair, record int }

// OpenGuard opens the guard file, creating an empty one where there is none, and locks it. The
// folder must exist. Unavailable when another process holds it or it cannot be read; Corrupt when
// its content is damaged; Conflict when it is a copy of the file that was written here, as after
// restoring a whole folder: what it knows may be as old as the database beside it.
func OpenGuard(path string) (*Guard, error) {
	g := &Guard{path: path, sync: syncData, places: map[string]place{}, passed: map[string]bool{}}
	_, statErr := os.Stat(path)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.E(fault.Unavailable, "The guard file %s cannot be opened for writing.", path).Because(err)
	}
	g.file = f
	if err := lockFile(f); err != nil {
		f.Close()
		return nil, fault.E(fault.Unavailable, "The guard file %s is in use: another process signs these logs. Stop that one first.", path).Because(err)
	}
	// A new file's name must be on the disk before the first checkpoint leaves, or a power cut could
	// take the file and its knowledge with it.
	if errors.Is(statErr, os.ErrNotExist) {
		if err := syncFolder(filepath.Dir(path)); err != nil {
			f.Close()
			return nil, fault.E(fault.Unavailable, "The folder of the guard file %s cannot be made durable.", path).Because(err)
		}
	}
	if err := g.load(); err != nil {
		f.Close()
		return nil, err
	}
	return g, nil
}

func (g *Guard) load() error {
	info, err := g.file.Stat()
	if err != nil {
		return fault.E(fault.Unavailable, "The guard file %s cannot be read.", g.path).Because(err)
	}
	g.born = bornAt(g.file)
	if info.Size()%(2*pageSize) != 0 || info.Size() > maxGuardFile {
		return g.corrupt("its length is %d bytes", info.Size())
	}
	var pages [2 * pageSize]byte
	for i := range int(info.Size() / (2 * pageSize)) {
		if _, err := io.ReadFull(io.NewSectionReader(g.file, int64(i)*2*pageSize, 2*pageSize), pages[:]); err != nil {
			return fault.E(fault.Unavailable, "The guard file %s cannot be read.", g.path).Because(err)
		}
		p, err := choosePage(i, pages[:pageSize], pages[pageSize:])
		if err != nil {
			return g.corrupt("%v", err)
		}
		if p.born != 0 && g.born != 0 && p.born != g.born {
			return fault.E(fault.Conflict, "The guard file %s is a copy: it was restored or moved here, and the logs may have been signed further since it was made. Nothing is signed. Move the file away, compare each log's size and root with a witness or mirror, and confirm them.", g.path)
		}
		for j, r := range p.records {
			if _, twice := g.places[r.log]; twice {
				return g.corrupt("the log %s stands in it twice", r.log)
			}
			g.places[r.log] = place{i, j}
		}
		g.pairs = append(g.pairs, p)
	}
	return nil
}

func (g *Guard) corrupt(format string, args ...any) error {
	why := fmt.Sprintf(format, args...)
	return fault.E(fault.Corrupt, "The guard file %s is damaged: %s. Nothing is signed. Move the file away, compare each log's size and root with a witness or mirror, and confirm them.", g.path, why)
}

// Head returns what the guard holds for a log; ok is false if it holds nothing.
func (g *Guard) Head(log string) (h Head, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.head(log)
}

// Heads returns what the guard holds, by log.
func (g *Guard) Heads() map[string]Head {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make(map[string]Head, len(g.places))
	for log := range g.places {
		all[log], _ = g.head(log)
	}
	return all
}

func (g *Guard) head(log string) (Head, bool) {
	p, ok := g.places[log]
	if !ok {
		return Head{}, false
	}
	return g.pairs[p.pair].records[p.record].head, true
}

// Enter makes a log known that is being made, before the database has it, so that the file never lacks one
// that the database has. Advance is open for it. Corrupt if the file knows it with leaves, Unavailable if
// the file could not be written. What a crash leaves known and not made is entered again.
func (g *Guard) Enter(log string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.head(log); ok || !ValidLogName(log) {
		if err := g.compare(log, EmptyHead(), nil); err != nil {
			return err
		}
	}
	if err := g.write(map[string]Head{log: EmptyHead()}); err != nil {
		return err
	}
	g.passed[log] = true
	return nil
}

// Check decides, once a start and log, whether the database may grow this log: head is its latest
// signed head, [EmptyHead] for a log without leaves, and r reads its stored hashes. On success the
// guard durably holds head, and Advance is open for the log. Otherwise nothing may be signed for it:
//
//   - Corrupt: the file is ahead of the database, or knows another tree;
//   - Conflict: the file does not know the log, be it without leaves: those that it has elsewhere may have
//     come after this back-up (see [Guard.Confirm]);
//   - Unavailable: the file could not be written.
func (g *Guard) Check(log string, head Head, r HashReader) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.compare(log, head, r); err != nil {
		return err
	}
	if err := g.write(map[string]Head{log: head}); err != nil {
		return err
	}
	g.passed[log] = true
	return nil
}

func (g *Guard) compare(log string, head Head, r HashReader) error {
	if !ValidLogName(log) {
		return fault.E(fault.Invalid, "%q is not the name of a log.", log)
	}
	known, ok := g.head(log)
	if !ok {
		return fault.E(fault.Conflict, "The guard file %s does not know the log %s, which has %d leaves here and the root %s. If the file was lost, or this data came from another machine, compare size and root with a witness or a mirror and confirm them; until then nothing is signed.", g.path, log, head.Size, head.Root)
	}
	return g.Continues(log, known, head, r)
}

// Continues is nil if the tree of head is the one that the file knew as known when it was last asked, or continues it; otherwise Corrupt. What the file
// knows meanwhile plays no part, so that a log may grow while it is compared. r reads the stored hashes.
func (g *Guard) Continues(log string, known, head Head, r HashReader) error {
	switch {
	case known.Size > head.Size:
		return fault.E(fault.Corrupt, "The log %s had %d leaves when it was last signed, but the database has %d: it is older than what others have seen, perhaps a restored back-up. Nothing is signed. Bring back the newer database, or fetch the missing leaves from a mirror. (Guard file %s)", log, known.Size, head.Size, g.path)
	case known.Size == head.Size && known.Root != head.Root:
		return g.fork(log, known)
	case known.Size < head.Size:
		if r == nil {
			return fault.E(fault.Internal, "tlog: Check of %s needs its stored hashes", log)
		}
		root, err := xtlog.TreeHash(known.Size, r)
		if err != nil {
			return fault.E(fault.KindOf(err), "The stored hashes of the log %s cannot be read, so it cannot be compared with the guard file %s.", log, g.path).Because(err)
		}
		if root != known.Root {
			return g.fork(log, known)
		}
	}
	return nil
}

func (g *Guard) fork(log string, known Head) error {
	return fault.E(fault.Corrupt, "The log %s is not the one that was signed: at %d leaves its root was %s, and the database gives another. That would be a fork; nothing is signed. Bring back the database that belongs to the guard file %s.", log, known.Size, known.Root, g.path)
}

// Confirm enters a log that the file does not know with the size and root that a witness or mirror,
// or the operator on their word, vouches for. Check follows and compares the database with it.
// Conflict if the file knows the log: what it knows is never overruled.
func (g *Guard) Confirm(log string, size int64, root Hash) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !ValidLogName(log) {
		return fault.E(fault.Invalid, "%q is not the name of a log.", log)
	}
	h := Head{Size: size, Root: root}
	if size < 0 || size > maxSize || size == 0 && h != EmptyHead() {
		return fault.E(fault.Invalid, "No log has %d leaves and the root %s.", size, root)
	}
	if known, ok := g.head(log); ok {
		return fault.E(fault.Conflict, "The guard file %s already knows the log %s at %d leaves; that cannot be overruled.", g.path, log, known.Size)
	}
	return g.write(map[string]Head{log: h})
}

// Advance makes the heads durable: one page written in place for up to 38 logs, one fdatasync in
// all. Only when it has returned nil may a checkpoint of these heads leave the process. A log must
// have passed Check; a head never goes back and never changes its root (Corrupt, nothing written).
// After a failed write every further call fails (Unavailable): what then stands on the disk is
// unknown, and only opening the file again finds out.
func (g *Guard) Advance(heads map[string]Head) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for log, h := range heads {
		known, ok := g.head(log)
		switch {
		case !ok || !g.passed[log]:
			return fault.E(fault.Internal, "The log %s was not checked against the guard file before it grew.", log)
		case h.Size < known.Size:
			return fault.E(fault.Corrupt, "The log %s cannot go back from %d leaves to %d.", log, known.Size, h.Size)
		case h.Size == known.Size && h.Root != known.Root:
			return fault.E(fault.Corrupt, "The log %s cannot have two trees of %d leaves.", log, h.Size)
		}
	}
	return g.write(heads)
}

// write enters or moves heads. Memory follows the disk: it changes only after the sync.
func (g *Guard) write(heads map[string]Head) error {
	if g.failed != nil {
		return g.failed
	}
	if g.file == nil {
		return fault.E(fault.Internal, "The guard file %s is closed.", g.path)
	}
	changed := map[int]pagePair{}
	entered := map[string]place{}
	pairs := len(g.pairs)
	next := func(i int) pagePair {
		if p, ok := changed[i]; ok {
			return p
		}
		var p pagePair
		if i < len(g.pairs) {
			p = g.pairs[i].clone()
		}
		p.generation++
		p.born = g.born
		return p
	}
	for log, h := range heads {
		at, ok := g.places[log]
		if !ok {
			at = g.free(pairs, changed)
			pairs = max(pairs, at.pair+1)
			p := next(at.pair)
			p.records = append(p.records, guardRecord{log, h})
			changed[at.pair], entered[log] = p, at
			continue
		}
		if g.pairs[at.pair].records[at.record].head == h {
			continue
		}
		p := next(at.pair)
		p.records[at.record].head = h
		changed[at.pair] = p
	}
	if len(changed) == 0 {
		return nil
	}
	if err := g.store(changed, pairs); err != nil {
		g.failed = fault.E(fault.Unavailable, "The guard file %s could not be written. Nothing more is signed until the node is started again.", g.path).Because(err)
		return g.failed
	}
	for i, p := range changed {
		for len(g.pairs) <= i {
			g.pairs = append(g.pairs, pagePair{})
		}
		g.pairs[i] = p
	}
	for log, at := range entered {
		g.places[log] = at
	}
	return nil
}

// free finds room for a new record in the last pair, or names a new pair.
func (g *Guard) free(pairs int, changed map[int]pagePair) place {
	if pairs == 0 {
		return place{}
	}
	last := pairs - 1
	n := 0
	if p, ok := changed[last]; ok {
		n = len(p.records)
	} else if last < len(g.pairs) {
		n = len(g.pairs[last].records)
	}
	if n == recordsPerPage {
		return place{pairs, 0}
	}
	return place{last, n}
}

func (g *Guard) store(changed map[int]pagePair, pairs int) error {
	if pairs > len(g.pairs) {
		// The file grows by whole pairs in one step, before anything is written into them: a crash
		// here leaves pairs of zeroes, which load as pairs without records.
		if err := g.file.Truncate(int64(pairs) * 2 * pageSize); err != nil {
			return err
		}
		// Zeroes written now take the blocks, so that a full disk shows here, when a log is made, and
		// not when it grows.
		zeroes := make([]byte, 2*pageSize)
		for i := len(g.pairs); i < pairs; i++ {
			if _, err := g.file.WriteAt(zeroes, int64(i)*2*pageSize); err != nil {
				return err
			}
		}
	}
	for i, p := range changed {
		if _, err := g.file.WriteAt(p.encode(i), p.offset(i)); err != nil {
			return err
		}
	}
	return g.sync(g.file)
}

// Close releases the lock and the file.
func (g *Guard) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.file == nil {
		return nil
	}
	err := g.file.Close()
	g.file = nil
	return err
}
