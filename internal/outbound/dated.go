package outbound

import (
	"net/http"
	"time"
)

// dated tells what answers say of the time, for whoever watches the clock. Nothing is asked for it.
type dated struct {
	http.RoundTripper
	saw func(host string, date time.Time)
}

func (d dated) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.RoundTripper.RoundTrip(r)
	if err == nil {
		if date, derr := http.ParseTime(resp.Header.Get("Date")); derr == nil && resp.Header.Get("Age") == "" { // not out of somebody's cache
			d.saw(r.URL.Hostname(), date)
		}
	}
	return resp, err
}
