package outbound

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// ErrLoop is the cause of a fault when an address leads on to others more often than is followed; ErrSlow when there was no answer in time.
var (
	ErrLoop = errors.New("redirected too often")
	ErrSlow = errors.New("no answer in time")
)

// Question is a request for what an address has, if it has changed.
type Question struct {
	Address  string
	Max      int64  // bytes of the body, decompressed
	ETag     string // of the answer that is known; empty: none
	Modified string // Last-Modified of the answer that is known, as it was sent
	Accept   string // media types; empty: anything
	Stay     bool   // a redirect to another host is told and not followed
}

// Answer is what it answered, whatever its status is.
type Answer struct {
	Response
	Status     int
	ETag       string        // at most 200 bytes
	Modified   string        // Last-Modified, as it was sent; at most 100 bytes
	RetryAfter time.Duration // when it wants to be asked again; 0: it does not say
	Elsewhere  string        // with Stay: the address on another host to which this one leads; then there are no bytes
	Forever    bool          // with Elsewhere: it says that it is for good
	Moved      string        // where it says that it is for good: the end of a way of nothing but 301 and 308; else empty
}

// Ask fetches like Get, but tells every status, and asks with the conditions of the answer that is known (RFC 9110, 13). The body is read
// for 2xx alone.
func (c *Client) Ask(ctx context.Context, q Question) (_ Answer, err error) {
	defer fault.Wrap(&err, "outbound.Ask")
	u, err := c.parse(q.Address)
	if err != nil {
		return Answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	if q.Stay {
		ctx = context.WithValue(ctx, staying{}, true)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Answer{}, notAnAddress.Because(err)
	}
	req.Header.Set("User-Agent", c.opts.UserAgent)
	for name, v := range map[string]string{"If-None-Match": q.ETag, "If-Modified-Since": q.Modified, "Accept": q.Accept} {
		if v != "" {
			req.Header.Set(name, v)
		}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Answer{}, told(err)
	}
	defer resp.Body.Close()
	a := Answer{Status: resp.StatusCode, ETag: short(resp.Header.Get("ETag"), 200), Modified: short(resp.Header.Get("Last-Modified"), 100), Moved: movedTo(resp)}
	a.URL, a.ContentType, a.At = resp.Request.URL.String(), short(resp.Header.Get("Content-Type"), 200), c.opts.Now()
	if v := resp.Header.Get("Retry-After"); v != "" {
		if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && n > 0 {
			a.RetryAfter = time.Duration(min(n, 1<<30)) * time.Second
		} else if t, err := http.ParseTime(v); err == nil {
			a.RetryAfter = max(t.Sub(a.At), 0)
		}
	}
	if q.Stay && resp.StatusCode/100 == 3 && resp.StatusCode != http.StatusNotModified {
		if to, err := resp.Location(); err == nil && !sameHost(to, u) {
			a.Elsewhere, a.Forever = to.String(), forGood(resp.StatusCode) && (resp.Request.Response == nil || a.Moved != "")
			return a, c.check(to)
		}
	}
	if resp.StatusCode/100 != 2 {
		return a, nil
	}
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return a, fault.E(fault.Unsupported, "The address answered in an encoding that was not asked for (%.40q).", enc)
	}
	tooLarge := fault.E(fault.TooLarge, "The document at this address has more than %d bytes.", q.Max)
	if resp.ContentLength > q.Max {
		return a, tooLarge
	}
	a.Bytes, err = io.ReadAll(io.LimitReader(resp.Body, q.Max+1))
	if int64(len(a.Bytes)) > q.Max {
		a.Bytes = nil
		return a, tooLarge
	}
	if err != nil {
		return a, told(err)
	}
	return a, nil
}

// told is failed, with a cause by which the caller tells one way of failing from another.
// staying marks the context of a question whose redirects to another host are not followed.
type staying struct{}

// sameHost reports whether two addresses are of one host and port; http and https at their own ports are the same.
func sameHost(a, b *url.URL) bool {
	port := func(u *url.URL) string {
		if p := u.Port(); p != "80" && p != "443" {
			return p
		}
		return ""
	}
	return strings.EqualFold(strings.TrimSuffix(a.Hostname(), "."), strings.TrimSuffix(b.Hostname(), ".")) && port(a) == port(b)
}

func forGood(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
}

func told(err error) error {
	f := failed(err)
	if errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
		var fe *fault.Error
		if errors.As(f, &fe) {
			return fe.Because(ErrSlow)
		}
	}
	return f
}

func short(s string, n int) string {
	if len(s) > n {
		return "" // half of a validator is none
	}
	return s
}

// movedTo follows the answers back that led to this one.
func movedTo(resp *http.Response) string {
	end := resp.Request.URL.String()
	via := resp.Request.Response
	if via == nil {
		return ""
	}
	for ; via != nil; via = via.Request.Response {
		if via.StatusCode != http.StatusMovedPermanently && via.StatusCode != http.StatusPermanentRedirect {
			return ""
		}
	}
	return end
}
