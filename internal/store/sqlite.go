package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"jarchi.dev/jarchi/internal/fault"
)

// sqliteEngine keeps everything in one file of the data folder: one connection that writes, a few that read, and one
// that folds the write-ahead log in.
type sqliteEngine struct {
	dir      string
	file     string
	ckpt     *sql.DB     // one connection, for WAL checkpoints alone
	gone     atomic.Bool // something left the index: its last traces are to be scrubbed
	truncate atomic.Bool // something was erased: the write-ahead log must be emptied too
}

// Page caches in kibibytes: a budget for the process, outside Go's heap.
const (
	writerCache = 16 << 10
	readerCache = 8 << 10
)

func (e *sqliteEngine) open(ctx context.Context, s *Store) (err error) {
	if err := private(e.file); err != nil {
		return folderFault(e.dir, err)
	}
	// Before anything is open: POSIX gives up every lock of a process on a file when the process closes the file, through whichever descriptor. Another
	// program that reads the database, sqlite3 say, would then take itself for the last one and remove the write-ahead log that this node goes on writing.
	vfs, err := vfsFor(e.file)
	if err != nil {
		return folderFault(e.dir, err)
	}
	common := []string{"busy_timeout(10000)", "synchronous(FULL)", "secure_delete(ON)", "foreign_keys(ON)", "temp_store(MEMORY)"}
	s.w, err = openDB(e.file, vfs, 1, true, append(common, "journal_mode(WAL)", "wal_autocheckpoint(0)", fmt.Sprintf("cache_size(-%d)", writerCache)))
	if err != nil {
		return err
	}
	if err := s.w.PingContext(ctx); err != nil {
		return err
	}
	if err := fits(ctx, s.w); err != nil {
		return err
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.w, dir)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	// The folder is ours alone, so when it is opened none of its jobs is running: those of a process that was
	// killed can be taken up at once.
	if _, err := s.w.ExecContext(ctx, "update job set lease_until = 0, lease = '' where lease_until <> 0"); err != nil {
		return err
	}
	r, err := openDB(e.file, vfs, readers, false, append(common, "query_only(ON)", fmt.Sprintf("cache_size(-%d)", readerCache)))
	if err != nil {
		return err
	}
	s.r = &pool{DB: r}
	// Its wait for readers holds the writer up, so it is short; there is a next time in a second.
	// The driver would let the first of two busy_timeouts win.
	e.ckpt, err = openDB(e.file, vfs, 1, false, append([]string{"busy_timeout(250)", "cache_size(-512)"}, common[1:]...))
	e.truncate.Store(true) // a killed process may have left erased words in the write-ahead log
	return err
}

// private makes the database file, if it is not there, readable by its owner alone: it holds the keys
// of the logs. SQLite gives the files beside it the same rights.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// openDB opens a database file through a VFS, as vfsFor names it.
func openDB(file, vfs string, conns int, immediate bool, pragmas []string) (*sql.DB, error) {
	v := url.Values{}
	for _, p := range pragmas {
		v.Add("_pragma", p)
	}
	if immediate {
		v.Set("_txlock", "immediate")
	}
	if vfs != "" {
		v.Set("vfs", vfs)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+v.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

func (e *sqliteEngine) begin(ctx context.Context, c *conn) error {
	_, err := c.exec(ctx, "begin immediate")
	return err
}

func (e *sqliteEngine) behind() bool                       { return false }
func (e *sqliteEngine) broke(error) bool                   { return false }
func (e *sqliteEngine) tell(*Tx, map[string]LogHead) error { return nil }
func (e *sqliteEngine) first() bool                        { return true }
func (e *sqliteEngine) giveUp(*conn)                       {}
func (e *sqliteEngine) known() int                         { return 0 }
func (e *sqliteEngine) hold(context.Context, string, string, string) (func(), error) {
	return func() {}, nil
}
func (e *sqliteEngine) vouched(context.Context) (bool, error) { return false, nil }

func (e *sqliteEngine) rollback(ctx context.Context, c *conn) { c.exec(ctx, "rollback") }

func (e *sqliteEngine) commit(ctx context.Context, c *conn) error {
	_, err := c.exec(ctx, "commit")
	return err
}

// touch: the number is always 0 here; setting it writes a page.
func (e *sqliteEngine) touch() string { return "pragma user_version = 0" }

func (e *sqliteEngine) putWords(t *Tx, p *partition, id int64, d IndexDoc) error {
	_, err := t.exec(p.sql("insert into search (rowid, headline, body, marks) values ($1, $2, $3, $4)"), id, d.Headline, d.Body, d.Marks)
	return err
}

// dropWords takes a row out by FTS5's own command, with the very lexemes that went in.
func (e *sqliteEngine) dropWords(t *Tx, p *partition, id int64, d IndexDoc) error {
	_, err := t.exec(p.sql("insert into search (search, rowid, headline, body, marks) values ('delete', $1, $2, $3, $4)"), id, d.Headline, d.Body, d.Marks)
	return err
}

// dropped: FTS5 writes out what it holds at a savepoint.
func (e *sqliteEngine) dropped(t *Tx) error {
	for _, q := range []string{"savepoint written", "release written"} {
		if _, err := t.exec(q); err != nil {
			return err
		}
	}
	return nil
}

// makePartition: the settings are those of the first one, 00002_search.sql.
func (e *sqliteEngine) makePartition(ctx context.Context, c *conn, p *partition) error {
	for _, q := range []string{
		"create virtual table search using fts5(headline, body, marks, content='', tokenize='ascii', prefix='3')",
		"insert into search (search, rank) values ('secure-delete', 1)",
		"insert into search (search, rank) values ('automerge', 0)",
		"insert into search (search, rank) values ('crisismerge', 1999)",
		"insert into search (search, rank) values ('usermerge', 16)",
		"insert into search (search, rank) values ('hashsize', 8388608)",
	} {
		if _, err := c.ExecContext(ctx, p.sql(q)); err != nil {
			return err
		}
	}
	return nil
}

func (e *sqliteEngine) matchIn(ctx context.Context, s *Store, ps []*partition, expr string, from, below int64, limit int, _ func() bool) ([]int64, int64, error) {
	rows, err := s.r.QueryContext(ctx, ps[0].sql("select rowid from search where search match $1 and rowid >= $2 and rowid < $3 order by rowid desc limit +$4"),
		expr, from, below, limit)
	if err != nil {
		return nil, 0, err
	}
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			rows.Close()
			return nil, 0, err
		}
		ids = append(ids, id)
	}
	return ids, from, closeRows(rows)
}

func (e *sqliteEngine) rebuilds() bool        { return true }
func (e *sqliteEngine) wholePartitions() bool { return false }

func (e *sqliteEngine) beside() int { return 1 }

func (e *sqliteEngine) sizes(ctx context.Context, q asking) (all, free, ahead int64, err error) {
	var pageSize, pages, unused int64
	for pragma, n := range map[string]*int64{"page_size": &pageSize, "page_count": &pages, "freelist_count": &unused} {
		if err := q.QueryRowContext(ctx, "pragma "+pragma).Scan(n); err != nil {
			return 0, 0, 0, err
		}
	}
	if wal, err := os.Stat(e.file + "-wal"); err == nil {
		ahead = wal.Size()
	}
	return pageSize * pages, pageSize * unused, ahead, nil
}

func (e *sqliteEngine) gathers() bool { return false }

func (e *sqliteEngine) name() string { return "SQLite" }

func (e *sqliteEngine) pieces(ctx context.Context, s *Store, p *partition) (int, error) {
	return scanSegments(s.r.QueryRowContext(ctx, p.sql(structureQuery), structureRow))
}

func (e *sqliteEngine) care(s *Store, c *conn) care {
	return &merging{s: s, e: e, c: c, gone: true} // an earlier process may have left something
}

func (e *sqliteEngine) erased(*Store) {
	e.truncate.Store(true)
	e.gone.Store(true)
}

func (e *sqliteEngine) close(s *Store) (err error) {
	if e.ckpt != nil {
		_, err = e.ckpt.Exec("pragma wal_checkpoint(truncate)")
	}
	if s.r != nil {
		s.r.Close()
	}
	closeAll(e.ckpt, s.w)
	return err
}

// run folds the write-ahead log into the database on a connection of its own, so that no
// publication pays for it. After an erasure it empties the log file: the words stand in it as well.
func (e *sqliteEngine) run(s *Store) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-t.C:
		}
		empty := e.truncate.Swap(false) // first, so that an erasure that is committed meanwhile is seen
		var busy, frames, done int
		err := e.ckpt.QueryRow("pragma wal_checkpoint(passive)").Scan(&busy, &frames, &done)
		switch {
		case err == nil && frames-done > readFrames:
			// Somebody reads an older state for long, like a back-up. To wait for her would be in vain and
			// hold the writer up each time.
		case empty:
			if e.emptyWAL(context.Background()) == nil {
				continue
			}
		case err == nil && frames > walFrames:
			// Under a steady load the writer never finds the log wholly folded in, and it would grow for
			// ever. Nearly all is done: have the writer start at its beginning again.
			e.ckpt.Exec("pragma wal_checkpoint(restart)")
		}
		if empty {
			e.truncate.Store(true)
		}
	}
}

// walFrames is how long the write-ahead log may get before it is started again: 128 MB of pages.
const walFrames = 32 << 10

// readFrames of the write-ahead log that cannot be folded in show that an old state is being read: 1 MB.
const readFrames = 256

// emptyWAL cuts the write-ahead log to nothing; it fails while a long read holds an older state.
func (e *sqliteEngine) emptyWAL(ctx context.Context) error {
	var busy, a, b int
	if err := e.ckpt.QueryRowContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &a, &b); err != nil {
		return err
	}
	if busy != 0 {
		return fault.E(fault.Busy, "A long read holds the write-ahead log.")
	}
	return nil
}

// SQLite's primary result codes (sqlite.org/rescode.html).
const (
	codeBusy, codeNoMem, codeReadOnly, codeInterrupt, codeIOErr, codeCorrupt, codeFull, codeCantOpen, codeNotADB = 5, 7, 8, 9, 10, 11, 13, 14, 26

	codeNoRoomShared = 10 | 19<<8 // an extended one: on a full disk the file -shm cannot grow
)

func (e *sqliteEngine) fault(err error) error { return dbFault(e.file, err) }

// dbFault turns an error of SQLite into one that names the place. What is a fault already stays as it is.
func dbFault(file string, err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		code := se.Code() & 0xff
		if se.Code() == codeNoRoomShared {
			code = codeFull
		}
		switch code {
		case codeFull:
			return fault.E(fault.Unavailable, "The disk that holds %s is full. Nothing was lost; make room and try again.", file).Because(err)
		case codeReadOnly, codeCantOpen:
			return fault.E(fault.Unavailable, "The database %s cannot be written. Check the rights on the folder and that the disk is not mounted read-only.", file).Because(err)
		case codeBusy:
			return fault.E(fault.Unavailable, "The database %s is locked by another process.", file).Because(err)
		case codeIOErr:
			return fault.E(fault.Unavailable, "The disk that holds %s reports an error. Nothing more is written until it is mended.", file).Because(err)
		case codeCorrupt, codeNotADB:
			return fault.E(fault.Corrupt, "The database %s is damaged or is not a Jarchi database. Restore it from the back-up.", file).Because(err)
		}
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fault.E(fault.Unavailable, "The disk that holds %s is full. Nothing was lost; make room and try again.", file).Because(err)
	}
	return err
}

func (e *sqliteEngine) lost(error) bool { return false }

func (e *sqliteEngine) refusal(err error) bool {
	var se *sqlite.Error
	if errors.As(err, &se) {
		switch se.Code() & 0xff {
		case codeFull, codeReadOnly, codeCantOpen, codeIOErr:
			return true
		}
	}
	return false
}

func newSQLite(dir string) *sqliteEngine {
	return &sqliteEngine{dir: dir, file: filepath.Join(dir, "jarchi.db")}
}
