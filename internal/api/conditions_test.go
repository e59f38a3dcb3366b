package api

import (
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// conditioned wants an address to answer by the conditions of RFC 9110, sections 13 and 14, and HEAD as GET without the bytes.
func (n *node) conditioned(token, path string) {
	n.t.Helper()
	whole := n.call(token, "GET", path, "").want(200)
	etag, length := whole.header.Get("ETag"), strconv.Itoa(len(whole.body))
	if len(etag) < 10 || strings.HasPrefix(etag, "W/") || whole.header.Get("Accept-Ranges") != "bytes" || whole.header.Get("Content-Length") != length || len(whole.body) < 12 {
		n.t.Errorf("%s: %v", path, whole.header)
		return
	}
	for name, c := range map[string]struct {
		method  string
		headers []string
		status  int
		body    string
		said    string // Content-Range
	}{
		"known":                     {"GET", []string{"If-None-Match", etag}, 304, "", ""},
		"known among others":        {"GET", []string{"If-None-Match", `"other", W/` + etag}, 304, "", ""},
		"any":                       {"GET", []string{"If-None-Match", "*"}, 304, "", ""},
		"another is known":          {"GET", []string{"If-None-Match", `"other"`}, 200, string(whole.body), ""},
		"its beginning":             {"GET", []string{"Range", "bytes=0-3"}, 206, string(whole.body[:4]), "bytes 0-3/" + length},
		"from a place on":           {"GET", []string{"Range", "bytes=7-"}, 206, string(whole.body[7:]), "bytes 7-" + strconv.Itoa(len(whole.body)-1) + "/" + length},
		"its end":                   {"GET", []string{"Range", "bytes=-5"}, 206, string(whole.body[len(whole.body)-5:]), "bytes " + strconv.Itoa(len(whole.body)-5) + "-" + strconv.Itoa(len(whole.body)-1) + "/" + length},
		"a part of the same":        {"GET", []string{"Range", "bytes=0-3", "If-Range", etag}, 206, string(whole.body[:4]), "bytes 0-3/" + length},
		"a part of what it was":     {"GET", []string{"Range", "bytes=0-3", "If-Range", `"other"`}, 200, string(whole.body), ""},
		"known, and a part of it":   {"GET", []string{"Range", "bytes=0-3", "If-None-Match", etag}, 304, "", ""},
		"no range":                  {"GET", []string{"Range", "lines=1-2"}, 416, "-", "-"},
		"behind its end":            {"GET", []string{"Range", "bytes=" + length + "-"}, 416, "-", "bytes */" + length},
		"not the one that is meant": {"GET", []string{"If-Match", `"other"`}, 412, "-", ""},
		"head":                      {"HEAD", nil, 200, "", ""},
		"head of what is known":     {"HEAD", []string{"If-None-Match", etag}, 304, "", ""},
		"head of a part":            {"HEAD", []string{"Range", "bytes=0-3"}, 200, "", ""},
	} {
		got := n.call(token, c.method, path, "", c.headers...)
		if got.status != c.status || c.method == "GET" && c.body != "-" && string(got.body) != c.body || c.said != "-" && got.header.Get("Content-Range") != c.said {
			n.t.Errorf("%s, %s: %d %v %.100q", path, name, got.status, got.header, got.body)
		}
		if c.status < 400 && got.header.Get("ETag") != etag || c.status == 200 && (got.header.Get("Content-Length") != length || got.header.Get("Content-Type") != whole.header.Get("Content-Type")) {
			n.t.Errorf("%s, %s: %v", path, name, got.header)
		}
		if c.status < 400 && got.header.Get("Cache-Control") != whole.header.Get("Cache-Control") {
			n.t.Errorf("%s, %s is kept otherwise: %v", path, name, got.header)
		}
	}
	parts := n.call(token, "GET", path, "", "Range", "bytes=0-1,4-5").want(206)
	_, args, err := mime.ParseMediaType(parts.header.Get("Content-Type"))
	if err != nil {
		n.t.Errorf("%s: %v", path, err)
		return
	}
	r := multipart.NewReader(strings.NewReader(string(parts.body)), args["boundary"])
	for _, want := range []string{string(whole.body[:2]), string(whole.body[4:6])} {
		p, err := r.NextPart()
		if err != nil {
			n.t.Errorf("%s: %v", path, err)
			return
		}
		b := make([]byte, 10)
		if k, _ := p.Read(b); string(b[:k]) != want {
			n.t.Errorf("%s: a part is %q, want %q", path, b[:k], want)
		}
	}
}

// TestConditions: what can be read can be asked for by condition and in part, whether it is anyone's or a token's; the document says so of every call that reads but the stream.
func TestConditions(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	r := n.releaseTexts("", "kk", "Su keldi", "en", "Water came")
	n.releaseTexts("", "fa", "آب به رود رسید", "en", "Water came to the river")
	n.place()
	item := "/api/v1/items/" + string(r.Items[0].ID)
	tile := "/log/" + string(r.Issuers[0]) + "-public/"
	for _, path := range []string{"/api/v1/items", "/api/v1/items?full=1", item, item + "?format=newsml-g2", item + "?format=text", item + "?format=superdesk", item + "/versions/1", item + "/versions/1/proof",
		"/api/v1/releases", "/api/v1/releases/" + string(r.ID), "/api/v1/stories", "/log", tile + "checkpoint", tile + "tile/entries/000.p/2", tile + "tile/0/000.p/2", "/api/openapi.json", "/api", "/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json"} {
		n.conditioned("", path)
	}
	lead := n.lead()
	for _, path := range []string{item, item + "/versions/1", "/feeds/all.atom", tile + "checkpoint"} {
		n.conditioned(lead, path)
	}
	n.call("", "GET", item+"/versions/1", "", "Range", "bytes=90000000-").problem(416, "invalid", "")
	for _, path := range []string{item, "/feeds/all.atom", tile + "tile/0/000.p/2", "/api/openapi.json"} {
		n.call("", "GET", path, "", "If-Match", `"other"`).problem(412, "conflict", "")
		n.call("", "GET", path, "", "Range", "bytes=90000000-").problem(416, "invalid", "")
		for _, h := range [][2]string{{"If-Match", `"other"`}, {"Range", "bytes=90000000-"}} {
			if a := n.call("", "GET", path, "", h[0], h[1]); a.header.Get("Cache-Control") != "no-store" || a.header.Get("ETag") != "" {
				t.Errorf("%s refused by %s may be kept: %v", path, h[0], a.header)
			}
		}
	}

	for path, p := range n.api.huma.OpenAPI().Paths {
		if p.Get == nil || path == streamPath {
			continue
		}
		for _, name := range []string{"If-None-Match", "Range", "If-Range"} {
			if !slices.ContainsFunc(p.Get.Parameters, func(x *huma.Param) bool { return x.In == "header" && x.Name == name }) {
				t.Errorf("GET %s does not tell of %s", path, name)
			}
		}
	}
	if n.call("", http.MethodHead, "/api/v1/items/none", "").status != 404 {
		t.Error("HEAD of nothing")
	}
}
