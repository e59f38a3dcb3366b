package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// FTS5's secure-delete takes a word out of the pages of its index, but not out of search_idx, where a
// page that began with the word is still named by it. Such a separator need only lie between the
// page before and the page's first word, so the writer replaces it by that word: a little at a time,
// between groups. What is still to do is a row of scrub, written in the transaction that took the
// document out, so that a crash forgets none.

// scrubWords is how many words are looked for in one turn, in every segment: a few milliseconds.
const scrubWords = 40

// scrubbing is the document in hand.
type scrubbing struct {
	id    int64
	words [][]byte // index keys not yet looked for
}

// scrub takes one turn and reports whether there may be more to do.
func (m *merging) scrub() bool {
	more, err := m.scrubTurn(context.Background())
	if err != nil {
		m.s.log.Warn("words that were taken out may still stand in the search index's table of pages; it is tried again at the next erasure or start", "error", err)
		m.scrubbed = scrubbing{}
		return false
	}
	return more
}

func (m *merging) scrubTurn(ctx context.Context) (more bool, err error) {
	w := &m.scrubbed
	if w.id == 0 {
		var packed []byte
		err := m.row(ctx, "select id, doc from scrub order by id limit 1", nil, &w.id, &packed)
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		d, err := unpackDoc(packed)
		if err != nil {
			return false, err
		}
		w.words = indexKeys(d)
	}
	segments, err := m.segmentIDs(ctx)
	if err != nil {
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
	n := min(scrubWords, len(w.words))
	for _, key := range w.words[:n] {
		for _, seg := range segments {
			if err := m.separate(ctx, seg, key); err != nil {
				return false, err
			}
		}
	}
	done := n == len(w.words)
	if done {
		if _, err := m.c.exec(ctx, "delete from scrub where id = $1", w.id); err != nil {
			return false, err
		}
	}
	if _, err := m.c.exec(ctx, "commit"); err != nil {
		return false, err
	}
	w.words = w.words[n:]
	if done {
		*w = scrubbing{}
		m.s.truncate.Store(true)
	}
	return true, nil
}

// separate gives the page that a key would stand on a separator that is a word of its own, if the
// one it has is the key or the beginning of it and no word on the page begins so.
func (m *merging) separate(ctx context.Context, seg int64, key []byte) error {
	var separator []byte
	var place int64
	err := m.row(ctx, "select term, pgno from search_idx where segid = $1 and term <= $2 order by term desc limit 1", []any{seg, key}, &separator, &place)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || len(separator) < 2 || !bytes.HasPrefix(key, separator) {
		return err
	}
	var page []byte
	err = m.row(ctx, "select block from search_data where id = $1", []any{seg<<37 | place>>1}, &page)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	first := firstTerm(page)
	if bytes.HasPrefix(first, separator) && !bytes.Equal(first, key) {
		return nil // a word that is still there
	}
	if bytes.Equal(first, key) {
		return nil // so is this: other documents have it
	}
	if first == nil {
		first = separator[:1] // the page holds no word: any separator does that keeps the order
		var other int
		err := m.row(ctx, "select count(*) from search_idx where segid = $1 and term >= $2 and term < $3", []any{seg, first, separator}, &other)
		if err != nil || other > 0 {
			return err
		}
	}
	_, err = m.c.exec(ctx, "update search_idx set term = $1 where segid = $2 and term = $3", first, seg, separator)
	return err
}

// firstTerm reads the first term of a leaf page, nil if it has none: the page's bytes 2 and 3 say where
// its footer begins, whose first varint is the offset of a varint length and the term (comment 'Format of
// leaf pages' of fts5_index.c).
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

// indexKeys are a document's words as the index keeps them: '0' before each. The index of prefixes
// holds three letters of a word and is left alone.
func indexKeys(d IndexDoc) (keys [][]byte) {
	seen := map[string]bool{}
	for _, field := range []string{d.Headline, d.Body} {
		for w := range strings.FieldsSeq(field) {
			if !seen[w] {
				seen[w] = true
				keys = append(keys, []byte("0"+w))
			}
		}
	}
	slices.SortFunc(keys, bytes.Compare)
	return keys
}

// Scrubbing is how many documents that were taken out may still have a word in the index's table of
// pages; none a moment after an erasure.
func (s *Store) Scrubbing(ctx context.Context) (n int, err error) {
	err = s.r.QueryRowContext(ctx, "select count(*) from scrub").Scan(&n)
	return n, err
}

func (m *merging) row(ctx context.Context, q string, args []any, dest ...any) error {
	st, err := m.c.stmt(ctx, q)
	if err != nil {
		return err
	}
	return st.QueryRowContext(ctx, args...).Scan(dest...)
}

func (m *merging) segmentIDs(ctx context.Context) (ids []int64, err error) {
	// One step from each segment to the next: the table's key begins with it.
	var last int64
	for {
		var id int64
		err := m.row(ctx, "select segid from search_idx where segid > $1 order by segid limit 1", []any{last}, &id)
		if errors.Is(err, sql.ErrNoRows) {
			return ids, nil
		}
		if err != nil {
			return nil, err
		}
		ids, last = append(ids, id), id
	}
}
