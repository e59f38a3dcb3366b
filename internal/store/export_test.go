package store

import (
	"database/sql"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/story"
)

// SetPartitionSize makes partitions of the index small, before anything is written.
func (s *Store) SetPartitionSize(positions int64) { s.partitionSize = positions }

// SetPrintRound makes the rounds of the buckets of prints short, before anything is written.
func (s *Store) SetPrintRound(sketches int) { s.prints.round = sketches }

// PackPassages and UnpackPassages are how passages lie in a row.
var (
	PackPassages   = packPassages
	UnpackPassages = unpackPassages
)

// CheckpointWait is how long the checkpointer waits for readers.
func (s *Store) CheckpointWait(t *testing.T) (wait time.Duration) {
	var ms int64
	if err := s.e.(*sqliteEngine).ckpt.QueryRow("pragma busy_timeout").Scan(&ms); err != nil {
		t.Fatal(err)
	}
	return time.Duration(ms) * time.Millisecond
}

// LockNode is the lock of a database.
const LockNode = int64(lockNode)

// GoneNode is a condition of the row of a node that is not there.
const GoneNode = gone

// Spoken is a statement as PostgreSQL is told it.
var Spoken = spoken

// Exec runs a statement in a turn of the writer.
func (t *Tx) Exec(q string, args ...any) (sql.Result, error) { return t.exec(q, args...) }

// Waiting is how many prints of a sketch wait for their bucket.
func (s *Store) Waiting(id uint32) (n int) {
	s.prints.mu.Lock()
	defer s.prints.mu.Unlock()
	for _, p := range s.prints.waiting {
		for _, posting := range p {
			if story.DocOf(posting) == id {
				n++
			}
		}
	}
	return n
}
