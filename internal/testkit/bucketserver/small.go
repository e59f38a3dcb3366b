package bucketserver

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"jarchi.dev/jarchi/internal/blob"
)

// Small is a server that keeps objects, without versions and uploads in parts, and can be told to refuse: for what becomes of a store whose server does.
type Small struct {
	At      blob.Place
	Refuses atomic.Pointer[string] // requests of these methods, a space before each; nil: none
	Asked   atomic.Int64

	mu      sync.Mutex
	objects map[string][]byte
}

// NewSmall starts one that ends with the test.
func NewSmall(t testing.TB) *Small {
	t.Helper()
	s := &Small{objects: map[string][]byte{}}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	var err error
	if s.At, err = blob.ParsePlace("s3://files?endpoint=" + srv.URL); err != nil {
		t.Fatal(err)
	}
	return s
}

// Refuse has it refuse requests of these methods from now on.
func (s *Small) Refuse(methods ...string) {
	list := " " + strings.Join(methods, " ") + " "
	s.Refuses.Store(&list)
}

// ServeHTTP implements http.Handler.
func (s *Small) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Asked.Add(1)
	refuse := func(status int, code string) {
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>No.</Message></Error>", code)
		}
	}
	if m := s.Refuses.Load(); m != nil && strings.Contains(*m, " "+r.Method+" ") {
		refuse(http.StatusForbidden, "AccessDenied")
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	object, there := s.objects[r.URL.Path]
	switch {
	case q.Has("versioning"):
		io.WriteString(w, "<VersioningConfiguration></VersioningConfiguration>")
	case q.Has("versions"), q.Has("uploads"):
		refuse(http.StatusNotImplemented, "NotImplemented")
	case r.Method == http.MethodPut:
		s.objects[r.URL.Path] = body
	case r.Method == http.MethodDelete:
		delete(s.objects, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	case !there:
		refuse(http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("Content-Length", fmt.Sprint(len(object)))
		w.Write(object)
	}
}
