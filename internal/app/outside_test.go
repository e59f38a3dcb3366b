package app_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// TestOutsideReader: another implementation reads a node's public log over HTTP, whole and with its
// unfilled last tile, and finds every checkpoint that was served to continue the one before.
func TestOutsideReader(t *testing.T) {
	t.Parallel()
	n := open(t, app.Config{})
	if err := n.Store.AddMember(ctx, testkit.Member("newsroom", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(n.Handler())
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL + "/log/newsroom-public/")
	if err != nil {
		t.Fatal(err)
	}
	f, err := client.NewHTTPFetcher(u, nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := n.Store.Log("newsroom-public")
	if err != nil {
		t.Fatal(err)
	}
	v, err := tlog.Verifier(h.VKey)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var tracker *client.LogStateTracker
	for range 3 {
		var wg sync.WaitGroup
		for range 8 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 13 {
					if _, err := n.Publish.Create(ctx, testkit.Viewer("newsroom"), testkit.Input(map[lang.Tag][2]string{lang.EN: {"One", "Text."}})); err != nil {
						t.Error(err)
					}
				}
			}()
		}
		wg.Wait()
		if tracker == nil {
			if tracker, err = client.NewLogStateTracker(ctx, f.ReadTile, nil, v, h.Origin, client.UnilateralConsensus(f.ReadCheckpoint)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if _, _, _, err := tracker.Update(ctx); err != nil { // verifies consistency with the last
			t.Fatal(err)
		}
	}
	if cp := tracker.Latest(); cp.Size != 3*8*13 {
		t.Errorf("%d leaves", cp.Size)
	}
	done := make(chan error, 1)
	go func() {
		done <- fsck.New(h.Origin, v, f, func(bundle []byte) (hashes [][]byte, err error) {
			var e api.EntryBundle
			err = e.UnmarshalText(bundle)
			for _, entry := range e.Entries {
				hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
			}
			return hashes, err
		}, fsck.Opts{N: 2}).Check(ctx)
	}()
	select { // on some damage it hangs
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-ctx.Done():
		t.Error("fsck has not ended within a minute")
	}
}
