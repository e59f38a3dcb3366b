package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/store"
)

// Of a host the newest fifty pages are remembered, one an address.
func TestSitePages(t *testing.T) { onBoth(t, testSitePages) }

func testSitePages(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	put := func(host, address string, lines ...intake.LineKey) {
		t.Helper()
		at = at.Add(time.Minute)
		if err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.PutSitePage(host, address, lines, at) }); err != nil {
			t.Fatal(err)
		}
	}
	put("other.example", "https://other.example/", 7)
	for i := range 60 {
		put("a.example", fmt.Sprint("https://a.example/", i), intake.LineKey(i), 1<<63)
	}
	put("a.example", "https://a.example/59", 99)
	pages, err := s.SitePages(t.Context(), "a.example")
	if err != nil || len(pages) != intake.MemoryPages {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	if !slices.Equal(pages[0], []intake.LineKey{99}) || !slices.Equal(pages[1], []intake.LineKey{58, 1 << 63}) {
		t.Errorf("newest: %v %v", pages[0], pages[1])
	}
	if pages, err = s.SitePages(t.Context(), "other.example"); err != nil || len(pages) != 1 {
		t.Errorf("%v, %v", pages, err)
	}
}
