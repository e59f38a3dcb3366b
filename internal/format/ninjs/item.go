// Package ninjs reads and writes news items in IPTC ninjs (News in JSON).
//
// It owns the Go shape of an item, exactly the property names of ninjs 3.1, and the mapping from
// the older generations: 1.x (headline, body_text, person, objects for renditions and
// associations) and 2.x (lower-case names in arrays). What is written is always 3.1. The schemas
// are http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json and its elders.
//
// It is a codec only. It fetches nothing, resolves no vocabulary, sanitises no markup and takes no
// decision about who may see an item.
package ninjs

import "encoding/json"

// The values of Item.Type, the ones the schema allows.
const (
	TypeText      = "text"
	TypeAudio     = "audio"
	TypeVideo     = "video"
	TypePicture   = "picture"
	TypeGraphic   = "graphic"
	TypeComposite = "composite"
	TypeComponent = "component"
	TypeEvent     = "event"
	TypePlanning  = "planning"
)

// The values of Item.RepresentationType and Item.PubStatus.
const (
	Full    = "full"
	Partial = "partial"

	Usable   = "usable"
	Withheld = "withheld"
	Canceled = "canceled"
)

// Item is one ninjs 3.1 news object. Times are RFC 3339 strings as they stand in the document, so
// that reading and writing changes nothing; empty means absent. Name and Rel are used only for an
// item inside Associations.
type Item struct {
	URI                string             `json:"uri"`
	Standard           *Standard          `json:"standard,omitempty"`
	Name               string             `json:"name,omitempty"`
	Rel                string             `json:"rel,omitempty"`
	Type               string             `json:"type,omitempty"`
	RepresentationType string             `json:"representationType,omitempty"`
	Profile            string             `json:"profile,omitempty"`
	Version            string             `json:"version,omitempty"`
	FirstCreated       string             `json:"firstCreated,omitempty"`
	VersionCreated     string             `json:"versionCreated,omitempty"`
	ContentCreated     string             `json:"contentCreated,omitempty"`
	EmbargoedUntil     string             `json:"embargoedUntil,omitempty"`
	Expires            string             `json:"expires,omitempty"`
	PubStatus          string             `json:"pubStatus,omitempty"`
	Urgency            int                `json:"urgency,omitempty"` // 1 (highest) to 9; 0 is absent
	Language           string             `json:"language,omitempty"`
	Title              string             `json:"title,omitempty"`
	Slugline           string             `json:"slugline,omitempty"`
	Headlines          []Text             `json:"headlines,omitempty"`
	By                 string             `json:"by,omitempty"`
	Located            string             `json:"located,omitempty"`
	Descriptions       []Text             `json:"descriptions,omitempty"`
	Bodies             []Body             `json:"bodies,omitempty"`
	EdNote             string             `json:"edNote,omitempty"`
	CopyrightHolder    string             `json:"copyrightHolder,omitempty"`
	CopyrightNotice    string             `json:"copyrightNotice,omitempty"`
	UsageTerms         string             `json:"usageTerms,omitempty"`
	RightsInfo         *RightsInfo        `json:"rightsInfo,omitempty"`
	DigitalSourceType  *DigitalSourceType `json:"digitalSourceType,omitempty"`
	Genres             []Genre            `json:"genres,omitempty"`
	People             []Person           `json:"people,omitempty"`
	Organisations      []Organisation     `json:"organisations,omitempty"`
	Places             []Place            `json:"places,omitempty"`
	Subjects           []Subject          `json:"subjects,omitempty"`
	Events             []Event            `json:"events,omitempty"`
	EventDetails       *EventDetails      `json:"eventDetails,omitempty"`
	PlannedCoverage    []PlannedCoverage  `json:"plannedCoverage,omitempty"`
	Objects            []Object           `json:"objects,omitempty"`
	InfoSources        []InfoSource       `json:"infoSources,omitempty"`
	AltIDs             []AltID            `json:"altIds,omitempty"`
	TrustIndicators    []TrustIndicator   `json:"trustIndicators,omitempty"`
	Renditions         []Rendition        `json:"renditions,omitempty"`
	Associations       []Item             `json:"associations,omitempty"`
}

// Standard names the standard, its version and the schema an item is valid against.
type Standard struct {
	Name    string `json:"name,omitempty"`
	Version string `json:"version,omitempty"`
	Schema  string `json:"schema,omitempty"`
}

// Standard31 is the Standard of everything this package writes.
func Standard31() *Standard {
	return &Standard{Name: "ninjs", Version: "3.1", Schema: "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"}
}

// Text is a headline or a description. ContentType is a media type; empty is for the provider to say.
type Text struct {
	Role        string `json:"role,omitempty"`
	ContentType string `json:"contentType,omitempty"`
	Value       string `json:"value"`
}

// Body is one form of the content. CharCount counts Unicode characters, WordCount words; 0 is absent.
type Body struct {
	Role        string `json:"role,omitempty"`
	ContentType string `json:"contentType,omitempty"`
	CharCount   int    `json:"charCount,omitempty"`
	WordCount   int    `json:"wordCount,omitempty"`
	Value       string `json:"value"`
}

// Person is an individual human being the content is related to.
type Person struct {
	Name        string        `json:"name,omitempty"`
	Rel         string        `json:"rel,omitempty"`
	URI         string        `json:"uri,omitempty"`
	Literal     string        `json:"literal,omitempty"`
	ContactInfo []ContactInfo `json:"contactInfo,omitempty"`
}

// Organisation is an organisation the content is related to.
type Organisation struct {
	Name        string        `json:"name,omitempty"`
	Rel         string        `json:"rel,omitempty"`
	URI         string        `json:"uri,omitempty"`
	Literal     string        `json:"literal,omitempty"`
	Symbols     []Symbol      `json:"symbols,omitempty"`
	ContactInfo []ContactInfo `json:"contactInfo,omitempty"`
}

// Symbol is a financial instrument's symbol at one market place.
type Symbol struct {
	Exchange   string `json:"exchange,omitempty"`
	SymbolType string `json:"symbolType,omitempty"`
	Symbol     string `json:"symbol,omitempty"`
}

// Place is a named location. GeoJSON holds one GeoJSON object (RFC 7946) as it came.
type Place struct {
	Name        string          `json:"name,omitempty"`
	Rel         string          `json:"rel,omitempty"`
	URI         string          `json:"uri,omitempty"`
	Literal     string          `json:"literal,omitempty"`
	ContactInfo []ContactInfo   `json:"contactInfo,omitempty"`
	GeoJSON     json.RawMessage `json:"geoJSON,omitempty"`
}

// Subject is a concept the content is about. Relevance and Confidence are percentages.
type Subject struct {
	Name       string `json:"name,omitempty"`
	Rel        string `json:"rel,omitempty"`
	URI        string `json:"uri,omitempty"`
	Literal    string `json:"literal,omitempty"`
	Creator    string `json:"creator,omitempty"`
	Relevance  *int   `json:"relevance,omitempty"`
	Confidence *int   `json:"confidence,omitempty"`
}

// Event is something that happens and that the content is related to.
type Event struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name,omitempty"`
	Rel     string `json:"rel,omitempty"`
	URI     string `json:"uri,omitempty"`
	Literal string `json:"literal,omitempty"`
}

// Object is something material, excluding persons.
type Object struct {
	Name    string `json:"name,omitempty"`
	Rel     string `json:"rel,omitempty"`
	URI     string `json:"uri,omitempty"`
	Literal string `json:"literal,omitempty"`
}

// InfoSource is a party that originated, modified, distributed or supplied the content.
type InfoSource struct {
	Name        string        `json:"name,omitempty"`
	Role        string        `json:"role,omitempty"`
	URI         string        `json:"uri,omitempty"`
	Literal     string        `json:"literal,omitempty"`
	ContactInfo []ContactInfo `json:"contactInfo,omitempty"`
}

// Genre is a journalistic characteristic of the item.
type Genre struct {
	Name    string `json:"name,omitempty"`
	URI     string `json:"uri,omitempty"`
	Literal string `json:"literal,omitempty"`
}

// DigitalSourceType says from what kind of source the content was made; the suggested vocabulary is
// http://cv.iptc.org/newscodes/digitalsourcetype/.
type DigitalSourceType struct {
	Name    string `json:"name,omitempty"`
	URI     string `json:"uri,omitempty"`
	Literal string `json:"literal,omitempty"`
}

// RightsInfo holds exactly one of LinkedRights (an address) and EncodedRights (an expression).
type RightsInfo struct {
	LangID        string `json:"langId,omitempty"`
	LinkedRights  string `json:"linkedRights,omitempty"`
	EncodedRights string `json:"encodedRights,omitempty"`
}

// AltID is another identifier of the content.
type AltID struct {
	Role  string `json:"role,omitempty"`
	Value string `json:"value,omitempty"`
}

// TrustIndicator links to a document about a trust indicator.
type TrustIndicator struct {
	Role  string `json:"role,omitempty"`
	Title string `json:"title,omitempty"`
	Href  string `json:"href,omitempty"`
}

// Rendition is one rendition of the content. Sizes are in pixels and bytes, Duration in seconds.
type Rendition struct {
	Name              string  `json:"name"`
	Href              string  `json:"href,omitempty"`
	ContentType       string  `json:"contentType,omitempty"`
	Title             string  `json:"title,omitempty"`
	Width             int     `json:"width,omitempty"`
	Height            int     `json:"height,omitempty"`
	SizeInBytes       int64   `json:"sizeInBytes,omitempty"`
	Duration          float64 `json:"duration,omitempty"`
	Format            string  `json:"format,omitempty"`
	AspectRatio       string  `json:"aspectRatio,omitempty"`
	VideoCodec        string  `json:"videoCodec,omitempty"`
	FrameRate         float64 `json:"frameRate,omitempty"`
	POI               *POI    `json:"poi,omitempty"`
	TransportProtocol string  `json:"transportProtocol,omitempty"`
	ScanType          string  `json:"scanType,omitempty"`
	Bitrate           string  `json:"bitrate,omitempty"`
}

// POI is a rendition's main point of interest, in pixels from the top left.
type POI struct {
	X int `json:"x"`
	Y int `json:"y"`
}

// ContactInfo is one way to reach a party; it holds exactly one of Value and Address.
type ContactInfo struct {
	Type    string   `json:"type,omitempty"`
	Role    string   `json:"role,omitempty"`
	Lang    string   `json:"lang,omitempty"`
	Name    string   `json:"name,omitempty"`
	Value   string   `json:"value,omitempty"`
	Address *Address `json:"address,omitempty"`
}

// Address is a postal address; the order of Lines matters.
type Address struct {
	Lines      []string `json:"lines,omitempty"`
	Locality   string   `json:"locality,omitempty"`
	Area       string   `json:"area,omitempty"`
	PostalCode string   `json:"postalCode,omitempty"`
	Country    string   `json:"country,omitempty"`
}
