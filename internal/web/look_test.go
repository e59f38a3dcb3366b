package web

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"
)

var serveAt = flag.String("serve", "", "serve the invented exchange at this address, to look at the pages: go test -run Look -timeout 0 -serve 127.0.0.1:8099")

// site is the whole of a small node for a browser: the pages and a stream of live events.
func site(h http.Handler, events <-chan string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", h)
	mux.HandleFunc("GET /api/v1/stream", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, ": hello\n\n")
		w.(http.Flusher).Flush()
		for {
			select {
			case e := <-events:
				fmt.Fprintf(w, "event: %s\ndata: {}\n\n", e)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	})
	return mux
}

// TestLook serves the pages until it is interrupted, when asked to.
func TestLook(t *testing.T) {
	if *serveAt == "" {
		t.Skip("not asked to serve; give -serve ADDRESS to look at the pages by hand")
	}
	l, err := net.Listen("tcp", *serveAt)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: site(newHandler(t, newExchange(t)), nil), ReadHeaderTimeout: 5 * time.Second}
	t.Log(s.Serve(l))
}
