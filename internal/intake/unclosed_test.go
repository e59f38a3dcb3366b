package intake

import (
	"strings"
	"testing"
)

// unclosed are pages in which an SVG is not closed where it should be. What a browser shows of them is headline and text.
var unclosed = map[string]string{
	"in the headline":        `<html lang="en"><body><main><h1><svg viewBox="0 0 1 1"><path d="M0 0"/></h1>TEXT</main></body></html>`,
	"behind the headline":    `<html lang="en"><body><main><h1>HEAD <svg><path d="M0 0"></h1>TEXT</main></body></html>`,
	"before the text":        `<html lang="en"><body><main><h1>HEAD</h1><svg><g><text>chart</text>TEXT</main></body></html>`,
	"one in another":         `<html lang="en"><body><main><h1>HEAD<svg><svg><g></svg></h1>TEXT</main></body></html>`,
	"closed, one in another": `<html lang="en"><body><main><h1>HEAD<svg><svg><g/></svg><text>chart</text></svg></h1>TEXT</main></body></html>`,
	"with HTML in it":        `<html lang="en"><body><main><h1>HEAD</h1><svg><foreignObject><p>chart</p></foreignObject><path></svg>TEXT</main></body></html>`,
	"in a link of the head":  `<html lang="en"><body><header><a href="/"><svg><use href="#logo"></a></header><main><h1>HEAD</h1>TEXT</main></body></html>`,
}

func unclosedPage(form string) string {
	text := "<p>The reservoir above Koksai has filled to 78 per cent, the water committee said on Monday.</p><p>Three districts receive water from the first of June, and a measuring post sends its figures every morning.</p><p>Farmers along the river asked for it in spring, when the channels were dry.</p>"
	form = strings.ReplaceAll(form, "TEXT", text)
	return strings.ReplaceAll(form, "HEAD", "Reservoir above Koksai fills")
}

// TestAnUnclosedSVG: a page with one is read as browsers read it, and does not go to quarantine.
func TestAnUnclosedSVG(t *testing.T) {
	t.Parallel()
	for name, form := range unclosed {
		got, err := Read(Document{Name: "f.html", ContentType: "text/html", Bytes: []byte(unclosedPage(form))}, testNow)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %d articles, %v", name, len(got), err)
			continue
		}
		body := strings.Join(got[0].Paragraphs, "\n")
		for _, want := range []string{"78 per cent", "measuring post", "channels were dry"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the text lacks %q: %s", name, want, body)
			}
		}
		if strings.Contains(form, "HEAD") && got[0].Headline != "Reservoir above Koksai fills" {
			t.Errorf("%s: the headline is %q", name, got[0].Headline)
		}
		if strings.Contains(body+got[0].Headline, "chart") {
			t.Errorf("%s: a drawing's words are in the text: %s", name, body)
		}
		if plain, err := plainText(unclosedPage(form)); err != nil || !strings.Contains(plain, "channels were dry") || strings.Contains(plain, "chart") {
			t.Errorf("%s: as plain text %q, %v", name, plain, err)
		}
	}
}
