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
