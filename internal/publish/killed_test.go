package publish_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestErasedThenKilled: a process that is killed between an erasure and the emptying of the write-ahead
// log leaves the words there; the next one empties it.
func TestErasedThenKilled(t *testing.T) {
	t.Parallel()
	testkit.OnFile(t, "the write-ahead log that a killed node leaves")
	n := testkit.Open(t)
	in := testkit.Input(map[lang.Tag][2]string{lang.EN: {"A headline", "A body with verborgenwort inside."}})
	in.Draft = true
	r := create(t, n, in)
	if _, err := n.Publish.Erase(ctx, testkit.Viewer("alfa"), r.ID, nil); err != nil {
		t.Fatal(err)
	}
	killed := map[string][]byte{} // what lies on the disk at this moment
	for _, name := range []string{"jarchi.db", "jarchi.db-wal"} {
		b, err := os.ReadFile(filepath.Join(n.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		killed[name] = b
	}
	n.Close()
	for name, b := range killed {
		if err := os.WriteFile(filepath.Join(n.Dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	testkit.OpenAt(t, n.Dir, time.Now)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		files := testkit.FilesWith(t, n.Dir, "verborgenwort")
		if len(files) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the words stand in %v", files)
		}
	}
}
