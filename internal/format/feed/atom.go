package feed

import (
	"strconv"
	"strings"

	"jarchi.dev/jarchi/internal/lang"
)

const (
	atomSpace      = "http://www.w3.org/2005/Atom"
	tombstoneSpace = "http://purl.org/atompub/tombstones/1.0"
	xhtmlSpace     = "http://www.w3.org/1999/xhtml"
)

// xmlDoc builds a document line by line.
type xmlDoc struct{ b strings.Builder }

// attrs writes attributes, name and value in turn; those without a value are left out.
func (d *xmlDoc) attrs(list []string) {
	for i := 0; i+1 < len(list); i += 2 {
		if v := oneLine(safe(list[i+1])); v != "" {
			d.b.WriteString(" " + list[i] + `="` + escape(v) + `"`)
		}
	}
}

func (d *xmlDoc) open(name string, attrs ...string) {
	d.b.WriteString("<" + name)
	d.attrs(attrs)
	d.b.WriteString(">\n")
}

func (d *xmlDoc) close(name string) { d.b.WriteString("</" + name + ">\n") }

func (d *xmlDoc) empty(name string, attrs ...string) {
	d.b.WriteString("<" + name)
	d.attrs(attrs)
	d.b.WriteString("/>\n")
}

// text is an element with a text in it; value is safe already.
func (d *xmlDoc) text(name, value string, attrs ...string) {
	d.b.WriteString("<" + name)
	d.attrs(attrs)
	d.b.WriteString(">" + escape(value) + "</" + name + ">\n")
}

// raw is an element with markup in it.
func (d *xmlDoc) raw(name, value string, attrs ...string) {
	d.b.WriteString("<" + name)
	d.attrs(attrs)
	d.b.WriteString(">" + value + "</" + name + ">\n")
}

// tagOf is a language for xml:lang; empty where none is known.
func tagOf(t lang.Tag) string {
	if t == lang.Und {
		return ""
	}
	return string(t)
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// Atom writes Atom 1.0. What is gone stands as at:deleted-entry.
func (c Channel) Atom() []byte {
	d := &xmlDoc{}
	d.b.WriteString(xmlHead)
	d.open("feed", "xmlns", atomSpace, "xmlns:at", tombstoneSpace, "xml:lang", tagOf(c.Language))
	d.text("id", oneLine(safe(c.ID)))
	d.text("title", Text{c.Title, c.Language}.Line())
	if c.Description != "" {
		d.text("subtitle", Text{c.Description, c.Language}.Line())
	}
	d.text("updated", stamp(c.Updated))
	d.empty("link", "rel", "self", "type", AtomType, "href", c.Self)
	if c.Hub != "" {
		d.empty("link", "rel", "hub", "href", c.Hub)
	}
	d.empty("link", "rel", "alternate", "type", "text/html", "href", c.Site)
	for _, l := range [][2]string{{"first", c.First}, {"next", c.Next}} {
		if l[1] != "" {
			d.empty("link", "rel", l[0], "type", AtomType, "href", l[1])
		}
	}
	d.text("generator", "Jarchi")
	for _, g := range c.Gone {
		d.open("at:deleted-entry", "ref", g.ID, "when", stamp(g.At))
		if g.By != "" {
			d.open("at:by")
			d.text("name", oneLine(safe(g.By)))
			d.close("at:by")
		}
		if !g.Reason.empty() {
			d.text("at:comment", g.Reason.Line(), "xml:lang", tagOf(g.Reason.Language))
		}
		d.close("at:deleted-entry")
	}
	for _, p := range c.Posts {
		if p.Replaced != "" {
			d.empty("at:deleted-entry", "ref", p.Replaced, "when", stamp(p.Updated))
		}
		d.entry(p.ready())
	}
	d.close("feed")
	return []byte(d.b.String())
}

func (d *xmlDoc) entry(p Post) {
	d.open("entry", "xml:lang", tagOf(p.Language))
	d.text("id", oneLine(safe(p.ID)))
	d.text("title", p.Title.Line(), "xml:lang", other(p.Title.Language, p.Language))
	d.text("updated", stamp(p.Updated))
	if !p.Published.IsZero() {
		d.text("published", stamp(p.Published))
	}
	for _, a := range p.Authors {
		d.open("author")
		d.text("name", oneLine(safe(a.Name)))
		if a.URI != "" {
			d.text("uri", oneLine(safe(a.URI)))
		}
		d.close("author")
	}
	if len(p.Authors) == 0 { // RFC 4287, 4.1.1 wants one
		d.b.WriteString("<author><name>Jarchi</name></author>\n")
	}
	if p.Link != "" {
		d.empty("link", "rel", "alternate", "type", "text/html", "hreflang", tagOf(p.Language), "href", p.Link)
	}
	for _, v := range p.Versions {
		if v.Language != p.Language { // not as alternate: many readers open the last of these
			d.empty("link", "rel", "related", "type", "text/html", "hreflang", tagOf(v.Language), "title", v.Language.Autonym(), "href", v.Link)
		}
	}
	for _, f := range p.Files {
		length := ""
		if f.Length > 0 {
			length = strconv.FormatInt(f.Length, 10)
		}
		d.empty("link", "rel", "enclosure", "type", f.MediaType, "length", length, "title", f.Caption, "href", f.URL)
	}
	if p.Item != "" {
		d.empty("link", "rel", "related", "type", "application/json", "title", "ninjs", "href", p.Item)
	}
	if p.Proof != "" {
		d.empty("link", "rel", "related", "type", "application/json", "title", "proof", "href", p.Proof)
	}
	for _, x := range p.Categories {
		d.empty("category", "term", x.Term, "scheme", x.Scheme, "label", x.Label)
	}
	if r := (Text{p.Rights, p.Language}); !r.empty() {
		d.text("rights", r.Line())
	}
	if !p.Summary.empty() {
		d.text("summary", p.Summary.Line(), "xml:lang", other(p.Summary.Language, p.Language))
	}
	if len(p.Before)+len(p.Paragraphs)+len(p.Notes) > 0 {
		d.raw("content", `<div xmlns="`+xhtmlSpace+`">`+p.markup()+"</div>", "type", "xhtml") // readers take the outer one away (4.1.3.3)
	} else if p.Summary.empty() {
		d.text("summary", p.Title.Line())
	}
	d.close("entry")
}

// other is a text's language where it is not that of what it stands in.
func other(t, in lang.Tag) string {
	if t == in {
		return ""
	}
	return tagOf(t)
}
