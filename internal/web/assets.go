package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

//go:embed static
var staticFiles embed.FS

//go:embed templates/*.html
var templateFiles embed.FS

type asset struct {
	contentType string
	bytes, gzip []byte
}

// assets are the static files under names that hold their hash: a changed file has another address,
// so every answer may be kept for ever.
type assets struct {
	byPath map[string]asset
	urls   map[string]string // from the name in static/ to the address
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2",
}

var cssURL = regexp.MustCompile(`url\("([^"]+)"\)`)

// loadAssets reads static/: the style sheets of css/ become one file in the order of their names.
func loadAssets() (*assets, error) {
	a := &assets{byPath: map[string]asset{}, urls: map[string]string{}}
	var style bytes.Buffer
	err := fs.WalkDir(staticFiles, "static", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := staticFiles.ReadFile(p)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(p, "static/")
		switch {
		case path.Dir(name) == "css":
			style.Write(b)
		case contentTypes[path.Ext(name)] != "":
			a.add(name, b)
		}
		return nil
	})
	if err != nil {
		return nil, fault.E(fault.Internal, "The static files could not be read.").Because(err)
	}
	missing := ""
	css := cssURL.ReplaceAllFunc(style.Bytes(), func(m []byte) []byte {
		name := string(cssURL.FindSubmatch(m)[1])
		u, ok := a.urls[name]
		if !ok {
			missing = name
		}
		return []byte(`url("` + u + `")`)
	})
	if missing != "" {
		return nil, fault.E(fault.Internal, "The style sheet names a file that is not there: %s.", missing)
	}
	a.add("style.css", css)
	return a, nil
}

func (a *assets) add(name string, b []byte) {
	ext := path.Ext(name)
	sum := sha256.Sum256(b)
	u := "/static/" + strings.TrimSuffix(path.Base(name), ext) + "." + hex.EncodeToString(sum[:6]) + ext
	x := asset{contentType: contentTypes[ext], bytes: b}
	if ext != ".woff2" {
		var z bytes.Buffer
		w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression) // the level is valid
		if _, err := w.Write(b); err == nil && w.Close() == nil {
			x.gzip = z.Bytes()
		}
	}
	a.byPath[u], a.urls[name] = x, u
}

func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x, ok := a.byPath[r.URL.Path]
	if !ok {
		http.Error(w, "404", http.StatusNotFound)
		return
	}
	h, b := w.Header(), x.bytes
	h.Set("Content-Type", x.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if x.gzip != nil {
		h.Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			b = x.gzip
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(b) // the reader left: there is nobody to tell
	}
}

// preloads are the fonts that a page in a language needs at once.
var preloads = map[lang.Tag][]string{
	lang.EN: {"noto-sans-latin"}, lang.UZ: {"noto-sans-latin"}, lang.TR: {"noto-sans-latin", "noto-sans-latin-ext"}, lang.AZ: {"noto-sans-latin", "noto-sans-latin-ext"},
	lang.RU: {"noto-sans-latin", "noto-sans-cyrillic"}, lang.KK: {"noto-sans-latin", "noto-sans-cyrillic", "noto-sans-cyrillic-ext"},
	lang.FA: {"vazirmatn-arabic"}, lang.UR: {"vazirmatn-arabic", "noto-nastaliq-urdu-arabic"},
}

func (a *assets) preload(t lang.Tag) (out []string) {
	for _, f := range preloads[t] {
		name := "vendor/fonts/" + f + "-wght-normal.woff2"
		if f == "noto-nastaliq-urdu-arabic" {
			name = "vendor/fonts/" + f + "-400-normal.woff2"
		}
		out = append(out, a.urls[name])
	}
	return out
}

// loadTemplates parses the templates once a language, with its sentences bound.
func loadTemplates(c *catalogue, a *assets) (map[lang.Tag]*template.Template, error) {
	out := map[lang.Tag]*template.Template{}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, t := range interfaceLanguages {
		funcs := template.FuncMap{
			"t":       func(key string, args ...any) string { return c.text(t, key, args...) },
			"th":      func(key string, args ...any) template.HTML { return c.html(t, key, args...) },
			"num":     func(n int) string { return number(t, int64(n)) },
			"dir":     func() string { return t.Dir() },
			"static":  func(name string) string { return a.urls[name] },
			"preload": func() []string { return a.preload(t) },
			"icon":    icon,
			"in":      in,
			"ltr":     ltr,
			"dict":    dict,
		}
		set := template.New("").Funcs(funcs)
		for _, name := range names {
			b, err := templateFiles.ReadFile(name)
			if err == nil {
				_, err = set.New(path.Base(name)).Parse(writtenIn(string(b), c, t))
			}
			if err != nil {
				return nil, fault.E(fault.Internal, "The templates could not be read.").Because(err)
			}
		}
		out[t] = set
	}
	return out, nil
}

var sentenceOrIcon = regexp.MustCompile(`\{\{(t|icon) "([a-z0-9.]+)"\}\}`)

// writtenIn writes the sentences and icons that are always the same into a template: most of what making a
// page costs would be asking for them. They stand in text and in quoted attributes only.
func writtenIn(text string, c *catalogue, t lang.Tag) string {
	return sentenceOrIcon.ReplaceAllStringFunc(text, func(s string) string {
		m := sentenceOrIcon.FindStringSubmatch(s)
		made := string(icon(m[2]))
		if m[1] == "t" {
			made = template.HTMLEscapeString(c.text(t, m[2]))
		}
		if strings.Contains(made, "{{") {
			return s
		}
		return made
	})
}

// dict hands several values to a template.
func dict(pairs ...any) (map[string]any, error) {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		k, ok := pairs[i].(string)
		if !ok {
			return nil, fault.E(fault.Internal, "dict: a name is not a string.")
		}
		m[k] = pairs[i+1]
	}
	return m, nil
}

// icons are drawn on 16 px with a stroke of 1.5 in the colour of the text around them.
var icons = map[string]string{
	"official":    `<path d="M8 1.75 13.25 3.5v4.25c0 3.2-2.1 5.4-5.25 6.5-3.150-1.1-5.25-3.300-5.25-6.5V3.500z"/><path d="m5.500 8 1.750 1.750 3.250-3.500"/>`,
	"original":    `<path d="M8 1.75 13.25 3.5v4.25c0 3.2-2.1 5.4-5.25 6.5-3.150-1.1-5.25-3.300-5.25-6.5V3.500z"/>`,
	"pending":     `<path d="M8 1.75 13.25 3.5v4.25c0 3.2-2.1 5.4-5.25 6.5-3.150-1.1-5.25-3.300-5.25-6.5V3.500z"/><path d="M5.500 8h.01M8 8h.01M10.500 8h.01"/>`,
	"translation": `<path d="M2 10.500 4.750 3h.5L8 10.500M3 8h4"/><path d="m8.500 13.500 2.500-6.500h.4l2.600 6.500M9.500 11.500h3.500"/>`,
	"machine":     `<rect x="1.750" y="1.750" width="12.500" height="12.500" stroke-dasharray="2 1.570"/><path d="M5 11.250 7.750 4.500h.5L11 11.250M6 9h4"/>`,
	"embargo":     `<rect x="3" y="7" width="10" height="7"/><path d="M5.250 7V4.750a2.750 2.750 0 0 1 5.500 0V7"/>`,
	"corrected":   `<path d="m4.500 8.250 6-6 2.250 2.250-6 6-3 .750z"/><path d="M2 14h12"/>`,
	"withdrawn":   `<circle cx="8" cy="8" r="6.250"/><path d="M3.600 12.400 12.400 3.600"/>`,
	"outside":     `<path d="M6.500 4.500c-2.500.500-4 2-4 4.250v2.750H6.500V8H4.250M13.500 4.500c-2.500.500-4 2-4 4.250v2.750h4V8h-2.250"/>`,
	"stale":       `<path d="M6 4.500 2.500 8 6 11.500M2.500 8H7M10 4.500 13.500 8 10 11.500M13.500 8H9"/>`,
	"cut":         `<path d="M2 4h12M2 8h7M2 12h4M11 12h.01M13.500 12h.01"/>`,
	"alarm":       `<path d="M8 2 14.500 13.500h-13zM8 6.500v3M8 11.500h.01"/>`,
	"wire":        `<path d="M2 3.500h12M2 8h12M2 12.500h8"/>`,
	"stories":     `<path d="M2 8h3l5-4.500h4M5 8h9M5 8l5 4.500h4"/>`,
	"desk":        `<path d="M2 13.500h12M4 10.500l7.500-7.500 2 2L6 12.500l-2.500.500z"/>`,
	"record":      `<path d="M3.500 1.750h9v12.500h-9zM6 5.500h4M6 8.500h4"/>`,
	"settings":    `<path d="M2 4.500h6M11.500 4.500H14M2 11.500h2.500M8 11.500h6"/><circle cx="9.750" cy="4.500" r="1.750"/><circle cx="6.250" cy="11.500" r="1.750"/>`,
	"signin":      `<circle cx="8" cy="5" r="3.250"/><path d="M2 14.500c.750-3 3-4.500 6-4.500s5.250 1.500 6 4.500"/>`,
	"search":      `<circle cx="7" cy="7" r="4.750"/><path d="m10.500 10.500 4 4"/>`,
	"close":       `<path d="m3 3 10 10M13 3 3 13"/>`,
	"done":        `<path d="m2.500 8.500 3.500 3.500 7.500-8"/>`,
	"out":         `<path d="M9.500 2.500H3v11h6.500M6.500 8h7M11 5.500 13.500 8 11 10.500"/>`,
	"back":        `<path d="M10 3 5 8l5 5"/>`,
	"page":        `<path d="M9 2h5v5M14 2 7.500 8.500M6.500 2.500h-4v11h11v-4"/>`,
	"people":      `<circle cx="6" cy="5.500" r="2.500"/><path d="M1.500 13.500c.500-2.750 2.250-4 4.500-4s4 1.250 4.500 4M10.500 3.250a2.500 2.500 0 0 1 0 4.500M12 9.750c1.500.500 2.250 1.750 2.500 3.750"/>`,
}

// icon draws one; a word always stands beside it, so readers of the screen do not hear it.
func icon(name string) template.HTML {
	d, ok := icons[name]
	if !ok {
		return ""
	}
	return template.HTML(`<svg class="icon icon-` + name + `" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">` + d + `</svg>`)
}
