package app

import (
	"context"
	"log/slog"
	"net/http"
	"testing"

	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/web"
)

// TestWarm: asks for the wire in every language of the interface, is nobody, and ends when it is told to.
func TestWarm(t *testing.T) {
	t.Parallel()
	n, err := Open(t.Context(), Config{Dir: testkit.Folder(t), PublicURL: "https://wire.example", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	pages, asked := n.handler, map[string]bool{}
	n.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &answer{header: http.Header{}}
		pages.ServeHTTP(a, r)
		if language := a.header.Get("Content-Language"); a.status == http.StatusOK && r.URL.Path == "/" && language == r.Header.Get("Accept-Language") && len(r.Cookies()) == 0 {
			asked[language] = true
		}
	})
	n.Warm(t.Context())
	if len(asked) != len(web.InterfaceLanguages()) {
		t.Errorf("asked for %v", asked)
	}
	clear(asked)
	ended, end := context.WithCancel(t.Context())
	end()
	if n.Warm(ended); len(asked) > 0 {
		t.Errorf("asked for %v after its end", asked)
	}
}

type answer struct {
	header http.Header
	status int
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return len(b), nil }
