package outbound

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	refused := strings.Fields(`0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254
		169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255
		198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
		:: ::1 ::ffff:8.8.8.8 ::ffff:127.0.0.1 ::8.8.8.8 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:53aa:64c::1 2001:10::1
		2001:20::1 2001:1ff::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 3fff:fff::1 4000::1 5f00::1 fc00::1 fdff::1
		fe80::1 fe80::1%eth0 fec0::1 ff02::1 2600::1%eth0`)
	for _, s := range refused {
		if Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is taken for public", s)
		}
	}
	for _, s := range strings.Fields(`1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
		169.253.255.255 172.15.0.1 172.32.0.0 192.0.1.1 192.167.0.1 198.17.0.1 198.20.0.1 223.255.255.255
		2001:200::1 2001:4860:4860::8888 2003::1 2600::1 2a00:1450::1 3ffe::1`) {
		if !Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is taken for special", s)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is taken for public")
	}
}

// TestPublicAgreesWithTheStandardLibrary: whatever net/netip knows to be special is never public.
func TestPublicAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "b")
		for _, a := range []netip.Addr{netip.AddrFrom16([16]byte(b)), netip.AddrFrom4([4]byte(b[:4]))} {
			if Public(a) && (!a.IsGlobalUnicast() || a.IsPrivate() || a.Is4In6()) {
				t.Errorf("%s", a)
			}
		}
	})
}

// hostile are addresses that must never be dialled, however they are written.
var hostile = map[string]fault.Kind{
	"":                              fault.Invalid,
	"press.example":                 fault.Invalid,
	"//127.0.0.1/":                  fault.Invalid,
	"/etc/passwd":                   fault.Invalid,
	"file:///etc/passwd":            fault.Invalid,
	"ftp://8.8.8.8/":                fault.Invalid,
	"gopher://127.0.0.1:6379/_INFO": fault.Invalid,
	"javascript:alert(1)":           fault.Invalid,
	"http:127.0.0.1":                fault.Invalid,
	"http://":                       fault.Invalid,
	"http:///path":                  fault.Invalid,
	"http://:80/":                   fault.Invalid,
	"http://8.8.8.8:0/":             fault.Invalid,
	"http://8.8.8.8:65536/":         fault.Invalid,
	"http://8.8.8.8:80:80/":         fault.Invalid,
	"http://[::1/":                  fault.Invalid,
	"http://a b/":                   fault.Invalid,
	"http://a\nb/":                  fault.Invalid,
	"http://user:secret@8.8.8.8/":   fault.Invalid,
	"http://8.8.8.8@127.0.0.1/":     fault.Invalid,
	"http://8.8.8.8/" + string(make([]byte, 2048)): fault.Invalid,
	"http://127.0.0.1/":                            fault.ForbiddenAddress,
	"HTTP://127.0.0.1/":                            fault.ForbiddenAddress,
	"http://127.0.0.1:80/":                         fault.ForbiddenAddress,
	"http://127.1/":                                fault.ForbiddenAddress,
	"http://127.0.1/":                              fault.ForbiddenAddress,
	"http://2130706433/":                           fault.ForbiddenAddress,
	"http://017700000001/":                         fault.ForbiddenAddress,
	"http://0x7f000001/":                           fault.ForbiddenAddress,
	"http://0X7F.0.0.1/":                           fault.ForbiddenAddress,
	"http://0177.0.0.1/":                           fault.ForbiddenAddress,
	"http://127.0.0.0x1/":                          fault.ForbiddenAddress,
	"http://127.0.0.1./":                           fault.ForbiddenAddress,
	"http://press.example.1/":                      fault.ForbiddenAddress,
	"http://127.0.0.1%00.press.example/":           fault.Invalid,
	"http://%31%32%37.0.0.1/":                      fault.Invalid,
	"http://169.254.169.254/latest/":               fault.ForbiddenAddress,
	"http://0/":                                    fault.ForbiddenAddress,
	"http://0.0.0.0/":                              fault.ForbiddenAddress,
	"http://[::]/":                                 fault.ForbiddenAddress,
	"http://[::1]/":                                fault.ForbiddenAddress,
	"http://[0:0:0:0:0:0:0:1]:443/":                fault.ForbiddenAddress,
	"http://[::ffff:127.0.0.1]/":                   fault.ForbiddenAddress,
	"http://[::ffff:8.8.8.8]/":                     fault.ForbiddenAddress,
	"http://[::ffff:7f00:1]/":                      fault.ForbiddenAddress,
	"http://[64:ff9b::7f00:1]/":                    fault.ForbiddenAddress,
	"http://[2002:7f00:1::]/":                      fault.ForbiddenAddress,
	"http://[2001:0:7f00:1::]/":                    fault.ForbiddenAddress,
	"http://[fe80::1%25lo]/":                       fault.ForbiddenAddress,
	"http://[fd00::1]/":                            fault.ForbiddenAddress,
	"http://8.8.8.8:22/":                           fault.ForbiddenAddress,
	"https://8.8.8.8:8443/":                        fault.ForbiddenAddress,
	"http://press.example:6379/":                   fault.ForbiddenAddress,
	"http://localhost/":                            fault.ForbiddenAddress, // by its look-up
	"http://①②⑦.⓪.⓪.①/":                            fault.ForbiddenAddress, // digits after the name is normalised
	"http://127。0。0。1/":                            fault.ForbiddenAddress,
}

func TestHostileAddresses(t *testing.T) {
	t.Parallel()
	c := New(Options{})
	c.dialer.Resolver = noNames(t)
	for address, want := range hostile {
		r, err := c.Get(context.Background(), address, 1<<20)
		if fault.KindOf(err) != want || err == nil || len(r.Bytes) > 0 {
			t.Errorf("%.60q: %v, want %s", address, err, want)
		}
		if text, _ := fault.Public(err); strings.Contains(text, "127.0.0.1") {
			t.Errorf("%q tells what is inside: %s", address, text)
		}
	}
}

func TestOwnListenAddresses(t *testing.T) {
	t.Parallel()
	everything := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	for _, c := range []struct {
		own, dialled string
		free         bool
	}{
		{"127.0.0.1:8080", "127.0.0.1:8080", false},
		{"127.0.0.1:8080", "127.0.0.1:8081", true},
		{"127.0.0.1:8080", "127.0.0.2:8080", true},
		{"[::]:8080", "127.0.0.1:8080", false},
		{"[::]:8080", "[::ffff:127.0.0.1]:8080", false},
		{"0.0.0.0:8080", "127.0.0.1:8080", false},
		{"[::]:8080", "8.8.8.8:8080", true},
		{"[::ffff:127.0.0.1]:80", "127.0.0.1:80", false},
	} {
		err := New(Options{Allow: everything, Own: []netip.AddrPort{netip.MustParseAddrPort(c.own)}}).mayDial(netip.MustParseAddrPort(c.dialled))
		if (err == nil) != c.free {
			t.Errorf("listening on %s, dialling %s: %v", c.own, c.dialled, err)
		}
	}
}

// FuzzAddress: whatever is written, no address outside the public internet passes the check that needs
// no look-up, and nothing panics.
func FuzzAddress(f *testing.F) {
	for a := range hostile {
		f.Add(a)
	}
	c := New(Options{})
	f.Fuzz(func(t *testing.T, address string) {
		u, err := c.parse(address)
		if err != nil {
			return
		}
		if a, err := netip.ParseAddr(u.Hostname()); err == nil && !Public(a) {
			t.Errorf("%q passes", address)
		}
	})
}
