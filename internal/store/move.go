package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
)

// Moved is what Move took from one database into the other.
type Moved struct {
	Tables   int
	Rows     int64
	Docs     int64 // in the index of words, which is made anew
	Logs     []LogHead
	Searches int // that both answered alike
	Left     string
}

// Move takes the data of a folder that no node has open from its own file into the PostgreSQL database that address names, which must be
// empty; or, if address is empty, from its database back into a file. The new one is written in one transaction, table by table, then
// compared with the old one: every row, size and root of each log with the guard file, and a few hundred searches. Only then does the folder
// change its database. The old one stays as it is, of a file under the name that is returned. After an error or a crash the folder has the
// database that it had; a database in the new place may then have to be emptied.
func Move(ctx context.Context, dir, address string, log *slog.Logger) (m Moved, err error) {
	defer fault.Wrap(&err, "move the database of %s", dir)
	s, err := Open(ctx, dir, time.Now, log) // brings the schema up to date, and compares the logs with the guard file
	if err != nil {
		return m, err
	}
	old := s.e
	m.Logs = s.Logs()
	slices.SortFunc(m.Logs, func(a, b LogHead) int { return strings.Compare(a.Name, b.Name) })
	if err := s.Close(); err != nil {
		return m, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return m, err
	}
	defer lock.Close()
	if pg, ok := old.(*postgresEngine); ok {
		pg.alone = true
	}
	var to engine
	_, file := old.(*sqliteEngine)
	target := filepath.Join(dir, "jarchi.db.moving")
	switch {
	case address != "" && !file:
		return m, fault.E(fault.Conflict, "The data of %s is in PostgreSQL already. Take it back into the folder first.", dir)
	case address != "":
		pg, err := newPostgres(address)
		if err != nil {
			return m, err
		}
		pg.alone, to = true, pg
	case file:
		return m, fault.E(fault.Conflict, "The data of %s is in its own file already.", dir)
	default:
		for _, end := range []string{"", "-wal", "-shm"} { // of a move that was interrupted
			if err := os.Remove(target + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return m, folderFault(dir, err)
			}
		}
		to = &sqliteEngine{dir: dir, file: target}
	}
	if err := m.move(ctx, dir, old, to, log); err != nil {
		if file {
			return m, to.fault(err)
		}
		return m, old.fault(err)
	}
	// Between the two steps the folder names two databases, and is opened with neither.
	stamp := time.Now().UTC().Format("20060102-150405")
	if file {
		m.Left = "jarchi.db.moved-" + stamp
		if err := putPlace(dir, address); err != nil {
			return m, err
		}
		return m, os.Rename(filepath.Join(dir, "jarchi.db"), filepath.Join(dir, m.Left))
	}
	m.Left = placeFile + ".moved-" + stamp
	if left, err := os.Stat(target + "-wal"); err == nil && left.Size() > 0 {
		return m, fault.E(fault.Busy, "The new file is still being read; nothing was changed. Try again.")
	}
	for _, end := range []string{"-wal", "-shm"} {
		os.Remove(target + end) // empty
	}
	if err := os.Rename(target, filepath.Join(dir, "jarchi.db")); err != nil {
		return m, folderFault(dir, err)
	}
	return m, os.Rename(filepath.Join(dir, placeFile), filepath.Join(dir, m.Left))
}

// reading opens a database to be moved: nothing runs.
func reading(ctx context.Context, dir string, e engine, size int64, log *slog.Logger) (*Store, error) {
	s := &Store{dir: dir, now: time.Now, log: log, e: e, partitionSize: size, heads: map[string]LogHead{}, epochs: map[string]int64{}, wake: make(chan struct{}), quit: make(chan struct{})}
	err := e.open(ctx, s)
	if err == nil {
		err = s.loadPartitions(ctx)
	}
	if err != nil {
		e.close(s)
		return nil, err
	}
	return s, nil
}

func (m *Moved) move(ctx context.Context, dir string, old, to engine, log *slog.Logger) (err error) {
	size := map[bool]int64{true: partitionSize, false: postgresPartition}
	_, file := old.(*sqliteEngine)
	from, err := reading(ctx, dir, old, size[file], log)
	if err != nil {
		return err
	}
	defer old.close(from)
	into, err := reading(ctx, dir, to, size[!file], log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close(into)) }()
	pg := into
	if !file {
		pg = from
	}
	tables, err := tablesOf(ctx, pg)
	if err != nil {
		return err
	}
	c, err := into.writerConn(ctx)
	if err != nil {
		return err
	}
	defer func() { c.Close() }() // that which it is by then
	if err := to.begin(ctx, c); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			to.rollback(ctx, c)
		}
	}()
	t := &Tx{s: into, ctx: ctx, conn: c, indexed: indexed{}}
	seed := maphash.MakeSeed()
	sums := make([]uint64, len(tables))
	for i, table := range tables {
		if err := t.empty(table); err != nil {
			return err
		}
		n, sum, err := from.eachRow(ctx, table, seed, t.copier(table))
		if err != nil {
			return fmt.Errorf("table %s: %w", table.name, err)
		}
		sums[i] = sum
		m.Tables++
		m.Rows += n
	}
	if m.Docs, err = t.reindex(from); err != nil {
		return err
	}
	if err := t.settleIDs(tables); err != nil {
		return err
	}
	done = true
	if err := to.commit(ctx, c); err != nil {
		return err
	}
	if err := into.loadPartitions(ctx); err != nil {
		return err
	}
	for i, table := range tables {
		if _, sum, err := into.eachRow(ctx, table, seed, nil); err != nil {
			return err
		} else if sum != sums[i] {
			return fault.E(fault.Corrupt, "The rows of the table %s are not those that were moved.", table.name)
		}
	}
	if err := into.sameLogs(ctx, m.Logs); err != nil {
		return err
	}
	m.Searches, err = sameAnswers(ctx, from, into)
	return err
}

// movedTable is a table with its columns, of which PostgreSQL knows what they hold.
type movedTable struct {
	name    string
	columns []string
	bytes   []bool // the column holds bytes
	id      string // the column of the ids that it gives itself; empty: it gives none
}

// tablesOf lists the tables that hold data, the index of words excepted.
func tablesOf(ctx context.Context, pg *Store) (out []movedTable, err error) {
	rows, err := pg.r.QueryContext(ctx, `select table_name, column_name, data_type = 'bytea', is_identity = 'YES' from information_schema.columns
		where table_schema = current_schema() and table_name <> 'goose_db_version' and table_name not in ('search_partition', 'node', 'node_state', 'bucket', 'word_pair', 'pair_segment', 'pair_list', 'pair_gone')
		and table_name not in (select name from search_partition) order by table_name, ordinal_position`)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var table, column string
		var bytes, id bool
		if err := rows.Scan(&table, &column, &bytes, &id); err != nil {
			rows.Close()
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].name != table {
			out = append(out, movedTable{name: table})
		}
		last := &out[len(out)-1]
		last.columns, last.bytes = append(last.columns, column), append(last.bytes, bytes)
		if id {
			last.id = column
		}
	}
	return out, closeRows(rows)
}

// empty makes sure that nothing is overwritten; what a new database begins with goes.
func (t *Tx) empty(table movedTable) error {
	if table.name == "counter" {
		var last int64
		if err := t.row("select value from counter where name = 'position'", nil, &last); err != nil {
			return err
		}
		if last == 0 {
			_, err := t.exec("delete from counter")
			return err
		}
	}
	var some bool
	if err := t.row("select exists (select 1 from "+table.name+")", nil, &some); err != nil {
		return err
	}
	if some {
		return fault.E(fault.Conflict, "The new database is not empty: its table %s has rows. Name an empty one.", table.name)
	}
	return nil
}

// eachRow hands over every row of a table, in no particular order, and sums them up; each may be nil.
func (s *Store) eachRow(ctx context.Context, table movedTable, seed maphash.Seed, each func([]any) error) (n int64, sum uint64, err error) {
	var q strings.Builder
	q.WriteString("select ")
	for i, c := range table.columns {
		if i > 0 {
			q.WriteString(", ")
		}
		q.WriteString(c)
	}
	for i, c := range table.columns {
		if table.bytes[i] { // SQLite's driver reads empty bytes as none
			q.WriteString(", case when " + c + " is null then 1 else 0 end")
		}
	}
	rows, err := s.r.DB.QueryContext(ctx, q.String()+" from "+table.name)
	if err != nil {
		return 0, 0, err
	}
	all, err := rows.Columns()
	if err != nil {
		rows.Close()
		return 0, 0, err
	}
	for rows.Next() {
		values, at := make([]any, len(all)), make([]any, len(all))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			rows.Close()
			return 0, 0, err
		}
		none := len(table.columns)
		for i := range table.columns {
			switch v := values[i].(type) {
			case string:
				values[i] = clearText(v)
			case []byte:
				if !table.bytes[i] {
					values[i] = clearText(string(v))
				}
			}
			if table.bytes[i] {
				if b, _ := values[i].([]byte); len(b) == 0 {
					if values[i] = []byte{}; values[none] == int64(1) {
						values[i] = nil
					}
				}
				none++
			}
		}
		values = values[:len(table.columns)]
		n++
		sum += rowSum(seed, values)
		if each != nil {
			if err := each(values); err != nil {
				rows.Close()
				return 0, 0, err
			}
		}
	}
	return n, sum, closeRows(rows)
}

func rowSum(seed maphash.Seed, values []any) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	number := func(kind byte, n uint64) {
		h.WriteByte(kind)
		h.Write(binary.BigEndian.AppendUint64(nil, n))
	}
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			h.WriteByte(0)
		case int64:
			number(1, uint64(v))
		case float64:
			number(2, math.Float64bits(v))
		case string:
			number(3, uint64(len(v)))
			h.WriteString(v)
		case []byte:
			number(4, uint64(len(v)))
			h.Write(v)
		default:
			fmt.Fprintf(&h, "%T %v", v, v)
		}
	}
	return h.Sum64()
}

// copiedAtOnce bounds what waits to be sent.
const copiedAtOnce = 500

// copier puts rows into a table.
func (t *Tx) copier(table movedTable) func([]any) error {
	q := "insert into " + table.name + " (" + strings.Join(table.columns, ", ") + ") values (" + placeholders(len(table.columns)) + ")"
	n := 0
	return func(values []any) error {
		res, err := t.exec(q, values...)
		if n++; err == nil && n%copiedAtOnce == 0 {
			_, err = res.RowsAffected()
		}
		return err
	}
}

// reindex makes the index of words anew, from what is kept beside it.
func (t *Tx) reindex(from *Store) (n int64, err error) {
	if _, err := t.exec("delete from search_partition where first > 0"); err != nil {
		return 0, err
	}
	rows, err := from.r.DB.QueryContext(t.ctx, "select id, doc from lexeme order by id")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	p := (*t.s.partitions.Load())[0]
	if err := t.bare(p); err != nil {
		return 0, err
	}
	for ; rows.Next(); n++ {
		var id int64
		var packed []byte
		if err := rows.Scan(&id, &packed); err != nil {
			return 0, err
		}
		d, err := unpackDoc(packed)
		if err != nil {
			return 0, err
		}
		if position, _ := SplitDocID(id); position >= p.first+t.s.partitionSize && position > p.last {
			if err := t.dressed(p); err != nil {
				return 0, err
			}
			p = &partition{first: position, name: fmt.Sprintf("search_%d", position), tended: &tended{}}
			if err := t.s.e.makePartition(t.ctx, t.conn, p); err != nil {
				return 0, err
			}
			if err := t.bare(p); err != nil {
				return 0, err
			}
			if _, err := t.exec("insert into search_partition (first, name) values ($1, $2)", p.first, p.name); err != nil {
				return 0, err
			}
		}
		p.last, _ = SplitDocID(id)
		if err := t.s.e.putWords(t, p, id, d); err != nil {
			return 0, err
		}
		if n%copiedAtOnce == 0 {
			if err := t.flush(); err != nil {
				return 0, err
			}
		}
	}
	return n, errors.Join(rows.Err(), t.dressed(p))
}

// bare takes the index from a partition of PostgreSQL's that is to be filled, dressed makes it: at once, in a tenth of the time.
func (t *Tx) bare(p *partition) (err error) {
	if t.conn.gathers {
		_, err = t.exec(p.sql("drop index search_words"))
	}
	return err
}

func (t *Tx) dressed(p *partition) (err error) {
	if t.conn.gathers {
		_, err = t.exec(p.sql(wordsIndex))
	}
	return errors.Join(err, t.flush())
}

// flush has what waits sent, on PostgreSQL.
func (t *Tx) flush() error {
	if !t.conn.gathers {
		return nil
	}
	return t.conn.Raw(func(d any) error { return d.(*pgConn).flush(t.ctx) })
}

// settleIDs has PostgreSQL give ids behind those that were moved; SQLite looks for itself.
func (t *Tx) settleIDs(tables []movedTable) error {
	if !t.conn.gathers {
		return nil
	}
	for _, table := range tables {
		if table.id != "" {
			if _, err := t.exec("select setval(pg_get_serial_sequence('" + table.name + "', '" + table.id + "'), coalesce(max(" + table.id + "), 0) + 1, false) from " + table.name); err != nil {
				return err
			}
		}
	}
	return t.flush()
}

// sameLogs compares size and root of each log with what they were, and computes the roots from the hashes.
func (s *Store) sameLogs(ctx context.Context, want []LogHead) error {
	got, err := s.readLogs(ctx)
	if err != nil {
		return err
	}
	if len(got) != len(want) {
		return fault.E(fault.Corrupt, "There are %d logs, not %d.", len(got), len(want))
	}
	for _, h := range got {
		i := slices.IndexFunc(want, func(w LogHead) bool { return w.Name == h.Name })
		if i < 0 || want[i].Head != h.Head || string(want[i].Checkpoint) != string(h.Checkpoint) {
			return fault.E(fault.Corrupt, "The log %s is not the one that was moved.", h.Name)
		}
		v, err := tlog.Verifier(h.VKey)
		if err != nil {
			return err
		}
		if len(h.Checkpoint) == 0 {
			continue
		}
		if _, err := tlog.CheckLog(ctx, s.Rows(h), h.Checkpoint, v); err != nil {
			return err
		}
	}
	return nil
}

// searchesCompared is how many words, and pairs of words that stand side by side, both indexes are asked for.
const searchesCompared = 200

// sameAnswers asks both for words of documents all over the index.
func sameAnswers(ctx context.Context, a, b *Store) (n int, err error) {
	var last int64
	if err := a.r.QueryRowContext(ctx, "select coalesce(max(id), 0) from lexeme").Scan(&last); err != nil || last == 0 {
		return 0, err
	}
	for i := range int64(searchesCompared) {
		var packed []byte
		err := a.r.QueryRowContext(ctx, "select doc from lexeme where id >= $1 order by id limit 1", last/searchesCompared*i).Scan(&packed)
		if errors.Is(err, sql.ErrNoRows) {
			break
		}
		if err != nil {
			return n, err
		}
		d, err := unpackDoc(packed)
		if err != nil {
			return n, err
		}
		words := lexemes(d.Headline + " " + d.Body)
		if len(words) == 0 {
			words = lexemes(d.Marks)
		}
		if len(words) == 0 {
			continue
		}
		at := int(i) % len(words)
		expr := strconv.Quote(words[at])
		if i%2 == 1 && at+1 < len(words) {
			expr = `"` + words[at] + " " + words[at+1] + `"`
		}
		var found [2][]int64
		for k, s := range []*Store{a, b} {
			if found[k], err = s.Match(ctx, expr, 0, math.MaxInt64, 100); err != nil {
				return n, err
			}
		}
		if !slices.Equal(found[0], found[1]) {
			return n, fault.E(fault.Corrupt, "A search is answered otherwise than before: %d documents and %d.", len(found[0]), len(found[1]))
		}
		n++
	}
	return n, nil
}
