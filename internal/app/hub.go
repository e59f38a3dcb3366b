package app

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"jarchi.dev/jarchi/internal/api"
	"jarchi.dev/jarchi/internal/delivery"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/subscription"
)

// hubAddress is where the hub of this node's feeds is asked; empty: there is none.
func (n *Node) hubAddress() string {
	if n.NoHub || n.PublicURL == "" {
		return ""
	}
	return strings.TrimSuffix(n.PublicURL, "/") + delivery.HubPath
}

// mountHub lets the hub be asked. What it tells subscribers is what the feed answers anybody.
func (n *Node) mountHub(mux *http.ServeMux, feeds http.Handler) {
	if n.hubAddress() == "" {
		return
	}
	n.Deliveries.Topic = func(ctx context.Context, address string) (delivery.Topic, error) { return topic(ctx, feeds, address) }
	mux.Handle(delivery.HubPath, api.Hub(n.Deliveries, n.Log))
}

// maxTopic is how large a feed may be that is sent to subscribers.
const maxTopic = 4 << 20

// selfLink is where a feed says which address is its own.
var selfLink = regexp.MustCompile(`<([^<>]*)>; rel="self"`)

// topic asks for a feed as somebody elsewhere without any right does.
func topic(ctx context.Context, feeds http.Handler, address string) (t delivery.Topic, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return t, fault.E(fault.Invalid, "This is no address.").Because(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.RequestURI(), nil)
	if err != nil {
		return t, fault.E(fault.Invalid, "This is no address.").Because(err)
	}
	r.Host, r.RemoteAddr = u.Host, "192.0.2.1:1" // of nobody (RFC 5737)
	r.Header.Set("Via", "1.1 hub")
	w := &kept{header: http.Header{}, status: http.StatusOK}
	feeds.ServeHTTP(w, r)
	switch {
	case ctx.Err() != nil:
		return t, ctx.Err()
	case w.status == http.StatusServiceUnavailable || w.status == http.StatusTooManyRequests:
		return t, fault.E(fault.Busy, "This node has too much to do just now. Ask again in a minute.")
	case w.status/100 == 5:
		return t, fault.E(fault.Internal, "the feed %s answers %d", u.Path, w.status)
	case w.status != http.StatusOK:
		return t, fault.E(fault.NotFound, "There is no such feed.")
	case w.over:
		return t, fault.E(fault.TooLarge, "This feed is too large to be sent.")
	}
	self := selfLink.FindStringSubmatch(w.header.Get("Link"))
	if self == nil {
		return t, fault.E(fault.NotFound, "This feed has no hub.")
	}
	t = delivery.Topic{Self: self[1], ContentType: w.header.Get("Content-Type"), Body: w.body.Bytes()}
	own, err := url.Parse(t.Self)
	if err != nil {
		return t, err
	}
	v := own.Query()
	if v.Get("kind") == "capture" {
		return t, fault.E(fault.NotFound, "There is no such feed.")
	}
	v.Set("kind", "release") // what comes from outside stands in no public feed
	for _, more := range []string{"limit", "ui"} {
		v.Del(more)
	}
	t.Filter, err = subscription.ParseFilter(v.Encode())
	return t, err
}

// kept is an answer within the house.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
	over   bool
}

func (k *kept) Header() http.Header    { return k.header }
func (k *kept) WriteHeader(status int) { k.status = status }
func (k *kept) Write(b []byte) (int, error) {
	if k.over = k.over || k.body.Len()+len(b) > maxTopic; k.over {
		return 0, fault.E(fault.TooLarge, "This feed is too large to be sent.")
	}
	return k.body.Write(b)
}
