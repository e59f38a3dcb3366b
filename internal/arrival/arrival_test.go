package arrival

import (
	"net/http/httptest"
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
