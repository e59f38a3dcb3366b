package feed

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/fault"
)

const base = "https://news.example/feeds/all.xml"

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       Feed
	}{
		{"RSS 2.0", `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>News &amp; views</title><link>https://news.example/</link><atom:link rel="self" href="https://news.example/feeds/all.xml"/><language>kk-KZ</language><copyright>Free</copyright><image><title>Logo</title><link>x</link></image>
<item><title>A &amp;amp; B <![CDATA[<b>meet</b>]]></title><link>/1</link><guid isPermaLink="false">g1</guid><pubDate>Mon, 01 Jun 2026 10:00:00 GMT</pubDate><author>a@b.example (A. Writer)</author><dc:creator>B. Writer</dc:creator>
<category>Water</category><category domain="x">Roads</category><category>Water</category><description>&lt;p&gt;Short&lt;/p&gt;</description><content:encoded><![CDATA[<p>The whole text is longer than that.</p>]]></content:encoded><enclosure url="https://news.example/a.jpg" type="image/jpeg"/></item></channel></rss>`,
			Feed{Format: "rss", Title: "News & views", Link: "https://news.example/", Language: "kk-KZ", Rights: "Free", Entries: []Entry{{N: 1, ID: "g1", Link: "https://news.example/1", Title: "A & B meet",
				Published: "Mon, 01 Jun 2026 10:00:00 GMT", Authors: []string{"A. Writer", "B. Writer"}, Categories: []string{"Water", "Roads"}, Summary: "<p>Short</p>", Content: "<p>The whole text is longer than that.</p>"}}}},
		{"RSS 0.91 without a guid, with one that is the link", `<rss version="0.91"><channel><title>N</title><item><title>T</title><description>D</description><guid>https://news.example/2</guid></item></channel></rss>`,
			Feed{Format: "rss", Title: "N", Entries: []Entry{{N: 1, ID: "https://news.example/2", Link: "https://news.example/2", Title: "T", Summary: "D"}}}},
		{"RSS 1.0", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>N</title><link>https://news.example/</link></channel>
<item rdf:about="https://news.example/3"><title>T</title><link>https://news.example/3</link><dc:date>2026-06-01T10:00:00+05:00</dc:date><dc:language>uz</dc:language></item></rdf:RDF>`,
			Feed{Format: "rdf", Title: "N", Link: "https://news.example/", Entries: []Entry{{N: 1, ID: "https://news.example/3", Link: "https://news.example/3", Title: "T", Published: "2026-06-01T10:00:00+05:00", Language: "uz"}}}},
		{"Atom 1.0", `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fa" xml:base="https://news.example/x/"><title type="html">N &amp;lt;3&lt;/b&gt;</title><link rel="self" href="a"/><link href="/home"/><id>f</id>
<entry xml:lang="ur"><id>tag:1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">T <b>bold</b></div></title><link rel="enclosure" href="a.mp3"/><link rel="alternate" type="text/html" href="4"/>
<updated>2026-06-01T10:00:00Z</updated><published>2026-05-31T10:00:00Z</published><author><name>A</name><email>a@b.example</email></author><category term="w" label="Water"/><summary>1 &lt; 2</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text with <a href="b">a link</a>, long enough.</p></div></content><rights>R</rights></entry></feed>`,
			Feed{Format: "atom", Title: "N <3", Link: "https://news.example/home", Language: "fa", Entries: []Entry{{N: 1, ID: "tag:1", Link: "https://news.example/x/4", Title: "T bold", Updated: "2026-06-01T10:00:00Z", Published: "2026-05-31T10:00:00Z",
				Authors: []string{"A"}, Language: "ur", Categories: []string{"Water"}, Summary: "1 &lt; 2", Content: `<div><p>Text with <a href="b">a link</a>, long enough.</p></div>`, Rights: "R"}}}},
		{"Atom 0.3", `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>N</title><entry><id>1</id><title>T &amp; U</title><link rel="alternate" href="https://news.example/5"/><issued>2026-06-01</issued><modified>2026-06-02</modified></entry></feed>`,
			Feed{Format: "atom", Title: "N", Entries: []Entry{{N: 1, ID: "1", Link: "https://news.example/5", Title: "T & U", Published: "2026-06-01", Updated: "2026-06-02"}}}},
		{"JSON Feed 1.0 and 1.1", `{"version":"https://jsonfeed.org/version/1","title":"N <3","home_page_url":"/","language":"tr","items":[{"id":7,"url":"6","title":"T","content_text":"a < b\n\nc","author":{"name":"A"},"authors":[{"name":"B"}],"tags":["x","y"],"date_published":"2026-06-01T10:00:00Z","language":"az"}]}`,
			Feed{Format: "json", Title: "N <3", Link: "https://news.example/", Language: "tr", Entries: []Entry{{N: 1, ID: "7", Link: "https://news.example/feeds/6", Title: "T", Published: "2026-06-01T10:00:00Z", Authors: []string{"B", "A"}, Language: "az", Categories: []string{"x", "y"}, Content: "a &lt; b<p>c"}}}},
		{"a sitemap with news", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.example/7</loc><lastmod>2026-06-02</lastmod><news:news><news:publication><news:name>N</news:name><news:language>ru</news:language></news:publication>
<news:publication_date>2026-06-01T10:00Z</news:publication_date><news:title>T</news:title><news:keywords>a, b</news:keywords></news:news></url><url><loc>ftp://news.example/8</loc></url></urlset>`,
			Feed{Format: "sitemap", Entries: []Entry{{N: 1, Link: "https://news.example/7", Title: "T", Published: "2026-06-01T10:00Z", Updated: "2026-06-02", Language: "ru", Categories: []string{"a", "b"}}}}},
	} {
		got, err := Read(c.text, base)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", c.name, err, got, c.want)
		}
	}
}

// TestDamage: an entry that cannot be read costs itself; the line is the document's own.
func TestDamage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("<rss><channel>\n")
	for i := range 100 {
		title := fmt.Sprint("Item ", i)
		if i%10 == 3 {
			title = "a < b"
		}
		fmt.Fprintf(&b, "<item><title>%s</title><dc:creator>A</dc:creator></item>\n", title)
	}
	f, err := Read(b.String()+"</channel></rss>", base)
	if err != nil || len(f.Entries) != 90 || len(f.Damage) != 10 || f.Damage[1].Line != 15 || f.Damage[1].Code != Damaged {
		t.Errorf("%d entries, damage %+v, %v", len(f.Entries), f.Damage, err)
	}
	for _, e := range f.Entries {
		if len(e.Authors) != 1 {
			t.Errorf("entry %d lost its author", e.N)
		}
	}
}

func TestWhatIsNoFeed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Problem{
		"": {Code: Empty}, "\ufeff \n": {Code: Empty}, "hello": {Code: NotAFeed, Line: 1}, "<a/>": {Code: NotAFeed, Line: 1}, "{}": {Code: NotAFeed}, "[]": {Code: NotAFeed, Line: 1}, "<": {Code: CutOff, Line: 1},
		"<!-- nothing -->": {Code: NotAFeed}, "<rss><channel>": {Code: CutOff, Line: 1}, `{"items":[`: {Code: CutOff, Line: 1},
		`<html><head><link rel="alternate" type="application/atom+xml" href="atom.xml"></head>`: {Code: WebPage, At: "https://news.example/feeds/atom.xml"},
		"<!DOCTYPE html>\n<html><head><meta charset=utf-8><title>a</title>":                     {Code: WebPage},
		"<!doctype html>\n<title>Sign in</title><form>":                                         {Code: WebPage},
	} {
		f, err := Read(text, base)
		var p *Problem
		if !errors.As(err, &p) || fault.KindOf(err) != fault.Unsupported || p.Code != want.Code || p.Line != want.Line || p.At != want.At {
			t.Errorf("%q: %+v, %+v, %v", text, f, p, err)
		}
	}
}

func TestCharset(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{`<?xml version="1.0" encoding="windows-1251"?>`, "text/xml", "text/xml; charset=windows-1251"},
		{`<?xml version='1.0' encoding='koi8-r' ?>`, "", "text/xml; charset=koi8-r"},
		{`<?xml version="1.0" encoding="windows-1251"?>`, "text/xml; charset=utf-8", "text/xml; charset=utf-8"},
		{`<?xml version="1.0"?>`, "text/xml", "text/xml"}, {`<?xml encoding=`, "a/b", "a/b"}, {`<rss encoding="x">`, "", ""},
	} {
		if got := Charset([]byte(c[0]), c[1]); got != c[2] {
			t.Errorf("%s, %s: %q", c[0], c[1], got)
		}
	}
}

// FuzzRead: whatever comes in, reading ends, and what comes out keeps its bounds.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"", "{", "<", "<rss>", "<rss><channel><item>", "<rss><channel><item><title>a < b</title></item><item><title>c</title></item></channel></rss>",
		`<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml"><div>a<b>c</b></div></content></entry></feed>`,
		`<rdf:RDF><item rdf:about="http://a.example/"><title>x</title></item></rdf:RDF>`,
		`{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"url":"b"},7]}`,
		`<urlset><url><loc>http://a.example/</loc><news:news><news:publication></news:news></url></urlset>`,
		`<sitemapindex><sitemap><loc>http://a.example/</loc></sitemap></sitemapindex>`,
		`<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item><title>&a;&#x0;&nbsp;</title></item>`,
		"<rss><channel><item><guid>\x00</guid><link>javascript:1</link><author>a@b (c)</author><category/></item>", strings.Repeat("<a>", 200), "<html><head><link rel=alternate type=application/rss+xml href=//x/>",
		`<rss xml:base="//a.example/b/"><channel><item xml:base="::"><link>c</link></item>`, "x<?xml version='1.0'?><rss><channel><item><title>a</title></item></channel></rss>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Read(text, base)
		var p *Problem
		if err != nil && !errors.As(err, &p) {
			t.Fatalf("no reason: %v", err)
		}
		if err != nil && (got.Format != "" || p.Line < 0 || p.Line > 1+strings.Count(text, "\n")) {
			t.Fatalf("%+v with %+v", got, p)
		}
		if len(got.Entries) > MaxEntries || len(got.Damage) > maxDamage {
			t.Fatalf("%d entries, %d damages", len(got.Entries), len(got.Damage))
		}
		last := 0
		for _, e := range got.Entries {
			if e.N <= last || e.Link != "" && !strings.HasPrefix(e.Link, "http") || strings.ContainsAny(e.Title, "\n\t") || len(e.Authors) > maxList || len(e.Categories) > maxList {
				t.Fatalf("%+v", e)
			}
			last = e.N
		}
	})
}

// TestNothingTurnsAround: names and titles of a feed hold no overrides of the reading direction, nor half of an isolate, however they are spelt.
func TestNothingTurnsAround(t *testing.T) {
	t.Parallel()
	f, err := Read("<rss><channel><title>A\u202ebc</title><item><title>One &amp;#8238;two \u2067three</title><category>x\u202dy</category><author>A \u2068Writer\u2069</author><guid>1</guid></item></channel></rss>", "http://a.example/feed")
	if err != nil || f.Title != "Abc" || len(f.Entries) != 1 || f.Entries[0].Title != "One two three" || f.Entries[0].Categories[0] != "xy" || f.Entries[0].Authors[0] != "A \u2068Writer\u2069" {
		t.Errorf("%+v, %v", f, err)
	}
	if got := cut("\u2067abcdef\u2069", 3); got != "ab" {
		t.Errorf("%q", got)
	}
}
