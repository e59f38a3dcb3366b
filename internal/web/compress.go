package web

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"html/template"
	"io"
	"strings"
	"sync"
)

// compressFrom is the size from which a page is compressed.
const compressFrom = 2 << 10

// mayCompress decides whether this answer of n bytes of HTML is compressed, and says in its header on what
// that depends.
//
// The length of a compressed page tells what its parts have in common. Who can make a signed-in browser ask
// for pages with words of his choice, and sees the lengths go by, could so guess what else stands in them
// (BREACH). So pages that show a secret once are never compressed (they are the ones that must not be
// stored), and to whoever is signed in only what her own pages ask for is.
func (q *request) mayCompress(n int) bool {
	h := q.w.Header()
	h.Add("Vary", "Accept-Encoding")
	if n < compressFrom || !strings.Contains(q.r.Header.Get("Accept-Encoding"), "gzip") || strings.Contains(h.Get("Cache-Control"), "no-store") {
		return false
	}
	return q.person.Nobody() || q.r.Header.Get("Sec-Fetch-Site") == "same-origin"
}

// piece is a part of an answer; deflated is it made smaller already, or nil.
type piece struct{ plain, deflated []byte }

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // the level is valid
	return w
}}

// deflated compresses b so that it may stand anywhere in a stream: it ends at a byte and refers to nothing
// before it.
func deflated(b []byte) []byte {
	var out bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	_, _ = w.Write(b) // memory takes everything
	_ = w.Flush()
	return out.Bytes()
}

// zipped joins pieces into one gzip stream (RFC 1952).
func zipped(pieces ...piece) []byte {
	out := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255} // deflate, no time, fastest, no system
	sum, size := uint32(0), 0
	for _, p := range pieces {
		if p.deflated == nil {
			p.deflated = deflated(p.plain)
		}
		out = append(out, p.deflated...)
		sum, size = crc32.Update(sum, crc32.IEEETable, p.plain), size+len(p.plain)
	}
	out = append(out, 3, 0) // an empty last block
	out = binary.LittleEndian.AppendUint32(out, sum)
	return binary.LittleEndian.AppendUint32(out, uint32(size))
}

// unzipped is what zipped made small.
func unzipped(small []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(small))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// rowsMark stands in the page of a list where the rows belong, which are compressed once for all who are sent them.
// Nothing that anybody wrote has these letters in it: it is escaped.
const rowsMark template.HTML = "<!--rows-->"

// pieces are a page and the rows that belong into it.
func (q *request) pieces(page []byte) []piece {
	if q.rows != nil {
		if before, after, ok := bytes.Cut(page, []byte(rowsMark)); ok {
			return []piece{{plain: before}, {q.rows.rows, q.rows.pressed()}, {plain: after}}
		}
	}
	return []piece{{plain: page}}
}
