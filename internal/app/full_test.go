package app

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestASmallDisk: on a real disk that somebody else fills, a node refuses what is new before the database has to, goes on reading and withdrawing, says
// so in /readyz, and takes new material again by itself when there is room.
func TestASmallDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	dir := t.TempDir()
	if os.Getuid() != 0 || exec.Command("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", dir).Run() != nil {
		t.Skip("needs the right to mount a small disk")
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	n := openNode(t, Config{Dir: filepath.Join(dir, "wire"), KeepFree: 4 << 20})
	ctx := context.Background()
	if err := n.Store.AddMember(ctx, testkit.Member("alfa", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	token, err := n.Store.CreateToken(ctx, "alfa", access.Scopes, "t")
	if err != nil {
		t.Fatal(err)
	}
	r, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {"Ferry", "It runs."}}))
	if err != nil {
		t.Fatal(err)
	}
	n.Start()
	call := func(method, path, body string) (int, string) {
		q := httptest.NewRequest(method, path, strings.NewReader(body))
		q.Host, q.RemoteAddr = "127.0.0.1", "127.0.0.1:1"
		q.Header.Set("Authorization", "Bearer "+token)
		q.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		n.Handler().ServeHTTP(w, q)
		return w.Code, w.Body.String()
	}
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for {
		free, _, err := house.DiskFree(dir)
		if err != nil {
			t.Fatal(err)
		}
		if free < 3<<20 {
			break
		}
		if _, err := f.Write(make([]byte, min(free-2<<20, 1<<20))); err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	f.Close()
	until := func(full bool) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); (n.House.Room() != nil) != full; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("full: %v is not noticed", full)
			}
		}
	}
	until(true)
	if code, body := call("POST", "/api/v1/releases", "{}"); code != 503 || !strings.Contains(body, "nearly full") {
		t.Errorf("a new release: %d %s", code, body)
	}
	if code, body := call("GET", "/readyz", ""); code != 503 || !strings.Contains(body, "nearly full") {
		t.Errorf("ready: %d %s", code, body)
	}
	if code, body := call("GET", "/api/v1/items", ""); code != 200 || !strings.Contains(body, "Ferry") {
		t.Errorf("reading: %d", code)
	}
	if code, body := call("POST", "/api/v1/releases/"+string(r.ID)+"/withdraw", `{"reason":"Not ours."}`); code != 200 {
		t.Errorf("withdrawing: %d %s", code, body)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	until(false)
	if code, body := call("POST", "/api/v1/releases", "{}"); code == 503 {
		t.Errorf("with room again: %s", body)
	}
	if _, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {"Tram", "It runs."}})); fault.KindOf(err) == fault.Unavailable {
		t.Error(err)
	}
}
