package outbound

import (
	"fmt"
	"io"
	"net/http"

	"jarchi.dev/jarchi/internal/fault"
)

// Through is the way to an operator's server for a library that makes requests of its own: it dials that
// host and port and nothing else, through no proxy of the environment. An answer has at most max bytes; what
// a request lasts, its context bounds.
func (o *Operator) Through(max int64) http.RoundTripper {
	t := o.http.Transport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 8
	t.DisableCompression = true // bytes are counted and hashed as they lie there
	return bounded{t, max}
}

type bounded struct {
	to  http.RoundTripper
	max int64
}

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.to.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if r.Method != http.MethodHead && resp.ContentLength > b.max {
		resp.Body.Close()
		return nil, tooLong(b.max)
	}
	resp.Body = &boundedBody{resp.Body, b.max, b.max}
	return resp, nil
}

type boundedBody struct {
	io.ReadCloser
	left, max int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, tooLong(b.max)
	}
	return n, err
}

func tooLong(max int64) error {
	return fault.E(fault.TooLarge, "The answer has more than %s.", size(max))
}

func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
