package scenes

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"jarchi.dev/jarchi/internal/app"
)

// stage is a whole node behind an address.
type stage struct {
	*app.Node
	URL string
	t   *testing.T
}

// open opens a node in a new folder and serves it.
func open(t *testing.T) *stage {
	t.Helper()
	var handler atomic.Value
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.Load().(http.Handler).ServeHTTP(w, r) }))
	n, err := app.Open(t.Context(), app.Config{Dir: t.TempDir(), PublicURL: srv.URL, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	handler.Store(n.Handler())
	n.Start()
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return &stage{Node: n, URL: srv.URL, t: t}
}

// get reads a page as a client does.
func (s *stage) get(c *http.Client, path string) (status int, body string) {
	s.t.Helper()
	res, err := c.Get(s.URL + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var b strings.Builder
	if _, err := io.Copy(&b, res.Body); err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, b.String()
}

func TestAWholeNodeAnswers(t *testing.T) {
	t.Parallel()
	s := open(t)
	if code, body := s.get(http.DefaultClient, "/"); code != 200 || !strings.Contains(body, "<main") {
		t.Errorf("%d %.200s", code, body)
	}
}
