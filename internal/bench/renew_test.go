//go:build bench

package bench

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
)

// TestRenew: what it costs to index texts anew where only the endings of words are wanting, and where every key is another one. JARCHI_RENEW says how many texts, the newest.
func TestRenew(t *testing.T) {
	n := open(t, folder(t, "wire"))
	fill(t, n, setting("JARCHI_ITEMS", 20_000))
	for _, c := range []struct {
		name   string
		former func(*store.IndexDoc)
	}{
		{"no endings", func(d *store.IndexDoc) { d.Endings = "" }},
		{"other keys", func(d *store.IndexDoc) { d.Endings, d.Body = "", strings.ReplaceAll(d.Body, "a", "aa") }},
	} {
		if err := n.Store.Write(ctx, func(tx *store.Tx) error {
			value, err := json.Marshal(map[string]any{"Form": search.Form(), "Below": int64(1) << 62})
			if err != nil {
				return err
			}
			return tx.SetSetting("index", value)
		}); err != nil {
			t.Fatal(err)
		}
		start, cpu, server := time.Now(), cpuTime(), serverTime()
		var longest time.Duration
		done := 0
		for most := setting("JARCHI_RENEW", 60); done < most; {
			old, below, err := n.Store.OldDocs(ctx, min(32, most-done))
			if err != nil || below == 0 {
				t.Fatal(below, err)
			}
			step := time.Now()
			through, _, err := n.Store.Renew(ctx, below, old, 1, func(d store.OldDoc) *store.IndexDoc { c.former(&d.Doc); return &d.Doc })
			if err != nil {
				t.Fatal(err)
			}
			longest = max(longest, time.Since(step))
			done += through
		}
		segments, err := n.Store.Segments(ctx)
		t.Logf("%s: %d documents in %.1f s, CPU a document %.2f ms, of the database's server %.2f ms, longest step %.1f ms; index in %d segments %v", c.name, done, time.Since(start).Seconds(),
			ms(cpuTime()-cpu)/float64(done), ms(serverTime()-server)/float64(done), ms(longest), segments, err)
	}
}
