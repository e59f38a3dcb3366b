package subscription

import (
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Rhythm is when mails come; the zero Rhythm is one for each release, at once.
type Rhythm struct {
	Every Period
	Day   time.Weekday // of Weekly
	Hour  int          // on the reader's clock, 0 to 23
	Zone  string       // of that clock, by its name in the IANA's database
}

// Period is how often a digest comes.
type Period string

const (
	Daily  Period = "daily"
	Weekly Period = "weekly"
)

// Gathers reports whether what is new waits for a digest.
func (r Rhythm) Gathers() bool { return r.Every != "" }

// Check says which field is wrong; without a period nothing else counts.
func (r *Rhythm) Check() error {
	if r.Every == "" {
		*r = Rhythm{}
		return nil
	}
	if r.Zone == "" {
		r.Zone = "UTC"
	}
	switch z, err := time.LoadLocation(r.Zone); {
	case r.Every != Daily && r.Every != Weekly:
		return fault.Field("digest", "A digest comes daily or weekly.")
	case r.Hour < 0 || r.Hour > 23:
		return fault.Field("hour", "The hour of a digest is 0 to 23.")
	case r.Day < time.Sunday || r.Day > time.Saturday:
		return fault.Field("day", "The day of a weekly digest is one of monday to sunday.")
	case err != nil || z.String() == "Local" || len(r.Zone) > 60 || strings.ContainsAny(r.Zone, "\\ "):
		return fault.Field("zone", "There is no time zone of this name; they are like Asia/Almaty.")
	}
	if r.Every == Daily {
		r.Day = time.Sunday
	}
	return nil
}

// Next is the first moment of a digest after a time; the zero time without digests. An hour that a clock leaves out in spring is the one that it shows then.
func (r Rhythm) Next(after time.Time) time.Time {
	if !r.Gathers() {
		return time.Time{}
	}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		zone = time.UTC
	}
	y, m, d := after.In(zone).Date()
	for i := range 9 { // from the day before, whose hour may be put off into this one
		at := time.Date(y, m, d-1+i, r.Hour, 0, 0, 0, zone)
		if at.After(after) && (r.Every == Daily || time.Date(y, m, d-1+i, 12, 0, 0, 0, zone).Weekday() == r.Day) {
			return at.UTC()
		}
	}
	return after.Add(7 * 24 * time.Hour)
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// ParseDay reads the English name of a day of the week; empty is Monday.
func ParseDay(s string) (time.Weekday, error) {
	if s == "" {
		return time.Monday, nil
	}
	i := slices.Index(weekdays, strings.ToLower(s))
	if i < 0 {
		return 0, fault.Field("day", "The day of a weekly digest is one of monday to sunday.")
	}
	return time.Weekday(i), nil
}

// DayName is the English name by which ParseDay knows a day.
func DayName(d time.Weekday) string { return weekdays[d] }
