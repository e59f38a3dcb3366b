// Package backup writes the whole of a node into one file, beside the node while it runs, and brings it back.
//
// The file is a tar archive compressed with gzip, which any tar reads:
//
//	backup.json      what it is: format, time, schema, size of the database as it was first found
//	jarchi.db        the database as it was found while it was read
//	pages/000001…    pages that others changed meanwhile, each its number in 8 bytes (the highest first) and its bytes; later ones count
//	moment.json      the moment at which the database is that: its size, the sum of its pages (store.PageSum), heads of the logs
//	blobs/ab/cdef…   each file that it needs, under the SHA-256 of its bytes, rising
//	manifest.jsonl   a line for each of these: name, size, SHA-256; and for each file that was missing
//
// Of a node on PostgreSQL (format 3) there are, in place of database and pages,
//
//	dump/000001…     what pg_dump wrote in its custom format, in pieces: the database at one moment
//	moment.json      the size of that, heads of the logs, and of each table how many rows it has and their sum (store.Table)
//
// Behind the archive stands one more, empty gzip member whose comment is the SHA-256 of every byte before
// it, so that any damage is noticed, also where gzip and tar would not. The guard file is never part of it.
package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

const (
	format  = 2
	formatS = 3 // of a server's database
	formatA = 1 // read still: the database as it stood at one moment, whose logs are in the head; no changed pages

	headName     = "backup.json"
	pagesName    = "pages/%06d"
	dumpName     = "dump/%06d"
	momentName   = "moment.json"
	databaseName = "jarchi.db"
	manifestName = "manifest.jsonl"
	archiveName  = "jarchi-backup.tar" // in the header of the first gzip member
)

// Head is the first part of a back-up, and what the moment says of it.
type Head struct {
	Format   int       `json:"format"`
	Made     time.Time `json:"made"` // when it was begun
	Schema   int64     `json:"schema"`
	PageSize int64     `json:"pageSize,omitempty"`

	Server *store.Server `json:"postgresql,omitempty"`
	Moment
}

// Moment is at which the database stood so.
type Moment struct {
	Database int64  `json:"databaseBytes"`
	Pages    string `json:"pageSum,omitempty"` // in hex
	Logs     []Log  `json:"logs"`

	Tables []store.Table `json:"tables,omitempty"`
}

// Log is the head of one log; the root is in base64.
type Log struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Root string `json:"root"`
}

// line is one of the manifest.
type line struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256,omitempty"`
	Missing string `json:"missing,omitempty"` // why
}

// Report says what a back-up holds.
type Report struct {
	Head
	Files     int   // blobs
	FileBytes int64 // theirs
	Erased    int   // blobs that were erased while it was made
	Missing   []Missing
	Bytes     int64 // of the whole file
}

// Missing is a blob that the database needs and that is not in the back-up, because it was lost or damaged before.
type Missing struct{ Hash, Why string }

// seal is the last member of the file: an empty one with a comment (RFC 1952).
func seal(sum []byte) []byte {
	b := append([]byte{0x1f, 0x8b, 8, 1 << 4, 0, 0, 0, 0, 0, 255}, "sha256="+hex.EncodeToString(sum)...)
	return append(b, 0, 1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0)
}

var sealLen = len(seal(make([]byte, sha256.Size)))

// summing writes through and hashes.
type summing struct {
	w io.Writer
	h hash.Hash
	n int64
}

func (s *summing) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.h.Write(p[:n])
	s.n += int64(n)
	return n, err
}

type writer struct {
	ctx      context.Context
	tar      *tar.Writer
	made     time.Time
	manifest bytes.Buffer
	lines    *json.Encoder
}

// Write writes a back-up of the database and the files that it needs. Moments of the database are held while it is read, and while anything is
// written only at the last one, if more changed since the one before than is kept in memory. Of a database on PostgreSQL one moment is held until the whole dump is
// written, however slow w is. An error means that what was written so far is no back-up.
func Write(ctx context.Context, w io.Writer, from *store.Beside, blobs blob.Store, now time.Time) (rep Report, err error) {
	rep.Head = Head{Format: format, Made: now.UTC().Truncate(time.Second), PageSize: from.PageSize(), Moment: Moment{Database: from.Size(), Logs: []Log{}}}
	if rep.Schema, err = from.Schema(ctx); err != nil {
		return rep, err
	}
	if rep.Server = from.Server(); rep.Server != nil {
		rep.Format = formatS
	}
	out := &summing{w: w, h: sha256.New()}
	wide := bufio.NewWriterSize(out, 1<<20)
	zip, err := gzip.NewWriterLevel(wide, gzip.BestSpeed)
	if err != nil {
		return rep, err
	}
	zip.Name = archiveName
	a := &writer{ctx: ctx, tar: tar.NewWriter(zip), made: rep.Made}
	a.lines = json.NewEncoder(&a.manifest)
	head, err := json.MarshalIndent(rep.Head, "", "  ")
	if err != nil {
		return rep, err
	}
	if err := a.bytes(headName, append(head, '\n')); err != nil {
		return rep, err
	}
	var files []string
	if rep.Server != nil {
		files, err = a.dumped(&rep.Head, from)
	} else if err = a.part(databaseName, from.Size(), "", func(w io.Writer) error { return from.Copy(ctx, w) }); err == nil {
		files, err = a.moment(&rep.Head, from)
	}
	if err != nil {
		return rep, err
	}
	for _, hash := range files {
		if err := a.file(&rep, from, blobs, hash); err != nil {
			return rep, err
		}
	}
	if err := a.bytes(manifestName, bytes.Clone(a.manifest.Bytes())); err != nil {
		return rep, err
	}
	for _, end := range []func() error{a.tar.Close, zip.Close, wide.Flush} {
		if err := end(); err != nil {
			return rep, err
		}
	}
	last, err := w.Write(seal(out.h.Sum(nil)))
	rep.Bytes = out.n + int64(last)
	return rep, err
}

// moment writes what changed while the database was copied, and what it is at the moment at which that is all; the hashes are those of
// the files that it needs then.
func (a *writer) moment(h *Head, from *store.Beside) (files []string, err error) {
	parts := 0
	write := func(pages []byte) error {
		parts++
		return a.bytes(fmt.Sprintf(pagesName, parts), pages)
	}
	last, sum, err := from.Settle(a.ctx, write)
	if err != nil {
		return nil, err
	}
	schema, err := from.Schema(a.ctx)
	if err == nil && schema != h.Schema {
		err = fault.E(fault.Unavailable, "The node was upgraded while it was backed up. Make another back-up.")
	}
	if err != nil {
		return nil, err
	}
	h.Moment = Moment{Database: from.Size(), Pages: hex.EncodeToString(sum)}
	if h.Logs, err = a.logs(from); err != nil {
		return nil, err
	}
	if files, err = from.Files(a.ctx); err != nil {
		return nil, err
	}
	if err := from.Release(a.ctx); err != nil {
		return nil, err
	}
	if len(last) > 0 {
		if err := write(last); err != nil {
			return nil, err
		}
	}
	return files, a.said(h.Moment)
}

func (a *writer) logs(from *store.Beside) ([]Log, error) {
	logs, err := from.Logs(a.ctx)
	out := []Log{}
	for _, l := range logs {
		out = append(out, Log{l.Name, l.Head.Size, l.Head.Root.String()})
	}
	return out, err
}

func (a *writer) said(m Moment) error {
	said, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return a.bytes(momentName, append(said, '\n'))
}

func (a *writer) bytes(name string, b []byte) error {
	return a.part(name, int64(len(b)), "", func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// part writes one part and its line; want, if it is not empty, is the SHA-256 that it must have.
func (a *writer) part(name string, size int64, want string, write func(io.Writer) error) error {
	if err := a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: a.made, Format: tar.FormatPAX}); err != nil {
		return err
	}
	sum := &summing{w: watched{a.ctx, a.tar}, h: sha256.New()}
	if err := write(sum); err != nil {
		return err
	}
	got := hex.EncodeToString(sum.h.Sum(nil))
	if sum.n != size || want != "" && got != want {
		return fault.E(fault.Unavailable, "%s changed while it was copied.", name)
	}
	return a.lines.Encode(line{Name: name, Size: size, SHA256: got})
}

// watched ends a copy that nobody waits for any more.
type watched struct {
	ctx context.Context
	w   io.Writer
}

func (w watched) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.w.Write(p)
}

func blobName(hash string) string { return "blobs/" + hash[:2] + "/" + hash[2:] }

// file copies one blob. One that was erased since the database was copied is left out; one that is missing
// otherwise, or damaged, is told and noted in the manifest.
func (a *writer) file(rep *Report, from *store.Beside, blobs blob.Store, hash string) error {
	f, err := blobs.Open(a.ctx, hash)
	if fault.KindOf(err) == fault.NotFound {
		needed, nerr := from.NeedsFile(a.ctx, hash)
		if nerr != nil {
			return nerr
		}
		if !needed {
			rep.Erased++
			return nil
		}
		f, err = blobs.Open(a.ctx, hash) // it may have come back between the two
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Corrupt) {
		why := "it is not where files lie"
		if kind == fault.Corrupt {
			why = "its bytes are damaged"
		}
		rep.Missing = append(rep.Missing, Missing{hash, why})
		name := "blobs/" + hash
		if len(hash) > 2 {
			name = blobName(hash)
		}
		return a.lines.Encode(line{Name: name, Missing: why})
	}
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fault.E(fault.Unavailable, "The file %s cannot be read.", hash).Because(err)
	}
	rep.Files++
	rep.FileBytes += size
	return a.part(blobName(hash), size, hash, func(w io.Writer) error {
		if _, err := io.Copy(w, f); err != nil {
			return fmt.Errorf("copy the file %s: %w", hash, err)
		}
		return nil
	})
}
