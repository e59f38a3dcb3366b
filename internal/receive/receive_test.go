package receive_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/testkit"
)

var (
	ctx   = context.Background()
	local = access.Viewer{Local: true, Scopes: []access.Scope{access.Intake}}
)

func samples(t *testing.T) []intake.Document {
	dir := os.Getenv("JARCHI_SHARED")
	if dir == "" {
		dir = "../../../shared"
	}
	files, err := filepath.Glob(filepath.Join(dir, "samples", "*.txt"))
	if err != nil || len(files) != 5 {
		t.Skip("the five sample reports are not here; JARCHI_SHARED names the folder that holds samples/")
	}
	var docs []intake.Document
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, intake.Document{Name: filepath.Base(f), ContentType: "text/plain", Bytes: b})
	}
	return docs
}

func marked(fs []search.Fragment) (hits []string) {
	for _, f := range fs {
		if f.Hit {
			hits = append(hits, f.Text)
		}
	}
	return hits
}

// TestFiveReports: five raw reports become six captures, found in any spelling.
func TestFiveReports(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	docs := samples(t)
	results, err := n.Receive.Import(ctx, local, docs)
	if err != nil {
		t.Fatal(err)
	}
	var total int
	for _, r := range results {
		total += len(r.Captures)
		if len(r.Quarantined) > 0 {
			t.Errorf("%s in quarantine: %v", r.Name, r.Quarantined)
		}
	}
	if total != 6 {
		t.Fatalf("%d captures", total)
	}
	again, err := n.Receive.Import(ctx, local, docs)
	if err != nil || fmt.Sprint(again) != fmt.Sprint(results) {
		t.Errorf("the same bytes again are not the same thing: %v, %v", again, err)
	}
	p, err := n.Browse.List(ctx, local, browse.Query{})
	if err != nil || len(p.Entries) != 6 {
		t.Fatalf("%d rows, %v", len(p.Entries), err)
	}
	for _, want := range []struct {
		query string
		files string // the files found
		mark  string // a word as the page spells it
	}{
		{"Қозоғистон", "000", "Qozog‘iston"},
		{"Qozogʻiston", "000", "Qozog‘iston"},
		{"Qozog'iston", "000", "Qozog‘iston"},
		{"Qozog‘istonning", "000", "Qozog‘iston"},
		{"تركيه", "004", "ترکیه"},
		{"پاكستان", "001", "پاکستان"},
		{"форумға", "003", "Форум"},
		{`"форум аясында"`, "003", "Форум"},
		{"елшінің", "002", "Елшісі"},
	} {
		for _, relevance := range []bool{false, true} {
			p, err := n.Browse.List(ctx, local, browse.Query{Text: want.query, Relevance: relevance})
			if err != nil {
				t.Fatal(err)
			}
			found, spelled := map[string]bool{}, false
			for _, e := range p.Entries {
				found[e.Capture.FileName[:3]] = true
				hits := append(marked(e.Headline), marked(e.Snippet)...)
				if len(hits) == 0 {
					t.Errorf("%s: nothing is marked", want.query)
				}
				for _, h := range hits {
					spelled = spelled || strings.HasPrefix(strings.ToLower(h), strings.ToLower(want.mark))
				}
			}
			if !found[want.files] || !spelled || want.query[0] == '"' && len(found) != 1 {
				t.Errorf("%s (relevance %v) finds %v, marked as spelled: %v", want.query, relevance, found, spelled)
			}
		}
	}
	// The raw bytes are one link away, for those who may see the capture.
	hash := strings.Split(string(results[0].Captures[0]), "-")[0]
	raw, err := n.Browse.Raw(ctx, local, hash)
	if err != nil || !bytes.Equal(raw.Bytes, docs[0].Bytes) {
		t.Errorf("raw: %v", err)
	}
	for _, v := range []access.Viewer{{}, {Member: "alfa", Scopes: []access.Scope{access.Read}}} {
		if _, err := n.Browse.Raw(ctx, v, hash); err == nil {
			t.Errorf("%v reads the raw bytes", v)
		}
		if p, _ := n.Browse.List(ctx, v, browse.Query{}); len(p.Entries) != 0 {
			t.Errorf("%v sees captures", v)
		}
	}
}

func TestUnreadableGoesToQuarantine(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	docs := []intake.Document{
		{Name: "empty.txt", Bytes: nil},
		{Name: "program.bin", Bytes: bytes.Repeat([]byte{0x7f, 'E', 'L', 'F', 0, 1, 2, 3}, 20_000)},
		{Name: "broken.json", ContentType: "application/json", Bytes: []byte(`{"uri": "urn:x", "headlines": [{"value": "Kö`)},
		{Name: "good.txt", ContentType: "text/plain", Bytes: []byte("Toqsanbulaq opens a new school\n\nToqsanbulaq opened a school on Monday. The school has two hundred places, the ministry said in a statement.\n")},
	}
	results, err := n.Receive.Import(ctx, local, docs)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if bad := len(r.Quarantined) == 1; bad != (i < 3) {
			t.Errorf("%s: %+v", docs[i].Name, r)
		}
		for _, q := range r.Quarantined {
			if q.Reason == "" {
				t.Errorf("%s: no reason", docs[i].Name)
			}
			raw, err := n.Browse.Raw(ctx, local, q.ID)
			if err != nil || !bytes.Equal(raw.Bytes, docs[i].Bytes) {
				t.Errorf("%s: its bytes are not kept: %v", docs[i].Name, err)
			}
		}
	}
	rows, err := n.Store.Quarantine(ctx, 10)
	if err != nil || len(rows) != 3 {
		t.Errorf("%d in quarantine, %v", len(rows), err)
	}
	if _, err := n.Receive.Import(ctx, access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Publish}}, docs); err == nil {
		t.Error("without the scope intake")
	}
}

// TestADocumentWithoutANameHasNone: and of one with folders only the last part is kept.
func TestADocumentWithoutANameHasNone(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	for name, want := range map[string]string{"": "", "/": "", "..": "", "a/b.txt": "b.txt", `C:\texts\c.txt`: "c.txt"} {
		results, err := n.Receive.Import(ctx, local, []intake.Document{{Name: name, ContentType: "text/plain", Bytes: []byte("A school opens by " + want + "\n\nToqsanbulaq opened a school on Monday. The school has two hundred places, the ministry said in a statement.\n")}})
		if err != nil || len(results) != 1 || results[0].Name != want {
			t.Errorf("%q: %+v %v", name, results, err)
		}
	}
}

// TestCrashIsTheDocuments: a document whose reading crashes goes to quarantine, the node goes on.
func TestCrashIsTheDocuments(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	n.Receive.SetRead(func(d intake.Document, now time.Time) ([]intake.Article, error) {
		if d.Name == "hostile.txt" {
			panic("index out of range")
		}
		return intake.Read(d, now)
	})
	text := []byte("Toqsanbulaq opens a new school\n\nToqsanbulaq opened a school on Monday. The school has two hundred places, the ministry said in a statement.\n")
	results, err := n.Receive.Import(ctx, local, []intake.Document{{Name: "hostile.txt", Bytes: text[1:]}, {Name: "good.txt", ContentType: "text/plain", Bytes: text}})
	if err != nil || len(results[0].Quarantined) != 1 || len(results[1].Captures) != 1 {
		t.Fatalf("%+v, %v", results, err)
	}
	if raw, err := n.Browse.Raw(ctx, local, results[0].Quarantined[0].ID); err != nil || !bytes.Equal(raw.Bytes, text[1:]) {
		t.Errorf("its bytes are not kept: %v", err)
	}
}
