package store_test

import (
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/store"
)

// TestDropSettled: of the texts that were not taken go those that were put away before a time. One that is
// still there stays put away when it is kept once more.
func TestDropSettled(t *testing.T) { onBoth(t, testDropSettled) }

func testDropSettled(t *testing.T) {
	t.Parallel()
	s, at := open(t, t.TempDir()), time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	ids := []string{"open", "old", "young"}
	put := func(tx *store.Tx) error {
		for _, id := range ids {
			if err := tx.PutDraftOther("d", store.DraftOther{ID: id, Language: "en", At: at, Data: []byte("{}")}); err != nil {
				return err
			}
		}
		return nil
	}
	settle := func(id string, at time.Time) func(*store.Tx) error {
		return func(tx *store.Tx) error { return tx.SettleDraftOther("d", id, at) }
	}
	day := func(n int) time.Time { return at.AddDate(0, 0, n) }
	for _, do := range []func(*store.Tx) error{put, settle("old", day(1)), settle("young", day(2)), func(tx *store.Tx) error { return tx.DropSettled(day(2)) }, put} {
		if err := s.Write(ctx, do); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	os, err := s.DraftOthers(ctx, "d")
	for _, o := range os {
		got = append(got, o.ID)
	}
	if err != nil || len(got) != 2 || got[0] != "old" || got[1] != "open" {
		t.Errorf("%q %v", got, err)
	}
}
