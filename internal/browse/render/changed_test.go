package render

import (
	"testing"
	"time"
)

// TestStaleIsAChange: a text that is out of date since another was updated says so, and since when; the other one's readers are told nothing new of it.
func TestStaleIsAChange(t *testing.T) {
	t.Parallel()
	e := states(t)["released"]
	r := *e.Release
	r.Items = append(r.Items[:0:0], r.Items...)
	behind, ahead := &r.Items[1], &r.Items[0]
	at := changedAt(&r, behind)
	v := *ahead.Current()
	v.N, v.At = v.N+1, at.Add(time.Hour)
	ahead.Versions = append(ahead.Versions[:len(ahead.Versions):len(ahead.Versions)], v)
	if got := changedAt(&r, behind); !got.Equal(at) {
		t.Errorf("changed at %s, not behind", got)
	}
	behind.Stale = true
	if got := changedAt(&r, behind); !got.Equal(v.At) {
		t.Errorf("behind since %s, says %s", v.At, got)
	}
}
