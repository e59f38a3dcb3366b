package internal_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The arrows of the house: which layer may import which. A package stands in exactly one layer, by its
// folder under internal/ (and what lies below it); a new one is added here, where everyone sees it.
//
//	ground    what everything stands on
//	domain    types and rules; no database, no network
//	storage   database, files, jobs, the one client to the outside
//	services  one use of the house each, over domain and storage
//	doors     pages and API, over services; they never see the storage behind them
//	app       knows everyone; only cmd knows it
//	tests     aids that only tests import
var layers = []struct {
	name     string
	packages []string
	may      []string // layers that it imports
}{
	{"ground", []string{"fault"}, nil},
	{"domain", []string{"access", "compare", "facts", "format", "intake", "lang", "mediatopic", "names", "notice", "people", "search", "source", "story", "subscription", "tlog", "wire"}, []string{"ground", "domain"}},
	{"storage", []string{"blob", "config", "embedding", "jobs", "outbound", "store"}, []string{"ground", "domain", "storage"}},
	{"services", []string{"backup", "browse", "delivery", "desk", "exchange", "house", "publish", "receive", "sources", "stories", "take"}, []string{"ground", "domain", "storage", "services"}},
	{"doors", []string{"api", "arrival", "web"}, []string{"ground", "domain", "services", "doors"}},
	{"app", []string{"app"}, []string{"ground", "domain", "storage", "services", "doors", "app"}},
	{"cmd", []string{"../cmd"}, []string{"ground", "domain", "storage", "services", "doors", "app", "cmd"}},
	{"tests", []string{"access/accesstest", "bench", "scenes", "testkit"}, []string{"ground", "domain", "storage", "services", "doors", "app", "tests"}},
}

// Closer arrows within the domain: these import nothing of the house but what is named.
var closer = map[string][]string{
	"wire":   {"fault", "lang"},
	"access": {"fault", "lang", "wire"},
	"lang":   {"fault", "lang/ngram"},
	"tlog":   {"fault"},
	"search": {"fault", "lang"},
}

// Arrows that bend for now, each with its reason. This list may only shrink; it is empty.
var granted = map[string][]string{}

// What the domain may not import from the standard library, and nobody's names.
var (
	notInDomain = []string{"database/sql", "net", "net/http", "net/rpc", "net/smtp", "os/exec", "plugin"}
	notAName    = []string{"util", "utils", "common", "model", "models", "helper", "helpers", "misc", "shared"}
)

// Only internal/outbound may mention these in code that is not a test: every way out of the house goes
// through the client that checks the address really dialled.
var dialling = map[string][]string{
	"net/http":   {"Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm"},
	"net":        {"Dial", "DialTimeout", "Dialer", "DialTCP", "DialUDP", "DialIP", "DialUnix"},
	"crypto/tls": {"Dial", "DialWithDialer", "Dialer"},
	"net/smtp":   {"Dial", "SendMail"},

	"github.com/emersion/go-smtp": {"Dial", "DialTLS", "DialStartTLS", "SendMail", "SendMailTLS"},
}

const module = "jarchi.dev/jarchi/"

// source is one Go file of the house.
type source struct {
	path string // as walked, from internal/
	dir  string // its folder, from internal/: "wire", "../cmd/jarchi"
	test bool
	file *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	set := token.NewFileSet()
	for _, root := range []string{".", filepath.Join("..", "cmd")} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || filepath.Dir(path) == "." {
				return err
			}
			f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			out = append(out, source{filepath.ToSlash(path), filepath.ToSlash(filepath.Dir(path)), strings.HasSuffix(path, "_test.go"), f})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d files found", len(out))
	}
	return out
}

// layerOf finds a package's layer by the longest folder that the table names; -1 if there is none.
func layerOf(dir string) int {
	best, length := -1, 0
	for i, l := range layers {
		for _, p := range l.packages {
			if (dir == p || strings.HasPrefix(dir, p+"/")) && len(p) > length {
				best, length = i, len(p)
			}
		}
	}
	return best
}

func imported(f *ast.File) []string {
	var out []string
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err == nil {
			out = append(out, p)
		}
	}
	return out
}

func TestArrows(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		name := strings.TrimSuffix(s.file.Name.Name, "_test")
		if slices.Contains(notAName, name) {
			t.Errorf("%s: a package is named for what it owns, not %q", s.path, name)
		}
		from := layerOf(s.dir)
		if from < 0 {
			t.Errorf("%s: the folder %s stands in no layer; add it to the table of this test", s.path, s.dir)
			continue
		}
		if s.test {
			continue // a test may bring whatever it needs
		}
		layer := layers[from]
		for _, p := range imported(s.file) {
			house, ours := strings.CutPrefix(p, module)
			if !ours {
				if layer.name == "domain" && slices.Contains(notInDomain, p) {
					t.Errorf("%s imports %s: the domain does no input or output", s.path, p)
				}
				continue
			}
			to := strings.TrimPrefix(house, "internal/")
			if strings.HasPrefix(house, "cmd/") {
				to = "../" + house
			}
			target := layerOf(to)
			if target < 0 {
				t.Errorf("%s imports %s, which stands in no layer", s.path, p)
				continue
			}
			if !slices.Contains(layer.may, layers[target].name) && !slices.Contains(granted[s.dir], to) {
				t.Errorf("%s imports %s: %s may not import %s", s.path, p, layer.name, layers[target].name)
			}
			if only, ok := closer[s.dir]; ok && !slices.Contains(only, to) {
				t.Errorf("%s imports %s: %s imports only %v", s.path, p, s.dir, only)
			}
		}
	}
}

func TestOnlyOutboundDials(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test || s.dir == "outbound" || layerOf(s.dir) >= 0 && layers[layerOf(s.dir)].name == "tests" {
			continue
		}
		names := map[string]string{} // local name of a package → its path
		for _, i := range s.file.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			if _, watched := dialling[p]; !watched {
				continue
			}
			name := strings.TrimPrefix(p[strings.LastIndex(p, "/")+1:], "go-")
			if i.Name != nil {
				name = i.Name.Name
			}
			if name == "." {
				t.Errorf("%s imports %s without a name", s.path, p)
			}
			names[name] = p
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(dialling[names[x.Name]], sel.Sel.Name) {
				t.Errorf("%s mentions %s.%s: only internal/outbound does", s.path, x.Name, sel.Sel.Name)
			}
			return true
		})
	}
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	// Properties and values that name a side of the screen; text of either direction needs start and end.
	physical = regexp.MustCompile(`(?i)(?:^|[;{\s])((?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-[a-z]+)?|border-(?:top|bottom)-(?:left|right)-radius|left|right)\s*:|(?:text-align|float|clear|caption-side)\s*:\s*(?:left|right))`)
)

func TestStylesAreLogical(t *testing.T) {
	t.Parallel()
	for css, bad := range map[string]bool{
		"a{margin-left:1px}": true, "a{ left : 0}": true, "a{float: right}": true, "a{border-top-left-radius:1px}": true, "a{text-align:left}": true,
		"a{margin-inline-start:1px}": false, "a{text-align:start}": false, "a{--left:1}": false, ".left{top:0}": false, "a{border-start-start-radius:1px}": false,
	} {
		if physical.MatchString(css) != bad {
			t.Fatalf("%s: physical is %v", css, !bad)
		}
	}
	err := filepath.WalkDir("web", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "vendor" {
			if os.IsNotExist(err) || err == nil {
				return fs.SkipDir
			}
			return err
		}
		if filepath.Ext(path) != ".css" {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		// Comments go, their lines stay, so that the line told is the file's.
		b = cssComment.ReplaceAllFunc(b, func(c []byte) []byte { return bytes.Repeat([]byte("\n"), bytes.Count(c, []byte("\n"))) })
		for _, m := range physical.FindAllSubmatchIndex(b, -1) {
			t.Errorf("%s:%d: %q names a side; write it for start and end", path, 1+bytes.Count(b[:m[2]], []byte("\n")), b[m[2]:m[3]])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// bidi is a direction mark that changes how the text around it is read without being seen; where one is
// meant, it is written as an escape.
func bidi(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// Somebody's machine: paths that mean nothing to anybody else. Put together so that this file has none.
var machine = regexp.MustCompile(`/` + `work/(main|shared|\.library)|/` + `(home|Users)/[a-z]+/|/` + `root/[a-z]|[A-Z]:\\+` + `Users\\|/tmp/bash` + `_jobs`)

func TestFilesAreClean(t *testing.T) {
	t.Parallel()
	n := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil // somebody's temporary file, gone since
			}
			return err
		}
		if d.IsDir() {
			if rel := filepath.ToSlash(path); d.Name() == ".git" || rel == "../data" || rel == "../out" || d.Name() == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		if i, err := d.Info(); err != nil || !i.Mode().IsRegular() || i.Size() > 8<<20 {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil || bytes.IndexByte(b, 0) >= 0 {
			return nil // not text
		}
		n++
		line := func(at int) int { return 1 + bytes.Count(b[:at], []byte("\n")) }
		if at := bytes.IndexFunc(b, bidi); at >= 0 {
			t.Errorf("%s:%d holds a direction mark; write it as an escape", path, line(at))
		}
		if m := machine.FindIndex(b); m != nil {
			t.Errorf("%s:%d names a path of somebody's machine: %s", path, line(m[0]), b[m[0]:m[1]])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 20 {
		t.Errorf("only %d files looked at", n)
	}
}
