package app

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/arrival"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/house"
)

// front is what every request comes through, the outermost first: who it really comes from, by which name, in which time, and whether there is
// room for what it brings.
func (n *Node) front(next http.Handler) http.Handler {
	return n.forwarded(n.hostCheck(n.strict(n.measured(recovered(n.Log, n.roomy(n.streams(paced(next))))))))
}

// forwarded believes X-Forwarded-For, -Host and -Proto of the proxies that the operator trusts, and of nobody else. Behind it RemoteAddr is
// who asked, and none of these headers is left; a Via says that it came through something, so that nobody takes it for this machine's own. So it is of
// every request to a node that has an address in the world or a proxy: one on this machine may name it in Host and say nothing of whom it speaks for.
func (n *Node) forwarded(next http.Handler) http.Handler {
	trusted := func(a netip.Addr) bool {
		if len(n.TrustedProxies) == 0 {
			return a.IsLoopback() // whoever can pose as one is on this machine already
		}
		return slices.ContainsFunc(n.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	outward := n.outward()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !outward && !arrival.Through(r) {
			next.ServeHTTP(w, r)
			return
		}
		r = r.Clone(r.Context())
		if peer := arrival.Peer(r); peer.IsValid() && trusted(peer) {
			if a, ok := behind(r.Header.Values("X-Forwarded-For"), trusted); ok {
				r.RemoteAddr = netip.AddrPortFrom(a, 0).String()
			}
			if host := last(r.Header.Values("X-Forwarded-Host")); host != "" && len(n.TrustedProxies) > 0 {
				r.Host = host
			}
			if len(n.TrustedProxies) > 0 && strings.EqualFold(last(r.Header.Values("X-Forwarded-Proto")), "http") {
				r = r.WithContext(context.WithValue(r.Context(), plainKey{}, true))
			}
		}
		for _, h := range arrival.SaidByProxies {
			r.Header.Del(h)
		}
		r.Header.Set("Via", "1.1 proxy")
		next.ServeHTTP(w, r)
	})
}

// outward reports whether the world comes to this node: whether it has a proxy, or a public address that is not one of this machine's own.
func (n *Node) outward() bool {
	if len(n.TrustedProxies) > 0 {
		return true
	}
	public, err := url.Parse(n.PublicURL)
	if n.PublicURL == "" || err != nil {
		return err != nil
	}
	_, local := arrival.Loopback(public.Host)
	return !local && public.Hostname() != "localhost"
}

// plainKey marks a request that reached the proxy without TLS.
type plainKey struct{}

// behind finds who asked: from the right the first address that is not a trusted proxy's, since whatever stands left of it anyone can write.
func behind(headers []string, trusted func(netip.Addr) bool) (found netip.Addr, ok bool) {
	list := strings.Split(strings.Join(headers, ","), ",")
	if len(list) > 64 {
		list = list[len(list)-64:]
	}
	for i := len(list) - 1; i >= 0; i-- {
		s := strings.TrimSpace(list[i])
		a, err := netip.ParseAddr(strings.Trim(s, "[]"))
		if err != nil {
			ap, perr := netip.ParseAddrPort(s)
			if perr != nil {
				return found, ok
			}
			a = ap.Addr()
		}
		found, ok = a.Unmap(), true
		if !trusted(found) {
			return found, true
		}
	}
	return found, ok
}

func last(headers []string) string {
	all := strings.Join(headers, ",")
	return strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:])
}

// strict sends browsers that came to the public https address without TLS there, and tells those that came with it to do so from now on (RFC 6797).
func (n *Node) strict(next http.Handler) http.Handler {
	public, err := url.Parse(n.PublicURL)
	if err != nil || public.Scheme != "https" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.EqualFold(r.Host, public.Host) {
			if plain, _ := r.Context().Value(plainKey{}).(bool); plain && r.TLS == nil {
				toTLS(public).ServeHTTP(w, r)
				return
			}
			if n.HSTS > 0 {
				w.Header().Set("Strict-Transport-Security", "max-age="+seconds(n.HSTS))
			}
		}
		next.ServeHTTP(w, r)
	})
}

// toTLS sends whoever asks without TLS to the same place with it. Only questions are sent on: what a form or a program sent in the clear was
// read by others already, and it should be told.
func toTLS(public *url.URL) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "This node is reached by https only. What was just sent went over the network unprotected.", http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, "https://"+public.Host+r.URL.RequestURI(), http.StatusPermanentRedirect)
	})
}

// measured counts requests by place, remembers the slow ones, and writes a line for each if the operator wants that: method, place, status,
// bytes and time, and nothing of what was asked for.
func (n *Node) measured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		m := &measuring{ResponseWriter: w}
		defer func() {
			took, place := time.Since(began), house.Place(r.Pattern, r.URL.Path)
			status := m.status
			if status == 0 {
				status = http.StatusOK
			}
			if r.URL.Path != streamPath {
				n.metrics.Answered(place, status, took)
				n.House.Page(place, took)
			}
			if n.LogRequests {
				n.Log.Info("request", "method", method(r.Method), "place", place, "status", status, "bytes", m.bytes, "ms", took.Milliseconds())
			}
		}()
		next.ServeHTTP(m, r)
	})
}

func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

type measuring struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (m *measuring) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func (m *measuring) WriteHeader(status int) {
	if m.status == 0 && status >= 200 {
		m.status = status
	}
	m.ResponseWriter.WriteHeader(status)
}

func (m *measuring) Write(b []byte) (int, error) {
	if m.status == 0 {
		m.status = http.StatusOK
	}
	n, err := m.ResponseWriter.Write(b)
	m.bytes += int64(n)
	return n, err
}

const streamPath = "/api/v1/stream"

// streams ends live streams when the node stops, telling their readers to come back soon; other requests are let finish.
func (n *Node) streams(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != streamPath {
			next.ServeHTTP(w, r)
			return
		}
		n.metrics.Stream(1)
		defer n.metrics.Stream(-1)
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(n.leaving, cancel)()
		next.ServeHTTP(w, r.WithContext(ctx))
		if n.leaving.Err() != nil && r.Context().Err() == nil && strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
			// Between two events: what follows is never half of one.
			w.Write([]byte(": this node is stopping; come back\nretry: 1000\n\n"))
		}
	})
}

// roomy refuses calls of the API that bring something new while the disk is nearly full. What takes away is let through, and the pages say it
// in their reader's language themselves.
func (n *Node) roomy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") && r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions && r.Method != http.MethodDelete &&
			!strings.HasSuffix(r.URL.Path, "/withdraw") && !strings.HasSuffix(r.URL.Path, "/erase") && !strings.HasSuffix(r.URL.Path, "/gone") {
			if err := n.House.Room(); err != nil {
				text, _ := fault.Public(err)
				b, _ := json.Marshal(map[string]any{"type": "about:blank", "title": "Service Unavailable", "status": http.StatusServiceUnavailable, "kind": fault.Unavailable, "detail": text})
				w.Header().Set("Content-Type", "application/problem+json")
				w.Header().Set("Cache-Control", "no-store")
				w.Header().Set("Retry-After", "60")
				w.WriteHeader(http.StatusServiceUnavailable)
				w.Write(append(b, '\n'))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
