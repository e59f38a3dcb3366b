package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestBadTexts sends each kind of bad text as a page and as a raw text: an article or a sentence that says why there is none, soon.
func TestBadTexts(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "one letter": "ж", "one letter a line": strings.Repeat("ж\n", 40), "a megabyte without a space": strings.Repeat("қ", 1<<19), "the same in Latin": strings.Repeat("a", 1<<20),
		"mixed scripts in words": strings.Repeat("Көкcай cу қоймаcы aшылды dеп хaбарлады. ", 60), "bidi controls": strings.Repeat("\u202eКөпір\u2066 ашылды\u200f, \u202bдеп хабарлады. ", 60),
		"broken UTF-8": strings.Repeat("Көпір \xd0\xff ашылды \xe2\x80, деп хабарлады. ", 60), "furniture": strings.Repeat("Поделиться\nПросмотров: 12\nЧитайте также\n", 30),
	} {
		for kind, doc := range map[string]Document{
			"text": {ContentType: "text/plain; charset=utf-8", Bytes: []byte(text)},
			"page": {ContentType: "text/html; charset=utf-8", Bytes: []byte("<html><body><h1>Көпір</h1><p>" + strings.ReplaceAll(text, "\n", "</p><p>") + "</p></body></html>")},
		} {
			began := cpu(t)
			articles, err := Read(doc, testNow)
			if used := cpu(t) - began; used > time.Minute { // of the process, other tests of which run
				t.Errorf("%s as %s takes %v", name, kind, used)
			}
			sound(t, doc, articles, err)
			if (name == "empty" || name == "furniture") && err == nil {
				t.Errorf("%s as %s is an article: %q", name, kind, articles[0].Paragraphs)
			}
		}
	}
}

// TestTenArticles: ten articles on one page are ten, each with its own words.
func TestTenArticles(t *testing.T) {
	t.Parallel()
	var all []story
	for _, d := range digestSites(t) {
		all = append(all, d.stories...)
	}
	all = all[4:14] // three languages
	var page strings.Builder
	for _, s := range all {
		fmt.Fprintf(&page, "<article><h2>%s</h2><p>%s</p></article>", s.head, strings.Join(s.paras, "</p><p>"))
	}
	articles, err := Read(Document{ContentType: "text/html; charset=utf-8", Bytes: []byte("<html><body><main>" + page.String() + "</main></body></html>")}, testNow)
	if err != nil || len(articles) != len(all) {
		t.Fatalf("%d articles of %d, %v", len(articles), len(all), err)
	}
	for i, a := range articles {
		if a.Headline != all[i].head || !slices.EqualFunc(a.Paragraphs, all[i].paras, same) {
			t.Errorf("%d: %q %q", i+1, a.Headline, a.Paragraphs)
		}
	}
}
