package stories

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/wire"
)

// Engine gives vectors of what texts mean (internal/embedding).
type Engine interface {
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Meaning is an engine that the operator has configured, and the model that is asked. Only what anybody may read and
// what came from outside is sent to it; a text that it could not be asked about is placed without.
type Meaning struct {
	Engine Engine
	Model  string
	Log    *slog.Logger

	mu    sync.Mutex
	until time.Time // it is not asked again before
}

const (
	meaningTime = 20 * time.Second // that an answer may take
	meaningRest = 5 * time.Minute  // after a failure; whoever waits for stories is not to wait for it each time
)

// vectors gives each of a report's texts its vector, those that may be sent.
func (m *Meaning) vectors(ctx context.Context, now time.Time, texts []story.Text, words []string) {
	if m == nil || len(texts) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Before(m.until) {
		return
	}
	var sent []string
	var at []int
	for i, w := range words {
		if w != "" {
			sent, at = append(sent, w), append(at, i)
		}
	}
	if len(sent) == 0 {
		return
	}
	short, stop := context.WithTimeout(ctx, meaningTime)
	defer stop()
	vectors, err := m.Engine.Embed(short, sent)
	if err != nil {
		if ctx.Err() == nil {
			m.until = now.Add(meaningRest)
			m.Log.WarnContext(ctx, "the engine for embeddings gave none; texts are placed in stories without it for a while", "error", err, "until", m.until)
		}
		return
	}
	for i, v := range vectors {
		texts[at[i]].Vector = story.PackVector(m.Model, v)
	}
}

// open are a text's words, if they may be sent to an engine; otherwise "".
func (t text) open() string {
	if t.release != nil && t.release.Audience.Class != wire.Public {
		return ""
	}
	return t.words
}
