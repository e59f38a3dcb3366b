package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/format/ninjs"
)

// schemaOf puts a type into the document's components and gives a reference to it.
func (a *api) schemaOf(v any) *huma.Schema {
	t := reflect.TypeOf(v)
	return a.huma.OpenAPI().Components.Schemas.Schema(t, true, t.Name())
}

func (a *api) jsonResponse(description string, v any) *huma.Response {
	return &huma.Response{Description: description, Content: map[string]*huma.MediaType{jsonType: {Schema: a.schemaOf(v)}}}
}

func (a *api) itemResponse() *huma.Response {
	r := a.jsonResponse("The item, in ninjs 3.1 or NewsML-G2.", ninjs.Item{})
	r.Content[newsmlg2.MediaType] = &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
	return r
}

func (a *api) problemResponse() *huma.Response {
	return &huma.Response{Description: "A problem document (RFC 9457).", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: a.schemaOf(Problem{})}}}
}

// tellRequests describes the fields of a release request that are decoded by hand.
func (a *api) tellRequests() {
	fields := a.huma.OpenAPI().Components.Schemas.Map()["ReleaseRequest"].Properties
	fields["audience"].OneOf = []*huma.Schema{{Type: "string", Enum: []any{"public", "members"}}, {Type: "array", Items: &huma.Schema{Type: "string"}}}
	fields["items"].Items = &huma.Schema{Type: "object", Description: "An item of ninjs 3.1, 2.x or 1.x; unlike in the answers a uri is not required"}
	fields["publishAt"].Format, fields["embargoedUntil"].Format = "date-time", "date-time"
}
