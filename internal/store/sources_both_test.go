package store_test

import (
	"log/slog"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
)

// TestSourcesOnBoth: a source, its visits, what it brought and the quarantine mean the same on both engines.
func TestSourcesOnBoth(t *testing.T) {
	onBoth(t, func(t *testing.T) {
		dir := t.TempDir()
		place(t, dir)
		now := time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
		s, err := store.Open(ctx, dir, func() time.Time { return now }, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		did := func(action string) people.Entry {
			return people.Entry{ID: people.NewID(), At: now, Member: "alfa", Action: action, Object: "s1", Count: 1}
		}
		src := source.Source{ID: "s1", Member: "alfa", Address: "https://a.example/feed", Kind: source.Feed, Interval: time.Hour, Added: now}
		must(s.AddSource(ctx, src, did(people.SourceAdded)))
		if err := s.AddSource(ctx, src, did(people.SourceAdded)); fault.KindOf(err) != fault.Conflict {
			t.Errorf("added twice: %v", err)
		}
		src.Name = "A"
		must(s.ChangeSource(ctx, src, did(people.SourceChanged)))
		v, ok, err := s.ClaimVisit(ctx, now, time.Minute, true)
		if must(err); !ok || v.Source.ID != "s1" || v.Source.Name != "A" {
			t.Fatalf("%+v", v)
		}
		st := v.Source.State
		st.Step, st.Due = "https://b.example/feed", now
		e := source.Entry{ID: "1", Link: "https://a.example/1", Title: "Road"}
		must(s.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.PutEntry("s1", e, "a.example", true, now); err != nil {
				return err
			}
			if err := tx.PutState(src, st); err != nil {
				return err
			}
			_, err := tx.EndVisit(v, now)
			return err
		}))
		for range 2 { // the item at its host, the feed at the one that it leads to, in either order
			v, ok, err := s.ClaimVisit(ctx, now, time.Minute, true)
			if must(err); !ok {
				t.Fatal("nothing is due")
			}
			must(s.Write(ctx, func(tx *store.Tx) error {
				if v.Entry == nil {
					if v.Host != "b.example" {
						t.Errorf("the feed has its turn at %s", v.Host)
					}
					st.Step, st.Due = "", now.Add(time.Hour)
					if err := tx.PutState(src, st); err != nil {
						return err
					}
				} else if err := tx.EntryMoves(v.Entry, "https://c.example/1", now.Add(time.Hour)); err != nil {
					return err
				}
				_, err := tx.EndVisit(v, now)
				return err
			}))
		}
		k, words := source.GUID("urn:x:1"), source.Words("Road", []string{"Opened."})
		must(s.Write(ctx, func(tx *store.Tx) error {
			if err := tx.PutRaw(store.RawRow{Hash: "h", Name: "a", Length: 1, Arrived: now, Bytes: []byte("x")}); err != nil {
				return err
			}
			if err := tx.PutTaken("s1", e.Key(), e.Digest(), words, "a.example", "", true, now); err != nil {
				return err
			}
			for _, q := range []store.QuarantineRow{{ID: "h", Member: "alfa", Source: "s1", Item: true, Name: "a", Reason: "no", Arrived: now}, {ID: "held", Member: "alfa", Held: now.Add(time.Hour), GUID: k, Arrived: now}} {
				if err := tx.PutQuarantine(q); err != nil {
					return err
				}
			}
			return tx.PutDocument("alfa", k, store.KnownDocument{Version: 2, Words: words, Capture: "c"})
		}))
		if r, err := s.Source(ctx, "alfa", "s1"); err != nil || r.Items != 1 || r.Failed != 1 || r.Name != "A" {
			t.Errorf("%+v, %v", r, err)
		}
		if got, ok, err := s.Entry(ctx, "s1", e.Key()); err != nil || !ok || got.Words != words {
			t.Errorf("%+v, %v", got, err)
		}
		if rows, err := s.HeldUntil(ctx, now.Add(2*time.Hour), 10); err != nil || len(rows) != 1 || rows[0].GUID != k {
			t.Errorf("%+v, %v", rows, err)
		}
		if held, err := s.Held(ctx, "held", now); err != nil || !held {
			t.Errorf("%v, %v", held, err)
		}
		q, err := s.Quarantined(ctx, "alfa", "h")
		must(err)
		must(s.Write(ctx, func(tx *store.Tx) error {
			if err := tx.ReadAgain(q); err != nil {
				return err
			}
			known, err := tx.KnownDocuments("alfa", k)
			if err != nil || len(known) != 1 || known[0].Version != 2 || known[0].Words != words {
				t.Errorf("%+v, %v", known, err)
			}
			if n, err := tx.DropHeld("alfa", k); err != nil || n != 1 {
				t.Errorf("%d, %v", n, err)
			}
			if err := tx.LeaveQuarantine(q); err != nil {
				return err
			}
			return tx.ForgetRaw("h")
		}))
		if _, err := s.Raw(ctx, "h"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("its bytes are kept: %v", err)
		}
		must(s.PauseSource(ctx, "alfa", "s1", true, did(people.SourcePaused)))
		must(s.RemoveSource(ctx, "alfa", "s1", did(people.SourceRemoved)))
	})
}
