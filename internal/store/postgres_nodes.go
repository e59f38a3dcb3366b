package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
)

// Every transaction of a writer takes lockWrite first, so that none overlaps another node's, and then finds out whether any other node has committed since
// this one last looked: the rows of all nodes, each of which is written with every commit of its node, give another sum. Where nobody has, nothing more is
// asked, and that is all in the exchange in which the transaction begins. Where somebody has, that statement fails, the writer begins
// anew, reads the news under the lock, and keeps doing so at once for as long as others write.
//
// Who is there is known by locks too: each node's writer holds one of its own, and one that all share and that a schema is brought up to date without.
// They end with the connection, and nothing is written on another one before they are had again.

// channel is what nodes listen to.
const channel = "jarchi"

const (
	lookAtOnce   = 250 * time.Millisecond // after another node was seen writing
	hearAgain    = time.Second            // without a word it is asked, as notifications may have been lost
	hearAlone    = 5 * time.Second
	hearPatience = 3 * time.Second  // for an answer
	buryAfter    = time.Minute      // the row of a node that is not there
	vouchWithin  = 30 * time.Second // for another node's word; who is there and does not answer is busy, or stands still
)

// others is what is known of other nodes: what is in memory is as of this sum.
type others struct {
	mu  sync.Mutex
	sum int64
	n   int
}

func (o *others) get() (sum int64, n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sum, o.n
}

func (o *others) set(sum int64, n int) (changed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	changed = o.sum != sum
	o.sum, o.n = sum, n
	return changed
}

// pgNews are news, with who wrote them.
type pgNews struct {
	news
	own    int64 // what stands in this node's row; 0: there is none
	sum    int64 // of the others'
	others int
	first  bool          // this node has just become the first
	clock  int64         // of the database's server
	ahead  time.Duration // of that, this node's
}

const newsQuery = `select 'node' as what, id as name, turn as n from node
	union all select 'counter', name, value from counter where name = 'position' or name like 'epoch %'
	union all select 'log', name, size from log
	union all select 'partitions', '', count(*) from search_partition
	union all select 'clock', '', ` + databaseTime + `
	union all select 'first', '', case when $1::bigint <> 0 and pg_try_advisory_lock($1) then 1 else 0 end`

// readNews reads the answer of newsQuery.
func (e *postgresEngine) readNews(next func() bool, scan func(...any) error) (n pgNews, err error) {
	n.sizes, n.epochs = map[string]int64{}, map[string]int64{}
	for next() {
		var what, name string
		var x int64
		if err := scan(&what, &name, &x); err != nil {
			return n, err
		}
		switch {
		case what == "node" && name == e.id:
			n.own = x
		case what == "node":
			n.sum ^= x
			n.others++
		case what == "counter" && name == "position":
			n.position = x
		case what == "counter":
			n.epochs[name] = x
		case what == "log":
			n.sizes[name] = x
		case what == "partitions":
			n.partitions = x
		case what == "clock":
			n.clock = x
		case what == "first":
			n.first = x == 1
		}
	}
	return n, nil
}

// look reads the news in the transaction that is about to begin, and has what is in memory follow.
func (e *postgresEngine) look(ctx context.Context, c *conn) error {
	lock := int64(lockFirst)
	if e.isFirst.Load() {
		lock = 0
	}
	var known map[string]tlog.Head // before the news are read: where the session has ended, others write and this node hears of it at any moment
	if e.s.guard != nil {
		known = e.s.guard.Heads()
	}
	rows, err := c.query(ctx, newsQuery, lock)
	if err != nil {
		return err
	}
	n, err := e.readNews(rows.Next, rows.Scan)
	if err := errors.Join(err, closeRows(rows)); err != nil {
		return err
	}
	if n.own != e.turn {
		return errElsewhere
	}
	if err := e.s.regressed(known, n.news); err != nil {
		return err
	}
	if err := e.s.follow(ctx, n.news); err != nil {
		return err
	}
	if n.first {
		e.becomeFirst()
	}
	if e.others.set(n.sum, n.others) {
		e.lookUntil = time.Now().Add(lookAtOnce)
	}
	e.mustLook = false
	return nil
}

// becomeFirst: what the first keeps is read anew.
func (e *postgresEngine) becomeFirst() {
	e.s.prints.unload()
	e.s.tellTold(nil, nil, true)
	e.isFirst.Store(true)
}

const markStatement = `insert into node (id, lock, turn, began) values ($1, $2, $3::bigint / (case when (select coalesce(bit_xor(turn), 0) from node) = $4 then 1 else 0 end), 0)
	on conflict (id) do update set turn = excluded.turn`

// mark writes this node's row, if nobody has written another since what is in memory was read. Otherwise the division fails, and with it the transaction.
func (e *postgresEngine) mark(c *conn) error {
	sum, _ := e.others.get()
	r, err := c.later(markStatement, []any{e.id, e.key, e.next, sum ^ e.turn})
	if err != nil {
		return err
	}
	r.(*later).failed = func(err error) {
		var pe *pgconn.PgError
		if errors.As(err, &pe) && pe.Code == "22012" { // division_by_zero
			e.mustLook, e.missed = true, true
			e.lookUntil = time.Now().Add(lookAtOnce)
		}
	}
	return nil
}

func (e *postgresEngine) behind() bool { return e.missed }

func (e *postgresEngine) broke(err error) bool {
	return e.held && e.lost(err) && !errors.Is(err, errUnknown) && !errors.Is(err, errElsewhere)
}

func (e *postgresEngine) first() bool { return e.isFirst.Load() }

// giveUp ends the writer's connection, and with it what this node holds: nobody is the first, and what it had begun is taken up.
func (e *postgresEngine) giveUp(c *conn) {
	e.isFirst.Store(false)
	discard(c.Conn)
}

func (e *postgresEngine) known() int {
	_, n := e.others.get()
	return n
}

// word is what nodes tell each other.
type word struct {
	Node string `json:"n"`
	Ask  string `json:"ask,omitempty"` // whether the logs are those that others know
	Yes  string `json:"yes,omitempty"`
	told
}

// longestWord is less than what a notification may hold, 8,000 bytes.
const longestWord = 7000

func (w word) payload() string {
	b, err := json.Marshal(w)
	if err != nil || len(b) > longestWord {
		b, _ = json.Marshal(word{Node: w.Node, told: told{All: true}})
	}
	return string(b)
}

const notify = "select pg_notify('" + channel + "', $1)"

func (e *postgresEngine) tell(t *Tx, heads map[string]LogHead) error {
	if t.erased {
		if err := noteErased(t); err != nil {
			return err
		}
	}
	if _, n := e.others.get(); n == 0 {
		return nil
	}
	gone, language := len(t.gone) > 0 || t.erased, t.s.newLanguages(t.marks)
	for name, changed := range map[string]bool{epochMembers: t.members, epochGone: gone, epochLanguages: language, epochPrints: t.left} {
		if !changed {
			continue
		}
		if _, err := t.exec("insert into counter (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value", name, e.next); err != nil {
			return err
		}
	}
	if !t.events && !t.members && !gone && !language && len(t.moved) == 0 && len(t.made) == 0 && len(heads) == 0 {
		return nil
	}
	_, err := t.exec(notify, word{Node: e.id, told: told{Gone: t.gone, Moved: t.moved}}.payload())
	return err
}

// alive are the nodes whose writers are connected.
const alive = `exists (select 1 from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.database = (select oid from pg_database where datname = current_database())
	and l.classid = (node.lock >> 32)::oid and l.objid = (node.lock & 4294967295)::oid)`

// gone is of a node that is not there, as alive tells, and that is not back before the transaction has ended: whoever takes its lock again finds
// that its row has been removed.
const gone = "pg_try_advisory_xact_lock(node.lock)"

// freeJobs gives back the jobs of nodes that are not there.
const freeJobs = "update job set lease_until = 0, lease = '' where lease_until <> 0 and not exists (select 1 from node where node.id = split_part(job.lease, '/', 1) and " + alive + ")"

// register makes this node known to the others.
func (e *postgresEngine) register(ctx context.Context, c *sql.Conn) (err error) {
	exec := func(q string, args ...any) {
		if err == nil {
			_, err = c.ExecContext(ctx, q, args...)
		}
	}
	turn := newTurn()
	exec("begin")
	exec("select pg_advisory_xact_lock($1)", int64(lockWrite))
	exec("insert into node (id, lock, turn, began) values ($1, $2, $3, $4) on conflict (id) do update set turn = excluded.turn", e.id, e.key, turn, time.Now().UnixMicro())
	var there int
	if err == nil {
		err = c.QueryRowContext(ctx, "select count(*) from node where id <> $1 and "+alive, e.id).Scan(&there)
	}
	if there == 0 {
		exec("delete from node where id <> $1 and "+gone, e.id)
	}
	exec(freeJobs)
	exec(notify, word{Node: e.id}.payload())
	e.entered = turn
	exec("commit")
	if err != nil {
		_, _ = c.ExecContext(ctx, "rollback")
		return err
	}
	e.turn, e.next, e.entered, e.mustLook = turn, 0, 0, true
	return nil
}

// leave makes known that this node goes.
func (e *postgresEngine) leave(s *Store) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	c, err := s.w.Conn(ctx)
	if err != nil {
		return // it is found dead
	}
	defer c.Close()
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "select pg_advisory_xact_lock($1)", int64(lockWrite)); err != nil {
		return
	}
	for _, q := range []string{"delete from node where id = $1", "delete from node_state where id = $1"} {
		if _, err := tx.ExecContext(ctx, q, e.id); err != nil {
			return
		}
	}
	if _, err := tx.ExecContext(ctx, notify, word{Node: e.id}.payload()); err == nil {
		_ = tx.Commit()
	}
}

// hearing is the connection on which a node hears of the others.
type hearing struct {
	*sql.Conn
	pool  *sql.DB // of this one
	words []word
	said  time.Time // when this node last said that it is there
	swept time.Time // and let counters go
}

func (e *postgresEngine) listen(ctx context.Context) (*hearing, error) {
	h := &hearing{}
	connector := e.connector(map[string]string{"synchronous_commit": "off"}) // what is written here may be lost
	connector.config = e.config.Copy()
	connector.config.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) {
		var w word
		if json.Unmarshal([]byte(n.Payload), &w) != nil {
			w = word{told: told{All: true}}
		}
		if w.Node != e.id {
			h.words = append(h.words, w)
		}
	}
	var err error
	h.pool = sql.OpenDB(connector)
	if h.Conn, err = h.pool.Conn(ctx); err != nil {
		h.pool.Close()
		return nil, err
	}
	if _, err = h.ExecContext(ctx, "listen "+channel); err != nil {
		h.end()
		return nil, err
	}
	return h, nil
}

func (h *hearing) end() {
	discard(h.Conn)
	h.pool.Close()
}

// wait waits for a word, at most so long. An error means that the connection is gone.
func (h *hearing) wait(ctx context.Context, most time.Duration) error {
	within, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for len(h.words) == 0 { // its own words come back to a node
		over := false
		err := h.Raw(func(d any) error {
			pg := d.(*pgConn).pg
			err := pg.WaitForNotification(within)
			if over = err != nil && within.Err() != nil && !pg.IsClosed(); over {
				return nil
			}
			return err
		})
		if over {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// requests are what the hearer asks of the writer, one thing at a time. It does not wait for it: a turn that has begun is awaited, up to commitPatience, and what others do
// is to be heard meanwhile.
type requests struct {
	sync.WaitGroup
	busy atomic.Bool
}

// write asks for a change, unless another is being made. The error of one that fails the writer tells.
func (a *requests) write(ctx context.Context, s *Store, write func(*Tx) error) {
	if a.busy.Swap(true) {
		return
	}
	a.Go(func() {
		defer a.busy.Store(false)
		ctx, cancel := context.WithTimeout(ctx, hearPatience)
		defer cancel()
		_ = s.Write(ctx, write)
	})
}

// hear follows the other nodes until ctx ends. While it cannot, what is kept in memory of words is forgotten again and again.
func (e *postgresEngine) hear(ctx context.Context, s *Store) {
	var a requests
	defer a.Wait()
	for away := false; ctx.Err() == nil; away = true {
		err := e.hearOn(ctx, s, &a, away)
		if ctx.Err() != nil {
			return
		}
		s.log.Debug("other nodes are not heard", "error", err)
		s.contents.forget()
		s.wakeAll()
		select {
		case <-ctx.Done():
		case <-time.After(lookAtOnce):
		}
	}
}

// hearOn follows the other nodes on one connection, until it breaks. Whatever was said before is caught up with by reading.
func (e *postgresEngine) hearOn(ctx context.Context, s *Store, a *requests, away bool) error {
	soon, cancel := context.WithTimeout(ctx, hearPatience)
	h, err := e.listen(soon)
	cancel()
	if err != nil {
		return err
	}
	defer h.end()
	dead := map[string]time.Time{}
	var looked time.Time // for nodes that are not there
	there := 0
	var said told
	var ask []string
	heard, first := false, true
	for {
		n, err := e.read(ctx, s, h)
		if err != nil {
			return err
		}
		if first {
			said.All, first = away || n.others > 0, false
		}
		s.tellTold(said.Gone, said.Moved, said.All)
		if said.All {
			s.contents.forget()
		}
		if heard || said.All {
			s.wakeAll()
		}
		for _, nonce := range ask {
			if _, err := h.ExecContext(ctx, notify, word{Node: e.id, Yes: nonce}.payload()); err != nil {
				return err
			}
		}
		if err := e.sayState(ctx, s, h, n.ahead); err != nil {
			return err
		}
		if err := e.dropBuckets(ctx, h); err != nil {
			return err
		}
		if now := time.Now(); n.others > 0 && now.Sub(looked) >= hearAlone {
			looked = now
			if err := e.missing(ctx, s, h, a, dead); err != nil {
				return err
			}
		}
		// The rows of those that were killed stay for a while, as what they wrote last must be heard; they have nothing open.
		if open := max(0, n.others-len(dead)); open != there {
			s.log.Info("nodes that have the database open", "others", open)
			there = open
		}
		if !e.isFirst.Load() {
			if err := e.offer(ctx, s, h, a); err != nil {
				return err
			}
		}
		rest := hearAgain
		if n.others == 0 {
			rest = hearAlone
		}
		if err := h.wait(ctx, rest); err != nil {
			return err
		}
		said, ask, heard = told{}, nil, len(h.words) > 0
		words := h.words
		h.words = nil
		for _, w := range words {
			said.Gone, said.Moved, said.All = append(said.Gone, w.Gone...), append(said.Moved, w.Moved...), said.All || w.All
			if w.Ask != "" {
				ask = append(ask, w.Ask)
			}
		}
	}
}

// read reads the news outside of the writer's turn, and follows them.
func (e *postgresEngine) read(ctx context.Context, s *Store, h *hearing) (n pgNews, err error) {
	within, cancel := context.WithTimeout(ctx, hearPatience)
	defer cancel()
	known := s.guard.Heads()
	asked := time.Now()
	rows, err := h.QueryContext(within, newsQuery, int64(0))
	if err != nil {
		return n, err
	}
	n, err = e.readNews(rows.Next, rows.Scan)
	rows.Close()
	came := time.Now()
	if err := errors.Join(err, rows.Err()); err != nil {
		return n, err
	}
	n.ahead = asked.Round(0).Add(came.Sub(asked) / 2).Sub(fromMicros(n.clock))
	s.clock.hear(fromMicros(n.clock), asked, came)
	if err := s.catchUp(ctx, known, n.news); err != nil {
		return n, err
	}
	e.others.set(n.sum, n.others)
	return n, nil
}

// missing gives back the jobs of nodes that are not there, and after a while their rows.
func (e *postgresEngine) missing(ctx context.Context, s *Store, h *hearing, a *requests, dead map[string]time.Time) error {
	within, cancel := context.WithTimeout(ctx, hearPatience)
	defer cancel()
	rows, err := h.QueryContext(within, "select id from node where not "+alive)
	if err != nil {
		return err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := closeRows(rows); err != nil {
		return err
	}
	known := map[string]bool{}
	others := false
	var bury []string
	for _, id := range ids {
		if id == e.id {
			continue
		}
		known[id] = true
		since, ok := dead[id]
		if !ok {
			dead[id], since = time.Now(), time.Now()
		}
		others = true
		if time.Since(since) >= buryAfter {
			bury = append(bury, id)
		}
	}
	if others {
		a.write(ctx, s, func(t *Tx) error {
			t.events = true // the jobs can be taken up
			_, err := t.exec(freeJobs)
			for _, id := range bury {
				if err == nil {
					_, err = t.exec("delete from node where id = $1 and "+gone, id)
				}
			}
			return err
		})
	}
	for id := range dead {
		if !known[id] {
			delete(dead, id)
		}
	}
	return nil
}

var errOnlyLooked = errors.New("the writer has only looked")

// offer has the writer become the first where nobody is.
func (e *postgresEngine) offer(ctx context.Context, s *Store, h *hearing, a *requests) error {
	within, cancel := context.WithTimeout(ctx, hearPatience)
	defer cancel()
	var free bool
	if err := h.QueryRowContext(within, "select case when pg_try_advisory_lock($1) then pg_advisory_unlock($1) else false end", int64(lockFirst)).Scan(&free); err != nil || !free {
		return err
	}
	e.wanted.Store(true)
	a.write(ctx, s, func(*Tx) error { return errOnlyLooked })
	return nil
}

// vouched asks the other nodes that have the database open.
func (e *postgresEngine) vouched(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, vouchWithin)
	defer cancel()
	h, err := e.listen(ctx)
	if err != nil {
		return false, err
	}
	defer h.end()
	nonce := rand.Text()
	for ctx.Err() == nil { // a question is lost where the other's connection is made anew
		var there int
		if err := h.QueryRowContext(ctx, "select count(*) from node where id <> $1 and "+alive, e.id).Scan(&there); err != nil || there == 0 {
			return false, err
		}
		if _, err := h.ExecContext(ctx, notify, word{Node: e.id, Ask: nonce}.payload()); err != nil {
			return false, err
		}
		for again := time.Now().Add(hearAgain); ; {
			for _, w := range h.words {
				if w.Yes == nonce {
					return true, nil
				}
			}
			h.words = nil
			left := time.Until(again)
			if left <= 0 {
				break
			}
			if err := h.wait(ctx, left); err != nil {
				return false, nil // nobody answers
			}
		}
	}
	return false, nil
}

var errOther = fault.E(fault.Conflict, "Other nodes have this database open. Stop them first.")

// trust enters the logs that the guard file of a new node does not know, where a node that is running knows them.
func (s *Store) trust(ctx context.Context, heads []LogHead) error {
	var unknown []LogHead
	for _, h := range heads {
		if _, ok := s.guard.Head(h.Name); !ok {
			unknown = append(unknown, h)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	ok, err := s.e.vouched(ctx)
	if err != nil || !ok {
		return err // what then is refused is said by Check
	}
	for _, h := range unknown {
		if err := s.guard.Confirm(h.Name, h.Head.Size, h.Head.Root); err != nil {
			return err
		}
	}
	return nil
}
