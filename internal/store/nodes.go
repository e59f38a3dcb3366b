package store

import (
	"context"
	"errors"
	"slices"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
)

// Several nodes on one database. The database alone decides: each change is made in a transaction that no other node's overlaps, and what a node keeps in
// memory is a copy. Before a transaction does anything, the writer knows that nobody else has committed since it last looked, or has
// looked again (engine.begin). Who only reads is told by the database, a moment later.
//
// One of the nodes is the first. It alone does what one should do for all: keeping the prints, placing texts in stories, telling subscriptions
// what happened.

// news is what other nodes may have changed of what is kept in memory.
type news struct {
	position   int64
	partitions int64
	sizes      map[string]int64 // of logs, by name
	epochs     map[string]int64 // by what they are of: a commit that changes it writes another number
}

// What has an epoch, as rows of the table counter.
const (
	epochMembers   = "epoch members"
	epochGone      = "epoch gone"      // words that went
	epochLanguages = "epoch languages" // a language that was new in the index
	epochPrints    = "epoch prints"    // a sketch that was dropped by another node than the first
)

// told is what happened to texts by another node's doing.
type told struct {
	Gone  []int64 `json:"g,omitempty"` // documents that lost their words
	Moved []int64 `json:"m,omitempty"` // reports that belong elsewhere
	All   bool    `json:"a,omitempty"` // any may have
}

// OnTold has f told what became of texts by the doing of other nodes: documents that lost their words, reports about whose stories somebody
// decided; or, if all is true, that nobody knows, as after a time in which the database was away, or when this node has become the
// first. What is heard before is not told: nothing of it has been read yet.
func (s *Store) OnTold(f func(gone, moved []int64, all bool)) { s.told.Store(&f) }

func (s *Store) tellTold(gone, moved []int64, all bool) {
	if f := s.told.Load(); f != nil && (all || len(gone)+len(moved) > 0) {
		(*f)(gone, moved, all)
	}
}

// First reports whether this is the node that does what one should do for all.
func (s *Store) First() bool { return s.e.first() }

// Moved notes that reports belong to other stories now, for the linker of another node.
func (t *Tx) Moved(positions ...int64) { t.moved = append(t.moved, positions...) }

// regressed is errElsewhere if the logs of the database are not at least as long as the guard file knew them before they were read.
func (s *Store) regressed(known map[string]tlog.Head, n news) error {
	for name, h := range known {
		if n.sizes[name] < h.Size {
			return s.elsewhere(errElsewhere)
		}
	}
	return nil
}

// follow brings what is kept in memory up to what other nodes have committed: what the writer goes by, and what is only faster than asking.
func (s *Store) follow(ctx context.Context, n news) error {
	s.mu.Lock()
	changed := map[string]bool{}
	for name, at := range n.epochs {
		changed[name] = s.epochs[name] != at
		if name != epochLanguages { // that is for who has time
			s.epochs[name] = at
		}
	}
	happened := s.position != n.position
	s.position = n.position
	s.mu.Unlock()
	if changed[epochMembers] {
		s.members.turn.Add(1)
	}
	if changed[epochGone] {
		s.contents.forget()
	}
	if changed[epochPrints] {
		s.prints.mu.Lock()
		s.prints.left = true
		s.prints.mu.Unlock()
	}
	if all := s.partitions.Load(); all != nil && n.partitions > int64(len(*all)) {
		if err := s.loadPartitions(ctx); err != nil {
			return err
		}
	}
	if happened { // what was made of older events is not used by whoever has written since
		s.wakeAll()
	}
	return nil
}

// catchUp is follow with what may be served: heads of logs that other nodes signed, once they are found to continue what the guard file knows and it knows
// them; and languages. known is what the file knew before the news were read.
func (s *Store) catchUp(ctx context.Context, known map[string]tlog.Head, n news) error {
	if err := s.regressed(known, n); err != nil {
		return err
	}
	s.mu.Lock()
	grown := len(n.sizes) != len(s.heads)
	for name, size := range n.sizes {
		grown = grown || s.heads[name].Head.Size < size
	}
	languages := s.epochs[epochLanguages] != n.epochs[epochLanguages]
	s.mu.Unlock()
	if grown {
		heads, err := s.readLogs(ctx)
		if err != nil {
			return err
		}
		next := map[string]LogHead{}
		for _, h := range heads {
			known, ok := s.guard.Head(h.Name)
			if ok && known.Size > h.Head.Size { // this node has grown it since
				continue
			}
			if err := s.continues(h, known, ok, tlog.Reader(ctx, s.Rows(h))); err != nil {
				return err
			}
			next[h.Name] = h
		}
		if err := s.advanceGuard(next); err != nil {
			return err
		}
	}
	if err := s.follow(ctx, n); err != nil {
		return err
	}
	if languages {
		if err := s.loadLanguages(ctx); err != nil {
			return err
		}
		s.mu.Lock()
		s.epochs[epochLanguages] = n.epochs[epochLanguages]
		s.mu.Unlock()
	}
	return nil
}

// continues compares a log of the database with what the guard file knew of it; errElsewhere where that is another tree. The file may know more by
// now, as the writer and who hears of other nodes both come here. A log that it did not know, ok being false, was made by another node while this one had
// the database open, and is entered.
func (s *Store) continues(h LogHead, known tlog.Head, ok bool, r tlog.HashReader) error {
	if !ok {
		s.guarding.Lock()
		defer s.guarding.Unlock()
		err := s.guard.Confirm(h.Name, h.Head.Size, h.Head.Root)
		if err == nil {
			return s.guard.Check(h.Name, h.Head, r)
		}
		if known, ok = s.guard.Head(h.Name); !ok || fault.KindOf(err) != fault.Conflict {
			return err
		}
		if known.Size > h.Head.Size { // entered and grown by this node since
			return nil
		}
	}
	if known == h.Head {
		return nil
	}
	read := &hashesRead{HashReader: r}
	err := s.guard.Continues(h.Name, known, h.Head, read)
	if read.err != nil {
		return read.err
	}
	if err != nil && fault.KindOf(err) == fault.Corrupt {
		return s.elsewhere(errors.Join(errElsewhere, err))
	}
	return err
}

// hashesRead keeps the error of who reads.
type hashesRead struct {
	tlog.HashReader
	err error
}

func (r *hashesRead) ReadHashes(pos []int64) (hs []tlog.Hash, err error) {
	hs, r.err = r.HashReader.ReadHashes(pos)
	return hs, r.err
}

// wakeAll tells who waits that something happened.
func (s *Store) wakeAll() {
	s.mu.Lock()
	close(s.wake)
	s.wake = make(chan struct{})
	s.mu.Unlock()
}

// unload forgets the prints: another node may keep them, or has kept them.
func (x *printIndex) unload() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.loaded, x.left, x.last, x.turn = false, false, 0, printTurn{}
	clear(x.waiting[:])
}

// newLanguages reports whether marks name a language that this node has not seen in the index.
func (s *Store) newLanguages(marks []string) bool {
	return slices.ContainsFunc(marks, func(m string) bool { return s.isNewLanguage(m) })
}
