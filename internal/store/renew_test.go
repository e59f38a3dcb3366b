package store_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
)

// TestRenewalMoved: data that was moved while a partition was left for another one, and has neither of them any more, is renewed from where it was.
func TestRenewalMoved(t *testing.T) { onBoth(t, testRenewalMoved) }

func testRenewalMoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	if err := s.Write(ctx, func(tx *store.Tx) error {
		for at := range int64(6) {
			if err := tx.Index(at+1, store.IndexDoc{Doc: search.Doc{Headline: "head", Body: fmt.Sprint("old", at+1)}, Marks: "xa0"}); err != nil {
				return err
			}
		}
		value, err := json.Marshal(map[string]any{"Form": search.Form(), "Below": store.DocID(4, 0), "Leaving": "search", "Into": "search_0_1"})
		if err != nil {
			return err
		}
		return tx.SetSetting("index", value)
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if err := s.PlanRenewal(ctx); err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		old, err := s.OldDocs(ctx, 2)
		if err != nil || i > 20 {
			t.Fatal(i, err)
		}
		if old == nil {
			break
		}
		if err := s.Renew(ctx, old, func(d store.OldDoc) *store.IndexDoc {
			position, _ := store.SplitDocID(d.ID)
			d.Doc.Body = fmt.Sprint("new", position)
			return &d.Doc
		}); err != nil {
			t.Fatal(err)
		}
	}
	if ids, err := s.Match(ctx, `"head"`, 0, 1<<60, 10); err != nil || len(ids) != 6 {
		t.Errorf("%d are found: %v", len(ids), err)
	}
	for at := range int64(3) {
		if ids, err := s.Match(ctx, fmt.Sprintf(`"new%d"`, at+1), 0, 1<<60, 10); err != nil || len(ids) != 1 || ids[0] != store.DocID(at+1, 0) {
			t.Errorf("%d is found by its present word as %v: %v", at+1, ids, err)
		}
	}
}
