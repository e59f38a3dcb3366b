package store

import (
	"context"
	"log/slog"
	"testing"
	"time"
)

// TestAsker: a statement is known by the function that asked, with nothing that the compiler adds.
func TestAsker(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"(*Store).Release": "Store.Release", "(*Store).Release.func1": "Store.Release", "list[...]": "list", "(*Store).Release.func1.2": "Store.Release", "queue.Claim": "queue.Claim"} {
		if got := plain(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	s, err := Open(context.Background(), t.TempDir(), time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	told := ""
	s.WatchStatements(func(name string, took time.Duration) { told = name })
	s.lingers()
	if told != "Store.Lingers" {
		t.Errorf("it is told as %q", told)
	}
	s.WatchStatements(nil)
}

func (s *Store) lingers() { s.Lingers() }

// Lingers asks and takes its time.
func (s *Store) Lingers() { s.asks() }

func (s *Store) asks() { s.r.watch.since(time.Now().Add(-time.Second)) }
