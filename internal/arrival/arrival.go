// Package arrival says where a request comes from, for all doors alike: whoever asks at the node's own machine may do more than a stranger.
package arrival

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// SaidByProxies are the headers by which proxies say for whom they speak (RFC 7239 and what was usual before it).
var SaidByProxies = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Real-Ip"}

// Through reports whether somebody says that he hands the request on.
func Through(r *http.Request) bool {
	return slices.ContainsFunc(SaidByProxies, func(h string) bool { return len(r.Header.Values(h)) > 0 })
}

// AtThisMachine reports whether a request was made at the node's own machine: it names a literal loopback address (so that no page elsewhere can bring it
// about by a name that points here), it comes from one (anyone can write any name), nobody says that he hands on what came from elsewhere, and the
// connection stays open after it. Proxies that nobody has set up for us close it, like nginx by its defaults (HTTP/1.0, or 'Connection: close'), which also
// names this machine in Host and says nothing of whom it speaks for; browsers and curl do not. A proxy that hides in all of these cannot be told from
// a person: so at a node with a public address nobody counts as being here, which the outermost handler says by Via.
func AtThisMachine(r *http.Request) bool {
	_, local := Loopback(r.Host)
	return local && !r.Close && !Through(r) && len(r.Header.Values("Via")) == 0 && Peer(r).IsLoopback()
}

// Peer is the other end of the connection; the zero address where there is none, as of a socket in the file system.
func Peer(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap()
}

// Loopback reports whether a Host header is a literal loopback address, and its port: 80 where it names none.
func Loopback(host string) (port string, ok bool) {
	h, port, err := net.SplitHostPort(host)
	if err != nil {
		h, port = strings.Trim(host, "[]"), "80"
	}
	if port == "" {
		port = "80"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", false
	}
	a, err := netip.ParseAddr(h)
	return port, err == nil && a.Zone() == "" && a.Unmap().IsLoopback()
}
