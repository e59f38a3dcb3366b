package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

// Bounds on what a file may claim.
const (
	maxHead     = 16 << 20
	maxDatabase = 1 << 45
	maxFile     = 1 << 34
	maxManifest = 4 << 30
	maxLooked   = 1 << 28 // pages of a database that is only looked at: 4 bytes for each are in memory
)

// sink is where the parts of a back-up go; a nil writer means that the part is only looked at.
type sink interface {
	begin(h Head) error
	part(name string, size int64) (io.WriteCloser, error)
	// pages takes pages that take the places of the database's; none is behind byte end.
	pages(size, end int64) (io.WriteCloser, error)
	// dump takes a piece of a server's dump.
	dump() (io.WriteCloser, error)
	// settle compares the database with what it must be.
	settle(h Head) error
}

// Verify reads a back-up through and checks all of it: its seal, the order and names of its parts, every
// hash, and the sum of the pages at the moment of the back-up. Corrupt if anything is damaged, with the part; Unsupported if the database is too large for it.
func Verify(ctx context.Context, r io.Reader) (Report, error) { return read(ctx, r, &looking{}) }

// looking knows of each page of the database its store.PageCRC.
type looking struct {
	size int // of a page; 0 where the back-up has no sum of them
	crcs []uint32
}

func (l *looking) begin(h Head) error {
	if h.Format == format {
		l.size = int(h.PageSize)
	}
	return nil
}

func (l *looking) part(name string, _ int64) (io.WriteCloser, error) {
	if name != databaseName || l.size == 0 {
		return nopCloser{io.Discard}, nil
	}
	return nopCloser{&records{size: l.size, each: func(page []byte) error { return l.page(uint64(len(l.crcs))+1, page) }}}, nil
}

func (l *looking) pages(size, _ int64) (io.WriteCloser, error) {
	return nopCloser{&records{size: 8 + int(size), each: func(b []byte) error { return l.page(binary.BigEndian.Uint64(b), b[8:]) }}}, nil
}

// page notes a page. A new one can only be the next one.
func (l *looking) page(at uint64, page []byte) error {
	there := uint64(len(l.crcs))
	switch crc := store.PageCRC(page); {
	case at == 0 || at > there+1:
		return refused("it has page %d", at)
	case at <= there:
		l.crcs[at-1] = crc
	case at > maxLooked:
		return fault.E(fault.Unsupported, "The database of the back-up has more than %d pages, too many to be looked at here. Restore it to a place of its own.", maxLooked)
	default:
		l.crcs = append(l.crcs, crc)
	}
	return nil
}

func (l *looking) dump() (io.WriteCloser, error) { return nopCloser{io.Discard}, nil }

func (l *looking) settle(h Head) error {
	if h.Server != nil {
		return nil
	}
	if err := h.sized(int64(len(l.crcs)) * h.PageSize); err != nil {
		return err
	}
	sum := store.NewPageSum()
	for _, crc := range l.crcs[:h.Database/h.PageSize] {
		sum.AddCRC(crc)
	}
	return h.summed(sum)
}

// sized refuses a database that has too few bytes for what it must be.
func (h Head) sized(got int64) error {
	if h.Database <= 0 || h.Database%h.PageSize != 0 || got < h.Database {
		return refused("its database has %d bytes, and must have %d", got, h.Database)
	}
	return nil
}

// summed refuses pages that are not those of the moment.
func (h Head) summed(got store.PageSum) error {
	if hex.EncodeToString(got.Sum()) != h.Pages {
		return fault.E(fault.Corrupt, "The back-up is damaged: with the pages that changed while it was made the database is not what it was at that moment.")
	}
	return nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// records cuts what is written into pieces of one size.
type records struct {
	size int
	each func([]byte) error
	held []byte
}

func (r *records) Write(b []byte) (int, error) {
	r.held = append(r.held, b...)
	used := 0
	for ; len(r.held)-used >= r.size; used += r.size {
		if err := r.each(r.held[used : used+r.size]); err != nil {
			return 0, err
		}
	}
	r.held = r.held[:copy(r.held, r.held[used:])]
	return len(b), nil
}

// sealed reads all but the seal, which must be that of the bytes before it.
type sealed struct {
	r    io.Reader
	h    hash.Hash
	n    int64 // handed on
	held []byte
	buf  []byte
	end  error
}

var (
	errCut  = errors.New("it ends too early, or something was appended to it")
	errSeal = errors.New("its bytes have another checksum than the one at its end")
)

func (s *sealed) Read(p []byte) (int, error) {
	for len(s.held) <= sealLen {
		if s.end != nil {
			return 0, s.end
		}
		s.held = append(s.buf[:0], s.held...)
		n, err := s.r.Read(s.buf[len(s.held):cap(s.buf)])
		s.held = s.held[:len(s.held)+n]
		if err == nil {
			continue
		}
		if s.end = err; err == io.EOF && len(s.held) <= sealLen {
			s.end = s.ended()
		}
	}
	n := copy(p, s.held[:len(s.held)-sealLen])
	s.h.Write(p[:n])
	s.held = s.held[n:]
	s.n += int64(n)
	if s.end == io.EOF && len(s.held) == sealLen {
		s.end = s.ended()
	}
	return n, nil
}

// ended is what the end of the file says: io.EOF if all is well.
func (s *sealed) ended() error {
	blank := seal(make([]byte, sha256.Size))
	from := bytes.IndexByte(blank, '=') + 1
	to := from + 2*sha256.Size
	if len(s.held) != sealLen || !bytes.Equal(s.held[:from], blank[:from]) || !bytes.Equal(s.held[to:], blank[to:]) {
		return errCut
	}
	if !bytes.Equal(s.held, seal(s.h.Sum(nil))) {
		return errSeal
	}
	return io.EOF
}

// damage is an error of reading a part. What a disk says, a full one or a broken one, is not damage.
func (s *sealed) damage(part string, err error) error {
	var known *fault.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if s.end != nil && s.end != io.EOF && s.end != errCut && s.end != errSeal {
		return fault.E(fault.Unavailable, "The back-up cannot be read.").Because(s.end)
	}
	if s.end == errCut && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, errCut)) {
		return fault.E(fault.Corrupt, "The back-up is damaged in %s, near byte %d of the file: %s.", part, s.n, errCut)
	}
	return fault.E(fault.Corrupt, "The back-up is damaged in %s, near byte %d of the file: its bytes are not those that were written.", part, s.n).Because(err)
}

func refused(format string, args ...any) error {
	return fault.E(fault.Corrupt, "This is no back-up of Jarchi: %s. Nothing was restored.", fmt.Sprintf(format, args...))
}

type reader struct {
	ctx  context.Context
	src  *sealed
	tar  *tar.Reader
	sums hash.Hash // of the manifest's lines as they must be
	to   sink
	rep  Report
}

func read(ctx context.Context, r io.Reader, to sink) (Report, error) {
	src := &sealed{r: r, h: sha256.New(), buf: make([]byte, 256<<10)}
	file := bufio.NewReaderSize(src, 64<<10)
	zip, err := gzip.NewReader(file)
	if err != nil {
		if errors.Is(err, gzip.ErrHeader) {
			return Report{}, refused("it does not begin as one")
		}
		return Report{}, src.damage("its beginning", err)
	}
	zip.Multistream(false)
	if zip.Name != archiveName {
		return Report{}, refused("it does not begin as one")
	}
	a := &reader{ctx: ctx, src: src, tar: tar.NewReader(zip), sums: sha256.New(), to: to}
	if err := a.parts(); err != nil {
		return a.rep, err
	}
	// Nothing may follow: not in the archive, not in its gzip member, not after the seal.
	if n, err := io.Copy(io.Discard, io.LimitReader(zip, 1)); err != nil {
		return a.rep, src.damage("its end", err)
	} else if n > 0 {
		return a.rep, refused("something follows after its end")
	}
	switch _, err := file.ReadByte(); err {
	case io.EOF:
	case nil:
		return a.rep, refused("something follows after its end")
	default:
		return a.rep, fault.E(fault.Corrupt, "The back-up is damaged: %v.", err)
	}
	a.rep.Bytes = src.n + int64(sealLen)
	return a.rep, nil
}

// next is the next part, which must be a plain file.
func (a *reader) next(after string) (*tar.Header, error) {
	h, err := a.tar.Next()
	if err != nil {
		return nil, a.src.damage("what follows "+after, err)
	}
	for key := range h.PAXRecords {
		if key != "size" {
			return nil, refused("the part %.200q has the property %.50q", h.Name, key)
		}
	}
	if h.Typeflag != tar.TypeReg || h.Linkname != "" || h.Size < 0 {
		return nil, refused("the part %.200q is not a plain file", h.Name)
	}
	return h, nil
}

// whole is the refusal of a back-up of another version. That it is one is believed only of the bytes that were written.
func (a *reader) whole(format string, args ...any) error {
	if _, err := io.Copy(io.Discard, a.src); err != nil {
		return a.src.damage(headName, err)
	}
	return fault.E(fault.Unsupported, format, args...)
}

var blobPart = regexp.MustCompile(`^blobs/([0-9a-f]{2})/([0-9a-f]{62})$`)

func (a *reader) parts() error {
	h, err := a.next("the beginning")
	if err != nil {
		return err
	}
	if h.Name != headName || h.Size > maxHead {
		return refused("its first part is %.200q of %d bytes", h.Name, h.Size)
	}
	var head bytes.Buffer
	if err := a.copy(h, &head); err != nil {
		return err
	}
	if err := json.Unmarshal(head.Bytes(), &a.rep.Head); err != nil {
		return refused("%s cannot be read", headName)
	}
	if f := a.rep.Format; f != format && f != formatA && f != formatS {
		return a.whole("The back-up has format %d, and this Jarchi reads format %d. Use the newer one.", f, formatS)
	}
	if (a.rep.Server != nil) != (a.rep.Format == formatS) {
		return refused("its head does not say of what it is")
	}
	if n := a.rep.PageSize; a.rep.Format == format && (n < 512 || n > 1<<16 || n&(n-1) != 0) {
		return refused("its pages have %d bytes", n)
	}
	if newest := store.Schema(); a.rep.Schema > newest {
		return a.whole("The back-up was made by a newer Jarchi (its database has version %d, this one knows %d). Use that one or a newer one.", a.rep.Schema, newest)
	}
	last := momentName
	if a.rep.Format == formatS {
		if err = a.to.begin(a.rep.Head); err == nil {
			err = a.dump()
		}
	} else if err = a.database(); err == nil && a.rep.Format == format {
		err = a.moment()
	} else {
		last = databaseName
	}
	if err != nil {
		return err
	}
	for first := true; ; first = false {
		if h, err = a.next(last); err != nil {
			return err
		}
		if h.Name == manifestName {
			return a.manifest(h)
		}
		m := blobPart.FindStringSubmatch(h.Name)
		if m == nil || h.Size > maxFile {
			return refused("it has a part %.200q of %d bytes", h.Name, h.Size)
		}
		if !first && h.Name <= last {
			return refused("its files are not in order, or one is there twice")
		}
		if err := a.keep(h, m[1]+m[2]); err != nil {
			return err
		}
		a.rep.Files++
		a.rep.FileBytes += h.Size
		last = h.Name
	}
}

// database reads the database as a file.
func (a *reader) database() error {
	h, err := a.next(headName)
	if err != nil {
		return err
	}
	if h.Name != databaseName || h.Size != a.rep.Database || h.Size > maxDatabase {
		return refused("its second part is %.200q of %d bytes", h.Name, h.Size)
	}
	if err := a.to.begin(a.rep.Head); err != nil {
		return err
	}
	return a.keep(h)
}

// dump reads a server's dump in its pieces, and what it must be.
func (a *reader) dump() error {
	last, size := headName, int64(0)
	for i := 1; ; i++ {
		h, err := a.next(last)
		if err != nil {
			return err
		}
		if last = h.Name; last == momentName {
			if err := a.said(h); err != nil {
				return err
			}
			if a.rep.Database != size || size == 0 {
				return refused("its dump has %d bytes, and must have %d", size, a.rep.Database)
			}
			return a.to.settle(a.rep.Head)
		}
		if size += h.Size; last != fmt.Sprintf(dumpName, i) || h.Size == 0 || size > maxDatabase {
			return refused("it has a part %.200q of %d bytes", h.Name, h.Size)
		}
		w, err := a.to.dump()
		if err != nil {
			return err
		}
		if err := errors.Join(a.copy(h, w), w.Close()); err != nil {
			return err
		}
	}
}

// said reads what the moment says.
func (a *reader) said(h *tar.Header) error {
	if h.Size > maxHead {
		return refused("its part %s has %d bytes", momentName, h.Size)
	}
	var said bytes.Buffer
	if err := a.copy(h, &said); err != nil {
		return err
	}
	if err := json.Unmarshal(said.Bytes(), &a.rep.Moment); err != nil {
		return refused("%s cannot be read", momentName)
	}
	return nil
}

// moment reads the pages that were changed while the database was copied, and at which moment it is with them what it must be.
func (a *reader) moment() error {
	last, end := databaseName, a.rep.Database
	for i := 1; ; i++ {
		h, err := a.next(last)
		if err != nil {
			return err
		}
		if last = h.Name; last == momentName {
			if err := a.said(h); err != nil {
				return err
			}
			return a.to.settle(a.rep.Head)
		}
		if last != fmt.Sprintf(pagesName, i) || h.Size%(8+a.rep.PageSize) != 0 || h.Size > maxDatabase {
			return refused("it has a part %.200q of %d bytes", h.Name, h.Size)
		}
		end += h.Size / (8 + a.rep.PageSize) * a.rep.PageSize // at most: were all of them new
		w, err := a.to.pages(a.rep.PageSize, end)
		if err != nil {
			return err
		}
		if err := errors.Join(a.copy(h, w), w.Close()); err != nil {
			return err
		}
	}
}

// copy reads a part and notes its line. The part must have the sum, if one is given.
func (a *reader) copy(h *tar.Header, w io.Writer, want ...string) error {
	sum := sha256.New()
	to := watched{a.ctx, w}
	buf := make([]byte, 64<<10)
	for {
		n, err := a.tar.Read(buf)
		sum.Write(buf[:n])
		if _, werr := to.Write(buf[:n]); werr != nil {
			return werr
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return a.src.damage(h.Name, err)
		}
	}
	got := hex.EncodeToString(sum.Sum(nil))
	if len(want) > 0 && got != want[0] {
		return fault.E(fault.Corrupt, "The back-up is damaged in %s: its bytes have another hash.", h.Name)
	}
	return json.NewEncoder(a.sums).Encode(line{Name: h.Name, Size: h.Size, SHA256: got})
}

func (a *reader) keep(h *tar.Header, want ...string) error {
	w, err := a.to.part(h.Name, h.Size)
	if err != nil {
		return err
	}
	err = a.copy(h, w, want...)
	return errors.Join(err, w.Close())
}

// manifest compares the lines of the parts with those that were read.
func (a *reader) manifest(h *tar.Header) error {
	if h.Size > maxManifest {
		return refused("its manifest has %d bytes", h.Size)
	}
	said := sha256.New()
	lines := bufio.NewScanner(watchedReader{a.ctx, a.tar})
	lines.Buffer(make([]byte, 4096), 4096)
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return fault.E(fault.Corrupt, "The back-up is damaged in %s.", manifestName).Because(err)
		}
		if l.Missing != "" {
			if m := blobPart.FindStringSubmatch(l.Name); m != nil {
				l.Name = m[1] + m[2]
			}
			a.rep.Missing = append(a.rep.Missing, Missing{l.Name, l.Missing})
			continue
		}
		said.Write(lines.Bytes())
		said.Write([]byte{'\n'})
	}
	if err := lines.Err(); err != nil {
		return a.src.damage(manifestName, err)
	}
	if !bytes.Equal(said.Sum(nil), a.sums.Sum(nil)) {
		return fault.E(fault.Corrupt, "The back-up is damaged: its parts are not those that its manifest names.")
	}
	if _, err := a.tar.Next(); err != io.EOF {
		if err != nil {
			return a.src.damage("its end", err)
		}
		return refused("a part follows after the manifest")
	}
	return nil
}

type watchedReader struct {
	ctx context.Context
	r   io.Reader
}

func (w watchedReader) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}
