package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
)

// Inspection is a data folder opened to look at its logs. The database is not written: it is opened
// read-only, without migrations and without the guard's leave, so that a folder which a node refuses
// to open can still be looked at.
type Inspection struct {
	dir  string
	lock *os.File // held, so that no node writes meanwhile; nil where the folder has no lock file
	db   *sql.DB
	e    *postgresEngine // nil: the folder's own file
}

// Inspect opens a folder that no node has open.
func Inspect(ctx context.Context, dir string) (_ *Inspection, err error) {
	f := &Inspection{dir: dir}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	f.lock, err = os.Open(filepath.Join(dir, "lock"))
	switch {
	case errors.Is(err, fs.ErrNotExist): // a copy that left it out
	case err != nil:
		return nil, fault.E(fault.Unavailable, "The data folder %s cannot be read.", dir).Because(err)
	default:
		if err := syscall.Flock(int(f.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			return nil, fault.E(fault.Unavailable, "Another process has the data folder %s open. Stop it first; a running node shows its logs at /log.", dir).Because(err)
		}
	}
	if err := f.connect(); err != nil {
		return nil, f.fault(err)
	}
	var logs int
	if err := f.db.QueryRowContext(ctx, "select count(*) from log").Scan(&logs); err != nil {
		return nil, f.fault(err)
	}
	return f, nil
}

func (f *Inspection) connect() error {
	e, err := postgresOf(f.dir)
	if err != nil {
		return err
	}
	if e != nil {
		f.e = e
		f.db = e.pool(1, map[string]string{"default_transaction_read_only": "on"})
		return nil
	}
	// Without a write-ahead log nothing has to be recovered, and the file can be read as it lies, even
	// on a read-only disk. With one, SQLite needs to make its shared-memory file beside it.
	file := filepath.Join(f.dir, "jarchi.db")
	options := url.Values{"mode": {"ro"}, "_pragma": {"query_only(ON)", "cache_size(-8192)"}}
	if wal, err := os.Stat(file + "-wal"); err != nil || wal.Size() == 0 {
		options.Set("immutable", "1")
	}
	if f.db, err = sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+options.Encode()); err == nil {
		f.db.SetMaxOpenConns(1)
	}
	return err
}

func (f *Inspection) fault(err error) error {
	var known *fault.Error
	if f.e != nil {
		err = f.e.fault(err)
	}
	if err == nil || errors.As(err, &known) {
		return err
	}
	return fault.E(fault.Corrupt, "The database in %s cannot be read. It is damaged, not of Jarchi, or was not closed and stands on a read-only disk; restore it, or look at a copy.", f.dir).Because(err)
}

// Close lets the folder go.
func (f *Inspection) Close() {
	if f.db != nil {
		f.db.Close()
	}
	if f.lock != nil {
		f.lock.Close()
	}
}

// StoredLog is one log as its row says it is; nothing of it is checked. It implements tlog.Rows.
type StoredLog struct {
	LogHead
	f *Inspection
}

// Logs lists every log by name.
func (f *Inspection) Logs(ctx context.Context) ([]StoredLog, error) {
	rows, err := f.db.QueryContext(ctx, "select "+logColumns+" from log order by name")
	if err != nil {
		return nil, f.fault(err)
	}
	defer rows.Close()
	var out []StoredLog
	for rows.Next() {
		l := StoredLog{f: f}
		var root []byte
		if err := rows.Scan(&l.id, &l.Name, &l.Member, &l.Class, &l.Origin, &l.VKey, &l.Head.Size, &root, &l.Checkpoint); err != nil {
			return nil, f.fault(err)
		}
		copy(l.Head.Root[:], root) // one that is damaged does not agree with its checkpoint
		out = append(out, l)
	}
	return out, f.fault(rows.Err())
}

// Size is how many leaves lie there, signed or not.
func (l StoredLog) Size(ctx context.Context) (n int64, err error) {
	err = l.f.db.QueryRowContext(ctx, "select coalesce(max(idx) + 1, 0) from leaf where log = $1", l.id).Scan(&n)
	return n, l.f.fault(err)
}

// Hashes reads stored hashes, in the order asked for.
func (l StoredLog) Hashes(ctx context.Context, positions []int64) ([]tlog.Hash, error) {
	st, err := l.f.db.PrepareContext(ctx, "select h from hash where log = $1 and pos = $2")
	if err != nil {
		return nil, l.f.fault(err)
	}
	defer st.Close()
	out := make([]tlog.Hash, len(positions))
	for i, p := range positions {
		var h []byte
		err := st.QueryRowContext(ctx, l.id, p).Scan(&h)
		if errors.Is(err, sql.ErrNoRows) || err == nil && len(h) != len(out[i]) {
			return nil, fault.E(fault.Corrupt, "The hash at position %d of the log %s is missing or damaged.", p, l.Name)
		}
		if err != nil {
			return nil, l.f.fault(err)
		}
		copy(out[i][:], h)
	}
	return out, nil
}

// Leaves reads leaves; fewer where some are missing.
func (l StoredLog) Leaves(ctx context.Context, from, to int64) ([][]byte, error) {
	rows, err := l.f.db.QueryContext(ctx, "select idx, data from leaf where log = $1 and idx >= $2 and idx < $3 order by idx", l.id, from, to)
	if err != nil {
		return nil, l.f.fault(err)
	}
	defer rows.Close()
	var out [][]byte
	for next := from; rows.Next(); next++ {
		var idx int64
		var data []byte
		if err := rows.Scan(&idx, &data); err != nil {
			return nil, l.f.fault(err)
		}
		if idx != next {
			break
		}
		out = append(out, data)
	}
	return out, l.f.fault(rows.Err())
}
