package store

import (
	"context"
	"database/sql"
	"time"
)

// engine is what differs between the two databases. Everything else is one SQL text for both: $1 placeholders, types
// that mean the same, nothing that only one of them has.
type engine interface {
	// open connects, sets s.w and s.r, and brings the schema up to date.
	open(ctx context.Context, s *Store) error
	// begin opens the writer's transaction. Whatever was committed before is seen in it, and no other writer of
	// this database comes between.
	begin(ctx context.Context, c *conn) error
	// commit ends it. Without an error it is durable; with one, nothing of it is there.
	commit(ctx context.Context, c *conn) error
	// fault turns a database error into one that names the place and what to do. What is a fault already stays as it is.
	fault(err error) error
	// refusal reports whether an error means that the database cannot take what is written: a full, read-only or broken disk.
	refusal(err error) bool
	// touch is a statement that changes nothing and is written all the same.
	touch() string

	// putWords and dropWords put a document into a partition of the index of words, and take it out; dropped stands
	// between the last that goes and the first that comes.
	putWords(t *Tx, p *partition, id int64, d IndexDoc) error
	dropWords(t *Tx, p *partition, id int64, d IndexDoc) error
	dropped(t *Tx) error
	// makePartition makes a partition's table in the transaction that is open.
	makePartition(ctx context.Context, c *conn, p *partition) error
	// matchIn finds the newest documents of a partition that match a compiled expression, at most limit, within from <= id <
	// below, newest first. Between two pieces of dear work enough may say that it has looked far enough: all matches from
	// reached on are then among the ids.
	matchIn(ctx context.Context, s *Store, p *partition, expr string, from, below int64, limit int, enough func() bool) (ids []int64, reached int64, err error)
	// wholePartitions: a look-back is not dearer by a whole partition than by a part of it.
	wholePartitions() bool
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

// Option changes how a Store is opened.
type Option func(*opening)

type opening struct{ database string }

// Database has everything but files and the guard kept in a PostgreSQL database (15 or later), named by a URL as libpq
// understands it, postgres://user:password@host:port/name. The empty string is the file in the data folder.
func Database(url string) Option { return func(o *opening) { o.database = url } }

// closeAll closes what is open, in this order.
func closeAll(dbs ...*sql.DB) {
	for _, db := range dbs {
		if db != nil {
			db.Close()
		}
	}
}
