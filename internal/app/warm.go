package app

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/web"
)

// Warm asks for the wire's page and the newest entry's in every language of the interface, as somebody who is not signed
// in does. The first page in a language costs ten times as much as the next: its templates are made safe, tables of words
// are read, statements prepared. It rests as long as it works, so that whoever comes meanwhile is not held up, and ends
// with ctx. Serve does it.
func (n *Node) Warm(ctx context.Context) {
	paths := []string{"/"}
	if page, err := n.Browse.List(ctx, access.Viewer{}, browse.Query{Limit: 1}); err == nil && len(page.Entries) > 0 && page.Entries[0].Release != nil {
		paths = append(paths, "/releases/"+string(page.Entries[0].Release.ID))
	}
	host := "127.0.0.1"
	if u, err := url.Parse(n.PublicURL); err == nil && u.Host != "" {
		host = u.Host
	}
	for _, path := range paths {
		for _, t := range web.InterfaceLanguages() {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
			if err != nil || ctx.Err() != nil {
				return
			}
			r.RequestURI, r.Host, r.RemoteAddr = path, host, "192.0.2.1:1" // an address that is nobody's (RFC 5737)
			r.Header.Set("Accept-Language", string(t))
			r.Header.Set("Accept-Encoding", "gzip")
			began := time.Now()
			n.handler.ServeHTTP(unread{}, r)
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Since(began)):
			}
		}
	}
}

// unread is an answer that nobody reads.
type unread http.Header

func (u unread) Header() http.Header         { return http.Header(u) }
func (u unread) WriteHeader(int)             {}
func (u unread) Write(b []byte) (int, error) { return len(b), nil }
