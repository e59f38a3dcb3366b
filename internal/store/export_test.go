package store

// SetPartitionSize makes partitions of the index small, before anything is written.
func (s *Store) SetPartitionSize(positions int64) { s.partitionSize = positions }

// SetPrintRound makes the rounds of the buckets of prints short, before anything is written.
func (s *Store) SetPrintRound(sketches int) { s.prints.round = sketches }

// PackPassages and UnpackPassages are how passages lie in a row.
var (
	PackPassages   = packPassages
	UnpackPassages = unpackPassages
)
