package feed

import (
	"strconv"
	"strings"
	"time"
)

const (
	dcSpace      = "http://purl.org/dc/elements/1.1/"
	dctermsSpace = "http://purl.org/dc/terms/"
	contentSpace = "http://purl.org/rss/1.0/modules/content/"
	mediaSpace   = "http://search.yahoo.com/mrss/"
)

// mailDate is RFC 822 with four figures of the year, as RSS wants it.
func mailDate(t time.Time) string { return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000") }

// RSS writes RSS 2.0 with the elements of Atom, Dublin Core, content and Media RSS that readers know. What is gone stands as an item that says so
// (Post.Notice): RSS has nothing else for it.
func (c Channel) RSS() []byte {
	d := &xmlDoc{}
	d.b.WriteString(xmlHead)
	d.open("rss", "version", "2.0", "xmlns:atom", atomSpace, "xmlns:dc", dcSpace, "xmlns:dcterms", dctermsSpace, "xmlns:content", contentSpace, "xmlns:media", mediaSpace, "xml:lang", tagOf(c.Language))
	d.open("channel")
	title := Text{c.Title, c.Language}.Line()
	d.text("title", title)
	d.text("link", oneLine(safe(c.Site)))
	description := Text{c.Description, c.Language}.Line()
	if description == "" {
		description = title
	}
	d.text("description", description)
	if t := tagOf(c.Entries); t != "" { // of what stands in it
		d.text("language", t)
	}
	if !c.Updated.IsZero() {
		d.text("lastBuildDate", mailDate(c.Updated))
	}
	d.text("generator", "Jarchi")
	d.text("docs", "https://www.rssboard.org/rss-specification")
	for _, l := range [][2]string{{"self", c.Self}, {"first", c.First}, {"next", c.Next}} {
		if l[1] != "" {
			d.empty("atom:link", "rel", l[0], "type", RSSType, "href", l[1])
		}
	}
	if c.Hub != "" {
		d.empty("atom:link", "rel", "hub", "href", c.Hub)
	}
	for _, p := range c.Posts {
		d.item(p.ready())
	}
	d.close("channel")
	d.close("rss")
	return []byte(d.b.String())
}

func (d *xmlDoc) item(p Post) {
	d.open("item", "xml:lang", tagOf(p.Language))
	d.text("title", p.Title.Line(), "xml:lang", other(p.Title.Language, p.Language))
	if p.Link != "" {
		d.text("link", oneLine(safe(p.Link)))
	}
	d.b.WriteString(`<guid isPermaLink="false">` + escape(oneLine(safe(p.ID))) + "</guid>\n")
	if !p.Published.IsZero() {
		d.text("pubDate", mailDate(p.Published))
	}
	d.text("dcterms:modified", stamp(p.Updated))
	for _, a := range p.Authors { // RSS's own author is a mail address
		d.text("dc:creator", oneLine(safe(a.Name)))
	}
	if t := tagOf(p.Language); t != "" {
		d.text("dc:language", t)
	}
	for _, x := range p.Categories {
		d.text("category", oneLine(safe(x.Label)), "domain", x.Scheme)
	}
	if r := (Text{p.Rights, p.Language}); !r.empty() {
		d.text("dc:rights", r.Line())
	}
	summary := p.Summary
	if summary.empty() {
		summary = p.Title
	}
	// The description is markup: it says its language and direction itself.
	d.text("description", Post{Language: summary.Language, Before: p.Before, Paragraphs: []Text{summary}}.markup())
	if len(p.Paragraphs)+len(p.Notes) > 0 {
		d.text("content:encoded", p.markup())
	}
	for i, f := range p.Files {
		length := strconv.FormatInt(max(f.Length, 0), 10)
		if i == 0 { // of enclosures many readers take one
			d.empty("enclosure", "url", f.URL, "length", length, "type", f.MediaType)
		}
		d.open("media:content", "url", f.URL, "fileSize", length, "type", f.MediaType)
		if caption := (Text{f.Caption, f.Language}); !caption.empty() {
			d.text("media:description", caption.Line(), "type", "plain")
		}
		if credit := (Text{f.Credit, f.Language}); !credit.empty() {
			d.text("media:credit", credit.Line())
		}
		d.close("media:content")
	}
	for _, v := range p.Versions {
		if v.Language != p.Language {
			d.empty("atom:link", "rel", "related", "type", "text/html", "hreflang", tagOf(v.Language), "title", v.Language.Autonym(), "href", v.Link)
		}
	}
	if p.Proof != "" {
		d.empty("atom:link", "rel", "related", "type", "application/json", "title", "proof", "href", p.Proof)
	}
	if p.Item != "" {
		d.text("dcterms:source", strings.TrimSpace(safe(p.Item)))
	}
	d.close("item")
}
