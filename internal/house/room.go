package house

import (
	"sync"
	"syscall"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// room is whether the disk has room for what is new.
type room struct {
	mu      sync.Mutex
	free    int64
	total   int64
	unknown bool
	full    bool
	changed chan struct{} // closed and replaced when full changes
}

// ErrFull refuses what is new while the disk is nearly full. Reading, withdrawing and erasing go on.
var ErrFull = fault.E(fault.Unavailable, "The disk of this node is nearly full, so nothing new is taken in. What is here can be read and withdrawn. It goes on by itself once there is room.")

// Room is nil while new material may be taken in, and ErrFull while the disk has less free than is to be kept.
func (s *Service) Room() error {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	if s.room.full {
		return ErrFull
	}
	return nil
}

// RoomChanged is closed when Room changes its mind. Take it before asking.
func (s *Service) RoomChanged() <-chan struct{} {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	if s.room.changed == nil {
		s.room.changed = make(chan struct{})
	}
	return s.room.changed
}

// look measures the disk. What was full counts as having room again only with a quarter more than is to be kept, so that it does not go
// back and forth.
func (s *Service) look() {
	free, total, err := s.Free(s.Dir)
	r := &s.room
	r.mu.Lock()
	was := r.full
	r.free, r.total, r.unknown = free, total, err != nil
	switch {
	case err != nil || s.KeepFree < 0:
		r.full = false // the database says it when it is really full
	case r.full:
		r.full = free < s.KeepFree+s.KeepFree/4
	default:
		r.full = free < s.KeepFree
	}
	now := r.full
	if was != now && r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
	r.mu.Unlock()
	switch {
	case now && !was:
		s.Log.Error("the disk is nearly full: nothing new is taken in until there is room", "free", free, "keep", s.KeepFree)
	case was && !now:
		s.Log.Info("the disk has room again", "free", free)
	}
}

func (s *Service) storage() Storage {
	s.look()
	r := &s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	return Storage{Bytes: r.total, Free: r.free, Keep: max(s.KeepFree, 0), Full: r.full, Unknown: r.unknown}
}

// DiskFree is what the file system of a folder has left for this process's user (statfs).
func DiskFree(dir string) (free, total int64, err error) {
	var f syscall.Statfs_t
	if err := syscall.Statfs(dir, &f); err != nil {
		return 0, 0, err
	}
	return int64(f.Bavail) * int64(f.Bsize), int64(f.Blocks) * int64(f.Bsize), nil
}

// pause between two looks at the disk, the writer and the clock.
const pause = 2 * time.Second
