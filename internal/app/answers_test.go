package app

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jarchi.dev/jarchi/internal/testkit"
)

// wires is a listener whose connections have no buffers: what is written waits until it is read.
type wires chan net.Conn

func (l wires) Accept() (net.Conn, error) {
	c, ok := <-l
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (l wires) Close() error   { return nil }
func (l wires) Addr() net.Addr { return &net.TCPAddr{} }

// TestSlowReaders: who reads a page at a byte a second, or not at all, is cut off; a phone on a bad line is not; a stream
// lasts as long as its own deadlines are met, and the next page on a connection has its own time.
func TestSlowReaders(t *testing.T) {
	t.Parallel()
	page := bytes.Repeat([]byte("0123456789abcdef"), 200<<10/16)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		_, _ = w.Write(page)
	})
	mux.HandleFunc("GET /empty", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, _ *http.Request) {
		out := http.NewResponseController(w)
		for range 1000 {
			_ = out.SetWriteDeadline(time.Now().Add(10 * time.Second))
			if _, err := io.WriteString(w, ":\n\n"); err != nil || out.Flush() != nil {
				return
			}
			time.Sleep(15 * time.Second)
		}
	})
	for _, c := range []struct {
		name, path string
		bytes      int           // read at a time
		every      time.Duration // 0: as fast as they come
		stall      time.Duration // once, after a tenth
		most       int           // then nothing more is read; 0: to the end
		whole      bool
		within     time.Duration
	}{
		{name: "a phone on a bad line", path: "/page", bytes: 2 << 10, every: time.Second, stall: 45 * time.Second, whole: true, within: 3 * time.Minute},
		{name: "at once", path: "/page", bytes: 64 << 10, whole: true, within: time.Second},
		{name: "a byte a second", path: "/page", bytes: 1, every: time.Second, within: 2 * time.Minute},
		{name: "just too slow", path: "/page", bytes: 700, every: time.Second, within: 10 * time.Minute},
		{name: "nothing", path: "/page", bytes: 1, most: 1, within: 2 * time.Minute},
		{name: "a stream that is read", path: "/stream", bytes: 100, every: time.Second, whole: true, within: 5 * time.Hour},
		{name: "a stream that nobody reads", path: "/stream", bytes: 100, most: 300, within: 6 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := make(wires)
				s := &http.Server{Handler: paced(mux), ErrorLog: log.New(io.Discard, "", 0)}
				closed := make(chan time.Time, 1)
				s.ConnState = func(_ net.Conn, st http.ConnState) {
					if st == http.StateClosed {
						closed <- time.Now()
					}
				}
				go func() { _ = s.Serve(l) }()
				client, conn := net.Pipe()
				l <- conn
				began := time.Now()
				fmt.Fprintf(client, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", c.path)
				var got bytes.Buffer
				read := make(chan struct{})
				go func() {
					defer close(read)
					b, stalled := make([]byte, c.bytes), false
					for c.most == 0 || got.Len() < c.most {
						if c.stall > 0 && !stalled && got.Len() > 20<<10 {
							stalled = true
							time.Sleep(c.stall)
						}
						n, err := client.Read(b)
						got.Write(b[:n])
						if err != nil {
							return
						}
						time.Sleep(c.every)
					}
				}()
				took := (<-closed).Sub(began)
				<-read
				whole := bytes.HasSuffix(got.Bytes(), page) || c.path == "/stream" && strings.Count(got.String(), ":\n\n") == 1000
				if whole != c.whole || took > c.within {
					t.Errorf("%d bytes in %s, whole: %v", got.Len(), took, whole)
				}
				client.Close()
				close(l)
				_ = s.Close()
			})
		})
	}

	synctest.Test(t, func(t *testing.T) { // one connection, pages with an hour between them
		l := make(wires)
		s := &http.Server{Handler: paced(mux)}
		go func() { _ = s.Serve(l) }()
		client, conn := net.Pipe()
		l <- conn
		in := bufio.NewReader(client)
		for _, path := range []string{"/page", "/empty", "/page"} {
			fmt.Fprintf(client, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
			res, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if b, err := io.ReadAll(res.Body); err != nil || path == "/page" && !bytes.Equal(b, page) {
				t.Fatalf("%s: %d bytes, %v", path, len(b), err)
			}
			time.Sleep(time.Hour)
		}
		client.Close()
		close(l)
		_ = s.Close()
	})
}

// deadlined notes what deadlines an answer had.
type deadlined struct {
	*httptest.ResponseRecorder
	at time.Time
}

func (d *deadlined) SetWriteDeadline(t time.Time) error { d.at = t; return nil }

// TestEveryAnswerHasADeadline: pages, their files, calls and proofs of a whole node.
func TestEveryAnswerHasADeadline(t *testing.T) {
	t.Parallel()
	n, err := Open(t.Context(), Config{Dir: testkit.Folder(t), PublicURL: "http://127.0.0.1:8080"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	for _, path := range []string{"/", "/corrections", "/in", "/nope", "/static/nothing.css", "/api/v1/releases", "/log", "/healthz"} {
		w := &deadlined{ResponseRecorder: httptest.NewRecorder()}
		r := httptest.NewRequest("GET", path, nil)
		r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:50000"
		n.Handler().ServeHTTP(w, r)
		if d := time.Until(w.at); w.at.IsZero() || d > 2*answerPause {
			t.Errorf("%s (%d): whoever reads it slowly has %s", path, w.Code, d)
		}
	}
}
