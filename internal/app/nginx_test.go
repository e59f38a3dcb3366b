package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nginxBefore runs a real nginx before a node's handler, with these lines about its one location, and returns where it answers.
func nginxBefore(t *testing.T, handler http.Handler, location string) string {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			t.Skip("nginx is not installed (Debian package nginx-light)")
		}
	}
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	config := fmt.Sprintf(`pid %[1]s/pid; error_log %[1]s/errors; worker_processes 1; daemon off; master_process off;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  server { listen %[2]s; %[3]s }
}
`, dir, at, strings.ReplaceAll(location, "http://127.0.0.1:8080", srv.URL))
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "-p", dir, "-c", file)
	c.Stderr = io.Discard // it warns of the folder of errors that it was built with
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", at); err == nil {
			c.Close()
			return "http://" + at
		}
		if time.Now().After(until) {
			told, _ := os.ReadFile(filepath.Join(dir, "errors"))
			t.Fatalf("nginx does not answer: %s", told)
		}
	}
}

// TestNginx: a stranger who comes through nginx is nobody at this machine, also where it was set up by its defaults; and by what docs/operating.md says
// he gets pages under the public name, and live events at once.
func TestNginx(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other, and dear under the race detector: runs without it")
	}
	t.Parallel()
	get := func(url, host string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	for _, public := range []string{"", "https://wire.example"} {
		n := openNode(t, Config{PublicURL: public})
		for _, location := range []string{
			"location / { proxy_pass http://127.0.0.1:8080; }",
			"location / { proxy_pass http://127.0.0.1:8080; proxy_http_version 1.1; }",
		} {
			at := nginxBefore(t, n.Handler(), location)
			if status, body := get(at+"/metrics", "wire.example"); status != 200 || strings.Contains(body, "jarchi_jobs") {
				t.Errorf("public address %q, %s: a stranger is told the figures of this machine's own (%d)", public, location, status)
			}
		}
	}
	b, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "```nginx\n")
	documented, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("docs/operating.md has no lines for nginx")
	}
	// The proxy is asked without TLS here, which the node that trusts it hears of and sends on.
	trusting := openNode(t, Config{PublicURL: "https://wire.example", TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	if status, _ := get(nginxBefore(t, trusting.Handler(), documented)+"/", "wire.example"); status != http.StatusPermanentRedirect {
		t.Errorf("by plain http: %d", status)
	}
	n := openNode(t, Config{PublicURL: "https://wire.example"})
	n.Start()
	at := nginxBefore(t, n.Handler(), documented)
	if status, body := get(at+"/", "wire.example"); status != 200 || !strings.Contains(body, "<html") {
		t.Errorf("the first page: %d %.200s", status, body)
	}
	if status, body := get(at+"/metrics", "wire.example"); status != 200 || strings.Contains(body, "jarchi_jobs") {
		t.Errorf("a stranger is told the figures (%d)", status)
	}
	if status, _ := get(at+"/", "elsewhere.example"); status != http.StatusMisdirectedRequest {
		t.Errorf("another name: %d", status)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", at+"/api/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "wire.example"
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil || resp.StatusCode != 200 {
		t.Errorf("live events: %d %q %v", resp.StatusCode, line, err)
	}
}
