package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// place is a page over a server with so many turns.
func place(t *testing.T, turnsAtOnce int, h func(*request) error) http.Handler {
	t.Helper()
	e, err := readShipped()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Options: Options{Reader: newExchange(t), People: crew{}, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)},
		shipped: e, turns: &turns{places: make(chan struct{}, turnsAtOnce)}}
	return s.page(h)
}

// TestPagesTakeTurns: never more are made at once than there are places, everybody gets hers, and what is
// written waits for nobody.
func TestPagesTakeTurns(t *testing.T) {
	t.Parallel()
	const places, readers = 3, 40
	var making, most atomic.Int64
	enter, leave := make(chan struct{}, readers), make(chan struct{})
	h := place(t, places, func(q *request) error {
		if q.r.Method == http.MethodGet {
			most.Store(max(most.Load(), making.Add(1)))
			enter <- struct{}{}
			<-leave
			making.Add(-1) // made; its place is given back as soon as it is sent
		}
		return q.send(http.StatusOK, []byte("made"))
	})
	var done sync.WaitGroup
	var good atomic.Int64
	for range readers {
		done.Go(func() {
			if get(t, h, "/").Code == http.StatusOK {
				good.Add(1)
			}
		})
	}
	for range places {
		<-enter
	}
	if w := post(h, "/", nil); w.Code != http.StatusOK {
		t.Errorf("a form waits behind pages: %d", w.Code)
	}
	close(leave)
	done.Wait()
	if good.Load() != readers || most.Load() > places {
		t.Errorf("%d of %d got the page, %d at once", good.Load(), readers, most.Load())
	}
}

// stuck is the connection of a reader who takes nothing until she is let.
type stuck struct {
	http.ResponseWriter
	began, until chan struct{}
}

func (w stuck) Write(b []byte) (int, error) {
	close(w.began)
	<-w.until
	return len(b), nil
}

func TestWhoReadsSlowlyHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	h := place(t, 1, func(q *request) error { return q.send(http.StatusOK, []byte("made")) })
	w := stuck{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	var done sync.WaitGroup
	done.Go(func() { h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil)) })
	<-w.began
	if w := get(t, h, "/"); w.Code != http.StatusOK {
		t.Error(w.Code)
	}
	close(w.until)
	done.Wait()
}

// TestTooManyAreToldToComeAgain, and a page that fails or crashes gives its turn back.
func TestTooManyAreToldToComeAgain(t *testing.T) {
	t.Parallel()
	h := place(t, 1, func(q *request) error {
		if q.r.URL.Path == "/crash" {
			panic("a page crashed")
		}
		return q.send(http.StatusOK, []byte("made"))
	})
	func() {
		defer func() { recover() }()
		get(t, h, "/crash")
	}()
	if w := get(t, h, "/"); w.Code != http.StatusOK {
		t.Errorf("after a crash: %d", w.Code)
	}
	full := &turns{places: make(chan struct{})}
	full.waiting.Store(turnsWaiting)
	e, err := readShipped()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Options: Options{Reader: newExchange(t), People: crew{}, Now: func() time.Time { return now }}, shipped: e, turns: full}
	w := get(t, s.page(func(q *request) error { t.Error("made"); return nil }), "/")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || full.waiting.Load() != turnsWaiting {
		t.Errorf("%d %v, %d wait", w.Code, w.Header(), full.waiting.Load())
	}
}
