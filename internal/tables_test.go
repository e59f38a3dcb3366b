package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTablesNameTheirSource: every table of words names its source and its licence in its first lines, or a note beside it does, and
// none is under the GPL or a share-alike licence.
func TestTablesNameTheirSource(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`(?i)licence[: ]|apache-2.0|written for jarchi`)
	refused := regexp.MustCompile(`(?i)\b[AL]?GPL|share-?alike|\bBY-SA\b|\bODbL\b`)
	notes := map[string]string{"intake/tables": "intake/tables/README.md", "mediatopic": "mediatopic/NOTICE.md", "lang/models": "lang/models/README.txt"}
	n := 0
	for _, root := range []string{"lang/tables", "lang/models", "lang/ngram/train/extra", "facts", "names", "intake/tables", "mediatopic"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			path = filepath.ToSlash(path)
			ext := filepath.Ext(path)
			switch {
			case err != nil || d.IsDir() && d.Name() != "testdata":
				return err
			case d.IsDir():
				return fs.SkipDir
			case ext != ".txt" && ext != ".tsv" && ext != ".json" && ext != ".model" || strings.HasPrefix(d.Name(), "README"):
				return nil
			}
			n++
			if note := notes[filepath.ToSlash(filepath.Dir(path))]; note != "" && ext != ".txt" {
				path = note
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if strings.HasSuffix(path, ".md") || strings.HasPrefix(filepath.Base(path), "README") {
				if !regexp.MustCompile(`(?i)licen[cs]e`).Match(b) {
					t.Errorf("%s names no licence", path)
				}
				return nil
			}
			var comments strings.Builder
			for line := range strings.Lines(string(b[:min(len(b), 1000)])) {
				if strings.HasPrefix(line, "#") {
					comments.WriteString(line)
				}
			}
			if c := comments.String(); !named.MatchString(c) || refused.MatchString(c) {
				t.Errorf("%s begins with: %s", path, c)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if n < 120 {
		t.Errorf("only %d tables were found", n)
	}
}
