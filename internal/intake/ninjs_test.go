package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"jarchi.dev/jarchi/internal/format/ninjs"
)

var schema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for url, file := range map[string]string{
		"https://geojson.org/schema/GeoJSON.json":             "GeoJSON-schema.json",
		"http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json": "ninjs-schema_3.1.json",
	} {
		b, err := os.ReadFile("../format/ninjs/testdata/" + file)
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		if err := c.AddResource(url, doc); err != nil {
			return nil, err
		}
	}
	return c.Compile("http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json")
})

// checkItem checks that an article becomes valid ninjs 3.1 and a complete analysis.
func checkItem(t testing.TB, a Article, doc Document) {
	t.Helper()
	item := a.Ninjs(doc)
	raw, err := item.Marshal()
	if err != nil {
		t.Fatalf("marshal: %v", err)
	}
	s, err := schema()
	if err != nil {
		t.Fatalf("schema: %v", err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("not ninjs 3.1: %v\n%s", err, raw)
	}
	if err := item.Validate(); err != nil {
		t.Errorf("Validate: %v", err)
	}
	sum := sha256.Sum256(doc.Bytes)
	if want := fmt.Sprintf("urn:jarchi:capture:%s:%d", hex.EncodeToString(sum[:]), a.N); item.URI != want {
		t.Errorf("uri %s, want %s", item.URI, want)
	}
	if _, err := json.Marshal(a.Analysis()); err != nil {
		t.Errorf("analysis: %v", err)
	}
}

func TestNinjsDocumentsBecomeArticles(t *testing.T) {
	t.Parallel()
	doc := Document{Bytes: []byte(`{"uri":"urn:x:1","language":"ru","headline":"Вода пойдёт в июне","byline":"А. Б.","located":"Коксай","versioncreated":"2026-06-01T10:00:00+05:00",
	 "body_html":"<p>Первый абзац о воде &amp; плотине.</p><script>alert(1)</script><p>Второй абзац.<br>Третий.</p>","infosource":[{"name":"Пресс-служба"},{"name":"МИД","role":"original"}]}`)}
	as, err := Read(doc, testNow)
	if err != nil || len(as) != 1 {
		t.Fatalf("%v, %d articles", err, len(as))
	}
	a := as[0]
	if a.Headline != "Вода пойдёт в июне" || strings.Join(a.Paragraphs, "|") != "Первый абзац о воде & плотине.|Второй абзац.|Третий." {
		t.Errorf("%q, %q", a.Headline, a.Paragraphs)
	}
	if a.Date == nil || a.Date.Value != "2026-06-01T10:00+05:00" || a.Date.Precision != "minute" {
		t.Errorf("date %+v", a.Date)
	}
	if len(a.Attribution) != 2 || a.Attribution[0].Source != "МИД" || a.Attribution[1].Relation != PublishedBy {
		t.Errorf("attribution %+v", a.Attribution)
	}
	checkItem(t, a, doc)
	item := a.Ninjs(doc)
	if item.ContentCreated != "2026-06-01T10:00:00+05:00" {
		t.Errorf("contentCreated %q", item.ContentCreated)
	}
	// What we wrote ourselves comes back as the same article.
	raw, _ := item.Marshal()
	again, err := Read(Document{Bytes: raw, ContentType: "application/json"}, testNow)
	if err != nil || again[0].Headline != a.Headline || strings.Join(again[0].Paragraphs, "|") != strings.Join(a.Paragraphs, "|") {
		t.Errorf("round trip: %v %+v", err, again)
	}
	if _, err := Read(Document{Bytes: []byte(`{"uri":"urn:x:1","headline":"x"}`)}, testNow); err == nil {
		t.Error("an item without body is no article")
	}
	if got := (Article{N: 1, Paragraphs: []string{"x"}}).Ninjs(Document{}); got.Headlines != nil || got.ContentCreated != "" || got.Type != ninjs.TypeText {
		t.Errorf("invented: %+v", got)
	}
}
