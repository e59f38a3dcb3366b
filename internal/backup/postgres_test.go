package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/backup"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/postgres"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// free fails unless a database is empty.
func free(t *testing.T, address string) {
	t.Helper()
	r, err := store.RestoreInto(ctx, address)
	if err != nil {
		t.Error("the database is not as empty as it was:", err)
		return
	}
	r.Close()
}

// found are the releases that a search finds, by time and by relevance.
func found(t *testing.T, b *browse.Service, text string) (out []wire.ReleaseID) {
	t.Helper()
	for _, by := range []browse.Query{{Text: text, Limit: 50}, {Text: text, Limit: 50, Relevance: true}} {
		p, err := b.List(ctx, access.Viewer{}, by)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Entries {
			out = append(out, e.Release.ID)
		}
	}
	return out
}

// TestServer plays the back-up of a node on PostgreSQL that publishes meanwhile, and what may go wrong with it and with bringing it back.
func TestServer(t *testing.T) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) {
		n := filled(t)
		alfa := testkit.Viewer("alfa")
		if err := n.Store.SetFilesPlace(ctx, "", "s3://elsewhere/one", nil); err != nil {
			t.Fatal(err)
		}
		early := found(t, n.Browse, "ferry 1")
		var stop atomic.Bool
		var published atomic.Int64
		var wg sync.WaitGroup
		wg.Go(func() {
			for !stop.Load() {
				if _, err := n.Publish.Create(ctx, alfa, testkit.Input(map[lang.Tag][2]string{lang.EN: {"Harbour", "The harbour is open."}})); err != nil {
					t.Error(err)
					return
				}
				published.Add(1)
			}
		})
		for published.Load() == 0 && !t.Failed() {
			time.Sleep(time.Millisecond)
		}
		least := published.Load()
		file, rep, err := write(t, n.Dir)
		stop.Store(true)
		wg.Wait()
		if err != nil || rep.Files != 2 || len(rep.Missing) > 0 || rep.Server == nil || rep.Bytes != int64(len(file)) || rep.Logs[1].Size < 2+least {
			t.Fatal(rep, err)
		}
		if said, err := backup.Verify(ctx, bytes.NewReader(file)); err != nil || said.Database != rep.Database || !slices.Equal(said.Tables, rep.Tables) {
			t.Error(said, err)
		}

		address := postgres.New(t, nil)
		refused := func(what string, file []byte, address string, kind fault.Kind) {
			t.Helper()
			to := filepath.Join(t.TempDir(), "restored")
			var err error
			if address == "" {
				_, err = backup.Restore(ctx, bytes.NewReader(file), to)
			} else {
				_, err = backup.RestoreInto(ctx, bytes.NewReader(file), to, address)
			}
			if fault.KindOf(err) != kind {
				t.Error(what, err)
			}
			empty(t, to)
		}
		for i := 1; i < 8; i++ {
			refused("one byte is another", changed(file, i*len(file)/8), address, fault.Corrupt)
		}
		refused("cut off", file[:len(file)/2], address, fault.Corrupt)
		refused("no database is named", file, "", fault.Invalid)
		free(t, address)

		if _, _, err := store.ReadBeside(ctx, placed(t, address), 0); fault.KindOf(err) != fault.NotFound {
			t.Error("a back-up of a database without a node:", err)
		}

		// Ended in the middle: of the back-up, of the reading, and about when pg_restore works.
		from, _, err := store.ReadBeside(ctx, n.Dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(ctx, 5*time.Millisecond) // in which pg_dump does not begin
		defer cancel()
		blobs, err := blob.OpenDir(filepath.Join(n.Dir, "blobs"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Write(short, io.Discard, from, blobs, testkit.Start); !errors.Is(err, context.DeadlineExceeded) {
			t.Error("a back-up that is ended:", err)
		}
		from.Close()
		blobs.Close()
		for _, later := range []time.Duration{-1, 0, 60 * time.Millisecond, 250 * time.Millisecond} {
			short, cancel := context.WithCancel(ctx)
			in := io.Reader(bytes.NewReader(file))
			if later < 0 {
				in = io.TeeReader(in, &ending{end: cancel, after: len(file) / 2})
			} else {
				in = io.TeeReader(in, &ending{end: func() { time.AfterFunc(later, cancel) }, after: len(file)})
			}
			to := filepath.Join(t.TempDir(), "restored")
			other := postgres.New(t, nil)
			if _, err := backup.RestoreInto(short, in, to, other); err != nil {
				if short.Err() == nil {
					t.Error(err)
				}
				empty(t, to)
				free(t, other)
			} else if later < 0 {
				t.Error("nothing ended it")
			}
			cancel()
		}

		to := filepath.Join(t.TempDir(), "restored")
		if _, err := backup.RestoreInto(ctx, bytes.NewReader(file), to, address); err != nil {
			t.Fatal(err)
		}
		refused("the database is not empty", file, address, fault.Conflict)
		if s, err := store.Open(ctx, to, time.Now, slog.New(slog.DiscardHandler)); err == nil {
			s.Close()
			t.Error("a restored node signs before its logs are confirmed")
		} else if fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
		f, err := store.Inspect(ctx, to)
		if err != nil {
			t.Fatal(err)
		}
		logs, err := f.Logs(ctx)
		if err != nil || len(logs) != len(rep.Logs) {
			t.Fatal(logs, err)
		}
		guard, err := tlog.OpenGuard(filepath.Join(to, "guard"))
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range logs {
			if _, _, err := l.Check(ctx, nil); err != nil || rep.Logs[i].Size != l.Head.Size || rep.Logs[i].Root != l.Head.Root.String() {
				t.Error(rep.Logs[i], l.Head.Size, err)
			}
			if err := guard.Confirm(l.Name, l.Head.Size, l.Head.Root); err != nil {
				t.Error(err)
			}
		}
		guard.Close()
		f.Close()
		again := testkit.OpenAt(t, to, n.Clock.Now)
		if at, _, _, err := again.Store.FilesPlace(ctx); err != nil || at != "" {
			t.Error("the files of the restored node are elsewhere:", at, err)
		}
		if got := found(t, again.Browse, "ferry 1"); len(early) == 0 || !slices.Equal(got, early) {
			t.Errorf("%v found, before %v", got, early)
		}
		local := access.Viewer{Local: true, Scopes: []access.Scope{access.Intake}}
		for _, word := range []string{"ferry", "tramway"} {
			want := large(word)
			if got, err := again.Browse.Raw(ctx, local, blob.Hash(want)); err != nil || !bytes.Equal(got.Bytes, want) {
				t.Error(word, err)
			}
		}
		if _, err := again.Publish.Create(ctx, alfa, testkit.Input(map[lang.Tag][2]string{lang.EN: {"Goes on", "It goes on."}})); err != nil {
			t.Error("the restored node does not go on:", err)
		}
	})
}

// placed is a folder that remembers a database.
func placed(t *testing.T, address string) string {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "database"), []byte(address+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ending calls end when so many bytes were written.
type ending struct {
	end   func()
	after int
}

func (e *ending) Write(p []byte) (int, error) {
	if e.after > 0 && e.after <= len(p) {
		e.end()
	}
	e.after -= len(p)
	return len(p), nil
}
