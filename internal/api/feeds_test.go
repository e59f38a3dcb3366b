package api

import (
	"encoding/hex"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/store"
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

// nextOfFeed is the cursor of a feed's next page.
var nextOfFeed = regexp.MustCompile(`(?:rel="next"[^>]*|"next_url":"[^"]*)cursor=([A-Za-z0-9_%-]+)`)

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
		if strings.Contains(string(r.body), " alone") || strings.Contains(string(r.body), "Sealed") {
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
}

func TestFormatsOfOneItem(t *testing.T) {
	t.Parallel()
	n := newNode(t, func(o *Options) { o.PublicURL = "https://node.example" })
	r := n.releaseTexts("", "kk", "Su keldi", "fa", "آب")
	path := "/api/v1/items/" + string(r.Items[0].ID)
	for _, c := range []struct{ query, accept, mediaType, version string }{
		{"", "", "application/json", "3.1"}, {"", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json", "3.1"}, {"", "application/json, text/plain, */*", "application/json", "3.1"},
		{"", "application/json; version=3.0", "application/json", "3.0"}, {"", "application/ninjs+json;version=3.0;q=0.5, application/json", "application/json", "3.1"}, {"?version=3.0", "", "application/json", "3.0"},
		{"?version=3.1", "application/json;version=3.0", "application/json", "3.1"}, {"", "text/plain", "text/plain; charset=utf-8", ""}, {"?format=text", "", "text/plain; charset=utf-8", ""},
		{"?format=newsml-g2", "", "application/vnd.iptc.g2.newsitem+xml", ""}, {"?format=ninjs", "text/plain", "application/json", "3.1"}, {"", "application/vnd.iptc.g2.newsitem+xml, application/json", "application/vnd.iptc.g2.newsitem+xml", ""},
	} {
		a := n.call("", "GET", path+c.query, "", "Accept", c.accept).want(200)
		if a.header.Get("Content-Type") != c.mediaType || c.version != "" && into[struct{ Standard struct{ Version string } }](a).Standard.Version != c.version {
			t.Errorf("%q, %q: %s\n%s", c.query, c.accept, a.header.Get("Content-Type"), a.body)
		}
	}
	n.call("", "GET", path+"?version=2.0", "").want(422)
	n.call("", "GET", path+"?format=nitf", "").want(422)
	l := into[rawList](n.call("", "GET", "/api/v1/items?version=3.0", "").want(200))
	if !strings.Contains(string(l.Items[0]), `"version":"3.0"`) {
		t.Errorf("%s", l.Items[0])
	}
	text := string(n.call("", "GET", path+"?format=text", "").want(200).body)
	if !strings.HasPrefix(text, "[") || !strings.Contains(text, "]\n\nSu keldi\n\nFirst paragraph of Su keldi.\n\n") || !strings.HasSuffix(text, r.Items[0].URI+"\n") {
		t.Errorf("%s", text)
	}
	n.call(n.lead(), "POST", "/api/v1/releases/"+string(r.ID)+"/withdraw", `{"reason":"The figure was wrong"}`, "Content-Type", "application/json").want(200)
	text = string(n.call("", "GET", path+"?format=text", "").want(200).body)
	if strings.Contains(text, "Su") || strings.Contains(text, "paragraph") || !strings.Contains(text, "The figure was wrong") {
		t.Errorf("%s", text)
	}
	for _, form := range []string{"atom", "rss", "json"} {
		a := n.call("", "GET", "/feeds/all."+form, "").want(200)
		f := read(t, a)
		if len(f.Entries) != 2 || strings.Contains(string(a.body), "keldi") || !strings.Contains(string(a.body), "The figure was wrong") {
			t.Errorf("%s:\n%s", form, a.body)
		}
		// A search by words that are gone still tells of it.
		if f := read(t, n.call("", "GET", "/feeds/search."+form+"?q=keldi", "").want(200)); len(f.Entries) != 2 {
			t.Errorf("%s: %+v", form, f.Entries)
		}
	}
	if a := n.call("", "GET", "/feeds/all.atom", ""); strings.Count(string(a.body), "<at:deleted-entry ref=") != 2 {
		t.Errorf("%s", a.body)
	}
}

// What one may not see changes nothing in what one gets: neither the bytes nor a header of them.
func TestFeedTellsNothingOfWhatIsClosed(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.releaseTexts("", "en", "Rain")
	n.setClock(n.now().Add(time.Hour))
	reader := n.token(accesstest.Other, "read")
	paths := []string{"/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json", "/feeds/search.atom?q=water", "/feeds/lang/en.json", "/feeds/member/" + string(accesstest.Lead) + ".rss"}
	take := func() (out []string) {
		for _, p := range paths {
			for _, token := range []string{"", reader} {
				r := n.call(token, "GET", p, "").want(200)
				out = append(out, r.header.Get("ETag")+" "+r.header.Get("Last-Modified")+" "+r.header.Get("Content-Length")+"\n"+string(r.body))
			}
		}
		return out
	}
	before := take()
	if !strings.Contains(before[0], "2026 09:00:00 GMT") {
		t.Errorf("no time of the last change: %.80s", before[0])
	}
	if r := n.call("", "GET", paths[0], "", "If-Modified-Since", "Mon, 01 Jun 2026 09:00:00 GMT"); r.status != 304 || len(r.body) > 0 {
		t.Errorf("%d", r.status)
	}
	n.call("", "GET", paths[0], "", "If-Modified-Since", "Mon, 01 Jun 2026 08:59:59 GMT").want(200)
	n.call("", "GET", paths[0], "", "If-Modified-Since", "Mon, 01 Jun 2026 09:00:00 GMT", "If-None-Match", `"other"`).want(200)
	n.releaseTexts(`"draft":true,`, "en", "Draft about water")
	n.releaseTexts(`"audience":"members",`, "en", "Members about water")
	sealed := n.releaseTexts(`"embargoedUntil":"2026-06-02T09:00:00Z",`, "en", "Sealed about water")
	n.releaseTexts(`"publishAt":"2026-06-02T09:00:00Z",`, "en", "Later about water")
	item := `{"items":[{"language":"en","headlines":[{"value":"Sealed about more water"}],"bodies":[{"contentType":"text/plain","value":"x"}]}],"reason":"why"}`
	n.call(n.lead(), "POST", "/api/v1/releases/"+string(sealed.ID)+"/correct", item, "Content-Type", "application/json").want(200)
	n.call(n.lead(), "POST", "/api/v1/releases/"+string(sealed.ID)+"/withdraw", `{"reason":"why"}`, "Content-Type", "application/json").want(200)
	for i, s := range take() {
		if s != before[i] {
			t.Errorf("%s (%d) tells of what is closed:\n%s\nbefore:\n%s", paths[i/2], i%2, s, before[i])
		}
	}
}

// Pages never miss and never repeat; corrections and withdrawals further down are told on the first.
func TestFeedPages(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	var all []Release
	for i := range 25 {
		all = append(all, n.releaseTexts("", "en", "Report "+string(rune('a'+i))))
		n.setClock(n.now().Add(time.Minute))
	}
	next := nextOfFeed
	for _, form := range []string{"atom", "rss", "json"} {
		seen := map[string]int{}
		pages := 0
		for cursor := ""; ; pages++ {
			r := n.call("", "GET", "/feeds/all."+form+"?limit=10&cursor="+cursor, "").want(200)
			for _, e := range read(t, r).Entries {
				seen[e.ID]++
			}
			m := next.FindStringSubmatch(string(r.body))
			if m == nil {
				break
			}
			cursor = m[1]
		}
		if len(seen) != 25 || pages != 2 {
			t.Errorf("%s: %d entries on %d further pages", form, len(seen), pages)
		}
	}
	item := `{"items":[{"language":"en","headlines":[{"value":"Report corrected"}],"bodies":[{"contentType":"text/plain","value":"x"}]}],"reason":"why"}`
	n.call(n.lead(), "POST", "/api/v1/releases/"+string(all[0].ID)+"/correct", item, "Content-Type", "application/json").want(200)
	n.setClock(n.now().Add(time.Minute))
	n.call(n.lead(), "POST", "/api/v1/releases/"+string(all[1].ID)+"/withdraw", `{"reason":"why"}`, "Content-Type", "application/json").want(200)
	for _, q := range []string{"", "&q=report"} {
		f := read(t, n.call("", "GET", "/feeds/all.rss?limit=10"+q, "").want(200))
		if len(f.Entries) != 12 || f.Entries[0].ID != all[1].Items[0].URI || f.Entries[1].Title != "Report corrected" || f.Entries[2].Title != "Report y" {
			t.Errorf("%q: %+v", q, f.Entries)
		}
	}
	if f := read(t, n.call("", "GET", "/feeds/search.rss?q=corrected&limit=10", "").want(200)); len(f.Entries) != 2 { // it, and the notice of what was withdrawn
		t.Errorf("%+v", f.Entries)
	}
	if f := read(t, n.call("", "GET", "/feeds/lang/kk.rss", "").want(200)); len(f.Entries) != 0 {
		t.Errorf("%+v", f.Entries)
	}
	n.setClock(n.now().Add(40 * 24 * time.Hour)) // nobody waits for ever
	if f := read(t, n.call("", "GET", "/feeds/all.rss?limit=10", "").want(200)); len(f.Entries) != 10 {
		t.Errorf("%d entries a month later", len(f.Entries))
	}
}

// What is kept for others is as good as what is made anew.
func TestKeptFeeds(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	first := n.releaseTexts("", "en", "Rain")
	entries := func(token, path string) int { return len(read(t, n.call(token, "GET", path, "").want(200)).Entries) }
	const path = "/feeds/all.rss"
	for i := range 3 {
		if got := entries("", path); got != 1 {
			t.Errorf("%d: %d entries", i, got)
		}
	}
	if len(n.api.feeds.all) != 1 {
		t.Errorf("%d feeds are kept", len(n.api.feeds.all))
	}
	n.releaseTexts("", "en", "Wind")
	if got := entries("", path); got != 2 {
		t.Errorf("%d entries after a release", got)
	}
	n.releaseTexts(`"audience":"members",`, "en", "Closed")
	if got := entries(n.token(accesstest.Other, "read", "read:closed"), path); got != 3 {
		t.Errorf("a member gets %d", got)
	}
	if got := entries("", path); got != 2 {
		t.Errorf("anyone gets %d", got)
	}
	n.call(n.lead(), "POST", "/api/v1/releases/"+string(first.ID)+"/withdraw", `{"reason":"why"}`, "Content-Type", "application/json").want(200)
	if r := n.call("", "GET", path, "").want(200); strings.Contains(string(r.body), "Rain") {
		t.Error("what was withdrawn is shown")
	}
	if f := read(t, n.call("", "GET", "/feeds/all.json?ui=fa", "").want(200)); f.Title != "خبرها" || f.Language != "fa" {
		t.Errorf("%+v", f)
	}
	n.call("", "GET", "/feeds/all.json?ui=%3Cx%3E", "").want(200)
}

// A file that is attached goes to programs with a token as it goes to people: with the words, and gone with them.
func TestFilesForTokens(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	content := []byte("%PDF-1.7 of an agreement")
	blobs, err := blob.OpenDir(filepath.Join(n.dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	defer blobs.Close()
	hash, err := blobs.Put(t.Context(), content)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := hex.DecodeString(hash)
	if err != nil {
		t.Fatal(err)
	}
	in := publish.Input{Issuers: []wire.MemberID{accesstest.Lead}, Audience: wire.Audience{Class: wire.Members}, Items: []wire.NewItem{{Language: "en", Content: wire.Content{Headline: "Agreement",
		Attachments: []wire.Attachment{{SHA256: [32]byte(sum), Length: 24, MediaType: "application/pdf"}}}}}}
	in.Follow = func(tx *store.Tx, r *wire.Release) error {
		return tx.PutReleaseFile(string(r.ID), store.DraftFile{Hash: hash, MediaType: "application/pdf", Length: 24})
	}
	desk := access.Viewer{Member: accesstest.Lead, Scopes: access.Scopes}
	r, err := n.publish.Create(t.Context(), desk, in)
	if err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/items/" + string(r.Items[0].ID) + "/files/" + hash
	other := n.token(accesstest.Other, "read", "read:closed")
	if !strings.Contains(string(n.call(other, "GET", "/feeds/all.atom", "").want(200).body), path) {
		t.Error("the feed does not name the file")
	}
	a := n.call(other, "GET", path, "").want(200)
	if string(a.body) != string(content) || a.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || a.header.Get("Cache-Control") != "private, no-store" ||
		!strings.HasPrefix(a.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%s %v", a.body, a.header)
	}
	n.conditioned(other, path)
	n.call("", "GET", path, "").want(404)
	n.call(n.token(accesstest.Other, "read"), "GET", path, "").want(404)
	n.call(other, "GET", path[:len(path)-1]+"g", "").want(422)
	if _, err := n.publish.Withdraw(t.Context(), desk, r.ID, "why", nil); err != nil {
		t.Fatal(err)
	}
	n.call(other, "GET", path, "").want(404)
}
