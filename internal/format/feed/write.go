package feed

import (
	"mime"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"

	"jarchi.dev/jarchi/internal/lang"
)

// Media types of what Atom, RSS and JSON write.
const (
	AtomType = "application/atom+xml"
	RSSType  = "application/rss+xml"
	JSONType = "application/feed+json"
)

// Channel is a feed to be written: as Atom 1.0 (RFC 4287) with the deleted entries of RFC 6721 and the pages of RFC 5005, as RSS 2.0
// (rssboard.org, 2.0.11) and as JSON Feed 1.1. All addresses are absolute.
//
// What is written is well-formed whatever the texts hold: characters that XML forbids, controls and overrides of the reading direction are
// left out, isolates that are not closed too. A text whose first strong letter would mislead a reader about its direction begins with
// the mark that says it (W3C, Strings on the Web: Language and Direction Metadata, 4.4).
type Channel struct {
	ID          string // an IRI that stays
	Title       string
	Description string
	Language    lang.Tag // of title and description
	Entries     lang.Tag // of every entry, where they have one language; else empty
	Site        string   // the page for people
	Self        string
	Hub         string // that tells who asks for it what is new (W3C WebSub); empty: none
	First, Next string // of a feed in pages; empty: this is the first, or the last
	Updated     time.Time
	Posts       []Post
	Gone        []Gone
}

// Post is an entry to be written.
type Post struct {
	ID         string // an IRI that stays
	Link       string // the page for people
	Language   lang.Tag
	Title      Text
	Summary    Text
	Before     []Text // what must be read before the words: that a machine translated them, what was corrected
	Paragraphs []Text // the words
	Notes      []Text // what must be read with them: state, credit, rights
	Authors    []Author
	Categories []Category
	Published  time.Time
	Updated    time.Time
	Rights     string
	Files      []File
	Versions   []Version // the same in other languages
	Proof      string    // an address of what proves it
	Item       string    // an address of the item for machines
	Replaced   string    // the id under which it stood before; only Atom can tell it
	Notice     bool      // it tells of something that is gone, and is no news: only where nothing else can
}

// Text is a text in its language.
type Text struct {
	Value    string
	Language lang.Tag
}

// Author is who says it.
type Author struct{ Name, URI string }

// Category is a subject: by its code in a vocabulary, or as a word.
type Category struct{ Scheme, Term, Label string }

// File is an attachment.
type File struct {
	URL, MediaType  string
	Length          int64
	Caption, Credit string
	Language        lang.Tag
}

// Version is the same in another language.
type Version struct {
	Language lang.Tag
	Link     string
}

// Gone is an entry that must not be used any more.
type Gone struct {
	ID     string
	At     time.Time
	By     string
	Reason Text
}

// stamp is RFC 3339 in whole seconds.
func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// Line is a text of one line that any document may hold, with its direction told.
func (t Text) Line() string { return directed(oneLine(safe(t.Value)), t.Language) }

// text is Line without the mark of direction, for places that state it otherwise.
func (t Text) text() string { return oneLine(safe(t.Value)) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// safe leaves out what no document should hold: controls, what XML forbids (XML 1.0, 2.2), embeddings and overrides of direction, tag
// characters, and isolates without their other half, which would take in what is set after them.
func safe(s string) string {
	if !strings.ContainsFunc(s, suspect) && utf8.ValidString(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r', r == '\u2028', r == '\u2029', r == '\u0085':
			return ' '
		case suspect(r) && !lang.Isolates(r) && r != utf8.RuneError:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return lang.Balanced(s)
}

func suspect(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || lang.Forces(r) || r == 0xfeff || r == 0xfffe || r == 0xffff || r == utf8.RuneError ||
		r >= 0xe0000 && r <= 0xe007f || r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe
}

// directed begins a text with a mark of direction where its first strong letter says another one than its language has.
func directed(s string, t lang.Tag) string {
	if t == "" || t == lang.Und || t.Script() == "Zzzz" || s == "" {
		return s
	}
	rtl := t.Dir() == "rtl"
	depth := 0
	for _, r := range s {
		switch {
		case r == 0x2069:
			depth--
		case lang.Isolates(r):
			depth++
		case depth > 0:
		default:
			p, _ := bidi.LookupRune(r)
			switch c := p.Class(); {
			case c == bidi.L && rtl:
				return "\u200F" + s
			case (c == bidi.R || c == bidi.AL) && !rtl:
				return "\u200E" + s
			case c == bidi.L, c == bidi.R, c == bidi.AL:
				return s
			}
		}
	}
	return s
}

// dir is the direction of a text in markup; of a language that is not known its own letters tell it.
func dir(t lang.Tag) string {
	if t == "" || t == lang.Und || t.Script() == "Zzzz" {
		return "auto"
	}
	return t.Dir()
}

// ready is the post as any form can have it: with a title, without names, words and files that say nothing.
func (p Post) ready() Post {
	for _, t := range append([]Text{p.Title, p.Summary}, append(p.Paragraphs[:len(p.Paragraphs):len(p.Paragraphs)], Text{Value: "—"})...) {
		if !t.empty() {
			p.Title = t
			break
		}
	}
	p.Authors = slices.DeleteFunc(slices.Clone(p.Authors), func(a Author) bool { return Text{Value: a.Name}.empty() })
	p.Categories = slices.Clone(p.Categories)
	for i, x := range p.Categories {
		if p.Categories[i].Term = oneLine(safe(x.Term)); x.Label == "" {
			p.Categories[i].Label = p.Categories[i].Term
		}
	}
	p.Categories = slices.DeleteFunc(p.Categories, func(x Category) bool { return Text{Value: x.Term}.empty() || Text{Value: x.Label}.empty() })
	p.Files = slices.Clone(p.Files)
	for i, f := range p.Files {
		if t, _, err := mime.ParseMediaType(f.MediaType); err != nil || !strings.Contains(t, "/") {
			p.Files[i].MediaType = "application/octet-stream"
		} else {
			p.Files[i].MediaType = t
		}
	}
	if !web(p.Link) {
		p.Link = ""
	}
	return p
}

// web reports whether an address is one that a reader may be sent to.
func web(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// empty: nothing of it can be seen.
func (t Text) empty() bool {
	return !strings.ContainsFunc(t.text(), func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

// markup is the words and their notes as HTML that is XML as well: each paragraph with its language and direction. Without words it is
// the notes alone.
func (p Post) markup() string {
	var b strings.Builder
	open := func(tag string, t lang.Tag) {
		b.WriteString("<" + tag)
		if t != "" && t != lang.Und {
			b.WriteString(` lang="` + escape(string(t)) + `" xml:lang="` + escape(string(t)) + `"`)
		}
		b.WriteString(` dir="` + dir(t) + `">`)
	}
	open("div", p.Language)
	for _, n := range p.Before {
		if !n.empty() {
			open("p", n.Language)
			b.WriteString("<strong>" + escape(n.text()) + "</strong></p>")
		}
	}
	for _, x := range p.Paragraphs {
		if x.empty() {
			continue
		}
		if x.Language == p.Language {
			b.WriteString("<p>")
		} else {
			open("p", x.Language)
		}
		b.WriteString(escape(x.text()) + "</p>")
	}
	for _, f := range p.Files {
		if !strings.HasPrefix(f.MediaType, "image/") {
			continue
		}
		b.WriteString(`<figure><img src="` + escape(f.URL) + `" alt="` + escape(oneLine(safe(f.Caption))) + `"/>`)
		if words := strings.Trim(oneLine(safe(f.Caption))+" · "+oneLine(safe(f.Credit)), " ·"); words != "" {
			open("figcaption", f.Language)
			b.WriteString(escape(words) + "</figcaption>")
		}
		b.WriteString("</figure>")
	}
	for _, n := range p.Notes {
		if !n.empty() {
			open("p", n.Language)
			b.WriteString("<small>" + escape(n.text()) + "</small></p>")
		}
	}
	b.WriteString("</div>")
	return b.String()
}

// plainText is the same as plain text.
func (p Post) plainText() string {
	var parts []string
	for _, list := range [][]Text{p.Before, p.Paragraphs, p.Notes} {
		for _, x := range list {
			if !x.empty() {
				parts = append(parts, x.Line())
			}
		}
	}
	return strings.Join(parts, "\n\n")
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// escape writes a text that is safe already within an element or an attribute.
func escape(s string) string { return escaper.Replace(s) }
