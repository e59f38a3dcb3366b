package scenes

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/sources"
)

// TestSourcesOfTheMachine: a watched folder and a mailbox are added by whoever runs the node, and shown, tried, paused and resumed by the member's
// administrators like the others. The page adds none.
func TestSourcesOfTheMachine(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "agency")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := openAs(t, func(c *app.Config) { c.Folders, c.SourceGap = sources.Folders{"alfa": {dir}}, time.Millisecond })
	if err := os.WriteFile(filepath.Join(dir, "bridge.txt"), []byte("The old ferry is replaced\n\nThe old ferry of the valley was replaced by a bridge on Monday.\n\nThe office said that guests came."), 0o600); err != nil {
		t.Fatal(err)
	}
	machine := access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Intake, access.Admin}}
	folder, err := s.Sources.Add(t.Context(), machine, source.Source{Address: "file://" + dir, Kind: source.Folder, Interval: time.Hour}, "")
	if err != nil {
		t.Fatal(err)
	}
	box := source.Source{ID: source.ID(people.NewID()), Member: "alfa", Address: "imaps://desk@127.0.0.1:9/INBOX", Kind: source.Mail, Interval: time.Hour, Secret: "env:JARCHI_TEST_NO_PASSWORD", Added: time.Now()}
	if err := s.Store.AddSource(t.Context(), box, people.Entry{ID: people.NewID(), At: time.Now(), Member: "alfa", Action: people.SourceAdded, Object: string(box.ID)}); err != nil {
		t.Fatal(err)
	}
	admin := s.as("alfa", people.Administrator, people.Editor)
	other := s.as("beta", people.Administrator)
	code, body := s.get(admin, "/people/sources?ui=en")
	for _, words := range []string{"<bdi>agency</bdi>", "<bdi>desk@127.0.0.1</bdi>", "file://" + dir, "imaps://desk@127.0.0.1:9/INBOX"} {
		if code != 200 || !strings.Contains(body, words) {
			t.Errorf("%d, no %s\n%s", code, words, body)
		}
	}
	for _, kind := range []source.Kind{source.Folder, source.Mail} {
		if strings.Contains(body, `value="`+string(kind)+`"`) {
			t.Errorf("the page offers %s", kind)
		}
		if code, _ := s.post(admin, "/people/sources", url.Values{"url": {"file:///etc"}, "kind": {string(kind)}, "every": {"60"}}); code/100 == 2 {
			t.Errorf("the page adds %s", kind)
		}
	}
	for at, want := range map[string][2]string{"/people/sources/" + string(folder.ID): {"Folder on the server", "The old ferry is replaced"}, "/people/sources/" + string(box.ID): {"Mailbox", "password"}} {
		if code, body := s.get(admin, at+"?ui=en"); code != 200 || !strings.Contains(body, want[0]) {
			t.Errorf("%s: %d\n%s", at, code, body)
		}
		if code, _ := s.get(other, at); code != 404 {
			t.Errorf("another member gets %d", code)
		}
		if code, body := s.post(admin, at+"/try?ui=en", nil); code != 200 || !strings.Contains(strings.ToLower(body), strings.ToLower(want[1])) {
			t.Errorf("a try of %s: %d\n%s", at, code, body)
		}
		for _, do := range []string{"pause", "resume", "pause"} {
			if code, _ := s.post(admin, at+"/"+do, nil); code != 200 {
				t.Errorf("%s: %d", do, code)
			}
			w, err := s.Sources.Get(t.Context(), machine, source.ID(filepath.Base(at)))
			if err != nil || w.Paused != (do == "pause") {
				t.Errorf("%s: %v, %v", do, w.Paused, err)
			}
			if code, _ := s.post(other, at+"/resume", nil); code == 200 {
				t.Error("another member resumes it")
			}
		}
		if code, body := s.post(admin, at+"?ui=en", url.Values{"name": {"Agency of the valley"}, "every": {"2"}}); code != 200 || !strings.Contains(body, "Agency of the valley") {
			t.Errorf("changed: %d\n%s", code, body)
		}
	}
}
