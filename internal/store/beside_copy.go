package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"hash/maphash"
	"io"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// A read of one moment keeps the node from folding its write-ahead log in beyond it, and a database is not compressed and written away in a moment. So
// it is read in pieces, each at a moment of its own that ends before the piece is written; then, in rounds, what changed since; and when a round finds
// little, once through at one last moment, which takes the reading alone. What the log grows by is what the node writes meanwhile.
const (
	pieceBytes  = 4 << 20   // read at one moment
	fewChanged  = 32 << 20  // bytes in a round: the next one is the last
	mostRounds  = 4         // before the last one, however much changes
	mostGrown   = 256 << 20 // by which a round follows an end of the database that goes on before it
	mostChanged = 32 << 20  // bytes that are kept in memory while the last moment is held; more are written while it is
	mostRest    = 2 * time.Second
)

// copying is what a copy knows of the pages that it has written: 10 bytes for each.
type copying struct {
	seed  maphash.Seed
	known []uint64
	data  int64    // pragma data_version: it changes when others commit
	free  []uint16 // 0 where a page was in use when the pass began, or one more than the words of four bytes of it that meant something
}

// PageSize is the size of a page in bytes.
func (b *Beside) PageSize() int64 { return b.pageSize }

// Copy lets the moment go and writes the database as it finds it, page by page as SQLite would find them (sqlite.org/dbpage.html), so that no second copy is
// made on a disk: Size bytes, which are no database before the pages of Settle have taken the places of theirs. What a page holds beside its rows, and pages
// that are free, are written as zeros: whatever was erased before is not there. While others commit it rests as long as it works.
func (b *Beside) Copy(ctx context.Context, w io.Writer) error {
	if err := b.Release(ctx); err != nil {
		return err
	}
	b.copying = copying{seed: maphash.MakeSeed(), known: make([]uint64, b.pages)}
	var buf []byte
	return b.pieces(ctx, false, func(page int64, data []byte) error {
		b.known[page-1] = maphash.Bytes(b.seed, data)
		buf = append(buf, data...)
		return nil
	}, func() error {
		_, err := w.Write(buf)
		buf = buf[:0]
		return err
	})
}

// Settle hands over pages that changed, each as its number in 8 bytes (the highest first) and its bytes, a few MB at a time, and then holds a moment, at
// which the database has Size bytes and is what was written with all these pages and those of last in their places, later ones instead of earlier
// ones. last can be written after Release. sum is that of the pages at that moment: see PageSum.
func (b *Beside) Settle(ctx context.Context, write func(pages []byte) error) (last, sum []byte, err error) {
	var buf []byte
	changed := 0
	collect := func(page int64, data []byte) error {
		if now := maphash.Bytes(b.seed, data); page > int64(len(b.known)) {
			b.known = append(b.known, now) // rising, so it is the next one
		} else if b.known[page-1] == now {
			return nil
		} else {
			b.known[page-1] = now
		}
		buf = append(binary.BigEndian.AppendUint64(buf, uint64(page)), data...)
		return nil
	}
	flush := func() error {
		changed += len(buf)
		if len(buf) == 0 {
			return nil
		}
		err := write(buf)
		buf = buf[:0]
		return err
	}
	for range mostRounds {
		changed = 0
		if err := b.pieces(ctx, true, collect, flush); err != nil {
			return nil, nil, err
		}
		if changed <= fewChanged {
			break
		}
	}
	if err := b.begin(ctx); err != nil {
		return nil, nil, err
	}
	if b.pages < int64(len(b.known)) {
		b.known = b.known[:b.pages]
	}
	if err := b.listFree(ctx); err != nil {
		return nil, nil, err
	}
	total := NewPageSum()
	for from := int64(1); from <= b.pages; from += pieceBytes / b.pageSize {
		err := b.read(ctx, from, func(page int64, data []byte) error {
			total.Add(data)
			return collect(page, data)
		})
		if err == nil && len(buf) > mostChanged {
			err = flush()
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return buf, total.Sum(), nil
}

// PageSum is a sum of pages in their order that costs next to nothing: the SHA-256 of the CRC-32C of each, the highest byte first.
type PageSum struct{ h hash.Hash }

// NewPageSum is the sum of no page.
func NewPageSum() PageSum { return PageSum{sha256.New()} }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Add adds the next page.
func (s PageSum) Add(page []byte) { s.AddCRC(PageCRC(page)) }

// AddCRC adds the next page by its PageCRC.
func (s PageSum) AddCRC(crc uint32) {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], crc)
	s.h.Write(b[:])
}

// PageCRC is the CRC-32C of a page.
func PageCRC(page []byte) uint32 { return crc32.Checksum(page, castagnoli) }

// Sum is the sum so far.
func (s PageSum) Sum() []byte { return s.h.Sum(nil) }

// begin begins a moment.
func (b *Beside) begin(ctx context.Context) error {
	if _, err := b.c.ExecContext(ctx, "begin"); err != nil {
		return dbFault(b.file, err)
	}
	return b.sizes(ctx)
}

// sizes learns how large the database is at the moment that is held; if nothing was read yet this fixes it.
func (b *Beside) sizes(ctx context.Context) error {
	for pragma, n := range map[string]*int64{"page_size": &b.pageSize, "page_count": &b.pages} {
		if err := b.c.QueryRowContext(ctx, "pragma "+pragma).Scan(n); err != nil {
			return dbFault(b.file, err)
		}
	}
	return nil
}

// pieces reads all pages that are known, each piece at a moment of its own, and has it written after it; with grows those too that came behind them, up to
// the present end, so that little of what a node appends is left for the last moment. Which pages are free is listed at the first piece: what was
// taken into use since differs in a later pass, of which the last one is one moment.
func (b *Beside) pieces(ctx context.Context, grows bool, do func(page int64, data []byte) error, written func() error) error {
	end, most := int64(len(b.known)), int64(0)
	for from := int64(1); from <= end; from += pieceBytes / b.pageSize {
		start := time.Now()
		err := b.begin(ctx)
		if err == nil && b.pages < int64(len(b.known)) {
			err = fault.E(fault.Unavailable, "The database %s was made smaller while it was copied. Try again.", b.file)
		}
		if err == nil && from == 1 {
			most = b.pages + mostGrown/b.pageSize
			err = b.listFree(ctx)
		}
		if err != nil {
			return err // Close ends the moment
		}
		if grows {
			end = min(b.pages, most)
		}
		b.pages = end
		err = b.read(ctx, from, do)
		if rerr := b.Release(ctx); err == nil {
			err = rerr
		}
		if err == nil {
			err = written()
		}
		if err == nil {
			err = b.rest(ctx, time.Since(start))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rest leaves the processor and the disk for a while to others who write.
func (b *Beside) rest(ctx context.Context, worked time.Duration) error {
	was := b.data
	if err := b.c.QueryRowContext(ctx, "pragma data_version").Scan(&b.data); err != nil {
		return dbFault(b.file, err)
	}
	if was == 0 || was == b.data {
		return nil
	}
	select {
	case <-time.After(min(worked, mostRest)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read reads the pages of one piece at the moment that is held.
func (b *Beside) read(ctx context.Context, from int64, do func(page int64, data []byte) error) error {
	to := min(from+pieceBytes/b.pageSize-1, b.pages)
	rows, err := b.c.QueryContext(ctx, "with recursive n (i) as (select $1 union all select i + 1 from n where i < $2) select n.i, p.data from n, sqlite_dbpage('main') p where p.pgno = n.i", from, to)
	if err != nil {
		return dbFault(b.file, err)
	}
	defer rows.Close()
	want := from
	var page sql.RawBytes
	buf := make([]byte, b.pageSize)
	for ; rows.Next(); want++ {
		var at int64
		if err := rows.Scan(&at, &page); err != nil {
			return dbFault(b.file, err)
		}
		if at != want || len(page) != len(buf) {
			return fault.E(fault.Corrupt, "Page %d of the database %s cannot be read.", want, b.file)
		}
		copy(buf, page)
		if at <= int64(len(b.free)) && b.free[at-1] > 0 {
			clear(buf[4*(int(b.free[at-1])-1):])
		} else if b.Size() < clearable {
			clearGap(buf, (at-1)*b.pageSize)
		}
		if err := do(at, buf); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return dbFault(b.file, err)
	}
	if want != to+1 {
		return fault.E(fault.Corrupt, "The database %s ends at page %d of %d.", b.file, want-1, b.pages)
	}
	return nil
}

// listFree walks the list of free pages at the moment that is held. (sqlite.org/fileformat2.html, 'The Freelist')
func (b *Beside) listFree(ctx context.Context) error {
	st, err := b.c.PrepareContext(ctx, "select data from sqlite_dbpage('main') where pgno = $1")
	if err != nil {
		return dbFault(b.file, err)
	}
	defer st.Close()
	var page []byte
	if err := st.QueryRowContext(ctx, 1).Scan(&page); err != nil {
		return dbFault(b.file, err)
	}
	damaged := fault.E(fault.Corrupt, "The list of free pages of the database %s is damaged.", b.file)
	if int64(len(page)) != b.pageSize {
		return damaged
	}
	if binary.BigEndian.Uint32(page[52:]) != 0 {
		return fault.E(fault.Unsupported, "The database %s was given auto_vacuum, which Jarchi does not use.", b.file)
	}
	b.free = slices.Grow(b.free[:0], int(b.pages))[:b.pages]
	clear(b.free)
	seen := int64(0)
	for trunk := int64(binary.BigEndian.Uint32(page[32:])); trunk != 0; trunk = int64(binary.BigEndian.Uint32(page)) {
		if err := st.QueryRowContext(ctx, trunk).Scan(&page); errors.Is(err, sql.ErrNoRows) {
			return damaged
		} else if err != nil {
			return dbFault(b.file, err)
		}
		n := int64(binary.BigEndian.Uint32(page[4:]))
		if seen += 1 + n; trunk > b.pages || seen > b.pages || 8+4*n > b.pageSize {
			return damaged
		}
		b.free[trunk-1] = uint16(1 + 2 + n)
		for i := range n {
			leaf := int64(binary.BigEndian.Uint32(page[8+4*i:]))
			if leaf == 0 || leaf > b.pages {
				return damaged
			}
			b.free[leaf-1] = 1
		}
	}
	return nil
}
