package app

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/arrival"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

func openNode(t *testing.T, c Config) *Node {
	t.Helper()
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	n, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

// TestProxies: X-Forwarded headers count from those whom the operator trusts, and from nobody else; nothing of them gets further.
func TestProxies(t *testing.T) {
	t.Parallel()
	far := []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}
	type h = map[string]string
	for _, c := range []struct {
		trusted []netip.Prefix
		peer    string
		sent    h
		from    string // RemoteAddr behind it
		host    string
	}{
		{nil, "127.0.0.1:5", h{}, "127.0.0.1:5", "wire.example"},
		{nil, "127.0.0.1:5", h{"X-Forwarded-For": "192.0.2.7"}, "192.0.2.7:0", "wire.example"},
		{nil, "127.0.0.1:5", h{"X-Forwarded-For": "192.0.2.7, 198.51.100.3"}, "198.51.100.3:0", "wire.example"},
		{nil, "127.0.0.1:5", h{"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "evil.example"}, "192.0.2.7:0", "wire.example"},
		{nil, "203.0.113.4:5", h{"X-Forwarded-For": "192.0.2.7"}, "203.0.113.4:5", "wire.example"},
		{far, "10.9.1.1:5", h{"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "other.example"}, "192.0.2.7:0", "other.example"},
		{far, "10.9.1.1:5", h{"X-Forwarded-For": "192.0.2.7, 10.9.3.3"}, "192.0.2.7:0", "wire.example"},
		{far, "10.9.1.1:5", h{"X-Forwarded-For": "192.0.2.7, [2001:db8::1]:443"}, "[2001:db8::1]:0", "wire.example"},
		{far, "10.9.1.1:5", h{"X-Forwarded-For": "nonsense"}, "10.9.1.1:5", "wire.example"},
		{far, "10.9.1.1:5", h{"X-Forwarded-For": "192.0.2.7, nonsense"}, "10.9.1.1:5", "wire.example"},
		{far, "127.0.0.1:5", h{"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "evil.example", "X-Real-Ip": "192.0.2.8"}, "127.0.0.1:5", "wire.example"},
		{far, "10.10.1.1:5", h{"X-Forwarded-Host": "evil.example"}, "10.10.1.1:5", "wire.example"},
	} {
		n := &Node{Config: Config{TrustedProxies: c.trusted}}
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Host = c.peer, "wire.example"
		for k, v := range c.sent {
			r.Header.Set(k, v)
		}
		n.forwarded(http.HandlerFunc(func(_ http.ResponseWriter, got *http.Request) {
			if got.RemoteAddr != c.from || got.Host != c.host {
				t.Errorf("%v from %s: from %s to %s, want %s to %s", c.sent, c.peer, got.RemoteAddr, got.Host, c.from, c.host)
			}
			for _, name := range arrival.SaidByProxies {
				if got.Header.Get(name) != "" {
					t.Errorf("%s is left", name)
				}
			}
			if (got.Header.Get("Via") != "") != (len(c.sent) > 0) {
				t.Errorf("Via: %q", got.Header.Get("Via"))
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
		if c.sent["X-Forwarded-For"] != "" && r.Header.Get("X-Forwarded-For") == "" {
			t.Error("the request that came was changed")
		}
	}
}

func ask(n *Node, host, peer, path string, header ...string) *http.Response {
	r := httptest.NewRequest("GET", path, nil)
	r.Host, r.RemoteAddr = host, peer
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, r)
	return w.Result()
}

// TestStrict: to https with HSTS; without TLS in front of the proxy one is sent on; forms sent so are refused.
func TestStrict(t *testing.T) {
	t.Parallel()
	n := openNode(t, Config{PublicURL: "https://wire.example", HSTS: time.Hour, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}})
	res := ask(n, "wire.example", "10.9.1.1:1", "/", "X-Forwarded-Proto", "https", "X-Forwarded-For", "192.0.2.1")
	if res.StatusCode != 200 || res.Header.Get("Strict-Transport-Security") != "max-age=3600" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	res = ask(n, "wire.example", "10.9.1.1:1", "/corrections?x=1", "X-Forwarded-Proto", "http", "X-Forwarded-For", "192.0.2.1")
	if res.StatusCode != 308 || res.Header.Get("Location") != "https://wire.example/corrections?x=1" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	if res = ask(n, "127.0.0.1", "127.0.0.1:1", "/"); res.StatusCode != 200 || res.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("on this machine: %d %v", res.StatusCode, res.Header)
	}
	if res = ask(n, "evil.example", "10.9.1.1:1", "/", "X-Forwarded-Host", "wire.example"); res.StatusCode != 200 {
		t.Errorf("a trusted proxy's host: %d", res.StatusCode)
	}
	if res = ask(n, "evil.example", "192.0.2.1:1", "/", "X-Forwarded-Host", "wire.example"); res.StatusCode != 421 {
		t.Errorf("anybody's host: %d", res.StatusCode)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/in", nil)
	public, _ := http.NewRequest("GET", "https://wire.example", nil)
	toTLS(public.URL).ServeHTTP(w, r)
	if w.Code != 400 {
		t.Errorf("a form in the clear: %d", w.Code)
	}
}

// TestMetricsAreGuarded: from this machine, or with a token that administers, everything; strangers see totals.
func TestMetricsAreGuarded(t *testing.T) {
	t.Parallel()
	n := openNode(t, Config{})
	ctx := context.Background()
	if err := n.Store.AddMember(ctx, testkit.Member("alfa", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	admin, err := n.Store.CreateToken(ctx, "alfa", []access.Scope{access.Admin}, "prometheus")
	if err != nil {
		t.Fatal(err)
	}
	reader, err := n.Store.CreateToken(ctx, "alfa", []access.Scope{access.Read}, "reader")
	if err != nil {
		t.Fatal(err)
	}
	ask(n, "127.0.0.1", "127.0.0.1:1", "/releases/somebody-secret?q=hidden")
	for _, c := range []struct {
		host, peer string
		header     []string
		all        bool
	}{
		{"127.0.0.1:8080", "127.0.0.1:1", nil, true},
		{"127.0.0.1:8080", "192.0.2.1:1", nil, false},
		{"127.0.0.1:8080", "127.0.0.1:1", []string{"X-Forwarded-For", "192.0.2.1"}, false},
		{"127.0.0.1:8080", "127.0.0.1:1", []string{"Via", "1.1 x"}, false},
		{"127.0.0.1:8080", "192.0.2.1:1", []string{"Authorization", "Bearer " + admin}, true},
		{"127.0.0.1:8080", "192.0.2.1:1", []string{"Authorization", "Bearer " + reader}, false},
		{"127.0.0.1:8080", "127.0.0.1:1", []string{"Authorization", "Bearer jt_wrong"}, false},
	} {
		res := ask(n, c.host, c.peer, "/metrics", c.header...)
		b, _ := io.ReadAll(res.Body)
		body := string(b)
		if res.StatusCode != 200 || !strings.Contains(body, "jarchi_answers_total") || !strings.Contains(body, "go_goroutines") {
			t.Fatalf("%+v: %d %.300s", c, res.StatusCode, body)
		}
		for _, name := range []string{"jarchi_jobs", "jarchi_log_leaves", "jarchi_requests_total", "jarchi_disk_free_bytes"} {
			if name != "jarchi_jobs" && strings.Contains(body, name) != c.all {
				t.Errorf("%+v: %s is %v", c, name, !c.all)
			}
		}
		if strings.Contains(body, "somebody-secret") || strings.Contains(body, "hidden") {
			t.Error("what was asked for is told")
		}
		if c.all && !strings.Contains(body, `place="/releases/{id}"`) {
			t.Errorf("no place: %.2000s", body)
		}
	}
}

// TestStopping: a node that stops is not ready, lets the request that runs finish, and tells live readers to come back.
func TestStopping(t *testing.T) {
	t.Parallel()
	n := openNode(t, Config{StopWithin: 5 * time.Second})
	entered, release := make(chan struct{}), make(chan struct{})
	inner := n.handler
	n.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(entered)
			<-release
			if r.Context().Err() != nil {
				t.Error("the request was cut")
			}
			io.WriteString(w, "done")
			return
		}
		inner.ServeHTTP(w, r)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	n.Start()
	go func() { served <- n.Serve(ctx, l) }()
	at := "http://" + l.Addr().String()
	live, err := http.Get(at + "/api/v1/stream")
	if err != nil || live.StatusCode != 200 {
		t.Fatal(live, err)
	}
	defer live.Body.Close()
	lines := bufio.NewReader(live.Body)
	if s, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(s, ":") {
		t.Fatal(s, err)
	}
	slow := make(chan string, 1)
	go func() {
		res, err := http.Get(at + "/slow")
		if err != nil {
			slow <- err.Error()
			return
		}
		b, _ := io.ReadAll(res.Body)
		slow <- string(b)
	}()
	<-entered
	stop()
	rest, err := io.ReadAll(lines)
	if err != nil || !strings.Contains(string(rest), "come back\nretry: 1000\n\n") {
		t.Errorf("the stream ends with %q, %v", rest, err)
	}
	if res := ask(n, "127.0.0.1", "127.0.0.1:1", "/readyz"); res.StatusCode != 503 {
		t.Errorf("ready while stopping: %d", res.StatusCode)
	}
	close(release)
	if got := <-slow; got != "done" {
		t.Errorf("the request that ran: %s", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// TestFullDiskOverTheAPI: with too little room a program's document is refused with a sentence, reading goes on, and it comes back by itself.
func TestFullDiskOverTheAPI(t *testing.T) {
	t.Parallel()
	n := openNode(t, Config{KeepFree: 1 << 60}) // more than any disk has
	n.House.State(context.Background())
	if err := n.House.Room(); err != house.ErrFull {
		t.Fatal(err)
	}
	post := func(path string) (int, string) {
		r := httptest.NewRequest("POST", path, strings.NewReader("{}"))
		r.Host, r.RemoteAddr = "127.0.0.1", "127.0.0.1:1"
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		n.Handler().ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if code, body := post("/api/v1/releases"); code != 503 || !strings.Contains(body, "nearly full") || !strings.Contains(body, `"kind":"unavailable"`) {
		t.Errorf("%d %s", code, body)
	}
	if code, _ := post("/api/v1/releases/x/withdraw"); code == 503 {
		t.Error("a withdrawal is refused")
	}
	for path, want := range map[string]int{"/": 200, "/api/v1/items": 200, "/healthz": 200, "/readyz": 503} {
		if res := ask(n, "127.0.0.1", "127.0.0.1:1", path); res.StatusCode != want {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	n.House.KeepFree = -1
	n.House.State(context.Background())
	if code, _ := post("/api/v1/releases"); code == 503 {
		t.Error("it does not come back")
	}
}

// certificate writes one for a name, valid for an hour, and returns its serial number.
func certificate(t *testing.T, dir, name string) (cert, key string, serial string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	c := &x509.Certificate{SerialNumber: n, Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	kb, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: kb}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, n.String()
}

// TestCertificateFiles: a node speaks TLS with the certificate in the files, and with the new one after they changed; half a pair changes nothing.
func TestCertificateFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key, first := certificate(t, dir, "wire.example")
	conf, plain, err := TLS{CertFile: cert, KeyFile: key}.Secure(dir, "https://wire.example", time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	n := openNode(t, Config{PublicURL: "https://wire.example", HSTS: 24 * time.Hour})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- n.ServeTLS(ctx, l, conf) }()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: "wire.example"}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, l.Addr().String())
		}}}
	res, err := client.Get("https://wire.example/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.ProtoMajor != 2 || res.TLS.PeerCertificates[0].SerialNumber.String() != first || res.Header.Get("Strict-Transport-Security") != "max-age=86400" {
		t.Errorf("%d %s %s %v", res.StatusCode, res.Proto, res.TLS.PeerCertificates[0].SerialNumber, res.Header)
	}
	client.CloseIdleConnections()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}

	serial := func(f *certFiles) string {
		c, err := f.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.SerialNumber.String()
	}
	f := &certFiles{cert: cert, key: key, now: time.Now, log: slog.New(slog.DiscardHandler)}
	if err := f.load(); err != nil {
		t.Fatal(err)
	}
	if serial(f) != first {
		t.Error("another certificate")
	}
	later := time.Now().Add(time.Minute)
	if err := os.WriteFile(cert, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Chtimes(cert, later, later)
	f.looked = time.Time{}
	if serial(f) != first {
		t.Error("nonsense is served")
	}
	_, _, second := certificate(t, dir, "wire.example")
	os.Chtimes(cert, later.Add(time.Minute), later.Add(time.Minute))
	if serial(f) != first {
		t.Error("it looks at every handshake")
	}
	f.looked = time.Time{}
	if serial(f) != second {
		t.Error("the new one is not served")
	}

	w := httptest.NewRecorder()
	plain.ServeHTTP(w, httptest.NewRequest("GET", "http://wire.example/x?y=1", nil))
	if w.Code != 308 || w.Header().Get("Location") != "https://wire.example/x?y=1" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, bad := range []struct {
		t   TLS
		url string
	}{{TLS{CertFile: cert}, "https://wire.example"}, {TLS{CertFile: cert, KeyFile: key}, ""}, {TLS{CertFile: cert, KeyFile: key}, "http://wire.example"}, {TLS{CertFile: key, KeyFile: cert}, "https://wire.example"},
		{TLS{ACME: true, CertFile: cert}, "https://wire.example"}, {TLS{ACME: true}, "https://192.0.2.1"}, {TLS{ACME: true}, "https://localhost"}, {TLS{ACME: true, Directory: "ftp://x/"}, "https://wire.example"}} {
		if _, _, err := bad.t.Secure(dir, bad.url, time.Now, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%+v at %q is taken", bad.t, bad.url)
		}
	}
}

// lockedBuffer is a log that several write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestPlaces: what is asked for is not in the name of a place.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pattern, path, want string }{
		{"GET /releases/{id}", "/releases/abc", "/releases/{id}"}, {"/", "/secret", "other"}, {"", "/secret", "other"}, {"/api/", "/api/v1/items/abc", "/api/v1/items"},
		{"/api/", "/api/v1/secret", "/api/v1"}, {"/log/", "/log/alfa-public/tile", "/log"}, {"GET /static/", "/static/x.css", "/static"}, {"GET /{$}", "/", "/{$}"},
	} {
		if got := house.Place(c.pattern, c.path); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
	var l lockedBuffer
	n := openNode(t, Config{LogRequests: true, Log: slog.New(slog.NewJSONHandler(&l, nil))})
	ask(n, "127.0.0.1", "127.0.0.1:1", "/?q=hiddenword", "Authorization", "Bearer hiddenword", "Cookie", "a=hiddenword", "User-Agent", "hiddenword", "Referer", "hiddenword")
	ask(n, "127.0.0.1", "127.0.0.1:1", "/hiddenword/hiddenword")
	if s := l.String(); strings.Contains(s, "hiddenword") || strings.Count(s, `"msg":"request"`) != 2 || !strings.Contains(s, `"place":"/{$}"`) {
		t.Error(s)
	}
}
