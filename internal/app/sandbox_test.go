package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestSandbox: the script is played over and over; a folder with a real member is refused.
func TestSandbox(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := Config{Dir: dir, Log: slog.New(slog.DiscardHandler)}
	s, err := OpenSandbox(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Play(t.Context(), 0); fault.KindOf(err) != fault.Invalid {
		t.Errorf("speed 0: %v", err)
	}
	s.Start()
	ctx, stop := context.WithCancel(t.Context())
	played := make(chan error, 1)
	go func() { played <- s.Play(ctx, 200) }()
	withdrawn := map[wire.ReleaseID]bool{}
	v := access.Viewer{Member: sandboxPartner, Scopes: access.Scopes}
	_, at, err := s.Browse.Events(ctx, v, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); len(withdrawn) < 2 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var es []browse.LiveEvent
		if es, at, err = s.Browse.Events(ctx, v, at, 100); err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			if e.Release != nil && e.Release.State == wire.Withdrawn {
				withdrawn[e.Release.ID] = true
			}
		}
	}
	if len(withdrawn) < 2 {
		t.Errorf("%d rounds were played", len(withdrawn))
	}
	stop()
	if err := <-played; err != nil {
		t.Error(err)
	}
	if err := s.Store.AddMember(t.Context(), testkit.Member("alfa", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSandbox(t.Context(), c); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a folder with a real member: %v", err)
	}
}
