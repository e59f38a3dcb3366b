package api

import (
	"context"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/browse/render"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/format/ninjs"
)

// The formats of one item, as the parameter names them.
const (
	asNinjs  = "ninjs"
	asNewsML = "newsml-g2"
	asText   = "text"

	asSuperdesk = "superdesk"
)

// rendering is what every format needs to know beside an entry. ctx is a request's.
func (a *api) rendering(ctx context.Context, members membersByID) render.Options {
	c := callerOf(ctx)
	return render.Options{Members: members, Base: c.base, Now: a.Now(), Token: c.bearer}
}

// base is this node's address: what its operator says that it is, otherwise the one that the request came to, which the node's own check of names has let through.
func (a *api) base(r *http.Request) string {
	if a.PublicURL != "" {
		return strings.TrimSuffix(a.PublicURL, "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// spelled is an item or a capture in the format that was asked for.
func (a *api) spelled(e browse.Entry, in *ItemInput, o render.Options) (*answer, error) {
	format := in.Format
	if format == "" {
		format = accepted(in.Accept)
	}
	switch format {
	case asNewsML:
		b, err := render.NewsML(e, o)
		return &answer{ContentType: newsmlg2.MediaType, Body: b}, err
	case asText:
		b, err := render.Text(e, o)
		return &answer{ContentType: render.TextType, Body: b}, err
	case asSuperdesk:
		b, err := render.Superdesk(e, o)
		return &answer{ContentType: jsonType, Body: b}, err
	}
	var one ninjs.Item
	if e.Capture != nil {
		one = render.NinjsCapture(e.Capture, true)
	} else {
		one = render.NinjsItem(e, e.Item, true, o)
	}
	if olderNinjs(in.Version, in.Accept) {
		one = one.As30()
	}
	return asJSON(http.StatusOK, one)
}

// accepted reads an Accept header: another format than ninjs only where it is named, NewsML-G2 not below JSON, plain text above it, since many programs name
// both.
func accepted(accept string) string {
	xml, text, other := -1.0, -1.0, -1.0
	for part := range strings.SplitSeq(accept, ",") {
		name, q := weighed(part)
		switch name {
		case newsmlg2.MediaType:
			xml = q
		case plain:
			text = q
		case jsonType, "application/ninjs+json", "application/*":
			other = max(other, q)
		}
	}
	switch {
	case xml > 0 && xml >= other && xml >= text:
		return asNewsML
	case text > 0 && text > other:
		return asText
	}
	return asNinjs
}

// weighed is one part of an Accept header: the media type in lower case and its weight.
func weighed(part string) (name string, q float64) {
	name, rest, _ := strings.Cut(part, ";")
	q = 1
	for p := range strings.SplitSeq(rest, ";") {
		if v, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(p)), "q="); ok {
			if f, err := strconv.ParseFloat(v, 64); err == nil && f >= 0 && f <= 1 {
				q = f
			}
		}
	}
	return strings.ToLower(strings.TrimSpace(name)), q
}

// olderNinjs reports whether ninjs 3.0 is asked for: by the parameter, or by that of the media type in the Accept header that weighs most.
func olderNinjs(version, accept string) bool {
	if version != "" {
		return version == "3.0"
	}
	older, best := false, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		name, q := weighed(part)
		if name != jsonType && name != "application/ninjs+json" || q <= best {
			continue
		}
		best = q
		_, params, err := mime.ParseMediaType(strings.TrimSpace(part))
		older = err == nil && params["version"] == "3.0"
	}
	return older
}

// FileInput names a file that is attached to an item.
type FileInput struct {
	ID   string `path:"id" maxLength:"2000"`
	Hash string `path:"hash" pattern:"^[0-9a-f]{64}$" doc:"Its SHA-256"`
}

// registerFiles hands out what is attached to items, to programs that come with a token; people get the same below /files.
func (a *api) registerFiles() {
	op := huma.Operation{OperationID: "getFile", Method: http.MethodGet, Path: "/api/v1/items/{id}/files/{hash}", Tags: []string{"Items"}, Summary: "A file that is attached to an item",
		Description: "To whoever may read the item's words now; gone with them. Always an attachment, of the media type that its own bytes were found to have."}
	op.Security, op.Parameters = []map[string][]string{{}, {"token": {}}}, conditions()
	op.Responses = map[string]*huma.Response{"200": {Description: "The file.", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}, "default": a.problemResponse()}
	huma.Register(a.huma, op, func(ctx context.Context, in *FileInput) (*huma.StreamResponse, error) {
		c := callerOf(ctx)
		none := fault.E(fault.NotFound, "There is no such file.")
		e, err := a.find(ctx, c.reader, in.ID)
		if err == nil && e.Capture != nil {
			err = none
		}
		if err != nil {
			if fault.KindOf(err) == fault.NotFound {
				err = none
			}
			return nil, a.problem(ctx, err)
		}
		mediaType, name, f, err := a.Browse.File(ctx, c.reader, e.Release.Items[e.Item].ID, in.Hash)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			defer f.Close() // it was only read
			hc.SetHeader("Content-Type", mediaType)
			hc.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
			hc.SetHeader("Cache-Control", caching(c, open(e)))
			hc.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'")
			hc.SetHeader("ETag", `"`+in.Hash+`"`)
			r, w := humago.Unwrap(hc)
			http.ServeContent(&refusing{ResponseWriter: w, r: r, length: int(sizeOf(f))}, r, "", time.Time{}, f)
		}}, nil
	})
}
