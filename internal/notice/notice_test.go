package notice

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"jarchi.dev/jarchi/internal/lang"
)

// keys are the constants of this package, as they are written.
func keys(t *testing.T) (out []Key) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "notice.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if of, ok := v.Type.(*ast.Ident); ok && of.Name == "Key" {
				s, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				out = append(out, Key(s))
			}
		}
		return true
	})
	if len(out) < 20 {
		t.Fatalf("only %d keys found", len(out))
	}
	return out
}

func TestEverySentenceIsThereInEveryLanguage(t *testing.T) {
	t.Parallel()
	all := keys(t)
	for _, in := range Languages() {
		for _, k := range all {
			s := Say(k, in)
			switch {
			case strings.TrimSpace(s) == "" || strings.TrimSpace(s) != s:
				t.Errorf("%s has no %s: %q", in, k, s)
			case in != lang.EN && s == Say(k, lang.EN):
				t.Errorf("%s %s is the English %q", in, k, s)
			case strings.ContainsAny(s, "{}<>") || strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cf, r) && r != '\u200c' }):
				t.Errorf("%s %s: a placeholder, markup or a hidden mark in %q", in, k, s)
			}
		}
		for k := range table()[in] {
			if !slices.Contains(all, k) {
				t.Errorf("%s has %s, which nobody can say", in, k)
			}
		}
	}
}

func TestBeside(t *testing.T) {
	t.Parallel()
	for of, want := range map[lang.Tag]lang.Tag{lang.KK: lang.KK, lang.PRS: lang.FA, lang.UZCyrl: lang.UZ, lang.KY: lang.EN, lang.Und: lang.EN, "": lang.EN, "tr-CY": lang.TR} {
		if got := Beside(of); got != want || !Speaks(got) {
			t.Errorf("beside %q stands %q, want %q", of, got, want)
		}
	}
	if Say(Reason, lang.KO) != Say(Reason, lang.EN) || Label(Reason, lang.EN) != "Reason: " {
		t.Error("a language that is not spoken is not answered in English")
	}
}
