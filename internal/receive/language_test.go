package receive_test

import (
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestCorrectedLanguage: an editor's word about a text's language is what it is read, found and filtered by,
// and stays when the same document comes again; nobody else's is taken.
func TestCorrectedLanguage(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	editor := access.Viewer{Member: "kumush", Scopes: []access.Scope{access.Read, access.ReadClosed, access.Publish}}
	doc := intake.Document{Name: "note.txt", ContentType: "text/plain", Bytes: []byte("Rasmiy xabar\n\nDaryolar boʻyicha kelishuvlarning loyihasi koʻrib chiqildi va tasdiqlandi.\n")}
	bring := func() string {
		t.Helper()
		r, err := n.Receive.Import(ctx, local, []intake.Document{doc})
		if err != nil || len(r[0].Captures) != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		return string(r[0].Captures[0])
	}
	bring()
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
	bring()
	if find("kelishuv", lang.UZ) != nil {
		t.Error("still found as Uzbek")
	}
	e = find("rasmiy", lang.TK)
	if e == nil || e.Capture.Language != lang.TK || e.Capture.LanguageBy != "kumush" || e.Capture.Confidence != 0 {
		t.Errorf("as Turkmen: %+v", e)
	}
}
