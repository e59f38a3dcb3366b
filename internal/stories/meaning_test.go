package stories_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// engine remembers what it was asked about.
type engine struct {
	mu    sync.Mutex
	asked []string
	calls int
	down  bool
}

func (e *engine) Embed(_ context.Context, texts []string) ([][]float32, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.calls++; e.down {
		return nil, errors.New("no answer")
	}
	e.asked = append(e.asked, texts...)
	out := make([][]float32, len(texts))
	for i, s := range texts {
		out[i] = []float32{1, float32(len(s) % 7), float32(strings.Count(s, "a"))}
	}
	return out, nil
}

// TestAnEngineIsAskedOfOpenTextsOnly: what only members or partners may read, and what is under embargo, is sent to no
// engine; vectors are kept over a restart and leave with their text; without an answer texts are placed all the same, and
// the engine is left alone for a while.
func TestAnEngineIsAskedOfOpenTextsOnly(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := &engine{}
	meaning := &stories.Meaning{Engine: e, Model: "m", Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	n.stories.Meaning = meaning
	r := n.release(t, "alfa", "Open water was counted in the upper valley by four people.", nil)
	n.release(t, "beta", "Closed water was counted in the lower valley by nine people.", func(in *publish.Input) { in.Audience = wire.Audience{Class: wire.Members} })
	n.release(t, "beta", "Sealed water was counted in the far valley by six people.", func(in *publish.Input) { in.EmbargoedUntil = n.Clock.Now().Add(time.Hour) })
	n.settle(t)
	if len(e.asked) != 1 || !strings.Contains(e.asked[0], "Open water") {
		t.Fatalf("the engine was asked about %q", e.asked)
	}
	vectors := func() (all, with int) {
		db := testkit.SQL(t, n.Dir)
		if err := db.QueryRow("select count(*), count(*) filter (where length(vector) > 0) from story_text").Scan(&all, &with); err != nil {
			t.Fatal(err)
		}
		return all, with
	}
	if all, with := vectors(); all != 2 || with != 1 {
		t.Errorf("%d texts are kept, %d with a vector", all, with)
	}

	n = n.reopen(t)
	n.stories.Meaning, e.down = meaning, true
	n.release(t, "alfa", "Later water was counted in the upper valley by five people.", nil)
	n.settle(t)
	n.release(t, "alfa", "Still later water was counted in the upper valley by five people.", nil)
	n.settle(t)
	if all, with := vectors(); all != 4 || with != 1 || e.calls != 2 {
		t.Errorf("after a failure %d texts are kept, %d with a vector; %d calls", all, with, e.calls)
	}
	n.Clock.Move(10 * time.Minute)
	e.down = false
	n.release(t, "alfa", "Last water was counted in the upper valley by five people.", nil)
	n.settle(t)
	if all, with := vectors(); all != 5 || with != 2 || e.calls != 3 {
		t.Errorf("when the engine is back %d texts are kept, %d with a vector; %d calls", all, with, e.calls)
	}
	if _, err := n.Publish.Withdraw(ctx, testkit.Viewer("alfa"), r.ID, "It was wrong.", nil); err != nil {
		t.Fatal(err)
	}
	n.settle(t)
	if all, with := vectors(); all != 4 || with != 1 {
		t.Errorf("after a withdrawal %d texts are kept, %d with a vector", all, with)
	}
}
