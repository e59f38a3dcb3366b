package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"hash/fnv"
	"time"
)

// lockers is how many things may be held at once. Who holds one waits for no second one. counters is how many may count at once for all nodes.
const (
	lockers  = 16
	counters = 2
)

// Alone keeps other nodes from what is called alike, by Alone or Along, until release is called; ctx bounds the wait. Within this node the caller
// sees to that. On a file, which has one node, nothing is asked. On PostgreSQL the database always is: who comes meanwhile has to find it held.
func (s *Store) Alone(ctx context.Context, what string) (release func(), err error) {
	return s.e.hold(ctx, what, "pg_advisory_lock", "pg_advisory_unlock")
}

// Along keeps out who wants to be alone.
func (s *Store) Along(ctx context.Context, what string) (release func(), err error) {
	return s.e.hold(ctx, what, "pg_advisory_lock_shared", "pg_advisory_unlock_shared")
}

func (e *postgresEngine) hold(ctx context.Context, what, lock, unlock string) (release func(), err error) {
	c, err := e.locks.Conn(ctx)
	if err != nil {
		return nil, e.fault(err)
	}
	h := fnv.New64a()
	h.Write([]byte("jarchi " + what))
	key := int64(h.Sum64())
	if _, err := c.ExecContext(ctx, "select "+lock+"($1)", key); err != nil {
		discard(c)
		return nil, e.fault(err)
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if _, err := c.ExecContext(ctx, "select "+unlock+"($1)", key); err != nil {
			discard(c)
			return
		}
		c.Close()
	}, nil
}

// discard ends a connection, and with it whatever it holds.
func discard(c *sql.Conn) {
	_ = c.Raw(func(d any) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = d.(*pgConn).pg.Close(ctx)
		return driver.ErrBadConn
	})
	c.Close()
}
