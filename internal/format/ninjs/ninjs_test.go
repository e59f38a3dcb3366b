package ninjs

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
)

// schema compiles the 3.1 schema once, with the GeoJSON schema under its own address.
var schema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for url, file := range map[string]string{
		"https://geojson.org/schema/GeoJSON.json":             "testdata/GeoJSON-schema.json",
		"http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json": "testdata/ninjs-schema_3.1.json",
	} {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(f)
		f.Close()
		if err != nil {
			return nil, err
		}
		if err := c.AddResource(url, doc); err != nil {
			return nil, err
		}
	}
	return c.Compile("http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json")
})

func conforms(t interface {
	Helper()
	Fatalf(string, ...any)
}, doc []byte) error {
	t.Helper()
	s, err := schema()
	if err != nil {
		t.Fatalf("compile schema: %v", err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatalf("not JSON: %v\n%s", err, doc)
	}
	return s.Validate(v)
}

func ptr(n int) *int { return &n }

// full is an item with every property there is.
func full() Item {
	dates := &Dates{StartDate: "2026-06-01T10:00:00+05:00", EndDate: "2026-06-01T12:00:00+05:00", ExpectedDuration: "PT2H", Recurrence: &Recurrence{RecurrenceRules: []RecurrenceRule{{Frequency: "yearly", Interval: 1, Count: 3}}}}
	return Item{
		URI: "urn:newsml:toqsanbulaq.example:20260601:abc", Standard: Standard31(), Type: TypeText, RepresentationType: Full, Profile: "text-only", Version: "2",
		FirstCreated: "2026-06-01T10:00:00Z", VersionCreated: "2026-06-01T10:00:00.5+05:00", ContentCreated: "2026-06-01T09:00:00Z", EmbargoedUntil: "2026-06-02T00:00:00Z", Expires: "2027-01-01T00:00:00Z",
		PubStatus: Usable, Urgency: 3, Language: "kk", Title: "t", Slugline: "su", Headlines: []Text{{Role: "main", ContentType: "text/plain", Value: "<Су> & «бөгет» \u200e"}},
		By: "А. Б.", Located: "Көксай", Descriptions: []Text{{Role: "caption", Value: "x"}}, Bodies: []Body{{Role: "main", ContentType: "text/plain", CharCount: 2, WordCount: 1, Value: "Су"}},
		EdNote: "n", CopyrightHolder: "h", CopyrightNotice: "c", UsageTerms: "u", RightsInfo: &RightsInfo{LinkedRights: "https://toqsanbulaq.example/rights"},
		DigitalSourceType: &DigitalSourceType{Name: "trained algorithmic media", URI: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"},
		Genres:            []Genre{{Name: "Current"}}, People: []Person{{Name: "p", ContactInfo: []ContactInfo{{Type: "email", Value: "p@toqsanbulaq.example"}}}},
		Organisations: []Organisation{{Name: "o", Symbols: []Symbol{{Exchange: "X", Symbol: "TQB"}}, ContactInfo: []ContactInfo{{Address: &Address{Lines: []string{"1"}, Country: "Toqsanbulaq"}}}}},
		Places:        []Place{{Name: "Көксай", GeoJSON: json.RawMessage(`{"type":"Point","coordinates":[71.4,51.1]}`)}},
		Subjects:      []Subject{{Name: "water", URI: "http://cv.iptc.org/newscodes/mediatopic/20000441", Relevance: ptr(0), Confidence: ptr(100)}},
		Events:        []Event{{ID: "e"}}, EventDetails: &EventDetails{Dates: dates, Organiser: &Organisation{Name: "o"}},
		PlannedCoverage: []PlannedCoverage{{URI: "urn:x:1", Title: "t", PubStatus: Usable, Type: TypePicture, Dates: &Dates{ExpectedStartDate: "2026-06"}, Audiences: []Audience{{Audience: "a", Significance: 1}}, Urgency: 4, ItemCount: &ItemCount{RangeFrom: 1, RangeTo: 2}, Commissioned: &Commissioned{By: "b", References: []Reference{{Name: "n", Value: "v"}}}, Renditions: []Rendition{{Name: "hi"}}}},
		Objects:         []Object{{Name: "dam"}}, InfoSources: []InfoSource{{Name: "press service", Role: "original"}}, AltIDs: []AltID{{Role: "sender", Value: "9"}},
		TrustIndicators: []TrustIndicator{{Role: "http://cv.iptc.org/newscodes/trustindicator/ethics", Title: "t", Href: "https://toqsanbulaq.example/ethics"}},
		Renditions:      []Rendition{{Name: "thumbnail", Href: "https://toqsanbulaq.example/t.jpg", ContentType: "image/jpeg", Width: 1, Height: 1, SizeInBytes: 9, Duration: 1.5, FrameRate: 25, POI: &POI{}, ScanType: "progressive"}},
		Associations:    []Item{{Name: "photo", Rel: "illustrates", URI: "urn:x:2", Type: TypePicture}},
	}
}

func TestFullItemIsValidAndComesBackTheSame(t *testing.T) {
	t.Parallel()
	doc, err := full().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if err := conforms(t, doc); err != nil {
		t.Fatalf("schema: %v", err)
	}
	if err := full().Validate(); err != nil {
		t.Fatalf("Validate: %v", err)
	}
	if bytes.HasSuffix(doc, []byte("\n")) || bytes.Contains(doc, []byte(`\u003c`)) {
		t.Errorf("newline at the end or HTML escaping: %s", doc)
	}
	back, err := Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(full(), back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
	again, _ := back.Marshal()
	if !bytes.Equal(doc, again) {
		t.Errorf("not deterministic:\n%s\n%s", doc, again)
	}
}

// The other way round is what validation shows: the schema refuses a property it does not have.
func TestEveryPropertyOfTheSchemaHasAField(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/ninjs-schema_3.1.json")
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Defs struct {
			NinjsType struct {
				Properties map[string]any `json:"properties"`
			} `json:"ninjsType"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	doc, _ := full().Marshal()
	if err := json.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	props := s.Defs.NinjsType.Properties
	if len(props) < 30 {
		t.Fatalf("schema not read: %d properties", len(props))
	}
	for k := range props {
		if _, ok := got[k]; !ok {
			t.Errorf("schema property %q has no field", k)
		}
	}
}

func TestParseOlderGenerations(t *testing.T) {
	t.Parallel()
	one := `{"uri":"http://n.example/1","type":"text","mimetype":"text/plain","representationtype":"incomplete","version":3,
	 "versioncreated":"2026-06-01T10:00:00Z","embargoed":"2026-06-02T10:00:00Z","pubstatus":"usable","urgency":4,"byline":"A. B.",
	 "headline":"Main","headline_short":"Short","body_xhtml":"<p>x</p>","body_text":"x","charcount":1,"description_caption":"c","language":"en",
	 "person":[{"name":"P","rel":"about","scheme":"http://s.example/","code":"7"}],"organisation":[{"name":"O","symbols":[{"ticker":"T","exchange":"E"}]}],
	 "place":[{"name":"L","geometry_geojson":{"type":"Point","coordinates":[1,2]}}],"subject":[{"code":"c","scheme":"nocolon"}],
	 "infosource":[{"name":"S","role":"r"}],"altids":{"b":"2","a":"1"},"ednote":"e","usageterms":"u","unknown":{"x":[1]},
	 "renditions":{"thumb":{"href":"http://n.example/t.jpg","mimetype":"image/jpeg","width":10}},
	 "associations":{"photo":{"uri":"http://n.example/2","type":"picture","headline":"Pic"}}}`
	want := Item{
		URI: "http://n.example/1", Type: TypeText, RepresentationType: Partial, Version: "3", VersionCreated: "2026-06-01T10:00:00Z",
		EmbargoedUntil: "2026-06-02T10:00:00Z", PubStatus: Usable, Urgency: 4, By: "A. B.", Language: "en", EdNote: "e", UsageTerms: "u",
		Headlines:     []Text{{Role: "main", Value: "Main"}, {Role: "short", Value: "Short"}},
		Descriptions:  []Text{{Role: "caption", Value: "c"}},
		Bodies:        []Body{{ContentType: "text/plain", CharCount: 1, Value: "x"}, {ContentType: "application/xhtml+xml", Value: "<p>x</p>"}},
		People:        []Person{{Name: "P", Rel: "about", URI: "http://s.example/7", Literal: "7"}},
		Organisations: []Organisation{{Name: "O", Symbols: []Symbol{{Exchange: "E", Symbol: "T"}}}},
		Places:        []Place{{Name: "L", GeoJSON: json.RawMessage(`{"type":"Point","coordinates":[1,2]}`)}},
		Subjects:      []Subject{{Literal: "c"}}, InfoSources: []InfoSource{{Name: "S", Role: "r"}},
		AltIDs:       []AltID{{Role: "a", Value: "1"}, {Role: "b", Value: "2"}},
		Renditions:   []Rendition{{Name: "thumb", Href: "http://n.example/t.jpg", ContentType: "image/jpeg", Width: 10}},
		Associations: []Item{{Name: "photo", URI: "http://n.example/2", Type: TypePicture, Headlines: []Text{{Role: "main", Value: "Pic"}}}},
	}
	got, err := Parse([]byte("\xef\xbb\xbf" + one))
	if err != nil {
		t.Fatal(err)
	}
	// charcount belongs to the text body; the order of bodies is by suffix.
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("1.x (-want +got):\n%s", d)
	}
	doc, _ := got.Marshal()
	if err := conforms(t, doc); err != nil {
		t.Errorf("1.x written as 3.1: %v", err)
	}

	two := `{"uri":"urn:x:2","representationtype":"full","contentcreated":"2026-06-01T10:00:00Z","headlines":[{"value":"H"}],
	 "bodies":[{"contenttype":"text/plain","charcount":4.0,"value":"text"}],"rightsinfo":{"linkedrights":"http://r.example/"},"altids":[{"role":"r","value":"v"}],"people":null}`
	got, err = Parse([]byte(two))
	if err != nil {
		t.Fatal(err)
	}
	want = Item{URI: "urn:x:2", RepresentationType: Full, ContentCreated: "2026-06-01T10:00:00Z", Headlines: []Text{{Value: "H"}},
		Bodies: []Body{{ContentType: "text/plain", CharCount: 4, Value: "text"}}, RightsInfo: &RightsInfo{LinkedRights: "http://r.example/"}, AltIDs: []AltID{{Role: "r", Value: "v"}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("2.x (-want +got):\n%s", d)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		doc   string
		kind  fault.Kind
		field string
	}{
		"empty":              {"", fault.Invalid, "line 1"},
		"not JSON":           {"{", fault.Invalid, "line 1"},
		"array":              {"[]", fault.Invalid, ""},
		"null":               {"null", fault.Invalid, ""},
		"uri a number":       {`{"uri":1}`, fault.Invalid, "uri"},
		"body a string":      {`{"uri":"urn:x:1","bodies":["x"]}`, fault.Invalid, "bodies[0]"},
		"value missing kind": {`{"uri":"urn:x:1","bodies":[{"value":7}]}`, fault.Invalid, "bodies[0].value"},
		"urgency half":       {`{"uri":"urn:x:1","urgency":1.5}`, fault.Invalid, "urgency"},
		"deep":               {strings.Repeat("[", 1000), fault.TooLarge, ""},
		"crowded":            {`{"headlines":[` + strings.Repeat(`{},`, 60_000) + `{}]}`, fault.TooLarge, ""},
		"huge":               {strings.Repeat(" ", MaxBytes+1), fault.TooLarge, ""},
	} {
		_, err := Parse([]byte(c.doc))
		if err == nil || fault.KindOf(err) != c.kind {
			t.Errorf("%s: got %v, want kind %s", name, err, c.kind)
			continue
		}
		if _, field := fault.Public(err); field != c.field {
			t.Errorf("%s: field %q, want %q", name, field, c.field)
		}
	}
}

func TestValidateNamesTheField(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*Item){
		"uri":                      func(i *Item) { i.URI = "" },
		"type":                     func(i *Item) { i.Type = "poem" },
		"pubStatus":                func(i *Item) { i.PubStatus = "x" },
		"representationType":       func(i *Item) { i.RepresentationType = "x" },
		"urgency":                  func(i *Item) { i.Urgency = 10 },
		"versionCreated":           func(i *Item) { i.VersionCreated = "2026-06-01" },
		"rightsInfo":               func(i *Item) { i.RightsInfo = &RightsInfo{} },
		"subjects[0].relevance":    func(i *Item) { i.Subjects[0].Relevance = ptr(101) },
		"people[0].uri":            func(i *Item) { i.People[0].URI = "not a uri" },
		"people[0].contactInfo[0]": func(i *Item) { i.People[0].ContactInfo[0].Value = "" },
		"renditions[0].scanType":   func(i *Item) { i.Renditions[0].ScanType = "x" },
		"eventDetails.dates":       func(i *Item) { i.EventDetails.Dates = &Dates{} },
		"name":                     func(i *Item) { i.Name = "x" },
		"associations[0].name":     func(i *Item) { i.Associations[0].Name = "" },
		"associations[0].uri":      func(i *Item) { i.Associations[0].URI = "" },
	} {
		i := full()
		change(&i)
		err := i.Validate()
		if _, got := fault.Public(err); err == nil || got != field {
			t.Errorf("%s: got %v (field %q)", field, err, got)
		}
		doc, _ := i.Marshal()
		if conforms(t, doc) == nil {
			t.Errorf("%s: the schema would have taken it", field)
		}
	}
}

// What Validate takes, the schema takes.
func TestValidMeansValid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		i := full()
		i.Urgency = rapid.IntRange(-1, 11).Draw(t, "urgency")
		i.Type = rapid.SampledFrom([]string{"", "text", "event", "Text"}).Draw(t, "type")
		i.VersionCreated = rapid.SampledFrom([]string{"", "2026-06-01T00:00:00Z", "2026-06-01T24:00:00Z", "2026-06-01 00:00:00Z"}).Draw(t, "time")
		i.URI = rapid.SampledFrom([]string{"urn:x:1", "https://x.example/ж", "x", "mailto:a@b.example"}).Draw(t, "uri")
		i.Headlines[0].Value = rapid.String().Draw(t, "headline")
		doc, err := i.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if i.Validate() == nil {
			if err := conforms(t, doc); err != nil {
				t.Fatalf("Validate takes what the schema refuses: %v", err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	doc, _ := full().Marshal()
	f.Add(doc)
	f.Add([]byte(`{"uri":"u","headline":"h","body_text":"x","renditions":{"a":{"href":"h"}},"associations":{"b":{"uri":"c"}},"altids":{"k":"v"},"Uri":null}`))
	f.Add([]byte(`{"place":[{"geometry_geojson":{}}],"version":1e3,"contactInfo":[]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		i, err := Parse(doc)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
				t.Fatalf("kind %s: %v", k, err)
			}
			return
		}
		out, err := i.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(out)
		if err != nil {
			t.Fatalf("our own bytes: %v\n%s", err, out)
		}
		twice, _ := again.Marshal()
		if !bytes.Equal(out, twice) {
			t.Fatalf("not stable:\n%s\n%s", out, twice)
		}
	})
}
