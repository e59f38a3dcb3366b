package store_test

import (
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/store"
)

// TestALongReadHoldsNobodyUp: while somebody reads an old state, as a back-up does, and an erased word is to
// leave the write-ahead log, a change waits for the checkpointer's quarter of a second, not for the reader.
func TestALongReadHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	from, _, err := store.ReadBeside(ctx, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	if wait := s.CheckpointWait(t); wait != 250*time.Millisecond {
		t.Errorf("the checkpointer waits %s for readers, and the writer for it", wait)
	}
	before := time.Now()
	for range 20 { // a new store empties its log in the first second
		if err := s.Write(ctx, func(tx *store.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	if took := time.Since(before); took > 9*time.Second {
		t.Errorf("twenty small changes took %s", took)
	}
}
