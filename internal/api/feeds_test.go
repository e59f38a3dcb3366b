package api

import (
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/wire"
)

// releaseTexts releases texts through the API: language and headline in turn.
func (n *node) releaseTexts(more string, texts ...string) Release {
	n.t.Helper()
	var items []string
	for i := 0; i < len(texts); i += 2 {
		items = append(items, `{"language":"`+texts[i]+`","headlines":[{"value":"`+texts[i+1]+`"}],"bodies":[{"contentType":"text/plain","value":"First paragraph of `+texts[i+1]+`.\n\nSecond <paragraph> & more."}]}`)
	}
	return into[Release](n.call(n.lead(), "POST", "/api/v1/releases", `{`+more+`"items":[`+strings.Join(items, ",")+`]}`, "Content-Type", "application/json").want(201))
}

func read(t *testing.T, r reply) feed.Feed {
	t.Helper()
	f, err := feed.Read(string(r.body), "https://elsewhere.example/")
	if err != nil || len(f.Damage) > 0 {
		t.Fatalf("%v, %+v\n%s", err, f.Damage, r.body)
	}
	return f
}

func TestFeedOfThePublicWire(t *testing.T) {
	t.Parallel()
	n := newNode(t, func(o *Options) { o.PublicURL = "https://node.example/" })
	first := n.releaseTexts("", "kk", "Su keldi", "fa", "آب آمد")
	n.setClock(n.now().Add(time.Minute))
	n.releaseTexts(`"audience":"members",`, "en", "For members alone")
	n.setClock(n.now().Add(time.Minute))
	n.releaseTexts(`"embargoedUntil":"2026-06-02T09:00:00Z",`, "en", "Sealed")
	n.setClock(n.now().Add(time.Minute))
	n.releaseTexts("", "en", "Rain")

	for _, form := range []string{"atom", "rss", "json"} {
		r := n.call("", "GET", "/feeds/all."+form, "").want(200)
		f := read(t, r)
		if len(f.Entries) != 3 || f.Entries[0].Title != "Rain" || f.Entries[1].ID != first.Items[0].URI || f.Entries[2].Language != "fa" || f.Entries[2].Title != "آب آمد" {
			t.Fatalf("%s: %+v", form, f.Entries)
		}
		if want := "https://node.example/items/" + string(first.Items[1].ID); f.Entries[2].Link != want {
			t.Errorf("%s: link %s", form, f.Entries[2].Link)
		}
		if !strings.Contains(string(r.body), "Second &lt;paragraph&gt; &amp; more") && form == "atom" {
			t.Errorf("the words are not whole:\n%s", r.body)
		}
		if strings.Contains(string(r.body), "alone") || strings.Contains(string(r.body), "Sealed") {
			t.Errorf("%s tells what is closed", form)
		}
		if cc := r.header.Get("Cache-Control"); cc != "no-cache" {
			t.Errorf("Cache-Control %s", cc)
		}
		n.call("", "GET", "/feeds/all."+form, "", "If-None-Match", r.header.Get("ETag")).want(304)
	}
	if f := read(t, n.call("", "GET", "/feeds/lang/kk.atom", "").want(200)); len(f.Entries) != 1 || f.Entries[0].Title != "Su keldi" {
		t.Errorf("kk: %+v", f.Entries)
	}
	if f := read(t, n.call("", "GET", "/feeds/search.rss?q=rain", "").want(200)); len(f.Entries) != 1 || f.Entries[0].Title != "Rain" {
		t.Errorf("search: %+v", f.Entries)
	}
	// Members' own readers see more, and nobody may keep it for others.
	r := n.call(n.lead(), "GET", "/feeds/member/"+string(accesstest.Lead)+".atom", "").want(200)
	if f := read(t, r); len(f.Entries) != 5 || !strings.HasPrefix(r.header.Get("Cache-Control"), "private") {
		t.Errorf("the issuer's own feed has %d entries, %s", len(f.Entries), r.header.Get("Cache-Control"))
	}
	for _, path := range []string{"/feeds/", "/feeds/all", "/feeds/all.xml", "/feeds/lang/.atom", "/feeds/other/x.atom", "/feeds/all/x.atom", "/feeds/lang.atom"} {
		n.call("", "GET", path, "").want(404)
	}
	for _, path := range []string{"/feeds/all.atom?limit=0", "/feeds/all.atom?limit=101", "/feeds/lang/qqqqqqqqqq.atom", "/feeds/all.atom?since=yesterday", "/feeds/all.atom?cursor=x", "/feeds/all.atom?kind=x", "/feeds/member/X.atom"} {
		n.call("", "GET", path, "").want(422)
	}
	_ = wire.Released
}
