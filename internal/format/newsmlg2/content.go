package newsmlg2

import (
	"encoding/xml"
	"strings"

	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/fault"
)

// Elements of XHTML and NITF that begin and end a paragraph. Everything else is part of the line.
var blocks = set("p h1 h2 h3 h4 h5 h6 hl1 hl2 li div tr table ul ol dl dt dd blockquote bq section article header footer main " +
	"br hr pre block body body.content html nitf fn note datasource")

// Elements whose text is not the story: heads, scripts, captions of media, and NITF's own headline and
// byline, which contentMeta states.
var dropped = set("head body.head body.end script style noscript template media object iframe svg math figure form")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// paragraphs collects running text and breaks it at blocks.
type paragraphs struct {
	left int // how many more may come
	line strings.Builder
	out  []string
}

func (p *paragraphs) end() {
	if s := collapse(p.line.String()); s != "" && p.left > 0 {
		p.out = append(p.out, s)
		p.left--
	}
	p.line.Reset()
}

// running begins the text of one rendition; the bound on paragraphs holds for the document.
func (x *itemParser) running() *paragraphs {
	return &paragraphs{left: maxParagraphs + 1 - x.paragraphs}
}

func (x *itemParser) done(ps *paragraphs) ([]string, error) {
	ps.end()
	if x.paragraphs += len(ps.out); x.paragraphs > maxParagraphs {
		return nil, fault.E(fault.TooLarge, "The document has more than %d paragraphs.", maxParagraphs)
	}
	return ps.out, nil
}

func (x *itemParser) content(s xml.StartElement) error {
	switch s.Name.Local {
	case "inlineXML":
		if len(x.i.Paragraphs) > 0 { // a further rendition of the same content
			return x.skip()
		}
		return x.inlineXML()
	case "inlineData":
		if attr(s, "encoding")+attr(s, "encodinguri") != "" || len(x.plain) > 0 {
			return x.skip()
		}
		return x.inlineData(attr(s, "contenttype"))
	}
	return x.skip()
}

func (x *itemParser) inlineXML() (err error) {
	ps := x.running()
	for depth, dropAt := 1, 0; depth > 0; {
		t, err := x.next()
		if err != nil {
			return cutOff(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			if dropAt == 0 && dropped[t.Name.Local] {
				dropAt = depth
			}
			if blocks[t.Name.Local] {
				ps.end()
			}
		case xml.EndElement:
			if blocks[t.Name.Local] {
				ps.end()
			}
			if depth == dropAt {
				dropAt = 0
			}
			depth--
		case xml.CharData:
			if dropAt == 0 {
				ps.line.Write(t)
			}
		}
	}
	x.i.Paragraphs, err = x.done(ps)
	return err
}

func (x *itemParser) inlineData(contentType string) (err error) {
	var b strings.Builder
	for depth := 1; depth > 0; {
		t, err := x.next()
		if err != nil {
			return cutOff(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	ps := x.running()
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch strings.TrimSpace(kind) {
	case "text/html", "application/xhtml+xml":
		ps.html(b.String())
	case "", "text/plain":
		ps.plain(b.String())
	}
	x.plain, err = x.done(ps)
	return err
}

// html takes the text out of markup that came escaped. The tokenizer keeps no tree.
func (p *paragraphs) html(s string) {
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(MaxBytes)
	for hidden := ""; ; {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if hidden == "" {
				p.line.WriteString(html.UnescapeString(string(z.Raw())))
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if hidden == "" && dropped[string(name)] {
				hidden = string(name)
			}
			if blocks[string(name)] {
				p.end()
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if hidden == string(name) {
				hidden = ""
			}
			if blocks[string(name)] {
				p.end()
			}
		case html.SelfClosingTagToken:
			if name, _ := z.TagName(); blocks[string(name)] {
				p.end()
			}
		}
	}
}

// plain breaks text at blank lines or, where there are none, at every line.
func (p *paragraphs) plain(s string) {
	s = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(s))
	blank := false
	for l := range strings.SplitSeq(s, "\n") {
		blank = blank || strings.TrimSpace(l) == ""
	}
	for l := range strings.SplitSeq(s, "\n") {
		if !blank || strings.TrimSpace(l) == "" {
			p.end()
		}
		p.line.WriteString(l)
		p.line.WriteByte('\n')
	}
}
