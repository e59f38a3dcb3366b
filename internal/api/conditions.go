package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/fault"
)

// What every reading call understands (RFC 9110, sections 13 and 14): the standard library's file server answers, so that all do alike.

// conditions are the headers of it, as the document tells them.
func conditions() (out []*huma.Param) {
	for _, h := range [][2]string{
		{"If-None-Match", "The ETag of an earlier answer: 304 when nothing has changed"},
		{"Range", "A part of the answer, like bytes=0-999 or bytes=1000-: 206; 416 where it has no such part"},
		{"If-Range", "With Range, the ETag of the answer of which parts are there already: the whole, with 200, when it has changed"},
	} {
		out = append(out, &huma.Param{Name: h[0], In: "header", Description: h[1], Schema: &huma.Schema{Type: "string"}})
	}
	return out
}

func etagOf(b []byte) string {
	sum := sha256.Sum256(b)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// conditioned is an answer as its asker's conditions have it.
func conditioned(headers http.Header, out *answer) *answer {
	out.ETag, out.AcceptRanges, out.Length = etagOf(out.Body), "bytes", itoa(len(out.Body)) // so that HEAD says it too
	if headers.Get("If-None-Match") == "" && headers.Get("Range") == "" && headers.Get("If-Match") == "" {
		return out
	}
	w := written{header: http.Header{"Etag": {out.ETag}, "Content-Type": {out.ContentType}}}
	r := &http.Request{Method: http.MethodGet, Header: headers}
	http.ServeContent(&refusing{ResponseWriter: &w, r: r, length: len(out.Body)}, r, "", time.Time{}, bytes.NewReader(out.Body))
	kept := &answer{Status: w.status, ETag: out.ETag, CacheControl: out.CacheControl}
	switch w.status {
	case http.StatusOK:
		return out
	case http.StatusNotModified:
		return kept
	case http.StatusPartialContent:
		kept.ContentType, kept.ContentRange, kept.AcceptRanges, kept.Body = w.header.Get("Content-Type"), w.header.Get("Content-Range"), "bytes", w.body.Bytes()
		kept.Length = itoa(len(kept.Body))
		return kept
	}
	return &answer{Status: w.status, ContentType: w.header.Get("Content-Type"), ContentRange: w.header.Get("Content-Range"), CacheControl: w.header.Get("Cache-Control"), Body: w.body.Bytes()}
}

// written keeps what is answered.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *written) Header() http.Header { return w.header }

func (w *written) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *written) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// send answers with bytes outside of the document's calls, by the same conditions.
func send(w http.ResponseWriter, r *http.Request, contentType, cache, etag string, at time.Time, b []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", cache)
	h.Set("ETag", etag)
	http.ServeContent(&refusing{ResponseWriter: w, r: r, length: len(b)}, r, "", at, bytes.NewReader(b))
}

// sizeOf is how many bytes there are to be read; 0 if that cannot be told.
func sizeOf(f io.Seeker) int64 {
	n, err := f.Seek(0, io.SeekEnd)
	if _, back := f.Seek(0, io.SeekStart); err != nil || back != nil {
		return 0
	}
	return n
}

// refusing says as a Problem that a condition or a range does not hold; nobody keeps that.
type refusing struct {
	http.ResponseWriter
	r       *http.Request
	length  int
	refused bool
}

func (w *refusing) WriteHeader(status int) {
	if status < http.StatusBadRequest {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.refused = true
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	h.Del("Last-Modified")
	h.Del("Content-Length")
	p := unmet(status, w.length)
	h.Set("Content-Type", p.ContentType(""))
	w.ResponseWriter.WriteHeader(status)
	if body, err := asJSON(status, p); err == nil && w.r.Method != http.MethodHead {
		_, _ = w.ResponseWriter.Write(body.Body) // who has gone reads no refusal
	}
}

func (w *refusing) Write(b []byte) (int, error) {
	if w.refused { // what the standard library says of it
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// unmet is the refusal of a condition or range for an answer of so many bytes.
func unmet(status, length int) *Problem {
	p := &Problem{Title: http.StatusText(status), Status: status, Kind: fault.Conflict, Detail: "The answer is not, or no longer, the one that If-Match names."}
	if status == http.StatusRequestedRangeNotSatisfiable {
		p.Kind, p.Detail = fault.Invalid, fmt.Sprintf("The answer has %d bytes, and none in this range.", length)
	}
	return p
}
