package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
)

func unzip(t *testing.T, b []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r) // checks sum and length
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestPiecesMakeOneStream: whatever they are, and whether or not they were made smaller before.
func TestPiecesMakeOneStream(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		var pieces []piece
		var want strings.Builder
		for range rnd.IntN(5) {
			b := make([]byte, rnd.IntN([]int{1, 10, 1000, 200_000}[rnd.IntN(4)]))
			for i := range b {
				b[i] = byte('a' + rnd.IntN(1+rnd.IntN(25)))
			}
			want.Write(b)
			p := piece{plain: b}
			if rnd.IntN(2) == 0 {
				p.deflated = deflated(b)
			}
			pieces = append(pieces, p)
		}
		if got := unzip(t, zipped(pieces...)); got != want.String() {
			t.Fatalf("%d bytes became %d", want.Len(), len(got))
		}
	}
}

// TestCompressedPages say the same, and only what may be is compressed.
func TestCompressedPages(t *testing.T) {
	t.Parallel()
	h, err := New(Options{Reader: newExchange(t), People: crew{}, Now: func() time.Time { return now }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler),
		Changed: func() <-chan struct{} { return make(chan struct{}) }})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip, br") }
	for _, path := range []string{"/", "/?ui=ur", "/?fragment=rows", "/corrections", "/settings", "/?q=none-at-all"} {
		plain, small := get(t, h, path), get(t, h, path, ask)
		if small.Header().Get("Content-Encoding") != "gzip" || unzip(t, small.Body.Bytes()) != plain.Body.String() || small.Body.Len()*2 > plain.Body.Len() {
			t.Errorf("%s: %v, %d of %d bytes", path, small.Header(), small.Body.Len(), plain.Body.Len())
		}
		if !strings.Contains(strings.Join(plain.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%s: the answer does not say that it varies", path)
		}
	}
	for _, c := range []struct {
		name, path string
		edit       func(*http.Request)
		want       bool
	}{
		{"her own page asks", "/", func(r *http.Request) { asReader(r); r.Header.Set("Sec-Fetch-Site", "same-origin") }, true},
		{"another site sends her", "/?q=guess", func(r *http.Request) { asReader(r); r.Header.Set("Sec-Fetch-Site", "cross-site") }, false},
		{"nobody says who asks", "/?q=guess", asReader, false},
		{"a page that may not be kept", "/in", func(*http.Request) {}, false},
	} {
		if got := get(t, h, c.path, ask, c.edit).Header().Get("Content-Encoding") == "gzip"; got != c.want {
			t.Errorf("%s: compressed %v", c.name, got)
		}
	}
}
