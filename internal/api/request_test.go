package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/wire"
)

func TestDecodeRelease(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		body  string
		kind  fault.Kind
		field string
	}{
		"empty":                {"", fault.Invalid, ""},
		"array":                {"[]", fault.Invalid, ""},
		"cut off":              {`{"items":[`, fault.Invalid, ""},
		"half a letter":        {`{"reason":"` + "\xd0" + `"}`, fault.Invalid, ""},
		"items a string":       {`{"items":"x"}`, fault.Invalid, "items"},
		"item a string":        {`{"items":["x"]}`, fault.Invalid, "items[0]"},
		"deep":                 {`{"x":` + strings.Repeat("[", 200_000), fault.TooLarge, ""},
		"crowded":              {`{"x":[` + strings.Repeat("0,", bodyBounds.Commas+1), fault.TooLarge, ""},
		"audience unknown":     {`{"audience":"all"}`, fault.Invalid, "audience"},
		"audience a number":    {`{"audience":1}`, fault.Invalid, "audience"},
		"time without zone":    {`{"publishAt":"2026-06-01T10:00:00"}`, fault.Invalid, "publishAt"},
		"embargo a day":        {`{"embargoedUntil":"2026-06-01"}`, fault.Invalid, "embargoedUntil"},
		"no language":          {release(`{"headlines":[{"value":"x"}]}`), fault.Invalid, "items[0].language"},
		"language":             {release(item("kk", "x", "y"), item("<b>", "x", "y")), fault.Invalid, "items[1].language"},
		"type":                 {release(item("kk", "x", "y")[:len(item("kk", "x", "y"))-1] + `,"urgency":12}`), fault.Invalid, "items[0].urgency"},
		"partial":              {release(item("kk", "x", "y", "representationType", `"partial"`)), fault.Invalid, "items[0].representationType"},
		"canceled":             {release(item("kk", "x", "y", "pubStatus", `"canceled"`)), fault.Invalid, "items[0].pubStatus"},
		"uri":                  {release(item("kk", "x", "y", "uri", `"not a uri"`)), fault.Invalid, "items[0].uri"},
		"subject":              {release(item("kk", "x", "y", "subjects", `[{"uri":"x y"}]`)), fault.Invalid, "items[0].subjects[0].uri"},
		"turned headline":      {release(item("kk", "abc\u202edef", "y")), fault.Invalid, "items[0].headlines"},
		"open isolate":         {release(item("kk", "abc\u2067def", "y")), fault.Invalid, "items[0].headlines"},
		"closed too often":     {release(item("kk", "abc\u2069\u2067def", "y")), fault.Invalid, "items[0].headlines"},
		"tag characters":       {release(strings.Replace(item("kk", "abc", "y"), "abc", "abc\U000e0041", 1)), fault.Invalid, "items[0].headlines"},
		"nothing to be seen":   {release(item("kk", "\u3164\u200b\u2800\u034f", "y")), fault.Invalid, "items[0].headlines"},
		"bell in the headline": {release(strings.Replace(item("kk", "abc", "y"), "abc", `abc\u0007`, 1)), fault.Invalid, "items[0].headlines"},
		"body of markdown":     {release(`{"language":"kk","headlines":[{"value":"x"}],"bodies":[{"contentType":"text/markdown","value":"*x*"}]}`), fault.Invalid, "items[0].bodies"},
		"two embargoes":        {release(item("kk", "x", "y", "embargoedUntil", `"2030-01-01T00:00:00Z"`), item("ru", "x", "y", "embargoedUntil", `"2031-01-01T00:00:00Z"`)), fault.Invalid, "items[1].embargoedUntil"},
		"embargo misspelt":     {`{"embargoUntil":"2030-01-01T00:00:00Z","items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "embargoUntil"},
		"embargo with a bar":   {`{"embargoed_until":"2030-01-01T00:00:00Z","items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "embargoed_until"},
		"item's embargo":       {release(item("kk", "x", "y", "embargo", `"2030-01-01T00:00:00Z"`)), fault.Invalid, "items[0].embargo"},
		"schedule":             {`{"publish_at":"2030-01-01T00:00:00Z","items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "publish_at"},
		"audiences":            {`{"audiences":"members","items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "audiences"},
		"is a draft":           {`{"isDraft":true,"items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "isDraft"},
		"is embargoed":         {`{"is_embargoed":true,"items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "is_embargoed"},
		"visibility":           {`{"visibility":"members","items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "visibility"},
		"public or not":        {`{"isPublic":false,"items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "isPublic"},
		"access level":         {`{"accessLevel":"members","items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "accessLevel"},
		"release at":           {`{"releaseAt":"2030-01-01T00:00:00Z","items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "releaseAt"},
		"item's draft":         {release(item("kk", "x", "y", "isDraft", `true`)), fault.Invalid, "items[0].isDraft"},
		"embargo of nothing":   {`{"embargoedUntil":"","items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "embargoedUntil"},
		"time of nothing":      {`{"publishAt":"","items":[` + item("kk", "x", "y") + `]}`, fault.Invalid, "publishAt"},
		"item's empty embargo": {release(item("kk", "x", "y", "embargoedUntil", `""`)), fault.Invalid, "items[0].embargoedUntil"},
		"many items":           {release(slices.Repeat([]string{item("kk", "x", "y")}, wire.MaxItems+1)...), fault.Invalid, "items"},
	} {
		_, err := decodeRelease([]byte(k.body))
		if _, field := fault.Public(err); fault.KindOf(err) != k.kind || field != k.field {
			t.Errorf("%s: field %q, %v", name, field, err)
		}
	}
	s, err := decodeRelease([]byte("\xef\xbb\xbf" + `{"unknown":{"a":[1]},"publisher":{"name":"x"},"publication":"x","accessibility":"x","releaseId":"x","publicId":"x","isbn":"x","publishAt":null,"audience":["altinsu"],"embargoedUntil":"2030-01-01T05:00:00+05:00","items":[` + item("kk", "\u2067x\u2069", "a\n\nb", "embargoedUntil", `"2029-01-01T00:00:00Z"`) + `]}`))
	if err != nil || !s.embargoedUntil.Equal(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)) || !reflect.DeepEqual(s.audience, wire.Audience{Class: wire.Partners, Partners: []wire.MemberID{"altinsu"}}) ||
		!slices.Equal(s.items[0].Content.Body, []string{"a", "b"}) {
		t.Fatalf("%+v %v", s, err)
	}
}

// No markup gets in, and no text of a page is lost.
// TestHalfLetter: an escape that is half of a letter is refused, with its place; whole ones, and what only looks like one, are not; nor is a name taken that stands twice.
func TestHalfLetter(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{
		`{"a":"\ud800"}`: 6, `{"a":"\udc00\ud800"}`: 6, `{"a":"\uD83D\uDE00\uD83Dx"}`: 18, `{"a":"\ud83d\u0041"}`: 6, `{"\udfff":1}`: 2,
		`{"a":"\uD83D\uDE00"}`: -1, `{"a":"\\ud800"}`: -1, `{"a":"\u0436\n"}`: -1, `{"a":"\ud8"}`: -1, `\`: -1, ``: -1,
	} {
		if got := halfLetter([]byte(in)); got != want {
			t.Errorf("%s: %d, want %d", in, got, want)
		}
	}
	for body, place := range map[string]string{
		`{"audience":"members","items":[],"audience":"public"}`: "audience", `{"audience":"members","Audience":"public"}`: "Audience", `{"items":[{"uri":"a","headlines":[{"value":"a","Value":"b"}]}]}`: "items[0].headlines[0].Value", `{"items":[{"uri":"a","headlines":[{"value":"a","value":"b"}]}]}`: "items[0].headlines[0].value",
	} {
		if _, err := decodeRelease([]byte(body)); err == nil || !strings.Contains(err.Error(), "stands twice") {
			t.Errorf("%s: %v", body, err)
		} else if _, field := fault.Public(err); field != place {
			t.Errorf("%s: at %s", body, field)
		}
	}
	var v map[string]any
	if err := decode([]byte(`{"a":"half \ud800"}`), &v); err == nil {
		t.Error("half a letter was read")
	}
}

func TestTextOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"<p>One &amp; two</p><p>three</p>":      {"One & two", "three"},
		"a<br>b<br/>c":                          {"a", "b", "c"},
		"<p>a <b>b</b><i>c</i></p>":             {"a bc"},
		"x<script>alert('<p>1')</script>y":      {"xy"},
		"<style>p{}</style><p>x":                {"x"},
		"<title>t</title>x":                     {"x"},
		"<template><p>hidden</p></template>x":   {"x"},
		"<script>alert(1)":                      nil,
		"&lt;script&gt;alert(1)&lt;/script&gt;": {"<script>alert(1)</script>"}, // text that talks about markup stays text
		"<ul><li>1<li>2</ul>":                   {"1", "2"},
		"<table><tr><td>1</td><td>2":            {"1", "2"},
		"a\u00a0b  \n c":                        {"a b c"},
		"<p onclick=x>a<!-- c -->b":             {"ab"},
		"< p>a":                                 {"< p>a"},
		"":                                      nil,
		"<weird-thing>a</weird-thing>b":         {"a", "b"},
		"<![CDATA[x]]>y":                        {"y"},
	} {
		if got := textOf(in); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	// Depth costs nothing.
	if got := textOf(strings.Repeat("<b>", 1<<20) + "x"); !slices.Equal(got, []string{"x"}) {
		t.Errorf("%d paragraphs", len(got))
	}
}

func TestMarkupIsReadAsText(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	r := into[Release](n.call(n.lead(), "POST", "/api/v1/releases", `{"items":[{"language":"kk","headlines":[{"contentType":"text/html","value":"<h1>Бөгет <em>ашылды</em></h1>"}],
		"bodies":[{"contentType":"text/html","value":"<p>Бір</p><script>alert(1)</script><p onclick=\"x\">Екі <img src=x onerror=y></p>"}]}]}`).want(201))
	it := conforms(t, n.call("", "GET", "/api/v1/items/"+string(r.Items[0].ID), "").want(200).body)
	if it.Headlines[0].Value != "Бөгет ашылды" || it.Bodies[0].Value != "Бір\n\nЕкі" || len(it.Bodies) != 1 {
		t.Fatalf("%+v", it)
	}
}

func TestDraftsAndTimes(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	body := release(item("kk", kkHead, kkBody), item("ru", ruHead, ruBody))
	r := into[Release](n.call(lead, "POST", "/api/v1/releases", with(body, "draft", "true")).want(201))
	path := "/api/v1/releases/" + string(r.ID)
	n.call("", "GET", path, "").problem(404, "not-found", "")
	r = into[Release](n.call(lead, "PUT", path+"/items", release(item("ru", ruHead+"?", ruBody))).want(200))
	if *r.Items[1].Headline != ruHead+"?" || *r.Items[0].Headline != kkHead {
		t.Fatalf("%+v", r)
	}
	n.call(lead, "PUT", path+"/items", release(item("en", "x", "y"))).problem(422, "invalid", "items")
	n.call(lead, "POST", path+"/approve", `{}`).problem(422, "invalid", "by")
	if r = into[Release](n.call(lead, "POST", path+"/approve", `{"by":"Aigul"}`).want(200)); r.State != "approved" {
		t.Fatalf("%+v", r)
	}
	n.call(lead, "POST", path+"/schedule", `{}`).problem(422, "invalid", "publishAt")
	n.call(lead, "POST", path+"/schedule", `{"publishAt":"2020-01-01T00:00:00Z"}`).problem(422, "invalid", "publishAt")
	if r = into[Release](n.call(lead, "POST", path+"/schedule", `{"publishAt":"2026-06-01T12:00:00+02:00"}`).want(200)); r.State != "scheduled" || r.PublishAt != "2026-06-01T10:00:00Z" {
		t.Fatalf("%+v", r)
	}
	if r = into[Release](n.call(lead, "POST", path+"/unschedule", "").want(200)); r.State != "approved" || r.PublishAt != "" {
		t.Fatalf("%+v", r)
	}
	r = into[Release](n.call(lead, "POST", path+"/embargo", `{"embargoedUntil":"2026-06-01T12:00:00Z"}`).want(200))
	n.call(lead, "POST", path+"/update", release(item("ru", "x", "y"))).problem(409, "conflict", "")
	if r = into[Release](n.call(lead, "POST", path+"/publish", "").want(200)); r.State != "embargoed" || r.EmbargoedUntil != "2026-06-01T12:00:00Z" {
		t.Fatalf("%+v", r)
	}
	n.call(lead, "POST", path+"/publish", "").problem(409, "conflict", "")
	n.call("", "GET", path, "").problem(404, "not-found", "")

	// Other things of a release do not change by an update.
	for field, value := range map[string]string{"issuers": `["toqsanbulaq","altinsu"]`, "audience": `"members"`, "embargoedUntil": `"2027-01-01T00:00:00Z"`, "publishAt": `"2027-01-01T00:00:00Z"`, "draft": "true"} {
		n.call(lead, "POST", path+"/update", with(release(item("ru", "x", "y")), field, value)).problem(422, "invalid", field)
	}
	n.call(lead, "POST", path+"/update", release(item("ru", "x", "y"), item("ru", "z", "y"))).problem(422, "invalid", "items[1]")
	n.call(lead, "POST", path+"/update", release(item("en", "x", "y", "uri", `"`+r.Items[0].URI+`"`))).problem(422, "invalid", "items[0].language")

	// A draft that is deleted never was.
	d := into[Release](n.call(lead, "POST", "/api/v1/releases", with(body, "draft", "true")).want(201))
	n.call(lead, "DELETE", "/api/v1/releases/"+string(d.ID), "").want(200)
	n.call(lead, "GET", "/api/v1/releases/"+string(d.ID), "").problem(404, "not-found", "")

	// Two texts in a language, no items, a member that does not exist.
	n.call(lead, "POST", "/api/v1/releases", release(item("kk", "x", "y"), item("kk", "x", "y"))).problem(422, "invalid", "items[1].language")
	n.call(lead, "POST", "/api/v1/releases", `{"items":[]}`).problem(422, "invalid", "items")
	n.call(lead, "POST", "/api/v1/releases", "").problem(422, "invalid", "")
	n.call(lead, "POST", "/api/v1/releases", with(body, "audience", `["nobody-here"]`)).problem(422, "invalid", "audience")
	n.call(lead, "POST", "/api/v1/releases", release(item("kk", strings.Repeat("ж", 1<<20), "y"))).problem(422, "invalid", "items[0].headlines")
	n.call(lead, "POST", "/api/v1/releases", strings.Repeat(" ", maxRelease+1)).problem(413, "too-large", "")
	n.call(lead, "POST", "/api/v1/releases", release(item("kk", "x", "y", "uri", `"https://cms.example/7"`))).want(201)
	n.call(lead, "POST", "/api/v1/releases", release(item("kk", "x", "y", "uri", `"https://cms.example/7"`))).problem(422, "invalid", "items")
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	body := release(item("kk", kkHead, kkBody, "uri", `"https://cms.example/1"`))
	first := n.call(lead, "POST", "/api/v1/releases", body, "Idempotency-Key", "k1").want(201)
	again := n.call(lead, "POST", "/api/v1/releases", body, "Idempotency-Key", "k1").want(201)
	if string(first.body) != string(again.body) || again.header.Get("Location") != first.header.Get("Location") {
		t.Fatalf("%s\n%s", first.body, again.body)
	}
	n.call(lead, "POST", "/api/v1/releases", release(item("kk", "x", "y")), "Idempotency-Key", "k1").problem(409, "conflict", "Idempotency-Key")
	r := into[Release](first)
	path := "/api/v1/releases/" + string(r.ID)
	n.call(lead, "POST", path+"/withdraw", `{"reason":"x"}`, "Idempotency-Key", "k1").problem(409, "conflict", "Idempotency-Key")
	// Another token's key is another key.
	n.call(n.lead(), "POST", "/api/v1/releases", release(item("ru", "x", "y")), "Idempotency-Key", "k1").want(201)

	// A failed request is not kept.
	n.call(lead, "POST", path+"/correct", release(item("kk", "x", "y")), "Idempotency-Key", "k2").problem(422, "invalid", "reason")
	fix := with(release(item("kk", "Түзетілді", "y")), "reason", `"r"`)
	n.call(lead, "POST", path+"/correct", fix, "Idempotency-Key", "k2").want(200)
	if got := into[Release](n.call(lead, "POST", path+"/correct", fix, "Idempotency-Key", "k2").want(200)); *got.Items[0].Version != 2 || *got.Items[0].Headline != "Түзетілді" {
		t.Fatalf("%+v", got)
	}
	// After a withdrawal a repeated answer tells no words any more.
	n.call(lead, "POST", path+"/withdraw", `{"reason":"secretreason"}`, "Idempotency-Key", "k3").want(200)
	if got := n.call(lead, "POST", path+"/correct", fix, "Idempotency-Key", "k2").want(200); strings.Contains(string(got.body), "Түзетілді") {
		t.Fatalf("%s", got.body)
	}
	again = n.call(lead, "POST", path+"/withdraw", `{"reason":"secretreason"}`, "Idempotency-Key", "k3").want(200)
	if into[Release](again).State != "withdrawn" {
		t.Fatalf("%s", again.body)
	}
	n.setClock(n.now().Add(25 * time.Hour))
	n.call(lead, "POST", "/api/v1/releases", release(item("kk", "x", "y")), "Idempotency-Key", "k1").want(201)

	// At the same moment: the work is done once, and everybody gets its answer.
	var wg sync.WaitGroup
	ids := make([]wire.ReleaseID, 16)
	for i := range ids {
		wg.Add(1)
		go func() {
			defer wg.Done()
			got := n.call(lead, "POST", "/api/v1/releases", release(item("uz", "Bir xil", "y", "uri", `"https://cms.example/same"`)), "Idempotency-Key", "same")
			var r Release
			if json.Unmarshal(got.body, &r); got.status != 201 {
				t.Errorf("%d %s", got.status, got.body)
			}
			ids[i] = r.ID
		}()
	}
	wg.Wait()
	if slices.Sort(ids); ids[0] != ids[len(ids)-1] {
		t.Errorf("done more than once: %v", ids)
	}
	if items, _ := n.call("", "GET", "/api/v1/items?lang=uz", "").page(); len(items) != 1 {
		t.Errorf("%d items", len(items))
	}
}

// A walk with cursors never misses and never repeats what was there when it began, whatever comes in
// between; and a cursor that was touched is refused.
func TestCursors(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	made := map[string]bool{}
	count := 0
	add := func(k int) {
		for range k {
			count++
			body := release(item("kk", fmt.Sprintf("Бөгет %d", count), kkBody), item("ru", fmt.Sprintf("Плотина %d", count), ruBody))
			if count%7 == 0 {
				body = with(body, "embargoedUntil", `"2026-06-02T00:00:00Z"`)
			}
			r := into[Release](n.call(lead, "POST", "/api/v1/releases", body).want(201))
			made[r.Items[0].URI], made[r.Items[1].URI] = true, true
		}
	}
	add(30)
	other := n.token(accesstest.Lead, "read", "read:closed")
	walk := func(query string, between func()) map[string]int {
		seen := map[string]int{}
		cursor := ""
		for range 100 {
			items, next := n.call(other, "GET", "/api/v1/items?"+query+"&cursor="+cursor, "").page()
			for _, it := range items {
				seen[it.URI]++
			}
			if cursor = next; cursor == "" {
				return seen
			}
			if between != nil {
				between()
			}
		}
		t.Fatal("no end")
		return nil
	}
	for _, query := range []string{"limit=4", "limit=1", "limit=7&q=" + "плотина", "limit=5&q=бөгет&sort=relevance", "limit=100"} {
		before := map[string]bool{}
		all := walk(strings.Replace(query, "limit=", "limit=10&x=", 1), nil)
		for uri := range all {
			before[uri] = true
		}
		seen := walk(query, func() { add(1) })
		for uri, times := range seen {
			if times > 1 {
				t.Errorf("%s: %s %d times", query, uri, times)
			}
		}
		for uri := range before {
			if seen[uri] == 0 {
				t.Errorf("%s: %s is missed", query, uri)
			}
		}
	}
	if all := walk("limit=9", nil); len(all) != len(made) {
		t.Errorf("%d of %d", len(all), len(made))
	}
	_, next := n.call(lead, "GET", "/api/v1/items?limit=1", "").page()
	for i := 0; i < len(next); i += 5 {
		b := []byte(next)
		b[i] ^= 1
		n.call(lead, "GET", "/api/v1/items?limit=1&cursor="+string(b), "").problem(422, "invalid", "cursor")
	}
	n.call(lead, "GET", "/api/v1/stream?last="+next, "").problem(422, "invalid", "cursor") // a list's is no event's
	for query, field := range map[string]string{"limit=0": "limit", "limit=101": "limit", "limit=x": "limit", "kind=x": "kind", "sort=x": "sort", "lang=%3Cb%3E": "lang", "since=yesterday": "since", "full=maybe": "full", "member=A%20B": "member"} {
		n.call(lead, "GET", "/api/v1/items?"+query, "").problem(422, "invalid", field)
	}
}

func FuzzDecodeRelease(f *testing.F) {
	f.Add([]byte(release(item("kk", kkHead, kkBody, "uri", `"https://cms.example/1"`))))
	f.Add([]byte(with(release(item("fa", "x", "y", "embargoedUntil", `"2030-01-01T00:00:00Z"`)), "audience", `["altinsu"]`)))
	f.Add([]byte(`{"items":[{"language":"ru","headline":"x","body_html":"<p>y<script>z"}],"publishAt":"2026-06-01T10:00:00+05:00","draft":true,"urgency":3}`))
	f.Add([]byte(`{"items":[{"language":"zh","headlines":[{"contentType":"text/html","value":"<b>&#x202e;"}],"bodies":[{"contentType":"application/nitf+xml","value":"<p/>"}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := decodeRelease(body)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
				t.Fatalf("%s: %v", k, err)
			}
			return
		}
		// What is taken in form becomes a release or is refused with a reason; what is released is valid ninjs.
		items := make([]wire.NewItem, len(s.items))
		for i, it := range s.items {
			items[i] = it.NewItem
		}
		urgency := 0
		if u := s.stated(); u != nil {
			urgency = *u
		}
		r, err := wire.NewRelease([]wire.MemberID{"toqsanbulaq"}, "press.example", wire.Audience{Class: wire.Public}, urgency, items, accesstest.CreateTime)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		for i := range r.Items {
			it := ninjs.FromRelease(r, i, 1, nil)
			if err := it.Validate(); err != nil {
				t.Fatalf("%v\n%s", err, body)
			}
			b, err := it.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			conforms(t, b)
		}
		if _, err := match(r, s.items); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
	})
}

// TestWithheldIsNotReleased: an item whose sender withholds it leaves only under what says until when, or stays a draft.
func TestWithheldIsNotReleased(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	body := release(item("kk", kkHead, kkBody, "pubStatus", `"withheld"`))
	n.call(lead, "POST", "/api/v1/releases", body).problem(422, "invalid", "items[0].pubStatus")
	n.call(lead, "POST", "/api/v1/releases", with(body, "draft", "true")).want(201)
	if r := into[Release](n.call(lead, "POST", "/api/v1/releases", with(body, "embargoedUntil", `"2999-01-01T00:00:00Z"`)).want(201)); r.State != "embargoed" {
		t.Errorf("%+v", r)
	}
}
