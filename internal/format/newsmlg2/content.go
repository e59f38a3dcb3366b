package newsmlg2

import (
	"encoding/xml"
	"strings"

	"golang.org/x/net/html"
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
	line strings.Builder
	out  []string
}

func (p *paragraphs) end() {
	if s := collapse(p.line.String()); s != "" {
		p.out = append(p.out, s)
	}
	p.line.Reset()
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

func (x *itemParser) inlineXML() error {
	var ps paragraphs
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
	ps.end()
	x.i.Paragraphs = ps.out
	return nil
}

func (x *itemParser) inlineData(contentType string) error {
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
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch strings.TrimSpace(kind) {
	case "text/html", "application/xhtml+xml":
		x.plain = fromHTML(b.String())
	case "", "text/plain":
		x.plain = fromPlain(b.String())
	}
	return nil
}

// fromHTML takes the text out of markup that came escaped. The tokenizer keeps no tree.
func fromHTML(s string) []string {
	var ps paragraphs
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(MaxBytes)
	for hidden := ""; ; {
		switch z.Next() {
		case html.ErrorToken:
			ps.end()
			return ps.out
		case html.TextToken:
			if hidden == "" {
				ps.line.WriteString(html.UnescapeString(string(z.Raw())))
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if hidden == "" && dropped[string(name)] {
				hidden = string(name)
			}
			if blocks[string(name)] {
				ps.end()
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if hidden == string(name) {
				hidden = ""
			}
			if blocks[string(name)] {
				ps.end()
			}
		case html.SelfClosingTagToken:
			if name, _ := z.TagName(); blocks[string(name)] {
				ps.end()
			}
		}
	}
}

// fromPlain breaks text at blank lines or, where there are none, at every line.
func fromPlain(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(s)
	lines := strings.Split(strings.TrimSpace(s), "\n")
	blank := false
	for _, l := range lines {
		blank = blank || strings.TrimSpace(l) == ""
	}
	var ps paragraphs
	for _, l := range lines {
		if !blank || strings.TrimSpace(l) == "" {
			ps.end()
		}
		ps.line.WriteString(l)
		ps.line.WriteByte('\n')
	}
	ps.end()
	return ps.out
}
