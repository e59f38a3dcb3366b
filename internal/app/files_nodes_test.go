package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit/bucketserver"
	"jarchi.dev/jarchi/internal/testkit/postgres"
)

// TestNodesPutAndRemoveTheSame: two nodes with one database and one bucket put, let go and clear away the same few files at once, as fast as they can, on a
// real database and a real server of files: whatever has its row at the end is there.
func TestNodesPutAndRemoveTheSame(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	at := bucketserver.Bucket(t, false)
	open := func(address string) (*store.Store, error) {
		dir := t.TempDir()
		if err := store.SetDatabase(ctx, dir, address); err != nil {
			return nil, err
		}
		return store.Open(ctx, dir, time.Now, slog.New(slog.DiscardHandler))
	}
	address := postgres.New(t, func(address string) error {
		s, err := open(address)
		if err != nil {
			return err
		}
		return s.Close()
	})
	files := make([][]byte, 4)
	for i := range files {
		files[i] = []byte(fmt.Sprint("file ", i))
	}
	var parts []byte // in which they lie
	for _, file := range files {
		if _, err := bucketserver.Open(t, at).Put(ctx, file); err != nil {
			t.Fatal(err)
		}
	}
	for o := range bucketserver.Client(t).ListObjectsIter(ctx, at.Bucket, minio.ListObjectsOptions{Recursive: true}) {
		b, err := hex.DecodeString(strings.TrimPrefix(o.Key, at.Prefix)[:2])
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, b[0])
	}
	rows := map[string]int{} // how many rows need a file; of both nodes, as a table is
	var mu sync.Mutex
	needed := func(hash string) (bool, error) {
		mu.Lock()
		defer mu.Unlock()
		return rows[hash] > 0, nil
	}
	var wg sync.WaitGroup
	var put, removed, swept atomic.Int64
	until := time.Now().Add(3 * time.Second)
	for range 2 {
		s, err := open(address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		f := sharedFiles{bucketserver.Open(t, at), s}
		going := func(do func(rnd *rand.Rand) error) {
			wg.Go(func() {
				rnd := rand.New(rand.NewPCG(rand.Uint64(), 1))
				for time.Now().Before(until) && !t.Failed() {
					if err := do(rnd); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 2 {
			going(func(rnd *rand.Rand) error {
				file := files[rnd.IntN(len(files))]
				release, err := f.Hold(ctx)
				if err != nil {
					return err
				}
				defer release()
				hash, err := f.Put(ctx, file)
				if err != nil {
					return err
				}
				time.Sleep(time.Duration(rnd.IntN(5)) * time.Millisecond) // the row is written
				mu.Lock()
				defer mu.Unlock()
				rows[hash]++
				put.Add(1)
				return nil
			})
		}
		going(func(rnd *rand.Rand) error {
			hash := blob.Hash(files[rnd.IntN(len(files))])
			mu.Lock()
			delete(rows, hash)
			mu.Unlock()
			removed.Add(1)
			return f.Remove(ctx, hash, needed)
		})
		going(func(rnd *rand.Rand) error {
			n, err := f.Sweep(ctx, parts[rnd.IntN(len(parts))], time.Now().Add(time.Hour), needed)
			swept.Add(int64(n))
			return err
		})
		going(func(*rand.Rand) error {
			time.Sleep(5 * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			for _, file := range files { // what was released goes, and its file is left to the sweep
				if rand.IntN(8) == 0 {
					delete(rows, blob.Hash(file))
				}
			}
			return nil
		})
	}
	wg.Wait()
	b := bucketserver.Open(t, at)
	for _, file := range files {
		hash := blob.Hash(file)
		got, err := b.Get(context.Background(), hash)
		if yes, _ := needed(hash); yes && (err != nil || !bytes.Equal(got, file)) {
			t.Errorf("%s has its row, and is gone: %v", file, err)
		} else if err != nil && fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
	}
	t.Logf("%d put, %d removed, %d swept", put.Load(), removed.Load(), swept.Load())
	if put.Load() < 10 || removed.Load() < 5 {
		t.Error("hardly anything happened")
	}
}
