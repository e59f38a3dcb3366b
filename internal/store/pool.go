package store

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// pool is the connections that read. SQLite takes as long to understand a short statement as to answer it,
// so each is prepared once on each connection and stays. A number bound to a limit and a pattern bound to a like stand
// behind a plus sign, limit +$1: of those that stand bare SQLite takes what is bound into its plan, and would prepare the
// statement again each time (sqlite3ExprIsInteger, isLikeOrGlob).
type pool struct {
	*sql.DB
	mu       sync.RWMutex
	prepared map[string]*sql.Stmt
	watch    statementWatch
}

// statements bounds how many are kept. One takes 8 kB of memory on each of the four connections, with a list of a hundred ids 25 kB (resident
// memory before and after 240 of them): 8 MB for all, 25 MB if every one had such a list. Lists of all lengths share eight (among).
const statements = 256

// stmt is the prepared statement of a query; nil when there is room for no more.
func (p *pool) stmt(ctx context.Context, q string) (*sql.Stmt, error) {
	p.mu.RLock()
	st, full := p.prepared[q], len(p.prepared) >= statements
	p.mu.RUnlock()
	if st != nil || full {
		return st, nil
	}
	st, err := p.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if other := p.prepared[q]; other != nil {
		st.Close()
		return other, nil
	}
	if p.prepared == nil {
		p.prepared = map[string]*sql.Stmt{}
	}
	p.prepared[q] = st
	return st, nil
}

func (p *pool) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	defer p.watch.since(time.Now())
	st, err := p.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return p.DB.QueryContext(ctx, q, args...)
	}
	return st.QueryContext(ctx, args...)
}

func (p *pool) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	defer p.watch.since(time.Now())
	if st, err := p.stmt(ctx, q); err == nil && st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return p.DB.QueryRowContext(ctx, q, args...) // says what is wrong with it, too
}

// snapshot is a transaction that reads, on a connection of its own. It never waits for a second one: as many snapshots as there
// are connections would wait for each other for good. So a statement that is not kept yet is prepared for this snapshot alone,
// and kept after its end.
type snapshot struct {
	*sql.Tx
	p    *pool
	keep []string
}

func (p *pool) snapshot(ctx context.Context) (*snapshot, error) {
	tx, err := p.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	return &snapshot{Tx: tx, p: p}, nil
}

func (s *snapshot) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	defer s.p.watch.since(time.Now())
	s.p.mu.RLock()
	st := s.p.prepared[q]
	s.p.mu.RUnlock()
	if st == nil {
		s.keep = append(s.keep, q)
		return s.Tx.QueryContext(ctx, q, args...)
	}
	return s.StmtContext(ctx, st).QueryContext(ctx, args...)
}

// end gives the connection back.
func (s *snapshot) end(ctx context.Context) {
	_ = s.Rollback() // nothing was written
	for _, q := range s.keep {
		_, _ = s.p.stmt(ctx, q) // the next one tries again
	}
}
