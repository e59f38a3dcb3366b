package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/wire"
)

// TestSnapshotsDoNotWaitForEachOther: a snapshot holds a connection, so it must not wait for a second one to have a statement
// prepared there. As many snapshots as there are connections would wait for each other for good.
func TestSnapshotsDoNotWaitForEachOther(t *testing.T) { onBoth(t, testSnapshotsDoNotWaitForEachOther) }

func testSnapshotsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var all sync.WaitGroup
	start := make(chan struct{})
	for n := 1; n <= 200; n++ { // none of whose statements is kept yet
		all.Go(func() {
			ids := make([]wire.ReleaseID, n)
			for i := range ids {
				ids[i] = wire.NewReleaseID()
			}
			<-start
			if _, err := s.Releases(ctx, ids); err != nil {
				t.Errorf("%d releases: %v", n, err)
			}
		})
	}
	close(start)
	all.Wait()
}
