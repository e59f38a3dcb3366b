package feed

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// spaces are the namespaces that are read, by the short names that this package uses for them. A prefix that the document does not
// declare counts as what it is by custom.
var spaces = map[string]string{
	"": "", "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
	"http://purl.org/rss/1.0/": "", "http://my.netscape.com/rdf/simple/0.9/": "", "http://backend.userland.com/rss2": "", "http://channel.netscape.com/rdf/simple/0.9/": "",
	"http://www.w3.org/2005/Atom": "atom", "http://purl.org/atom/ns#": "atom", "http://purl.org/dc/elements/1.1/": "dc", "http://purl.org/dc/terms/": "dc",
	"http://purl.org/rss/1.0/modules/content/": "content", "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
	"http://www.sitemaps.org/schemas/sitemap/0.9": "", "http://www.google.com/schemas/sitemap/0.84": "", "http://www.google.com/schemas/sitemap-news/0.9": "news",
	"http://www.w3.org/XML/1998/namespace": "xml", "http://www.w3.org/1999/xhtml": "html", "http://search.yahoo.com/mrss/": "media",
	"atom": "atom", "atom10": "atom", "a10": "atom", "dc": "dc", "dcterms": "dc", "content": "content", "feedburner": "feedburner", "news": "news", "rdf": "rdf", "xml": "xml", "media": "media",
}

func named(n xml.Name) string {
	local := strings.ToLower(n.Local)
	space := n.Space
	if len(space) > 10 && strings.HasPrefix(space, "https:") {
		space = "http:" + space[6:]
	}
	short, ok := spaces[space]
	if !ok {
		return "?:" + local
	}
	if short == "" {
		return local
	}
	return short + ":" + local
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if named(a.Name) == name {
			return a.Value
		}
	}
	return ""
}

// reader reads one XML feed.
type reader struct {
	text string
	off  int // of what d reads, in text
	line int // lines before text
	d    *xml.Decoder
	base *url.URL
	feed Feed
	n    int // entries begun
}

var errDeep = errors.New("deeper than any feed")

// errFull ends the reading: there are as many entries as are taken.
var errFull = errors.New("full")

func (r *reader) from(off int) {
	r.off = off
	r.d = xml.NewDecoder(strings.NewReader(r.text[off:]))
	r.d.Strict, r.d.Entity = false, xml.HTMLEntity
	r.d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 already, whatever it says
}

func (r *reader) at() int { return r.off + int(r.d.InputOffset()) }

func (r *reader) lineAt(off int) int {
	return r.line + 1 + strings.Count(r.text[:min(max(off, 0), len(r.text))], "\n")
}

func readXML(text string, line int, base *url.URL) (Feed, error) {
	r := &reader{text: clean(text), line: line, base: base}
	r.from(0)
	root, err := r.root()
	if err != nil {
		var p *Problem
		if !errors.As(err, &p) {
			p = r.problem(err)
		}
		return Feed{}, bad(*p)
	}
	entry := "item"
	switch name := named(root.Name); name {
	case "rss":
		r.feed.Format = "rss"
	case "rdf:rdf":
		r.feed.Format = "rdf"
	case "feed", "atom:feed":
		r.feed.Format, entry = "atom", "entry"
		r.feed.Language = attr(root, "xml:lang")
		r.rebase(root)
	case "urlset":
		r.feed.Format, entry = "sitemap", "url"
	case "sitemapindex":
		r.feed.Format, entry = "sitemapindex", "sitemap"
	case "html", "html:html":
		return Feed{}, bad(Problem{Code: WebPage, At: discover(r.text, base)})
	default:
		if isPage(r.text) {
			return Feed{}, bad(Problem{Code: WebPage, At: discover(r.text, base)})
		}
		return Feed{}, bad(Problem{Code: NotAFeed, Line: r.lineAt(r.at())})
	}
	err = r.body()
	for err != nil && err != io.EOF && err != errFull {
		// One place is damaged: note it and go on with the next entry. Prefixes that were declared at the root are not known there, so they
		// count by custom.
		p := r.problem(err)
		r.feed.Damage = append(r.feed.Damage, *p)
		next := nextEntry(r.text, r.at(), entry)
		if p.Code == CutOff || next < 0 || len(r.feed.Damage) >= maxDamage {
			break
		}
		r.from(next)
		err = r.body()
	}
	r.newest()
	if len(r.feed.Entries) == 0 && len(r.feed.Maps) == 0 && len(r.feed.Damage) > 0 {
		return Feed{}, bad(r.feed.Damage[0])
	}
	r.feed.Title, r.feed.Rights, r.feed.Link = cut(plain(r.feed.Title), maxTitle), cut(plain(r.feed.Rights), maxTitle), absolute(r.base, r.feed.Link)
	r.feed.Language = cut(strings.TrimSpace(r.feed.Language), 40)
	return r.feed, nil
}

// newest keeps of a sitemap the entries that changed last, and of a list of sitemaps those. Their dates are in ISO 8601 (W3C), which orders by letters
// but for zones.
func (r *reader) newest() {
	when := func(e Entry) string { return max(e.Published, e.Updated) }
	if r.feed.Format == "sitemap" && len(r.feed.Entries) > MaxEntries {
		slices.SortStableFunc(r.feed.Entries, func(a, b Entry) int { return strings.Compare(when(b), when(a)) })
		clear(r.feed.Entries[MaxEntries:])
		r.feed.Entries, r.feed.More = r.feed.Entries[:MaxEntries], true
	}
	if len(r.feed.Maps) > 0 {
		slices.SortStableFunc(r.feed.Maps, func(a, b Map) int { return strings.Compare(b.Changed, a.Changed) })
		if len(r.feed.Maps) > MaxMaps {
			r.feed.Maps, r.feed.More = r.feed.Maps[:MaxMaps], true
		}
	}
}

func (r *reader) problem(err error) *Problem {
	p := &Problem{Code: Damaged, Line: r.lineAt(r.at()), Why: err.Error()}
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, errDeep):
		p.Code = TooDeep
	case errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"), errors.Is(err, io.ErrUnexpectedEOF):
		p.Code = CutOff
	}
	return p
}

// root finds the first element.
func (r *reader) root() (xml.StartElement, error) {
	for {
		t, err := r.d.Token()
		if err == io.EOF {
			return xml.StartElement{}, &Problem{Code: NotAFeed}
		}
		if err != nil {
			if isPage(r.text) {
				return xml.StartElement{}, &Problem{Code: WebPage, At: discover(r.text, r.base)}
			}
			return xml.StartElement{}, err
		}
		if s, ok := t.(xml.StartElement); ok {
			return s, nil
		}
	}
}

// body reads what stands in the root, or what is left of it: the feed's own fields and its entries. It is io.EOF at the end.
func (r *reader) body() error {
	depth := 0
	for {
		t, err := r.d.Token()
		if err != nil {
			var syntax *xml.SyntaxError
			if err == io.EOF || r.off > 0 && errors.As(err, &syntax) && strings.HasPrefix(syntax.Msg, "unexpected end element") {
				return io.EOF // reading was taken up inside the root: its end tags have no beginning here
			}
			return err
		}
		s, ok := t.(xml.StartElement)
		if !ok {
			if _, end := t.(xml.EndElement); end {
				depth--
			}
			continue
		}
		switch name := named(s.Name); name {
		case "channel":
			depth++ // its children are read like those of the root
			if r.feed.Language == "" {
				r.feed.Language = attr(s, "xml:lang")
			}
		case "sitemap":
			if r.feed.Format != "sitemapindex" {
				if err := r.skip(); err != nil {
					return err
				}
				continue
			}
			if r.n++; r.n > maxURLs {
				r.feed.More = true
				return errFull
			}
			var e Entry
			if err := r.entry(s, &e); err != nil {
				return err
			}
			if link := absolute(r.base, e.Link); link != "" {
				r.feed.Maps = append(r.feed.Maps, Map{link, cut(strings.TrimSpace(e.Updated), 100)})
			}
		case "item", "entry", "atom:entry", "url":
			most := MaxEntries
			if r.feed.Format == "sitemap" {
				most = maxURLs
			}
			if r.n == most {
				r.feed.More = true
				return errFull
			}
			r.n++
			e := Entry{N: r.n}
			if err := r.entry(s, &e); err != nil {
				return err
			}
			if e.finish(r.base) {
				r.feed.Entries = append(r.feed.Entries, e)
			}
			if len(r.feed.Entries) > 2*MaxEntries {
				r.newest()
			}
		default:
			if err := r.own(s, name); err != nil {
				return err
			}
		}
	}
}

// own reads a field of the feed itself.
func (r *reader) own(s xml.StartElement, name string) error {
	switch name {
	case "title", "atom:title":
		return r.set(&r.feed.Title, true)
	case "language", "dc:language":
		return r.set(&r.feed.Language, true)
	case "copyright", "dc:rights", "rights", "atom:rights":
		return r.set(&r.feed.Rights, true)
	case "link", "atom:link":
		if href := attr(s, "href"); href != "" {
			if rel := attr(s, "rel"); (rel == "" || rel == "alternate") && r.feed.Link == "" {
				r.feed.Link = href
			}
			return r.skip()
		}
		return r.set(&r.feed.Link, true)
	}
	return r.skip()
}

// set reads the text of an element into a field; unless again is true the first one counts.
func (r *reader) set(to *string, first bool) error {
	v, err := r.inner(false)
	if err == nil && (!first || *to == "") {
		*to = v
	}
	return err
}

func (r *reader) rebase(s xml.StartElement) {
	if b := attr(s, "xml:base"); b != "" && len(b) < 2000 {
		if u, err := url.Parse(b); err == nil {
			if r.base != nil {
				u = r.base.ResolveReference(u)
			}
			r.base = u
		}
	}
}

func (r *reader) entry(start xml.StartElement, e *Entry) error {
	e.Language = attr(start, "xml:lang")
	e.ID = attr(start, "rdf:about")
	base := r.base
	r.rebase(start)
	defer func() { r.base = base }()
	guidIsLink := ""
	for {
		t, err := r.within()
		if err != nil {
			return err
		}
		s, ok := t.(xml.StartElement)
		if !ok {
			if _, end := t.(xml.EndElement); end {
				break
			}
			continue
		}
		name := strings.TrimPrefix(named(s.Name), "atom:")
		var v string
		switch name {
		case "link":
			if href := attr(s, "href"); href != "" {
				rel := attr(s, "rel")
				if (rel == "" || rel == "alternate") && (e.Link == "" || attr(s, "type") == "text/html") {
					e.Link = href
				}
				err = r.skip()
				break
			}
			err = r.set(&e.Link, true)
		case "loc":
			err = r.set(&e.Link, true)
		case "feedburner:origlink":
			err = r.set(&e.Link, false)
		case "guid":
			permalink := attr(s, "ispermalink")
			if err = r.set(&e.ID, false); err == nil && !strings.EqualFold(permalink, "false") {
				guidIsLink = e.ID
			}
		case "id":
			err = r.set(&e.ID, false)
		case "title", "news:title":
			if v, err = r.inner(attr(s, "type") == "xhtml"); e.Title == "" {
				if t := attr(s, "type"); e.Title == "" && r.feed.Format == "atom" && (t == "" || t == "text") {
					v = html.EscapeString(v)
				}
				e.Title = v
			}
		case "pubdate", "published", "issued", "created", "news:publication_date":
			err = r.set(&e.Published, true)
		case "updated", "modified", "lastmod", "dc:modified":
			err = r.set(&e.Updated, true)
		case "dc:date", "dc:issued", "dc:created":
			err = r.set(&e.Published, true)
		case "author", "dc:creator", "contributor":
			if v, err = r.author(); err == nil && len(e.Authors) < maxList && name != "contributor" {
				e.Authors = append(e.Authors, v)
			}
		case "category", "dc:subject", "news:keywords":
			term := attr(s, "label")
			if term == "" {
				term = attr(s, "term")
			}
			if v, err = r.inner(false); term == "" {
				term = v
			}
			if len(e.Categories) < maxList {
				e.Categories = append(e.Categories, term)
			}
		case "description", "summary", "dc:description":
			if v, err = r.markup(s); err == nil && len(v) > len(e.Summary) {
				e.Summary = v
			}
		case "content:encoded", "content", "html:body":
			if attr(s, "src") != "" {
				err = r.skip()
				break
			}
			if v, err = r.markup(s); err == nil && len(v) > len(e.Content) {
				e.Content = v
			}
		case "rights", "copyright", "dc:rights", "media:copyright":
			err = r.set(&e.Rights, true)
		case "language", "dc:language", "news:language":
			err = r.set(&e.Language, true)
		case "news:news", "news:publication":
			// their fields are read like those of the entry; the end tags are passed over by the depth below
			err = r.nested(e)
		default:
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
	if e.Link == "" && (strings.HasPrefix(guidIsLink, "http://") || strings.HasPrefix(guidIsLink, "https://")) {
		e.Link = guidIsLink
	}
	if e.Link == "" && r.feed.Format == "rdf" {
		e.Link = e.ID
	}
	return nil
}

// nested reads the news fields of a sitemap, which stand one or two elements deeper.
func (r *reader) nested(e *Entry) error {
	for {
		t, err := r.within()
		if err != nil {
			return err
		}
		if _, end := t.(xml.EndElement); end {
			return nil
		}
		s, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch named(s.Name) {
		case "news:publication":
			err = r.nested(e)
		case "news:language":
			err = r.set(&e.Language, true)
		case "news:title":
			err = r.set(&e.Title, true)
		case "news:publication_date":
			err = r.set(&e.Published, true)
		case "news:keywords":
			var v string
			v, err = r.inner(false)
			e.Categories = append(e.Categories, strings.Split(cut(v, maxTitle), ",")...)
		default:
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
}

// within is the next token inside an element that is not closed yet: an end of the text there is a cut.
func (r *reader) within() (xml.Token, error) {
	t, err := r.d.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return t, err
}

// author is a name: of Atom's element of three, or the name that RSS writes behind an address.
func (r *reader) author() (string, error) {
	var name, text strings.Builder
	depth, in := 0, false
	for {
		t, err := r.within()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return "", errDeep
			}
			in = depth == 1 && t.Name.Local == "name"
		case xml.EndElement:
			if depth--; depth < 0 {
				if name.Len() > 0 {
					return name.String(), nil
				}
				return person(text.String()), nil
			}
			in = false
		case xml.CharData:
			if in {
				name.Write(t)
			} else if depth == 0 {
				text.Write(t)
			}
		}
	}
}

// person takes the address away: 'a@b.example (Name)' is Name, an address alone is nobody's name.
func person(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, '('); i >= 0 && strings.Contains(s[:i], "@") {
		return strings.TrimSuffix(strings.TrimSpace(s[i+1:]), ")")
	}
	if strings.Contains(s, "@") && !strings.Contains(s, " ") {
		return ""
	}
	return s
}

// markup is the content of an element as HTML: escaped or in a CDATA section as in RSS, as elements as in Atom's xhtml, or Atom's plain text.
func (r *reader) markup(s xml.StartElement) (string, error) {
	kind := attr(s, "type")
	if strings.HasPrefix(kind, "image/") || strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/") || strings.HasPrefix(kind, "application/") && !strings.Contains(kind, "html") {
		return "", r.skip()
	}
	v, err := r.inner(true)
	if r.feed.Format == "atom" && (kind == "" || kind == "text" || kind == "text/plain") && !strings.Contains(v, "</") {
		v = strings.ReplaceAll(html.EscapeString(v), "\n\n", "<p>")
	}
	return v, err
}

// inner is the text within an element; with tags the elements within it stand as HTML.
func (r *reader) inner(tags bool) (string, error) {
	var b strings.Builder
	depth, marked := 0, false
	var texts []string // what was written as text, in case that elements follow
	for {
		t, err := r.within()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return "", errDeep
			}
			if tags && !marked { // from here on it is markup: what came before was text of it
				marked = true
				b.Reset()
				for _, s := range texts {
					b.WriteString(html.EscapeString(s))
				}
			}
			if tags {
				b.WriteString("<" + strings.ToLower(t.Name.Local))
				for _, k := range []string{"href", "src", "alt", "lang", "dir"} {
					if v := attr(t, k); v != "" {
						b.WriteString(" " + k + `="` + html.EscapeString(v) + `"`)
					}
				}
				b.WriteString(">")
			}
		case xml.EndElement:
			if depth--; depth < 0 {
				return b.String(), nil
			}
			if tags {
				b.WriteString("</" + strings.ToLower(t.Name.Local) + ">")
			}
		case xml.CharData:
			if marked {
				b.WriteString(html.EscapeString(string(t)))
			} else {
				b.Write(t)
				if tags && len(texts) < 100 {
					texts = append(texts, string(t))
				}
			}
		}
	}
}

// skip passes over an element.
func (r *reader) skip() error {
	for depth := 0; ; {
		t, err := r.within()
		if err != nil {
			return err
		}
		switch t.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return errDeep
			}
		case xml.EndElement:
			if depth--; depth < 0 {
				return nil
			}
		}
	}
}

// nextEntry is where the next entry begins after off, -1 if there is none.
func nextEntry(text string, off int, entry string) int {
	for off < len(text) {
		i := strings.Index(text[off:], "<"+entry)
		if i < 0 {
			return -1
		}
		off += i
		if end := off + 1 + len(entry); end < len(text) && strings.IndexByte(" \t\r\n>", text[end]) >= 0 {
			return off
		}
		off++
	}
	return -1
}

// clean takes out what no XML may hold: control characters.
func clean(s string) string {
	bad := func(c rune) bool {
		return c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0xfffe || c == 0xffff
	}
	if strings.IndexFunc(s, bad) < 0 {
		return s
	}
	return strings.Map(func(c rune) rune {
		if bad(c) {
			return ' '
		}
		return c
	}, s)
}

// discover finds the feed that a page names in its head (<link rel="alternate">).
func discover(text string, base *url.URL) string {
	z := html.NewTokenizer(strings.NewReader(text[:min(len(text), 256<<10)]))
	for range 5000 {
		if z.Next() == html.ErrorToken {
			return ""
		}
		t := z.Token()
		if t.Type != html.StartTagToken && t.Type != html.SelfClosingTagToken {
			continue
		}
		if t.Data == "body" {
			return ""
		}
		if t.Data != "link" {
			continue
		}
		a := map[string]string{}
		for _, x := range t.Attr {
			a[x.Key] = x.Val
		}
		switch strings.ToLower(a["type"]) {
		case "application/rss+xml", "application/atom+xml", "application/feed+json":
			if at := absolute(base, a["href"]); at != "" && strings.Contains(strings.ToLower(a["rel"]), "alternate") {
				return at
			}
		}
	}
	return ""
}

// isPage reports whether a text begins as a page for people does, whose html element may be left out.
func isPage(text string) bool {
	head := strings.ToLower(text[:min(len(text), 2000)])
	return strings.Contains(head, "<html") || strings.HasPrefix(strings.TrimSpace(head), "<!doctype html")
}
