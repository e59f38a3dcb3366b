package store_test

import (
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
)

func TestNoted(t *testing.T) { onBoth(t, testNoted) }

func testNoted(t *testing.T) {
	t.Parallel()
	s, at := open(t, t.TempDir()), time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	add := func(id string, e people.Entry) {
		t.Helper()
		e.ID, e.Count = id, 1
		if err := s.Write(t.Context(), func(t *store.Tx) error { return t.AddEntry(e) }); err != nil {
			t.Fatal(err)
		}
	}
	add("b", people.Entry{At: at.Add(time.Minute), Member: "alfa", Actor: "two", Action: "opened", Object: "r"})
	add("a", people.Entry{At: at, Member: "alfa", Actor: "one", Action: "opened", Object: "r"})
	add("c", people.Entry{At: at.Add(time.Hour), Member: "alfa", Actor: "late", Action: "opened", Object: "r"})
	add("a2", people.Entry{At: at.Add(time.Second), Member: "alfa", Actor: "one", Action: "opened", Object: "r"})
	add("d", people.Entry{At: at, Member: "beta", Actor: "other", Action: "opened", Object: "r"})
	add("e", people.Entry{At: at, Member: "alfa", Actor: "one", Action: "closed", Object: "r"})
	add("f", people.Entry{At: at, Member: "alfa", Actor: "one", Action: "opened", Object: "s"})
	got, err := s.Noted(t.Context(), "alfa", "opened", "r", at, at.Add(time.Minute), 10)
	if err != nil || len(got) != 2 || got[0].Actor != "one" || got[1].Actor != "two" || !got[0].At.Equal(at) || got[0].Count != 2 {
		t.Errorf("%v %v", got, err)
	}
	if got, err := s.Noted(t.Context(), "alfa", "opened", "r", at, at.Add(time.Minute), 1); err != nil || len(got) != 1 {
		t.Errorf("one: %v %v", got, err)
	}
}
