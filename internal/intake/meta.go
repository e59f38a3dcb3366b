package intake

import (
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/lang"
)

// meta is what the machine-readable fields of a page say.
type meta struct {
	titles   []string // headlines by the fields, best first
	title    string   // of the title element
	h1       []string
	dates    []string
	site     string
	siteText string
	authors  []string
	language lang.Tag
	live     bool // a live report
	ld       struct {
		headline, published, site, author []string
		body                              string // of the first article that states it
	}
}

func readMeta(root *html.Node) *meta {
	m := &meta{}
	byName := map[string][]string{}
	var times []string
	scripts := 0
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "html":
				if t, err := lang.Parse(attr(n, "lang")); err == nil && t != lang.Und {
					m.language = t
				}
			case "meta":
				name := strings.ToLower(attr(n, "property"))
				for _, k := range []string{"name", "itemprop"} {
					if name == "" {
						name = strings.ToLower(attr(n, k))
					}
				}
				if v := strings.TrimSpace(attr(n, "content")); name != "" && v != "" && len(v) <= 4000 && len(byName[name]) < 20 {
					byName[name] = append(byName[name], v)
				}
			case "title":
				if m.title == "" && n.Parent != nil && n.Parent.Data == "head" {
					m.title = textOf(n)
				}
			case "h1":
				if len(m.h1) < 10 && !concealed(n) {
					if t := textOf(n); t != "" {
						m.h1 = append(m.h1, t)
					}
				}
			case "time":
				if v := attr(n, "datetime"); v != "" && len(times) < 200 {
					if attr(n, "itemprop") == "datePublished" || hasAttr(n, "pubdate") {
						byName["datepublished"] = append(byName["datepublished"], v)
					} else {
						times = append(times, v)
					}
				}
			case "script":
				if scripts++; scripts <= 40 && n.FirstChild != nil && strings.EqualFold(attr(n, "type"), "application/ld+json") {
					m.readLD(n.FirstChild.Data)
				}
				return
			default:
				if v := attr(n, "itemprop"); v == "datePublished" {
					if c := attr(n, "content"); c != "" {
						byName["datepublished"] = append(byName["datepublished"], c)
					}
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)

	m.titles = append(m.titles, m.ld.headline...)
	for _, k := range []string{"og:title", "twitter:title", "dc.title", "headline"} {
		m.titles = append(m.titles, byName[k]...)
	}
	m.dates = append(m.dates, m.ld.published...)
	for _, k := range []string{"article:published_time", "og:article:published_time", "og:published_time", "datepublished", "publishdate", "pubdate", "publish_date", "article.published", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dc.date", "article:published", "mediator_published_time"} {
		m.dates = append(m.dates, byName[k]...)
	}
	if len(m.dates) == 0 && len(times) == 1 { // several are dates of other articles too
		m.dates = times
	}
	for _, v := range append(slices.Clone(byName["og:site_name"]), m.ld.site...) {
		if t, _ := cleanLine(v); t != "" && shorter(t, 80) {
			m.site, m.siteText = t, t
			break
		}
	}
	for _, v := range slices.Concat(m.ld.author, byName["author"], byName["article:author"]) {
		if t, _ := cleanLine(v); t != "" && shorter(t, 100) && !strings.Contains(t, "://") && !slices.Contains(m.authors, t) && len(m.authors) < 10 {
			m.authors = append(m.authors, t)
		}
	}
	return m
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func textOf(n *html.Node) string {
	lines, _, _ := visible(n)
	var parts []string
	for _, l := range lines {
		if l.level == lines[0].level { // the date behind a headline is none of it
			parts = append(parts, l.text)
		}
	}
	if len(parts) == 0 && n.FirstChild != nil && n.FirstChild.Type == html.TextNode {
		s, _ := cleanLine(n.FirstChild.Data)
		return s
	}
	return strings.Join(parts, " ")
}

// readLD reads one JSON-LD block (schema.org): the first article in it.
func (m *meta) readLD(src string) {
	if len(src) > maxLDJSON {
		return
	}
	src = strings.TrimSpace(src)
	src = strings.TrimPrefix(strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(src, "<!--")), "-->"), "\ufeff")
	var v any
	if json.Unmarshal([]byte(flatten.Replace(src)), &v) != nil { // raw line ends inside strings are a common fault
		return
	}
	budget := 5000
	m.walkLD(v, 0, &budget)
}

func (m *meta) walkLD(v any, depth int, budget *int) {
	if *budget--; depth > 8 || *budget < 0 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			m.walkLD(e, depth+1, budget)
		}
	case map[string]any:
		if isArticle(v["@type"]) {
			m.live = m.live || v["@type"] == "LiveBlogPosting"
			m.ld.headline = appendText(m.ld.headline, v["headline"], "")
			m.ld.published = appendText(m.ld.published, v["datePublished"], "")
			m.ld.site = appendText(m.ld.site, v["publisher"], "name")
			m.ld.author = appendText(m.ld.author, v["author"], "name")
			if s, ok := v["articleBody"].(string); ok && m.ld.body == "" {
				if s = html.UnescapeString(s); strings.Contains(s, "<") {
					s, _ = plainText(s)
				}
				m.ld.body = s
			}
			return
		}
		for _, k := range []string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement"} {
			if e, ok := v[k]; ok {
				m.walkLD(e, depth+1, budget)
			}
		}
	}
}

func isArticle(t any) bool {
	switch t := t.(type) {
	case string:
		return strings.HasSuffix(t, "Article") || strings.HasSuffix(t, "BlogPosting") || t == "Report"
	case []any:
		return slices.ContainsFunc(t, isArticle)
	}
	return false
}

func appendText(list []string, v any, key string) []string {
	switch v := v.(type) {
	case string:
		if v != "" && len(v) <= 4000 && len(list) < 10 {
			return append(list, html.UnescapeString(v))
		}
	case []any:
		for _, e := range v {
			list = appendText(list, e, key)
		}
	case map[string]any:
		if key != "" {
			return appendText(list, v[key], "")
		}
	}
	return list
}

// headline chooses the page's headline: the main heading if the fields or the title agree with it,
// else what the fields say, else the only main heading, else the title without the site's name. It
// is "" when there is none, and it never is the site's name.
func (m *meta) headline(p *page) string {
	fields := m.titles
	title, _ := cleanLine(m.title)
	for _, h := range m.h1 {
		if !m.usable(h) {
			continue
		}
		if len(fields) == 0 && title == "" || agrees(h, title) || slices.ContainsFunc(fields, func(f string) bool { return agrees(h, f) }) {
			if site, ok := siteTail(title, h); ok && site != "" && m.site == "" && words(site) <= 6 {
				p.site, p.siteText = site, title
			} else if m.site == "" {
				m.withoutSite(title, p)
			}
			return h
		}
	}
	for _, f := range append(slices.Clone(fields), title) {
		t, _ := cleanLine(f)
		if t = m.withoutSite(t, p); !m.usable(t) || words(t) < 3 && (len(m.h1) > 0 || words(t) < 2) {
			continue
		}
		if f != title || words(t) >= 3 && (breadth(t) >= 28 || p.shows(t)) || p.crown() < 0 { // else it is the name of the site
			return t
		}
	}
	if len(m.h1) == 1 && m.usable(m.h1[0]) && words(m.h1[0]) >= 2 {
		return m.h1[0]
	}
	return ""
}

// shows says whether a page has a line of a text, not as a link.
func (p *page) shows(text string) bool {
	want := foldLine(text)
	return slices.ContainsFunc(p.lines, func(l line) bool { return !l.link && len(l.text) < 4*len(text) && foldLine(l.text) == want })
}

func (m *meta) usable(h string) bool {
	return h != "" && shorter(h, maxHeadline) && foldLine(h) != foldLine(m.site) && strings.ContainsFunc(h, isLetterOrDigit)
}

func isLetterOrDigit(r rune) bool { return !strings.ContainsRune(" -–—|.,:;", r) }

// agrees says whether a heading and a title are about the same: one holds the other, or most words.
func agrees(h, title string) bool {
	a, b := foldLine(h), foldLine(title)
	if a == "" || b == "" {
		return false
	}
	if len(a) >= 8 && strings.Contains(b, a) || len(b) >= 8 && strings.Contains(a, b) || a == b {
		return true
	}
	wa, wb := stemSet(h), stemSet(title)
	return len(wa) >= 2 && meet(wa, wb)*2 >= float64(len(wa))
}

// withoutSite takes the site's name off the end (or the start) of a title.
func (m *meta) withoutSite(t string, p *page) string {
	for range 3 { // 'Headline | Section | Site'
		i, size := -1, 0
		for _, mark := range []string{" | ", " - ", " – ", " — ", " :: ", " » ", " • ", " / "} {
			if j := strings.LastIndex(t, mark); j > i {
				i, size = j, len(mark)
			}
		}
		if i <= 0 {
			return t
		}
		head, tail := strings.TrimSpace(t[:i]), strings.TrimSpace(t[i+size:])
		want := foldLine(t) // once: a title may be as long as the page
		shown := slices.ContainsFunc(p.lines, func(l line) bool { return l.inMain && foldLine(l.text) == want })
		switch {
		case shown:
			return t // the page shows it whole: it is all headline
		case m.site != "" && foldLine(tail) == foldLine(m.site), words(tail) <= 5 && words(head) >= 3:
			if m.site == "" {
				m.site, m.siteText = tail, t
				p.site, p.siteText = tail, t
			}
			t = head
		case m.site != "" && foldLine(head) == foldLine(m.site):
			t = tail
		default:
			return t
		}
	}
	return t
}

// takeHeadline gives the headline of the first article: for a page by its fields, with the lines
// before it removed, otherwise as in any text.
func (p *page) takeHeadline(lines []seen, b *builder) (string, []seen) {
	if !p.html || p.headline == "" {
		return b.headlineOf(lines)
	}
	h := p.headline
	if _, stamp, rest, ok := b.d.stamp(h); ok {
		d, _, _, _ := b.d.stamp(h)
		b.stamped = &d
		b.remove(stamp)
		h = rest
	}
	want := foldLine(p.headline)
	found := -1
	for i, l := range lines {
		if f := foldLine(l.text); f == want || l.level == 1 && len(want) > 20 && (strings.HasPrefix(f, want) || f != "" && strings.HasPrefix(want, f) && len(f)*2 > len(want)) {
			found = i
			if l.level > 0 || l.inMain {
				break
			}
		}
	}
	if found < 0 {
		return h, lines
	}
	out := slices.Clone(lines)
	told := slices.ContainsFunc(lines[:found], func(l seen) bool { return l.class == classText && l.inMain && bodyLike(l.text) })
	for i := range out[:found] {
		if told && out[i].inMain {
			continue
		}
		out[i].inMain = false // menus and the like
		// A date right above the headline is its own, unless it is today's, which sites show to every visitor.
		if r := b.d.read(out[i].text); out[i].class == classDateOnly && (found-i > 2 || !b.d.now.IsZero() && strings.HasPrefix(r.date.Value, b.d.now.Format("2006-01-02"))) || out[i].class != classDateOnly && out[i].class != classPublished {
			out[i].class = classFurniture
		}
	}
	return h, slices.Delete(out, found, found+1)
}
