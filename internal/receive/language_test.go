package receive_test

import (
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// brought takes a document in and returns the one capture that it is.
func brought(t *testing.T, n *testkit.Node, by access.Viewer, doc intake.Document) *wire.Capture {
	t.Helper()
	r, err := n.Receive.Import(ctx, by, []intake.Document{doc})
	if err != nil || len(r[0].Captures) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	c, err := n.Store.Capture(ctx, r[0].Captures[0])
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCorrectedLanguage: an editor's word about a text's language is what it is read, found and filtered by,
// and stays when the same document comes again; nobody else's is taken.
func TestCorrectedLanguage(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	editor := access.Viewer{Member: "kumush", Scopes: []access.Scope{access.Read, access.ReadClosed, access.Publish}}
	doc := intake.Document{Name: "note.txt", ContentType: "text/plain", Bytes: []byte("Rasmiy xabar\n\nDaryolar boʻyicha kelishuvlarning loyihasi koʻrib chiqildi va tasdiqlandi.\n")}
	brought(t, n, local, doc)
	find := func(word string, l lang.Tag) *browse.Entry {
		t.Helper()
		page, err := n.Browse.List(ctx, editor, browse.Query{Text: word, Language: l})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Entries) == 0 {
			return nil
		}
		return &page.Entries[0]
	}
	e := find("kelishuv", lang.UZ)
	if e == nil || e.Capture.Language != lang.UZ || e.Capture.Confidence < 0.5 {
		t.Fatalf("not read as Uzbek: %+v", e)
	}
	id := e.Capture.ID
	for name, x := range map[string]struct {
		v    access.Viewer
		tag  lang.Tag
		want fault.Kind
	}{
		"anyone":      {access.Viewer{}, lang.TK, fault.NotFound},
		"reporter":    {access.Viewer{Member: "kumush", Scopes: []access.Scope{access.ReadClosed, access.DraftScope}}, lang.TK, fault.NotAllowed},
		"local":       {local, lang.TK, fault.NotAllowed},
		"no language": {editor, "de", fault.Invalid},
		"und":         {editor, lang.Und, fault.Invalid},
	} {
		if err := n.Receive.CorrectLanguage(ctx, x.v, "u", id, x.tag); fault.KindOf(err) != x.want {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	if err := n.Receive.CorrectLanguage(ctx, editor, "u", id, lang.TK); err != nil {
		t.Fatal(err)
	}
	brought(t, n, local, doc)
	if find("kelishuv", lang.UZ) != nil {
		t.Error("still found as Uzbek")
	}
	e = find("rasmiy", lang.TK)
	if e == nil || e.Capture.Language != lang.TK || e.Capture.LanguageBy != "kumush" || e.Capture.Confidence != 0 {
		t.Errorf("as Turkmen: %+v", e)
	}
}

// TestCorrectedLanguageStays: the word of an editor holds for the article at the same address when it comes again with other bytes, as long as the machine takes
// it for the same language as before; not for other addresses, and the latest word counts.
func TestCorrectedLanguageStays(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	editor := access.Viewer{Member: "kumush", Scopes: []access.Scope{access.Read, access.ReadClosed, access.Publish}}
	uzbek := "Rasmiy xabar\n\nDaryolar boʻyicha kelishuvlarning loyihasi koʻrib chiqildi va tasdiqlandi.\n\n"
	bring := func(address, text string) *wire.Capture {
		t.Helper()
		return brought(t, n, local, intake.Document{URL: address, Name: "note.txt", ContentType: "text/plain", Bytes: []byte(text)})
	}
	correct := func(c *wire.Capture, tag lang.Tag) {
		t.Helper()
		if err := n.Receive.CorrectLanguage(ctx, editor, "u", c.ID, tag); err != nil {
			t.Fatal(err)
		}
	}
	first := bring("https://suvlar.example/a?id=1", uzbek)
	correct(first, lang.TK)
	second := bring("http://www.Suvlar.example/a?id=1#top", uzbek+"Yigʻilish ertaga ham davom etadi.\n")
	for name, c := range map[string]struct {
		got  *wire.Capture
		tag  lang.Tag
		by   wire.MemberID
		seen lang.Tag
	}{
		"with other words":         {second, lang.TK, "kumush", lang.UZ},
		"another address":          {bring("https://suvlar.example/a?id=2", uzbek+"Boshqa sahifa shu yerda ochildi.\n"), lang.UZ, "", ""},
		"in another language":      {bring("https://suvlar.example/a?id=1", "Официальное сообщение\n\nПроект соглашений о реках рассмотрен и утверждён.\n"), lang.RU, "", ""},
		"and in the first again":   {bring("https://suvlar.example/a?id=1", uzbek+"Hujjat rasmiy nashrda chop etiladi.\n"), lang.TK, "kumush", lang.UZ},
		"of no address in its own": {bring("", uzbek+"Manzilsiz hujjat ham keldi.\n"), lang.UZ, "", ""},
	} {
		if c.got.Language != c.tag || c.got.LanguageBy != c.by || c.got.Detected != c.seen {
			t.Errorf("%s: %s by %q, recognised as %q", name, c.got.Language, c.got.LanguageBy, c.got.Detected)
		}
	}
	page, err := n.Browse.List(ctx, editor, browse.Query{Text: "ertaga", Language: lang.TK})
	if err != nil || len(page.Entries) != 1 || page.Entries[0].Capture.ID != second.ID {
		t.Errorf("it is not found as Turkmen: %+v, %v", page.Entries, err)
	}
	correct(second, lang.UZ)
	if c := bring("https://suvlar.example/a?id=1", uzbek+"Tomonlar kuzda yana uchrashadi.\n"); c.Language != lang.UZ || c.LanguageBy != "kumush" {
		t.Errorf("the first word counts still: %s by %q", c.Language, c.LanguageBy)
	}
}

// TestCorrectedLanguageOfNames: a name that a sender gives its document stands for it among what one member takes in: another's senders may give it too.
func TestCorrectedLanguageOfNames(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	editor := access.Viewer{Member: "kumush", Scopes: []access.Scope{access.Read, access.ReadClosed, access.Publish}}
	bring := func(member wire.MemberID, end string) *wire.Capture {
		t.Helper()
		doc := intake.Document{Name: "a.xml", ContentType: "application/xml", Bytes: []byte(`<?xml version="1.0" encoding="utf-8"?><nitf><head><docdata><doc-id id-string="17"/></docdata></head><body><body.head><hedline><hl1>Rasmiy xabar</hl1></hedline></body.head><body.content><p>Daryolar boʻyicha kelishuvlarning loyihasi koʻrib chiqildi va tasdiqlandi. ` + end + `</p></body.content></body></nitf>`)}
		return brought(t, n, access.Viewer{Member: member, Scopes: []access.Scope{access.Intake}}, doc)
	}
	if err := n.Receive.CorrectLanguage(ctx, editor, "u", bring("kumush", "").ID, lang.TK); err != nil {
		t.Fatal(err)
	}
	if c := bring("toqsanbulaq", "Boshqa xabar shu yerda."); c.Language != lang.UZ || c.LanguageBy != "" {
		t.Errorf("of another member: %s by %q", c.Language, c.LanguageBy)
	}
	if c := bring("kumush", "Yigʻilish davom etadi."); c.Language != lang.TK || c.LanguageBy != "kumush" {
		t.Errorf("of the same: %s by %q", c.Language, c.LanguageBy)
	}
}

// TestCorrectedLanguageOfAddresses: an address that a member's program says its document stands at is that program's word: what an editor said of another member's,
// or of what the node fetched there itself, does not pass to it.
func TestCorrectedLanguageOfAddresses(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	editor := access.Viewer{Member: "kumush", Scopes: []access.Scope{access.Read, access.ReadClosed, access.Publish}}
	bring := func(member wire.MemberID, address string, fetched bool, end string) *wire.Capture {
		t.Helper()
		doc := intake.Document{URL: address, Name: "note.txt", ContentType: "text/plain", Fetched: fetched, Bytes: []byte("Rasmiy xabar\n\nDaryolar boʻyicha kelishuvlarning loyihasi koʻrib chiqildi va tasdiqlandi.\n\n" + end + "\n")}
		return brought(t, n, access.Viewer{Member: member, Scopes: []access.Scope{access.Intake}}, doc)
	}
	const pushed, asked = "https://suvlar.example/a", "https://suvlar.example/b"
	for _, c := range []*wire.Capture{bring("kumush", pushed, false, ""), bring("kumush", asked, true, "Bu sahifa boshqa.")} {
		if err := n.Receive.CorrectLanguage(ctx, editor, "u", c.ID, lang.TK); err != nil {
			t.Fatal(err)
		}
	}
	for name, x := range map[string]struct {
		c    *wire.Capture
		want lang.Tag
	}{
		"pushed by another member":      {bring("toqsanbulaq", pushed, false, "Boshqa xabar shu yerda."), lang.UZ},
		"pushed by the same":            {bring("kumush", pushed, false, "Yigʻilish davom etadi."), lang.TK},
		"fetched, and pushed before":    {bring("kumush", pushed, true, "Yigʻilish ertaga tugaydi."), lang.UZ},
		"fetched again, for another":    {bring("toqsanbulaq", asked, true, "Tomonlar kuzda yana uchrashadi."), lang.TK},
		"claimed where it was fetched":  {bring("toqsanbulaq", asked, false, "Hujjat nashrda chop etiladi."), lang.UZ},
		"claimed by who had it fetched": {bring("kumush", asked, false, "Hujjat ertaga chop etiladi."), lang.UZ},
	} {
		if x.c.Language != x.want || (x.c.LanguageBy != "") != (x.want == lang.TK) {
			t.Errorf("%s: %s by %q", name, x.c.Language, x.c.LanguageBy)
		}
	}
}
