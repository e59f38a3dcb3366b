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

// indexOp is a change of the index that waits for the end of its group. FTS5 writes out what it holds
// in memory whenever SQLite opens a savepoint, which some statements do by themselves: changes of the
// index mixed with other statements would become a segment each, and FTS5 takes no more than 2,000.
type indexOp struct {
	id  int64
	doc *IndexDoc // nil: take it out
}

// Index puts a document in when the group ends; Unindex must come first where one stands at this
// position and ordinal.
func (t *Tx) Index(position int64, d IndexDoc) error {
	t.index = append(t.index, indexOp{DocID(position, d.Ordinal), &d})
	return nil
}

// Unindex takes a document out when the group ends; it is no error if there is none.
func (t *Tx) Unindex(position int64, ordinal int) error {
	t.index = append(t.index, indexOp{DocID(position, ordinal), nil})
	return nil
}

// writeIndex makes the group's changes of the index, the last statements before the commit.
func (t *Tx) writeIndex() error {
	for _, op := range t.index {
		var err error
		if op.doc != nil {
			err = t.putDoc(op.id, *op.doc)
		} else {
			err = t.dropDoc(op.id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) putDoc(id int64, d IndexDoc) error {
	packed, err := packDoc(d)
	if err != nil {
		return err
	}
	if _, err := t.exec("insert into search (rowid, headline, body, marks) values ($1, $2, $3, $4)", id, d.Headline, d.Body, d.Marks); err != nil {
		return err
	}
	t.indexed += len(d.Headline) + len(d.Body) + len(d.Marks)
	_, err = t.exec("insert into lexeme (id, doc) values ($1, $2)", id, packed)
	return err
}

// dropDoc takes a document out with the very lexemes that went in.
func (t *Tx) dropDoc(id int64) error {
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
// An import leaves no pause, so beyond mergeDebtForce pages the debt is paid before the next group.
const (
	mergeFactor    = 3
	mergeLeast     = 2
	mergeMost      = 64
	mergeShare     = 16 // a step is this part of the debt
	mergeDebtForce = 2000
)

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

// Segments is how many pieces the search index is in: what a query has to look through.
func (s *Store) Segments(ctx context.Context) (n int, err error) {
	err = s.r.QueryRowContext(ctx, "select count(distinct segid) from search_idx").Scan(&n)
	return n, err
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
