package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
)

// runExtract runs the command as its users do.
func runExtract(t *testing.T, stdin string, args ...string) (out, errs string, err error) {
	t.Helper()
	var cli struct {
		Extract ExtractCmd `cmd:""`
	}
	k, err := kong.New(&cli, kong.Exit(func(int) { t.Fatal("exit") }))
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := k.Parse(append([]string{"extract"}, args...))
	if err != nil {
		t.Fatal(err)
	}
	var o, e bytes.Buffer
	err = ctx.Run(&Stdio{In: strings.NewReader(stdin), Out: &o, Err: &e})
	return o.String(), e.String(), err
}

const extractPage = `<!doctype html><html lang="en"><head><title>Dam opens on the Koksay | Toqsanbulaq News</title></head><body>
<h1>Dam opens on the Koksay</h1><p>Published: 1 June 2026</p>
<p>The new dam on the Koksay was opened on Monday by the ministers of both countries, who praised the engineers.</p>
<p>It will store 240 million cubic metres of water &amp; feed three districts &lt;script&gt; of the valley in dry years.</p>
<p>Post Views: 12</p></body></html>`

func TestExtractWritesOneLineAnArticle(t *testing.T) {
	t.Parallel()
	out, errs, err := runExtract(t, extractPage, "--url", "https://press.example/1", "-")
	if err != nil || errs != "" {
		t.Fatalf("%v, %q", err, errs)
	}
	if strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, `{"item":{"uri":"urn:jarchi:capture:`) {
		t.Fatalf("not one line: %q", out)
	}
	var line struct {
		Item     json.RawMessage
		Analysis map[string]any
	}
	if err := json.Unmarshal([]byte(out), &line); err != nil {
		t.Fatal(err)
	}
	item, err := ninjs.Parse(line.Item)
	if err != nil || item.Validate() != nil {
		t.Fatalf("item: %v, %v", err, item.Validate())
	}
	if item.Headlines[0].Value != "Dam opens on the Koksay" || item.Language != "en" || item.AltIDs[0].Value != "https://press.example/1" {
		t.Errorf("item: %+v", item)
	}
	var keys []string
	for k := range line.Analysis {
		keys = append(keys, k)
	}
	for _, k := range []string{"language", "script", "confidence", "date", "attribution", "credits", "machine_translated", "truncated", "removed"} {
		if _, ok := line.Analysis[k]; !ok {
			t.Errorf("no %q in %v", k, keys)
		}
	}
	if len(keys) != 9 {
		t.Errorf("keys: %v", keys)
	}
	if line.Analysis["credits"] == nil || line.Analysis["removed"] == nil {
		t.Error("empty lists must be lists")
	}
	if again, _, _ := runExtract(t, extractPage, "--url", "https://press.example/1"); again != out {
		t.Error("standard input is the default, and the same bytes give the same line")
	}
}

func TestExtractGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	page, empty := filepath.Join(dir, "page.html"), filepath.Join(dir, "empty.txt")
	if err := os.WriteFile(page, []byte(extractPage), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, err := runExtract(t, "", empty, filepath.Join(dir, "none"), dir, page)
	if err == nil || strings.Count(out, "\n") != 1 || strings.Count(errs, "\n") != 3 {
		t.Errorf("err %v\nout %q\nerrs %q", err, out, errs)
	}
	if !strings.Contains(errs, "empty.txt: ") || !strings.Contains(errs, "no such file") || !strings.Contains(errs, "folder") {
		t.Errorf("messages: %q", errs)
	}
	_, errs, err = runExtract(t, "", empty)
	if fault.KindOf(err) != fault.Invalid || errs != "" {
		t.Errorf("one file: %v, %q", err, errs)
	}
	if _, _, err = runExtract(t, "", "--url", "https://press.example/", page, page); fault.KindOf(err) != fault.Invalid {
		t.Errorf("one address for two files: %v", err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("wire cut") }

func TestExtractReadFailures(t *testing.T) {
	t.Parallel()
	if _, err := readBounded(brokenReader{}, "-", 10); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("broken input: %v", err)
	}
	if _, err := readBounded(strings.NewReader("12345678901"), "-", 10); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("too large: %v", err)
	}
}
