package app

import (
	"net/http"
	"time"
)

// How slowly an answer may be read. A phone on a bad line, with two kilobytes a second and half a minute without a
// byte when it changes its cell, reads every page to its end; who takes a byte a second is gone after a minute.
const (
	answerPause = time.Minute // for each piece, and once for the whole
	answerRate  = 1 << 10     // bytes a second, of the whole
	answerPiece = 16 << 10    // bytes
)

// paced bounds how long whoever reads an answer holds its connection, by deadlines in the connection's own time: for a
// piece, and for what was written since the answer began. A handler that sets deadlines of its own, as the stream
// does at each event, keeps them.
func paced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&pacedWriter{ResponseWriter: w, conn: http.NewResponseController(w)}, r)
	})
}

type pacedWriter struct {
	http.ResponseWriter
	conn  *http.ResponseController
	until time.Time // of the whole; zero before the first byte
	own   bool      // the handler has deadlines of its own
}

func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *pacedWriter) SetWriteDeadline(t time.Time) error {
	w.own = true
	return w.conn.SetWriteDeadline(t)
}

func (w *pacedWriter) WriteHeader(status int) {
	w.allow(0)
	w.ResponseWriter.WriteHeader(status)
}

func (w *pacedWriter) Write(b []byte) (n int, err error) {
	for {
		piece := b[:min(len(b), answerPiece)]
		w.allow(len(piece))
		m, err := w.ResponseWriter.Write(piece)
		n += m
		if b = b[len(piece):]; err != nil || len(b) == 0 {
			return n, err
		}
	}
}

// allow gives the next bytes their time.
func (w *pacedWriter) allow(bytes int) {
	if w.own {
		return
	}
	now := time.Now()
	if w.until.IsZero() {
		w.until = now.Add(answerPause)
	}
	w.until = w.until.Add(time.Duration(bytes) * time.Second / answerRate)
	next := now.Add(answerPause)
	if next.After(w.until) {
		next = w.until
	}
	_ = w.conn.SetWriteDeadline(next) // a writer without a connection needs none
}
