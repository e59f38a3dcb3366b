package web

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// sending is who sends a form and reads the answer: what was set of the connection, and in how large pieces the answer goes.
type sending struct {
	*httptest.ResponseRecorder
	deadline time.Time
	largest  int
	held     func() int
	most     int // pieces of the room that were held while the answer went out
}

func (s *sending) SetWriteDeadline(t time.Time) error { s.deadline = t; return nil }
func (s *sending) SetReadDeadline(time.Time) error    { return nil }
func (s *sending) Write(b []byte) (int, error) {
	s.largest, s.most = max(s.largest, len(b)), max(s.most, s.held())
	return s.ResponseRecorder.Write(b)
}

// slowly is a body of which nothing comes for a while in the middle.
type slowly struct {
	r     io.Reader
	after int
	wait  time.Duration
}

func (s *slowly) Read(b []byte) (int, error) {
	if s.after <= 0 {
		time.Sleep(s.wait)
		s.after = 1 << 40
	}
	n, err := s.r.Read(b[:min(len(b), s.after)])
	s.after -= n
	return n, err
}

// formOf is a form with one text and one file.
func formOf(text string, file int) (body []byte, kind string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range [][2]string{{"carried-at", "/account/name"}, {"carried.writer", "reader"}, {"carried.name", text}} {
		_ = w.WriteField(f[0], f[1])
	}
	f, _ := w.CreateFormFile("file", "a picture.png")
	_, _ = f.Write(make([]byte, file))
	w.Close()
	return b.Bytes(), w.FormDataContentType()
}

// TestRoomOfCarriedForms: long forms of people who are not signed in have a bounded part of the memory together, give it back
// however they end, and short ones are carried also when it is full.
func TestRoomOfCarriedForms(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	synctest.Test(t, func(t *testing.T) {
		s := &server{Options: Options{Reader: x, People: crew{}, Now: func() time.Time { return now }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)},
			turns: newTurns(), carriedPieces: make(chan struct{}, carriedRoom/carriedPiece)}
		var err error
		if s.shipped, err = readShipped(); err != nil {
			t.Fatal(err)
		}
		s.carriers = s.carrierMux()
		h := s.page((*request).signIn)
		send := func(body io.Reader, kind string) *sending {
			r := httptest.NewRequest("POST", "/in", body)
			r.Pattern = "POST /in"
			r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:50000"
			r.Header.Set("Content-Type", kind)
			w := &sending{ResponseRecorder: httptest.NewRecorder(), held: func() int { return len(s.carriedPieces) }}
			h.ServeHTTP(w, r)
			return w
		}
		short, shortKind := formOf("a short text <b>", 2_000_000)
		long, longKind := formOf(strings.Repeat("<", 2_400_000), 0)
		carries := func(w *sending, text string) {
			t.Helper()
			if body := w.Body.String(); w.Code != 422 || !strings.Contains(body, `name="carried.name" value="`+text) {
				t.Errorf("%d %d bytes", w.Code, len(body))
			}
		}
		w := send(bytes.NewReader(long), longKind)
		if carries(w, strings.Repeat("&lt;", 2_400_000)); w.most*carriedPiece < 2_300_000 || w.largest > 2*carriedPiece {
			t.Errorf("%d pieces were held, and %d bytes sent at once", w.most, w.largest)
		}
		if w.deadline.IsZero() {
			t.Error("whoever reads nothing holds room for ever")
		}
		if w := send(bytes.NewReader(short), shortKind); w.most != 0 {
			t.Errorf("a short form with a long file holds %d pieces", w.most)
		}

		// Every way out gives the room back.
		send(bytes.NewReader(long[:len(long)-100]), longKind)
		send(io.MultiReader(bytes.NewReader(long[:1_000_000]), failing{}), longKind)
		send(bytes.NewReader(append(bytes.Replace(long, []byte("<<<<<<<<"), []byte("\r\n--"), 1), long...)), longKind)
		many, manyKind := formOf(strings.Repeat("x", 2_700_000), 0)
		if w := send(bytes.NewReader(many), manyKind); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("too long: %d", w.Code)
		}
		heads := "--x\r\nContent-Disposition: form-data; name=\"a\"; b=\"" + strings.Repeat("h", 2_700_000)
		if w := send(strings.NewReader(heads), "multipart/form-data; boundary=x"); w.Code < 400 {
			t.Errorf("a long head: %d", w.Code)
		}
		if n := len(s.carriedPieces); n != 0 {
			t.Fatalf("%d pieces stay taken", n)
		}

		// Full.
		for range cap(s.carriedPieces) {
			s.carriedPieces <- struct{}{}
		}
		began := time.Now()
		carries(send(bytes.NewReader(short), shortKind), "a short text &lt;b&gt;")
		if d := time.Since(began); d != 0 {
			t.Errorf("a short form waits %s for room", d)
		}
		if w := send(bytes.NewReader(long), longKind); w.Code != http.StatusServiceUnavailable && w.Code != http.StatusTooManyRequests || time.Since(began) != carriedWait {
			t.Errorf("no room: %d after %s", w.Code, time.Since(began))
		}
		go func() {
			time.Sleep(carriedWait / 2)
			for range cap(s.carriedPieces) {
				<-s.carriedPieces
			}
		}()
		carries(send(bytes.NewReader(long), longKind), "&lt;")
		synctest.Wait()
		if n := len(s.carriedPieces); n != 0 {
			t.Errorf("%d pieces stay taken", n)
		}

		// The answer has its time from the end of the form on.
		began = time.Now()
		w = send(&slowly{bytes.NewReader(short), 1_000_000, carriedSending + time.Minute}, shortKind)
		if carries(w, "a short text &lt;b&gt;"); !w.deadline.After(began.Add(carriedSending + time.Minute)) {
			t.Errorf("the answer to a slow form has to be sent %s after it began", w.deadline.Sub(began))
		}
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the line broke") }
