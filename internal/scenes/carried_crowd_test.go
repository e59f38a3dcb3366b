package scenes

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Many who are not signed in send forms slowly, or read nothing of the answer; somebody's own form, whose session
// ended, is carried all the same, and at once.
func TestSlowPostsKeepNobodysFormOut(t *testing.T) {
	t.Parallel()
	s := open(t)
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	part := func(name string) string {
		return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n"
	}
	send := func(path string, length int, body string) {
		t.Helper()
		c, err := net.Dial("tcp", at.Host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		_ = c.SetWriteDeadline(time.Now().Add(20 * time.Second))
		if _, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\nCookie: jarchi-%s=nothing\r\nContent-Type: multipart/form-data; boundary=XX\r\nContent-Length: %d\r\n\r\n%s",
			path, at.Host, at.Port(), length, body); err != nil {
			t.Fatal(err)
		}
	}
	for range 40 {
		send("/desk/drafts/abc", 2_000_000, "--XX")
		send("/in", 2_000_000, part("carried.text")+"a few words")
	}
	for range 4 {
		body := part("carried-at") + "/desk/drafts/abc\r\n" + part("carried.text") + strings.Repeat("<", 2_000_000) + "\r\n--XX--\r\n"
		send("/in", len(body), body)
	}
	began := time.Now()
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/desk/drafts/abc", strings.NewReader("writer=xx&en.body=all+that+was+written"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", "jarchi-"+at.Port()+"=old")
	res, body := s.read(http.DefaultClient.Do(r))
	if took := time.Since(began); res.StatusCode != 401 || !strings.Contains(body, "all that was written") || took > 8*time.Second {
		t.Errorf("%d after %s: %s", res.StatusCode, took, mainText(body))
	}
}
