package store

import (
	"bytes"
	"compress/flate"
	"context"
	"database/sql"
	"errors"
	"io"
	"strings"
	"sync"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/search"
)

// Ordinals: an item's number in its release has six bits of the index's rowid.
const ordinalBits = 6

// DocID is the rowid of one document of the index.
func DocID(position int64, ordinal int) int64 { return position<<ordinalBits | int64(ordinal) }

// SplitDocID is DocID's inverse.
func SplitDocID(id int64) (position int64, ordinal int) {
	return id >> ordinalBits, int(id & (1<<ordinalBits - 1))
}

// IndexDoc is what one item puts into the index.
type IndexDoc struct {
	Ordinal int
	search.Doc
	Marks string // marker lexemes separated by one space
}

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // the level is valid
	return w
}}

func packDoc(d IndexDoc) ([]byte, error) {
	var b bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&b)
	for _, s := range []string{d.Headline, "\n", d.Body, "\n", d.Marks} {
		if _, err := io.WriteString(w, s); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpackDoc(b []byte) (IndexDoc, error) {
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(b)))
	if err != nil {
		return IndexDoc{}, fault.E(fault.Corrupt, "A document of the search index is damaged.").Because(err)
	}
	parts := strings.SplitN(string(text), "\n", 3)
	if len(parts) != 3 {
		return IndexDoc{}, fault.E(fault.Corrupt, "A document of the search index is damaged.")
	}
	return IndexDoc{Doc: search.Doc{Headline: parts[0], Body: parts[1]}, Marks: parts[2]}, nil
}

// Index puts a document in, in the place of what stood at this position and ordinal.
func (t *Tx) Index(position int64, d IndexDoc) error {
	id := DocID(position, d.Ordinal)
	packed, err := packDoc(d)
	if err != nil {
		return err
	}
	if _, err := t.exec("insert into search (rowid, headline, body, marks) values ($1, $2, $3, $4)", id, d.Headline, d.Body, d.Marks); err != nil {
		return err
	}
	t.owe(len(d.Headline) + len(d.Body) + len(d.Marks))
	_, err = t.exec("insert into lexeme (id, doc) values ($1, $2)", id, packed)
	return err
}

// Unindex takes a document out with the very lexemes that went in; it is no error if there is none.
func (t *Tx) Unindex(position int64, ordinal int) error {
	id := DocID(position, ordinal)
	var packed []byte
	err := t.row("select doc from lexeme where id = $1", []any{id}, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	d, err := unpackDoc(packed)
	if err != nil {
		return err
	}
	if _, err := t.exec("insert into search (search, rowid, headline, body, marks) values ('delete', $1, $2, $3, $4)", id, d.Headline, d.Body, d.Marks); err != nil {
		return err
	}
	_, err = t.exec("delete from lexeme where id = $1", id)
	t.erased = true
	return err
}

// Merging. FTS5 is told never to merge inside a publication; instead the writer merges in small steps
// between groups while nobody waits. A segment's pages are rewritten a few times on their way into
// large ones, so every page that a group writes is a debt of mergeFactor pages. The step grows with
// the debt: two pages, about two milliseconds, while releases come one by one; more after an import.
const (
	mergeFactor  = 4
	mergeLeast   = 2
	mergeMost    = 64
	mergeShare   = 16   // a step is this part of the debt
	mergeDebtMax = 4000 // pages; more would keep an idle node busy for nothing
)

// owe notes that a document of so many bytes went into or out of the index.
func (t *Tx) owe(bytes int) { t.indexed += bytes }

// mergeIndex takes one step in a transaction of its own and returns the debt that is left.
func (s *Store) mergeIndex(c *conn, debt int) int {
	ctx := context.Background()
	var before, after int64
	changes := func(n *int64) error {
		st, err := c.stmt(ctx, "select total_changes()")
		if err != nil {
			return err
		}
		return st.QueryRowContext(ctx).Scan(n)
	}
	step := min(max(debt/mergeShare, mergeLeast), mergeMost)
	if changes(&before) != nil {
		return 0
	}
	if _, err := c.exec(ctx, "insert into search (search, rank) values ('merge', $1)", step); err != nil {
		s.log.Warn("the search index could not be merged; it grows slower to read", "error", err)
		return 0
	}
	if changes(&after) != nil || after-before < 2 {
		return 0 // FTS5 documents a difference under two as 'nothing to merge'
	}
	return debt - step
}

// Match returns the ids of at most limit documents that match an FTS5 expression, newest first, with
// below > id >= from.
func (s *Store) Match(ctx context.Context, expr string, from, below int64, limit int) ([]int64, error) {
	rows, err := s.r.QueryContext(ctx, "select rowid from search where search match $1 and rowid >= $2 and rowid < $3 order by rowid desc limit $4", expr, from, below, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := make([]int64, 0, min(limit, 512))
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// Docs reads the lexemes of documents, for ranking; what is missing is left out.
func (s *Store) Docs(ctx context.Context, ids []int64) (map[int64]search.Doc, error) {
	docs := make(map[int64]search.Doc, len(ids))
	st, err := s.r.PrepareContext(ctx, "select doc from lexeme where id = $1")
	if err != nil {
		return nil, err
	}
	defer st.Close()
	for _, id := range ids {
		var packed []byte
		err := st.QueryRowContext(ctx, id).Scan(&packed)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		d, err := unpackDoc(packed)
		if err != nil {
			return nil, err
		}
		docs[id] = d.Doc
	}
	return docs, nil
}
