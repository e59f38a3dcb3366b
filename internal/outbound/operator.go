package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"jarchi.dev/jarchi/internal/fault"
)

const (
	operatorTime = 2 * time.Minute // of a whole call: a document of 32 MB over a slow line
	maxAnswer    = 64 << 20
)

// Operator calls one server that the operator has named, on whatever network it stands. It dials that
// host and port and nothing else, and follows no redirect. It is safe for use by several goroutines.
type Operator struct {
	base *url.URL
	http *http.Client
}

// NewOperator makes the client of a base address such as https://wire.press.example. A path in it goes
// before the path of each call. The fault is Invalid with the field --url.
func NewOperator(base string) (*Operator, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, fault.Field("--url", "This is not an address; it must be like https://wire.press.example.").Because(err)
	}
	port, ok := portOf(u.Scheme, u.Port())
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", !ok:
		return nil, fault.Field("--url", "This is not an address; it must be like https://wire.press.example.")
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return nil, fault.Field("--url", "Give the bare address, without a password, a question mark or a fragment.")
	}
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), ""
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil {
		host = u.Hostname() // an IPv6 address, or a name that the look-up will refuse
	}
	only := net.JoinHostPort(host, fmt.Sprint(port))
	d := &net.Dialer{Timeout: dialTime}
	t := transport(func(ctx context.Context, network, address string) (net.Conn, error) {
		if !strings.EqualFold(address, only) {
			return nil, fault.E(fault.ForbiddenAddress, "Only %s is called.", only)
		}
		return d.DialContext(ctx, network, address)
	})
	t.ResponseHeaderTimeout = 0 // the node may read a long document before it answers; the whole is bounded
	t.IdleConnTimeout = 30 * time.Second
	return &Operator{base: u, http: &http.Client{
		Transport:     t,
		Timeout:       operatorTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Call is one request.
type Call struct {
	Method      string            // GET, POST ...
	Path        string            // begins with a slash, may have a query
	Token       string            // bearer token; empty: none
	ContentType string            // of Body; empty: none
	Header      map[string]string // further fields
	Body        []byte
}

// Do makes a call and returns the status, 2xx, and the body of the answer. Any other status is a
// fault: of the kind, sentence and field that the answer states as application/problem+json, otherwise
// of the kind the status stands for. Unavailable when there is no answer.
func (o *Operator) Do(ctx context.Context, c Call) (status int, answer []byte, err error) {
	defer fault.Wrap(&err, "%s %s", c.Method, c.Path)
	ref, err := url.Parse(c.Path)
	if err != nil || !strings.HasPrefix(c.Path, "/") || ref.Host != "" {
		return 0, nil, fault.E(fault.Internal, "%q is not a path", c.Path)
	}
	u := *o.base
	u.Path, u.RawPath, u.RawQuery = o.base.Path+ref.Path, o.base.EscapedPath()+ref.EscapedPath(), ref.RawQuery
	req, err := http.NewRequestWithContext(ctx, c.Method, u.String(), bytes.NewReader(c.Body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("User-Agent", "Jarchi")
	req.Header.Set("Accept", "application/json, application/problem+json, */*;q=0.5")
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if c.ContentType != "" {
		req.Header.Set("Content-Type", c.ContentType)
	}
	for k, v := range c.Header {
		req.Header.Set(k, v)
	}
	resp, err := o.http.Do(req)
	if err != nil {
		return 0, nil, o.failed(err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return resp.StatusCode, nil, o.failed(err)
	}
	if len(answer) > maxAnswer {
		return resp.StatusCode, nil, fault.E(fault.TooLarge, "The answer of %s has more than %d MB.", o.base.Redacted(), maxAnswer>>20)
	}
	if resp.StatusCode/100 == 3 {
		return resp.StatusCode, nil, fault.E(fault.Unavailable, "%s sends its callers on to %.200q. Name that address with --url.", o.base, resp.Header.Get("Location"))
	}
	if resp.StatusCode/100 != 2 {
		return resp.StatusCode, nil, Problem(resp.StatusCode, resp.Header.Get("Content-Type"), answer)
	}
	return resp.StatusCode, answer, nil
}

func (o *Operator) failed(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	// The cause is net/url's: method, address and reason. The operator may know all of them.
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	if errors.Is(err, context.Canceled) {
		return fault.E(fault.Unavailable, "The call was given up before %s answered.", o.base).Because(err)
	}
	if ce := new(tls.CertificateVerificationError); errors.As(err, &ce) {
		return fault.E(fault.Unavailable, "%s shows a certificate that is not believed here.", o.base).Because(ce.Err)
	}
	if isTimeout(err) {
		return fault.E(fault.Unavailable, "%s did not answer in time.", o.base).Because(err)
	}
	return fault.E(fault.Unavailable, "%s cannot be reached. Is the node running there?", o.base).Because(err)
}

// Problem is the fault that an answer with a failing status states: kind, sentence and field of an
// application/problem+json body (RFC 9457 with the members kind and field); for any other body a
// sentence with the status alone.
func Problem(status int, contentType string, body []byte) error {
	f := fault.E(kindOf(status), "The node answered with status %d %s.", status, http.StatusText(status))
	if t, _, err := mime.ParseMediaType(contentType); err != nil || t != "application/problem+json" && t != "application/json" {
		return f
	}
	var p struct {
		Kind          fault.Kind
		Title, Detail string
		Field         string
	}
	if json.Unmarshal(body, &p) != nil {
		return f
	}
	if slices.Contains(fault.Kinds(), p.Kind) {
		f.Kind = p.Kind
	}
	f.Field = p.Field
	if p.Detail != "" {
		f.Text = p.Detail
	} else if p.Title != "" {
		f.Text = p.Title
	}
	return f
}

// kindOf is the kind that a status stands for where the body does not say.
func kindOf(status int) fault.Kind {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return fault.Invalid
	case http.StatusForbidden:
		return fault.NotAllowed
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return fault.Unavailable
	case http.StatusInternalServerError:
		return fault.Internal
	}
	for _, k := range []fault.Kind{fault.NotFound, fault.Conflict, fault.Unauthenticated, fault.TooLarge, fault.Unsupported, fault.Busy} {
		if k.HTTPStatus() == status {
			return k
		}
	}
	return fault.Unavailable
}
