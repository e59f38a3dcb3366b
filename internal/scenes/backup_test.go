package scenes

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/backup"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// TestBackupWhilePublishing: what was acknowledged before a back-up began is in it, also while publishing
// goes on; its logs are a past of the node's own, and the restored node answers searches as the first one did.
func TestBackupWhilePublishing(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.desk("alfa")
	dir := s.Store.Dir()
	ctx := t.Context()
	alfa := testkit.Viewer("alfa")
	var mu sync.Mutex
	var acknowledged []wire.ReleaseID
	var stop atomic.Bool
	publish := func(headline string) {
		r, err := s.Publish.Create(ctx, alfa, testkit.Input(map[lang.Tag][2]string{lang.EN: {headline, "The ferry runs again."}, lang.KK: {"Паром", "Паром қайта жүреді."}}))
		if err != nil {
			t.Error(err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		acknowledged = append(acknowledged, r.ID)
	}
	for i := range 20 {
		publish(fmt.Sprintf("Earlyword %d", i))
	}
	find := func(b *browse.Service, text string) (found []string) {
		t.Helper()
		for _, by := range []browse.Query{{Text: text, Limit: 50}, {Text: text, Limit: 50, Relevance: true}} {
			p, err := b.List(ctx, access.Viewer{}, by)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range p.Entries {
				found = append(found, string(e.Release.ID))
			}
		}
		return found
	}
	early := find(s.Browse, "earlyword")
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() {
			for i := 0; !stop.Load() && !t.Failed(); i++ {
				publish(fmt.Sprintf("Lateword %d of %d", i, w))
			}
		})
	}
	for round := range 4 {
		mu.Lock()
		promised := slices.Clone(acknowledged)
		mu.Unlock()
		from, _, err := store.ReadBeside(ctx, dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		_, err = backup.Write(ctx, &file, from, blobs, time.Now())
		from.Close()
		blobs.Close()
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "restored")
		rep, err := backup.Restore(ctx, &file, to)
		if err != nil {
			t.Fatal(err)
		}
		confirm(t, to, rep)
		restored, err := app.Open(ctx, app.Config{Dir: to, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if got := find(restored.Browse, "earlyword"); len(early) != 40 || !slices.Equal(got, early) {
			t.Errorf("round %d: %d found, before %d", round, len(got), len(early))
		}
		for _, id := range promised {
			if e, err := restored.Browse.Release(ctx, access.Viewer{}, id); err != nil || e.Release.State != wire.Released {
				t.Errorf("round %d: %s was acknowledged before: %v", round, id, err)
			}
		}
		if _, err := restored.Publish.Create(ctx, alfa, testkit.Input(map[lang.Tag][2]string{lang.EN: {"Goes on", "It goes on."}})); err != nil {
			t.Errorf("the restored node does not go on: %v", err)
		}
		if err := restored.Close(); err != nil {
			t.Error(err)
		}
	}
	stop.Store(true)
	wg.Wait()
}

// confirm checks the logs of a restored folder and enters them in its guard file, as an operator would.
func confirm(t *testing.T, dir string, rep backup.Report) {
	t.Helper()
	f, err := store.Inspect(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	logs, err := f.Logs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	guard, err := tlog.OpenGuard(filepath.Join(dir, "guard"))
	if err != nil {
		t.Fatal(err)
	}
	defer guard.Close()
	for i, l := range logs {
		if _, _, err := l.Check(t.Context(), nil); err != nil {
			t.Error(err)
		}
		if said := rep.Logs[i]; said.Name != l.Name || said.Size != l.Head.Size || said.Root != l.Head.Root.String() {
			t.Errorf("the back-up says %+v of the log %s with %d leaves", said, l.Name, l.Head.Size)
		}
		if err := guard.Confirm(l.Name, l.Head.Size, l.Head.Root); err != nil {
			t.Error(err)
		}
	}
}
