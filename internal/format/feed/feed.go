// Package feed reads feeds and sitemaps as sites really write them: RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0, JSON Feed 1.x and
// sitemaps 0.9 with Google's news fields. It is lenient with what can be understood and exact about what cannot: an entry that is damaged
// costs itself and nothing else, and the line is named.
//
// Sources: rssboard.org/rss-specification (2.0.11), web.resource.org/rss/1.0/spec, RFC 4287, jsonfeed.org/version/1.1,
// sitemaps.org/protocol. No entity of a document type is ever looked at, nothing is fetched, and depth, entries and damage are bounded.
package feed

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// Bounds of what Read takes and gives.
const (
	MaxEntries = 1000   // the first of a feed, and of a sitemap those that changed last
	MaxMaps    = 50     // of a list of sitemaps
	maxURLs    = 50_000 // of a sitemap (sitemaps.org), and of a list of them
	maxDepth   = 100    // of elements
	maxDamage  = 20     // places at which reading is taken up again
	maxList    = 20     // authors, categories
	maxName    = 200    // letters of an author or category
	maxTitle   = 2000   // letters
)

// Feed is what was read.
type Feed struct {
	Format   string // rss, rdf, atom, json, sitemap, sitemapindex
	Title    string
	Link     string // the site's page
	Language string // as it is written
	Rights   string
	Entries  []Entry
	Maps     []Map     // of a sitemapindex: those that changed last first, at most MaxMaps
	More     bool      // there were more than MaxEntries
	Damage   []Problem // what could not be read, besides the entries that could
}

// Entry is one item. Texts are as they stand; nothing is guessed.
type Entry struct {
	N          int    // its number in the feed, from 1
	ID         string // guid, id or rdf:about; may be empty
	Link       string // absolute http or https; may be empty
	Title      string // plain text
	Published  string // as it stands
	Updated    string // as it stands
	Authors    []string
	Language   string // as it is written, of the entry alone
	Categories []string
	Summary    string // HTML
	Content    string // HTML; empty: the feed has no more than a summary
	Rights     string // of the entry alone
}

// Map is a sitemap in a list of them.
type Map struct {
	Link    string // absolute
	Changed string // as it is written; may be empty
}

// What is wrong with a document.
const (
	NotAFeed = "not-a-feed" // another kind of document
	WebPage  = "web-page"   // a page for people; At may name its feed
	Index    = "index"      // a sitemap of sitemaps
	Damaged  = "damaged"    // it cannot be read from Line on, or an entry there cannot
	CutOff   = "cut-off"    // it ends before its end
	TooDeep  = "too-deep"   // elements within elements without end
	Empty    = "empty"      // no bytes, or white space
)

// Problem is what is wrong, and where.
type Problem struct {
	Code string // of the list above
	Line int    // from 1; 0: the whole
	At   string // an address that may help; else empty
	Why  string // what the parser said; for administrators
}

func (p *Problem) Error() string {
	where := ""
	if p.Line > 0 {
		where = fmt.Sprintf(" (line %d)", p.Line)
	}
	switch p.Code {
	case WebPage:
		if p.At != "" {
			return "This is a web page and no feed; its own feed may be " + p.At + "."
		}
		return "This is a web page and no feed."
	case Index:
		if p.At != "" {
			return "This is a list of sitemaps; name one of them, like " + p.At + "."
		}
		return "This is a list of sitemaps; name one of them."
	case Damaged:
		return "The feed is damaged" + where + "."
	case CutOff:
		return "The feed ends before its end" + where + "."
	case TooDeep:
		return "The feed has elements within elements without end" + where + "."
	case Empty:
		return "The document is empty."
	}
	return "This is no feed: neither RSS, Atom, JSON Feed nor a sitemap."
}

func bad(p Problem) error {
	return fault.E(fault.Unsupported, "%s", p.Error()).Because(&p)
}

// Read reads a feed from its text. base is the address at which it stood; relative links are meant from there. The error is of kind
// Unsupported with a *Problem as its cause when nothing could be read; a feed of which a part could be read has its Damage.
func Read(text, base string) (Feed, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	from, err := url.Parse(base)
	if err != nil || !from.IsAbs() {
		from = nil
	}
	switch {
	case text == "":
		return Feed{}, bad(Problem{Code: Empty})
	case text[0] == '{':
		return readJSON(text, from)
	case text[0] != '<':
		if i := strings.IndexByte(text, '<'); i > 0 && i < 1000 && strings.HasPrefix(text[i:], "<?xml") { // a warning of the server's program before it
			return readXML(text[i:], strings.Count(text[:i], "\n"), from)
		}
		return Feed{}, bad(Problem{Code: NotAFeed, Line: 1})
	}
	return readXML(text, 0, from)
}

// Charset is the encoding that the first line of an XML document states, else that of the media type's parameter, as a media type with
// that parameter: what intake.Decode takes as the sender's statement.
func Charset(b []byte, contentType string) string {
	head := string(b[:min(len(b), 200)])
	if i := strings.Index(head, "encoding="); strings.HasPrefix(strings.TrimLeft(head, " \t\r\n"), "<?xml") && i > 0 && i+11 < len(head) && !strings.Contains(strings.ToLower(contentType), "charset=") {
		quote := head[i+9]
		if name, _, ok := strings.Cut(head[i+10:], string(quote)); ok && (quote == '"' || quote == '\'') && len(name) <= 40 {
			return "text/xml; charset=" + name
		}
	}
	return contentType
}

// finish puts an entry in order; false if there is nothing in it.
func (e *Entry) finish(base *url.URL) bool {
	e.ID, e.Language, e.Published, e.Updated = cut(strings.TrimSpace(e.ID), 2000), cut(strings.TrimSpace(e.Language), 40), cut(strings.TrimSpace(e.Published), 100), cut(strings.TrimSpace(e.Updated), 100)
	e.Link = absolute(base, e.Link)
	e.Title, e.Rights = cut(plain(e.Title), maxTitle), cut(plain(e.Rights), maxTitle)
	e.Authors, e.Categories = names(e.Authors), names(e.Categories)
	e.Summary, e.Content = strings.TrimSpace(e.Summary), strings.TrimSpace(e.Content)
	if len(e.Content) <= len(e.Summary) && e.Content != "" && e.Summary != "" { // some write the text into the summary and a snippet beside it
		e.Content, e.Summary = e.Summary, e.Content
	}
	return e.Link != "" || e.Title != "" || e.Summary != "" || e.Content != ""
}

// absolute is an http or https address, else "".
func absolute(base *url.URL, s string) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 2000 || strings.ContainsAny(s, " \t\r\n\x00") {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// names are distinct lines of plain text.
func names(list []string) (out []string) {
	for _, s := range list {
		if s = cut(plain(s), maxName); s != "" && !slices.Contains(out, s) && len(out) < maxList {
			out = append(out, s)
		}
	}
	return out
}

// plain is one line of text without markup, and without what would turn what is set after it around: titles come escaped once, twice or not at all.
func plain(s string) string {
	if strings.ContainsAny(s, "<&") {
		var b strings.Builder
		z := html.NewTokenizer(strings.NewReader(s))
		for n := 0; n < 10_000; n++ {
			t := z.Next()
			if t == html.ErrorToken {
				break
			}
			switch t {
			case html.TextToken:
				b.Write(z.Text())
			case html.StartTagToken, html.SelfClosingTagToken:
				if name, _ := z.TagName(); string(name) == "br" || string(name) == "p" {
					b.WriteByte(' ')
				}
			}
		}
		if s = b.String(); strings.Contains(s, "&") {
			s = html.UnescapeString(s)
		}
	}
	return lang.Plain(strings.Join(strings.Fields(s), " "))
}

// cut keeps the first n letters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	for i := range s {
		if n--; n < 0 {
			return lang.Plain(strings.TrimSpace(s[:i])) // an isolate may have lost its end
		}
	}
	return s
}
