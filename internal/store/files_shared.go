package store

import (
	"context"
	"database/sql"
	"errors"

	"jarchi.dev/jarchi/internal/fault"
)

// filesMark is what the folder of files holds whose files the database names, where several nodes can have that open.
const filesMark = "files-mark"

// Shared reports whether several nodes can have the database open.
func (s *Store) Shared() bool { return s.node != "" }

// Others is how many other nodes are known to have the database open.
func (s *Store) Others() int { return s.e.known() }

// SharesFiles finds out that the folder of files, which holds a mark, is the one of this database. Conflict if another is, and other nodes or
// files need it.
func (s *Store) SharesFiles(ctx context.Context, mark string) (err error) {
	defer fault.Wrap(&err, "compare the folder of files")
	if !s.Shared() {
		return nil
	}
	var other string
	err = s.Write(ctx, func(t *Tx) error {
		other = ""
		var value []byte
		err := t.row("select value from setting where name = $1", []any{filesMark}, &value)
		if err == nil && string(value) == mark {
			return nil
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err == nil {
			var needed bool
			if err := t.row("select exists (select 1 from ("+needing+") n)", nil, &needed); err != nil {
				return err
			}
			if needed || s.Others() > 0 {
				other = string(value)
				return nil
			}
		}
		return t.setSetting(filesMark, []byte(mark), true)
	})
	if err == nil && other != "" {
		err = fault.E(fault.Conflict, "The files of this database lie in the folder of another node, and not in this one's. Let both have one folder, by a mount or a link at blobs, or move them into a bucket with 'jarchi files move'. If they are lost for good, write %s into the file blobs/mark.", other)
	}
	return err
}
