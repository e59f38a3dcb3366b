package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// The index is in partitions: an FTS5 table each, for the positions from its first one to the next
// partition's. A query asks the newest first and most often needs no other. So what a query costs that
// reads a whole list of places, a phrase whose words never meet or a prefix of many words, does not grow
// with the archive; and what is merged is bounded too: a closed partition is merged into one piece, once.

// partitionSize is how many positions a partition has, more or less: half a gigabyte of text.
const partitionSize = 1 << 17

// partition is one FTS5 table of the index. What is below the line only the writer knows.
type partition struct {
	first int64  // position
	name  string // of the table

	last    int64 // of the newest: the highest position that the index has
	due     bool  // there may be something to merge
	failed  bool  // merging it failed, and is tried again after the next group
	settled bool  // merged into one piece since it was closed
}

// sql is a statement about the table "search", as one about this partition's.
func (p *partition) sql(about string) string { return strings.ReplaceAll(about, "search", p.name) }

// loadPartitions reads which partitions there are, at the start.
func (s *Store) loadPartitions(ctx context.Context) error {
	rows, err := s.r.QueryContext(ctx, "select first, name, settled from search_partition order by first")
	if err != nil {
		return err
	}
	defer rows.Close()
	var all []*partition
	for rows.Next() {
		p := &partition{due: true} // an earlier process may have left something
		if err := rows.Scan(&p.first, &p.name, &p.settled); err != nil {
			return err
		}
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	// Where the next partition begins must not depend on what is written first after a start: it is behind
	// everything that is there.
	var last int64
	if err := s.r.QueryRowContext(ctx, "select coalesce(max(id), 0) from lexeme").Scan(&last); err != nil {
		return err
	}
	all[len(all)-1].last, _ = SplitDocID(last)
	s.partitions.Store(&all)
	return nil
}

// Unsettled is how many closed partitions are still to be merged into one piece each.
func (s *Store) Unsettled(ctx context.Context) (n int, err error) {
	err = s.r.QueryRowContext(ctx, "select count(*) from search_partition where settled = 0 and first < (select max(first) from search_partition)").Scan(&n)
	return n, err
}

// partitionOf is where a position's documents are, or would be.
func (s *Store) partitionOf(position int64) *partition {
	all := *s.partitions.Load()
	i, found := slices.BinarySearchFunc(all, position, func(p *partition, at int64) int { return cmp.Compare(p.first, at) })
	if !found {
		i--
	}
	return all[max(i, 0)]
}

// addPartition begins a new partition when the newest is full, in a transaction of its own between groups.
// It holds what is put in later with a higher position than any yet; whatever comes back to an older one
// goes where it was.
func (m *merging) addPartition(ctx context.Context) (err error) {
	all := *m.s.partitions.Load()
	newest := all[len(all)-1]
	if newest.last < newest.first+m.s.partitionSize {
		return nil
	}
	p := &partition{first: newest.last + 1}
	p.name = fmt.Sprintf("search_%d", p.first)
	if _, err := m.c.exec(ctx, "begin immediate"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			m.c.exec(ctx, "rollback")
		}
	}()
	for _, q := range []string{ // the settings of the first one, 00002_search.sql
		"create virtual table search using fts5(headline, body, marks, content='', tokenize='ascii', prefix='3')",
		"insert into search (search, rank) values ('secure-delete', 1)",
		"insert into search (search, rank) values ('automerge', 0)",
		"insert into search (search, rank) values ('crisismerge', 1999)",
		"insert into search (search, rank) values ('usermerge', 16)",
		"insert into search (search, rank) values ('hashsize', 8388608)",
	} {
		if _, err := m.c.ExecContext(ctx, p.sql(q)); err != nil {
			return err
		}
	}
	if _, err := m.c.exec(ctx, "insert into search_partition (first, name) values ($1, $2)", p.first, p.name); err != nil {
		return err
	}
	if _, err := m.c.exec(ctx, "commit"); err != nil {
		return err
	}
	all = append(slices.Clone(all), p)
	m.s.partitions.Store(&all)
	return nil
}
