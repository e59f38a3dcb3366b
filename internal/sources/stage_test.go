package sources

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

var keeper = access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Admin, access.Intake, access.ReadClosed}}

// stage is the service over a folder of its own, with the real client: only loopback addresses are allowed beside the public ones.
type stage struct {
	*Service
	t *testing.T
}

func open(t *testing.T, patience time.Duration) *stage {
	t.Helper()
	return openAt(t, testkit.Folder(t), patience)
}

func openAt(t *testing.T, dir string, patience time.Duration) *stage {
	t.Helper()
	st, err := store.Open(t.Context(), dir, time.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	client := outbound.New(outbound.Options{Timeout: patience, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	s := New(st, receive.New(st, blobs, time.Now), client, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Gap: time.Millisecond})
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		blobs.Close()
	})
	return &stage{s, t}
}

// run has sources asked until the returned function is called, or the test ends.
func (s *stage) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	stop = func() { cancel(); <-ended }
	s.t.Cleanup(stop)
	return stop
}

func (s *stage) add(address string) source.Watched {
	s.t.Helper()
	r, err := s.Add(s.t.Context(), keeper, source.Source{Address: address, Interval: time.Hour}, "test")
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *stage) get(id source.ID) source.Watched {
	s.t.Helper()
	r, err := s.Get(s.t.Context(), keeper, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// until waits for a source to be as it should.
func (s *stage) until(id source.ID, ok func(source.Watched) bool) source.Watched {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		r := s.get(id)
		if ok(r) {
			return r
		}
		if time.Now().After(end) {
			s.t.Fatalf("it did not come to it: %+v", r)
		}
	}
}

func polled(r source.Watched) bool { return !r.LastPoll.IsZero() && r.Waiting == 0 }

// captures are what a source brought in, in the order of their arrival.
func (s *stage) captures(id source.ID) (out []*wire.Capture) {
	s.t.Helper()
	rows, err := s.store.EventsAfter(s.t.Context(), 0, 10_000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range rows {
		c, err := s.store.Capture(s.t.Context(), wire.CaptureID(e.Ref))
		if err != nil {
			s.t.Fatal(err)
		}
		if c.Fed != nil && c.Fed.Source == string(id) {
			out = append(out, c)
		}
	}
	return out
}

// site is a server of its own: a host of its own.
func site(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv.URL
}

// page is an article about n that is like no other, also to who takes all figures for one.
func page(title, n string) string {
	sum := sha256.Sum256([]byte(n))
	name := func(i int) string {
		b := []byte("Qaaaaaaa")
		for k := range b[1:] {
			b[k+1] = "aeioudklmnrstvzb"[sum[i+k]&15]
		}
		return string(b)
	}
	return fmt.Sprintf(`<!doctype html><html lang="en"><head><title>%s</title></head><body><article><h1>%s</h1><p>The office of %s opened a new road on Monday morning, its spokesman said in the town hall of %s.</p>
<p>Work on the road to %s began two years ago and cost less than was planned, according to the papers that the office showed.</p></article></body></html>`, title, title, name(0), name(8), name(16))
}

func item(fields string) string { return "<item>" + fields + "</item>" }

// plainItem is an item with a page.
func plainItem(n string) string {
	return item("<title>District " + n + " opens a new road to the town</title><link>/p/" + n + "</link><guid isPermaLink='false'>" + n + "</guid>")
}

func rss(items ...string) string {
	return `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>District news</title><link>/</link>` + strings.Join(items, "\n") + `</channel></rss>`
}
