package store_test

import (
	"fmt"
	"slices"
	"testing"

	"jarchi.dev/jarchi/internal/fault"
)

func TestSaved(t *testing.T) { onBoth(t, testSaved) }

func testSaved(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range []string{"q=b", "lang=kk", "q=b"} {
		must(s.SaveSearch(ctx, "ann", a))
	}
	must(s.SaveItem(ctx, "ann", "releases/1"))
	got, err := s.SavedSearches(ctx, "ann")
	must(err)
	if !slices.Equal(got, []string{"q=b", "lang=kk"}) {
		t.Errorf("searches %q", got)
	}
	if got, err := s.SavedItems(ctx, "bob"); err != nil || len(got) > 0 {
		t.Errorf("another person has %q %v", got, err)
	}
	must(s.DropSearch(ctx, "ann", "q=b"))
	must(s.DropItem(ctx, "ann", "releases/1"))
	if got, _ := s.SavedSearches(ctx, "ann"); !slices.Equal(got, []string{"lang=kk"}) {
		t.Errorf("after one was dropped: %q", got)
	}
	for i := range 49 {
		must(s.SaveSearch(ctx, "ann", fmt.Sprint("q=", i)))
	}
	must(s.SaveSearch(ctx, "ann", "lang=kk"))
	if err := s.SaveSearch(ctx, "ann", "q=more"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one too many: %v", err)
	}
	if err := s.SaveItem(ctx, "", "releases/1"); err == nil {
		t.Error("nobody saved something")
	}
}
