//go:build bench

package bench

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/browse"
)

// TestStart: from opening the folder to the first page.
func TestStart(t *testing.T) {
	dir := folder(t, "wire")
	n := open(t, dir)
	fill(t, n, setting("JARCHI_ITEMS", 100_000))
	n.Close()
	for _, d := range []string{filepath.Join(t.TempDir(), "empty"), dir} {
		start := time.Now()
		n, err := app.Open(ctx, app.Config{Dir: d, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Browse.List(ctx, access.Viewer{Local: true}, browse.Query{}); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.0f ms", filepath.Base(d), ms(time.Since(start)))
		n.Close()
	}
}
