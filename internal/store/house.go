package store

import (
	"context"
	"database/sql"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// Housekeeping is how a database fares: sizes, counts and times, no words of anybody.
type Housekeeping struct {
	Engine     string // what it runs on, as its makers call it
	Schema     int64  // the newest migration that it has
	Bytes      int64  // of the database
	FreeBytes  int64  // of them, free for what comes
	AheadBytes int64  // of the write-ahead log beside it
	Queue      []QueueKind
	Logs       []LogState
	Quarantine int64       // documents that could not be read
	Renewing   int64       // places of the wire that the renewal of the index has still to come to
	Newest     time.Time   // when the newest event happened, by the clock of then; zero without one
	Clock      time.Time   // what the database's server takes for the time; zero where it is this machine
	Nodes      []NodeState // that have the database open; none on a file, which has one
}

// QueueKind is what waits and works of one kind of job.
type QueueKind struct {
	Kind    jobs.Kind
	Waiting int64     // not due yet
	Due     int64     // due and not begun
	Running int64     // leased
	Dead    int64     // given up
	Oldest  time.Time // when the first of those that are due was to run; zero if none is
}

// LogState is how far a member's log is.
type LogState struct {
	Name   string
	Member wire.MemberID
	Size   int64
	Last   time.Time // of its newest leaf, with which its checkpoint was signed; zero when it is empty
}

// asking is what reads: the pool, or one connection.
type asking interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
}

// Housekeeping reads how the database fares.
func (s *Store) Housekeeping(ctx context.Context) (h Housekeeping, err error) {
	defer fault.Wrap(&err, "housekeeping")
	return housekeeping(ctx, s.r, s.e, s.now())
}

// Housekeeping reads how the database of a folder fares; the moment must not have been released.
func (b *Beside) Housekeeping(ctx context.Context, now time.Time) (Housekeeping, error) {
	h, err := housekeeping(ctx, b.c, newSQLite(b.dir), now)
	return h, dbFault(b.file, err)
}

// Newest is the newest migration that the database has, when its newest event happened, and what its server takes for the time: zero without an event, or
// where the server's clock is this machine's.
func (s *Store) Newest(ctx context.Context) (schema int64, event, clock time.Time, err error) {
	defer fault.Wrap(&err, "newest")
	if schema, event, err = newest(ctx, s.r); err != nil {
		return 0, event, clock, err
	}
	if _, ok := s.e.(*postgresEngine); ok {
		clock, err = serverClock(ctx, s.r)
	}
	return schema, event, clock, err
}

func serverClock(ctx context.Context, q asking) (time.Time, error) {
	var there int64
	err := q.QueryRowContext(ctx, "select "+databaseTime).Scan(&there)
	return fromMicros(there), err
}

func newest(ctx context.Context, q asking) (schema int64, event time.Time, err error) {
	if err := q.QueryRowContext(ctx, "select coalesce(max(version_id), 0) from goose_db_version where is_applied").Scan(&schema); err != nil {
		return 0, event, err
	}
	var at int64
	err = q.QueryRowContext(ctx, "select coalesce(max(at), 0) from event").Scan(&at)
	return schema, fromMicros(at), err
}

func housekeeping(ctx context.Context, q asking, e engine, now time.Time) (h Housekeeping, err error) {
	h.Engine = e.name()
	if h.Bytes, h.FreeBytes, h.AheadBytes, err = e.sizes(ctx, q); err != nil {
		return h, err
	}
	if pg, ok := e.(*postgresEngine); ok {
		if h.Clock, err = serverClock(ctx, q); err != nil {
			return h, err
		}
		if h.Nodes, err = pg.nodeStates(ctx, q, now); err != nil {
			return h, err
		}
	}
	if h.Schema, h.Newest, err = newest(ctx, q); err != nil {
		return h, err
	}
	if err := q.QueryRowContext(ctx, "select count(*) from quarantine").Scan(&h.Quarantine); err != nil {
		return h, err
	}
	if h.Renewing, _, err = renewing(ctx, q); err != nil {
		return h, err
	}
	if h.Queue, err = queueKinds(ctx, q, now); err != nil {
		return h, err
	}
	h.Logs, err = logStates(ctx, q)
	return h, err
}

func queueKinds(ctx context.Context, q asking, now time.Time) (out []QueueKind, err error) {
	rows, err := q.QueryContext(ctx, `select kind,
		sum(case when dead = 0 and lease_until <= $1 and run_at > $1 then 1 else 0 end),
		sum(case when dead = 0 and lease_until <= $1 and run_at <= $1 then 1 else 0 end),
		sum(case when dead = 0 and lease_until > $1 then 1 else 0 end),
		sum(case when dead <> 0 then 1 else 0 end),
		coalesce(min(case when dead = 0 and lease_until <= $1 and run_at <= $1 then run_at end), 0)
		from job group by kind order by kind`, micros(now))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k QueueKind
		var oldest int64
		if err := rows.Scan(&k.Kind, &k.Waiting, &k.Due, &k.Running, &k.Dead, &oldest); err != nil {
			return nil, err
		}
		k.Oldest = fromMicros(oldest)
		out = append(out, k)
	}
	return out, rows.Err()
}

func logStates(ctx context.Context, q asking) (out []LogState, err error) {
	rows, err := q.QueryContext(ctx, "select l.name, l.member, l.size, f.data from log l left join leaf f on f.log = l.id and f.idx = l.size - 1 order by l.name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l LogState
		var leaf []byte
		if err := rows.Scan(&l.Name, &l.Member, &l.Size, &leaf); err != nil {
			return nil, err
		}
		if last, err := tlog.ParseLeaf(leaf); err == nil { // one that is damaged is for 'jarchi log check' to tell
			l.Last = time.Unix(last.Time, 0).UTC()
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// DropJob forgets a job that was given up: what it was to do is not done any more. NotFound when there is none with this id. noted is
// written in the same transaction.
func (s *Store) DropJob(ctx context.Context, id int64, noted ...func(*Tx) error) error {
	return s.deadJob(ctx, id, noted, "delete from job where id = $1 and dead <> 0")
}

// SetSetting writes a setting of the node.
func (t *Tx) SetSetting(name string, value []byte) error {
	_, err := t.exec("insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value", name, value)
	return err
}

// Kept is what the rules of keeping know: material that is not a release, a log or a proof, and that may leave when it is old.
type Kept string

// What is kept by a rule.
const (
	KeptRaw        Kept = "raw"        // documents as they came, from which captures were read; the captures stay
	KeptQuarantine Kept = "quarantine" // documents that could not be read, with their bytes
	KeptAudit      Kept = "audit"      // rows of the audit list
	KeptSessions   Kept = "sessions"   // sessions that nobody has used since
	KeptDrafts     Kept = "drafts"     // drafts that have left their desk; what they became stays
)

// oldRows choose what is older than $1. A document is kept by the rule of its quarantine while it is there.
var oldRows = map[Kept]string{
	KeptRaw:        "from raw where arrived < $1 and not exists (select 1 from quarantine q where q.raw = raw.hash)",
	KeptQuarantine: "from quarantine where arrived < $1 and held = 0", // under embargo they wait for its end
	KeptAudit:      "from audit where at < $1",
	KeptSessions:   "from session where used < $1",
	KeptDrafts:     "from draft where sent_at > 0 and sent_at < $1 and state = 'sent'",
}

// CountOld counts what is older than a time, at most a million.
func (s *Store) CountOld(ctx context.Context, k Kept, before time.Time) (n int64, err error) {
	from, ok := oldRows[k]
	if !ok {
		return 0, fault.E(fault.Internal, "There is no rule for %q.", k)
	}
	err = s.r.QueryRowContext(ctx, "select count(*) from (select 1 "+from+" limit 1000000) as old", micros(before)).Scan(&n)
	return n, err
}

// DropOld removes at most limit rows of what is older than a time, the oldest first, in one transaction. Files that only they needed are
// returned: nobody is served them any more, and if they are not removed now, the sweep of files does it. A crash leaves all or none.
func (s *Store) DropOld(ctx context.Context, k Kept, before time.Time, limit int) (n int, files []string, err error) {
	defer fault.Wrap(&err, "drop old %s", k)
	if _, ok := oldRows[k]; !ok {
		return 0, nil, fault.E(fault.Internal, "There is no rule for %q.", k)
	}
	err = s.Write(ctx, func(t *Tx) (err error) {
		n, files = 0, nil
		n, files, err = t.dropOld(k, micros(before), limit)
		return err
	})
	return n, files, err
}

func (t *Tx) dropOld(k Kept, before int64, limit int) (n int, files []string, err error) {
	key, order := map[Kept]string{KeptRaw: "hash", KeptQuarantine: "id", KeptAudit: "id", KeptSessions: "id", KeptDrafts: "id"}[k],
		map[Kept]string{KeptRaw: "arrived", KeptQuarantine: "arrived", KeptAudit: "at", KeptSessions: "used", KeptDrafts: "sent_at"}[k]
	rows, err := t.query("select "+key+" "+oldRows[k]+" order by "+order+" limit +$2", before, limit)
	if err != nil {
		return 0, nil, err
	}
	ids, err := texts(rows)
	if err != nil {
		return 0, nil, err
	}
	for _, id := range ids {
		switch k {
		case KeptRaw:
			err = t.dropRaw(id, &files)
		case KeptQuarantine:
			var needed int
			if _, err = t.exec("delete from quarantine where id = $1 and arrived < $2 and held = 0", id, before); err != nil {
				return 0, nil, err
			}
			if err = t.row("select (select count(*) from capture where raw = $1) + (select count(*) from quarantine where raw = $1)", []any{id}, &needed); err == nil && needed == 0 {
				err = t.dropRaw(id, &files)
			}
		case KeptAudit:
			_, err = t.exec("delete from audit where id = $1", id)
		case KeptSessions:
			_, err = t.exec("delete from session where id = $1", id)
		case KeptDrafts:
			err = t.dropSent(id, &files)
		}
		if err != nil {
			return 0, nil, err
		}
	}
	return len(ids), files, nil
}

// dropRaw forgets a document; its captures stay.
func (t *Tx) dropRaw(hash string, files *[]string) error {
	var inFolder int
	if err := t.row("select count(*) from raw where hash = $1 and bytes is null", []any{hash}, &inFolder); err != nil {
		return err
	}
	if inFolder > 0 {
		*files = append(*files, hash)
	}
	_, err := t.exec("delete from raw where hash = $1", hash)
	return err
}

// dropSent forgets a draft that has left.
func (t *Tx) dropSent(id string, files *[]string) error {
	rows, err := t.query("select hash from draft_file where draft = $1", id)
	if err != nil {
		return err
	}
	hashes, err := texts(rows)
	if err != nil {
		return err
	}
	*files = append(*files, hashes...)
	for _, q := range []string{"delete from draft_file where draft = $1", "delete from draft_other where draft = $1", "delete from draft_part where draft = $1", "delete from draft where id = $1"} {
		if _, err := t.exec(q, id); err != nil {
			return err
		}
	}
	return nil
}

// texts reads rows of one column.
func texts(rows *sql.Rows) (out []string, err error) {
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			rows.Close()
			return nil, err
		}
		out = append(out, s)
	}
	return out, closeRows(rows)
}
