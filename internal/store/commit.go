package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// groupSize bounds how many changes are committed together.
const groupSize = 64

// Tx is one turn of the writer: the transaction and what must be finished before it is committed.
// A function given to Write may be run twice (once in a group that failed, once alone), so it sets
// its results anew each time and touches nothing but tx and them. It never runs once Write has returned:
// what it set may be read and written then.
type Tx struct {
	s       *Store
	ctx     context.Context
	conn    *conn
	logs    map[string]*growing
	made    []LogHead // new logs
	events  bool
	erased  bool
	members bool // one was made or changed
	index   []indexOp
	marks   []string // that came into the index
	indexed indexed
	step    *indexStep          // of the renewal of the index, the last thing that is done to it
	known   []func()            // to be done to what is in memory of the index, once this is committed
	prints  []func(*printIndex) // to be done to what is in memory, once this is committed
	gone    []int64             // documents that lost the words they had
	moved   []int64             // reports about whose stories somebody decided
	emptier []string            // tables of PostgreSQL's index that words left
	left    bool                // a sketch was dropped for which another node may have prints waiting
	dropped map[uint32]bool     // and those that other nodes dropped
	fresh   int64               // the first position that was given in this turn; 0: none was
}

type op struct {
	write func(*Tx) error
	done  chan error
	state atomic.Int32
}

// What becomes of an op: it waits, and is then run by the writer or given up by its caller, whichever comes first.
const (
	opWaits = iota
	opRuns
	opGivenUp
)

// runs reports whether the writer may call o.write; from the first time on its caller awaits the end.
func (o *op) runs() bool { return o.state.CompareAndSwap(opWaits, opRuns) || o.state.Load() == opRuns }

// Write hands a change to the writer and waits until it is on disk. The end of the context ends the wait while the change has not
// begun: then it is never made, and the error says so. One that has begun is awaited, and the error is its own.
func (s *Store) Write(ctx context.Context, write func(*Tx) error) error {
	o := &op{write: write, done: make(chan error, 1)}
	select {
	case s.ops <- o:
	case <-ctx.Done():
		return givenUp(ctx)
	case <-s.quit:
		return errClosing
	}
	for given := ctx.Done(); ; {
		select {
		case err := <-o.done:
			return s.e.fault(err)
		case <-s.ended: // answered before, or never taken up
			select {
			case err := <-o.done:
				return s.e.fault(err)
			default:
				return errClosing
			}
		case <-given:
			if o.state.CompareAndSwap(opWaits, opGivenUp) {
				return givenUp(ctx)
			}
			given = nil
		}
	}
}

func givenUp(ctx context.Context) error {
	return fault.E(fault.Unavailable, "The change was not made: it was given up before the database could take it.").Because(ctx.Err())
}

var errClosing = fault.E(fault.Unavailable, "This node is shutting down.")

// commitLoop is the writer.
func (s *Store) commitLoop(c *conn) {
	defer s.stopped.Done()
	defer close(s.ended)
	defer func() { c.Close() }() // that which it is by then
	m := s.e.care(s, c)
	for {
		if m.waits() { // wait a little for somebody, then take one small step of merging
			select {
			case o := <-s.ops:
				m.after(s.turn(c, o))
			case <-s.quit:
				s.drain(c)
				return
			case <-time.After(m.pause()):
				m.idle()
			}
			continue
		}
		select {
		case o := <-s.ops:
			m.after(s.turn(c, o))
		case <-s.quit:
			s.drain(c)
			return
		}
	}
}

// turn commits a change and those that wait behind it.
func (s *Store) turn(c *conn, first *op) indexed {
	start := time.Now()
	defer func() { s.load.add(start, time.Now()) }()
	return s.runGroup(c, s.collect(first))
}

// load is how busy the writer has been lately: the share of the last second or so in which it wrote.
type load struct {
	mu    sync.Mutex
	share float64
	at    time.Time // of share
}

func (l *load) add(start, end time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.share = l.faded(start)
	l.share = 1 - (1-l.share)*math.Exp(-end.Sub(start).Seconds())
	l.at = end
}

func (l *load) faded(now time.Time) float64 {
	return l.share * math.Exp(-max(0, now.Sub(l.at).Seconds()))
}

// Busy is the share of the last second or so in which the writer wrote, from 0 to 1. What can wait leaves it, and the processor, to
// those who publish.
func (s *Store) Busy() float64 {
	s.load.mu.Lock()
	defer s.load.mu.Unlock()
	return s.load.faded(time.Now())
}

func (s *Store) collect(first *op) []*op {
	group := []*op{first}
	for len(group) < groupSize {
		select {
		case o := <-s.ops:
			group = append(group, o)
		default:
			return group
		}
	}
	return group
}

// drain commits what was handed over before the store was closed.
func (s *Store) drain(c *conn) {
	for {
		select {
		case o := <-s.ops:
			s.runGroup(c, s.collect(o))
		default:
			return
		}
	}
}

// runGroup commits a group, or its members one by one, and returns what went into the index.
func (s *Store) runGroup(c *conn, group []*op) indexed {
	all, err := s.commit(c, group)
	if err != nil && len(group) > 1 && !errors.Is(err, errUnknown) {
		all = indexed{}
		var away error // the database is out of reach: the others need not find out each for itself
		for _, o := range group {
			if away != nil {
				o.done <- away
				continue
			}
			one, err := s.commit(c, []*op{o})
			if s.e.lost(err) || errors.Is(err, errUnknown) {
				away = err
			}
			for p, sum := range one {
				all.add(p, sum.last, sum.bytes)
			}
			o.done <- err
		}
		return all
	}
	for _, o := range group {
		o.done <- err
	}
	return all
}

// commit is try, once more where another node has written since this one looked, and once more where the connection had broken and nothing was
// committed: the first change after the server was started anew is not refused.
func (s *Store) commit(c *conn, group []*op) (indexed, error) {
	for behind, broke := false, false; ; {
		done, err := s.try(c, group)
		switch {
		case err == nil:
			return done, nil
		case !behind && s.e.behind():
			behind = true
		case !broke && s.e.broke(err):
			broke = true
		default:
			return done, err
		}
	}
}

// try runs a group in one transaction. Nothing it signed is seen by anyone before the commit and
// the guard file's fsync have both happened; a failed transaction's checkpoint is forgotten with it.
func (s *Store) try(c *conn, group []*op) (_ indexed, err error) {
	s.mu.Lock()
	broken := s.broken
	s.mu.Unlock()
	if broken != nil {
		s.e.giveUp(c)
		return nil, broken
	}
	defer func() { s.refused(err) }()
	ctx := context.Background()
	if err := s.e.begin(ctx, c); err != nil {
		return nil, s.elsewhere(err)
	}
	open := true
	defer func() {
		if open {
			s.e.rollback(ctx, c)
		}
	}()
	t := &Tx{s: s, ctx: ctx, conn: c, logs: map[string]*growing{}, indexed: indexed{}}
	for _, o := range group {
		if !o.runs() {
			continue
		}
		if err := o.write(t); err != nil {
			return nil, err
		}
	}
	heads, err := t.growLogs()
	if err != nil {
		return nil, err
	}
	if err := t.writeIndex(); err != nil {
		return nil, err
	}
	if err := s.e.tell(t, heads); err != nil {
		return nil, err
	}
	if err := s.e.commit(ctx, c); err != nil {
		if errors.Is(err, errUnknown) {
			c.landed = func() { _, _ = s.committed(t, heads) } // an error stops the node by itself
		}
		return nil, s.elsewhere(err)
	}
	open = false
	return s.committed(t, heads)
}

// elsewhere stops what writes for good where another node has written, and returns the error.
func (s *Store) elsewhere(err error) error {
	if errors.Is(err, errElsewhere) {
		s.mu.Lock()
		s.broken = errElsewhere
		s.mu.Unlock()
	}
	return err
}

// committed makes known what a transaction left. An error does not undo anything.
func (s *Store) committed(t *Tx, heads map[string]LogHead) (indexed, error) {
	s.sawMarks(t.marks)
	for _, do := range t.known {
		do()
	}
	s.entered(t.prints)
	if len(t.gone) > 0 && s.textsGone != nil {
		s.textsGone(t.gone)
	}
	if t.erased {
		s.contents.forget()
	}
	if t.members {
		s.members.turn.Add(1)
	}
	if t.events || len(heads) > 0 { // something was published; a smaller change may find room where that does not
		s.wrote()
	}
	s.mu.Lock()
	for _, h := range t.made {
		if _, ok := s.heads[h.Name]; !ok {
			s.heads[h.Name] = h
		}
	}
	s.mu.Unlock()
	if len(heads) > 0 {
		if gerr := s.advanceGuard(heads); gerr != nil {
			s.log.Error("guard file not written; publishing stops", "error", gerr)
			return t.indexed, gerr
		}
	}
	if t.erased {
		s.e.erased(s)
	}
	if t.events {
		s.wakeAll()
	}
	return t.indexed, nil
}

// Changed returns a channel that is closed at the next commit that makes an event. Take it before
// reading, so that nothing falls between.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wake
}

// Gone counts how often words went: what was made of them before a further turn is not to be shown.
func (s *Store) Gone() uint64 { return s.contents.turn() }

// conn is the writer's one connection with its prepared statements: each is prepared once, also
// within a transaction, which the pool of database/sql cannot do on a single connection.
type conn struct {
	*sql.Conn
	db       *sql.DB
	prepared map[string]*sql.Stmt
	gathers  bool   // statements whose answer nobody waits for are sent together with the next one: PostgreSQL
	landed   func() // what follows a commit whose end is not known, if it took place
}

func (s *Store) writerConn(ctx context.Context) (*conn, error) {
	c := &conn{db: s.w, gathers: s.e.gathers()}
	return c, c.renew(ctx)
}

// renew takes a connection in the place of one that broke.
func (c *conn) renew(ctx context.Context) error {
	for _, st := range c.prepared {
		st.Close()
	}
	if c.Conn != nil {
		c.Conn.Close()
	}
	c.prepared = map[string]*sql.Stmt{}
	next, err := c.db.Conn(ctx)
	if err == nil {
		c.Conn = next
	}
	return err
}

func (c *conn) stmt(ctx context.Context, q string) (*sql.Stmt, error) {
	if st, ok := c.prepared[q]; ok {
		return st, nil
	}
	st, err := c.PrepareContext(ctx, q)
	if err == nil {
		c.prepared[q] = st
	}
	return st, err
}

func (c *conn) exec(ctx context.Context, q string, args ...any) (sql.Result, error) {
	st, err := c.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (c *conn) query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if c.gathers {
		return c.QueryContext(ctx, q, args...)
	}
	st, err := c.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// exec runs a statement. Its error may come with a later statement's, or with the commit's: whatever fails, the transaction does.
func (t *Tx) exec(q string, args ...any) (sql.Result, error) {
	if t.conn.gathers {
		return t.conn.later(q, args)
	}
	return t.conn.exec(t.ctx, q, args...)
}

func (t *Tx) query(q string, args ...any) (*sql.Rows, error) { return t.conn.query(t.ctx, q, args...) }

// row reads one row; sql.ErrNoRows when there is none.
func (t *Tx) row(q string, args []any, dest ...any) error {
	rows, err := t.query(q, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return closeRows(rows)
}
