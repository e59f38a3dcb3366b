package ninjs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
)

// MaxBytes bounds a document that Parse reads.
const MaxBytes = 32 << 20

var itemBounds = Bounds{Depth: 64, Open: 50_000, Commas: 500_000}

// Parse reads one ninjs item of generation 1.x, 2.x or 3.x and returns it in the shape of 3.1. A
// property it does not know is ignored; a known one of the wrong kind, and one that stands twice, is Invalid and named. It does
// not demand a uri and does not check closed lists and formats: Validate does. A document above
// MaxBytes, or nested or crowded beyond reason, is TooLarge.
func Parse(doc []byte) (Item, error) {
	if len(doc) > MaxBytes {
		return Item{}, fault.E(fault.TooLarge, "A ninjs document may have %d MB; this one has %d bytes.", MaxBytes>>20, len(doc))
	}
	doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf"))
	if itemBounds.Exceeds(doc) {
		return Item{}, fault.E(fault.TooLarge, "The document is nested deeper than %d levels or holds too many values to be one news item.", itemBounds.Depth)
	}
	if !json.Valid(doc) {
		var wrong *json.SyntaxError
		if err := json.Unmarshal(doc, new(json.RawMessage)); errors.As(err, &wrong) {
			line := 1 + bytes.Count(doc[:min(wrong.Offset, int64(len(doc)))], []byte("\n"))
			return Item{}, fault.Field(fmt.Sprint("line ", line), "This is not valid JSON, at line %d.", line).Because(err)
		}
		return Item{}, fault.E(fault.Invalid, "This is not valid JSON.")
	}
	if err := Once(doc, false); err != nil {
		return Item{}, err
	}
	return parseItem(doc, "")
}

// Bounds are how deep and how full a JSON text may be.
type Bounds struct {
	Depth  int // of nested objects and arrays
	Open   int // objects and arrays: each costs memory many times its own bytes
	Commas int // values
}

// Exceeds walks the bytes of a text once, before anything is allocated for them.
func (b Bounds) Exceeds(text []byte) bool {
	depth, open, commas := 0, 0, 0
	inString, escaped := false, false
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped = c == '\\'
			inString = c != '"'
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			depth++
			open++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			commas++
		}
		if depth > b.Depth || open > b.Open || commas > b.Commas {
			return true
		}
	}
	return false
}

// object is a JSON object by lower-case property name: generation 2.0 wrote versioncreated where
// 3.1 writes versionCreated.
type object map[string]json.RawMessage

func parseObject(raw json.RawMessage, at string) (object, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil || m == nil {
		return nil, fault.Field(strings.TrimSuffix(at, "."), "A JSON object is expected here.")
	}
	o, capitals := make(object, len(m)), 0
	for k, v := range m {
		l := strings.ToLower(k)
		switch {
		case string(v) == "null":
			continue
		case k != l: // the spelling of 3.1 wins over the older one
			capitals++
		case o[l] != nil:
			continue
		}
		o[l] = v
	}
	if capitals > 1 {
		seen := make(map[string]bool, capitals)
		for k, v := range m {
			l := strings.ToLower(k)
			if k == l || string(v) == "null" {
				continue
			}
			if seen[l] { // which of the two is read would be chance
				return nil, fault.Field(at+l, "This name stands twice in its object, in other capitals.")
			}
			seen[l] = true
		}
	}
	return o, nil
}

// reader takes properties out of an object and keeps the first error.
type reader struct {
	o   object
	at  string
	err error
}

func (r *reader) get(name string, into any) bool {
	raw, ok := r.o[strings.ToLower(name)]
	if !ok || r.err != nil {
		return false
	}
	if err := json.Unmarshal(raw, into); err != nil {
		r.err = fault.Field(r.at+name, "The value is of the wrong kind for ninjs.").Because(err)
		return false
	}
	return true
}

func (r *reader) text(names ...string) string {
	for _, name := range names {
		var s string
		if r.get(name, &s) {
			return s
		}
	}
	return ""
}

// instant is a time as it stands in the document, but for a zone without a colon (+0000), as Superdesk writes it: RFC 3339 has one.
func (r *reader) instant(names ...string) string {
	s := r.text(names...)
	if n := len(s) - 5; n > 0 && (s[n] == '+' || s[n] == '-') && strings.Contains(s, "T") && strings.Trim(s[n+1:], "0123456789") == "" {
		s = s[:n+3] + ":" + s[n+3:]
	}
	return s
}

// superdesk reads what Superdesk writes beside 1.x: who a text is from, and its authors where there is no byline.
func (r *reader) superdesk(i *Item) {
	is := func(name string, first byte) bool {
		raw := bytes.TrimSpace(r.o[name])
		return len(raw) > 0 && raw[0] == first
	}
	if is("source", '"') && len(i.InfoSources) == 0 {
		if name := r.text("source"); name != "" {
			i.InfoSources = []InfoSource{{Name: name}}
		}
	}
	if is("authors", '[') && i.By == "" {
		var names []string
		r.eachObject(func(_ string, e *reader) {
			if name := e.text("name"); name != "" {
				names = append(names, name)
			}
		}, "authors")
		i.By = strings.Join(names, ", ")
	}
}

// number reads a whole number; 1.x and 2.x say "number", so 4.0 is as good as 4.
func (r *reader) number(name string) int {
	var f float64
	if !r.get(name, &f) {
		return 0
	}
	if f != float64(int(f)) {
		r.err = fault.Field(r.at+name, "A whole number is expected here.")
		return 0
	}
	return int(f)
}

// each calls f for every element of the array name, or of the first of names that is present. An
// object in its place (1.x: renditions, associations, altids) is walked by key in sorted order,
// the key handed over.
func (r *reader) each(f func(key string, raw json.RawMessage, at string), names ...string) {
	for _, name := range names {
		raw, ok := r.o[strings.ToLower(name)]
		if !ok || r.err != nil {
			continue
		}
		if b := bytes.TrimSpace(raw); len(b) > 0 && b[0] == '{' {
			var m map[string]json.RawMessage
			r.get(name, &m)
			keys := make([]string, 0, len(m))
			for k := range m {
				keys = append(keys, k)
			}
			sort.Strings(keys)
			for _, k := range keys {
				f(k, m[k], r.at+name+"."+k)
			}
			return
		}
		var list []json.RawMessage
		r.get(name, &list)
		for n, e := range list {
			f("", e, r.at+index(name, n, ""))
		}
		return
	}
}

// eachObject is each for elements that are objects.
func (r *reader) eachObject(f func(key string, e *reader), names ...string) {
	r.each(func(key string, raw json.RawMessage, at string) {
		if r.err != nil || string(raw) == "null" {
			return
		}
		o, err := parseObject(raw, at)
		if err != nil {
			r.err = err
			return
		}
		e := &reader{o: o, at: at + "."}
		f(key, e)
		r.err = e.err
	}, names...)
}

func parseItem(raw json.RawMessage, at string) (Item, error) {
	o, err := parseObject(raw, at)
	if err != nil {
		return Item{}, err
	}
	r := &reader{o: o, at: at}
	i := Item{
		URI: r.text("uri", "guid"), Type: r.text("type"), RepresentationType: r.text("representationType"),
		Profile: r.text("profile"), Version: r.version(), FirstCreated: r.instant("firstCreated"),
		VersionCreated: r.instant("versionCreated"), ContentCreated: r.instant("contentCreated"),
		EmbargoedUntil: r.instant("embargoedUntil", "embargoed"), Expires: r.instant("expires"),
		PubStatus: r.text("pubStatus"), Urgency: r.number("urgency"), Language: r.text("language"),
		Title: r.text("title"), Slugline: r.text("slugline"), By: r.text("by", "byline"),
		Located: r.text("located"), EdNote: r.text("edNote"), CopyrightHolder: r.text("copyrightHolder"),
		CopyrightNotice: r.text("copyrightNotice"), UsageTerms: r.text("usageTerms"),
	}
	switch i.RepresentationType { // the words of 1.x
	case "complete":
		i.RepresentationType = Full
	case "incomplete":
		i.RepresentationType = Partial
	}
	r.structured("standard", &i.Standard)
	r.structured("rightsInfo", &i.RightsInfo)
	r.structured("digitalSourceType", &i.DigitalSourceType)
	r.structured("eventDetails", &i.EventDetails)
	r.structured("plannedCoverage", &i.PlannedCoverage)
	i.Headlines, i.Descriptions = r.texts("headlines", "headline"), r.texts("descriptions", "description")
	r.bodies(&i)
	r.concepts(&i)
	r.superdesk(&i)
	r.renditions(&i)
	r.associations(&i)
	if r.err != nil {
		return Item{}, r.err
	}
	return i, nil
}

// version tolerates a number: several senders of 1.x write one.
func (r *reader) version() string {
	var n json.Number
	if raw := bytes.TrimSpace(r.o["version"]); len(raw) > 0 && raw[0] != '"' && r.get("version", &n) {
		return n.String()
	}
	return r.text("version")
}

// structured reads a property whose shape did not change between the generations but for case.
func (r *reader) structured(name string, into any) { r.get(name, into) }

// texts reads the array of 2.x and 3.x and the properties of 1.x: one (headline) and one_<suffix>.
func (r *reader) texts(many, one string) []Text {
	var out []Text
	r.eachObject(func(_ string, e *reader) {
		out = append(out, Text{Role: e.text("role"), ContentType: e.text("contentType"), Value: e.text("value")})
	}, many)
	if v := r.text(one); v != "" {
		out = append(out, Text{Role: "main", Value: v})
	}
	for _, suffix := range r.suffixes(one + "_") {
		t := Text{Value: r.text(one + "_" + suffix)}
		if t.ContentType = mediaType(suffix); t.ContentType == "" {
			t.Role = suffix
		}
		out = append(out, t)
	}
	return out
}

func (r *reader) suffixes(prefix string) []string {
	var out []string
	for k := range r.o {
		if s, ok := strings.CutPrefix(k, prefix); ok && s != "" {
			out = append(out, s)
		}
	}
	sort.Strings(out)
	return out
}

// mediaType is the media type a suffix of 1.x stands for (body_text), or "" when it is a role.
func mediaType(suffix string) string {
	switch suffix {
	case "text":
		return "text/plain"
	case "html", "html5":
		return "text/html"
	case "xhtml":
		return "application/xhtml+xml"
	case "nitf":
		return "application/nitf+xml"
	}
	return ""
}

func (r *reader) bodies(i *Item) {
	r.eachObject(func(_ string, e *reader) {
		i.Bodies = append(i.Bodies, Body{
			Role: e.text("role"), ContentType: e.text("contentType"),
			CharCount: e.number("charCount"), WordCount: e.number("wordCount"), Value: e.text("value"),
		})
	}, "bodies")
	for n, suffix := range r.suffixes("body_") {
		b := Body{Value: r.text("body_" + suffix)}
		if b.ContentType = mediaType(suffix); b.ContentType == "" {
			b.Role = suffix
		}
		if n == 0 || suffix == "text" { // 1.x counted the item as a whole
			b.CharCount, b.WordCount = r.number("charcount"), r.number("wordcount")
		}
		i.Bodies = append(i.Bodies, b)
	}
}

// concept reads what people, places, subjects and the like have in common. Generation 1.x has a
// scheme and a code where later ones have a uri and a literal.
func (r *reader) concept() (name, rel, uri, literal string) {
	name, rel, uri, literal = r.text("name"), r.text("rel"), r.text("uri"), r.text("literal")
	scheme, code := r.text("scheme"), r.text("code")
	if literal == "" {
		literal = code
	}
	if uri == "" && code != "" && scheme != "" && strings.ContainsAny(scheme[len(scheme)-1:], "/#:=") {
		uri = scheme + code
	}
	return name, rel, uri, literal
}

func (r *reader) contacts() (out []ContactInfo) {
	if raw := bytes.TrimSpace(r.o["contactinfo"]); len(raw) == 0 || raw[0] != '[' {
		return nil // 1.x had an object of its own making here
	}
	r.get("contactInfo", &out)
	return out
}

func (r *reader) percent(name string) *int {
	if _, ok := r.o[name]; !ok {
		return nil
	}
	n := r.number(name)
	return &n
}

func (r *reader) concepts(i *Item) {
	r.eachObject(func(_ string, e *reader) {
		p := Person{ContactInfo: e.contacts()}
		p.Name, p.Rel, p.URI, p.Literal = e.concept()
		i.People = append(i.People, p)
	}, "people", "person")
	r.eachObject(func(_ string, e *reader) {
		g := Organisation{ContactInfo: e.contacts()}
		g.Name, g.Rel, g.URI, g.Literal = e.concept()
		e.eachObject(func(_ string, s *reader) {
			g.Symbols = append(g.Symbols, Symbol{Exchange: s.text("exchange"), SymbolType: s.text("symbolType"), Symbol: s.text("symbol", "ticker")})
		}, "symbols")
		i.Organisations = append(i.Organisations, g)
	}, "organisations", "organisation")
	r.eachObject(func(_ string, e *reader) {
		p := Place{ContactInfo: e.contacts()}
		p.Name, p.Rel, p.URI, p.Literal = e.concept()
		for _, k := range []string{"geojson", "geometry_geojson"} {
			if raw := bytes.TrimSpace(e.o[k]); len(raw) > 0 && raw[0] == '{' {
				p.GeoJSON = json.RawMessage(raw)
				break
			}
		}
		i.Places = append(i.Places, p)
	}, "places", "place")
	r.eachObject(func(_ string, e *reader) {
		s := Subject{Creator: e.text("creator"), Relevance: e.percent("relevance"), Confidence: e.percent("confidence")}
		s.Name, s.Rel, s.URI, s.Literal = e.concept()
		i.Subjects = append(i.Subjects, s)
	}, "subjects", "subject")
	r.eachObject(func(_ string, e *reader) {
		v := Event{ID: e.text("id")}
		v.Name, v.Rel, v.URI, v.Literal = e.concept()
		i.Events = append(i.Events, v)
	}, "events", "event")
	r.eachObject(func(_ string, e *reader) {
		var b Object
		b.Name, b.Rel, b.URI, b.Literal = e.concept()
		i.Objects = append(i.Objects, b)
	}, "objects", "object")
	r.eachObject(func(_ string, e *reader) {
		s := InfoSource{ContactInfo: e.contacts()}
		s.Name, s.Role, s.URI, s.Literal = e.concept()
		if role := e.text("role"); role != "" {
			s.Role = role
		}
		i.InfoSources = append(i.InfoSources, s)
	}, "infoSources", "infosource")
	r.eachObject(func(_ string, e *reader) {
		var g Genre
		g.Name, _, g.URI, g.Literal = e.concept()
		i.Genres = append(i.Genres, g)
	}, "genres", "genre")
	r.each(func(key string, raw json.RawMessage, at string) {
		a := AltID{Role: key}
		if r.err != nil || key != "" && json.Unmarshal(raw, &a.Value) == nil {
			i.AltIDs = append(i.AltIDs, a)
			return
		}
		e := reader{at: at + "."}
		if e.o, r.err = parseObject(raw, at); r.err == nil {
			i.AltIDs = append(i.AltIDs, AltID{Role: e.text("role"), Value: e.text("value")})
			r.err = e.err
		}
	}, "altIds", "altids")
	r.eachObject(func(_ string, e *reader) {
		t := TrustIndicator{Role: e.text("role"), Title: e.text("title"), Href: e.text("href")}
		if t.Role == "" {
			_, _, t.Role, _ = e.concept()
		}
		i.TrustIndicators = append(i.TrustIndicators, t)
	}, "trustIndicators", "trustindicator")
}

func (r *reader) renditions(i *Item) {
	r.each(func(key string, raw json.RawMessage, at string) {
		if r.err != nil {
			return
		}
		var v Rendition
		e := reader{at: at + "."}
		if e.o, r.err = parseObject(raw, at); r.err != nil {
			return
		}
		if err := json.Unmarshal(raw, &v); err != nil {
			r.err = fault.Field(at, "The rendition has a value of the wrong kind.").Because(err)
			return
		}
		if v.Name == "" {
			v.Name = key
		}
		if v.ContentType == "" {
			v.ContentType = e.text("mimetype")
		}
		r.err = e.err
		i.Renditions = append(i.Renditions, v)
	}, "renditions")
}

func (r *reader) associations(i *Item) {
	r.each(func(key string, raw json.RawMessage, at string) {
		if r.err != nil || string(raw) == "null" {
			return
		}
		var a Item
		if a, r.err = parseItem(raw, at+"."); r.err != nil {
			return
		}
		e := reader{at: at + "."}
		e.o, _ = parseObject(raw, at)
		if a.Name = e.text("name"); a.Name == "" {
			a.Name = key
		}
		a.Rel = e.text("rel")
		r.err = e.err
		i.Associations = append(i.Associations, a)
	}, "associations")
}
