package store

import (
	"testing"
	"time"
)

// TestClockOfTheServer: the clock follows the server's however long answers take, and counts in between.
func TestClockOfTheServer(t *testing.T) {
	t.Parallel()
	var c clock
	machine := time.Now()
	there := machine.Round(0).Add(-90 * time.Second)
	off := func() time.Duration { // how far what is counted is ahead of the server's, at machine
		return c.at.Add(machine.Sub(c.counted)).Sub(there)
	}
	ask := func(way, back time.Duration) { // an answer that says what the server had for the time after way
		asked := machine
		machine, there = machine.Add(way+back), there.Add(way)
		c.hear(there, asked, machine)
		there = there.Add(back)
	}
	ask(20*time.Millisecond, 10*time.Millisecond)
	if got := off(); got != -10*time.Millisecond {
		t.Errorf("the first is off by %s; it may only be late, by what the answer took", got)
	}
	ask(time.Millisecond, 0)
	if got := off(); got != 0 {
		t.Errorf("off by %s after an answer that came at once", got)
	}
	for _, w := range []time.Duration{0, time.Second, time.Minute} {
		ask(w, 2*time.Minute-w)
		if got := off(); got != 0 {
			t.Errorf("an answer that took two minutes moved it by %s", got)
		}
	}
	there = there.Add(time.Hour)
	ask(0, 0)
	if got := off(); got != 0 {
		t.Errorf("off by %s after the server's clock was set", got)
	}
	there = there.Add(-2 * time.Hour)
	ask(0, 5*time.Millisecond)
	if got := off(); got != 0 && got != -5*time.Millisecond {
		t.Errorf("off by %s after it was set back", got)
	}
}
