package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// engine is what differs between the two databases. Everything else is one SQL text for both: $1 placeholders, types
// that mean the same, nothing that only one of them has.
type engine interface {
	// name is what its makers call it.
	name() string
	// open connects, sets s.w and s.r, and brings the schema up to date.
	open(ctx context.Context, s *Store) error
	// gathers: the writer's statements are sent together where that can be.
	gathers() bool
	// begin opens the writer's transaction. Whatever was committed before is seen in it, and no other writer of
	// this database comes between. What this node keeps in memory is as it is in the database, or the transaction fails and behind says so.
	begin(ctx context.Context, c *conn) error
	// behind reports whether the last transaction failed only because another node had written; the next one begins with what it wrote.
	behind() bool
	// broke reports whether a transaction that ended with the error began on a connection that broke before anything was committed.
	broke(err error) bool
	// tell has other nodes know, with the commit that follows, what the transaction did.
	tell(t *Tx, heads map[string]LogHead) error
	// first reports whether this node does what one should do for all.
	first() bool
	// giveUp is told that this node writes nothing more until it is started again: others do what it did alone.
	giveUp(c *conn)
	// known is how many other nodes are known to have the database open.
	known() int
	// hold takes a lock among nodes by two functions of the database, if there are others.
	hold(ctx context.Context, what, lock, unlock string) (release func(), err error)
	// vouched reports whether another node that has the database open finds its logs to be those that it knows, after the call.
	vouched(ctx context.Context) (bool, error)
	// rollback ends it as though nothing of it had been.
	rollback(ctx context.Context, c *conn)
	// commit ends it. Without an error it is durable; with one, nothing of it is there.
	commit(ctx context.Context, c *conn) error
	// fault turns a database error into one that names the place and what to do. What is a fault already stays as it is.
	fault(err error) error
	// refusal reports whether an error means that the database cannot take what is written: a full, read-only or broken disk.
	refusal(err error) bool
	// lost reports whether an error means that the database is out of reach.
	lost(err error) bool
	// touch is a statement that changes nothing and is written all the same.
	touch() string

	// putWords and dropWords put a document into a partition of the index of words, and take it out; dropped stands
	// between the last that goes and the first that comes.
	putWords(t *Tx, p *partition, id int64, d IndexDoc) error
	dropWords(t *Tx, p *partition, id int64, d IndexDoc) error
	dropped(t *Tx) error
	// makePartition makes a partition's table in the transaction that is open.
	makePartition(ctx context.Context, c *conn, p *partition) error
	// rebuilds: to take a document out of the index is so dear that a partition of another form is made anew beside itself.
	rebuilds() bool
	// matchIn finds the newest documents of partitions, of which there is one unless wholePartitions, that match a compiled expression, at most limit, within from <= id <
	// below, newest first. Between two pieces of dear work enough may say that it has looked far enough: all matches from
	// reached on are then among the ids.
	matchIn(ctx context.Context, s *Store, ps []*partition, expr string, from, below int64, limit int, enough func() bool) (ids []int64, reached int64, err error)
	// wholePartitions: a look-back is not dearer by a whole partition than by a part of it, and several may be asked at once.
	wholePartitions() bool
	// beside is how many statements one answer may ask at once.
	beside() int
	// sizes is how large the database is, how much of that is free, and what lies beside it to be folded in; bytes.
	sizes(ctx context.Context, q asking) (all, free, ahead int64, err error)
	// pieces is how many parts a query of a partition has to look through at most.
	pieces(ctx context.Context, s *Store, p *partition) (int, error)

	// care is what the writer does for the index between groups.
	care(s *Store, c *conn) care
	// erased is told after a commit that took words away for good.
	erased(s *Store)
	// run works beside the writer until s.quit is closed.
	run(s *Store)
	// close folds in what is open, last of all.
	close(s *Store) error
}

// care is the writer's work between groups. The writer alone calls it.
type care interface {
	after(indexed)        // a group was committed
	waits() bool          // there may be something to do while nobody comes
	pause() time.Duration // how long to wait for somebody before it
	idle()                // takes one small step
}

// placeFile names, in a data folder, the PostgreSQL database that belongs to it. Without it the database is the file jarchi.db.
const placeFile = "database"

// SetDatabase has the folder's data kept in a PostgreSQL database (15 or later), which address names as libpq does:
// postgres://user:password@host:port/name. It is asked whether it is there; the folder, which is made if need be, then remembers the
// address, readable by its owner alone. Conflict where the folder's data is in its own file.
func SetDatabase(ctx context.Context, dir, address string) (err error) {
	defer fault.Wrap(&err, "use a PostgreSQL database")
	e, err := newPostgres(address)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return folderFault(dir, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "jarchi.db")); err == nil {
		return fault.E(fault.Conflict, "The data of %s is in its own file, jarchi.db. 'jarchi move' takes it to PostgreSQL; or name another folder.", dir)
	}
	db := e.pool(1, nil)
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return e.fault(err)
	}
	return putPlace(dir, address)
}

func putPlace(dir, address string) error {
	name := filepath.Join(dir, placeFile)
	if known, err := os.ReadFile(name); err == nil && strings.TrimSpace(string(known)) == address {
		return nil
	}
	f, err := os.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return folderFault(dir, err)
	}
	_, err = f.WriteString(address + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(name+".new", name)
	}
	if err != nil {
		return folderFault(dir, err)
	}
	return nil
}

// engineOf is the engine of a folder, and how many positions its partitions have.
func engineOf(dir string) (engine, int64, error) {
	e, err := postgresOf(dir)
	if err != nil {
		return nil, 0, err
	}
	if e != nil {
		return e, postgresPartition, nil
	}
	return newSQLite(dir), partitionSize, nil
}

// postgresOf is the PostgreSQL database of a folder; nil if its data is in its own file.
func postgresOf(dir string) (*postgresEngine, error) {
	address, err := os.ReadFile(filepath.Join(dir, placeFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fault.E(fault.Unavailable, "The file %s in %s, which names its database, cannot be read.", placeFile, dir).Because(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "jarchi.db")); err == nil {
		return nil, fault.E(fault.Conflict, "%s holds a database of its own, jarchi.db, and names one elsewhere, in the file %s. Take one of the two away.", dir, placeFile)
	}
	return newPostgres(strings.TrimSpace(string(address)))
}

// HasNode reports whether a folder holds a node's data, or names where it is.
func HasNode(dir string) bool {
	for _, name := range []string{"jarchi.db", placeFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// closeAll closes what is open, in this order.
func closeAll(dbs ...*sql.DB) {
	for _, db := range dbs {
		if db != nil {
			db.Close()
		}
	}
}
