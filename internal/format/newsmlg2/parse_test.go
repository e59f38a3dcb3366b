package newsmlg2

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// message is a newsMessage as other agencies send it: catalogue in the header, older version, NITF and
// XHTML, several headlines, packages and concepts beside items.
const message = `<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/">
  <header><sent>2026-03-12T09:00:00Z</sent>
    <catalogRef href="http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_3.xml"/>
    <catalog><scheme alias="mt" uri="http://cv.iptc.org/newscodes/mediatopic/"/><scheme alias="ns" uri="https://kumushdaryo.example/cv/"/></catalog>
  </header>
  <itemSet>
    <newsItem guid="tag:kumushdaryo.example,2026:1" version="4" standard="NewsML-G2" standardversion="2.9" xml:lang="en-GB">
      <rightsInfo><copyrightHolder literal="Kumushdaryo NA"/><copyrightNotice>(c) <a href="https://kumushdaryo.example">Kumushdaryo</a> NA</copyrightNotice><usageTerms>Not for resale.</usageTerms></rightsInfo>
      <itemMeta><itemClass qcode="ninat:text"/><provider qcode="ns:KNA"><name>Kumushdaryo NA</name></provider>
        <versionCreated>2026-03-12T14:05:00+05:00</versionCreated><firstCreated>2026-03-12T13:00:00</firstCreated>
        <embargoed/><pubStatus qcode="stat:withheld"/><edNote>Check<br/>figures</edNote><signal qcode="sig:update"/>
      </itemMeta>
      <contentMeta><urgency>2</urgency><contentCreated>2026-03</contentCreated>
        <infoSource literal="Desk"/><creator uri="https://a.example/"/><language tag="tr-TR"/><language tag="de"/>
        <keyword>su</keyword><subject qcode="mt:20000270"><name>water</name></subject><subject qcode="ns:1"/><subject uri="http://cv.iptc.org/newscodes/mediatopic/20000437"/>
        <slugline>su</slugline><headline>Köksay <inline>Barajı</inline></headline><headline>İkinci</headline>
        <dateline>TOKSANBULAK</dateline><by>Su Masası</by><creditline>KHA</creditline><description role="drol:summary">Özet</description>
      </contentMeta>
      <contentSet>
        <inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><head><title>T</title></head><body>
          <body.head><hedline><hl1>Başlık</hl1></hedline><byline>Biri</byline></body.head>
          <body.content><p>Birinci <em>paragraf</em>.</p><media><media-caption>Resim</media-caption></media>
            <p>İkinci
               paragraf.</p><ol><li>bir</li><li>iki</li></ol></body.content><body.end><tagline>Son</tagline></body.end></body></nitf></inlineXML>
        <inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Başka</p></body></html></inlineXML>
      </contentSet>
    </newsItem>
    <packageItem guid="p" version="1"><itemMeta/><contentMeta><headline>Paket</headline></contentMeta><groupSet><group><itemRef residref="x"><headline>y</headline></itemRef></group></groupSet></packageItem>
    <conceptItem guid="c"><conceptId/></conceptItem>
    <newsItem guid="h"><contentSet><inlineData contenttype="text/html; charset=utf-8">&lt;head&gt;&lt;title&gt;t&lt;/title&gt;&lt;/head&gt;&lt;p&gt;Bir &amp;amp; iki&lt;/p&gt;üç&lt;br&gt;dört&lt;script&gt;x()&lt;/script&gt;</inlineData></contentSet></newsItem>
    <newsItem guid="t"><contentSet><inlineData encoding="encd:b64">AAAA</inlineData><inlineData contenttype="text/plain"><![CDATA[Bir
satır.

İkinci <paragraf>.]]></inlineData></contentSet></newsItem>
  </itemSet>
</newsMessage>`

func TestMessageOfOthers(t *testing.T) {
	t.Parallel()
	items, err := Parse([]byte(message))
	if err != nil || len(items) != 4 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	i := items[0]
	if i.Version != 4 || i.Language != lang.TR || i.Provider != "Kumushdaryo NA" || i.PubStatus != "withheld" || !i.EmbargoOpenEnded || !i.Embargoed.IsZero() ||
		!i.VersionCreated.Equal(time.Date(2026, 3, 12, 9, 5, 0, 0, time.UTC)) || !i.FirstCreated.IsZero() || i.ContentCreated != "2026-03" || i.Urgency != 2 ||
		i.Headline != "Köksay Barajı" || i.Subheadline != "Özet" || i.Dateline != "TOKSANBULAK" || i.Byline != "Su Masası" || i.Credit != "KHA" || i.Slugline != "su" ||
		i.CopyrightHolder != "Kumushdaryo NA" || i.CopyrightNotice != "(c) Kumushdaryo NA" || i.UsageTerms != "Not for resale." ||
		!slices.Equal(i.EdNotes, []string{"Check figures"}) || !slices.Equal(i.Subjects, []string{"medtop:20000270", "medtop:20000437"}) ||
		!slices.Equal(i.InfoSources, []string{"Desk"}) || !slices.Equal(i.Creators, []string{"https://a.example/"}) || !slices.Equal(i.Signals, []string{"update"}) {
		t.Errorf("%+v", i)
	}
	for n, want := range [][]string{{"Birinci paragraf.", "İkinci paragraf.", "bir", "iki"}, nil, {"Bir & iki", "üç", "dört"}, {"Bir satır.", "İkinci <paragraf>."}} {
		if !slices.Equal(items[n].Paragraphs, want) {
			t.Errorf("%d: %q", n, items[n].Paragraphs)
		}
	}
	if !items[1].Package || items[1].Headline != "Paket" || items[1].GUID != "p" {
		t.Errorf("%+v", items[1])
	}
}

func item(inner string) string {
	return `<newsItem xmlns="` + nar + `" guid="g">` + inner + `</newsItem>`
}

func TestCharacterSets(t *testing.T) {
	t.Parallel()
	doc := item(`<contentMeta><headline>Вода Коксая</headline></contentMeta>`)
	cyrillic, _ := charmap.Windows1251.NewEncoder().String(`<?xml version="1.0" encoding="windows-1251"?>` + doc)
	wide, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(`<?xml version="1.0" encoding="UTF-16"?>` + doc)
	for name, d := range map[string]string{"utf-8": doc, "mark": "\ufeff" + doc, "windows-1251": cyrillic, "utf-16": wide} {
		if items, err := Parse([]byte(d)); err != nil || items[0].Headline != "Вода Коксая" {
			t.Errorf("%s: %v %+v", name, err, items)
		}
	}
}

func TestHostile(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<p>", 200) + strings.Repeat("</p>", 200)
	var attributes strings.Builder
	for n := range 20_000 {
		fmt.Fprintf(&attributes, ` a%d=""`, n)
	}
	for name, c := range map[string]struct {
		doc  string
		kind fault.Kind
	}{
		"nothing":            {"", fault.Invalid},
		"text":               {"hello", fault.Invalid},
		"another root":       {`<html xmlns="http://www.w3.org/1999/xhtml"/>`, fault.Unsupported},
		"another G2 root":    {`<conceptItem xmlns="` + nar + `"/>`, fault.Unsupported},
		"empty message":      {`<newsMessage xmlns="` + nar + `"><itemSet/></newsMessage>`, fault.Invalid},
		"laughs":             {`<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>` + item("<contentMeta><headline>&b;</headline></contentMeta>"), fault.Unsupported},
		"outside entity":     {`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + item("&x;"), fault.Unsupported},
		"doctype inside":     {item(`<!DOCTYPE a>`), fault.Unsupported},
		"undefined entity":   {item("<contentMeta><headline>&nbsp;</headline></contentMeta>"), fault.Invalid},
		"deep":               {item("<contentSet><inlineXML>" + deep + "</inlineXML></contentSet>"), fault.TooLarge},
		"deep elsewhere":     {item(strings.ReplaceAll(deep, "p", "itemMeta")), fault.TooLarge},
		"crowded":            {item(strings.Repeat("<a/>", maxElements+1)), fault.TooLarge},
		"long tag":           {`<newsItem` + attributes.String() + `/>`, fault.TooLarge},
		"unclosed tag":       {`<newsItem guid="` + strings.Repeat("x", 100_000), fault.TooLarge},
		"many items":         {`<newsMessage xmlns="` + nar + `"><itemSet>` + strings.Repeat(`<newsItem guid="a"/>`, MaxItems+1) + `</itemSet></newsMessage>`, fault.TooLarge},
		"many lines":         {item(`<contentSet><inlineData>` + strings.Repeat("a\n", maxParagraphs+2) + `</inlineData></contentSet>`), fault.TooLarge},
		"many breaks":        {item(`<contentSet><inlineData contenttype="text/html">` + strings.Repeat("a&lt;br>", maxParagraphs+2) + `</inlineData></contentSet>`), fault.TooLarge},
		"too long":           {strings.Repeat(" ", MaxBytes+1), fault.TooLarge},
		"cut off":            {item("<contentSet><inlineXML><p>")[:95], fault.Invalid},
		"cut off in comment": {`<newsItem xmlns="` + nar + `" guid="g"><!-- `, fault.Invalid},
		"half UTF-8":         {item("<contentMeta><headline>\xd0</headline></contentMeta>"), fault.Invalid},
		"unknown charset":    {`<?xml version="1.0" encoding="x-none"?>` + item(""), fault.Unsupported},
		"no guid":            {`<newsItem xmlns="` + nar + `"/>`, fault.Invalid},
		"version":            {`<newsItem xmlns="` + nar + `" guid="g" version="0"/>`, fault.Invalid},
		"status":             {item(`<itemMeta><pubStatus qcode="stat:perhaps"/></itemMeta>`), fault.Invalid},
		"two roots":          {item("") + item("") + "<a", fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			items, err := Parse([]byte(c.doc))
			if err == nil || fault.KindOf(err) != c.kind || items != nil {
				t.Fatalf("%v (%s), %d items", err, fault.KindOf(err), len(items))
			}
			if text, _ := fault.Public(err); !strings.HasSuffix(text, ".") || strings.Contains(text, "Something went wrong") {
				t.Errorf("not a sentence: %q", text)
			}
		})
	}
}

func TestEmbargoWithoutAnEndThatCanBeRead(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"", "tomorrow", "2026-03-12T09:00:00"} {
		items, err := Parse([]byte(`<newsItem xmlns="` + nar + `" guid="g"><itemMeta><embargoed>` + end + `</embargoed></itemMeta></newsItem>`))
		if err != nil || len(items) != 1 || !items[0].EmbargoOpenEnded || !items[0].Embargoed.IsZero() {
			t.Errorf("%q: %+v, %v", end, items, err)
		}
	}
}

func TestFaultsNameTheirPlace(t *testing.T) {
	t.Parallel()
	doc := `<newsMessage xmlns="` + nar + `"><itemSet><packageItem><itemRef residref="a"/></packageItem><newsItem guid="a"/>` +
		`<newsItem guid="b"><itemMeta><pubStatus qcode="stat:perhaps"/></itemMeta></newsItem></itemSet></newsMessage>`
	_, err := Parse([]byte(doc))
	if _, err := Parse([]byte(`<newsItem xmlns="` + nar + `" guid="g"><itemMeta><pubStatus literal="ready"/></itemMeta></newsItem>`)); err == nil || !strings.Contains(err.Error(), `"ready"`) {
		t.Errorf("a status as a literal: %v", err)
	}
	if _, field := fault.Public(err); field != "items[1].pubStatus" {
		t.Errorf("%q: %v", field, err)
	}
}

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(message)))
	for b.Loop() {
		if _, err := Parse([]byte(message)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMarshal(b *testing.B) {
	r := draft(b)
	for b.Loop() {
		if _, err := Marshal(r, 0, members, t0, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// Few long texts cost a small multiple of the document, whatever they are made of.
func TestMemory(t *testing.T) { // not parallel: it counts what the whole process allocates
	for name, unit := range map[string]string{"words": "a ", "lines": "\n", "spaces": " "} {
		text := strings.Repeat(unit, (1<<20)/len(unit))
		for _, doc := range []string{
			item("<contentMeta><headline>" + text + "</headline></contentMeta>"), item("<contentSet><inlineXML><p>" + text + "</p></inlineXML></contentSet>"),
			item("<contentSet><inlineData>" + text + "</inlineData></contentSet>"),
		} {
			in := []byte(doc)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := Parse(in); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 16*uint64(len(in)) {
				t.Errorf("%s: %d bytes allocated for %d", name, got, len(in))
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(message))
	f.Add([]byte(item(`<contentSet><inlineData contenttype="text/html">&lt;p&gt;a&lt;/p</inlineData></contentSet>`)))
	f.Add([]byte("\xff\xfe<\x00a\x00/\x00>\x00"))
	f.Add([]byte(`<?xml version="1.0" encoding="gb18030"?>` + item("")))
	r := draft(f)
	for i := range r.Items {
		doc, err := Marshal(r, i, members, t0, nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		items, err := Parse(doc)
		if (err == nil) != (len(items) > 0) {
			t.Fatalf("%d items, %v", len(items), err)
		}
		if err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatalf("no fault of ours: %v", err)
		}
		for _, i := range items {
			if i.GUID == "" || i.Version < 1 || i.PubStatus == "" || i.Language == "" {
				t.Fatalf("%+v", i)
			}
			for _, p := range i.Paragraphs {
				if p == "" || p != collapse(p) {
					t.Fatalf("paragraph %q", p)
				}
			}
		}
	})
}
