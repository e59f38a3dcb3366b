package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Table is what a table of a PostgreSQL database held at a moment: how many rows, and their sum. That is, in whatever order they lie, the sum of the first
// eight bytes of the SHA-256 of each row as PostgreSQL writes it, each taken as a whole number with a sign, in decimal.
type Table struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	Sum  string `json:"sum"`
}

// Server says with what a PostgreSQL database was read.
type Server struct {
	Version int    `json:"version"` // of the server, as 15
	Tool    int    `json:"tool"`    // of pg_dump, as 15
	Schema  string `json:"schema"`  // in which the tables lie
}

// writtenAlike has values written the same by every session.
var writtenAlike = map[string]string{"bytea_output": "hex", "extra_float_digits": "1", "datestyle": "ISO, MDY", "intervalstyle": "postgres", "idle_in_transaction_session_timeout": "0",
	"statement_timeout": "0", "lock_timeout": "0", "xmloption": "content"}

// moment opens the database at the present moment, in a transaction that writes nothing and that pg_dump reads in too.
func (e *postgresEngine) moment(ctx context.Context, dir string) (_ *Beside, err error) {
	b := &Beside{dir: dir, e: e, db: e.pool(1, writtenAlike)}
	defer func() {
		if err != nil {
			b.Close()
			err = e.fault(err)
		}
	}()
	if b.c, err = b.db.Conn(ctx); err != nil {
		return nil, err
	}
	if b.server, err = e.server(ctx, b.c); err != nil {
		return nil, err
	}
	if _, err := b.c.ExecContext(ctx, "begin isolation level repeatable read, read only"); err != nil {
		return nil, err
	}
	var there bool
	if err := b.c.QueryRowContext(ctx, "select to_regclass('goose_db_version') is not null and to_regclass('log') is not null").Scan(&there); err != nil {
		return nil, err
	}
	if !there {
		return nil, fault.E(fault.NotFound, "There is no node's data in the database %s.", e.place)
	}
	if b.dump, err = findTool(ctx, "pg_dump", b.server.Version); err != nil {
		return nil, err
	}
	b.server.Tool = b.dump.version
	return b, nil
}

// server asks what the server is, and refuses one that Jarchi does not run on.
func (e *postgresEngine) server(ctx context.Context, q asking) (s Server, err error) {
	var encoding string
	var schema sql.NullString
	if err := q.QueryRowContext(ctx, "select current_setting('server_version_num')::int, current_setting('server_encoding'), current_schema()::text").Scan(&s.Version, &encoding, &schema); err != nil {
		return s, err
	}
	s.Version /= 10000
	s.Schema = schema.String
	switch {
	case s.Version < oldestPostgres/10000:
		return s, fault.E(fault.Unsupported, "The server of %s is PostgreSQL %d; Jarchi needs 15 or later.", e.place, s.Version)
	case encoding != "UTF8":
		return s, fault.E(fault.Unsupported, "The database %s has the encoding %s; make one with the encoding UTF8.", e.place, encoding)
	case !schema.Valid:
		return s, fault.E(fault.Unsupported, "In the database %s there is no schema for this user's tables.", e.place)
	}
	return s, nil
}

// Server is the server of a database that is not in the folder's own file; nil where it is.
func (b *Beside) Server() *Server {
	if b.e == nil {
		return nil
	}
	return &b.server
}

// What is read of the server before it is looked whether others write: then as long a rest follows.
const (
	dumpPiece = 256 << 10 // bytes of pg_dump
	sumPages  = 64        // pages of a table
)

// Dump writes what pg_dump makes of the database at the moment that is held. It is to be restored by Restoring. While others write it rests as long as it works.
func (b *Beside) Dump(ctx context.Context, w io.Writer) error {
	var snapshot string
	if err := b.c.QueryRowContext(ctx, "select pg_export_snapshot()").Scan(&snapshot); err != nil {
		return b.fault(err)
	}
	return b.e.runTool(ctx, b.dump, &resting{w: w, rest: b.restOf(ctx), since: time.Now()}, "--format=custom", "--compress=0", "--encoding=UTF8", "--no-owner", "--no-privileges", "--no-password", "--lock-wait-timeout=60s",
		"--snapshot="+snapshot, "--table="+quoteName(b.server.Schema)+".*")
}

// resting rests between pieces of what is written; pg_dump and its session wait meanwhile.
type resting struct {
	w     io.Writer
	rest  func(worked time.Duration) error
	since time.Time
	n     int
}

func (r *resting) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	if r.n += n; err == nil && r.n >= dumpPiece {
		err = r.rest(time.Since(r.since))
		r.since, r.n = time.Now(), 0
	}
	return n, err
}

// restOf leaves the processor and the disk for a while to others, if they have written since it was last asked.
func (b *Beside) restOf(ctx context.Context) func(worked time.Duration) error {
	var was string
	return func(worked time.Duration) error {
		before := was
		if err := b.c.QueryRowContext(ctx, "select case when pg_is_in_recovery() then '' else pg_current_wal_insert_lsn()::text end").Scan(&was); err != nil {
			return b.fault(err)
		}
		if before == "" || before == was {
			return nil
		}
		select {
		case <-time.After(min(worked, mostRest)):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Tables are the tables and their sums at the moment that is held. While others write it rests as long as it works.
func (b *Beside) Tables(ctx context.Context) ([]Table, error) {
	out, err := tableSums(ctx, b.c, b.restOf(ctx))
	return out, b.fault(err)
}

// ownTables are those of the schema that no extension made.
const ownTables = `select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and c.relkind in ('r', 'p', 'm', 'f', 'v', 'S')
	and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`

// tableSums reads the tables in pieces of so many pages; rest is called after each.
func tableSums(ctx context.Context, q asking, rest func(worked time.Duration) error) (out []Table, err error) {
	rows, err := q.QueryContext(ctx, ownTables+` and c.relkind = 'r' order by 1`)
	if err != nil {
		return nil, err
	}
	names, err := texts(rows)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for _, name := range names {
		var pages int64
		if err := q.QueryRowContext(ctx, "select pg_relation_size($1::regclass) / current_setting('block_size')::int", quoteName(name)).Scan(&pages); err != nil {
			return nil, err
		}
		t := Table{Name: name}
		var sum big.Int
		for from := int64(0); from < pages; from += sumPages { // rows that come behind the last page are of a later moment
			start := time.Now()
			var n int64
			var part string
			if err := q.QueryRowContext(ctx, `select count(*), coalesce(sum(('x' || left(encode(sha256(convert_to(t::text, 'UTF8')), 'hex'), 16))::bit(64)::bigint), 0)::text from `+
				quoteName(name)+" t where ctid >= $1::tid and ctid < $2::tid", fmt.Sprintf("(%d,0)", from), fmt.Sprintf("(%d,0)", from+sumPages)).Scan(&n, &part); err != nil {
				return nil, err
			}
			more, ok := new(big.Int).SetString(part, 10)
			if !ok {
				return nil, fault.E(fault.Internal, "The server's sum of the table %s is %q.", name, part)
			}
			t.Rows += n
			sum.Add(&sum, more)
			if err := rest(time.Since(start)); err != nil {
				return nil, err
			}
		}
		t.Sum = sum.String()
		out = append(out, t)
	}
	return out, nil
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// Restoring is an empty PostgreSQL database that a back-up is to come into. As long as it is open no node makes its tables there.
type Restoring struct {
	address string
	e       *postgresEngine
	db      *sql.DB
	c       *sql.Conn
	server  Server
}

// endPatience is for a session that has just been ended, whose locks its server has not let go yet.
const endPatience = 5 * time.Second

// RestoreInto opens the database that address names. Conflict if it holds anything, Busy if its tables are being made.
func RestoreInto(ctx context.Context, address string) (_ *Restoring, err error) {
	e, err := newPostgres(address)
	if err != nil {
		return nil, err
	}
	r := &Restoring{address: address, e: e, db: e.pool(1, writtenAlike)}
	defer func() {
		if err != nil {
			r.Close()
			err = e.fault(err)
		}
	}()
	if r.c, err = r.db.Conn(ctx); err != nil {
		return nil, err
	}
	if r.server, err = e.server(ctx, r.c); err != nil {
		return nil, err
	}
	for until := time.Now().Add(endPatience); ; {
		var alone bool
		if err := r.c.QueryRowContext(ctx, "select pg_try_advisory_lock($1)", int64(lockSchema)).Scan(&alone); err != nil {
			return nil, err
		}
		if alone {
			break
		}
		if time.Now().After(until) {
			return nil, fault.E(fault.Busy, "A node or another 'jarchi restore' is making its tables in the database %s.", e.place)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return r, r.empty(ctx)
}

func (r *Restoring) empty(ctx context.Context) error {
	rows, err := r.c.QueryContext(ctx, ownTables+" order by 1 limit 1")
	if err != nil {
		return err
	}
	some, err := texts(rows)
	if err == nil && len(some) > 0 {
		err = fault.E(fault.Conflict, "The database %s is not empty: it holds %s. Name an empty one; nothing was changed.", r.e.place, some[0])
	}
	return err
}

// Close lets the database go.
func (r *Restoring) Close() { (&Beside{db: r.db, c: r.c}).Close() }

// Fits refuses a back-up that cannot come into this database, before anything is read of it.
func (r *Restoring) Fits(ctx context.Context, from Server) error {
	if from.Schema != r.server.Schema {
		return fault.E(fault.Unsupported, "The tables of the back-up lie in the schema %q, and this user's tables in the database %s in %q. Set the user's search_path.", from.Schema, r.e.place, r.server.Schema)
	}
	_, err := findTool(ctx, "pg_restore", max(from.Tool, r.server.Version))
	return err
}

// Restore brings in what Dump wrote, from a file, in one transaction, and compares every table with what it must be. Where files lay and which nodes there were
// is forgotten: the files of a restored node are in its folder. After an error the database is empty, unless the server is out of reach.
func (r *Restoring) Restore(ctx context.Context, file string, from Server, want []Table) (err error) {
	tool, err := findTool(ctx, "pg_restore", max(from.Tool, r.server.Version))
	if err != nil {
		return err
	}
	if err := r.empty(ctx); err != nil {
		return r.e.fault(err)
	}
	name := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(r.e.config.Database)
	if err := r.e.runTool(ctx, tool, io.Discard, "--format=custom", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", "--dbname=dbname='"+name+"'", file); err != nil {
		if ctx.Err() != nil { // it may have come to its end before it was ended
			err = errors.Join(err, r.clear(context.WithoutCancel(ctx), want))
		}
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(r.e.fault(err), r.clear(context.WithoutCancel(ctx), want))
		}
	}()
	got, err := tableSums(ctx, r.c, func(time.Duration) error { return nil })
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		for _, t := range want {
			if !slices.Contains(got, t) {
				return fault.E(fault.Corrupt, "The rows of the table %s are not those that were backed up. Nothing was restored.", t.Name)
			}
		}
		return fault.E(fault.Corrupt, "The tables are not those that were backed up. Nothing was restored.")
	}
	if _, err := r.c.ExecContext(ctx, "analyze"); err != nil {
		return err
	}
	tx, err := r.c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "delete from setting where name in ('"+filesPlace+"', '"+filesLeft+"', '"+filesNames+"', '"+filesMark+"')"); err != nil {
		return err
	}
	for _, t := range want {
		if t.Name == "node" || t.Name == "node_state" { // what older schemas lack
			if _, err := tx.ExecContext(ctx, "delete from "+t.Name); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// clear takes out what pg_restore brought into the empty database.
func (r *Restoring) clear(ctx context.Context, tables []Table) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var names []string
	for _, t := range tables {
		names = append(names, quoteName(t.Name))
	}
	if len(names) == 0 {
		return nil
	}
	db := r.e.pool(1, nil) // the connection may have been cut off
	defer db.Close()
	if _, err := db.ExecContext(ctx, "drop table if exists "+strings.Join(names, ", ")); err != nil {
		return fault.E(fault.Unavailable, "The database %s could not be emptied again. Drop it and make a new one.", r.e.place).Because(err)
	}
	return nil
}

// Keep has the folder remember the database: from now on it is a node's. After an error the database is empty again.
func (r *Restoring) Keep(ctx context.Context, dir string, tables []Table) error {
	err := putPlace(dir, r.address)
	if err == nil {
		err = syncFolder(dir) // before a node can write to the database: without the file it would have an empty one here
	}
	if err != nil {
		err = errors.Join(err, r.clear(context.WithoutCancel(ctx), tables))
	}
	return err
}

// syncFolder has the names of a folder survive the loss of power.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err == nil {
		err = errors.Join(d.Sync(), d.Close())
	}
	if err != nil {
		return folderFault(dir, err)
	}
	return nil
}

// tool is a program of PostgreSQL's.
type tool struct {
	file    string
	version int // as 15
}

// toolFolders are where Debian keeps the programs of each version of PostgreSQL.
const toolFolders = "/usr/lib/postgresql/*/bin"

// findTool finds the oldest program of that name that is not older than a version: a newer one writes what the server's own do not read.
func findTool(ctx context.Context, name string, least int) (tool, error) {
	files, _ := filepath.Glob(filepath.Join(toolFolders, name))
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if file, err := exec.LookPath(filepath.Join(dir, name)); err == nil && filepath.IsAbs(file) {
			files = append(files, file)
		}
	}
	return oldestOf(ctx, name, least, files)
}

// toolVersion is in what the programs say of themselves: "pg_dump (PostgreSQL) 15.4", or 19beta1.
var toolVersion = regexp.MustCompile(`\(PostgreSQL\) (\d{1,4})`)

func oldestOf(ctx context.Context, name string, least int, files []string) (best tool, err error) {
	newest := 0
	for _, file := range files {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		said, err := exec.CommandContext(ctx, file, "--version").Output()
		cancel()
		m := toolVersion.FindSubmatch(said)
		if err != nil || m == nil {
			continue
		}
		v, _ := strconv.Atoi(string(m[1]))
		newest = max(newest, v)
		if v >= least && (best.file == "" || v < best.version) {
			best = tool{file, v}
		}
	}
	if best.file != "" {
		return best, nil
	}
	if err := ctx.Err(); err != nil {
		return best, err
	}
	if newest > 0 {
		return best, fault.E(fault.Unavailable, "%s here is of PostgreSQL %d, and %d is needed. Install the package postgresql-client-%[3]d, or a later one.", name, newest, least)
	}
	return best, fault.E(fault.Unavailable, "There is no %s here, which PostgreSQL needs for a back-up. Install the package postgresql-client-%d, or a later one; it is looked for in PATH and in %s.", name, least, toolFolders)
}

// runTool runs a program of PostgreSQL's on the database, and ends it when nobody waits any more. No password is on its command line.
func (e *postgresEngine) runTool(ctx context.Context, t tool, w io.Writer, args ...string) error {
	c := exec.CommandContext(ctx, t.file, args...)
	c.Env = e.environment(os.Environ())
	c.WaitDelay = 10 * time.Second
	out, said := &cutWriter{w: w}, &firstWords{}
	c.Stdout, c.Stderr = out, said
	err := c.Run()
	switch name := filepath.Base(t.file); {
	case ctx.Err() != nil:
		return ctx.Err()
	case out.err != nil:
		return out.err
	case err != nil:
		words := strings.TrimSpace(string(said.b))
		return fault.E(fault.Unavailable, "%s of PostgreSQL %d failed on the database %s: %s", name, t.version, e.place, cmp.Or(words, err.Error())).Because(err)
	}
	return nil
}

// cutWriter keeps the error of a writer, of which a program that is cut off by it knows nothing.
type cutWriter struct {
	w   io.Writer
	err error
}

func (f *cutWriter) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	f.err = err
	return n, err
}

// firstWords keeps the first of what a program says.
type firstWords struct{ b []byte }

func (l *firstWords) Write(p []byte) (int, error) {
	l.b = append(l.b, p[:min(len(p), 2048-len(l.b))]...)
	return len(p), nil
}

// libpqNames are parameters of an address as libpq has them in its environment (postgresql.org/docs/15/libpq-envars.html).
var libpqNames = map[string]string{"sslmode": "PGSSLMODE", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "sslrootcert": "PGSSLROOTCERT", "sslsni": "PGSSLSNI", "passfile": "PGPASSFILE",
	"krbsrvname": "PGKRBSRVNAME", "target_session_attrs": "PGTARGETSESSIONATTRS", "channel_binding": "PGCHANNELBINDING", "sslminprotocolversion": "PGSSLMINPROTOCOLVERSION"}

// environment names the database to libpq, in place of what env says: the programs must go where the node's own connections go.
func (e *postgresEngine) environment(env []string) []string {
	env = slices.Clone(env)
	unset := func(name string) {
		env = slices.DeleteFunc(env, func(s string) bool { return strings.HasPrefix(s, name+"=") })
	}
	set := func(name, value string) {
		unset(name)
		env = append(env, name+"="+value)
	}
	said := addressParameters(e.address)
	unset("PGHOSTADDR") // counts before PGHOST, and is not heeded by the node's connections
	if said["host"] != "" || said["service"] != "" {
		unset("PGSERVICE") // counts before the rest of the environment, and after the address
	}
	if options := e.config.RuntimeParams["options"]; options != "" {
		set("PGOPTIONS", options) // of the address, or of env
	} else {
		unset("PGOPTIONS")
	}
	var hosts, ports []string
	add := func(host string, port uint16) {
		p := strconv.Itoa(int(port))
		for i := range hosts {
			if hosts[i] == host && ports[i] == p {
				return
			}
		}
		hosts, ports = append(hosts, host), append(ports, p)
	}
	add(e.config.Host, e.config.Port)
	for _, f := range e.config.Fallbacks {
		add(f.Host, f.Port)
	}
	set("PGHOST", strings.Join(hosts, ","))
	set("PGPORT", strings.Join(ports, ","))
	set("PGUSER", e.config.User)
	set("PGDATABASE", e.config.Database)
	set("PGAPPNAME", "jarchi")
	if e.config.Password != "" {
		set("PGPASSWORD", e.config.Password)
	}
	for name, value := range said {
		if env := libpqNames[name]; env != "" && value != "" {
			set(env, value)
		}
	}
	return env
}

var addressWord = regexp.MustCompile(`(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|\S+)`)

// addressParameters are those of a URL, or of words like sslmode=require.
func addressParameters(address string) map[string]string {
	out := map[string]string{}
	if u, err := url.Parse(address); err == nil && u.Scheme != "" {
		out["host"] = u.Host
		for name, values := range u.Query() {
			out[name] = values[0]
		}
		return out
	}
	for _, m := range addressWord.FindAllStringSubmatch(address, -1) {
		out[m[1]] = strings.Trim(m[2], "'")
	}
	return out
}
