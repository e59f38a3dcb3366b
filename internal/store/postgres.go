package store

import (
	"context"
	crand "crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"jarchi.dev/jarchi/internal/fault"
)

// postgresEngine keeps everything in a PostgreSQL database. One connection writes: it holds a lock of the database for as
// long as it lives, so that no second node writes there. Where it breaks a new one takes its place.
type postgresEngine struct {
	config   *pgconn.Config
	silences *silences
	settings map[string]string // of every connection
	address  string            // as it was named
	place    string            // the database for people: host, port and name, no password
	vacuum   atomic.Bool       // something was erased: its rows are to leave the tables too
	purged   atomic.Bool       // positions left the lists of pairs
	taken    error             // another node has the database
	newer    error             // another program brought it up to date

	waiting waitingWords // before the index

	s       *Store
	locks   *sql.DB // connections that hold something among nodes
	counts  *sql.DB // and those that count for all of them
	id      string  // of this process among the nodes, and the lock that its writer holds
	key     int64
	alone   bool // no other node may have the database open
	others  others
	self    self
	isFirst atomic.Bool
	wanted  atomic.Bool // as nobody is the first

	// Of the writer alone: what its last commit wrote into its row, and what the one writes whose end is not known yet; what it wrote when it last made
	// itself known, until that is known to have taken place; whether it must look what others wrote; and whether the last transaction failed for want of that.
	turn, next, entered int64
	mustLook            bool
	lookUntil           time.Time
	missed              bool
	held                bool // it began on the connection that the one before it had
}

// newTurn is what a commit writes into its node's row, anew at random. Where a connection broke it tells whether the commit
// took place, and whether the database is still as this node left it. (A transaction's number does not: a server that
// crashed may give it to another.)
func newTurn() int64 { return rand.Int64() | 1 }

// Locks of a database (pg_advisory_lock): nodes have it open, one process brings its schema up to date, one node writes, one is the first. Nodes that
// came before several were possible hold the first alone.
const (
	lockNode   = 0x6a617263_68690001
	lockSchema = 0x6a617263_68690002
	lockWrite  = 0x6a617263_68690003
	lockFirst  = 0x6a617263_68690004
)

// lockPatience is how long a start waits for the connection of a process that was killed to end, and a change for that of its own node.
const (
	lockPatience  = 10 * time.Second
	againPatience = 2 * time.Second
)

// oldestPostgres is the oldest server that is known to do, as server_version_num.
const oldestPostgres = 150000

func newPostgres(database string) (*postgresEngine, error) {
	c, err := pgconn.ParseConfig(database)
	if err != nil {
		return nil, fault.E(fault.Invalid, "The database is named by a URL like postgres://user:password@host:5432/name.").Because(err)
	}
	for name, value := range map[string]string{"application_name": "jarchi", "timezone": "UTC", "client_encoding": "UTF8"} {
		c.RuntimeParams[name] = value
	}
	settings := map[string]string{
		"default_transaction_isolation": "read committed",
		"jit":                           "off", // it would compile short statements for longer than they take
		// A node that stopped within a transaction holds up the others. Where the network between was cut the server ends the connection, and with it
		// the locks.
		"idle_in_transaction_session_timeout": "15000",
		// What a server or a role has for others: it would end connections that hold locks, or hear, while nothing happens, and waits that have bounds here.
		"statement_timeout": "0", "lock_timeout": "0", "idle_session_timeout": "0",
		"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3", "tcp_user_timeout": "11000",
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 10 * time.Second
	}
	c.DialFunc = dialled(c.DialFunc)
	e := &postgresEngine{config: c, settings: settings, silences: &silences{long: silenceLong, look: silenceLook}, address: database, place: net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))) + "/" + c.Database}
	e.taken = fault.E(fault.Unavailable, "Another node has the database %s open for itself: it is of an older version, or brings the schema up to date, or moves the data. Stop it first, or wait.", e.place)
	e.newer = fault.E(fault.Unsupported, "The database %s was brought up to date by a newer Jarchi. Start that here too; nothing was changed.", e.place)
	return e, nil
}

// connector makes connections with settings of their own.
func (e *postgresEngine) connector(settings map[string]string) pgConnector {
	all := maps.Clone(e.settings)
	maps.Copy(all, settings)
	return pgConnector{config: e.config, settings: all, silences: e.silences, fault: e.fault}
}

// pool makes the connections of one use.
func (e *postgresEngine) pool(conns int, settings map[string]string) *sql.DB {
	db := sql.OpenDB(e.connector(settings))
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

func (e *postgresEngine) open(ctx context.Context, s *Store) error {
	e.s, e.id, e.key = s, strings.ToLower(crand.Text()[:16]), newTurn()
	s.node = e.id
	writing := map[string]string{"synchronous_commit": "on"} // a checkpoint leaves the node after the commit
	if e.alone {
		writing["idle_in_transaction_session_timeout"] = "600000" // nobody waits
	}
	s.w = e.pool(1, writing)
	// Statements are planned once, as on SQLite, and go by the indexes that were made for them: no table is read whole
	// because it is small when the node is new.
	s.r = &pool{DB: e.pool(2*readers, map[string]string{"default_transaction_read_only": "on", "enable_seqscan": "off", "plan_cache_mode": "force_generic_plan", "max_parallel_workers_per_gather": "0"})}
	e.locks = e.pool(lockers, map[string]string{"synchronous_commit": "off"}) // what is written here may be lost
	e.locks.SetMaxIdleConns(1)
	e.counts = e.pool(counters, map[string]string{"synchronous_commit": "off"})
	e.counts.SetMaxIdleConns(1)
	if err := e.migrate(ctx); err != nil {
		return err
	}
	c, err := s.w.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close() // the one connection goes back into its pool and stays
	if err := e.lock(ctx, c, lockPatience); err != nil {
		return err
	}
	if _, err := e.readOwn(ctx, c); err != nil {
		return err
	}
	asked := time.Now()
	there, err := serverClock(ctx, c)
	if err != nil {
		return err
	}
	s.clock.hear(there, asked, time.Now())
	return e.register(ctx, c)
}

// lock has this node among those that have the database open, for as long as the connection lives. Its own lock is had when the server has ended the
// connection that had it before.
func (e *postgresEngine) lock(ctx context.Context, c *sql.Conn, patience time.Duration) error {
	how := "pg_try_advisory_lock_shared"
	if e.alone {
		how = "pg_try_advisory_lock"
	}
	taken := e.taken
	if e.alone {
		taken = errOther
	}
	until := time.Now().Add(patience)
	for tried := false; ; tried = true {
		var ours, first bool
		err := c.QueryRowContext(ctx, "select case when pg_try_advisory_lock($1) then "+how+"($2) else false end", e.key, int64(lockNode)).Scan(&ours)
		if err == nil && ours {
			err = c.QueryRowContext(ctx, "select pg_try_advisory_lock($1)", int64(lockFirst)).Scan(&first)
		}
		switch {
		case err != nil && tried && ctx.Err() != nil:
			return errors.Join(taken, err)
		case err != nil:
			return err
		case ours:
			if first {
				e.becomeFirst()
			}
			return c.Raw(func(d any) error {
				d.(*pgConn).locked = true
				return nil
			})
		}
		if time.Now().After(until) {
			return taken
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(taken, ctx.Err())
		}
	}
}

// readOwn reads this node's row, 0 if there is none, and refuses a schema that is not this program's.
func (e *postgresEngine) readOwn(ctx context.Context, c *sql.Conn) (turn int64, err error) {
	var schema int64
	err = c.QueryRowContext(ctx, "select (select max(version_id) from goose_db_version where is_applied), coalesce((select turn from node where id = $1), 0)", e.id).Scan(&schema, &turn)
	if err == nil && schema != Schema() {
		err = e.newer
	}
	return turn, err
}

// regain takes the locks again, on a new connection where the old one broke, and tells whether the commit took place whose end was
// not known. errForgotten where nobody can tell; errElsewhere where the database is not as this node left it: then the locks are let go.
func (e *postgresEngine) regain(ctx context.Context, c *conn, patience time.Duration) (landed bool, err error) {
	err = c.Raw(func(d any) error {
		if d.(*pgConn).pg.IsClosed() {
			return driver.ErrBadConn
		}
		return nil
	})
	if err != nil {
		if err := c.renew(ctx); err != nil {
			return false, err
		}
	}
	e.isFirst.Store(false)
	if err := e.lock(ctx, c.Conn, patience); err != nil { // whoever gets it comes after the end of the transaction that had it
		return false, err
	}
	turn, err := e.readOwn(ctx, c.Conn)
	e.mustLook = true
	switch {
	case err != nil:
	case turn == 0: // others took this node for dead. What became of the logs the guard file knows.
		if err = e.register(ctx, c.Conn); err == nil {
			return false, errForgotten
		}
	case turn == e.entered: // they had, and the connection broke while it made itself known again
		e.turn, e.next, e.entered = turn, 0, 0
		return false, errForgotten
	case turn == e.turn:
		e.next = 0
		return false, nil
	case turn == e.next: // not 0, as turn is not
		e.turn, e.next = turn, 0
		return true, nil
	default:
		err = errElsewhere
	}
	return false, errors.Join(err, c.Raw(func(d any) error { return d.(*pgConn).pg.Close(ctx) }))
}

// migrate brings the schema up to date; of two processes that begin at once the second waits.
func (e *postgresEngine) migrate(ctx context.Context) error {
	db := e.pool(2, nil)
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := e.server(ctx, c); err != nil {
		return err
	}
	if _, err := c.ExecContext(ctx, "select pg_advisory_lock($1)", int64(lockSchema)); err != nil {
		return err
	}
	if err := fits(ctx, c); err != nil {
		return err
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, translatedFS{dir})
	if err != nil {
		return err
	}
	if pending, err := p.HasPending(ctx); err != nil || !pending {
		return err
	}
	older := error(fault.E(fault.Unavailable, "Another node of an older version has the database %s open, and its schema is to be brought up to date. Stop all nodes, start this one, then the others in the new version.", e.place))
	for until := time.Now().Add(lockPatience); ; { // under no node's feet
		var ours bool
		if err := c.QueryRowContext(ctx, "select pg_try_advisory_lock($1)", int64(lockNode)).Scan(&ours); err != nil && ctx.Err() != nil {
			return errors.Join(older, err)
		} else if err != nil {
			return err
		}
		if ours {
			break
		}
		if time.Now().After(until) {
			return older
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(older, ctx.Err())
		}
	}
	if _, err = p.Up(ctx); err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, "select pg_advisory_unlock($1)", int64(lockNode))
	return err
}

// begin opens the transaction, on a new connection if the old one broke, together with its first statement. Nothing is written on a connection
// that does not hold the lock.
func (e *postgresEngine) begin(ctx context.Context, c *conn) error {
	e.missed, e.held = false, false
	ours := false
	_ = c.Raw(func(d any) error { // an error says that it is gone
		p := d.(*pgConn)
		p.pending = nil
		ours = p.locked && !p.pg.IsClosed()
		return nil
	})
	if !ours {
		landed, err := e.regain(ctx, c, againPatience)
		if err != nil && !errors.Is(err, errForgotten) {
			return err
		}
		if landed && c.landed != nil {
			c.landed()
		}
	}
	c.landed = nil
	e.held = ours
	e.next = newTurn()
	if _, err := c.later("begin", nil); err != nil {
		return err
	}
	if _, err := c.later("select pg_advisory_xact_lock($1)", []any{int64(lockWrite)}); err != nil {
		return err
	}
	if !e.mustLook && !e.wanted.Swap(false) && time.Now().After(e.lookUntil) {
		return e.mark(c)
	}
	err := e.look(ctx, c)
	if err == nil {
		_, err = c.later("update node set turn = $1 where id = $2", []any{e.next, e.id})
	}
	if err != nil {
		e.rollback(ctx, c)
	}
	return err
}

// rollback ends the transaction, if it was begun.
func (e *postgresEngine) rollback(ctx context.Context, c *conn) {
	c.Raw(func(d any) error {
		p := d.(*pgConn)
		p.pending = nil
		if p.pg.TxStatus() == 'I' {
			return nil
		}
		_, err := p.simple(ctx, "rollback")
		return err
	})
}

// commitPatience is how long the outcome of a commit is asked for whose connection broke.
const commitPatience = 30 * time.Second

// errUnknown is a commit whose end could not be learned. It is when the database is there again.
var errUnknown = fault.E(fault.Unavailable, "The connection to the database broke while a change was committed, and could not be made again. Look whether the change is there before trying again.")

// errForgotten: this node was away for so long that others have removed its row.
var errForgotten = fault.E(fault.Unavailable, "The database was out of reach for so long that the other nodes took this one for dead.")

// errElsewhere: what this node would sign next could be a second tree of a size that it has signed.
var errElsewhere = fault.E(fault.Unavailable, "The database is not as this node left it: an older state was brought back, or its logs are not those that this node knows. Nothing more is written. Start the node again: it compares the logs with its guard file.")

// commit ends the transaction. Where the connection breaks meanwhile, it is looked up what became of it.
func (e *postgresEngine) commit(ctx context.Context, c *conn) error {
	answered := false
	err := c.Raw(func(d any) error {
		p := d.(*pgConn)
		all, _, err := p.send(ctx, &later{q: "commit"})
		if err == nil {
			var tag pgconn.CommandTag
			tag, err = next(all)
			if err == nil && tag.String() != "COMMIT" {
				err = fault.E(fault.Internal, "A statement of the transaction had failed.")
			}
			all.Close() // nothing comes behind it
		}
		answered = err == nil || !p.pg.IsClosed()
		return err
	})
	switch {
	case err == nil:
		e.turn, e.next = e.next, 0
		return nil
	case answered:
		return err
	}
	for until := time.Now().Add(commitPatience); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		again, cancel := context.WithDeadline(ctx, until)
		landed, aerr := e.regain(again, c, againPatience)
		cancel()
		switch {
		case errors.Is(aerr, errElsewhere):
			return aerr
		case errors.Is(aerr, errForgotten):
			return errors.Join(errUnknown, errForgotten, err)
		case aerr == nil && landed:
			return nil
		case aerr == nil:
			return err
		}
	}
	return errors.Join(errUnknown, err)
}

// away is an error of a server that is not there, as fault told it.
type away struct{ error }

func (a away) Unwrap() error { return a.error }

// lost reports whether an error means that the server is not there, or not any more.
func (e *postgresEngine) lost(err error) bool {
	var pe *pgconn.PgError
	switch {
	case err == nil:
		return false
	case errors.Is(err, e.taken), errors.Is(err, e.newer), errors.Is(err, errElsewhere):
		return true
	case errors.As(err, &pe):
		return strings.HasPrefix(pe.Code, "08") || strings.HasPrefix(pe.Code, "57P")
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return errors.As(err, new(away))
	}
	var ce *pgconn.ConnectError
	var ne net.Error
	return errors.As(err, &ce) || errors.As(err, &ne) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed")
}

// fault goes by the classes of SQLSTATE (postgresql.org/docs/15/errcodes-appendix.html).
func (e *postgresEngine) fault(err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch {
		case pe.Code == "53100":
			return fault.E(fault.Unavailable, "The disk of the database %s is full. Nothing was lost; make room and try again.", e.place).Because(err)
		case strings.HasPrefix(pe.Code, "53"):
			return fault.E(fault.Unavailable, "The server of the database %s has no room for more: connections or memory are used up.", e.place).Because(err)
		case pe.Code == "25006", pe.Code == "42501":
			return fault.E(fault.Unavailable, "The database %s cannot be written. Check the rights of its user and that the server is not a stand-by.", e.place).Because(err)
		case pe.Code == "3D000":
			return fault.E(fault.Unavailable, "There is no database %s. Make one: create database … encoding 'UTF8'.", e.place).Because(err)
		case strings.HasPrefix(pe.Code, "28"):
			return fault.E(fault.Unavailable, "The server of the database %s does not let this user in. Check user name, password and pg_hba.conf.", e.place).Because(err)
		case pe.Code == "58030":
			return fault.E(fault.Unavailable, "The disk of the database %s reports an error. Nothing more is written until it is mended.", e.place).Because(err)
		case strings.HasPrefix(pe.Code, "XX001"), strings.HasPrefix(pe.Code, "XX002"):
			return fault.E(fault.Corrupt, "The database %s is damaged. Restore it from the back-up.", e.place).Because(err)
		}
	}
	if e.lost(err) {
		return fault.E(fault.Unavailable, "The database %s is out of reach. Nothing was lost; the node goes on when it is there again.", e.place).Because(away{err})
	}
	return err
}

func (e *postgresEngine) refusal(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == "53100" || pe.Code == "25006" || pe.Code == "58030"
	}
	return false
}

func (e *postgresEngine) touch() string {
	return "update counter set value = value where name = 'position'"
}

func (e *postgresEngine) gathers() bool { return true }

func (e *postgresEngine) name() string { return "PostgreSQL" }

func (e *postgresEngine) sizes(ctx context.Context, q asking) (all, free, ahead int64, err error) {
	err = q.QueryRowContext(ctx, "select pg_database_size(current_database())").Scan(&all)
	return all, 0, 0, err
}

func (e *postgresEngine) care(s *Store, c *conn) care { return &tending{s: s, e: e, c: c} }

func (e *postgresEngine) erased(*Store) { e.vacuum.Store(true) }

// run has what stands beside the writer work until the store is closed.
func (e *postgresEngine) run(s *Store) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-s.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	var entering sync.WaitGroup
	entering.Go(func() { e.enterWords(ctx, s) })
	entering.Go(func() { e.sealPairs(ctx, s) })
	entering.Go(func() { e.hear(ctx, s) })
	defer entering.Wait()
	defer cancel()
	e.vacuuming(ctx, s)
}

func (e *postgresEngine) close(s *Store) error {
	if s.r != nil {
		s.r.Close()
	}
	if s.w != nil && e.turn != 0 {
		e.leave(s)
	}
	closeAll(e.locks, e.counts, s.w)
	return nil
}

// tending is the writer's care for the index on PostgreSQL: new partitions, and nothing to merge.
type tending struct {
	s *Store
	e *postgresEngine
	c *conn
}

func (m *tending) after(indexed indexed) {
	for p, sum := range indexed {
		p.last = max(p.last, sum.last)
	}
	m.e.waiting.add(indexed)
	if err := m.s.addPartition(context.Background(), m.c); err != nil {
		m.s.log.Warn("the search index could not begin a new partition; the newest goes on growing", "error", err)
	}
}

func (m *tending) waits() bool          { return false }
func (m *tending) pause() time.Duration { return time.Second }
func (m *tending) idle()                {}
