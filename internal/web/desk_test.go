package web

import (
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/desk"
)

// Every sentence that the desk may want said is there.
func TestTheDesksSentences(t *testing.T) {
	t.Parallel()
	for _, key := range desk.Keys() {
		if readStrings(t, "en")[key] == "" {
			t.Errorf("no sentence for %s", key)
		}
	}
}

func TestInstants(t *testing.T) {
	t.Parallel()
	z := zone("Asia/Karachi")
	was := time.Date(2026, 6, 1, 9, 31, 7, 0, time.UTC)
	for _, c := range []struct {
		day, clock string
		want       time.Time
		ok         bool
	}{
		{"", "", time.Time{}, true},
		{"2026-06-01", "14:31", was, true}, // as the fields show it: its seconds stay
		{"2026-06-01", "14:32", time.Date(2026, 6, 1, 9, 32, 0, 0, time.UTC), true},
		{"2026-06-01", "14:32:05", time.Date(2026, 6, 1, 9, 32, 5, 0, time.UTC), true},
		{"2026-06-01", "", time.Time{}, false},
		{"", "14:32", time.Time{}, false},
		{"2026-13-01", "14:32", time.Time{}, false},
		{"1 June", "noon", time.Time{}, false},
		{"0001-01-01", "00:00", time.Time{}, false},
		{"9999-12-31", "23:59", time.Time{}, false},
	} {
		got, ok := instant(c.day, c.clock, z, was)
		if ok != c.ok || ok && !got.Equal(c.want) {
			t.Errorf("%q %q: %v %v, want %v %v", c.day, c.clock, got, ok, c.want, c.ok)
		}
	}
}
