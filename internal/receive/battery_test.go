package receive_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/testkit"
)

// poor is a document with one kind of fault, and what must come of it: it is taken in, or it is in quarantine with a reason that has these words and a
// place that begins so.
type poor struct {
	name, media, text string
	taken             bool
	reason, place     string
	check             func(headline, date string) bool // of what is taken
}

func nitfWith(head, body string) string {
	return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<nitf><head>" + head + "</head>\n<body xml:lang=\"en\"><body.head><hedline><hl1>The road to Nurtau was opened</hl1></hedline></body.head>\n<body.content>" + body + "</body.content></body></nitf>"
}

const para = "<p>The office opened the road to the village in the morning, its spokesman said.</p>"

func g2With(attrs, meta, content string) string {
	return `<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" ` + attrs + ` standard="NewsML-G2" standardversion="2.35" xml:lang="en">
<itemMeta><itemClass qcode="ninat:text"/><provider literal="Nurtau Agency"/><versionCreated>2026-03-12T08:05:00+05:00</versionCreated>` + meta + `</itemMeta>
<contentMeta><headline>The road to Nurtau was opened</headline></contentMeta>
<contentSet>` + content + `</contentSet></newsItem>`
}

const g2Text = `<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body><p>The office opened the road to the village in the morning, its spokesman said.</p></body></html></inlineXML>`

func ninjsWith(more string) string {
	return `{"uri":"urn:x:%d","headlines":[{"value":"The road to Nurtau was opened"}],"bodies":[{"value":"The office opened the road to the village in the morning, its spokesman said."}]` + more + `}`
}

func utf16Of(s string, big, mark bool) string {
	var b []byte
	if mark {
		s = "\ufeff" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func in1251(s string) string {
	out, err := charmap.Windows1251.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return out
}

const ruPara = "<p>Дорогу к городу открыли утром в понедельник, сообщила администрация района. Работы шли два года.</p>"

func faults() []poor {
	x, j := "application/xml", "application/json"
	undated := func(_, date string) bool { return date == "" }
	ru := func(h, _ string) bool { return h == "Дорога в Нуртау открыта" }
	ruNITF := strings.Replace(nitfWith("", ruPara), "The road to Nurtau was opened", "Дорога в Нуртау открыта", 1)
	ruNinjs := strings.Replace(ninjsWith(`,"language":"ru"`), "The road to Nurtau was opened", "Дорога в Нуртау открыта", 1)
	deep := func(n int) string { return strings.Repeat("<block>", n) + para + strings.Repeat("</block>", n) }
	out := []poor{
		// NITF
		{name: "nitf cut off in a paragraph", media: x, text: nitfWith("", para)[:230], reason: "not well-formed", place: "line 4"},
		{name: "nitf cut off in its head", media: x, text: "<nitf>\n<head><docdata>", reason: "not well-formed", place: "line 2"},
		{name: "nitf with tags that cross", media: x, text: nitfWith("", "<p><em>a</p></em>"), reason: "not well-formed", place: "line 4"},
		{name: "nitf with an attribute without quotes", media: x, text: nitfWith("<docdata management-status=usable/>", para), reason: "not well-formed", place: "line 2"},
		{name: "nitf with a name that is none", media: x, text: nitfWith("<1a/>", para), reason: "not well-formed", place: "line 2"},
		{name: "nitf with entities within entities", media: x, text: `<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>` + nitfWith("", "<p>&c;</p>")[39:], reason: "declarations of its own", place: "line 1"},
		{name: "nitf with an entity from a file", media: x, text: `<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY f SYSTEM "file:///etc/passwd">]><nitf><body><body.content><p>&f;</p></body.content></body></nitf>`, reason: "declarations of its own"},
		{name: "nitf with a parameter entity", media: x, text: `<!DOCTYPE nitf [<!ENTITY % p SYSTEM "http://a.example/x.dtd"> %p;]><nitf/>`, reason: "declarations of its own"},
		{name: "nitf with an entity that nobody declared", media: x, text: nitfWith("", "<p>&nobody;</p>"), reason: "not well-formed", place: "line 4"},
		{name: "nitf with entities of HTML", media: x, text: nitfWith("", "<p>The office &mdash; of the village &ndash; opened the road in the morning, it said.</p>"), taken: true},
		{name: "nitf with a document type", media: x, text: `<?xml version="1.0"?><!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.6//EN" "nitf-3-6.dtd"><nitf><body><body.content>` + para + `</body.content></body></nitf>`, taken: true},
		{name: "nitf of blocks within blocks", media: x, text: nitfWith("", deep(300)), reason: "deeper than", place: "line 4"},
		{name: "nitf of more elements than are read", media: x, text: nitfWith("", strings.Repeat("<p/>", 500_100)), reason: "more than 500000 elements"},
		{name: "nitf with a tag without end", media: x, text: nitfWith("<docdata x='"+strings.Repeat("a", 70_000)+"'/>", para), reason: "longer than", place: "line 2"},
		{name: "nitf without a body", media: x, text: "<nitf><head/></nitf>", reason: "no body.content"},
		{name: "nitf with an empty body", media: x, text: nitfWith("", " \n "), reason: "no body.content"},
		{name: "nitf of pictures alone", media: x, text: nitfWith("", "<media><media-caption>A road</media-caption></media>"), reason: "no body.content"},
		{name: "nitf under an embargo that cannot be read", media: x, text: nitfWith(`<docdata><date.release norm="when it is over"/></docdata>`, para), reason: "under embargo"},
		{name: "nitf under an embargo without a zone", media: x, text: nitfWith(`<docdata><date.release norm="20990101T120000"/></docdata>`, para), reason: "under embargo"},
		{name: "nitf under an embargo of 2599", media: x, text: nitfWith(`<docdata><date.release norm="25990101T120000Z"/></docdata>`, para), reason: "under embargo"},
		{name: "nitf under an embargo without an end", media: x, text: nitfWith(`<docdata management-status="embargoed"/>`, para), reason: "without a stated end"},
		{name: "nitf whose embargo is over", media: x, text: nitfWith(`<docdata management-status="embargoed"><date.release norm="20200101T120000Z"/></docdata>`, para), taken: true},
		{name: "nitf that is withheld", media: x, text: nitfWith(`<docdata management-status="withheld"/>`, para), reason: "withheld"},
		{name: "nitf that is canceled", media: x, text: nitfWith(`<docdata management-status="canceled"><doc-id id-string="never-came"/></docdata>`, para), reason: "withdrawn"},
		{name: "nitf that is killed", media: x, text: nitfWith(`<docdata management-status="KILL"><doc-id id-string="never-came-2"/></docdata>`, para), reason: "withdrawn"},
		{name: "nitf that takes another back", media: x, text: "<nitf><head><docdata management-doc-idref='never-came-3' management-idref-status='canceled'/></head></nitf>", reason: "withdrawn"},
		{name: "nitf of 1404", media: x, text: nitfWith(`<docdata><date.issue norm="14040609T120000Z"/></docdata>`, para), taken: true, check: undated},
		{name: "nitf issued in 2599", media: x, text: nitfWith(`<docdata><date.issue norm="25990609T120000Z"/></docdata>`, para), taken: true, check: undated},
		{name: "nitf of the 30th of February", media: x, text: nitfWith(`<docdata><date.issue norm="20260230T120000Z"/></docdata>`, para), taken: true, check: undated},
		{name: "nitf with a headline without end", media: x, text: strings.Replace(nitfWith("", para), "Nurtau", strings.Repeat("Nurtau ", 300), 1), reason: "headline"},
		{name: "nitf with a text without end", media: x, text: nitfWith("", "<p>"+strings.Repeat("A road was opened. ", 60_000)+"</p>"), reason: "bytes"},
		{name: "nitf with a comment that does not end", media: x, text: nitfWith("<!-- ", para), reason: "not well-formed"},
		{name: "nitf with a section that does not end", media: x, text: nitfWith("", "<p><![CDATA[ a</p>"), reason: "not well-formed"},
		{name: "nitf with an instruction that does not end", media: x, text: nitfWith("<?go ", para), reason: "not well-formed"},
		{name: "nitf with control characters", media: x, text: nitfWith("", "<p>a\x01b</p>"), reason: "not well-formed", place: "line 4"},
		{name: "nitf within an element of another name", media: x, text: "<envelope>" + nitfWith("", para)[39:] + "</envelope>", reason: "is not a newsItem"},
		{name: "nitf with a prefix", media: x, text: `<?xml version="1.0"?><n:nitf xmlns:n="http://iptc.org/std/NITF/2006-10-18/"><n:body><n:body.content><n:p>The office opened the road to the village, it said in the morning.</n:p></n:body.content></n:body></n:nitf>`, taken: true},
		{name: "nitf that says windows-1256 and is UTF-8", media: x, text: strings.Replace(ruNITF, "utf-8", "windows-1256", 1), taken: true, check: ru},
		{name: "nitf that says UTF-8 and is windows-1251", media: x, text: in1251(ruNITF), taken: true, check: ru},
		{name: "nitf that says windows-1251 and is", media: x, text: in1251(strings.Replace(ruNITF, "utf-8", "windows-1251", 1)), taken: true, check: ru},
		{name: "nitf in UTF-16 with a mark", media: x, text: utf16Of(ruNITF, false, true), taken: true, check: ru},
		{name: "nitf in UTF-16 without a mark", media: x, text: utf16Of(ruNITF, false, false), taken: true, check: ru},
		{name: "nitf in UTF-16 the other way round", media: x, text: utf16Of(ruNITF, true, true), taken: true, check: ru},
		{name: "nitf in UTF-16 the other way round without a mark", media: x, text: utf16Of(ruNITF, true, false), taken: true, check: ru},
		{name: "nitf in a character set that nobody knows", media: x, text: strings.Replace(ruNITF, "utf-8", "x-nobody", 1), taken: true, check: ru},
		{name: "nitf as plain text", media: "text/plain", text: ruNITF, taken: true, check: ru},
		// NewsML-G2
		{name: "g2 with a document type", media: x, text: `<!DOCTYPE newsItem SYSTEM "a.dtd">` + g2With(`guid="a" version="1"`, "", g2Text), reason: "DOCTYPE"},
		{name: "g2 with an entity", media: x, text: g2With(`guid="b" version="1"`, "", strings.Replace(g2Text, "office", "&office;", 1)), reason: "not well-formed", place: "line 4"},
		{name: "g2 without a guid", media: x, text: g2With(`version="1"`, "", g2Text), reason: "needs a guid", place: "items[0].guid"},
		{name: "g2 of version zero", media: x, text: g2With(`guid="c" version="0"`, "", g2Text), reason: "positive", place: "items[0].version"},
		{name: "g2 of version two and a half", media: x, text: g2With(`guid="d" version="2.5"`, "", g2Text), reason: "positive", place: "items[0].version"},
		{name: "g2 under an embargo without a zone", media: x, text: g2With(`guid="e" version="1"`, "<embargoed>2099-01-01T12:00:00</embargoed>", g2Text), reason: "under embargo (2099-01-01T12:00:00)"},
		{name: "g2 under an embargo in words", media: x, text: g2With(`guid="f" version="1"`, "<embargoed>tomorrow</embargoed>", g2Text), reason: "under embargo (tomorrow)"},
		{name: "g2 under an embargo without an end", media: x, text: g2With(`guid="g" version="1"`, "<embargoed/>", g2Text), reason: "without a stated end"},
		{name: "g2 under an embargo of 2599", media: x, text: g2With(`guid="h" version="1"`, "<embargoed>2599-01-01T12:00:00Z</embargoed>", g2Text), reason: "under embargo"},
		{name: "g2 with a declaration, under an embargo", media: x, text: `<?xml version="1.0" encoding="utf-8"?>` + g2With(`guid="w" version="1"`, "<embargoed>2599-01-01T12:00:00Z</embargoed>", g2Text), reason: "under embargo"},
		{name: "g2 with a declaration and remarks, as a page, under an embargo", media: "text/html", text: `<?xml version="1.0" encoding="utf-8"?><!-- ` + strings.Repeat("a ", 9000) + `-->` + g2With(`guid="x" version="1"`, "<embargoed>2599-01-01T12:00:00Z</embargoed>", g2Text), reason: "under embargo"},
		{name: "g2 that is canceled", media: x, text: g2With(`guid="i" version="1"`, `<pubStatus qcode="stat:canceled"/>`, g2Text), reason: "withdrawn"},
		{name: "g2 that is withheld", media: x, text: g2With(`guid="j" version="1"`, `<pubStatus qcode="stat:withheld"/>`, g2Text), reason: "withheld"},
		{name: "g2 without content", media: x, text: g2With(`guid="k" version="1"`, "", ""), reason: "no text"},
		{name: "g2 whose content is a picture", media: x, text: g2With(`guid="l" version="1"`, "", `<remoteContent href="http://a.example/1.jpg" contenttype="image/jpeg"/>`), reason: "no text"},
		{name: "g2 cut off", media: x, text: g2With(`guid="m" version="1"`, "", g2Text)[:420], reason: "", place: ""},
		{name: "g2 with tags that cross", media: x, text: g2With(`guid="n" version="1"`, "", "<inlineXML><html></inlineXML></html>"), reason: "not well-formed", place: "line 4"},
		{name: "g2 nested without end", media: x, text: g2With(`guid="o" version="1"`, "", "<inlineXML>"+strings.Repeat("<div>", 300)), reason: "deeper"},
		{name: "g2 of a namespace of its own", media: x, text: `<newsItem xmlns="urn:mine" guid="p"/>`, reason: "not NewsML-G2"},
		{name: "g2 that is knowledge", media: x, text: `<knowledgeItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="q"/>`, reason: "not a newsItem"},
		{name: "g2 of an empty message", media: x, text: `<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet/></newsMessage>`, reason: "no NewsML-G2 news item"},
		{name: "g2 of a package alone", media: x, text: `<packageItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="r" version="1"><itemMeta/></packageItem>`, reason: "furniture"},
		{name: "g2 with one withdrawn of two", media: x, text: `<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>` + g2With(`guid="s" version="1"`, "", g2Text) + g2With(`guid="t" version="1"`, `<pubStatus qcode="stat:canceled"/>`, g2Text) + `</itemSet></newsMessage>`, reason: "one by one"},
		{name: "g2 that says windows-1256 and is UTF-8", media: x, text: `<?xml version="1.0" encoding="windows-1256"?>` + g2With(`guid="u" version="1"`, "", g2Text), taken: true},
		{name: "g2 in UTF-16 without a mark", media: x, text: utf16Of(`<?xml version="1.0" encoding="utf-8"?>`+g2With(`guid="v" version="1"`, "", g2Text), false, false), taken: true},
		{name: "another XML", media: x, text: `<?xml version="1.0"?><invoice><sum>1</sum></invoice>`, reason: "is not a newsItem"},
		{name: "a feed", media: x, text: `<?xml version="1.0"?><rss version="2.0"><channel/></rss>`, reason: "is not a newsItem"},
		// ninjs
		{name: "ninjs cut off", media: j, text: ninjsWith("")[:80], reason: "not valid JSON"},
		{name: "ninjs with a comma too many", media: j, text: ninjsWith(","), reason: "not valid JSON"},
		{name: "ninjs with a remark", media: j, text: ninjsWith(" /* no */ "), reason: "not valid JSON"},
		{name: "ninjs with single quotes", media: j, text: `{'uri':'urn:x:1'}`, reason: "not valid JSON"},
		{name: "ninjs with a number that is none", media: j, text: ninjsWith(`,"urgency":NaN`), reason: "not valid JSON"},
		{name: "ninjs with a control character", media: j, text: ninjsWith(",\"by\":\"a\x01\""), reason: "not valid JSON"},
		{name: "a list of ninjs", media: j, text: "[" + ninjsWith("") + "]", reason: "one by one"},
		{name: "ninjs nested without end", media: j, text: ninjsWith(`,"associations":` + strings.Repeat(`[`, 200) + strings.Repeat(`]`, 200)), reason: "nested deeper"},
		{name: "ninjs of more values than one item has", media: j, text: ninjsWith(`,"x":[` + strings.Repeat("1,", 600_000) + "1]"), reason: "too many values"},
		{name: "ninjs with a number for a text", media: j, text: ninjsWith(`,"language":7`), reason: "wrong kind", place: "language"},
		{name: "ninjs with a text for a number", media: j, text: ninjsWith(`,"urgency":"high"`), reason: "wrong kind", place: "urgency"},
		{name: "ninjs with a text for a list", media: j, text: `{"uri":"urn:x:2","bodies":"text"}`, reason: "wrong kind", place: "bodies"},
		{name: "ninjs with a list of texts", media: j, text: `{"uri":"urn:x:3","bodies":["text"]}`, reason: "object", place: "bodies[0]"},
		{name: "ninjs with a urgency of two and a half", media: j, text: ninjsWith(`,"urgency":2.5`), reason: "whole number", place: "urgency"},
		{name: "ninjs without a body", media: j, text: `{"uri":"urn:x:4","headlines":[{"value":"A"}]}`, reason: "no body"},
		{name: "ninjs whose body is empty", media: j, text: `{"uri":"urn:x:5","bodies":[{"value":"  "}]}`, reason: "no body"},
		{name: "ninjs of nothing", media: j, text: `{"uri":null,"bodies":null}`, reason: "no body"},
		{name: "ninjs under an embargo in words", media: j, text: ninjsWith(`,"embargoedUntil":"later"`), reason: "under embargo"},
		{name: "ninjs under an embargo without a zone", media: j, text: ninjsWith(`,"embargoedUntil":"2099-01-01T00:00:00"`), reason: "under embargo"},
		{name: "ninjs 1.x under an embargo", media: j, text: `{"uri":"urn:x:6","embargoed":"2599-01-01T00:00:00Z","headline":"A","body_text":"The office opened the road, it said in the morning."}`, reason: "under embargo"},
		{name: "ninjs that is withheld", media: j, text: ninjsWith(`,"pubStatus":"withheld"`), reason: "withheld"},
		{name: "ninjs that is canceled", media: j, text: ninjsWith(`,"pubStatus":"canceled"`), reason: "withdrawn"},
		{name: "ninjs of 1404", media: j, text: ninjsWith(`,"contentCreated":"1404-06-09T00:00:00"`), taken: true, check: undated},
		{name: "ninjs with a name twice", media: j, text: ninjsWith(`,"language":"en","language":"ru"`), reason: "stands twice", place: "language"},
		{name: "ninjs with a name twice, once escaped", media: j, text: `{"uri":"urn:x:8","bodies":[{"value":"a","v\u0061lue":"b"}]}`, reason: "stands twice", place: "bodies[0].value"},
		{name: "ninjs with a name in capitals of two kinds", media: j, text: ninjsWith(`,"versionCreated":"2026-01-01T00:00:00Z","VersionCreated":"2026-01-02T00:00:00Z"`), reason: "stands twice", place: "versioncreated"},
		{name: "ninjs with half of a letter", media: j, text: ninjsWith(`,"by":"\ud800"`), taken: true},
		{name: "ninjs with a mark before it", media: j, text: "\ufeff" + ruNinjs, taken: true, check: ru},
		{name: "ninjs in UTF-16", media: j, text: utf16Of(ruNinjs, false, false), taken: true, check: ru},
		{name: "ninjs in UTF-16 with a mark", media: j, text: utf16Of(ruNinjs, true, true), taken: true, check: ru},
		{name: "ninjs in windows-1251", media: j, text: in1251(ruNinjs), taken: true, check: ru},
		{name: "ninjs of version 1 with a number for it", media: j, text: `{"uri":"urn:x:7","version":4,"headline":"The road to Nurtau was opened","body_text":"The office opened the road, it said in the morning."}`, taken: true},
		{name: "JSON that is no ninjs", media: j, text: `{"price":1}`, reason: "no body"},
		// Others
		{name: "nothing", text: "", reason: "empty"},
		{name: "nothing but spaces", text: " \n\t ", reason: "empty"},
		{name: "nothing but a mark", text: "\ufeff", reason: "empty"},
		{name: "nothing but zeros", text: strings.Repeat("\x00", 5000), reason: "binary"},
		{name: "bytes by chance", text: strings.Repeat("\x02\x91\xfe\x07\x1c\x80\x03", 900), reason: "binary"},
		{name: "a page without a text", media: "text/html", text: "<!doctype html><html><body><nav><a href='/'>Home</a></nav></body></html>", reason: ""},
		{name: "a page of tags within tags", media: "text/html", text: "<!doctype html><html><body>" + strings.Repeat("<div>", 20_000), reason: ""},
	}
	for i, m := range []string{"%PDF-1.7", "\x89PNG\r\n", "\xff\xd8\xff\xe0", "GIF89a", "PK\x03\x04", "\xd0\xcf\x11\xe0", "\x1f\x8b\x08", "BZh9", "\xfd7zXZ", "\x28\xb5\x2f\xfd", "Rar!", "ID3", "OggS", "RIFF", "\x1aE\xdf\xa3", "{\\rtf1", "\x7fELF", "MZ\x90", "SQLite format 3", "wOF2"} {
		out = append(out, poor{name: fmt.Sprintf("what begins like file %d", i), media: "text/plain", text: m + "\x00\x00\x00\x00 and so on", reason: "not read here"})
	}
	for _, m := range []string{"image/png", "audio/mpeg", "video/mp4", "application/pdf", "application/zip", "font/woff"} {
		out = append(out, poor{name: "what says that it is " + m, media: m, text: "The office opened the road.", reason: "not read here"})
	}
	return out
}

// Each bad document has a record of what is wrong and where, and takes nothing from the good ones that came with it.
func TestBatteryOfDocuments(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	list := faults()
	if len(list) < 130 {
		t.Errorf("only %d kinds of fault", len(list))
	}
	good := intake.Document{Name: "good.txt", ContentType: "text/plain", Bytes: []byte("Road to Altyn opened\n\nThe office opened the road to Altyn on Monday, its spokesman said in the town hall.")}
	var docs []intake.Document
	for i, p := range list {
		text := p.text
		text = strings.Replace(text, "%d", fmt.Sprint("own-", i), 1)
		docs = append(docs, intake.Document{Name: p.name, ContentType: p.media, Bytes: []byte(text)})
	}
	docs = append(docs, good)
	began := time.Now()
	rs := bring(t, n, editor, docs...)
	t.Logf("%d kinds of fault, each in a document, in %v", len(list), time.Since(began))
	if last := rs[len(rs)-1]; len(last.Captures) != 1 {
		t.Errorf("the good one: %+v", last)
	}
	for i, p := range list {
		r := rs[i]
		switch {
		case p.taken && len(r.Captures) == 0:
			t.Errorf("%s is not taken: %+v", p.name, r.Quarantined)
		case !p.taken && len(r.Quarantined) != 1:
			t.Errorf("%s is taken: %v", p.name, r.Captures)
		case p.taken:
			c, err := n.Store.Capture(t.Context(), r.Captures[0])
			if err != nil {
				t.Fatal(err)
			}
			date := ""
			if c.Date != nil {
				date = c.Date.Value
			}
			if p.check != nil && !p.check(c.Headline, date) {
				t.Errorf("%s: %q of %q", p.name, c.Headline, date)
			}
		default:
			q := r.Quarantined[0]
			if sum := sha256.Sum256(docs[i].Bytes); q.ID != hex.EncodeToString(sum[:]) {
				t.Errorf("%s: other bytes are in quarantine", p.name)
			}
			if raw, err := n.Browse.Raw(t.Context(), editor, q.ID); !q.Held && (err != nil || !bytes.Equal(raw.Bytes, docs[i].Bytes)) {
				t.Errorf("%s: its bytes are not kept: %v", p.name, err)
			} else if _, err := n.Store.Raw(t.Context(), q.ID); err != nil {
				t.Errorf("%s: its bytes are not kept: %v", p.name, err)
			}
			if q.Reason == "" || !strings.Contains(q.Reason, p.reason) || !strings.HasPrefix(q.Place, p.place) || strings.Contains(q.Reason, "crash") || strings.Contains(q.Reason, "Something went wrong") {
				t.Errorf("%s: %q at %q", p.name, q.Reason, q.Place)
			}
		}
	}
}
