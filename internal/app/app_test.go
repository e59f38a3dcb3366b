package app_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

var ctx = context.Background()

func open(t *testing.T, c app.Config) *app.Node {
	t.Helper()
	c.Dir, c.Log = testkit.Folder(t), slog.New(slog.DiscardHandler)
	n, err := app.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

func get(t *testing.T, h http.Handler, host, path string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Host, r.RemoteAddr = host, "127.0.0.1:4711"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// TestNames: a page elsewhere cannot reach the node under a name of its own.
func TestNames(t *testing.T) {
	t.Parallel()
	h := open(t, app.Config{PublicURL: "https://wire.press.example"}).Handler()
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "[::1]:8080": 200, "127.8.9.10": 200, "wire.press.example": 200, "WIRE.press.example": 200,
		"evil.example": 421, "127.0.0.1.evil.example": 421, "127.0.0.1:8080.evil.example": 421, "127.0.0.1:99999": 421, "wire.press.example.evil.example": 421, "": 421, "localhost:8080": 307, "10.0.0.1": 421,
	} {
		for _, path := range []string{"/", "/api/v1/items", "/log", "/healthz"} {
			if got := get(t, h, host, path).StatusCode; got != want {
				t.Errorf("%s%s: %d, want %d", host, path, got, want)
			}
		}
	}
	if to := get(t, h, "localhost:8080", "/corrections?x=1").Header.Get("Location"); to != "http://127.0.0.1:8080/corrections?x=1" {
		t.Errorf("localhost leads to %s", to)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	n := open(t, app.Config{})
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if got := get(t, n.Handler(), "127.0.0.1", path).StatusCode; got != 200 {
			t.Errorf("%s: %d", path, got)
		}
	}
	n.Close()
	if got := get(t, n.Handler(), "127.0.0.1", "/readyz").StatusCode; got != 503 {
		t.Errorf("/readyz of a closed node: %d", got)
	}
}

// TestClockWork: what is scheduled leaves, and what is under embargo opens, at its time, by itself.
func TestClockWork(t *testing.T) {
	t.Parallel()
	n := open(t, app.Config{})
	n.Start()
	if err := n.Store.AddMember(ctx, testkit.Member("newsroom", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	v := testkit.Viewer("newsroom")
	at := time.Now().Add(3 * time.Second) // both are made by then, also on a busy machine
	scheduled := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Scheduled", "It leaves by itself."}})
	scheduled.PublishAt = at
	sealed := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Sealed", "It opens by itself."}})
	sealed.EmbargoedUntil = at
	var ids []wire.ReleaseID
	for _, in := range []publish.Input{scheduled, sealed} {
		r, err := n.Publish.Create(ctx, v, in)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	for _, id := range ids {
		if _, err := n.Browse.Release(ctx, access.Viewer{}, id); err == nil && time.Now().Before(at) {
			t.Error("readable before its time")
		}
	}
	deadline := at.Add(5 * time.Second)
	for _, id := range ids {
		for {
			e, err := n.Browse.Release(ctx, access.Viewer{}, id)
			if err == nil && e.Release.State == wire.Released {
				if e.Release.OpenedAt.Before(at) {
					t.Error("it left before its time")
				}
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("not out: %v", err)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo is filled one step after the other")
	}
	t.Parallel()
	d, err := app.OpenDemo(ctx, app.Config{Dir: t.TempDir(), PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Releases < 12 || d.Languages < 6 || len(d.Tokens) != 3 {
		t.Errorf("%d releases, %d languages, %d tokens", d.Releases, d.Languages, len(d.Tokens))
	}
	res := get(t, d.Handler(), "127.0.0.1:8080", "/?ui=kk")
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 || !strings.Contains(string(page), "Көксай") {
		t.Errorf("the wire: %d, %v", res.StatusCode, err)
	}
}
