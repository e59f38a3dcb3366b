package outbound

import "net/http"

// HTTP is the client itself, for a library that speaks a protocol of its own with the server that the operator has named, like an authority for
// certificates: it too reaches that host and port and nothing else, and follows no redirect.
func (o *Operator) HTTP() *http.Client { return o.http }
