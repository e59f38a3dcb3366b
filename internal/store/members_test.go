package store_test

import (
	"sync"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// TestMembersAreNeverStale: whoever was told that a member was made or changed reads it so, whatever others
// read meanwhile; a change that failed changes nothing.
func TestMembersAreNeverStale(t *testing.T) { onBoth(t, testMembersAreNeverStale) }

func testMembersAreNeverStale(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := s.Members(ctx); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	m := wire.Member{ID: "alfa", Kind: wire.Agency, Domain: "alfa.example", Zone: "UTC", Names: map[lang.Tag]string{"en": "0"}}
	if err := s.AddMember(ctx, m); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		m.Names = map[lang.Tag]string{"en": string(rune('a' + i%26))}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.SetMember(m) }); err != nil {
			t.Fatal(err)
		}
		ms, err := s.Members(ctx)
		if err != nil || ms["alfa"].Names["en"] != m.Names["en"] {
			t.Fatalf("after change %d: %v, %v", i, ms, err)
		}
	}
	other := m
	other.ID = "bravo"
	if err := s.AddMember(ctx, other); err == nil { // its domain is taken
		t.Fatal("two members of one domain")
	}
	if ms, err := s.Members(ctx); err != nil || len(ms) != 1 {
		t.Errorf("%v, %v", ms, err)
	}
	close(stop)
	readers.Wait()
}
