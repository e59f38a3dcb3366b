package internal_test

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

// parsers are, beside what is named as parsers are, the functions that read text from outside.
var parsers = map[string][]string{
	"lang":    {"Tokens", "Sentences", "Numbers", "Dates", "Detect", "Fold", "Stem", "Loose"},
	"names":   {"Told", "Mentions", "Other", "Within"},
	"facts":   {"Read", "Against"},
	"story":   {"Stored"},
	"compare": {"Figures", "Across"},
}

// throughOthers are the parsers that a fuzz target reaches through another function.
var throughOthers = map[string]string{
	"tlog.ParseProofFile": "Verify", "intake.Decode": "Read", "lang.Tokens": "analyse", "lang.Sentences": "analyse", "lang.Numbers": "analyse", "lang.Dates": "analyse",
	"lang.Fold": "exported", "lang.Stem": "exported", "lang.Loose": "exported", // the table of all of them, in FuzzKeys
}

// noInput are no readers of a stranger's text.
var noInput = map[string]bool{"people.ParseRole": true, "subscription.ParseDay": true, "tlog.ParseOrigin": true, "outbound.ReadDrop": true, "store.ReadBeside": true}

// TestEveryParserHasAFuzzTarget: whatever is exported and named ParseX, ReadX or DecodeX and takes text or bytes, and every tokenizer
// named above, is called by a fuzz target of its package.
func TestEveryParserHasAFuzzTarget(t *testing.T) {
	t.Parallel()
	called := map[string]bool{} // directory.name, in bodies of fuzz targets
	var want []string
	named := regexp.MustCompile(`^(Parse|Read|Decode)([A-Z]\w*)?$`)
	for _, s := range sources(t) {
		if strings.HasPrefix(s.dir, "testkit") || strings.HasPrefix(s.dir, "../") {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil {
				continue
			}
			name := f.Name.Name
			if s.test && strings.HasPrefix(name, "Fuzz") {
				ast.Inspect(f, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok {
						called[s.dir+"."+id.Name] = true
					}
					return true
				})
			}
			if !s.test && named.MatchString(name) && takesText(f) && !noInput[s.dir+"."+name] {
				want = append(want, s.dir+"."+name)
			}
		}
	}
	for dir, names := range parsers {
		for _, name := range names {
			want = append(want, dir+"."+name)
		}
	}
	for _, at := range want {
		dir, _, _ := strings.Cut(at, ".")
		if !called[at] && (throughOthers[at] == "" || !called[dir+"."+throughOthers[at]]) {
			t.Errorf("%s has no fuzz target", at)
		}
	}
	if len(want) < 25 {
		t.Errorf("only %d parsers found", len(want))
	}
}

// takesText reports whether a function's first parameters are text or bytes.
func takesText(f *ast.FuncDecl) bool {
	for _, p := range f.Type.Params.List {
		switch x := p.Type.(type) {
		case *ast.Ident:
			if x.Name == "string" {
				return true
			}
		case *ast.ArrayType:
			if id, ok := x.Elt.(*ast.Ident); ok && id.Name == "byte" {
				return true
			}
		}
	}
	return false
}
