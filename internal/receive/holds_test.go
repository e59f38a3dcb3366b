package receive_test

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
)

// holding counts who holds.
type holding struct {
	blob.Store
	n atomic.Int64
}

func (h *holding) Hold(ctx context.Context) (release func(), err error) {
	h.n.Add(1)
	return h.Store.Hold(ctx)
}

// TestSmallHoldsNothing: what goes into no file waits for nobody's files; what does is held until it has its row.
func TestSmallHoldsNothing(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	dir, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	files := &holding{Store: dir}
	s := receive.New(n.Store, files, n.Clock.Now)
	for _, c := range []struct {
		bytes int
		holds int64
	}{{store.SmallRaw, 0}, {store.SmallRaw + 1, 1}} {
		for name, take := range map[string]func(intake.Document) error{
			"import": func(d intake.Document) error {
				_, err := s.Import(ctx, local, []intake.Document{{Name: "short.txt", ContentType: "text/plain", Bytes: []byte(d.Name)}, d})
				return err
			},
			"keep": func(d intake.Document) error {
				return s.Keep(ctx, local, s.Quarantine(d, "", "It is made of one letter.", nil), func(*store.Tx) error { return nil })
			},
		} {
			before := files.n.Load()
			if err := take(intake.Document{Name: name, ContentType: "application/octet-stream", Bytes: bytes.Repeat([]byte{0xff}, c.bytes)}); err != nil || files.n.Load()-before != c.holds {
				t.Errorf("%s of %d bytes: held %d times, %v", name, c.bytes, files.n.Load()-before, err)
			}
		}
	}
}
