package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
)

// The document names every call of the interface, and the page shows them without a script, an
// attribute that runs, or anything from elsewhere.
func TestDocumentAndPage(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	r := n.call("", "GET", "/api/openapi.json", "").want(200)
	doc := into[struct {
		OpenAPI string                                `json:"openapi"`
		Paths   map[string]map[string]json.RawMessage `json:"paths"`
	}](r)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("openapi %s", doc.OpenAPI)
	}
	for _, call := range []string{"get /items", "get /items/{id}", "get /items/{id}/versions/{n}", "get /items/{id}/versions/{n}/proof", "get /releases", "get /releases/{id}", "post /releases",
		"post /releases/{id}/update", "post /releases/{id}/correct", "post /releases/{id}/withdraw", "post /releases/{id}/publish", "post /releases/{id}/schedule", "post /releases/{id}/unschedule",
		"post /releases/{id}/approve", "post /releases/{id}/embargo", "put /releases/{id}/items", "delete /releases/{id}", "post /items/{id}/take", "get /stream", "post /intake", "get /stories", "get /stories/{id}"} {
		method, path, _ := strings.Cut(call, " ")
		op, ok := doc.Paths["/api/v1"+path][method]
		if !ok {
			t.Errorf("%s is not in the document", call)
		}
		if method == "post" && bytes.Contains(op, []byte("application/json")) && bytes.Contains(op, []byte(`"application/json":{"schema":{"type":"string"`)) {
			t.Errorf("%s has a body without fields: %s", call, op)
		}
	}
	if bytes.Contains(r.body, []byte(`"additionalProperties": false`)) {
		t.Error("the document forbids unknown fields, which are tolerated")
	}
	page := n.call("", "GET", "/api", "").want(200)
	n.call("", "GET", "/api", "", "Cookie", "session=ended").want(200)
	policy := page.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(policy, "unsafe") {
		t.Error(policy)
	}
	root, err := html.Parse(bytes.NewReader(page.body))
	if err != nil {
		t.Fatal(err)
	}
	for node := range root.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		if node.Data == "script" || node.Data == "link" || node.Data == "img" || node.Data == "iframe" {
			t.Errorf("the page has <%s>", node.Data)
		}
		for _, a := range node.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "href" && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("<%s %s=%q>", node.Data, a.Key, a.Val)
			}
		}
	}
	if !bytes.Contains(page.body, []byte("/api/v1/releases/{id}/withdraw")) || !bytes.Contains(page.body, []byte("embargoedUntil")) {
		t.Error("the page misses calls or fields")
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	type logs struct{ Logs []LogEntry }
	n.call("", "GET", "/log/toqsanbulaq-public/checkpoint", "").problem(404, "not-found", "")
	for i := range 3 {
		n.call(lead, "POST", "/api/v1/releases", release(item("kk", fmt.Sprint("Бөгет ", i), kkBody))).want(201)
	}
	n.call(lead, "POST", "/api/v1/releases", with(release(item("kk", kkHead, kkBody)), "audience", `"members"`)).want(201)
	open, closed := into[logs](n.call("", "GET", "/log", "").want(200)), into[logs](n.call(lead, "GET", "/log", "").want(200))
	if len(open.Logs) != 4 || len(closed.Logs) != 8 {
		t.Fatalf("%d and %d logs", len(open.Logs), len(closed.Logs))
	}
	key := ""
	for _, l := range open.Logs {
		if l.Class != "public" {
			t.Errorf("%+v", l)
		}
		if l.Name == "toqsanbulaq-public" {
			if key = l.Key; l.Size != 3 || l.Member != "toqsanbulaq" {
				t.Errorf("%+v", l)
			}
		}
	}
	cp := n.call("", "GET", "/log/toqsanbulaq-public/checkpoint", "").want(200)
	v, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(cp.body, note.VerifierList(v)); err != nil {
		t.Fatal(err)
	}
	if ct := cp.header.Get("Content-Type"); ct != "text/plain; charset=utf-8" {
		t.Error(ct)
	}
	for path, want := range map[string]int{"tile/entries/000.p/3": 200, "tile/0/000.p/3": 200, "tile/0/000.p/4": 404, "tile/0/000": 404, "tile/x": 404, "checkpoint/witnessed": 404, "tile/entries/000.p/1": 200} {
		if r := n.call("", "GET", "/log/toqsanbulaq-public/"+path, ""); r.status != want {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		} else if want == 200 && r.header.Get("Cache-Control") != "public, max-age=60" {
			t.Errorf("%s: %v", path, r.header)
		}
	}
	for _, path := range []string{"checkpoint", "tile/0/000.p/1", "checkpoint/witnessed"} {
		none := n.call("", "GET", "/log/nobody-public/"+path, "").want(404)
		for _, token := range []string{"", n.token(accesstest.Other, access.Read)} {
			if r := n.call(token, "GET", "/log/toqsanbulaq-closed/"+path, "").want(404); string(r.body) != string(none.body) {
				t.Errorf("%s tells that it is there: %s", path, r.body)
			}
		}
	}
	if r := n.call(lead, "GET", "/log/toqsanbulaq-closed/checkpoint", "").want(200); r.header.Get("Cache-Control") != "private, no-cache" {
		t.Error(r.header)
	}
}

// Under embargo, answers do not tell by their length, their ETag or a count what is not shown: two
// sealed releases in the same languages look the same but for their ids.
func TestHeadersLookAlike(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	other := n.token(accesstest.Other, access.Scopes...)
	embargo := func(body string) Release {
		return into[Release](n.call(lead, "POST", "/api/v1/releases", with(body, "embargoedUntil", `"2026-06-02T00:00:00Z"`)).want(201))
	}
	short := embargo(release(item("kk", "x", "y")))
	long := embargo(release(item("kk", strings.Repeat("Бөгет ", 70), strings.Repeat(kkBody, 1000), "uri", `"https://cms.example/1"`, "by", `"Somebody"`),
		`{"language":"kk","type":"picture","headlines":[{"value":"x"}]}`))
	for range 3 { // changes of what is sealed are not counted for those who see its header
		n.call(lead, "POST", "/api/v1/releases/"+string(long.ID)+"/update", release(item("kk", "Бөгет", "z"))).want(200)
	}
	anonymous := n.call("", "GET", "/api/v1/items", "").want(200)
	for _, path := range []string{"/api/v1/releases/%s", "/api/v1/items/%s"} {
		for _, accept := range []string{"", "application/vnd.iptc.g2.newsitem+xml"} {
			var got [2]string
			for i, r := range []Release{short, long} {
				id := string(r.ID)
				if strings.Contains(path, "items") {
					id = string(r.Items[0].ID)
				}
				a := n.call(other, "GET", fmt.Sprintf(path, id), "", "Accept", accept).want(200)
				got[i] = strings.NewReplacer(string(r.ID), "R", string(r.Items[0].ID), "I").Replace(string(a.body))
			}
			if got[0] != got[1] {
				t.Errorf("%s: %s\n%s", path, got[0], got[1])
			}
		}
	}
	if len(into[rawList](anonymous).Items) != 0 || n.call("", "GET", "/api/v1/items", "").header.Get("ETag") != n.call("", "GET", "/api/v1/items?since=2020-01-01", "").header.Get("ETag") {
		t.Error("a sealed release changes what strangers get")
	}
	// The stream tells members of three updates of a header; strangers of nothing.
	_, begin, err := n.browse.Events(context.Background(), access.Viewer{}, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	n.call(lead, "POST", "/api/v1/releases/"+string(long.ID)+"/update", release(item("kk", "Бөгет", "w"))).want(200)
	events, _, err := n.browse.Events(context.Background(), access.Viewer{}, begin, 10)
	if err != nil || len(events) != 0 {
		t.Errorf("%v %v", events, err)
	}
}
