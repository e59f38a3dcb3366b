package scenes

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/app"
)

var (
	marks = regexp.MustCompile(`<mark>([^<]*)</mark>`)
	terms = regexp.MustCompile(`<li class="term">(.*?)</li>`)
	tags  = regexp.MustCompile(`<[^>]*>`)
)

// TestTheDemosTwoSearches: the name of the reservoir as a Kazakh types it, and as an Arabic keyboard writes
// it, is found in every language and marked as each page spells it.
func TestTheDemosTwoSearches(t *testing.T) {
	t.Parallel()
	d, err := app.OpenDemo(t.Context(), app.Config{Dir: t.TempDir(), PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	search := func(typed, language string) (marked []string, understood, page string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, "/?"+url.Values{"q": {typed}, "lang": {language}, "ui": {"en"}}.Encode(), nil)
		r.Host = "127.0.0.1:8080"
		w := httptest.NewRecorder()
		d.Handler().ServeHTTP(w, r)
		b, err := io.ReadAll(w.Result().Body)
		if err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %v", typed, w.Code, err)
		}
		page = string(b)
		for _, m := range marks.FindAllStringSubmatch(page, -1) {
			marked = append(marked, html.UnescapeString(m[1]))
		}
		if m := terms.FindStringSubmatch(page); m != nil {
			understood = html.UnescapeString(tags.ReplaceAllString(m[1], ""))
		}
		return marked, understood, page
	}
	spelled := map[string][]string{ // a form of each is marked in that language, and nothing but such forms
		"kk": {"Көксай", "Көксайдан"}, "uz": {"Koʻksoy", "Koʻksoydan"}, "ru": {"Коксайского", "Коксай", "Коксая", "Коксае", "Коксаю", "Коксаем"}, "fa": {"کوک‌سای"}, "ur": {"کوکسائی"}, "en": {"Koksai"},
	}
	var any []string
	for _, forms := range spelled {
		any = append(any, forms...)
	}
	for _, typed := range []string{"Көксайдан", "كوكساي", "Koʻksoydan"} {
		marked, understood, _ := search(typed, "")
		if !slices.Contains(marked, "Koksai") { // where nothing stands as it was typed, the reader's own language leads
			t.Errorf("%s is not marked in English: %q", typed, marked)
		}
		for l, forms := range spelled {
			in, _, _ := search(typed, l)
			if !slices.ContainsFunc(in, func(m string) bool { return slices.Contains(forms, m) }) {
				t.Errorf("%s is not found in %s: %q", typed, l, in)
			}
			marked = append(marked, in...)
		}
		for _, m := range marked {
			if !slices.Contains(any, m) {
				t.Errorf("%s marks %q", typed, m)
			}
		}
		if !strings.Contains(understood, "in every form · also ") || !strings.Contains(understood, "Коксай") {
			t.Errorf("%s is understood as %q", typed, understood)
		}
	}
	if marked, _, _ := search("Көксайдан", "ru"); !slices.Contains(marked, "Коксайского") {
		t.Errorf("marked in Russian: %q", marked)
	}
	if marked, _, _ := search("Көксайдан", "uz"); !slices.Contains(marked, "Koʻksoydan") {
		t.Errorf("marked in Uzbek: %q", marked)
	}

	if _, _, page := search("су Көксайдан", ""); !strings.Contains(page, `href="/?`+html.EscapeString(url.Values{"q": {`су "Көксайдан"`}}.Encode())+`">exactly so</a>`) {
		t.Error("no link to the word alone")
	}

	// In quotation marks it is looked for as it is, and stays so when another word is taken out.
	marked, understood, page := search(`"Көксайдан" су`, "")
	if !strings.Contains(understood, "exactly so") || strings.Contains(understood, "also") {
		t.Errorf("quoted, it is understood as %q", understood)
	}
	for _, m := range marked {
		if strings.ContainsAny(m, "Kkک") {
			t.Errorf("quoted, it marks %q", m)
		}
	}
	if !strings.Contains(page, url.QueryEscape(`"Көксайдан"`)) {
		t.Error("without the other word it is not quoted any more")
	}
}
