package internal_test

import (
	"go/ast"
	"slices"
	"testing"
)

// badInput names, for each kind of bad input, the tests that play it. All of them run with the others: none is behind a tag.
var badInput = map[string][]string{
	"malformed feeds by kind of fault":          {"sources.TestBattery", "sources.TestQuarantine"},
	"malformed documents by kind of fault":      {"receive.TestBatteryOfDocuments", "intake.TestReadRefuses", "intake.TestHostileDocuments"},
	"decompression bombs":                       {"outbound.TestGzipBomb", "sources.TestBattery"},
	"XML entities, deep nesting":                {"receive.TestBatteryOfDocuments", "sources.TestBattery"},
	"endless streams, slow servers":             {"outbound.TestEndlessAndSlow", "sources.TestMailServerThatLies", "blob.TestEndless"},
	"redirects to private addresses":            {"outbound.TestRedirects", "app.TestHubRefuses"},
	"DNS answers that change before the dial":   {"outbound.TestNamesThatChange"},
	"charsets that lie, dates of 1404 and 2599": {"receive.TestBatteryOfDocuments", "sources.TestBattery"},
	"mail with twenty nested parts":             {"format/mail.TestBattery"},
	"webhooks that answer with a gigabyte":      {"delivery.TestManySubscribers"},
	"an S3 server that fails half the time":     {"blob.TestHalfFails"},

	// of texts
	"empty":                        {"lang.TestHostile", "intake.TestReadRefuses", "intake.TestBadTexts", "../cmd/jarchi.TestLangHostile"},
	"one letter":                   {"lang.TestHostile", "lang.TestDetectBadInput", "intake.TestBadTexts", "../cmd/jarchi.TestLangHostile"},
	"a megabyte without a space":   {"lang.TestHostile", "intake.TestBadTexts", "intake.TestHostileDocuments", "story.TestBadTexts", "search.TestHostileTextIsLinear", "../cmd/jarchi.TestLangHostile"},
	"mixed scripts within a word":  {"lang.TestHostile", "lang.TestDetectBadInput", "intake.TestBadTexts", "../cmd/jarchi.TestLangHostile"},
	"bidi controls":                {"lang.TestHostile", "intake.TestBadTexts", "web.TestHiddenMarksAreShown", "../cmd/jarchi.TestLangHostile"},
	"broken UTF-8":                 {"lang.TestHostile", "intake.TestBadTexts", "story.TestBadTexts", "../cmd/jarchi.TestLangHostile"},
	"200,000 nested elements":      {"intake.TestHostileDocuments"},
	"ten articles on a page":       {"intake.TestTenArticles"},
	"a text that is all furniture": {"intake.TestReadRefuses", "intake.TestBadTexts"},
}

// TestBadInput: every kind has its tests, and the two batteries have at least 200 kinds of fault.
func TestBadInput(t *testing.T) {
	t.Parallel()
	found, cases := map[string]bool{}, map[string]int{}
	for _, s := range sources(t) {
		if !s.test || slices.ContainsFunc(s.file.Comments, func(c *ast.CommentGroup) bool { return len(c.List) > 0 && c.List[0].Text == "//go:build soak" }) {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			found[s.dir+"."+f.Name.Name] = true
			if at := s.dir + "." + f.Name.Name; at == "sources.battery" || at == "receive.faults" {
				ast.Inspect(f, func(n ast.Node) bool {
					if kv, ok := n.(*ast.KeyValueExpr); ok {
						if k, ok := kv.Key.(*ast.Ident); ok && k.Name == "name" {
							cases[at]++
						}
					}
					return true
				})
			}
		}
	}
	for kind, tests := range badInput {
		for _, name := range tests {
			if !found[name] {
				t.Errorf("%s: there is no %s", kind, name)
			}
		}
	}
	n := cases["sources.battery"] + cases["receive.faults"]
	if n < 200 {
		t.Errorf("only %d kinds of fault", n)
	}
	t.Logf("%d kinds of fault in feeds, %d in documents (and 26 kinds of files that are none)", cases["sources.battery"], cases["receive.faults"])
}
