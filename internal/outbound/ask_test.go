package outbound

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

func TestAsk(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 21, 8, 0, 0, 0, time.UTC)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `W/"1"`)
		w.Header().Set("Last-Modified", "Sat, 21 Mar 2026 07:00:00 GMT")
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/on", http.StatusMovedPermanently)
		case "/on":
			http.Redirect(w, r, "/feed", http.StatusPermanentRedirect)
		case "/away":
			http.Redirect(w, r, "/moved", http.StatusFound)
		case "/busy":
			w.Header().Set("Retry-After", r.URL.RawQuery)
			w.WriteHeader(429)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/long":
			w.Header().Set("ETag", `"`+strings.Repeat("a", 500)+`"`)
		case "/slow":
			<-r.Context().Done()
		default:
			if r.Header.Get("If-None-Match") == `W/"1"` && r.Header.Get("If-Modified-Since") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			io.WriteString(w, r.Header.Get("Accept"))
		}
	})
	c := New(Options{Allow: loopback, Now: func() time.Time { return at }, Timeout: 2 * time.Second})
	ask := func(q Question) (Answer, error) {
		q.Address, q.Max = url+q.Address, 1000
		return c.Ask(context.Background(), q)
	}
	a, err := ask(Question{Address: "/feed", Accept: "text/xml"})
	if err != nil || a.Status != 200 || string(a.Bytes) != "text/xml" || a.ETag != `W/"1"` || a.Modified == "" || a.Moved != "" || !a.At.Equal(at) {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := ask(Question{Address: "/feed", ETag: a.ETag, Modified: a.Modified}); err != nil || a.Status != 304 || len(a.Bytes) > 0 {
		t.Errorf("asked again: %+v, %v", a, err)
	}
	if a, err := ask(Question{Address: "/moved"}); err != nil || a.Moved != url+"/feed" || a.URL != url+"/feed" {
		t.Errorf("moved for good: %+v, %v", a, err)
	}
	if a, err := ask(Question{Address: "/away"}); err != nil || a.Moved != "" || a.URL != url+"/feed" {
		t.Errorf("moved for now: %+v, %v", a, err)
	}
	for header, want := range map[string]time.Duration{"120": 2 * time.Minute, "Sat,%2021%20Mar%202026%2009:00:00%20GMT": 0, "-5": 0, "soon": 0, "": 0} {
		if a, err := ask(Question{Address: "/busy?" + header}); err != nil || a.Status != 429 || a.RetryAfter != want {
			t.Errorf("%q: %+v, %v", header, a, err)
		}
	}
	if a, err := ask(Question{Address: "/long"}); err != nil || a.ETag != "" {
		t.Errorf("half of a validator is kept: %+v, %v", a, err)
	}
	if _, err := ask(Question{Address: "/round"}); !errors.Is(err, ErrLoop) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a circle: %v", err)
	}
	if _, err := ask(Question{Address: "/slow"}); !errors.Is(err, ErrSlow) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("no answer: %v", err)
	}
}

// TestAskOfNamesThatChange: a name that was looked up as a public address and is dialled as one of this machine is refused, whatever was known.
func TestAskOfNamesThatChange(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	inside := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	c := New(Options{Timeout: 2 * time.Second})
	c.dialer.Resolver = names(t, func(string) (netip.Addr, bool) { return netip.MustParseAddr("127.0.0.1"), true })
	for _, address := range []string{"http://press.example/feed", inside + "/feed", "http://[::ffff:127.0.0.1]/feed"} {
		if _, err := c.Ask(context.Background(), Question{Address: address, Max: 100}); fault.KindOf(err) != fault.ForbiddenAddress {
			t.Errorf("%s: %v", address, err)
		}
	}
	if reached.Load() != 0 {
		t.Error("it was reached")
	}
}

// A redirect to another host is told and not followed; what it leads to is looked at all the same, and nothing is reached there.
func TestAskStays(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/here":
			http.Redirect(w, r, "/there", http.StatusMovedPermanently)
		case "/there":
			http.Redirect(w, r, other+"/feed", http.StatusMovedPermanently)
		case "/now":
			http.Redirect(w, r, other+"/feed", http.StatusFound)
		case "/inside":
			http.Redirect(w, r, "http://10.0.0.1/feed", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}
	})
	c := New(Options{Allow: loopback, Timeout: 2 * time.Second})
	for path, forever := range map[string]bool{"/here": true, "/there": true, "/now": false} {
		a, err := c.Ask(context.Background(), Question{Address: url + path, Max: 100, Stay: true})
		if err != nil || a.Elsewhere != other+"/feed" || a.Forever != forever || len(a.Bytes) != 0 {
			t.Errorf("%s: %+v, %v", path, a, err)
		}
	}
	for path, kind := range map[string]fault.Kind{"/inside": fault.ForbiddenAddress, "/file": fault.Invalid} {
		if _, err := c.Ask(context.Background(), Question{Address: url + path, Max: 100, Stay: true}); fault.KindOf(err) != kind {
			t.Errorf("%s: %v", path, err)
		}
	}
	if reached.Load() != 0 {
		t.Error("it was followed")
	}
}

// A name that is a public address when it is looked up first and a private one when it is dialled is refused at the socket, each time it is asked.
func TestAskOfANameThatIsRebound(t *testing.T) {
	t.Parallel()
	var looked atomic.Int32
	c := New(Options{Timeout: 2 * time.Second})
	c.dialer.Resolver = names(t, func(string) (netip.Addr, bool) {
		looked.Add(1)
		return netip.MustParseAddr("169.254.169.254"), true
	})
	for range 3 {
		if _, err := c.Ask(context.Background(), Question{Address: "http://press.example/sitemap.xml", Max: 100, Stay: true}); fault.KindOf(err) != fault.ForbiddenAddress {
			t.Error(err)
		}
	}
	if looked.Load() == 0 {
		t.Error("nothing was looked up")
	}
}
