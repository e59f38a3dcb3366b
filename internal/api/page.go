package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/fault"
)

// mountPage serves the OpenAPI document and a page for people made of it, on the server and once; it
// loads nothing and runs nothing.
func (a *api) mountPage() error {
	spec, err := json.MarshalIndent(a.huma.OpenAPI(), "", " ")
	if err != nil {
		return err
	}
	page, err := renderPage(a.huma.OpenAPI())
	if err != nil {
		return err
	}
	style := sha256.Sum256([]byte(pageStyle))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	a.mux.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		send(w, r, "application/openapi+json", "no-cache", etagOf(spec), time.Time{}, spec)
	})
	show := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		send(w, r, "text/html; charset=utf-8", "no-cache", etagOf(page), time.Time{}, page)
	}
	a.mux.HandleFunc("GET /api", show)
	a.mux.HandleFunc("GET /api/{$}", show)
	a.mux.HandleFunc("/", a.nothing)
	return nil
}

// nothing answers for addresses that no call has: 405 when another method would have one.
func (a *api) nothing(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		if _, pattern := a.mux.Handler(&http.Request{Method: m, URL: r.URL, Host: r.Host}); pattern != "/" && pattern != "" {
			allowed = append(allowed, m)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		a.refuse(w, r, &Problem{Title: http.StatusText(http.StatusMethodNotAllowed), Status: http.StatusMethodNotAllowed, Kind: fault.Unsupported,
			Detail: "This address takes " + strings.Join(allowed, ", ") + "."})
		return
	}
	a.refuse(w, r, fault.E(fault.NotFound, "There is nothing at this address. What there is stands at /api."))
}

// told reports whether an address is one of the document and its page.
func told(path string) bool { return path == "/api" || path == "/api/" || path == "/api/openapi.json" }

type pageCall struct {
	ID, Method, Path, Summary, Description string
	Params                                 []*huma.Param
	Body                                   []pageField
	Answers                                []pageField
}

type pageField struct{ Name, Type, Text string }

func renderPage(doc *huma.OpenAPI) ([]byte, error) {
	var calls []pageCall
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete} {
			if op == nil {
				continue
			}
			c := pageCall{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: op.Description, Params: op.Parameters}
			if op.RequestBody != nil {
				c.Body = fieldsOf(doc, op.RequestBody.Content[jsonType])
			}
			if ok := op.Responses[itoa(op.DefaultStatus)]; ok != nil {
				c.Answers = fieldsOf(doc, ok.Content[jsonType])
			}
			calls = append(calls, c)
		}
	}
	order := map[string]int{"GET": 0, "POST": 1, "PUT": 2, "DELETE": 3}
	slices.SortFunc(calls, func(x, y pageCall) int {
		if x.Path != y.Path {
			return strings.Compare(x.Path, y.Path)
		}
		return order[x.Method] - order[y.Method]
	})
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{"Info": doc.Info, "Calls": calls, "Style": template.CSS(pageStyle), "Problem": fieldsOf(doc, &huma.MediaType{Schema: doc.Components.Schemas.Map()["Problem"]})})
	return b.Bytes(), err
}

// fieldsOf lists the first level of an object's fields in their order of name.
func fieldsOf(doc *huma.OpenAPI, m *huma.MediaType) []pageField {
	if m == nil || m.Schema == nil {
		return nil
	}
	s := m.Schema
	if s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	var out []pageField
	for name, p := range s.Properties {
		kind := p.Type
		if p.Ref != "" {
			kind = p.Ref[strings.LastIndexByte(p.Ref, '/')+1:]
		} else if p.Items != nil {
			kind = "list of " + p.Items.Type
			if p.Items.Ref != "" {
				kind = "list of " + p.Items.Ref[strings.LastIndexByte(p.Items.Ref, '/')+1:]
			}
		}
		out = append(out, pageField{name, kind, p.Description})
	}
	slices.SortFunc(out, func(x, y pageField) int { return strings.Compare(x.Name, y.Name) })
	return out
}

const pageStyle = `body{font:1rem/1.5 system-ui,sans-serif;max-inline-size:60rem;margin:2rem auto;padding-inline:1rem;color:#1b1f24;background:#fff}
h2{font-size:1.05rem;margin-block:2.5rem .25rem;padding-block-start:1rem;border-block-start:1px solid #d0d7de}
code{font:.95em ui-monospace,monospace;overflow-wrap:anywhere}table{border-collapse:collapse;inline-size:100%;margin-block:.5rem}
td,th{text-align:start;vertical-align:top;padding:.25rem .75rem .25rem 0;border-block-end:1px solid #eaeef2}th{font-weight:600}caption{text-align:start;font-weight:600;padding-block:.5rem}
a{color:#0550ae}p{margin-block:.25rem}@media (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}a{color:#79c0ff}h2,td,th{border-color:#30363d}}`

var pageTemplate = template.Must(template.New("api").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Info.Title}}: HTTP API</title><style>{{.Style}}</style></head>
<body><main><h1>{{.Info.Title}}: HTTP API</h1><p>{{.Info.Description}}</p>
<p>For machines: <a href="/api/openapi.json">OpenAPI 3.1</a>. The logs: <a href="/log">/log</a>, by C2SP tlog-tiles below /log/{log}/.</p>
<nav><ul>{{range .Calls}}<li><a href="#{{.ID}}"><code>{{.Method}} {{.Path}}</code></a> {{.Summary}}</li>{{end}}</ul></nav>
{{range .Calls}}<section><h2 id="{{.ID}}"><code>{{.Method}} {{.Path}}</code></h2><p><strong>{{.Summary}}.</strong> {{.Description}}</p>
{{with .Params}}<table><caption>Parameters</caption>{{range .}}<tr><th><code>{{.Name}}</code></th><td>{{.In}}</td><td>{{.Description}}</td></tr>{{end}}</table>{{end}}
{{with .Body}}<table><caption>Body</caption>{{range .}}<tr><th><code>{{.Name}}</code></th><td>{{.Type}}</td><td>{{.Text}}</td></tr>{{end}}</table>{{end}}
{{with .Answers}}<table><caption>Answer</caption>{{range .}}<tr><th><code>{{.Name}}</code></th><td>{{.Type}}</td><td>{{.Text}}</td></tr>{{end}}</table>{{end}}</section>
{{end}}<section><h2 id="errors">Errors</h2><p>Problem documents (RFC 9457), <code>application/problem+json</code>.</p>
<table>{{range .Problem}}<tr><th><code>{{.Name}}</code></th><td>{{.Type}}</td><td>{{.Text}}</td></tr>{{end}}</table></section></main></body></html>
`))
