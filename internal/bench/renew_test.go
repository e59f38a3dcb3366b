//go:build bench

package bench

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestRenew: what it costs to index texts anew where only the endings of words are wanting, and where every key is another one. JARCHI_RENEW says how many texts, the newest; all of them, if it says nothing.
// With JARCHI_RATES so many releases a second come meanwhile, and it rests as the node does; before, they come for JARCHI_SECONDS alone.
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
		rate, quiet := float64(setting("JARCHI_RATES", 0)), make(chan struct{})
		var beside latencies
		if rate > 0 {
			t.Logf("%.0f/s alone: %s", rate, publishAt(t, []*testkit.Node{n}, rate, time.Duration(setting("JARCHI_SECONDS", 30))*time.Second))
		}
		stop := make(chan struct{})
		go func() {
			defer close(quiet)
			for rate > 0 {
				select {
				case <-stop:
					return
				default:
					beside = append(beside, publishAt(t, []*testkit.Node{n}, rate, 2*time.Second)...)
				}
			}
		}()
		start, cpu, server := time.Now(), cpuTime(), serverTime()
		var longest time.Duration
		done := 0
		for most := setting("JARCHI_RENEW", 1<<40); done < most; {
			began := time.Now()
			old, err := n.Store.OldDocs(ctx, min(setting("JARCHI_STEP", 8), most-done))
			if err != nil {
				t.Fatal(err)
			}
			if old == nil {
				break
			}
			step := time.Now()
			if err := n.Store.Renew(ctx, old, func(d store.OldDoc) *store.IndexDoc { c.former(&d.Doc); return &d.Doc }); err != nil {
				t.Fatal(err)
			}
			longest = max(longest, time.Since(step))
			done += len(old.Docs)
			if rate > 0 {
				if err := n.Store.Rest(ctx, began); err != nil {
					t.Fatal(err)
				}
			}
		}
		close(stop)
		<-quiet
		if rate > 0 {
			t.Logf("%.0f/s beside: %s", rate, beside)
		}
		segments, err := n.Store.Segments(ctx)
		t.Logf("%s: %d documents in %.1f s, CPU a document %.2f ms, of the database's server %.2f ms, longest step %.1f ms; index in %d segments %v", c.name, done, time.Since(start).Seconds(),
			ms(cpuTime()-cpu)/float64(done), ms(serverTime()-server)/float64(done), ms(longest), segments, err)
	}
}
