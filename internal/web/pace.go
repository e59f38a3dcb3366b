package web

import (
	"io"
	"net/http"
	"time"
)

// What a form may take to come: so long without a byte, and as a whole what a slow line needs.
const (
	formPause = 30 * time.Second
	formRate  = 32 << 10 // bytes a second
)

// paced is the body of a request that comes at a walking pace at least, so that nobody holds a place by
// sending slowly. The deadlines are the connection's and in its own time, whatever the node's clock says.
type paced struct {
	io.ReadCloser
	conn  *http.ResponseController
	pause time.Duration
	until time.Time
}

// pace bounds by deadlines how slowly the body of a request may come: the longest pause, and the whole.
func pace(w http.ResponseWriter, r *http.Request, pause, whole time.Duration) io.ReadCloser {
	if r.Body == nil || r.Body == http.NoBody {
		return r.Body
	}
	return &paced{r.Body, http.NewResponseController(w), pause, time.Now().Add(whole)}
}

func (p *paced) Read(b []byte) (int, error) {
	next := time.Now().Add(p.pause)
	if next.After(p.until) {
		next = p.until
	}
	_ = p.conn.SetReadDeadline(next) // where it cannot be set, the server's own holds
	n, err := p.ReadCloser.Read(b)
	if err == io.EOF {
		_ = p.conn.SetReadDeadline(time.Time{}) // what is left is to answer
	}
	return n, err
}

// pacedAnswer is an answer that is read at a walking pace at least.
type pacedAnswer struct {
	io.Writer
	conn  *http.ResponseController
	pause time.Duration
	until time.Time
}

func (p *pacedAnswer) Write(b []byte) (int, error) {
	next := time.Now().Add(p.pause)
	if next.After(p.until) {
		next = p.until
	}
	_ = p.conn.SetWriteDeadline(next)
	return p.Writer.Write(b)
}
