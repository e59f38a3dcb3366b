package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
)

// FTS5's secure-delete takes a word out of the pages of its index, but not out of search_idx, where a
// page that began with the word is still named by it or by its beginning. Such a separator need only
// lie between the page before and the page's first word, so after an erasure the writer goes through
// search_idx, a little at a time between groups, and gives every page whose separator is not the
// beginning of its first word that word. The setting 'scrub' is written in the transaction of the
// erasure and goes when the walk has ended, so that a crash only makes it start again.

// scrubRows is how many pages are looked at in one turn: a few milliseconds.
const scrubRows = 100

// scrubbing is how far the walk has come.
type scrubbing struct {
	first   int64 // of the partition
	segment int64
	term    []byte
}

// erase notes in the transaction that words are to be gone from every file.
func (t *Tx) erase() error {
	t.erased = true
	_, err := t.exec("insert into setting (name, value) values ('scrub', $1) on conflict (name) do nothing", []byte{1})
	return err
}

// scrub takes one turn and reports whether there is more to do.
func (m *merging) scrub() bool {
	ctx := context.Background()
	var one []byte
	err := m.row(ctx, "select value from setting where name = 'scrub'", nil, &one)
	if err == nil {
		var done bool
		if done, err = m.scrubTurn(ctx); err == nil && !done {
			return true
		}
	}
	m.walk = scrubbing{}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		m.s.log.Warn("words that were erased may still stand in the search index's table of pages; it is tried again at the next erasure or start", "error", err)
	}
	return false
}

func (m *merging) scrubTurn(ctx context.Context) (done bool, err error) {
	type row struct {
		scrubbing
		place int64
	}
	p := m.s.partitionOf(m.walk.first)
	st, err := m.c.stmt(ctx, p.sql("select segid, term, pgno from search_idx where (segid, term) > ($1, $2) order by segid, term limit +$3"))
	if err != nil {
		return false, err
	}
	rows, err := st.QueryContext(ctx, m.walk.segment, m.walk.term, scrubRows)
	if err != nil {
		return false, err
	}
	var batch []row
	for rows.Next() {
		r := row{scrubbing: scrubbing{first: p.first}}
		if err := rows.Scan(&r.segment, &r.term, &r.place); err != nil {
			rows.Close()
			return false, err
		}
		batch = append(batch, r)
	}
	if err := closeRows(rows); err != nil {
		return false, err
	}
	if _, err := m.c.exec(ctx, "begin immediate"); err != nil {
		return false, err
	}
	defer func() {
		if err != nil {
			m.c.exec(ctx, "rollback")
		}
	}()
	for _, r := range batch {
		if err := m.separate(ctx, p, r.scrubbing, r.place); err != nil {
			return false, err
		}
		m.walk = r.scrubbing
	}
	if len(batch) < scrubRows {
		done = true
		for _, next := range *m.s.partitions.Load() {
			if next.first > p.first {
				m.walk, done = scrubbing{first: next.first}, false
				break
			}
		}
	}
	if done && !m.s.emptying() { // otherwise some of it goes with the partition that was left, and then this is walked once more
		if _, err := m.c.exec(ctx, "delete from setting where name = 'scrub'"); err != nil {
			return false, err
		}
	}
	if _, err := m.c.exec(ctx, "commit"); err != nil {
		return false, err
	}
	if done {
		m.e.truncate.Store(true)
	}
	return done, nil
}

// separate gives a page its first word for a separator, if the one it has is not that word's beginning.
func (m *merging) separate(ctx context.Context, p *partition, at scrubbing, place int64) error {
	var page []byte
	err := m.row(ctx, p.sql(structureQuery), []any{at.segment<<37 | place>>1}, &page)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	first := firstTerm(page)
	if len(at.term) == 0 || first == nil || bytes.HasPrefix(first, at.term) || bytes.Compare(first, at.term) < 0 {
		return nil
	}
	_, err = m.c.exec(ctx, p.sql("update search_idx set term = $1 where segid = $2 and term = $3"), first, at.segment, at.term)
	return err
}

// firstTerm reads the first term of a leaf page, nil if it has none: the page's bytes 2 and 3 say where
// its footer begins, whose first varint is the offset of a varint length and the term (FTS5's own
// account of its leaf pages is the comment at the head of fts5_index.c).
func firstTerm(page []byte) []byte {
	if len(page) < 4 {
		return nil
	}
	footer := int(binary.BigEndian.Uint16(page[2:]))
	if footer >= len(page) {
		return nil
	}
	at, _ := sqliteVarint(page[footer:])
	if at < 4 || at >= footer {
		return nil
	}
	n, rest := sqliteVarint(page[at:])
	if n <= 0 || n > len(rest) {
		return nil
	}
	return bytes.Clone(rest[:n])
}

// Scrubbing reports whether erased words may still stand in the index's table of pages; no more a
// moment after an erasure.
func (s *Store) Scrubbing(ctx context.Context) (bool, error) {
	var n int
	err := s.r.QueryRowContext(ctx, "select count(*) from setting where name = 'scrub'").Scan(&n)
	return n > 0, err
}

func (m *merging) row(ctx context.Context, q string, args []any, dest ...any) error {
	st, err := m.c.stmt(ctx, q)
	if err != nil {
		return err
	}
	return st.QueryRowContext(ctx, args...).Scan(dest...)
}
