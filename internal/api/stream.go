package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/browse/render"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

const streamPath = "/api/v1/stream"

// eventsAtOnce is how many events are read and written in one go.
const eventsAtOnce = 100

// StreamInput says from where to follow.
type StreamInput struct {
	LastEventID string `header:"Last-Event-ID" maxLength:"200" doc:"The id of the last event that arrived; the stream goes on after it"`
	Last        string `query:"last" maxLength:"200" doc:"The same, for clients that cannot set headers"`
}

func (a *api) registerStream() {
	op := huma.Operation{OperationID: "stream", Method: http.MethodGet, Path: streamPath, Tags: []string{"Stream"}, Summary: "Follow the wire",
		Description: "Server-sent events: released, updated, corrected, withdrawn, captured, for members also embargoed, and erased. Data is the release object as it is now (headline null in withdrawn), for captured a partial ninjs item. " +
			"Without an id it begins now. A comment comes every 15 seconds. Who takes no bytes for 10 seconds is cut off and goes on where it was with Last-Event-ID.",
		Security: []map[string][]string{{}, {"token": {}}},
		Responses: map[string]*huma.Response{"200": {Description: "The stream.", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: "string"}}}},
			"default": a.problemResponse()}}
	huma.Register(a.huma, op, func(ctx context.Context, in *StreamInput) (*huma.StreamResponse, error) {
		f := follower{api: a, viewer: callerOf(ctx).reader, at: in.LastEventID}
		if f.at == "" {
			f.at = in.Last
		}
		from := f.at
		// The first events are read before anything is written: a bad id is an answer, not an event.
		if err := f.read(ctx); err != nil {
			return nil, a.problem(ctx, err)
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			f.follow(r, w, from)
		}}, nil
	})
}

// follower is one reader of the stream. Nothing is queued for it: it reads on when it has written, so
// a slow one costs nothing but its place.
type follower struct {
	*api
	viewer  access.Viewer
	at      string // the id to read on from; passes over what may not be seen, so it is never shown
	changed <-chan struct{}
	events  []browse.LiveEvent
}

func (f *follower) read(ctx context.Context) (err error) {
	f.changed = f.Browse.Changed()
	f.events, f.at, err = f.Browse.Events(ctx, f.viewer, f.at, eventsAtOnce)
	return err
}

func (f *follower) follow(r *http.Request, w http.ResponseWriter, from string) {
	ctx := r.Context()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold the events back
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	out := http.NewResponseController(w)
	write := func(b []byte) bool {
		out.SetWriteDeadline(time.Now().Add(f.patient)) // a writer without deadlines is bounded by its context
		_, err := w.Write(b)
		return err == nil && out.Flush() == nil
	}
	hello := []byte(": this is the wire\nretry: 2000\n")
	if from == "" {
		hello = append(hello, "id: "+f.at+"\n"...) // a place to resume from before the first event
	}
	if !write(append(hello, '\n')) {
		return
	}
	pulse := time.NewTicker(f.pulse)
	defer pulse.Stop()
	var buf []byte
	for {
		if len(f.events) > 0 {
			buf = buf[:0]
			for i := range f.events {
				frame, err := f.frames.frame(&f.events[i])
				if err != nil {
					f.Log.Error("an event could not be written", "error", err)
					return
				}
				buf = append(buf, frame...)
			}
			if !write(buf) {
				return
			}
		}
		if len(f.events) < eventsAtOnce {
			select {
			case <-f.changed:
			case <-ctx.Done():
				return
			case <-pulse.C:
				// Rights end while a stream lasts: a token is revoked, a session is over.
				c, err := f.identify(r)
				if err != nil || !write([]byte(":\n\n")) {
					return
				}
				f.viewer = c.reader
			}
		}
		if err := f.read(ctx); err != nil {
			if ctx.Err() == nil {
				f.Log.Error("a stream ended", "error", err)
			}
			return
		}
	}
}

// frames keeps events as they are written, once for all readers of the same level.
type frames struct {
	mu    sync.Mutex
	kept  map[frameKey][]byte
	bytes int
}

const maxFrames = 8 << 20 // bytes kept

// frameKey is all that a frame depends on: the event, how much of it is shown, and in which state what
// it is about is now. Of a header that is all that can change.
type frameKey struct {
	id       string
	level    access.Level
	state    wire.State
	revision int
	until    int64
}

func (f *frames) frame(e *browse.LiveEvent) ([]byte, error) {
	k := frameKey{id: e.ID, level: e.Level}
	if r := e.Release; r != nil {
		k.state, k.revision, k.until = r.State, r.Revision, r.EmbargoedUntil.UnixMicro()
	}
	if c := e.Capture; c != nil { // its sender may have withdrawn it
		k.until = c.Gone.UnixMicro()
	}
	f.mu.Lock()
	b, ok := f.kept[k]
	f.mu.Unlock()
	if ok {
		return b, nil
	}
	b, err := framed(e)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept == nil || f.bytes+len(b) > maxFrames {
		f.kept, f.bytes = map[frameKey][]byte{}, 0
	}
	f.kept[k] = b
	f.bytes += len(b)
	return b, nil
}

func framed(e *browse.LiveEvent) ([]byte, error) {
	var data any
	switch {
	case e.Capture != nil:
		data = render.NinjsCapture(e.Capture, false)
	case e.Release != nil:
		data = releaseObject(e.Release, e.Level)
	default:
		return nil, fault.E(fault.Internal, "An event is about nothing.")
	}
	var b bytes.Buffer
	b.WriteString("id: " + e.ID + "\nevent: " + string(e.Kind) + "\ndata: ")
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(data); err != nil { // one line: JSON holds no line ends but the last
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
