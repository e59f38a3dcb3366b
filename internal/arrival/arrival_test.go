package arrival

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAtThisMachine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		host, peer string
		header     []string
		want       bool
	}{
		{"127.0.0.1:8080", "127.0.0.1:5", nil, true},
		{"127.0.0.1", "127.0.0.1:5", nil, true},
		{"127.0.0.2:8080", "127.0.0.1:5", nil, true},
		{"[::1]:8080", "[::1]:5", nil, true},
		{"[::1]", "[::ffff:127.0.0.1]:5", nil, true},
		{"[::ffff:127.0.0.1]:80", "127.0.0.1:5", nil, true},

		{"localhost:8080", "127.0.0.1:5", nil, false}, // a name, which may point anywhere
		{"wire.example", "127.0.0.1:5", nil, false},
		{"127.0.0.1.wire.example:8080", "127.0.0.1:5", nil, false},
		{"127.0.0.1:x", "127.0.0.1:5", nil, false},
		{"[::1%lo]:80", "[::1]:5", nil, false},
		{"2130706433", "127.0.0.1:5", nil, false},
		{"", "127.0.0.1:5", nil, false},
		{"0.0.0.0:8080", "127.0.0.1:5", nil, false},

		{"127.0.0.1:8080", "192.0.2.7:5", nil, false}, // a stranger can write any Host
		{"127.0.0.1:8080", "[fe80::1%eth0]:5", nil, false},
		{"127.0.0.1:8080", "@", nil, false},
		{"127.0.0.1:8080", "", nil, false},

		{"127.0.0.1:8080", "127.0.0.1:5", []string{"Via", "1.1 proxy"}, false},
		{"127.0.0.1:8080", "127.0.0.1:5", []string{"Via", ""}, false},
		{"127.0.0.1:8080", "127.0.0.1:5", []string{"X-Forwarded-For", "127.0.0.1"}, false},
		{"127.0.0.1:8080", "127.0.0.1:5", []string{"X-Forwarded-For", ""}, false},
		{"127.0.0.1:8080", "127.0.0.1:5", []string{"Forwarded", "for=127.0.0.1"}, false},
		{"127.0.0.1:8080", "127.0.0.1:5", []string{"X-Forwarded-Host", "127.0.0.1"}, false},
		{"127.0.0.1:8080", "127.0.0.1:5", []string{"X-Forwarded-Proto", "http"}, false},
		{"127.0.0.1:8080", "127.0.0.1:5", []string{"X-Real-IP", "127.0.0.1"}, false},
		{"127.0.0.1:8080", "127.0.0.1:5", []string{"Accept", "text/html"}, true},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host, r.RemoteAddr = c.host, c.peer
		for i := 0; i+1 < len(c.header); i += 2 {
			r.Header.Add(c.header[i], c.header[i+1])
		}
		if got := AtThisMachine(r); got != c.want {
			t.Errorf("%q from %q with %q: %v", c.host, c.peer, c.header, got)
		}
	}
}

// TestAProxyByItsDefaultsIsNobodyHere: what arrives over a real connection that ends with it, as nginx makes them, is not asked by a person at this machine.
func TestAProxyByItsDefaultsIsNobodyHere(t *testing.T) {
	t.Parallel()
	got := make(chan bool, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- AtThisMachine(r) }))
	defer srv.Close()
	at := strings.TrimPrefix(srv.URL, "http://")
	for request, want := range map[string]bool{
		"GET / HTTP/1.0\r\nHost: " + at + "\r\nConnection: close\r\n\r\n":      false, // nginx to 1.29
		"GET / HTTP/1.1\r\nHost: " + at + "\r\nConnection: close\r\n\r\n":      false, // with proxy_http_version 1.1
		"GET / HTTP/1.0\r\nHost: " + at + "\r\n\r\n":                           false,
		"GET / HTTP/1.1\r\nHost: " + at + "\r\n\r\n":                           true,
		"GET / HTTP/1.1\r\nHost: " + at + "\r\nConnection: keep-alive\r\n\r\n": true,
	} {
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		if <-got != want {
			t.Errorf("%q: %v", request, !want)
		}
		c.Close()
	}
}

func TestLoopbackPort(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{"127.0.0.1": "80", "127.0.0.1:": "80", "127.0.0.1:8080": "8080", "[::1]:1": "1", "[::1]": "80"} {
		if port, ok := Loopback(host); !ok || port != want {
			t.Errorf("%s: %q %v", host, port, ok)
		}
	}
	if _, ok := Loopback("127.0.0.1:65536"); ok {
		t.Error("there is no such port")
	}
}
