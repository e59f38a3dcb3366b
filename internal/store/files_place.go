package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"

	"jarchi.dev/jarchi/internal/fault"
)

// Settings of where files lie. They are never part of what is restored from a back-up: a restored node has its files in its
// own folder and must not clear away those of the node it was made from.
const (
	filesPlace = "files-place" // a bucket; not there: the node's folder
	filesLeft  = "files-left"  // where they lay before and may still lie, with the letter x before it
	filesNames = "files-names" // the secret by which names in a bucket are made
)

// FilesPlace is where the files of this node lie, and where some may have been left by a move that was not ended; place
// is empty for the node's own folder. moving says whether there is such a place.
func (s *Store) FilesPlace(ctx context.Context) (place, left string, moving bool, err error) {
	read := func(name string) (value []byte, err error) {
		err = s.r.QueryRowContext(ctx, "select value from setting where name = $1", name).Scan(&value)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return value, err
	}
	now, err := read(filesPlace)
	if err != nil {
		return "", "", false, err
	}
	before, err := read(filesLeft)
	if err != nil || len(before) == 0 {
		return string(now), "", false, err
	}
	return string(now), string(before[1:]), true, nil
}

// SetFilesPlace notes that files lie in another place from now on, and where they may still lie. Conflict if they lie
// elsewhere than the caller thought.
func (s *Store) SetFilesPlace(ctx context.Context, was, now string, left *string) error {
	return s.Write(ctx, func(t *Tx) error {
		var value []byte
		if err := t.row("select value from setting where name = $1", []any{filesPlace}, &value); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if string(value) != was {
			return fault.E(fault.Conflict, "The files were moved by somebody else meanwhile.")
		}
		if err := t.setSetting(filesPlace, []byte(now), now != ""); err != nil {
			return err
		}
		if left == nil {
			return t.setSetting(filesLeft, nil, false)
		}
		return t.setSetting(filesLeft, []byte("x"+*left), true)
	})
}

func (t *Tx) setSetting(name string, value []byte, there bool) error {
	if !there {
		_, err := t.exec("delete from setting where name = $1", name)
		return err
	}
	_, err := t.exec("insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value", name, value)
	return err
}

// FilesNames is the secret of the names that files have in a bucket, made by make when it is asked for first.
func (s *Store) FilesNames(ctx context.Context, make func() []byte) ([]byte, error) {
	return s.Setting(ctx, filesNames, make)
}

// Files are the hashes of every file that the database needs, rising.
func (s *Store) Files(ctx context.Context) (hashes []string, err error) {
	rows, err := s.r.QueryContext(ctx, needing+" order by 1")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var hash string
		if err := rows.Scan(&hash); err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, rows.Err()
}

// FilesPlace is where files lay at that moment, empty for the folder, and the secret of their names there.
func (b *Beside) FilesPlace(ctx context.Context) (place string, names []byte, err error) {
	var value []byte
	err = b.c.QueryRowContext(ctx, "select value from setting where name = $1", filesPlace).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, nil
	}
	if err == nil {
		err = b.c.QueryRowContext(ctx, "select value from setting where name = $1", filesNames).Scan(&names)
	}
	return string(value), names, b.fault(err)
}

// ForgetFilesPlace makes a restored database one whose files lie in its folder. Nothing of the file is written if they did.
// After a crash within it the file is as it was, or as it shall be.
func ForgetFilesPlace(ctx context.Context, file string) (err error) {
	options := url.Values{"mode": {"rw"}, "_pragma": {"synchronous(FULL)"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return dbFault(file, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	const which = "name in ('" + filesPlace + "', '" + filesLeft + "', '" + filesNames + "')"
	var n int
	if err := db.QueryRowContext(ctx, "select count(*) from setting where "+which).Scan(&n); err != nil || n == 0 {
		return dbFault(file, err)
	}
	_, err = db.ExecContext(ctx, "delete from setting where "+which)
	return dbFault(file, err)
}
