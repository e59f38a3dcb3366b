package api

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// textOf reads markup as paragraphs of plain text: what a reader of the rendered page would read, no
// tag, script or style. It walks tokens and builds no tree, so that memory follows the text's length.
func textOf(markup string) []string {
	var ps []string
	var cur strings.Builder
	end := func() {
		if p := strings.Join(strings.Fields(cur.String()), " "); p != "" {
			ps = append(ps, p)
		}
		cur.Reset()
	}
	z := html.NewTokenizer(strings.NewReader(markup))
	hidden := atom.Atom(0) // the element whose content nobody reads, until it ends
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken: // the end: a tokenizer over a string has no other error
			end()
			return ps
		case html.TextToken:
			if hidden == 0 {
				cur.Write(z.Text()) // entities are decoded here, once
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch {
			case hidden != 0:
				if kind == html.EndTagToken && tag == hidden {
					hidden = 0
				}
			case unread[tag]:
				if kind == html.StartTagToken {
					hidden = tag
				}
			case !inline[tag]:
				end()
			}
		}
	}
}

var unread = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Title: true, atom.Textarea: true, atom.Iframe: true, atom.Noembed: true,
	atom.Noframes: true, atom.Template: true, atom.Object: true, atom.Select: true}

// inline elements stand within a line; every other one, known or not, ends a paragraph.
var inline = map[atom.Atom]bool{atom.A: true, atom.Abbr: true, atom.B: true, atom.Bdi: true, atom.Bdo: true, atom.Cite: true, atom.Code: true, atom.Data: true,
	atom.Del: true, atom.Dfn: true, atom.Em: true, atom.Font: true, atom.I: true, atom.Img: true, atom.Ins: true, atom.Kbd: true, atom.Mark: true, atom.Q: true,
	atom.S: true, atom.Samp: true, atom.Small: true, atom.Span: true, atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Time: true, atom.U: true,
	atom.Var: true, atom.Wbr: true}
