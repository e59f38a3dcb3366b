package main

import "testing"

// TestPublicAddress: a scheme and a host and nothing else; a path is refused before anybody follows a link that leads nowhere.
func TestPublicAddress(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"": "", "https://wire.press.example": "https://wire.press.example", "https://Wire.press.example:8443/": "https://wire.press.example:8443", "http://127.0.0.1:8080": "http://127.0.0.1:8080"} {
		if got, err := publicAddress(s); err != nil || got != want {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"wire.press.example", "https://", "https://:443", "ftp://wire.press.example", "https://press.example/wire", "https://me@press.example", "https://press.example?a", "https://press.example#a", "mailto:a@b", "https://[::1"} {
		if got, err := publicAddress(s); err == nil {
			t.Errorf("%q is taken as %q", s, got)
		}
	}
}
