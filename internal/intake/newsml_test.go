package intake

import (
	"errors"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

const newsItem = `<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:nildasht.example:20260312:1" version="1" standard="NewsML-G2" standardversion="2.35" conformance="power" xml:lang="en">
<itemMeta><itemClass qcode="ninat:text"/><provider literal="Nildasht News Agency"><name>Nildasht News Agency</name></provider><versionCreated>2026-03-12T14:05:00+05:00</versionCreated>STATUS</itemMeta>
<contentMeta><headline>Nildasht opens the caravan road</headline><language tag="en"/></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body><p>The old road was opened on Thursday.</p><p>Two hundred guests came.</p></body></html></inlineXML></contentSet></newsItem>`

func TestReadNewsML(t *testing.T) {
	t.Parallel()
	doc := func(status string) Document {
		return Document{Name: "road.xml", Bytes: []byte(strings.Replace(newsItem, "STATUS", status, 1))}
	}
	as, err := Read(doc(""), testNow)
	if err != nil || len(as) != 1 {
		t.Fatal(as, err)
	}
	a := as[0]
	if a.Headline != "Nildasht opens the caravan road" || len(a.Paragraphs) != 2 || a.Detection.Tag != lang.EN || a.Date == nil || a.Date.Precision != "minute" ||
		len(a.Attribution) != 1 || a.Attribution[0].Source != "Nildasht News Agency" || a.Attribution[0].Relation != PublishedBy {
		t.Errorf("%+v", a)
	}
	for name, status := range map[string]string{
		"canceled":  `<pubStatus qcode="stat:canceled"/>`,
		"embargoed": `<embargoed>2999-01-01T00:00:00Z</embargoed>`,
	} {
		if as, err := Read(doc(status), testNow); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v, %v", name, as, err)
		}
	}
}

// TestNewsMLUnderEmbargoIsHeldWhateverElseItSays: no other reason for not taking it in lets its words be read meanwhile.
func TestNewsMLUnderEmbargoIsHeldWhateverElseItSays(t *testing.T) {
	t.Parallel()
	one := func(status string) string { return strings.Replace(newsItem, "STATUS", status, 1) }
	both := func(a, b string) string {
		item := func(s string) string { return s[strings.Index(s, "<newsItem"):] }
		return `<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>` + item(one(a)) + item(one(b)) + `</itemSet></newsMessage>`
	}
	const end, withheld, gone = `<embargoed>2999-01-01T00:00:00Z</embargoed>`, `<pubStatus qcode="stat:withheld"/>`, `<pubStatus qcode="stat:canceled"/>`
	for name, doc := range map[string]string{"withheld too": one(end + withheld), "nothing as an end": one("<embargoed/>"), "the signal": one(`<signal qcode="sig:embargo"/>`), "an end that is none": one("<embargoed>soon</embargoed>"), "an end by another calendar": one("<embargoed>1405-10-11T00:00:00+03:30</embargoed>"), "after one that is withheld": both(withheld, end), "before one that is withdrawn": both(end, gone)} {
		as, err := Read(Document{Name: "road.xml", Bytes: []byte(doc)}, testNow)
		var h *Held
		var w *Withdrawn
		if as != nil || !errors.As(err, &h) || strings.Contains(name, "withdrawn") != errors.As(err, &w) {
			t.Errorf("%s: %v, %v", name, as, err)
		}
	}
	if _, err := Read(Document{Name: "road.xml", Bytes: []byte(both(gone, withheld))}, testNow); err == nil || !errors.As(err, new(*Withdrawn)) {
		t.Errorf("withdrawn beside one that is withheld: %v", err)
	}
	if as, err := Read(Document{Name: "road.xml", Bytes: []byte(one(`<embargoed>2020-01-01T00:00:00Z</embargoed><signal qcode="sig:embargo"/>`))}, testNow); err != nil || len(as) != 1 {
		t.Errorf("the signal of an embargo that is over: %v", err)
	}
	if _, err := Read(Document{Name: "road.xml", Bytes: []byte(one(withheld))}, testNow); err == nil || errors.As(err, new(*Held)) {
		t.Errorf("withheld alone: %v", err)
	}
}

func TestNinjsUnderEmbargoIsNotTakenIn(t *testing.T) {
	t.Parallel()
	for _, extra := range []string{`"embargoedUntil":"2999-01-01T00:00:00Z"`, `"pubStatus":"canceled"`, `"pubStatus":"withheld"`} {
		_, err := Read(Document{ContentType: "application/json", Bytes: []byte(`{"uri":"urn:x:1","headlines":[{"value":"A"}],"bodies":[{"value":"Some words stand here."}],` + extra + `}`)}, testNow)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", extra, err)
		}
	}
}

// TestEmbargoWithin: what an item holds stands in its bytes, so its embargo holds the item too, the longest of all; and an end by the calendar of Iran is
// none that can be read, in each format.
func TestEmbargoWithin(t *testing.T) {
	t.Parallel()
	ninjsOf := func(extra string) Document {
		return Document{ContentType: "application/json", Bytes: []byte(`{"uri":"urn:x:1","headline":"Road","body_text":"Some words stand here.",` + extra + `}`)}
	}
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	const within = `"associations":{"a":{"headline":"B","body_text":"Others."%s}}`
	for name, c := range map[string]struct {
		doc  Document
		held bool
		end  time.Time
	}{
		"none":                   {ninjsOf(strings.ReplaceAll(within, "%s", "")), false, time.Time{}},
		"one that is over":       {ninjsOf(strings.ReplaceAll(within, "%s", `,"embargoed":"2020-01-01T00:00:00Z"`)), false, time.Time{}},
		"of what it holds":       {ninjsOf(strings.ReplaceAll(within, "%s", `,"embargoed":"2999-01-01T00:00:00Z"`)), true, year(2999)},
		"the longer of two":      {ninjsOf(`"embargoed":"2998-01-01T00:00:00Z",` + strings.ReplaceAll(within, "%s", `,"embargoed":"2999-01-01T00:00:00Z"`)), true, year(2999)},
		"one without an end":     {ninjsOf(`"embargoed":"2998-01-01T00:00:00Z",` + strings.ReplaceAll(within, "%s", `,"embargoed":"soon"`)), true, time.Time{}},
		"another calendar":       {ninjsOf(`"embargoed":"1405-10-11T00:00:00+03:30"`), true, time.Time{}},
		"an empty end, NITF":     {Document{Name: "a.nitf", Bytes: []byte(`<nitf><head><docdata><date.release/></docdata></head><body><body.content><p>Some words stand here.</p></body.content></body></nitf>`)}, true, time.Time{}},
		"another calendar, NITF": {Document{Name: "a.nitf", Bytes: []byte(`<nitf><head><docdata><date.release norm="14051011T000000Z"/></docdata></head><body><body.content><p>Some words stand here.</p></body.content></body></nitf>`)}, true, time.Time{}},
	} {
		as, err := Read(c.doc, testNow)
		var h *Held
		if errors.As(err, &h) != c.held || !c.held && (err != nil || len(as) != 1) || c.held && !h.Until.Equal(c.end) {
			t.Errorf("%s: %d articles, held %+v, %v", name, len(as), h, err)
		}
	}
}
