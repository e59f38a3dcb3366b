package web

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"math"
	"net/http"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// sources are the package's own Go files without its tests.
func sources(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".go") && !strings.HasSuffix(f.Name(), "_test.go") {
			b, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			out[f.Name()] = b
		}
	}
	return out
}

func styleSheet(t *testing.T) string {
	t.Helper()
	e, err := readShipped()
	if err != nil {
		t.Fatal(err)
	}
	return string(e.assets.byPath[e.assets.urls["style.css"]].bytes)
}

func TestVendoredFilesAreWhatTheLockSays(t *testing.T) {
	t.Parallel()
	b, err := staticFiles.ReadFile("static/vendor/vendor.lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock []struct{ File, Name, Version, Licence, SHA256 string }
	if err := json.Unmarshal(b, &lock); err != nil {
		t.Fatal(err)
	}
	locked := map[string]string{}
	for _, l := range lock {
		if l.Name == "" || l.Version == "" || l.Licence == "" {
			t.Errorf("%s: name, version or licence is missing", l.File)
		}
		locked[l.File] = l.SHA256
	}
	err = fs.WalkDir(staticFiles, "static/vendor", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(p, ".lock.json") {
			return err
		}
		b, err := staticFiles.ReadFile(p)
		sum := sha256.Sum256(b)
		if name := strings.TrimPrefix(p, "static/vendor/"); locked[name] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s is not the file of the lock", name)
		} else {
			delete(locked, name)
		}
		return err
	})
	if err != nil || len(locked) > 0 {
		t.Errorf("missing: %v, %v", locked, err)
	}
}

// rgb reads #RRGGBB; luminance and contrast are those of WCAG 2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("%q is no colour", hex)
	}
	lin := func(c uint64) float64 {
		v := float64(c&255) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(n>>16) + 0.7152*lin(n>>8) + 0.0722*lin(n)
}

func TestContrast(t *testing.T) {
	t.Parallel()
	tokens := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\);`).FindAllStringSubmatch(styleSheet(t), -1) {
		tokens[m[1]] = [2]string{m[2], m[3]}
	}
	if len(tokens) < 26 {
		t.Fatalf("only %d colours were read from the style sheet", len(tokens))
	}
	check := func(fg, bg string, least float64) {
		for i, theme := range []string{"light", "dark"} {
			if tokens[fg][i] == "" || tokens[bg][i] == "" {
				t.Fatalf("no token %s or %s", fg, bg)
			}
			a, b := luminance(t, tokens[fg][i]), luminance(t, tokens[bg][i])
			if c := (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05); c < least {
				t.Errorf("%s on %s, %s: %.2f, want %.1f", fg, bg, theme, c, least)
			}
		}
	}
	for _, bg := range []string{"paper", "surface", "sunken", "selected"} {
		for _, fg := range []string{"ink", "ink-2", "ink-3", "accent"} {
			check(fg, bg, 4.5)
		}
		check("edge", bg, 3)
	}
	for _, s := range []string{"official", "machine", "embargo", "correct", "withdrawn", "pending"} {
		check(s, s+"-bg", 4.5)
		check(s, "paper", 4.5)
		check(s, "surface", 4.5)
		check("ink", s+"-bg", 4.5)
		check("accent", s+"-bg", 4.5)
	}
	for _, bg := range []string{"mark", "ins", "del"} {
		check("ink", bg, 4.5)
	}
	check("on-accent", "accent", 4.5)
	check("paper", "ink", 4.5)
}

func TestStyleKnowsNoLeftOrRight(t *testing.T) {
	t.Parallel()
	css := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(styleSheet(t), "")
	if m := regexp.MustCompile(`[\s;{](left|right|[a-z-]+-(left|right)|box-shadow|float|clear|text-align|[mp][a-z]*-(top|bottom)|width|height|(min|max)-(width|height))\s*:\s*(left|right|[^;}]*)`).FindAllString(css, -1); len(m) > 0 {
		for _, s := range m {
			ok := regexp.MustCompile(`(float|clear|text-align)\s*:\s*(inline-|none|both|start|end|center|match-parent)|(min|max)-width: [0-9.]+(rem|px)`).MatchString(s)
			if !ok {
				t.Errorf("a physical side: %q", strings.TrimSpace(s))
			}
		}
	}
	for _, s := range []string{"text-transform", "letter-spacing", "text-align: justify", "hyphens: auto", "font-style: italic", "text-decoration: line-through", "!important", "@import", "http:"} {
		if strings.Contains(css, s) {
			t.Errorf("the style sheet has %s", s)
		}
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	e, err := readShipped()
	if err != nil {
		t.Fatal(err)
	}
	// The design of the interface allows 20 and 40 KB compressed; no page loads every script.
	style, scripts := e.assets.byPath[e.assets.urls["style.css"]], 0
	for name, u := range e.assets.urls {
		if path.Ext(name) != ".js" {
			continue
		}
		scripts += len(e.assets.byPath[u].gzip)
		if regexp.MustCompile(`\beval\(|innerHTML\s*=[^=]|document\.write|insertAdjacentHTML|new Function`).Match(e.assets.byPath[u].bytes) {
			t.Errorf("%s makes code or markup out of text", name)
		}
	}
	if len(style.gzip) > 20<<10 || scripts == 0 || scripts > 40<<10 {
		t.Errorf("style %d bytes compressed, scripts %d", len(style.gzip), scripts)
	}
	h := newHandler(t, newExchange(t))
	w := get(t, h, e.assets.urls["style.css"], func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || string(b) != string(style.bytes) || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("the compressed style is not the style: %v", err)
	}
}
