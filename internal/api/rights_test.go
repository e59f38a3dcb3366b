package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	other := n.token(accesstest.Other, access.Scopes...)
	partner := n.token(accesstest.Partner, access.Scopes...)
	body := release(item("kk", kkHead, kkBody))
	public := into[Release](n.call(lead, "POST", "/api/v1/releases", body).want(201))
	closed := into[Release](n.call(lead, "POST", "/api/v1/releases", with(body, "audience", `["altinsu"]`)).want(201))
	draft := into[Release](n.call(lead, "POST", "/api/v1/releases", with(body, "draft", "true")).want(201))
	if draft.State != "draft" {
		t.Fatalf("%+v", draft)
	}
	path := func(r Release, call string) string { return "/api/v1/releases/" + string(r.ID) + call }
	withdraw := `{"reason":"x"}`

	// Nobody, and credentials that are none.
	n.call("", "POST", "/api/v1/releases", body).problem(401, "unauthenticated", "")
	n.call("jt_no-such-token", "GET", "/api/v1/items", "").problem(401, "unauthenticated", "")
	n.call("", "GET", "/api/v1/items", "", "Authorization", "Basic YTpi").problem(401, "unauthenticated", "")
	n.call("", "GET", "/log", "", "Authorization", "Bearer").problem(401, "unauthenticated", "")
	// A token as a password: of programs, never of what a page elsewhere has a browser send.
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("any:"+lead))
	n.call("", "GET", path(closed, ""), "", "Authorization", basic).want(200)
	for _, bad := range []string{basic[:len(basic)-4], "Basic ", "Basic " + base64.StdEncoding.EncodeToString([]byte(lead)), "Basic " + strings.Repeat("YTpi", 200)} {
		n.call("", "GET", path(public, ""), "", "Authorization", bad).problem(401, "unauthenticated", "")
	}
	for _, site := range []string{"cross-site", "same-site"} {
		n.call("", "POST", path(public, "/withdraw"), withdraw, "Authorization", basic, "Sec-Fetch-Site", site).problem(401, "unauthenticated", "")
	}
	n.call("", "POST", path(public, "/withdraw"), withdraw, "Authorization", basic, "Origin", "https://elsewhere.example").problem(401, "unauthenticated", "")
	if r := n.call("", "POST", "/api/v1/releases", body); r.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	tokens, err := n.store.Tokens(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range tokens {
		if k.Member != accesstest.Lead {
			continue
		}
		if err := n.store.RevokeToken(context.Background(), k.ID); err != nil {
			t.Fatal(err)
		}
	}
	n.call(lead, "GET", "/api/v1/items", "").problem(401, "unauthenticated", "")

	// Another member's token: what it may see it may not change, what it may not see is not there.
	n.call(other, "POST", path(public, "/withdraw"), withdraw).problem(403, "not-allowed", "")
	n.call(other, "POST", path(public, "/update"), body).problem(403, "not-allowed", "")
	for _, r := range []Release{closed, draft} {
		n.call(other, "GET", path(r, ""), "").problem(404, "not-found", "")
		for _, call := range []string{"/update", "/correct", "/withdraw", "/publish", "/unschedule", "/approve"} {
			n.call(other, "POST", path(r, call), with(with(body, "reason", `"x"`), "by", `"x"`)).problem(404, "not-found", "")
		}
		n.call(other, "PUT", path(r, "/items"), body).problem(404, "not-found", "")
		n.call(other, "DELETE", path(r, ""), "").problem(404, "not-found", "")
		n.call(other, "POST", path(r, "/schedule"), `{"publishAt":"2030-01-01T00:00:00Z"}`).problem(404, "not-found", "")
		n.call(other, "POST", path(r, "/embargo"), `{"embargoedUntil":"2030-01-01T00:00:00Z"}`).problem(404, "not-found", "")
	}
	n.call(other, "POST", "/api/v1/releases", with(body, "issuers", `["toqsanbulaq"]`)).problem(403, "not-allowed", "")
	n.call(partner, "GET", path(closed, ""), "").want(200)
	n.call(partner, "GET", path(draft, ""), "").problem(404, "not-found", "")
	n.call("", "GET", path(closed, ""), "").problem(404, "not-found", "")

	// The same words for what does not exist and for what may not be seen.
	none := n.call(other, "GET", "/api/v1/items/aaaaaaaaaaaaaaaaaaaaaaaaaa", "").want(404)
	for _, id := range []string{string(closed.Items[0].ID), closed.Items[0].URI, string(draft.Items[0].ID), "urn:newsml:x.example:20260601:aaaaaaaaaaaaaaaaaaaaaaaaaa", "x", strings.Repeat("a", 64) + "-1"} {
		if got := n.call(other, "GET", "/api/v1/items/"+id, "").want(404); string(got.body) != string(none.body) {
			t.Errorf("%s: %s", id, got.body)
		}
	}

	// Scopes.
	for _, k := range []struct {
		scope        access.Scope
		method, path string
		body         string
		allowed      bool
	}{
		{access.DraftScope, "POST", "/api/v1/releases", body, false},
		{access.DraftScope, "POST", "/api/v1/releases", with(body, "draft", "true"), true},
		{access.Publish, "POST", "/api/v1/releases", body, true},
		{access.Publish, "POST", path(public, "/withdraw"), withdraw, false},
		{access.Withdraw, "POST", path(public, "/update"), body, false},
		{access.Read, "POST", "/api/v1/intake", "x", false},
		{access.Publish, "POST", path(closed, "/update"), body, true}, // who publishes need not read closed matter
		{access.Publish, "POST", "/api/v1/items/" + string(public.Items[0].ID) + "/take", `{"desk":"d"}`, false},
		{access.Read, "POST", "/api/v1/items/" + string(public.Items[0].ID) + "/take", `{"desk":"d"}`, true},
		{access.Withdraw, "POST", path(public, "/withdraw"), withdraw, true},
	} {
		r := n.call(n.token(accesstest.Lead, k.scope), k.method, k.path, k.body)
		if k.allowed && r.status >= 300 || !k.allowed && r.status != 403 {
			t.Errorf("%s %s with %s: %d %s", k.method, k.path, k.scope, r.status, r.body)
		}
	}
	// Reading wants the scope read: without it a token sees what anyone sees, and no error.
	n.call(n.token(accesstest.Partner, access.ReadClosed), "GET", path(closed, ""), "").problem(404, "not-found", "")
	n.call(n.token(accesstest.Partner, access.ReadClosed), "GET", path(public, ""), "").want(200)
	n.call(n.token(accesstest.Partner, access.Read), "GET", path(closed, ""), "").problem(404, "not-found", "")
	n.call(n.token(accesstest.Partner, access.Read, access.ReadClosed), "GET", path(closed, ""), "").want(200)
}

func TestSessions(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	closed := into[Release](n.call(lead, "POST", "/api/v1/releases", with(release(item("kk", kkHead, kkBody)), "audience", `"members"`)).want(201))
	session := n.session(accesstest.Other, people.Editor)
	path, cookie := "/api/v1/releases/"+string(closed.ID), "session="+session
	n.call("", "GET", path, "", "Cookie", cookie).want(200)
	n.call("", "GET", path, "", "Cookie", cookie, "Sec-Fetch-Site", "same-origin").want(200)
	n.call("", "GET", path, "", "Cookie", cookie, "Sec-Fetch-Site", "cross-site").problem(404, "not-found", "")
	n.call("", "POST", "/api/v1/releases", release(item("kk", "x", "y")), "Cookie", cookie).problem(401, "unauthenticated", "")
	n.call("", "GET", path, "", "Cookie", "session=gone").problem(401, "unauthenticated", "")
	n.setClock(n.now().Add(people.SessionTime))
	n.call("", "GET", path, "", "Cookie", cookie).problem(401, "unauthenticated", "")
}

// The person at the machine sees captures; a name that only points there, or a proxy, does not.
func TestLocal(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	got := into[Imported](n.call(n.lead(), "POST", "/api/v1/intake?name=note.txt", "Бөгет туралы хабар\n\nКөксай бөгеті 2026 жылғы 31 мамырда жөндеуден кейін ашылды, деп хабарлады баспасөз қызметі. Су деңгейі қалыпты.", "Content-Type", "text/plain; charset=utf-8").want(201))
	if len(got.Captures) != 1 || len(got.Quarantined) != 0 {
		t.Fatalf("%+v", got)
	}
	// Its bytes, for a program that may see it, and for nobody else.
	raw, _, _ := strings.Cut(string(got.Captures[0].ID), "-")
	if a := n.call(n.lead(), "GET", "/raw/"+raw, "").want(200); !strings.HasPrefix(string(a.body), "Бөгет") || a.header.Get("Content-Type") != "application/octet-stream" ||
		!strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment;") || a.header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%+v", a)
	}
	n.conditioned(n.lead(), "/raw/"+raw)
	n.call("", "GET", "/raw/"+raw, "").want(404)
	n.call(n.lead(), "GET", "/raw/"+strings.Repeat("0", 64), "").want(404)
	ask := func(host, peer string, headers ...string) int {
		r := httptest.NewRequest("GET", "http://"+host+"/api/v1/items/"+string(got.Captures[0].ID), nil)
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		r.RemoteAddr = net.JoinHostPort(peer, "5")
		w := httptest.NewRecorder()
		n.handler.ServeHTTP(w, r)
		return w.Code
	}
	for _, k := range []struct {
		host, addr string
		headers    []string
		want       int
	}{
		{"127.0.0.1:8080", "127.0.0.1", nil, 200},
		{"[::1]:8080", "::1", nil, 200},
		{"127.0.0.1", "127.0.0.1", nil, 200},
		{"localhost:8080", "127.0.0.1", nil, 404},
		{"press.example", "127.0.0.1", nil, 404},
		{"127.0.0.1.press.example", "127.0.0.1", nil, 404},
		{"127.0.0.1:8080", "192.0.2.1", nil, 404},
		{"127.0.0.1:8080", "127.0.0.1", []string{"X-Forwarded-For", "192.0.2.7"}, 404},
		{"127.0.0.1:8080", "127.0.0.1", []string{"Authorization", "Bearer nothing"}, 401},
	} {
		if got := ask(k.host, k.addr, k.headers...); got != k.want {
			t.Errorf("%+v: %d", k, got)
		}
	}
}

func TestCaptures(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	page := `<html lang="kk"><head><title>Бөгет ашылды</title></head><body><article><h1>Бөгет ашылды</h1><p>Көксай бөгеті жөндеуден кейін қайта ашылды, деп хабарлады Алтынсу агенттігі. Су деңгейі қалыпты, ауылдарға қауіп жоқ.</p><p>Жөндеу екі айға созылды.</p><script>alert(1)</script></article></body></html>`
	got := into[Imported](n.call(lead, "POST", "/api/v1/intake", page, "Content-Type", "text/html", "Content-Location", "https://news.example/1").want(201))
	if len(got.Captures) != 1 {
		t.Fatalf("%+v", got)
	}
	id := string(got.Captures[0].ID)
	one := n.call(lead, "GET", "/api/v1/items/"+id, "").want(200)
	it := conforms(t, one.body)
	if !strings.HasPrefix(it.URI, "urn:jarchi:capture:") || strings.Contains(string(one.body), "alert(1)") || strings.Contains(string(one.body), "toqsanbulaq") || one.header.Get("Cache-Control") != "private, no-store" {
		t.Fatalf("%s %v", one.body, one.header)
	}
	n.call(lead, "GET", "/api/v1/items/"+it.URI, "").want(200)
	n.call(lead, "GET", "/api/v1/items/"+id, "", "Accept", "application/vnd.iptc.g2.newsitem+xml").want(200)
	for _, token := range []string{"", n.token(accesstest.Other, access.Read)} {
		n.call(token, "GET", "/api/v1/items/"+id, "").problem(404, "not-found", "")
		if items, _ := n.call(token, "GET", "/api/v1/items?q=бөгеті", "").page(); len(items) != 0 {
			t.Error("a stranger finds a capture")
		}
	}
	if items, _ := n.call(lead, "GET", "/api/v1/items?kind=capture&q=бөгеті", "").page(); len(items) != 1 || items[0].URI != it.URI || len(items[0].Bodies) != 0 {
		t.Errorf("%+v", items)
	}
	n.call(lead, "GET", "/api/v1/items/"+id+"/versions/1", "").problem(404, "not-found", "")
	k := into[Taken](n.call(lead, "POST", "/api/v1/items/"+id+"/take", `{"desk":"d"}`).want(200))
	if !strings.Contains(k.State, "third-party") || k.Version != 0 {
		t.Errorf("%+v", k)
	}
	// What cannot be read is told, with its place and reason.
	bad := into[Imported](n.call(lead, "POST", "/api/v1/intake", "\x00\x01\x02\x03", "Content-Type", "application/octet-stream").want(201))
	if len(bad.Captures) != 0 || len(bad.Quarantined) != 1 || bad.Quarantined[0].Reason == "" {
		t.Errorf("%+v", bad)
	}
	n.call(lead, "POST", "/api/v1/intake", "  ", "Content-Type", "text/plain").problem(422, "invalid", "")
	n.call(lead, "POST", "/api/v1/intake", `{"url":"http://127.0.0.1/"}`).problem(415, "unsupported", "")
	// A ninjs item is JSON too, and no address.
	ours := into[Imported](n.call(lead, "POST", "/api/v1/intake", `{"uri":"urn:x:1","url":"http://127.0.0.1/",`+item("ru", ruHead, ruBody)[1:]).want(201))
	if len(ours.Captures) != 1 {
		t.Errorf("%+v", ours)
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	asked := ""
	n := newNode(t, func(o *Options) { o.Fetch = fetching(&asked) })
	lead := n.lead()
	n.call(lead, "POST", "/api/v1/intake", `{"url":"http://10.0.0.1/"}`).problem(422, "forbidden-address", "url")
	got := into[Imported](n.call(lead, "POST", "/api/v1/intake", `{"url":" https://news.example/1 "}`, "Content-Language", "ru").want(201))
	if asked != "https://news.example/1" || len(got.Captures) != 1 {
		t.Fatalf("%q %+v", asked, got)
	}
	it := conforms(t, n.call(lead, "GET", "/api/v1/items/"+string(got.Captures[0].ID), "").want(200).body)
	if len(it.AltIDs) != 1 || it.AltIDs[0].Value != "https://news.example/1" {
		t.Errorf("%+v", it.AltIDs)
	}
}

// Every kind of fault has one status, and its answer is a problem document that shows no cause.
func TestProblems(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	for _, k := range fault.Kinds() {
		w := httptest.NewRecorder()
		n.api.refuse(w, httptest.NewRequest("GET", "/", nil), fault.E(k, "A sentence.").Because(fault.E(fault.Internal, "secret cause")))
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Kind != k || p.Status != w.Code || w.Code != k.HTTPStatus() || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %s", k, w.Code, w.Body)
		}
	}
	n.call("", "GET", "/api/v1/nothing", "").problem(404, "not-found", "")
	r := n.call(n.lead(), "DELETE", "/api/v1/items", "")
	r.problem(405, "unsupported", "")
	if r.header.Get("Allow") != "GET" {
		t.Error(r.header)
	}
}
