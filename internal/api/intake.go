package api

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/wire"
)

// IntakeInput is a document as it came, or an address to fetch one from.
type IntakeInput struct {
	ContentType string `header:"Content-Type" maxLength:"200"`
	Language    string `header:"Content-Language" maxLength:"40" doc:"The language that somebody said it is in"`
	Location    string `header:"Content-Location" maxLength:"2000" doc:"The address at which it stood"`
	Disposition string `header:"Content-Disposition" maxLength:"1000" doc:"With its file name"`
	Prefer      string `header:"Prefer" maxLength:"200" doc:"handling=strict (RFC 7240): what cannot be read is answered with 422, its place as field, and not kept"`
	Name        string `query:"name" maxLength:"200" doc:"Its file name, for people"`
	RawBody     []byte
}

// AddressRequest asks for a page to be fetched.
type AddressRequest struct {
	URL string `json:"url" format:"uri"`
}

// CaptureRef names a capture that was made.
type CaptureRef struct {
	ID wire.CaptureID `json:"id"`
}

// Imported is what became of a document.
type Imported struct {
	Captures    []CaptureRef          `json:"captures"`
	Quarantined []receive.Quarantined `json:"quarantined"`
}

func (a *api) registerIntake() {
	a.registerTake()
	op := huma.Operation{OperationID: "takeIn", Method: http.MethodPost, Path: "/api/v1/intake", Tags: []string{"Intake"}, Summary: "Bring third-party material in",
		Description:   "Scope intake. A page, plain text, ninjs, NewsML-G2 or NITF with its media type, or {\"url\"} as application/json. What cannot be read is in quarantine, with its place and reason; the same bytes twice are one thing.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: maxIntake + 1,
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{jsonType: {Schema: a.schemaOf(AddressRequest{})}, "text/html": {Schema: &huma.Schema{Type: "string"}}, "text/plain": {Schema: &huma.Schema{Type: "string"}}}}}
	register(a, op, a.jsonResponse("The captures that were made of it.", Imported{}), a.takeIn)
}

func (a *api) takeIn(ctx context.Context, in *IntakeInput) (*answer, error) {
	c := callerOf(ctx)
	if err := c.need(access.Intake); err != nil {
		return nil, err
	}
	doc, err := a.document(ctx, in)
	if err != nil {
		return nil, err
	}
	if strict(in.Prefer) {
		if err := a.Intake.Check(ctx, c.actor, doc); err != nil {
			return nil, err
		}
	}
	results, err := a.Intake.Import(ctx, c.actor, []intake.Document{doc})
	if err != nil {
		return nil, err
	}
	ans, err := asJSON(http.StatusCreated, imported(results...))
	if err == nil {
		ans.CacheControl = closedCache
	}
	return ans, err
}

// strict reports whether a sender would rather be told than have a document kept that cannot be read (RFC 7240, 4.4).
func strict(prefer string) bool {
	for p := range strings.SplitSeq(prefer, ",") {
		if strings.EqualFold(strings.ReplaceAll(strings.TrimSpace(p), " ", ""), "handling=strict") {
			return true
		}
	}
	return false
}

func (a *api) document(ctx context.Context, in *IntakeInput) (doc intake.Document, err error) {
	if len(bytes.TrimSpace(in.RawBody)) == 0 {
		return doc, fault.E(fault.Invalid, "The body is empty. Send a document, or {\"url\"} as application/json.")
	}
	if len(in.RawBody) > maxIntake {
		return doc, fault.E(fault.TooLarge, "A document may have %d MB.", maxIntake>>20)
	}
	var declared lang.Tag
	if in.Language != "" {
		if declared, err = lang.Parse(in.Language); err != nil {
			return doc, fault.Field("Content-Language", "%.40q is not one language tag.", in.Language)
		}
	}
	if url, ok := address(in); ok {
		if a.Fetch == nil {
			return doc, fault.E(fault.Unsupported, "This node does not fetch addresses. Send the document itself with its Content-Type.")
		}
		doc, err = a.Fetch(ctx, url)
		if doc.Declared == "" {
			doc.Declared = declared
		}
		return doc, err
	}
	name := in.Name
	if _, params, err := mime.ParseMediaType(in.Disposition); err == nil && name == "" {
		name = params["filename"]
	}
	// The bytes are copied: huma takes its buffer back while the writer may still be at work.
	return intake.Document{Name: name, URL: in.Location, ContentType: in.ContentType, Declared: declared, Bytes: bytes.Clone(in.RawBody)}, nil
}

// address tells {"url"} from a ninjs item, which is JSON too but has a uri.
func address(in *IntakeInput) (string, bool) {
	kind, _, _ := mime.ParseMediaType(in.ContentType)
	if kind != jsonType || len(in.RawBody) > maxSmall {
		return "", false
	}
	var o map[string]json.RawMessage
	if bodyBounds.Exceeds(in.RawBody) || json.Unmarshal(in.RawBody, &o) != nil {
		return "", false
	}
	var url string
	if _, item := o["uri"]; item || json.Unmarshal(o["url"], &url) != nil {
		return "", false
	}
	return strings.TrimSpace(url), true
}
