package web

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestPace has forms sent by who stops, who drips, and who is merely slow; only the last is heard to the
// end, and it is answered although that takes longer than a pause may.
func TestPace(t *testing.T) {
	t.Parallel()
	const pause, whole = 500 * time.Millisecond, 1500 * time.Millisecond
	took := make(chan error, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(pace(w, r, pause, whole))
		took <- err
		if err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			t.Error("who was heard to the end was cut off")
		case <-time.After(2 * pause):
		}
		io.WriteString(w, "heard")
	}))
	defer s.Close()
	for _, c := range []struct {
		name  string
		bytes int
		every time.Duration
		heard bool
	}{{"slow", 10, 50 * time.Millisecond, true}, {"stops", 1, 0, false}, {"drips", 100, 100 * time.Millisecond, false}} {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		length := max(c.bytes, 10)
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", length)
		go func() {
			for range c.bytes {
				time.Sleep(c.every)
				if _, err := conn.Write([]byte("a")); err != nil {
					return
				}
			}
		}()
		err = <-took
		if (err == nil) != c.heard || time.Since(began) > 10*time.Second {
			t.Errorf("%s: %v after %s", c.name, err, time.Since(began))
		}
		if c.heard {
			b := make([]byte, 4096)
			conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			n, err := conn.Read(b)
			if err != nil || !strings.HasPrefix(string(b[:n]), "HTTP/1.1 200") {
				t.Errorf("%q, %v", b[:n], err)
			}
		}
		conn.Close()
	}
}
