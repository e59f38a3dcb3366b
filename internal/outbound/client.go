package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Bounds of a fetch.
const (
	maxURL       = 2048
	maxRedirects = 5
	maxHeader    = 64 << 10
	dialTime     = 10 * time.Second
	headerTime   = 15 * time.Second
	// DefaultTimeout bounds a whole fetch, redirects and body included.
	DefaultTimeout = 30 * time.Second
)

// Options are what a Client may be told. The zero value is the strictest client.
type Options struct {
	Now       func() time.Time // wall clock for Response.At; nil: time.Now
	UserAgent string           // empty: "Jarchi"
	Timeout   time.Duration    // of a whole fetch; 0: DefaultTimeout
	// Allow opens ranges that are otherwise refused, at every port: an intranet's, a test's.
	Allow []netip.Prefix
	// Own are this node's listen addresses. They are refused even where Allow opens their range.
	Own []netip.AddrPort
	// Saw is told what an answer says of the time (its Date), when it came; nil: nobody is. It must not block.
	Saw func(host string, date time.Time)
}

// Client fetches addresses that came with content, a user or a partner. It is safe for use by
// several goroutines.
type Client struct {
	opts   Options
	dialer *net.Dialer
	http   *http.Client
	sender *http.Client // follows no redirects
}

// New makes a client.
func New(o Options) *Client {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.UserAgent == "" {
		o.UserAgent = "Jarchi"
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	o.Allow, o.Own = slices.Clone(o.Allow), slices.Clone(o.Own)
	c := &Client{opts: o}
	c.dialer = &net.Dialer{Timeout: dialTime, Control: c.control}
	t := transport(c.dialer.DialContext)
	t.DisableKeepAlives = true // each fetch stands alone: nothing lingers, nothing is shared between senders
	var way http.RoundTripper = t
	if o.Saw != nil {
		way = dated{t, o.Saw}
	}
	c.http = &http.Client{Transport: way, CheckRedirect: c.checkRedirect}
	// Whoever is sent something again and again keeps his connection for a while; it leads where it led when it was checked.
	k := transport(c.dialer.DialContext)
	k.MaxIdleConns, k.MaxIdleConnsPerHost, k.IdleConnTimeout = 512, 4, 30*time.Second
	c.sender = &http.Client{Transport: k, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c
}

// transport is common to both clients: no proxy from the environment, HTTP/1.1, bounded headers.
func transport(dial func(context.Context, string, string) (net.Conn, error)) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTime,
		ResponseHeaderTimeout:  headerTime,
		MaxResponseHeaderBytes: maxHeader,
	}
}

// Response is what an address answered.
type Response struct {
	URL         string // where it was found, after redirects
	ContentType string // as the server states it
	Bytes       []byte // decompressed
	At          time.Time
}

// Get fetches an http or https address of the public internet, at most max bytes after
// decompression. Faults: Invalid for what is no such address, ForbiddenAddress for one that leads
// into a private or special network or to a port other than 80 and 443 (also by a redirect), TooLarge
// beyond max, Unsupported for an unknown content encoding, Unavailable when it does not answer, or
// with another status than 2xx.
func (c *Client) Get(ctx context.Context, address string, max int64) (_ Response, err error) {
	defer fault.Wrap(&err, "outbound.Get")
	u, err := c.parse(address)
	if err != nil {
		return Response{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Response{}, notAnAddress.Because(err)
	}
	req.Header.Set("User-Agent", c.opts.UserAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return Response{}, failed(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return Response{}, fault.E(fault.Unavailable, "The address answered with status %d instead of a document.", resp.StatusCode)
	}
	// The transport asks for gzip and undoes it; anything else was not asked for.
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return Response{}, fault.E(fault.Unsupported, "The address answered in an encoding that was not asked for (%.40q).", enc)
	}
	tooLarge := fault.E(fault.TooLarge, "The document at this address has more than %d bytes.", max)
	if resp.ContentLength > max {
		return Response{}, tooLarge
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, max+1))
	if int64(len(body)) > max {
		return Response{}, tooLarge
	}
	if err != nil {
		return Response{}, failed(err)
	}
	return Response{URL: resp.Request.URL.String(), ContentType: resp.Header.Get("Content-Type"), Bytes: body, At: c.opts.Now()}, nil
}

var notAnAddress = fault.Field("url", "This is not an address that can be fetched; it must begin with http:// or https:// and name a host.")

// parse reads an address and refuses early what needs no look-up to be refused.
func (c *Client) parse(address string) (*url.URL, error) {
	if len(address) > maxURL {
		return nil, fault.Field("url", "An address may have %d characters; this one has more.", maxURL)
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, notAnAddress.Because(err)
	}
	return u, c.check(u)
}

// check holds for the first address and for each redirect.
func (c *Client) check(u *url.URL) error {
	host := u.Hostname()
	port, ok := portOf(u.Scheme, u.Port())
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.Opaque != "", host == "", !ok:
		return notAnAddress
	case u.User != nil:
		return fault.Field("url", "An address with a name or password in it is not fetched.")
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return c.mayDial(netip.AddrPortFrom(a, port))
	}
	if numeric(host) {
		return forbidden
	}
	if len(c.opts.Allow) == 0 && port != 80 && port != 443 {
		return forbiddenPort
	}
	return nil
}

var (
	forbidden     = &fault.Error{Kind: fault.ForbiddenAddress, Field: "url", Text: "This address leads into a private or special network and is not fetched."}
	forbiddenPort = &fault.Error{Kind: fault.ForbiddenAddress, Field: "url", Text: "Only the ports 80 and 443 are fetched from."}
)

// mayDial is the one decision about an address and port.
func (c *Client) mayDial(a netip.AddrPort) error {
	if ownPort(c.opts.Own, netip.AddrPortFrom(a.Addr().Unmap(), a.Port())) {
		return forbidden
	}
	if slices.ContainsFunc(c.opts.Allow, func(p netip.Prefix) bool { return p.Contains(a.Addr()) }) {
		return nil
	}
	if !Public(a.Addr()) {
		return forbidden
	}
	if a.Port() != 80 && a.Port() != 443 {
		return forbiddenPort
	}
	return nil
}

// control runs on the socket just before it is connected, for each address that is tried: whatever
// the name's look-up said, this is where the packets would go.
func (c *Client) control(network, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return forbidden
	}
	return c.mayDial(a)
}

func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fault.E(fault.Unavailable, "The address leads on to others more than %d times.", maxRedirects).Because(ErrLoop)
	}
	if len(req.URL.String()) > maxURL {
		return fault.E(fault.Unavailable, "The address leads on to one of more than %d characters.", maxURL)
	}
	if stay, _ := req.Context().Value(staying{}).(bool); stay && !sameHost(req.URL, via[0].URL) {
		return http.ErrUseLastResponse
	}
	req.Header.Del("Referer") // may hold what only the first address's owner should know
	return c.check(req.URL)
}

// failed makes one sentence of what can go wrong on the way. It does not say more: whether a port
// inside a network refuses or keeps silent is not the asker's business.
func failed(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
		return fault.E(fault.Unavailable, "The address did not answer in time.").Because(err)
	}
	return fault.E(fault.Unavailable, "The address cannot be reached, or its answer broke off.").Because(err)
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
