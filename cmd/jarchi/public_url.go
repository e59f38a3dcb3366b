package main

import (
	"net/url"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
)

// publicAddress is the address under which the world reaches a node, without a slash at its end: a scheme and a host, and nothing else. A node has a name of its own: its pages, links
// and cookies begin at the root of it, so a folder below another site's address is refused here and not found out by whoever follows the first link.
func publicAddress(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "":
		return "", fault.Field("--public-url", "%q is not an address like https://wire.press.example.", s)
	case strings.Trim(u.Path, "/") != "":
		return "", fault.Field("--public-url", "A node has a name of its own and cannot be served below a path (%s): give it one, like https://wire.%s, and have the proxy pass all of that name on.", u.Path, u.Host)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}
