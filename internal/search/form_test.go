package search

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

var writeForm = flag.Bool("write", false, "TestForm: keep what texts are indexed as now")

// TestForm: what texts are indexed as is what it was when testdata/form.txt was written. Where only tables have changed, texts are indexed anew by themselves; where
// the program makes other keys, made (form.go) is to be raised for that.
func TestForm(t *testing.T) {
	files, err := filepath.Glob("../lang/testdata/paradigms/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	h := sha256.New()
	probe := func(tag lang.Tag, text string) {
		d := Document(tag, text, strings.Split(text, "\n"))
		fmt.Fprintf(h, "%s\n%s\n%s\n%s\n", tag, d.Headline, d.Body, d.Endings)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		probe(lang.Tag(strings.TrimSuffix(filepath.Base(f), ".txt")), string(b))
	}
	probe(lang.EN, "The river's bridges, re-opened in 1987\nO'zbekiston’s naïve co-operation; U.S.-made\u00a0goods")
	probe(lang.ZH, "水库的水位上升了3.5米\n記者報道：上海合作組織峰會")
	probe(lang.KO, "정부는 17일 다리를 열었다\n상하이협력기구")
	probe(lang.UZ, "Тошкентда кўприк очилди\nKoʻprik ochildi, ma’lum qilindi")
	probe(lang.Und, "ﬁne Straße ΑΒΓ ١٢٣ ۴۵۶")
	got := fmt.Sprintf("%d %x\n", made, h.Sum(nil))
	const file = "testdata/form.txt"
	if *writeForm {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("texts are indexed otherwise than before. If anything but tables did that, raise 'made' in form.go; then: go test ./internal/search -run TestForm -write")
	}
}

// TestFormNamesTables: the form is another one when made or a table is.
func TestFormNamesTables(t *testing.T) {
	digest := lang.Digest()
	if want := fmt.Sprintf("%d-%x", made, digest[:8]); Form() != want || digest == [32]byte{} || digest != lang.Digest() {
		t.Errorf("%s, not %s", Form(), want)
	}
}
