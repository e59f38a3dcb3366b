package subscription

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/fault"
)

// TestTarget: what is wrong with an address is said as it is.
func TestTarget(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"https://a.example/\r\nX: y":                     "control characters",
		"https://a.example/\u202e":                       "control characters",
		"https://a.example/" + strings.Repeat("a", 2000): "2000",
		"ftp://a.example/":                               "https://",
		"https://u:p@a.example/":                         "password",
	} {
		x := Subscription{Channel: Webhook, Target: target}
		err := x.Check()
		if text, field := fault.Public(err); err == nil || field != "target" || !strings.Contains(text, want) {
			t.Errorf("%.40q: %v", target, err)
		}
	}
	x := Subscription{Channel: Webhook, Target: " https://a.example/wire?a=b#part "}
	if err := x.Check(); err != nil || x.Target != "https://a.example/wire?a=b" || x.Format != Ninjs {
		t.Errorf("%+v, %v", x, err)
	}
}
