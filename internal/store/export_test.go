package store

// SetPartitionSize makes partitions of the index small, before anything is written.
func (s *Store) SetPartitionSize(positions int64) { s.partitionSize = positions }

// SetPrintRound makes the rounds of the buckets of prints short, before anything is written.
func (s *Store) SetPrintRound(sketches int) { s.prints.round = sketches }

// Unsettled is how many closed partitions are still to be merged; only for a node at rest.
func (s *Store) Unsettled() (n int) {
	var err error
	if err = s.r.QueryRow("select count(*) from search_partition where settled = 0 and first < (select max(first) from search_partition)").Scan(&n); err != nil {
		return -1
	}
	return n
}

// PackPassages and UnpackPassages are how passages lie in a row.
var (
	PackPassages   = packPassages
	UnpackPassages = unpackPassages
)
