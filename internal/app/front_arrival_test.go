package app

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"jarchi.dev/jarchi/internal/arrival"
)

// TestNobodyIsForwardedIntoThisMachine: what a proxy hands on is never asked at this machine, whatever proxy, strangers or both write into headers.
func TestNobodyIsForwardedIntoThisMachine(t *testing.T) {
	t.Parallel()
	at := func(public string) bool {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Host = "127.0.0.1:5", "127.0.0.1:8080"
		var here bool
		n := &Node{Config: Config{PublicURL: public}}
		n.forwarded(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { here = arrival.AtThisMachine(r) })).ServeHTTP(httptest.NewRecorder(), r)
		return here
	}
	// Whoever gave the node an address in the world has something before it that may hide for whom it asks.
	for public, want := range map[string]bool{
		"": true, "http://127.0.0.1:8080": true, "http://[::1]:8080": true, "http://localhost:8080": true,
		"https://wire.example": false, "https://127.0.0.1.wire.example": false, "http://10.0.0.7:8080": false, "https://localhost.wire.example": false,
	} {
		if at(public) != want {
			t.Errorf("with the public address %q somebody is at this machine: %v", public, !want)
		}
	}
	here, far := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}, []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}
	for _, trusted := range [][]netip.Prefix{nil, here, far, append(here, far...)} {
		n := &Node{Config: Config{TrustedProxies: trusted}}
		for _, peer := range []string{"127.0.0.1:5", "[::1]:5", "10.9.1.1:5", "192.0.2.7:5"} {
			for _, header := range [][]string{
				nil,
				{"X-Forwarded-For", "192.0.2.7"},
				{"X-Forwarded-For", "127.0.0.1"},
				{"X-Forwarded-For", "192.0.2.7, 127.0.0.1"},
				{"X-Forwarded-For", "::1", "X-Forwarded-Host", "127.0.0.1:8080"},
				{"X-Forwarded-For", ""},
				{"X-Forwarded-Host", "[::1]"},
				{"Forwarded", "for=127.0.0.1;host=127.0.0.1"},
				{"X-Real-Ip", "127.0.0.1"},
				{"X-Forwarded-Proto", "http"},
			} {
				r := httptest.NewRequest("GET", "/", nil)
				r.RemoteAddr, r.Host = peer, "127.0.0.1:8080"
				for i := 0; i+1 < len(header); i += 2 {
					r.Header.Set(header[i], header[i+1])
				}
				want := trusted == nil && header == nil && (peer == "127.0.0.1:5" || peer == "[::1]:5")
				n.forwarded(http.HandlerFunc(func(_ http.ResponseWriter, got *http.Request) {
					if arrival.AtThisMachine(got) != want {
						t.Errorf("trusting %v, from %s with %q: at this machine is %v", trusted, peer, header, !want)
					}
				})).ServeHTTP(httptest.NewRecorder(), r)
			}
		}
	}
}
