package outbound

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// special4 are the IPv4 ranges that lead nowhere in the public internet (IANA IPv4 Special-Purpose
// Address Registry, and multicast).
var special4 = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // behind a carrier's NAT; some clouds keep their metadata here
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local; most clouds keep their metadata here
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays, withdrawn
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, and broadcast
)

// global6 is all that IPv6 gives to the public internet so far. Outside it lie ::, ::1, the mapped
// and translated IPv4 addresses (::ffff:0:0/96, 64:ff9b::/96), fc00::/7, fe80::/10 and ff00::/8.
var global6 = netip.MustParsePrefix("2000::/3")

// special6 are the ranges within global6 that are not the public internet.
var special6 = prefixes(
	"2001::/23",     // protocol assignments, among them Teredo, which carries IPv4
	"2001:db8::/32", // documentation
	"2002::/16",     // 6to4, which carries IPv4
	"3fff::/20",     // documentation
)

func prefixes(list ...string) []netip.Prefix {
	ps := make([]netip.Prefix, len(list))
	for i, s := range list {
		ps[i] = netip.MustParsePrefix(s)
	}
	return ps
}

// Public reports whether a is an address of the public internet: neither private, loopback,
// link-local, multicast, documentation or otherwise special, nor IPv4 inside IPv6, nor with a zone.
func Public(a netip.Addr) bool {
	within := func(ps []netip.Prefix) bool {
		return slices.ContainsFunc(ps, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	switch {
	case !a.IsValid() || a.Zone() != "":
		return false
	case a.Is4():
		return !within(special4)
	}
	return global6.Contains(a) && !within(special6)
}

// numeric reports whether a host would be taken for an IPv4 address by a lenient reader, as inet_aton
// and browsers are: its last label is a decimal, octal or hexadecimal number (WHATWG URL, "ends in a
// number").
func numeric(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" {
		return false
	}
	if strings.Trim(last, "0123456789") == "" {
		return true
	}
	hex, ok := strings.CutPrefix(strings.ToLower(last), "0x")
	return ok && strings.Trim(hex, "0123456789abcdef") == ""
}

// ownPort reports whether a is where this node itself answers. A listener on the unspecified address
// answers on every address of the machine.
func ownPort(own []netip.AddrPort, a netip.AddrPort) bool {
	for _, o := range own {
		if o.Port() != a.Port() {
			continue
		}
		if o.Addr().Unmap() == a.Addr() || o.Addr().IsUnspecified() && ofThisMachine(a.Addr()) {
			return true
		}
	}
	return false
}

// ofThisMachine asks each time: addresses come and go. Where the machine does not say, it is one.
func ofThisMachine(a netip.Addr) bool {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	return slices.ContainsFunc(list, func(n net.Addr) bool {
		p, err := netip.ParsePrefix(n.String())
		return err == nil && p.Addr().Unmap() == a
	})
}

func portOf(scheme, port string) (uint16, bool) {
	if port == "" {
		if scheme == "https" {
			return 443, true
		}
		return 80, true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return uint16(n), err == nil && n > 0
}
