package intake

import (
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// What swells a list or a page is refused whole, never cut.
func TestTooLongIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	item := func(headline, source, body string) string {
		return `{"uri":"urn:x:1","language":"en","headlines":[{"value":"` + headline + `"}],"infoSources":[{"name":"` + source + `","role":"original"}],"bodies":[{"contentType":"text/plain","value":"` + body + `"}]}`
	}
	for name, c := range map[string]struct {
		doc  string
		says string // empty: taken
	}{
		"at the bounds": {item(strings.Repeat("ж", maxHeadline), strings.Repeat("ж", maxHeadline), strings.Repeat("b", maxBody)), ""},
		"headline":      {item(strings.Repeat("ж", maxHeadline+1), "s", "b"), "headline"},
		"source":        {item("h", strings.Repeat("s", maxHeadline+1), "b"), "source"},
		"body":          {item("h", "s", strings.Repeat("b", maxBody+1)), "text"},
		"raw text":      {"A bridge opens\n\n" + strings.Repeat("The town hall opened it today.\n", maxBody/30+1), "text"},
	} {
		_, err := Read(Document{Name: name, Bytes: []byte(c.doc)}, now)
		if c.says == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if text, _ := fault.Public(err); fault.KindOf(err) != fault.TooLarge || !strings.Contains(text, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A part of a page is a page, whichever element it begins with; no tag gets into a text.
func TestFragmentsArePages(t *testing.T) {
	t.Parallel()
	text := "<p>The town hall opened a bridge over the river today, and many people came to see it.</p>"
	for _, start := range []string{"<nav><a href=x>Home</a></nav>", "<ul class=menu><li>Home</ul>", "<header>Town news</header>", "<NOSCRIPT>x</NOSCRIPT>", "<style>p{}</style>", "<img src=x>"} {
		got, err := Read(Document{Bytes: []byte(start + text)}, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Errorf("%s: %v", start, err)
			continue
		}
		for _, a := range got {
			if s := a.Headline + strings.Join(a.Paragraphs, "\n"); strings.ContainsAny(s, "<>") {
				t.Errorf("%s: %q", start, s)
			}
		}
	}
	furniture := "<nav>" + strings.Repeat("<a href=x>Home</a> <a href=y>Login</a>", 500) + "</nav><footer>Copyright</footer>"
	if got, err := Read(Document{Bytes: []byte(furniture)}, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a page of furniture: %d articles, %v", len(got), err)
	}
	for _, plain := range []string{"<<< said the town hall, and opened a bridge.", "<town> opened a bridge over the river today."} {
		if kind, err := sniff(Document{Bytes: []byte(plain)}); kind != kindText || err != nil {
			t.Errorf("%q: %v %v", plain, kind, err)
		}
	}
}
