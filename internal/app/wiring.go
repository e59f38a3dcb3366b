package app

import (
	"context"
	"net/netip"
	"net/url"
	"path"
	"strings"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/api"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/mediatopic"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/web"
)

// outside is the way to addresses that came with content, a user or a partner. Sites are told whom to ask about its visits.
func (n *Node) outside() *outbound.Client { return n.reaching(n.Allow) }

// strangers is the way to addresses that anybody may name: the public internet alone, whatever members may have asked and called.
func (n *Node) strangers() *outbound.Client { return n.reaching(nil) }

func (n *Node) reaching(allow []netip.Prefix) *outbound.Client {
	agent := "Jarchi"
	if n.PublicURL != "" {
		agent += " (+" + n.PublicURL + ")"
	}
	return outbound.New(outbound.Options{Now: n.Now, Own: n.Own, Allow: allow, UserAgent: agent, Saw: n.sawDate})
}

func (n *Node) apiOptions() api.Options {
	client := n.outside()
	fetch := func(ctx context.Context, address string) (intake.Document, error) {
		r, err := client.Get(ctx, address, intake.MaxBytes)
		return intake.Document{Name: fileName(r.URL), URL: r.URL, ContentType: r.ContentType, Bytes: r.Bytes, Fetched: true}, err
	}
	return api.Options{Browse: n.Browse, Publish: n.Publish, Tokens: callers{n.Store, n.People}, Intake: n.Receive, Takes: n.Takes, Stories: n.Stories, Sources: n.Sources, House: n.House, Deliveries: n.Deliveries, Meter: n.meter, Keys: n.People, Fetch: fetch, PublicURL: n.PublicURL, Hub: n.hubAddress(),
		SessionCookie: web.Session(n.PublicURL), Now: n.Now, Log: n.Log}
}

// callers knows who comes to the API: machines by their tokens, people by their sessions.
type callers struct {
	*store.Store
	people *people.Service
}

func (c callers) Viewer(ctx context.Context, session string) (access.Viewer, error) {
	return c.people.Viewer(ctx, session)
}

// fileName is what to call a page for people: the last part of its path, or its host.
func fileName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if base := path.Base(u.Path); base != "." && base != "/" {
		return base
	}
	return u.Hostname()
}

// subjectName is what a subject is called for a reader: in her language, if need be by the nearest
// broader topic that has a name in it; else in whatever language the topic itself has.
func subjectName(code string, t lang.Tag) string {
	topic, ok := mediatopic.Lookup(code)
	if !ok {
		return ""
	}
	own, in := topic.Label(t)
	label := own
	for !ofReader(in, t) {
		if topic, ok = mediatopic.Lookup(topic.Parent); !ok {
			return own
		}
		label, in = topic.Label(t)
	}
	return label
}

// ofReader reports whether a label's language is the reader's or the one that hers stands beside, and
// not English in its stead.
func ofReader(label, t lang.Tag) bool {
	base, _, _ := strings.Cut(string(t), "-")
	return label != lang.Und && (label != lang.EN || base == string(lang.EN))
}
