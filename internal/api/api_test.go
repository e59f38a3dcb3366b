package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// node is a whole exchange on a folder of its own, with a clock that the test moves.
type node struct {
	t       testing.TB
	store   *store.Store
	publish *publish.Service
	browse  *browse.Service
	people  *people.Service
	stories *stories.Service
	api     *api
	handler http.Handler
	dir     string
	clock   atomic.Int64
}

func (n *node) now() time.Time       { return time.UnixMicro(n.clock.Load()).UTC() }
func (n *node) setClock(t time.Time) { n.clock.Store(t.UnixMicro()) }

func newNode(t testing.TB, change ...func(*Options)) *node {
	t.Helper()
	n := &node{t: t}
	n.setClock(accesstest.CreateTime)
	kit := testkit.OpenAt(t, t.TempDir(), n.now)
	n.store, n.publish, n.browse, n.dir = kit.Store, kit.Publish, kit.Browse, kit.Dir
	n.people = people.New(n.store, people.Options{Now: n.now})
	n.stories = stories.New(n.store, n.browse, n.now)
	for _, m := range []wire.MemberID{accesstest.Lead, accesstest.CoIssuer, accesstest.Partner, accesstest.Other} {
		if err := n.store.AddMember(context.Background(), testkit.Member(m, wire.PressService)); err != nil {
			t.Fatal(err)
		}
	}
	o := Options{Browse: n.browse, Publish: n.publish, Tokens: callers{n.store, n.people}, Intake: kit.Receive, Takes: take.New(n.store, n.browse, n.now), Stories: n.stories, Now: n.now, Log: slog.New(slog.DiscardHandler),
		SessionCookie: func(r *http.Request) string {
			c, err := r.Cookie("session")
			if err != nil {
				return ""
			}
			return c.Value
		}}
	for _, f := range change {
		f(&o)
	}
	var err error
	if n.api, err = newAPI(o); err != nil {
		t.Fatal(err)
	}
	n.handler = n.api.handler()
	return n
}

// place finds the stories of what came.
func (n *node) place() {
	n.t.Helper()
	if err := n.stories.Handlers()[store.JobStories](context.Background(), jobs.Job{Kind: store.JobStories}); err != nil {
		n.t.Fatal(err)
	}
}

// callers knows who comes to the API: tokens from the database, sessions from people.
type callers struct {
	*store.Store
	people *people.Service
}

func (c callers) Viewer(ctx context.Context, session string) (access.Viewer, error) {
	return c.people.Viewer(ctx, session)
}

// session signs somebody of a member in, who has a role at a desk.
func (n *node) session(m wire.MemberID, role people.Role) string {
	n.t.Helper()
	ctx := context.Background()
	d, err := n.people.MakeDesk(ctx, people.Desk{Member: m, Names: map[lang.Tag]string{lang.EN: "Desk"}})
	if err != nil {
		n.t.Fatal(err)
	}
	u, err := n.people.MakeUser(ctx, people.User{Member: m, Login: string(m), Name: "Somebody", Grants: []people.Grant{{Desk: d.ID, Role: role}}})
	if err != nil {
		n.t.Fatal(err)
	}
	secret, err := n.people.OpenSession(ctx, u.ID, "")
	if err != nil {
		n.t.Fatal(err)
	}
	return secret
}

func (n *node) token(m wire.MemberID, scopes ...access.Scope) string {
	n.t.Helper()
	secret, err := n.store.CreateToken(context.Background(), m, scopes, "test")
	if err != nil {
		n.t.Fatal(err)
	}
	return secret
}

func (n *node) lead() string { return n.token(accesstest.Lead, access.Scopes...) }

// reply is an answer with helpers that fail the test.
type reply struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   []byte
}

func (n *node) call(token, method, path, body string, headers ...string) reply {
	n.t.Helper()
	r := httptest.NewRequest(method, "http://wire.example"+path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	n.handler.ServeHTTP(w, r)
	return reply{n.t, method + " " + path, w.Code, w.Header(), w.Body.Bytes()}
}

func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: %d, want %d: %.600s", r.what, r.status, status, r.body)
	}
	return r
}

// problem wants a problem document of this status, kind and field.
func (r reply) problem(status int, kind, field string) {
	r.t.Helper()
	r.want(status)
	var p Problem
	if err := json.Unmarshal(r.body, &p); err != nil || r.header.Get("Content-Type") != "application/problem+json" {
		r.t.Fatalf("%s: %s %s", r.what, r.header.Get("Content-Type"), r.body)
	}
	if string(p.Kind) != kind || p.Field != field || p.Status != status || !strings.HasSuffix(p.Detail, ".") {
		r.t.Fatalf("%s: %+v, want kind %s, field %q", r.what, p, kind, field)
	}
}

func into[T any](r reply) T {
	r.t.Helper()
	var v T
	if err := json.Unmarshal(r.body, &v); err != nil {
		r.t.Fatalf("%s: %v: %.300s", r.what, err, r.body)
	}
	return v
}

var schema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for name, url := range map[string]string{"ninjs-schema_3.1.json": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json", "GeoJSON-schema.json": "https://geojson.org/schema/GeoJSON.json"} {
		f, err := os.Open("../format/ninjs/testdata/" + name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		doc, err := jsonschema.UnmarshalJSON(f)
		if err != nil {
			return nil, err
		}
		if err := c.AddResource(url, doc); err != nil {
			return nil, err
		}
	}
	return c.Compile("http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json")
})

// conforms fails unless the bytes are ninjs 3.1, and returns them decoded.
func conforms(t testing.TB, b []byte) ninjs.Item {
	t.Helper()
	s, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	if err := s.Validate(v); err != nil {
		t.Fatalf("not ninjs 3.1: %v\n%s", err, b)
	}
	it, err := ninjs.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

type rawList struct {
	Items []json.RawMessage
	Next  string
}

// page reads a list, checking each item.
func (r reply) page() (items []ninjs.Item, next string) {
	r.t.Helper()
	l := into[rawList](r.want(200))
	for _, raw := range l.Items {
		items = append(items, conforms(r.t, raw))
	}
	return items, l.Next
}

func item(language, headline, body string, more ...string) string {
	s := fmt.Sprintf(`{"language":%q,"type":"text","headlines":[{"value":%q}],"bodies":[{"contentType":"text/plain","value":%q}]`, language, headline, body)
	for i := 0; i+1 < len(more); i += 2 {
		s += fmt.Sprintf(`,%q:%s`, more[i], more[i+1])
	}
	return s + "}"
}

func release(items ...string) string { return `{"items":[` + strings.Join(items, ",") + `]}` }

func with(body, field, value string) string {
	return strings.TrimSuffix(body, "}") + fmt.Sprintf(`,%q:%s}`, field, value)
}

const (
	kkHead, kkBody = "Бөгет қайта ашылды", "Көксай бөгеті жөндеуден кейін ашылды.\n\nСу деңгейі қалыпты."
	ruHead, ruBody = "Плотина вновь открыта", "Плотина Коксай открыта после ремонта."
)

func TestLifeOfARelease(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	made := n.call(lead, "POST", "/api/v1/releases", release(item("kk", kkHead, kkBody, "uri", `"https://cms.example/1"`, "urgency", "4"), item("ru", ruHead, ruBody))).want(201)
	r := into[Release](made)
	if made.header.Get("Location") != "/api/v1/releases/"+string(r.ID) || r.State != "released" || *r.Urgency != 4 || r.Audience != "public" || len(r.Items) != 2 ||
		*r.Items[0].Translation != "original" || *r.Items[1].Translation != "official" || *r.Items[0].Headline != kkHead || *r.Items[0].Version != 1 || r.Issuers[0] != accesstest.Lead {
		t.Fatalf("%s", made.body)
	}
	id := string(r.ID)

	// Lists.
	items, next := n.call("", "GET", "/api/v1/items", "").page()
	if len(items) != 2 || next != "" || items[0].Language != "kk" || items[0].RepresentationType != "partial" || len(items[0].Bodies) != 0 || items[0].PubStatus != "usable" {
		t.Fatalf("%+v", items)
	}
	items, _ = n.call("", "GET", "/api/v1/items?full=1&lang=ru", "").page()
	if len(items) != 1 || items[0].Language != "ru" || items[0].Bodies[0].Value != ruBody {
		t.Fatalf("%+v", items)
	}
	for q, want := range map[string]int{"q=" + "бөгеті": 2, "q=xyzzy": 0, "member=toqsanbulaq": 2, "member=altinsu": 0, "kind=capture": 0, "kind=release&sort=relevance&q=жөндеуден": 2,
		"since=2026-06-01T00:00:00Z": 2, "before=2026-06-01": 0, "since=2030-01-01": 0} {
		if items, _ := n.call("", "GET", "/api/v1/items?"+q, "").page(); len(items) != want {
			t.Errorf("%s: %d items, want %d", q, len(items), want)
		}
	}
	if l := into[ReleaseList](n.call("", "GET", "/api/v1/releases", "").want(200)); len(l.Releases) != 1 || l.Releases[0].ID != r.ID {
		t.Fatalf("%+v", l)
	}

	// One item by each of its names.
	for _, name := range []string{string(r.Items[0].ID), r.Items[0].URI} {
		got := conforms(t, n.call("", "GET", "/api/v1/items/"+name, "").want(200).body)
		if got.Headlines[0].Value != kkHead || got.RepresentationType != "full" || got.URI != r.Items[0].URI || len(got.Bodies) != 1 {
			t.Fatalf("%+v", got)
		}
	}
	n.call(lead, "GET", "/api/v1/items/"+"https:%2F%2Fcms.example%2F1", "").want(200)
	n.call("", "GET", "/api/v1/items/"+"https:%2F%2Fcms.example%2F1", "").problem(404, "not-found", "")
	v1 := n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID)+"/versions/1", "").want(200)
	conforms(t, v1.body)
	if exact, err := n.browse.VersionBytes(context.Background(), access.Viewer{}, r.Items[0].ID, 1); err != nil || !bytes.Equal(exact, v1.body) {
		t.Fatal(err)
	}
	n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID)+"/versions/1/proof", "").want(200)
	for _, written := range []string{"01", "+1", "%2B1", "001/proof", "%2b1/proof"} { // a version has one address
		n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID)+"/versions/"+written, "").problem(404, "not-found", "")
	}
	n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID)+"/versions/2", "").problem(404, "not-found", "")
	g2 := n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID), "", "Accept", "application/vnd.iptc.g2.newsitem+xml").want(200)
	if g2.header.Get("Content-Type") != "application/vnd.iptc.g2.newsitem+xml" || !bytes.Contains(g2.body, []byte(kkHead)) {
		t.Fatalf("%s", g2.body)
	}

	// ETag.
	one := n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID), "").want(200)
	if one.header.Get("Cache-Control") != "no-cache" {
		t.Error(one.header)
	}
	if again := n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID), "", "If-None-Match", one.header.Get("ETag")); again.status != 304 || len(again.body) != 0 {
		t.Fatalf("%d %s", again.status, again.body)
	}

	// Update: Russian by its uri, a new language; Kazakh is behind.
	n.setClock(n.now().Add(time.Minute))
	r = into[Release](n.call(lead, "POST", "/api/v1/releases/"+id+"/update", release(item("ru", ruHead+" 2", ruBody, "uri", `"`+r.Items[1].URI+`"`), item("en", "Dam reopened", "It is open."))).want(200))
	if len(r.Items) != 3 || *r.Items[1].Version != 2 || *r.Items[0].Version != 1 || r.Items[2].Language != "en" {
		t.Fatalf("%+v", r)
	}
	if n.call("", "GET", "/api/v1/items/"+string(r.Items[1].ID), "", "If-None-Match", one.header.Get("ETag")).status != 200 {
		t.Error("an old ETag for new words")
	}
	// Correct: by the sender's own uri, with the reason.
	n.setClock(n.now().Add(time.Minute))
	fix := release(item("kk", kkHead+"!", kkBody, "uri", `"https://cms.example/1"`))
	n.call(lead, "POST", "/api/v1/releases/"+id+"/correct", fix).problem(422, "invalid", "reason")
	r = into[Release](n.call(lead, "POST", "/api/v1/releases/"+id+"/correct", with(fix, "reason", `"The name was wrong."`)).want(200))
	if *r.Items[0].Version != 2 || *r.Items[1].Version != 2 {
		t.Fatalf("%+v", r)
	}
	got := conforms(t, n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID), "").want(200).body)
	if d := got.Descriptions[len(got.Descriptions)-1]; d.Role != "correction" || d.Value != "The name was wrong." {
		t.Errorf("%+v", got.Descriptions)
	}
	n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID)+"/versions/1", "").want(200)

	// Take.
	k := into[Taken](n.call(lead, "POST", "/api/v1/items/"+string(r.Items[0].ID)+"/take", `{"desk":"Foreign"}`).want(200))
	if !strings.HasPrefix(k.Text, kkHead+"!\n\nКөксай") || !strings.HasSuffix(k.Text, "[Member toqsanbulaq]\n["+k.State+"]") || !strings.Contains(k.State, "official; original; version 2; corrected 2026-06-01T09:02:00Z: The name was wrong.") {
		t.Fatalf("%+v", k)
	}
	if takes, err := n.store.TakesOfItem(context.Background(), string(r.Items[0].ID), 0, 10); err != nil || len(takes) != 1 || takes[0].DeskName != "Foreign" || takes[0].Version != 2 || takes[0].Member != accesstest.Lead {
		t.Fatalf("%v %v", takes, err)
	}
	taken := "/api/v1/items/" + string(r.Items[0].ID) + "/take"
	if k := into[Taken](n.call(lead, "POST", taken, `{"desk":"Foreign"}`, "Accept-Language", "xx, ur-PK;q=0.9, ru;q=0.8").want(200)); !strings.HasPrefix(k.State, "سرکاری؛ ") {
		t.Errorf("the state is not said in the language asked for: %q", k.State)
	}
	for _, header := range []string{"", "*", "xx", ";;;", "ru;q=0", "ru;q=x", strings.Repeat("ru,", 5000)} {
		if k := into[Taken](n.call(lead, "POST", taken, `{"desk":"Foreign"}`, "Accept-Language", header).want(200)); !strings.HasPrefix(k.State, "official; ") {
			t.Errorf("Accept-Language %.20q: %q", header, k.State)
		}
	}
	takes := into[TakeList](n.call(lead, "GET", taken+"s", "").want(200))
	if len(takes.Takes) != 1 || takes.Takes[0].Desk != "Foreign" || takes.Takes[0].State != "using" || takes.Takes[0].StoppedAt != nil || takes.Next != "" {
		t.Errorf("%+v", takes)
	}
	for _, token := range []string{"", n.token(accesstest.Other, access.Scopes...), n.token(accesstest.Lead, access.Read)} {
		n.call(token, "GET", taken+"s", "").problem(404, "not-found", "")
	}
	n.call(lead, "GET", taken+"s?cursor=-1", "").problem(422, "invalid", "cursor")
	n.call("", "POST", "/api/v1/items/"+string(r.Items[0].ID)+"/take", `{"desk":"Foreign"}`).problem(401, "unauthenticated", "")
	n.call(lead, "POST", "/api/v1/items/"+string(r.Items[0].ID)+"/take", `{}`).problem(422, "invalid", "desk")

	// Withdraw.
	n.call(lead, "POST", "/api/v1/releases/"+id+"/withdraw", `{}`).problem(422, "invalid", "reason")
	gone := into[Release](n.call(lead, "POST", "/api/v1/releases/"+id+"/withdraw", `{"reason":"Not ours."}`).want(200))
	if gone.State != "withdrawn" || gone.Reason != "Not ours." || gone.Items[0].Headline != nil {
		t.Fatalf("%+v", gone)
	}
	got = conforms(t, n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID), "").want(200).body)
	if got.PubStatus != "canceled" || len(got.Headlines) != 0 || len(got.Bodies) != 0 {
		t.Fatalf("%+v", got)
	}
	n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID)+"/versions/2", "").problem(404, "not-found", "")
	n.call(lead, "POST", "/api/v1/items/"+string(r.Items[0].ID)+"/take", `{"desk":"Foreign"}`).problem(409, "conflict", "")
	if k := into[TakeList](n.call(lead, "GET", taken+"s", "").want(200)); len(k.Takes) != 1 || k.Takes[0].State != "waiting" {
		t.Errorf("%+v", k)
	}
	n.call(lead, "POST", "/api/v1/releases/"+id+"/update", release(item("kk", "x", "y"))).problem(409, "conflict", "")
	if e := into[Release](n.call(lead, "DELETE", "/api/v1/releases/"+id, "").want(200)); e.State != "erased" || e.Reason != "" {
		t.Fatalf("%+v", e)
	}
}
