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

// partition is one FTS5 table of the index. It never changes: where it comes to begin at another position, another one has its place.
type partition struct {
	first int64  // position
	name  string // of the table
	*tended
}

// tended is what only the writer knows of a partition.
type tended struct {
	last    int64 // of the newest: the highest position that the index has
	due     bool  // there may be something to merge
	failed  bool  // merging it failed, and is tried again after the next group
	settled bool  // merged into one piece since it was closed
}

// sql is a statement about the table "search", as one about this partition's.
func (p *partition) sql(about string) string { return strings.ReplaceAll(about, "search", p.name) }

// loadPartitions reads which partitions there are, at the start and when another node has added one.
func (s *Store) loadPartitions(ctx context.Context) error {
	rows, err := s.r.QueryContext(ctx, "select first, name, settled from search_partition order by first")
	if err != nil {
		return err
	}
	defer rows.Close()
	var all []*partition
	for rows.Next() {
		p := &partition{tended: &tended{due: true}} // an earlier process may have left something
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
	s.addKnown(all...)
	return nil
}

// addKnown adds partitions to those that are known.
func (s *Store) addKnown(more ...*partition) {
	s.adding.Lock()
	defer s.adding.Unlock()
	var all []*partition
	if known := s.partitions.Load(); known != nil {
		all = slices.Clone(*known)
	}
	for _, p := range more {
		if !slices.ContainsFunc(all, func(k *partition) bool { return k.first == p.first }) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *partition) int { return cmp.Compare(a.first, b.first) })
	s.partitions.Store(&all)
}

// Unsettled is how many closed partitions are still to be merged into one piece each; on PostgreSQL, of how many the pairs of words are.
func (s *Store) Unsettled(ctx context.Context) (n int, err error) {
	q := "select count(*) from search_partition where settled = 0 and first < (select max(first) from search_partition)"
	if s.e.wholePartitions() {
		q = `select count(*) from search_partition p join (select first, lead(first) over (order by first) as next from search_partition) n on n.first = p.first
			where n.next is not null and not exists (select 1 from pair_segment s where s.first = p.first and s.below = n.next)`
	}
	err = s.r.QueryRowContext(ctx, q).Scan(&n)
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
func (s *Store) addPartition(ctx context.Context, c *conn) (err error) {
	all := *s.partitions.Load()
	newest := all[len(all)-1]
	if newest.last < newest.first+s.partitionSize {
		return nil
	}
	if err := s.e.begin(ctx, c); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.e.rollback(ctx, c)
			if s.e.behind() { // another node has written: after the next group it is looked again
				err = nil
			}
		}
	}()
	// Whatever was written meanwhile lies before the new one.
	var last int64
	if err := c.QueryRowContext(ctx, "select value from counter where name = 'position'").Scan(&last); err != nil {
		return err
	}
	if now := *s.partitions.Load(); len(now) != len(all) {
		s.e.rollback(ctx, c)
		return nil
	}
	p := &partition{first: max(last, newest.last) + 1, tended: &tended{}}
	p.name = fmt.Sprintf("search_%d", p.first)
	if err := s.e.makePartition(ctx, c, p); err != nil {
		return err
	}
	if _, err := c.exec(ctx, "insert into search_partition (first, name) values ($1, $2)", p.first, p.name); err != nil {
		return err
	}
	if err := s.e.commit(ctx, c); err != nil {
		return err
	}
	s.addKnown(p)
	return nil
}
