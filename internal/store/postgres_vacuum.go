package store

import (
	"context"
	"slices"
	"time"
)

// What is erased leaves every reader's sight with its commit, but its rows stand in the tables until PostgreSQL vacuums them. That is asked for, and of the
// nodes the first asks: soon after the erasure, and in further rounds, as whoever reads an older state, like pg_dump, keeps the rows of that state from going. When
// something was erased last and when it was last vacuumed stands in the database, so that a start asks for nothing that is not due, and a crash forgets nothing.

var (
	vacuumRest  = time.Minute                                                 // between two rounds
	vacuumAgain = []time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour} // between an erasure's first round and the others
	vacuumLook  = 15 * time.Second                                            // between two looks at what other nodes erased
)

// Rows of the table counter, in microseconds of the server's clock.
const (
	erasedAt   = "erased at"
	vacuumedAt = "vacuumed at" // when the last round that came to its end began
	leftAt     = "left "       // and a table of the index: when words that were erased left it, until it is vacuumed
)

const serverMicros = "(extract(epoch from clock_timestamp()) * 1000000)::bigint"

// noteErased notes in the erasure's transaction when that was and which tables of the index words left: the node that has them vacuumed may be another one, and the
// server may not have counted the rows by then.
func noteErased(t *Tx) error {
	names := []string{erasedAt}
	for _, table := range t.emptier {
		if name := leftAt + table; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if _, err := t.exec("insert into counter (name, value) values ($1, "+serverMicros+") on conflict (name) do update set value = excluded.value", name); err != nil {
			return err
		}
	}
	return nil
}

// vacuuming has what was erased vacuumed until ctx ends.
func (e *postgresEngine) vacuuming(ctx context.Context, s *Store) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	var lists time.Time // when those of pairs were vacuumed
	next := time.Now().Add(vacuumRest / 2)
	late := func(err error) {
		if ctx.Err() == nil {
			s.log.Warn("rows that were erased could not be taken out of the tables; it is tried again in a minute", "error", e.fault(err))
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		now := time.Now()
		if now.After(lists.Add(vacuumRest)) && e.purged.Swap(false) { // what the rows said before; of what was erased the later rounds come by too
			lists = now
			if err := e.vacuumed(ctx, []string{"vacuum (index_cleanup on) pair_list"}); err != nil {
				e.purged.Store(true)
				late(err)
			}
		}
		if !e.first() || now.Before(next) && !e.vacuum.Swap(false) {
			continue
		}
		next = now.Add(vacuumLook)
		if _, err := e.vacuumDue(ctx, s); err != nil {
			next = now.Add(vacuumRest)
			late(err)
		}
	}
}

// vacuumDue makes the round that is due, if one is, and tells which tables were vacuumed.
func (e *postgresEngine) vacuumDue(ctx context.Context, s *Store) (tables []string, err error) {
	var erased, vacuumed, now, began int64
	err = s.r.QueryRowContext(ctx, "select coalesce((select value from counter where name = $1), -1), coalesce((select value from counter where name = $2), -1), "+serverMicros+
		", (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint", erasedAt, vacuumedAt).Scan(&erased, &vacuumed, &now, &began)
	if err != nil {
		return nil, err
	}
	which := roundDue(erased, vacuumed, now, began)
	if which == noRound {
		return nil, nil
	}
	tables, left, err := e.vacuumAll(ctx, which)
	if err != nil {
		return nil, err
	}
	return tables, s.Write(ctx, func(t *Tx) error {
		for table, at := range left { // unless words left it again
			if _, err := t.exec("delete from counter where name = $1 and value = $2", leftAt+table, at); err != nil {
				return err
			}
		}
		_, err := t.exec("insert into counter (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value", vacuumedAt, now)
		return err
	})
}

// vacuumRound is which tables a round has to do with.
type vacuumRound int

const (
	noRound    vacuumRound = iota
	laterRound             // those in which the server knows of rows that are dead
	firstRound             // of the index those that words left, all others: what was erased a moment ago the server may not have counted yet
	wholeRound             // all
)

// roundDue tells which round is due at a moment, by when something was erased and vacuumed last, -1 where that is not known, and since when the server has run: what
// it counts it may have lost with a crash.
func roundDue(erased, vacuumed, now, began int64) vacuumRound {
	rest := vacuumRest.Microseconds()
	switch {
	case vacuumed < 0:
		return wholeRound // by a program before this one nobody knows what was erased
	case erased < 0 || now-vacuumed < rest:
		return noRound
	}
	due, at := noRound, erased
	if vacuumed < at {
		due = firstRound
	}
	for _, pause := range vacuumAgain {
		if at += pause.Microseconds(); due == noRound && vacuumed < at && at <= now {
			due = laterRound
		}
	}
	if due != noRound && began > erased {
		return wholeRound
	}
	return due
}

// vacuumAll vacuums the tables of a round in which something can be erased. What PostgreSQL keeps of values to plan by is drawn anew with it.
// It tells which, and of those that words left when they did.
func (e *postgresEngine) vacuumAll(ctx context.Context, which vacuumRound) (tables []string, left map[string]int64, err error) {
	rows, err := e.s.r.QueryContext(ctx, `select c.relname, c.relname in (select name from search_partition), coalesce(t.n_dead_tup, 0) > 0, coalesce(t.n_mod_since_analyze, 0) > 0,
			coalesce(l.value, 0)
		from pg_class c left join pg_stat_user_tables t on t.relid = c.oid left join counter l on l.name = $1 || c.relname
		where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and c.relname not in ('leaf', 'hash', 'log', 'goose_db_version') order by c.relname`, leftAt)
	if err != nil {
		return nil, nil, err
	}
	left = map[string]int64{}
	var statements []string
	for rows.Next() {
		var name string
		var words, dead, changed bool
		var at int64
		if err := rows.Scan(&name, &words, &dead, &changed, &at); err != nil {
			rows.Close()
			return nil, nil, err
		}
		if at > 0 {
			left[name] = at
		}
		switch {
		case words && (which == wholeRound || at > 0 || dead):
			statements = append(statements, "vacuum (index_cleanup on) "+name)
		case !words && (which > laterRound || dead || changed):
			statements = append(statements, "vacuum (analyze, index_cleanup on) "+name)
		default:
			continue
		}
		tables = append(tables, name)
	}
	if err := closeRows(rows); err != nil {
		return nil, nil, err
	}
	return tables, left, e.vacuumed(ctx, statements)
}

// vacuumed runs statements that vacuum, with rests, as autovacuum has them: no publication waits for it.
func (e *postgresEngine) vacuumed(ctx context.Context, statements []string) error {
	db := e.pool(1, map[string]string{"vacuum_cost_delay": "2"})
	defer db.Close()
	for _, q := range statements {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}
