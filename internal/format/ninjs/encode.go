package ninjs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Marshal writes i as ninjs 3.1: fields in the fixed order of Item, no HTML escaping, no white space
// and no newline at the end. The same item gives the same bytes. It does not validate.
func (i Item) Marshal() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(i); err != nil {
		return nil, fmt.Errorf("ninjs: write item: %w", err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

var (
	types           = set(TypeText, TypeAudio, TypeVideo, TypePicture, TypeGraphic, TypeComposite, TypeComponent, TypeEvent, TypePlanning)
	representations = set(Full, Partial)
	statuses        = set(Usable, Withheld, Canceled)
	truncatedDate   = regexp.MustCompile(`^-?(?:[1-9][0-9]*)?[0-9]{4}(-(1[0-2]|0[1-9])(-(3[01]|0[1-9]|[12][0-9])(T(2[0-3]|[01][0-9]):([0-5][0-9]):([0-5][0-9])(\.[0-9]+)?(Z|[+-](?:2[0-3]|[01][0-9]):[0-5][0-9])?)?)?)?$`)
)

func set(vs ...string) map[string]bool {
	m := make(map[string]bool, len(vs)+1)
	m[""] = true // absent
	for _, v := range vs {
		m[v] = true
	}
	return m
}

// Validate checks i against the rules of the 3.1 schema that the Go types do not already enforce:
// the required uri, closed lists, ranges, times and addresses. The error is Invalid and names the field.
func (i Item) Validate() error { return i.validate("", true) }

func (i Item) validate(at string, requireURI bool) error {
	c := checker{at: at}
	if requireURI && i.URI == "" {
		return fault.Field(at+"uri", "The item has no uri.")
	}
	c.uri("uri", i.URI)
	c.oneOf("type", i.Type, types)
	c.oneOf("representationType", i.RepresentationType, representations)
	c.oneOf("pubStatus", i.PubStatus, statuses)
	c.time("firstCreated", i.FirstCreated)
	c.time("versionCreated", i.VersionCreated)
	c.time("contentCreated", i.ContentCreated)
	c.time("embargoedUntil", i.EmbargoedUntil)
	c.time("expires", i.Expires)
	c.urgency("urgency", i.Urgency)
	if i.Standard != nil {
		c.uri("standard.schema", i.Standard.Schema)
	}
	if r := i.RightsInfo; r != nil {
		c.uri("rightsInfo.langId", r.LangID)
		c.uri("rightsInfo.linkedRights", r.LinkedRights)
		c.require("rightsInfo", (r.LinkedRights == "") != (r.EncodedRights == ""), "Exactly one of linkedRights and encodedRights belongs here.")
	}
	if d := i.DigitalSourceType; d != nil {
		c.uri("digitalSourceType.uri", d.URI)
	}
	for n, p := range i.People {
		c.uri(index("people", n, "uri"), p.URI)
		c.contacts(index("people", n, "contactInfo"), p.ContactInfo)
	}
	for n, o := range i.Organisations {
		c.organisation(index("organisations", n, ""), o)
	}
	for n, p := range i.Places {
		c.uri(index("places", n, "uri"), p.URI)
		c.contacts(index("places", n, "contactInfo"), p.ContactInfo)
	}
	for n, s := range i.Subjects {
		c.uri(index("subjects", n, "uri"), s.URI)
		c.percent(index("subjects", n, "relevance"), s.Relevance)
		c.percent(index("subjects", n, "confidence"), s.Confidence)
	}
	for n, e := range i.Events {
		c.uri(index("events", n, "uri"), e.URI)
	}
	if e := i.EventDetails; e != nil {
		c.uri("eventDetails.eventStatus", e.EventStatus)
		c.uri("eventDetails.plannedCoverageStatus", e.PlannedCoverageStatus)
		c.dates("eventDetails.dates", e.Dates)
		if e.Organiser != nil {
			c.organisation("eventDetails.organiser", *e.Organiser)
		}
	}
	for n, p := range i.PlannedCoverage {
		c.uri(index("plannedCoverage", n, "uri"), p.URI)
		c.oneOf(index("plannedCoverage", n, "pubStatus"), p.PubStatus, statuses)
		c.oneOf(index("plannedCoverage", n, "type"), p.Type, types)
		c.dates(index("plannedCoverage", n, "dates"), p.Dates)
		c.urgency(index("plannedCoverage", n, "urgency"), p.Urgency)
		if p.Commissioned != nil {
			c.time(index("plannedCoverage", n, "commissioned.on"), p.Commissioned.On)
		}
		c.renditions(index("plannedCoverage", n, "renditions"), p.Renditions)
	}
	for n, o := range i.Objects {
		c.uri(index("objects", n, "uri"), o.URI)
	}
	for n, s := range i.InfoSources {
		c.uri(index("infoSources", n, "uri"), s.URI)
		c.contacts(index("infoSources", n, "contactInfo"), s.ContactInfo)
	}
	for n, t := range i.TrustIndicators {
		c.uri(index("trustIndicators", n, "role"), t.Role)
		c.uri(index("trustIndicators", n, "href"), t.Href)
	}
	c.renditions("renditions", i.Renditions)
	if c.err != nil {
		return c.err
	}
	if at == "" {
		if i.Name != "" || i.Rel != "" {
			return fault.Field("name", "name and rel belong to associated items only.")
		}
	} else if i.Name == "" {
		return fault.Field(at+"name", "An associated item needs a name.")
	}
	for n, a := range i.Associations {
		if err := a.validate(at+index("associations", n, "")+".", true); err != nil {
			return err
		}
	}
	return nil
}

func index(field string, n int, sub string) string {
	if sub != "" {
		sub = "." + sub
	}
	return fmt.Sprintf("%s[%d]%s", field, n, sub)
}

// checker keeps the first violation found.
type checker struct {
	at  string
	err error
}

func (c *checker) require(field string, ok bool, text string) {
	if !ok && c.err == nil {
		c.err = fault.Field(c.at+field, "%s", text)
	}
}

func (c *checker) oneOf(field, v string, allowed map[string]bool) {
	c.require(field, allowed[v], "The value is not one that ninjs 3.1 allows here.")
}

func (c *checker) time(field, v string) {
	if v != "" && c.err == nil {
		_, err := time.Parse(time.RFC3339, v)
		c.require(field, err == nil, "The time must be written as in RFC 3339, with a time zone.")
	}
}

func (c *checker) uri(field, v string) {
	if v != "" && c.err == nil {
		u, err := url.Parse(v)
		c.require(field, err == nil && u.IsAbs(), "The value must be an absolute URI.")
	}
}

func (c *checker) urgency(field string, v int) {
	c.require(field, v >= 0 && v <= 9, "The urgency must be from 1 to 9.")
}

func (c *checker) percent(field string, v *int) {
	c.require(field, v == nil || *v >= 0 && *v <= 100, "The value must be from 0 to 100.")
}

func (c *checker) contacts(field string, list []ContactInfo) {
	for n, i := range list {
		c.require(index(field, n, ""), (i.Value == "") != (i.Address == nil), "Exactly one of value and address belongs here.")
	}
}

func (c *checker) organisation(field string, o Organisation) {
	c.uri(field+".uri", o.URI)
	for n, s := range o.Symbols {
		c.uri(index(field+".symbols", n, "symbolType"), s.SymbolType)
	}
	c.contacts(field+".contactInfo", o.ContactInfo)
}

func (c *checker) renditions(field string, list []Rendition) {
	for n, r := range list {
		c.uri(index(field, n, "href"), r.Href)
		c.require(index(field, n, "scanType"), r.ScanType == "" || r.ScanType == "progressive" || r.ScanType == "interlaced", "The scan type must be progressive or interlaced.")
	}
}

func (c *checker) dates(field string, d *Dates) {
	if d == nil {
		return
	}
	c.time(field+".startDate", d.StartDate)
	c.time(field+".endDate", d.EndDate)
	for _, v := range []struct{ name, value string }{{"expectedStartDate", d.ExpectedStartDate}, {"expectedEndDate", d.ExpectedEndDate}} {
		c.require(field+"."+v.name, v.value == "" || truncatedDate.MatchString(v.value), "The date must be written as in ISO 8601: year, month, day or full time.")
	}
	c.require(field, (d.StartDate == "") != (d.ExpectedStartDate == "") || (d.EndDate == "") != (d.ExpectedEndDate == ""), "A start or an end is missing, or given twice.")
}
