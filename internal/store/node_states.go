package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/people"
)

// NodeState is one of the nodes that have the database open, or had it and went without a word.
type NodeState struct {
	ID      string // of the process, as leases of jobs name it
	Host    string // the machine's name
	Address string // that it listens on; empty while it serves nobody
	Version string // of the program
	Since   time.Time
	Heard   time.Time     // when it last said that it is there
	Ahead   time.Duration // how far its clock is ahead of the database server's, by the middle of an exchange
	There   bool          // its connection is
	First   bool          // it does what one should do for all
	Self    bool          // it is this one
	Running []NodeJobs
}

// NodeJobs is what a node does at this moment, of one kind of job.
type NodeJobs struct {
	Kind jobs.Kind
	N    int64
}

const (
	stateEvery   = 10 * time.Second // a node says that it is there
	bucketsEvery = 10 * time.Minute
	stateForget  = 24 * time.Hour // one that went without a word and did not come back
)

// self is what a node says of itself.
type self struct {
	mu               sync.Mutex
	version, address string
	changed          bool
	since            time.Time
	folder           string
}

// Introduce tells the other nodes, within seconds, which version runs here and, once it listens, on which address. On a file it does nothing.
func (s *Store) Introduce(version, address string) {
	e, ok := s.e.(*postgresEngine)
	if !ok {
		return
	}
	e.self.mu.Lock()
	defer e.self.mu.Unlock()
	if e.self.version != version || e.self.address != address {
		e.self.version, e.self.address, e.self.changed = version, address, true
	}
}

// folderFile holds, in a data folder, what it is called among the nodes of a PostgreSQL database.
const folderFile = "node"

// folderID is what a data folder is called: a node that was killed is the same when it comes back, though process and machine have other names.
func folderID(dir string) (string, error) {
	name := filepath.Join(dir, folderFile)
	b, err := os.ReadFile(name)
	if id := strings.TrimSpace(string(b)); err == nil && len(id) == 16 {
		return id, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", folderFault(dir, err)
	}
	id := strings.ToLower(rand.Text()[:16])
	if err := os.WriteFile(name, []byte(id+"\n"), 0o600); err != nil {
		return "", folderFault(dir, err)
	}
	return id, nil
}

// sayState says that this node is there, on the connection on which it hears. ahead is by how much its clock is ahead of the database's. What it says of itself
// decides nothing, so it takes no turn among the writers.
func (e *postgresEngine) sayState(ctx context.Context, s *Store, h *hearing, ahead time.Duration) error {
	x := &e.self
	x.mu.Lock()
	if now := time.Now(); !x.changed && now.Sub(h.said) < stateEvery {
		x.mu.Unlock()
		return nil
	}
	h.said, x.changed = time.Now(), false
	version, address := x.version, x.address
	x.mu.Unlock()
	if x.folder == "" {
		id, err := folderID(s.dir)
		if err != nil {
			return err
		}
		x.folder, x.since = id, time.Now()
	}
	host, _ := os.Hostname() // a machine without a name has none
	ctx, cancel := context.WithTimeout(ctx, hearPatience)
	defer cancel()
	_, err := h.ExecContext(ctx, `with gone as (delete from node_state where folder <> $1 and heard < `+databaseTime+` - $8)
		insert into node_state (folder, id, host, address, version, since, heard, ahead) values ($1, $2, $3, $4, $5, `+databaseTime+` - $6, `+databaseTime+`, $7)
		on conflict (folder) do update set id = excluded.id, host = excluded.host, address = excluded.address, version = excluded.version, since = excluded.since,
			heard = excluded.heard, ahead = excluded.ahead`,
		x.folder, e.id, clearText(host), clearText(address), clearText(version), time.Since(x.since).Microseconds(), ahead.Microseconds(), stateForget.Microseconds())
	return err
}

// databaseTime is the database server's clock, in microseconds, and statementTime the same for the whole of a statement.
const (
	databaseTime  = "cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)"
	statementTime = "cast(extract(epoch from statement_timestamp()) * 1000000 as bigint)"
)

// lockAt is whether a row of pg_locks is the advisory lock of a key.
func lockAt(table, key string) string {
	return table + ".locktype = 'advisory' and " + table + ".granted and " + table + ".objsubid = 1 and " + table + ".database = (select oid from pg_database where datname = current_database()) and " +
		table + ".classid = ((" + key + ") >> 32)::oid and " + table + ".objid = ((" + key + ") & 4294967295)::oid"
}

// nodeStates reads what the nodes said, this one first, then by their names. now is what this machine takes for the time.
func (e *postgresEngine) nodeStates(ctx context.Context, q asking, now time.Time) (out []NodeState, err error) {
	rows, err := q.QueryContext(ctx, `select s.id, s.host, s.address, s.version, `+databaseTime+` - s.since, `+databaseTime+` - s.heard, s.ahead,
		case when exists (select 1 from pg_locks l where `+lockAt("l", "node.lock")+`) then 1 else 0 end,
		case when exists (select 1 from pg_locks l join pg_locks f on f.pid = l.pid where `+lockAt("l", "node.lock")+` and `+lockAt("f", "$1::bigint")+`) then 1 else 0 end
		from node_state s left join node on node.id = s.id order by s.host, s.address, s.folder`, int64(lockFirst))
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var n NodeState
		var since, heard, ahead int64
		if err := rows.Scan(&n.ID, &n.Host, &n.Address, &n.Version, &since, &heard, &ahead, &n.There, &n.First); err != nil {
			rows.Close()
			return nil, err
		}
		ago := func(m int64) time.Time { return now.Add(-time.Duration(m) * time.Microsecond).UTC() }
		n.Since, n.Heard, n.Ahead, n.Self = ago(since), ago(heard), time.Duration(ahead)*time.Microsecond, n.ID == e.id
		out = append(out, n)
	}
	if err := closeRows(rows); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b NodeState) int { return int(flag(b.Self) - flag(a.Self)) })
	rows, err = q.QueryContext(ctx, "select split_part(lease, '/', 1), kind, count(*) from job where lease <> '' and lease_until > $1 group by 1, 2 order by 2", micros(now))
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var id string
		var j NodeJobs
		if err := rows.Scan(&id, &j.Kind, &j.N); err != nil {
			rows.Close()
			return nil, err
		}
		if i := slices.IndexFunc(out, func(n NodeState) bool { return n.ID == id }); i >= 0 {
			out[i].Running = append(out[i].Running, j)
		}
	}
	return out, closeRows(rows)
}

// Buckets reads until when, by this node's clock, counters are not full again. They are kept by the database's clock, as those of nodes differ: what one that is
// ahead has added would be a debt at the others. A file keeps none: its one node counts in memory.
func (s *Store) Buckets(ctx context.Context, names []string) (until map[string]time.Time, err error) {
	e, ok := s.e.(*postgresEngine)
	if !ok {
		return nil, nil
	}
	until = map[string]time.Time{}
	args := make([]any, len(names))
	for i, n := range names {
		args[i] = n
	}
	in, args := among(args)
	now := s.now()
	rows, err := s.r.QueryContext(ctx, "select name, until - "+statementTime+" from bucket where name in ("+in+")", args...)
	if err != nil {
		return nil, e.fault(err)
	}
	return until, e.fault(readBuckets(rows, now, until))
}

// readBuckets reads counters as they are told by the database: how long after now each is full again.
func readBuckets(rows *sql.Rows, now time.Time, until map[string]time.Time) error {
	for rows.Next() {
		var name string
		var left int64
		if err := rows.Scan(&name, &left); err != nil {
			rows.Close()
			return err
		}
		until[name] = now.Add(time.Duration(left) * time.Microsecond)
	}
	return closeRows(rows)
}

// FillBuckets adds to counters from now on, or from where they are, and tells until when they now are not full. They are no part of what the node vouches for:
// they take no turn among the writers, and the last of them may be lost with the database's server. most bounds how far ahead of now one gets. They have connections
// of their own: who signs in waits for nobody's files.
func (s *Store) FillBuckets(ctx context.Context, now time.Time, most time.Duration, add []people.Bucket) (until map[string]time.Time, err error) {
	e, ok := s.e.(*postgresEngine)
	if !ok || len(add) == 0 {
		return nil, nil
	}
	slices.SortFunc(add, func(a, b people.Bucket) int { return strings.Compare(a.Name, b.Name) }) // no two nodes wait for each other
	until = map[string]time.Time{}
	for part := range slices.Chunk(add, 64) {
		args := []any{most.Microseconds()}
		var q strings.Builder
		q.WriteString("insert into bucket (name, until) values ")
		for i, b := range part {
			if i > 0 {
				q.WriteString(", ")
			}
			n := len(args)
			q.WriteString("($" + strconv.Itoa(n+1) + ", " + statementTime + " + $" + strconv.Itoa(n+2) + "::bigint)")
			args = append(args, b.Name, b.Add.Microseconds())
		}
		q.WriteString(` on conflict (name) do update set until = least(` + statementTime + ` + $1::bigint, greatest(bucket.until, ` + statementTime + `) + excluded.until - ` + statementTime + `)
			returning name, until - ` + statementTime)
		rows, err := e.counts.QueryContext(ctx, q.String(), args...)
		if err != nil {
			return nil, e.fault(err)
		}
		if err := readBuckets(rows, now, until); err != nil {
			return nil, e.fault(err)
		}
	}
	return until, nil
}

// dropBuckets lets go the counters that are full again, now and then.
func (e *postgresEngine) dropBuckets(ctx context.Context, h *hearing) error {
	if time.Since(h.swept) < bucketsEvery {
		return nil
	}
	h.swept = time.Now()
	ctx, cancel := context.WithTimeout(ctx, hearPatience)
	defer cancel()
	_, err := h.ExecContext(ctx, "delete from bucket where name in (select name from bucket where until < "+databaseTime+" - $1 for update skip locked)", time.Hour.Microseconds())
	return err
}
