// Package api is the HTTP API of a node: items, releases, the stream, intake and the logs, below /api
// and /log. docs/api.md describes it for those who call it; /api/openapi.json is the same for machines.
//
// It owns the outer shape and nothing else: who asks (bearer token, the browser's session, or nobody),
// how a request is decoded and bounded, how an answer is spelled (ninjs 3.1, NewsML-G2, the release
// object, problem documents), what may be cached. What may be seen is decided by internal/access and
// reaches this package already reduced, through internal/browse; what may be done is decided by
// internal/publish. It never reads the database by itself, and never decides by the clock.
//
// Three rules hold everywhere. What the asker may not see is answered with the very words of what does
// not exist. A credential that is not good is refused, never taken for none. An ETag is a hash of the
// bytes this asker gets, so that it tells no more than they do.
package api
