package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/bucketserver"
	"jarchi.dev/jarchi/internal/wire"
)

// TestFilesLost: a node notices by itself that its folder of files was taken away, or that its bucket refuses, tells it in its state, its figures and behind /readyz,
// which go on, and takes it back when the place is there again. Who administers one member of several does not read where it is.
func TestFilesLost(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"folder", "bucket"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c := Config{Dir: dir}
			blobs := filepath.Join(dir, "blobs")
			take := func() error { return os.Rename(blobs, blobs+".away") }
			give := func() error { return os.Rename(blobs+".away", blobs) }
			where := blobs
			if name == "bucket" {
				s := bucketserver.NewSmall(t)
				c.FilesKey = filepath.Join(t.TempDir(), "keys")
				if err := os.WriteFile(c.FilesKey, []byte(bucketserver.Keys.Access+"\n"+bucketserver.Keys.Secret+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				c.Files = s.At.String()
				take = func() error { s.Refuse(http.MethodGet, http.MethodPut, http.MethodHead); return nil }
				give = func() error { s.Refuse(); return nil }
				where = s.At.Bucket
			}
			n := openNode(t, c)
			n.House.FilesEach = 10 * time.Millisecond
			if err := n.Store.AddMember(context.Background(), testkit.Member("alfa", wire.Agency)); err != nil {
				t.Fatal(err)
			}
			token, err := n.Store.CreateToken(context.Background(), "alfa", access.Scopes, "t")
			if err != nil {
				t.Fatal(err)
			}
			n.Start()
			get := func(path string) (int, string) {
				q := httptest.NewRequest(http.MethodGet, path, nil)
				q.Host, q.RemoteAddr = "127.0.0.1", "127.0.0.1:1"
				q.Header.Set("Authorization", "Bearer "+token)
				w := httptest.NewRecorder()
				n.Handler().ServeHTTP(w, q)
				return w.Code, w.Body.String()
			}
			until := func(lost bool) {
				t.Helper()
				for deadline := time.Now().Add(20 * time.Second); n.House.FilesLost().IsZero() == lost; time.Sleep(5 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("lost: %v is not noticed", lost)
					}
				}
			}
			state := func() house.State {
				t.Helper()
				st, err := n.House.State(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				return st
			}
			told := func(st house.State) bool {
				return slices.ContainsFunc(st.Needs, func(x house.Need) bool { return x.Code == house.NeedFiles && x.Urgent })
			}
			until(false)
			if st := state(); told(st) || st.Storage.FilesTrouble != "" {
				t.Errorf("well: %+v", st.Storage)
			}
			if _, body := get("/metrics"); !strings.Contains(body, "\njarchi_files_lost 0\n") {
				t.Error("well: the figure is not 0")
			}
			if err := take(); err != nil {
				t.Fatal(err)
			}
			until(true)
			st := state()
			if !told(st) || st.Storage.FilesLost.IsZero() || !strings.Contains(st.Storage.FilesTrouble, where) {
				t.Errorf("lost: %+v %+v", st.Needs, st.Storage)
			}
			if st := st.For("alfa"); !told(st) || st.Storage.FilesTrouble != "" {
				t.Errorf("a member's administrator reads %+v", st.Storage)
			}
			if code, body := get("/readyz"); code != http.StatusOK || !strings.HasPrefix(body, "ready\nFiles cannot be kept or read since ") || strings.Contains(body, where) {
				t.Errorf("ready: %d %s", code, body)
			}
			if err := give(); err != nil {
				t.Fatal(err)
			}
			until(false)
			if st := state(); told(st) || !st.Storage.FilesLost.IsZero() || st.Storage.FilesTrouble != "" {
				t.Errorf("back: %+v", st.Storage)
			}
			if code, body := get("/readyz"); code != http.StatusOK || body != "ready\n" {
				t.Errorf("ready again: %d %s", code, body)
			}
		})
	}
}
