package outbound

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"jarchi.dev/jarchi/internal/fault"
)

// names is a resolver that asks a name server of the test's own: answer is called for each question
// and gives the IPv4 address, or none for 'no such name'. Nothing leaves the machine.
func names(t *testing.T, answer func(name string) (netip.Addr, bool)) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := server.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Authoritative, m.Additionals = true, true, nil
			if q.Type == dnsmessage.TypeA {
				if a, ok := answer(q.Name.String()); ok {
					m.Answers = []dnsmessage.Resource{{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET},
						Body:   &dnsmessage.AResource{A: a.As4()},
					}}
				} else {
					m.RCode = dnsmessage.RCodeNameError
				}
			}
			if packed, err := m.Pack(); err == nil {
				server.WriteTo(packed, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp4", server.LocalAddr().String())
	}}
}

func noNames(t *testing.T) *net.Resolver {
	return names(t, func(string) (netip.Addr, bool) { return netip.Addr{}, false })
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestGet(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 21, 8, 0, 0, 0, time.UTC)
	var got http.Header
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
			http.Redirect(w, r, "/new?a=1", http.StatusFound)
			return
		}
		got = r.Header.Clone()
		w.Header().Set("Content-Type", "text/html; charset=windows-1251")
		io.WriteString(w, "Көпір")
	})
	c := New(Options{Allow: loopback, UserAgent: "Jarchi/1 (+https://wire.press.example)", Now: func() time.Time { return at }})
	r, err := c.Get(context.Background(), url+"/old", 100)
	if err != nil || string(r.Bytes) != "Көпір" || r.URL != url+"/new?a=1" || r.ContentType != "text/html; charset=windows-1251" || !r.At.Equal(at) {
		t.Fatalf("%+v, %v", r, err)
	}
	if got.Get("User-Agent") != "Jarchi/1 (+https://wire.press.example)" {
		t.Errorf("user agent %q", got.Get("User-Agent"))
	}
	for _, h := range []string{"Cookie", "Referer", "Authorization"} {
		if got.Get(h) != "" {
			t.Errorf("%s goes along: %q", h, got.Get(h))
		}
	}
	// exactly max bytes are taken, one more is not
	n := int64(len("Көпір"))
	if _, err := c.Get(context.Background(), url+"/new", n); err != nil {
		t.Error(err)
	}
	if _, err := c.Get(context.Background(), url+"/new", n-1); fault.KindOf(err) != fault.TooLarge {
		t.Error(err)
	}
	// the same address without the allow list
	if _, err := New(Options{}).Get(context.Background(), url+"/new", n); fault.KindOf(err) != fault.ForbiddenAddress {
		t.Error(err)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/br" {
			w.Header().Set("Content-Encoding", "br")
			return
		}
		w.WriteHeader(http.StatusGone)
	})
	c := New(Options{Allow: loopback})
	_, err := c.Get(context.Background(), url, 100)
	if text, _ := fault.Public(err); fault.KindOf(err) != fault.Unavailable || !strings.Contains(text, "410") {
		t.Error(err)
	}
	if _, err := c.Get(context.Background(), url+"/br", 100); fault.KindOf(err) != fault.Unsupported {
		t.Error(err)
	}
}

// TestRedirects: a first address that is allowed leads to ones that are not.
func TestRedirects(t *testing.T) {
	t.Parallel()
	var inside atomic.Int32
	secret := serve(t, func(http.ResponseWriter, *http.Request) { inside.Add(1) })
	var steps atomic.Int32
	first := ""
	first = serve(t, func(w http.ResponseWriter, r *http.Request) {
		to := r.URL.Query().Get("to")
		if to == "long" {
			to = "http://8.8.8.8/" + strings.Repeat("a", maxURL)
		}
		if to == "round" {
			steps.Add(1)
			to = first + "?to=round"
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	own := netip.MustParseAddrPort(strings.TrimPrefix(secret, "http://"))
	c := New(Options{Allow: loopback, Own: []netip.AddrPort{own}})
	c.dialer.Resolver = names(t, func(string) (netip.Addr, bool) { return own.Addr(), true })
	for to, want := range map[string]fault.Kind{
		secret: fault.ForbiddenAddress,
		"http://press.example:" + fmt.Sprint(own.Port()): fault.ForbiddenAddress,
		"http://10.0.0.1/":    fault.ForbiddenAddress,
		"http://[::1]/":       fault.ForbiddenAddress,
		"http://0x7f000001/":  fault.ForbiddenAddress,
		"http://8.8.8.8:25/":  fault.ForbiddenAddress,
		"ftp://8.8.8.8/":      fault.Invalid,
		"file:///etc/passwd":  fault.Invalid,
		"http://u:p@8.8.8.8/": fault.Invalid,
		"long":                fault.Unavailable,
	} {
		if _, err := c.Get(context.Background(), first+"?to="+strings.ReplaceAll(to, ":", "%3A"), 100); fault.KindOf(err) != want {
			t.Errorf("to %.60q: %v, want %s", to, err, want)
		}
	}
	if inside.Load() != 0 {
		t.Error("the forbidden address was reached")
	}
	if _, err := c.Get(context.Background(), first+"?to=round", 100); fault.KindOf(err) != fault.Unavailable || steps.Load() != maxRedirects+1 {
		t.Errorf("a circle: %v after %d requests", err, steps.Load())
	}
}

// TestNamesThatChange: the name answers a harmless address first and an inner one later. Only what is
// really dialled counts, so the second answer is refused although the first was not.
func TestNamesThatChange(t *testing.T) {
	t.Parallel()
	var inside atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { inside.Add(1); io.WriteString(w, "inside") })
	target := netip.MustParseAddrPort(strings.TrimPrefix(url, "http://"))
	var asked atomic.Int32
	c := New(Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	c.dialer.Resolver = names(t, func(string) (netip.Addr, bool) {
		if asked.Add(1) == 1 {
			return target.Addr(), true
		}
		return netip.MustParseAddr("127.0.0.2"), true // the same listener's machine, but not allowed
	})
	address := fmt.Sprintf("http://news.press.example:%d/", target.Port())
	r, err := c.Get(context.Background(), address, 100)
	if err != nil || string(r.Bytes) != "inside" {
		t.Fatal(err)
	}
	if _, err := c.Get(context.Background(), address, 100); fault.KindOf(err) != fault.ForbiddenAddress {
		t.Error(err)
	}
	for _, a := range []string{"127.0.0.1", "10.1.2.3", "169.254.169.254", "100.100.100.200", "0.0.0.0"} {
		strict := New(Options{})
		strict.dialer.Resolver = names(t, func(string) (netip.Addr, bool) { return netip.MustParseAddr(a), true })
		_, err := strict.Get(context.Background(), "http://news.press.example/", 100)
		if text, _ := fault.Public(err); fault.KindOf(err) != fault.ForbiddenAddress || strings.Contains(text, a) {
			t.Errorf("%s: %v", a, err)
		}
	}
	if inside.Load() != 1 {
		t.Errorf("reached %d times", inside.Load())
	}
}

func TestEnvironmentProxyIsNotAsked(t *testing.T) {
	var asked atomic.Int32
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	t.Setenv("HTTP_PROXY", proxy)
	t.Setenv("http_proxy", proxy)
	c := New(Options{})
	c.dialer.Resolver = noNames(t)
	if _, err := c.Get(context.Background(), "http://news.press.example/", 100); fault.KindOf(err) != fault.Unavailable || asked.Load() != 0 {
		t.Error(err, asked.Load())
	}
	if c.http.Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy is set")
	}
}

// TestStrangersCertificate: who cannot prove the name is not believed.
func TestStrangersCertificate(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "text") }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	_, err := New(Options{Allow: loopback}).Get(context.Background(), s.URL, 100)
	var cert *tls.CertificateVerificationError
	if fault.KindOf(err) != fault.Unavailable || !errors.As(err, &cert) {
		t.Error(err)
	}
}

func TestGzipBomb(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z, _ := gzip.NewWriterLevel(&bomb, gzip.BestSpeed)
	zeroes := make([]byte, 1<<20)
	for range 16 {
		z.Write(zeroes)
	}
	z.Close()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		if r.URL.Path == "/text" {
			z := gzip.NewWriter(w)
			io.WriteString(z, "short")
			z.Close()
			return
		}
		if r.URL.Path == "/broken" {
			io.WriteString(w, "not gzip")
			return
		}
		w.Write(bomb.Bytes())
	})
	c := New(Options{Allow: loopback})
	if _, err := c.Get(context.Background(), url, 1<<20); fault.KindOf(err) != fault.TooLarge {
		t.Error(err)
	}
	if r, err := c.Get(context.Background(), url+"/text", 5); err != nil || string(r.Bytes) != "short" {
		t.Error(r, err)
	}
	if _, err := c.Get(context.Background(), url+"/broken", 100); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
}

func TestEndlessAndSlow(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/endless":
			block := make([]byte, 64<<10)
			for {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		case "/slow":
			for {
				if _, err := w.Write([]byte{'.'}); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		case "/silent":
			<-r.Context().Done()
		case "/header":
			w.Header().Set("X-Long", strings.Repeat("x", maxHeader))
		case "/cut":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "ten bytes.")
		}
	})
	c := New(Options{Allow: loopback, Timeout: 300 * time.Millisecond})
	for path, want := range map[string]fault.Kind{
		"/endless": fault.TooLarge, "/slow": fault.Unavailable, "/silent": fault.Unavailable, "/header": fault.Unavailable, "/cut": fault.Unavailable,
	} {
		began := time.Now()
		if _, err := c.Get(context.Background(), url+path, 1<<20); fault.KindOf(err) != want {
			t.Errorf("%s: %v", path, err)
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("%s took %s", path, d)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Get(ctx, url+"/slow", 100); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
