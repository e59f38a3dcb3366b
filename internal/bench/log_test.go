//go:build bench

package bench

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// TestLogSize: what the rows of a log take beyond the leaves themselves.
func TestLogSize(t *testing.T) {
	dir := t.TempDir()
	n := open(t, dir)
	payload := 0
	const leaves = 100_000
	start := time.Now()
	for range leaves / 100 {
		err := n.Store.Write(ctx, func(tx *store.Tx) error {
			for range 100 {
				l := tlog.Leaf{Kind: tlog.KindRelease, ID: string(wire.NewItemID()), Version: 1, Time: time.Now().Unix(), Commit: []byte("commitment of exactly 32 bytes!!")}
				b, err := l.Marshal()
				if err != nil {
					return err
				}
				payload += len(b)
				if _, err := tx.Append("bench", tlog.Public, l); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	took := time.Since(start)
	n.Close()
	db, err := sql.Open("sqlite", filepath.Join(dir, "jarchi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var bytes int
	if err := db.QueryRow("select sum(pgsize) from dbstat where name in ('leaf', 'hash')").Scan(&bytes); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d leaves of %d bytes: %.0f bytes a leaf beyond it; %.0f leaves/s", leaves, payload/leaves, float64(bytes-payload)/leaves, leaves/took.Seconds())
}
