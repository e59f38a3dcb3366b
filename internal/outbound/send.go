package outbound

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Sending is something to be handed to an address.
type Sending struct {
	Address     string
	Method      string // empty: POST
	ContentType string
	Header      map[string]string
	Body        []byte
	Read        int64         // bytes of the answer's body that are read; the rest is left where it is
	Timeout     time.Duration // of the whole; 0: the client's
}

// Sent is what it answered, whatever its status is.
type Sent struct {
	Status     int
	RetryAfter time.Duration // when it wants to be asked again; 0: it does not say
	Body       []byte        // at most as much as was to be read; shorter also where the answer broke off
}

// Send POSTs, or asks by another method, to an http or https address of the public internet. It follows no redirect, and an answer counts by its status: of a body no more is
// read than asked for, so that one without end costs nothing. Faults are those of Ask.
func (c *Client) Send(ctx context.Context, s Sending) (_ Sent, err error) {
	defer fault.Wrap(&err, "outbound.Send")
	u, err := c.parse(s.Address)
	if err != nil {
		return Sent{}, err
	}
	if s.Timeout <= 0 {
		s.Timeout = c.opts.Timeout
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	if s.Method == "" {
		s.Method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, s.Method, u.String(), bytes.NewReader(s.Body))
	if err != nil {
		return Sent{}, notAnAddress.Because(err)
	}
	req.Header.Set("User-Agent", c.opts.UserAgent)
	if s.ContentType != "" {
		req.Header.Set("Content-Type", s.ContentType)
	}
	req.Header.Set("Accept-Encoding", "identity") // nothing that is unpacked
	for k, v := range s.Header {
		req.Header.Set(k, v)
	}
	resp, err := c.sender.Do(req)
	if err != nil {
		return Sent{}, told(err)
	}
	defer resp.Body.Close()
	out := Sent{Status: resp.StatusCode}
	if v := resp.Header.Get("Retry-After"); v != "" {
		if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && n > 0 {
			out.RetryAfter = time.Duration(min(n, 1<<30)) * time.Second
		} else if t, err := http.ParseTime(v); err == nil {
			out.RetryAfter = max(t.Sub(c.opts.Now()), 0)
		}
	}
	if s.Read > 0 {
		out.Body, _ = io.ReadAll(io.LimitReader(resp.Body, s.Read)) // the status has come: what of the words is missing is missing
	}
	return out, nil
}
