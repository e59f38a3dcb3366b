package receive_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

var editor = access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Intake, access.Admin, access.ReadClosed}}

func bring(t *testing.T, n *testkit.Node, v access.Viewer, docs ...intake.Document) []receive.Result {
	t.Helper()
	rs, err := n.Receive.Import(t.Context(), v, docs)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func audited(t *testing.T, n *testkit.Node, action string) int {
	t.Helper()
	es, err := n.Store.Audit(t.Context(), people.AuditFilter{Member: "alfa", Action: action, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return len(es)
}

func TestQuarantineIsMendedByHand(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	broken := intake.Document{Name: "road.xml", ContentType: "application/xml", Bytes: []byte("<?xml version='1.0'?>\n<nitf>\n<body><body.content><p>The office of Nurtau opened the road.</p></body>\n</nitf>")}
	r := bring(t, n, editor, broken)[0]
	if len(r.Quarantined) != 1 || !strings.HasPrefix(r.Quarantined[0].Place, "line 3") {
		t.Fatalf("%+v", r)
	}
	id := r.Quarantined[0].ID
	list, err := n.Receive.Quarantined(t.Context(), editor)
	if err != nil || len(list) != 1 || list[0].Name != "road.xml" || list[0].Place == "" || list[0].Reason == "" {
		t.Fatalf("%+v, %v", list, err)
	}
	if others, err := n.Receive.Quarantined(t.Context(), access.Viewer{Member: "beta", Scopes: editor.Scopes}); err != nil || len(others) != 0 {
		t.Errorf("another member sees it: %+v, %v", others, err)
	}
	if _, err := n.Receive.Mend(t.Context(), access.Viewer{Member: "beta", Scopes: editor.Scopes}, "u", id, receive.Mended{Body: "x"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another member mends it: %v", err)
	}
	if _, err := n.Receive.Mend(t.Context(), access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Read}}, "u", id, receive.Mended{Body: "x"}); fault.KindOf(err) != fault.NotAllowed {
		t.Errorf("a reader mends it: %v", err)
	}
	if r, err := n.Receive.Retry(t.Context(), editor, "u", id); err != nil || len(r.Quarantined) != 1 || len(r.Captures) != 0 {
		t.Errorf("read again: %+v, %v", r, err)
	}
	shown, err := n.Receive.Show(t.Context(), editor, id)
	if err != nil || shown.Tries != 1 || !strings.Contains(shown.Text, "The office of Nurtau opened the road.") {
		t.Errorf("%+v, %v", shown, err)
	}
	for _, m := range []receive.Mended{{}, {Body: " \n "}, {Body: "A text.", Date: "1404-01-01"}, {Body: "A text.", Date: "2599-01-01"}, {Body: "A text.", Language: "tlh"}, {Body: strings.Repeat("a", 1_000_001)}} {
		if _, err := n.Receive.Mend(t.Context(), editor, "u", id, m); err == nil {
			t.Errorf("taken: %.60q %s %s", m.Body, m.Date, m.Language)
		}
	}
	c, err := n.Receive.Mend(t.Context(), editor, "u", id, receive.Mended{Headline: "Road opened", Body: "The office of Nurtau opened the road.\nGuests came.", Language: lang.EN, Date: "2026-03-01"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := n.Store.Capture(t.Context(), c)
	if err != nil || got.Headline != "Road opened" || len(got.Body) != 2 || got.Language != lang.EN || got.Date == nil || got.RawHash != id {
		t.Errorf("%+v, %v", got, err)
	}
	if list, err := n.Receive.Quarantined(t.Context(), editor); err != nil || len(list) != 0 {
		t.Errorf("it is there still: %+v, %v", list, err)
	}
	if audited(t, n, people.QuarantineMended) != 1 || audited(t, n, people.QuarantineRetried) != 1 {
		t.Error("the audit list does not say what was done")
	}
	if raw, err := n.Browse.Raw(t.Context(), editor, id); err != nil || string(raw.Bytes) != string(broken.Bytes) {
		t.Errorf("its original: %v", err)
	}
}

// TestMendedByTwo: two members hold the same bytes, and each has the words that its own editor gave; what reads the bytes one day has neither's.
func TestMendedByTwo(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	other := access.Viewer{Member: "beta", Scopes: editor.Scopes}
	broken := intake.Document{Name: "bridge.xml", ContentType: "application/xml", Bytes: []byte("<nitf>\n<body><body.content><p>The bridge was opened.</p></body>\n</nitf>")}
	var made []wire.CaptureID
	for _, x := range []struct {
		v     access.Viewer
		words string
	}{{editor, "The bridge of alfa was opened."}, {other, "The bridge of beta was opened."}} {
		id := bring(t, n, x.v, broken)[0].Quarantined[0].ID
		c, err := n.Receive.Mend(t.Context(), x.v, "u", id, receive.Mended{Body: x.words, Language: lang.EN})
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, c)
		if got, err := n.Store.Capture(t.Context(), c); err != nil || len(got.Body) != 1 || got.Body[0] != x.words || got.RawHash != id || got.N != 1 || got.URI == wire.CaptureURI(id, 1) {
			t.Errorf("%+v, %v", got, err)
		}
		if list, err := n.Receive.Quarantined(t.Context(), x.v); err != nil || len(list) != 0 {
			t.Errorf("it is there still: %+v, %v", list, err)
		}
	}
	if got, err := n.Store.Capture(t.Context(), made[0]); err != nil || made[0] == made[1] || got.Body[0] != "The bridge of alfa was opened." {
		t.Errorf("%v, %+v, %v", made, got, err)
	}
}

func TestQuarantineIsDropped(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	id := bring(t, n, editor, intake.Document{Name: "a.bin", Bytes: []byte("\x00\x01\x02\x03 nothing")})[0].Quarantined[0].ID
	if err := n.Receive.Drop(t.Context(), editor, "u", id); err != nil {
		t.Fatal(err)
	}
	if err := n.Receive.Drop(t.Context(), editor, "u", id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("dropped twice: %v", err)
	}
	if _, err := n.Store.Raw(t.Context(), id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("its bytes are kept: %v", err)
	}
	if audited(t, n, people.QuarantineDropped) != 1 {
		t.Error("the audit list does not say so")
	}
}

const wireItem = `{"uri":"urn:newsml:nurtau.example:20260301:1","version":"%V","usageTerms":"For subscribers of Nurtau only","language":"en","urgency":2,"headlines":[{"value":"Road to %N opened"}],"bodies":[{"value":"The road to the village was opened in the morning, the office said. %N"}]%X}`

func wireDoc(version, name, more string) intake.Document {
	s := strings.NewReplacer("%V", version, "%N", name, "%X", more).Replace(wireItem)
	return intake.Document{Name: "item.json", ContentType: "application/json", Bytes: []byte(s)}
}

// An embargoed document is read by nobody before its time, and by itself then.
func TestEmbargoSurvivesIntake(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	end := n.Clock.Now().Add(3 * time.Hour).Truncate(time.Second)
	at := func(s string) string {
		return strings.NewReplacer("20260301T120000Z", end.Format("20060102T150405Z"), "2026-03-01T12:00:00Z", end.Format(time.RFC3339)).Replace(s)
	}
	nitf := `<nitf><head><docdata management-status="embargoed"><doc-id id-string="n-7"/><date.release norm="20260301T120000Z"/><doc.copyright year="2026" holder="Nurtau Agency"/></docdata></head><body xml:lang="en"><body.head><hedline><hl1>Secretword in the valley</hl1></hedline></body.head><body.content><p>The dam of Secretword is finished, the office said in the morning.</p></body.content></body></nitf>`
	g2 := `<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="g2-1" version="3" standard="NewsML-G2" standardversion="2.35" xml:lang="en"><rightsInfo><usageTerms>Not in Altyn</usageTerms></rightsInfo><itemMeta><itemClass qcode="ninat:text"/><provider literal="N"/><versionCreated>2026-03-01T08:05:00Z</versionCreated><embargoed>2026-03-01T12:00:00Z</embargoed></itemMeta><contentMeta><headline>Secretword again</headline></contentMeta><contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body><p>The dam of Secretword was finished on Thursday, the office said.</p></body></html></inlineXML></contentSet></newsItem>`
	docs := []intake.Document{wireDoc("1", "Secretword", at(`,"embargoedUntil":"2026-03-01T12:00:00Z"`)), {Name: "a.xml", Bytes: []byte(at(nitf))}, {Name: "b.xml", Bytes: []byte(at(g2))},
		wireDoc("1", "Secretword two", `,"embargoedUntil":"when the minister speaks"`)}
	rs := bring(t, n, editor, docs...)
	quiet := func(when string) {
		t.Helper()
		rows, err := n.Store.EventsAfter(t.Context(), 0, 10)
		if err != nil || len(rows) != 0 {
			t.Errorf("%s something is on the wire: %+v, %v", when, rows, err)
		}
	}
	quiet("at once")
	for _, r := range rs {
		if len(r.Quarantined) != 1 {
			t.Fatalf("%+v", r)
		}
		id := r.Quarantined[0].ID
		shown, err := n.Receive.Show(t.Context(), editor, id)
		if err != nil || strings.Contains(shown.Text+shown.Headline+shown.Reason, "Secretword") || shown.Held.IsZero() {
			t.Errorf("a word of it is shown: %+v, %v", shown, err)
		}
		for _, v := range []access.Viewer{editor, {Local: true, Scopes: []access.Scope{access.Intake}}} {
			if _, err := n.Browse.Raw(t.Context(), v, id); fault.KindOf(err) != fault.NotFound {
				t.Errorf("its bytes are handed out: %v", err)
			}
		}
		if _, err := n.Receive.Mend(t.Context(), editor, "u", id, receive.Mended{Body: "A text."}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("it is mended before its time: %v", err)
		}
	}
	if _, err := n.Receive.Retry(t.Context(), editor, "u", rs[0].Quarantined[0].ID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("it is read before its time: %v", err)
	}
	n.Clock.Move(end.Sub(n.Clock.Now()) - time.Second)
	if k, err := n.Receive.OpenHeld(t.Context()); err != nil || k != 0 {
		t.Errorf("a second early: %d, %v", k, err)
	}
	quiet("a second early")
	n.Clock.Move(time.Second)
	if k, err := n.Receive.OpenHeld(t.Context()); err != nil || k != 3 {
		t.Errorf("at its time: %d, %v", k, err)
	}
	rows, err := n.Store.EventsAfter(t.Context(), 0, 10)
	if err != nil || len(rows) != 3 {
		t.Fatalf("%+v, %v", rows, err)
	}
	list, err := n.Receive.Quarantined(t.Context(), editor)
	if err != nil || len(list) != 1 || !list[0].Endless() {
		t.Errorf("what has no stated end: %+v, %v", list, err)
	}
	for i, want := range []string{"For subscribers of Nurtau only", "© 2026 Nurtau Agency", "Not in Altyn"} {
		cs, err := n.Store.CapturesOf(t.Context(), rs[i].Quarantined[0].ID)
		if err != nil || len(cs) != 1 || cs[0].Sent == nil || cs[0].Sent.Rights != want || cs[0].Language != lang.EN {
			t.Errorf("rights and language of %s: %+v, %v", want, cs, err)
		}
	}
}

// The same document by another way, in other bytes, is the same; another version names the one before; a withdrawal takes all of them back.
func TestOneDocumentByName(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	_, begin, err := n.Browse.Events(t.Context(), editor, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	one := wireDoc("1", "Nurtau", "")
	a := bring(t, n, editor, one)[0]
	again := one
	again.Bytes = append([]byte("  "), one.Bytes...)
	b := bring(t, n, editor, again)[0]
	if len(a.Captures) != 1 || len(b.Captures) != 1 || a.Captures[0] != b.Captures[0] {
		t.Fatalf("%+v %+v", a, b)
	}
	if other := bring(t, n, access.Viewer{Member: "beta", Scopes: editor.Scopes}, intake.Document{Name: "x.json", ContentType: "application/json", Bytes: append([]byte("   "), one.Bytes...)})[0]; other.Captures[0] == a.Captures[0] {
		t.Error("what one member brings in decides what another's is")
	}
	second := bring(t, n, editor, wireDoc("2", "Nurtau and Altyn", ""))[0]
	live := func(words int) {
		t.Helper()
		events, _, err := n.Browse.Events(t.Context(), editor, begin, 100)
		with := 0
		for _, e := range events {
			if e.Capture != nil && (e.Capture.ID == a.Captures[0] || e.Capture.ID == second.Captures[0]) && e.Capture.Headline != "" {
				with++
			}
		}
		if err != nil || with != words {
			t.Errorf("%d captures have their words in the stream, want %d: %v", with, words, err)
		}
	}
	live(2)
	c, err := n.Store.Capture(t.Context(), second.Captures[0])
	if err != nil || c.Sent.Earlier != a.Captures[0] || c.Sent.Version != 2 || c.Sent.Urgency != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	kill := bring(t, n, editor, wireDoc("3", "Nurtau", `,"pubStatus":"canceled"`))[0]
	if len(kill.Quarantined) != 0 || len(kill.Captures) != 2 {
		t.Errorf("a withdrawal: %+v", kill)
	}
	live(0)
	for _, id := range kill.Captures {
		c, err := n.Store.Capture(t.Context(), id)
		if err != nil || c.Gone.IsZero() || c.Headline != "" || len(c.Body) != 0 {
			t.Errorf("%+v, %v", c, err)
		}
		if _, err := n.Browse.Raw(t.Context(), editor, c.RawHash); fault.KindOf(err) != fault.NotFound {
			t.Errorf("its bytes are handed out: %v", err)
		}
	}
	late := bring(t, n, editor, wireDoc("2", "Nurtau, which came late", ""))[0]
	if c, err := n.Store.Capture(t.Context(), late.Captures[0]); err != nil || c.Gone.IsZero() || len(c.Body) != 0 {
		t.Errorf("a version that comes after the withdrawal: %+v, %v", c, err)
	}
	lost := bring(t, n, editor, intake.Document{Name: "k.json", ContentType: "application/json", Bytes: []byte(`{"uri":"urn:unknown:1","pubStatus":"canceled"}`)})[0]
	if len(lost.Quarantined) != 1 {
		t.Errorf("a withdrawal of what is not known: %+v", lost)
	}
}

// Whoever would rather be told is told, and nothing is kept.
func TestCheckKeepsNothing(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	for text, place := range map[string]string{"<nitf>\n<body><p></nitf>": "line 2", `{"uri":"urn:a:1","bodies":["text"]}`: "bodies[0]"} {
		err := n.Receive.Check(t.Context(), editor, intake.Document{ContentType: "application/xml+json", Bytes: []byte(text)})
		if _, at := fault.Public(err); err == nil || !strings.HasPrefix(at, place) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := n.Receive.Check(t.Context(), editor, wireDoc("1", "Nurtau", `,"embargoedUntil":"2999-01-01T00:00:00Z"`)); err != nil {
		t.Errorf("what is held is refused: %v", err)
	}
	if err := n.Receive.Check(t.Context(), access.Viewer{Member: "alfa"}, wireDoc("1", "Nurtau", "")); fault.KindOf(err) != fault.NotAllowed {
		t.Errorf("without the scope: %v", err)
	}
	if list, err := n.Receive.Quarantined(t.Context(), editor); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestHeldDocumentWhoseBytesAreLost: what cannot be read any more when its embargo ends says so, stands before nothing else, and can be dropped.
func TestHeldDocumentWhoseBytesAreLost(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	end := n.Clock.Now().Add(time.Hour)
	doc := intake.Document{Name: "held.json", ContentType: "application/ninjs+json", Bytes: []byte(`{"uri":"urn:h:1","embargoedUntil":"` + end.Format(time.RFC3339) + `","headlines":[{"value":"H"}],"bodies":[{"value":"` + strings.Repeat("Nobody reads it yet. ", 5000) + `"}]}`)}
	id := bring(t, n, editor, doc)[0].Quarantined[0].ID
	lost := false
	if err := filepath.WalkDir(n.Dir, func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, id) || strings.HasSuffix(path, id[2:]) {
			lost = true
			return os.Remove(path)
		}
		return err
	}); err != nil || !lost {
		t.Fatal(lost, err)
	}
	n.Clock.Move(2 * time.Hour)
	for range 2 {
		if _, err := n.Receive.OpenHeld(t.Context()); err != nil {
			t.Error(err)
		}
	}
	k, err := n.Receive.Show(t.Context(), editor, id)
	if err != nil || !k.Held.IsZero() || k.Tries != 1 || k.Reason == "" || strings.Contains(k.Reason, "embargo") || k.Text != "" {
		t.Errorf("%+v, %v", k, err)
	}
	if err := n.Receive.Drop(t.Context(), editor, "u", id); err != nil {
		t.Error(err)
	}
}
