// Package nitf reads the News Industry Text Format of the IPTC, versions 3.0 to 3.6, as agencies really send it: with and without a
// document type, in any order, with elements that no version knows.
//
// Source: iptc.org/standards/nitf, the DTD and schema of 3.6. No entity of a document type is looked at, nothing is fetched; bytes, depth,
// elements and the length of a tag are bounded.
package nitf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Bounds of what Parse reads.
const (
	MaxBytes      = 32 << 20 // of a document
	maxDepth      = 100      // of nested elements
	maxElements   = 500_000  // in a document
	maxParagraphs = 200_000  // in a document
	maxRevisions  = 1000
	maxTag        = 64 << 10 // bytes of one tag with its attributes
)

// Document is what a NITF document says, as plain text. A text that is absent is "", a time zero.
type Document struct {
	ID         string // doc-id: id-string, after the registry that gave it, if one is named
	Version    int    // of du-key; 0: not stated
	Status     string // usable (also when not stated), embargoed, withheld or canceled
	Refers     string // doc-id of another document that this one is about; empty: none
	ReferTo    string // the status that this document gives that other one: canceled takes it back
	Language   string // as it is written: of body, else of nitf
	Urgency    int    // 1 to 8; 0: not stated
	Issued     Moment
	Release    Moment // not to be used before
	Unreleased bool   // it is said that there is such a time, but not which
	Expires    Moment
	Headline   string
	Subheads   []string
	Byline     string
	Dateline   string
	StoryDate  Moment
	Distribute string // distributor
	Copyright  string
	Rights     string // what it may be used for, in words
	EdNotes    []string
	Keywords   []string
	Paragraphs []string
	Tagline    string
	Revisions  []Revision
}

// Revision is one line of the revision history.
type Revision struct {
	Name, Function, Comment string
	At                      Moment
}

// Moment is a time as it is written (norm, ISO 8601): OK is false where that cannot be read, Day true where it has no time of day. At is UTC; a
// time without a zone cannot be read.
type Moment struct {
	Raw     string
	At      time.Time
	Day, OK bool
}

// Stated reports whether anything is written at all.
func (m Moment) Stated() bool { return m.Raw != "" }

func moment(raw string) Moment {
	m := Moment{Raw: strings.TrimSpace(raw)}
	if len(m.Raw) > 60 {
		m.Raw = m.Raw[:60]
	}
	for _, layout := range []string{"20060102T150405Z0700", "20060102T150405Z07:00", time.RFC3339, "2006-01-02T15:04:05Z0700", "20060102T1504Z0700", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, m.Raw); err == nil {
			m.At, m.OK = t.UTC(), true
			return m
		}
	}
	for _, layout := range []string{"20060102", time.DateOnly} {
		if t, err := time.Parse(layout, m.Raw); err == nil {
			m.At, m.Day, m.OK = t, true, true
			return m
		}
	}
	return m
}

// Is reports whether the first element of an XML document in UTF-8 is that of NITF.
func Is(doc []byte) bool {
	rest := bytes.TrimPrefix(doc[:min(len(doc), 64<<10)], []byte("\xef\xbb\xbf"))
	for range 100 {
		i := bytes.IndexByte(rest, '<')
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
		end := ""
		switch {
		case bytes.HasPrefix(rest, []byte("!--")):
			end = "-->"
		case bytes.HasPrefix(rest, []byte("?")):
			end = "?>"
		case bytes.HasPrefix(rest, []byte("!")):
			end = ">"
		default:
			name := rest
			if n := bytes.IndexAny(name, " \t\r\n/>"); n >= 0 {
				name = name[:n]
			}
			if n := bytes.IndexByte(name, ':'); n >= 0 {
				name = name[n+1:]
			}
			return bytes.EqualFold(name, []byte("nitf"))
		}
		n := bytes.Index(rest, []byte(end))
		if n < 0 {
			return false
		}
		rest = rest[n:]
	}
	return false
}

// Parse reads a document in UTF-8, whatever its declaration says. A document that is too large, too deep or too crowded is TooLarge; one with
// entities of its own, or that is not NITF, is Unsupported; anything malformed is Invalid and names its line.
func Parse(doc []byte) (_ Document, err error) {
	if len(doc) > MaxBytes {
		return Document{}, fault.E(fault.TooLarge, "A NITF document may have %d MB; this one has %d bytes.", MaxBytes>>20, len(doc))
	}
	doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf"))
	if err := bounded(doc); err != nil {
		return Document{}, err
	}
	p := &parser{d: xml.NewDecoder(bytes.NewReader(doc)), doc: Document{Status: "usable"}}
	p.d.Entity = xml.HTMLEntity
	p.d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	seen := false
	for {
		t, err := p.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Document{}, err
		}
		s, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if !strings.EqualFold(s.Name.Local, "nitf") {
			return Document{}, fault.E(fault.Unsupported, "The root element of this XML, %.60q, is not nitf.", s.Name.Local)
		}
		seen = true
		p.doc.Language = language(s)
		if err := p.children("nitf", p.root); err != nil {
			return Document{}, err
		}
	}
	if !seen {
		return Document{}, fault.E(fault.Invalid, "This document holds no NITF.")
	}
	return p.doc, nil
}

// bounded looks at the length of tags before the decoder holds them.
func bounded(doc []byte) error {
	n, quote, in := 0, byte(0), false
	for i, c := range doc {
		switch {
		case !in:
			if c == '<' {
				if rest := doc[i:]; bytes.HasPrefix(rest, []byte("<!--")) || bytes.HasPrefix(rest, []byte("<![CDATA[")) || bytes.HasPrefix(rest, []byte("<?")) {
					continue // the decoder keeps no more of them than their bytes
				}
				in, n, quote = true, 0, 0
			}
		case quote == 0 && c == '>':
			in = false
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
		if n++; in && n > maxTag {
			return fault.Field(line(doc, i), "A tag of the document is longer than %d KB.", maxTag>>10)
		}
	}
	return nil
}

func line(doc []byte, at int) string {
	return fmt.Sprintf("line %d", 1+bytes.Count(doc[:at], []byte("\n")))
}

type parser struct {
	d        *xml.Decoder
	depth    int
	elements int
	path     []string
	doc      Document
}

// at blames the line that is being read, and the element.
func (p *parser) at(f *fault.Error) error {
	c := *f
	n, _ := p.d.InputPos()
	c.Field = fmt.Sprintf("line %d", n)
	if len(p.path) > 0 {
		c.Field += ", " + strings.Join(p.path[:min(len(p.path), 6)], "/")
	}
	return &c
}

// next is the only way to a token; it holds the bounds and turns every error into a fault.
func (p *parser) next() (xml.Token, error) {
	t, err := p.d.Token()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, p.at(fault.E(fault.Invalid, "This is not well-formed XML.").Because(err))
	}
	switch t := t.(type) {
	case xml.Directive:
		if bytes.IndexByte(t, '[') >= 0 {
			return nil, p.at(fault.E(fault.Unsupported, "A document type with declarations of its own is not read here; send the document without them."))
		}
	case xml.StartElement:
		if p.depth++; p.depth > maxDepth {
			return nil, p.at(fault.E(fault.TooLarge, "The document is nested deeper than %d elements.", maxDepth))
		}
		if p.elements++; p.elements > maxElements {
			return nil, p.at(fault.E(fault.TooLarge, "The document has more than %d elements.", maxElements))
		}
	case xml.EndElement:
		p.depth--
	}
	return t, nil
}

// children calls f for every child element of the one just started, to its end. f consumes the child.
func (p *parser) children(name string, f func(xml.StartElement) error) error {
	p.path = append(p.path, name)
	for {
		t, err := p.next()
		if err != nil {
			return p.cut(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f(t); err != nil {
				return err
			}
		case xml.EndElement:
			p.path = p.path[:len(p.path)-1]
			return nil
		}
	}
}

func (p *parser) cut(err error) error {
	if errors.Is(err, io.EOF) {
		return p.at(fault.E(fault.Invalid, "The document is cut off: an element is not closed."))
	}
	return err
}

// text is all text of the element just started, white space collapsed.
func (p *parser) text() (string, error) {
	var b strings.Builder
	for depth := 1; depth > 0; {
		t, err := p.next()
		if err != nil {
			return "", p.cut(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			depth++
			if t.Name.Local == "br" {
				b.WriteByte(' ')
			}
		case xml.EndElement:
			depth--
		}
	}
	return strings.Join(strings.Fields(b.String()), " "), nil
}

func (p *parser) skip() error {
	_, err := p.text()
	return err
}

// set reads the text of an element into a field; the first one counts.
func (p *parser) set(to *string) error {
	s, err := p.text()
	if *to == "" {
		*to = s
	}
	return err
}

func attr(s xml.StartElement, name string) string {
	for _, a := range s.Attr {
		if strings.EqualFold(a.Name.Local, name) {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

func language(s xml.StartElement) string {
	if l := attr(s, "lang"); len(l) <= 40 {
		return l
	}
	return ""
}

func (p *parser) root(s xml.StartElement) error {
	switch s.Name.Local {
	case "head":
		return p.children("head", p.head)
	case "body":
		if l := language(s); l != "" {
			p.doc.Language = l
		}
		return p.children("body", p.body)
	}
	return p.skip()
}

func (p *parser) head(s xml.StartElement) error {
	switch s.Name.Local {
	case "docdata":
		if st := strings.ToLower(attr(s, "management-status")); st != "" {
			p.doc.Status = st
			if st == "cancelled" || st == "kill" || st == "killed" {
				p.doc.Status = "canceled"
			}
		}
		p.doc.Refers, p.doc.ReferTo = attr(s, "management-doc-idref"), strings.ToLower(attr(s, "management-idref-status"))
		return p.children("docdata", p.docdata)
	case "revision-history":
		if len(p.doc.Revisions) < maxRevisions {
			p.doc.Revisions = append(p.doc.Revisions, Revision{attr(s, "name"), attr(s, "function"), attr(s, "comment"), moment(attr(s, "norm"))})
		}
	}
	return p.skip()
}

func (p *parser) docdata(s xml.StartElement) error {
	number := func(v string) int {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > 1<<30 {
			return 0
		}
		return n
	}
	switch s.Name.Local {
	case "doc-id":
		p.doc.ID = attr(s, "id-string")
		if from := attr(s, "regsrc"); from != "" && p.doc.ID != "" {
			p.doc.ID = from + ":" + p.doc.ID
		}
	case "urgency":
		if n := number(attr(s, "ed-urg")); n <= 9 {
			p.doc.Urgency = n
		}
	case "date.issue":
		p.doc.Issued = moment(attr(s, "norm"))
	case "date.release":
		p.doc.Release, p.doc.Unreleased = moment(attr(s, "norm")), false
		if !p.doc.Release.Stated() {
			t, err := p.text()
			p.doc.Release = moment(t)
			p.doc.Unreleased = t == ""
			return err
		}
	case "date.expire":
		p.doc.Expires = moment(attr(s, "norm"))
	case "du-key":
		p.doc.Version = number(attr(s, "version"))
	case "ed-msg":
		if v := attr(s, "info"); v != "" && len(p.doc.EdNotes) < 20 {
			p.doc.EdNotes = append(p.doc.EdNotes, v)
		}
	case "doc.copyright":
		p.doc.Copyright = strings.TrimSpace("© " + strings.TrimSpace(attr(s, "year")+" "+attr(s, "holder")))
	case "doc.rights":
		var parts []string
		for _, name := range []string{"owner", "agent", "type", "geography", "location-code", "startdate", "enddate", "limitations"} {
			if v := attr(s, name); v != "" {
				parts = append(parts, name+": "+v)
			}
		}
		if p.doc.Rights == "" {
			p.doc.Rights = strings.Join(parts, "; ")
		}
	case "key-list":
		return p.children("key-list", func(s xml.StartElement) error {
			if k := attr(s, "key"); k != "" && len(p.doc.Keywords) < 100 {
				p.doc.Keywords = append(p.doc.Keywords, k)
			}
			return p.skip()
		})
	}
	return p.skip()
}

func (p *parser) body(s xml.StartElement) error {
	switch s.Name.Local {
	case "body.head":
		return p.children("body.head", p.bodyHead)
	case "body.content":
		return p.children("body.content", p.block)
	case "body.end":
		return p.children("body.end", func(s xml.StartElement) error {
			if s.Name.Local == "tagline" {
				return p.set(&p.doc.Tagline)
			}
			return p.skip()
		})
	}
	return p.skip()
}

func (p *parser) bodyHead(s xml.StartElement) error {
	switch s.Name.Local {
	case "hedline", "headline":
		return p.children(s.Name.Local, func(s xml.StartElement) error {
			t, err := p.text()
			switch {
			case t == "":
			case p.doc.Headline == "" && s.Name.Local != "hl2":
				p.doc.Headline = t
			case len(p.doc.Subheads) < 20:
				p.doc.Subheads = append(p.doc.Subheads, t)
			}
			return err
		})
	case "byline":
		t, err := p.text()
		if p.doc.Byline != "" && t != "" {
			t = p.doc.Byline + "; " + t
		}
		if t != "" {
			p.doc.Byline = t
		}
		return err
	case "dateline":
		var place, rest []string
		p.path = append(p.path, "dateline")
		for {
			t, err := p.next()
			if err != nil {
				return p.cut(err)
			}
			switch t := t.(type) {
			case xml.CharData:
				if w := strings.Join(strings.Fields(string(t)), " "); w != "" {
					rest = append(rest, w)
				}
			case xml.StartElement:
				if t.Name.Local == "story.date" {
					p.doc.StoryDate = moment(attr(t, "norm"))
				}
				w, err := p.text()
				if err != nil {
					return err
				}
				if w != "" && t.Name.Local == "location" {
					place = append(place, w)
				} else if w != "" {
					rest = append(rest, w)
				}
			case xml.EndElement:
				p.path = p.path[:len(p.path)-1]
				if p.doc.Dateline == "" {
					p.doc.Dateline = strings.Join(append(place, rest...), " ")
				}
				return nil
			}
		}
	case "distributor":
		return p.set(&p.doc.Distribute)
	case "rights":
		t, err := p.text()
		if t != "" {
			p.doc.Rights = t
		}
		return err
	case "note":
		t, err := p.text()
		if t != "" && len(p.doc.EdNotes) < 20 {
			p.doc.EdNotes = append(p.doc.EdNotes, t)
		}
		return err
	}
	return p.skip()
}

// block reads one block of the text: a paragraph, or what holds some.
func (p *parser) block(s xml.StartElement) error {
	switch s.Name.Local {
	case "block", "bq", "ol", "ul", "dl", "table", "tbody", "thead", "tfoot", "nitf-table", "content":
		return p.children(s.Name.Local, p.block)
	case "tr":
		var cells []string
		err := p.children("tr", func(xml.StartElement) error {
			t, err := p.text()
			if t != "" {
				cells = append(cells, t)
			}
			return err
		})
		if err != nil {
			return err
		}
		return p.add(strings.Join(cells, " · "))
	case "media", "datasource", "colgroup", "caption", "virtloc":
		return p.skip()
	}
	t, err := p.text()
	if err != nil {
		return err
	}
	return p.add(t)
}

func (p *parser) add(t string) error {
	if t == "" {
		return nil
	}
	if len(p.doc.Paragraphs) == maxParagraphs {
		return p.at(fault.E(fault.TooLarge, "The document has more than %d paragraphs.", maxParagraphs))
	}
	p.doc.Paragraphs = append(p.doc.Paragraphs, t)
	return nil
}
