package web

import (
	"context"
	"net/http"
	"runtime"
	"sync/atomic"

	"jarchi.dev/jarchi/internal/fault"
)

// turns bounds how many pages are made at once. Hundreds who ask in the same moment would else share the
// processors with whoever publishes, and a publication, which waits several times for a processor, would be
// behind all of them each time.
type turns struct {
	places  chan struct{}
	waiting atomic.Int64
}

// turnsWaiting is how many may wait; whoever comes then is told to come again.
const turnsWaiting = 2048

func newTurns() *turns { return &turns{places: make(chan struct{}, 2*runtime.GOMAXPROCS(0))} }

// take waits for a turn. give ends it, and may be called again.
func (t *turns) take(ctx context.Context) (give func(), err error) {
	select {
	case t.places <- struct{}{}:
	default:
		if t.waiting.Add(1) > turnsWaiting {
			t.waiting.Add(-1)
			return nil, fault.E(fault.Busy, "Too many readers ask at once.")
		}
		defer t.waiting.Add(-1)
		select {
		case t.places <- struct{}{}:
		case <-ctx.Done():
			return nil, fault.E(fault.Unavailable, "The reader left.").Because(ctx.Err())
		}
	}
	given := false
	return func() {
		if !given {
			given = true
			<-t.places
		}
	}, nil
}

// turnWriter ends a turn when the answer begins: who reads slowly holds nobody up.
type turnWriter struct {
	http.ResponseWriter
	give func()
}

func (w turnWriter) WriteHeader(status int) {
	w.give()
	w.ResponseWriter.WriteHeader(status)
}

func (w turnWriter) Write(b []byte) (int, error) {
	w.give()
	return w.ResponseWriter.Write(b)
}

func (w turnWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
