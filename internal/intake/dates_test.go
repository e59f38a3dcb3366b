package intake

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestMachineDateInAZoneOfLetters: fields of pages say zones by letters too; those that nobody knows are not taken for Greenwich.
func TestMachineDateInAZoneOfLetters(t *testing.T) {
	t.Parallel()
	d := newDater(func() lang.Tag { return lang.EN }, testNow)
	for raw, want := range map[string]string{
		"Mon, 02 Mar 2026 08:00:00 EST":   "2026-03-02T13:00Z",
		"Mon, 2 Mar 2026 08:00:00 PKT":    "2026-03-02T03:00Z",
		"Mon, 02 Mar 2026 08:00:00 GMT":   "2026-03-02T08:00Z",
		"Mon, 02 Mar 2026 08:00:00 +0500": "2026-03-02T08:00+05:00",
		"Mon, 02 Mar 2026 00:00:00 EST":   "2026-03-02",
		"Mon, 02 Mar 2026 08:00:00 QZT":   "2026-03-02T08:00",
		"2026-03-02T08:00:00Z":            "2026-03-02T08:00Z",
	} {
		if got := d.machineDate(raw); got == nil || got.Value != want {
			t.Errorf("%s: %+v, want %s", raw, got, want)
		}
	}
}
