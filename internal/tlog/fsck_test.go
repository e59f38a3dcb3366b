//go:build soak

package tlog

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Tessera's own fsck command reads the log over HTTP. On a damaged log it may hang or end with
// status 0, so it runs under a deadline and only its line of success counts.
func TestTesseraFsckCommand(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "install", "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4")
	build.Env = append(os.Environ(), "GOBIN="+dir)
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("fsck v1.0.4 could not be built (no network?): %v\n%s", err, out)
	}
	key := filepath.Join(dir, "key")
	_, vkey := testKeyTexts(testOrigin, "a")
	if err := os.WriteFile(key, []byte(vkey), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(address string) string {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		out, _ := exec.CommandContext(ctx, filepath.Join(dir, "fsck"), "-ui=false", "-storage_url="+address, "-public_key="+key).CombinedOutput()
		return string(out)
	}
	const success = "Successfully fsck'd"
	l, _, address := serve(t, 70_001)
	if out := run(address); !strings.Contains(out, success) {
		t.Error(out)
	}
	l.leaves[4711] = bytes.Replace(l.leaves[4711], []byte(`"time":1`), []byte(`"time":2`), 1)
	if out := run(address); strings.Contains(out, success) {
		t.Error("a damaged log passes:", out)
	}
}
