package outbound

import (
	"context"
	"io"
	"net/http"
	"strings"
)

// HTTP is the client itself, for a library that speaks a protocol of its own with the server that the operator has named, like an authority for
// certificates: it too reaches that host and port and nothing else, and follows no redirect.
func (o *Operator) HTTP() *http.Client { return o.http }

// maxReasons is how much is read of why a node is not ready.
const maxReasons = 8 << 10

// Ready asks the node whether it takes requests: "" if it does, otherwise its reasons, a line each. The error is that it does not answer.
func (o *Operator) Ready(ctx context.Context) (reasons string, err error) {
	u := *o.base
	u.Path = o.base.Path + "/readyz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("User-Agent", "Jarchi")
	resp, err := o.http.Do(req)
	if err != nil {
		return "", o.failed(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxReasons))
	if err != nil {
		return "", o.failed(err)
	}
	if resp.StatusCode == http.StatusOK {
		return "", nil
	}
	if resp.StatusCode != http.StatusServiceUnavailable {
		return "", Problem(resp.StatusCode, resp.Header.Get("Content-Type"), b)
	}
	return strings.TrimSpace(string(b)), nil
}
