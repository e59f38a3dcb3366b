package main

import "testing"

// TestHere: what serve prints to click on is an address that a browser on this computer can open.
func TestHere(t *testing.T) {
	t.Parallel()
	for listening, want := range map[string]string{
		"127.0.0.1:8080":        "http://127.0.0.1:8080",
		"[::1]:8080":            "http://[::1]:8080",
		"192.0.2.7:80":          "http://192.0.2.7:80",
		"0.0.0.0:8080":          "http://127.0.0.1:8080",
		"[::]:8080":             "http://127.0.0.1:8080",
		"[::ffff:0.0.0.0]:8080": "http://127.0.0.1:8080",
	} {
		if got, everywhere := here(listening); got != want || everywhere != (want == "http://127.0.0.1:8080" && listening != "127.0.0.1:8080") {
			t.Errorf("listening on %s: %s, on every address: %t", listening, got, everywhere)
		}
	}
}
