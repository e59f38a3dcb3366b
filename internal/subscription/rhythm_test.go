package subscription

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestRhythm: a digest comes at its hour on the reader's clock, also round a change of that clock, and always after now.
func TestRhythm(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, x := range []struct {
		r           Rhythm
		after, want string
	}{
		{Rhythm{Every: Daily, Hour: 7, Zone: "Asia/Almaty"}, "2026-03-12T01:59:59Z", "2026-03-12T02:00:00Z"},
		{Rhythm{Every: Daily, Hour: 7, Zone: "Asia/Almaty"}, "2026-03-12T02:00:00Z", "2026-03-13T02:00:00Z"},
		{Rhythm{Every: Weekly, Day: time.Monday, Hour: 0, Zone: "Asia/Tehran"}, "2026-03-12T12:00:00Z", "2026-03-15T20:30:00Z"},
		{Rhythm{Every: Weekly, Day: time.Sunday, Hour: 23, Zone: "America/Los_Angeles"}, "2026-03-16T05:59:00Z", "2026-03-16T06:00:00Z"},
		{Rhythm{Every: Daily, Hour: 2, Zone: "Europe/Berlin"}, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"}, // there is no 02:00 on this day
		{Rhythm{Every: Daily, Hour: 2, Zone: "Europe/Berlin"}, "2026-10-25T01:00:00Z", "2026-10-26T01:00:00Z"}, // and on this one two
	} {
		if got := x.r.Next(at(x.after)); !got.Equal(at(x.want)) {
			t.Errorf("%+v after %s: %s, want %s", x.r, x.after, got, x.want)
		}
	}
	if !(Rhythm{}).Next(time.Now()).IsZero() {
		t.Error("a digest that nobody wants")
	}
	zones := []string{"Asia/Almaty", "Asia/Tehran", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		r := Rhythm{Every: rapid.SampledFrom([]Period{Daily, Weekly}).Draw(t, "every"), Day: time.Weekday(rapid.IntRange(0, 6).Draw(t, "day")), Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Zone: rapid.SampledFrom(zones).Draw(t, "zone")}
		after := time.Unix(rapid.Int64Range(1_200_000_000, 2_200_000_000).Draw(t, "after"), 0)
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		next := r.Next(after)
		most := 26 * time.Hour
		if r.Every == Weekly {
			most = 8*24*time.Hour + 2*time.Hour
		}
		if !next.After(after) || next.Sub(after) > most {
			t.Fatalf("%+v after %s: %s", r, after, next)
		}
	})
}

func TestRhythmRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []Rhythm{{Every: "hourly"}, {Every: Daily, Hour: 24}, {Every: Daily, Hour: -1}, {Every: Weekly, Day: 7}, {Every: Daily, Zone: "Local"}, {Every: Daily, Zone: "../etc/passwd"}, {Every: Daily, Zone: "Mars/Base"}} {
		if bad.Check() == nil {
			t.Errorf("%+v", bad)
		}
	}
	none := Rhythm{Hour: 99, Zone: "x"}
	if err := none.Check(); err != nil || none != (Rhythm{}) {
		t.Error(none, err)
	}
}
