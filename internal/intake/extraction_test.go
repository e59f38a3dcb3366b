package intake

import (
	"compress/gzip"
	"encoding/json"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sharedPath is a folder of measuring data, which is no part of the repository.
func sharedPath(t testing.TB, parts ...string) string {
	t.Helper()
	shared := os.Getenv("JARCHI_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(append([]string{shared}, parts...)...)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no measuring data (set JARCHI_SHARED): %v", err)
	}
	return dir
}

// extraction is one page of the article-extraction set, with what its authors took for the article.
type extraction struct {
	name, truth, url string
	page             []byte
}

func extractions(t testing.TB) []extraction {
	t.Helper()
	dir := sharedPath(t, "data", "article-extraction")
	raw, err := os.ReadFile(filepath.Join(dir, "ground-truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var truth map[string]struct{ ArticleBody, URL string }
	if err := json.Unmarshal(raw, &truth); err != nil {
		t.Fatal(err)
	}
	var out []extraction
	for name, v := range truth {
		f, err := os.Open(filepath.Join(dir, "html", name+".html.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(z)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, extraction{name, v.ArticleBody, v.URL, page})
	}
	slices.SortFunc(out, func(a, b extraction) int { return strings.Compare(a.name, b.name) })
	return out
}

var shingleToken = regexp.MustCompile(`[\p{L}\p{N}\p{M}_]+`)

// shingles counts the runs of four words of a text; of a shorter one, the whole.
func shingles(s string) map[string]int {
	tokens := shingleToken.FindAllString(s, -1)
	out := map[string]int{}
	for i := 0; i < max(1, len(tokens)-3); i++ {
		out[strings.Join(tokens[i:min(i+4, len(tokens))], " ")]++
	}
	return out
}

// shingleScore is how much of found is right and how much of truth is found, by runs of four words: the
// measure of the article-extraction set's own scorer.
func shingleScore(truth, found string) (precision, recall float64) {
	a, b := shingles(truth), shingles(found)
	var tp, fp, fn float64
	for k, n := range a {
		m := b[k]
		tp += float64(min(n, m))
		fn += float64(max(0, n-m))
	}
	for k, m := range b {
		fp += float64(max(0, m-a[k]))
	}
	ratio := func(part, rest float64) float64 {
		switch {
		case fp == 0 && fn == 0:
			return 1
		case part+rest == 0:
			return 0
		}
		return part / (part + rest)
	}
	return ratio(tp, fp), ratio(tp, fn)
}

// The figures of docs/reading-pages.md: F1 of the means of precision and recall over the pages.
func TestExtractionSet(t *testing.T) {
	if raceEnabled {
		t.Skip("181 pages are measured without the race detector only")
	}
	t.Parallel()
	pages := extractions(t)
	var ps, rs, fs float64
	several := 0
	for _, x := range pages {
		articles, err := Read(Document{Name: x.name, ContentType: "text/html", URL: x.url, Bytes: x.page}, testNow)
		if err != nil {
			t.Logf("%s: %v", x.name[:8], err)
			articles = nil
		}
		if len(articles) > 1 {
			several++
			t.Logf("%s is taken apart: %q", x.name[:8], articles[1].Headline)
		}
		found := ""
		for _, a := range articles[:min(1, len(articles))] {
			found += strings.Join(a.Paragraphs, "\n")
		}
		p, r := shingleScore(x.truth, found)
		ps, rs = ps+p, rs+r
		f := 0.0
		if p+r > 0 {
			f = 2 * p * r / (p + r)
		}
		fs += f
		if f < 0.9 && testing.Verbose() {
			t.Logf("%s P %.3f R %.3f F %.3f %d articles %s", x.name[:8], p, r, f, len(articles), x.url)
		}
	}
	n := float64(len(pages))
	p, r := ps/n, rs/n
	f := 2 * p * r / (p + r)
	t.Logf("%d pages: precision %.4f recall %.4f F1 %.4f (mean of the pages' own %.4f); taken apart: %d", len(pages), p, r, f, fs/n, several)
	if f < 0.970 {
		t.Errorf("F1 %.4f is under 0.970", f)
	}
	if several > 0 { // each page of the set is one article
		t.Errorf("%d pages are taken apart", several)
	}
}

// Real articles of the set, as its authors cut them out, two on a page: behind an unknown lead, a row of signs, nothing; pairs of one half
// of the set, by its names. The rules were made with the first half in view. Found is an article with its headline and nine tenths of its
// words, bylines and credits among them; of its paragraphs, as lines, besides.
func TestTwoRealArticles(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("hundreds of pages are measured without the race detector only")
	}
	t.Parallel()
	type real struct {
		head  string
		paras []string
	}
	var halves [2][]real
	for n, x := range extractions(t) {
		if n%3 != 0 && !testing.Verbose() {
			continue // the whole set is a measure, a part of it a test
		}
		articles, err := Read(Document{Name: x.name, ContentType: "text/html", URL: x.url, Bytes: x.page}, testNow)
		if err != nil || !opensArticle(articles[0].Headline) {
			continue
		}
		a := real{head: articles[0].Headline}
		for row := range strings.Lines(x.truth) {
			if s, _ := cleanLine(row); s != "" && !same(s, a.head) {
				a.paras = append(a.paras, s)
			}
		}
		if len(a.paras) >= 4 && len(x.truth) > 800 {
			half := 1
			if strings.ContainsRune("02468ace", rune(x.name[7])) {
				half = 0
			}
			halves[half] = append(halves[half], a)
		}
	}
	e := html.EscapeString
	steps := []int{7}
	if testing.Verbose() {
		steps = []int{1, 3, 7, 12}
	}
	for half, all := range halves {
		name := []string{"the half in view", "the half held back"}[half]
		sums := [4]float64{}
		for n, lead := range []string{"<p>Elsewhere in our pages</p>", "<p>* * *</p>", ""} {
			found, lines, leaks, pages := 0, 0, 0.0, 0
			for i, a := range all {
				if !testing.Verbose() && i%3 != n {
					continue // each article behind one of them
				}
				for k, step := range steps {
					b := all[(i+step)%len(all)]
					tag := []string{"h1", "h2", "b"}[(i+n+k)%3]
					doc := "<html><head><title>" + e(a.head) + "</title></head><body><div><h1>" + e(a.head) + "</h1><p>" + strings.Join(escaped(a.paras), "</p><p>") + "</p>" + lead +
						"<" + tag + ">" + e(b.head) + "</" + tag + "><p>" + strings.Join(escaped(b.paras), "</p><p>") + "</p></div></body></html>"
					articles, err := Read(Document{ContentType: "text/html; charset=utf-8", Bytes: []byte(doc)}, testNow)
					if err != nil {
						t.Fatal(err)
					}
					in := func(list []string) (share, ofWords float64) {
						held, every := 0, 0
						for _, s := range b.paras {
							every += words(s)
							if slices.ContainsFunc(list, func(x string) bool { return same(x, s) }) {
								share++
								held += words(s)
							}
						}
						return share / float64(len(b.paras)), float64(held) / float64(max(1, every))
					}
					pages++
					leaked, _ := in(articles[0].Paragraphs)
					leaks += leaked
					if len(articles) < 2 || !same(articles[1].Headline, b.head) {
						continue
					}
					second := articles[1]
					share, ofWords := in(slices.Concat(second.Paragraphs, second.Bylines, second.Credits))
					if ofWords >= 0.9 {
						found++
					}
					if share >= 0.9 {
						lines++
					}
				}
			}
			if leaks > 0.12*float64(pages) || float64(found) < 0.8*float64(pages) {
				t.Errorf("%s, behind %q: leaked %.1f of %d, both found on %d", name, lead, leaks, pages, found)
			}
			t.Logf("two real articles, %s, behind %q: %d pages: leaked %.1f %%, both found %.1f %% (by lines %.1f %%)", name, lead, pages, 100*leaks/float64(pages), percent(found, pages), percent(lines, pages))
			for k, v := range []float64{float64(pages), leaks, float64(found), float64(lines)} {
				sums[k] += v
			}
		}
		t.Logf("two real articles, %s, all: %.0f pages of %d articles: leaked %.1f %%, both found %.1f %% (by lines %.1f %%)", name, sums[0], len(all), 100*sums[1]/sums[0], 100*sums[2]/sums[0], 100*sums[3]/sums[0])
	}
}

func escaped(list []string) (out []string) {
	for _, s := range list {
		out = append(out, html.EscapeString(s))
	}
	return out
}
