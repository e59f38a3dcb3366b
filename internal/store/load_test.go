package store

import (
	"math"
	"testing"
	"time"
)

// TestLoad: the share of what was written, forgotten within seconds.
func TestLoad(t *testing.T) {
	t.Parallel()
	var l load
	now := time.Unix(1000, 0)
	for range 200 { // three tenths of ten seconds
		l.add(now, now.Add(15*time.Millisecond))
		now = now.Add(50 * time.Millisecond)
	}
	if got := l.faded(now); math.Abs(got-0.3) > 0.03 {
		t.Errorf("%.2f, want 0.3", got)
	}
	if got := l.faded(now.Add(5 * time.Second)); got > 0.01 {
		t.Errorf("%.2f after five quiet seconds", got)
	}
	l.add(now, now.Add(time.Minute))
	if got := l.faded(now.Add(time.Minute)); got < 0.99 || got > 1 {
		t.Errorf("%.2f after a minute of writing", got)
	}
	if got := l.faded(now); got > 1 { // a clock that went back
		t.Errorf("%.2f", got)
	}
}
