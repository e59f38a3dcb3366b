package delivery

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestWaitingForAnothersMessage: who waits for what another writes waits no longer than he may.
func TestWaitingForAnothersMessage(t *testing.T) {
	t.Parallel()
	s := open(t)
	begun, end := make(chan struct{}), make(chan struct{})
	defer close(end)
	go s.writtenOnce(context.Background(), "a", func() (message, bool, error) { close(begun); <-end; return message{}, true, nil })
	<-begun
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		_, _, err := s.writtenOnce(ctx, "a", func() (message, bool, error) { return message{}, true, nil })
		ended <- err
	}()
	select {
	case err := <-ended:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("he waits still")
	}
}
