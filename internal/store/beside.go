package store

import (
	"context"
	"database/sql"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Beside is the database of a folder as it stood at one moment, read through a connection of its own
// while a node may have the folder open and write. Nothing is written and no lock of the folder is taken. Of a database on PostgreSQL, Size, PageSize, Copy and
// Settle have no meaning; Dump and Tables are in their place.
// The node's write-ahead log cannot be folded in beyond that moment until Copy, Release or Close; Settle holds another one.
type Beside struct {
	dir  string
	file string
	db   *sql.DB
	c    *sql.Conn

	pageSize, pages int64
	copying

	// Of a database on PostgreSQL, which is read by its own pg_dump.
	e      *postgresEngine
	server Server
	dump   tool
}

func (b *Beside) fault(err error) error {
	if b.e != nil {
		return b.e.fault(err)
	}
	return dbFault(b.file, err)
}

// ReadBeside opens the database of dir at the present moment. It waits for up to patience until words that
// were erased have left the search index too (a moment's work of a node that runs); scrubbed is false if
// they have not. NotFound where there is no database.
func ReadBeside(ctx context.Context, dir string, patience time.Duration) (_ *Beside, scrubbed bool, err error) {
	if e, err := postgresOf(dir); err != nil {
		return nil, false, err
	} else if e != nil {
		b, err := e.moment(ctx, dir)
		return b, true, err
	}
	b := &Beside{dir: dir, file: filepath.Join(dir, "jarchi.db")}
	if _, err := os.Stat(b.file); err != nil {
		return nil, false, fault.E(fault.NotFound, "There is no node's data in %s.", dir).Because(err)
	}
	defer func() {
		if err != nil {
			b.Close()
		}
	}()
	if err := b.open(ctx, false); err != nil {
		// On a read-only disk SQLite cannot make its shared-memory file; there no node runs, and a
		// database that was closed can be read as it lies.
		if wal, serr := os.Stat(b.file + "-wal"); serr == nil && wal.Size() > 0 || b.open(ctx, true) != nil {
			return nil, false, dbFault(b.file, err)
		}
	}
	for until := time.Now().Add(patience); ; {
		if _, err := b.c.ExecContext(ctx, "begin"); err != nil {
			return nil, false, dbFault(b.file, err)
		}
		var left int // the first read of the transaction is its moment
		if err := b.c.QueryRowContext(ctx, "select count(*) from setting where name = 'scrub'").Scan(&left); err != nil {
			return nil, false, dbFault(b.file, err)
		}
		if scrubbed = left == 0; scrubbed || !time.Now().Before(until) {
			break
		}
		if _, err := b.c.ExecContext(ctx, "rollback"); err != nil {
			return nil, false, dbFault(b.file, err)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
	return b, scrubbed, b.sizes(ctx)
}

func (b *Beside) open(ctx context.Context, immutable bool) (err error) {
	if b.db != nil {
		b.Close()
	}
	options := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(ON)", "cache_size(-4096)"}}
	if immutable {
		options.Set("immutable", "1")
	}
	if b.db, err = sql.Open("sqlite", "file:"+(&url.URL{Path: b.file}).EscapedPath()+"?"+options.Encode()); err != nil {
		return err
	}
	b.db.SetMaxOpenConns(1)
	if b.c, err = b.db.Conn(ctx); err != nil {
		return err
	}
	var n int
	return b.c.QueryRowContext(ctx, "select count(*) from log").Scan(&n)
}

// Close ends the reading.
func (b *Beside) Close() {
	if b.c != nil {
		b.c.Close()
	}
	if b.db != nil {
		b.db.Close()
	}
}

// Size is the length of the database in bytes at the moment that is held; before Settle what Copy writes.
func (b *Beside) Size() int64 { return b.pages * b.pageSize }

// Schema is the number of the newest migration that the database has.
func (b *Beside) Schema(ctx context.Context) (n int64, err error) {
	err = b.c.QueryRowContext(ctx, "select coalesce(max(version_id), 0) from goose_db_version where is_applied").Scan(&n)
	return n, b.fault(err)
}

// Schema is the number of the newest migration that this program knows.
func Schema() (newest int64) {
	names, _ := fs.Glob(migrations, "migrations/*.sql")
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

// Logs are the heads of all logs, by name.
func (b *Beside) Logs(ctx context.Context) ([]LogHead, error) {
	rows, err := b.c.QueryContext(ctx, "select "+logColumns+" from log order by name")
	if err != nil {
		return nil, b.fault(err)
	}
	defer rows.Close()
	var out []LogHead
	for rows.Next() {
		var l LogHead
		var root []byte
		if err := rows.Scan(&l.id, &l.Name, &l.Member, &l.Class, &l.Origin, &l.VKey, &l.Head.Size, &root, &l.Checkpoint); err != nil {
			return nil, b.fault(err)
		}
		if len(root) != len(l.Head.Root) {
			return nil, fault.E(fault.Corrupt, "The root of the log %s in the database of %s is damaged.", l.Name, b.dir)
		}
		copy(l.Head.Root[:], root)
		out = append(out, l)
	}
	return out, b.fault(rows.Err())
}

// needing is every row that needs a blob.
const needing = "select hash from raw where bytes is null union select hash from draft_file union select hash from release_file"

// Files are the hashes of every blob that the database needs, rising.
func (b *Beside) Files(ctx context.Context) (hashes []string, err error) {
	rows, err := b.c.QueryContext(ctx, needing+" order by 1")
	if err != nil {
		return nil, b.fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		var hash string
		if err := rows.Scan(&hash); err != nil {
			return nil, b.fault(err)
		}
		hashes = append(hashes, hash)
	}
	return hashes, b.fault(rows.Err())
}

// Release lets the moment go, so that the node can fold its write-ahead log in; what is asked after it is
// answered as it stands then.
func (b *Beside) Release(ctx context.Context) error {
	_, err := b.c.ExecContext(ctx, "rollback")
	return b.fault(err)
}

// NeedsFile reports whether any row needs the blob; to be asked after Release.
func (b *Beside) NeedsFile(ctx context.Context, hash string) (yes bool, err error) {
	err = b.c.QueryRowContext(ctx, "select exists (select 1 from ("+needing+") n where hash = $1)", hash).Scan(&yes)
	return yes, b.fault(err)
}

// LockEmpty makes the folder if it is not there and takes it for this process, so that no node starts in
// it. Conflict if it holds anything but the file of the lock.
func LockEmpty(dir string) (io.Closer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, folderFault(dir, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, folderFault(dir, err)
	}
	for _, e := range entries {
		if e.Name() != "lock" {
			return nil, fault.E(fault.Conflict, "The folder %s is not empty: it holds %s. Name a new folder, or empty this one.", dir, e.Name())
		}
	}
	return lockFolder(dir)
}
