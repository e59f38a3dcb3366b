package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/browse/render"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// What other programs and sites read of what stands on a page: feeds of its list, formats of its item, and the item as a frame for another site's page.

// feedLink is the feed of a list in one form.
type feedLink struct{ Name, Title, Href, Type string }

// feedForms are the forms in the order in which pages name them. Their names are the same in every language.
var feedForms = []struct{ name, ending, mediaType string }{{"Atom", "atom", feed.AtomType}, {"RSS", "rss", feed.RSSType}, {"JSON Feed", "json", feed.JSONType}}

// feedsOf are the feeds of what a list shows: the same filters, without order, place and density. A day in the reader's zone is written as the instant at which it begins.
func (q *request) feedsOf(b browse.Query) (out []feedLink) {
	v := b.Args()
	if q.ui != lang.EN { // in which the feed speaks of itself
		v.Set("ui", string(q.ui))
	}
	for _, f := range feedForms {
		l := feedLink{Name: f.name, Title: q.text("feeds.of", "Form", f.name), Href: "/feeds/all." + f.ending, Type: f.mediaType}
		if len(v) > 0 {
			l.Href += "?" + v.Encode()
		}
		out = append(out, l)
	}
	return out
}

// formats are where programs read an item or a capture.
func (q *request) formats(id string) []linkView {
	href := "/api/v1/items/" + url.PathEscape(id)
	return []linkView{
		{Name: "ninjs 3.1", Href: href, Type: "application/json"},
		{Name: "ninjs 3.0", Href: href + "?version=3.0", Type: "application/json"},
		{Name: "NewsML-G2 2.35", Href: href + "?format=newsml-g2", Type: newsmlg2.MediaType},
		{Name: q.text("feeds.text"), Ours: true, Href: href + "?format=text", Type: "text/plain"},
	}
}

// rendering is what every format needs to know beside an entry.
func (s *server) rendering(r *http.Request, members map[wire.MemberID]wire.Member) render.Options {
	return render.Options{Members: members, Base: s.base(r), Now: s.Now()}
}

// base is the node's address without a slash at its end: as the world knows it, else as this request reached it.
func (s *server) base(r *http.Request) string {
	switch {
	case s.PublicURL != "":
		return strings.TrimSuffix(s.PublicURL, "/")
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// snippet is what another site puts into its page to show an item; only of what anyone may read.
func (q *request) snippet(r *wire.Release, it *wire.Item) string {
	if it.Type != wire.Text || r.State != wire.Released || access.Release(access.Viewer{}, r, q.Now()) != access.All {
		return ""
	}
	return render.Snippet(r, it, q.rendering(q.r, q.members))
}

// embed answers with an item as a page for other sites' frames. Whoever asks is anyone: a session does not count here, so that nothing which only its holder may see is ever shown within
// another's page. It is the one place of the pages that others may frame.
func (s *server) embed(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Del("X-Frame-Options")
	h.Del("Cross-Origin-Opener-Policy")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Content-Security-Policy", render.EmbedPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Type", "text/html; charset=utf-8")
	give, err := s.turns.take(r.Context())
	if err != nil {
		h.Set("Retry-After", "2")
		http.Error(w, "Busy.", http.StatusServiceUnavailable)
		return
	}
	page, err := s.embedded(r)
	give()
	if err != nil {
		status := http.StatusNotFound
		if k := fault.KindOf(err); k != fault.NotFound && k != fault.Invalid {
			status = k.HTTPStatus()
			s.Log.ErrorContext(r.Context(), "a frame could not be made", "path", r.URL.Path, "error", err)
		}
		h.Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			w.Write([]byte(embedNothing)) // the reader may be gone; there is nobody to tell
		}
		return
	}
	sum := sha256.Sum256(page)
	etag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h.Set("ETag", etag)
	http.ServeContent(unkept{w}, r, "", time.Time{}, bytes.NewReader(page))
}

// embedNothing stands where there is nothing to show: an unknown item, and one that not anyone may read, in the same words.
const embedNothing = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Jarchi</title></head><body><p>This text is not available.</p></body></html>` + "\n"

func (s *server) embedded(r *http.Request) ([]byte, error) {
	id, err := wire.ParseItemID(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	e, err := s.Reader.Item(r.Context(), access.Viewer{}, id)
	if err != nil {
		return nil, err
	}
	if e.Release == nil || e.Level != access.All {
		return nil, fault.E(fault.NotFound, "There is no such item.")
	}
	members, err := s.Reader.Members(r.Context())
	if err != nil {
		return nil, err
	}
	return render.Embed(e, s.rendering(r, members))
}

// Shown is a format's name as a page shows it: ours in the reader's language, a standard's from left to right.
func (l linkView) Shown() template.HTML {
	if l.Ours {
		return rich(l.Name)
	}
	return ltr(l.Name)
}

// unkept has nobody keep that a condition or a range does not hold.
type unkept struct{ http.ResponseWriter }

func (w unkept) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Del("ETag")
	}
	w.ResponseWriter.WriteHeader(status)
}
