package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"jarchi.dev/jarchi/internal/fault"
)

// postgresEngine keeps everything in a PostgreSQL database. One connection writes: it holds a lock of the database for as
// long as it lives, so that no second node writes there. Where it breaks a new one takes its place.
type postgresEngine struct {
	config *pgx.ConnConfig
	place  string      // the database for people: host, port and name, no password
	vacuum atomic.Bool // something was erased: its rows are to leave the tables too
	left   sync.Map    // tables of the index that words left
	taken  error       // another node has the database

	// Of the writer alone: what its last commit wrote under lastTurn, and what the one writes whose end is not known yet.
	turn, next int64
}

// lastTurn is the counter that every commit of a node writes anew, at random. Where a connection broke it tells whether the commit
// took place, and whether the database is still as this node left it. (A transaction's number does not: a server that
// crashed may give it to another.)
const lastTurn = "turn"

// Locks of a database (pg_advisory_lock): one node has it open, one process brings its schema up to date.
const (
	lockNode   = 0x6a617263_68690001
	lockSchema = 0x6a617263_68690002
)

// lockPatience is how long a start waits for the connection of a process that was killed to end, and a change for that of its own node.
const (
	lockPatience  = 10 * time.Second
	againPatience = 2 * time.Second
)

// oldestPostgres is the oldest server that is known to do, as server_version_num.
const oldestPostgres = 150000

func newPostgres(database string) (*postgresEngine, error) {
	c, err := pgx.ParseConfig(database)
	if err != nil {
		return nil, fault.E(fault.Invalid, "The database is named by a URL like postgres://user:password@host:5432/name.").Because(err)
	}
	for name, value := range map[string]string{
		"application_name":                    "jarchi",
		"timezone":                            "UTC",
		"client_encoding":                     "UTF8",
		"default_transaction_isolation":       "read committed",
		"jit":                                 "off", // it would compile short statements for longer than they take
		"idle_in_transaction_session_timeout": "60000",
		// Where the network between was cut the server ends the connection, and with it the lock, within half a minute.
		"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3", "tcp_user_timeout": "25000",
	} {
		c.RuntimeParams[name] = value
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 10 * time.Second
	}
	e := &postgresEngine{config: c, place: net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))) + "/" + c.Database}
	e.taken = fault.E(fault.Unavailable, "Another node has the database %s open. Stop it first.", e.place)
	return e, nil
}

// pool makes the connections of one use, with settings of their own.
func (e *postgresEngine) pool(conns int, settings map[string]string) *sql.DB {
	c := e.config.Copy()
	for name, value := range settings {
		c.RuntimeParams[name] = value
	}
	db := sql.OpenDB(pgConnector{stdlib.GetConnector(*c)})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

func (e *postgresEngine) open(ctx context.Context, s *Store) error {
	s.w = e.pool(1, map[string]string{"synchronous_commit": "on"}) // a checkpoint leaves the node after the commit
	// Statements are planned once, as on SQLite, and go by the indexes that were made for them: no table is read whole
	// because it is small when the node is new.
	s.r = &pool{DB: e.pool(2*readers, map[string]string{"default_transaction_read_only": "on", "enable_seqscan": "off", "plan_cache_mode": "force_generic_plan"})}
	c, err := s.w.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close() // the one connection goes back into its pool and stays
	if err := e.lock(ctx, c, lockPatience); err != nil {
		return err
	}
	if err := e.migrate(ctx); err != nil { // under no node's feet
		return err
	}
	if e.turn, err = e.readTurn(ctx, c); err != nil {
		return err
	}
	// No other node has the database, so none of its jobs is running.
	_, err = c.ExecContext(ctx, "update job set lease_until = 0, lease = '' where lease_until <> 0")
	return err
}

// lock takes the database for this node, for as long as the connection lives.
func (e *postgresEngine) lock(ctx context.Context, c *sql.Conn, patience time.Duration) error {
	until := time.Now().Add(patience)
	for tried := false; ; tried = true {
		var ours bool
		err := c.QueryRowContext(ctx, "select pg_try_advisory_lock($1)", int64(lockNode)).Scan(&ours)
		switch {
		case err != nil && tried && ctx.Err() != nil:
			return errors.Join(e.taken, err)
		case err != nil:
			return err
		case ours:
			return c.Raw(func(d any) error {
				d.(*pgConn).locked = true
				return nil
			})
		}
		if time.Now().After(until) {
			return e.taken
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(e.taken, ctx.Err())
		}
	}
}

func (e *postgresEngine) readTurn(ctx context.Context, c *sql.Conn) (turn int64, err error) {
	err = c.QueryRowContext(ctx, "select coalesce((select value from counter where name = $1), 0)", lastTurn).Scan(&turn)
	return turn, err
}

// regain takes the database again, on a new connection where the old one broke, and tells whether the commit took place whose end was
// not known. errElsewhere where the database is not as this node left it; then the lock is let go.
func (e *postgresEngine) regain(ctx context.Context, c *conn, patience time.Duration) (landed bool, err error) {
	err = c.Raw(func(d any) error {
		if d.(*pgConn).Conn.Conn().IsClosed() {
			return driver.ErrBadConn
		}
		return nil
	})
	if err != nil {
		if err := c.renew(ctx); err != nil {
			return false, err
		}
	}
	if err := e.lock(ctx, c.Conn, patience); err != nil { // whoever gets it comes after the end of the transaction that had it
		return false, err
	}
	turn, err := e.readTurn(ctx, c.Conn)
	switch {
	case err != nil:
		return false, err
	case turn == e.turn:
		e.next = 0
		return false, nil
	case turn == e.next:
		e.turn, e.next = turn, 0
		return true, nil
	}
	return false, errors.Join(errElsewhere, c.Raw(func(d any) error { return d.(*pgConn).Conn.Conn().Close(ctx) }))
}

// migrate brings the schema up to date; of two processes that begin at once the second waits.
func (e *postgresEngine) migrate(ctx context.Context) error {
	db := stdlib.OpenDB(*e.config) // goose speaks to PostgreSQL by itself
	db.SetMaxOpenConns(2)
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	var version int
	var encoding string
	if err := c.QueryRowContext(ctx, "select current_setting('server_version_num')::int, current_setting('server_encoding')").Scan(&version, &encoding); err != nil {
		return err
	}
	switch {
	case version < oldestPostgres:
		return fault.E(fault.Unsupported, "The server of %s is PostgreSQL %d; Jarchi needs 15 or later.", e.place, version/10000)
	case encoding != "UTF8":
		return fault.E(fault.Unsupported, "The database %s has the encoding %s; make one with the encoding UTF8.", e.place, encoding)
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
	_, err = p.Up(ctx)
	return err
}

// translatedFS is the folder of migrations as PostgreSQL takes them: a file of the same name in postgres/ where there is
// one, otherwise SQLite's with its names of types.
type translatedFS struct{ fs.FS }

func (f translatedFS) Open(name string) (fs.File, error) {
	if path.Ext(name) != ".sql" {
		return f.FS.Open(name)
	}
	if own, err := f.FS.Open("postgres/" + name); err == nil {
		return own, nil
	}
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(file)
	return translatedFile{file, strings.NewReader(translated(string(b)))}, err
}

type translatedFile struct {
	fs.File
	*strings.Reader
}

func (f translatedFile) Read(b []byte) (int, error) { return f.Reader.Read(b) }

var (
	ownID      = regexp.MustCompile(`\binteger( +)not null primary key( autoincrement)?`)
	columnType = regexp.MustCompile(`(?m)((?:^|[(,]|add column)[ ]*\w+ +)(text|integer|blob|real)\b`)
	noRowid    = regexp.MustCompile(`\) *without rowid *;`)
	typeNames  = map[string]string{"text": `text collate "C"`, "integer": "bigint", "blob": "bytea", "real": "double precision"}
)

// translated is a schema of SQLite's for PostgreSQL. Texts are ordered by their bytes there too.
func translated(q string) string {
	q = ownID.ReplaceAllString(q, "bigint${1}not null generated by default as identity primary key")
	q = columnType.ReplaceAllStringFunc(q, func(m string) string {
		at := columnType.FindStringSubmatch(m)
		return at[1] + typeNames[at[2]]
	})
	return spoken(noRowid.ReplaceAllString(q, ");"))
}

// spoken is a statement in words that PostgreSQL takes: a bare plus sign (pool) and SQLite's empty blob are not among them.
func spoken(q string) string {
	for _, w := range [][2]string{{"+$", "$"}, {"x''", "''::bytea"}, {"in ()", "in (null)"}, {"limit -1", "limit all"}} {
		if strings.Contains(q, w[0]) {
			q = strings.ReplaceAll(q, w[0], w[1])
		}
	}
	return q
}

// pgConnector makes connections that are spoken to as SQLite's are.
type pgConnector struct{ driver.Connector }

func (c pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &pgConn{Conn: conn.(*stdlib.Conn)}, nil
}

type pgConn struct {
	*stdlib.Conn
	pending []*later // of the writer: to be sent with the next statement that is answered
	locked  bool     // it holds the lock of the database
}

// later is a statement that waits to be sent with others, and then what became of it.
type later struct {
	c    *pgConn
	q    string
	args []any
	then func(pgx.Rows) error // reads its rows; nil: it has none
	rows int64
}

// later takes a statement up. Its result waits until somebody asks for it.
func (c *conn) later(q string, args []any) (sql.Result, error) {
	l := &later{q: spoken(q), args: make([]any, len(args))}
	for i, a := range args {
		v := driver.NamedValue{Value: a}
		if err := (*pgConn)(nil).CheckNamedValue(&v); err != nil {
			return nil, err
		}
		l.args[i] = v.Value
	}
	err := c.Raw(func(d any) error {
		l.c = d.(*pgConn)
		l.c.pending = append(l.c.pending, l)
		return nil
	})
	return l, err
}

func (l *later) LastInsertId() (int64, error) {
	return 0, fault.E(fault.Internal, "PostgreSQL tells no last id.")
}

// RowsAffected sends what waits. The connection is the writer's, and it is the writer who asks.
func (l *later) RowsAffected() (int64, error) {
	if l.c == nil {
		return l.rows, nil
	}
	err := l.c.flush(context.Background())
	return l.rows, err
}

// flush sends what waits, and reads all answers.
func (c *pgConn) flush(ctx context.Context) error {
	br, err := c.send(ctx, nil)
	if err != nil {
		return err
	}
	return br.Close()
}

// send sends what waits and what more says, in one go, and reads the answers of what waited. The others' are the caller's.
func (c *pgConn) send(ctx context.Context, more func(*pgx.Batch)) (pgx.BatchResults, error) {
	var b pgx.Batch
	for _, l := range c.pending {
		b.Queue(l.q, l.args...)
	}
	if more != nil {
		more(&b)
	}
	waited := c.pending
	c.pending = nil
	br := c.Conn.Conn().SendBatch(ctx, &b)
	for _, l := range waited {
		l.c = nil
		var err error
		if l.then != nil {
			var rows pgx.Rows
			if rows, err = br.Query(); err == nil {
				err = l.then(rows)
			}
		} else {
			var tag pgconn.CommandTag
			tag, err = br.Exec()
			l.rows = tag.RowsAffected()
		}
		if err != nil {
			br.Close()
			return nil, err
		}
	}
	return br, nil
}

// sentRows are the rows of a statement that was sent together with others.
type sentRows struct {
	pgx.Rows
	br pgx.BatchResults
}

func (r *sentRows) Columns() []string {
	fields := r.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

func (r *sentRows) Next(dest []driver.Value) error {
	if !r.Rows.Next() {
		if err := r.Rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	values, err := r.Rows.Values()
	if err != nil {
		return err
	}
	for i, v := range values {
		if dest[i], err = driver.DefaultParameterConverter.ConvertValue(v); err != nil {
			return err
		}
	}
	return nil
}

func (r *sentRows) Close() error {
	r.Rows.Close()
	return r.br.Close()
}

func (c *pgConn) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	if len(c.pending) > 0 {
		if err := c.flush(ctx); err != nil {
			return nil, err
		}
	}
	st, err := c.Conn.PrepareContext(ctx, spoken(q))
	if err != nil {
		return nil, c.broken(err)
	}
	return &pgStmt{st.(*stdlib.Stmt), c}, nil
}

// pgStmt is a prepared statement; what waits goes before it.
type pgStmt struct {
	*stdlib.Stmt
	c *pgConn
}

func (s *pgStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if len(s.c.pending) > 0 {
		if err := s.c.flush(ctx); err != nil {
			return nil, err
		}
	}
	rows, err := s.Stmt.QueryContext(ctx, args)
	return rows, s.c.broken(err)
}

func (s *pgStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if len(s.c.pending) > 0 {
		if err := s.c.flush(ctx); err != nil {
			return nil, err
		}
	}
	return s.Stmt.ExecContext(ctx, args)
}

func (c *pgConn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	if len(c.pending) > 0 {
		if err := c.flush(ctx); err != nil {
			return nil, err
		}
	}
	return c.Conn.ExecContext(ctx, spoken(q), args)
}

func (c *pgConn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	if len(c.pending) > 0 {
		values := make([]any, len(args))
		for i, a := range args {
			values[i] = a.Value
		}
		br, err := c.send(ctx, func(b *pgx.Batch) { b.Queue(spoken(q), values...) })
		if err != nil {
			return nil, err
		}
		rows, err := br.Query()
		if err != nil {
			br.Close()
			return nil, err
		}
		return &sentRows{rows, br}, nil
	}
	rows, err := c.Conn.QueryContext(ctx, spoken(q), args)
	return rows, c.broken(err)
}

// broken has database/sql take another connection where this one is gone: what only asks can be asked again.
func (c *pgConn) broken(err error) error {
	if err != nil && c.Conn.Conn().IsClosed() && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return driver.ErrBadConn
	}
	return err
}

// BeginTx: what only reads reads one state, as on SQLite.
func (c *pgConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if o.ReadOnly && o.Isolation == driver.IsolationLevel(sql.LevelDefault) {
		o.Isolation = driver.IsolationLevel(sql.LevelRepeatableRead)
	}
	tx, err := c.Conn.BeginTx(ctx, o)
	return tx, c.broken(err)
}

// CheckNamedValue makes values what the columns are: a yes is a 1, and text is UTF-8 without zeros, which PostgreSQL does not take.
func (c *pgConn) CheckNamedValue(v *driver.NamedValue) error {
	if _, ok := v.Value.([]int64); ok {
		return nil
	}
	value, err := driver.DefaultParameterConverter.ConvertValue(v.Value)
	if err != nil {
		return err
	}
	switch x := value.(type) {
	case bool:
		v.Value = flag(x)
	case string:
		v.Value = clearText(x)
	default:
		v.Value = value
	}
	return nil
}

func clearText(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\ufffd")
	}
	return s
}

// begin opens the transaction, on a new connection if the old one broke, together with its first statement. Nothing is written on a connection
// that does not hold the lock.
func (e *postgresEngine) begin(ctx context.Context, c *conn) error {
	ours := false
	_ = c.Raw(func(d any) error { // an error says that it is gone
		p := d.(*pgConn)
		p.pending = nil
		ours = p.locked && !p.Conn.Conn().IsClosed()
		return nil
	})
	if !ours {
		landed, err := e.regain(ctx, c, againPatience)
		if err != nil {
			return err
		}
		if landed && c.landed != nil {
			c.landed()
		}
	}
	c.landed = nil
	e.next = rand.Int64() | 1
	if _, err := c.later("begin", nil); err != nil {
		return err
	}
	_, err := c.later("insert into counter (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value", []any{lastTurn, e.next})
	return err
}

// rollback ends the transaction, if it was begun.
func (e *postgresEngine) rollback(ctx context.Context, c *conn) {
	c.Raw(func(d any) error {
		p := d.(*pgConn)
		p.pending = nil
		if p.Conn.Conn().PgConn().TxStatus() == 'I' {
			return nil
		}
		_, err := p.Conn.Conn().Exec(ctx, "rollback", pgx.QueryExecModeSimpleProtocol)
		return err
	})
}

// commitPatience is how long the outcome of a commit is asked for whose connection broke.
const commitPatience = 30 * time.Second

// errUnknown is a commit whose end could not be learned. It is when the database is there again.
var errUnknown = fault.E(fault.Unavailable, "The connection to the database broke while a change was committed, and could not be made again. Look whether the change is there before trying again.")

// errElsewhere: what this node would sign next could be a second tree of a size that it has signed.
var errElsewhere = fault.E(fault.Unavailable, "The database is not as this node left it: another node has written there, or an older state was brought back. Nothing more is written. Start the node again: it compares the logs with its guard file.")

// commit ends the transaction. Where the connection breaks meanwhile, it is looked up what became of it.
func (e *postgresEngine) commit(ctx context.Context, c *conn) error {
	answered := false
	err := c.Raw(func(d any) error {
		p := d.(*pgConn)
		br, err := p.send(ctx, func(b *pgx.Batch) { b.Queue("commit") })
		if err == nil {
			var tag pgconn.CommandTag
			tag, err = br.Exec()
			if err == nil && tag.String() != "COMMIT" {
				err = fault.E(fault.Internal, "A statement of the transaction had failed.")
			}
			br.Close() // nothing comes behind it
		}
		answered = err == nil || !p.Conn.Conn().IsClosed()
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
		case aerr == nil && landed:
			return nil
		case aerr == nil:
			return err
		}
	}
	return errors.Join(errUnknown, err)
}

// lost reports whether an error means that the server is not there, or not any more.
func (e *postgresEngine) lost(err error) bool {
	var pe *pgconn.PgError
	switch {
	case err == nil:
		return false
	case errors.Is(err, e.taken), errors.Is(err, errElsewhere):
		return true
	case errors.As(err, &pe):
		return strings.HasPrefix(pe.Code, "08") || strings.HasPrefix(pe.Code, "57P")
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return false
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
		return fault.E(fault.Unavailable, "The database %s is out of reach. Nothing was lost; the node goes on when it is there again.", e.place).Because(err)
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

// vacuumRest is between two rounds of vacuuming, and vacuumAgain after how long there is another: whoever reads an older state, like
// pg_dump, keeps the rows of that state from going.
var (
	vacuumRest  = time.Minute
	vacuumAgain = []time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour}
)

// run has PostgreSQL take out of the tables what was erased: until then the rows stand there, though nobody can read them. What it cannot
// reach is said in docs/operating.md.
func (e *postgresEngine) run(s *Store) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	all := true // after a start nothing is known of what was erased before
	due, last, again := time.Now().Add(vacuumRest/2), time.Time{}, 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if e.vacuum.Swap(false) {
			due, again = last.Add(vacuumRest), 0
		}
		if due.IsZero() || time.Now().Before(due) {
			continue
		}
		err := e.vacuumAll(ctx, all)
		last = time.Now()
		switch {
		case err != nil && ctx.Err() == nil:
			due = last.Add(vacuumRest)
			s.log.Warn("rows that were erased could not be taken out of the tables; it is tried again in a minute", "error", e.fault(err))
		case again < len(vacuumAgain):
			all, due = false, last.Add(vacuumAgain[again])
			again++
		default:
			due = time.Time{}
		}
	}
}

// vacuumAll vacuums every table in which something can be erased, of the index those that words left, or all. What PostgreSQL keeps of values to
// plan by is drawn anew with it.
func (e *postgresEngine) vacuumAll(ctx context.Context, all bool) error {
	db := e.pool(1, nil)
	defer db.Close()
	rows, err := db.QueryContext(ctx, `select relname, relname in (select name from search_partition) from pg_class
		where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname not in ('leaf', 'hash', 'log', 'goose_db_version') order by relname`)
	if err != nil {
		return err
	}
	var statements []string
	for rows.Next() {
		var name string
		var words bool
		if err := rows.Scan(&name, &words); err != nil {
			rows.Close()
			return err
		}
		_, left := e.left.Load(name)
		switch {
		case !words:
			statements = append(statements, "vacuum (analyze, index_cleanup on) "+name)
		case all || left:
			statements = append(statements, "vacuum (index_cleanup on) "+name)
		}
	}
	if err := closeRows(rows); err != nil {
		return err
	}
	for _, q := range statements {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (e *postgresEngine) close(s *Store) error {
	if s.r != nil {
		s.r.Close()
	}
	closeAll(s.w)
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
	if err := m.s.addPartition(context.Background(), m.c); err != nil {
		m.s.log.Warn("the search index could not begin a new partition; the newest goes on growing", "error", err)
	}
}

func (m *tending) waits() bool          { return false }
func (m *tending) pause() time.Duration { return time.Second }
func (m *tending) idle()                {}
