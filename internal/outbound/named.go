package outbound

import (
	"context"
	"net"
	"strconv"

	"golang.org/x/net/idna"

	"jarchi.dev/jarchi/internal/fault"
)

// DialNamed connects to a host and port that the operator has named for a protocol other than HTTP, on whatever network it stands; nothing else is
// dialled. The fault is Invalid for what is no host and port, Unavailable when it cannot be reached in ten seconds.
func DialNamed(ctx context.Context, host, port string) (net.Conn, error) {
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || host == "" {
		return nil, fault.Field("url", "This names no host and port.")
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	d := net.Dialer{Timeout: dialTime}
	c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fault.E(fault.Unavailable, "%s cannot be reached.", host).Because(err)
	}
	return c, nil
}
