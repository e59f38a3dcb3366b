package outbound_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
)

// TestThrough: a library's requests reach the operator's server, no other one, and are told no end of bytes.
func TestThrough(t *testing.T) {
	t.Parallel()
	serve := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/endless" {
			for range 100 {
				io.WriteString(w, strings.Repeat("x", 1000))
				w.(http.Flusher).Flush()
			}
			return
		}
		io.WriteString(w, strings.Repeat("x", 1000))
	}
	named, other := httptest.NewServer(http.HandlerFunc(serve)), httptest.NewServer(http.HandlerFunc(serve))
	defer named.Close()
	defer other.Close()
	o, err := outbound.NewOperator(named.URL)
	if err != nil {
		t.Fatal(err)
	}
	get := func(max int64, url string) (int, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := o.Through(max).RoundTrip(req)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		return len(b), err
	}
	if n, err := get(1000, named.URL); n != 1000 || err != nil {
		t.Error(n, err)
	}
	for _, path := range []string{"/", "/endless"} {
		if n, err := get(999, named.URL+path); n > 999 || fault.KindOf(err) != fault.TooLarge {
			t.Error(path, n, err)
		}
	}
	if _, err := get(1000, other.URL); fault.KindOf(err) != fault.ForbiddenAddress {
		t.Error("another server was called:", err)
	}
}
