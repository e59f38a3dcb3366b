package store_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/store"
)

// TestALongReadHoldsNobodyUp: while somebody reads an old state, as a back-up does, and an erased word is to
// leave the write-ahead log, a change waits for the checkpointer's quarter of a second, not for the reader.
func TestALongReadHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	onFileAlone(t, "the checkpointer of the write-ahead log")
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

// TestACopyHoldsNoMomentWhileItIsWritten: whatever a node commits while its database is copied, and however slowly the copy is taken: its write-ahead
// log can be folded in and emptied all the while, so that it grows no longer than beside any other reader; and what was copied, with the pages that were
// handed over afterwards, is the database at one moment. What it grows by in the meantime is not left for the last moment.
func TestACopyHoldsNoMomentWhileItIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	if s.Shared() {
		t.Skip("of the file database")
	}
	rnd := rand.NewChaCha8([32]byte{7})
	filling := func(size int) []byte {
		b := make([]byte, size)
		rnd.Read(b)
		return b
	}
	n := 0
	commit := func(size int) {
		t.Helper()
		n++
		name := fmt.Sprint("filling ", n)
		if _, err := s.Setting(ctx, name, func() []byte { return filling(size) }); err != nil {
			t.Fatal(err)
		}
	}
	for range 8 {
		commit(1 << 20)
	}
	from, _, err := store.ReadBeside(ctx, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	folded, pieces := 0, 0
	busy := func(what string) {
		t.Helper()
		pieces++
		for range 5 {
			commit(100 << 10)
		}
		for range 40 / pieces / pieces / pieces { // most of them while the first piece is written
			commit(1 << 20)
		}
		s.DropSetting(t, fmt.Sprint("filling ", pieces)) // pages become free, and are used again
		if s.EmptyWAL(t) {
			folded++
		} else {
			t.Errorf("%s %d: the write-ahead log is held", what, pieces)
		}
	}
	var db []byte
	var pages [][]byte
	if err := from.Copy(ctx, writerFunc(func(p []byte) { db = append(db, p...); busy("piece") })); err != nil {
		t.Fatal(err)
	}
	last, sum, err := from.Settle(ctx, func(p []byte) error {
		pages = append(pages, bytes.Clone(p))
		busy("round")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if folded < 6 || len(last) == 0 || len(last) > 8<<20 {
		t.Errorf("%d pieces, %d bytes at the last moment: nothing is tried, or too much is left for it", folded, len(last))
	}
	names := s.SettingNames(t)
	size := from.Size()
	commit(1 << 20) // is not in it
	if err := from.Release(ctx); err != nil {
		t.Fatal(err)
	}
	if !s.EmptyWAL(t) {
		t.Error("the write-ahead log is held when the moment was let go")
	}
	record := 8 + int(from.PageSize())
	for _, p := range append(pages, last) {
		for ; len(p) > 0; p = p[record:] {
			at := int(binary.BigEndian.Uint64(p)-1) * (record - 8)
			db = append(db, make([]byte, max(0, at+record-8-len(db)))...)
			copy(db[at:], p[8:record])
		}
	}
	db = db[:size]
	got := store.NewPageSum()
	for p := db; len(p) > 0; p = p[from.PageSize():] {
		got.Add(p[:from.PageSize()])
	}
	if !bytes.Equal(got.Sum(), sum) {
		t.Error("the pages are not those of the moment")
	}
	to := t.TempDir()
	if err := os.WriteFile(filepath.Join(to, "jarchi.db"), db, 0o600); err != nil {
		t.Fatal(err)
	}
	there := open(t, to)
	if again := there.SettingNames(t); !slices.Equal(again, names) {
		t.Errorf("the copy has %d settings, and at the moment there were %d", len(again), len(names))
	}
	if why := there.Integrity(t); why != "ok" {
		t.Error(why)
	}
}

type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }
