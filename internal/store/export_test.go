package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/story"
)

// SetPartitionSize makes partitions of the index small, before anything is written.
func (s *Store) SetPartitionSize(positions int64) { s.partitionSize = positions }

// SetPrintRound makes the rounds of the buckets of prints short, before anything is written.
func (s *Store) SetPrintRound(sketches int) { s.prints.round = sketches }

// PackPassages and UnpackPassages are how passages lie in a row.
var (
	PackPassages   = packPassages
	UnpackPassages = unpackPassages
)

// CheckpointWait is how long the checkpointer waits for readers.
func (s *Store) CheckpointWait(t *testing.T) (wait time.Duration) {
	var ms int64
	if err := s.e.(*sqliteEngine).ckpt.QueryRow("pragma busy_timeout").Scan(&ms); err != nil {
		t.Fatal(err)
	}
	return time.Duration(ms) * time.Millisecond
}

// EmptyWAL reports whether the write-ahead log could be emptied, which it cannot while an older state is read.
func (s *Store) EmptyWAL(t *testing.T) bool {
	err := s.e.(*sqliteEngine).emptyWAL(context.Background())
	if err != nil && fault.KindOf(err) != fault.Busy {
		t.Fatal(err)
	}
	return err == nil
}

// DropSetting removes a setting.
func (s *Store) DropSetting(t *testing.T, name string) {
	if err := s.Write(context.Background(), func(tx *Tx) error { return tx.setSetting(name, nil, false) }); err != nil {
		t.Fatal(err)
	}
}

// SettingNames are the names of all settings with the lengths of their values, rising.
func (s *Store) SettingNames(t *testing.T) []string {
	return Names(t, s.r, "select name || ' ' || length(value) from setting order by name")
}

// Names are the values of a query's one column.
func Names(t testing.TB, q asking, query string) (names []string) {
	t.Helper()
	rows, err := q.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

// Integrity is what SQLite finds wrong with the file; "ok" if nothing.
func (s *Store) Integrity(t *testing.T) (said string) {
	if err := s.r.QueryRowContext(context.Background(), "pragma integrity_check").Scan(&said); err != nil {
		t.Fatal(err)
	}
	return said
}

// LockNode is the lock of a database.
const LockNode = int64(lockNode)

// GoneNode is a condition of the row of a node that is not there.
const GoneNode = gone

// Spoken is a statement as PostgreSQL is told it.
var Spoken = spoken

// OpenPostgres opens a database past the store, and not as a node does.
func OpenPostgres(address string) (*sql.DB, error) {
	c, err := pgconn.ParseConfig(address)
	return sql.OpenDB(pgConnector{config: c}), err
}

// OpenWatched opens the database of a folder as a node does, with other times after which an answer is asked for.
func OpenWatched(dir string, long, look time.Duration) (*sql.DB, error) {
	address, err := os.ReadFile(filepath.Join(dir, "database"))
	if err != nil {
		return nil, err
	}
	e, err := newPostgres(strings.TrimSpace(string(address)))
	if err != nil {
		return nil, err
	}
	e.silences.long, e.silences.look = long, look
	return e.pool(2, nil), nil
}

// Lockers is how many things may be held at once.
const Lockers = lockers

// Shows is what a setting is on connections that write, read, hold and count.
func (s *Store) Shows(t *testing.T, name string) map[string]string {
	e := s.e.(*postgresEngine)
	has := map[string]string{}
	for at, db := range map[string]*sql.DB{"writing": e.pool(1, nil), "reading": s.r.DB, "holding": e.locks, "counting": e.counts} {
		var value string
		if err := db.QueryRow("show " + name).Scan(&value); err != nil {
			t.Fatal(err)
		}
		if has[at] = value; at == "writing" {
			db.Close()
		}
	}
	return has
}

// Writing is how many connections the writer has open.
func (s *Store) Writing() int { return s.w.Stats().OpenConnections }

// KnownStatements is how many statements a connection to PostgreSQL keeps prepared.
const KnownStatements = knownStatements

// Exec runs a statement in a turn of the writer.
func (t *Tx) Exec(q string, args ...any) (sql.Result, error) { return t.exec(q, args...) }

// Waiting is how many prints of a sketch wait for their bucket.
func (s *Store) Waiting(id uint32) (n int) {
	s.prints.mu.Lock()
	defer s.prints.mu.Unlock()
	for _, p := range s.prints.waiting {
		for _, posting := range p {
			if story.DocOf(posting) == id {
				n++
			}
		}
	}
	return n
}

func init() { followedAtOnce, earlierTriesKept = 2, 4 } // so that a few are more than that

// SetClock has the clock be off by so much, as a machine is that stood still.
func (s *Store) SetClock(off time.Duration) {
	s.clock.mu.Lock()
	defer s.clock.mu.Unlock()
	s.clock.at = s.clock.at.Add(off)
}

// VacuumDue makes the round of vacuuming that is due on PostgreSQL, if one is, and tells the tables.
func (s *Store) VacuumDue(ctx context.Context) ([]string, error) {
	return s.e.(*postgresEngine).vacuumDue(ctx, s)
}

// VacuumLater makes a later round, due or not.
func (s *Store) VacuumLater(ctx context.Context) ([]string, error) {
	tables, _, err := s.e.(*postgresEngine).vacuumAll(ctx, laterRound)
	return tables, err
}

// VacuumDueAfter tells which round is due so long after the epoch, 0 for none, when something was erased and vacuumed at other times, and the server began.
func VacuumDueAfter(erased, vacuumed, now, began time.Duration) int {
	return int(roundDue(erased.Microseconds(), vacuumed.Microseconds(), now.Microseconds(), began.Microseconds()))
}
