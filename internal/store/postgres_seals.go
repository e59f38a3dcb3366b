package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Sealing. The node that is the first makes lists of pairs (postgres_pairs.go) beside its writer, on a connection of its own: of 4,096 positions as soon as
// there are so many more, and when a partition is closed one segment of all in it. Each step is a transaction, so a crash loses one step, and what an earlier
// Jarchi left is sealed like what comes, the newest first.
//
// A step reads one state of the database, and no lock of the writer's is taken. Positions are given one after the other, so none comes later into a range
// behind the newest. What is put in or taken out of the range meanwhile deletes its filter or makes one: with the first the step's own deletion fails, and it is done
// again; the second it does not see and leaves. Where they wait for each other it is the step that yields. So with two nodes that both take themselves for the first: of two steps on one range the second fails.

// sealed are the bounds of a step; tests make them smaller.
var sealed = struct {
	positions int64         // of a new segment
	entries   int           // of a new segment: long documents end it early
	part      int64         // entries of a row
	look      time.Duration // between two looks
}{1 << 12, 8 << 20, 800, 2 * time.Second}

// Positions leave the lists when so many wait, or have waited so long: for one of them all rows of a segment are read.
const (
	goneAtOnce = 256
	goneWait   = time.Minute
)

// goneWaiting is since when positions wait for leaving the lists.
type goneWaiting struct{ since time.Time }

// over reports whether so many (goneAtOnce: or more) have waited long enough.
func (g *goneWaiting) over(n int, now time.Time) bool {
	switch {
	case n == 0:
		g.since = time.Time{}
		return false
	case g.since.IsZero():
		g.since = now
	}
	return n >= goneAtOnce || now.Sub(g.since) >= goneWait
}

// yields reports whether an error means that a step was in somebody's way, or behind what he did, and is to be done anew.
func yields(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && (p.Code == "40001" || p.Code == "40P01" || p.Code == "55P03") // serialization_failure, deadlock_detected, lock_not_available
}

// sealers makes the connection of steps. They give up waiting long before the server looks for a deadlock, which could end the writer's transaction.
func (e *postgresEngine) sealers() *sql.DB {
	return e.pool(1, map[string]string{"lock_timeout": "100"})
}

// mostParts bounds the rows of a segment, mergedBy into how many pieces the merging of segments is cut.
const (
	mostParts = 1 << 14
	mergedBy  = 1 << 8
)

// sealPairs works until the context ends. An error leaves searches right, and slower.
func (e *postgresEngine) sealPairs(ctx context.Context, s *Store) {
	db := e.sealers()
	defer db.Close()
	var gone goneWaiting
	db.SetConnMaxIdleTime(2 * sealed.look) // who is not the first needs none
	for wait := sealed.look; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = sealed.look
		if !e.isFirst.Load() {
			continue
		}
		more, err := e.sealStep(ctx, s, db, func(n int) bool { return gone.over(n, time.Now()) })
		switch {
		case err == nil && more:
			wait = time.Millisecond
		case err == nil || ctx.Err() != nil || yields(err):
		default:
			s.log.Warn("the lists of the search index could not be made; until they are, searching for phrases is slower", "error", e.fault(err))
			wait = time.Minute
		}
	}
}

// sealStep does what is most wanted, and reports whether there may be more to do. over says whether positions that are to leave the lists have waited long enough, so many
// of them.
func (e *postgresEngine) sealStep(ctx context.Context, s *Store, db *sql.DB, over func(n int) bool) (more bool, err error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer c.Close()
	tx, err := c.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var newest int64
	var gone int
	if err := tx.QueryRowContext(ctx, "select coalesce(max(id), 0), (select count(*) from (select 1 from pair_gone limit +$1) g) from lexeme", goneAtOnce).Scan(&newest, &gone); err != nil {
		return false, err
	}
	newest, _ = SplitDocID(newest)
	rows, err := tx.QueryContext(ctx, "select number, first, below, parts, entries from pair_segment order by first")
	if err != nil {
		return false, err
	}
	defer rows.Close()
	var all []segment
	for rows.Next() {
		var g segment
		if err := rows.Scan(&g.number, &g.first, &g.below, &g.parts, &g.entries); err != nil {
			return false, err
		}
		all = append(all, g)
	}
	if err := closeRows(rows); err != nil {
		return false, err
	}
	work := sealing{ctx, tx, c, time.Now()}
	if over(gone) {
		if err := work.purge(all); err != nil {
			return false, err
		}
		if err := tx.Commit(); err != nil {
			return false, err
		}
		e.purged.Store(true) // what the rows said before is to go too
		return true, nil
	}
	below := newest + 1 // of the partition
	for i, p := range slices.Backward(*s.partitions.Load()) {
		open := i == len(*s.partitions.Load())-1
		var own []segment
		for _, g := range all {
			if g.first >= p.first && g.first < below {
				own = append(own, g)
			}
		}
		at := p.first
		if len(own) > 0 {
			at = own[len(own)-1].below
		}
		end := min(at+sealed.positions, below)
		switch {
		case at < end && (!open || end < below):
			if err := work.seal(at, end); err != nil {
				return false, err
			}
			return true, tx.Commit()
		case !open && len(own) > 1:
			if err := work.merge(own); err != nil {
				return false, err
			}
			return true, tx.Commit()
		}
		below = p.first
	}
	return false, nil
}

// sealing is one step.
type sealing struct {
	ctx   context.Context
	tx    *sql.Tx
	c     *sql.Conn // that of tx
	since time.Time // the last rest
}

// rest leaves the processor to others for as long as it was used.
func (w *sealing) rest() {
	if used := time.Since(w.since); used > 2*time.Millisecond {
		time.Sleep(min(used, 20*time.Millisecond))
		w.since = time.Now()
	}
}

// seal makes a segment of what is at the positions from first to before below, or to where it is large enough.
func (w *sealing) seal(first, below int64) error {
	rows, err := w.tx.QueryContext(w.ctx, "select id, doc from lexeme where id >= $1 and id < $2 order by id", DocID(first, 0), DocID(below, 0))
	if err != nil {
		return err
	}
	defer rows.Close()
	g := segment{first: first, below: below}
	var entries []int64 // by number, then position
	span := below - first
	for last := first; rows.Next(); {
		var id int64
		var packed []byte
		if err := rows.Scan(&id, &packed); err != nil {
			return err
		}
		position, _ := SplitDocID(id)
		if position > last && len(entries) > sealed.entries {
			g.below = position
			break
		}
		last = position
		d, err := unpackDoc(packed)
		if err != nil {
			return err
		}
		for _, p := range pairsIn(d) {
			entries = append(entries, p.listed()*span+position-first)
		}
		w.rest()
	}
	if rows.Close(); rows.Err() != nil {
		return rows.Err()
	}
	slices.Sort(entries)
	entries = slices.Compact(entries)
	w.rest()
	if g.below < below {
		for i, v := range entries {
			entries[i] = v/span*(g.below-first) + v%span
		}
	}
	if err := w.begin(&g, int64(len(entries)), 1); err != nil {
		return err
	}
	if err := w.put(g, 0, g.parts, entries); err != nil {
		return err
	}
	_, err = w.tx.ExecContext(w.ctx, "delete from word_pair where id >= $1 and id < $2", DocID(first, 0), DocID(g.below, 0))
	return err
}

// begin notes a segment of so many entries, with at least so many rows.
func (w *sealing) begin(g *segment, entries, least int64) error {
	g.entries = entries
	g.parts = max(least, min(int64(1)<<bits.Len64(uint64(entries/sealed.part)), mostParts))
	return w.tx.QueryRowContext(w.ctx, "insert into pair_segment (first, below, parts, entries) values ($1, $2, $3, $4) returning number", g.first, g.below, g.parts, g.entries).Scan(&g.number)
}

// put writes rows of a segment, of the parts from one to before another. Entries are of these alone, the number times the segment's positions and the position, ascending.
func (w *sealing) put(g segment, from, below int64, entries []int64) error {
	size := g.hashes() * (g.below - g.first) // entries that a row could have
	rows := &copied{next: func() (part int64, docs []byte, err error) {
		for ; from < below; from++ {
			n, _ := slices.BinarySearch(entries, (from+1)*size)
			if n == 0 {
				continue
			}
			own := entries[:n]
			for i := range own {
				own[i] -= from * size
			}
			entries = entries[n:]
			from++
			w.rest()
			docs, err = packList(own)
			return from - 1, docs, err
		}
		return 0, nil, io.EOF
	}, segment: g.number}
	return w.c.Raw(func(d any) error {
		_, err := d.(*pgConn).pg.CopyFrom(w.ctx, rows, "copy pair_list (segment, part, docs) from stdin binary")
		return err
	})
}

// copied are rows of lists as COPY takes them (postgresql.org/docs/15/sql-copy.html, Binary Format): a head, of each row the number of its columns and before each
// the number of its bytes, and -1 in place of another row.
type copied struct {
	next    func() (part int64, docs []byte, err error) // io.EOF: no more
	segment int64
	ahead   []byte
	begun   bool
	ended   bool
}

func (c *copied) Read(b []byte) (int, error) {
	if !c.begun {
		c.begun, c.ahead = true, append(c.ahead, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	}
	for len(c.ahead) < len(b) && !c.ended {
		part, docs, err := c.next()
		if c.ended = err == io.EOF; c.ended {
			c.ahead = append(c.ahead, 0xff, 0xff)
			break
		}
		if err != nil {
			return 0, err
		}
		c.ahead = append(c.ahead, 0, 3)
		for _, number := range []int64{c.segment, part} {
			c.ahead = binary.BigEndian.AppendUint32(c.ahead, 8)
			c.ahead = binary.BigEndian.AppendUint64(c.ahead, uint64(number))
		}
		c.ahead = append(binary.BigEndian.AppendUint32(c.ahead, uint32(len(docs))), docs...)
	}
	if len(c.ahead) == 0 {
		return 0, io.EOF
	}
	n := copy(b, c.ahead)
	c.ahead = append(c.ahead[:0], c.ahead[n:]...)
	return n, nil
}

// merge makes one segment of several that follow each other.
func (w *sealing) merge(all []segment) error {
	g := segment{first: all[0].first, below: all[len(all)-1].below}
	entries, pieces, least := int64(0), int64(mergedBy), int64(1)
	by, numbers := map[int64]segment{}, []int64{}
	for _, o := range all {
		by[o.number] = o
		numbers = append(numbers, o.number)
		entries += o.entries
		pieces, least = min(pieces, o.parts), max(least, o.parts)
	}
	if err := w.begin(&g, entries, least); err != nil {
		return err
	}
	span := g.below - g.first
	for piece := range pieces {
		rows, err := w.tx.QueryContext(w.ctx, `select l.segment, l.part, l.docs from pair_segment s join pair_list l on l.segment = s.number
			and l.part >= $2 * (s.parts / $3) and l.part < ($2 + 1) * (s.parts / $3) where s.number = any($1::bigint[])`, numbers, piece, pieces)
		if err != nil {
			return err
		}
		var part []int64
		for rows.Next() {
			var number, at int64
			var docs []byte
			if err := rows.Scan(&number, &at, &docs); err != nil {
				rows.Close()
				return err
			}
			if err := by[number].each(at, docs, func(hash, position int64) { part = append(part, hash*span+position-g.first) }); err != nil {
				rows.Close()
				return err
			}
		}
		if rows.Close(); rows.Err() != nil {
			return rows.Err()
		}
		slices.Sort(part)
		part = slices.Compact(part)
		if err := w.put(g, piece*(g.parts/pieces), (piece+1)*(g.parts/pieces), part); err != nil {
			return err
		}
		w.rest()
	}
	if _, err := w.tx.ExecContext(w.ctx, "delete from pair_list where segment = any($1::bigint[])", numbers); err != nil {
		return err
	}
	_, err := w.tx.ExecContext(w.ctx, "delete from pair_segment where number = any($1::bigint[])", numbers)
	return err
}

// purge takes positions out of the lists at which a document went, or was changed: what lists say of its words goes with them. A document that is still there gets a filter
// that says yes to everything, unless it has one.
func (w *sealing) purge(all []segment) error {
	rows, err := w.tx.QueryContext(w.ctx, "select number, position from pair_gone order by number limit 10000")
	if err != nil {
		return err
	}
	defer rows.Close()
	var numbers, places []int64
	for rows.Next() {
		var number, place int64
		if err := rows.Scan(&number, &place); err != nil {
			return err
		}
		numbers, places = append(numbers, number), append(places, place)
	}
	if err := closeRows(rows); err != nil {
		return err
	}
	slices.Sort(places)
	places = slices.Compact(places)
	for _, g := range all {
		from, _ := slices.BinarySearch(places, g.first)
		to, _ := slices.BinarySearch(places, g.below)
		if from == to {
			continue
		}
		if err := w.without(g, places[from:to]); err != nil {
			return err
		}
	}
	if _, err := w.tx.ExecContext(w.ctx, "delete from pair_gone where number = any($1::bigint[])", numbers); err != nil {
		return err
	}
	_, err = w.tx.ExecContext(w.ctx, `insert into word_pair (id, bits) select l.id, '\xff' from unnest($1::bigint[]) as a(place)
		join lexeme l on l.id between a.place * 64 and a.place * 64 + 63 on conflict (id) do nothing`, places)
	return err
}

// without takes positions, ascending, out of a segment's lists.
func (w *sealing) without(g segment, places []int64) error {
	const atOnce = 64
	for from := int64(0); from < g.parts; from += atOnce {
		rows, err := w.tx.QueryContext(w.ctx, "select part, docs from pair_list where segment = $1 and part >= $2 and part < $3", g.number, from, from+atOnce)
		if err != nil {
			return err
		}
		var changed []*later
		for rows.Next() {
			var part int64
			var docs []byte
			if err := rows.Scan(&part, &docs); err != nil {
				rows.Close()
				return err
			}
			var left []int64
			gone := false
			if err := g.each(part, docs, func(hash, position int64) {
				if _, found := slices.BinarySearch(places, position); found {
					gone = true
				} else {
					left = append(left, g.entry(hash, position))
				}
			}); err != nil {
				rows.Close()
				return err
			}
			if gone {
				docs, err := packList(left)
				if err != nil {
					rows.Close()
					return err
				}
				changed = append(changed, &later{q: "update pair_list set docs = $1 where segment = $2 and part = $3", args: []any{docs, g.number, part}})
			}
		}
		if err := closeRows(rows); err != nil {
			return err
		}
		if err := w.c.Raw(func(d any) error {
			p := d.(*pgConn)
			p.pending = changed
			return p.flush(w.ctx)
		}); err != nil {
			return err
		}
		w.rest()
	}
	return nil
}
