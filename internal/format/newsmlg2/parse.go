package newsmlg2

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	utf16 "golang.org/x/text/encoding/unicode"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// Bounds of what Parse reads.
const (
	MaxBytes      = 32 << 20 // of a document
	MaxItems      = 5_000    // in one newsMessage
	maxDepth      = 100      // of nested elements
	maxElements   = 500_000  // in a document
	maxParagraphs = 200_000  // in a document
	maxTag        = 64 << 10 // bytes of one tag with its attributes
)

// Parsed is what a newsItem or packageItem says, as plain text. A time that is absent, or that has no
// zone where one is needed, is zero.
type Parsed struct {
	GUID              string
	Version           int  // 1 when not stated
	Package           bool // a packageItem: it groups other items, its references are not read
	ItemClass         string
	Language          lang.Tag // of the content; Und when not stated
	Provider          string
	PubStatus         string // usable (also when not stated), withheld or canceled
	VersionCreated    time.Time
	FirstCreated      time.Time
	ContentCreated    string // as stated: a year, month, day or full time
	Embargoed         time.Time
	EmbargoOpenEnded  bool   // under embargo without a stated end that can be read
	EmbargoRaw        string // its end as it stands
	Urgency           int    // 1 to 9; 0 when not stated
	Headline          string
	Subheadline       string
	Slugline          string
	Dateline          string
	Byline            string
	Credit            string
	CopyrightHolder   string
	CopyrightNotice   string
	UsageTerms        string
	EdNotes           []string
	Keywords          []string
	Subjects          []string // Media Topics, like medtop:20000639
	Signals           []string // like update or correction
	InfoSources       []string
	Creators          []string
	DigitalSourceType string // last part of the IPTC concept
	Translation       string // as written by Marshal; empty from others
	Paragraphs        []string
}

// Parse reads a newsItem, a packageItem or a newsMessage with any number of them. It never returns an
// empty list without an error. A document that is too large, too deep or too crowded is TooLarge; one
// with a document type declaration, or that is not NewsML-G2, is Unsupported; anything malformed is
// Invalid. An embargo whose end cannot be read is one without an end, rather than none.
func Parse(doc []byte) (items []Parsed, err error) {
	if len(doc) > MaxBytes {
		return nil, fault.E(fault.TooLarge, "A NewsML-G2 document may have %d MB; this one has %d bytes.", MaxBytes>>20, len(doc))
	}
	if doc, err = toUTF8(doc); err != nil {
		return nil, err
	}
	if err := bounded(doc); err != nil {
		return nil, err
	}
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	p := &parser{d: d, message: map[string]string{}}
	for {
		t, err := p.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if s, ok := t.(xml.StartElement); ok {
			if err := p.root(s); err != nil {
				return nil, err
			}
		}
	}
	if len(p.items) == 0 {
		return nil, fault.E(fault.Invalid, "This document holds no NewsML-G2 news item.")
	}
	return p.items, nil
}

var declaration = regexp.MustCompile(`^<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']`)

// toUTF8 turns the document into UTF-8, from what its first bytes or its XML declaration say, before
// anything looks at its structure: what is counted and what is read must be the same characters.
func toUTF8(doc []byte) ([]byte, error) {
	var e encoding.Encoding
	switch {
	case bytes.HasPrefix(doc, []byte("\xef\xbb\xbf")):
		return doc[3:], nil
	case bytes.HasPrefix(doc, []byte("\xfe\xff")), bytes.HasPrefix(doc, []byte("\xff\xfe")):
		e = utf16.UTF16(utf16.BigEndian, utf16.UseBOM)
	default:
		m := declaration.FindSubmatch(doc[:min(len(doc), 200)])
		if m == nil || strings.EqualFold(string(m[1]), "utf-8") {
			return doc, nil
		}
		var err error
		if e, err = htmlindex.Get(string(m[1])); err != nil {
			return nil, fault.E(fault.Unsupported, "The character set %q is not read here; send UTF-8.", m[1])
		}
	}
	out, err := e.NewDecoder().Bytes(doc)
	if err != nil {
		return nil, fault.E(fault.Invalid, "The document is not in the character set it states.").Because(err)
	}
	if len(out) > MaxBytes {
		return nil, fault.E(fault.TooLarge, "A NewsML-G2 document may have %d MB as UTF-8; this one has %d bytes.", MaxBytes>>20, len(out))
	}
	return out, nil
}

// bounded walks the bytes once, before anything is allocated for them: the decoder keeps a whole tag,
// each attribute many times its own bytes.
func bounded(doc []byte) error {
	for elements := 0; ; {
		i := bytes.IndexByte(doc, '<')
		if i < 0 {
			return nil
		}
		doc = doc[i+1:]
		for _, skip := range []struct{ from, to string }{{"!--", "-->"}, {"![CDATA[", "]]>"}, {"?", "?>"}} {
			if bytes.HasPrefix(doc, []byte(skip.from)) {
				end := bytes.Index(doc, []byte(skip.to))
				if end < 0 {
					return fault.E(fault.Invalid, "The document is cut off: a section is not closed.")
				}
				doc = doc[end+len(skip.to):]
				i = -1
				break
			}
		}
		if i < 0 {
			continue
		}
		if bytes.HasPrefix(doc, []byte("!")) {
			return fault.E(fault.Unsupported, "A document type declaration is not read here; send the document without DOCTYPE.")
		}
		if elements++; elements > 2*maxElements {
			return fault.E(fault.TooLarge, "The document has more than %d elements.", maxElements)
		}
		quote := byte(0)
		n := 0
		for ; n < len(doc); n++ {
			b := doc[n]
			if quote == 0 && b == '>' {
				break
			}
			switch {
			case quote == 0 && (b == '"' || b == '\''):
				quote = b
			case b == quote:
				quote = 0
			}
			if n > maxTag {
				return fault.E(fault.TooLarge, "A tag of the document is longer than %d KB.", maxTag>>10)
			}
		}
		doc = doc[n:]
	}
}

type parser struct {
	d          *xml.Decoder
	depth      int
	elements   int
	paragraphs int
	message    map[string]string // aliases of the message's catalogue
	items      []Parsed
}

// next is the only way to a token; it holds the bounds and turns every error into a fault.
func (p *parser) next() (xml.Token, error) {
	t, err := p.d.Token()
	if err != nil {
		var f *fault.Error
		switch {
		case errors.Is(err, io.EOF):
			return nil, io.EOF
		case errors.As(err, &f):
			return nil, f
		}
		line, _ := p.d.InputPos()
		f = fault.Field(fmt.Sprint("line ", line), "This is not well-formed XML, at line %d.", line)
		return nil, f.Because(err)
	}
	switch t.(type) {
	case xml.Directive:
		return nil, fault.E(fault.Unsupported, "A document type declaration is not read here; send the document without DOCTYPE.")
	case xml.StartElement:
		if p.depth++; p.depth > maxDepth {
			return nil, fault.E(fault.TooLarge, "The document is nested deeper than %d elements.", maxDepth)
		}
		if p.elements++; p.elements > maxElements {
			return nil, fault.E(fault.TooLarge, "The document has more than %d elements.", maxElements)
		}
	case xml.EndElement:
		p.depth--
	}
	return t, nil
}

// children calls f for every child element of the one just started, to its end. f consumes the child.
func (p *parser) children(f func(xml.StartElement) error) error {
	for {
		t, err := p.next()
		if err != nil {
			return cutOff(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return fault.E(fault.Invalid, "The document is cut off: an element is not closed.")
	}
	return err
}

func (p *parser) skip() error { return p.children(func(xml.StartElement) error { return p.skip() }) }

// text is all text of the element just started, white space collapsed.
func (p *parser) text() (string, error) {
	var b strings.Builder
	for depth := 1; depth > 0; {
		t, err := p.next()
		if err != nil {
			return "", cutOff(err)
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
	return collapse(b.String()), nil
}

// collapse takes out white space at the ends and makes any within one space. It keeps no list of words:
// a headline of a million of them would cost sixteen bytes each.
func collapse(s string) string {
	s = strings.TrimSpace(s)
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

func attr(s xml.StartElement, name string) string {
	for _, a := range s.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

func xmlLang(s xml.StartElement) string {
	for _, a := range s.Attr {
		if a.Name.Local == "lang" && (a.Name.Space == "xml" || a.Name.Space == "http://www.w3.org/XML/1998/namespace") {
			return a.Value
		}
	}
	return ""
}

func (p *parser) root(s xml.StartElement) error {
	if s.Name.Space != nar && s.Name.Space != "" {
		return fault.E(fault.Unsupported, "The root element of this XML, %.60q, is not NewsML-G2.", s.Name.Local)
	}
	switch s.Name.Local {
	case "newsMessage":
		return p.children(func(s xml.StartElement) error {
			switch s.Name.Local {
			case "header":
				return p.children(func(s xml.StartElement) error {
					if s.Name.Local == "catalog" {
						return p.catalog(p.message)
					}
					return p.skip()
				})
			case "itemSet":
				return p.children(p.item)
			}
			return p.skip()
		})
	case "newsItem", "packageItem":
		return p.item(s)
	}
	return fault.E(fault.Unsupported, "The root element of this XML, %.60q, is not a newsItem, packageItem or newsMessage.", s.Name.Local)
}

func (p *parser) catalog(into map[string]string) error {
	return p.children(func(s xml.StartElement) error {
		if alias := attr(s, "alias"); s.Name.Local == "scheme" && alias != "" && len(into) < 10_000 {
			into[alias] = attr(s, "uri")
		}
		return p.skip()
	})
}

// itemParser is one item with the aliases of its own catalogue.
type itemParser struct {
	*parser
	i       Parsed
	aliases map[string]string
	plain   []string // paragraphs of an inlineData, used when there is no inlineXML
}

func (p *parser) item(s xml.StartElement) error {
	if s.Name.Local != "newsItem" && s.Name.Local != "packageItem" {
		return p.skip() // concepts, knowledge, planning
	}
	if len(p.items) >= MaxItems {
		return fault.E(fault.TooLarge, "The message holds more than %d items.", MaxItems)
	}
	x := &itemParser{parser: p, aliases: map[string]string{}}
	x.i = Parsed{GUID: attr(s, "guid"), Version: 1, Package: s.Name.Local == "packageItem", PubStatus: "usable", Language: lang.Und}
	if x.i.GUID == "" && x.i.Package {
		return p.skip() // nothing could ever refer to it
	}
	if x.i.GUID == "" {
		return p.at(fault.Field("guid", "A news item needs a guid."))
	}
	if v := attr(s, "version"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return p.at(fault.Field("version", "The version %.40q is not a positive whole number.", v))
		}
		x.i.Version = n
	}
	if t, err := lang.Parse(xmlLang(s)); err == nil {
		x.i.Language = t
	}
	err := p.children(func(s xml.StartElement) error {
		switch s.Name.Local {
		case "catalog":
			return p.catalog(x.aliases)
		case "rightsInfo":
			return p.children(x.rights)
		case "itemMeta":
			return p.children(x.itemMeta)
		case "contentMeta":
			stated := false
			return p.children(func(s xml.StartElement) error { return x.contentMeta(s, &stated) })
		case "contentSet":
			return p.children(x.content)
		}
		return p.skip()
	})
	if err != nil {
		return p.at(err)
	}
	if len(x.i.Paragraphs) == 0 {
		x.i.Paragraphs = x.plain
	}
	p.items = append(p.items, x.i)
	return nil
}

// at adds which item of the message a fault is in, so that whoever is told can find it.
func (p *parser) at(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Field == "" || strings.HasPrefix(f.Field, "line ") { // a line is one of the whole document
		return err
	}
	c := *f
	c.Field = fmt.Sprintf("items[%d].%s", len(p.items), f.Field)
	return &c
}

// concept resolves a qcode or uri of the element to the uri of its concept.
func (x *itemParser) concept(s xml.StartElement) string {
	if u := attr(s, "uri"); u != "" {
		return u
	}
	alias, code, ok := strings.Cut(attr(s, "qcode"), ":")
	if !ok {
		return ""
	}
	return x.scheme(alias) + code
}

// scheme is an alias's uri: from the item's catalogue, the message's, or IPTC's recommendation.
func (x *itemParser) scheme(alias string) string {
	for _, m := range []map[string]string{x.aliases, x.message} {
		if u, ok := m[alias]; ok {
			return u
		}
	}
	for _, s := range schemes {
		if s[0] == alias {
			return s[1]
		}
	}
	return alias + ":"
}

// last is the code at the end of a concept's uri.
func last(uri string) string { return uri[strings.LastIndexAny(uri, "/:#")+1:] }

// party is the name of a party: its name element, else its literal, else its qcode or uri.
func (x *itemParser) party(s xml.StartElement) (string, error) {
	name := ""
	err := x.children(func(c xml.StartElement) error {
		if c.Name.Local != "name" || name != "" {
			return x.skip()
		}
		var err error
		name, err = x.text()
		return err
	})
	for _, a := range []string{"literal", "qcode", "uri"} {
		if name == "" {
			name = collapse(attr(s, a))
		}
	}
	return name, err
}

func (x *itemParser) into(s *string) error {
	t, err := x.text()
	if *s == "" {
		*s = t
	}
	return err
}

func (x *itemParser) append(list *[]string) error {
	t, err := x.text()
	if t != "" {
		*list = append(*list, t)
	}
	return err
}

func (x *itemParser) partyInto(s xml.StartElement, list *[]string) error {
	t, err := x.party(s)
	if t != "" {
		*list = append(*list, t)
	}
	return err
}

func (x *itemParser) rights(s xml.StartElement) error {
	switch s.Name.Local {
	case "copyrightHolder":
		name, err := x.party(s)
		if x.i.CopyrightHolder == "" {
			x.i.CopyrightHolder = name
		}
		return err
	case "copyrightNotice":
		return x.into(&x.i.CopyrightNotice)
	case "usageTerms":
		return x.into(&x.i.UsageTerms)
	}
	return x.skip()
}

func (x *itemParser) time(into *time.Time) error {
	s, err := x.text()
	if err != nil {
		return err
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		*into = t
	}
	return nil
}

func (x *itemParser) itemMeta(s xml.StartElement) error {
	switch s.Name.Local {
	case "itemClass":
		x.i.ItemClass = last(x.concept(s))
	case "provider":
		var err error
		x.i.Provider, err = x.party(s)
		return err
	case "versionCreated":
		return x.time(&x.i.VersionCreated)
	case "firstCreated":
		return x.time(&x.i.FirstCreated)
	case "embargoed":
		t, err := x.text()
		if err != nil {
			return err
		}
		x.i.Embargoed, err = time.Parse(time.RFC3339, t)
		x.i.EmbargoOpenEnded, x.i.EmbargoRaw = err != nil, t
		return nil
	case "pubStatus":
		status := last(x.concept(s))
		switch status {
		case "usable", "withheld", "canceled":
			x.i.PubStatus = status
		default:
			return fault.Field("pubStatus", "The publishing status %.60q is not usable, withheld or canceled.", cmp.Or(status, attr(s, "qcode"), attr(s, "literal")))
		}
	case "edNote":
		return x.append(&x.i.EdNotes)
	case "signal":
		if c := last(x.concept(s)); c != "" {
			x.i.Signals = append(x.i.Signals, c)
		}
	case "itemMetaExtProperty":
		alias, code, _ := strings.Cut(attr(s, "rel"), ":")
		if x.scheme(alias)+code == Namespace+"translation" {
			x.i.Translation = attr(s, "literal")
		}
	}
	return x.skip()
}

func (x *itemParser) contentMeta(s xml.StartElement, languageStated *bool) error {
	switch s.Name.Local {
	case "urgency":
		t, err := x.text()
		if n, bad := strconv.Atoi(t); bad == nil && n >= 1 && n <= 9 {
			x.i.Urgency = n
		}
		return err
	case "contentCreated":
		return x.into(&x.i.ContentCreated)
	case "digitalSourceType":
		x.i.DigitalSourceType = last(x.concept(s))
	case "infoSource":
		return x.partyInto(s, &x.i.InfoSources)
	case "creator":
		return x.partyInto(s, &x.i.Creators)
	case "language":
		// The content's language is the first one stated; xml:lang of the item is that of its metadata.
		if t, err := lang.Parse(attr(s, "tag")); err == nil && !*languageStated {
			x.i.Language, *languageStated = t, true
		}
	case "keyword":
		return x.append(&x.i.Keywords)
	case "subject":
		if code, ok := strings.CutPrefix(x.concept(s), mediaTopics); ok && code != "" && len(code) <= 12 && strings.Trim(code, "0123456789") == "" {
			x.i.Subjects = append(x.i.Subjects, "medtop:"+code)
		}
	case "slugline":
		return x.into(&x.i.Slugline)
	case "headline":
		return x.into(&x.i.Headline)
	case "dateline":
		return x.into(&x.i.Dateline)
	case "by":
		return x.into(&x.i.Byline)
	case "creditline":
		return x.into(&x.i.Credit)
	case "description":
		if strings.HasSuffix(attr(s, "role"), ":summary") {
			return x.into(&x.i.Subheadline)
		}
	}
	return x.skip()
}
