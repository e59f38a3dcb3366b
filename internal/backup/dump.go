package backup

import (
	"context"
	"fmt"
	"io"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

// piece is how much of a dump is one part.
const piece = 4 << 20

// dumped writes what the server's own program makes of the database at the moment that is held, and what it must be; the hashes are those of the files that it
// needs then. They are read afterwards, so every one that was not erased meanwhile is still there.
func (a *writer) dumped(h *Head, from *store.Beside) (files []string, err error) {
	to := &pieces{a: a, held: make([]byte, 0, piece)}
	if err := from.Dump(a.ctx, to); err != nil {
		return nil, err
	}
	if err := to.flush(); err != nil {
		return nil, err
	}
	h.Moment = Moment{Database: to.size}
	if h.Logs, err = a.logs(from); err != nil {
		return nil, err
	}
	if h.Tables, err = from.Tables(a.ctx); err != nil {
		return nil, err
	}
	if files, err = from.Files(a.ctx); err != nil {
		return nil, err
	}
	if err := from.Release(a.ctx); err != nil {
		return nil, err
	}
	return files, a.said(h.Moment)
}

// pieces makes parts of what is written, whose size nobody knows before.
type pieces struct {
	a    *writer
	held []byte
	n    int
	size int64
}

func (p *pieces) Write(b []byte) (int, error) {
	for left := b; len(left) > 0; {
		n := min(len(left), piece-len(p.held))
		p.held, left = append(p.held, left[:n]...), left[n:]
		if len(p.held) == piece {
			if err := p.flush(); err != nil {
				return 0, err
			}
		}
	}
	return len(b), nil
}

func (p *pieces) flush() error {
	if len(p.held) == 0 {
		return nil
	}
	p.n++
	p.size += int64(len(p.held))
	err := p.a.bytes(fmt.Sprintf(dumpName, p.n), p.held)
	p.held = p.held[:0]
	return err
}

// RestoreInto is Restore of a back-up of a node on PostgreSQL: its database comes into the one that address names, which must be empty, and the folder remembers
// the address. The dump lies in the folder until all of the back-up is read and checked; only then is it brought in, in one transaction, and every table compared with
// what it was. Only when that is so is the folder a node's. After an error folder and database are as empty as they were; after a crash in the middle both
// have to be emptied, if they hold anything.
func RestoreInto(ctx context.Context, r io.Reader, dir, address string) (rep Report, err error) {
	into, err := store.RestoreInto(ctx, address)
	if err != nil {
		return rep, err
	}
	defer into.Close()
	return restore(ctx, r, dir, into)
}

// fits refuses a back-up of the other kind.
func fits(ctx context.Context, h Head, into *store.Restoring) error {
	switch {
	case into == nil && h.Server != nil:
		return fault.E(fault.Invalid, "This is the back-up of a node whose database is on PostgreSQL. Name an empty database there with --database.")
	case into != nil && h.Server == nil:
		return fault.E(fault.Invalid, "This is the back-up of a node whose database is its own file. Restore it without --database; 'jarchi move' takes it to PostgreSQL then.")
	case into != nil:
		return into.Fits(ctx, *h.Server)
	}
	return nil
}
